package render

import (
	"cmp"
	"strings"
	"time"

	"planet/internal/planet"
)

// A desk is where a page of a site is made: what its parts share.
type desk struct {
	theme *Theme
	site  Site
	words *catalogue
	zone  *time.Location
	lang  string // of the words
	home  string // the planet's language
	feeds map[string]planet.Feed
	page  *Page // on it

	stamps map[int64]*Stamp // by second
}

// newDesk lays an empty page of a kind, for a folder, on a desk.
func newDesk(t *Theme, site Site, kind, folder string) *desk {
	d := &desk{theme: t, site: site, zone: site.Location, home: cmp.Or(planet.LanguageTag(site.Lang), source), feeds: make(map[string]planet.Feed, len(site.Feeds)), stamps: map[int64]*Stamp{}}
	if d.zone == nil {
		d.zone = time.UTC
	}
	for _, feed := range site.Feeds {
		d.feeds[feed.ID] = feed
	}
	d.words, d.lang = t.spoken(d.home), d.home
	if primary(strings.ToLower(d.home)) != primary(d.words.lang) { // what is not written in the planet's language mustn't be taken for it
		d.lang = d.words.lang
	}
	d.page = &Page{
		theme: t, speech: speech{d.words}, Kind: kind, Path: folder, Root: strings.Repeat("../", strings.Count(folder, "/")),
		Title: site.Title, Planet: site.Title, Description: site.Description, Summary: site.Description,
		Lang: d.lang, Dir: cmp.Or(languageDir(d.lang), "ltr"), Owner: d.owner(), Generator: strings.TrimSpace("planet " + site.Version),
		Frames: site.Frames, OwnPictures: site.OwnPictures, Number: 1, Pages: 1,
	}
	if d.lang != d.home {
		d.page.PlanetLang = d.home
	}
	if site.URL != "" {
		d.page.Canonical = site.URL + folder
	}
	d.arrange()
	return d
}

// arrange makes the page's links within the site, which begin with its Root.
func (d *desk) arrange() {
	p := d.page
	p.Home = cmp.Or(p.Root, "./")
	p.Subscriptions = nil
	for _, link := range d.site.Links {
		title := link.Title
		if d.words.texts["link."+link.Path] != nil {
			title = d.words.must("link." + link.Path)
		}
		p.Subscriptions = append(p.Subscriptions, Subscription{Title: title, URL: p.Root + link.Path, Type: link.Type, IsFeed: isFeed(link.Type), Minor: link.Minor})
	}
	place := func(key, folder, kind, within string) Place {
		return Place{Name: d.words.must(key), URL: p.Root + folder, Current: p.Kind == kind, Within: p.Kind == within}
	}
	archive, people := place("nav.archive", "archive/", "archive", "month"), place("nav.people", "authors/", "authors", "author")
	tags, groups, langs := place("nav.tags", "tags/", "tags", "tag"), place("groups", "groups/", "groups", "group"), place("langs", "lang/", "langs", "lang")
	search, about := place("nav.search", "search/", "search", ""), place("nav.about", "about/", "about", "")
	p.Nav = []Place{{Name: d.words.must("nav.newest"), URL: p.Home, Current: p.Path == "" && p.Kind == "river", Within: p.Kind == "river"}}
	p.Sections = nil
	if d.site.Months {
		p.Nav, p.Sections = append(p.Nav, archive), append(p.Sections, archive)
		p.Archive, p.Search = archive.URL, search.URL
	}
	p.Nav, p.Sections = append(p.Nav, people), append(p.Sections, people)
	if d.site.Tags {
		p.Nav, p.Sections = append(p.Nav, tags), append(p.Sections, tags)
	}
	if d.site.Groups {
		p.Sections = append(p.Sections, groups)
	}
	if d.site.Languages {
		p.Sections = append(p.Sections, langs)
	}
	if d.site.Months {
		p.Nav = append(p.Nav, search)
	}
	p.Nav = append(p.Nav, about)
}

// head gives the page its heading, and the window's title after it.
func (d *desk) head(heading string) {
	d.page.Heading = heading
	d.page.Title = d.words.must("title", heading, d.site.Title)
}

// crowd names the people of the planet.
func (d *desk) crowd() {
	d.page.People = nil
	for _, feed := range d.site.Feeds {
		if !feed.Paused {
			d.page.People = append(d.page.People, d.face(feed))
		}
	}
}

// isFeed tells feeds from subscription lists by their media type.
func isFeed(mediaType string) bool {
	switch mediaType {
	case "application/atom+xml", "application/rss+xml", "application/rdf+xml", "application/feed+json":
		return true
	}
	return false
}

func (d *desk) owner() *Author {
	owner := d.site.Owner
	link := web(owner.URI)
	if link == "" && owner.Email != "" {
		link = web("mailto:" + owner.Email)
	}
	name := cmp.Or(owner.Name, owner.Email)
	if name == "" {
		return nil
	}
	return &Author{Name: name, URL: link}
}

// face shows who is behind a feed. A feed that isn't in feeds.yaml has no pages here.
func (d *desk) face(feed planet.Feed) Face {
	root := d.page.Root
	f := Face{
		speech: d.page.speech, ID: feed.ID, Name: feed.Name, Site: web(feed.Site), Host: host(feed.Site), Feed: web(feed.URL),
		Avatar: newAvatar(feed.Name), Extra: feed.Extra,
	}
	if src := d.site.Avatars[feed.ID]; src != "" {
		f.Avatar.Src = root + src
	}
	if _, known := d.feeds[feed.ID]; known {
		f.Status = root + "status/#" + statusAnchor(feed.ID)
		if !feed.Paused {
			f.Page = root + "authors/" + feed.ID + "/"
		}
	}
	for _, group := range feed.Groups {
		f.Groups = append(f.Groups, d.place(group, "groups/", d.site.Groups))
	}
	return f
}

// place is a tag or group, with a link to its page when there are such pages and its name makes an address.
func (d *desk) place(name, folder string, linked bool) Place {
	p := Place{Name: name}
	if slug := planet.TagSlug(name); linked && slug != "" {
		p.URL = d.page.Root + folder + slug + "/"
	}
	return p
}

// days groups entries, which are sorted, by the day on which they were published in the planet's zone.
func (d *desk) days(entries []planet.Entry) []Day {
	var days []Day
	for _, entry := range entries {
		post := d.post(entry)
		year, month, day := post.Date.Date()
		midnight := time.Date(year, month, day, 0, 0, 0, 0, d.zone)
		if len(days) == 0 || !days[len(days)-1].Date.Equal(midnight) {
			days = append(days, Day{Date: midnight, Title: d.words.heading("date.weekday", midnight)})
		}
		last := &days[len(days)-1]
		last.Posts = append(last.Posts, post)
	}
	return days
}
