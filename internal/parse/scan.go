package parse

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"planet/internal/planet"
)

// notes is what the scan learns of a document that gofeed doesn't tell, or doesn't tell right.
type notes struct {
	root  string // "feed", "rss" or "rdf"
	feed  note
	items []*note // in gofeed's order: a channel's items first, then those beside it
	many  bool    // elements were left out
	hints hintNotes
}

// A note belongs to one item or to the feed.
type note struct {
	from    int64  // where its element begins in the document
	id      string // raw text of id or guid
	about   string // rdf:about
	lang    string // xml:lang in force
	base    string // xml:base in force, absolute; "" when none is declared
	title   planet.Text
	summary planet.Text
	content planet.Text
	problem string

	// descriptions in unusual places
	described, media, podcast, subtitle planet.Text

	authors, contributors []planet.Person
}

// ownLang is the entry's language where it isn't just that of the feed around it, which knows its language less well than
// whoever lists it.
func (n *note) ownLang(feed note) string {
	if n.lang == feed.lang {
		return ""
	}
	return n.lang
}

// A frame is one open element.
type frame struct {
	tag       xml.Name // as written
	name      string   // local name, lower case
	space     string   // namespace URI, or the prefix itself when nobody knows it, or ""
	prefix    string
	lang      string
	base      string
	defaultNS string
	hidden    []binding // what prefixes meant that the element declares anew
}

// A binding says what a prefix means; "" nothing.
type binding struct{ prefix, space string }

type scanner struct {
	doc      []byte
	limits   Limits
	document *url.URL
	dec      *xml.Decoder
	notes    *notes
	stack    []frame
	prefixes map[string]string
	declared map[[2]string]bool // prefix and address
	items    int
	beside   []*note // items beside the channel (RSS 1.0)
	channels int
	item     *note // the item we are in
	itemAt   int   // depth of its element
	taken    int   // elements that gofeed is to see of it,
	takenTop int   // and of the feed beside its items
	leaving  int   // depth of an element that is left out; 0 none
	leftOut  int64 // where it begins
	many     bool  // some were
	capture  *capture
	skeleton skeleton
}

// scan walks the raw tokens of a document that begins with its root element. It refuses hostile documents, before any
// code that recurses or copies sees them: gofeed dies of a stack overflow at two million nested elements, and takes
// gigabytes for ten thousand namespaces (behaviours 55–57). All texts are read here, with their types, bases and
// languages; what is returned for gofeed is the document without them.
func scan(doc []byte, limits Limits, document *url.URL) (*notes, []byte, error) {
	if tagLongerThan(doc, limits.Tag) {
		return nil, nil, &HostileError{"bytes in one tag", limits.Tag, "tag"}
	}
	s := &scanner{
		doc: doc, limits: limits, document: document,
		dec: xml.NewDecoder(bytes.NewReader(doc)), notes: &notes{}, prefixes: map[string]string{}, declared: map[[2]string]bool{},
		skeleton: skeleton{doc: doc},
	}
	s.dec.Strict = false
	s.dec.Entity = xml.HTMLEntity
	for {
		from := s.dec.InputOffset()
		tok, err := s.dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			err = s.start(t, from)
		case xml.EndElement:
			err = s.end(t, from)
		case xml.CharData:
			if s.capture != nil {
				s.capture.text(t)
			}
		}
		if err != nil {
			return nil, nil, err
		}
		if len(s.stack) == 0 && s.notes.root != "" {
			break // trailing junk after the root is nobody's business
		}
	}
	if len(s.stack) > 0 {
		return nil, nil, errors.New("the document ends before its elements do")
	}
	s.notes.many = s.many
	s.notes.items = append(s.notes.items, s.beside...)
	return s.notes, s.skeleton.bytes(), nil
}

func (s *scanner) start(t xml.StartElement, from int64) error {
	if len(s.stack) >= s.limits.Depth {
		return &HostileError{"nested elements", s.limits.Depth, "depth"}
	}
	f, err := s.open(t)
	if err != nil {
		return err
	}
	declaration := ""
	if s.notes.root == "" {
		s.notes.root = f.name
		declaration = s.vocabulary(&f)
	}
	s.stack = append(s.stack, f)
	if s.leaving > 0 {
		return nil
	}
	if s.capture != nil {
		s.capture.start(t, f)
		return nil
	}
	if s.foreign(f) {
		s.leaving, s.leftOut = len(s.stack), from
		return nil
	}
	if s.tooMany(f) {
		s.leaving, s.leftOut, s.many = len(s.stack), from, true
		return nil
	}
	if s.isChannel(f) {
		if s.channels++; s.channels > 1 {
			s.skeleton.cut(from, s.dec.InputOffset())
			return nil
		}
	}
	if len(s.stack) == 1 || s.isChannel(f) {
		s.notes.feed.base, s.notes.feed.lang = f.base, f.lang
	}
	s.skeleton.startTag(from, s.dec.InputOffset(), declaration)
	if f.name == "item" || f.name == "entry" {
		s.items++
		if s.items > s.limits.MaxItems {
			return &HostileError{"items", s.limits.MaxItems, "max_items"}
		}
		if s.isItem(f) {
			s.openItem(t, f, from)
			return nil
		}
	}
	if kind := s.kind(f); kind != none {
		s.capture = s.newCapture(kind, t, f)
	}
	return nil
}

// open makes the frame of an element from its parent's and its own attributes.
func (s *scanner) open(t xml.StartElement) (frame, error) {
	f := frame{tag: t.Name, name: strings.ToLower(t.Name.Local), prefix: t.Name.Space}
	if n := len(s.stack); n > 0 {
		parent := s.stack[n-1]
		f.lang, f.base, f.defaultNS = parent.lang, parent.base, parent.defaultNS
	}
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns":
			s.declared[[2]string{a.Name.Local, a.Value}] = true // many declare the same ones in each entry
			if len(s.declared) > s.limits.Namespaces {
				return f, &HostileError{"namespace declarations", s.limits.Namespaces, "namespaces"}
			}
			if a.Name.Space == "" {
				f.defaultNS = a.Value
			} else {
				f.hidden = append(f.hidden, binding{a.Name.Local, s.prefixes[a.Name.Local]})
				s.prefixes[a.Name.Local] = a.Value
			}
		case a.Name.Space == "xml" && a.Name.Local == "lang":
			f.lang = strings.TrimSpace(a.Value)
		case a.Name.Space == "xml" && a.Name.Local == "base":
			f.base = s.rebase(f.base, a.Value)
		}
	}
	f.space = f.defaultNS
	if f.prefix != "" {
		f.space = s.resolve(f.prefix)
	}
	return f, nil
}

// rebase resolves an xml:base against the one around it, or else the document's address (RFC 3986 §5.1). A base that
// is no address on the web, or is a very long one, which each reference below would repeat, changes nothing.
func (s *scanner) rebase(outer, base string) string {
	if base = strings.TrimSpace(base); len(base) > min(longestBase, s.limits.URL) {
		return outer
	}
	around := s.document
	if outer != "" {
		if u, err := url.Parse(outer); err == nil {
			around = u
		}
	}
	u, err := url.Parse(base)
	if err != nil {
		return outer
	}
	if u = around.ResolveReference(u); u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return outer
	}
	whole := u.String()
	if _, err := url.Parse(whole); err != nil || len(whole) > min(longestBase, s.limits.URL) {
		return outer
	}
	return whole
}

const longestBase = 1000 // bytes

// tooMany counts the elements that gofeed is to see of an item, or of the feed beside its items, and tells whether this
// is one too many. Their texts are bounded by the document's size, but each element costs gofeed a hundred times its
// bytes: nine megabytes of <x:y/> took half a gigabyte.
func (s *scanner) tooMany(f frame) bool {
	counted := &s.takenTop
	if s.item != nil {
		counted = &s.taken
	} else if len(s.stack) < 2 || f.name == "channel" || f.name == "item" || f.name == "entry" {
		return false
	}
	*counted++
	return *counted > s.limits.Elements
}

// isChannel tells the element that holds what an RSS feed says of itself. gofeed forgets the first of two; so of the others
// it doesn't see the tags, and takes their items for items beside the channel.
func (s *scanner) isChannel(f frame) bool {
	return s.notes.root != "feed" && len(s.stack) == 2 && f.name == "channel" && s.native(f)
}

// isItem tells whether an element named item or entry is one where gofeed sees one, too.
func (s *scanner) isItem(f frame) bool {
	if s.item != nil || !s.native(f) {
		return false
	}
	if s.notes.root == "feed" {
		return f.name == "entry" && len(s.stack) == 2
	}
	return f.name == "item" && (len(s.stack) == 2 || len(s.stack) == 3 && s.stack[1].name == "channel" && s.native(s.stack[1]))
}

func (s *scanner) openItem(t xml.StartElement, f frame, from int64) {
	s.item = &note{from: from, lang: f.lang, base: f.base}
	s.itemAt, s.taken = len(s.stack), 0
	for _, a := range t.Attr {
		if a.Name.Local == "about" && a.Name.Space != "" {
			s.item.about = strings.TrimSpace(a.Value)
		}
	}
	if s.notes.root != "feed" && (s.itemAt == 2 || s.channels > 1) {
		s.beside = append(s.beside, s.item)
	} else {
		s.notes.items = append(s.notes.items, s.item)
	}
}

func (s *scanner) end(t xml.EndElement, from int64) error {
	if n := len(s.stack); n == 0 || s.stack[n-1].tag != t.Name {
		return fmt.Errorf("</%s> closes nothing", t.Name.Local)
	}
	depth := len(s.stack)
	if s.leaving == depth {
		s.skeleton.cut(s.leftOut, s.dec.InputOffset())
		s.leaving = 0
	}
	if c := s.capture; c != nil && c.depth == depth {
		s.skeleton.cut(c.from, from)
		s.settle(c)
		s.capture = nil
	} else if c != nil {
		c.end(t)
	}
	if s.item != nil && depth == s.itemAt {
		s.item = nil
	}
	if s.channels > 1 && s.leaving == 0 && s.isChannel(s.stack[depth-1]) {
		s.skeleton.cut(from, s.dec.InputOffset())
	}
	for _, b := range slices.Backward(s.stack[depth-1].hidden) {
		s.prefixes[b.prefix] = b.space
	}
	s.stack = s.stack[:depth-1]
	return nil
}

// settle notes what was captured. Where an element is repeated the first that says something counts, but of contents the best.
func (s *scanner) settle(c *capture) {
	if c.kind.isHint() {
		s.notes.hints.take(c.kind, c.plain.String())
		return
	}
	n := &s.notes.feed
	if s.item != nil {
		n = s.item
	}
	switch c.kind {
	case theID:
		n.id = first(n.id, c.plain.String())
		return
	case theAuthor:
		n.authors = append(n.authors, c.who.person(s.notes.root == "feed"))
		return
	case theContributor:
		n.contributors = append(n.contributors, c.who.person(true))
		return
	}
	text, problem := c.result()
	if problem != "" && c.chars {
		n.problem = problem
	}
	place := [...]*planet.Text{
		theTitle: &n.title, theSummary: &n.summary, theContent: &n.content,
		theDescribed: &n.described, theMedia: &n.media, thePodcast: &n.podcast, theSubtitle: &n.subtitle,
	}[c.kind]
	if blank(*place) || c.kind == theContent && better(*place, text) {
		*place = text
		if c.lang != "" && (n.lang == "" || c.kind == theContent) {
			n.lang = c.lang
		}
	}
}
