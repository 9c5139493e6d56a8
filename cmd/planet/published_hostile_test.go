package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
)

// hostileSite is a planet of nothing but attacks: in texts, titles, names, tags, languages, addresses, ids and enclosures, in
// RSS, Atom and JSON Feed, and in the names that its own feeds.yaml gives, for strangers propose those too.
func hostileSite(t *testing.T) published {
	t.Helper()
	server := feedtest.New(t)
	var yaml strings.Builder
	yaml.WriteString("title: Planet Hostile\nurl: https://planet.example/\nshow: {per_page: 40, feed_entries: 0, flood: 0}\npages: {entries: true}\n" + loopback + "feeds:\n")
	for i, doc := range hostileFeeds(t) {
		path := fmt.Sprintf("/%d", i)
		server.Handle(path, feedtest.Feed(doc))
		name, err := json.Marshal(fmt.Sprintf("%d %s", i, hostileWords[i%len(hostileWords)]))
		if err != nil {
			t.Fatal(err)
		}
		group, err := json.Marshal("g " + hostileWords[(i+1)%len(hostileWords)]) // one without a letter is refused
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&yaml, "  - {id: h%d, name: %s, url: %q, groups: [%s, \"a/../../b\"]}\n", i, name, server.URL+path, group)
	}
	return newSite(t, "hostile", yaml.String(), "update")
}

const breakOut = `"'><img src=x onerror=alert(1)><script>alert(1)</script></title></style></article></main></body>`

// hostileWords stand where a title, a name or a tag is meant.
var hostileWords = []string{
	breakOut, `&lt;script&gt;alert(1)&lt;/script&gt;`, `../../x`, `..`, `.`, `...`, `%2e%2e/%2e%2e`, `..\..\x`, `/etc/passwd`, `con`, `a/b/c`, `index.html`, `atom.xml`,
	"{{.Title}}", "]]>", "<!--", "-->", "${alert(1)}", "javascript:alert(1)", "\u202egnp.exe\u202d right to left", "\u2066\u2067\u2068\u200f\u061c", "\u0000\u0007", "a\u0300\u0301\u0302\u0303" + strings.Repeat("\u0308", 60),
	strings.Repeat("ab", 150), strings.Repeat("字", 300), strings.Repeat("long ", 60), "🦤🏳️‍🌈👩‍👩‍👧‍👦", "🦤", "   ", "\u200b", "#", "?", "&", "+", "C++", "c#", "a?b=c&d#e", "posts", "scheme", "__proto__", "constructor",
}

var hostileLinks = []string{
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", " java\nscript:alert(1)", "\x01javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "//evil.example/x",
	"https://blog.example:99999/", "https://blog.example:0/", "https://[::1]:8080/", "https://user:secret@blog.example/", "https://blog.example/\"onmouseover=alert(1)//", "https://blog.example/a[b]{c}|d^e`f",
	"https://blog.example/%zz", "https://xn--/", "https://-a-.example/", "https://blog.example/ü?ä=ö#ß", "https:///x", "http:x", "mailto:a@b.example?subject=<script>", "blob:https://blog.example/x", "about:blank", "../../relative",
	"https://" + strings.Repeat("a.", 120) + "example/", "https://blog.example/" + strings.Repeat("x", 3000),
}

var hostileLanguages = []string{"../../etc", "en/../../x", `en" onclick="alert(1)`, "<script>", "%2e%2e", "..", "x-klingon", "ar", "de-Latn-1996-x-" + strings.Repeat("a", 200), "EN_us", "zz", "i-default", "\u202e", "he", "index.html"}

var hostileBodies = []string{
	`<p>unbalanced</p></div></div></section></article></main></div></body></html><h1>outside</h1><footer class="colophon" id="posts">`,
	`<a href="javascript:alert(1)">a</a> <a href="java&#x0A;script:alert(1)">b</a> <svg><a xlink:href="javascript:alert(1)"><text y="9">c</text></a></svg> <math href="javascript:alert(1)">d</math> <a href="&#1;javascript:alert(1)">e</a>`,
	`<img src=x onerror=alert(1)><body onload=alert(1)><details open ontoggle=alert(1)><summary>s</summary></details><video autoplay onplay=alert(1) src="https://media.example/v.mp4"></video><p onclick=alert(1) onmouseover=alert(1) onfocus=alert(1) tabindex=1 autofocus>p</p>`,
	`<svg onload=alert(1)><script>alert(1)</script><animate onbegin=alert(1) attributeName=x dur=1s></svg><svg><style><img src=x onerror=alert(1)></style></svg>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`,
	`<meta http-equiv="refresh" content="0;url=https://evil.example/"><base href="https://evil.example/"><link rel=stylesheet href="https://evil.example/x.css"><a href="x">after the base</a>`,
	`<form action="https://evil.example/"><input name=password autofocus onfocus=alert(1)><button formaction="javascript:alert(1)">Log in</button></form><input type=image src="https://evil.example/i.png">`,
	`<iframe src="javascript:alert(1)"></iframe><iframe srcdoc="<script>alert(1)</script>"></iframe><object data="data:text/html,<script>alert(1)</script>"></object><embed src="https://evil.example/x.swf"><iframe src="https://evil.example/"></iframe>`,
	`<style>body{display:none}*{background:url(https://evil.example/x)}</style><p style="position:fixed;top:0;left:0;width:9999px;height:9999px;background:url(https://evil.example/y)">cover</p><font size=99999>big</font><marquee>m</marquee>`,
	`<img src="https://pictures.example/huge.png" width="99999" height="99999" alt=""><img src="https://pictures.example/wide.png" width="20000" height="1" alt="wide"><table width=9999><tr><td width=9999 nowrap>cell</td></tr></table>`,
	strings.Repeat("x", 10_000), `<p>` + strings.Repeat("字", 10_000) + `</p>`, `<pre>` + strings.Repeat("y", 10_000) + `</pre>`, `<code>` + strings.Repeat("z", 3000) + `</code><h2>` + strings.Repeat("H", 3000) + `</h2><ul><li>` + strings.Repeat("L", 3000) + `</li></ul>`,
	"<p>\u202eoverridden \u2067isolated, never closed</p>", `<p dir=rtl>` + strings.Repeat("שלום ", 200) + `</p><p dir="auto" lang="../../x">x</p>`,
	`<p id=posts name=scheme class="skip masthead columns unseen">clobbers</p><img name=getElementById src="https://pictures.example/a.png" alt=""><form name=body></form><a id=people name=cookie>x</a><a href="#scheme">jumps</a>`,
	`<table><tr><td>` + strings.Repeat(`<table><tr><td>`, 50) + `deep`, strings.Repeat(`<blockquote>`, 100) + `deep` + strings.Repeat(`<ul><li>`, 50) + `deeper`, strings.Repeat(`<b><i><em>`, 100) + `never closed`,
	`<p>comment <!-- > <img src=x onerror=alert(1)> --!> <img src=x onerror=alert(1)> <![CDATA[ <img src=x onerror=alert(1)> ]]> <?php alert(1) ?> <!doctype html></p>`,
	`<xmp><img src=x onerror=alert(1)></xmp><plaintext><p>all that follows`, `<textarea></article><script>alert(1)</script></textarea><select><option><img src=x onerror=alert(1)></select><title></article></title>`,
	`<template><script>alert(1)</script></template><dialog open>d</dialog><slot>s</slot><custom-element onclick=alert(1)>c</custom-element><portal src="https://evil.example/"></portal><p is="x" popover>p</p>`,
	`<a href="https://evil.example/" target="_top" ping="https://evil.example/ping" download rel="opener">a</a><img src="https://pictures.example/p.png" srcset="javascript:alert(1) 2x, https://pictures.example/q.png 3x" ismap usemap="#m" alt="p"><map name=m><area href="javascript:alert(1)" shape=default></map>`,
	`<link rel="prefetch" href="https://evil.example/"><link rel=import href="https://evil.example/"><audio src="https://media.example/a.mp3" autoplay loop></audio><bgsound src="https://evil.example/b.mid"><body background="https://evil.example/bg.png">`,
	`<h1>one</h1><h1>two</h1><header>h</header><main>m</main><nav>n</nav><aside>a</aside><article class="h-entry">not a post</article>`, "", " ", "<p></p>", "plain text & nothing < else",
}

// hostileFeeds are the documents.
func hostileFeeds(t *testing.T) (docs [][]byte) {
	t.Helper()
	at := time.Now().Add(-2 * time.Hour).Truncate(time.Second)
	var bodies, words, links []feedtest.Item
	for i, body := range hostileBodies {
		bodies = append(bodies, feedtest.Item{ID: fmt.Sprintf("body-%d", i), Link: fmt.Sprintf("https://blog.example/body/%d", i), Title: fmt.Sprintf("Body %d", i), HTML: body, Date: at.Add(-time.Duration(i) * time.Hour)})
	}
	for i, word := range hostileWords {
		words = append(words, feedtest.Item{
			ID: fmt.Sprintf("%s %d", word, i), Link: fmt.Sprintf("https://blog.example/word/%d", i), Title: word, Author: word,
			Tags: []string{word, hostileWords[(i+7)%len(hostileWords)]}, HTML: fmt.Sprintf("<p>Word %d</p>", i), Date: at.Add(-time.Duration(i) * 17 * time.Hour),
		})
	}
	for i, link := range hostileLinks {
		links = append(links, feedtest.Item{ID: link, Link: link, Title: fmt.Sprintf("Link %d", i), HTML: fmt.Sprintf(`<p>Link %d <a href="%s">a</a> <img src="%s" alt="i"></p>`, i, escaped(link), escaped(link)), Date: at.Add(-time.Duration(i) * 40 * 24 * time.Hour)})
	}
	docs = append(docs, feedtest.RSS(breakOut, attacks(t)...), feedtest.Atom("Bodies", bodies...), feedtest.RSS("</title><script>alert(1)</script>", words...), feedtest.JSONFeed(breakOut, links...), feedtest.Atom("Links", links...))
	docs = append(docs, hostileAtom(at))
	for _, name := range []string{"own__xss.rss", "own__control_and_amp.xml", "prof18__feed-test-malformed.xml", "prof18__feed-mismatched-html-tags.xml", "node-feedparser__illegally-nested.xml"} {
		if doc, err := os.ReadFile(filepath.Join(sharedFeeds, "feeds", name)); err == nil {
			docs = append(docs, doc)
		}
	}
	return docs
}

// hostileAtom attacks where only Atom has a place for it: people's addresses, categories' labels, languages, bases, enclosures, sources.
func hostileAtom(at time.Time) []byte {
	var x bytes.Buffer
	x.WriteString(`<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet href="https://evil.example/x.xsl" type="text/xsl"?>` +
		`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:h="http://www.w3.org/1999/xhtml" xml:lang="../../etc" xml:base="javascript:alert(1)//"><title type="html">&lt;script&gt;alert(1)&lt;/script&gt;</title>` +
		`<id>javascript:alert(1)</id><updated>2026-01-01T00:00:00Z</updated><icon>javascript:alert(1)</icon><logo>https://evil.example/logo.svg</logo><rights type="html">&lt;img src=x onerror=alert(1)&gt;</rights>` +
		`<generator uri="javascript:alert(1)">"&gt;&lt;script&gt;</generator><link href="javascript:alert(1)"/><h:script>alert(1)</h:script>`)
	for i, lang := range hostileLanguages {
		link := hostileLinks[i%len(hostileLinks)]
		fmt.Fprintf(&x, `<entry xml:lang="%s"><id>lang-%d</id><title type="xhtml"><h:div>Lang <h:script>alert(1)</h:script>%d</h:div></title><updated>%s</updated>`+
			`<link rel="alternate" href="https://blog.example/lang/%d"/><link rel="enclosure" type="text/html" title="%s" length="-1" href="%s"/><link rel="enclosure" type="%s" href="https://media.example/%d.mp3"/><link rel="replies" href="%s"/><link rel="via" href="%s"/>`+
			`<author><name>%s</name><uri>%s</uri><email>a@b"&gt;&lt;script&gt;</email></author><category term="../../%d" label="%s" scheme="javascript:alert(1)"/>`+
			`<source><id>x</id><title type="html">&lt;svg onload=alert(1)&gt;</title><link href="%s"/></source><rights>%s</rights>`+
			`<content type="xhtml"><h:div><h:script>alert(1)</h:script><h:p onclick="alert(1)">Language %d <h:a href="%s">a</h:a></h:p></h:div></content></entry>`,
			escaped(lang), i, i, at.Add(-time.Duration(i)*time.Hour).Format(time.RFC3339), i, escaped(breakOut), escaped(link), escaped(breakOut), i, escaped(link), escaped(link),
			escaped(hostileWords[i]), escaped(link), i, escaped(hostileWords[i+3]), escaped(link), escaped(breakOut), i, escaped(link))
	}
	x.WriteString("</feed>")
	return x.Bytes()
}

// escaped is a text as XML has it; what XML can't have is left out of it.
func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // into memory
	return strings.ReplaceAll(b.String(), "\ufffd", "")
}
