package syndicate

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"planet/internal/parse"
	"planet/internal/planet"
)

var update = flag.Bool("update", false, "rewrite the goldens")

func day(n int) time.Time { return time.Date(2026, 11, n, 10, 0, 0, 0, time.UTC) }

// sample holds an entry of every kind.
func sample() Feed {
	return Feed{
		Title: "Planet <Sample>", URL: "https://planet.example/", Description: "What we & they write", Lang: "en",
		Owner: planet.Person{Name: "Jo", Email: "jo@planet.example"}, Version: "1.2.3", Mode: planet.Full,
		Feeds: map[string]planet.Feed{
			"ada": {ID: "ada", Name: "Ada", URL: "https://ada.example/feed", Site: "https://ada.example/"},
			"bob": {ID: "bob", Name: "Bob", URL: "https://bob.example/feed", Mode: planet.Excerpt},
			"cyd": {ID: "cyd", Name: "Cyd", URL: "https://cyd.example/feed", Mode: planet.Link},
		},
		Entries: []planet.Entry{
			{
				FeedID: "ada", PublishedID: "tag:ada.example,2026:1", Link: "https://ada.example/1", Title: "Less < more & \"so\"", Lang: "en",
				Authors: []planet.Person{{Name: "Ada L", URI: "https://ada.example/me"}, {Email: "second@ada.example"}}, Tags: []string{"a & b", "c"},
				Content: "<p>Full]]&gt; text\x0b</p>", Excerpt: "In short]]>", Comments: "https://ada.example/1#comments",
				Enclosures: []planet.Enclosure{{URL: "https://ada.example/1.ogg", Type: "audio/ogg", Length: 123}, {URL: "https://ada.example/1.bin"}},
				Published:  day(3), Updated: day(5), FirstSeen: day(4),
			},
			{FeedID: "bob", PublishedID: "not an iri", Link: "https://bob.example/2", Title: "Excerpt only", Content: "<p>All of it</p>", Excerpt: "All & of…", FirstSeen: day(2)},
			{FeedID: "bob", PublishedID: "urn:x:5", Link: "https://bob.example/5", Title: "A beginning", Content: "<p>All of it</p>", Excerpt: "All of…", Teaser: "<p>All &amp;\x0b <em>of</em>…</p>", FirstSeen: day(2)},
			{FeedID: "cyd", PublishedID: "https://cyd.example/3", Link: "https://cyd.example/3", Title: "Link only", Content: "<p>Hidden</p>", Excerpt: "Hidden", Published: day(1), FirstSeen: day(2)},
			{FeedID: "ada", PublishedID: "urn:x:4", Excerpt: "", FirstSeen: day(1), Source: &planet.Source{Title: "Elsewhere", URL: "https://else.example/feed"}},
		},
	}
}

func TestFormats(t *testing.T) {
	for f, err := range All(sample()) {
		if err != nil {
			t.Fatal(err)
		}
		golden(t, f.Path, f.Data)
	}
	opml, err := OPML("Planet <Sample>", "Jo", []planet.Feed{{Name: "Ada \"A\" & co", URL: "https://ada.example/feed?a=1&b=2", Site: "https://ada.example/", Lang: "en"}, {Name: "a folder of posts"}})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "opml.xml", opml)
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func TestShortFeedsHoldNoContent(t *testing.T) {
	f := sample()
	f.Short = true
	for file, err := range All(f) {
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(file.Data, []byte("Full")) || bytes.Contains(file.Data, []byte("All of it")) || !bytes.Contains(file.Data, []byte("em>of")) && !bytes.Contains(file.Data, []byte("em&gt;of")) {
			t.Errorf("%s holds content, or not the beginning", file.Path)
		}
	}
}

func TestEmptyFeedsAreValidAndKeepStill(t *testing.T) {
	for f, err := range All(Feed{Title: "P", URL: "https://p.example/"}) {
		if err != nil {
			t.Fatal(err)
		}
		if f.Path == "feed.json" && !bytes.Contains(f.Data, []byte(`"items": []`)) {
			t.Errorf("feed.json needs its items, also when there are none:\n%s", f.Data)
		}
		if bytes.Contains(f.Data, []byte("0001-01-01")) {
			t.Errorf("%s has a date that nobody meant", f.Path)
		}
	}
}

func TestBrokenOutputIsNeverPublished(t *testing.T) {
	for _, doc := range []string{"<a><b></a>", "<a x='1' x='2'/>", "<a>\x0b</a>", "<a>&nbsp;</a>", "<a>"} {
		if wellFormed([]byte(doc)) == nil {
			t.Errorf("%q passes for well-formed", doc)
		}
	}
}

// FuzzRoundTrip writes an entry in all formats and reads it with package parse: ids, titles, links and dates survive,
// whatever they hold.
func FuzzRoundTrip(f *testing.F) {
	f.Add("tag:a,2026:1", "A title", "https://a.example/1", "<p>x</p>", "tag", int64(1790000000))
	f.Add("not an iri", "]]> & \x00\x1f\ufffe", "https://a.example/?a=1&b=2", "]]>\x0b", "a,b", int64(0))
	f.Fuzz(func(t *testing.T, id, title, link, content, tag string, at int64) {
		if strings.TrimSpace(legal(id)) != id || id == "" || !utf8.ValidString(title) {
			t.Skip()
		}
		u, err := url.Parse(link)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.String() != link || legal(link) != link || strings.ContainsAny(link, " \t") || u.User != nil {
			t.Skip()
		}
		title = strings.Join(strings.Fields(legal(title)), " ")
		when := time.Unix(at&0x7fffffff, 0).UTC()
		e := planet.Entry{FeedID: "f", PublishedID: id, Link: link, Title: title, Content: content, Tags: []string{tag}, Published: when, FirstSeen: when}
		feed := Feed{Title: "P", URL: "https://p.example/", Feeds: map[string]planet.Feed{"f": {ID: "f", Name: "F"}}, Entries: []planet.Entry{e}}
		for file, err := range All(feed) {
			if err != nil {
				t.Fatal(err)
			}
			res, err := parse.Parse(file.Data, "", nil, parse.Limits{})
			if err != nil {
				t.Fatalf("%s: %v\n%s", file.Path, err, file.Data)
			}
			if len(res.Items) != 1 || len(res.Warnings) > 0 {
				t.Fatalf("%s: %d items, warnings %v\n%s", file.Path, len(res.Items), res.Warnings, file.Data)
			}
			it := res.Items[0]
			wantID := id
			if file.Path != "rss20.xml" {
				wantID = atomID(e)
			}
			if it.GUID != wantID || it.Link != link || !it.Published.Equal(e.Date()) {
				t.Errorf("%s: read %q %q %v, wrote %q %q %v", file.Path, it.GUID, it.Link, it.Published, wantID, link, e.Date())
			}
			// An RSS title may be HTML as well as text; nobody can tell from outside.
			if it.Title.Body != title && (file.Path != "rss20.xml" || title != "") {
				t.Errorf("%s: read the title %q, wrote %q", file.Path, it.Title.Body, title)
			}
		}
	})
}

func TestJSONHasNoEscapedHTML(t *testing.T) {
	data, err := JSON(sample(), "feed.json")
	if err != nil || !json.Valid(data) || bytes.Contains(data, []byte(`\u003c`)) {
		t.Errorf("%v\n%s", err, data)
	}
}
