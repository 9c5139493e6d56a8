package clean

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"planet/internal/planet"
)

// safeElements are all elements with all attributes that cleaned HTML may hold: written out a second time, so that a
// mistake in the policy doesn't make itself right.
var safeElements = map[string]string{
	"a": "href rel", "abbr": "", "address": "", "article": "", "aside": "", "audio": "src controls preload", "b": "", "bdi": "",
	"bdo": "", "blockquote": "cite", "br": "", "caption": "", "cite": "", "code": "", "col": "span", "colgroup": "span", "dd": "",
	"del": "cite datetime", "details": "open", "dfn": "", "div": "", "dl": "", "dt": "", "em": "", "figcaption": "", "figure": "",
	"h4": "", "h5": "", "h6": "", "hr": "", "i": "", "img": "src srcset sizes alt width height loading referrerpolicy",
	"ins": "cite datetime", "kbd": "", "li": "value", "mark": "", "ol": "start reversed", "p": "", "picture": "", "pre": "", "q": "cite",
	"rp": "", "rt": "", "ruby": "", "s": "", "samp": "", "section": "", "small": "", "source": "src srcset sizes type media",
	"span": "", "strong": "", "sub": "", "summary": "", "sup": "", "table": "", "tbody": "", "td": "colspan rowspan", "tfoot": "",
	"th": "colspan rowspan scope", "thead": "", "time": "datetime", "tr": "", "u": "", "ul": "", "var": "",
	"video": "src controls preload poster width height", "wbr": "",
}

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
		if err := html.Render(&back, n); err != nil {
			t.Fatal(err)
		}
	}
	if back.String() != out {
		t.Errorf("a parser reads it differently\nout:  %q\nback: %q", out, back.String())
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
	own, ok := safeElements[n.Data]
	if !ok || n.Namespace != "" {
		t.Errorf("element <%s> of namespace %q", n.Data, n.Namespace)
	}
	may := strings.Fields("lang dir title " + own)
	for _, a := range n.Attr {
		if a.Namespace != "" || !contains(may, a.Key) {
			t.Errorf("attribute %s:%s of <%s>", a.Namespace, a.Key, n.Data)
		}
		switch a.Key {
		case "href", "src", "cite", "poster":
			checkURL(t, a.Val, a.Key == "href")
		case "srcset":
			for _, candidate := range strings.Split(a.Val, ", ") {
				ref, _, _ := strings.Cut(candidate, " ")
				checkURL(t, ref, false)
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		checkNode(t, c)
	}
}

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

func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		"<p>a<div>b</div>c</p>", "<b><table><tr><td>x", "<a href=/x><a href=y>", "</div></div>text", "<p><object><p>x</p></object>",
		"<li>a<li>b", "<table>text<tr><td>x</table>", "<pre>\n\nx</pre>", "<h1>a<h2>b", "<svg><p>x</svg>", "<math><mi>x</math>",
		"<img src=x onerror=alert(1)>", "<iframe src=//a.b/c></iframe>", "<ruby>a<rt>b<rp>c</ruby>", "<dl><dt>a<dd>b</dl>",
		"<form><button><p>x</button></form>", "<select><option>x</select>", "<details><summary>x</summary>y</details>",
		"<a href='java\nscript:x'>", "<video><source srcset='a 1x, b 2x'></video>", "<picture><source srcset=a><img src=b></picture>",
		"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=x&gt;'>", "<noscript><p title='</noscript><img>'>",
		"<svg><title><style><img></style></title></svg>", "<caption><td><tr>x", "<colgroup><col span=2>x", "&#11;&#xFFFE;\x00", "<q cite='%zz'>x", "<pre>\x15\nx", "<img src='?a\x00><li value='>", "<a href='mailto:a b'>x", "<img srC=//d<=0>", "<img src='?\\\\'>", "<pre><font>\x01</font>\nx",
		"<img src=x title='&quot;><script>'>", "<img src='/a b' alt=\"x\"><ol start=3 reversed><li value=4>", "<center><tt>x</center>", "<bdo dir=rtl>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 20_000 || !utf8.ValidString(s) {
			t.Skip() // package parse gives valid UTF-8
		}
		out := HTML(planet.Text{Type: planet.HTML, Body: s, Base: base}, Limits{})
		checkSafe(t, out)
		if again := HTML(planet.Text{Type: planet.HTML, Body: out, Base: base}, Limits{}); again != out {
			t.Errorf("not idempotent\nonce:  %q\nagain: %q", out, again)
		}
	})
}
