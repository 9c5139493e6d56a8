package clean

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"planet/internal/planet"
)

// What is published of any post is valid HTML, in all its forms, as the Nu HTML checker sees it.
func TestWhateverComesIsValid(t *testing.T) {
	var bodies []string
	names, err := filepath.Glob("testdata/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".want.html") {
			continue
		}
		in, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, string(in))
	}
	checkValid(t, slices.Concat(bodies, fuzzSeeds, misfits))
}

// checkValid puts each body into a page in each of its forms, and lets the checker read them all.
func checkValid(t *testing.T, bodies []string) {
	t.Helper()
	java, err := exec.LookPath("java")
	jar := filepath.Join("..", "..", "e2e", "node_modules", "vnu-jar", "build", "dist", "vnu.jar")
	if _, missing := os.Stat(jar); err != nil || missing != nil {
		if os.Getenv("PLANET_VALIDATORS") == "required" {
			t.Fatal("PLANET_VALIDATORS=required, but there is no java or no vnu-jar")
		}
		t.Skip("there is no java or no vnu-jar here, see docs/testing.md; PLANET_VALIDATORS=required makes that a failure")
	}
	dir := t.TempDir()
	args := []string{"-Xss8m", "-jar", jar, "--format", "json", "--errors-only", "--no-langdetect", "--stdout", "--exit-zero-always"}
	copied := func(address string) (Picture, bool) { return Picture{"pictures/a.png", 100, 50}, len(address)%2 == 0 }
	for i, body := range bodies {
		e := Entry(planet.Item{GUID: fmt.Sprint(i), Link: base, Content: planet.Text{Type: planet.HTML, Body: body, Base: base}}, Limits{})
		forms := []string{Page(e.Content, true), Form{Picture: copied}.Page(e.Content), Form{Picture: NoPicture}.Page(e.Content), Feed(e.Content, base), Feed(e.Teaser, base)}
		slices.Sort(forms)
		for j, form := range slices.Compact(forms) {
			page := "<!DOCTYPE html>\n<html lang=\"en\"><head><title>t</title></head><body><h1>t</h1><h2>t</h2><article><h3>t</h3><div>\n" + form + "\n</div></article></body></html>"
			name := filepath.Join(dir, fmt.Sprintf("%d-%d.html", i, j))
			if err := os.WriteFile(name, []byte(page), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	var stderr bytes.Buffer
	cmd := exec.Command(java, append(args, dir)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var said struct {
		Messages []struct{ URL, Message, Extract string }
	}
	if err == nil {
		err = json.Unmarshal(out, &said)
	}
	if err != nil {
		t.Fatalf("%v\n%.3000s%.3000s", err, out, &stderr)
	}
	for _, m := range said.Messages {
		if strings.Contains(m.Message, sandboxed) {
			continue
		}
		n := 0
		if _, err := fmt.Sscanf(filepath.Base(m.URL), "%d-", &n); err != nil {
			t.Fatalf("%s: %v", m.URL, err)
		}
		t.Errorf("%s\n%.300s\nof %.1500q", m.Message, m.Extract, bodies[n])
	}
}

// sandboxed is what the checker says of frames whose page is of this site, which it takes all for. See playerFrame.
const sandboxed = "Setting both “allow-scripts” and “allow-same-origin” is not recommended"

// What comes out of the cleaner fits, and only what doesn't is put together again.
func TestMisfitsFit(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"<b><p>x</p></b>", "<p><b>x</b></p>"},
		{"<b>a<div>b</div>c</b>", "<b>a</b><div><b>b</b></div><b>c</b>"},
		{"<i id=x>a<ul><li>b</ul></i><a href=#x>x</a>", `<i id="e1626e148-x">a</i><ul><li><i>b</i></li></ul><a href="#e1626e148-x">x</a>`},
		{"<a href=/x><div>x</div></a>", link("x", "<div>x</div>")},
		{"<span><a href=/x><div>x</div></a></span>", "<div><span>" + link("x", "x") + "</span></div>"},
		{"<a href=/x>a<video src=/v></video>b</a>", link("x", "a") + `<video src="https://blog.example/v" controls="" preload="none"></video>` + link("x", "b")},
		{"<a href=/x>a<details><summary>s</summary>d</details></a>", link("x", "a") + "<details><summary>" + link("x", "s") + "</summary>" + link("x", "d") + "</details>"},
		{"<h2>a<p>b</p>c</h2>", "<h4>a<br/>b<br/>c</h4>"},
		{"<h2>a<ul><li>b</ul>c</h2>", "<h4>a</h4><ul><li>b</li></ul><h4>c</h4>"},
		{"<h2><p>b</p></h2>", "<h4>b</h4>"},
		{"<pre>a\n<p>b</p>\n<ul><li>c<li>d</ul></pre>", "<pre>a\n\nb\n\nc\nd</pre>"},
		{"<pre><table><tr><td>a<td>b</table></pre>", "<pre>a b</pre>"},
		{"<li>a<li>b<p>c", "<ul><li>a</li><li>b<p>c</p></li></ul>"},
		{"<dt>a<dd>b", "<dl><dt>a</dt><dd>b</dd></dl>"},
		{"<ul>a<li>b</li><ul><li>c</ul><p>d</p></ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul><p>d</p></li></ul>"},
		{"<ul><a href=/x><li>b</li></a></ul>", "<ul><li>" + link("x", "b") + "</li></ul>"},
		{"<dl><div><dt>a</dt><dd>b</dd></div><dd>c</dl>", "<dl><dt>a</dt><dd>b</dd><dd>c</dd></dl>"},
		{"<dl><dd>a</dl><dl><dt>b</dl>", "<dl><dt></dt><dd>a</dd></dl><dl><dt>b</dt><dd></dd></dl>"},
		{"<table><tr><th><h3>a</h3></table>", "<table><tbody><tr><th><p><strong>a</strong></p></th></tr></tbody></table>"},
		{"<table><colgroup><col><tfoot><tr><td>c</tfoot><thead><tr><td>a</thead><tr><td>b</table>", "<table><thead><tr><td>a</td></tr></thead><tbody><tr><td>b</td></tr></tbody><tfoot><tr><td>c</td></tr></tfoot></table>"},
		{"<table><tr><td colspan=3>a<tr><td>b<td>c<tr></table>", `<table><tbody><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr></tbody></table>`},
		{"<table><tr><td>a<td rowspan=9>b<tr><td colspan=2>c</table>", `<table><tbody><tr><td>a</td><td rowspan="2">b</td></tr><tr><td>c</td></tr></tbody></table>`},
		{"<figcaption>a</figcaption><summary>b</summary>", "<div>a</div><div>b</div>"},
		{"<figure><figcaption>a</figcaption>b<figcaption>c</figcaption></figure>", "<figure><div>a</div>b<figcaption>c</figcaption></figure>"},
		{"<details>a<summary>b</summary>c</details><details>d</details>", "<details><summary>b</summary>ac</details><div>d</div>"},
		{"<ruby>a<rp>(</rp><rt>b</rt>c</ruby>", "<ruby>a<rt>b</rt></ruby>c"},
		{"<ruby>a</ruby><rt>b</rt>", "ab"},
		{"<q>a<p>b</p></q><time>now</time><bdo>x</bdo>", "a<p>b</p>nowx"},
		{"<h3>a</h3><h2>b</h2><h5>c</h5><h3>d</h3>", "<h4>a</h4><h4>b</h4><h5>c</h5><h5>d</h5>"},
		{"<math>x<mfrac><mi>a</mi></mfrac></math>", "<math><mtext>x</mtext><mrow><mi>a</mi></mrow></math>"},
		{`<svg><path d="M0 0 L 1 1 1 z"/></svg>`, `<svg><path d="M0 0 L 1 1"></path></svg>`},
	} {
		if got := HTML(planet.Text{Type: planet.HTML, Body: c.in, Base: base}, Limits{}); got != c.want {
			t.Errorf("of %s\nis     %s\nwanted %s", c.in, got, c.want)
		}
	}
}

func link(to, in string) string {
	return `<a href="https://blog.example/` + to + `" rel="nofollow noopener noreferrer ugc">` + in + `</a>`
}

func TestPublishedAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"https://blog.example/a[b]{c}|d^e`f\\\"<>": "https://blog.example/a%5Bb%5D%7Bc%7D%7Cd%5Ee%60f%5C%22%3C%3E",
		"https://blog.example/100%?50%25#%zz#b":    "https://blog.example/100%25?50%25#%25zz%23b",
		"https://blog.example/ü?ä=ö#ß":             "https://blog.example/ü?ä=ö#ß",
		"https://blog.example:65536/":              "",
		"https://blog.example:8080/":               "https://blog.example:8080/",
		"https://blog..example/":                   "",
		"https://[::1]:80/x":                       "https://[::1]:80/x",
		"https://300.1.2.3/":                       "",
		"http://xn--a/":                            "",
		"mailto:a b@c.example":                     "mailto:a%20b@c.example",
		"tag:blog.example,2026:[x]":                "tag:blog.example,2026:[x]",
		"":                                         "",
	} {
		if got := Untracked(in); got != want || Untracked(got) != got {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

func TestLanguages(t *testing.T) {
	for in, want := range map[string]string{
		"de": "de", "EN_us": "EN-us", "ger": "de", "deu": "de", "zh-Hant-TW": "zh-Hant-TW", "de-DE-1996": "de-DE-1996", "en-UK": "en-GB", "en-US-x-secret": "en-US",
		"zz": "", "english": "", "x-klingon": "", "und": "", "../x": "", "": "",
	} {
		if got := LangTag(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	for s, want := range map[string][2]bool{ // of time, and of ins and del
		"2026-11-30": {true, true}, "2026-02-30": {}, "2026": {true, false}, "2026-11-30T10:00": {true, false}, "2026-11-30 10:00:00.5+01:00": {true, true},
		"2026-11-30T10:00:00-00:00": {}, "2026-11-30T10:00:00.1234Z": {}, "10:00": {true, false}, "24:00": {}, "P1DT2H": {true, false}, "2026-W07": {true, false}, "0000": {},
	} {
		if got := [2]bool{validTime(s, false), validTime(s, true)}; got != want {
			t.Errorf("%s: %v, want %v", s, got, want)
		}
	}
}

// misfits break rules that the checker knows, and some are what it knows that we may not.
var misfits = []string{
	`<dl><dd>x</dd></dl>`,
	`<dl><dt>x</dt></dl>`,
	`<dl></dl>`,
	`<dl><dt></dt><dd>x</dd><dt>y</dt><dd></dd></dl>`,
	`<dl><div><dt>a</dt><dd>b</dd></div><dt>a</dt><dd>b</dd></dl>`,
	`<details>x</details>`,
	`<details><summary></summary>x</details>`,
	`<details><summary><h4>x</h4> a</summary>x</details>`,
	`<details><summary>a <h4>x</h4><a href="https://a/">s</a></summary>x</details>`,
	`<ruby>a</ruby>`,
	`<ruby>a<rt>b</rt>c<rt>d</rt></ruby>`,
	`<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>`,
	`<ruby>a<rp>(</rp><rt>b</rt></ruby>`,
	`<ruby>a<rt>b</rt>c</ruby>`,
	`<ruby><rt>b</rt></ruby>`,
	`<ruby>a<rt>b</rt><rt>c</rt></ruby>`,
	`<ruby>a<rt><b>b</b></rt></ruby>`,
	`<ruby><b>a</b><rt>b</rt></ruby>`,
	`<ruby>a<rp><b>(</b></rp><rt>b</rt><rp>)</rp></ruby>`,
	`<video controls></video>`,
	`<video controls src="https://a/x"><track src="https://a/t"></video>`,
	`<video controls src="https://a/x"><track src="https://a/t" kind="captions" default><track src="https://a/t" kind="captions" default></video>`,
	`<video controls src="https://a/x"><track src="https://a/t" kind="subtitles" srclang="en"></video>`,
	`<video controls src="https://a/x"><source src="https://a/t"></video>`,
	`<video controls><source src="https://a/t" media="(min-width: 1px)"></video>`,
	`<video controls><p>x</p></video>`,
	`<video controls preload="none" width="10" height="1"><source src="https://a/t"><track src="https://a/u" kind="captions">x<a href="https://b/">x</a></video>`,
	`<video controls poster="https://a/[b]"></video>`,
	`<time>yesterday</time>`,
	`<time datetime="2020-02-30">y</time>`,
	`<time datetime="2020-02-28 10:00">y</time>`,
	`<time datetime="2020-02-28T10:00:00.1234Z">y</time>`,
	`<time datetime="2020-02-28T10:00:00.123+0100">y</time>`,
	`<time datetime="2020">y</time>`,
	`<time datetime="2020-W05">y</time>`,
	`<time datetime="P1D">y</time>`,
	`<time datetime="0000-01-01">y</time>`,
	`<time datetime="12020-01-01">y</time>`,
	`<time datetime="2020-01-01T24:00">y</time>`,
	`<time datetime="2020-01-01T10:00:00+24:00">y</time>`,
	`<time datetime="10:00">y</time>`,
	`<time datetime="2020-01-01T10:00:00-00:00">y</time>`,
	`<del datetime="2020-01-01T10:00:00Z">y</del>`,
	`<del datetime="2020-01-01T10:00">y</del>`,
	`<del datetime="2020-01-01 10:00Z">y</del>`,
	`<del datetime="2020-01-01">y</del>`,
	`<del datetime="2020">y</del>`,
	`<dfn>a<dfn>b</dfn></dfn>`,
	`<address><h4>a</h4></address>`,
	`<address><section>a</section></address>`,
	`<address><address>a</address></address>`,
	`<address><div><p>a</p></div></address>`,
	`<section>a</section>`,
	`<article>a</article>`,
	`<aside>a</aside>`,
	`<table><caption><table><tr><td>x</table></caption><tr><td>a</table>`,
	`<table><caption><h4>x</h4></caption><tr><td>a</table>`,
	`<table><tr><th><h4>x</h4></th></table>`,
	`<table><tr><th><section>x</section></th></table>`,
	`<table><tr></tr></table>`,
	`<table></table>`,
	`<table><tbody></tbody></table>`,
	`<table><caption>a</caption></table>`,
	`<table><thead></thead><tr><td>a</table>`,
	`<table><tr><td rowspan="2">x</td></tr></table>`,
	`<table><tr><td rowspan="0">x</td></tr></table>`,
	`<table><tr><td rowspan="0">x</td><td>a</td></tr><tr><td>b</td></tr></table>`,
	`<table><tr><td>a</td><td>a</td></tr><tr><td>b</td></tr></table>`,
	`<table><tr><td>a</td></tr><tr><td>b</td><td>a</td></tr></table>`,
	`<table><tr><td colspan="2">a</td></tr><tr><td>b</td></tr></table>`,
	`<table><tr><td colspan="2">a</td></tr><tr><td>b</td><td>a</td></tr></table>`,
	`<table><tr><td colspan="1001">a</td></tr></table>`,
	`<table><tr><td colspan="0">a</td></tr></table>`,
	`<table><thead><tr><td>b</td></tr></thead><tfoot><tr><td>a</td></tr></tfoot><tbody><tr><td>a</td></tr></tbody></table>`,
	`<table><thead><tr><td>b</td></tr></thead><tr><td>a</td></tr><tbody><tr><td>a</td></tr></tbody></table>`,
	`<table><tr><td>a</td><td rowspan=2>a</td></tr><tr><td colspan=2>b</td></tr></table>`,
	`<table><tr><th scope="rowgroup">a</th></tr></table>`,
	`<table><tr><td></td></tr></table>`,
	`<picture></picture>`,
	`<picture><source srcset="https://a/b"><img src="https://a/c" alt=""></picture>`,
	`<picture><source srcset="https://a/b 1x, https://a/c"><img src="https://a/c" alt=""></picture>`,
	`<picture><source srcset="https://a/b" media="(min-width: 1px)" type="image/png" sizes="100vw"><img src="https://a/c" alt=""></picture>`,
	`<picture><source srcset="https://a/b 10w"><img src="https://a/c" alt=""></picture>`,
	`<picture><source srcset="https://a/b"><source srcset="https://a/d"><img src="https://a/c" alt=""></picture>`,
	`<picture><source srcset="https://a/b" media="foo bar"><img src="https://a/c" alt=""></picture>`,
	`<img src="https://a/b" alt="" srcset="https://a/b 1x, https://a/c 1x">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 10w, https://a/c 20w">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 10w, https://a/c 10w" sizes="10px">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 0w" sizes="10px">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 1.5w" sizes="10px">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 1w, https://a/c 2x" sizes="10px">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 1w, https://a/c" sizes="10px">`,
	`<img src="https://a/b" alt="" srcset="https://a/b" sizes="10px">`,
	`<img src="https://a/b" alt="" sizes="10px">`,
	`<img src="https://a/b" alt="" srcset="https://a/b .5x">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 0x">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 01.0x">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 1.x">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 10w" sizes="auto">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 10w" sizes="(max-width: 10px) 100vw, calc(10px - 1em)">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 10w" sizes="100">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 10w" sizes="100%">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 10w" sizes="(max-width: 10px) 100vw">`,
	`<img src="https://a/b" alt="" srcset="https://a/b 10w" loading="lazy">`,
	`<img src="https://a/b" alt="" width="0" height="00012">`,
	`<a href="mailto:a b">x</a>`,
	`<a href="mailto:a%20b?subject=x[y]">x</a>`,
	`<a href="mailto:">x</a>`,
	`<a href="https://a.b/?q=[]|">x</a>`,
	"<a href=\"https://a.b/?q=^`{}\">x</a>",
	"<a href=\"https://a.b/#[]{}`^|\">x</a>",
	"<a href=\"https://a.b/{}`^|\">x</a>",
	`<a href="https://a.b/%zz">x</a>`,
	`<a href="https://a.b/?%zz">x</a>`,
	`<a href="https://a.b/#%zz">x</a>`,
	`<a href="https://a.b/#a#b">x</a>`,
	`<a href="https://a.b/ü?ü#ü">x</a>`,
	`<a href="https://münchen.de/">x</a>`,
	`<a href="https://a_b.de/">x</a>`,
	`<a href="https://a..de/">x</a>`,
	`<a href="https://-a.de/">x</a>`,
	`<a href="https://a.de:/">x</a>`,
	`<a href="https://a.de:65535/">x</a>`,
	`<a href="https://a.de:65536/">x</a>`,
	`<a href="https://[::1]/">x</a>`,
	`<a href="https://[::1/">x</a>`,
	`<a href="https://1.2.3/">x</a>`,
	`<a href="https://1.2.3.444/">x</a>`,
	`<a href="https://a%20b/">x</a>`,
	`<a href="https://a.b/\x">x</a>`,
	`<a href="https://a.b?x">x</a>`,
	`<a href="https://a*b.c/">x</a>`,
	`<a href="https://xn--a.c/">x</a>`,
	`<a href="https://a.b/%EF%BF%BF&#xFFFD;&#xE000;">x</a>`,
	`<a href="">x</a>`,
	`<blockquote cite="https://a.b/[x]">x</blockquote>`,
	`<h4>a<p>b</p></h4>`,
	`<h5>skip</h5>`,
	`<section><h4>a</h4></section><section><h6>a</h6></section>`,
	`<p>a<h4 lang="de-DE-1996">b</h4>`,
	`<ol start="-1" reversed><li value="-5">x</ol>`,
	`<ol start="99999"><li value="99999">x</ol>`,
	`<ins><p>x</p></ins>`,
	`<p><ins><b>x</b></ins>`,
	`<a href="https://a/"><video controls></video></a>`,
	`<a><video controls></video></a>`,
	`<a><a>x</a></a>`,
	`<a href="https://a/"><details><summary>a</summary></details></a>`,
	`<summary>x</summary>`,
	`<bdo>x</bdo>`,
	`<bdo dir="auto">x</bdo>`,
	`<bdi dir="auto">x</bdi>`,
	`<q cite="https://a/b">x</q>`,
	`<abbr title="x">y</abbr>`,
	`<figure><figcaption>x</figcaption></figure>`,
	`<figure><p>y</p><figcaption>x</figcaption><p>z</p></figure>`,
	`<figure>y<figcaption>x</figcaption></figure>`,
	`<figcaption>x</figcaption>`,
	`<ul>a<li>b</li></ul>`,
	`<ul><ul><li>b</li></ul></ul>`,
	`<ul></ul>`,
	`<pre><img src="https://a/b" alt=""></pre>`,
	`<audio controls><source src="https://a/t" type="audio/mpeg"><video controls></video></audio>`,
	`<span><wbr></span><hr><p><wbr></p>`,
	`<source src="https://a/t" type="audio/mpeg; codecs=x">`,
	`<video controls><source src="https://a/t" type="audio/mpeg; codecs=x"></video>`,
	`<video controls><source src="https://a/t" type="audio/mpeg; codecs=&quot;x, y&quot;"></video>`,
	`<video controls><source src="https://a/t" type="audio/mpeg;codecs=x y"></video>`,
	`<a name="x">x</a>`,
	`<a title="x" rel="nofollow noopener noreferrer ugc">x</a>`,
	`<p id="e1a2b3c4d-ü:x.y">x</p>`,
	`<p title="" lang="">x</p>`,
	`<code class="language-c++">x</code>`,
	`<sub><sup>x</sup></sub>`,
}
