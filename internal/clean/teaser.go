package clean

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	teaserSlack = 100    // runes over excerptRunes that are shown rather than cut
	mediaRunes  = 100    // as many runes as a picture is worth
	teaserBytes = 16_000 // of HTML: markup may be longer than what it marks
)

// teaser is the beginning of a post as HTML: what the author set apart for it, or else the first blocks.
func teaser(content, summary piece) string {
	switch {
	case content.before != "" && len(content.before) <= teaserBytes:
		return content.before
	case content.html == "" || summary.text == "" || beginning(summary.text, content.text):
		return content.short()
	}
	return summary.short()
}

// short is the whole body when it is short, or else its first blocks.
func (b piece) short() string {
	long := utf8.RuneCountInString(b.text)+mediaRunes*b.w.seen.media > excerptRunes+teaserSlack
	if !long && len(b.html) <= teaserBytes {
		return b.html
	}
	out := ""
	if b.tree != nil {
		root := &html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"}
		(&cutter{left: excerptRunes}).children(b.tree, root)
		out = b.w.part(root)
	}
	if out == "" || len(out) > teaserBytes {
		if b.text == "" {
			return b.html
		}
		out = lastWord("<p>" + html.EscapeString(excerpt(b.text)) + "</p>")
	}
	return out
}

// beginning tells whether a summary is nothing but the post's first words, as software makes it.
func beginning(summary, post string) bool {
	head := upTo(summary, max(len(summary)-300, 0))
	summary = head + cutOff.ReplaceAllString(summary[len(head):], "")
	for _, r := range summary {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		i := strings.IndexFunc(post, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
		if i < 0 {
			return false
		}
		other, size := utf8.DecodeRuneInString(post[i:])
		if other != r {
			return false
		}
		post = post[i+size:]
	}
	return true
}

// cutOff is what stands at the end of words that software cut off.
var cutOff = regexp.MustCompile(`(?i)(?:[\s\[\]()…→»>|]|\.{3}|&hellip;|read more|read the rest.*|continue reading.*|weiterlesen|lire la suite|leer más)+$`)

// moreMark is how authors say in a comment where their teaser ends: WordPress, Nikola, Pelican, Docusaurus, Jekyll and others.
var moreMark = regexp.MustCompile(`(?i)^more\s.*$|^\s*(?:more|read[ -]?more|teaser_end|pelican_end_summary|truncate|excerpt|end[ -]excerpt|/excerpt|break|summary|cut)\s*$`)

var moreID = regexp.MustCompile(`^more-[0-9]+$`)

// saysMore tells whether an element is nothing but Middleman's word for it. Its children have been cleaned.
func saysMore(n *html.Node) bool {
	const word = "READMORE"
	if n.DataAtom != atom.P && n.DataAtom != atom.Span && (n.DataAtom != atom.A || attr(n, "href") != "") {
		return false
	}
	text := ""
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.TextNode || len(text) > len(word) {
			return false
		}
		text += strings.TrimSpace(c.Data)
	}
	return text == word
}

// more puts the author's mark in the place of n, which was made of one.
func (w *walker) more(n *html.Node) {
	if w.mark == nil {
		w.mark = replace(n, &html.Node{Type: html.CommentNode})
	} else {
		n.Parent.RemoveChild(n)
	}
}

// beforeMark is what stands before the author's mark, as HTML, or "" when nothing of it can be seen.
func (w *walker) beforeMark(root *html.Node) string {
	around := map[*html.Node]bool{}
	for n := w.mark; n != nil; n = n.Parent {
		around[n] = true
	}
	if !around[root] { // it went with what it stood in
		return ""
	}
	out := copyOf(root)
	for from, to := root, out; from != w.mark; {
		for c := from.FirstChild; c != nil; c = c.NextSibling {
			if around[c] {
				from = c
				break
			}
			to.AppendChild(deepCopy(c))
		}
		if from != w.mark {
			in := copyOf(from)
			to.AppendChild(in)
			to = in
		}
	}
	return w.part(out)
}

// part is a part of a cleaned tree as cleaned HTML.
func (w *walker) part(root *html.Node) string {
	trimEnd(root)
	w.reconnect(root)
	doubtful := w.doubtful
	w.doubtful = w.seen.shares >= 2 // what is left of a post may be a bar of share buttons
	w.fit(root)
	demote(root)
	w.check(root, nesting{})
	again := w.doubtful
	w.doubtful = doubtful
	out, ok := render(root, 4*excerptRunes)
	if ok && again {
		base := ""
		if w.base != nil {
			base = w.base.String()
		}
		out, _ = w.cleaner.walker(base).settled(out)
	}
	if !ok || !visible(out) {
		return ""
	}
	return out
}

// reconnect mends the links and ids of a part: what a link led to may be in the other part.
func (w *walker) reconnect(root *html.Node) {
	there, wanted := map[string]bool{}, map[string]bool{}
	each(root, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			there[id] = true
		}
	})
	each(root, func(n *html.Node) {
		id, inner := strings.CutPrefix(attr(n, "href"), "#")
		if !inner {
			return
		}
		if plain, err := url.PathUnescape(id); err == nil {
			id = plain
		}
		if wanted[id] = there[id]; there[id] {
			return
		}
		if len(w.own) == 0 {
			set(n, "href", "")
			return
		}
		put(n, "href", w.own[0]+"#"+url.PathEscape(strings.TrimPrefix(id, w.prefix)))
		put(n, "rel", linkRel)
	})
	each(root, func(n *html.Node) {
		if id := attr(n, "id"); id != "" && !wanted[id] {
			set(n, "id", "")
		}
	})
}

// A cutter copies the beginning of a tree.
type cutter struct {
	left int // runes to be shown
}

// children copies what is under from, as far as it is to be shown, and says so when that was all.
func (c *cutter) children(from, to *html.Node) (all bool) {
	for n := from.FirstChild; n != nil; n = n.NextSibling {
		size := weight(n, c.left+teaserSlack)
		switch {
		case c.left <= 0 && size <= 1 && n.Type == html.TextNode: // a blank
			continue
		case c.left > 0 && size <= c.left+teaserSlack:
			to.AppendChild(deepCopy(n))
			c.left -= size
			continue
		case n.Type == html.TextNode && c.left > 0:
			if s := shortenInline(n.Data, c.left); s != "" {
				to.AppendChild(&html.Node{Type: html.TextNode, Data: s})
			}
			return false
		case n.Type == html.ElementNode && c.left > 0 && !whole(n) && (!block(n) || c.left > excerptRunes*2/3):
			in := copyOf(n)
			to.AppendChild(in)
			if c.children(n, in) {
				continue // of a little too much, nothing was left out
			}
			return false
		}
		if !block(n) && !noText[to.DataAtom] && to.LastChild != nil {
			to.AppendChild(&html.Node{Type: html.TextNode, Data: "…"})
		}
		return false
	}
	return true
}

// noText are the parents that "…" can't be put into.
var noText = map[atom.Atom]bool{
	atom.Body: true, atom.Ul: true, atom.Ol: true, atom.Dl: true, atom.Ruby: true, atom.Table: true, atom.Thead: true, atom.Tbody: true,
	atom.Tfoot: true, atom.Tr: true, atom.Colgroup: true, atom.Details: true, atom.Figure: true,
}

// whole elements are shown or not, but never in part.
func whole(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Ruby, atom.Audio, atom.Video, atom.Picture, atom.Img:
		return true
	}
	return n.Namespace != ""
}

func block(n *html.Node) bool {
	return n.Type == html.ElementNode && (blocks[n.DataAtom] || n.DataAtom == atom.P || parents[n.DataAtom] != nil)
}

// weight is how much n shows, in runes; more than most need not be known exactly.
func weight(n *html.Node, most int) int {
	if n.Type == html.TextNode {
		return textRunes(n.Data, most)
	}
	sum := 0
	switch {
	case n.DataAtom == atom.Img, n.DataAtom == atom.Audio, n.DataAtom == atom.Video, n.Namespace == "svg" && n.Data == "svg",
		n.DataAtom == atom.A && attr(n, "class") == "embed" && n.FirstChild == nil:
		sum = mediaRunes
	}
	for c := n.FirstChild; c != nil && sum <= most; c = c.NextSibling {
		sum += weight(c, most-sum)
	}
	return sum
}

// textRunes counts runes, and white space once; more than most need not be known exactly.
func textRunes(s string, most int) int {
	n, space := 0, true
	for _, r := range s {
		if n > most {
			break
		}
		if unicode.IsSpace(r) && space {
			continue
		}
		space = unicode.IsSpace(r)
		n++
	}
	return n
}

func copyOf(n *html.Node) *html.Node {
	return &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Namespace: n.Namespace, Attr: append([]html.Attribute(nil), n.Attr...)}
}

func deepCopy(n *html.Node) *html.Node {
	out := copyOf(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out.AppendChild(deepCopy(c))
	}
	return out
}

// trimEnd takes from the end of a part what leads to what isn't there: headings, lines, empty elements.
func trimEnd(root *html.Node) {
	for last := root.LastChild; last != nil; last = root.LastChild {
		if last.Type == html.TextNode {
			if strings.TrimSpace(last.Data) != "" {
				return
			}
		} else if headingLevel(last) == 0 && last.DataAtom != atom.Hr && last.DataAtom != atom.Br && last.DataAtom != atom.Dt {
			if whole(last) || last.DataAtom == atom.A && attr(last, "class") == "embed" {
				return
			}
			if trimEnd(last); last.FirstChild != nil {
				return
			}
		}
		root.RemoveChild(last)
	}
}
