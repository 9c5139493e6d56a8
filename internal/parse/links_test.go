package parse

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// Relative links of entries belong to where the document came from, but not where somebody only republishes it.
func TestRelativeLinksOfEntries(t *testing.T) {
	const rss = `<rss version="2.0"><channel><link>https://site.example/blog/</link><item><guid isPermaLink="false">1</guid><link>post/1</link><enclosure url="1.mp3"/></item></channel></rss>`
	const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://site.example/blog/"/><entry><id>1</id><link href="post/1"/></entry></feed>`
	const json = `{"version":"https://jsonfeed.org/version/1.1","home_page_url":"https://site.example/blog/","items":[{"id":"1","url":"post/1"}]}`
	for _, doc := range []string{rss, atom, json} {
		for from, want := range map[string]string{
			"https://blog.example/feeds/all.xml":    "https://blog.example/feeds/post/1",
			"https://feeds.example/all.xml":         "https://feeds.example/post/1",
			"https://feeds.feedburner.com/blog":     "https://site.example/blog/post/1",
			"https://FEEDPROXY.google.com/blog":     "https://site.example/blog/post/1",
			"https://notfeedburner.com/blog":        "https://notfeedburner.com/post/1",
			"https://feeds.feedburner.com.evil.tld": "https://feeds.feedburner.com.evil.tld/post/1",
			"":                                      "https://site.example/blog/post/1",
		} {
			base, err := url.Parse(from)
			if err != nil {
				t.Fatal(err)
			}
			res, err := Parse([]byte(doc), "", base, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if got := res.Items[0].Link; got != want {
				t.Errorf("from %q: %.6s… the link is %s, want %s", from, doc, got, want)
			}
		}
	}
	based := strings.Replace(rss, "<item>", `<item xml:base="https://base.example/x/y.html">`, 1)
	for _, from := range []string{"https://blog.example/feed", "https://feeds.feedburner.com/blog"} {
		base, _ := url.Parse(from)
		res, err := Parse([]byte(based), "", base, Limits{})
		if err != nil || res.Items[0].Link != "https://base.example/x/post/1" || res.Items[0].Enclosures[0].URL != "https://base.example/x/1.mp3" {
			t.Errorf("with xml:base, from %s: %v, %+v", from, err, res.Items)
		}
	}
}

func TestRepublishersOriginalLink(t *testing.T) {
	doc := func(link string) string {
		return `<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><item><guid isPermaLink="false">1</guid>` +
			link + `<feedburner:origLink>https://blog.example/1</feedburner:origLink></item></channel></rss>`
	}
	for link, want := range map[string]string{
		"":              "https://blog.example/1",
		"<link></link>": "https://blog.example/1",
		"<link>http://feedproxy.google.com/~r/blog/~3/x/</link>": "http://feedproxy.google.com/~r/blog/~3/x/",
	} {
		res, err := Parse([]byte(doc(link)), "", nil, Limits{})
		if err != nil || res.Items[0].Link != want {
			t.Errorf("beside %s the link is %+v, %v, want %s", link, res.Items, err, want)
		}
	}
}

func TestWarningsAreBounded(t *testing.T) {
	var doc strings.Builder
	doc.WriteString(`<rss version="2.0"><channel>`)
	for i := range 100 {
		fmt.Fprintf(&doc, `<item><guid>%d</guid><pubDate>never %d</pubDate>%s</item>`, i, i, strings.Repeat("<category>c</category>", 3)+fmt.Sprintf("<category>%d</category><category>x</category>", i))
	}
	doc.WriteString(`</channel></rss>`)
	res, err := Parse([]byte(doc.String()), "", nil, Limits{Tags: 2})
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(res.Warnings)
	for _, want := range []string{
		`0: it has a date that can't be read: "never 0"`, `2: it has a date that can't be read: "never 2"`, "97 more entries have the same problem: it has a date that can't be read",
		"2: it has 3 tags; the first 2 are kept (limits.tags)", "97 more entries have the same problem: it has tags; the first are kept (limits.tags)",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning says %q: %s", want, all)
		}
	}
	if len(res.Warnings) != 8 {
		t.Errorf("%d warnings", len(res.Warnings))
	}
}
