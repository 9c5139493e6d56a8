package feedtest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestServerPlaysRepliesInOrder(t *testing.T) {
	s := New(t)
	s.Handle("/feed", Status(500), Redirect(301, "/new"), Feed(RSS("A")))
	for _, want := range []int{500, 301, 200, 200} {
		if resp, _ := get(t, s.URL+"/feed"); resp.StatusCode != want {
			t.Errorf("got %s, want %d", resp.Status, want)
		}
	}
	if resp, _ := get(t, s.URL+"/other"); resp.StatusCode != 404 {
		t.Errorf("a path without a script: %s", resp.Status)
	}
	reqs := s.Requests("/feed")
	if len(reqs) != 4 || len(s.Requests("")) != 5 || reqs[1].Status != 301 || reqs[0].Host != s.Addr {
		t.Errorf("requests: %+v", reqs)
	}
	s.Forget()
	if len(s.Requests("")) != 0 {
		t.Error("Forget remembers")
	}
}

func TestValidatorsFollowTheBytes(t *testing.T) {
	s := New(t)
	s.Handle("/feed", Feed(RSS("A")), Feed(RSS("A")), Feed(RSS("B")))
	resp, _ := get(t, s.URL+"/feed")
	tag := resp.Header.Get("ETag")
	if resp, _ := get(t, s.URL+"/feed", "If-None-Match", tag); resp.StatusCode != 304 {
		t.Errorf("same bytes: %s", resp.Status)
	}
	if resp, _ := get(t, s.URL+"/feed", "If-None-Match", tag); resp.StatusCode != 200 {
		t.Errorf("other bytes: %s", resp.Status)
	}
	if !s.Requests("")[1].Conditional() || s.Requests("")[0].Conditional() {
		t.Error("Conditional")
	}
	s.Handle("/bare", Bare(RSS("A")))
	if resp, _ := get(t, s.URL+"/bare", "If-None-Match", tag); resp.StatusCode != 200 || resp.Header.Get("ETag") != "" {
		t.Errorf("bare: %s %v", resp.Status, resp.Header)
	}
}

func TestTempers(t *testing.T) {
	doc := RSS("A", Items("a", 20, time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC))...)
	s := New(t)
	s.Handle("/drip", Feed(doc).Drip(1000, time.Millisecond))
	s.Handle("/truncated", Feed(doc).Truncated(300))
	s.Handle("/endless", Feed(doc).Endless())
	s.Handle("/hang", Hang())
	s.Handle("/cut", Cut())
	s.Handle("/flood", HeaderFlood(20_000))
	s.Handle("/gzip", Feed(doc).Gzipped().After(time.Millisecond))
	s.Handle("/bomb", Bomb(5_000_000))

	if _, body := get(t, s.URL+"/drip"); !bytes.Equal(body, doc) {
		t.Errorf("drip: %d of %d bytes", len(body), len(doc))
	}
	if _, body := get(t, s.URL+"/flood"); len(body) != 0 {
		t.Errorf("flood: %d bytes", len(body))
	}
	_, body := get(t, s.URL+"/gzip", "Accept-Encoding", "gzip")
	if zr, err := gzip.NewReader(bytes.NewReader(body)); err != nil {
		t.Error(err)
	} else if plain, err := io.ReadAll(zr); err != nil || !bytes.Equal(plain, doc) {
		t.Errorf("gzip: %v", err)
	}
	if _, body := get(t, s.URL+"/bomb", "Accept-Encoding", "gzip"); len(body) > 20_000 {
		t.Errorf("bomb: %d bytes on the wire", len(body))
	}
	client := &http.Client{Timeout: 300 * time.Millisecond}
	for path, want := range map[string]string{"/truncated": "unexpected EOF", "/endless": "", "/hang": "", "/cut": "EOF"} {
		resp, err := client.Get(s.URL + path)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if r := s.Requests("/endless")[0]; r.Bytes < int64(2*len(doc)) {
		t.Errorf("endless ended after %d bytes", r.Bytes)
	}
}

func TestServersHaveHostsOfTheirOwn(t *testing.T) {
	a, b := NewOn(t, "127.0.0.1:0"), NewOn(t, "127.0.0.2:0")
	a.Handle("/", Status(204))
	b.Handle("/", Status(410))
	if resp, _ := get(t, b.URL); resp.StatusCode != 410 {
		t.Errorf("b: %s", resp.Status)
	}
	b.Close()
	if _, err := http.Get(b.URL); err == nil {
		t.Error("b answers after Close")
	}
	if resp, _ := get(t, a.URL); resp.StatusCode != 204 {
		t.Errorf("a: %s", resp.Status)
	}
}

func TestSamplesReadBack(t *testing.T) {
	date := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	item := Item{ID: "urn:x:1", Link: "https://a.example/?a=1&b=2", Title: "Tom & Jerry", HTML: "<p>1 &lt; 2</p>", Author: "Ada", Tags: []string{"x"}, Date: date}
	for name, doc := range map[string][]byte{"rss": RSS("S", item), "atom": Atom("S", item), "json": JSONFeed("S", item)} {
		posts, err := readPosts(doc)
		if err != nil || len(posts) != 1 {
			t.Fatalf("%s: %v, %d posts\n%s", name, err, len(posts), doc)
		}
		if p := posts[0]; p.ID != item.ID || p.Link != item.Link || p.Title != item.Title || p.Content != item.HTML || !p.Date.Equal(date) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	items := Items("n", 3, date)
	if len(items) != 3 || items[0].ID != "tag:example.com,2026:n-3" || !items[2].Date.Equal(date.AddDate(0, 0, -2)) {
		t.Errorf("items: %+v", items)
	}
}
