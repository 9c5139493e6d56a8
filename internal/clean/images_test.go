package clean

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"planet/internal/planet"
)

// copies is a Form in which there is a copy of every picture at has.example, and of no other.
func copies(root string) Form {
	return Form{Picture: func(address string) (Picture, bool) {
		name, ok := strings.CutPrefix(address, "https://has.example/")
		return Picture{Src: root + "images/" + name, Width: 640, Height: 480}, ok
	}}
}

const leads = ` rel="nofollow noopener noreferrer ugc"`

// Each in comes out of cleaning as it is; then as links, and with copies.
func TestPicturesAsLinksAndCopies(t *testing.T) {
	linked := func(address, words string) string {
		return `<a class="picture" href="` + address + `"` + leads + `>▣ ` + words + `</a>`
	}
	has := `<img src="https://has.example/a.png" alt="A &lt;cat&gt;" loading="lazy" referrerpolicy="no-referrer"/>`
	hasnt := `<img src="https://else.example/pics/a%20cat.png?x=1&amp;y=2" alt="" loading="lazy" referrerpolicy="no-referrer"/>`
	copied := `<img src="../images/a.png" alt="A &lt;cat&gt;" loading="lazy" referrerpolicy="no-referrer" width="640" height="480"/>`
	link, noLink := linked("https://has.example/a.png", "A &lt;cat&gt;"), linked("https://else.example/pics/a%20cat.png?x=1&amp;y=2", "a cat.png")
	inner := `<a href="https://b.example/"` + leads + `>`
	for _, tt := range []struct{ in, links, copies string }{
		{has, link, copied},
		{hasnt, noLink, noLink},
		{has + hasnt + has, link + noLink + link, copied + noLink + copied},
		{inner + has + "</a>", inner + "▣ A &lt;cat&gt;</a>", inner + copied + "</a>"},
		{inner + "<b>" + hasnt + "</b> more</a>" + hasnt, inner + "<b>▣ a cat.png</b> more</a>" + noLink, inner + "<b>▣ a cat.png</b> more</a>" + noLink},
		{`<a id="e1a2b3c4d-x">` + hasnt + "</a>", `<a id="e1a2b3c4d-x">▣ a cat.png</a>`, `<a id="e1a2b3c4d-x">▣ a cat.png</a>`},
		{
			`<img src="https://x.example/" alt="" title="T" lang="de" id="e1a2b3c4d-x" loading="lazy"/>`,
			`<a class="picture" href="https://x.example/"` + leads + ` title="T" lang="de" id="e1a2b3c4d-x">▣ x.example</a>`,
			`<a class="picture" href="https://x.example/"` + leads + ` title="T" lang="de" id="e1a2b3c4d-x">▣ x.example</a>`,
		},
		{inner + `<img src="https://x.example/1.png" alt="" id="e1a2b3c4d-x"/></a>`, inner + `<span id="e1a2b3c4d-x">▣ 1.png</span></a>`, inner + `<span id="e1a2b3c4d-x">▣ 1.png</span></a>`},
		// A smiley says what it shows, and isn't copied; other signs than emoji say too little.
		{`<img src="https://has.example/1f642.png" alt="🙂" title="smile"/>`, `<span title="smile">🙂</span>`, `<span title="smile">🙂</span>`},
		{`Hi <img src="https://s.w.org/1f642.svg" alt="🙂"/>!`, `Hi 🙂!`, `Hi 🙂!`},
		{`<img src="https://s.w.org/x.svg" alt="👩‍👩‍👧‍👦"/>`, "👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"},
		{`<img src="https://x.example/x" alt="—"/>`, linked("https://x.example/x", "—"), linked("https://x.example/x", "—")},
		// Width and height.
		{`<img src="https://has.example/a" alt="a" width="320"/>`, linked("https://has.example/a", "a"), `<img src="../images/a" alt="a" width="320" height="240"/>`},
		{`<img src="https://has.example/a" alt="a" height="48"/>`, linked("https://has.example/a", "a"), `<img src="../images/a" alt="a" height="48" width="64"/>`},
		{`<img src="https://has.example/a" alt="a" width="9" height="7"/>`, linked("https://has.example/a", "a"), `<img src="../images/a" alt="a" width="9" height="7"/>`},
		// One of several sizes.
		{
			`<img src="https://has.example/s" srcset="https://has.example/m 800w, https://has.example/l 1600w, https://has.example/xl 3200w" sizes="50vw" alt="a" width="8" height="6"/>`,
			linked("https://has.example/l", "a"), `<img src="../images/l" alt="a" width="8" height="6"/>`,
		},
		{
			`<picture id="e1a2b3c4d-p"><source srcset="https://else.example/a.avif 2x" type="image/avif"/>` + has + `</picture>`,
			`<span id="e1a2b3c4d-p">` + link + `</span>`, `<span id="e1a2b3c4d-p">` + copied + `</span>`,
		},
		// Embeds have words, films a poster; films themselves are asked for when they are played.
		{film + filmStill + "</a>", film + "▶ Kettles &amp; &#34;lids&#34;</a>", film + "▶ Kettles &amp; &#34;lids&#34;</a>"},
		{film + "</a>" + hasnt, film + "▶ Kettles &amp; &#34;lids&#34;</a>" + noLink, film + "▶ Kettles &amp; &#34;lids&#34;</a>" + noLink},
		{
			film + `<img src="https://has.example/still.jpg" alt=""/></a>`, film + "▶ Kettles &amp; &#34;lids&#34;</a>",
			film + `<img src="../images/still.jpg" alt="" width="640" height="480"/>▶ Kettles &amp; &#34;lids&#34;</a>`,
		},
		{
			`<video controls="" poster="https://has.example/p.jpg" preload="none"><source src="https://else.example/f.webm" type="video/webm"/></video>`,
			`<video controls="" preload="none"><source src="https://else.example/f.webm" type="video/webm"/></video>`,
			`<video controls="" poster="../images/p.jpg" preload="none"><source src="https://else.example/f.webm" type="video/webm"/></video>`,
		},
		{`<video poster="https://else.example/p.jpg" src="https://else.example/f"></video>`, `<video src="https://else.example/f"></video>`, `<video src="https://else.example/f"></video>`},
		{`<p>words of <code>&lt;img src=x&gt;</code></p>`, `<p>words of <code>&lt;img src=x&gt;</code></p>`, `<p>words of <code>&lt;img src=x&gt;</code></p>`},
	} {
		in, links, withCopies := amid(tt.in), amid(tt.links), amid(tt.copies)
		if got := (Form{Picture: NoPicture}).Page(in); got != links {
			t.Errorf("links of %s\n got %s\nwant %s", in, got, links)
		}
		if got := (Form{Picture: NoPicture}).Page(links); got != links {
			t.Errorf("links twice: %s", got)
		}
		if got := (Form{Picture: NoPicture}).Feed(in, ""); got != links {
			t.Errorf("links in a feed: %s", got)
		}
		if got := copies("../").Page(in); got != withCopies {
			t.Errorf("copies of %s\n got %s\nwant %s", in, got, withCopies)
		}
		if got := copies("https://planet.example/").Feed(in, ""); got != strings.ReplaceAll(withCopies, `"../images/`, `"https://planet.example/images/`) {
			t.Errorf("copies in a feed: %s", got)
		}
		if got := (Form{}).Page(in); strings.Count(got, "<img") != strings.Count(in, "<img") {
			t.Errorf("where pictures stay: %s", got)
		}
	}
}

func amid(s string) string { return "<p>before</p><p>" + s + "</p><p>after</p>" }

func TestTheSizeThatPagesNeed(t *testing.T) {
	for srcset, want := range map[string]string{
		"":                         "src",
		"a 300w, b 768w, c 1024w":  "c",
		"a 300w, b 1200w, c 2400w": "b",
		"c 2400w, b 1199w, a 300w": "c",
		"c 4000w, b 2400w":         "b",
		"a 1x, b 1.5x, c 2x, d 3x": "c",
		"d 3x":                     "src",
		"a, b 2x":                  "b",
		"a 1x":                     "src",
		"a 100w, b 2x":             "a",
		"a .w, b 99999999999999999999w, c ..x, d x": "b",
	} {
		if got := chosen([]html.Attribute{{Key: "src", Val: "src"}, {Key: "srcset", Val: srcset}}); got != want {
			t.Errorf("%q: %s; want %s", srcset, got, want)
		}
	}
}

func TestPicturesNamesWhatAFormIsAskedFor(t *testing.T) {
	content := `<p><img src="https://x.example/1"/><img src="https://x.example/1" srcset="https://x.example/2 2x"/></p><video poster="https://x.example/3"></video>` +
		film + filmStill + `</a><picture><source srcset="https://x.example/no"/><img src="https://x.example/1"/></picture>`
	want := []string{"https://x.example/1", "https://x.example/2", "https://x.example/3", "https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg", "https://x.example/4"}
	if got := Pictures(content, "", `<img src="https://x.example/4"/><img src="https://x.example/5" alt="🙂"/>`, content); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestPicturesAreLinear(t *testing.T) {
	for _, unit := range []string{"<img ", `<img x="`, `<img src="x">`, "<a ", "<a>", "</a>", "<picture", "<picture>", `<source src="`, `<video poster="x">`, "<", `<img alt="&`} {
		in := "<img " + strings.Repeat(unit, 1_000_000/len(unit))
		began := time.Now()
		Form{Picture: NoPicture}.Page(in)
		copies("").Feed(in, "")
		if took := time.Since(began); took > 5*time.Second { // it takes about 0.1 s; quadratic would be minutes
			t.Errorf("%q: %s", unit, took)
		}
	}
}

// FuzzPictures: when pictures are links or copies, nothing of a post asks another server for one, nothing else changes, and it is as
// safe as before.
func FuzzPictures(f *testing.F) {
	for _, s := range append([]string{
		"<img src=/a alt=x>", "<a href=/x><img src=/a></a>", "<picture><source srcset='/a 1x'><img src=/b srcset='/c 900w, /d 2000w'></picture>",
		"<video poster=/p src=/v><source src=/w srcset=/y></video>", "<a><table><tr><td><a href=/y><img src=/z>", "<p title='<img src=x>'><img src='https://has.example/a' width=5>",
		"<svg><a><text>x</text></a></svg><img src=/a>", "<math><mtext><img src=/a></mtext></math>", "<a class=embed href=/x><img src=https://has.example/e></a>", "<img src=/a alt='🙂'><img src=/a alt='&lt;b&gt;'>",
		"<ruby><img src=/a><rt><img src=/b>", "<details><summary><img src=/a></summary></details>", "<img src=//has.example/%22%3E>",
	}, fuzzSeeds...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 20_000 {
			t.Skip() // what is long only makes the search slow
		}
		in := HTML(planet.Text{Type: planet.HTML, Body: s, Base: base}, Limits{})
		own := []string{":img", ":a", ":picture", ":span", ":source"} // what may come and go
		rest := func(fragment string) []string {
			return slices.DeleteFunc(elements(fragment), func(name string) bool { return slices.Contains(own, name) })
		}
		for name, out := range map[string]string{"links": Form{Picture: NoPicture}.Page(in), "copies": copies("").Page(in), "feed": copies("").Feed(in, "")} {
			if before, after := rest(in), rest(out); !slices.Equal(before, after) {
				t.Errorf("%s of %q\n%q: %v, not %v", name, in, out, after, before)
			}
			for _, n := range parsed(out) {
				src, poster := attr(n, "src"), attr(n, "poster")
				switch {
				case n.Data == "picture", attr(n, "srcset") != "", n.Data == "source" && src == "":
					t.Errorf("%s of %q: %q", name, in, out)
				case n.Data == "img" && (name == "links" || !strings.HasPrefix(src, "images/")), poster != "" && !strings.HasPrefix(poster, "images/"):
					t.Errorf("%s of %q show %s%s", name, in, src, poster)
				case attr(n, "class") == "picture" && withinLink(n):
					t.Errorf("%s of %q: a link in a link: %q", name, in, out)
				}
			}
		}
		linked := Form{Picture: NoPicture}.Page(in)
		if again := (Form{Picture: NoPicture}).Page(linked); again != linked {
			t.Errorf("of %q\nfirst %q\nthen %q", in, linked, again)
		}
		checkSafe(t, HTML(planet.Text{Type: planet.HTML, Body: linked, Base: base}, Limits{}))
		for _, address := range Pictures(in) {
			if !strings.HasPrefix(address, "http") {
				t.Errorf("%q shows %q", in, address)
			}
		}
	})
}

func withinLink(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "a" {
			return true
		}
	}
	return false
}
