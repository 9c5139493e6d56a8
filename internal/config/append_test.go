package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v4"
)

// toAdd are the feeds that a file of testdata/append gets, where it isn't just Zoe's.
var toAdd = map[string][]NewFeed{
	"block-apart-two": {{Name: "Zoe", URL: "https://zoe.example/feed.xml"}, {Name: "Zoe", URL: "https://zoe.example/more.xml"}},
	"flow-lines":      {{Name: "Zoe", URL: "https://zoe.example/feed.xml"}, {Name: "Yan", URL: "https://yan.example/feed.xml"}},
	"id-given":        {{Name: "Zoe", URL: "https://zoe.example/feed.xml", ID: "z"}},
	"password":        {{Name: "Zoe", URL: "https://zoe:secret@zoe.example/feed.xml"}},
	"quotes-block":    awkward(),
	"quotes-flow":     awkward(),
}

// awkward are names and addresses that need quotes, or look as if they did.
func awkward() []NewFeed {
	var feeds []NewFeed
	for i, name := range []string{
		"Planet: Example", "C# and F #", "@ada", "*ada", "&ada", "!ada", "%ada", "[ada]", "{ada}", "a, b", "- ada", "-ada", "? ada",
		"yes", "Null x", "null", "True", "2020", "1_000", "0x1F", "1.5e3", "12:30", "2020-01-02", "off", "=1", "<<a", "Zoë 🦊", "Хабр",
		"दिल्ली", "ada:", "it's", "it's: so", `say "no": so`, `"ada"`, "'ada'", "`ada`", `back\slash`, `back\: slash`, "tab\there",
		"line\nbreak", "next\u0085line", "sep\u2028here", "bell\ahere", "zero\u200bwidth", "a  b", "...a", "--- a", "|a", ">a", "~a", "a]b",
	} {
		address := fmt.Sprintf("https://a%d.example/?x=[1],{2}&y=%%20:#top", i)
		if i%2 == 0 {
			address = fmt.Sprintf("https://a%d.example/~ada/:", i)
		}
		feeds = append(feeds, NewFeed{Name: name, URL: address})
	}
	return feeds
}

func TestAppend(t *testing.T) {
	files, err := filepath.Glob("testdata/append/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if strings.HasSuffix(name, ".want") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			feeds := toAdd[name]
			if feeds == nil {
				feeds = []NewFeed{{Name: "Zoe", URL: "https://zoe.example/feed.xml"}}
			}
			got, err := Append("feeds.yaml", data, feeds)
			if err != nil {
				t.Fatal(err)
			}
			checkAppended(t, data, got, feeds)
			wanted := "testdata/append/" + name + ".want.yaml"
			if *update {
				if err := os.WriteFile(wanted, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wanted)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			again, err := Append("feeds.yaml", got, []NewFeed{{Name: "Xia", URL: "https://xia.example/feed.xml"}})
			if err != nil {
				t.Fatal("a second time:", err)
			}
			checkAppended(t, got, again, make([]NewFeed, 1))
		})
	}
}

// emptyList is what may be removed to make room: a list of nothing.
var emptyList = regexp.MustCompile(`[ \t]*(\[[ \t]*\]|~|null|Null|NULL)`)

// checkAppended checks what holds for every file: feeds are added, and nothing is taken away.
func checkAppended(t *testing.T, before, after []byte, added []NewFeed) {
	t.Helper()
	old, err := Parse("feeds.yaml", before)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("feeds.yaml", after)
	if err != nil {
		t.Fatalf("%v in\n%s", err, after)
	}
	if len(c.Feeds) != len(old.Feeds)+len(added) {
		t.Errorf("%d feeds became %d", len(old.Feeds), len(c.Feeds))
	}
	for i, f := range added {
		if got := c.Feeds[len(old.Feeds)+i]; f.Name != "" && (got.Name != strings.TrimSpace(f.Name) || got.URL != strings.TrimSpace(f.URL)) {
			t.Errorf("%+v became %+v", f, got)
		}
	}
	if kept(before, after) {
		return
	}
	for _, at := range emptyList.FindAllIndex(before, -1) {
		if len(old.Feeds) == 0 && kept(slices.Delete(slices.Clone(before), at[0], at[1]), after) {
			return
		}
	}
	t.Errorf("bytes were lost:\n%q\n%q", before, after)
}

// kept says whether all bytes are there still, in their order.
func kept(before, after []byte) bool {
	for _, b := range after {
		if len(before) > 0 && before[0] == b {
			before = before[1:]
		}
	}
	return len(before) == 0
}

func TestAppendErrors(t *testing.T) {
	const head = "title: Planet\nurl: https://planet.example/\n"
	const list = head + "feeds:\n  - name: Ada\n    url: https://ada.example/feed.xml\n"
	zoe := NewFeed{Name: "Zoe", URL: "https://zoe.example/"}
	for _, tt := range []struct {
		name, yaml string
		add        []NewFeed
		want       string
	}{
		{"mistakes", "title: Planet\nurl: https://planet.example/\nfeed: []\n", []NewFeed{zoe}, "feeds.yaml:3:1: unknown key \"feed\"\n    feed: []\n    ^\nhint: did you mean \"feeds\"?"},
		{"listed", list, []NewFeed{{Name: "A.", URL: "HTTPS://ada.example:443/feed.xml/"}}, "is listed already on line 5, as Ada"},
		{"given twice", list, []NewFeed{zoe, zoe}, "is given twice, first as Zoe"},
		{"alias", "hide: &none []\n" + head + "feeds: *none\n", []NewFeed{zoe}, "feeds.yaml: could not be extended safely: the list is an alias, *none; add by hand, under \"feeds:\":\n  - name: Zoe\n    url: https://zoe.example/"},
		{"merged", "hide: []\n" + head + "<<: {feeds: [{name: Ada, url: https://ada.example/}]}\n", []NewFeed{{Name: "Zoe", URL: "https://jo:secret@zoe.example/"}}, "feeds.yaml: could not be extended safely: something else would have changed; add by hand, under \"feeds:\":\n  - name: Zoe\n    url: https://*********@zoe.example/"},
		{"tag of nothing", head + "feeds: !!null\n", []NewFeed{zoe}, "feeds.yaml: could not be extended safely: the list has no value; add by hand, under \"feeds:\":\n  - name: Zoe\n    url: https://zoe.example/"},
		{"key in an unusual way", head + "? feeds\n", []NewFeed{zoe}, "feeds.yaml: could not be extended safely: the list is written in an unusual way; add by hand, under \"feeds:\":\n  - name: Zoe\n    url: https://zoe.example/"},
		{"null in braces", "{title: Planet, url: https://planet.example/, feeds: ~}", []NewFeed{zoe}, "feeds.yaml: could not be extended safely: the list has no value; add by hand, under \"feeds:\":\n  - name: Zoe\n    url: https://zoe.example/"},
		{"no address", list, []NewFeed{{Name: "Zoe", URL: "zoe.example"}}, "new feed: url: an address begins with https:// or http://\nhint: did you mean \"https://zoe.example\"?"},
		{"secret", list, []NewFeed{{Name: "Zoe", URL: "ftp://jo:secret@zoe.example"}}, "new feed: url: unknown scheme \"ftp\"\nhint: addresses begin with https:// or http://"},
		{"no name", list, []NewFeed{{Name: " ", URL: "https://zoe.example"}}, "new feed: name is empty\nhint: for example name: Kaushal M"},
		{"no id", list, []NewFeed{{Name: "🦊", URL: "https://zoe.example"}}, "new feed: no id can be made of \"🦊\"\nhint: an id has letters or digits, for example id: kaushal-m"},
		{"id of another", list, []NewFeed{{Name: "Zoe", URL: "https://zoe.example", ID: "ada"}}, "new feed: the id \"ada\" belongs to the feed on line 4, \"Ada\"\nhint: an id is for one feed alone"},
		{"bad id", list, []NewFeed{{Name: "Zoe", URL: "https://zoe.example", ID: "Z E"}}, "new feed: \"Z E\" is not an id: lower-case letters, digits and single hyphens\nhint: write id: z-e"},
		{"not UTF-8", list, []NewFeed{{Name: "Zo\xeb", URL: "https://zoe.example"}}, "new feed: not UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := Append("feeds.yaml", []byte(tt.yaml), tt.add)
			if err == nil || data != nil || err.Error() != tt.want {
				t.Errorf("%s\n%q\nwant\n%q", data, err, tt.want)
			}
		})
	}
}

func TestListedIsFound(t *testing.T) {
	data := []byte("title: Planet\nurl: https://planet.example/\nfeeds: [{name: Ada, url: http://ada.example}]\n")
	_, err := Append("feeds.yaml", data, []NewFeed{{Name: "A", URL: "http://ADA.example/#x"}})
	var listed *Listed
	if !errors.As(err, &listed) || listed.Name != "Ada" || listed.Line != 3 {
		t.Errorf("%v", err)
	}
}

func TestNothingToAppend(t *testing.T) {
	data := []byte("title: Planet\nurl: https://planet.example/\nfeeds: []\n")
	if got, err := Append("feeds.yaml", data, nil); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%s, %v", got, err)
	}
}

func TestLongNameGetsAFreeID(t *testing.T) {
	name := strings.Repeat("é", maxID/2)
	data := []byte("title: Planet\nurl: https://planet.example/\nfeeds: [{name: " + name + ", url: https://ada.example/}]\n")
	data, err := Append("feeds.yaml", data, []NewFeed{{Name: name, URL: "https://zoe.example/"}})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := Parse("feeds.yaml", data); err != nil || c.Feeds[1].ID != strings.Repeat("é", maxID/2-1)+"-2" {
		t.Errorf("%v, %s", err, data)
	}
}

// What the shipped feeds.yaml looks like after an addition is what its maintainers see.
func TestShippedFileGrows(t *testing.T) {
	data, err := os.ReadFile("../../feeds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	feeds := []NewFeed{{Name: "Zoe", URL: "https://zoe.example/"}}
	got, err := Append("../../feeds.yaml", data, feeds)
	if err != nil {
		t.Fatal(err)
	}
	if added := string(bytes.TrimPrefix(got, data)); added != "\n  - name: Zoe\n    url: https://zoe.example/\n" {
		t.Errorf("%q", added)
	}
}

func TestQuoted(t *testing.T) {
	for _, tt := range []struct{ text, block, flow string }{
		{"Ada", "Ada", "Ada"},
		{"a, b", "a, b", `"a, b"`},
		{"it's", "it's", "it's"},
		{"it's: so", `"it's: so"`, `"it's: so"`},
		{`say "no": so`, `'say "no": so'`, `'say "no": so'`},
		{"Yes", `"Yes"`, `"Yes"`},
		{"2020", `"2020"`, `"2020"`},
		{"C# and F #", `"C# and F #"`, `"C# and F #"`},
		{"C#", "C#", "C#"},
		{"a\nb", `"a\nb"`, `"a\nb"`},
		{"Zoë 🦊", "Zoë 🦊", "Zoë 🦊"},
		{"\u0085", `"\u0085"`, `"\u0085"`},
		{"https://x.example/#a", "https://x.example/#a", "https://x.example/#a"},
		{"https://x.example/?a=[1]", "https://x.example/?a=[1]", `"https://x.example/?a=[1]"`},
	} {
		if got := quoted(tt.text, false); got != tt.block {
			t.Errorf("%q: %s, want %s", tt.text, got, tt.block)
		}
		if got := quoted(tt.text, true); got != tt.flow {
			t.Errorf("%q in braces: %s, want %s", tt.text, got, tt.flow)
		}
	}
}

// Whatever is quoted is read as what it was.
func FuzzQuoted(f *testing.F) {
	for _, feed := range awkward() {
		f.Add(feed.Name)
		f.Add(feed.URL)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		for _, doc := range []string{"a: " + quoted(s, false) + "\nb: c\n", "{a: " + quoted(s, true) + ", b: c}", "{\"a\": " + doubleQuoted(s) + "}"} {
			var got struct{ A, B string }
			if err := yaml.Unmarshal([]byte(doc), &got); err != nil || got.A != s {
				t.Errorf("%q: %q, %v in %q", s, got.A, err, doc)
			}
		}
	})
}

func FuzzAppend(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.yaml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "Zoe", "https://zoe.example/feed.xml", "")
		f.Add(data, "yes: [no]", "https://zoe.example/{feed},.xml", "z")
	}
	f.Fuzz(func(t *testing.T, data []byte, name, url, id string) {
		feeds := []NewFeed{{name, url, id}}
		if after, err := Append("feeds.yaml", data, feeds); err == nil {
			checkAppended(t, data, after, feeds)
		}
	})
}
