package render

import (
	"cmp"
	"strings"
	"time"

	"planet/internal/planet"
)

// A desk is where the pages of one site are made: what they share, prepared once.
type desk struct {
	theme *Theme
	site  Site
	zone  *time.Location
	lang  string
	feeds map[string]planet.Feed
}

func newDesk(t *Theme, site Site) *desk {
	d := &desk{theme: t, site: site, zone: site.Location, lang: cmp.Or(languageTag(site.Lang), "en"), feeds: map[string]planet.Feed{}}
	if d.zone == nil {
		d.zone = time.UTC
	}
	for _, feed := range site.Feeds {
		d.feeds[feed.ID] = feed
	}
	return d
}

// page makes the page in folder, without posts.
func (d *desk) page(folder string) *Page {
	p := &Page{
		theme: d.theme, Path: folder, Root: strings.Repeat("../", strings.Count(folder, "/")),
		Title: d.site.Title, Planet: d.site.Title, Description: d.site.Description,
		Lang: d.lang, Dir: cmp.Or(languageDir(d.lang), "ltr"),
		Owner: d.owner(), Generator: strings.TrimSpace("planet " + d.site.Version),
		Frames: d.site.Frames, Number: 1, Pages: 1,
	}
	if d.site.URL != "" {
		p.Canonical = d.site.URL + folder
	}
	for _, link := range d.site.Links {
		p.Subscriptions = append(p.Subscriptions, Subscription{Title: link.Title, URL: link.Path, Type: link.Type, IsFeed: isFeed(link.Type)})
	}
	for _, feed := range d.site.Feeds {
		if !feed.Paused {
			p.People = append(p.People, d.face(feed))
		}
	}
	p.move()
	return p
}

// move makes the links that were relative to the site's root start from this page. It is called once, when Root is known.
func (p *Page) move() {
	p.Home = p.Root + "index.html"
	for i := range p.Subscriptions {
		p.Subscriptions[i].URL = p.Root + p.Subscriptions[i].URL
	}
	for i := range p.People {
		p.People[i].Avatar.move(p.Root)
	}
}

func (a *Avatar) move(root string) {
	if a.Src != "" {
		a.Src = root + a.Src
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

// face shows who is behind a feed. Its avatar's path starts from the site's root: see move.
func (d *desk) face(feed planet.Feed) Face {
	avatar := newAvatar(feed.Name)
	avatar.Src = d.site.Avatars[feed.ID]
	return Face{Name: feed.Name, Site: web(feed.Site), Feed: web(feed.URL), Avatar: avatar, Groups: feed.Groups, Extra: feed.Extra}
}

// days groups entries, which are sorted, by the day on which they were published in the planet's zone.
func (d *desk) days(root string, entries []planet.Entry) []Day {
	var days []Day
	for _, entry := range entries {
		post := d.post(entry)
		post.Face.Avatar.move(root)
		year, month, day := post.Date.Date()
		midnight := time.Date(year, month, day, 0, 0, 0, 0, d.zone)
		if len(days) == 0 || !days[len(days)-1].Date.Equal(midnight) {
			days = append(days, Day{Date: midnight, Title: midnight.Format(dayLayout)})
		}
		last := &days[len(days)-1]
		last.Posts = append(last.Posts, post)
	}
	return days
}
