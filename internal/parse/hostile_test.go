package parse

import (
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Documents made to exhaust a parser. The time each takes is logged, not judged: a slow machine is no bug, and what is
// quadratic runs into the test's own timeout.
func TestHostileDocuments(t *testing.T) {
	if raceDetector {
		t.Skip("too slow under the race detector")
	}
	const rss, end = `<rss version="2.0"><channel><title>t</title>`, `</channel></rss>`
	item := func(s string) string { return rss + "<item><guid>1</guid>" + s + "</item>" + end }
	repeat := strings.Repeat
	spaces := func() string {
		var b strings.Builder
		for i := range 10_000 {
			fmt.Fprintf(&b, `<x xmlns:n%d="u:%d"/>`, i, i)
		}
		return b.String()
	}()
	manyMembers := func() string {
		var b strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&b, `,"a%d":1`, i)
		}
		return b.String()
	}()
	for _, c := range []struct {
		name, doc string
		key       string // of the limit that refuses it; "" when it is read, or is damaged
		items     int
	}{
		{"two million nested elements", rss + "<item>" + repeat("<x:a>", 2_000_000), "depth", 0},
		{"nested elements, closed", item(repeat("<x:a>", 100_000) + repeat("</x:a>", 100_000)), "depth", 0},
		{"nested elements in a description", item("<description>" + repeat("<b>", 100_000)), "depth", 0},
		{"ten thousand namespaces", rss + spaces, "namespaces", 0},
		{"a million items", rss + repeat("<item/>", 1_000_000) + end, "max_items", 0},
		{"a million entries", `<feed xmlns="http://www.w3.org/2005/Atom">` + repeat("<entry/>", 1_000_000) + "</feed>", "max_items", 0},
		{"a million items of JSON", `{"version":"https://jsonfeed.org/version/1.1","items":[{}` + repeat(",{}", 999_999) + "]}", "max_items", 0},
		{"tags of JSON", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","tags":["a"` + repeat(`,"a"`, 100_000) + "]}]}", "", 1},
		{"attachments of JSON", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","attachments":[{}` + repeat(`,{}`, 100_000) + "]}]}", "", 1},
		{"wrong types of JSON", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"0","title":{}}` + repeat(`,{"title":{},"tags":1,"authors":"a","url":[]}`, 2000) + "]}", "", 2001},
		{"members of JSON", `{"version":"https://jsonfeed.org/version/1.1","title":{},"items":[{"id":"1"}]` + manyMembers + "}", "", 1},
		{"tags without a type", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>` + repeat("&lt;x ", 100_000) + "</title><content>" + repeat("&lt;b ", 100_000) + "</content></entry></feed>", "", 1},
		{"references without a type", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>` + repeat("&amp;x", 100_000) + "</title><content>" + repeat("&amp;", 100_000) + "</content></entry></feed>", "", 1},
		{"contents", item(repeat("<content>&lt;p>x&lt;/p></content>", 30_000)), "", 1},
		{"channels", repeat("<rss><channel>", 1) + repeat("</channel><channel>", 50_000) + "<item><guid>1</guid></item></channel></rss>", "", 1},
		{"files", item(repeat(`<media:content url="https://x.example/1"/>`, 30_000)), "", 1},
		{"keywords", item("<itunes:keywords>" + repeat("a,", 200_000) + "</itunes:keywords>"), "", 1},
		{"twice encoded", item("<title>" + repeat("Ã© Ã¨ <![CDATA[Ã¼]]>", 50_000) + "</title>"), "", 1},
		{"dates", item(repeat("<dc:date>"+repeat("( 1 ", 24)+"</dc:date>", 900)), "", 1},
		{"summaries", item("<description>" + repeat("&lt;", 200_000) + "</description><itunes:summary>" + repeat("&lt;b", 100_000) + "</itunes:summary>"), "", 1},
		{"deep JSON", `{"version":"https://jsonfeed.org/version/1.1","items":` + repeat("[", 2_000_000), "", 0},
		{"billion laughs", `<!DOCTYPE rss [<!ENTITY lol "lol"><!ENTITY lol2 "` + repeat("&lol;", 100) + `"><!ENTITY lol3 "` + repeat("&lol2;", 100) + `">]>` + item("<title>&lol3;</title>"), "", 1},
		{"external entity", `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + item("<title>&x;</title>"), "", 1},
		{"title of five megabytes", item("<title>" + repeat("words ", 850_000) + "</title>"), "", 1},
		{"references", item("<description>" + repeat("&amp;", 400_000) + "</description>"), "", 1},
		{"character references", item("<description>" + repeat("&#65;", 100_000) + "</description>"), "", 1},
		{"halves of surrogate pairs", item("<description>" + repeat("&#xD83D;", 100_000) + "</description>"), "", 1},
		{"sections of CDATA", item("<description>" + repeat("<![CDATA[x]]>", 100_000) + "</description>"), "", 1},
		{"categories", item(repeat("<category>c</category>", 30_000)), "", 1},
		{"extension elements", item(repeat("<x:y/>", 100_000)), "", 1},
		{"authors", item(repeat("<dc:creator>a@ (</dc:creator>", 30_000)), "", 1},
		{"one name of brackets", item("<author>" + repeat("(a@b ", 30_000) + "</author>"), "", 1},
		{"a date of 400 KB", item("<pubDate>" + repeat("1", 400_000) + "</pubDate>"), "", 1},
		{"an attribute of 400 KB", item(`<enclosure url="https://x.example/` + repeat("a", 400_000) + `"/>`), "", 1},
		{"attributes", item("<category " + repeat("a='b' ", 200_000) + ">c</category>"), "", 1},
		{"base64", `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><id>1</id><content mode="base64">` + repeat("QUJD\n", 400_000) + "</content></entry></feed>", "", 1},
		{"xhtml with bases", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="xhtml"><div>` + repeat(`<a xml:base="b/" href="c"/>`, 20_000) + "</div></content></entry></feed>", "", 1},
		{"a long base of short references", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="xhtml"><div><p xml:base="http://x.example/` + repeat("a", 200_000) + `/">` + repeat(`<a href="a"/>`, 8000) + "</p></div></content></entry></feed>", "", 1},
		{"a base of 900 bytes", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="xhtml"><div><p xml:base="http://x.example/` + repeat("a", 900) + `/">` + repeat(`<a href="a"/>`, 30_000) + "</p></div></content></entry></feed>", "", 1},
		{"a long base of files", `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://x.example/` + repeat("a", 200_000) + `/">` + repeat("<entry>"+repeat(`<link rel="enclosure" href="0"/>`, 50)+"</entry>", 150) + "</feed>", "", 150},
		{"bases within bases", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="xhtml">` + repeat(`<div xml:base="`+repeat("a", 50_000)+`/">`, 150) + repeat("</div>", 150) + "</content></entry></feed>", "", 1},
		{"bases in extensions", item(repeat(`<x:y xml:base="b/"/>`, 30_000)), "", 1},

		// What is damaged goes through root and repair as well.
		{"unclosed quotes", item(repeat(`<a b="`, 30_000)), "", 1},
		{"angle brackets", item(repeat("<", 100_000)), "", 1},
		{"slashes in tags", item(repeat("<a/", 30_000)), "", 1},
		{"unclosed tags", item(repeat("<br", 30_000)), "", 1},
		{"unclosed start tag of 400 KB", item("<a " + repeat("b ", 200_000)), "", 1},
		{"unclosed attribute of 400 KB", item(`<a b="` + repeat("c", 400_000)), "", 1},
		{"names of 400 KB", item("<" + repeat("a", 400_000)), "", 1},
		{"end tags of nothing within many elements", item(repeat("<a>", 190) + repeat("</zz>", 100_000)), "", 1},
		{"entries within an entry", item(repeat("<item/>", 15_000)), "", 15_001},
		{"entries within entries", rss + repeat("<item>", 30_000) + repeat("</item>", 30_000) + end, "max_items", 0},
		{"end tags of nothing", item(repeat("</x>", 100_000)), "", 1},
		{"half of an end tag", item(repeat("</", 100_000)), "", 1},
		{"comments that never end", item(repeat("<!--", 100_000)), "", 1},
		{"instructions that never end", item(repeat("<?x", 100_000)), "", 1},
		{"declarations that never end", item(repeat("<!x", 100_000)), "", 1},
		{"CDATA that never ends", item(repeat("<![CDATA[", 30_000)), "", 1},
		{"CDATA that never ends, with end tags", item("<![CDATA[" + repeat("</description>", 100_000) + "x"), "", 1},
		{"stray ampersands", item("<title>" + repeat("&", 100_000) + "</title><"), "", 1},
		{"unclosed void elements", item(repeat("<br>", 100_000)), "", 1},
		{"unclosed paragraphs", item("<description>" + repeat("<p>x", 200_000)), "", 1},
		{"unclosed items", rss + repeat("<item><title>x", 10_000), "", 9_999},
		{"mismatched tags", item("<description>" + repeat("<b><i></b></i>", 50_000) + "</description>"), "", 1},
		{"comments before the root", repeat("<!--", 100_000) + item(""), "", 1},
		{"instructions before the root", repeat("<?", 200_000) + item(""), "", 1},
		{"declarations before the root", repeat("<!", 200_000) + item(""), "", 0},
		{"brackets before the root", repeat("<![", 100_000) + item(""), "", 1},
		{"angle brackets before the root", repeat("<", 400_000) + item(""), "", 1},
		{"links that never end", "<html>" + repeat("<link ", 100_000), "", 0},
		{"links", "<html>" + repeat("<link rel=alternate type=text/plain href=x>", 30_000), "", 0},
		{"links with quotes that never end", "<html>" + repeat(`<link title="`, 100_000), "", 0},
		{"scripts in a page", "<html>" + repeat("<script>", 100_000), "", 0},
		{"comments in a page", "<html>" + repeat("<!--x-- >", 100_000), "", 0},
		{"hints", rss + repeat("<skipHours><hour>1</hour></skipHours><ttl>1</ttl>", 50_000) + "<item><guid>1</guid></item>" + end, "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			base, _ := url.Parse("https://blog.example/feed")
			res, err := Parse([]byte(c.doc), "", base, Limits{Items: 20_000})
			if took := time.Since(start); took > 500*time.Millisecond {
				t.Logf("%d KB took %v", len(c.doc)>>10, took.Round(time.Millisecond))
			}
			runtime.ReadMemStats(&after)
			if mb, most := (after.TotalAlloc-before.TotalAlloc)>>20, uint64(200+60*(len(c.doc)>>20)); mb > most {
				t.Errorf("%d KB took %d MB, more than %d", len(c.doc)>>10, mb, most)
			}
			var hostile *HostileError
			switch {
			case c.key != "":
				if !errors.As(err, &hostile) || hostile.Key != c.key {
					t.Errorf("error %v, want the limit %s", short(fmt.Sprint(err)), c.key)
				}
			case c.items == 0:
				if err == nil {
					t.Error("it was read")
				}
			case err != nil && !errors.As(err, &hostile):
				t.Errorf("error %v", short(err.Error()))
			case err == nil && len(res.Items) != c.items:
				t.Errorf("%d items, want %d", len(res.Items), c.items)
			}
			if strings.Contains(fmt.Sprintf("%+v", res.Items), "root:") {
				t.Error("it read a file")
			}
		})
	}
}
