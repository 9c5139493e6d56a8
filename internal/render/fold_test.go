package render

import (
	"regexp"
	"strings"
	"testing"

	"planet/internal/planet"
)

func TestCuts(t *testing.T) {
	for html, want := range map[string]string{
		`<p>a</p><p>b</p>`:                      `<p>a</p>|<p>b</p>`,
		`<p>a</p> <ul><li>b</li></ul>`:          `<p>a</p>| |<ul><li>b</li></ul>`,
		`a<br><br>b`:                            `a<br><br>|b`,
		`a<br>b<br>c`:                           `a<br>b<br>c`,
		`a <em>b</em> c<p>d</p>`:                `a <em>b</em> c|<p>d</p>`,
		`<p>a</p><h4>b</h4><p>c</p>`:            `<p>a</p>|<h4>b</h4><p>c</p>`,
		`<h4>b</h4>c<p>d</p>`:                   `<h4>b</h4>c|<p>d</p>`,
		`<p>a</p><hr><p>b</p>`:                  `<p>a</p>|<hr>|<p>b</p>`,
		`<p title="a > b">a</p><p>b</p>`:        `<p title="a > b">a</p>|<p>b</p>`,
		`<div><p>a</p><p>b</p></div>`:           `<div><p>a</p><p>b</p></div>`,
		`<p>a</p><iframe src=x></iframe><p>b`:   ``,
		`<p>a</p><script></p></script><p>b</p>`: ``,
		`<p>a</b></p><p>b</p>`:                  ``,
		`<p>a</p><!-- x --><p>b</p>`:            ``,
		`<p>a</p><p/><p>b</p>`:                  ``,
		`<p>a</p></p>`:                          ``,
		`<a.b>a</a.b><p>c</p>`:                  ``,
		`<p>a</p><p>1 < 2</p>`:                  ``,
	} {
		got := strings.Join(pieces(html), "|")
		if want == "" {
			want = html
		}
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func pieces(html string) []string {
	var list []string
	from := 0
	for _, cut := range cuts(html) {
		list = append(list, html[from:cut])
		from = cut
	}
	return append(list, html[from:])
}

func TestVeryLongPostIsFolded(t *testing.T) {
	paragraph := "<p>" + lorem(100) + "</p>"
	long := strings.Repeat(paragraph, 200)
	for name, html := range map[string]string{"plain": long, "wrapped": `<div dir="ltr"> <div>` + long + `</div></div>`} {
		start, rest := fold(html)
		if words(start) != 300 || words(rest) != 19_700 || !balanced(start) || !balanced(rest) {
			t.Errorf("%s: %d and %d words", name, words(start), words(rest))
		}
	}
	for name, html := range map[string]string{
		"not so long": strings.Repeat(paragraph, 15), "one block": "<p>" + lorem(2000) + "</p>", "end": "<p>" + lorem(1400) + "</p><p>" + lorem(200) + "</p>",
		"broken": long + "</p>", "two wrappers": "<div>" + long[:len(paragraph)*20] + "</div>x", "id": `<div id="a">` + long + "</div>",
	} {
		if start, rest := fold(html); rest != "" || start != html {
			t.Errorf("%s: folded", name)
		}
	}
	page := post(t, func(_ *Site, e *planet.Entry) { e.Content = long })
	want(t, page, `<details class="rest"><summary dir="auto">The rest (86 minutes)</summary>`)
}

func TestWords(t *testing.T) {
	for html, want := range map[string]int{`<p title="no word">Two words</p><p>and</p>three`: 4, "お湯の温度": 2, "a 茶茶 b": 3, "": 0} {
		if got := words(html); got != want {
			t.Errorf("%q: got %d, want %d", html, got, want)
		}
	}
}

var anyTag = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9:-]*)(?:"[^"]*"|'[^']*'|[^'">])*>`)

// balanced counts tags by other means than walk does.
func balanced(html string) bool {
	open := map[string]int{}
	for _, m := range anyTag.FindAllStringSubmatch(html, -1) {
		name := strings.ToLower(m[2])
		if voids[name] {
			continue
		}
		if open[name]++; m[1] != "" {
			open[name] -= 2
		}
		if open[name] < 0 {
			return false
		}
	}
	for _, n := range open {
		if n != 0 {
			return false
		}
	}
	return true
}

func FuzzFold(f *testing.F) {
	_, entries := nasty()
	for _, e := range entries {
		if len(e.Content) < 10_000 { // the whole book would only slow the fuzzer down
			f.Add(e.Content)
		}
	}
	f.Add(`<div dir="ltr"><p>a<br></p><h4>b</h4><ul><li>c</li></ul><br><br>d<hr></div>`)
	f.Fuzz(func(t *testing.T, html string) {
		list := pieces(html)
		if strings.Join(list, "") != html {
			t.Errorf("pieces of %q: %q", html, list)
		}
		for _, piece := range list {
			if len(list) > 1 && (piece == "" || !balanced(piece)) {
				t.Errorf("%q: unbalanced or empty piece %q", html, piece)
			}
		}
		opening, inner, closing := unwrap(html)
		if opening+inner+closing != html || !balanced(opening+closing) {
			t.Errorf("%q unwrapped: %q %q %q", html, opening, inner, closing)
		}
		// A post that is long enough to be folded, whatever is in it.
		if start, rest := fold(html + "<p>" + lorem(longPost) + "</p>" + html); rest != "" && (!balanced(start) || !balanced(rest)) {
			t.Errorf("%q folded: %q and %q", html, start, rest)
		}
	})
}
