package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"planet/internal/feedtest"
	"planet/internal/selection"
)

// sharedFeeds is the folder of real and nasty feeds, with another parser's reading of each; it is no part of the project.
const sharedFeeds = "../../../shared/feeds"

// shared skips the test where the feeds are absent, unless PLANET_SHARED=required says that they must not be.
func shared(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(sharedFeeds); err != nil {
		if os.Getenv("PLANET_SHARED") == "required" {
			t.Fatalf("PLANET_SHARED=required, but: %v", err)
		}
		t.Skip("no shared feeds here; PLANET_SHARED=required makes that a failure")
	}
	return sharedFeeds
}

// lines decodes a file of one JSON object a line.
func lines[T any](t *testing.T, path string) []T {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	for line := range bytes.Lines(data) {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out = append(out, v)
	}
	return out
}

type sharedLine struct {
	File        string `json:"file"`
	ContentType string `json:"content_type"`
	OK          bool   `json:"ok"`
	Entries     []struct{ Title, Link, Content, Summary string }
}

// readable are the entries that another parser finds something in.
func (l sharedLine) readable() (n int) {
	for _, e := range l.Entries {
		if e.Title != "" || e.Link != "" || e.Content != "" || e.Summary != "" {
			n++
		}
	}
	return n
}

// TestRealFeedsReachTheSite updates a planet of all shared feeds, served on loopback: every feed with readable entries
// yields them, no feed's trouble stops another, all output is well-formed, and a second run changes no published byte.
func TestRealFeedsReachTheSite(t *testing.T) {
	t.Parallel()
	dir := shared(t)
	server := feedtest.New(t)
	var yaml strings.Builder
	yaml.WriteString("title: Planet Shared\nurl: https://planet.example/\nfetch: {allow_private: [127.0.0.0/8], per_host_gap: 0s}\nshow: {per_page: 0, feed_entries: 0}\nfeeds:\n")
	want := map[string]int{}
	for i, m := range lines[sharedLine](t, filepath.Join(dir, "manifest.jsonl")) {
		doc, err := os.ReadFile(filepath.Join(dir, m.File))
		if err != nil {
			t.Fatal(err)
		}
		path := fmt.Sprintf("/%d", i)
		server.Handle(path, feedtest.Feed(doc).With("Content-Type", m.ContentType))
		fmt.Fprintf(&yaml, "  - {name: %q, id: f%d, url: %q}\n", m.File, i, server.URL+path)
		want[m.File] = 0
	}
	for _, o := range lines[sharedLine](t, filepath.Join(dir, "oracle.jsonl")) {
		if o.OK {
			want[o.File] = o.readable()
		}
	}
	work := t.TempDir()
	config := filepath.Join(work, "feeds.yaml")
	if err := os.WriteFile(config, []byte(yaml.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "update", "-c", config)
	public := filepath.Join(work, "public")
	first, err := treeState(public)
	if err != nil {
		t.Fatal(err)
	}
	got := entriesByFeed(t, filepath.Join(public, "feed.json"))
	page, err := os.ReadFile(filepath.Join(public, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"atom.xml", "rss20.xml"} {
		if n := countEntries(t, filepath.Join(public, name)); n != bytes.Count(page, []byte("<article ")) {
			t.Errorf("%s has %d entries", name, n)
		}
	}
	data, err := os.ReadFile(filepath.Join(public, "health.json"))
	if err != nil {
		t.Fatal(err)
	}
	var h health
	if err := json.Unmarshal(data, &h); err != nil {
		t.Fatal(err)
	}
	total := 0
	for i, m := range lines[sharedLine](t, filepath.Join(dir, "manifest.jsonl")) {
		n := got[fmt.Sprintf("f%d", i)]
		total += n
		for reason := range h.Feeds[i].Hidden {
			if reason != selection.Duplicate { // some of them are one blog's in two formats
				t.Errorf("%s: entries are hidden: %s", m.File, reason)
			}
		}
		if n+h.Feeds[i].Hidden[selection.Duplicate] == 0 && want[m.File] > 0 {
			t.Errorf("%s: none of its %d entries reached the site", m.File, want[m.File])
		}
	}
	if articles := bytes.Count(page, []byte("<article ")); articles != total {
		t.Errorf("index.html has %d articles, feed.json %d entries", articles, total)
	}
	for _, args := range [][]string{{"update", "--force"}, {"update", "--now", "2100-01-01T00:00:00Z"}, {"build"}} {
		mustRun(t, append(args, "-c", config)...)
		again, err := treeState(public)
		if err != nil {
			t.Fatal(err)
		}
		if again != first {
			t.Errorf("planet %s changed what was published:\n%s", strings.Join(args, " "), difference(first, again))
		}
	}
}

// mustRun runs the program in this process, and fails the test unless it exits with 0.
func mustRun(t *testing.T, args ...string) (stdout string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(context.Background(), args, &out, &errs); code != 0 {
		t.Fatalf("planet %s: exit code %d\n%s", strings.Join(args, " "), code, errs.String())
	}
	return out.String()
}

// entriesByFeed counts the entries of the combined JSON Feed by the id of the feed they came from.
func entriesByFeed(t *testing.T, path string) map[string]int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Items []struct {
			Planet struct{ Feed string } `json:"_planet"`
		}
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, it := range doc.Items {
		n[it.Planet.Feed]++
	}
	return n
}

// countEntries reads a feed as strictly as Go can, and counts its entries.
func countEntries(t *testing.T, path string) (n int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for dec := xml.NewDecoder(f); ; {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if start, ok := tok.(xml.StartElement); ok && (start.Name.Local == "entry" || start.Name.Local == "item") {
			n++
		}
	}
}

func difference(a, b string) string {
	old := map[string]bool{}
	for s := bufio.NewScanner(strings.NewReader(a)); s.Scan(); {
		old[s.Text()] = true
	}
	var out strings.Builder
	for s := bufio.NewScanner(strings.NewReader(b)); s.Scan(); {
		if !old[s.Text()] {
			out.WriteString(s.Text() + "\n")
		}
	}
	return out.String()
}
