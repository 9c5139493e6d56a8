package clean

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"planet/internal/planet"
)

func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		"<p>a<div>b</div>c</p>", "<b><table><tr><td>x", "<a href=/x><a href=y>", "</div></div>text", "<p><object><p>x</p></object>",
		"<li>a<li>b", "<table>text<tr><td>x</table>", "<pre>\n\nx</pre>", "<h1>a<h2>b", "<svg><p>x</svg>", "<math><mi>x</math>",
		"<img src=x onerror=alert(1)>", "<iframe src=//a.b/c></iframe>", "<ruby>a<rt>b<rp>c</ruby>", "<dl><dt>a<dd>b</dl>",
		"<form><button><p>x</button></form>", "<select><option>x</select>", "<details><summary>x</summary>y</details>",
		"<a href='java\nscript:x'>", "<video><source srcset='a 1x, b 2x'></video>", "<picture><source srcset=a><img src=b></picture>",
		"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=x&gt;'>", "<noscript><p title='</noscript><img>'>",
		"<svg><title><style><img></style></title></svg>", "<caption><td><tr>x", "<colgroup><col span=2>x", "&#11;&#xFFFE;\x00", "<q cite='%zz'>x", "<pre>\x15\nx", "<img src='?a\x00><li value='>", "<a href='mailto:a b'>x", "<img srC=//d<=0>", "<img src='?\\\\'>", "<pre><font>\x01</font>\nx",
		"<img src=x title='&quot;><script>'>", "<img src='/a b' alt=\"x\"><ol start=3 reversed><li value=4>", "<center><tt>x</center>", "<bdo dir=rtl>",
	} {
		f.Add(s)
	}
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	for _, s := range misfits {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 20_000 || !utf8.ValidString(s) {
			t.Skip() // package parse gives valid UTF-8
		}
		out := HTML(planet.Text{Type: planet.HTML, Body: s, Base: base}, Limits{})
		checkSafe(t, out)
		if again := HTML(planet.Text{Type: planet.HTML, Body: out, Base: base}, Limits{}); again != out {
			t.Errorf("not idempotent\nonce:  %q\nagain: %q", out, again)
		}
		context := body
		nodes, err := html.ParseFragment(strings.NewReader(out), &context)
		if err != nil {
			t.Fatal(err)
		}
		root := element(atom.Body)
		for _, n := range nodes {
			root.AppendChild(n)
		}
		if !fits(root, place{flow: true}) {
			t.Errorf("not valid: %q", out)
		}
	})
}

// fuzzSeeds hold what the rules are about: more of what cleaning does than of what it must not.
var fuzzSeeds = []string{
	"<p>a<sup id=r><a href=#f>1</a></sup><!-- more --><p id=f>note <a href=#r>back</a><h2 id=x>t</h2><a name=x href='" + base + "#x'>x</a>",
	"<iframe src=https://www.youtube.com/embed/abcdefghijk?start=5 title=t></iframe><object data=x><param name=movie value=y><embed src=z></object><a class=embed href=/x><img src=y></a>",
	"<div class=highlight><table><td class=gutter>1<td><pre class='language-Go'><code><span class=kd>func</span> <span class='hljs-title'>x</span></code></pre></table></div>",
	"<div>Share: <a href='https://twitter.com/intent/tweet?x'>t</a> <a href='https://www.facebook.com/sharer.php?u'>f</a></div><a href='https://feeds.feedburner.com/~ff/x'><img src=x></a>",
	"<math display=block><semantics><mrow><mi>x</mi><mfenced open=[><mn>1</mn><mn>2</mn></mfenced></mrow><annotation-xml encoding=text/html><p>x</annotation-xml></semantics><mtext><b>t</b></mtext></math>",
	"<svg viewBox='0 0 1 1'><g fill=#fff><path d='M0 0z'/><a xlink:href=x><text x=1>W<tspan>o</tspan></text></a><foreignObject><p>x</foreignObject></g><use href=#x></svg>",
	"<img data-src=/real.png src='data:image/gif;base64,x'><img src=http://x.wordpress.com/b.gif style='display:none'><img src='http://1.bp.blogspot.com/x.png' srcset='http://i.imgur.com/a 1x'>",
	"<a href='/x?utm_source=a&b=1&amp;fbclid=2#f'>x</a>", "<p>long " + "words and more words " + "<ul><li>one<li>two</ul><span id=more-1></span><p>READMORE</p>rest",
	"<table><svg><text>x</text></svg><tr><td><math><mi>y</table>", "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>", "<ruby>漢<rt>かん</ruby>字漢字漢字 👩‍👩‍👧‍👦🇩🇪🇫🇷 e\u0301",
	"<p>Originally published at <a href=https://j.example/2024/1>j</a><br>x <p>y<p>The post <a href=https://j.example/2024/1>x</a> appeared first on <a href=https://j.example>j</a>.</p><hr>",
	"<details open><summary>s</summary><dl><dt>a<dd>b</dl></details><video poster=/p><track src=/t kind=captions default></video>", "<script src=https://gist.github.com/u/1.js /><iframe src=/x />after",
}

// A teaser is as safe as the post, balanced, and no longer than it may be; text from the tree is text from the HTML.
func FuzzTeaser(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s, "")
		f.Add(strings.Repeat(s, 8), "<p>In short.</p>")
		f.Add(strings.Repeat("<p>words of no meaning </p>", 20)+s, "words of…")
	}
	f.Fuzz(func(t *testing.T, content, summary string) {
		if len(content)+len(summary) > 20_000 || !utf8.ValidString(content) || !utf8.ValidString(summary) {
			t.Skip() // as above; what is long only makes the search slow
		}
		text := func(s string) planet.Text { return planet.Text{Type: planet.HTML, Body: s, Base: base} }
		it := planet.Item{GUID: "urn:x:1", Link: base, Content: text(content), Summary: text(summary)}
		e, read := Entry(it, Limits{}), AsRead(it, Limits{})
		Remarks(it, Limits{})
		c := cleanerFor(it, Limits{}.orDefault())
		for _, out := range []string{e.Content, e.Summary, e.Teaser} {
			checkSafe(t, out)
			if again := c.body(text(out)).html; again != out {
				t.Errorf("not idempotent\nonce:  %q\nagain: %q", out, again)
			}
		}
		checkSafe(t, read.Content)
		checkSafe(t, read.Summary)
		if e.Text != plainText(e.Content) {
			t.Errorf("the tree's text\n%q, the HTML's\n%q", e.Text, plainText(e.Content))
		}
		if (e.Teaser == "") != (e.Content == "") {
			t.Errorf("of %q, the teaser is %q", e.Content, e.Teaser)
		}
		marked := c.body(text(content)).before == e.Teaser || c.body(text(summary)).before == e.Teaser
		if n := letters(plainText(e.Teaser)); !marked && n > excerptRunes+teaserSlack+60 {
			t.Errorf("the teaser has %d characters: %q", n, e.Teaser)
		}
		if n := utf8.RuneCountInString(e.Excerpt); n > excerptRunes+60 {
			t.Errorf("the excerpt has %d characters", n)
		}
	})
}

func letters(s string) (n int) {
	for _, r := range s {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{
		"a <b>b</b>", "List<T> in Go", "#include <stdio.h>", "Upgrade to 3.2 <before> June", "Q&amp;amp;A &amp;lt;b&amp;gt;", "a<script>x</script>b",
		"<", "</", "<!", "<?php x ?>", "</b", "<o:p>x</o:p>", "&#7;&#150;\x93", "<x &lt; y>", "<textarea><b>", "<title>a</title>", "1 < 2 > 0", "<svg><x>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip() // as above
		}
		out := Plain(planet.Text{Type: planet.HTML, Body: s})
		if out != strings.Join(strings.Fields(out), " ") || out != legal(out) {
			t.Errorf("Plain(%q) = %q", s, out)
		}
		if !strings.ContainsAny(s, "<&") && out != strings.Join(strings.Fields(legal(s)), " ") {
			t.Errorf("Plain(%q) = %q", s, out)
		}
	})
}
