// Package clean makes the HTML of entries safe, balanced and absolute, and takes from it what later stages need.
//
// A body is parsed as a browser would (x/net/html), walked against an allow-list, rendered balanced, and then
// bluemonday's own allow-list has the last word, so that the walk need not be trusted. Cleaning is idempotent.
package clean

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"planet/internal/planet"
)

// Version is raised when the rules change; the store cleans entries of an older version again.
const Version = 1

// Limits bound what one entry may hold; a zero field means its default.
type Limits struct {
	Title   int // bytes; default 1,000
	Content int // bytes of HTML, of content and summary each; default 1,000,000
	Markup  int // tags of content and summary each, since a tag of four bytes takes a thousand; default 20,000
}

func (l Limits) orDefault() Limits {
	if l.Title == 0 {
		l.Title = 1000
	}
	if l.Content == 0 {
		l.Content = 1_000_000
	}
	if l.Markup == 0 {
		l.Markup = 20_000
	}
	return l
}

// excerptRunes is how much of a post an excerpt shows: about five lines.
const excerptRunes = 400

// Entry makes an entry fit to be published of an item as it was parsed. FeedID, PublishedID and FirstSeen are left to the store.
func Entry(it planet.Item, limits Limits) planet.Entry {
	limits = limits.orDefault()
	e := planet.Entry{
		GUID: it.GUID, Link: it.Link, Lang: LangTag(it.Lang),
		Title:      cut(Plain(it.Title), limits.Title),
		Authors:    people(it.Authors),
		Enclosures: it.Enclosures,
		Source:     source(it.Source),
		Comments:   it.Comments,
		Published:  it.Published, Updated: it.Updated,
	}
	for _, t := range it.Tags {
		if t = Plain(planet.Text{Type: planet.HTML, Body: t}); t != "" {
			e.Tags = append(e.Tags, t)
		}
	}
	e.Content = HTML(it.Content, limits)
	e.Summary = HTML(it.Summary, limits)
	if e.Content == "" {
		e.Content, e.Summary = e.Summary, ""
	}
	e.Text = plainText(e.Content)
	e.Excerpt = excerpt(plainText(e.Summary))
	if e.Excerpt == "" {
		e.Excerpt = excerpt(e.Text)
	}
	e.Dir = direction(e.Lang, e.Title+" "+e.Excerpt)
	if e.Title == "" {
		e.Untitled = true
		e.Title = titleFrom(e.Text)
	}
	return e
}

func people(in []planet.Person) []planet.Person {
	var out []planet.Person
	for _, p := range in {
		p.Name = Plain(planet.Text{Type: planet.HTML, Body: p.Name})
		out = append(out, p)
	}
	return out
}

// LangTag is a language as BCP 47 writes it, or "" when it is none: feeds say en_US, and worse.
func LangTag(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if !language.MatchString(s) {
		return ""
	}
	return s
}

func source(in *planet.Source) *planet.Source {
	if in == nil {
		return nil
	}
	out := *in
	out.Title = Plain(planet.Text{Type: planet.HTML, Body: out.Title})
	return &out
}

// Plain is a text construct as one line of plain text: markup and entities resolved, also where they were escaped twice.
func Plain(t planet.Text) string {
	s := t.Body
	if t.Type == planet.HTML && strings.ContainsAny(s, "<&") {
		s = plainText(s)
		if twice.MatchString(s) { // "Q&amp;A" that had been escaped once too often
			s = plainText(s)
		}
	}
	return strings.Join(strings.Fields(legal(s)), " ")
}

// HTML is a text construct as safe, balanced HTML with absolute URLs; "" when nothing of it can be seen.
// HTML(HTML(x)) == HTML(x) for the same base.
func HTML(t planet.Text, limits Limits) string {
	limits = limits.orDefault()
	body := t.Body
	if t.Type == planet.PlainText {
		body = paragraphs(body)
	}
	marked := ""
	if short := cutHTML(body, limits.Content); len(short) < len(body) {
		body, marked = short, "<p>[…]</p>"
	}
	head := cutMarkup(body, limits.Markup)
	out := newWalker(t.Base).settled(head)
	if len(out) > limits.Content*3/2 { // absolute addresses and the like may make a hundred bytes of ten
		out = textAlone(head, limits.Content)
	}
	out += textAlone(body[len(head):], limits.Content-len(out))
	if !visible(out) {
		return ""
	}
	return out + marked
}

// settled cleans body. The walk says when what it kept may nest in a way that a browser would read differently: then its
// result is parsed again until nothing changes any more. What doesn't settle becomes text.
func (w *walker) settled(body string) string {
	out, ok := w.clean(body)
	for i := 0; ok && w.doubtful && i < 4; i++ {
		w.doubtful = false
		before := out
		if out, ok = w.clean(out); out == before {
			w.doubtful = false
		} else {
			w.doubtful = true
		}
	}
	if !ok || w.doubtful {
		out = lastWord(paragraphs(legal(plainText(body))))
	}
	return out
}

// textAlone is what is made of too much markup: a paragraph of at most n bytes without any.
func textAlone(body string, n int) string {
	text := strings.Join(strings.Fields(legal(plainText(body))), " ")
	if text == "" || n <= 0 {
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
func (w *walker) clean(s string) (string, bool) {
	if explosive(s) {
		return "", false
	}
	context := body
	nodes, err := html.ParseFragment(strings.NewReader(s), &context)
	if err != nil {
		return "", false
	}
	root := &html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	w.children(root)
	var buf bytes.Buffer
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
