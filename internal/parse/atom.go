package parse

import (
	"strings"

	"github.com/mmcdole/gofeed/atom"

	"planet/internal/planet"
)

// atom translates a feed of Atom 1.0 (RFC 4287) or 0.3.
func (p *parser) atom(f *atom.Feed, n *notes) Result {
	res := Result{Format: "Atom " + first(f.Version, "1.0")}
	res.Feed = Feed{
		ID:       n.feed.id,
		Title:    n.feed.title,
		Subtitle: subtitle(n.feed),
		Link:     p.absolute(alternate(f.Links), n.feed.base),
		Language: first(f.Language, n.feed.lang, extText(f.Extensions, "dc", "language")),
		Authors:  p.absolutePeople(n.feed.authors, n.feed.base),
		Updated:  p.date("", f.Updated, extText(f.Extensions, "", "modified"), extText(f.Extensions, "dc", "date")),
	}
	if g := f.Generator; g != nil {
		res.Feed.Generator = generator(g.Value, g.URI)
	}
	if len(res.Feed.Authors) == 0 {
		res.Feed.Authors = people(append(texts(f.Extensions, "dc", "creator"), extText(f.Extensions, "itunes", "author"))...)
	}
	notes := p.matched(n.items, len(f.Entries))
	for i, e := range f.Entries {
		res.Items = append(res.Items, p.atomEntry(e, notes[i], n.feed, res.Feed))
	}
	p.warnings = bounded(p.warnings)
	return res
}

func (p *parser) atomEntry(e *atom.Entry, n *note, feed note, f Feed) planet.Item {
	out := planet.Item{GUID: n.id, Title: n.title, Lang: first(n.ownLang(feed), extText(e.Extensions, "dc", "language"))}
	out.Summary, out.Content = n.body(e.Extensions)
	if out.Title.Body == "" {
		out.Title = planet.Text{Type: planet.HTML, Body: first(extText(e.Extensions, "dc", "title"), extText(e.Extensions, "media", "title"))}
	}
	out.Link = p.link(first(alternate(e.Links), original(e.Extensions)), n.base, f.Link)
	base := first(n.base, out.Link, f.Link)
	if out.Link == "" && permalink(n.id) { // the likeliest page, but nothing that says what is relative to it (RFC 4287 §4.2.6)
		out.Link = p.absolute(n.id)
		for _, t := range []*planet.Text{&out.Title, &out.Summary, &out.Content} {
			t.Base = first(t.Base, f.Link)
		}
	}
	p.atomLinks(&out, e, base)
	for _, c := range e.Categories {
		out.Tags = append(out.Tags, tag(c.Term, c.Label))
	}
	out.Tags = append(out.Tags, subjects(e.Extensions)...)
	out.Enclosures = append(out.Enclosures, p.media(e.Extensions, base)...)
	out.Contributors = p.absolutePeople(n.contributors, base)
	out.Authors = p.absolutePeople(n.authors, base)
	if len(out.Authors) == 0 {
		out.Authors = people(texts(e.Extensions, "dc", "creator")...)
	}
	if s := e.Source; s != nil {
		out.Source = p.atomSource(s, n.base)
		if len(out.Authors) == 0 {
			out.Authors = p.atomPeople(s.Authors, base)
		}
	}
	out.Rights = first(e.Rights, licence(e.Extensions), out.Rights)
	name := nameOf(out)
	out.Published = p.date(name, e.Published)
	out.Updated = p.date(name, e.Updated)
	if out.Published.IsZero() && out.Updated.IsZero() {
		out.Published = p.date(name, append(texts(e.Extensions, "dc", "date"), texts(e.Extensions, "dcterms", "issued")...)...)
	}
	if n.problem != "" && blank(out.Content) {
		p.warn(name, "%s", n.problem)
	}
	return p.finish(out, f)
}

// atomLinks takes from an entry's links all that isn't the link to its page (RFC 4287 §4.2.7.2, and the registry).
func (p *parser) atomLinks(out *planet.Item, e *atom.Entry, base string) {
	for _, l := range e.Links {
		switch relation(l.Rel) {
		case "enclosure":
			if enc, ok := p.enclosure(l.Href, l.Type, l.Title, l.Length, base); ok {
				out.Enclosures = append(out.Enclosures, enc)
			}
		case "replies":
			if out.Comments == "" && (l.Type == "" || strings.Contains(l.Type, "html")) {
				out.Comments = p.absolute(l.Href, base)
			}
		case "canonical":
			out.Canonical = first(out.Canonical, p.absolute(l.Href, base))
		case "via":
			out.Via = first(out.Via, p.absolute(l.Href, base))
		case "in-reply-to":
			out.InReplyTo = first(out.InReplyTo, p.absolute(l.Href, base))
		case "license":
			out.Rights = first(out.Rights, p.absolute(l.Href, base))
		}
	}
	out.InReplyTo = first(p.absolute(answered(e.Extensions), base), out.InReplyTo)
	if e.Content == nil || e.Content.Src == "" {
		return
	}
	switch kind, _, _ := strings.Cut(e.Content.Type, "/"); kind {
	case "audio", "video", "image":
		if enc, ok := p.enclosure(e.Content.Src, e.Content.Type, "", "", base); ok {
			out.Enclosures = append(out.Enclosures, enc)
		}
	default:
		if out.Link == "" {
			out.Link = p.absolute(e.Content.Src, base)
		}
	}
}

// tag is a category's term, which is what one searches for; its label where the term is missing or an address.
func tag(term, label string) string {
	if strings.Contains(term, "://") {
		return first(label, term)
	}
	return first(term, label)
}

func (p *parser) atomSource(s *atom.Source, base string) *planet.Source {
	src := &planet.Source{ID: strings.TrimSpace(s.ID), Title: strings.TrimSpace(s.Title), Link: p.absolute(alternate(s.Links), base)}
	for _, l := range s.Links {
		if relation(l.Rel) == "self" {
			src.URL = p.absolute(l.Href, base)
		}
	}
	return src
}

func (p *parser) atomPeople(list []*atom.Person, base string) []planet.Person {
	var out []planet.Person
	for _, a := range list {
		out = append(out, planet.Person{Name: strings.TrimSpace(a.Name), Email: strings.TrimSpace(a.Email), URI: a.URI})
	}
	return p.absolutePeople(out, base)
}

// relation is a link's rel without the registry's address that some write in full (RFC 4287 §4.2.7.2).
func relation(rel string) string {
	rel = strings.ToLower(strings.TrimSpace(rel))
	rel = strings.TrimPrefix(rel, "http://www.iana.org/assignments/relation/")
	if rel == "" {
		return "alternate"
	}
	return rel
}

// alternate chooses the link to the page: HTML before other types, the first of each.
func alternate(links []*atom.Link) string {
	other := ""
	for _, l := range links {
		if relation(l.Rel) != "alternate" || strings.TrimSpace(l.Href) == "" {
			continue
		}
		if l.Type == "" || strings.Contains(strings.ToLower(l.Type), "html") {
			return l.Href
		}
		if other == "" {
			other = l.Href
		}
	}
	return other
}
