// Package syndicate writes the combined feeds and the subscription lists.
//
// The formats are gorilla/feeds', with what it lacks added by embedding its types: a field of the outer struct takes the
// place of the one with the same element name inside. RSS 1.0, OPML and FOAF, which it doesn't know, are our own.
//
//	Feed ─draft.go→ draft: legal characters, absolute links, titles, languages, dates   text.go, iri.go
//	draft ─atom.go, rss.go, rdf.go, json.go→ document ─write.go→ bytes ─check.go→ planet.File
//
// No clock is read: the same entries make the same bytes.
package syndicate

import (
	"fmt"
	"iter"
	"net/url"
	"strings"

	"planet/internal/planet"
)

// A Feed is one combined feed, in whatever format it is written. Paths lie under the site and have no slash in front.
type Feed struct {
	Title       string
	URL         string // of the site, with a final slash
	Page        string // folder of the HTML page with the same posts: "" the river, "tags/go/"
	Description string
	Lang        string
	Owner       planet.Person          // whose address isn't published
	Version     string                 // of the program, for generator
	Hub         string                 // address of a WebSub hub, or ""
	Stylesheet  string                 // path of the CSS for people who open the feed in a browser, or ""
	Feeds       map[string]planet.Feed // by id: where the entries came from
	Short       bool                   // excerpts only
	Mode        planet.Mode            // of feeds that don't say
	Entries     []planet.Entry         // newest first

	// The place in the feed's history (RFC 5005 §4), as paths of Atom documents.
	Archive bool   // this is an archive document: entries that have left Current, which is to be set too
	Prev    string // the archive document of the entries before these, or ""
	Next    string // the archive document of the entries after these, or ""
	Current string // the feed that people subscribe to, or ""
}

// All yields the combined feeds atom.xml, rss20.xml, rss10.xml, feed.json and titles.xml, each checked to be readable
// again: what isn't is an error, never a file.
func All(f Feed) iter.Seq2[planet.File, error] {
	return func(yield func(planet.File, error) bool) {
		d := f.draft()
		for _, format := range []struct {
			path  string
			write func(*draft, string) ([]byte, error)
		}{{"atom.xml", (*draft).atom}, {"rss20.xml", (*draft).rss}, {"rss10.xml", (*draft).rdf}, {"feed.json", (*draft).json}, {"titles.xml", (*draft).titles}} {
			data, err := format.write(d, format.path)
			if err != nil {
				err = fmt.Errorf("%s: %w", format.path, err)
			}
			if !yield(planet.File{Path: format.path, Data: data}, err) || err != nil {
				return
			}
		}
	}
}

// Atom writes f as Atom 1.0 (RFC 4287), to be published at path: "tags/go/atom.xml", "history/3.xml".
//
// The id of the feed at atom.xml is the site's address, of any other its own. An archive document has the id of the feed
// that it is an archive of, and its entries the ids that they have there.
func Atom(f Feed, path string) ([]byte, error) {
	data, err := f.draft().atom(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// at is the address of what is published at path.
func (f Feed) at(path string) string { return f.URL + (&url.URL{Path: path}).EscapedPath() }

// stylesheet is the path from the document at path to the feeds' stylesheet. It is relative, so that it is found wherever
// the site lies, also in a preview.
func (f Feed) stylesheet(path string) string {
	if f.Stylesheet == "" {
		return ""
	}
	return strings.Repeat("../", strings.Count(path, "/")) + (&url.URL{Path: f.Stylesheet}).EscapedPath()
}
