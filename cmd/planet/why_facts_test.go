package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"planet/internal/config"
	"planet/internal/planet"
	"planet/internal/render"
	"planet/internal/store"
)

func TestWhySpellings(t *testing.T) {
	for what, want := range map[string][]string{
		"https://ada.example/1":  {"https://ada.example/1"},
		"ada.example/1":          {"ada.example/1", "https://ada.example/1"},
		"www.ada.example":        {"www.ada.example", "https://www.ada.example"},
		"tag:ada.example,2026:1": {"tag:ada.example,2026:1"},
		"ada":                    {"ada"},
		"a.b c":                  {"a.b c"},
	} {
		if got := spellings(what); !slices.Equal(got, want) {
			t.Errorf("%q: %q; want %q", what, got, want)
		}
	}
	for address, want := range map[string]string{
		"https://WWW.Ada.example:443/x": "ada.example", "http://ada.example:80": "ada.example", "http://ada.example:8080/": "ada.example:8080",
		"ada": "", "https://": "", "http://[::1]/": "::1",
	} {
		if got := hostOf(address); got != want {
			t.Errorf("%s: host %q; want %q", address, got, want)
		}
	}
}

// trace knows feeds by "id url site".
func trace(feeds ...[3]string) *tracer {
	t := &tracer{cfg: &config.Config{}, feeds: map[string]tracedFeed{}}
	for _, f := range feeds {
		t.feeds[f[0]] = tracedFeed{Feed: planet.Feed{ID: f[0], Name: f[0], URL: f[1]}, listed: true, state: store.State{Site: f[2]}}
		t.order = append(t.order, f[0])
		t.cfg.Feeds = append(t.cfg.Feeds, t.feeds[f[0]].Feed)
	}
	return t
}

func TestWhichFeedsAnAddressMeans(t *testing.T) {
	w := trace(
		[3]string{"ada", "https://ada.example/feed.xml", "https://ada.example/"},
		[3]string{"bob", "https://shared.example/feed/@bob", "https://shared.example/@bob"},
		[3]string{"cyd", "https://shared.example/feed/@cyd", "https://shared.example/@cyd"},
		[3]string{"dee", "https://ada.example/~dee/feed", "https://ada.example/~dee/"},
		[3]string{"eve", "https://feeds.example/eve", "https://eve.example/blog/"},
	)
	for _, c := range []struct {
		asked         string
		means, posted []string // which feeds it names, and of which it could be a post
	}{
		{"https://ada.example/", []string{"ada", "dee"}, nil},
		{"http://www.ada.example/feed.xml?utm_source=x", []string{"ada"}, nil},
		{"https://ada.example/~dee", []string{"dee"}, nil},
		{"eve.example/blog", []string{"eve"}, nil},
		{"eve.example", []string{"eve"}, nil},
		{"cyd", []string{"cyd"}, nil},
		{"https://ada.example/post", nil, []string{"ada"}},
		{"https://ada.example/~dee/post", nil, []string{"dee"}},
		{"https://shared.example/@cyd/post", nil, []string{"cyd"}},
		{"https://shared.example/@zoe/post", nil, []string{"bob", "cyd"}},
		{"https://eve.example/elsewhere", nil, []string{"eve"}},
		{"https://ada.example/a post", nil, []string{"ada"}},
		{"https://nobody.example/", nil, nil},
		{"nobody", nil, nil},
	} {
		if got := w.named(c.asked); !slices.Equal(got, c.means) {
			t.Errorf("%s names %q; want %q", c.asked, got, c.means)
		}
		if got := w.atHost(c.asked); c.means == nil && !slices.Equal(got, c.posted) {
			t.Errorf("%s is perhaps a post of %q; want %q", c.asked, got, c.posted)
		}
	}
	cyd := w.feeds["cyd"]
	cyd.state.DuplicateOf = "bob"
	w.feeds["cyd"] = cyd
	if got := w.atHost("https://shared.example/@zoe/post"); !slices.Equal(got, []string{"bob"}) {
		t.Errorf("a duplicate's posts are the other's: %q", got)
	}
}

func TestLikeness(t *testing.T) {
	for _, c := range []struct {
		a, b string
		like bool
	}{
		{"about-bricks", "about-bricks", true},
		{"about-brick", "about-bricks", true},
		{"abuot-bricks-and-clay", "about-bricks-and-clay", true},
		{"about-bricks", "my-holiday", false},
		{"", "", false},
		{"ab", "ab", false},
	} {
		if n := likeness(c.a, c.b); n != likeness(c.b, c.a) || (n > 0.5) != c.like {
			t.Errorf("%q and %q: %v", c.a, c.b, n)
		}
	}
	for address, want := range map[string]string{
		"https://ada.example/2026/11/About_Bricks.html": "about-bricks", "https://ada.example/": "", "ada": "", "https://a.example/.net": "net",
	} {
		if got := lastPart(address); got != want {
			t.Errorf("%s ends with %q; want %q", address, got, want)
		}
	}
}

func TestPlacesAreWhatTheFilesHave(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	find := func(id, link string) []string {
		t.Helper()
		s, err := readSite(dir)
		if err != nil {
			t.Fatal(err)
		}
		return where(s.places(planet.Entry{Link: link}, id))
	}
	wants := func(id, link string, want ...string) {
		t.Helper()
		if got := find(id, link); !slices.Equal(got, want) {
			t.Errorf("%s: %q; want %q", id, got, want)
		}
	}
	wants("https://a.example/1?a=b&c", "")
	write("index.html", `<article class="h-entry" id="`+render.Anchor("https://a.example/1?a=b&c")+`"><p id="e1a2b3c4d-fn1"></article><article id=`+render.Anchor("2")+`>`)
	write("page/2/index.html", `<article id='`+render.Anchor("3")+`'>`)
	write("page/4/index.html", `<article id="`+render.Anchor("4")+`">`) // left over: no page 3
	write("atom.xml", `<feed xmlns="http://www.w3.org/2005/Atom"><id>2</id><entry><id>https://a.example/1?a=b&amp;c</id><source><id>3</id></source></entry><entry><id>urn:uuid:x</id></entry></feed>`)
	write("rss20.xml", `<rss><channel><item><guid>https://a.example/1?a=b&amp;c</guid></item><item><guid isPermaLink="false">2</guid></item></channel></rss>`)
	write("feed.json", `{"items":[{"id":"https://a.example/1?a=b\u0026c"},{"id":"urn:uuid:x"}]}`)
	wants("https://a.example/1?a=b&c", "", "index.html#"+render.Anchor("https://a.example/1?a=b&c"), "atom.xml", "rss20.xml", "feed.json")
	wants("2", "", "index.html#"+render.Anchor("2"), "atom.xml", "rss20.xml", "feed.json")
	wants("3", "", "page/2/index.html#"+render.Anchor("3"))
	wants("4", "")
	s, _ := readSite(dir)
	if p := s.places(planet.Entry{}, "2"); len(p) == 0 || p[0].page != 1 || p[0].number != 2 {
		t.Errorf("the second post of the first page: %+v", p)
	}
	// A theme without anchors has posts' links at least.
	write("index.html", `<h2><a class="u-url" href="https://a.example/1?a=b&amp;c">`)
	wants("x", "https://a.example/1?a=b&c&utm_source=feed", "index.html")
	wants("x", "")
	write("feed.json", "no JSON")
	wants("2", "", "atom.xml", "rss20.xml")
}
