package parse

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
)

var update = flag.Bool("update", false, "rewrite testdata/*.want.json")

var feedURL = &url.URL{Scheme: "https", Host: "blog.example", Path: "/feeds/all.xml"}

// TestPairs reads every document in testdata and compares with NAME.want.json, a Result without its zero values or the
// error. A report of a bug becomes a pair of files.
func TestPairs(t *testing.T) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".want.json") {
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			doc, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := readable(t, doc)
			wanted := strings.TrimSuffix(name, filepath.Ext(name)) + ".want.json"
			if *update {
				if err := os.WriteFile(wanted, got, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wanted)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func readable(t *testing.T, doc []byte) []byte {
	t.Helper()
	res, err := Parse(doc, "", feedURL, Limits{})
	res.LeaveOutEmpty()
	checkResult(t, res)
	var full any = res
	if err != nil {
		full = map[string]string{"Error": err.Error()}
	}
	data, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(withoutZeros(value)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func withoutZeros(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v["Body"] == "" {
			return nil // a Text without text; its type and base say nothing
		}
		for key, inner := range v {
			if v[key] = withoutZeros(inner); v[key] == nil {
				delete(v, key)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = withoutZeros(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if v == "" || v == "0001-01-01T00:00:00Z" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return v
}

// checkResult holds a result against what later stages rely on: every URL is absolute, and no text holds a character
// that XML forbids.
func checkResult(t *testing.T, res Result) {
	t.Helper()
	web := func(what, s string) {
		u, err := url.Parse(s)
		if s != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
			t.Errorf("%s is %q", what, s)
		}
	}
	people := func(list []planet.Person) {
		for _, who := range list {
			web("a person's URI", who.URI)
		}
	}
	web("the feed's link", res.Feed.Link)
	people(res.Feed.Authors)
	for _, it := range res.Items {
		web("a link", it.Link)
		web("a comments link", it.Comments)
		web("where it was found", it.Via)
		web("what it answers", it.InReplyTo)
		people(it.Contributors)
		if it.GUID != strings.TrimSpace(it.GUID) || len(it.GUID) > (Limits{}).orDefault().URL {
			t.Errorf("an id %.200q", it.GUID)
		}
		seen := map[string]bool{}
		for _, text := range []planet.Text{it.Title, it.Summary, it.Content} {
			web("a base", text.Base)
			if text.Type != planet.HTML && text.Type != planet.PlainText {
				t.Errorf("a text of type %q", text.Type)
			}
		}
		for _, e := range it.Enclosures {
			web("an enclosure", e.URL)
			if seen[e.URL] {
				t.Errorf("the enclosure %s twice", e.URL)
			}
			seen[e.URL] = true
			if e.Length < 0 {
				t.Errorf("an enclosure of %d bytes", e.Length)
			}
		}
		if it.Source != nil {
			web("a source's link", it.Source.Link)
			web("a source's URL", it.Source.URL)
		}
		people(it.Authors)
	}
	if all := fmt.Sprintf("%+v", res); bytes.ContainsFunc([]byte(all), illegal) || strings.ToValidUTF8(all, "") != all {
		t.Errorf("a character that XML forbids, in %q", all)
	}
}

const rssDoc = `<rss version="2.0"><channel><title>%s</title><item><guid>1</guid></item></channel></rss>`

func TestCharacterSets(t *testing.T) {
	utf16 := func(s string, low int) string {
		var b strings.Builder
		for _, r := range s {
			pair := []byte{byte(r >> 8), byte(r)}
			b.Write([]byte{pair[1-low], pair[low]})
		}
		return b.String()
	}
	utf32 := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.Write([]byte{byte(r), byte(r >> 8), byte(r >> 16), 0})
		}
		return b.String()
	}
	swapped := func(s string) string {
		b := []byte(s)
		for i := 0; i+3 < len(b); i += 4 {
			slices.Reverse(b[i : i+4])
		}
		return string(b)
	}
	doc := func(title string) string { return fmt.Sprintf(rssDoc, title) }
	declared := func(set, title string) string {
		return `<?xml version="1.0" encoding="` + set + `"?>` + doc(title)
	}
	for _, c := range []struct {
		name, doc, contentType, want, warning string
	}{
		{"UTF-8", doc("Grüße"), "", "Grüße", ""},
		{"UTF-8 with a mark", "\uFEFF" + doc("Grüße"), "", "Grüße", ""},
		{"the mark before the header", "\uFEFF" + doc("Grüße"), "text/xml; charset=iso-8859-1", "Grüße", ""},
		{"UTF-16LE with a mark", "\xFF\xFE" + utf16(doc("Grüße €"), 0), "", "Grüße €", ""},
		{"UTF-16BE with a mark", "\xFE\xFF" + utf16(doc("Grüße €"), 1), "", "Grüße €", ""},
		{"UTF-16LE without a mark", utf16(declared("utf-16", "Grüße"), 0), "", "Grüße", ""},
		{"UTF-16BE without a mark", utf16(doc("Grüße"), 1), "text/xml; charset=utf-8", "Grüße", ""},
		{"UTF-32LE with a mark", "\xFF\xFE\x00\x00" + utf32(doc("Grüße")), "", "Grüße", ""},
		{"UTF-32LE without a mark", utf32(doc("Grüße")), "", "Grüße", ""},
		{"UTF-32BE without a mark", swapped(utf32(doc("Grüße €"))), "", "Grüße €", ""},
		{"UTF-32BE with a mark", swapped(utf32("\uFEFF" + doc("Grüße"))), "text/xml; charset=utf-8", "Grüße", ""},
		{"UTF-16 declared with another mark", "\xFE\xFF" + utf16(declared("utf-16le", "Grüße"), 1), "", "Grüße", ""},
		{"an odd byte at the end of UTF-16", "\xFF\xFE" + utf16(doc("Grüße"), 0) + "\x00", "", "Grüße", ""},
		{"UTF-8 spelled otherwise", declared("utf8", "Grüße"), "", "Grüße", ""},
		{"UTF-8 spelled wrong", declared("UTF_8", "Grüße"), "", "Grüße", ""},
		{"a label without letters", declared("x-user-defined", "Gr\xFC\xDFe"), "", "Grüße", `unknown character set "x-user-defined", read as windows-1252`},
		{"UTF-7 is not decoded", declared("utf-7", "+ADw-script+AD4-"), "text/xml; charset=utf-7", "+ADw-script+AD4-", ""},
		{"a header in quotes", doc("\xCF\xF0\xE8\xE2\xE5\xF2"), `text/xml; charset='windows-1251'`, "Привет", ""},
		{"a header without a space", doc("\xCF\xF0\xE8\xE2\xE5\xF2"), `text/xml;charset=Windows-1251;`, "Привет", ""},
		{"by chance some UTF-8", doc("\xE9t\xE9, dou\xE9\xA0\xBB, o\xF9"), "", "été, doué\u00a0», où", "no character set declared and not UTF-8, read as windows-1252"},
		{"declared windows-1251", declared("windows-1251", "\xCF\xF0\xE8\xE2\xE5\xF2"), "", "Привет", ""},
		{"header windows-1251", doc("\xCF\xF0\xE8\xE2\xE5\xF2"), "text/xml; charset=windows-1251", "Привет", ""},
		{"the header before the declaration", declared("iso-8859-1", "\xCF\xF0\xE8\xE2\xE5\xF2"), "text/xml; charset=\"windows-1251\"", "Привет", ""},
		{"declared koi8-r", declared("KOI8-R", "\xF0\xD2\xC9\xD7\xC5\xD4"), "", "Привет", ""},
		{"declared shift_jis", declared("Shift_JIS", "\x93\xFA\x96\x7B"), "", "日本", ""},
		{"declared iso-2022-jp", declared("iso-2022-jp", "\x1b$BF|K\\\x1b(B"), "", "日本", ""},
		{"windows-1252 declared as latin 1", declared("iso-8859-1", "\x93quoted\x94 \x80"), "", "“quoted” €", ""},
		{"bytes without a character in windows-1252", declared("windows-1252", "a\x81\x9D\xFC"), "", "a\u0081\u009dü", ""},
		{"the same, undeclared", doc("a\x81\x9D\xFC"), "", "a\u0081\u009dü", "no character set declared and not UTF-8, read as windows-1252"},
		{"UTF-8 declared as latin 1", declared("iso-8859-1", "Grüße"), "", "Grüße", ""},
		{"UTF-8 declared as windows-1252", declared("windows-1252", "Grüße"), "", "Grüße", ""},
		{"UTF-8 declared as utf-16", declared("utf-16", "Grüße"), "", "Grüße", ""},
		{"UTF-8 of an unknown name", declared("x-unheard-of", "Grüße"), "", "Grüße", ""},
		{"UTF-8 of a name that browsers refuse", declared("iso-2022-kr", "Grüße"), "", "Grüße", ""},
		{"a refused name", declared("hz-gb-2312", "Gr\xFC\xDFe"), "", "Grüße", `unknown character set "hz-gb-2312", read as windows-1252`},
		{"one bad byte", declared("utf-8", "Grüße, Andr\xE9"), "", "Grüße, André", "bytes that are not utf-8 although it is declared, read as windows-1252"},
		{"bad bytes, nothing declared", doc("Andr\xE9"), "", "André", "no character set declared and not UTF-8, read as windows-1252"},
		{"bad bytes of an unknown name", declared("x-unheard-of", "Andr\xE9"), "", "André", `unknown character set "x-unheard-of", read as windows-1252`},
		{"a broken header", doc("Grüße"), "text/xml; charset=", "Grüße", ""},
		{"control characters", doc("a\x00b\x0bc\uFFFEd"), "", "abcd", "3 characters that XML forbids were dropped"},
		{"references to control characters", doc("a&#0;b&#x1F;c&#11;d&#xFFFF;e&#xD83D;f"), "", "abcdef", "5 characters that XML forbids were dropped"},
		{"references to a surrogate pair", doc("a&#55357;&#56832;b&#xD83D;&#xDE80;"), "", "a😀b🚀", ""},
		{"huge references", doc("a&#99999999999;b&#x110000;c"), "", "abc", "2 characters that XML forbids were dropped"},
		{"harmless references", doc("a&#32;&#x263A;&#;&#x;"), "", "a ☺&#;&#x;", ""},
		{"entities of HTML", doc("a&nbsp;b&eacute;&unknown;"), "", "a\u00a0bé&unknown;", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, err := Parse([]byte(c.doc), c.contentType, feedURL, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if res.Feed.Title.Body != c.want {
				t.Errorf("title %q, want %q", res.Feed.Title.Body, c.want)
			}
			if got := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(res.Warnings), "["), "]"); got != c.warning && c.name != "harmless references" {
				t.Errorf("warnings %q, want %q", got, c.warning)
			}
			checkResult(t, res)
		})
	}
}

func TestCharactersOfJSON(t *testing.T) {
	doc := "\uFEFF" + `{"version":"https://jsonfeed.org/version/1","title":"a\u0000b\bc\f\ud83d\ude00 \\u0000 \uFFFF \ud83d","items":[]}`
	res, err := Parse([]byte(doc), "", nil, Limits{})
	if want := `abc😀 \u0000  ` + "\uFFFD"; err != nil || res.Feed.Title.Body != want {
		t.Errorf("title %q, %v, want %q", res.Feed.Title.Body, err, want)
	}
	checkResult(t, res)
}

func TestLimits(t *testing.T) {
	item := strings.Repeat("<category>a</category><category>b</category><category>c</category>", 1) +
		"<dc:creator>A</dc:creator><dc:creator>B</dc:creator><dc:creator>C</dc:creator>" +
		`<enclosure url="/1"/><enclosure url="/2"/><enclosure url="/3"/>`
	long := "https://blog.example/" + strings.Repeat("x", 100)
	doc := fmt.Sprintf(`<rss><channel><item><title>t</title><guid>%s</guid><link>%s</link>%s</item></channel></rss>`, long, long, item)
	res, err := Parse([]byte(doc), "", feedURL, Limits{URL: 50, Authors: 2, Tags: 2, Enclosures: 2})
	if err != nil {
		t.Fatal(err)
	}
	it := res.Items[0]
	if it.GUID != "" || it.Link != "" || len(it.Authors) != 2 || len(it.Tags) != 2 || len(it.Enclosures) != 2 {
		t.Errorf("%+v", it)
	}
	if len(res.Warnings) != 5 {
		t.Errorf("warnings %v, want 5", res.Warnings)
	}
}

func TestNewestItemsAreTaken(t *testing.T) {
	var doc strings.Builder
	doc.WriteString("<rss><channel>")
	for i, date := range []string{"", "2026-01-05", "2026-01-01", "", "2026-01-09", "", "2026-01-03"} {
		fmt.Fprintf(&doc, "<item><guid>%d</guid><pubDate>%s</pubDate></item>", i, date)
	}
	doc.WriteString("</channel></rss>")
	res, err := Parse([]byte(doc.String()), "", feedURL, Limits{Items: 4})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, it := range res.Items {
		got += it.GUID
	}
	if want := "0145"; got != want { // in the document's order; 5 is undated, after the newest
		t.Errorf("items %s, want %s", got, want)
	}
	if want := "the document has 7 entries; the newest 4 are taken (limits.items)"; len(res.Warnings) != 1 || res.Warnings[0].String() != want {
		t.Errorf("warnings %v", res.Warnings)
	}
}

func TestErrorTypes(t *testing.T) {
	page := `<!DOCTYPE html><head><link rel="alternate" type="application/atom+xml" href="/atom.xml?a=1&amp;copy=2"></head>`
	_, err := Parse([]byte(page), "text/html", feedURL, Limits{})
	var notFeed *NotFeedError
	if !errors.As(err, &notFeed) || len(notFeed.Links) != 1 || notFeed.Links[0] != "https://blog.example/atom.xml?a=1&copy=2" {
		t.Errorf("error %v", err)
	}
	_, err = Parse([]byte(fmt.Sprintf(rssDoc, "t")), "", feedURL, Limits{Depth: 2})
	var hostile *HostileError
	if !errors.As(err, &hostile) || err.Error() != "the document has more than 2 nested elements (limits.depth)" {
		t.Errorf("error %v", err)
	}
}

func TestWithoutBaseNothingIsRelative(t *testing.T) {
	doc := `<rss><channel><link>/</link><item><guid>/1</guid><link>/1</link><enclosure url="a.mp3"/><description>&lt;a href="x"></description></item></channel></rss>`
	res, err := Parse([]byte(doc), "", nil, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	checkResult(t, res)
	if it := res.Items[0]; it.Link != "" || len(it.Enclosures) != 0 || it.GUID != "/1" {
		t.Errorf("%+v", it)
	}
}

func TestTimesAreUTC(t *testing.T) {
	doc := `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><updated>2026-03-05T14:00:00+01:00</updated></entry></feed>`
	res, err := Parse([]byte(doc), "", nil, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 3, 5, 13, 0, 0, 0, time.UTC); res.Items[0].Updated != want {
		t.Errorf("updated %v, want %v", res.Items[0].Updated, want)
	}
}
