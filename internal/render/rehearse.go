package render

import (
	"strings"
	"time"

	"planet/internal/planet"
)

// rehearse renders a page of every kind, with every kind of post, and each empty page: the mistakes of a theme show before any
// feed is asked, and not when the first podcast comes.
func (t *Theme) rehearse() error {
	site, entries := sampleSite()
	for _, mode := range []planet.Mode{planet.Full, planet.Excerpt, planet.Link} {
		site.Mode = mode
		for _, err := range t.River(site, River{Entries: entries, PerPage: 2}) {
			if err != nil {
				return err
			}
		}
	}
	site.Mode = planet.Full
	for _, empty := range []Empty{NoFeeds, Failing, Filtered, Waiting} {
		for _, err := range t.River(site, River{Empty: empty}) {
			if err != nil {
				return err
			}
		}
	}
	for _, page := range t.samplePages(site, entries) {
		if _, err := page(); err != nil {
			return err
		}
	}
	return nil
}

// samplePages make the pages beside the river, full and empty.
func (t *Theme) samplePages(site Site, entries []planet.Entry) []func() (planet.File, error) {
	type made = func() (planet.File, error)
	at := entries[0].FirstSeen
	one, two := MonthPage{2026, time.November, 1, 2}, MonthPage{2026, time.November, 2, 1}
	health := []Health{{FeedID: "a", State: "new"}, {FeedID: "b", State: "ok"}}
	for _, state := range []string{"ok", "failing", "waiting", "gone", "held", "paused", "duplicate", "new"} {
		health = append(health, Health{
			FeedID: state, URL: "https://a.example/feed", State: state, Error: "E", LastFetch: at, LastSuccess: at, NextFetch: at, Failures: 2,
			Entries: 9, Shown: 1, Hidden: map[string]int{"Keep": 5, "Flood": 3},
		})
	}
	all := []made{
		func() (planet.File, error) { return t.Month(site, Month{two, entries, &one, &one}) },
		func() (planet.File, error) { return t.Month(site, Month{MonthPage: one}) },
		func() (planet.File, error) { return t.Archive(site, []MonthPage{{2025, time.May, 1, 1}, one, two}) },
		func() (planet.File, error) { return t.Archive(site, nil) },
		func() (planet.File, error) { return t.Post(site, entries[0], false) },
		func() (planet.File, error) { return t.Post(site, entries[2], true) },
		func() (planet.File, error) {
			return t.Members(site, []Member{{site.Feeds[0], 2, at}, {Feed: site.Feeds[1]}})
		},
		func() (planet.File, error) { return t.Members(site, nil) },
		func() (planet.File, error) { return t.Status(site, at, health) },
		func() (planet.File, error) { return t.Status(site, at, nil) },
		func() (planet.File, error) { return t.About(site) },
		func() (planet.File, error) { return t.About(Site{Title: "T"}) },
		func() (planet.File, error) { return t.Search(site) },
		func() (planet.File, error) { return t.Search(Site{Title: "T"}) },
		func() (planet.File, error) { return t.NotFound(site) },
	}
	for kind, folder := range map[string]string{"author": "authors/a/", "tag": "tags/t/", "group": "groups/g/", "lang": "lang/ar/"} {
		id := folder[strings.Index(folder, "/")+1 : len(folder)-1]
		all = append(all, func() (planet.File, error) {
			return t.Shelf(site, Shelf{Kind: kind, ID: id, Name: id, Folder: folder, Entries: entries, Earlier: entries, More: 2})
		}, func() (planet.File, error) { return t.Shelf(site, Shelf{Kind: kind, ID: "x", Name: "x", Folder: "x/"}) })
		if kind != "author" {
			all = append(all, func() (planet.File, error) { return t.Labels(site, kind, []Label{{id, folder, 2}}) },
				func() (planet.File, error) { return t.Labels(site, kind, nil) })
		}
	}
	return all
}

// sampleSite uses every field that a page can show.
func sampleSite() (Site, []planet.Entry) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	full := planet.Entry{
		FeedID: "a", PublishedID: "1", Link: "https://a.example/1", Title: "T", Lang: "ar", Dir: "rtl", Content: "<p>C</p>", Text: strings.Repeat("word ", 5000),
		Excerpt: "E", Tags: []string{"t"}, Comments: "https://a.example/c", Authors: []planet.Person{{Name: "N", URI: "https://a.example/n"}},
		Enclosures: []planet.Enclosure{{URL: "https://a.example/e.ogg", Type: "audio/ogg", Title: "E", Length: 1}, {URL: "https://a.example/f"}},
		Source:     &planet.Source{Title: "S", Link: "https://s.example/"}, Published: at, Updated: at, FirstSeen: at,
		Copies: []planet.Copy{{FeedID: "b", Link: "https://b.example/1"}}, Folder: "2026/11/",
	}
	long, bare, untitled := full, planet.Entry{FeedID: "b", PublishedID: "2", FirstSeen: at}, full
	long.PublishedID, long.Content = "3", strings.Repeat("<p>word word word word word word word word word word</p>", 500)
	untitled.PublishedID, untitled.Untitled = "4", true
	teased := full
	teased.PublishedID, teased.Teaser = "5", "<p>E</p>"
	return Site{
		Title: "T", URL: "https://p.example/", Description: "D", Lang: "en", Owner: planet.Person{Name: "O", Email: "o@p.example"},
		Avatars: map[string]string{"a": "assets/avatars/a.png"}, Frames: []string{"https://f.example"}, Links: []Link{{Title: "Atom", Path: "atom.xml", Type: "application/atom+xml"}, {Title: "OPML", Path: "opml.xml", Type: "text/x-opml"}},
		Feeds:  []planet.Feed{{ID: "a", Name: "A", Site: "https://a.example/", URL: "https://a.example/feed", Groups: []string{"g"}, Extra: map[string]string{"k": "v"}}, {ID: "b", Name: "B"}},
		Months: true, Tags: true, Groups: true, Languages: true, Entries: true,
	}, []planet.Entry{full, long, bare, untitled, teased}
}
