package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
)

// TestPublished holds what the program publishes to what must be true of every page and feed, whatever the theme: valid,
// accessible, private, narrow enough, light enough, readable by others, and without a way in for what feeds bring.
//
// The planets are built once, and each test walks what it finds in their folders, so that a new kind of page is tested without
// a word here. Of each kind it takes a few, the largest first; PLANET_FULL=1 takes all, of more planets, on more screens.
// PLANET_SITE names other published folders that are to be held to the same, such as that of a theme of your own.
// What needs a tool is skipped where there is none: PLANET_BROWSER=required and PLANET_VALIDATORS=required make that a failure.
func TestPublished(t *testing.T) {
	if raceDetector {
		t.Skip("the same is published under the race detector, which other tests have for the program")
	}
	t.Parallel()
	demo, dir := demoSite(t)
	sites := []published{
		{name: "demo", dir: filepath.Join(dir, "public"), url: demo, ours: true},
		emptySite(t), failingSite(t), riverSite(t), hostileSite(t),
	}
	if _, err := os.Stat(sharedFeeds); full() && (err == nil || os.Getenv("PLANET_SHARED") == "required") {
		sites = append(sites, sharedSite(t))
	}
	for _, dir := range filepath.SplitList(os.Getenv("PLANET_SITE")) {
		sites = append(sites, published{name: filepath.Base(dir), dir: dir, given: true})
	}
	for i := range sites {
		if sites[i].url == "" {
			sites[i].url = serveSite(t, sites[i].dir)
		}
	}
	t.Run("places", func(t *testing.T) { t.Parallel(); testPlaces(t, sites) })
	t.Run("links", func(t *testing.T) { t.Parallel(); testLinks(t, sites) })
	t.Run("rebuilt", func(t *testing.T) { t.Parallel(); testRebuilt(t, sites) })
	t.Run("weight", func(t *testing.T) { t.Parallel(); testWeight(t, named(sites, "river")) })
	t.Run("html", func(t *testing.T) { t.Parallel(); testHTML(t, sites) })
	t.Run("feeds", func(t *testing.T) { t.Parallel(); testFeeds(t, sites) })
	t.Run("browser", func(t *testing.T) { t.Parallel(); testInBrowser(t, sites) })
	t.Run("lighthouse", func(t *testing.T) { testLighthouse(t, named(sites, "river")) })
}

// A published is a planet as it was published.
type published struct {
	name  string
	dir   string // the output folder
	url   string // where a browser finds it, with a slash at the end
	given bool   // it was published before, by somebody
	ours  bool   // the posts are ours as well, so that what is said of pages holds for their text too
}

func named(sites []published, name string) published {
	return sites[slices.IndexFunc(sites, func(s published) bool { return s.name == name })]
}

// files are up to n published files of each kind whose names end so, the largest of a kind first, or all if n is 0.
func (s published) files(t *testing.T, n int, ends ...string) (names []string) {
	t.Helper()
	kinds, size := map[string][]string{}, map[string]int64{}
	err := fs.WalkDir(os.DirFS(s.dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, ".") || !slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(name, end) }) {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		kinds[kindOf(name)] = append(kinds[kindOf(name)], name)
		size[name] = info.Size()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range kinds {
		slices.SortFunc(of, func(a, b string) int { return cmp.Or(cmp.Compare(size[b], size[a]), cmp.Compare(a, b)) })
		if n > 0 {
			of = of[:min(len(of), n)]
		}
		names = append(names, of...)
	}
	slices.Sort(names)
	return names
}

var digits = regexp.MustCompile(`^\d+`)

// kindOf is what a published path has in common with others of its kind: tags/X/index.html, N/N/N/index.html, history/N.xml.
func kindOf(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		switch {
		case digits.MatchString(p) && name != "404.html":
			parts[i] = digits.ReplaceAllString(p, "N")
		case i > 0 && i < len(parts)-1:
			parts[i] = "X"
		}
	}
	return strings.Join(parts, "/")
}

// address is where a browser asks for a published file.
func (s published) address(name string) string {
	name = strings.TrimSuffix(name, "index.html")
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(pathEscape(p), "+", "%2B")
	}
	return s.url + strings.Join(parts, "/")
}

// serveSite serves a published folder as planet serve does, without its reloading.
func serveSite(t *testing.T, dir string) string {
	t.Helper()
	v := &preview{}
	v.show(dir)
	server := httptest.NewServer(v.handler())
	t.Cleanup(server.Close)
	return server.URL + "/"
}

// newSite publishes a planet of these lines of feeds.yaml. "update" with feeds, or "build".
func newSite(t *testing.T, name, yaml string, args ...string) published {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "planet")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "feeds.yaml")
	if err := os.WriteFile(config, []byte(yaml), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := subprocess(t, append(args, "-q", "-c", config)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return published{name: name, dir: filepath.Join(dir, "public")}
}

// testRebuilt builds again: what didn't change isn't written, hence no reader sees anything new.
func testRebuilt(t *testing.T, sites []published) {
	for _, s := range sites {
		if s.given || s.name == "demo" {
			continue
		}
		before, err := treeState(s.dir)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := subprocess(t, "build", "-q", "-c", filepath.Join(s.dir, "..", "feeds.yaml")).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", s.name, err, out)
		}
		after, err := treeState(s.dir)
		if err != nil {
			t.Fatal(err)
		}
		if after != before {
			t.Errorf("%s: a second build changed\n%s", s.name, difference(before, after))
		}
	}
}

const loopback = "fetch: {per_host_gap: 0s, allow_private: [127.0.0.0/8]}\n"

func emptySite(t *testing.T) published {
	t.Helper()
	s := newSite(t, "empty", "title: Planet Empty\nurl: https://planet.example/\nfeeds: []\n", "build")
	s.ours = true
	return s
}

func failingSite(t *testing.T) published {
	t.Helper()
	server := feedtest.New(t) // has nothing
	s := newSite(t, "failing", "title: Planet Failing\nurl: https://planet.example/\n"+loopback+"feeds:\n  - {name: Ada, url: \""+server.URL+"/feed\"}\n", "update")
	s.ours = true
	return s
}

// riverSite has 30 posts of 10 KB and what every planet has, with the settings that nobody changed.
func riverSite(t *testing.T) published {
	t.Helper()
	server := feedtest.New(t)
	newest := time.Now().Add(-time.Hour).Truncate(time.Second)
	yaml := "title: Planet River\ndescription: Thirty posts of ten kilobytes\nurl: https://planet.example/\n" + loopback + "feeds:\n"
	for i := range 10 {
		items := feedtest.Items(fmt.Sprintf("writer-%d", i), 3, newest.Add(-time.Duration(i)*5*time.Hour))
		for j := range items {
			items[j].HTML = prose(uint64(i*3+j), 10_000)
			items[j].Tags = []string{"prose", fmt.Sprintf("tag %d", i)}
		}
		path := fmt.Sprintf("/%d", i)
		server.Handle(path, feedtest.Feed(feedtest.Atom(fmt.Sprintf("Writer %d", i), items...)))
		yaml += fmt.Sprintf("  - {name: Writer %d, url: %q}\n", i, server.URL+path)
	}
	s := newSite(t, "river", yaml, "update")
	s.ours = true
	return s
}

// sharedSite is a planet of all shared feeds.
func sharedSite(t *testing.T) published {
	t.Helper()
	dir := shared(t)
	server := feedtest.New(t)
	var yaml strings.Builder
	yaml.WriteString("title: Planet Shared\nurl: https://planet.example/\nshow: {per_page: 100, feed_entries: 0, flood: 0}\n" + loopback + "feeds:\n")
	for i, m := range lines[sharedLine](t, filepath.Join(dir, "manifest.jsonl")) {
		doc, err := os.ReadFile(filepath.Join(dir, m.File))
		if err != nil {
			t.Fatal(err)
		}
		path := fmt.Sprintf("/%d", i)
		server.Handle(path, feedtest.Feed(doc).With("Content-Type", m.ContentType))
		fmt.Fprintf(&yaml, "  - {name: %q, id: f%d, url: %q, groups: [group %d]}\n", m.File, i, server.URL+path, i%3)
	}
	return newSite(t, "shared", yaml.String(), "update")
}

// tool finds a program that a check needs. Where there is none the test is skipped, unless PLANET_VALIDATORS=required.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return path
}

// nodePackage is a file of a package that "npm ci" in e2e/ brings.
func nodePackage(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "e2e", "node_modules", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		missing(t, name)
	}
	return path
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("PLANET_VALIDATORS") == "required" {
		t.Fatalf("PLANET_VALIDATORS=required, but there is no %s", what)
	}
	t.Skipf("there is no %s here, see docs/testing.md; PLANET_VALIDATORS=required makes that a failure", what)
}
