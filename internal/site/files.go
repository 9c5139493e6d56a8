package site

import (
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"planet/internal/clean"
	"planet/internal/planet"
	"planet/internal/render"
	"planet/internal/store"
	"planet/internal/syndicate"
)

// files yields the whole site.
func (b *Builder) files(feeds []planet.Feed, states map[string]store.State, r river) iter.Seq2[planet.File, error] {
	return func(yield func(planet.File, error) bool) {
		site := b.site(feeds)
		pages := render.River{Entries: b.forPages(r.shown), PerPage: b.PerPage, MaxPages: MaxPages, Empty: empty(feeds, states, r)}
		files := chain(
			b.Theme.Assets(), avatars(feeds, site.Avatars), b.Theme.River(site, pages),
			one(b.Theme.NotFound(site)), syndicate.All(b.combined(feeds, r.shown)),
			one(b.opml(feeds)),
		)
		repeated := map[string][]string{}
		for _, alias := range slices.Sorted(maps.Keys(b.Aliases)) {
			repeated[b.Aliases[alias]] = append(repeated[b.Aliases[alias]], alias)
		}
		for f, err := range files {
			if !yield(f, err) || err != nil {
				return
			}
			for _, alias := range repeated[f.Path] {
				if !yield(planet.File{Path: alias, Data: f.Data}, nil) {
					return
				}
			}
			delete(repeated, f.Path)
		}
		for _, alias := range slices.Sorted(maps.Keys(b.Aliases)) {
			if of := b.Aliases[alias]; repeated[of] != nil {
				yield(planet.File{}, fmt.Errorf("aliases: %s repeats %s, which is not published", alias, of))
				return
			}
		}
	}
}

// CheckAliases says which alias can't be published: one of something that no planet publishes, or in the place of what
// every planet does.
func CheckAliases(aliases map[string]string) error {
	always := []string{"index.html", "404.html", "atom.xml", "rss20.xml", "feed.json", "opml.xml"}
	for _, alias := range slices.Sorted(maps.Keys(aliases)) {
		of := aliases[alias]
		top, _, _ := strings.Cut(alias, "/")
		switch {
		case slices.Contains(always, top) || slices.Contains([]string{"assets", "page", "health.json", "status", ".planet"}, top):
			return fmt.Errorf("aliases: %s is the planet's own", alias)
		case !slices.Contains(always, of) && !strings.HasPrefix(of, "assets/") && !strings.HasPrefix(of, "page/"):
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
		Feeds: feeds, Avatars: map[string]string{}, Mode: b.Mode, Version: b.Version,
		Links: []render.Link{
			{Title: "Atom", Path: "atom.xml", Type: "application/atom+xml"},
			{Title: "RSS", Path: "rss20.xml", Type: "application/rss+xml"},
			{Title: "JSON Feed", Path: "feed.json", Type: "application/feed+json"},
			{Title: "All blogs (OPML)", Path: "opml.xml", Type: "text/x-opml"},
		},
	}
	if b.Frames {
		s.Frames = clean.Players()
	}
	for _, f := range feeds {
		if f.Avatar != "" {
			s.Avatars[f.ID] = "assets/avatars/" + f.ID + strings.ToLower(filepath.Ext(f.Avatar))
		}
	}
	return s
}

func (b *Builder) combined(feeds []planet.Feed, shown []planet.Entry) syndicate.Feed {
	if b.FeedEntries > 0 {
		shown = shown[:min(len(shown), b.FeedEntries)]
	}
	return syndicate.Feed{
		Title: b.Title, URL: b.URL, Description: b.Description, Lang: b.Lang, Owner: b.Owner, Version: b.Version,
		Feeds: byID(feeds), Short: b.Short, Mode: b.Mode, Entries: forFeeds(shown),
	}
}

// forPages are entries whose HTML is as pages show it. Of a teaser's footnotes only the marks may be there, so these lead
// to the post, as in feeds.
func (b *Builder) forPages(entries []planet.Entry) []planet.Entry {
	out := slices.Clone(entries)
	for i, e := range entries {
		out[i].Content, out[i].Summary = clean.Page(e.Content, b.Frames), clean.Page(e.Summary, b.Frames)
		out[i].Link = clean.Untracked(e.Link) // stored it stays as it was given: it may be who the entry is
		out[i].Teaser = clean.Feed(e.Teaser, out[i].Link)
	}
	return out
}

// forFeeds are entries whose HTML is as feeds carry it.
func forFeeds(entries []planet.Entry) []planet.Entry {
	out := slices.Clone(entries)
	for i, e := range entries {
		out[i].Link = clean.Untracked(e.Link)
		out[i].Content, out[i].Teaser = clean.Feed(e.Content, out[i].Link), clean.Feed(e.Teaser, out[i].Link)
	}
	return out
}

func (b *Builder) opml(feeds []planet.Feed) (planet.File, error) {
	data, err := syndicate.OPML(b.Title, b.Owner.Name, feeds)
	return planet.File{Path: "opml.xml", Data: data}, err
}

// avatars yields the pictures that feeds.yaml names.
func avatars(feeds []planet.Feed, paths map[string]string) iter.Seq2[planet.File, error] {
	return func(yield func(planet.File, error) bool) {
		for _, f := range feeds {
			if f.Avatar == "" {
				continue
			}
			data, err := os.ReadFile(f.Avatar)
			if !yield(planet.File{Path: paths[f.ID], Data: data}, err) || err != nil {
				return
			}
		}
	}
}

func one(f planet.File, err error) iter.Seq2[planet.File, error] {
	return func(yield func(planet.File, error) bool) { yield(f, err) }
}

func chain(parts ...iter.Seq2[planet.File, error]) iter.Seq2[planet.File, error] {
	return func(yield func(planet.File, error) bool) {
		for _, p := range parts {
			for f, err := range p {
				if !yield(f, err) {
					return
				}
			}
		}
	}
}
