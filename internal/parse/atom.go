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
		Subtitle: n.feed.summary,
		Link:     p.absolute(alternate(f.Links), n.feed.base),
		Language: first(f.Language, n.feed.lang),
		Authors:  p.atomPeople(f.Authors),
		Updated:  parseDate(first(f.Updated, extText(f.Extensions, "", "modified"))),
	}
	notes := p.matched(n.items, len(f.Entries))
	for i, e := range f.Entries {
		res.Items = append(res.Items, p.atomEntry(e, notes[i], n.feed, res.Feed))
	}
	return res
}

func (p *parser) atomEntry(e *atom.Entry, n *note, feed note, f Feed) planet.Item {
	out := planet.Item{
		GUID: n.id, Title: n.title, Summary: n.summary, Content: n.content, Lang: n.ownLang(feed),
		Published: parseDate(e.Published),
		Updated:   parseDate(e.Updated),
	}
	out.Link = p.absolute(alternate(e.Links), n.base, f.Link)
	if out.Link == "" && permalink(n.id) {
		out.Link = p.absolute(n.id)
	}
	base := first(n.base, out.Link, f.Link)
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
		}
	}
	if e.Content != nil && e.Content.Src != "" && out.Content.Body == "" && out.Link == "" {
		out.Link = p.absolute(e.Content.Src, base)
	}
	for _, c := range e.Categories {
		out.Tags = append(out.Tags, first(c.Label, c.Term))
	}
	out.Authors = p.atomPeople(e.Authors)
	if s := e.Source; s != nil {
		out.Source = p.atomSource(s, n.base)
		if len(out.Authors) == 0 {
			out.Authors = p.atomPeople(s.Authors)
		}
	}
	if n.problem != "" {
		p.warn(short(first(out.GUID, out.Link)), "%s", n.problem)
	}
	if out.Summary.Body == "" && out.Content.Body == "" {
		out.Summary = planet.Text{Type: planet.PlainText, Body: mediaDescription(e)}
	}
	return p.finish(out, f)
}

// mediaDescription is the text of an entry that has none but in Media RSS, as those of YouTube.
func mediaDescription(e *atom.Entry) string {
	if d := extText(e.Extensions, "media", "description"); d != "" {
		return d
	}
	for _, group := range e.Extensions["media"]["group"] {
		for _, d := range group.Children["description"] {
			if v := strings.TrimSpace(d.Value); v != "" {
				return v
			}
		}
	}
	return ""
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

func (p *parser) atomPeople(list []*atom.Person) []planet.Person {
	var out []planet.Person
	for _, a := range list {
		who := planet.Person{Name: strings.TrimSpace(a.Name), Email: strings.TrimSpace(a.Email), URI: p.absolute(a.URI)}
		if who.Name != "" || who.Email != "" || who.URI != "" {
			out = append(out, who)
		}
	}
	return out
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
