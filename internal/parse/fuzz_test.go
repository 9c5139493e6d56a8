package parse

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		if doc, err := os.ReadFile(name); err == nil && !strings.HasSuffix(name, ".want.json") {
			f.Add(doc, "")
		}
	}
	f.Add([]byte("<rss><channel><item><title>\xff\xfe"), "text/xml; charset=utf-16")
	f.Add([]byte(`<rss><channel><item><guid> 1 </guid><media:content url="a b" medium="image"/><dc:date>5. ožujka 24</dc:date><author>a@b.c (x</author></item></channel><channel><item><link>//x</link>`), "")
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","title":{},"items":[{"tags":"Ã©","authors":["Ã¨"],"attachments":{"url":"x","size_in_bytes":-1e99}}]}`), "")
	f.Fuzz(func(t *testing.T, doc []byte, contentType string) {
		if len(doc) > 50_000 {
			t.Skip()
		}
		res, err := Parse(doc, contentType, feedURL, Limits{})
		if err != nil {
			return
		}
		checkResult(t, res)
		again, err := Parse(doc, contentType, feedURL, Limits{})
		if diff := cmp.Diff(res, again, cmpopts.IgnoreUnexported(Result{})); err != nil || diff != "" {
			t.Errorf("read again it is another: %v\n%s", err, diff)
		}
	})
}

// BenchmarkParse reads feeds of twenty entries of about 10 KB each.
func BenchmarkParse(b *testing.B) {
	text := strings.Repeat(`<p class="intro">Some <em>words</em> about <a href="/posts/1?a=b&amp;c=d">a post</a> &amp; `+
		`<code>code()</code>, long enough to be a paragraph that somebody might have written.</p>`+"\n", 55)
	escaped := escapeText(text)
	var rss, atom, json strings.Builder
	rss.WriteString(`<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Bench</title><link>https://blog.example/</link>`)
	atom.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom"><title>Bench</title><link href="https://blog.example/"/>`)
	json.WriteString(`{"version":"https://jsonfeed.org/version/1.1","title":"Bench","items":[`)
	for i := range 20 {
		fmt.Fprintf(&rss, `<item><title>Post %d &amp;amp; more</title><link>https://blog.example/%d</link><guid>https://blog.example/%d</guid><pubDate>Thu, 05 Mar 2026 14:%02d:00 +0100</pubDate><dc:creator>Jane Doe</dc:creator><category>go</category><description>Short.</description><content:encoded><![CDATA[%s]]></content:encoded></item>`, i, i, i, i, text)
		fmt.Fprintf(&atom, `<entry><title>Post %d</title><link href="/%d"/><id>urn:x:%d</id><updated>2026-03-05T14:%02d:00Z</updated><author><name>Jane Doe</name></author><category term="go"/><content type="html">%s</content></entry>`, i, i, i, i, escaped)
		if i > 0 {
			json.WriteByte(',')
		}
		fmt.Fprintf(&json, `{"id":"%d","url":"https://blog.example/%d","title":"Post %d","date_published":"2026-03-05T14:%02d:00Z","content_html":%q}`, i, i, i, i, text)
	}
	rss.WriteString("</channel></rss>")
	atom.WriteString("</feed>")
	json.WriteString("]}")
	for _, c := range []struct{ name, doc string }{
		{"RSS", rss.String()},
		{"Atom", atom.String()},
		{"JSON", json.String()},
		{"damaged", strings.Replace(rss.String(), "Short.", "1 < 2 & so on", 1)},
	} {
		b.Run(c.name, func(b *testing.B) {
			doc := []byte(c.doc)
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				if _, err := Parse(doc, "", feedURL, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
