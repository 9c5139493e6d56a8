package collect

import (
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
)

func TestTellOncePerOutage(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	good, bad := feedtest.Bare(feedtest.Atom("A", items(1)...)), feedtest.Status(500)
	for i, tt := range []struct {
		url   string
		reply feedtest.Reply
		tell  string
	}{
		{"/", bad, Broken},
		{"/", bad, ""},
		{"/", bad, ""},
		{"/", bad, ""}, // never read: at once, and once
		{"/", good, ""},
		{"/", bad, ""},
		{"/", bad, ""},
		{"/", bad, Broken},
		{"/", bad, ""},
		{"/", bad, ""}, // the third in a row
		{"/", good, ""},
		{"/", bad, ""},
		{"/", bad, ""},
		{"/", good, ""},
		{"/", bad, ""},
		{"/", bad, ""},
		{"/", bad, Broken},
		{"/moved", bad, ""},
		{"/moved", bad, ""},
		{"/moved", bad, Broken}, // another address, another outage
		{"/moved", feedtest.Status(410), Gone},
		{"/moved", feedtest.Status(410), ""},
		{"/moved", good, ""},
		{"/moved", feedtest.Status(410), Gone},
	} {
		s.Handle(tt.url, tt.reply)
		b.later(33 * 24 * time.Hour)
		if r := b.run(feed("a", s.URL+tt.url)); r.Outcomes[0].Tell != tt.tell {
			t.Errorf("run %d: tell is %q; want %q", i, r.Outcomes[0].Tell, tt.tell)
		}
	}
}

func TestWhatAPersonIsTold(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply feedtest.Reply
		tell  string
		words string // how they begin
	}{
		"410":      {feedtest.Status(410), Gone, "the server answered 410 Gone: the feed has been taken down for good"},
		"404":      {feedtest.Status(404), Broken, "the server answered 404 Not Found: there is no feed at this address"},
		"403":      {feedtest.Status(403), Broken, "the server answered 403 Forbidden: it does not let us read the feed"},
		"500":      {feedtest.Status(500), Broken, "the server answered 500 Internal Server Error: it has a problem of its own"},
		"429":      {feedtest.Later(429, "60"), Broken, "the server answered 429 Too Many Requests: it wants to be asked less often"},
		"a page":   {feedtest.Page("Blog", `<link rel="alternate" type="application/rss+xml" href="/rss">`), Broken, "this is an HTML page, not a feed; it advertises http://127.0.0.1:"},
		"cut":      {feedtest.Cut(), Broken, "127.0.0.1 closed the connection without an answer"},
		"file:":    {feedtest.Redirect(301, "file:///etc/passwd"), Broken, "redirects: file:///etc/passwd is no address on the web (http or https)"},
		"for ever": {feedtest.Loop(302, 2), Broken, "redirects: more than 5 in a row"},
		"good":     {feedtest.Feed(feedtest.Atom("A")), "", ""},
	} {
		b, s := newBench(t), feedtest.New(t)
		s.Handle("/", tt.reply)
		r := b.run(feed("a", s.URL))
		if o := r.Outcomes[0]; o.Tell != tt.tell || !strings.HasPrefix(o.Words, tt.words) || o.Words == "" && tt.words != "" {
			t.Errorf("%s: told %q: %q", name, o.Tell, o.Words)
		}
		if got := Problem(b.state("a")); !strings.HasPrefix(got, tt.words) || (got == "") != (tt.words == "") {
			t.Errorf("%s: the problem is %q", name, got)
		}
	}
}

// The home page of a blog whose feed is missing may say where it is now. It is asked when a person is told, and only then.
func TestAdviceFromTheHomePage(t *testing.T) {
	t.Parallel()
	link := func(href string) string {
		return `<link rel="alternate" type="application/atom+xml" href="` + href + `">`
	}
	for name, tt := range map[string]struct {
		site   string // in feeds.yaml
		home   feedtest.Reply
		status int
		want   string // of the advice; "" is none
		asks   int    // of the home page
	}{
		"another feed":         {"/home", feedtest.Page("Blog", link("/atom.xml")), 404, "/atom.xml", 1},
		"the second of two":    {"/home", feedtest.Page("Blog", link("/feed")+link("/atom.xml")), 404, "/atom.xml", 1},
		"in its header":        {"/home", feedtest.Page("Blog", "").With("Link", `</atom.xml>; rel=alternate; type="application/atom+xml"`), 404, "/atom.xml", 1},
		"at the end of a move": {"/moved", feedtest.Page("Blog", link("/atom.xml")), 410, "/atom.xml", 1},
		"the same feed":        {"/home", feedtest.Page("Blog", link("/feed")), 404, "", 1},
		"none":                 {"/home", feedtest.Page("Blog", ""), 410, "", 1},
		"it is missing too":    {"/home", feedtest.Status(404), 404, "", 1},
		"the server is ill":    {"/home", feedtest.Page("Blog", link("/atom.xml")), 500, "", 0},
		"it is not known":      {"", feedtest.Page("Blog", link("/atom.xml")), 404, "", 0},
		"it is the feed":       {"/feed", feedtest.Page("Blog", link("/atom.xml")), 404, "", 0},
	} {
		b, s := newBench(t), feedtest.New(t)
		s.Handle("/home", tt.home)
		s.Handle("/moved", feedtest.Redirect(302, "/home"))
		s.Handle("/feed", feedtest.Bare([]byte(strings.ReplaceAll(string(feedtest.RSS("A", items(1)...)), "<link>https://blog.example/</link>", ""))))
		f := feed("a", s.URL+"/feed")
		if tt.site != "" {
			f.Site = s.URL + tt.site
		}
		b.run(f)
		s.Handle("/feed", feedtest.Status(tt.status))
		for i := range 6 { // told at the third failure, or with 410 at the first
			b.later(40 * day)
			r := b.run(f)
			told := i == 2
			if tt.status == 410 {
				told = i == 0
			}
			o := r.Outcomes[0]
			want := ""
			if tt.want != "" {
				want = "; the feed may have moved: the blog's home page " + f.Site + " advertises " + s.URL + tt.want
			}
			if (o.Tell != "") != told || told && !strings.HasSuffix(o.Words, want) || told && want == "" && strings.Contains(o.Words, ";") {
				t.Errorf("%s, failure %d: told %q, %q", name, i+1, o.Tell, o.Words)
			}
			if asks := times(s, "/home"); told && asks != tt.asks || asks > tt.asks {
				t.Errorf("%s, failure %d: the home page was asked %d times", name, i+1, asks)
			}
		}
		if got := b.state("a").Advice; (got == "") != (tt.want == "") {
			t.Errorf("%s: the advice is %q", name, got)
		}
		s.Handle("/feed", feedtest.Feed(feedtest.RSS("A", items(1)...)))
		b.later(40 * day)
		if b.run(f); b.state("a").Advice != "" || Problem(b.state("a")) != "" {
			t.Errorf("%s: all is well, but: %q", name, b.state("a").Advice)
		}
	}
}

// What the feed itself said of its home page will do.
func TestAdviceFromTheHomePageThatTheFeedNamed(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/home", feedtest.Page("Blog", `<link rel="alternate" type="application/rss+xml" href="/rss">`))
	s.Handle("/feed", feedtest.Bare([]byte(strings.ReplaceAll(string(feedtest.RSS("A", items(1)...)), "https://blog.example/", s.URL+"/home"))), feedtest.Status(410))
	f := feed("a", s.URL+"/feed")
	b.run(f)
	b.later(2 * time.Hour)
	if r := b.run(f); !strings.Contains(r.Outcomes[0].Words, "advertises "+s.URL+"/rss") || r.Requests != 2 {
		t.Errorf("%q, %d requests", r.Outcomes[0].Words, r.Requests)
	}
}
