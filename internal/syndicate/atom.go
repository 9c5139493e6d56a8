package syndicate

import (
	"encoding/xml"
	"strconv"
	"time"

	"github.com/gorilla/feeds"

	"planet/internal/planet"
)

type atomFeed struct {
	*feeds.AtomFeed
	XMLName   xml.Name           `xml:"feed"`
	Lang      string             `xml:"xml:lang,attr,omitempty"`
	Generator atomGenerator      `xml:"generator"`
	Authors   []feeds.AtomPerson `xml:"author"`
	Links     []atomLink         `xml:"link"`
	Entries   []*atomEntry       `xml:"entry"`
}

func (f *atomFeed) FeedXml() any { return f }

type atomGenerator struct {
	Version string `xml:"version,attr,omitempty"`
	Name    string `xml:",chardata"`
}

type atomLink struct {
	Rel    string `xml:"rel,attr,omitempty"`
	Type   string `xml:"type,attr,omitempty"`
	Href   string `xml:"href,attr"`
	Length string `xml:"length,attr,omitempty"`
	Title  string `xml:"title,attr,omitempty"`
}

type atomEntry struct {
	*feeds.AtomEntry
	Lang     string             `xml:"xml:lang,attr,omitempty"`
	Authors  []feeds.AtomPerson `xml:"author"`
	Links    []atomLink         `xml:"link"`
	Category []atomCategory     `xml:"category"`
	Source   *atomSource        `xml:"source"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomSource struct {
	ID    string     `xml:"id,omitempty"`
	Title string     `xml:"title,omitempty"`
	Links []atomLink `xml:"link"`
}

// Atom writes f as Atom 1.0 (RFC 4287), to be published at path under the site.
func Atom(f Feed, path string) ([]byte, error) {
	f = f.legal()
	out := &atomFeed{
		AtomFeed: &feeds.AtomFeed{
			Xmlns: "http://www.w3.org/2005/Atom",
			Title: f.Title, Subtitle: f.Description, Id: f.URL, Updated: f.updated().Format(time.RFC3339),
		},
		Lang:      f.Lang,
		Generator: atomGenerator{f.Version, "planet"},
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: f.URL + path},
			{Rel: "alternate", Type: "text/html", Href: f.URL},
		},
	}
	owner := f.Owner.Name
	if owner == "" {
		owner = f.Title
	}
	out.Authors = []feeds.AtomPerson{{Name: owner}}
	for _, e := range f.Entries {
		out.Entries = append(out.Entries, f.atomEntry(e))
	}
	return encode(out)
}

func (f Feed) atomEntry(e planet.Entry) *atomEntry {
	out := &atomEntry{
		AtomEntry: &feeds.AtomEntry{
			Id: atomID(e), Title: e.Title,
			Published: e.Date().UTC().Format(time.RFC3339), Updated: updated(e).Format(time.RFC3339),
		},
		Lang: e.Lang,
	}
	for _, a := range f.authors(e) {
		out.Authors = append(out.Authors, feeds.AtomPerson{Name: a.Name, Uri: a.URI})
	}
	if e.Link != "" {
		out.Links = append(out.Links, atomLink{Rel: "alternate", Type: "text/html", Href: e.Link})
	} else {
		out.Links = append(out.Links, atomLink{Rel: "alternate", Type: "text/html", Href: f.URL}) // required where there is no content
	}
	if e.Comments != "" {
		out.Links = append(out.Links, atomLink{Rel: "replies", Type: "text/html", Href: e.Comments})
	}
	for _, enc := range e.Enclosures {
		l := atomLink{Rel: "enclosure", Type: enc.Type, Href: enc.URL, Title: enc.Title}
		if enc.Length > 0 {
			l.Length = strconv.FormatInt(enc.Length, 10)
		}
		out.Links = append(out.Links, l)
	}
	for _, t := range e.Tags {
		out.Category = append(out.Category, atomCategory{t})
	}
	content, summary := f.body(e)
	if content != "" {
		out.Content = &feeds.AtomContent{Type: "html", Content: content}
	} else if summary != "" {
		out.Summary = &feeds.AtomSummary{Type: "html", Content: summary}
	}
	src := f.source(e)
	out.Source = &atomSource{ID: src.ID, Title: src.Title}
	if src.Link != "" {
		out.Source.Links = append(out.Source.Links, atomLink{Rel: "alternate", Type: "text/html", Href: src.Link})
	}
	if src.URL != "" {
		out.Source.Links = append(out.Source.Links, atomLink{Rel: "self", Href: src.URL})
	}
	return out
}
