package clean

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
)

var update = flag.Bool("update", false, "rewrite testdata/*.want.html")

const base = "https://blog.example/2026/post/"

// TestPairs cleans every testdata/NAME.html and compares with NAME.want.html. A report of a bug becomes a pair of files.
func TestPairs(t *testing.T) {
	names, err := filepath.Glob("testdata/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".want.html") {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(name), ".html"), func(t *testing.T) {
			in, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out := HTML(planet.Text{Type: planet.HTML, Body: string(in), Base: base}, Limits{})
			checkSafe(t, out)
			if again := HTML(planet.Text{Type: planet.HTML, Body: out, Base: base}, Limits{}); again != out {
				t.Errorf("not idempotent: %s", cmp.Diff(out, again))
			}
			got := readable(out)
			wanted := strings.TrimSuffix(name, ".html") + ".want.html"
			if *update {
				if err := os.WriteFile(wanted, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wanted)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// HTML is a text construct as safe, balanced HTML with absolute URLs; "" when nothing of it can be seen. Ids in it get a
// prefix that is made of its base, since it has no entry. HTML(HTML(x)) == HTML(x) for the same base.
func HTML(t planet.Text, limits Limits) string {
	c := cleaner{limits: limits.orDefault(), prefix: idPrefix(t.Base)}
	return c.body(t).html
}

// readable ends a file of cleaned HTML with a line end.
func readable(out string) string { return strings.TrimRight(out, "\n") + "\n" }

func TestPlainTitles(t *testing.T) {
	for _, c := range []struct {
		typ        planet.TextType
		body, want string
	}{
		{planet.HTML, "Hello, planet", "Hello, planet"},
		{planet.HTML, "", ""},
		{planet.HTML, "a <b>bold</b> <i>move</i>", "a bold move"},
		{planet.HTML, "one<br>two", "one two"},
		{planet.HTML, "Ham &amp; eggs", "Ham & eggs"},
		{planet.HTML, "Ham &amp;amp; eggs", "Ham & eggs"},
		{planet.HTML, "it&amp;#8217;s late", "it’s late"},
		{planet.HTML, "&amp;lt;b&amp;gt; explained", "<b> explained"},
		{planet.HTML, "a < b and b > c", "a < b and b > c"},
		{planet.HTML, "1 &lt; 2", "1 < 2"},
		{planet.HTML, "R&D at AT&T", "R&D at AT&T"},
		{planet.HTML, "the &lt;b&gt; tag", "the <b> tag"},
		{planet.HTML, "Use <code>&lt;b&gt;</code> here", "Use <b> here"},
		{planet.HTML, "Why <table> layouts", "Why <table> layouts"},
		{planet.HTML, "<article> vs <section>", "vs <section>"},
		{planet.HTML, "what </p> does", "what </p> does"},
		{planet.HTML, "if a <b and c> d", "if a <b and c> d"},
		{planet.HTML, "<p>A paragraph", "A paragraph"},
		{planet.HTML, "two<br>lines<hr>", "two lines"},
		{planet.HTML, "<b>whole</b>", "whole"},
		{planet.HTML, "generics: List&lt;T&gt; in Go", "generics: List<T> in Go"},
		{planet.HTML, " \n\t spread \u00a0 out\r\n title ", "spread out title"},
		{planet.HTML, "ship it 🚀👩‍💻 now", "ship it 🚀👩‍💻 now"},
		{planet.HTML, "<script>alert(1)</script>quiet", "quiet"},
		{planet.HTML, "Upgrade to 3.2 <before> June", "Upgrade to 3.2 <before> June"},
		{planet.HTML, "List<T> in Go", "List<T> in Go"},
		{planet.HTML, "#include <stdio.h> &amp; <b>more</b>", "#include <stdio.h> & more"},
		{planet.HTML, "the <my-tag a=\"b&amp;c\"> element</my-tag>", "the <my-tag a=\"b&c\"> element</my-tag>"},
		{planet.HTML, "<o:p>from Word</o:p> <FONT color=red>red</FONT>", "from Word red"},
		{planet.HTML, "<h1>Big</h1><header>x</header> <svg><path/></svg>", "Big x"},
		{planet.HTML, "<b></b><img src=x>", ""},
		{planet.HTML, "a <unclosed", "a"},
		{planet.HTML, "it\u0092s \u0093so\u0094\u007f \u0081", "it’s “so” \u0081"},
		{planet.HTML, "a<iframe><b>hidden</b></iframe>b", "ab"},
		{planet.HTML, "bell &#7;and &#x1F;unit \x0bseparator", "bell and unit separator"},
		{planet.PlainText, "use <b> &amp; be bold", "use <b> &amp; be bold"},
		{planet.PlainText, "two\nlines", "two lines"},
	} {
		if got := Plain(planet.Text{Type: c.typ, Body: c.body}); got != c.want {
			t.Errorf("Plain(%s %q) = %q, want %q", c.typ, c.body, got, c.want)
		}
	}
}

func TestPlainTextBecomesParagraphs(t *testing.T) {
	in := "if a < b:\n  <script>x\r\n\r\nsecond & last\n\n\n"
	want := "<p>if a &lt; b:<br/>  &lt;script&gt;x</p><p>second &amp; last</p>"
	if got := HTML(planet.Text{Type: planet.PlainText, Body: in, Base: base}, Limits{}); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEmbedAloneIsVisible(t *testing.T) {
	for _, s := range []string{"<iframe src=https://v.example/1></iframe>", "<svg><path d=M0/></svg>", "<math><mi>x</mi></math>", "<object data=/x></object>"} {
		if got := HTML(planet.Text{Type: planet.HTML, Body: s, Base: base}, Limits{}); got == "" {
			t.Errorf("nothing is left of %s", s)
		}
	}
	e := Entry(post("", "<iframe src=https://v.example/1 title=Talk></iframe>"), Limits{})
	if e.Text != "" || e.Excerpt != "" || e.Title != "" || !e.Untitled {
		t.Errorf("words were made of an embed: %+v", e)
	}
}

func TestInvisibleBodyIsEmpty(t *testing.T) {
	for _, s := range []string{"", " ", "<p> </p>", "<p>&nbsp;</p><br>", "<script>x</script>", "<img width=1 height=1 src=/p.gif>", "<!-- x -->", "<div><span></span></div>"} {
		if got := HTML(planet.Text{Type: planet.HTML, Body: s, Base: base}, Limits{}); got != "" {
			t.Errorf("HTML(%q) = %q, want nothing", s, got)
		}
	}
}

func TestB59HugeContentIsCutAndMarked(t *testing.T) {
	const limit = 10_000
	long := strings.Repeat("<p>schöne Wörter</p>", 5000)
	out := HTML(planet.Text{Type: planet.HTML, Body: long, Base: base}, Limits{Content: limit})
	if len(out) > limit+100 || len(out) < limit/2 {
		t.Errorf("%d bytes are left of %d", len(out), len(long))
	}
	if !strings.HasSuffix(out, "<p>[…]</p>") {
		t.Errorf("the cut isn't marked: …%s", out[len(out)-50:])
	}
	checkSafe(t, out)
	if e := Entry(planet.Item{Title: planet.Text{Type: planet.HTML, Body: strings.Repeat("ö", 5_000_000)}}, Limits{}); len(e.Title) > 1000 || !strings.HasSuffix(e.Title, "ö…") {
		t.Errorf("the title has %d bytes", len(e.Title))
	}
}

// Tags beyond all sense lose their markup, not their text.
func TestB59TooMuchMarkupBecomesText(t *testing.T) {
	body := strings.Repeat("<b>x</b> ", 100) + "<!-- no --><i>the <script>end</script> &amp; more</i>"
	out := HTML(planet.Text{Type: planet.HTML, Body: body, Base: base}, Limits{Markup: 150})
	if strings.Count(out, "<b>") != 75 || !strings.HasSuffix(out, " x the &amp; more</p>") || strings.Count(out, "x") != 100 {
		t.Errorf("it is …%s", out[max(0, len(out)-200):])
	}
	checkSafe(t, out)
}

// What no parser should be asked to build falls back to its text and isn't lost (behaviour 60).
func TestB60DeepAndHostileBodiesKeepTheirText(t *testing.T) {
	if raceDetector {
		t.Skip("too slow under the race detector")
	}
	bold := ""
	for i := range 480 {
		bold += fmt.Sprintf("<b dir=%d>", i)
	}
	for name, body := range map[string]string{
		"deep divs":             strings.Repeat("<div>", 10_000) + "needle",
		"deep spans":            strings.Repeat("<span>", 100_000) + "needle",
		"unclosed formatting":   "<p>" + bold + strings.Repeat("<p>needle", 50_000),
		"stray end tags":        strings.Repeat("needle</q>", 50_000),
		"fostered text":         "<table>" + strings.Repeat("needle<a>", 50_000),
		"nested links":          strings.Repeat("<a href=x>", 50_000) + "needle",
		"angle brackets":        "needle" + strings.Repeat("<", 1_000_000),
		"attributes":            "<p " + strings.Repeat("a=b ", 200_000) + ">needle",
		"list items":            strings.Repeat("<li>", 100_000) + "needle",
		"comments":              strings.Repeat("<!--", 200_000) + "--> needle",
		"nested tables":         strings.Repeat("<table><tr><td>", 300) + "needle",
		"blank lines":           strings.Repeat("\n\n", 300_000) + "needle",
		"srcset":                `needle<img src=x srcset="` + strings.Repeat("a 1x,", 200_000) + `">`,
		"one long word":         "needle" + strings.Repeat("x", 900_000),
		"references":            "needle" + strings.Repeat("&amp;", 150_000),
		"half of an end of tag": "needle" + strings.Repeat("</", 300_000),
	} {
		t.Run(name, func(t *testing.T) {
			e := Entry(planet.Item{Content: planet.Text{Type: planet.HTML, Body: body, Base: base}}, Limits{})
			if !strings.Contains(e.Text, "needle") || e.Content == "" || e.Title == "" {
				t.Errorf("lost: title %q, %d bytes of content", e.Title, len(e.Content))
			}
			if len(e.Content) > 8_000_000 {
				t.Errorf("%d bytes grew to %d", len(body), len(e.Content))
			}
		})
	}
}

func TestManyShortLinksUnderALongBase(t *testing.T) {
	if raceDetector {
		t.Skip("too slow under the race detector")
	}
	body := strings.Repeat("<a href=x>needle</a>", 40_000)
	long := "https://blog.example/" + strings.Repeat("long/", 800)
	if out := HTML(planet.Text{Type: planet.HTML, Body: body, Base: long}, Limits{}); len(out) > 8_000_000 || !strings.Contains(out, "needle") {
		t.Errorf("%d bytes grew to %d", len(body), len(out))
	}
}

func TestExcerptAndTitleFrom(t *testing.T) {
	entry := func(summary, content string) planet.Entry {
		text := func(s string) planet.Text { return planet.Text{Type: planet.HTML, Body: s, Base: base} }
		return Entry(planet.Item{Summary: text(summary), Content: text(content)}, Limits{})
	}
	words := strings.Repeat("word ", 200)
	for _, c := range []struct{ name, summary, content, title, excerpt string }{
		{"both", "<p>In short.</p>", "<p>The whole story is told here. And more.</p>", "The whole story is told here", "In short."},
		{"content alone", "", "<h1>Big</h1><p>news</p>", "Big", "Big news"},
		{"summary alone", "A summary that is all there is! Really", "", "A summary that is all there is!", "A summary that is all there is! Really"},
		{"long", "", words, strings.TrimSpace(words[:80]) + "…", strings.TrimSpace(words[:400]) + "…"},
		{"one long word", "", strings.Repeat("ü", 1000), strings.Repeat("ü", 80) + "…", strings.Repeat("ü", 400) + "…"},
		{"image alone", "", "<img src=a.png>", "", ""},
		{"comma before the cut", "", strings.Repeat("abcdefg, ", 60), strings.TrimSuffix(strings.Repeat("abcdefg, ", 9), ", ") + "…", strings.TrimSuffix(strings.Repeat("abcdefg, ", 44), ", ") + "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := entry(c.summary, c.content)
			if !e.Untitled || e.Title != c.title {
				t.Errorf("title %q (untitled %v), want %q", e.Title, e.Untitled, c.title)
			}
			if e.Excerpt != c.excerpt {
				t.Errorf("excerpt %q, want %q", e.Excerpt, c.excerpt)
			}
		})
	}
}

func TestEntryFields(t *testing.T) {
	source := &planet.Source{Title: "Q&amp;A <b>blog</b>", Link: "https://other.example/"}
	e := Entry(planet.Item{
		GUID: "urn:x:1", Link: "https://blog.example/1", Lang: "fr",
		Title:   planet.Text{Type: planet.PlainText, Body: "<b>"},
		Summary: planet.Text{Type: planet.HTML, Body: "only", Base: base},
		Authors: []planet.Person{{Name: "Jane &amp; Joe", Email: "j@blog.example"}},
		Tags:    []string{"R&amp;D", "<i></i>", "go"},
		Source:  source,
	}, Limits{})
	want := planet.Entry{
		GUID: "urn:x:1", Link: "https://blog.example/1", Canonical: "blog.example/1", Lang: "fr", Dir: "ltr", Title: "<b>", Content: "only", Text: "only", Excerpt: "only", Teaser: "only",
		Authors: []planet.Person{{Name: "Jane & Joe", Email: "j@blog.example"}}, Tags: []string{"R&D", "go"},
		Source: &planet.Source{Title: "Q&A blog", Link: "https://other.example/"},
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if source.Title != "Q&amp;A <b>blog</b>" {
		t.Error("the item's own source was changed")
	}
}

func TestDirection(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"", "", ""},
		{"", "123 …", ""},
		{"", "hello", "ltr"},
		{"", "שלום לכולם, Go", "rtl"},
		{"", "a post about שלום in English", "ltr"},
		{"", "مرحبا", "rtl"},
		{"ar-EG", "hello", "rtl"},
		{"AR", "", "rtl"},
		{"en", "שלום", "rtl"},
	} {
		if got := direction(c.lang, c.text); got != c.want {
			t.Errorf("direction(%q, %q) = %q, want %q", c.lang, c.text, got, c.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abcdef", 5, "ab…"}, {"äöü", 5, "ä…"}, {"äöü", 1, "…"}, {"", 0, ""}} {
		if got := cut(c.in, c.n); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

// BenchmarkClean cleans a feed's twenty entries of about 10 KB each.
func BenchmarkClean(b *testing.B) {
	var s strings.Builder
	for i := 0; s.Len() < 10_000; i++ {
		fmt.Fprintf(&s, `<h2 id="s%d">Section %d</h2><p class="intro">Some <em>words</em> about <a href="/posts/%d?utm=x">a post</a> &amp; <code>code()</code>, `+
			`long enough to be a paragraph that somebody might really have written on a rainy afternoon.</p>`+
			`<figure><img src="../img/%d.png" srcset="../img/%d.png 1x, ../img/%d@2x.png 2x" alt="a picture"><figcaption>Figure %d</figcaption></figure>`+
			"<pre><code class=\"go\">if x &lt; %d {\n\treturn nil\n}</code></pre><ul><li>one</li><li>two <b>bold</b></li></ul>", i, i, i, i, i, i, i, i)
	}
	item := planet.Item{
		Title: planet.Text{Type: planet.HTML, Body: "Ham &amp; eggs"}, Tags: []string{"go", "planet"},
		Authors: []planet.Person{{Name: "Jane Doe"}}, Content: planet.Text{Type: planet.HTML, Body: s.String(), Base: base},
	}
	b.SetBytes(int64(20 * s.Len()))
	for b.Loop() {
		for range 20 {
			Entry(item, Limits{})
		}
	}
}

// A password that a blog writes into its own links is not for everybody.
func TestB23PasswordsInLinksAreDropped(t *testing.T) {
	body := `<p><a href="https://me:hunter2@blog.example/x">x</a><img src="https://me:hunter2@blog.example/p.png" alt="p"> text</p>`
	if out := HTML(planet.Text{Type: planet.HTML, Body: body, Base: base}, Limits{}); strings.Contains(out, "hunter2") || !strings.Contains(out, `"https://blog.example/x"`) {
		t.Errorf("it is %s", out)
	}
}
