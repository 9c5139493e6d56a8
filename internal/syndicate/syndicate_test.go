package syndicate

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
)

var update = flag.Bool("update", false, "rewrite the goldens")

func day(n int) time.Time { return time.Date(2026, 11, n, 10, 0, 0, 0, time.UTC) }

// sample holds an entry of every kind.
func sample() Feed {
	return Feed{
		Title: "Planet <Sample>", URL: "https://planet.example/", Description: "What we & they write", Lang: "en",
		Owner: planet.Person{Name: "Jo", Email: "jo@planet.example"}, Version: "1.2.3", Mode: planet.Full,
		Hub: "https://hub.example/", Stylesheet: "assets/feed.css", Prev: "history/2.xml",
		Feeds: map[string]planet.Feed{
			"ada": {ID: "ada", Name: "Ada", URL: "https://ada.example/feed", Site: "https://ada.example/"},
			"bob": {ID: "bob", Name: "Bob", URL: "https://bob.example/feed", Mode: planet.Excerpt},
			"cyd": {ID: "cyd", Name: "Cyd", URL: "https://cyd.example/feed", Mode: planet.Link},
		},
		Entries: []planet.Entry{
			{
				FeedID: "ada", PublishedID: "tag:ada.example,2026:1", Link: "https://ada.example/1", Title: "Less < more & \"so\"", Lang: "en",
				Authors: []planet.Person{{Name: "Ada L", URI: "https://ada.example/me"}, {Email: "second@ada.example"}}, Tags: []string{"a & b", "c", "", " c"},
				Content: "<p>Full]]&gt; text\x0b</p>", Excerpt: "In short]]>", Comments: "https://ada.example/1#comments", Rights: "https://creativecommons.org/licenses/by/4.0/",
				Enclosures: []planet.Enclosure{{URL: "https://ada.example/1.ogg", Type: "audio/ogg", Length: 123}, {URL: "https://ada.example/1.bin"}},
				Published:  day(3), Updated: day(5), FirstSeen: day(4),
			},
			{FeedID: "bob", PublishedID: "not an iri", Link: "https://bob.example/2", Title: "Excerpt only", Content: "<p>All of it</p>", Excerpt: "All & of…", FirstSeen: day(2)},
			{FeedID: "bob", PublishedID: "urn:x:5", Link: "https://bob.example/5", Title: "A beginning", Lang: "de_DE", Content: "<p>All of it</p>", Excerpt: "All of…", Teaser: "<p>All &amp;\x0b <em>of</em>…</p>", FirstSeen: day(2)},
			{FeedID: "cyd", PublishedID: "https://cyd.example/3", Link: "https://cyd.example/3", Title: "Link only", Content: "<p>Hidden</p>", Excerpt: "Hidden", Published: day(1), FirstSeen: day(2)},
			{FeedID: "ada", PublishedID: "urn:x:4", Excerpt: "", FirstSeen: day(1), Folder: "2026/11/", Source: &planet.Source{Title: "Elsewhere", URL: "https://else.example/feed"}},
		},
	}
}

func sampleRoll() Roll {
	return Roll{Title: "Planet <Sample>", URL: "https://planet.example/", Owner: "Jo", Created: day(1), Feeds: []planet.Feed{
		{Name: "Ada \"A\" & co", URL: "https://ada.example/feed?a=1&b=2", Site: "https://ada.example/", Lang: "en", Groups: []string{"core", "c/c++, rust"}},
		{Name: "a folder of posts"},
		{Name: "Bob", URL: "https://bob:secret@bob.example/größe", Lang: "english"},
	}}
}

// files are all documents that the sample makes.
func files(t *testing.T) []planet.File {
	t.Helper()
	var out []planet.File
	for f, err := range All(sample()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	add := func(path string, data []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, planet.File{Path: path, Data: data})
	}
	shelf := sample()
	shelf.Title, shelf.Page, shelf.Prev, shelf.Entries = "Planet: größe", "tags/größe/", "", shelf.Entries[:1]
	data, err := Atom(shelf, "tags/größe/atom.xml")
	add("tags/größe/atom.xml", data, err)
	history := sample()
	history.Archive, history.Prev, history.Next, history.Current, history.Entries = true, "history/1.xml", "history/3.xml", "atom.xml", history.Entries[3:]
	data, err = Atom(history, "history/2.xml")
	add("history/2.xml", data, err)
	data, err = OPML(sampleRoll())
	add("opml.xml", data, err)
	data, err = FOAF(sampleRoll())
	add("foafroll.xml", data, err)
	return out
}

func TestFormats(t *testing.T) {
	for _, f := range files(t) {
		name := filepath.Join("testdata", strings.NewReplacer("/", "-", "größe", "groesse").Replace(f.Path))
		if *update {
			if err := os.WriteFile(name, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(f.Data, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, f.Data, want)
		}
	}
}

func TestTheSameEntriesMakeTheSameBytes(t *testing.T) {
	one, other := files(t), files(t)
	for i := range one {
		if !bytes.Equal(one[i].Data, other[i].Data) {
			t.Errorf("%s isn't the same twice", one[i].Path)
		}
	}
	used := sample()
	for range All(used) {
	}
	if !reflect.DeepEqual(used, sample()) {
		t.Error("writing changed the entries")
	}
}

func TestShortFeedsHoldNoContent(t *testing.T) {
	f := sample()
	f.Short = true
	for file, err := range All(f) {
		if err != nil {
			t.Fatal(err)
		}
		beginning := bytes.Contains(file.Data, []byte("em>of")) || bytes.Contains(file.Data, []byte("em&gt;of"))
		if bytes.Contains(file.Data, []byte("Full")) || bytes.Contains(file.Data, []byte("All of it")) || beginning == (file.Path == "titles.xml") {
			t.Errorf("%s holds content, or not the beginning", file.Path)
		}
	}
}

func TestTitlesAreWithoutText(t *testing.T) {
	for file, err := range All(sample()) {
		if err != nil {
			t.Fatal(err)
		}
		if file.Path == "titles.xml" && (bytes.Contains(file.Data, []byte("Full")) || bytes.Contains(file.Data, []byte("short")) || bytes.Contains(file.Data, []byte("<content"))) {
			t.Errorf("it holds text:\n%s", file.Data)
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
		if bytes.Contains(f.Data, []byte("0001-01-01")) || bytes.Contains(f.Data, []byte("1970")) {
			t.Errorf("%s has a date that nobody meant", f.Path)
		}
	}
}

func TestEveryTitleSaysSomething(t *testing.T) {
	long := strings.Repeat("word ", 40)
	for _, c := range []struct {
		entry planet.Entry
		want  string
	}{
		{planet.Entry{Title: " A\n title\x00 "}, "A title"},
		{planet.Entry{Excerpt: "The beginning", Text: "The beginning and more"}, "The beginning"},
		{planet.Entry{Text: "Only\ntext"}, "Only text"},
		{planet.Entry{Text: long}, strings.Repeat("word ", 15) + "word…"},
		{planet.Entry{Text: strings.Repeat("字", 400)}, strings.Repeat("字", 80) + "…"},
		{planet.Entry{FeedID: "ada"}, "Ada, 2026-11-02"},
		{planet.Entry{FeedID: "ada", Title: "\ufffd\u0085", Authors: []planet.Person{{Name: "Eve"}}}, "Eve, 2026-11-02"},
	} {
		c.entry.FirstSeen = day(2)
		f := sample()
		f.Entries = []planet.Entry{c.entry}
		if got := f.draft().posts[0].Title; got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestArchivesAreTheSameFeed holds RFC 5005 §4: the documents of one feed have its id, and an entry the same everywhere.
func TestArchivesAreTheSameFeed(t *testing.T) {
	docs := map[string]string{}
	for _, f := range files(t) {
		docs[f.Path] = string(f.Data)
	}
	for path, want := range map[string][]string{
		"atom.xml": {
			"<id>https://planet.example/</id>", `<link rel="self" type="application/atom+xml" href="https://planet.example/atom.xml">`,
			`<link rel="prev-archive" type="application/atom+xml" href="https://planet.example/history/2.xml">`, `<link rel="hub" href="https://hub.example/">`,
		},
		"history/2.xml": {
			"<id>https://planet.example/</id>", "<fh:archive></fh:archive>", `<link rel="self" type="application/atom+xml" href="https://planet.example/history/2.xml">`,
			`rel="current" type="application/atom+xml" href="https://planet.example/atom.xml"`, `rel="prev-archive" type="application/atom+xml" href="https://planet.example/history/1.xml"`,
			`rel="next-archive" type="application/atom+xml" href="https://planet.example/history/3.xml"`, "<id>https://cyd.example/3</id>", `href="../assets/feed.css"`,
		},
		"tags/größe/atom.xml": {
			"<id>https://planet.example/tags/gr%C3%B6%C3%9Fe/atom.xml</id>", `<link rel="self" type="application/atom+xml" href="https://planet.example/tags/gr%C3%B6%C3%9Fe/atom.xml">`,
			`<link rel="alternate" type="text/html" href="https://planet.example/tags/gr%C3%B6%C3%9Fe/">`, `href="../../assets/feed.css"`,
		},
		"titles.xml": {"<id>https://planet.example/titles.xml</id>"},
		"rss20.xml":  {`<atom:link rel="prev-archive" type="application/atom+xml" href="https://planet.example/history/2.xml">`},
		"feed.json":  {`"type": "WebSub"`, `"url": "https://hub.example/"`},
	} {
		for _, s := range want {
			if !strings.Contains(docs[path], s) {
				t.Errorf("%s lacks %s", path, s)
			}
		}
	}
	if strings.Contains(docs["titles.xml"], "-archive") {
		t.Error("the archive of titles.xml would have the texts")
	}
}

// TestHostileEntriesMakeValidFeeds gives what validators refuse, wherever a blog can put it.
func TestHostileEntriesMakeValidFeeds(t *testing.T) {
	f := sample()
	f.Feeds["ada"] = planet.Feed{ID: "ada", Name: " ", URL: "https://u:secret@ada.example", Site: "javascript:alert(1)", Lang: "english"}
	f.Entries = []planet.Entry{
		{
			FeedID: "ada", PublishedID: "a\x01", Link: "javascript:alert(1)", Title: "</b>&nbsp;", Lang: "en_US", Comments: "data:text/html,x", Published: day(1), Updated: day(1).AddDate(9000, 0, 0),
			Authors: []planet.Person{{URI: "javascript:alert(1)"}, {Name: "E\x00ve", Email: "eve@ada.example", URI: "mailto:eve@ada.example"}}, Tags: []string{" ", "\x01", "<b>", "<b>"},
			Enclosures: []planet.Enclosure{{URL: "file:///etc/passwd", Type: "text/plain"}, {URL: "https://ada.example/a b|c.mp3", Type: "not a type", Length: -1, Title: "</i>"}},
			Content:    "<p>\x1b]]>\u0080\ufffd</p>", Source: &planet.Source{ID: "no iri", Title: "T", Link: "vbscript:x", URL: "https://größe.example/f?ä"},
			FirstSeen: day(2),
		},
		{FeedID: "ada", PublishedID: "a", Title: "another", Published: day(1), FirstSeen: day(2)},
		{FeedID: "ada", PublishedID: "", Title: "no id", FirstSeen: day(1)},
		{FeedID: "eve", PublishedID: uuidOf("ada", "a\x01"), Title: "taken", FirstSeen: day(1)},
		{FeedID: "eve", PublishedID: "no date"},
		{FeedID: "eve", PublishedID: "https://eve.example/[x]", Link: "https://eve.example/[x]#a#b%zz", FirstSeen: day(1)},
	}
	for file, err := range All(f) {
		if err != nil {
			t.Fatal(err)
		}
		doc := string(file.Data)
		for _, bad := range []string{"javascript:", "vbscript:", "data:", "file:", "secret", "english", "en_US", "\x01", "\x1b", "\u0080", "\ufffd", "@ada", "mailto:", "not a type", "taken", `length="-1"`, "größe", "[x]#", "no iri\""} {
			if strings.Contains(doc, bad) {
				t.Errorf("%s has %q", file.Path, bad)
			}
		}
		if n := strings.Count(doc, uuidOf("ada", "a\x01")); n != 1 && file.Path != "rss10.xml" {
			t.Errorf("%s has the same id %d times", file.Path, n)
		}
		want := "https://eve.example/%5Bx%5D#a%23b%25zz"
		if !strings.Contains(doc, want) {
			t.Errorf("%s lacks %s:\n%s", file.Path, want, doc)
		}
	}
}

func TestEntriesOfOneSecondAreApart(t *testing.T) {
	f := sample()
	f.Entries = []planet.Entry{{PublishedID: "urn:a:3", FirstSeen: day(2)}, {PublishedID: "urn:a:2", FirstSeen: day(2)}, {PublishedID: "urn:a:1", FirstSeen: day(2)}, {PublishedID: "urn:a:0", FirstSeen: day(1)}}
	doc, err := Atom(f, "atom.xml")
	if err != nil {
		t.Fatal(err)
	}
	for s, n := range map[string]int{
		"<updated>2026-11-02T10:00:00Z</updated>": 4, "<updated>2026-11-02T10:00:00.001Z</updated>": 1, "<updated>2026-11-02T10:00:00.002Z</updated>": 2, // with that of the sources, and of the feed
		"<published>2026-11-02T10:00:00Z</published>": 3,
	} {
		if got := bytes.Count(doc, []byte(s)); got != n {
			t.Errorf("%s is there %d times, not %d:\n%s", s, got, n, doc)
		}
	}
}

func TestJSONHasNoEscapedHTML(t *testing.T) {
	data, err := sample().draft().json("feed.json")
	if err != nil || !json.Valid(data) || bytes.Contains(data, []byte(`\u003c`)) {
		t.Errorf("%v\n%s", err, data)
	}
}

// TestMemory writes 10 MB of posts: what is allocated for a format is little more than the document.
func TestMemory(t *testing.T) {
	f := sample()
	f.Entries = nil
	for i := range 100 {
		f.Entries = append(f.Entries, planet.Entry{
			FeedID: "ada", PublishedID: "urn:post:" + day(i).Format(time.DateOnly), Title: "Large", FirstSeen: day(i),
			Content: strings.Repeat("<p>A paragraph with <em>some</em> words in it, as people write them.</p>\n", 1400),
		})
	}
	d := f.draft()
	for _, write := range []func(*draft, string) ([]byte, error){(*draft).atom, (*draft).rss, (*draft).rdf, (*draft).json} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		doc, err := write(d, "x")
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 3*uint64(len(doc)) && !raceDetector {
			t.Errorf("a document of %d bytes took %d", len(doc), n)
		}
	}
}

// BenchmarkFeed writes a feed of 60 posts of 10 KB, with all its checks.
func BenchmarkFeed(b *testing.B) {
	f := sample()
	f.Entries = nil
	for i := range 60 {
		f.Entries = append(f.Entries, planet.Entry{
			FeedID: "ada", PublishedID: "urn:post:" + day(i).Format(time.DateOnly), Title: "Usual", FirstSeen: day(i), Excerpt: "A paragraph",
			Content: strings.Repeat("<p>A paragraph with <em>some</em> words in it, as people write them.</p>\n", 140),
		})
	}
	for b.Loop() {
		if _, err := Atom(f, "atom.xml"); err != nil {
			b.Fatal(err)
		}
	}
}

// Ids and titles may be longer than what the check reads of texts.
func TestLongIDs(t *testing.T) {
	f := sample()
	f.Entries[0].PublishedID = "https://ada.example/" + strings.Repeat("x", 3000)
	f.Entries[1].PublishedID = strings.Repeat("no IRI ", 500)
	f.Entries[1].Title = strings.Repeat("R&D <b> ", 100)
	for file, err := range All(f) {
		if err != nil || file.Path == "rss20.xml" && !bytes.Contains(file.Data, []byte(f.Entries[0].PublishedID)) {
			t.Errorf("%s: %v", file.Path, err)
		}
	}
}
