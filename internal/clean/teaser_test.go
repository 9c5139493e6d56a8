package clean

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"planet/internal/planet"
)

func post(summary, content string) planet.Item {
	text := func(s string) planet.Text { return planet.Text{Type: planet.HTML, Body: s, Base: base} }
	return planet.Item{GUID: "urn:x:1", Link: base, Summary: text(summary), Content: text(content)}
}

func TestTeaser(t *testing.T) {
	words := strings.TrimSpace(strings.Repeat("word ", 60)) // 299 characters
	long := "<p>" + words + "</p><p>" + words + "</p>"
	note := `<p><a href="#n">1</a> <b id="r">x</b> ` + words + `</p><p>` + words + `</p><p id="n">note <a href="#r">back</a></p>`
	for _, c := range []struct{ name, summary, content, want string }{
		{"short", "", "<p>all</p><img src=a.png alt=a>", `<p>all</p><img src="` + base + `a.png" alt="a" loading="lazy" referrerpolicy="no-referrer"/>`},
		{"nothing", "", "", ""},
		{"summary alone", "<p>only this</p>", "", "<p>only this</p>"},
		{"author's summary", "<p>In <b>short</b>.</p>", long, "<p>In <b>short</b>.</p>"},
		{"summary of nothing", "<p> </p>", long, "<p>" + words + "</p>"},
		{"summary cut off by software", "word, word word [&#8230;]", long, "<p>" + words + "</p>"},
		{"summary with continue reading", "word word… <a href=/x>Continue reading A title →</a>", long, "<p>" + words + "</p>"},
		{"summary in other words", "word word and another", long, "word word and another"},
		{"two blocks", "", long, "<p>" + words + "</p>"},
		{"wrapped in a div", "", "<div>" + long + "</div>", "<div><p>" + words + "</p></div>"},
		{"heading at the end", "", "<p>" + words + "</p><h2>Next</h2><ul></ul><hr>" + long, "<p>" + words + "</p>"},
		{"long paragraph", "", "<p>a <b>" + words + " <i>" + words + "</i></b></p><p>x</p>", "<p>a <b>" + words + " <i>" + strings.TrimSpace(strings.Repeat("word ", 19)) + "…</i></b></p>"},
		{"long word", "", "<p>" + strings.Repeat("x", 1000) + "</p>", "<p>" + strings.Repeat("x", 400) + "…</p>"},
		{"list", "", "<ol start=3>" + strings.Repeat("<li>"+words[:99]+"</li>", 9) + "</ol>", `<ol start="3">` + strings.Repeat("<li>"+words[:99]+"</li>", 5) + "</ol>"},
		{"list on lines", "", "<ul>\n" + strings.Repeat("<li>"+words[:99]+"</li>\n", 9) + "</ul>", "<ul>\n" + strings.TrimSpace(strings.Repeat("<li>"+words[:99]+"</li>\n", 5)) + "</ul>"},
		{"blocks on lines", "", "<div>\n<p>" + words + "</p>\n<p>" + words[:199] + "</p>\n<p>" + words + "</p></div>", "<div>\n<p>" + words + "</p>\n<p>" + words[:199] + "</p></div>"},
		{"inline after the cut", "", "<p>" + strings.Repeat("<b>"+words[:99]+"</b> ", 9) + "</p>", "<p>" + strings.TrimSpace(strings.Repeat("<b>"+words[:99]+"</b> ", 5)) + "…</p>"},
		{"more", "<p>summary</p>", "<p>a</p><div>b<!-- MORE -->c</div>" + long, "<p>a</p><div>b</div>"},
		{"more, first of all", "", "<!--more-->" + long, "<p>" + words + "</p>"},
		{"more, of many kinds", "", "<p>a</p><!-- TEASER_END -->" + long, "<p>a</p>"},
		{"more, with words for the link", "", "<p>a</p><!--more Go on!--><p>b</p>", "<p>a</p>"},
		{"a comment that is none", "", "<p>a</p><!-- moreover --><p>b</p><!-- more or less -->", "<p>a</p><p>b</p>"},
		{"wordpress", "", "<p>a</p><p><span id=more-12></span></p>" + long, "<p>a</p>"},
		{"middleman", "", "<p>a</p><p>READMORE</p>" + long, "<p>a</p>"},
		{"mark in what goes", "", "<p>a</p><div class=feedflare><!--more--></div><p>b</p>", "<p>a</p><p>b</p>"},
		{"targets that are cut off", "", note, `<p><a href="` + base + `#n" rel="nofollow noopener noreferrer ugc">1</a> <b>x</b> ` + words + `</p>`},
		{"share bar of what is left", "", "<p>a</p><div><a href=https://x.com/intent/tweet?url=https://a.example>t</a> <a href=https://x.com/intent/post?url=https://a.example>u</a><!--more-->" + words + "</div>", "<p>a</p>"},
		{"headings rank anew", "", "<h1>A</h1><p>b</p><!--more--><h2>c</h2>", "<h4>A</h4><p>b</p>"},
		{"headings after cutting", "", "<h1></h1><h2>B</h2><p>b</p><!--more--><h1>c</h1>", "<h4></h4><h5>B</h5><p>b</p>"},
		{"embed first", "", "<iframe src=https://v.example/1></iframe>" + long, `<a class="embed" href="https://v.example/1" rel="nofollow noopener noreferrer ugc"></a><p>` + words + "</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := post(c.summary, c.content)
			e := Entry(it, Limits{})
			if e.Teaser != c.want {
				t.Errorf("got  %s\nwant %s", e.Teaser, c.want)
			}
			checkSafe(t, e.Teaser)
			if want := excerpt(plainText(e.Teaser)); e.Excerpt != want {
				t.Errorf("the excerpt is %q, want %q", e.Excerpt, want)
			}
			again := cleanerFor(it, Limits{}.orDefault()).body(planet.Text{Type: planet.HTML, Body: e.Teaser, Base: base}).html
			if again != e.Teaser {
				t.Errorf("not idempotent: %s", again)
			}
		})
	}
}

// What is cut has no half words and no half characters, whatever the script.
func TestShortenKeepsWordsAndCharacters(t *testing.T) {
	for _, c := range []struct {
		in    string
		runes int
		want  string
	}{
		{"one two three", 20, "one two three"},
		{"one two three", 7, "one two…"},
		{"one two three", 8, "one two…"},
		{"one two, three", 10, "one two…"},
		{"internationalization matters", 5, "internationalization…"},
		{"漢字漢字漢字", 3, "漢字漢…"},
		{"日本語 漢字漢字漢字", 9, "日本語 漢字漢字漢…"},
		{"👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3, "…"},
		{"漢字👩‍👩‍👧‍👦字", 5, "漢字…"},
		{"漢🇩🇪🇫🇷字", 2, "漢…"},
		{"漢🇩🇪🇫🇷字", 3, "漢🇩🇪…"},
		{"漢👍🏽字", 2, "漢…"},
		{strings.Repeat("xe\u0301", 40), 2, "x…"},
		{"กำกำกำ", 1, "…"},
		{"  two   blanks   count   once", 10, "two blanks…"},
	} {
		got := shorten(c.in, c.runes)
		if c.want == "…" { // nothing that could be shown is short enough
			c.want = ""
		}
		if got != c.want || !utf8.ValidString(got) {
			t.Errorf("shorten(%q, %d) = %q, want %q", c.in, c.runes, got, c.want)
		}
	}
}

// The text that the walk's tree gives is the text of the HTML, and bluemonday finds nothing to change in what the walk made.
func TestTreeAndHTMLAgree(t *testing.T) {
	names, err := filepath.Glob("testdata/*.html")
	if err != nil || len(names) < 20 {
		t.Fatal(len(names), err)
	}
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		e := Entry(post("", string(source)), Limits{})
		if want := plainText(e.Content); e.Text != want {
			t.Errorf("%s: the text is\n%q, of the HTML\n%q", name, e.Text, want)
		}
		if again := lastWord(e.Content); again != e.Content {
			t.Errorf("%s: bluemonday makes of\n%q\n%q", name, e.Content, again)
		}
	}
}
