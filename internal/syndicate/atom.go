package syndicate

import (
	"cmp"
	"encoding/xml"
	"html"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/feeds"

	"planet/internal/planet"
)

type atomFeed struct {
	XMLName xml.Name `xml:"feed"`
	History string   `xml:"xmlns:fh,attr,omitempty"`
	Lang    string   `xml:"xml:lang,attr,omitempty"`
	Title   atomText `xml:"title"`
	*feeds.AtomFeed
	Subtitle  *atomText          `xml:"subtitle"`
	Generator atomGenerator      `xml:"generator"`
	Authors   []feeds.AtomPerson `xml:"author"`
	Links     []atomLink         `xml:"link"`
	Archive   *struct{}          `xml:"fh:archive"`
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

// atomText is plain text, or HTML when Type says so.
type atomText struct {
	Type string `xml:"type,attr,omitempty"`
	Body string `xml:",chardata"`
}

type atomEntry struct {
	Lang  string   `xml:"xml:lang,attr,omitempty"`
	Title atomText `xml:"title"`
	*feeds.AtomEntry
	Authors  []feeds.AtomPerson `xml:"author"`
	Links    []atomLink         `xml:"link"`
	Category []atomCategory     `xml:"category"`
	Source   *atomSource        `xml:"source"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomSource struct {
	ID      string     `xml:"id"`
	Title   atomText   `xml:"title"`
	Updated string     `xml:"updated"`
	Links   []atomLink `xml:"link"`
}

// titles is Atom without the posts' texts.
func (d *draft) titles(path string) ([]byte, error) {
	bare := *d
	bare.Prev, bare.Next, bare.Current, bare.posts = "", "", "", make([]post, len(d.posts)) // the archive has the texts
	for i, p := range d.posts {
		p.content, p.summary, p.Enclosures = "", "", nil
		bare.posts[i] = p
	}
	return bare.atom(path)
}

func (d *draft) atom(path string) ([]byte, error) {
	out := &atomFeed{
		AtomFeed:  &feeds.AtomFeed{Xmlns: "http://www.w3.org/2005/Atom", Id: d.feedID(path)},
		Lang:      d.Lang,
		Title:     text(d.Title),
		Generator: atomGenerator{d.Version, "planet"},
		Authors:   []feeds.AtomPerson{{Name: cmp.Or(d.Owner.Name, d.Title), Uri: d.Owner.URI}},
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: d.at(path)},
			{Rel: "alternate", Type: "text/html", Href: d.at(d.Page)},
		},
	}
	if d.Description != "" {
		subtitle := text(d.Description)
		out.Subtitle = &subtitle
	}
	out.Links = append(out.Links, d.related()...)
	if d.Archive {
		out.History, out.Archive = "http://purl.org/syndication/history/1.0", &struct{}{}
	}
	latest := d.updated
	for i, at := range apart(d.posts) {
		e := d.posts[i].atom()
		e.Updated = at.Format("2006-01-02T15:04:05.999Z07:00")
		if at.After(latest) {
			latest = at
		}
		out.Entries = append(out.Entries, e)
	}
	out.Updated = latest.Format("2006-01-02T15:04:05.999Z07:00")
	return document(out, d.room(true), d.stylesheet(path), atomShape.of(len(d.posts)))
}

// feedID is the id of the feed whose document is published at path.
func (d *draft) feedID(path string) string {
	if d.Archive && d.Current != "" {
		path = d.Current // archive documents are parts of one feed (RFC 5005 §4)
	}
	if path == "atom.xml" {
		return d.URL
	}
	return d.at(path)
}

// related are the links to the hub and to the feed's other documents.
func (d *draft) related() []atomLink {
	var out []atomLink
	if d.Hub != "" && !d.Archive { // nobody is told of changes in an archive
		out = append(out, atomLink{Rel: "hub", Href: d.Hub})
	}
	for _, l := range []struct{ rel, path string }{{"current", d.Current}, {"prev-archive", d.Prev}, {"next-archive", d.Next}} {
		if l.path != "" {
			out = append(out, atomLink{Rel: l.rel, Type: "application/atom+xml", Href: d.at(l.path)})
		}
	}
	return out
}

// apart are the times at which the posts were updated, with those that share a second a millisecond apart, in the posts'
// order: validators warn of two entries that were updated at the very same time, and readers that sort by it keep the order.
func apart(posts []post) []time.Time {
	out, before := make([]time.Time, len(posts)), map[time.Time]int{}
	for i := len(posts) - 1; i >= 0; i-- {
		at := posts[i].updated
		out[i] = at.Add(time.Duration(min(before[at], 999)) * time.Millisecond)
		before[at]++
	}
	return out
}

func (p post) atom() *atomEntry {
	out := &atomEntry{
		AtomEntry: &feeds.AtomEntry{Id: p.id, Published: p.published.Format(time.RFC3339), Rights: p.Rights},
		Lang:      p.Lang,
		Title:     text(p.Title),
		Links:     append([]atomLink{{Rel: "alternate", Type: "text/html", Href: p.link}}, p.links()...),
		Source:    source(p.source, p.updated),
	}
	for _, a := range p.Authors {
		out.Authors = append(out.Authors, feeds.AtomPerson{Name: a.Name, Uri: a.URI})
	}
	for _, t := range p.Tags {
		out.Category = append(out.Category, atomCategory{t})
	}
	switch {
	case p.content != "":
		out.Content = &feeds.AtomContent{Type: "html", Content: p.content}
		if p.Excerpt != "" { // for lists, and for browsers, which show HTML in XML as its source
			out.Summary = &feeds.AtomSummary{Type: "text", Content: p.Excerpt}
			if looksHTML(p.Excerpt) {
				out.Summary.Type, out.Summary.Content = "html", asHTML(p.Excerpt)
			}
		}
	case p.summary != "":
		out.Summary = &feeds.AtomSummary{Type: "html", Content: p.summary}
	default: // an entry should have some text (RFC 4287 §4.1.2): it is where the post is
		u, _ := url.Parse(p.link)
		out.Summary = &feeds.AtomSummary{Type: "html", Content: `<a href="` + html.EscapeString(p.link) + `">` + asHTML(u.Host) + "</a>"}
	}
	return out
}

// links are those to the discussion and to enclosed files.
func (p post) links() []atomLink {
	var out []atomLink
	if p.Comments != "" {
		out = append(out, atomLink{Rel: "replies", Type: "text/html", Href: p.Comments})
	}
	if licence := href(p.Rights); licence != "" { // RFC 4946
		out = append(out, atomLink{Rel: "license", Href: licence})
	}
	for _, enc := range p.Enclosures {
		l := atomLink{Rel: "enclosure", Type: enc.Type, Href: enc.URL, Title: enc.Title}
		if looksHTML(l.Title) { // there is no way to say that it isn't
			l.Title = ""
		}
		if enc.Length > 0 {
			l.Length = strconv.FormatInt(enc.Length, 10)
		}
		out = append(out, l)
	}
	return out
}

// source says what the planet knows of the feed that an entry is from. When that was updated isn't known: at the latest
// with the entry.
func source(src planet.Source, updated time.Time) *atomSource {
	out := &atomSource{ID: src.ID, Title: text(cmp.Or(src.Title, src.ID)), Updated: updated.Format(time.RFC3339)}
	if src.Link != "" {
		out.Links = append(out.Links, atomLink{Rel: "alternate", Type: "text/html", Href: src.Link})
	}
	if src.URL != "" {
		out.Links = append(out.Links, atomLink{Rel: "self", Href: src.URL})
	}
	return out
}

// text is plain text, written as HTML where readers that don't look at the type would take it for that.
func text(s string) atomText {
	if looksHTML(s) {
		return atomText{"html", asHTML(s)}
	}
	return atomText{Body: s}
}
