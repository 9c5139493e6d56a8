package site

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"planet/internal/clean"
	"planet/internal/planet"
	"planet/internal/render"
	"planet/internal/selection"
	"planet/internal/store"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// builder is a planet of one feed with the given titles, newest first, an hour apart.
func builder(t *testing.T, titles ...string) *Builder {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "planet.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	theme, err := render.Load("")
	if err != nil {
		t.Fatal(err)
	}
	b := &Builder{
		Store: db, Theme: theme, Out: filepath.Join(t.TempDir(), "public"), Log: slog.New(slog.DiscardHandler),
		Plan: Plan{
			Config: "1", Title: "P", URL: "https://p.example/", Lang: "en", Location: time.UTC, Mode: planet.Full,
			Feeds: []planet.Feed{{ID: "ada", Name: "Ada", URL: "https://ada.example/feed"}}, PerPage: 2, FeedEntries: 3,
		},
	}
	record(t, b, titles...)
	return b
}

func record(t *testing.T, b *Builder, titles ...string) {
	t.Helper()
	var entries []planet.Entry
	for i, title := range titles {
		entries = append(entries, planet.Entry{GUID: title, Title: title, Published: now.Add(-time.Duration(i) * time.Hour)})
	}
	recordEntries(t, b, entries...)
}

func recordEntries(t *testing.T, b *Builder, entries ...planet.Entry) {
	t.Helper()
	states, err := b.Store.SyncFeeds(t.Context(), b.Feeds)
	if err != nil {
		t.Fatal(err)
	}
	var items []planet.Item
	for _, e := range entries {
		items = append(items, planet.Item{GUID: e.GUID, Title: planet.Text{Type: planet.PlainText, Body: e.Title}, Published: e.Published})
	}
	in, err := store.Incomings(items)
	if err != nil {
		t.Fatal(err)
	}
	for i := range in {
		in[i].Settled(entries[i])
	}
	is := states["ada"]
	is.Fetched, is.LastStatus, is.Site, is.Lang = now, 200, "https://ada.example/", "fr"
	if _, _, err := b.Store.Record(t.Context(), store.Note{Was: states["ada"], Is: is}, store.Document{Version: 1, Items: in}); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, b *Builder, at time.Time) Report {
	t.Helper()
	r, err := b.Run(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func read(t *testing.T, b *Builder, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(b.Out, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRiverIsSplitIntoPagesAndFeedsAreCapped(t *testing.T) {
	titles := strings.Fields("one two three four five six seven eight nine ten eleven twelve")
	b := builder(t, titles...)
	run(t, b, now)
	for i, page := range []string{"index.html", "page/2/index.html", "page/3/index.html", "page/4/index.html", "page/5/index.html"} {
		text := read(t, b, page)
		for j, title := range titles {
			if strings.Contains(text, ">"+title+"<") != (j/2 == i) {
				t.Errorf("%s: is %q there? %v", page, title, j/2 != i)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(b.Out, "page/6")); err == nil {
		t.Error("there is a sixth page")
	}
	if n := strings.Count(read(t, b, "atom.xml"), "<entry "); n != 3 {
		t.Errorf("atom.xml has %d entries, want 3", n)
	}
	if !strings.Contains(read(t, b, "opml.xml"), `htmlUrl="https://ada.example/"`) {
		t.Error("the site that the feed names is not in opml.xml")
	}
}

func TestOnlyWhatChangedIsDone(t *testing.T) {
	b := builder(t, "one")
	if r := run(t, b, now); r.Current || r.Written == 0 {
		t.Fatalf("first run: %+v", r)
	}
	if r := run(t, b, now.Add(time.Hour)); !r.Current {
		t.Fatalf("nothing changed: %+v", r)
	}
	record(t, b, "one")
	if r := run(t, b, now); !r.Current {
		t.Errorf("the same document came again: %+v", r)
	}
	record(t, b, "two", "one")
	if r := run(t, b, now); r.Current || r.Written == 0 || r.Unchanged == 0 {
		t.Errorf("a post came: %+v", r)
	}
	b.Config = "2"
	if r := run(t, b, now); r.Current || r.Written != 0 {
		t.Errorf("feeds.yaml changed, though nothing that shows: %+v", r)
	}
	if err := os.Remove(filepath.Join(b.Out, "atom.xml")); err != nil {
		t.Fatal(err)
	}
	if r := run(t, b, now); r.Written != 1 {
		t.Errorf("a file was missing: %+v", r)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "assets"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "assets", "custom.css"), []byte(":root{--accent:red}"), 0o644); err != nil {
		t.Fatal(err)
	}
	theme, err := render.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	b.Theme = theme
	if r := run(t, b, now); r.Written == 0 {
		t.Errorf("the theme changed: %+v", r)
	}
}

func TestTimeAloneChangesTheSiteWhenItsMomentHasCome(t *testing.T) {
	b := builder(t, "one")
	b.Rules = selection.Rules{MaxAge: 48 * time.Hour}
	run(t, b, now)
	if r := run(t, b, now.Add(47*time.Hour)); !r.Current {
		t.Errorf("too early: %+v", r)
	}
	if r := run(t, b, now.Add(48*time.Hour)); r.Current || r.Hidden[selection.MaxAge] != 1 {
		t.Errorf("after 48 hours: %+v", r)
	}
}

func TestAvatarsArePublishedAndMissed(t *testing.T) {
	b := builder(t, "one")
	b.Feeds[0].Avatar = filepath.Join(t.TempDir(), "Ada.PNG")
	if _, err := b.Run(t.Context(), now); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "Ada") {
		t.Errorf("a missing avatar: %v", err)
	}
	write := func(data []byte) {
		t.Helper()
		if err := os.WriteFile(b.Feeds[0].Avatar, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(square(t, 200, color.NRGBA{200, 30, 30, 255}))
	run(t, b, now)
	first := read(t, b, "assets/avatars/ada.png")
	if cfg, err := png.DecodeConfig(strings.NewReader(first)); err != nil || cfg.Width != 96 || cfg.Height != 96 || !strings.Contains(read(t, b, "index.html"), "assets/avatars/ada.png") {
		t.Errorf("the avatar is not on the site as a small picture: %+v, %v", cfg, err)
	}
	record(t, b, "two", "one") // a build of a part leaves it, and knows it
	if run(t, b, now); read(t, b, "assets/avatars/ada.png") != first || !strings.Contains(read(t, b, "index.html"), "assets/avatars/ada.png") {
		t.Error("the avatar is gone")
	}
	write(square(t, 200, color.NRGBA{30, 30, 200, 255}))
	if run(t, b, now); read(t, b, "assets/avatars/ada.png") == first {
		t.Error("the old avatar is shown")
	}
	write([]byte("no picture")) // then there are initials
	if run(t, b, now); strings.Contains(read(t, b, "index.html"), "assets/avatars/ada") {
		t.Error("what is no picture is shown")
	}
	if _, err := os.Stat(filepath.Join(b.Out, "assets/avatars/ada.png")); err == nil {
		t.Error("the old avatar is still there")
	}
}

// square is a picture of one colour.
func square(t *testing.T, side int, c color.Color) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.Draw(m, m.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFeedsYAMLKnowsABlogsLanguageBetterThanItsFeed(t *testing.T) {
	b := builder(t, "one")
	for _, c := range []struct{ listed, want string }{{"", `lang="fr"`}, {"de", `lang="de"`}} {
		b.Feeds[0].Lang, b.Config = c.listed, c.listed
		run(t, b, now)
		if !strings.Contains(read(t, b, "atom.xml"), "xml:"+c.want) || !strings.Contains(read(t, b, "index.html"), c.want) {
			t.Errorf("listed as %q: no %s", c.listed, c.want)
		}
	}
}

// TestHTMLTakesTheFormOfWhereItIsPublished has an embed and a footnote in a post, and looks at them in pages and in feeds, before and
// after feeds.yaml asks for frames.
func TestHTMLTakesTheFormOfWhereItIsPublished(t *testing.T) {
	const embed = `<a class="embed" href="https://vimeo.com/1" title="Tea"></a>`
	const note = `<a href="#e1a2b3c4d-fn1">1</a>`
	b := builder(t)
	recordEntries(t, b, planet.Entry{GUID: "1", Title: "One", Link: "https://ada.example/1", Content: "<p>" + embed + note + "</p>", Excerpt: "Tea", Published: now})
	has := func(path string, want ...string) {
		t.Helper()
		text := read(t, b, path)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s holds no %s\n%s", path, w, text)
			}
		}
	}
	run(t, b, now)
	has("index.html", `title="Tea">▶ Tea</a>`+note, "frame-src 'none'")
	has("feed.json", `▶ Tea</a><a href=\"https://ada.example/1#fn1\">1</a>`)
	b.Frames, b.Config = true, "2" // whatever changes in feeds.yaml changes both
	run(t, b, now)
	has("index.html", `<iframe class="embed" src="https://player.vimeo.com/video/1?dnt=1" title="Tea"`, "frame-src https://www.youtube-nocookie.com https://player.vimeo.com ")
	has("feed.json", `▶ Tea</a><a href=\"https://ada.example/1#fn1\">1</a>`)

	stored := []planet.Entry{{Link: "https://ada.example/1?utm_source=feed", Summary: embed, Teaser: embed + note}}
	page, feed := b.forPages(stored, clean.Form{Frames: true})[0], forFeeds(stored, clean.Form{})[0]
	if !strings.HasPrefix(page.Summary, "<iframe") {
		t.Errorf("a summary in a page: %s", page.Summary)
	}
	for _, teaser := range []string{page.Teaser, feed.Teaser} {
		if !strings.Contains(teaser, `▶ Tea</a><a href="https://ada.example/1#fn1">`) {
			t.Errorf("a teaser: %s", teaser)
		}
	}
	if page.Link != "https://ada.example/1" || feed.Link != page.Link {
		t.Errorf("links that track: %s, %s", page.Link, feed.Link)
	}
	if stored[0].Teaser != embed+note {
		t.Error("what is stored was changed")
	}
}

func TestWhyTheRiverIsEmpty(t *testing.T) {
	feeds := []planet.Feed{{ID: "ada"}, {ID: "bob"}}
	well := store.State{Fetched: now}
	failing := store.State{Fetched: now, LastError: "no"}
	hidden := river{hidden: map[selection.Reason]int{selection.Keep: 1}}
	gone := river{hidden: map[selection.Reason]int{selection.Removed: 1}}
	for _, c := range []struct {
		feeds  []planet.Feed
		states map[string]store.State
		river  river
		want   render.Empty
	}{
		{nil, nil, river{}, render.NoFeeds},
		{feeds, nil, river{}, render.Waiting},
		{feeds, map[string]store.State{"ada": failing, "bob": failing}, river{}, render.Failing},
		{feeds, map[string]store.State{"ada": failing}, river{}, render.Failing},
		{feeds, map[string]store.State{"ada": failing, "bob": well}, river{}, render.Waiting},
		{feeds, map[string]store.State{"ada": failing, "bob": failing}, hidden, render.Filtered},
		{feeds, map[string]store.State{"ada": failing, "bob": failing}, gone, render.Failing},
		{feeds, map[string]store.State{"ada": well}, river{shown: []planet.Entry{{}}}, ""},
	} {
		if got := empty(c.feeds, c.states, c.river); got != c.want {
			t.Errorf("%v: got %q, want %q", c.states, got, c.want)
		}
	}
}

func TestAFailureLeavesTheSiteAsItWas(t *testing.T) {
	b := builder(t, "one")
	run(t, b, now)
	before := read(t, b, "index.html")
	record(t, b, "two", "one")
	b.Aliases, b.Config = map[string]string{"x.xml": "nothing.xml"}, "2"
	if _, err := b.Run(t.Context(), now); err == nil || !strings.Contains(err.Error(), "nothing.xml") {
		t.Fatalf("an alias of nothing: %v", err)
	}
	if read(t, b, "index.html") != before {
		t.Error("the page changed")
	}
}

// A teaser counts as the text it is, and goes with it.
func TestTeasersAreBounded(t *testing.T) {
	b := &Builder{Plan: Plan{MaxText: 100}}
	long := strings.Repeat("x", 60)
	size := 0
	first := b.bounded(planet.Entry{Content: long, Teaser: long}, &size)
	second := b.bounded(planet.Entry{Content: "y", Teaser: long, Excerpt: "beginning"}, &size)
	if first.Teaser != long || size != 60 || second.Teaser != "" || second.Content != "" || second.Excerpt == "" {
		t.Errorf("%d bytes: %+v, %+v", size, first, second)
	}
}

func TestAliases(t *testing.T) {
	for _, c := range []struct{ alias, of, want string }{
		{"feed.xml", "atom.xml", ""},
		{"old/feed.xml", "authors/ada/atom.xml", ""},
		{"home.html", "index.html", ""},
		{"blog/index.html", "tags/index.html", ""},
		{"atom.xml", "rss20.xml", "the planet's own"},
		{"2026/x.xml", "atom.xml", "the planet's own"},
		{"search/x.xml", "atom.xml", "the planet's own"},
		{"x.xml", "nothing.xml", "not published"},
		{"blog.html", "page/2/index.html", "links lead elsewhere"},
	} {
		err := CheckAliases(map[string]string{c.alias: c.of})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s for %s: %v, want %q", c.alias, c.of, err, c.want)
		}
	}
}
