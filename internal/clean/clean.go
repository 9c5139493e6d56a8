// Package clean makes the HTML of entries safe, balanced and absolute, and takes from it what later stages need.
//
// A body is parsed as a browser would (x/net/html), walked against an allow-list, rendered balanced, and then
// bluemonday's own allow-list has the last word, so that the walk need not be trusted. Cleaning is idempotent.
package clean

import (
	"cmp"
	"slices"

	"golang.org/x/text/unicode/norm"

	"planet/internal/planet"
)

// Version is raised when the rules change; the store cleans entries of an older version again.
const Version = 5

// Limits bound what one entry may hold; a zero field means its default.
type Limits struct {
	Title   int // bytes; default 1,000
	Content int // bytes of HTML, of content and summary each; default 1,000,000
	Markup  int // tags of content and summary each, since a tag of four bytes takes a thousand; default 20,000
}

func (l Limits) orDefault() Limits {
	if l.Title == 0 {
		l.Title = 1000
	}
	if l.Content == 0 {
		l.Content = 1_000_000
	}
	if l.Markup == 0 {
		l.Markup = 20_000
	}
	return l
}

// excerptRunes is how much of a post an excerpt shows: about five lines.
const excerptRunes = 400

// Entry makes an entry fit to be published of an item as it was parsed. FeedID, PublishedID and FirstSeen are left to the store.
// What Content holds is neutral: Page and Feed give it the form in which it is published.
func Entry(it planet.Item, limits Limits) planet.Entry {
	limits = limits.orDefault()
	e, content, summary := read(it, cleanerFor(it, limits))
	published(&e)
	if content.html == "" {
		content, summary = summary, piece{}
	}
	e.Content, e.Summary, e.Text = content.html, summary.html, content.text
	e.Teaser = teaser(content, summary)
	e.Excerpt = excerpt(plainText(e.Teaser))
	if e.Excerpt == "" {
		e.Excerpt = excerpt(e.Text)
	}
	stated, own := content.statements() // changes the tree
	if len(stated) == 0 {
		stated, _ = summary.statements()
	}
	e.Canonical, e.TextSum = canonical(it, stated), textSum(e.Title, own)
	return titled(e, limits)
}

// AsRead is an entry as its document holds it, for who wants to see that: equally safe, but tracking pixels, share buttons
// and tracking parameters stay, every address is absolute, and a lone summary stays one. It has no teaser.
func AsRead(it planet.Item, limits Limits) planet.Entry {
	limits = limits.orDefault()
	c := cleanerFor(it, limits)
	c.faithful = true
	e, content, summary := read(it, c)
	e.Content, e.Summary = content.html, summary.html
	e.Text = cmp.Or(content.text, summary.text)
	e.Excerpt = cmp.Or(excerpt(summary.text), excerpt(content.text))
	return titled(e, limits)
}

// read cleans all of an item but what is made of several of its fields.
func read(it planet.Item, c cleaner) (e planet.Entry, content, summary piece) {
	e = planet.Entry{
		GUID: it.GUID, Link: it.Link, Lang: LangTag(it.Lang),
		Title:      cut(Plain(it.Title), c.limits.Title),
		Authors:    people(it.Authors),
		Enclosures: it.Enclosures,
		Source:     source(it.Source),
		Comments:   it.Comments,
		Rights:     cut(Plain(planet.Text{Type: planet.HTML, Body: it.Rights}), c.limits.Title),
		Published:  it.Published, Updated: it.Updated,
	}
	for _, t := range it.Tags {
		if t = norm.NFC.String(Plain(planet.Text{Type: planet.HTML, Body: t})); t != "" { // else one tag would be two
			e.Tags = append(e.Tags, t)
		}
	}
	return e, c.body(it.Content), c.body(it.Summary)
}

// titled gives an entry its direction and, when the feed gave none, a title.
func titled(e planet.Entry, limits Limits) planet.Entry {
	e.Dir = direction(e.Lang, e.Title+" "+e.Excerpt)
	if e.Title == "" {
		e.Untitled = true
		e.Title = cut(titleFrom(e.Text), limits.Title)
	}
	return e
}

// published gives what an entry has beside its body the form in which it is published. Link stays as it is: it may be who the entry is.
func published(e *planet.Entry) {
	e.Title, e.Rights = withoutControls(e.Title), withoutControls(e.Rights)
	for i, t := range e.Tags {
		e.Tags[i] = withoutControls(t)
	}
	e.Tags = slices.DeleteFunc(e.Tags, func(t string) bool { return t == "" })
	e.Comments = publishedURL(e.Comments)
	for i := range e.Authors {
		e.Authors[i].Name = withoutControls(e.Authors[i].Name)
		e.Authors[i].URI = publishedURL(e.Authors[i].URI)
	}
	e.Enclosures = slices.Clone(e.Enclosures)
	for i := range e.Enclosures {
		e.Enclosures[i].URL = publishedURL(e.Enclosures[i].URL)
	}
	e.Enclosures = slices.DeleteFunc(e.Enclosures, func(f planet.Enclosure) bool { return f.URL == "" })
	if e.Source != nil {
		e.Source.Title = withoutControls(e.Source.Title)
		e.Source.Link = publishedURL(e.Source.Link)
	}
}

func people(in []planet.Person) []planet.Person {
	var out []planet.Person
	for _, p := range in {
		p.Name = Plain(planet.Text{Type: planet.HTML, Body: p.Name})
		out = append(out, p)
	}
	return out
}

func source(in *planet.Source) *planet.Source {
	if in == nil {
		return nil
	}
	out := *in
	out.Title = Plain(planet.Text{Type: planet.HTML, Body: out.Title})
	return &out
}
