package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // as main has

	"github.com/google/go-cmp/cmp"
	yaml "go.yaml.in/yaml/v4"

	"planet/internal/planet"
)

// equal compares what cmp can't look into.
var equal = cmp.Options{
	cmp.Comparer(func(a, b *regexp.Regexp) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
}

func TestEverything(t *testing.T) {
	c, err := Load("testdata/good/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs("testdata/good")
	if err != nil {
		t.Fatal(err)
	}
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	rule := func(line int, field, pattern string) planet.Rule {
		return planet.Rule{Tests: []planet.Test{{Field: field, Pattern: regexp.MustCompile(pattern)}}, Line: line}
	}
	test := func(field, pattern string) planet.Test {
		return planet.Test{Field: field, Pattern: regexp.MustCompile(pattern)}
	}
	keep := []planet.Rule{rule(88, "category", "gluster"), rule(89, "text", "(?i)glusterfs")}
	want := &Config{
		Path: "testdata/good/everything.yaml", Dir: dir,
		Title: "Planet Example", URL: "https://planet.example/news/", Description: "What people of Example write about storage.",
		Owner:    planet.Person{Name: "Jo", Email: "jo@planet.example", URI: "https://jo.example/"},
		Language: "pt-BR", Location: kolkata,
		Output: filepath.Join(dir, "out/site"), Database: filepath.Join(dir, "data/planet.db"), Theme: filepath.Join(dir, "theme"),
		Fetch: Fetch{
			Every: 90 * time.Minute, Timeout: 20 * time.Second, Deadline: 5 * time.Minute, Concurrency: 8, MaxSize: 2_621_440,
			Proxy: "socks5://jo:secret@proxy.example:1080", AllowPorts: []int{80, 443, 8080}, AllowPrivate: []string{"127.0.0.1/32", "fd00::/8"},
		},
		Show: Show{
			PerPage: 20, PerFeed: 7, MaxAge: 90 * 24 * time.Hour, Future: "wait", FollowDeletions: true, Mode: planet.Excerpt,
			Keep: []planet.Rule{rule(34, "lang", "^en")},
			Block: []planet.Rule{
				rule(36, "title", "(?i)sponsored"),
				{Tests: []planet.Test{test("author", "^Bot$"), test("any", "cheap"), test("any", "(?i)buy")}, Line: 37},
			},
		},
		Pages:     Pages{Entries: true, Images: "local", Embeds: "frame", Compress: []string{"gz", "br"}},
		Syndicate: Syndicate{Variant: "short", Hub: "https://hub.example/"},
		Limits: Limits{
			Items: 100, MaxItems: 1000, Depth: 64, Namespaces: 50, Elements: 900, Tag: 100_000, Markup: 9000, Shown: 1_000_000, Title: 500, URL: 2000, Content: 100_000, Authors: 3, Tags: 4,
			Enclosures: 5, Revisions: 6, Header: 32_768, Memory: 64_000_000, Connect: time.Second, TLS: 2 * time.Second, Response: 3 * time.Second,
			Interval: 48 * time.Hour, RetryAfter: 12 * time.Hour,
			Image: 2_000_000, ImagePixels: 1000, ImageTries: 9, Images: 10, ImagesRun: 50, ImagesDisk: 1 << 30,
		},
		Hide: []planet.Hide{
			{Link: "https://jo.example/ad/", Why: "advertising", Line: 72},
			{Link: "tag:jo.example,2020:1", Line: 74},
		},
		Aliases: map[string]string{"feed.xml": "atom.xml", "old/index.html": "index.html"},
		Feeds: []planet.Feed{
			{
				ID: "kshlm", Name: "Kaushal M", URL: "http://jo:secret@kshlm.in:80/index.xml", Site: "https://kshlm.in/",
				Avatar: filepath.Join(dir, "avatars/kshlm.png"), Lang: "en", Groups: []string{"gluster", "C++", "2020"},
				Keep: keep, Block: []planet.Rule{rule(90, "link", "/private/")}, Mode: planet.Link, Flood: 20,
				Every: 14 * 24 * time.Hour, Paused: true, Insecure: true, Extra: map[string]string{"irc": "kshlm", "since": "2015"},
			},
			{ID: "2020", Name: "2020", URL: "https://kim.example/", Keep: keep, Mode: planet.Full, PerFeed: 7},
			{ID: "zoë", Name: "Zoë", URL: "https://kim.example/?feed=zoe", Keep: keep, Mode: planet.Full, PerFeed: 7},
			{ID: "community-blog", Name: "Community blog", PerFeed: 7},
		},
		Lines: map[string]Lines{"kshlm": {80, 84}, "2020": {98, 0}, "zoë": {105, 0}, "community-blog": {109, 0}},
		Posts: map[string]string{"community-blog": filepath.Join(dir, "blog")},
		Lists: []List{{URL: "https://jo.example/opml.xml"}},
	}
	c.Hash = ""
	if diff := cmp.Diff(want, c, equal); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if c.Feeds[0].Keep[0].Tests[0].Pattern != c.Feeds[2].Keep[0].Tests[0].Pattern {
		t.Error("equal patterns were compiled twice")
	}
}

func TestEverythingUsesEveryKey(t *testing.T) {
	data, err := os.ReadFile("testdata/good/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := Default()
	c.Dir = "testdata/good"
	d := newDecoder(&c, data)
	read := map[string]bool{}
	for _, p := range d.places {
		for i, k := range p.keys {
			p.keys[i].read = func(n *yaml.Node) {
				read[p.name+" "+k.name] = true
				k.read(n)
			}
		}
	}
	d.mapping(d.document(), d.places[0])
	for _, p := range d.places {
		for _, k := range p.keys {
			if !read[p.name+" "+k.name] {
				t.Errorf("%s: %s is not in everything.yaml", p.name, k.name)
			}
		}
	}
}

func TestDefaults(t *testing.T) {
	c, err := Parse("/srv/planet/feeds.yaml", []byte("title: Planet\nurl: https://planet.example\nfetch: ~\nshow:\n  mode:\nfeeds: []\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Path, want.Dir = "/srv/planet/feeds.yaml", "/srv/planet"
	want.Title, want.URL = "Planet", "https://planet.example/"
	want.Output, want.Database = "/srv/planet/public", "/srv/planet/planet.db"
	want.Feeds, want.Lines = []planet.Feed{}, map[string]Lines{}
	c.Hash = ""
	if diff := cmp.Diff(&want, c, equal); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A hint that shows how a key is written must itself be right.
func TestExamplesAreRight(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"avatars", "blog", "theme"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "avatars/kshlm.png"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	c := Default()
	for _, p := range newDecoder(&c, nil).places {
		for _, k := range p.keys {
			line := k.name + ": " + k.example
			var yaml string
			switch p.name {
			case "top level":
				yaml = line
			case "feeds":
				yaml = "feeds: [{name: Jo, url: https://jo.example/feed.xml}]"
				if k.name == "name" {
					yaml = strings.Replace(yaml, "name: Jo", line, 1)
				} else if k.name == "url" || k.name == "posts" {
					yaml = strings.Replace(yaml, "url: https://jo.example/feed.xml", line, 1)
				} else {
					yaml = strings.Replace(yaml, "}", ", "+line+"}", 1)
				}
			case "rules":
				yaml = "show: {keep: [{" + line + "}]}"
			case "hide":
				yaml = "hide: [{link: x, " + line + "}]"
				if k.name == "link" || k.name == "id" {
					yaml = "hide: [{" + line + "}]"
				}
			case "lists":
				yaml = "lists: [{" + line + "}]"
			default:
				yaml = p.name + ": {" + line + "}"
			}
			for _, required := range []string{"title: Planet", "url: https://planet.example/"} {
				if key, _, _ := strings.Cut(required, ":"); p.name != "top level" || k.name != key {
					yaml = required + "\n" + yaml
				}
			}
			if _, err := Parse(filepath.Join(dir, "feeds.yaml"), []byte(yaml)); err != nil {
				t.Errorf("%s: %s: %v", p.name, k.name, err)
			}
		}
	}
}

func TestShippedFilesLoad(t *testing.T) {
	for file, feeds := range map[string]int{"../../feeds.yaml": 12, "../../cmd/planet/starter.yaml": 0} {
		c, err := Load(file)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if len(c.Feeds) < feeds {
			t.Errorf("%s has %d feeds, want at least %d", file, len(c.Feeds), feeds)
		}
	}
}

func TestDocsNameEveryKey(t *testing.T) {
	docs, err := os.ReadFile("../../docs/config.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for part := range strings.SplitSeq(string(docs), "\n## ") {
		title, _, _ := strings.Cut(part, "\n")
		sections[title] = part
	}
	c := Default()
	for _, p := range newDecoder(&c, nil).places {
		section, ok := sections[p.name]
		if !ok {
			t.Errorf("docs/config.md has no heading %q", "## "+p.name)
			continue
		}
		for _, k := range p.keys {
			if !strings.Contains(section, "| `"+k.name+"` |") {
				t.Errorf("docs/config.md, %q: no row for %q", p.name, k.name)
			}
		}
	}
}

func TestLoadWithoutFile(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ path, want string }{
		{filepath.Join(dir, "feeds.yaml"), "no such file\nhint: \"planet init\" writes one to start from, --config names another"},
		{dir, "is a folder, not a file\nhint: name the file in it: " + filepath.Join(dir, "feeds.yaml")},
		{"config.go/feeds.yaml", "cannot be read: not a directory"},
	} {
		_, err := Load(tt.path)
		if err == nil || err.Error() != tt.path+": "+tt.want {
			t.Errorf("Load(%q): %v", tt.path, err)
		}
	}
	_, err := Load(filepath.Join(dir, "feeds.yaml"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	var m Mistake
	if !errors.As(err, &m) || m.Hint == "" || m.Line != 0 {
		t.Errorf("not a Mistake: %+v", m)
	}
}

func TestManyMistakesAreCut(t *testing.T) {
	yaml := "title: Planet\nurl: https://planet.example/\nfeeds:\n" + strings.Repeat("  - colour: red\n", 17)
	_, err := Parse("feeds.yaml", []byte(yaml))
	if err == nil || !strings.HasSuffix(err.Error(), "\n… and 31 more") {
		t.Errorf("%v", err)
	}
}

// Merges of merges of a mapping with a mistake in it: the decoder must give up.
func TestMistakesThatAliasesMultiply(t *testing.T) {
	data, err := os.ReadFile("testdata/bad/alias-bomb.yaml")
	if err != nil {
		t.Fatal(err)
	}
	data = []byte(strings.Replace(string(data), "name: Jo,", "ame: Jo,", 1))
	var mistakes Mistakes
	if _, err := Parse("feeds.yaml", data); !errors.As(err, &mistakes) || len(mistakes) != 1 || mistakes[0].Hint != `did you mean "name"?` {
		t.Errorf("%v", err)
	}
}

// Of flood as of per_feed: a feed's own number, else that of show:, also when show: comes later; 0 is a number.
func TestNumbersOfShowAreDefaults(t *testing.T) {
	yaml := "title: Planet\nurl: https://planet.example/\nfeeds:\n" +
		"- {name: a, url: https://a.example/}\n- {name: b, url: https://b.example/, flood: 0, per_feed: 0}\n- {name: c, url: https://c.example/, flood: 9}\n"
	for show, want := range map[string][6]int{
		"":                              {5, 0, 0, 0, 9, 0},
		"show: {flood: 7, per_feed: 3}": {7, 3, 0, 0, 9, 3},
	} {
		c, err := Parse("feeds.yaml", []byte(yaml+show))
		if err != nil {
			t.Fatal(err)
		}
		var got [6]int
		for i, f := range c.Feeds {
			got[2*i], got[2*i+1] = f.Flood, f.PerFeed
		}
		if got != want {
			t.Errorf("%q: %v, want %v", show, got, want)
		}
	}
}

func TestNameIsComposedBeforeItBecomesID(t *testing.T) {
	yaml := "title: Planet\nurl: https://planet.example/\nfeeds: [{name: \"Zoe\u0308\", url: https://zoe.example/}]\n"
	c, err := Parse("feeds.yaml", []byte(yaml))
	if err != nil || c.Feeds[0].ID != "zo\u00eb" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestDurations(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "30s": 30 * time.Second, "1h30m": 90 * time.Minute, "90d": 2160 * time.Hour, "1w2d3h": 219 * time.Hour,
		"1.5d": 36 * time.Hour, "250ms": 250 * time.Millisecond, "10µs": 10 * time.Microsecond,
	} {
		if got, bad := parseDuration(s); bad != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, bad)
		}
	}
	for _, s := range []string{"", "-1s", "30", "1.5", "d", "1x", "1 h", "1h-2m", "1h 2m", "inf", "1e3s", "1..5h", "999999999w", "292y", "+1s", "9999999h"} {
		if got, bad := parseDuration(s); bad == nil {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestSizes(t *testing.T) {
	for s, want := range map[string]int64{
		"0": 0, "1234": 1234, "1B": 1, "10MB": 10_000_000, "10 MB": 10_000_000, "1.5kB": 1500, "1KB": 1000, "2GB": 2_000_000_000,
		"1KiB": 1024, "1MiB": 1 << 20, "1GiB": 1 << 30,
	} {
		if got, bad := parseSize(s); bad != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, bad)
		}
	}
	for _, s := range []string{"", "MB", "-1", "10M", "10mb", "1e6", "1.2.3kB", "10 MB 5", "99999999999999999999", "1TB"} {
		if got, bad := parseSize(s); bad == nil {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestPasswordsAreNeverShown(t *testing.T) {
	for _, address := range []string{
		"ftp://jo:secret@jo.example/", "https://jo:sec/ret@jo.example/", "https://jo:secret@jo.example:99999/", "https://secret@/",
		"https://jo:secret@jo.example/%zz", "https://jo:secret@@jo.example:x/", "jo:secret@jo.example", "https://jo:secret@jo.example/ x",
		"https://jo:secret#x@jo.example/",
	} {
		yaml := "title: Planet\nurl: https://planet.example/\nfeeds: [{name: Jo, url: '" + address + "'}]\n"
		_, err := Parse("feeds.yaml", []byte(yaml))
		if err == nil {
			t.Errorf("%s: no mistake", address)
		} else if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "sec/ret") {
			t.Errorf("%v", err)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.yaml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("testdata/bad/feeds.yaml", data)
		var mistakes Mistakes
		switch {
		case err == nil && (c.Title == "" || !strings.HasSuffix(c.URL, "/")):
			t.Errorf("incomplete: %+v", c)
		case err != nil && !errors.As(err, &mistakes):
			t.Errorf("%T: %v", err, err)
		}
		lines := splitLines(string(data))
		for _, m := range mistakes {
			if m.Line < 1 || m.Line > len(lines) || m.Col < 1 || m.Col > len([]rune(lines[m.Line-1]))+1 {
				t.Errorf("%d:%d is outside the file: %v", m.Line, m.Col, m)
			}
		}
	})
}
