package clean

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
)

func TestPlayersArePagesForPeople(t *testing.T) {
	const film = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
	for src, want := range map[string]string{
		"https://www.youtube.com/embed/dQw4w9WgXcQ":                                        film,
		"https://m.youtube.com/watch?app=m&v=dQw4w9WgXcQ&t=1m5s":                           film + "&t=1m5s",
		"https://youtube.com/shorts/dQw4w9WgXcQ?start=0":                                   film,
		"http://www.youtube.com/v/dQw4w9WgXcQ&hl=en":                                       film,
		"https://youtu.be/dQw4w9WgXcQ?t=10":                                                film + "&t=10",
		"https://www.youtube-nocookie.com/embed/videoseries?list=PL1":                      "https://www.youtube.com/playlist?list=PL1",
		"https://vimeo.com/moogaloop.swf?clip_id=12&x":                                     "https://vimeo.com/12",
		"https://player.vimeo.com/video/12":                                                "https://vimeo.com/12",
		"https://geo.dailymotion.com/player.html?video=x7tgad0":                            "https://www.dailymotion.com/video/x7tgad0",
		"https://any.example/videos/embed/9c9de5e8-0a1e-484a-b099-e80766180a6d":            "https://any.example/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d",
		"https://embed.spotify.com/?uri=spotify%3Atrack%3A4rOoJ6":                          "https://open.spotify.com/track/4rOoJ6",
		"https://embed.ted.com/talks/a_b":                                                  "https://www.ted.com/talks/a_b",
		"https://player.twitch.tv/?video=v123":                                             "https://www.twitch.tv/videos/123",
		"https://codepen.io/u/embed/AbC?x":                                                 "https://codepen.io/u/pen/AbC",
		"https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com/tracks%2F1": "",
		"https://w.soundcloud.com/player/?url=javascript%3Aalert(1)":                       "",
		"https://www.youtube.com.evil.tld/embed/dQw4w9WgXcQ":                               "",
		"https://evilyoutube.com/embed/dQw4w9WgXcQ":                                        "",
		"https://www.youtube.com/embed/dQw4w9WgXcQ%22":                                     "",
		"https://www.youtube.com/user/x":                                                   "",
	} {
		if got := page(src); got != want {
			t.Errorf("page(%q) = %q, want %q", src, got, want)
		}
	}
}

func TestTrackingParametersGoAndTheRestStays(t *testing.T) {
	w := cleaner{}.walker("")
	for _, name := range []string{"fbclid", "mc_cid", "_openstat", "utm_source", "mtm_medium"} {
		in := "https://a.example/?a=%7E&" + strings.ToUpper(name) + "=x&b#f?" + name + "=1"
		if got, want := w.absolute(in, false), "https://a.example/?a=%7E&b#f?"+name+"=1"; got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	for in, want := range map[string]string{
		"https://a.example/?utm_anything":               "https://a.example/",
		"https://a.example/?%75tm_source=1&x":           "https://a.example/?x",
		"https://a.example/?utm=1&fb=2&ref=rss&gclid_=": "https://a.example/?utm=1&fb=2&ref=rss&gclid_=",
		"https://a.example/utm_source=x":                "https://a.example/utm_source=x",
		"https://a.example/#?utm_source=x":              "https://a.example/#?utm_source=x",
		"mailto:a@b.example?utm_source=x":               "mailto:a@b.example",
	} {
		if got := w.absolute(in, true); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
}

// plainURL must not let through what package url would write in another way.
func FuzzPlainURL(f *testing.F) {
	for _, s := range []string{"https://a.example/x?y#z", "http://a", "https://a:80/", "https://a@b/", "http://a/%zz", "https://a/#", "http://A/[x]", "http://a/?", "http:///x", "https://a//b/../c'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := (&walker{}).resolve(s, false); plainURL(s) && got != s {
			t.Errorf("%q would be %q", s, got)
		}
	})
}

func TestAsReadKeepsWhatEntryLeavesOut(t *testing.T) {
	body := `<p>a <a href="#n">1</a> <a href="/x?utm_source=r">x</a></p><img src="http://i.imgur.com/p.gif" width=1 height=1><div class="feedflare"><a href="http://feeds.feedburner.com/~ff/x">like</a></div>` +
		`<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ?utm_source=x"></iframe><p id=n onclick=x>READMORE<script>x</script></p><!--more--><object data=/o.swf>fallback<embed src=/e.swf></object>`
	const rel = ` rel="nofollow noopener noreferrer ugc"`
	want := `<p>a <a href="` + base + `#n"` + rel + `>1</a> <a href="https://blog.example/x?utm_source=r"` + rel + `>x</a></p>` +
		`<img src="http://i.imgur.com/p.gif" width="1" height="1" alt="" loading="lazy" referrerpolicy="no-referrer"/>` +
		`<div><a href="http://feeds.feedburner.com/~ff/x"` + rel + `>like</a></div>` +
		`<a class="embed" href="https://www.youtube.com/embed/dQw4w9WgXcQ?utm_source=x"` + rel + `></a><p>READMORE</p>` +
		`fallback<a class="embed" href="https://blog.example/e.swf"` + rel + `></a>`
	e := AsRead(post(body, ""), Limits{})
	if diff := cmp.Diff(want, e.Summary); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	checkSafe(t, e.Summary)
	if e.Content != "" || e.Text != "a 1 x\nlike\nREADMORE\nfallback" {
		t.Errorf("the content is %q, the text %q", e.Content, e.Text)
	}
	if e := AsRead(post("<p>s</p>", "<p>c</p>"), Limits{}); e.Summary != "<p>s</p>" || e.Content != "<p>c</p>" || e.Excerpt != "s" {
		t.Errorf("it is %+v", e)
	}
}

func TestRemarks(t *testing.T) {
	body := `<p>text <a href="/?utm_source=a&utm_medium=b&c">x</a></p><img src=/p.gif width=1 height=1><img src=/q.gif style="display:none"><iframe src=https://v.example/></iframe><embed src=/x><object data=/y></object>` +
		`<script>x</script><form>f</form><style>x</style><div class=sharedaddy>x</div><a href="http://feeds.feedburner.com/~ff/1">1</a><a href="http://feeds.feedburner.com/~ff/2">2</a>`
	it := post("<script></script>", body)
	it.Title = planet.Text{Type: planet.PlainText, Body: strings.Repeat("t", 30)}
	want := []string{
		"3 embedded frames become links", "2 tracking pixels are left out", "2 bars of share buttons are left out", "2 scripts are left out",
		"1 form is left out", "1 style sheet is left out", "links lose tracking parameters (2)", "the title is cut after 20 bytes (limits.title)",
	}
	if diff := cmp.Diff(want, Remarks(it, Limits{Title: 20})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want = []string{"cut after 1,000 bytes (limits.content)", "the title is made from the text, since it has none"}
	if diff := cmp.Diff(want, Remarks(post("", strings.Repeat("<p>text</p>", 100)), Limits{Content: 1000})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, plain := range []planet.Item{{}, post("", "<p>a <a href=/x>link</a><table><tr><td>a</table></p>")} {
		plain.Title = planet.Text{Type: planet.PlainText, Body: "t"}
		if got := Remarks(plain, Limits{}); got != nil {
			t.Errorf("of nothing: %q", got)
		}
	}
}

// Two entries' footnotes never meet on a page, and an entry's own are the same for ever.
func TestIDsBelongToTheirEntry(t *testing.T) {
	body := `<a href="#n">1</a><a href="https://blog.example/p/1#n">2</a><p id=n>note</p>`
	clean := func(guid, link, title string) string {
		it := planet.Item{GUID: guid, Link: link, Title: planet.Text{Body: title}}
		it.Content = planet.Text{Type: planet.HTML, Body: body, Base: "https://blog.example/"}
		e := Entry(it, Limits{})
		it.Content.Body = e.Content
		if again := Entry(it, Limits{}); again.Content != e.Content {
			t.Errorf("not idempotent: %s", again.Content)
		}
		return e.Content
	}
	prefix := idPrefix("urn:x:1")
	want := `<a href="#` + prefix + `n">1</a><a href="#` + prefix + `n">2</a><p id="` + prefix + `n">note</p>`
	if got := clean("urn:x:1", "https://blog.example/p/1", "t"); got != want || prefix != "e8a526707-" {
		t.Errorf("got %s, the prefix being %s", got, prefix)
	}
	if a, b := clean("", "https://blog.example/p/1", "t"), clean("", "https://blog.example/p/1", "u"); a != b || !strings.Contains(a, idPrefix("https://blog.example/p/1")) {
		t.Errorf("got %s and %s", a, b)
	}
	leads := clean("urn:x:1", "https://blog.example/p/1", "t")
	if got := Feed(leads, "https://blog.example/p/1"); strings.Count(got, `href="https://blog.example/p/1#n"`) != 2 {
		t.Errorf("in a feed it leads nowhere: %s", got)
	}
	if got := clean("", "", "t"); !strings.Contains(got, idPrefix("t")) || !strings.Contains(got, `href="https://blog.example/p/1#n"`) {
		t.Errorf("got %s", got)
	}
}

// No rule may make a body cost more than its length.
func TestRulesAreLinear(t *testing.T) {
	if raceDetector {
		t.Skip("too slow under the race detector")
	}
	links := ""
	for i := range 3000 {
		links += fmt.Sprintf("<a href=#n%d>x</a><p id=n%d>y</p>", i, i)
	}
	for name, body := range map[string]string{
		"fragments":      links,
		"ids":            strings.Repeat("<p id=x>", 18_000) + "<a href=#x>y</a>",
		"share rows":     strings.Repeat("<div>", 400) + strings.Repeat("<p><a href=https://x.com/intent/x>t</a></p>", 6000),
		"objects":        strings.Repeat("<object>", 300) + strings.Repeat("<object data=x></object>", 9000),
		"marks":          strings.Repeat("<p>READMORE</p>", 18_000),
		"math":           strings.Repeat("<math><mfenced separators='"+strings.Repeat(";", 100)+"'><mi>x</mi><mi>y</mi></mfenced></math>", 2500),
		"svg":            "<svg>" + strings.Repeat("<g><path d=M0/>", 200) + strings.Repeat("<path d='M0 0'/>", 18_000),
		"classes":        "<pre>" + strings.Repeat("<span class='"+strings.Repeat("k ", 100)+"'>x</span>", 4000),
		"parameters":     "<a href='/?" + strings.Repeat("utm_a&b&", 100_000) + "'>x</a>",
		"self-closed":    strings.Repeat("<iframe ", 100_000) + "/>",
		"flags":          "<p>" + strings.Repeat("🇩", 200_000),
		"marks on marks": "<p>x" + strings.Repeat("\u0301", 400_000),
		"unknown tags":   strings.Repeat("<x", 300_000),
		"deep text":      strings.Repeat("<div>", 480) + strings.Repeat("word ", 190_000),
		"noscripts":      strings.Repeat("<noscript><img src=/x></noscript>", 6000),
		"shares":         "<div>" + strings.Repeat("<a href='https://x.com/intent/tweet?url=http://x'>t</a> ", 6000) + "</div>",
		"blank links":    strings.Repeat("<a href=#x> </a>", 9000) + "<p id=x>y</p>",
		"titles":         strings.Repeat("<b>x</i>", 9000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			it := post("", body)
			it.Title = planet.Text{Type: planet.HTML, Body: body}
			e := Entry(it, Limits{})
			checkSafe(t, e.Teaser)
			if took := time.Since(start); took > 10*time.Second { // body and title; quadratic would be minutes
				t.Errorf("it took %v", took)
			}
		})
	}
}
