package render

import (
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
)

// TestLook writes sample planets into the folder PLANET_LOOK, for a person to look at in a browser.
func TestLook(t *testing.T) {
	dir := os.Getenv("PLANET_LOOK")
	if dir == "" {
		t.Skip("set PLANET_LOOK to a folder to have sample planets written there")
	}
	site, entries := nasty()
	many, one := site, site
	many.Feeds, one.Feeds = crowd(300), site.Feeds[:1]
	one.Avatars = nil
	_, few := small()
	for name, planets := range map[string]struct {
		site  Site
		river River
	}{
		"nasty":    {site, River{Entries: entries, PerPage: 9, MaxPages: 5}},
		"many":     {many, River{Entries: entries[8:]}},
		"one":      {one, River{Entries: few[:1]}},
		"no-feeds": {Site{Title: "Planet Teapot", URL: site.URL}, River{Empty: NoFeeds}},
		"failing":  {site, River{Empty: Failing}},
		"filtered": {site, River{Empty: Filtered}},
		"waiting":  {site, River{Empty: Waiting}},
	} {
		whole(t, load(t, ""), filepath.Join(dir, name), planets.site, planets.river)
	}
	for _, lang := range []string{"ar", "de", "es", "fr", "pl"} {
		site.Lang = lang
		whole(t, load(t, ""), filepath.Join(dir, lang), site, River{Entries: entries, PerPage: 9, MaxPages: 5})
	}
	site.Lang = "en"
	whole(t, load(t, "plain"), filepath.Join(dir, "plain"), site, River{Entries: entries, PerPage: 9, MaxPages: 5})
}

// whole writes a planet with all its pages. The archive is that of the river's entries.
func whole(t *testing.T, theme *Theme, dir string, site Site, r River) {
	t.Helper()
	site.Months, site.Tags, site.Groups, site.Languages, site.Entries = true, true, true, true, true
	r.Entries = slices.Clone(r.Entries)
	for i := range r.Entries {
		r.Entries[i].Folder = "2026/11/"
		if r.Entries[i].Text == "" {
			r.Entries[i].Text = anyTag.ReplaceAllString(r.Entries[i].Content, " ")
		}
	}
	oldest := slices.Clone(r.Entries)
	slices.Reverse(oldest)
	at := time.Date(2026, 11, 22, 14, 5, 0, 0, time.UTC)
	months := []MonthPage{{2024, time.February, 1, 12}, {2025, time.December, 1, 100}, {2025, time.December, 2, 100}, {2025, time.December, 3, 41}, {2026, time.October, 1, 73}, {2026, time.November, 1, len(oldest)}}
	last := months[len(months)-1]
	var members []Member
	var health []Health
	states := []string{"ok", "ok", "failing", "waiting", "gone", "held", "duplicate", "new"}
	for i, feed := range site.Feeds {
		members = append(members, Member{feed, 1234 * i % 77, at.AddDate(0, -i, -i)})
		h := Health{FeedID: feed.ID, URL: feed.URL, State: states[i%len(states)], LastFetch: at, LastSuccess: at.AddDate(0, 0, -i), NextFetch: at.Add(time.Hour), Failures: i, Entries: 300 + i, Shown: 200, Hidden: map[string]int{"Keep": 12 * i, "Flood": 100, "Duplicate": 1}}
		if feed.Paused {
			h.State, h.NextFetch, h.Hidden = "paused", time.Time{}, map[string]int{"Paused": 300}
		}
		if h.State == "failing" {
			h.Error = "the server answered 404 (not found) for https://layla.example/a/very/long/address/of/a/feed/that/has/been/there/for/years/and/is/not/any/more.xml"
		}
		health = append(health, h)
	}
	labels := []Label{{"野点", "tags/野点/", 3}, {"c++", "tags/cplusplus/", 12000}, {"Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", "tags/d/", 1}, {"kettles", "tags/kettles/", 2}, {strings.Repeat("HowToBoilWater", 9), "tags/h/", 1}, {"what we learnt when we boiled the water for everybody", "tags/w/", 2}, {"steam", "tags/steam/", 1}, {"شاي", "tags/شاي/", 11}}
	var earlier []planet.Entry
	for range 3 {
		earlier = append(earlier, r.Entries...)
	}
	pages := []func() (planet.File, error){
		func() (planet.File, error) { return theme.NotFound(site) },
		func() (planet.File, error) { return theme.Month(site, Month{last, oldest, &months[4], nil}) },
		func() (planet.File, error) { return theme.Archive(site, months) },
		func() (planet.File, error) { return theme.Labels(site, "tag", labels) },
		func() (planet.File, error) { return theme.Labels(site, "group", []Label{{"core", "groups/core/", 7}}) },
		func() (planet.File, error) {
			return theme.Labels(site, "lang", []Label{{"ar", "lang/ar/", 11}, {"de", "lang/de/", 5}, {"en", "lang/en/", 300}, {"he", "lang/he/", 2}, {"ja", "lang/ja/", 1}})
		},
		func() (planet.File, error) { return theme.Members(site, members) },
		func() (planet.File, error) { return theme.Status(site, at, health) },
		func() (planet.File, error) { return theme.About(site) },
		func() (planet.File, error) { return theme.Search(site) },
		func() (planet.File, error) { return SearchIndex([]MonthPage{last}) },
		func() (planet.File, error) { return SearchShard(site, last, oldest) },
	}
	for _, shelf := range []Shelf{
		{"author", "ines", "Ines Okafor", "authors/ines/", r.Entries[:min(1, len(r.Entries))], earlier, 1200},
		{"author", "teapot-blog", "The Teapot Blog", "authors/teapot-blog/", nil, nil, 0},
		{"tag", "kettles", "kettles", "tags/kettles/", r.Entries[:min(2, len(r.Entries))], earlier, 0},
		{"group", "core", "core", "groups/core/", r.Entries[:min(2, len(r.Entries))], nil, 0},
		{"lang", "ar", "ar", "lang/ar/", r.Entries[:min(4, len(r.Entries))], nil, 0},
	} {
		pages = append(pages, func() (planet.File, error) { return theme.Shelf(site, shelf) })
	}
	for i, e := range r.Entries {
		pages = append(pages, func() (planet.File, error) { return theme.Post(site, e, i%2 == 1) })
	}
	save(t, dir, theme.Assets())
	save(t, dir, theme.River(site, r))
	for _, page := range pages {
		file, err := page()
		save(t, dir, func(yield func(planet.File, error) bool) { yield(file, err) })
	}
}

func save(t *testing.T, dir string, files iter.Seq2[planet.File, error]) {
	t.Helper()
	for file, err := range files {
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(file.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func load(t *testing.T, dir string) *Theme {
	t.Helper()
	theme, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return theme
}
