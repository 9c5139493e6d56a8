package parse

import (
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"planet/internal/planet"
)

// rss translates a feed of RSS 0.9x, 1.0 (RDF) or 2.0.
func (p *parser) rss(f *rss.Feed, n *notes) Result {
	res := Result{Format: "RSS " + first(f.Version, "2.0")}
	// gofeed resolves links against nothing (the scan hid xml:base); atom:link in a channel is its own address, not the site's.
	res.Feed = Feed{
		Title:    n.feed.title,
		Subtitle: n.feed.summary,
		Link:     p.absolute(firstLink(f.Links, f.Extensions), n.feed.base),
		Language: first(f.Language, n.feed.lang, extText(f.Extensions, "dc", "language")),
		Updated:  parseDate(first(f.LastBuildDate, f.PubDate, extText(f.Extensions, "dc", "date"))),
	}
	res.Feed.Authors = people(first(f.ManagingEditor, extText(f.Extensions, "dc", "creator"), extText(f.Extensions, "itunes", "author")))
	notes := p.matched(n.items, len(f.Items))
	for i, it := range f.Items {
		res.Items = append(res.Items, p.rssItem(it, notes[i], n.feed, res.Feed))
	}
	return res
}

func (p *parser) rssItem(it *rss.Item, n *note, feed note, f Feed) planet.Item {
	out := planet.Item{
		GUID: first(n.id, n.about), Title: n.title, Summary: n.summary, Content: n.content, Lang: first(extText(it.Extensions, "dc", "language"), n.ownLang(feed)),
		Published: parseDate(first(it.PubDate, extText(it.Extensions, "dc", "date"), extText(it.Extensions, "dcterms", "issued"),
			it.Custom["published"], extText(it.Extensions, "atom", "published"), extText(it.Extensions, "atom", "updated"))),
		Updated: parseDate(first(extText(it.Extensions, "atom", "updated"), extText(it.Extensions, "dcterms", "modified"))),
	}
	if out.Title.Body == "" {
		out.Title = planet.Text{Type: planet.HTML, Body: first(extText(it.Extensions, "dc", "title"), extText(it.Extensions, "media", "title"))}
	}
	out.Link = p.absolute(unescapeURL(firstLink(it.Links, it.Extensions)), n.base, f.Link)
	if out.Link == "" && permalink(n.id) && (it.GUID == nil || !strings.EqualFold(it.GUID.IsPermalink, "false")) {
		out.Link = p.absolute(n.id)
	}
	if out.Link == "" {
		out.Link = p.absolute(n.about)
	}
	base := first(n.base, out.Link, f.Link)
	out.Comments = p.absolute(it.Comments, base)
	out.Authors = people(rssAuthors(it)...)
	for _, c := range it.Categories {
		out.Tags = append(out.Tags, c.Value)
	}
	for _, list := range [][]ext.Extension{it.Extensions["dc"]["subject"], it.Extensions["media"]["category"]} {
		for _, c := range list {
			out.Tags = append(out.Tags, c.Value)
		}
	}
	for _, e := range it.Enclosures {
		if enc, ok := p.enclosure(e.URL, e.Type, "", e.Length, base); ok {
			out.Enclosures = append(out.Enclosures, enc)
		}
	}
	if it.Source != nil && (it.Source.Title != "" || it.Source.URL != "") {
		out.Source = &planet.Source{Title: it.Source.Title, URL: p.absolute(it.Source.URL, f.Link)}
	}
	if n.problem != "" {
		p.warn(short(first(out.GUID, out.Link)), "%s", n.problem)
	}
	if out.Summary.Body == "" && out.Content.Body == "" {
		out.Summary = n.spare
	}
	return p.finish(out, f)
}

// rssAuthors are the names an item gives, the likeliest element first. Both author and dc:creator name the same people
// in most feeds, so only one kind of element is used.
func rssAuthors(it *rss.Item) []string {
	if it.Author != "" && person(it.Author).Name != "" {
		return []string{it.Author}
	}
	var names []string
	for _, key := range [][2]string{{"dc", "creator"}, {"atom", "author"}, {"a10", "author"}, {"itunes", "author"}} {
		for _, e := range it.Extensions[key[0]][key[1]] {
			if inner := e.Children["name"]; len(inner) > 0 {
				names = append(names, inner[0].Value)
			} else {
				names = append(names, e.Value)
			}
		}
		if len(names) > 0 {
			return names
		}
	}
	if it.Author != "" {
		return []string{it.Author}
	}
	return nil
}

// firstLink is an item's or channel's page: the first link with text, or else an Atom link to an alternate.
func firstLink(links []string, extensions ext.Extensions) string {
	if l := first(links...); l != "" {
		return l
	}
	for _, ns := range []string{"feedburner", "pheedo"} {
		if l := extText(extensions, ns, "origLink"); l != "" {
			return l
		}
	}
	for _, ns := range []string{"atom", "atom10", "a10"} {
		for _, l := range extensions[ns]["link"] {
			if rel := l.Attrs["rel"]; rel == "" || rel == "alternate" {
				return l.Attrs["href"]
			}
		}
	}
	return ""
}

func extText(extensions ext.Extensions, ns, name string) string {
	for _, e := range extensions[ns][name] {
		if v := strings.TrimSpace(e.Value); v != "" {
			return v
		}
	}
	return ""
}
