package syndicate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"planet/internal/parse"
	"planet/internal/planet"
)

// FuzzRoundTrip writes an entry in all formats and reads it with package parse: ids, titles, links, dates, authors and tags
// survive, whatever they hold.
func FuzzRoundTrip(f *testing.F) {
	f.Add("tag:a,2026:1", "A title", "https://a.example/1", "<p>x</p>", "tag", "Ada", int64(1790000000), int64(1790000001))
	f.Add("not an iri", "]]> & \x00\x1f\ufffe", "https://a.example/?a=1&b=2", "]]>\x0b", "a,b", "<b>&amp;", int64(0), int64(0))
	f.Add("https://a.example/[1]#x", "</b> &nbsp; &#x41;", "https://größe.example/ä ö", "<p>\u0085\ufffd</p>", "&#x3C;", "a@b.example (Ada)", int64(800000000), int64(1<<40))
	f.Fuzz(func(t *testing.T, id, title, link, content, tag, author string, at, changed int64) {
		if !utf8.ValidString(title+tag+author) || strings.TrimSpace(id) == "" {
			t.Skip()
		}
		if strings.ContainsFunc(author, func(r rune) bool { return !unicode.IsLetter(r) && r != ' ' }) { // parse looks for markup and addresses in names
			author = "Ada"
		}
		when := time.Unix(at&0x7fffffff, 0).UTC()
		e := planet.Entry{
			FeedID: "f", PublishedID: id, Link: link, Title: title, Content: content, Excerpt: title, Tags: []string{tag}, Authors: []planet.Person{{Name: author}},
			Published: when, Updated: time.Unix(changed&0x7fffffffff, 0), FirstSeen: when,
		}
		feed := Feed{Title: "P", URL: "https://p.example/", Mode: planet.Full, Feeds: map[string]planet.Feed{"f": {ID: "f", Name: "F"}}, Entries: []planet.Entry{e}}
		want := feed.draft().posts[0]
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
			if problem := differs(file.Path, res.Items[0], want); problem != "" {
				t.Errorf("%s: %s\n%s", file.Path, problem, file.Data)
			}
		}
	})
}

// differs says what a reader finds of a post that isn't what was written, "" when all is the same.
func differs(path string, got planet.Item, want post) string {
	id, title, content := want.id, got.Title.Body, want.content
	switch path {
	case "feed.json":
		content = cmp.Or(want.content, want.summary, want.Title)
	case "rss20.xml":
		id = strings.TrimSpace(want.guid)
	case "atom.xml", "titles.xml":
		if got.Title.Type == planet.HTML {
			title = html.UnescapeString(title)
		}
		if path == "titles.xml" {
			content = ""
		}
	}
	var authors []string
	for _, a := range got.Authors {
		authors = append(authors, a.Name)
	}
	var files, attached []string
	for _, enc := range want.Enclosures {
		attached = append(attached, enc.URL)
	}
	for _, enc := range got.Enclosures {
		files = append(files, enc.URL)
	}
	switch path {
	case "titles.xml", "rss10.xml":
		attached = nil
	case "rss20.xml":
		attached = attached[:min(len(attached), 1)]
	}
	for _, c := range []struct{ what, got, want string }{
		{"id", got.GUID, id},
		{"link", got.Link, want.link},
		{"date", got.Published.Format(time.RFC3339), want.published.Format(time.RFC3339)},
		{"title", title, want.Title},
		{"authors", strings.Join(authors, "|"), strings.Join(want.names(), "|")},
		{"tags", strings.ToLower(strings.Join(got.Tags, "|")), strings.ToLower(strings.Join(want.Tags, "|"))},
		{"files", strings.Join(files, "|"), strings.Join(attached, "|")},
		{"content", lf(got.Content.Body), lf(content)},
	} {
		if c.got != c.want {
			return fmt.Sprintf("of %q read the %s %q, wrote %q", want.id, c.what, c.got, c.want)
		}
	}
	return ""
}

// lf is a text as XML gives it, and as parse does, without white space around it.
func lf(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
}

// sharedFeeds is the folder of real and nasty feeds; it is no part of the project.
const sharedFeeds = "../../../shared/feeds"

// realFeeds are the shared feeds as combined feeds, one each, with their texts as they are: nothing is cleaned here.
func realFeeds(t *testing.T) map[string]Feed {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join(sharedFeeds, "manifest.jsonl"))
	if err != nil {
		if os.Getenv("PLANET_SHARED") == "required" {
			t.Fatalf("PLANET_SHARED=required, but: %v", err)
		}
		t.Skip("no shared feeds here; PLANET_SHARED=required makes that a failure")
	}
	out := map[string]Feed{}
	for raw := range strings.Lines(string(manifest)) {
		var m struct {
			File, URL   string
			ContentType string `json:"content_type"`
		}
		if err := json.Unmarshal([]byte(raw), &m); err != nil {
			t.Fatal(err)
		}
		doc, err := os.ReadFile(filepath.Join(sharedFeeds, m.File))
		if err != nil {
			t.Fatal(err)
		}
		base, err := url.Parse(m.URL)
		if err != nil {
			t.Fatal(err)
		}
		res, err := parse.Parse(doc, m.ContentType, base, parse.Limits{})
		if err != nil {
			continue // some are no feeds
		}
		id := filepath.Base(m.File)
		feed := Feed{
			Title: cmp.Or(plainOf(res.Feed.Title), id), URL: "https://planet.example/", Description: plainOf(res.Feed.Subtitle), Lang: res.Feed.Language, Version: "1", Mode: planet.Full,
			Stylesheet: "assets/feed.css", Hub: "https://hub.example/", Prev: "history/1.xml", Feeds: map[string]planet.Feed{id: {ID: id, Name: plainOf(res.Feed.Title), URL: m.URL, Site: res.Feed.Link}},
		}
		for i, it := range res.Items {
			text := strings.Join(strings.Fields(plainOf(it.Summary)), " ")
			feed.Entries = append(feed.Entries, planet.Entry{
				FeedID: id, PublishedID: cmp.Or(it.GUID, it.Link, fmt.Sprintf("entry %d", i)), Link: it.Link, Title: plainOf(it.Title), Lang: it.Lang, Authors: it.Authors,
				Content: cmp.Or(it.Content.Body, it.Summary.Body), Excerpt: beginning(text, 280), Tags: it.Tags, Enclosures: it.Enclosures, Source: it.Source, Comments: it.Comments,
				Published: it.Published, Updated: it.Updated, FirstSeen: day(1), Folder: "2026/11/",
			})
		}
		out[id] = feed
	}
	return out
}

// plainOf is about what clean makes of a title.
func plainOf(t planet.Text) string {
	if t.Type != planet.HTML {
		return t.Body
	}
	return html.UnescapeString(anyTag.ReplaceAllString(t.Body, " "))
}

var anyTag = regexp.MustCompile(`<[^>]*>`)

// TestRealFeedsSurvive reads the shared feeds, writes each in all formats, long and short, and reads those.
func TestRealFeedsSurvive(t *testing.T) {
	entries := 0
	for name, feed := range realFeeds(t) {
		for _, short := range []bool{false, true} {
			feed.Short = short
			posts := feed.draft().posts
			for file, err := range All(feed) {
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				res, err := parse.Parse(file.Data, "", nil, parse.Limits{})
				if err != nil {
					t.Errorf("%s as %s: %v", name, file.Path, err)
					continue
				}
				if len(res.Items) != len(posts) || len(res.Warnings) > 0 {
					t.Errorf("%s as %s: %d items of %d, warnings %v", name, file.Path, len(res.Items), len(posts), res.Warnings)
					continue
				}
				for i, it := range res.Items {
					entries++
					if problem := differs(file.Path, it, posts[i]); problem != "" {
						t.Errorf("%s as %s: %s", name, file.Path, problem)
					}
				}
			}
		}
	}
	t.Logf("%d entries compared", entries)
}
