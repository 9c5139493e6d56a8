package feedtest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"html"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

func startDemo(t *testing.T) *Demo {
	t.Helper()
	d, err := NewDemo("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// get asks for url with the header fields given in pairs, and returns the answer with its body read.
func get(t *testing.T, url string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
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
	return resp, body
}

func TestCommunityIsLargeAndVaried(t *testing.T) {
	blogs, err := Blogs("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	var withFeed, posts, untitled, excerpts, long int
	langs := map[string]bool{}
	formats := map[string]bool{}
	for _, b := range blogs {
		if b.Doc != nil {
			withFeed++
		}
		for _, p := range b.Posts {
			posts++
			langs[p.Lang] = true
			if p.Title == "" {
				untitled++
			}
			if p.Content == "" {
				excerpts++
			}
			if len(strings.Fields(p.Content)) > 2500 {
				long++
			}
		}
		formats[b.ContentType] = true
	}
	if withFeed < 7 || len(blogs) != withFeed+1 {
		t.Errorf("%d blogs, %d with a feed; want at least 7, and one without", len(blogs), withFeed)
	}
	if posts < 24 || untitled < 1 || excerpts < 1 || long < 1 {
		t.Errorf("%d posts, of which %d without title, %d excerpts, %d long", posts, untitled, excerpts, long)
	}
	if !langs["de"] || !langs["ja"] || !langs["en"] || len(formats) < 5 {
		t.Errorf("languages %v, formats %v", langs, formats)
	}
}

func TestFeedsAreWellFormed(t *testing.T) {
	blogs, err := Blogs("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blogs {
		if bytes.HasPrefix(b.Doc, []byte("{")) {
			if !json.Valid(b.Doc) {
				t.Errorf("%s: not JSON", b.ID)
			}
			continue
		}
		for d := xml.NewDecoder(bytes.NewReader(b.Doc)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v", b.ID, err)
				break
			}
		}
	}
}

func TestPostsHaveLastingIDsAndHonestDates(t *testing.T) {
	blogs, err := Blogs("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	first, last := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	weekday := regexp.MustCompile(`<(?:pubDate|lastBuildDate)>(.*?)<`)
	for _, b := range blogs {
		for _, p := range b.Posts {
			if seen[p.ID] || !strings.HasPrefix(p.ID, "tag:") && !strings.HasPrefix(p.ID, "urn:uuid:") {
				t.Errorf("%s: id %q is not unique, or no tag: or urn:uuid:", b.ID, p.ID)
			}
			seen[p.ID] = true
			if p.Date.Before(first) || p.Date.After(last) {
				t.Errorf("%s: date %s", p.ID, p.Date)
			}
			if text := p.Title + p.Content + p.Summary; text == "" || strings.Contains(text, "{{") {
				t.Errorf("%s: empty, or a placeholder is left in it", p.ID)
			}
		}
		for _, m := range weekday.FindAllSubmatch(b.Doc, -1) {
			date := string(m[1])
			if d, err := time.Parse(time.RFC1123Z, date); err != nil || d.Format(time.RFC1123Z) != date {
				t.Errorf("%s: date %q: wrong day of the week? %v", b.ID, date, err)
			}
		}
	}
}

func TestEverythingTheFeedsNameIsServed(t *testing.T) {
	d := startDemo(t)
	absolute := regexp.MustCompile(regexp.QuoteMeta(d.URL()) + `[^"'<>\s\\]*`)
	attribute := regexp.MustCompile(`\s(?:href|src)="([^"]*)"`)
	addresses := map[string]bool{d.URL() + "/": true}
	for _, b := range d.Feeds() {
		addresses[b.Site] = true
		for _, m := range absolute.FindAll(b.Doc, -1) {
			addresses[string(m)] = true
		}
		site, err := url.Parse(b.Site)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range b.Posts {
			addresses[p.Link] = true
			for _, m := range attribute.FindAllStringSubmatch(p.Content+p.Summary, -1) {
				if u, err := site.Parse(html.UnescapeString(m[1])); err == nil && u.Fragment == "" && u.Scheme == "http" {
					addresses[u.String()] = true
				}
			}
		}
	}
	if len(addresses) < 60 {
		t.Errorf("found only %d addresses", len(addresses))
	}
	for a := range addresses {
		resp, body := get(t, a)
		if resp.StatusCode != http.StatusOK || len(body) == 0 {
			t.Errorf("%s: %s, %d bytes", a, resp.Status, len(body))
		}
		if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") && !bytes.Contains(body, []byte("<!DOCTYPE html>")) {
			t.Errorf("%s: no page", a)
		}
	}
}

func TestImagesHaveTheSizeThatPostsSay(t *testing.T) {
	d := startDemo(t)
	img := regexp.MustCompile(`<img src="([^"]*)" alt="[^"]*" width="(\d+)" height="(\d+)"`)
	n := 0
	for _, b := range d.Feeds() {
		for _, p := range b.Posts {
			for _, m := range img.FindAllStringSubmatch(p.Content+p.Summary, -1) {
				n++
				if !strings.HasSuffix(m[1], "-"+m[2]+"x"+m[3]+".png") {
					t.Errorf("%s: image %s is said to be %s by %s", p.ID, m[1], m[2], m[3])
				}
			}
		}
		if c, err := png.DecodeConfig(bytes.NewReader(b.Avatar)); err != nil || c.Width != 192 || c.Height != 192 || len(b.Avatar) > 10_000 {
			t.Errorf("avatar of %s: %v, %v, %d bytes", b.ID, c, err, len(b.Avatar))
		}
	}
	if n < 15 {
		t.Errorf("only %d images", n)
	}
	_, body := get(t, d.Feeds()[0].Site+"images/chart-x-320x200.png")
	if c, err := png.DecodeConfig(bytes.NewReader(body)); err != nil || c.Width != 320 || c.Height != 200 {
		t.Errorf("chart: %v, %v", c, err)
	}
}

func TestDemoHasManners(t *testing.T) {
	d := startDemo(t)
	for _, b := range d.Feeds() {
		if b.Doc == nil {
			if resp, _ := get(t, b.URL); resp.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s, want 404", b.URL, resp.Status)
			}
			continue
		}
		for _, encoding := range []string{"identity", "gzip"} {
			resp, body := get(t, b.URL, "Accept-Encoding", encoding)
			if encoding == "gzip" && (resp.Header.Get("Content-Encoding") != "gzip" || !bytes.Equal(body, Gzip(b.Doc))) {
				t.Errorf("%s: not gzipped", b.URL)
			}
			tag, modified := resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
			if strings.HasPrefix(tag, "W/") || tag == "" || modified == "" {
				t.Errorf("%s: ETag %q, Last-Modified %q", b.URL, tag, modified)
			}
			for _, condition := range [][]string{{"If-None-Match", tag}, {"If-Modified-Since", modified}} {
				resp, body := get(t, b.URL, append(condition, "Accept-Encoding", encoding)...)
				if resp.StatusCode != http.StatusNotModified || len(body) != 0 {
					t.Errorf("%s with %v: %s", b.URL, condition, resp.Status)
				}
			}
		}
	}
	last := d.Requests()[len(d.Requests())-1]
	if last.Method != "GET" || !strings.HasSuffix(last.Path, "/feed.xml") || last.Status != 404 || last.Conditional() {
		t.Errorf("last request: %+v", last)
	}
}

func TestDemoListensOnLoopbackOnly(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "192.0.2.1:0", ":0", "localhost"} {
		if d, err := NewDemo(addr); err == nil {
			d.Close()
			t.Errorf("NewDemo(%q) succeeded", addr)
		}
	}
}
