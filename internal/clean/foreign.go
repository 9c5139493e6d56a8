package clean

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
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
		if a.Val = strings.TrimSpace(legal(a.Val)); foreignPattern(a.Key).MatchString(a.Val) {
			kept = append(kept, a)
		}
	}
	n.Attr = kept
	if mathTokens[n.Data] && n.Namespace == "math" {
		onlyText(n)
		return
	}
	for c := n.FirstChild; c != nil; {
		c = w.foreignChild(c, n, allowed)
	}
}

// foreignChild cleans a child of parent, and returns what comes next.
func (w *walker) foreignChild(c, parent *html.Node, allowed map[string][]string) *html.Node {
	next := c.NextSibling
	switch _, ok := allowed[c.Data]; {
	case c.Type == html.TextNode:
		c.Data = legal(c.Data)
		if c.Data == "" || parent.Namespace == "svg" && parent.Data != "text" && parent.Data != "tspan" { // nobody would see it
			parent.RemoveChild(c)
		}
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
func onlyText(n *html.Node) {
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
	"math": {"display"}, "mrow": nil, "mi": nil, "mn": nil, "mtext": nil, "ms": {"lquote", "rquote"}, "mspace": {"width", "height", "depth"},
	"mo":    {"form", "fence", "separator", "stretchy", "symmetric", "largeop", "movablelimits", "accent", "lspace", "rspace", "minsize", "maxsize"},
	"mfrac": {"linethickness", "bevelled"}, "msqrt": nil, "mroot": nil, "mstyle": nil, "merror": nil, "mpadded": {"width", "height", "depth", "lspace", "voffset"},
	"mphantom": nil, "msub": nil, "msup": nil, "msubsup": nil, "munder": {"accentunder"}, "mover": {"accent"}, "munderover": {"accent", "accentunder"},
	"mmultiscripts": nil, "mprescripts": nil, "none": nil, "menclose": {"notation"},
	"mtable": {"columnalign", "rowalign", "columnspacing", "rowspacing", "columnlines", "rowlines", "frame", "align", "equalrows", "equalcolumns", "displaystyle"},
	"mtr":    {"columnalign", "rowalign"}, "mtd": {"columnalign", "rowalign", "rowspan", "columnspan"},
}

// mathTokens hold text, and are doors back to HTML (HTML, "MathML text integration point"; ms and the like go with them).
var mathTokens = map[string]bool{"mi": true, "mn": true, "mo": true, "ms": true, "mtext": true}

// svgElements are shapes and words, each with its attributes.
var svgElements = map[string][]string{
	"svg": {"viewbox", "width", "height", "preserveaspectratio"}, "g": nil, "path": {"d"}, "rect": {"x", "y", "width", "height", "rx", "ry"},
	"circle": {"cx", "cy", "r"}, "ellipse": {"cx", "cy", "rx", "ry"}, "line": {"x1", "y1", "x2", "y2"}, "polyline": {"points"}, "polygon": {"points"},
	"text": {"x", "y", "dx", "dy"}, "tspan": {"x", "y", "dx", "dy"},
}

// foreignGlobal are what all elements of a namespace may have.
var foreignGlobal = map[string][]string{
	"math": {"dir", "mathvariant", "mathsize", "displaystyle", "scriptlevel"},
	"svg": {
		"fill", "fill-rule", "fill-opacity", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset",
		"stroke-miterlimit", "stroke-opacity", "opacity", "transform", "text-anchor", "dominant-baseline", "font-size", "font-weight", "font-style",
	},
}

var (
	word     = regexp.MustCompile(`^[A-Za-z]+(?:-[A-Za-z]+){0,3}$`)
	wordList = regexp.MustCompile(`^[A-Za-z]+(?:\s+[A-Za-z]+)*$`)
	boolean  = regexp.MustCompile(`^(?:true|false)$`)
	numbers  = regexp.MustCompile(`^[0-9eE+.,\s-]+$`)
	lengths  = regexp.MustCompile(`^[+-]?[0-9.]{1,12}(?:%|[a-z]{1,3})?(?:[\s,]+[+-]?[0-9.]{1,12}(?:%|[a-z]{1,3})?)*$|^(?:thin|medium|thick|small|normal|big|infinity)$`)
	paint    = regexp.MustCompile(`^(?:#[0-9A-Fa-f]{3,8}|[A-Za-z]{3,24}|(?:rgba?|hsla?)\([0-9.,%/\s]{1,60}\))$`)
	moves    = regexp.MustCompile(`^(?:(?:matrix|translate|scale|rotate|skewX|skewY)\([0-9eE+.,\s-]*\)[\s,]*)+$`)
	outline  = regexp.MustCompile(`^[MmZzLlHhVvCcSsQqTtAaEe0-9+.,\s-]+$`)
	quotes   = regexp.MustCompile(`^[^<>&]{0,4}$`)
)

func foreignPattern(key string) *regexp.Regexp {
	if re := foreignPatterns[key]; re != nil {
		return re
	}
	return patterns[key]
}

// foreignPatterns bound their values: none can hold an address. What isn't here is as in HTML.
var foreignPatterns = map[string]*regexp.Regexp{
	"display": word, "mathvariant": word, "form": word, "notation": wordList, "align": word, "frame": word,
	"columnalign": wordList, "rowalign": wordList, "columnlines": wordList, "rowlines": wordList,
	"fence": boolean, "separator": boolean, "stretchy": boolean, "symmetric": boolean, "largeop": boolean, "movablelimits": boolean,
	"accent": boolean, "accentunder": boolean, "bevelled": boolean, "displaystyle": boolean, "equalrows": boolean, "equalcolumns": boolean,
	"scriptlevel": numbers, "columnspan": digits, "linethickness": lengths, "depth": lengths, "lspace": lengths, "rspace": lengths, "voffset": lengths,
	"minsize": lengths, "maxsize": lengths, "columnspacing": lengths, "rowspacing": lengths, "mathsize": lengths, "lquote": quotes, "rquote": quotes,
	"viewbox": numbers, "width": lengths, "height": lengths, "preserveaspectratio": wordList, "d": outline, "points": numbers,
	"x": lengths, "y": lengths, "dx": lengths, "dy": lengths, "rx": lengths, "ry": lengths, "cx": lengths, "cy": lengths, "r": lengths,
	"x1": lengths, "y1": lengths, "x2": lengths, "y2": lengths, "fill": paint, "stroke": paint, "fill-rule": word, "stroke-width": lengths,
	"stroke-linecap": word, "stroke-linejoin": word, "stroke-dasharray": lengths, "stroke-dashoffset": lengths, "stroke-miterlimit": lengths,
	"fill-opacity": lengths, "stroke-opacity": lengths, "opacity": lengths, "transform": moves, "text-anchor": word, "dominant-baseline": word,
	"font-size": lengths, "font-weight": regexp.MustCompile(`^(?:[1-9]00|[a-z]+)$`), "font-style": word,
}
