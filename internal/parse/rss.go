package parse

import (
	"slices"
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
		Title:     n.feed.title,
		Subtitle:  subtitle(n.feed),
		Link:      p.absolute(firstLink(f.Links, f.Extensions), n.feed.base),
		Language:  first(f.Language, n.feed.lang, extText(f.Extensions, "dc", "language")),
		Updated:   p.date("", f.LastBuildDate, f.PubDate, extText(f.Extensions, "dc", "date")),
		Generator: generator(f.Generator, ""),
	}
	if res.Feed.Title.Body == "" {
		res.Feed.Title = planet.Text{Type: planet.HTML, Body: extText(f.Extensions, "dc", "title")}
	}
	res.Feed.Authors = people(f.ManagingEditor)
	if len(res.Feed.Authors) == 0 {
		res.Feed.Authors = people(texts(f.Extensions, "dc", "creator")...)
	}
	if len(res.Feed.Authors) == 0 {
		res.Feed.Authors = itunesPeople(f.Extensions)
	}
	notes := p.matched(n.items, len(f.Items))
	for i, it := range f.Items {
		res.Items = append(res.Items, p.rssItem(it, notes[i], n.feed, res.Feed))
	}
	p.warnings = bounded(p.warnings)
	return res
}

// subtitle is what a feed says of itself, wherever it says so.
func subtitle(n note) planet.Text {
	for _, t := range []planet.Text{n.summary, n.subtitle, n.podcast} {
		if !blank(t) {
			return t
		}
	}
	return n.described
}

func (p *parser) rssItem(it *rss.Item, n *note, feed note, f Feed) planet.Item {
	x := it.Extensions
	out := planet.Item{GUID: first(n.id, n.about), Title: n.title, Lang: first(extText(x, "dc", "language"), n.ownLang(feed))}
	out.Summary, out.Content = n.body(x)
	if out.Title.Body == "" {
		out.Title = planet.Text{Type: planet.HTML, Body: first(extText(x, "dc", "title"), extText(x, "media", "title"))}
	}
	out.Link = p.rssLink(it, n, f)
	base := first(n.base, out.Link, f.Link)
	out.Comments = p.absolute(it.Comments, base)
	out.Authors = p.rssAuthors(n, x, base)
	out.Contributors = people(texts(x, "dc", "contributor")...)
	for _, c := range it.Categories {
		out.Tags = append(out.Tags, c.Value)
	}
	out.Tags = append(out.Tags, subjects(x)...)
	out.Enclosures = p.rssFiles(it, base)
	if it.Source != nil && (it.Source.Title != "" || it.Source.URL != "") {
		out.Source = &planet.Source{Title: it.Source.Title, URL: p.absolute(it.Source.URL, f.Link)}
	}
	out.Rights = first(licence(x), p.absolute(atomLink(x, "license"), base))
	out.Canonical = p.absolute(atomLink(x, "canonical"), base)
	out.Via = p.absolute(atomLink(x, "via"), base)
	out.InReplyTo = p.absolute(first(answered(x), atomLink(x, "in-reply-to")), base)
	name := nameOf(out)
	dc := texts(x, "dc", "date")
	out.Published = p.date(name, slices.Concat([]string{it.PubDate}, dc, texts(x, "dcterms", "issued"), texts(x, "dcterms", "created"),
		[]string{it.Custom["published"], it.Custom["date"], extText(x, "atom", "published"), extText(x, "atom", "updated")})...)
	out.Updated = firstDate(slices.Concat(texts(x, "atom", "updated"), texts(x, "dcterms", "modified"), dc, []string{it.Custom["updated"]})...)
	if n.problem != "" && blank(out.Content) {
		p.warn(name, "%s", n.problem)
	}
	return p.finish(out, f)
}

// rssLink is the address of an item's page: its link, else its guid if that claims to be one (RSS 2.0), else rdf:about.
func (p *parser) rssLink(it *rss.Item, n *note, f Feed) string {
	if l := p.link(unescapeURL(firstLink(it.Links, it.Extensions)), n.base, f.Link); l != "" {
		return l
	}
	claims := it.GUID == nil || !strings.EqualFold(strings.TrimSpace(it.GUID.IsPermalink), "false")
	if claims && (permalink(n.id) || strings.HasPrefix(n.id, "/")) {
		return p.link(n.id, n.base, f.Link)
	}
	return p.link(n.about, n.base, f.Link)
}

func (p *parser) rssFiles(it *rss.Item, base string) []planet.Enclosure {
	var out []planet.Enclosure
	add := func(href, typ, title, length string) {
		if enc, ok := p.enclosure(unescapeURL(href), typ, title, length, base); ok {
			out = append(out, enc)
		}
	}
	for _, e := range it.Enclosures {
		add(e.URL, e.Type, "", e.Length)
	}
	for _, space := range atomPrefixes {
		for _, l := range it.Extensions[space]["link"] {
			if relation(l.Attrs["rel"]) == "enclosure" {
				add(l.Attrs["href"], l.Attrs["type"], l.Attrs["title"], l.Attrs["length"])
			}
		}
	}
	return append(out, p.media(it.Extensions, base)...)
}

// rssAuthors are the people an item names, by the likeliest element. Both author and dc:creator name the same people
// in most feeds, so only one kind of element is used: author, unless it holds nothing but an address.
func (p *parser) rssAuthors(n *note, x ext.Extensions, base string) []planet.Person {
	own := p.absolutePeople(n.authors, base)
	if slices.ContainsFunc(own, func(who planet.Person) bool { return who.Name != "" }) {
		return own
	}
	if creators := people(append(texts(x, "dc", "creator"), texts(x, "dc", "author")...)...); len(creators) > 0 {
		return creators
	}
	var named []planet.Person
	for _, space := range atomPrefixes {
		for _, a := range x[space]["author"] {
			who := person(first(childText(a, "name"), a.Value))
			who.Email, who.URI = first(childText(a, "email"), who.Email), childText(a, "uri")
			named = append(named, who)
		}
	}
	if named = p.absolutePeople(named, base); len(named) > 0 {
		return named
	}
	if len(own) > 0 {
		return own
	}
	return itunesPeople(x)
}

// itunesPeople are a podcast's author, or else its owner.
func itunesPeople(x ext.Extensions) []planet.Person {
	if authors := people(texts(x, "itunes", "author")...); len(authors) > 0 {
		return authors
	}
	var owners []planet.Person
	for _, o := range x["itunes"]["owner"] {
		owners = append(owners, planet.Person{Name: childText(o, "name"), Email: childText(o, "email")})
	}
	return distinct(owners)
}

// firstLink is an item's or channel's page: the first link with text, or else what a republisher says it was, or else an
// Atom link to an alternate.
func firstLink(links []string, x ext.Extensions) string {
	return first(append(slices.Clone(links), original(x), atomLink(x, "alternate"))...)
}

// original is the link that a republisher replaced by its own.
func original(x ext.Extensions) string {
	return first(extText(x, "feedburner", "origLink"), extText(x, "pheedo", "origLink"))
}
