package syndicate

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"planet/internal/planet"
)

// A draft is a feed as all formats can carry it: every text has only legal characters, every link is an absolute http or
// https address, every language a valid tag, every title says something.
type draft struct {
	Feed
	posts   []post
	updated time.Time // when the newest post was
}

// A post is an entry of a draft. Of its Entry the formats take what isn't here.
type post struct {
	planet.Entry
	id, guid           string // for formats that need an IRI, and for those that don't
	link               string // to the post, or else to where it stands here: readers want one (RFC 4287 §4.1.2)
	content, summary   string // HTML; a post has at most one of them
	source             planet.Source
	published, updated time.Time // UTC, whole seconds
}

// empty is when a feed without entries was updated: it must say something, and must not say now.
var empty = planet.Earliest

// draft never changes f's entries, which others have too.
func (f Feed) draft() *draft {
	f.Title, f.Description, f.Owner.Name = line(f.Title), line(f.Description), line(f.Owner.Name)
	f.Lang, f.Owner.URI, f.Hub = language(f.Lang), href(f.Owner.URI), href(f.Hub)
	d := &draft{Feed: f, posts: make([]post, 0, len(f.Entries)), updated: empty}
	ids, guids := make(map[string]bool, len(f.Entries)), make(map[string]bool, len(f.Entries))
	for _, e := range f.Entries {
		p := f.post(e)
		// The store gives each entry an id of its own. What a blog may still do is to use for an id the very UUID that
		// stands for another's: that must neither make the feed invalid nor stop it from being published.
		if ids[p.id] || guids[p.guid] {
			continue
		}
		ids[p.id], guids[p.guid] = true, true
		d.posts = append(d.posts, p)
		if p.updated.After(d.updated) {
			d.updated = p.updated
		}
	}
	return d
}

func (f Feed) post(e planet.Entry) post {
	p := post{id: entryID(e), guid: entryGUID(e), published: moment(e.Date()), source: f.source(e)}
	p.updated = p.published
	if changed := moment(e.Updated); e.Updated.After(e.Date()) && changed.After(p.published) { // never before (RFC 4287 §4.2.15)
		p.updated = changed
	}
	content, summary := f.body(e)
	p.content, p.summary = legal(content), legal(summary)
	e.Excerpt, e.Link, e.Comments = line(e.Excerpt), href(e.Link), href(e.Comments)
	e.Rights = line(e.Rights)
	e.Lang = cmp.Or(language(e.Lang), language(f.Feeds[e.FeedID].Lang))
	e.Authors, e.Tags, e.Enclosures = f.authors(e), tags(e.Tags), enclosures(e.Enclosures)
	p.link = cmp.Or(e.Link, f.at(e.Folder))
	e.Title = f.title(e)
	p.Entry = e
	return p
}

// moment is a time as feeds have it: UTC, whole seconds, and a year that all their formats can write.
func moment(t time.Time) time.Time {
	if t = t.UTC().Truncate(time.Second); t.Year() < 1970 || t.Year() > 9999 {
		return empty
	}
	return t
}

// title is an entry's, or else the beginning of its text, or else whose it is and of when: readers show nothing else in
// their lists.
func (f Feed) title(e planet.Entry) string {
	const length = 80 // characters of a title made here
	text := line(e.Text[:min(len(e.Text), 8*length)])
	title := cmp.Or(line(e.Title), beginning(e.Excerpt, length), beginning(text, length))
	if title != "" {
		return title
	}
	return e.Authors[0].Name + ", " + e.Date().UTC().Format(time.DateOnly)
}

// body is what a feed carries of an entry, as HTML: its content, or else its beginning; or neither.
func (f Feed) body(e planet.Entry) (content, summary string) {
	mode := cmp.Or(f.Feeds[e.FeedID].Mode, f.Mode)
	switch {
	case mode == planet.Link:
		return "", ""
	case mode == planet.Excerpt || f.Short || e.Content == "":
		return "", cmp.Or(e.Teaser, asHTML(e.Excerpt))
	}
	return e.Content, ""
}

// authors are an entry's, or else the feed's name. Addresses stay where their owners published them.
func (f Feed) authors(e planet.Entry) []planet.Person {
	var out []planet.Person
	for _, a := range e.Authors {
		name := cmp.Or(line(a.Name), line(a.Email))
		if local, host, ok := strings.Cut(name, "@"); ok && strings.Contains(host, ".") && !strings.Contains(name, " ") {
			name = local
		}
		if name != "" {
			out = append(out, planet.Person{Name: name, URI: href(a.URI)})
		}
	}
	if len(out) == 0 {
		out = []planet.Person{{Name: cmp.Or(line(f.Feeds[e.FeedID].Name), f.Title)}}
	}
	return out
}

// source is the feed an entry came from; one that itself came through another planet keeps its origin.
func (f Feed) source(e planet.Entry) planet.Source {
	feed := f.Feeds[e.FeedID]
	src := planet.Source{ID: href(feed.URL), Title: line(feed.Name), Link: href(feed.Site), URL: href(feed.URL)}
	if e.Source != nil && line(e.Source.Title) != "" {
		src = planet.Source{ID: e.Source.ID, Title: line(e.Source.Title), Link: href(e.Source.Link), URL: href(e.Source.URL)}
	}
	if !isIRI(src.ID) {
		src.ID = cmp.Or(src.URL, src.Link, uuidOf(e.FeedID, src.Title))
	}
	if u, err := url.Parse(src.ID); err == nil && u.Host != "" && u.Path == "" && u.RawQuery == "" {
		src.ID = strings.TrimSuffix(src.ID, "#") + "/" // the form in which such addresses are compared (RFC 3986 §6.2.3)
	}
	return src
}

// tags leaves out what is empty or there already.
func tags(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, t := range list {
		if t = line(t); t != "" && !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}

func enclosures(list []planet.Enclosure) []planet.Enclosure {
	var out []planet.Enclosure
	for _, enc := range list {
		if enc.URL = href(enc.URL); enc.URL != "" {
			enc.Type, enc.Title, enc.Length = mediaType(enc.Type), line(enc.Title), max(enc.Length, 0)
			out = append(out, enc)
		}
	}
	return out
}
