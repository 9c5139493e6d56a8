package collect

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/planet"
)

// A blog is what a test's feed is made of.
type blog struct {
	title, site, lang, generator string
	more                         string // XML of the channel
	ids                          string // what its entries' guids begin with; "" site
}

var (
	bricks = blog{title: "Bricks and volumes", site: "ada.example", lang: "en", generator: "WordPress"}
	shop   = blog{title: "Giày dép giá rẻ", site: "shop.example", lang: "vi", generator: "WordPress", more: "<ttl>720</ttl>"}
)

// doc is the blog's feed with such posts, the last of which was written at noon of the day before from, and is number 1.
func (is blog) doc(from time.Time, posts []planet.Entry) []byte {
	var b strings.Builder
	text := func(s string) string {
		var out strings.Builder
		_ = xml.EscapeText(&out, []byte(s))
		return out.String()
	}
	ids := is.ids
	if ids == "" {
		ids = is.site
	}
	fmt.Fprintf(&b, "<rss version=\"2.0\"><channel><title>%s</title><link>https://%s/</link><language>%s</language><generator>%s</generator>%s\n",
		text(is.title), is.site, is.lang, is.generator, is.more)
	for i, p := range posts {
		n := len(posts) - i
		fmt.Fprintf(&b, "<item><guid isPermaLink=\"false\">%s-%d</guid><link>https://%s/%d</link><title>%s</title><pubDate>%s</pubDate><description>%s</description></item>\n",
			ids, n, is.site, n, text(p.Title), from.AddDate(0, 0, n-2).Format(time.RFC1123Z), text(p.Text))
	}
	b.WriteString("</channel></rss>\n")
	return []byte(b.String())
}

// A takeover is a feed that is read once a day.
type takeover struct {
	*bench
	server *feedtest.Server
	feed   planet.Feed
}

func newTakeover(t *testing.T) *takeover {
	b, s := newBench(t), feedtest.New(t)
	return &takeover{b, s, feed("a", s.URL+"/a")}
}

// reads is what a person is told of when the feed has such a document.
func (to *takeover) reads(doc []byte) string {
	to.t.Helper()
	to.server.Handle("/a", feedtest.Feed(doc))
	return to.again()
}

func (to *takeover) again() string {
	to.t.Helper()
	to.later(day)
	r := to.run(to.feed)
	if len(r.Outcomes) != 1 || r.Failed > 0 {
		to.t.Fatalf("it wasn't read: %+v", r)
	}
	return r.Outcomes[0].Tell
}

// A feed that is held follows nobody: it is somebody else who redirects.
func TestHeldFeedsMoveNowhere(t *testing.T) {
	to, elsewhere := newTakeover(t), host(t, 90)
	to.reads(bricks.doc(noon, posts(t, "gluster-en")))
	elsewhere.Handle("/a", feedtest.Feed(shop.doc(noon, posts(t, "shoes-vi"))))
	to.server.Handle("/a", feedtest.Redirect(301, elsewhere.URL+"/a"))
	if told := to.again(); told != Held {
		t.Fatalf("told %q", told)
	}
	for n := range 8 {
		if n == 4 { // other bytes, and no 304
			elsewhere.Handle("/a", feedtest.Bare(shop.doc(noon.AddDate(0, 0, 1), posts(t, "shoes-vi"))))
		}
		if told := to.again(); told != "" {
			t.Errorf("day %d: told %q", n, told)
		}
		s := to.state("a")
		if s.FetchURL+s.MovedTo+s.Hints != "" || s.MovedSeen != 0 || !s.MovedSince.IsZero() || s.Held == "" || s.Title != bricks.title {
			t.Errorf("day %d: %+v", n, s)
		}
	}
}

// What the document of a held feed wishes doesn't count for when it is asked next.
func TestHeldFeedsAreAskedAsBefore(t *testing.T) {
	to := newTakeover(t)
	to.reads(bricks.doc(noon, posts(t, "gluster-en")))
	before := to.state("a")
	to.reads(shop.doc(noon, posts(t, "shoes-vi")))
	if s := to.state("a"); s.Held == "" || s.NextFetch.Sub(s.Fetched) >= 2*before.NextFetch.Sub(before.Fetched) {
		t.Errorf("asked again after %v, before it was held after %v", s.NextFetch.Sub(s.Fetched), before.NextFetch.Sub(before.Fetched))
	}
}

// A way that was almost gone when the feed was taken over is still almost gone when a person says that all is well.
func TestMovesAreForgottenByNobodyElse(t *testing.T) {
	to, elsewhere := newTakeover(t), host(t, 91)
	to.server.Handle("/a", feedtest.Redirect(301, elsewhere.URL+"/a"))
	elsewhere.Handle("/a", feedtest.Feed(bricks.doc(noon, posts(t, "gluster-en"))))
	to.again()
	before := to.state("a")
	to.reads(shop.doc(noon, posts(t, "shoes-vi")))
	if s := to.state("a"); s.Held == "" || before.MovedSeen == 0 || s.MovedTo != before.MovedTo || s.MovedSeen != before.MovedSeen || !s.MovedSince.Equal(before.MovedSince) {
		t.Errorf("before: %+v\nheld: %+v", before, s)
	}
}

// Spam that came while the feed was held, and comes again after the blog was back, is judged again.
func TestSpamThatComesBack(t *testing.T) {
	to := newTakeover(t)
	own := posts(t, "gluster-en")
	to.reads(bricks.doc(noon, own[1:]))
	quiet := shop // all but title and text is as it was
	quiet.site, quiet.lang, quiet.ids = bricks.site, "", "spam"
	spam := quiet.doc(noon.Add(-40*day-time.Minute), posts(t, "shoes-vi"))
	if told := to.reads(spam); told != Held {
		t.Fatalf("told %q", told)
	}
	known := to.state("a").Fingerprint
	if to.reads(bricks.doc(noon, own)); to.state("a").Held != "" {
		t.Fatal("held though it is its own again")
	}
	if told := to.reads(spam); told != Held || to.state("a").Fingerprint != known {
		t.Errorf("told %q, known by %s", told, to.state("a").Fingerprint)
	}
}

// Programs that number their posts give the same ids to each blog on a domain.
func TestAnotherBlogUnderTheSameIds(t *testing.T) {
	to := newTakeover(t)
	own := posts(t, "gluster-en")
	to.reads(bricks.doc(noon, own))
	numbered := shop
	numbered.ids = bricks.site
	if told := to.reads(numbered.doc(noon.AddDate(0, 0, -40), posts(t, "shoes-vi"))); told != Held {
		t.Errorf("told %q", told)
	}
	for _, e := range to.entries() {
		if strings.Contains(e.Link, shop.site) {
			t.Errorf("a post has become %q, %s", e.Title, e.Link)
		}
	}
}

// While a feed is held nothing that shows less counts as it.
func TestHeldFeedsAreKnownByWhatTheyWere(t *testing.T) {
	to := newTakeover(t)
	to.reads(bricks.doc(noon, posts(t, "gluster-en")))
	known := to.state("a").Fingerprint
	to.reads(shop.doc(noon, posts(t, "shoes-vi")))
	to.reads(blog{title: shop.title, site: shop.site}.doc(noon.AddDate(0, 0, 1), []planet.Entry{{Title: "Giày"}}))
	if s := to.state("a"); s.Held == "" || s.Fingerprint != known {
		t.Errorf("held %q, known by %s", s.Held, s.Fingerprint)
	}
}

// Who doesn't show enough to be judged doesn't vouch for what comes after it.
func TestTwoSteps(t *testing.T) {
	own, spam := posts(t, "gluster-en"), posts(t, "shoes-vi")
	renamed := bricks
	renamed.title, renamed.site, renamed.generator, renamed.ids = shop.title, shop.site, "Wix", bricks.site
	for name, first := range map[string][]byte{
		"old posts where all else is another's": renamed.doc(noon, own[1:]),
		"a post of a word":                      blog{title: shop.title, site: shop.site, generator: "WordPress", ids: "first"}.doc(noon, []planet.Entry{{Title: "Giày"}}),
		"one that came under an old id, a word": blog{title: shop.title, site: shop.site, generator: "WordPress", ids: bricks.site}.doc(noon.AddDate(0, 0, 30), []planet.Entry{{Title: "Giày"}}),
	} {
		to := newTakeover(t)
		to.reads(bricks.doc(noon, own))
		known := to.state("a").Fingerprint
		if told := to.reads(first); told != "" || to.state("a").Fingerprint != known {
			t.Errorf("%s: told %q, known by %s", name, told, to.state("a").Fingerprint)
		}
		second := shop
		second.generator = "Wix"
		if told := to.reads(second.doc(noon.AddDate(0, 0, -40), spam)); told != Held {
			t.Errorf("%s: then told %q", name, told)
		}
	}
}

// A blog that moves is known by its new home as soon as it writes there.
func TestMovedBlogsAreKnownAnew(t *testing.T) {
	to := newTakeover(t)
	own := posts(t, "gluster-en")
	to.reads(bricks.doc(noon, own[2:]))
	moved := blog{title: bricks.title, site: "ada.dev", lang: "en", generator: "Hugo"}
	to.reads(moved.doc(noon.AddDate(0, 0, 30), own[1:2]))
	if told := to.reads(moved.doc(noon.AddDate(0, 0, 30), own[:2])); told != "" || !strings.Contains(to.state("a").Fingerprint, `"Site":"ada.dev"`) {
		t.Errorf("told %q, known by %s", told, to.state("a").Fingerprint)
	}
}

// A feed that was read before fingerprints were kept is known by what is stored, but for one that a person vouched for.
func TestKnownByWhatIsStored(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(*takeover)
		held bool
	}{
		{"an upgrade", func(to *takeover) { to.sql("update feeds set fingerprint = ''") }, true},
		{"an upgrade, held twice", func(to *takeover) {
			to.sql("update feeds set fingerprint = ''")
			to.reads(shop.doc(noon, posts(t, "shoes-vi")[1:]))
			if !strings.Contains(to.state("a").Fingerprint, bricks.title) {
				t.Errorf("held, and known by %s", to.state("a").Fingerprint)
			}
		}, true},
		{"another url", func(to *takeover) { to.feed.URL += "?new" }, false},
		{"a release", func(to *takeover) {
			to.reads(shop.doc(noon, posts(t, "shoes-vi")[1:]))
			if err := to.Store.Release(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		to := newTakeover(t)
		to.reads(bricks.doc(noon, posts(t, "gluster-en")))
		to.server.Handle("/a", feedtest.Feed(shop.doc(noon, posts(t, "shoes-vi"))))
		c.then(to)
		to.reads(shop.doc(noon, posts(t, "shoes-vi")))
		if s := to.state("a"); (s.Held != "") != c.held || strings.Contains(s.Fingerprint, "shop.example") == c.held {
			t.Errorf("%s: held %q, known by %s", c.name, s.Held, s.Fingerprint)
		}
	}
}

// A feed that had another's document since a person changed its url is vouched for still, when it has its own.
func TestVouchedForAndATwin(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	garden := blog{title: "Ines grows things", site: "ines.example", lang: "en", generator: "Hugo"}
	s.Handle("/garden", feedtest.Feed(garden.doc(noon, posts(t, "garden-en"))))
	s.Handle("/bricks", feedtest.Feed(bricks.doc(noon, posts(t, "gluster-en"))))
	s.Handle("/new", feedtest.Feed(garden.doc(noon, posts(t, "garden-en"))))
	first, second := feed("a", s.URL+"/garden"), feed("b", s.URL+"/bricks")
	b.run(first, second)
	second.URL = s.URL + "/new"
	b.later(day)
	b.run(first, second)
	if is := b.state("b"); is.DuplicateOf != "a" || len(is.BodyHash) == 0 {
		t.Fatalf("no twin: %+v", is)
	}
	s.Handle("/new", feedtest.Feed(shop.doc(noon, posts(t, "shoes-vi"))))
	b.later(day)
	if r := b.run(first, second); r.Fetched != 1 || b.state("b").Held != "" {
		t.Errorf("%s: held %q", kinds(r), b.state("b").Held)
	}
}

// The author's name that is stored speaks for a blog, as one that was remembered does.
func TestKnownByAStoredAuthor(t *testing.T) {
	to := newTakeover(t)
	by := func(b blog, name string, posts []planet.Entry) []byte {
		return []byte(strings.ReplaceAll(string(b.doc(noon, posts)), "<description>", "<author>x@ada.example ("+name+")</author><description>"))
	}
	to.reads(by(bricks, "Ada Muster", posts(t, "gluster-en")))
	to.sql("update feeds set fingerprint = ''")
	if told := to.reads(by(shop, "Ada Muster", posts(t, "shoes-vi"))); told != "" {
		t.Errorf("told %q: %s", told, to.state("a").Held)
	}
}

// Where the stored entries lead is where the blog is.
func TestKnownByStoredLinks(t *testing.T) {
	to := newTakeover(t)
	to.reads(bricks.doc(noon, posts(t, "gluster-en")))
	to.sql("update feeds set fingerprint = ''")
	led := blog{title: shop.title, site: shop.site, lang: "vi"}.doc(noon, []planet.Entry{{Title: "Giày"}})
	led = []byte(strings.Replace(string(led), "<link>https://shop.example/</link>", "<link>https://ada.example/</link>", 1))
	if told := to.reads(led); told != Held || !strings.Contains(to.state("a").Held, "its entries led to ada.example") {
		t.Errorf("told %q: %s", told, to.state("a").Held)
	}
}
