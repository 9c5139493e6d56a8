package clean

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/net/html"
)

// MathML and SVG are HTML's foreign content: other names, other rules, and doors back to HTML in between (mtext, title,
// foreignObject), through which most tricks on sanitisers went. So nothing of HTML survives below a math or an svg.

// foreign cleans one of them with all that is in it.
func (w *walker) foreign(n *html.Node) {
	allowed := svgElements
	if n.Namespace == "math" {
		allowed = mathElements
	}
	if n.Data != n.Namespace { // of a math or an svg that is no more
		n.Parent.RemoveChild(n)
		return
	}
	decoration := n.Namespace == "svg" && attr(n, "aria-hidden") == "true" // icons of links and headings
	w.foreignElement(n, allowed)
	if decoration || !shows(n) {
		n.Parent.RemoveChild(n)
		return
	}
	if n.Namespace == "svg" {
		size(n)
	}
	w.seen.media++
}

// size gives a drawing without a size that of its coordinates: blogs size their icons in a style sheet, and without it they
// are as wide as the page.
func size(n *html.Node) {
	box := strings.FieldsFunc(attr(n, "viewbox"), func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if has(n, "width") || has(n, "height") || len(box) != 4 {
		return
	}
	width, err1 := strconv.ParseFloat(box[2], 64)
	height, err2 := strconv.ParseFloat(box[3], 64)
	if err1 == nil && err2 == nil && width >= 1 && height >= 1 && width < 1e5 && height < 1e5 {
		set(n, "height", strconv.Itoa(int(height)))
		set(n, "width", strconv.Itoa(int(width)))
	}
}

// foreignElement keeps what is allowed of an element and all below it. Their names are in lower case, as bluemonday
// writes them: an HTML parser knows that viewbox is viewBox there.
func (w *walker) foreignElement(n *html.Node, allowed map[string][]string) {
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		a.Key = strings.ToLower(a.Key)
		if a.Namespace != "" || !slices.Contains(allowed[n.Data], a.Key) && !slices.Contains(foreignGlobal[n.Namespace], a.Key) || hasKey(kept, a.Key) {
			continue
		}
		if a.Val = strings.TrimSpace(w.legal(a.Val)); foreignPattern(n.Namespace, a.Key).MatchString(a.Val) {
			kept = append(kept, a)
		}
	}
	n.Attr = kept
	if d := attr(n, "d"); d != "" {
		set(n, "d", drawn(d))
	}
	if n.Namespace == "svg" && shapes[n.Data] || n.Namespace == "math" && mathEmpty[n.Data] {
		detached(n)
		return
	}
	if mathTokens[n.Data] && n.Namespace == "math" {
		onlyText(n, w.legal)
		return
	}
	for c := n.FirstChild; c != nil; {
		c = w.foreignChild(c, n, allowed)
	}
	if n.Namespace == "math" {
		finishMath(n)
	}
}

// foreignChild cleans a child of parent, and returns what comes next.
func (w *walker) foreignChild(c, parent *html.Node, allowed map[string][]string) *html.Node {
	next := c.NextSibling
	switch _, ok := allowed[c.Data]; {
	case c.Type == html.TextNode:
		c.Data = w.legal(c.Data)
		if c.Data == "" || parent.Namespace == "svg" && parent.Data != "text" && parent.Data != "tspan" { // nobody would see it
			parent.RemoveChild(c)
		} else if parent.Namespace == "math" && !blankText(c.Data) { // text has a place of its own there
			text := &html.Node{Type: html.ElementNode, Namespace: "math", Data: "mtext"}
			replace(c, text)
			text.AppendChild(c)
		}
	case parent.Namespace == "svg" && (c.Data == "tspan") != (parent.Data == "text" || parent.Data == "tspan") && c.Data != "a": // words are in texts, and nothing else is
		parent.RemoveChild(c)
	case c.Type != html.ElementNode || c.Namespace != parent.Namespace || c.Data == c.Namespace:
		parent.RemoveChild(c)
	case ok:
		w.foreignElement(c, allowed)
	case c.Namespace == "svg" && (c.Data == "a" || c.Data == "switch"):
		if in := unwrap(c); in != nil {
			return in
		}
	case c.Data == "semantics" || c.Data == "maction": // the first child is what is shown, the others say it in other words
		first := c.FirstChild
		for first != nil && first.Type != html.ElementNode {
			first = first.NextSibling
		}
		if first == nil {
			parent.RemoveChild(c)
			return next
		}
		c.RemoveChild(first)
		return replace(c, first)
	case c.Data == "mfenced":
		unfence(c)
		return c
	default:
		parent.RemoveChild(c)
	}
	return next
}

// onlyText leaves nothing under n but its text.
func onlyText(n *html.Node, legal func(string) string) {
	var text strings.Builder
	collect(n, &text)
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
	}
	if s := legal(text.String()); s != "" {
		n.AppendChild(&html.Node{Type: html.TextNode, Data: s})
	}
}

func collect(n *html.Node, text *strings.Builder) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			text.WriteString(c.Data)
		} else if c.Type == html.ElementNode && !dropped[c.DataAtom] && !embeds[c.DataAtom] && c.Data != "style" && c.Data != "script" && c.Namespace != "svg" {
			collect(c, text)
		}
	}
}

// unfence writes out what mfenced left to its attributes, since browsers don't know it any more (MathML 3 §3.3.8).
func unfence(n *html.Node) {
	operator := func(key, usual string) *html.Node {
		if has(n, key) {
			usual = attr(n, key)
		}
		mo := &html.Node{Type: html.ElementNode, Namespace: "math", Data: "mo"}
		mo.AppendChild(&html.Node{Type: html.TextNode, Data: usual})
		return mo
	}
	first, last, separators := operator("open", "("), operator("close", ")"), attr(n, "separators")
	if !has(n, "separators") {
		separators = ","
	}
	between := []rune(strings.Join(strings.Fields(separators), ""))
	before := 0 // elements
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if before > 0 && len(between) > 0 {
			mo := operator("", string(between[min(before, len(between))-1]))
			n.InsertBefore(mo, c)
		}
		before++
	}
	n.InsertBefore(first, n.FirstChild)
	n.AppendChild(last)
	n.DataAtom, n.Data, n.Attr = 0, "mrow", nil
}

// shows tells whether there is anything to see in foreign content: a shape or a word.
func shows(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" || shapes[c.Data] && c.Namespace == "svg" || shows(c) {
			return true
		}
	}
	return false
}

var shapes = map[string]bool{
	"path": true, "rect": true, "circle": true, "ellipse": true, "line": true, "polyline": true, "polygon": true,
}

// mathElements are those of MathML Core, and the older ones that browsers still show, each with its attributes.
var mathElements = map[string][]string{
	"math": {"display", "dir", "mathvariant", "mathsize", "displaystyle", "scriptlevel"}, "mrow": {"dir"}, "mi": mathText, "mn": mathText, "mtext": mathText,
	"ms": append([]string{"lquote", "rquote"}, mathText...), "mspace": {"width", "height", "depth"},
	"mo":    {"dir", "mathvariant", "mathsize", "form", "fence", "separator", "stretchy", "symmetric", "largeop", "movablelimits", "accent", "lspace", "rspace", "minsize", "maxsize"},
	"mfrac": {"linethickness", "bevelled"}, "msqrt": nil, "mroot": nil, "mstyle": {"dir", "mathvariant", "mathsize", "displaystyle", "scriptlevel"}, "merror": nil, "mpadded": {"width", "height", "depth", "lspace", "voffset"},
	"mphantom": nil, "msub": nil, "msup": nil, "msubsup": nil, "munder": {"accentunder"}, "mover": {"accent"}, "munderover": {"accent", "accentunder"},
	"mmultiscripts": nil, "mprescripts": nil, "none": nil, "menclose": {"notation"},
	"mtable": {"columnalign", "rowalign", "columnspacing", "rowspacing", "columnlines", "rowlines", "frame", "align", "equalrows", "equalcolumns", "displaystyle"},
	"mtr":    {"columnalign", "rowalign"}, "mtd": {"columnalign", "rowalign", "rowspan", "columnspan"},
}

var mathText = []string{"dir", "mathvariant", "mathsize"}

// mathTokens hold text, and are doors back to HTML (HTML, "MathML text integration point"; ms and the like go with them).
var mathTokens = map[string]bool{"mi": true, "mn": true, "mo": true, "ms": true, "mtext": true}

// svgElements are shapes and words, each with its attributes.
var svgElements = map[string][]string{
	"svg": append([]string{"viewbox", "width", "height", "preserveaspectratio"}, svgText...), "g": append([]string{"transform"}, svgText...), "path": {"d", "transform"},
	"rect": {"x", "y", "width", "height", "rx", "ry", "transform"}, "circle": {"cx", "cy", "r", "transform"}, "ellipse": {"cx", "cy", "rx", "ry", "transform"},
	"line": {"x1", "y1", "x2", "y2", "transform"}, "polyline": {"points", "transform"}, "polygon": {"points", "transform"},
	"text": append([]string{"x", "y", "dx", "dy", "transform"}, svgText...), "tspan": append([]string{"x", "y", "dx", "dy"}, svgText...),
}

var svgText = []string{"text-anchor", "dominant-baseline", "font-size", "font-weight", "font-style"}

// foreignGlobal are what all elements of a namespace may have.
var foreignGlobal = map[string][]string{
	"svg": {
		"fill", "fill-rule", "fill-opacity", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset",
		"stroke-miterlimit", "stroke-opacity", "opacity",
	},
}

const (
	unsigned  = `(?:[0-9]{1,8}(?:\.[0-9]{1,8})?|\.[0-9]{1,8})`
	units     = `(?:%|em|ex|px|in|cm|mm|pt|pc)?`
	svgNumber = `[+-]?` + unsigned + `(?:[eE][+-]?[0-9]{1,2})?`
	moved     = `(?:matrix\(\s*` + svgNumber + `(?:` + between + svgNumber + `){5}\s*\)|(?:translate|scale)\(\s*` + svgNumber + `(?:` + between + svgNumber + `)?\s*\)|rotate\(\s*` + svgNumber + `(?:` + between + svgNumber + between + svgNumber + `)?\s*\)|skew[XY]\(\s*` + svgNumber + `\s*\))`
	between   = `(?:\s+,?\s*|,\s*)`
	aligned   = `(?:left|center|right)`
	lined     = `(?:none|solid|dashed)`
)

func pattern(of string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + of + `)$`) }

// foreignPattern bounds the values of an attribute in a namespace: none can hold an address. What isn't here is as in HTML.
func foreignPattern(namespace, key string) *regexp.Regexp {
	if re := foreignPatterns()[namespace][key]; re != nil {
		return re
	}
	return patterns[key]
}

// foreignPatterns are compiled when a program cleans at all: they take longer than all else that happens at its start.
var foreignPatterns = sync.OnceValue(func() map[string]map[string]*regexp.Regexp {
	boolean := pattern(`true|false`)
	integer := pattern(`[+-]?[0-9]{1,3}`)
	paint := pattern(`#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})|[A-Za-z]{3,24}|rgb\([0-9]{1,3},\s?[0-9]{1,3},\s?[0-9]{1,3}\)`)
	moves := pattern(moved + `(?:(?:\s+,?\s*|,\s*)?` + moved + `)*`)
	outline := pattern(`[MmZzLlHhVvCcSsQqTtAaEe0-9+.,\s-]+`)
	quotes := pattern(`[^<>&]{0,4}`)
	mathLength := pattern(`-?` + unsigned + units)
	positive := pattern(unsigned + units)
	spaces := pattern(unsigned + units + `(?:\s+` + unsigned + units + `)*`)
	svgLength := pattern(svgNumber + units)
	svgSize := pattern(unsigned + units)
	svgNumbers := pattern(svgNumber + `(?:` + between + svgNumber + `)*`)
	svgLengths := pattern(svgNumber + units + `(?:` + between + svgNumber + units + `)*`)
	opacity := pattern(`0|1|0?\.[0-9]{1,8}|[01]\.0{1,8}|0\.[0-9]{1,8}`)
	return map[string]map[string]*regexp.Regexp{
		"math": {
			"dir": pattern(`(?i:ltr|rtl)`), "display": pattern(`block|inline`), "form": pattern(`prefix|infix|postfix`), "align": pattern(`top|bottom|center|baseline|axis`), "frame": pattern(lined),
			"mathvariant": pattern(`normal|bold|italic|bold-italic|double-struck|bold-fraktur|script|bold-script|fraktur|sans-serif|bold-sans-serif|sans-serif-italic|sans-serif-bold-italic|monospace`),
			"notation":    pattern(mathNotation + `(?:\s+` + mathNotation + `)*`),
			"columnalign": pattern(aligned + `(?:\s+` + aligned + `)*`), "rowalign": pattern(`(?:top|bottom|center|baseline|axis)(?:\s+(?:top|bottom|center|baseline|axis))*`),
			"columnlines": pattern(lined + `(?:\s+` + lined + `)*`), "rowlines": pattern(lined + `(?:\s+` + lined + `)*`),
			"fence": boolean, "separator": boolean, "stretchy": boolean, "symmetric": boolean, "largeop": boolean, "movablelimits": boolean,
			"accent": boolean, "accentunder": boolean, "bevelled": boolean, "displaystyle": boolean, "equalrows": boolean, "equalcolumns": boolean,
			"scriptlevel": integer, "columnspan": digits, "linethickness": pattern(`thin|medium|thick|` + unsigned + units), "lspace": mathLength, "rspace": mathLength,
			"width": mathLength, "height": mathLength, "depth": mathLength, "voffset": mathLength,
			"minsize": positive, "maxsize": pattern(`infinity|` + unsigned + units), "columnspacing": spaces, "rowspacing": spaces, "mathsize": pattern(`small|normal|big|` + unsigned + units),
			"lquote": quotes, "rquote": quotes,
		},
		"svg": {
			"viewbox": pattern(svgNumber + `(?:` + between + svgNumber + `){3}`), "width": svgSize, "height": svgSize,
			"preserveaspectratio": pattern(`(?:none|x(?:Min|Mid|Max)Y(?:Min|Mid|Max))(?: (?:meet|slice))?`), "d": outline, "points": svgNumbers,
			"x": svgLengths, "y": svgLengths, "dx": svgLengths, "dy": svgLengths, "rx": svgSize, "ry": svgSize, "cx": svgLength, "cy": svgLength, "r": svgSize,
			"x1": svgLength, "y1": svgLength, "x2": svgLength, "y2": svgLength, "fill": paint, "stroke": paint, "fill-rule": pattern(`nonzero|evenodd`), "stroke-width": svgSize,
			"stroke-linecap": pattern(`butt|round|square`), "stroke-linejoin": pattern(`miter|round|bevel`), "stroke-dasharray": pattern(`none|` + unsigned + units + `(?:` + between + unsigned + units + `)*`),
			"stroke-dashoffset": svgLength, "stroke-miterlimit": pattern(`[1-9][0-9]{0,4}(?:\.[0-9]{1,8})?`), "fill-opacity": opacity, "stroke-opacity": opacity, "opacity": opacity,
			"transform": moves, "text-anchor": pattern(`start|middle|end`), "dominant-baseline": pattern(`auto|ideographic|alphabetic|hanging|mathematical|central|middle|text-after-edge|text-before-edge`),
			"font-size": pattern(`(?:xx?-)?(?:small|large)|medium|smaller|larger|` + unsigned + units), "font-weight": pattern(`[1-9]00|normal|bold|bolder|lighter`), "font-style": pattern(`normal|italic|oblique`),
		},
	}
})

const mathNotation = `(?:longdiv|actuarial|radical|box|roundedbox|circle|left|right|top|bottom|updiagonalstrike|downdiagonalstrike|verticalstrike|horizontalstrike|madruwb)`
