package parse

import (
	"encoding/base64"
	"encoding/xml"
	"net/url"
	"strings"

	"planet/internal/planet"
)

// kind says which text of a note an element holds.
type kind int

const (
	none kind = iota
	theID
	theTitle
	theSummary
	theContent
	theSpare
	theTTL // the first of the hints
	theHours
	theDays
	thePeriod
	theFrequency
)

// native tells whether an element belongs to the feed's own vocabulary rather than to an extension's.
func (s *scanner) native(f frame) bool {
	root := s.stack[0]
	if f.prefix == root.prefix && f.space == root.space {
		return true
	}
	return ownSpaces[s.notes.root][f.space] || s.notes.root != "feed" && (f.space == "" || f.space == "rss")
}

// kind tells which text, if any, the element just opened holds.
func (s *scanner) kind(f frame) kind {
	depth := len(s.stack)
	switch {
	case s.item != nil && depth != s.itemAt+1:
	case s.item != nil && s.notes.root == "feed" && s.native(f):
		return entryTexts[f.name]
	case s.item != nil && s.notes.root == "feed":
		if f.space == nsXHTML {
			return foreignTexts[nsXHTML][f.name]
		}
	case s.item != nil && s.native(f):
		return itemTexts[f.name]
	case s.item != nil:
		return foreignTexts[f.space][f.name]
	case s.notes.root == "feed" && depth == 2 && s.native(f):
		return feedTexts[f.name]
	case s.notes.root != "feed" && depth == 3 && s.stack[1].name == "channel" && s.native(f):
		if k := channelTexts[f.name]; k != none {
			return k
		}
	}
	return s.hintKind(f)
}

// The elements that hold texts, in a feed's own vocabulary and in others.
var (
	feedTexts    = map[string]kind{"id": theID, "title": theTitle, "subtitle": theSummary, "tagline": theSummary}
	entryTexts   = map[string]kind{"id": theID, "title": theTitle, "summary": theSummary, "content": theContent}
	channelTexts = map[string]kind{"title": theTitle, "description": theSummary}
	itemTexts    = map[string]kind{
		"guid": theID, "title": theTitle, "description": theSummary,
		"encoded": theContent, "body": theContent, "fullitem": theContent,
	}
	foreignTexts = map[string]map[string]kind{
		nsContent: {"encoded": theContent},
		nsXHTML:   {"body": theContent, "div": theContent},
		nsAtom:    {"content": theContent, "summary": theSummary},
		nsDC:      {"description": theSpare},
		nsMedia:   {"description": theSpare},
		nsITunes:  {"summary": theSpare},
	}
)

// A capture reads one text construct. Text and markup are both kept until it is known which of them is meant: feeds say
// "html" and write elements, or write unescaped HTML into an RSS description.
type capture struct {
	kind   kind
	depth  int
	from   int64 // where the element's content begins
	typ    string
	mode   string // of Atom 0.3: xml, escaped or base64
	atom   bool
	lang   string
	base   string
	plain  strings.Builder // the characters alone
	markup strings.Builder // with the elements, from the first one on; begun holds true then
	begun  bool
	escape bool // characters beside elements are characters, not HTML
	skip   int  // depth of the wrapping div of an xhtml text, which isn't part of it (RFC 4287 §3.1.1.3)
	chars  bool // characters other than white space have come
	open   int  // elements open inside
}

func (s *scanner) newCapture(k kind, t xml.StartElement, f frame) *capture {
	c := &capture{kind: k, depth: len(s.stack), from: s.dec.InputOffset(), lang: f.lang, base: f.base}
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "type":
			c.typ = strings.ToLower(strings.TrimSpace(a.Value))
		case "mode":
			c.mode = strings.ToLower(strings.TrimSpace(a.Value))
		}
	}
	// Where the namespace is missing as well as the type, HTML is likelier than the plain text that Atom means by that.
	c.atom = f.space == nsAtom || f.space == nsAtom03 || c.typ != "" && s.notes.root == "feed" && s.native(f)
	if f.space == nsXHTML { // the element is itself the text's wrapper
		c.typ, c.atom = "xhtml", true
	}
	// Elsewhere elements appear where somebody forgot to escape HTML, and then the characters beside them are HTML too.
	c.escape = c.atom && c.typ != "html" && c.typ != "text/html"
	return c
}

func (c *capture) text(b []byte) {
	if c.kind.isHint() {
		c.hint(b)
		return
	}
	c.plain.Write(b)
	if !c.chars && strings.TrimSpace(string(b)) != "" {
		c.chars = true
	}
	if c.begun {
		c.markup.WriteString(c.escaped(string(b)))
	}
}

func (c *capture) escaped(s string) string {
	if c.escape {
		return escapeText(s)
	}
	return s
}

func (c *capture) start(t xml.StartElement, f frame) {
	if c.kind.isHint() {
		return
	}
	if !c.begun {
		c.begun = true
		c.markup.WriteString(c.escaped(c.plain.String()))
	}
	c.open++
	if c.open == 1 && c.skip == 0 && !c.chars && c.xhtml() && f.name == "div" {
		c.skip = 1
		if f.lang != "" {
			c.lang = f.lang
		}
		c.base = f.base
		return
	}
	c.markup.WriteByte('<')
	c.markup.WriteString(f.name)
	for _, a := range t.Attr {
		c.attribute(a, f)
	}
	c.markup.WriteByte('>')
}

// attribute writes one attribute. A reference under an xml:base of its own is resolved here, since only here that base is known.
func (c *capture) attribute(a xml.Attr, f frame) {
	name := strings.ToLower(a.Name.Local)
	if name == "xmlns" || a.Name.Space == "xmlns" || name == "base" {
		return
	}
	value := a.Value
	if f.base != c.base && (name == "href" || name == "src" || name == "cite" || name == "poster") {
		base, err1 := url.Parse(f.base)
		ref, err2 := url.Parse(strings.TrimSpace(value))
		if err1 == nil && err2 == nil {
			value = base.ResolveReference(ref).String()
		}
	}
	c.markup.WriteByte(' ')
	c.markup.WriteString(name)
	c.markup.WriteString(`="`)
	c.markup.WriteString(strings.ReplaceAll(escapeText(value), `"`, "&#34;"))
	c.markup.WriteByte('"')
}

func (c *capture) end(t xml.EndElement) {
	if c.kind.isHint() {
		return
	}
	c.open--
	if c.open == 0 && c.skip == 1 {
		c.skip = 2 // only the first div can be the wrapper
		return
	}
	if name := strings.ToLower(t.Name.Local); !voidElements[name] {
		c.markup.WriteString("</" + name + ">")
	}
}

// voidElements have no end tag (HTML, "void elements").
var voidElements = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "param": true, "source": true, "track": true, "wbr": true,
}

func (c *capture) xhtml() bool {
	return c.typ == "xhtml" || c.typ == "application/xhtml+xml" || c.mode == "xml" && strings.HasSuffix(c.typ, "html")
}

// result is the captured text, or else a problem that says why there is none.
func (c *capture) result() (planet.Text, string) {
	text := planet.Text{Type: planet.HTML, Body: c.plain.String(), Base: c.base}
	if c.begun {
		text.Body = c.markup.String()
	}
	switch {
	case c.mode == "base64":
		return c.base64(text)
	case c.begun || !c.atom || c.typ == "html" || c.typ == "text/html":
	case c.xhtml():
		text.Body = escapeText(text.Body) // characters of xhtml without any element: a "<" is one
	case c.typ == "" || c.typ == "text" || strings.HasPrefix(c.typ, "text/"):
		text.Type = planet.PlainText
	default:
		return c.base64(text)
	}
	return text, ""
}

// base64 reads content of a media type of its own: text that is carried as base64 is kept (RFC 4287 §4.1.3.3).
func (c *capture) base64(text planet.Text) (planet.Text, string) {
	html := strings.Contains(c.typ, "html")
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text.Body), ""))
	if err != nil || !html && c.typ != "" && !strings.HasPrefix(c.typ, "text/") {
		return planet.Text{}, "content of type " + c.typ + " can't be shown"
	}
	body, _ := decode(raw, "")
	text.Body = string(body)
	if !html {
		text.Type = planet.PlainText
	}
	return text, ""
}

var textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func escapeText(s string) string { return textEscaper.Replace(s) }
