package parse

import (
	"encoding/base64"
	"encoding/xml"
	"net/url"
	"slices"
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
	theDescribed // Dublin Core's description
	theMedia     // Media RSS's
	thePodcast   // that of iTunes, long
	theSubtitle  // and short
	theAuthor
	theContributor
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
	case s.item != nil && s.native(f):
		if s.notes.root == "feed" {
			return entryTexts[f.name]
		}
		return itemTexts[f.name]
	case s.item != nil:
		return foreignTexts[f.space][f.name]
	case s.notes.root == "feed" && depth == 2 || s.notes.root != "feed" && depth == 3 && s.stack[1].name == "channel":
		if k := s.feedKind(f); k != none {
			return k
		}
	}
	return s.hintKind(f)
}

// feedKind is kind for an element beside the entries.
func (s *scanner) feedKind(f frame) kind {
	switch {
	case !s.native(f):
		return foreignFeedTexts[f.space][f.name]
	case s.notes.root == "feed":
		return feedTexts[f.name]
	case s.channels > 1: // what a document says first of itself counts
		return none
	}
	return channelTexts[f.name]
}

// The elements that hold texts and people, in a feed's own vocabulary and in others.
var (
	feedTexts    = map[string]kind{"id": theID, "title": theTitle, "subtitle": theSummary, "tagline": theSummary, "author": theAuthor}
	channelTexts = map[string]kind{"title": theTitle, "description": theSummary}
	entryTexts   = map[string]kind{
		"id": theID, "title": theTitle, "summary": theSummary, "content": theContent, "author": theAuthor, "contributor": theContributor,
	}
	itemTexts = map[string]kind{
		"guid": theID, "title": theTitle, "description": theSummary, "author": theAuthor,
		"encoded": theContent, "body": theContent, "fullitem": theContent, "content": theContent,
	}
	foreignTexts = map[string]map[string]kind{
		nsContent: {"encoded": theContent},
		nsXHTML:   {"body": theContent, "div": theContent},
		nsAtom:    {"content": theContent, "summary": theSummary},
		nsDC:      {"description": theDescribed},
		nsMedia:   {"description": theMedia},
		nsITunes:  {"summary": thePodcast, "subtitle": theSubtitle},
	}
	foreignFeedTexts = map[string]map[string]kind{
		nsDC:     {"description": theDescribed},
		nsITunes: {"summary": thePodcast, "subtitle": theSubtitle},
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
	guess  bool // a text without a type may be plain or HTML
	lang   string
	base   string
	near   nearBase        // of elements inside that have another
	grown  int             // bytes by which references became longer
	plain  strings.Builder // the characters alone
	markup strings.Builder // with the elements, from the first one on; begun holds true then
	begun  bool
	escape bool // characters beside elements are characters, not HTML
	skip   int  // depth of the wrapping div of an xhtml text, which isn't part of it (RFC 4287 §3.1.1.3)
	chars  bool // characters other than white space have come
	open   int  // elements open inside
	who    *personCapture
}

func (s *scanner) newCapture(k kind, t xml.StartElement, f frame) *capture {
	c := &capture{kind: k, depth: len(s.stack), from: s.dec.InputOffset(), lang: f.lang, base: f.base}
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "type":
			typ, _, _ := strings.Cut(a.Value, ";") // a media type's parameters
			c.typ = strings.ToLower(strings.TrimSpace(typ))
		case "mode":
			c.mode = strings.ToLower(strings.TrimSpace(a.Value))
		}
	}
	// Where the namespace is missing as well as the type, HTML is likelier than the plain text that Atom means by that.
	c.atom = f.space == nsAtom || f.space == nsAtom03 || c.typ != "" && s.native(f) && (s.notes.root == "feed" || f.name == "content")
	c.guess = c.atom || f.space == nsMedia || f.space == nsITunes
	if f.space == nsXHTML { // the element is itself the text's wrapper
		c.typ, c.atom = "xhtml", true
	}
	// Elsewhere elements appear where somebody forgot to escape HTML, and then the characters beside them are HTML too.
	c.escape = c.atom && !c.html()
	if k == theAuthor || k == theContributor {
		c.who = &personCapture{}
	}
	return c
}

func (c *capture) text(b []byte) {
	if c.kind.isHint() {
		c.hint(b)
		return
	}
	if c.who != nil {
		c.who.text(b)
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
	if c.who != nil {
		c.who.start(f.name)
		return
	}
	if !c.begun {
		c.begun = true
		c.markup.WriteString(c.escaped(c.plain.String()))
	}
	c.open++
	if c.open == 1 && c.skip == 0 && !c.chars && c.xhtml() && f.name == "div" {
		if f.lang != "" {
			c.lang = f.lang
		}
		if !hasDirection(t) {
			c.skip, c.base = 1, f.base
			return
		}
		c.skip = 2 // it stays, since it says which way the text runs
	}
	c.markup.WriteByte('<')
	c.markup.WriteString(f.name)
	for _, a := range t.Attr {
		c.attribute(a, f)
	}
	c.markup.WriteByte('>')
}

func hasDirection(t xml.StartElement) bool {
	return slices.ContainsFunc(t.Attr, func(a xml.Attr) bool { return a.Name.Space == "" && strings.EqualFold(a.Name.Local, "dir") })
}

// attribute writes one attribute. A reference under an xml:base of its own is resolved here, since only here that base is
// known. It is left out where a long base on many short references would make much of little.
func (c *capture) attribute(a xml.Attr, f frame) {
	name := strings.ToLower(a.Name.Local)
	if name == "xmlns" || a.Name.Space == "xmlns" || name == "base" {
		return
	}
	value := a.Value
	if f.base != c.base && (name == "href" || name == "src" || name == "cite" || name == "poster") {
		if value = c.resolved(value, f.base); value == "" {
			return
		}
	}
	c.markup.WriteByte(' ')
	c.markup.WriteString(name)
	c.markup.WriteString(`="`)
	c.markup.WriteString(strings.ReplaceAll(escapeText(value), `"`, "&#34;"))
	c.markup.WriteByte('"')
}

// resolved is a reference under base; "" when this and those before made more than maxGrowth bytes for each of the text's.
func (c *capture) resolved(value, base string) string {
	at := c.near.parse(base)
	ref, err := url.Parse(strings.TrimSpace(value))
	if err != nil || ref.IsAbs() || at == nil {
		return value
	}
	if c.grown+len(base) > maxGrowth*(c.markup.Len()-c.grown+1000) {
		return ""
	}
	out := at.ResolveReference(ref).String()
	c.grown += max(len(out)-len(value), 0)
	return out
}

const maxGrowth = 10

func (c *capture) end(t xml.EndElement) {
	if c.kind.isHint() {
		return
	}
	if c.who != nil {
		c.who.end()
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

// html tells whether the type says that the text is HTML, as Atom calls it or by one of the media types that name it.
func (c *capture) html() bool {
	return c.typ == "html" || strings.Contains(c.typ, "/") && strings.Contains(c.typ, "html") && !c.xhtml()
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
	case c.begun || !c.guess || c.html():
	case c.xhtml():
		text.Body = escapeText(text.Body) // characters of xhtml without any element: a "<" is one
	case c.typ == "text" || c.typ == "plain" || strings.HasPrefix(c.typ, "text/"):
		text.Type = planet.PlainText
	case c.kind == theTitle && c.untyped() && !looksHTMLTitle(text.Body), c.kind != theTitle && c.untyped() && !looksHTML(text.Body):
		text.Type = planet.PlainText
	case c.untyped():
	default:
		return c.base64(text)
	}
	return text, ""
}

// untyped tells whether the text has no type, or one that is neither Atom's nor a media type's name.
func (c *capture) untyped() bool { return !strings.Contains(c.typ, "/") }

// base64 reads a text of a media type that isn't Atom's. Text is kept, carried as base64 (RFC 4287 §4.1.3.3) or, by feeds
// that don't know better, as it is; pictures, sounds and films are no text.
func (c *capture) base64(text planet.Text) (planet.Text, string) {
	kind, _, _ := strings.Cut(c.typ, "/")
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text.Body), ""))
	body, lost := decode(raw, "")
	isText := err == nil && (len(lost) == 0 || kind == "text" || strings.Contains(c.typ, "html"))
	switch {
	case kind == "image" || kind == "audio" || kind == "video" || kind == "font",
		!isText && (c.mode == "base64" || c.typ == "application/octet-stream"):
		return planet.Text{}, "content of type " + first(c.typ, c.mode) + " can't be shown"
	case isText:
		text.Body = string(body)
	}
	if !strings.Contains(c.typ, "html") && !looksHTML(text.Body) {
		text.Type = planet.PlainText
	}
	return text, ""
}

var textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func escapeText(s string) string { return textEscaper.Replace(s) }
