package clean

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// safeElements are all elements with all attributes that cleaned HTML may hold: written out a second time, so that a
// mistake in the policy doesn't make itself right.
var safeElements = map[string]string{
	"a": "href rel class", "abbr": "", "address": "", "article": "", "aside": "", "audio": "src controls preload", "b": "", "bdi": "",
	"bdo": "", "blockquote": "cite", "br": "", "caption": "", "cite": "", "code": "class", "col": "span", "colgroup": "span", "dd": "",
	"del": "cite datetime", "details": "open", "dfn": "", "div": "", "dl": "", "dt": "", "em": "", "figcaption": "", "figure": "",
	"h4": "", "h5": "", "h6": "", "hr": "", "i": "", "img": "src srcset sizes alt width height loading referrerpolicy",
	"ins": "cite datetime", "kbd": "", "li": "value", "mark": "", "ol": "start reversed", "p": "", "picture": "", "pre": "", "q": "cite",
	"rp": "", "rt": "", "ruby": "", "s": "", "samp": "", "section": "", "small": "", "source": "src srcset sizes type media",
	"span": "class", "strong": "", "sub": "", "summary": "", "sup": "", "table": "", "tbody": "", "td": "colspan rowspan", "tfoot": "",
	"th": "colspan rowspan scope", "thead": "", "time": "datetime", "tr": "", "track": "src kind srclang label default", "u": "", "ul": "", "var": "",
	"video": "src controls preload poster width height", "wbr": "",
}

// safeMath and safeSVG are the same for MathML and SVG. Their names are in lower case, as they are written.
var safeMath = map[string]string{
	"math": "display", "mrow": "", "mi": "", "mn": "", "mtext": "", "ms": "lquote rquote", "mspace": "width height depth",
	"mo":    "form fence separator stretchy symmetric largeop movablelimits accent lspace rspace minsize maxsize",
	"mfrac": "linethickness bevelled", "msqrt": "", "mroot": "", "mstyle": "", "merror": "", "mpadded": "width height depth lspace voffset",
	"mphantom": "", "msub": "", "msup": "", "msubsup": "", "munder": "accentunder", "mover": "accent", "munderover": "accent accentunder",
	"mmultiscripts": "", "mprescripts": "", "none": "", "menclose": "notation", "mtr": "columnalign rowalign",
	"mtable": "columnalign rowalign columnspacing rowspacing columnlines rowlines frame align equalrows equalcolumns",
	"mtd":    "columnalign rowalign rowspan columnspan",
}

var safeSVG = map[string]string{
	"svg": "viewbox width height preserveaspectratio", "g": "", "path": "d", "rect": "x y width height rx ry", "circle": "cx cy r",
	"ellipse": "cx cy rx ry", "line": "x1 y1 x2 y2", "polyline": "points", "polygon": "points", "text": "x y dx dy", "tspan": "x y dx dy",
}

const (
	safeEverywhere = "lang dir title id"
	safeInMath     = "dir mathvariant mathsize displaystyle scriptlevel"
	safeInSVG      = "fill fill-rule fill-opacity stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset " +
		"stroke-miterlimit stroke-opacity opacity transform text-anchor dominant-baseline font-size font-weight font-style"
)

// safeClasses are all that an element may have of classes.
var safeClasses = regexp.MustCompile(`^(?:a embed|span hl-(?:keyword|string|comment|number|function|type|name|operator|meta|inserted|deleted|error)|code language-[a-z0-9+#-]{1,20})$`)

// checkSafe parses cleaned HTML and holds every element and attribute against the lists above. It also checks that a
// browser's parser reads back exactly what was written, and that XML could carry it.
func checkSafe(t *testing.T, out string) {
	t.Helper()
	for _, r := range out {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			t.Errorf("a character that XML forbids: %U", r)
		}
	}
	context := body
	nodes, err := html.ParseFragment(strings.NewReader(out), &context)
	if err != nil {
		t.Fatalf("can't be parsed: %v", err)
	}
	var back strings.Builder
	for _, n := range nodes {
		checkNode(t, n)
		lowerForeign(n)
		if err := html.Render(&back, n); err != nil {
			t.Fatal(err)
		}
	}
	if back.String() != out {
		t.Errorf("a parser reads it differently\nout:  %q\nback: %q", out, back.String())
	}
}

// lowerForeign gives foreign attributes the names that bluemonday has written, of which the parser made viewBox.
func lowerForeign(n *html.Node) {
	for i := range n.Attr {
		if n.Namespace != "" {
			n.Attr[i].Key = strings.ToLower(n.Attr[i].Key)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		lowerForeign(c)
	}
}

func checkNode(t *testing.T, n *html.Node) {
	t.Helper()
	switch n.Type {
	case html.TextNode:
		return
	case html.ElementNode:
	default:
		t.Errorf("a node of type %v: %q", n.Type, n.Data)
		return
	}
	elements, everywhere := safeElements, safeEverywhere
	switch n.Namespace {
	case "math":
		elements, everywhere = safeMath, safeInMath
	case "svg":
		elements, everywhere = safeSVG, safeInSVG
	}
	own, ok := elements[n.Data]
	if !ok || n.Parent != nil && n.Namespace != n.Parent.Namespace && n.Data != n.Namespace {
		t.Errorf("element <%s> of namespace %q", n.Data, n.Namespace)
	}
	may := strings.Fields(everywhere + " " + own)
	for _, a := range n.Attr {
		if a.Namespace != "" || !slices.Contains(may, strings.ToLower(a.Key)) {
			t.Errorf("attribute %s:%s of <%s>", a.Namespace, a.Key, n.Data)
		}
		if n.Namespace != "" && strings.ContainsAny(a.Val, ":;\\/&<>") && !strings.HasPrefix(a.Val, "rgb") && !strings.HasPrefix(a.Val, "hsl") {
			t.Errorf("attribute %s of <%s> is %q", a.Key, n.Data, a.Val)
		}
		switch a.Key {
		case "href", "src", "cite", "poster":
			if a.Key != "href" || !innerHref.MatchString(a.Val) {
				checkURL(t, a.Val, a.Key == "href")
			}
		case "srcset":
			for _, candidate := range strings.Split(a.Val, ", ") {
				ref, _, _ := strings.Cut(candidate, " ")
				checkURL(t, ref, false)
			}
		case "class":
			if !safeClasses.MatchString(n.Data + " " + a.Val) {
				t.Errorf("class %q of <%s>", a.Val, n.Data)
			}
		case "id":
			if !safeID.MatchString(a.Val) {
				t.Errorf("id %q of <%s>", a.Val, n.Data)
			}
		}
	}
	if n.Namespace == "math" && strings.Contains(" mi mn mo ms mtext ", " "+n.Data+" ") && n.FirstChild != nil && (n.FirstChild != n.LastChild || n.FirstChild.Type != html.TextNode) {
		t.Errorf("<%s> holds more than text", n.Data)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		checkNode(t, c)
	}
}

var (
	innerHref = regexp.MustCompile(`^#e[0-9a-f]{8}-[^\x00-\x20"'<>#\\]+$`)
	safeID    = regexp.MustCompile(`^e[0-9a-f]{8}-[^\x00-\x2C/;<=>?@\x5B-\x5E` + "`" + `{|}~\x7F]+$`)
)

func checkURL(t *testing.T, s string, mail bool) {
	t.Helper()
	for _, r := range s {
		if r <= ' ' || r == '\\' {
			t.Errorf("the URL %q holds %q", s, r)
		}
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		t.Errorf("URL: %v", err)
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
	case u.Scheme == "mailto" && mail:
	default:
		t.Errorf("the URL %q", s)
	}
}
