package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
)

const testPage = `<!DOCTYPE html><html lang="en"><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'">` +
	`<title>A page</title></head><body><p>Hello</body></html>`

// previewing serves files, by path, and gives the folder and the address.
func previewing(t *testing.T, live bool, files map[string]string) (v *preview, site string) {
	t.Helper()
	v = &preview{live: live, dir: filepath.Join(t.TempDir(), "public")}
	for name, data := range files {
		lay(t, v.dir, name, data)
	}
	server := httptest.NewServer(v.handler())
	t.Cleanup(server.Close)
	return v, server.URL
}

func lay(t *testing.T, dir, name, data string) {
	t.Helper()
	at := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, method, address string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestPreviewNamesTypes(t *testing.T) {
	const atom, rdf, utf8 = "application/atom+xml", "application/rdf+xml", "; charset=utf-8"
	want := map[string]string{
		"index.html": "text/html" + utf8, "2026/11/index.html": "text/html" + utf8,
		"atom.xml": atom + utf8, "titles.xml": atom + utf8, "tags/go/atom.xml": atom + utf8, "history/12.xml": atom + utf8,
		"rss20.xml": "application/rss+xml" + utf8, "rss10.xml": rdf + utf8, "foafroll.xml": rdf + utf8, "opml.xml": "text/x-opml" + utf8,
		"feed.json": "application/feed+json" + utf8, "health.json": "application/json", "search/2026-11-1.json": "application/json",
		"sitemap.xml": "application/xml" + utf8, "robots.txt": "text/plain" + utf8,
		"assets/style.css": "text/css" + utf8, "assets/planet.js": "text/javascript" + utf8, "assets/favicon.svg": "image/svg+xml" + utf8,
		"assets/a.png": "image/png", "assets/a.JPG": "image/jpeg", "assets/a.webp": "image/webp", "assets/a.avif": "image/avif",
		"assets/f.woff2": "font/woff2", "assets/what.ever": "application/octet-stream", "nothing": "application/octet-stream",
	}
	files := map[string]string{}
	for name := range want {
		files[name] = "<html>" // what it looks like decides nothing
	}
	_, site := previewing(t, false, files)
	for name, typ := range want {
		resp, _ := ask(t, "GET", site+"/"+name)
		if got := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || got != typ {
			t.Errorf("%s: %d %s; want %s", name, resp.StatusCode, got, typ)
		}
		if resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s may be sniffed", name)
		}
	}
}

func TestPreviewSendsNothingTwice(t *testing.T) {
	v, site := previewing(t, false, map[string]string{"atom.xml": "<feed/>"})
	then := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(v.dir, "atom.xml"), then, then); err != nil {
		t.Fatal(err)
	}
	first, body := ask(t, "GET", site+"/atom.xml")
	etag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
	if body != "<feed/>" || !strings.HasPrefix(etag, `"`) || modified != "Sun, 01 Nov 2026 10:00:00 GMT" || first.Header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("%q %v", body, first.Header)
	}
	for _, tt := range []struct {
		header []string
		want   int
	}{
		{[]string{"If-None-Match", etag}, 304},
		{[]string{"If-None-Match", `"other", ` + etag}, 304},
		{[]string{"If-None-Match", `"other"`}, 200},
		{[]string{"If-Modified-Since", modified}, 304},
		{[]string{"If-Modified-Since", "Sun, 01 Nov 2026 09:59:59 GMT"}, 200},
		{[]string{"If-None-Match", `"other"`, "If-Modified-Since", modified}, 200}, // RFC 9110 §13.1.3
		{[]string{"Range", "bytes=1-4"}, 206},
		{[]string{"Range", "bytes=1-4", "If-Range", `"other"`}, 200},
		{[]string{"Range", "bytes=100-"}, 416},
	} {
		resp, body := ask(t, "GET", site+"/atom.xml", tt.header...)
		if resp.StatusCode != tt.want {
			t.Errorf("%q: %d; want %d", tt.header, resp.StatusCode, tt.want)
		}
		if tt.want == 206 && body != "feed" {
			t.Errorf("%q: %q", tt.header, body)
		}
	}
	if resp, body := ask(t, "HEAD", site+"/atom.xml"); resp.StatusCode != 200 || body != "" || resp.Header.Get("Content-Length") != "7" || resp.Header.Get("ETag") != etag {
		t.Errorf("HEAD: %d %q %v", resp.StatusCode, body, resp.Header)
	}
	if resp, _ := ask(t, "POST", site+"/atom.xml"); resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", resp.StatusCode)
	}
	lay(t, v.dir, "atom.xml", "<FEED/>") // of the same size and time
	if err := os.Chtimes(filepath.Join(v.dir, "atom.xml"), then, then); err != nil {
		t.Fatal(err)
	}
	if resp, body := ask(t, "GET", site+"/atom.xml", "If-None-Match", etag); resp.StatusCode != 200 || body != "<FEED/>" {
		t.Errorf("another content has the same ETag: %d %q", resp.StatusCode, body)
	}
}

func TestPreviewShowsThePublishedFilesAlone(t *testing.T) {
	v, site := previewing(t, false, map[string]string{
		"index.html": "front", "tags/größe/index.html": "tag", "a/file": "file", "404.html": "not here",
		".planet/manifest.json": "secret", ".htpasswd": "secret", "a/.git/config": "secret", "../planet.db": "secret", "assets/a.css": "css",
	})
	for link, to := range map[string]string{
		"out": "../planet.db", "away": filepath.Join(v.dir, "..", "planet.db"), "up": "..", "in": "a/file", "loop": "loop", "shown.txt": ".planet/manifest.json",
	} {
		if err := os.Symlink(to, filepath.Join(v.dir, link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	for _, tt := range []struct {
		path   string
		status int
		want   string // its body, or where it redirects to
	}{
		{"/", 200, "front"},
		{"/index.html", 200, "front"},
		{"/tags/gr%C3%B6%C3%9Fe/", 200, "tag"},
		{"/tags/gr%C3%B6%C3%9Fe", 301, "/tags/gr%C3%B6%C3%9Fe/"},
		{"/tags/gr%C3%B6%C3%9Fe?q=%26", 301, "/tags/gr%C3%B6%C3%9Fe/?q=%26"},
		{"/in", 200, "file"}, // a link within the folder
		{"/a/file/", 404, "not here"},
		{"/assets/", 404, "not here"}, // no listings
		{"/deep/down/nothing.html", 404, "not here"},
		{"/.planet/manifest.json", 404, "not here"},
		{"/.planet/", 404, "not here"},
		{"/.htpasswd", 404, "not here"},
		{"/a/.git/config", 404, "not here"},
		{"/a/%2Egit/config", 404, "not here"},
		{"/%2e%2e/planet.db", 404, "not here"},
		{"/a/..%2f..%2fplanet.db", 404, "not here"},
		{"/a%00b", 404, "not here"},
		{"/out", 404, "not here"},
		{"/away", 404, "not here"},
		{"/up/planet.db", 404, "not here"},
		{"/loop", 404, "not here"},
		{"//example.org/", 307, "/example.org/"}, // not to another host
	} {
		resp, body := ask(t, "GET", site+tt.path)
		if resp.StatusCode/100 == 3 {
			body = resp.Header.Get("Location")
		}
		if resp.StatusCode != tt.status || body != tt.want {
			t.Errorf("%s: %d %q; want %d %q", tt.path, resp.StatusCode, body, tt.status, tt.want)
		}
		if resp.StatusCode == 404 && resp.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: the page that says so is %s", tt.path, resp.Header.Get("Content-Type"))
		}
	}
	if err := os.RemoveAll(v.dir); err != nil {
		t.Fatal(err)
	}
	if resp, _ := ask(t, "GET", site+"/"); resp.StatusCode != 404 {
		t.Errorf("without a folder: %d", resp.StatusCode)
	}
}

func TestPreviewAnswersToThisMachinesNamesAlone(t *testing.T) {
	_, site := previewing(t, true, map[string]string{"index.html": testPage})
	for host, want := range map[string]int{
		"localhost": 200, "LOCALHOST:8080": 200, "127.0.0.1": 200, "127.0.0.2:80": 200, "[::1]:8080": 200, "[::1]": 200, "planet.localhost:8080": 200, "localhost.": 200,
		"evil.example": 421, "evil.example:8080": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example": 421, "192.168.1.2:8080": 421, "0.0.0.0": 421,
	} {
		for _, path := range []string{"/", "/nothing", reloadScript} {
			resp, body := ask(t, "GET", site+path, "Host", host)
			if (resp.StatusCode == 421) != (want == 421) || want == 421 && strings.Contains(body, "Hello") {
				t.Errorf("%s of %q: %d; want %d", path, host, resp.StatusCode, want)
			}
		}
	}
}

func TestPreviewSendsPackedSiblings(t *testing.T) {
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	_, _ = w.Write([]byte("plain"))
	_ = w.Close()
	_, site := previewing(t, false, map[string]string{
		"both.css": "plain", "both.css.gz": gz.String(), "both.css.br": "brotli's", "gz.css": "plain", "gz.css.gz": gz.String(), "none.css": "plain",
	})
	for _, tt := range []struct{ path, accepts, coding, vary string }{
		{"/both.css", "gzip, deflate, br, zstd", "br", "Accept-Encoding"},
		{"/both.css", "gzip", "gzip", "Accept-Encoding"},
		{"/both.css", "GZIP;q=0.5, br;q=0", "gzip", "Accept-Encoding"},
		{"/both.css", "*", "br", "Accept-Encoding"},
		{"/both.css", "*;q=0, gzip", "gzip", "Accept-Encoding"},
		{"/both.css", "gzip;q=0.000", "", "Accept-Encoding"},
		{"/both.css", "zstd", "", "Accept-Encoding"},
		{"/both.css", "identity", "", "Accept-Encoding"},
		{"/gz.css", "br", "", "Accept-Encoding"},
		{"/gz.css", "br, gzip", "gzip", "Accept-Encoding"},
		{"/none.css", "br, gzip", "", ""},
	} {
		resp, body := ask(t, "GET", site+tt.path, "Accept-Encoding", tt.accepts)
		want := map[string]string{"": "plain", "gzip": gz.String(), "br": "brotli's"}[tt.coding]
		h := resp.Header
		if body != want || h.Get("Content-Encoding") != tt.coding || h.Get("Vary") != tt.vary || h.Get("Content-Type") != "text/css; charset=utf-8" || int(resp.ContentLength) != len(want) {
			t.Errorf("%s for %q: %q %v", tt.path, tt.accepts, body, h)
		}
		again, _ := ask(t, "GET", site+tt.path, "Accept-Encoding", tt.accepts, "If-None-Match", h.Get("ETag"))
		if again.StatusCode != 304 || again.Header.Get("Vary") != tt.vary {
			t.Errorf("%s for %q again: %d %v", tt.path, tt.accepts, again.StatusCode, again.Header)
		}
		other, _ := ask(t, "GET", site+tt.path, "Accept-Encoding", "identity")
		if tt.coding != "" && other.Header.Get("ETag") == h.Get("ETag") {
			t.Errorf("%s has one ETag for two forms", tt.path)
		}
	}
	if resp, body := ask(t, "GET", site+"/gz.css.gz", "Accept-Encoding", "gzip"); resp.Header.Get("Content-Encoding") != "" || resp.Header.Get("Content-Type") != "application/gzip" || body != gz.String() {
		t.Errorf("the packed file itself: %v", resp.Header)
	}
}

var asksFor = regexp.MustCompile(`<script src="(/\.planet/reload\.js\?is=([0-9a-f]+))">`)

func TestPreviewReloadsAPageWhenThereIsAnother(t *testing.T) {
	v, site := previewing(t, true, map[string]string{"index.html": testPage, "a/b/c/index.html": testPage + " deep", "404.html": "no", "x.html": "<p>no head"})
	for _, path := range []string{"/", "/a/b/c/", "/nothing/yet/", "/x.html"} {
		_, page := ask(t, "GET", site+path, "Accept-Encoding", "gzip")
		m := asksFor.FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("%s can't reload itself: %s", path, page)
		}
		if resp, script := ask(t, "GET", site+m[1]); resp.Header.Get("Content-Type") != "text/javascript; charset=utf-8" || !strings.Contains(script, reloadEvents) {
			t.Errorf("script: %s", script)
		}
		events, stop := listen(t, site, path, m[2])
		v.changed() // something else has
		select {
		case line := <-events:
			t.Fatalf("%s: nothing of it has changed, but it is told %q", path, line)
		case <-time.After(50 * time.Millisecond):
		}
		name := strings.TrimPrefix(path, "/")
		if !strings.HasSuffix(name, ".html") {
			name += "index.html"
		}
		lay(t, v.dir, name, "another "+path)
		v.changed()
		if line := <-events; line != "data: changed\n" {
			t.Errorf("%s: %q", path, line)
		}
		stop()
		late, stop := listen(t, site, path, m[2]) // it changed before the page asked
		if line := <-late; line != "data: changed\n" {
			t.Errorf("%s, late: %q", path, line)
		}
		stop()
	}
}

// listen opens the line of a page and gives the first thing that it is told.
func listen(t *testing.T, site, path, is string) (first <-chan string, stop func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", site+reloadEvents+"?is="+is+"&page="+url.QueryEscape(path), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("events are %s", resp.Header.Get("Content-Type"))
	}
	lines := make(chan string, 1)
	go func() {
		defer resp.Body.Close()
		line, _ := bufio.NewReader(resp.Body).ReadString('\n')
		lines <- line
	}()
	return lines, stop
}

func TestPreviewKeepsToThePagesPolicy(t *testing.T) {
	const meta = `<meta http-equiv="Content-Security-Policy" content="`
	for policy, want := range map[string]string{
		"default-src 'none'; img-src *":                     "default-src 'none'; connect-src 'self'; img-src *",
		"default-src 'none'; connect-src 'self'; img-src *": "default-src 'none'; connect-src 'self'; img-src *",
		"default-src 'self'":                                "default-src 'self'",
	} {
		page := string(reloading([]byte("<head>" + meta + policy + `"></head>default-src 'none'`)))
		if !strings.Contains(page, meta+want+`"`) || !strings.HasSuffix(page, "</head>default-src 'none'") {
			t.Errorf("%s: %s", policy, page)
		}
	}
}

// In a browser: the page comes anew by itself, stays where it was scrolled to, and nothing is said against it.
func TestPreviewReloadsInABrowser(t *testing.T) {
	ctx := browser(t)
	long := strings.Replace(testPage, "<p>Hello", `<p id="first">First`+strings.Repeat("<p>line", 500), 1)
	v, site := previewing(t, true, map[string]string{"deep/down/index.html": long, "favicon.ico": ""})
	complaints := make(chan string, 100)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*log.EventEntryAdded); ok {
			complaints <- e.Entry.Text
		}
	}))
	_, err := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	must(err)
	must(chromedp.Do(ctx, chromedp.Navigate(site+"/deep/down/")))
	top, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`scrollTo(0, 1234), scrollY`))
	must(err)
	if top != 1234 {
		t.Fatalf("scrolled to %v", top)
	}
	lay(t, v.dir, "deep/down/index.html", strings.Replace(long, "First", "Second", 1))
	v.changed()
	const now = `document.readyState === "complete" ? document.querySelector("#first").textContent.slice(0, 6) + " " + scrollY : ""`
	var shows string
	for range 200 {
		if shows, _ = chromedp.Run(ctx, chromedp.Evaluate[string](now)); shows == "Second 1234" { // it fails while the page is changing
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if shows != "Second 1234" {
		t.Errorf("after the change it shows %q", shows)
	}
	select {
	case text := <-complaints:
		t.Error("the browser says:", text)
	default:
	}
}

// A site in a folder of its host is at the preview's root, and where its 404.html leads to as well.
func TestPreviewOfASiteInAFolder(t *testing.T) {
	v, site := previewing(t, true, map[string]string{"index.html": testPage, "tags/go/index.html": testPage})
	v.mount = "/planet/"
	for path, want := range map[string]int{"/": 200, "/planet/": 200, "/planet/tags/go/": 200, "/tags/go/": 200, "/planet/nope": 404, "/planets/": 404} {
		if resp, _ := ask(t, "GET", site+path); resp.StatusCode != want {
			t.Errorf("%s is answered %d, want %d", path, resp.StatusCode, want)
		}
	}
}
