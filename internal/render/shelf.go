package render

import (
	"cmp"
	"time"

	"planet/internal/planet"
)

// A Shelf is the posts of one author, tag, group or language.
type Shelf struct {
	Kind             string         // "author", "tag", "group" or "lang"
	ID, Name, Folder string         // of an author: the feed's id, "Kaushal M", "authors/kaushal-m/". The shelf's feed is Folder+"atom.xml"
	Entries          []planet.Entry // newest first, shown as on the river
	Earlier          []planet.Entry // older ones, of which date and title are told
	More             int            // how many are older still
}

// Shelf makes the page of an author, tag, group or language.
func (t *Theme) Shelf(site Site, s Shelf) (planet.File, error) {
	d := newDesk(t, site, s.Kind, s.Folder)
	name := s.Name
	if s.Kind == "lang" {
		name = languageName(cmp.Or(s.ID, s.Name))
	}
	d.head(d.words.must("shelf."+s.Kind, name))
	d.page.Summary = d.words.must("shelf.about", d.page.Heading, site.Title)
	d.page.Feed = &Subscription{Title: d.page.Title, URL: d.page.Root + s.Folder + "atom.xml", Type: "application/atom+xml", IsFeed: true}
	if s.Kind == "author" {
		feed, known := d.feeds[s.ID]
		if !known {
			feed = planet.Feed{ID: s.ID, Name: s.Name}
		}
		face := d.face(feed)
		d.page.Face = &face
	}
	d.page.Days, d.page.More = d.days(s.Entries), s.More
	for _, e := range s.Earlier {
		d.page.Earlier = append(d.page.Earlier, d.line(e))
	}
	return t.execute("shelf.html", d.page)
}

// Post makes a post's own page, p/ANCHOR/index.html. It is a copy, and says so to search engines, unless the blog is gone.
func (t *Theme) Post(site Site, e planet.Entry, gone bool) (planet.File, error) {
	d := newDesk(t, site, "post", postFolder(e))
	d.page.Days, d.page.Gone = d.days([]planet.Entry{e}), gone
	post := d.page.Days[0].Posts[0]
	d.head(cmp.Or(post.Title, post.FullDate))
	d.page.Summary = cmp.Or(e.Excerpt, post.Title)
	if post.Shown == "link" {
		d.page.Summary = post.Title
	}
	if !gone && post.Link != "" {
		d.page.Canonical = post.Link
	}
	return t.execute("post.html", d.page)
}

// postFolder is where a post has its own page.
func postFolder(e planet.Entry) string { return "p/" + Anchor(e.PublishedID) + "/" }

// A Label is one line of tags/, groups/ or lang/.
type Label struct {
	Name, Folder string
	Count        int // of posts
}

// Labels makes the list of all labels of a kind: "tag" (tags/index.html), "group" (groups/…) or "lang" (lang/…).
func (t *Theme) Labels(site Site, kind string, labels []Label) (planet.File, error) {
	folder := map[string]string{"tag": "tags/", "group": "groups/", "lang": "lang/"}[kind]
	d := newDesk(t, site, kind+"s", folder)
	d.head(d.words.must(kind + "s"))
	d.page.Summary = d.words.must(kind + "s.about")
	for _, l := range labels {
		place := Place{Name: l.Name, URL: d.page.Root + l.Folder, Count: l.Count}
		if kind == "lang" {
			place.Name = languageName(l.Name)
			if tag := planet.LanguageTag(l.Name); tag != "" && tag != d.lang {
				place.Lang = tag
			}
		}
		d.page.Places = append(d.page.Places, place)
	}
	return t.execute("labels.html", d.page)
}

// A Member is one line of authors/.
type Member struct {
	Feed   planet.Feed
	Count  int       // of posts
	Latest time.Time // zero: none
}

// Members makes authors/index.html, in the order given.
func (t *Theme) Members(site Site, members []Member) (planet.File, error) {
	d := newDesk(t, site, "authors", "authors/")
	d.head(d.words.must("authors"))
	d.page.Summary = d.words.must("authors.about")
	for _, m := range members {
		d.page.Members = append(d.page.Members, MemberLine{Face: d.face(m.Feed), Count: m.Count, Latest: d.stamp(m.Latest)})
	}
	return t.execute("members.html", d.page)
}

// About makes about/index.html.
func (t *Theme) About(site Site) (planet.File, error) {
	d := newDesk(t, site, "about", "about/")
	d.head(d.words.must("about"))
	return t.execute("about.html", d.page)
}
