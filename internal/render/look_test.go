package render

import (
	"iter"
	"os"
	"path/filepath"
	"testing"

	"planet/internal/planet"
)

// TestLook writes sample planets into the folder PLANET_LOOK, for a person to look at in a browser.
func TestLook(t *testing.T) {
	dir := os.Getenv("PLANET_LOOK")
	if dir == "" {
		t.Skip("set PLANET_LOOK to a folder to have sample planets written there")
	}
	theme := load(t, "")
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
		save(t, filepath.Join(dir, name), theme.Assets())
		save(t, filepath.Join(dir, name), theme.River(planets.site, planets.river))
		file, err := theme.NotFound(planets.site)
		save(t, filepath.Join(dir, name), func(yield func(planet.File, error) bool) { yield(file, err) })
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
