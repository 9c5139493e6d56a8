package site

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"planet/internal/clean"
	"planet/internal/planet"
	"planet/internal/render"
	"planet/internal/store"
	"planet/internal/syndicate"
)

// files yields the site: all of it, or in part what may have changed since it was published last.
func (p *press) files(ctx context.Context, part bool) files {
	parts := []files{
		p.shelves(ctx, part), p.groupFiles(ctx, part), p.lists(ctx), p.still(), p.fronts(ctx),
	}
	if part {
		parts = append(parts, p.changedFaces(ctx), p.forgottenCopies(ctx))
	} else {
		parts = append([]files{p.Theme.Assets(), p.avatarFiles(nil), p.everyPost(ctx)}, parts...)
	}
	return compressed(p.aliased(chain(parts...), part), p.Compress)
}

// fronts yields what shows the newest posts. These are read only now: they take memory, and so does each shelf.
func (p *press) fronts(ctx context.Context) files {
	return func(yield func(planet.File, error) bool) {
		var err error
		if p.river, err = p.choose(ctx, p); err != nil {
			yield(planet.File{}, err)
			return
		}
		chain(p.riverFiles(ctx), p.combinedFiles(ctx))(yield)
	}
}

// riverFiles yields the front pages; those to which it doesn't reach any more are to go.
func (p *press) riverFiles(ctx context.Context) files {
	return func(yield func(planet.File, error) bool) {
		entries, used, err := p.forRiver(ctx)
		if err != nil {
			yield(planet.File{}, err)
			return
		}
		for f, err := range p.copied(used) {
			if !yield(f, err) || err != nil {
				return
			}
		}
		pages := render.River{Entries: entries, PerPage: p.PerPage, MaxPages: MaxPages, Empty: empty(p.feeds, p.states, p.river)}
		n := 0
		for f, err := range p.Theme.River(p.site, pages) {
			if !yield(f, err) || err != nil {
				return
			}
			n++
		}
		for n < MaxPages {
			n++
			if !yield(planet.File{Path: fmt.Sprintf("page/%d/index.html", n), Gone: true}, nil) {
				return
			}
		}
	}
}

// forRiver are the river's entries in the form of the page that each is on.
func (p *press) forRiver(ctx context.Context) ([]planet.Entry, copies, error) {
	c, err := p.copies(ctx, p.river.shown)
	first := len(p.river.shown)
	if p.PerPage > 0 {
		first = min(first, p.PerPage)
	}
	return append(p.forPages(p.river.shown[:first], c.form("", p.Frames)), p.forPages(p.river.shown[first:], c.form("../../", p.Frames))...), c, err
}

// combinedFiles yields the combined feeds.
func (p *press) combinedFiles(ctx context.Context) files {
	return func(yield func(planet.File, error) bool) {
		feed, used, err := p.combined(ctx)
		if err != nil {
			yield(planet.File{}, err)
			return
		}
		chain(p.copied(used), syndicate.All(feed))(yield)
	}
}

// combined is the planet's own feed: the newest of the river.
func (p *press) combined(ctx context.Context) (syndicate.Feed, copies, error) {
	entries := p.river.shown
	if p.FeedEntries > 0 {
		entries = entries[:min(len(entries), p.FeedEntries)]
	}
	f, used, err := p.feed(ctx, entries)
	if n := len(p.history); n > 0 {
		f.Prev = historyPath(&p.history[n-1])
	}
	return f, used, err
}

// still yields what changes only with what all pages have in common.
func (p *press) still() files {
	return chain(one(p.Theme.NotFound(p.site)), one(p.Theme.About(p.site)), one(p.Theme.Search(p.site)), one(p.opml()), one(p.foaf()), one(robots(p.URL), nil))
}

// lists yields the pages that name shelves.
func (p *press) lists(ctx context.Context) files {
	months := make([]render.MonthPage, len(p.months))
	for i, s := range p.months {
		months[i] = monthPage(s)
	}
	tags, err := p.Store.Fullest(ctx, store.Tag, manyTags)
	if err != nil {
		return failed(err)
	}
	langs, err := p.Store.Shelves(ctx, store.Lang)
	if err != nil {
		return failed(err)
	}
	return chain(
		one(p.Theme.Archive(p.site, months)), p.fewerSitemaps(), one(p.Theme.Labels(p.site, store.Tag, labels(tags))), one(p.Theme.Labels(p.site, store.Lang, labels(langs))),
		one(p.Theme.Labels(p.site, "group", p.groupLabels())), one(p.Theme.Members(p.site, p.members())), one(render.SearchIndex(months)), p.sitemap(),
	)
}

func labels(shelves []store.Shelf) []render.Label {
	out := make([]render.Label, len(shelves))
	for i, s := range shelves {
		out[i] = render.Label{Name: cmp.Or(s.Title, s.Name), Folder: folders[s.Kind] + s.Name + "/", Count: s.Entries}
	}
	return out
}

// groupLabels count what those who are in a group have written.
func (p *press) groupLabels() []render.Label {
	written := map[string]int{}
	for _, s := range p.authors {
		written[s.Name] = s.Entries
	}
	out := make([]render.Label, len(p.groups))
	for i, g := range p.groups {
		out[i] = render.Label{Name: g.name, Folder: folders["group"] + g.slug + "/"}
		for _, id := range g.feeds {
			out[i].Count += written[id]
		}
	}
	return out
}

func (p *press) members() []render.Member {
	count := map[string]int{}
	for _, s := range p.authors {
		count[s.Name] = s.Entries
	}
	out := make([]render.Member, len(p.feeds))
	for i, f := range p.feeds {
		out[i] = render.Member{Feed: f, Count: count[f.ID], Latest: p.latest[f.ID]}
	}
	return out
}

// everyPost yields the pages of all posts.
func (p *press) everyPost(ctx context.Context) files {
	return func(yield func(planet.File, error) bool) {
		if !p.Posts {
			return
		}
		for _, s := range p.months {
			for at := (store.Cursor{}); ; {
				entries, next, err := p.Store.On(ctx, s, planet.InArchive, at, store.PerPage)
				if err == nil && len(entries) == 0 {
					break
				}
				for i, e := range entries {
					size := 0
					entries[i] = p.bounded(e, &size) // each is alone on its page
				}
				if err == nil {
					err = p.complete(ctx, entries)
				}
				made := failed(err)
				if err == nil {
					made = p.posts(ctx, entries)
				}
				for f, err := range made {
					if !yield(f, err) || err != nil {
						return
					}
				}
				at = next
			}
		}
	}
}

// sitemap names the pages that are worth finding. Tags and languages show again what the archive has.
func (p *press) sitemap() files {
	paths := []string{"index.html", "about/index.html", "archive/index.html", "authors/index.html", "groups/index.html"}
	for _, s := range p.months {
		paths = append(paths, s.Folder()+"index.html")
	}
	for _, s := range p.authors {
		paths = append(paths, folders[store.Author]+s.Name+"/index.html")
	}
	for _, g := range p.groups {
		paths = append(paths, folders["group"]+g.slug+"/index.html")
	}
	return several(sitemap(p.URL, paths))
}

// fewerSitemaps are to go: those of an index of sitemaps, if the next is a single one.
func (p *press) fewerSitemaps() files {
	if len(p.months)+len(p.authors)+len(p.groups)+10 > sitemapURLs {
		return several(nil)
	}
	return gone(p.last.Under("sitemap-")...)
}

// aliased yields files, each followed by those that repeat it.
func (p *press) aliased(all files, part bool) files {
	return func(yield func(planet.File, error) bool) {
		repeated := map[string][]string{}
		for _, alias := range slices.Sorted(maps.Keys(p.Aliases)) {
			repeated[p.Aliases[alias]] = append(repeated[p.Aliases[alias]], alias)
		}
		for f, err := range all {
			if !yield(f, err) || err != nil {
				return
			}
			for _, alias := range repeated[f.Path] {
				if !yield(planet.File{Path: alias, Data: f.Data, Gone: f.Gone}, nil) {
					return
				}
			}
			delete(repeated, f.Path)
		}
		for _, alias := range slices.Sorted(maps.Keys(p.Aliases)) {
			if of := p.Aliases[alias]; repeated[of] != nil && !part && !comesAndGoes(of) {
				yield(planet.File{}, fmt.Errorf("aliases: %s repeats %s, which is not published", alias, of))
				return
			}
		}
	}
}

// ownFolders are at the top of every site.
var ownFolders = []string{
	"assets", "images", "page", "p", "archive", "authors", "tags", "groups", "lang", "history", "search", "about", "health.json", "status", ".planet",
}

// ours tells whether a folder at the top is a year of the archive.
func ours(top string) bool {
	return len(top) == 4 && strings.Trim(top, "0123456789") == ""
}

// comesAndGoes tells whether a path is published only while there are entries for it.
func comesAndGoes(path string) bool {
	top, _, _ := strings.Cut(path, "/")
	return slices.Contains([]string{"authors", "tags", "groups", "lang"}, top)
}

// CheckAliases says which alias can't be published: one of something that no planet publishes, or in the place of what
// every planet does.
func CheckAliases(aliases map[string]string) error {
	always := []string{
		"index.html", "404.html", "atom.xml", "rss20.xml", "rss10.xml", "feed.json", "titles.xml", "opml.xml", "foafroll.xml", "sitemap.xml", "robots.txt",
	}
	for _, alias := range slices.Sorted(maps.Keys(aliases)) {
		of := aliases[alias]
		top, _, _ := strings.Cut(alias, "/")
		switch {
		case slices.Contains(always, top) || slices.Contains(ownFolders, top) || ours(top):
			return fmt.Errorf("aliases: %s is the planet's own", alias)
		case strings.HasSuffix(of, ".html") && strings.Count(alias, "/") != strings.Count(of, "/"):
			return fmt.Errorf("aliases: %s repeats %s, whose links lead elsewhere from there; name a path with as many slashes", alias, of)
		case !slices.Contains(always, of) && !strings.HasPrefix(of, "assets/") && !strings.HasPrefix(of, "page/") && !comesAndGoes(of):
			return fmt.Errorf("aliases: %s repeats %s, which is not published; what is: %s", alias, of, strings.Join(always, ", "))
		}
		for other := range aliases {
			if strings.HasPrefix(other, alias+"/") {
				return fmt.Errorf("aliases: %s can't be published beside %s: one would be the folder of the other", other, alias)
			}
		}
	}
	return nil
}

func (b *Builder) site(feeds []planet.Feed) render.Site {
	s := render.Site{
		Title: b.Title, URL: b.URL, Description: b.Description, Lang: b.Lang, Owner: b.Owner, Location: b.Location,
		Feeds: feeds, Avatars: map[string]string{}, Mode: b.Mode, Version: b.Version, Entries: b.Posts, OwnPictures: b.Images == linkImages || b.Images == localImages,
		Links: []render.Link{
			{Title: "Atom", Path: "atom.xml", Type: "application/atom+xml"},
			{Title: "RSS", Path: "rss20.xml", Type: "application/rss+xml"},
			{Title: "JSON Feed", Path: "feed.json", Type: "application/feed+json"},
			{Title: "RSS 1.0", Path: "rss10.xml", Type: "application/rdf+xml", Minor: true},
			{Title: "Titles", Path: "titles.xml", Type: "application/atom+xml", Minor: true},
			{Title: "All blogs (OPML)", Path: "opml.xml", Type: "text/x-opml"},
			{Title: "FOAF", Path: "foafroll.xml", Type: "application/xml", Minor: true},
		},
	}
	if b.Frames {
		s.Frames = clean.Players()
	}
	return s
}

// roll is who is here, for readers of subscription lists.
func (p *press) roll() syndicate.Roll {
	return syndicate.Roll{Title: p.Title, URL: p.URL, Owner: p.Owner.Name, Feeds: p.feeds}
}

func (p *press) opml() (planet.File, error) {
	data, err := syndicate.OPML(p.roll())
	return planet.File{Path: "opml.xml", Data: data}, err
}

func (p *press) foaf() (planet.File, error) {
	data, err := syndicate.FOAF(p.roll())
	return planet.File{Path: "foafroll.xml", Data: data}, err
}
