package parse

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestB70FeedsThatAPageAdvertises(t *testing.T) {
	const rss = `<link rel=alternate type="application/rss+xml" href="/rss">`
	many := ""
	for _, n := range strings.Split("123456789", "") {
		many += `<link rel="alternate" type="application/atom+xml" href="/` + n + `">`
	}
	at := func(paths ...string) []string {
		for i, p := range paths {
			paths[i] = "https://blog.example" + p
		}
		return paths
	}
	for _, c := range []struct {
		name, head string
		want       []string
	}{
		{"none", `<title>x</title>`, nil},
		{"one", rss, at("/rss")},
		{"twice the same", rss + rss, at("/rss")},
		{"any case, any quotes", `<LINK HREF='/atom' TYPE=application/Atom+XML REL="Alternate"/>`, at("/atom")},
		{"a type with a parameter", `<link rel="alternate" type="application/rss+xml; charset=utf-8" href="/rss">`, at("/rss")},
		{"all types", `<link rel="alternate" type="application/rdf+xml" href="/1"><link rel="alternate" type="application/feed+json" href="/2">`, at("/1", "/2")},
		{"no feed's type", `<link rel="alternate" type="text/html" hreflang="de" href="/de"><link rel="alternate" href="/x">`, nil},
		{"a comment", `<!-- <link rel="alternate" type="application/rss+xml" href="/old"> -->` + rss, at("/rss")},
		{"a comment for old browsers", `<!--[if IE]>` + rss + `<![endif]-->`, nil},
		{"a comment that never ends", `<!-- ` + rss, nil},
		{"empty comments", `<!-->` + rss + `<!--->`, at("/rss")},
		{"a script", `<script>var s = '` + strings.ReplaceAll(rss, "/rss", "/script") + `'</script>` + rss, at("/rss")},
		{"JSON of a feed, by address", `<link rel="alternate" type="application/json" href="/feed.json">`, at("/feed.json")},
		{"JSON of a feed, by title", `<link rel="alternate" type="application/json" title="JSON Feed" href="/x">`, at("/x")},
		{"JSON of something", `<link rel="alternate" title="JSON" type="application/json" href="https://blog.example/wp-json/wp/v2/pages/2">` +
			`<link rel="alternate" type="application/json+oembed" href="/feed">`, nil},
		{"whole tokens of rel", `<link rel="alternate stylesheet" type="application/rss+xml" href="/1"><link rel="noalternate" type="application/rss+xml" href="/2">` +
			`<link rel="home  alternate" type="application/rss+xml" href="/3">`, at("/3")},
		{"other attributes", `<link data-href="/no" data-rel="x" rel="alternate" type="application/rss+xml" href="/yes" href="/second">`, at("/yes")},
		{"a bracket in a title", `<link rel="alternate" title="a > b" type="application/rss+xml" href="/rss">`, at("/rss")},
		{
			"WordPress", `<link rel="alternate" type="application/rss+xml" title="Blog &raquo; Comments Feed" href="/c/"><link rel="alternate" type="application/rss+xml" href="/comments/feed/">` + rss,
			at("/rss", "/c/", "/comments/feed/"),
		},
		{"references", `<link rel="alternate" type="application/rss+xml" href="/?a=1&amp;b=2&#038;c=3&copy=4">`, at("/?a=1&b=2&c=3&copy=4")},
		{"relative to the page", `<link rel="alternate" type="application/rss+xml" href="x.xml">`, at("/feeds/x.xml")},
		{"relative to a base", `<base href="/other/"><link rel="alternate" type="application/rss+xml" href="x.xml">`, at("/other/x.xml")},
		{"a base that comes later", `<link rel="alternate" type="application/rss+xml" href="x.xml"><base target=_top><base href="https://blog.example/b/c"><base href="/no/">`, at("/b/x.xml")},
		{"a base that is none", `<base href="javascript:x">` + rss, at("/rss")},
		{"no address", `<link rel="alternate" type="application/rss+xml" href="javascript:x"><link rel="alternate" type="application/rss+xml">`, nil},
		{"at most five", many, at("/1", "/2", "/3", "/4", "/5")},
		{"comments aren't among the five", strings.ReplaceAll(many, "/1", "/comments"), at("/2", "/3", "/4", "/5", "/6")},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte("<!DOCTYPE html><html><head>"+c.head+"</head><body>x</body></html>"), "text/html", feedURL, Limits{})
			var notFeed *NotFeedError
			if !errors.As(err, &notFeed) {
				t.Fatalf("error %v", err)
			}
			if diff := cmp.Diff(c.want, notFeed.Links); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
