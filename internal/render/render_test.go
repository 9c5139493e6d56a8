package render

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// river renders all pages of a river with the built-in theme.
func river(t *testing.T, site Site, r River) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for file, err := range load(t, "").River(site, r) {
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := pages[file.Path]; twice {
			t.Errorf("%s is written twice", file.Path)
		}
		pages[file.Path] = string(file.Data)
	}
	return pages
}

// post renders one entry of the small planet, after change.
func post(t *testing.T, change func(*Site, *planet.Entry)) string {
	t.Helper()
	site, entries := small()
	change(&site, &entries[0])
	page := river(t, site, River{Entries: entries[:1]})["index.html"]
	from, to := strings.Index(page, "<article"), strings.Index(page, "</article>")
	if from < 0 || to < 0 {
		t.Fatalf("no article in\n%s", page)
	}
	return page[from:to]
}

func want(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(page, part) {
			t.Errorf("%q is missing in\n%s", part, page)
		}
	}
}

func refuse(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(page, part) {
			t.Errorf("%q should not be in\n%s", part, page)
		}
	}
}

// version is in the addresses of assets. Goldens don't hold it, or every change of the style sheet would change them.
var version = regexp.MustCompile(`\?v=[0-9a-f]{8}"`)

func TestGoldenPages(t *testing.T) {
	site, entries := small()
	pages := river(t, site, River{Entries: entries, PerPage: 2})
	notFound, err := load(t, "").NotFound(site)
	if err != nil {
		t.Fatal(err)
	}
	pages[notFound.Path] = string(notFound.Data)
	for path, page := range pages {
		if !version.MatchString(page) {
			t.Errorf("%s: assets have no version", path)
		}
		got := version.ReplaceAll([]byte(page), []byte(`?v=HASH"`))
		golden := filepath.Join("testdata", strings.ReplaceAll(path, "/", "-"))
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if wanted, _ := os.ReadFile(golden); !bytes.Equal(got, wanted) {
			t.Errorf("%s differs from %s (-update rewrites it); got\n%s", path, golden, got)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	site, entries := nasty()
	if !maps.Equal(river(t, site, River{Entries: entries}), river(t, site, River{Entries: entries})) {
		t.Error("two renderings differ")
	}
}

func TestPagination(t *testing.T) {
	site, _ := small()
	var entries []planet.Entry
	for range 13 {
		entries = append(entries, entry("ines", strings.Repeat("x", len(entries)), "A title", "<p>Text</p>", 20))
	}
	for name, test := range map[string]struct {
		river River
		paths []string
	}{
		"one page":        {River{Entries: entries}, []string{"index.html"}},
		"all pages":       {River{Entries: entries, PerPage: 5}, []string{"index.html", "page/2/index.html", "page/3/index.html"}},
		"not all entries": {River{Entries: entries, PerPage: 5, MaxPages: 2}, []string{"index.html", "page/2/index.html"}},
		"just full":       {River{Entries: entries[:10], PerPage: 5}, []string{"index.html", "page/2/index.html"}},
		"nothing":         {River{PerPage: 5}, []string{"index.html"}},
	} {
		if got := slices.Sorted(maps.Keys(river(t, site, test.river))); !slices.Equal(got, test.paths) {
			t.Errorf("%s: got %v, want %v", name, got, test.paths)
		}
	}
	pages := river(t, site, River{Entries: entries, PerPage: 5})
	want(t, pages["index.html"], `rel="next" href="page/2/"`, `<title>Planet Teapot</title>`, `rel="canonical" href="https://planet.example/tea/"`)
	refuse(t, pages["index.html"], `rel="prev"`)
	want(t, pages["page/2/index.html"], `rel="prev" href="../../"`, `rel="next" href="../../page/3/"`, "Page 2</title>",
		`href="https://planet.example/tea/page/2/"`, `src="../../assets/avatars/ines.png"`, `href="../../atom.xml"`, `src="../../assets/planet.js`)
	refuse(t, pages["page/3/index.html"], `rel="next"`)
}

var address = regexp.MustCompile(` (?:href|src)="([^"]*)"`)

func TestLinksWithinTheSiteAreRelative(t *testing.T) {
	site, entries := nasty()
	for path, page := range river(t, site, River{Entries: entries, PerPage: 5}) {
		for _, m := range address.FindAllStringSubmatch(page, -1) {
			if strings.HasPrefix(m[1], "/") {
				t.Errorf("%s links to %s", path, m[1])
			}
		}
	}
	file, err := load(t, "").NotFound(site)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range address.FindAllStringSubmatch(string(file.Data), -1) {
		if !strings.HasPrefix(m[1], "/tea/") && !strings.HasPrefix(m[1], "#") && !strings.Contains(m[1], ":") {
			t.Errorf("404.html, which is served at any depth, links to %s", m[1])
		}
	}
}

func TestDaysFollowThePlanetsZone(t *testing.T) {
	site, entries := small()
	site.Location = time.FixedZone("KIT", 12*3600)
	page := river(t, site, River{Entries: entries[:1]})["index.html"]
	want(t, page, `<h2><time datetime="2026-11-23">Monday, 23 November 2026</time></h2>`,
		`datetime="2026-11-22T14:05:00Z" title="Monday, 23 November 2026, 02:05 KIT">02:05</time>`)
	site.Location = nil
	want(t, river(t, site, River{Entries: entries[:1]})["index.html"], "Sunday, 22 November 2026, 14:05 UTC")
}

func TestEmptyRiverSaysWhy(t *testing.T) {
	site, _ := small()
	for reason, words := range map[Empty]string{
		NoFeeds: "Nobody is here yet", Failing: "Nobody could be reached", Filtered: "Nothing to show just now", Waiting: "Nothing here yet", "": "Nothing here yet",
	} {
		page := river(t, site, River{Empty: reason})["index.html"]
		want(t, page, "<h2>"+words+"</h2>")
		refuse(t, page, "<article", "feeds.yaml") // which visitors know nothing of
	}
	// Who finds nobody here can still subscribe.
	site.Feeds = nil
	for _, reason := range []Empty{NoFeeds, Waiting, ""} {
		want(t, river(t, site, River{Empty: reason})["index.html"], `href="atom.xml" type="application/atom+xml"`)
	}
}

// unread is what walk doesn't look into.
var unread = regexp.MustCompile(`(?s)<script.*?</script>|</?noscript>`)

// TestPagesAreWellFormed checks what a validator would complain of first: headings out of order, an id that is there twice,
// an image without alt, a style attribute that the content security policy forbids.
func TestPagesAreWellFormed(t *testing.T) {
	site, entries := nasty()
	pages := river(t, site, River{Entries: entries})
	for _, name := range builtIns {
		theme := load(t, name)
		for _, lang := range []string{"en", "ar", "pl"} {
			site, entries := sampleSite()
			site.Lang = lang
			for i, page := range theme.samplePages(site, entries) {
				file, err := page()
				if err != nil {
					t.Fatal(err)
				}
				pages[fmt.Sprintf("%s, %s, %d: %s", name, lang, i, file.Path)] = string(file.Data)
			}
		}
	}
	heading := regexp.MustCompile(`<h([1-6])[ >]`)
	id := regexp.MustCompile(` id="([^"]*)"`)
	img := regexp.MustCompile(`<img [^>]*>`)
	for path, page := range pages {
		if n := strings.Count(page, "<h1"); n != 1 {
			t.Errorf("%s has %d h1", path, n)
		}
		level := "0"
		for _, m := range heading.FindAllStringSubmatch(page, -1) {
			if m[1][0] > level[0]+1 {
				t.Errorf("%s: h%s follows h%s", path, m[1], level)
			}
			level = m[1]
		}
		seen := map[string]bool{}
		for _, m := range id.FindAllStringSubmatch(page, -1) {
			if seen[m[1]] {
				t.Errorf("%s: id %q twice", path, m[1])
			}
			seen[m[1]] = true
		}
		for _, tag := range img.FindAllString(page, -1) {
			if !strings.Contains(tag, ` alt="`) {
				t.Errorf("%s: no alt: %.100s", path, tag)
			}
		}
		refuse(t, page, " style=", "<style", "ZgotmplZ", "javascript:")
		_, body, _ := strings.Cut(unread.ReplaceAllString(page, ""), "<body>")
		if ok := walk(body[:strings.Index(body, "</body>")], func(tag, int) {}); !ok {
			t.Errorf("%s isn't balanced", path)
		}
	}
}

// TestAssetsAreSmall holds the theme to its size: what a page loads beside its posts.
func TestAssetsAreSmall(t *testing.T) {
	limits := map[string]int{"assets/style.css": 18_000, "assets/planet.js": 5_500, "assets/search.js": 5_500, "assets/favicon.svg": 1_000, "assets/feed.css": 4_500}
	sum, scripts := 0, 0
	for file, err := range load(t, "").Assets() {
		if err != nil {
			t.Fatal(err)
		}
		if limit, known := limits[file.Path]; !known || len(file.Data) > limit {
			t.Errorf("%s has %d bytes, %d are allowed", file.Path, len(file.Data), limit)
		}
		if strings.HasSuffix(file.Path, ".js") {
			scripts += len(file.Data)
		}
		if file.Path != "assets/search.js" && file.Path != "assets/feed.css" { // which few pages load
			sum += len(file.Data)
		}
		delete(limits, file.Path)
	}
	if delete(limits, "assets/feed.css"); len(limits) > 0 {
		t.Errorf("missing: %v", limits)
	}
	if sum > 25_000 || scripts > 10<<10 {
		t.Errorf("%d bytes on every page, %d bytes of scripts", sum, scripts)
	}
}
