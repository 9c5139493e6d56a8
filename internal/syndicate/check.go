package syndicate

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A shape is what a document must hold to be published.
type shape struct {
	root  string                        // name of the root element
	entry string                        // path of the entries: "rss/channel/item"
	n     int                           // how many there are
	must  map[string]func(string) error // what every element of a path must hold: "rss/channel/item/guid"; "…/@name" is an attribute
}

var (
	atomShape = shape{root: "feed", entry: "feed/entry", must: map[string]func(string) error{
		"feed/@xmlns": is("http://www.w3.org/2005/Atom"), "feed/id": anIRI, "feed/title": something, "feed/updated": aDate(time.RFC3339), "feed/author": anything,
		"feed/entry/id": anIRI, "feed/entry/title": something, "feed/entry/updated": aDate(time.RFC3339), "feed/entry/published": aDate(time.RFC3339),
		"feed/entry/author": anything, "feed/entry/author/name": something, "feed/entry/link": anything, "feed/entry/source/id": anIRI,
	}}
	rssShape = shape{root: "rss", entry: "rss/channel/item", must: map[string]func(string) error{
		"rss/@version": is("2.0"), "rss/channel/title": something, "rss/channel/link": something, "rss/channel/description": something,
		"rss/channel/item/guid": something, "rss/channel/item/title": something, "rss/channel/item/link": something,
		"rss/channel/item/pubDate": aDate(time.RFC1123Z),
	}}
	rdfShape = shape{root: "rdf:RDF", entry: "rdf:RDF/item", must: map[string]func(string) error{
		"rdf:RDF/@xmlns": is("http://purl.org/rss/1.0/"), "rdf:RDF/channel/@rdf:about": anIRI, "rdf:RDF/channel/title": something,
		"rdf:RDF/channel/link": something, "rdf:RDF/channel/description": something, "rdf:RDF/channel/items": anything,
		"rdf:RDF/item/@rdf:about": anIRI, "rdf:RDF/item/title": something, "rdf:RDF/item/link": something, "rdf:RDF/item/dc:date": aDate(time.RFC3339),
	}}
	opmlShape = shape{root: "opml", entry: "opml/body/outline", must: map[string]func(string) error{
		"opml/@version": is("2.0"), "opml/head/title": something, "opml/body/outline/@text": something, "opml/body/outline/@xmlUrl": something,
	}}
	foafShape = shape{root: "rdf:RDF", entry: "rdf:RDF/foaf:Group/foaf:member", must: map[string]func(string) error{
		"rdf:RDF/foaf:Group/foaf:name": something, "rdf:RDF/foaf:Group/foaf:member/foaf:Agent/foaf:name": something,
	}}
)

func (s shape) of(n int) shape {
	s.n = n
	return s
}

func anything(string) error { return nil }

func something(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("it is empty")
	}
	return nil
}

func is(want string) func(string) error {
	return func(s string) error {
		if s != want {
			return fmt.Errorf("it is %q", s)
		}
		return nil
	}
}

func anIRI(s string) error {
	if !isIRI(s) {
		return fmt.Errorf("%q is no IRI", s)
	}
	return nil
}

func aDate(layout string) func(string) error {
	return func(s string) error {
		t, err := time.Parse(layout, s)
		if err == nil && (t.Year() < 1970 || t.Year() > 9999) {
			err = fmt.Errorf("%q is no date of a post", s)
		}
		return err
	}
}

// An element is one that check is in.
type element struct {
	path string
	seen []string // paths of the required children and attributes that it had
	text *strings.Builder
}

// check reads a document once, as strictly as a reader may, and says what it lacks. Go's decoder lets an attribute stand
// twice and takes prefixes that nobody declared; others refuse both.
func (s shape) check(doc []byte) error {
	needs := map[string][]string{} // required children by their parent's path
	for path := range s.must {
		i := strings.LastIndexByte(path, '/')
		needs[path[:i]] = append(needs[path[:i]], path)
	}
	doc, err := thin(doc)
	if err != nil {
		return err
	}
	dec := xml.NewDecoder(bytes.NewReader(doc))
	var in []element
	prefixes := map[string]bool{"": true, "xml": true, "xmlns": true}
	entries, roots := 0, 0
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			at := element{path: qualified(tok.Name)}
			if len(in) == 0 {
				roots++
			} else {
				at.path = in[len(in)-1].path + "/" + at.path
			}
			if err := s.start(&at, tok, prefixes); err != nil {
				return err
			}
			if at.path == s.entry {
				entries++
			}
			in = append(in, at)
		case xml.EndElement:
			if len(in) == 0 || !strings.HasSuffix("/"+in[len(in)-1].path, "/"+qualified(tok.Name)) {
				return fmt.Errorf("</%s> ends nothing", qualified(tok.Name))
			}
			at := in[len(in)-1]
			in = in[:len(in)-1]
			if err := s.end(at, needs[at.path]); err != nil {
				return err
			}
			if s.must[at.path] != nil && len(in) > 0 {
				in[len(in)-1].seen = append(in[len(in)-1].seen, at.path)
			}
		case xml.CharData:
			if len(in) == 0 && len(bytes.TrimSpace(tok)) > 0 {
				return errors.New("there is text outside of the root element")
			}
			if len(in) > 0 && in[len(in)-1].text != nil {
				in[len(in)-1].text.Write(tok)
			}
		}
	}
	switch {
	case len(in) > 0:
		return fmt.Errorf("<%s> has no end", in[len(in)-1].path)
	case roots != 1:
		return fmt.Errorf("it has %d root elements", roots)
	case entries != s.n:
		return fmt.Errorf("it has %d entries instead of %d", entries, s.n)
	}
	return nil
}

// thin is a document without its long texts, the posts, which it checks by itself: the decoder, which looks at each byte for
// more than these can be, would take longer for them than all the writing.
func thin(doc []byte) ([]byte, error) {
	const long = 256
	const stead = "urn:x:text" // in the place of a long text, which may be an id
	out := make([]byte, 0, 4096+len(doc)/8)
	for len(doc) > 0 {
		end := bytes.IndexByte(doc, '<')
		if end < 0 {
			end = len(doc)
		}
		if end < long {
			out = append(out, doc[:end]...)
		} else if err := isText(doc[:end]); err != nil {
			return nil, err
		} else {
			out = append(out, stead...)
		}
		doc = doc[end:]
		if after, ok := bytes.CutPrefix(doc, []byte("<![CDATA[")); ok {
			if end := bytes.Index(after, []byte("]]>")); end >= long {
				if err := isChars(after[:end]); err != nil {
					return nil, err
				}
				out, doc = append(out, stead...), after[end+len("]]>"):]
				continue
			}
		}
		end = bytes.IndexByte(doc, '>') + 1
		if end == 0 {
			end = len(doc)
		}
		out, doc = append(out, doc[:end]...), doc[end:]
	}
	return out, nil
}

// isText checks character data (XML 1.0 §2.4): only references to what needs no declaration, and no end of a CDATA section.
func isText(s []byte) error {
	if bytes.Contains(s, []byte("]]>")) {
		return errors.New("]]> stands in a text")
	}
	for rest := s; ; {
		i := bytes.IndexByte(rest, '&')
		if i < 0 {
			return isChars(s)
		}
		rest = rest[i+1:]
		end := bytes.IndexByte(rest[:min(len(rest), 12)], ';')
		if end < 0 || !slices.Contains(references, string(rest[:end])) {
			return fmt.Errorf("&%.12s is no reference", rest)
		}
	}
}

// references are those that Go's encoder writes.
var references = []string{"amp", "lt", "gt", "#34", "#39", "#xA", "#x9", "#xD", "#x26", "#x3C"}

// isChars checks that a text has only characters of XML 1.0 (§2.2).
func isChars(s []byte) error {
	for _, c := range s {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			return fmt.Errorf("a text has the character %U", rune(c))
		}
	}
	if !utf8.Valid(s) || bytes.Contains(s, []byte("\uFFFE")) || bytes.Contains(s, []byte("\uFFFF")) {
		return errors.New("a text has bytes that are no characters of XML")
	}
	return nil
}

// start checks a start tag and its attributes.
func (s shape) start(at *element, tag xml.StartElement, prefixes map[string]bool) error {
	if !strings.Contains(at.path, "/") && at.path != s.root {
		return fmt.Errorf("its root is %s", at.path)
	}
	for i, a := range tag.Attr {
		if slices.ContainsFunc(tag.Attr[:i], func(b xml.Attr) bool { return a.Name == b.Name }) {
			return fmt.Errorf("%s has the attribute %s twice", at.path, qualified(a.Name))
		}
		if a.Name.Space == "xmlns" {
			prefixes[a.Name.Local] = true
		}
		path := at.path + "/@" + qualified(a.Name)
		if ok := s.must[path]; ok != nil {
			at.seen = append(at.seen, path)
			if err := ok(a.Value); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	for _, a := range tag.Attr {
		if !prefixes[a.Name.Space] {
			return fmt.Errorf("%s: the prefix %s isn't declared", at.path, a.Name.Space)
		}
	}
	if !prefixes[tag.Name.Space] {
		return fmt.Errorf("%s: the prefix %s isn't declared", at.path, tag.Name.Space)
	}
	if s.must[at.path] != nil {
		at.text = &strings.Builder{}
	}
	return nil
}

// end checks an element that is complete.
func (s shape) end(at element, needs []string) error {
	for _, path := range needs {
		if !slices.Contains(at.seen, path) {
			return fmt.Errorf("%s is missing", path)
		}
	}
	if at.text != nil {
		if err := s.must[at.path](at.text.String()); err != nil {
			return fmt.Errorf("%s: %w", at.path, err)
		}
	}
	return nil
}

func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// checkJSON is check for a JSON Feed of n items (jsonfeed.org/version/1.1).
func checkJSON(doc []byte, n int) error {
	var feed struct {
		Version, Title string
		Items          []struct {
			ID        string    `json:"id"`
			Title     string    `json:"title"`
			Published time.Time `json:"date_published"`
		}
	}
	if err := json.Unmarshal(doc, &feed); err != nil {
		return err
	}
	switch {
	case feed.Version != "https://jsonfeed.org/version/1.1" || feed.Title == "":
		return errors.New("it has no version or no title")
	case len(feed.Items) != n:
		return fmt.Errorf("it has %d items instead of %d", len(feed.Items), n)
	}
	for _, it := range feed.Items {
		if it.ID == "" || it.Title == "" || it.Published.Year() < 1970 {
			return fmt.Errorf("the item %q has no id, title or date", it.ID)
		}
	}
	return nil
}
