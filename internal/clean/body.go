package clean

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"planet/internal/planet"
)

// A cleaner knows whose bodies it cleans.
type cleaner struct {
	limits   Limits
	link     string // the entry's address: with a #fragment, it leads into the body itself
	prefix   string // of the ids in its bodies
	faithful bool   // nothing is left out but what is unsafe
}

func cleanerFor(it planet.Item, limits Limits) cleaner {
	identity := it.GUID
	if identity == "" {
		identity = it.Link
	}
	if identity == "" {
		identity = it.Title.Body
	}
	return cleaner{limits: limits, link: it.Link, prefix: idPrefix(identity)}
}

// A piece is a text construct, cleaned.
type piece struct {
	html   string
	text   string     // what a reader sees of it
	before string     // HTML before the author's own mark for "read more", or ""
	tree   *html.Node // what html was rendered from; nil when that isn't known
	w      *walker
}

// body cleans a text construct. It is empty, but for what was found, when nothing of it can be seen.
func (c cleaner) body(t planet.Text) piece {
	w := c.walker(t.Base)
	source := t.Body
	if t.Type == planet.PlainText {
		source = paragraphs(source)
	}
	if source == "" {
		return piece{w: w}
	}
	marked := ""
	if short := cutHTML(source, c.limits.Content); len(short) < len(source) {
		source, marked = short, "<p>[…]</p>"
		w.found.cut = true
	}
	head := cutMarkup(source, c.limits.Markup)
	out, tree := w.settled(head)
	if len(out) > c.limits.Content*3/2 { // absolute addresses and the like may make a hundred bytes of ten
		out, tree = c.textAlone(head, c.limits.Content), nil
	}
	if rest := c.textAlone(source[len(head):], c.limits.Content-len(out)); rest != "" {
		out, tree = out+rest, nil
	}
	w.found.textAlone = tree == nil
	if !visible(out) {
		return piece{w: w}
	}
	b := piece{html: out + marked, before: w.before, tree: tree, w: w}
	if tree == nil || marked != "" {
		b.text, b.tree = plainText(b.html), nil
	} else {
		b.text = treeText(tree)
	}
	return b
}

// settled cleans s. The walk says when what it kept may nest in a way that a browser would read differently: then its
// result is parsed again until nothing changes any more. What doesn't settle becomes text, and has no tree.
func (w *walker) settled(s string) (string, *html.Node) {
	out, tree, ok := w.clean(s)
	for i := 0; ok && w.doubtful && i < 4; i++ {
		w.doubtful = false
		before := out
		if out, tree, ok = w.clean(out); out == before {
			w.doubtful = false
		} else {
			w.doubtful = true
		}
	}
	if !ok || w.doubtful {
		w.before = ""
		return lastWord(paragraphs(w.legal(plainText(s)))), nil
	}
	return out, tree
}

// textAlone is what is made of too much markup: a paragraph of at most n bytes without any.
func (c cleaner) textAlone(s string, n int) string {
	if s == "" || n <= 0 {
		return ""
	}
	text := strings.Join(strings.Fields(c.legal(plainText(s))), " ")
	if text == "" {
		return ""
	}
	if text = html.EscapeString(text); len(text) > n {
		text = upTo(text, n)
		if amp := strings.LastIndexByte(text, '&'); amp > strings.LastIndexByte(text, ';') {
			text = text[:amp]
		}
		text += "…"
	}
	return lastWord("<p>" + text + "</p>")
}

// paragraphs makes HTML of plain text: blank lines part paragraphs, single line ends are kept.
func paragraphs(s string) string {
	var b strings.Builder
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	for _, para := range strings.Split(s, "\n\n") {
		if para = strings.TrimSpace(para); para == "" {
			continue
		}
		b.WriteString("<p>")
		b.WriteString(strings.ReplaceAll(html.EscapeString(para), "\n", "<br/>"))
		b.WriteString("</p>")
	}
	return b.String()
}

// body is the parse context of an entry: the inside of a page's <body>.
var body = html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"}

// clean parses, walks and renders s; ok is false when the parser refuses (x/net/html gives up at 512 open elements), or
// would build too much.
func (w *walker) clean(s string) (out string, root *html.Node, ok bool) {
	if explosive(s) {
		return "", nil, false
	}
	context := body
	if strings.Contains(s, "/>") {
		s = closeRaw(s)
	}
	nodes, err := html.ParseFragment(strings.NewReader(s), &context)
	if err != nil {
		return "", nil, false
	}
	root = &html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	w.children(root)
	out, ok = render(root, len(s))
	return out, root, ok
}

// closeRaw closes elements that are empty as XHTML writes it, where HTML would take the rest of the post for what is in them.
func closeRaw(s string) string {
	if !emptyRaw.MatchString(s) {
		return s
	}
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		kind := z.Next()
		b.Write(z.Raw())
		if kind == html.ErrorToken {
			return b.String()
		}
		if kind == html.SelfClosingTagToken {
			if name, _ := z.TagName(); rawText[string(name)] {
				b.WriteString("</" + string(name) + ">")
				z.NextIsNotRawText()
			}
		}
	}
}

// rawText are the elements whose content a tokenizer takes for text, up to their end tag.
var rawText = map[string]bool{
	"iframe": true, "script": true, "style": true, "textarea": true, "title": true, "xmp": true, "noscript": true, "noembed": true, "noframes": true,
}

var emptyRaw = regexp.MustCompile(`(?i)<(iframe|script|style|textarea|title|xmp|noscript|noembed|noframes)(?:\s[^<>]*)?/>`)

// render writes what is under root, and lets bluemonday read it.
func render(root *html.Node, size int) (string, bool) {
	var buf bytes.Buffer
	buf.Grow(size + size/4)
	for n := root.FirstChild; n != nil; n = n.NextSibling {
		if err := html.Render(&buf, n); err != nil {
			return "", false
		}
	}
	return lastWord(strings.TrimSpace(buf.String())), true
}

// explosive tells whether a parser would build far more of s than s holds: formatting elements that are never closed
// are opened again in every block that follows (HTML, "reconstruct the active formatting elements"), so that 25 KB
// become a million elements.
func explosive(s string) bool {
	const most = 1_000_000
	if strings.Count(s, "<") < 2000 { // at most 512 elements are open
		return false
	}
	open, built := 0, 0
	for z := html.NewTokenizer(strings.NewReader(s)); built < most; {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken:
			if name, _ := z.TagName(); formatting[atom.Lookup(name)] {
				open++
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); open > 0 && formatting[atom.Lookup(name)] {
				open--
			}
		}
		built += min(open, 512)
	}
	return true
}

// formatting elements are HTML's "formatting" category.
var formatting = map[atom.Atom]bool{
	atom.A: true, atom.B: true, atom.Big: true, atom.Code: true, atom.Em: true, atom.Font: true, atom.I: true, atom.Nobr: true,
	atom.S: true, atom.Small: true, atom.Strike: true, atom.Strong: true, atom.Tt: true, atom.U: true,
}
