package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// serving runs "planet serve" in dir until the test ends, and gives the site's address.
func serving(t *testing.T, dir string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out, errs lockedBuffer
	done := make(chan int)
	go func() {
		done <- run(ctx, []string{"serve", "-c", filepath.Join(dir, "feeds.yaml"), "--addr", "127.0.0.1:0"}, &out, &errs)
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != 0 {
			t.Errorf("serve ended with %d: %s", code, errs.String())
		}
	})
	at := regexp.MustCompile(`The site is at (http://\S+)`)
	for range 200 {
		if m := at.FindStringSubmatch(out.String()); m != nil {
			return m[1]
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("no site:\n%s%s", out.String(), errs.String())
	return ""
}

func writePlanet(t *testing.T, dir, title string) {
	t.Helper()
	text := "title: " + title + "\nurl: https://p.example/\nfeeds: []\n"
	if err := os.WriteFile(filepath.Join(dir, "feeds.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestServeHasRightTypesAndETagsAndShowsNothingElse(t *testing.T) {
	dir := t.TempDir()
	writePlanet(t, dir, "First")
	site := serving(t, dir)
	for path, want := range map[string]string{
		"": "text/html; charset=utf-8", "index.html": "text/html; charset=utf-8", "atom.xml": "application/atom+xml; charset=utf-8",
		"rss20.xml": "application/rss+xml; charset=utf-8", "feed.json": "application/feed+json; charset=utf-8",
		"opml.xml": "text/x-opml; charset=utf-8", "assets/style.css": "text/css; charset=utf-8",
	} {
		resp, _ := ask(t, "GET", site+path)
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != want {
			t.Errorf("/%s: %d %s, want %s", path, resp.StatusCode, resp.Header.Get("Content-Type"), want)
		}
		if again, _ := ask(t, "GET", site+path, "If-None-Match", resp.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("/%s asked again with its ETag: %d", path, again.StatusCode)
		}
	}
	for _, path := range []string{"nothing", ".planet/manifest.json", "../feeds.yaml", "%2e%2e/feeds.yaml", "assets/../../planet.db"} {
		resp, body := ask(t, "GET", site+path)
		if to := resp.Header.Get("Location"); to != "" { // a path that climbs is first made straight
			resp, body = ask(t, "GET", site+strings.TrimPrefix(to, "/"))
		}
		if resp.StatusCode != http.StatusNotFound || strings.Contains(body, "feeds: []") {
			t.Errorf("/%s: %d", path, resp.StatusCode)
		}
	}
	if resp, _ := ask(t, "GET", site+"assets"); resp.StatusCode != http.StatusMovedPermanently || resp.Header.Get("Location") != "/assets/" {
		t.Errorf("/assets: %d to %s", resp.StatusCode, resp.Header.Get("Location"))
	}
}

func TestServeShowsAChangeAndTellsOpenPages(t *testing.T) {
	dir := t.TempDir()
	writePlanet(t, dir, "First")
	site := serving(t, dir)
	_, page := ask(t, "GET", site)
	m := asksFor.FindStringSubmatch(page)
	if m == nil || !strings.Contains(page, "First") || !strings.Contains(page, "connect-src 'self'") {
		t.Fatalf("the page can't reload itself:\n%s", page)
	}
	events, stop := listen(t, strings.TrimSuffix(site, "/"), "/", m[2])
	defer stop()
	writePlanet(t, dir, "Second title")
	if line := <-events; line != "data: changed\n" { // comes when the site has been published anew
		t.Fatalf("%q", line)
	}
	if _, page := ask(t, "GET", site); !strings.Contains(page, "Second title") {
		t.Error("the page is the old one")
	}
}

func TestServeFollowsTheOutputFolder(t *testing.T) {
	dir := t.TempDir()
	writePlanet(t, dir, "First")
	site := serving(t, dir)
	writePlanet(t, dir, "Elsewhere\noutput: other")
	for range 200 {
		if _, page := ask(t, "GET", site); strings.Contains(page, "Elsewhere") {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the page is still that of the old folder")
}

func TestPreviewsAreForThisMachineOnly(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:8080", ":8080", "192.168.1.1:80", "example.org:80", "nonsense", "127.0.0.1:99999"} {
		if l, err := listenNear(addr); err == nil {
			l.Close()
			t.Errorf("listens at %s", addr)
		}
	}
	first, err := listenNear("127.0.0.1:18080")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := listenNear(first.Addr().String())
	if err != nil {
		t.Fatalf("the next free port: %v", err)
	}
	second.Close()
}
