package collect

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"planet/internal/clean"
	"planet/internal/parse"
	"planet/internal/planet"
)

func read(texts ...string) *vocabulary {
	v := newVocabulary()
	for _, s := range texts {
		v.read(s)
	}
	return v
}

func TestWordsOfEveryScript(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Don't stop—the Ünder-dog 2 GO", "don dog go stop t the ünder"},
		{"Привет, мир!", "мир привет"},
		{"हिन्दी में", "में हिन्दी"},
		{"한국어 블로그", "블로그 한국어"},
		{"雨中的西湖。游客", "中的 游客 的西 西湖 雨中"},
		{"西湖 walk西", "walk 西湖"},
		{"ひとつ、カナ", "とつ ひと カナ"},
		{"ชาร้อน", "ชา าร ร้อ อน"},
		{"西", ""},
		{strings.Repeat("x", wordBytes+1) + " ok", "ok"},
		{"a\xffb", "a b"},
		{"", ""},
	} {
		got := strings.Join(slices.Sorted(maps.Keys(read(c.text).count)), " ")
		want := strings.Join(slices.Sorted(slices.Values(strings.Fields(c.want))), " ")
		if got != want {
			t.Errorf("%q: got %q, want %q", c.text, got, want)
		}
	}
	if v := vocabularyOf([]planet.Entry{{Title: "one", Text: "two"}, {Title: "made of the text", Untitled: true, Text: "two"}}); fmt.Sprint(v.count) != "map[one:1 two:2]" || v.total != 3 {
		t.Errorf("of entries: %v", v.count)
	}
}

func TestScripts(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"straightforward", "Latin"},
		{"Привет мир", "Cyrillic"},
		{"漢字とかなが交じる文", "Kana"},
		{"雨中的西湖游客", "Han"},
		{"한국어 블로그", "Hangul"},
		{"ชาร้อน", "Thai"},
		{"ქართული", "Other"},
		{"half Латиница", ""},
		{"12 :-)", ""},
	} {
		if got := read(strings.Repeat(c.text+" ", 50)).script(); got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
	if got := read("Привет мир").script(); got != "" {
		t.Errorf("of ten letters: %s", got)
	}
}

func TestTongues(t *testing.T) {
	v := func(name string, from, to int) *vocabulary {
		p := posts(t, name)
		return vocabularyOf(p[from:min(to, len(p))])
	}
	gluster, cooking, chinese := v("gluster-en", 0, 9), v("cooking-de", 0, 9), v("travel-zh", 1, 9)
	for _, c := range []struct {
		name        string
		fresh, past *vocabulary
		want        tongue
	}{
		{"English, about something else", v("garden-en", 0, 9), gluster, sameTongue},
		{"German in English", v("gluster-de", 0, 9), gluster, otherTongue},
		{"German, about something else", v("gluster-de", 0, 9), cooking, sameTongue},
		{"Vietnamese in German", v("shoes-vi", 0, 9), cooking, otherTongue},
		{"Chinese in English", v("gambling-zh", 0, 9), gluster, otherTongue},
		{"Chinese, about something else", v("gambling-zh", 0, 9), chinese, sameTongue},
		{"Japanese in Chinese", read(strings.Repeat("雨の中を歩いて湖まで行きました。", 10)), chinese, otherTongue},
		{"Thai in Chinese", v("tea-th", 0, 9), chinese, otherTongue},
		{"some English words", read("It was the first of the servers that had a new daemon, and we like that it is in the test for all of us"), gluster, sameTongue},
		{"some German words", read("Es war der erste von den Servern mit einem neuen Dienst, und wir mögen, dass er im Test ist, für uns alle"), gluster, unknownTongue},
		{"a title", read("Bits and bricks"), gluster, unknownTongue},
		{"no past", gluster, read(""), unknownTongue},
		{"a past of a few words", gluster, v("garden-en", 0, 1), unknownTongue},
		{"nothing", read(""), read(""), unknownTongue},
	} {
		if got := tongueOf(c.fresh, c.past); got != c.want {
			t.Errorf("%s: %d, want %d (share %.2f of %d and %d words)", c.name, got, c.want, c.fresh.share(c.past), c.fresh.total, c.past.total)
		}
	}
}

func TestTopics(t *testing.T) {
	thirds := func(p []planet.Entry) (out []*vocabulary) {
		for i := range 3 {
			out = append(out, vocabularyOf(p[i*len(p)/3:(i+1)*len(p)/3]))
		}
		return out
	}
	en, zh := posts(t, "gluster-en"), posts(t, "travel-zh")
	medley := slices.Concat(posts(t, "casino-en"), posts(t, "garden-en")[:2], en[:2])
	for _, c := range []struct {
		name        string
		fresh, past []planet.Entry
		tongue      tongue
		want        bool
	}{
		{"the same", en[:3], en[3:], sameTongue, false},
		{"another", posts(t, "garden-en"), en, sameTongue, true},
		{"another, language unknown", posts(t, "garden-en"), en, unknownTongue, true},
		{"another, in few words", posts(t, "garden-en")[:1], en, sameTongue, false},
		{"another than in few words", posts(t, "garden-en"), en[:3], sameTongue, false},
		{"the same in another language", posts(t, "gluster-de"), en, otherTongue, false},
		{"another in another language", posts(t, "shoes-vi"), en, otherTongue, true},
		{"the same in Chinese", zh[:2], zh[2:], sameTongue, false},
		{"another in Chinese", posts(t, "gambling-zh"), zh, sameTongue, true},
		{"another than a past without a topic", posts(t, "cooking-de"), medley, sameTongue, false},
		{"the same, in another language than that", posts(t, "cooking-de"), medley, otherTongue, true},
	} {
		if got := otherTopic(vocabularyOf(c.fresh), thirds(c.past), c.tongue); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// A hostile feed's texts cost no more than a moment.
func TestWordsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 300_000 {
		fmt.Fprintf(&b, "w%s ", strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(i)))
	}
	for name, text := range map[string]string{
		"different words": b.String(), "no words": strings.Repeat("-", 3<<20), "one word": strings.Repeat("x", 3<<20), "one-letter words": strings.Repeat("x ", 1<<20),
		"marks": "a" + strings.Repeat("\u0301", 1<<20), "Chinese": strings.Repeat("雨中的西湖", 1<<18), "not UTF-8": strings.Repeat("\xe9\x9b", 1<<20),
	} {
		entries := slices.Repeat([]planet.Entry{{Text: text}}, 2000)
		began := time.Now()
		if v := vocabularyOf(entries); v.total > wordsRead || len(v.count) > wordsRead {
			t.Errorf("%s: %d words, %d different", name, v.total, len(v.count))
		}
		is := changed(kaushal, func(f *fingerprint) { f.Title, f.Generator, f.Authors = "Casino", "Wix", nil })
		signs(kaushal, is, 0, entries, func() []planet.Entry { return entries[:30] })
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
	}
}

// sharedFeeds is the folder of real feeds, which is no part of the project.
const sharedFeeds = "../../../shared/feeds"

// A realBlog is a real feed of at least five entries with text, the newest first.
type realBlog struct {
	name    string
	doc     parse.Result
	url     string
	entries []planet.Entry // of the items with text, and
	items   []planet.Item  // those
}

func realBlogs(t *testing.T) (blogs []realBlog) {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join(sharedFeeds, "manifest.jsonl"))
	if err != nil {
		if os.Getenv("PLANET_SHARED") == "required" {
			t.Fatalf("PLANET_SHARED=required, but: %v", err)
		}
		t.Skip("no shared feeds here; PLANET_SHARED=required makes that a failure")
	}
	for s := bufio.NewScanner(bytes.NewReader(manifest)); s.Scan(); {
		var m struct {
			File, URL   string
			ContentType string `json:"content_type"`
		}
		if err := json.Unmarshal(s.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(sharedFeeds, m.File))
		if err != nil {
			t.Fatal(err)
		}
		base, err := url.Parse(m.URL)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Parse(data, m.ContentType, base, parse.Limits{})
		b := realBlog{name: m.File, doc: doc, url: m.URL}
		for _, it := range doc.Items {
			if e := clean.Entry(it, clean.Limits{}); err == nil && e.Text != "" && len(b.entries) < 30 {
				b.items, b.entries = append(b.items, it), append(b.entries, e)
			}
		}
		if len(b.items) >= 5 {
			blogs = append(blogs, b)
		}
	}
	return blogs
}

func (b realBlog) fingerprint(items []planet.Item) fingerprint {
	f := b.doc.Feed
	return fingerprintOf(clean.Plain(f.Title), f.Link, clean.LangTag(f.Language), f.Generator, b.url, items)
}

// fresh is how many of a blog's entries count as new.
func (b realBlog) fresh() int { return min(3, len(b.items)/2) }

// TestRealBlogsAreNotHeld plays changes on real blogs: the newest three entries are new, the others are the past.
func TestRealBlogsAreNotHeld(t *testing.T) {
	t.Parallel()
	blogs := realBlogs(t)
	rename := func(f *fingerprint) { f.Title, f.Generator = "Qwertz Uiopü", "Another Program" }
	for _, c := range []struct {
		name  string
		is    func(*fingerprint)
		known int
		most  int // held, at most
	}{
		{"nothing", func(*fingerprint) {}, 0, 0},
		{"title and program, old posts along", rename, 1, 0},
		{"title, program and domain, old posts along", func(f *fingerprint) { rename(f); moveTo(f, "new.example") }, 1, 0},
		{"program and domain", func(f *fingerprint) { f.Generator = "Another Program"; moveTo(f, "new.example") }, 0, 0},
		{"title and program, no author named", func(f *fingerprint) { rename(f); f.Authors = nil }, 0, 0},
	} {
		held := 0
		for _, b := range blogs {
			k := b.fresh()
			was := b.fingerprint(b.items[k:])
			was.Generator = "Program"
			is := b.fingerprint(b.items[:k])
			is.Generator = was.Generator
			c.is(&is)
			if found := signs(was, is, c.known, b.entries[:k], func() []planet.Entry { return b.entries[k:] }); len(found) >= suspicious {
				held++
				t.Logf("%s: %s: %q", c.name, b.name, found)
			}
		}
		t.Logf("changed: %s: %d of %d blogs held", c.name, held, len(blogs))
		if held > c.most {
			t.Errorf("changed: %s: %d of %d blogs held, want at most %d", c.name, held, len(blogs), c.most)
		}
	}
}

// TestOtherBlogsAreHeld puts real blogs in place of others.
func TestOtherBlogsAreHeld(t *testing.T) {
	t.Parallel()
	blogs := realBlogs(t)
	sameProgram := func(was, is *fingerprint) { is.Generator = was.Generator }
	sameDomain := func(was, is *fingerprint) { is.Site, is.Hosts = was.Site, was.Hosts }
	for _, c := range []struct {
		name   string
		change func(was, is *fingerprint)
		abroad bool // in another language than the blog's; otherwise in any
		least  int  // held, percent
	}{
		{"by another program", func(was, is *fingerprint) { was.Generator, is.Generator = "Program", "Another" }, false, 97},
		{"by the same program", sameProgram, false, 74},
		{"by the same program, in another language", sameProgram, true, 97},
		{"by the same program, on the same domain, in another language", func(was, is *fingerprint) { sameProgram(was, is); sameDomain(was, is) }, true, 80},
	} {
		held, pairs := 0, 0
		for i, a := range blogs {
			for _, step := range []int{1, 11, 29} { // all pairs take half a minute and say the same
				b := blogs[(i+step)%len(blogs)]
				fresh := b.entries[:b.fresh()]
				if c.abroad && tongueOf(vocabularyOf(fresh), vocabularyOf(a.entries)) != otherTongue {
					continue
				}
				was, is := a.fingerprint(a.items), b.fingerprint(b.items)
				c.change(&was, &is)
				pairs++
				if len(signs(was, is, 0, fresh, func() []planet.Entry { return a.entries })) >= suspicious {
					held++
				}
			}
		}
		t.Logf("another blog %s: %d of %d held, %d%%", c.name, held, pairs, held*100/pairs)
		if held*100 < c.least*pairs {
			t.Errorf("another blog %s: %d of %d held, want %d%%", c.name, held, pairs, c.least)
		}
	}
}
