// Package syndicate writes the combined feeds and the subscription list.
//
// The formats are gorilla/feeds', with what it lacks added by embedding its types: a field of the outer struct takes the
// place of the one with the same element name inside.
package syndicate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/feeds"

	"planet/internal/planet"
)

// A Feed is one combined feed, in whatever format it is written.
type Feed struct {
	Title       string
	URL         string // of the site, with a final slash
	Description string
	Lang        string
	Owner       planet.Person
	Version     string                 // of the program, for generator
	Feeds       map[string]planet.Feed // by id: where the entries came from
	Short       bool                   // excerpts only
	Mode        planet.Mode            // of feeds that don't say
	Entries     []planet.Entry         // newest first
}

// All yields atom.xml, rss20.xml and feed.json, each checked to be readable again: what isn't is an error, never a file.
func All(f Feed) iter.Seq2[planet.File, error] {
	return func(yield func(planet.File, error) bool) {
		for _, format := range []struct {
			path  string
			write func(Feed, string) ([]byte, error)
		}{{"atom.xml", Atom}, {"rss20.xml", RSS}, {"feed.json", JSON}} {
			data, err := format.write(f, format.path)
			if err != nil {
				err = fmt.Errorf("%s: %w", format.path, err)
			}
			if !yield(planet.File{Path: format.path, Data: data}, err) || err != nil {
				return
			}
		}
	}
}

// updated is when the newest entry was; a feed without entries is as old as time, since it must say something and must
// not say now.
func (f Feed) updated() time.Time {
	newest := time.Unix(0, 0)
	for _, e := range f.Entries {
		if u := updated(e); u.After(newest) {
			newest = u
		}
	}
	return newest.UTC()
}

// updated is an entry's last change, as far as it is known, and never before it was published (RFC 4287 §4.2.15).
func updated(e planet.Entry) time.Time {
	if e.Updated.After(e.Date()) {
		return e.Updated.UTC()
	}
	return e.Date().UTC()
}

// body is what a feed carries of an entry, as HTML: its content, or else its beginning; or neither.
func (f Feed) body(e planet.Entry) (content, summary string) {
	mode := f.Feeds[e.FeedID].Mode
	if mode == "" {
		mode = f.Mode
	}
	switch {
	case mode == planet.Link:
		return "", ""
	case mode == planet.Excerpt || f.Short || e.Content == "":
		return "", cmp.Or(e.Teaser, html.EscapeString(e.Excerpt))
	}
	return e.Content, ""
}

// authors are an entry's, or else the feed's name. Addresses stay where their owners published them.
func (f Feed) authors(e planet.Entry) []planet.Person {
	var out []planet.Person
	for _, a := range e.Authors {
		if a.Name == "" {
			a.Name, _, _ = strings.Cut(a.Email, "@")
		}
		if a.Name != "" {
			out = append(out, planet.Person{Name: a.Name, URI: a.URI})
		}
	}
	if len(out) == 0 {
		name := f.Feeds[e.FeedID].Name
		if name == "" {
			name = f.Title
		}
		out = []planet.Person{{Name: name}}
	}
	return out
}

// source is the feed an entry came from; one that itself came through another planet keeps its origin.
func (f Feed) source(e planet.Entry) planet.Source {
	if e.Source != nil && e.Source.Title != "" {
		src := *e.Source
		src.ID = cmp.Or(src.ID, src.URL, src.Link)
		return src
	}
	feed := f.Feeds[e.FeedID]
	return planet.Source{ID: feed.URL, Title: feed.Name, Link: feed.Site, URL: feed.URL}
}

var iri = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>"{}|\\^` + "`" + `]+$`)

// atomID is an entry's published id, or the UUID that stands for it where the format needs an IRI.
func atomID(e planet.Entry) string {
	if iri.MatchString(e.PublishedID) {
		return e.PublishedID
	}
	return "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(cmp.Or(e.AsFeed, e.FeedID)+"\x00"+e.PublishedID)).String()
}

// legal is f without characters that XML 1.0 forbids, in any of its texts: one of them makes a whole feed unreadable
// (behaviour 69), and in JSON they serve nobody either.
func (f Feed) legal() Feed {
	f.Title, f.Description, f.Owner.Name = legal(f.Title), legal(f.Description), legal(f.Owner.Name)
	feeds := make(map[string]planet.Feed, len(f.Feeds))
	for id, feed := range f.Feeds {
		feed.Name = legal(feed.Name)
		feeds[id] = feed
	}
	f.Feeds = feeds
	entries := make([]planet.Entry, len(f.Entries))
	for i, e := range f.Entries {
		for _, s := range []*string{&e.PublishedID, &e.Link, &e.Title, &e.Lang, &e.Content, &e.Excerpt, &e.Teaser, &e.Comments} {
			*s = legal(*s)
		}
		e.Authors, e.Tags, e.Enclosures = slices.Clone(e.Authors), slices.Clone(e.Tags), slices.Clone(e.Enclosures)
		for j, a := range e.Authors {
			e.Authors[j] = planet.Person{Name: legal(a.Name), Email: legal(a.Email), URI: legal(a.URI)}
		}
		for j, t := range e.Tags {
			e.Tags[j] = legal(t)
		}
		for j, enc := range e.Enclosures {
			e.Enclosures[j] = planet.Enclosure{URL: legal(enc.URL), Type: legal(enc.Type), Title: legal(enc.Title), Length: enc.Length}
		}
		if e.Source != nil {
			e.Source = &planet.Source{ID: legal(e.Source.ID), Title: legal(e.Source.Title), Link: legal(e.Source.Link), URL: legal(e.Source.URL)}
		}
		entries[i] = e
	}
	f.Entries = entries
	return f
}

func legal(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// encode writes a feed and reads it again as strictly as a reader may.
func encode(f feeds.XmlFeed) ([]byte, error) {
	var buf bytes.Buffer
	if err := feeds.WriteXML(f, &buf); err != nil {
		return nil, err
	}
	buf.WriteByte('\n')
	if err := wellFormed(buf.Bytes()); err != nil {
		return nil, fmt.Errorf("what was written can't be read again: %w", err)
	}
	return buf.Bytes(), nil
}

// wellFormed reads a document as a strict reader does. Go's decoder lets an attribute stand twice, which others refuse.
func wellFormed(doc []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(doc))
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if start, ok := tok.(xml.StartElement); ok {
			seen := map[xml.Name]bool{}
			for _, a := range start.Attr {
				if seen[a.Name] {
					return fmt.Errorf("<%s> has the attribute %s twice", start.Name.Local, a.Name.Local)
				}
				seen[a.Name] = true
			}
		}
	}
	return xml.Unmarshal(doc, new(struct{}))
}

func encodeJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(v)
	return buf.Bytes(), err
}
