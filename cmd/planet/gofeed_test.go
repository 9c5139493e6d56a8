package main

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	"golang.org/x/text/encoding/charmap"

	"planet/internal/clean"
	"planet/internal/parse"
	"planet/internal/planet"
)

// A gofeedDoc is a document that gofeed alone is tried on, too.
type gofeedDoc struct {
	name, contentType string
	url               *url.URL
	data              []byte
}

// TestNothingThatGofeedReadsRightIsReadWorse reads real feeds and gofeed's own test data with gofeed alone and with this
// program. Where the two differ there must be a reason why ours is the better reading.
func TestNothingThatGofeedReadsRightIsReadWorse(t *testing.T) {
	docs := append(gofeedData(t), sharedDocs(t)...)
	compared := 0
	for _, doc := range docs {
		feed, err := gofeedAlone(doc.data)
		if err != nil {
			continue // it can't be read worse than that
		}
		ours, err := parse.Parse(doc.data, doc.contentType, doc.url, parse.Limits{})
		if err != nil {
			if len(feed.Items) > 0 || feed.Title != "" {
				t.Errorf("%s: gofeed reads %q with %d entries, we say: %v", doc.name, feed.Title, len(feed.Items), err)
			}
			continue
		}
		compared++
		for _, d := range worse(feed, ours, doc.url) {
			t.Errorf("%s: %s", doc.name, d)
		}
	}
	if compared < 400 {
		t.Errorf("only %d documents were compared", compared)
	}
	t.Logf("%d documents compared", compared)
}

// gofeedAlone reads a document as most programs use gofeed.
func gofeedAlone(data []byte) (feed *gofeed.Feed, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("gofeed panics: %v", p)
		}
	}()
	p := gofeed.NewParser()
	p.KeepOriginalFeed = true
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	return p.Parse(bytes.NewReader(data))
}

// gofeedData are the documents that gofeed's module is tested with.
func gofeedData(t *testing.T) []gofeedDoc {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/mmcdole/gofeed").Output()
	if err != nil {
		t.Fatalf("where is gofeed's source? %v", err)
	}
	base := &url.URL{Scheme: "https", Host: "feeds.example", Path: "/dir/feed"}
	var docs []gofeedDoc
	err = filepath.WalkDir(filepath.Join(strings.TrimSpace(string(dir)), "testdata"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".xml" && !strings.Contains(path, "/json/version") {
			return err
		}
		data, err := os.ReadFile(path)
		docs = append(docs, gofeedDoc{name: "gofeed/" + filepath.Base(filepath.Dir(path)) + "/" + filepath.Base(path), url: base, data: data})
		return err
	})
	if err != nil || len(docs) < 300 {
		t.Fatalf("gofeed's module has %d documents: %v", len(docs), err)
	}
	return docs
}

func sharedDocs(t *testing.T) []gofeedDoc {
	t.Helper()
	if _, err := os.Stat(sharedFeeds); err != nil && os.Getenv("PLANET_SHARED") != "required" {
		return nil // gofeed's own are many
	}
	var docs []gofeedDoc
	for _, l := range lines[sharedURL](t, filepath.Join(shared(t), "manifest.jsonl")) {
		data, err := os.ReadFile(filepath.Join(sharedFeeds, filepath.FromSlash(l.File)))
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(l.URL)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, gofeedDoc{name: l.File, contentType: l.ContentType, url: u, data: data})
	}
	return docs
}

type sharedURL struct {
	File        string `json:"file"`
	URL         string `json:"url"`
	ContentType string `json:"content_type"`
}

// A misreading is a value that gofeed reads differently.
type misreading struct{ at, field, theirs, ours string }

// worse tells where our reading differs from gofeed's without being better.
func worse(feed *gofeed.Feed, ours parse.Result, base *url.URL) (all []string) {
	for _, d := range misreadings(feed, ours, base) {
		if !slices.ContainsFunc(better, func(b betterReading) bool {
			return (b.field == "" || b.field == d.field) && b.is(d, feed)
		}) {
			all = append(all, fmt.Sprintf("%s: %s is %.300q, of gofeed %.300q", d.at, d.field, d.ours, d.theirs))
		}
	}
	return all
}

// A betterReading is a reason to read a field differently.
type betterReading struct {
	field, why string
	is         func(d misreading, feed *gofeed.Feed) bool
}

var better = []betterReading{
	{"", "text that was encoded twice is repaired", func(d misreading, _ *gofeed.Feed) bool {
		return encodedTwice(d.ours, charmap.ISO8859_1) == d.theirs || encodedTwice(d.ours, charmap.Windows1252) == d.theirs
	}},
	{"id", "ids are compared character by character, so they stay as they are (RFC 4287 §4.2.6.1)", func(d misreading, _ *gofeed.Feed) bool {
		return strings.HasSuffix(d.theirs, url.PathEscape(d.ours)) || strings.HasSuffix(d.theirs, d.ours)
	}},
	{"id", "an id has no markup", func(d misreading, _ *gofeed.Feed) bool { return plain(d.theirs) == d.ours }},
	{"link", "of several links the first is the post's", func(d misreading, feed *gofeed.Feed) bool {
		for _, it := range feed.Items {
			if slices.Contains(it.Links, d.ours) && slices.Contains(it.Links, d.theirs) {
				return true
			}
		}
		return slices.Contains(feed.Links, d.ours) && slices.Contains(feed.Links, d.theirs)
	}},
	{"link", "an empty href is no address of a post; its guid is", func(d misreading, feed *gofeed.Feed) bool {
		return slices.ContainsFunc(feed.Items, func(it *gofeed.Item) bool { return it.GUID == d.ours && it.Link == d.theirs })
	}},
	{"tag", "a category's term is the same for all its readers, its label is not", func(d misreading, feed *gofeed.Feed) bool {
		original, ok := feed.OriginalFeed().(*atom.Feed)
		return ok && slices.ContainsFunc(original.Entries, func(e *atom.Entry) bool {
			return slices.ContainsFunc(e.Categories, func(c *atom.Category) bool { return c.Label == d.theirs && strings.Contains(d.ours, c.Term) })
		})
	}},
	{"author", "mailto: is part of no address", func(d misreading, _ *gofeed.Feed) bool {
		address, ok := strings.CutPrefix(d.theirs, "mailto:")
		return ok && strings.Contains(d.ours, address)
	}},
	{"enclosure", "relative to the entry's page, as everything in an entry", func(d misreading, feed *gofeed.Feed) bool {
		name := d.theirs[strings.LastIndexByte(d.theirs, '/'):]
		return strings.HasSuffix(d.ours, name)
	}},
	{"text", "pictures, sounds and films are no text", func(d misreading, feed *gofeed.Feed) bool {
		original, ok := feed.OriginalFeed().(*atom.Feed)
		return ok && d.ours == "" && slices.ContainsFunc(original.Entries, func(e *atom.Entry) bool {
			return e.Content != nil && strings.HasPrefix(e.Content.Type, "video/") && e.Content.Value == d.theirs
		})
	}},
	{"updated", "a JSON Feed doesn't say; gofeed takes the newest entry's date", func(d misreading, feed *gofeed.Feed) bool {
		return d.at == "feed" && feed.FeedType == "json" && d.ours == ""
	}},
}

func misreadings(feed *gofeed.Feed, ours parse.Result, base *url.URL) (all []misreading) {
	differ := func(at, field, theirs, mine string) {
		if theirs != "" && theirs != mine {
			all = append(all, misreading{at, field, theirs, mine})
		}
	}
	missing := func(at, field string, theirs, mine []string) {
		for _, v := range theirs {
			if v = plain(v); v != "" && !slices.ContainsFunc(mine, func(m string) bool { return strings.EqualFold(plain(m), v) }) {
				all = append(all, misreading{at, field, v, strings.Join(mine, ", ")})
			}
		}
	}
	differ("feed", "title", plain(feed.Title), clean.Plain(ours.Feed.Title))
	differ("feed", "subtitle", plain(feed.Description), clean.Plain(ours.Feed.Subtitle))
	differ("feed", "link", absolute(base, feed.Link), ours.Feed.Link)
	differ("feed", "language", feed.Language, ours.Feed.Language)
	if feed.UpdatedParsed != nil {
		differ("feed", "updated", stamp(*feed.UpdatedParsed), stamp(ours.Feed.Updated))
	}
	if len(feed.Items) < len(ours.Items) { // gofeed sees no entries within entries
		ours.LeaveOutEmpty()
	}
	if len(feed.Items) > len(ours.Items) {
		return append(all, misreading{"feed", "entries", fmt.Sprint(len(feed.Items)), fmt.Sprint(len(ours.Items))})
	}
	for i, it := range feed.Items {
		at, o := fmt.Sprint("entry ", i), ours.Items[i]
		differ(at, "id", strings.TrimSpace(it.GUID), o.GUID)
		differ(at, "link", absolute(base, it.Link), o.Link)
		differ(at, "title", plain(it.Title), clean.Plain(o.Title))
		if it.PublishedParsed != nil {
			differ(at, "published", stamp(*it.PublishedParsed), stamp(dateOf(o)))
		}
		if it.UpdatedParsed != nil && it.PublishedParsed != nil && !it.UpdatedParsed.Equal(*it.PublishedParsed) {
			differ(at, "updated", stamp(*it.UpdatedParsed), stamp(o.Updated))
		}
		content, summary := squeezed(clean.Plain(o.Content)), squeezed(clean.Plain(o.Summary))
		for _, text := range []string{it.Content, it.Description} {
			if s := squeezed(plain(text)); s != content && s != summary {
				differ(at, "text", s, cmp.Or(content, summary))
			}
		}
		missing(at, "author", peopleOf(it), append(names(o.Authors), emails(o.Authors)...))
		missing(at, "tag", it.Categories, o.Tags)
		var files, mine []string
		for _, e := range it.Enclosures {
			files = append(files, absolute(base, e.URL))
		}
		for _, e := range o.Enclosures {
			mine = append(mine, e.URL)
		}
		missing(at, "enclosure", files, mine)
	}
	return all
}

func peopleOf(it *gofeed.Item) (all []string) {
	for _, a := range it.Authors {
		if a != nil {
			all = append(all, a.Name, a.Email)
		}
	}
	return all
}

func emails(people []planet.Person) (all []string) {
	for _, p := range people {
		all = append(all, p.Email)
	}
	return all
}

// encodedTwice is s as it looks when its UTF-8 was taken for another character set.
func encodedTwice(s string, set *charmap.Charmap) string {
	out, err := set.NewDecoder().String(s)
	if err != nil {
		return ""
	}
	return plain(out)
}

func plain(s string) string { return clean.Plain(planet.Text{Type: planet.HTML, Body: s}) }

// squeezed is text without white space.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

func absolute(base *url.URL, ref string) string {
	u, err := url.Parse(strings.TrimSpace(ref))
	if err != nil || ref == "" {
		return ""
	}
	if u = base.ResolveReference(u); u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}
