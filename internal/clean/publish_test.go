package clean

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"planet/internal/planet"
)

const (
	filmStill = `<img src="https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg" alt="" loading="lazy"/>`
	film      = `<a class="embed" href="https://www.youtube.com/watch?v=abcdefghijk" title="Kettles &amp; &#34;lids&#34;" rel="nofollow">`
	talk      = `<a href="https://talks.example/w/1" class="embed">`
	around    = `<p>before <a href="https://a.example/" title="x">link</a></p><p>%</p><p>after</p>`
)

func TestPageAndFeedPutWordsIntoEmbeds(t *testing.T) {
	for in, want := range map[string]string{
		film + filmStill + "</a>": film + filmStill + "▶ Kettles &amp; &#34;lids&#34;</a>",
		film + "</a>":             film + "▶ Kettles &amp; &#34;lids&#34;</a>",
		talk + "</a>":             talk + "▶ talks.example</a>",
		`<a class="embed" href="https://www.talks.example:8080/" title=" "></a>`: `<a class="embed" href="https://www.talks.example:8080/" title=" ">▶ talks.example</a>`,
		// None of these is an embed as the cleaner writes it.
		film + "words</a>": film + "words</a>",
		film + filmStill:   film + filmStill,
		`<a class="embed" href="mailto:a@b.example"></a>`:             `<a class="embed" href="mailto:a@b.example"></a>`,
		`<a class="embed" href="/watch"></a>`:                         `<a class="embed" href="/watch"></a>`,
		`<a href="https://talks.example/"></a>`:                       `<a href="https://talks.example/"></a>`,
		`<a class="embed" href="https://a.example/" title="a<b"></a>`: `<a class="embed" href="https://a.example/" title="a<b"></a>`,
		`<a class="embed"></a>`:                                       `<a class="embed"></a>`,
		`<a class="embed"  href="https://talks.example/"></a>`:        `<a class="embed"  href="https://talks.example/"></a>`,
		`<a class="embed" href='https://talks.example/'></a>`:         `<a class="embed" href='https://talks.example/'></a>`,
		`<abbr class="embed" href="https://talks.example/"></a>`:      `<abbr class="embed" href="https://talks.example/"></a>`,
		`<a class="embed" href="https://talks.example/`:               `<a class="embed" href="https://talks.example/`,
		`class="embed"`: `class="embed"`,
	} {
		in, want := strings.Replace(around, "%", in, 1), strings.Replace(around, "%", want, 1)
		if got := Page(in, false); got != want {
			t.Errorf("Page(%s)\n got %s\nwant %s", in, got, want)
		}
		if got := Page(want, false); got != want {
			t.Errorf("Page twice: %s", got)
		}
		if got := Feed(in, "https://ada.example/1"); got != want {
			t.Errorf("Feed(%s)\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestPageFramesKnownPlayersAlone(t *testing.T) {
	youTube, none := "https://www.youtube-nocookie.com/embed/abcdefghijk", ""
	for address, want := range map[string]string{
		"https://www.youtube.com/watch?v=abcdefghijk":                   youTube,
		"https://www.youtube.com/watch?v=abcdefghijk&t=90s":             youTube + "?start=90",
		"https://www.youtube.com/watch?v=abcdefghijk&t=1h1m30s":         youTube + "?start=3690",
		"https://www.youtube.com/watch?v=abcdefghijk&start=90":          youTube + "?start=90",
		"https://www.youtube.com/watch?v=abcdefghijk&t=-5":              youTube,
		"https://www.youtube.com/watch?v=abcdefghijk&t=0":               youTube,
		"https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1": youTube,
		"https://youtu.be/abcdefghijk?start=1e9":                        youTube,
		"https://m.youtube.com/shorts/abcdefghijk":                      youTube,
		"https://www.youtube.com/playlist?list=PL01-x_":                 "https://www.youtube-nocookie.com/embed/videoseries?list=PL01-x_",
		"https://vimeo.com/123456":                                      "https://player.vimeo.com/video/123456?dnt=1",
		"https://vimeo.com/123456/0a1b2c":                               "https://player.vimeo.com/video/123456?dnt=1&h=0a1b2c",
		"https://player.vimeo.com/video/123456?h=0a1b2c&autoplay=1":     "https://player.vimeo.com/video/123456?dnt=1&h=0a1b2c",
		"https://www.dailymotion.com/video/x8abcde":                     "https://geo.dailymotion.com/player.html?video=x8abcde",
		"https://www.dailymotion.com/embed/video/x8abcde":               "https://geo.dailymotion.com/player.html?video=x8abcde",
		"https://dai.ly/x8abcde":                                        "https://geo.dailymotion.com/player.html?video=x8abcde",
		"https://archive.org/details/a_film.1926":                       "https://archive.org/embed/a_film.1926",
		"https://media.ccc.de/v/40c3-12345-a_talk":                      "https://media.ccc.de/v/40c3-12345-a_talk/oembed",
		"https://media.ccc.de/v/40c3-12345-a_talk/oembed":               "https://media.ccc.de/v/40c3-12345-a_talk/oembed",

		"https://www.youtube.com.evil.example/watch?v=abcdefghijk":      none,
		"https://evil.example/www.youtube.com/watch?v=abcdefghijk":      none,
		"https://www.youtube.com@evil.example/watch?v=abcdefghijk":      none,
		"https://me:pw@www.youtube.com/watch?v=abcdefghijk":             none,
		"https://www.youtube.com:8443/watch?v=abcdefghijk":              none,
		"http://www.youtube.com/watch?v=abcdefghijk":                    none,
		"https://www.youtube.com/watch?v=abcdefghijk%22%3E":             none,
		"https://www.youtube.com/watch?v=..%2F..%2Fabcde":               none,
		"https://youtu.be/abcdefghij":                                   none,
		"https://www.youtube.com/":                                      none,
		"https://www.youtube.com/playlist?list=%22onload":               none,
		"https://vimeo.com/channels/tea":                                none,
		"https://vimeo.com":                                             none,
		"https://player.vimeo.com/video":                                none,
		"https://archive.org/details/..":                                none,
		"https://archive.org/details/a/b":                               none,
		"https://archive.org/details/":                                  none,
		"https://media.ccc.de/v/..":                                     none,
		"https://media.ccc.de/":                                         none,
		"https://talks.example/w/abcdefghijk":                           none,
		"https://www.dailymotion.com/":                                  none,
		"https://geo.dailymotion.com/player.html?video=x8%26autoplay=1": none,
	} {
		in := `<p><a class="embed" href="` + html.EscapeString(address) + `" title="A &lt;talk&gt;">` + filmStill + `</a></p>`
		got := Page(in, true)
		if want == none {
			if got != Page(in, false) {
				t.Errorf("%s is framed: %s", address, got)
			}
			continue
		}
		frame := first(got, "iframe")
		if frame == nil {
			t.Errorf("%s isn't framed: %s", address, got)
			continue
		}
		if attr(frame, "src") != want || attr(frame, "title") != "A <talk>" {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
		checkFrame(t, frame)
	}
	const plain = `<a href="https://www.youtube.com/watch?v=abcdefghijk">a link like any</a><a href="https://vimeo.com/1"></a>`
	if got := Page(plain+talk+"</a>"+film+"</a>", true); !strings.HasPrefix(got, plain+talk+"▶ talks.example</a><iframe") {
		t.Errorf("links and a frame: %s", got)
	}
	if got := Feed(film+"</a>", ""); strings.Contains(got, "<iframe") {
		t.Errorf("a frame in a feed: %s", got)
	}
}

// checkFrame holds a frame against what must be true of any: of a known origin, in a sandbox that it can't leave.
func checkFrame(t *testing.T, frame *html.Node) {
	t.Helper()
	u, err := url.Parse(attr(frame, "src"))
	if err != nil || !slices.Contains(Players(), u.Scheme+"://"+u.Host) || u.User != nil {
		t.Errorf("a frame of %q", attr(frame, "src"))
	}
	for _, grant := range strings.Fields(attr(frame, "sandbox")) {
		if !slices.Contains([]string{"allow-scripts", "allow-same-origin", "allow-popups", "allow-presentation"}, grant) {
			t.Errorf("a frame is granted %s", grant)
		}
	}
	for _, a := range frame.Attr {
		if !slices.Contains(strings.Fields("class src title width height loading referrerpolicy sandbox allowfullscreen"), a.Key) {
			t.Errorf("a frame with %s", a.Key)
		}
	}
	if attr(frame, "sandbox") == "" || attr(frame, "title") == "" || frame.FirstChild != nil {
		t.Error("a frame without a sandbox or a title, or with something in it")
	}
}

func TestFeedLeadsFootnotesToThePost(t *testing.T) {
	const note = `<p>Tea<sup><a href="#e1a2b3c4d-fn:1" id="e1a2b3c4d-ref" class="x">1</a></sup> <a href="https://b.example/#c">elsewhere</a></p><p id="e1a2b3c4d-fn:1">Note</p>`
	for link, want := range map[string]string{
		"https://ada.example/1":            `href="https://ada.example/1#fn:1" id="e1a2b3c4d-ref" class="x"`,
		"https://ada.example/?a=1&b=2#top": `href="https://ada.example/?a=1&amp;b=2#fn:1" id="e1a2b3c4d-ref" class="x"`,
		"":                                 `id="e1a2b3c4d-ref" class="x"`,
	} {
		want = strings.Replace(note, `href="#e1a2b3c4d-fn:1" id="e1a2b3c4d-ref" class="x"`, want, 1)
		if got := Feed(note, link); got != want {
			t.Errorf("%q:\n got %s\nwant %s", link, got, want)
		}
	}
	if got := Page(note, true); got != note {
		t.Errorf("in a page a footnote is on that page: %s", got)
	}
	for id, want := range map[string]string{"e1a2b3c4d-a-b": "a-b", "e1a2b3c4-a": "e1a2b3c4-a", "E1a2b3c4d-a": "E1a2b3c4d-a", "e1a2b3g4-a": "e1a2b3g4-a", "fn1": "fn1", "": ""} {
		if got := withoutPrefix(id); got != want {
			t.Errorf("withoutPrefix(%q) = %q", id, got)
		}
	}
}

func TestPageAndFeedAreLinear(t *testing.T) {
	for _, unit := range []string{"<a ", `<a x="`, `<a x="">`, `<a class="embed" href="https://a.example/">`, `<a class="embed" href="https://a.example/"></a>`, `<a href="#x">`} {
		in := embedMark + strings.Repeat(unit, 2_000_000/len(unit))
		began := time.Now()
		Page(in, true)
		Feed(in, "https://a.example/")
		if took := time.Since(began); took > 5*time.Second { // it takes about 0.1 s; quadratic would be minutes
			t.Errorf("%q: %s", unit, took)
		}
	}
}

// FuzzPage gives Page and Feed whatever there is, cleaned and not: neither brings an element that wasn't there, and
// frames are only as checkFrame wants them.
func FuzzPage(f *testing.F) {
	for _, s := range []string{
		film + filmStill + "</a>", talk + "</a>", film + "x</a>", `<p title='` + talk + `</a>'>`, `<!--` + film + `</a>-->`, `<textarea>` + film + "</a></textarea>",
		`<a class="embed" href="https://vimeo.com/1"></a>`, `<a href="#e1a2b3c4d-x">`, `<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>`, `<svg>` + film + `</a></svg>`,
		`<a class="embed" href="https://x.example/" title="--&gt;&lt;img src=x&gt;"></a>`, `<math><mtext>` + talk + `</a></mtext></math>`, `<a class="embed" href="https://vimeo.com/1" title='`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 20_000 {
			t.Skip() // what is long only makes the search slow
		}
		for _, in := range []string{s, HTML(planet.Text{Type: planet.HTML, Body: s, Base: base}, Limits{})} {
			before := elements(in)
			linked := Page(in, false)
			if after := elements(linked); !slices.Equal(before, after) {
				t.Errorf("Page made of %q\n%q: %v, not %v", in, linked, after, before)
			}
			if again := Page(linked, false); again != linked {
				t.Errorf("Page made of %q\nfirst %q\nthen %q", in, linked, again)
			}
			if after := elements(Feed(in, "https://a.example/")); !slices.Equal(before, after) {
				t.Errorf("Feed made %v of %q", after, in)
			}
		}
		safe := HTML(planet.Text{Type: planet.HTML, Body: s, Base: base}, Limits{})
		framed := Page(safe, true)
		for _, n := range parsed(framed) {
			if n.Data == "iframe" {
				checkFrame(t, n)
			}
		}
	})
}

// parsed are all elements of a fragment, in order.
func parsed(fragment string) (list []*html.Node) {
	context := body
	nodes, err := html.ParseFragment(strings.NewReader(fragment), &context)
	if err != nil {
		return nil
	}
	for _, root := range nodes {
		if root.Type == html.ElementNode {
			list = append(list, root)
		}
		for n := range root.Descendants() {
			if n.Type == html.ElementNode {
				list = append(list, n)
			}
		}
	}
	return list
}

// elements are the names of all elements of a fragment.
func elements(fragment string) (names []string) {
	for _, n := range parsed(fragment) {
		names = append(names, n.Namespace+":"+n.Data)
	}
	return names
}

func first(fragment, name string) *html.Node {
	for _, n := range parsed(fragment) {
		if n.Data == name {
			return n
		}
	}
	return nil
}

// Page is cleaned HTML as a page shows it, in the form of which only Frames may be set.
func Page(content string, frames bool) string { return Form{Frames: frames}.Page(content) }

// Feed is cleaned HTML as a feed carries it, in the zero Form.
func Feed(content, link string) string { return Form{}.Feed(content, link) }
