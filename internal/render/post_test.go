package render

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"planet/internal/planet"
)

func TestModes(t *testing.T) {
	const text = `<div class="e-content"><p>Kettles first.</p></div>`
	mode := func(site, feed planet.Mode) string {
		return post(t, func(s *Site, e *planet.Entry) {
			s.Mode, s.Feeds[0].Mode = site, feed
			e.Excerpt = "Kettles <first>…"
		})
	}
	want(t, mode(planet.Full, ""), text, `Read on <bdi>ines.example</bdi>`)
	want(t, mode("", ""), text)
	want(t, mode(planet.Link, planet.Full), text)
	excerpt := mode(planet.Excerpt, "")
	want(t, excerpt, `<p class="p-summary">Kettles &lt;first&gt;…</p>`, `Read the rest on <bdi>ines.example</bdi>`)
	refuse(t, excerpt, "e-content")
	teaser := post(t, func(s *Site, e *planet.Entry) {
		s.Mode, e.Excerpt, e.Teaser = planet.Excerpt, "Kettles first…", "<p>Kettles <em>first</em>…</p>"
	})
	want(t, teaser, `<div class="p-summary"><p>Kettles <em>first</em>…</p></div>`, `Read the rest on <bdi>ines.example</bdi>`)
	refuse(t, teaser, "e-content", "Kettles first…")
	want(t, post(t, func(_ *Site, e *planet.Entry) { // too long for the page
		e.Content, e.Excerpt, e.Teaser = "", "Kettles", "<p>Kettles…</p>"
	}), `<div class="p-summary"><p>Kettles…</p></div>`)
	link := mode(planet.Full, planet.Link)
	want(t, link, `href="https://ines.example/one"`)
	refuse(t, link, "e-content", "Kettles")
}

func TestSummaryStandsInForContent(t *testing.T) {
	want(t, post(t, func(_ *Site, e *planet.Entry) { e.Content, e.Summary = " ", "<p>In short.</p>" }), `<p>In short.</p>`)
}

func TestPostWithoutTextShowsItsLink(t *testing.T) {
	want(t, post(t, func(_ *Site, e *planet.Entry) { e.Content = "" }), "This post came without text.", `href="https://ines.example/one">Read on`)
	refuse(t, post(t, func(_ *Site, e *planet.Entry) {
		e.Content, e.Enclosures = "", []planet.Enclosure{{URL: "https://cdn.example/a.mp3"}}
	}), "without text")
}

func TestTitles(t *testing.T) {
	want(t, post(t, func(*Site, *planet.Entry) {}),
		`<h3 class="title"><a class="u-url u-uid p-name" href="https://ines.example/one">Steam, &amp; what it is &lt;for&gt;</a></h3>`)
	want(t, post(t, func(_ *Site, e *planet.Entry) { e.Untitled = true }), `<h3 class="title untitled"><a class="u-url u-uid p-name"`)
	want(t, post(t, func(_ *Site, e *planet.Entry) {
		e.Untitled, e.Title, e.Text = true, "Kettles first…", "Kettles\n first. Then cups."
	}), `<h3 class="title untitled" dir="auto"><a class="u-url u-uid" href="https://ines.example/one">Sunday, 22 November 2026, 14:05 UTC</a>`)
	want(t, post(t, func(_ *Site, e *planet.Entry) { e.Title = "" }),
		`<h3 class="title untitled" dir="auto"><a class="u-url u-uid" href="https://ines.example/one">Sunday, 22 November 2026, 14:05 UTC</a>`)
	want(t, post(t, func(_ *Site, e *planet.Entry) { e.Title = strings.Repeat("æ", largeTitle+1) }), `<h3 class="title long">`)
	refuse(t, post(t, func(_ *Site, e *planet.Entry) { e.Title = strings.Repeat("æ", largeTitle) }), `long`)
}

func TestNothingHostileBecomesALink(t *testing.T) {
	const bad = "javascript:alert(1)"
	page := post(t, func(s *Site, e *planet.Entry) {
		s.Feeds[0].Site, s.Feeds[0].URL, s.Feeds[0].Name = bad, "https://ines:secret@ines.example/feed", `"><img src=x onerror=alert(1)>`
		e.Link, e.Comments, e.Title, e.Tags, e.Excerpt = bad, "data:text/html,x", `"><script>alert(1)</script>`, []string{"<b>"}, "<i>"
		e.Authors = []planet.Person{{Name: "<u>", URI: bad}}
		e.Source = &planet.Source{Title: "<s>", Link: "vbscript:x"}
		e.Enclosures = []planet.Enclosure{{URL: bad}, {URL: "https://cdn.example/x", Title: "<em>", Type: `a"b`}}
		e.Lang, e.Dir = `en" onload="x`, `rtl"`
	})
	refuse(t, page, "javascript", "vbscript", "data:", "ZgotmplZ", "secret", "<script", "onerror=alert(1)>", "<b>", "<i>", "<u>", "<s>", "<em>", ` onload`)
}

// TestPagesHoldNoForbiddenCharacters brings control characters that XML allows and HTML forbids, in every text there is.
func TestPagesHoldNoForbiddenCharacters(t *testing.T) {
	const bad = "a\u0081\u008d\u008f\u0090\u009d\u0080\u009fb\u00a0©é\u0081\u0081c"
	page := post(t, func(s *Site, e *planet.Entry) {
		s.Feeds[0].Name, e.Title, e.Content, e.Tags = bad, bad, "<p>"+bad+"</p>", []string{bad}
		e.Authors = []planet.Person{{Name: bad + "!"}}
	})
	want(t, page, "ab\u00a0©éc</a>", "<p>ab\u00a0©éc</p>", "ab\u00a0©éc!")
	for _, r := range page {
		if 0x7f < r && r < 0xa0 {
			t.Errorf("%U is in the page", r)
		}
	}
	for in, want := range map[string]string{"": "", "\xc2": "\xc2", "a\xc2": "a\xc2", "\xc2\x81": "", "\xc2\xa0": "\xc2\xa0", "\xc2\x81\xc2": "\xc2"} {
		if got := string(legal([]byte(in))); got != want {
			t.Errorf("legal(%q) = %q", in, got)
		}
	}
}

// TestFramesAreForbiddenUnlessNamed looks at the policy that pages give themselves.
func TestFramesAreForbiddenUnlessNamed(t *testing.T) {
	site, _ := small()
	want(t, river(t, site, River{})["index.html"], "; frame-src 'none'; ")
	site.Frames = []string{"https://a.example", "https://b.example"}
	want(t, river(t, site, River{})["index.html"], "; frame-src https://a.example https://b.example; ")
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.example/x?y=1#z": "https://a.example/x?y=1#z", " HTTP://a.example ": "HTTP://a.example", "mailto:a@b.example": "mailto:a@b.example",
		"https://me:pw@a.example/": "https://a.example/", "/x": "", "": "", "https:///x": "", "mailto:": "", "ftp://a.example/": "", "java\nscript:x": "",
		"JavaScript:x": "", "https://a b/": "", "file:///etc/passwd": "",
	} {
		if got := web(address); got != want {
			t.Errorf("web(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestWhoWroteIt(t *testing.T) {
	with := func(names ...string) string {
		return post(t, func(_ *Site, e *planet.Entry) {
			for _, name := range names {
				e.Authors = append(e.Authors, planet.Person{Name: name, Email: "private@mail.example"})
			}
		})
	}
	refuse(t, with(), ">by ")
	refuse(t, with("ines okafor"), ">by ")
	refuse(t, with(""), ">by ")
	refuse(t, with("Somebody"), "private@mail.example")
	want(t, with("Ines Okafor", "Bo Li"), `by <span class="p-author h-card">Ines Okafor</span>, <span class="p-author h-card">Bo Li</span>`)
	stranger := post(t, func(_ *Site, e *planet.Entry) { e.FeedID, e.Authors = "gone", []planet.Person{{Name: "Bo Li"}} })
	want(t, stranger, `<span class="name p-name"><bdi>Bo Li</bdi></span>`)
	refuse(t, stranger, ">by ")
	want(t, post(t, func(_ *Site, e *planet.Entry) { e.FeedID, e.Link = "gone", "" }), `<span class="name p-name"><bdi>gone</bdi></span>`)
}

func TestLanguageAndDirection(t *testing.T) {
	in := func(lang, dir, text string) string {
		article, _, _ := strings.Cut(post(t, func(_ *Site, e *planet.Entry) { e.Lang, e.Dir, e.Text = lang, dir, text }), "</header>")
		return article
	}
	want(t, in("", "", ""), ` dir="ltr">`)
	refuse(t, in("en", "", ""), "lang=")
	want(t, in("en-GB", "", ""), ` lang="en-GB" dir="ltr">`)
	refuse(t, in("en_GB", "", ""), "language")
	want(t, in("de_AT", "", ""), ` lang="de-AT" dir="ltr">`, `<p class="meta" lang="en">`, `<span class="language" lang="de-AT">Deutsch</span>`)
	want(t, in("", "", "«שלום» hello"), ` dir="rtl">`)
	want(t, in("", "rtl", "hello"), ` dir="rtl">`)
	want(t, in("tlh", "", ""), `>tlh</span>`)
	refuse(t, in("english (US)", "", ""), "lang=")
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Ines Okafor": "IO", "the teapot blog": "TB", "Kaushal": "K", "J. R. \"Bob\" Dobbs": "JD", "佐々木 桜": "佐", "ليلى حداد": "ل", "élan vital": "ÉV", "": "•", "!!": "•", "4chan 2": "4",
	} {
		if got := newAvatar(name).Initials; got != want {
			t.Errorf("initials of %q: got %q, want %q", name, got, want)
		}
	}
	if a, b := newAvatar("Ines Okafor"), newAvatar(" ines okafor"); a.Hue != b.Hue || a.Hue < 0 || a.Hue >= hues {
		t.Errorf("hues %d and %d", a.Hue, b.Hue)
	}
}

func TestMedia(t *testing.T) {
	page := post(t, func(_ *Site, e *planet.Entry) {
		e.Enclosures = []planet.Enclosure{
			{URL: "https://cdn.example/a/e1.mp3?token=1", Type: "audio/mpeg", Length: 24_400_000},
			{URL: "https://cdn.example/v", Type: "video/mp4", Title: "The talk"},
			{URL: "https://cdn.example/", Length: 999},
		}
	})
	want(t, page, `Listen: e1.mp3</a> <span>audio/mpeg, 24 MB</span>`, `Watch: The talk</a> <span>video/mp4</span>`, `Fetch: cdn.example</a> <span>999 bytes</span>`)
	if got := load(t, "").spoken("en").size(1_500_000_000) + " " + load(t, "").spoken("en").size(1500); got != "1.5 GB 2 kB" {
		t.Error(got)
	}
}

// TestOnePlaceTrustsHTML keeps template.HTML and its kin in trusted.
func TestOnePlaceTrustsHTML(t *testing.T) {
	sources, _ := filepath.Glob("*.go")
	conversions := 0
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		data, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		conversions += strings.Count(string(data), "template.HTML(")
		for _, kind := range []string{"template.HTMLAttr", "template.JS", "template.CSS", "template.URL", "template.Srcset"} {
			if strings.Contains(string(data), kind) {
				t.Errorf("%s uses %s", source, kind)
			}
		}
	}
	if conversions != 1 {
		t.Errorf("template.HTML is made in %d places", conversions)
	}
}
