package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// atomSchema is RFC 4287's RELAX NG; it lies beside the shared feeds.
const atomSchema = "../../../shared/schema/atom.rnc"

// testFeeds has every feed read by those who will read it.
func testFeeds(t *testing.T, sites []published) {
	n := 1
	if full() {
		n = 0
	}
	t.Run("xmllint", func(t *testing.T) { t.Parallel(); testXMLLint(t, sites, n) })
	t.Run("jing", func(t *testing.T) { t.Parallel(); testJing(t, sites, n) })
	t.Run("not modified", func(t *testing.T) { t.Parallel(); testNotModified(t, sites) })
	for _, s := range sites {
		if !full() && s.name != "hostile" {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			t.Run("feedparser", func(t *testing.T) { testFeedparser(t, s, n) })
			t.Run("sfeed", func(t *testing.T) { testSfeed(t, s, n) })
			t.Run("newsboat", func(t *testing.T) { testNewsboat(t, s, n) })
		})
	}
}

func testXMLLint(t *testing.T, sites []published, n int) {
	args := []string{"--noout", "--nonet"}
	for _, s := range sites {
		for _, name := range s.files(t, n, ".xml") {
			args = append(args, filepath.Join(s.dir, filepath.FromSlash(name)))
		}
	}
	if out, err := exec.Command(tool(t, "xmllint"), args...).CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%.2000s", err, out)
	}
}

// testJing holds all Atom feeds to the schema of RFC 4287.
func testJing(t *testing.T, sites []published, n int) {
	jing := tool(t, "jing")
	if _, err := os.Stat(atomSchema); err != nil {
		t.Skip("no shared schema here")
	}
	args := []string{"-c", atomSchema}
	for _, s := range sites {
		for _, f := range readFeeds(t, s, n) {
			if f.kind == "feed" {
				args = append(args, f.path)
			}
		}
	}
	if out, err := exec.Command(jing, args...).Output(); err != nil {
		t.Errorf("jing: %v\n%.2000s", err, out)
	}
}

// A readable is a published feed, and what a reader must see in it.
type readable struct {
	name, path string
	kind       string // the name of its first element: feed, rss, RDF
	entries    int
}

// readFeeds are the published XML feeds; a list of subscriptions is none.
func readFeeds(t *testing.T, s published, n int) (feeds []readable) {
	t.Helper()
	for _, name := range s.files(t, n, ".xml") {
		f := readable{name: name, path: filepath.Join(s.dir, filepath.FromSlash(name))}
		data, err := os.ReadFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		for dec := xml.NewDecoder(bytes.NewReader(data)); ; {
			tok, err := dec.Token()
			if err == io.EOF { //nolint:errorlint // what Token returns at the end
				break
			}
			if err != nil {
				t.Fatalf("%s: %s: %v", s.name, name, err)
			}
			if start, ok := tok.(xml.StartElement); ok {
				if f.kind == "" {
					f.kind = start.Name.Local
				}
				if start.Name.Local == "entry" || start.Name.Local == "item" {
					f.entries++
				}
			}
		}
		if f.kind == "feed" || f.kind == "rss" || f.kind == "RDF" && strings.HasPrefix(filepath.Base(name), "rss") {
			feeds = append(feeds, f)
		}
	}
	if len(feeds) < 2 {
		t.Fatalf("%s has %d feeds", s.name, len(feeds))
	}
	return feeds
}

// A readItem is what a reader makes of an entry.
type readItem struct{ Title, Author, Link, Date, ID string }

// sees holds what a reader saw in a feed against what is in it.
func (f readable) sees(t *testing.T, s published, reader string, items []readItem) {
	t.Helper()
	if len(items) != f.entries {
		t.Errorf("%s/%s: %s sees %d entries of %d", s.name, f.name, reader, len(items), f.entries)
	}
	for _, what := range []struct {
		name string
		of   func(readItem) string
	}{
		{"title", func(i readItem) string { return i.Title }},
		{"author", func(i readItem) string { return i.Author }},
		{"link", func(i readItem) string { return i.Link }},
		{"date", func(i readItem) string { return i.Date }},
	} {
		n, first := 0, readItem{}
		for _, i := range items {
			if strings.TrimSpace(what.of(i)) == "" {
				if n == 0 {
					first = i
				}
				n++
			}
		}
		if n > 0 {
			t.Errorf("%s/%s: %s sees no %s of %d entries, such as %.300q", s.name, f.name, reader, what.name, n, first)
		}
	}
}

// testFeedparser reads with feedparser, which planets and many scripts are made with.
func testFeedparser(t *testing.T, s published, n int) {
	python := ""
	for _, name := range []string{"python3", "/usr/bin/python3"} { // Debian's has it, whichever comes first
		if exec.Command(name, "-c", "import feedparser").Run() == nil {
			python = name
		}
	}
	if python == "" {
		missing(t, "python3-feedparser")
	}
	feeds := readFeeds(t, s, n)
	args := []string{filepath.Join("testdata", "pages", "read.py")}
	for _, f := range feeds {
		args = append(args, f.path)
	}
	out, err := exec.Command(python, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	for _, f := range feeds {
		var read struct {
			Bozo  string
			Items []readItem
		}
		if err := dec.Decode(&read); err != nil {
			t.Fatal(err)
		}
		if read.Bozo != "" {
			t.Errorf("%s/%s: feedparser says %s", s.name, f.name, read.Bozo)
		}
		f.sees(t, s, "feedparser", read.Items)
	}
}

// testSfeed reads with sfeed, whose lines are: time, title, link, content, its type, id, author, enclosure, categories.
func testSfeed(t *testing.T, s published, n int) {
	sfeed := tool(t, "sfeed")
	for _, f := range readFeeds(t, s, n) {
		in, err := os.Open(f.path)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(sfeed)
		cmd.Stdin = in
		out, err := cmd.Output()
		in.Close()
		if err != nil {
			t.Fatalf("sfeed: %v", err)
		}
		var items []readItem
		for line := range strings.Lines(string(out)) {
			if p := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(p) >= 7 {
				items = append(items, readItem{Title: p[1], Author: p[6], Link: p[2], Date: p[0], ID: p[5]})
			}
		}
		f.sees(t, s, "sfeed", items)
	}
}

// testNewsboat subscribes with newsboat, reloads twice, and reads what it keeps: all entries, and after the second reload not one
// more. Each feed has a cache of its own, since newsboat takes entries of one id for the same wherever they are.
func testNewsboat(t *testing.T, s published, n int) {
	newsboat := tool(t, "newsboat")
	for _, f := range readFeeds(t, s, n) {
		dir := t.TempDir()
		file := func(name string) string { return filepath.Join(dir, name) }
		for name, text := range map[string]string{"urls": s.address(f.name) + "\n", "config": "auto-reload no\nmax-items 0\n"} {
			if err := os.WriteFile(file(name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for round := range 2 {
			cmd := exec.Command(newsboat, "-u", file("urls"), "-C", file("config"), "-c", file("cache.db"), "-x", "reload")
			cmd.Env = append(os.Environ(), "HOME="+dir, "LC_ALL=C.UTF-8")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("newsboat: %v\n%s", err, out)
			}
			f.sees(t, s, fmt.Sprintf("newsboat, at reload %d,", round+1), newsboatItems(t, file("cache.db")))
		}
	}
}

func newsboatItems(t *testing.T, cache string) (items []readItem) {
	t.Helper()
	db, err := sql.Open("sqlite", cache)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("select title, author, url, pubDate, guid from rss_item")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var i readItem
		if err := rows.Scan(&i.Title, &i.Author, &i.Link, &i.Date, &i.ID); err != nil {
			t.Fatal(err)
		}
		items = append(items, i)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return items
}

// testNotModified asks for every kind of file again with the tag of its answer.
func testNotModified(t *testing.T, sites []published) {
	for _, s := range sites {
		for _, name := range s.files(t, 1, ".xml", ".json", ".html") {
			tag := ""
			for _, want := range []int{http.StatusOK, http.StatusNotModified} {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address(name), nil)
				if err != nil {
					t.Fatal(err)
				}
				if tag != "" {
					req.Header.Set("If-None-Match", tag)
				}
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != want {
					t.Errorf("%s/%s: asked with the tag %q: %s", s.name, name, tag, resp.Status)
				}
				if tag = resp.Header.Get("ETag"); tag == "" {
					if s.name != "demo" { // whose pages reload by themselves
						t.Errorf("%s/%s has no tag", s.name, name)
					}
					break
				}
			}
		}
	}
}
