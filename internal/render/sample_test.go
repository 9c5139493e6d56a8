package render

import (
	"fmt"
	"strings"
	"time"

	"planet/internal/planet"
)

// now is when the samples were fetched.
var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// small is a planet of two blogs that uses every part of a page once; its pages are the goldens.
func small() (Site, []planet.Entry) {
	site := Site{
		Title: "Planet Teapot", URL: "https://planet.example/tea/", Description: "What the people who build Teapot write.", Lang: "en",
		Owner: planet.Person{Name: "Mira Holt", Email: "mira@planet.example"}, Location: time.UTC, Mode: planet.Full, Version: "1.0",
		Feeds: []planet.Feed{
			{ID: "ines", Name: "Ines Okafor", URL: "https://ines.example/atom.xml", Site: "https://ines.example/", Groups: []string{"core"}, Extra: map[string]string{"irc": "ines"}},
			{ID: "teapot-blog", Name: "The Teapot Blog", URL: "https://blog.teapot.example/feed", Site: "https://blog.teapot.example/"},
			{ID: "asleep", Name: "Asleep", URL: "https://asleep.example/feed", Paused: true},
		},
		Avatars: map[string]string{"ines": "assets/avatars/ines.png"},
		Links: []Link{
			{Title: "Every post, in full (Atom)", Path: "atom.xml", Type: "application/atom+xml"},
			{Title: "Every post, in full (RSS)", Path: "rss20.xml", Type: "application/rss+xml"},
			{Title: "All blogs, to subscribe to one by one (OPML)", Path: "opml.xml", Type: "text/x-opml"},
		},
	}
	return site, []planet.Entry{
		entry("ines", "one", "Steam, & what it is <for>", "<p>Kettles first.</p>", 22, func(e *planet.Entry) {
			e.Tags, e.Comments = []string{"steam", "c++"}, "https://ines.example/one#comments"
		}),
		entry("teapot-blog", "two", "Teekannen gießen", "<p>Auf Deutsch.</p>", 21, func(e *planet.Entry) {
			e.Lang = "de"
			e.Authors = []planet.Person{{Name: "Jonas Lindt", URI: "https://jonas.example/"}, {Name: "Ines Okafor"}}
			e.Source = &planet.Source{Title: "Planet Kettle", Link: "https://kettle.example/"}
			e.Enclosures = []planet.Enclosure{{URL: "https://cdn.example/e1.mp3?x=1", Type: "audio/mpeg", Length: 24_100_000}}
		}),
		entry("ines", "three", "", "", 21, func(e *planet.Entry) { e.Untitled = true }),
	}
}

// entry makes an entry of day November 2026.
func entry(feed, id, title, html string, day int, more ...func(*planet.Entry)) planet.Entry {
	e := planet.Entry{
		FeedID: feed, GUID: id, PublishedID: "urn:" + feed + ":" + id, Link: "https://" + feed + ".example/" + id, Title: title, Content: html,
		Published: time.Date(2026, 11, day, 14, 5, 0, 0, time.UTC), FirstSeen: now.Add(24 * time.Hour),
	}
	for _, f := range more {
		f(&e)
	}
	return e
}

// nasty is a planet whose posts misbehave in every way that has been seen, for looking at.
func nasty() (Site, []planet.Entry) {
	site, _ := small()
	site.Title = "Planet of the International Teapot & Samovar Builders’ Guild"
	site.Feeds = append(site.Feeds,
		planet.Feed{ID: "layla", Name: "ليلى حداد", Site: "https://layla.example/", URL: "https://layla.example/feed"},
		planet.Feed{ID: "noam", Name: "נעם ברק", Site: "https://noam.example/", URL: "https://noam.example/feed"},
		planet.Feed{ID: "sakura", Name: "佐々木 桜", Site: "https://sakura.example/", URL: "https://sakura.example/feed"},
		planet.Feed{ID: "brief", Name: "Aleksander von und zu Überlangenstein-Hohenbrunn", Mode: planet.Excerpt, URL: "https://brief.example/feed"},
		planet.Feed{ID: "shy", Name: "Shy Weaver", Site: "https://shy.example", Mode: planet.Link, URL: "https://shy.example/feed"},
	)
	drawing := `<img alt="A drawing" width="6000" height="3000" loading="lazy" src="data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20width='6000'%20height='3000'%3E%3Crect%20width='6000'%20height='3000'%20fill='%23d9c8a9'/%3E%3Ccircle%20cx='3000'%20cy='1500'%20r='900'%20fill='%23a8553a'/%3E%3C/svg%3E">`
	wide := "<table><thead><tr>" + strings.Repeat("<th>Temperature of the kettle</th>", 14) + "</tr></thead><tbody>" +
		strings.Repeat("<tr>"+strings.Repeat("<td>98.6 °C</td>", 14)+"</tr>", 4) + "</tbody></table>"
	code := "<pre><code>func brew(ctx context.Context, kettle *Kettle, leaves []Leaf, minutes time.Duration) (*Cup, error) { // a line that goes on and on and on and on\n\tif kettle == nil {\n\t\treturn nil, errors.New(\"no kettle\")\n\t}\n}</code></pre>"
	everything := `<p>Text with <a href="https://ines.example/x">a link</a>, <em>emphasis</em>, <strong>weight</strong>, <code>code_that_goes_in_a_line()</code>, <kbd>Ctrl</kbd>+<kbd>C</kbd>, <mark>a mark</mark>, H<sub>2</sub>O, a note<sup><a href="#fn1">1</a></sup>, <abbr title="Teapot">TP</abbr>, <del>old</del> <ins>new</ins> and <ruby>急須<rt>きゅうす</rt></ruby>.</p>
<h4>A heading in the post</h4><p>It stands close to what it belongs to. ` + lorem(60) + `</p><h5>And a smaller one</h5>
<ul><li>First</li><li>Second<ul><li>Nested, ` + lorem(20) + `</li></ul></li><li><p>With a paragraph</p><p>and another</p></li></ul><ol><li>One</li><li>Two</li></ol>
<blockquote><p>` + lorem(30) + `</p><blockquote><p>Quoted inside.</p></blockquote></blockquote>
<figure>` + drawing + `<figcaption>A very large drawing, in its place</figcaption></figure>` + code + wide + `<dl><dt>Samovar</dt><dd>A kettle with a home.</dd></dl><hr>
<details><summary>More</summary><p>Hidden well.</p></details><p><audio controls src="https://cdn.example/a.mp3"></audio></p><p>https://very.long.example/` + strings.Repeat("abcdefghij", 40) + `</p>`
	play := strings.Replace(drawing, `width="6000" height="3000" `, "", 1)
	play = strings.Replace(play, `A drawing`, "", 1)
	tools := `<p>A formula in a line, <math><msup><mi>e</mi><mrow><mi>i</mi><mi>π</mi></mrow></msup><mo>+</mo><mn>1</mn><mo>=</mo><mn>0</mn></math>, and one of its own, too wide for a phone:</p>
<math display="block">` + strings.Repeat(`<mfrac><mrow><mi>T</mi><mo>−</mo><msub><mi>T</mi><mn>0</mn></msub></mrow><msqrt><mi>k</mi><mi>t</mi></msqrt></mfrac><mo>+</mo>`, 12) + `<mn>1</mn></math>
<p>Code<sup><a id="e1a2b3c4d-fnref1" href="#e1a2b3c4d-fn1">1</a></sup> in colours:</p>
<pre><code class="language-go"><span class="hl-comment">// brew makes tea.</span>
<span class="hl-keyword">func</span> <span class="hl-function">brew</span>(<span class="hl-name">k</span> <span class="hl-operator">*</span><span class="hl-type">Kettle</span>) <span class="hl-type">error</span> {
	<span class="hl-keyword">return</span> <span class="hl-name">k</span>.<span class="hl-function">boil</span>(<span class="hl-number">95.5</span>, <span class="hl-string">&#34;green&#34;</span>) <span class="hl-error">;;</span>
}</code></pre>
<pre><code class="language-diff"><span class="hl-meta">@@ -1 +1 @@</span>
<span class="hl-deleted">-milk first</span>
<span class="hl-inserted">+milk last</span></code></pre>
<p>A film: <a class="embed" href="https://www.youtube.com/watch?v=abcdefghijk" title="How a kettle sings" rel="nofollow noopener noreferrer ugc">` + play + `▶ How a kettle sings, and why it stops: a talk of the international conference on kettles, lids and spouts</a> and after it.</p>
<p><a class="embed" href="https://talks.example/1">▶ talks.example</a></p>
<svg width="2000" height="200" viewBox="0 0 2000 200"><path d="M0 100 L500 20 L1000 180 L2000 0" fill="none" stroke="currentColor" stroke-width="8"></path></svg>
<video controls preload="none" width="640" height="360" src="https://cdn.example/v.mp4"></video>
<details open><summary>How it was measured</summary><p>` + lorem(20) + `</p><p>With care.</p></details>
<section><hr><ol><li id="e1a2b3c4d-fn1"><p>It is only a note. <a href="#e1a2b3c4d-fnref1">↩</a></p></li><li><p>` + lorem(30) + `</p></li></ol></section>`
	long, endless := "<p>"+lorem(120)+"</p>", strings.Repeat("HowToBoilWater", 9)
	arabic := `<p>الشاي مشروب يُحضَّر من أوراق نبات الشاي المجففة، ويُشرب ساخنًا في معظم البلدان. كتبت هذا المقال عن <a href="https://layla.example/a">الإبريق</a> الذي ورثته عن جدتي.</p><ul><li>الماء أولًا</li><li>ثم الأوراق</li></ul><blockquote><p>من شرب الشاي على مهل، عاش على مهل.</p></blockquote><pre><code>kettle.Boil(100)</code></pre>`
	entries := []planet.Entry{
		entry("ines", "all", "Everything a post can hold, in one", everything, 22, func(e *planet.Entry) {
			e.Tags, e.Comments = []string{"steam", endless, "kettles", "野点"}, "https://ines.example/c"
		}),
		entry("ines", "tools", "Formulas, code and films", tools, 22),
		entry("teapot-blog", "t400", strings.TrimSpace(strings.Repeat("A title that will not end ", 16))[:400], long, 22),
		entry("layla", "ar", "عن إبريق جدتي", arabic, 22, func(e *planet.Entry) { e.Lang, e.Dir = "ar", "rtl" }),
		entry("noam", "he", "תה עם נענע", "<p>"+strings.Repeat("כוס תה טובה מתחילה במים טובים. ", 12)+"</p>", 21, func(e *planet.Entry) { e.Lang = "he" }),
		entry("sakura", "ja", "急須の選び方", "<p>"+strings.Repeat("お湯の温度は七十度くらいがよい。急須は小さめのものを選びます。", 9)+"</p>", 21, func(e *planet.Entry) { e.Lang = "ja" }),
		entry("teapot-blog", "de", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", "<p>Eine Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesvorlage für Teekannenhersteller.</p>", 21, func(e *planet.Entry) {
			e.Lang, e.Authors = "de", []planet.Person{{Name: "Jonas Lindt"}, {Name: "Ines Okafor", URI: "https://ines.example/"}}
		}),
		entry("ines", "book", "The whole book about kettles", strings.Repeat(long, 167), 20),
		entry("ines", "nothing", "A post without text", "", 20),
		entry("ines", "note", "Just had the best cup of tea of the year, and nobody to tell but you…", "<p>Just had the best cup of tea of the year, and nobody to tell but you. Here you are.</p>", 20, func(e *planet.Entry) {
			e.Untitled, e.Text = true, "Just had the best cup of tea of the year, and nobody to tell but you. Here you are."
		}),
		entry("ines", "bare", "", drawing, 20),
		entry("brief", "x", "What fits in a cup", "", 19, func(e *planet.Entry) { e.Excerpt = lorem(50) + "…" }),
		entry("brief", "y", "What fits in a mug", "", 19, func(e *planet.Entry) {
			e.Teaser = "<p>" + lorem(30) + "</p><ul><li>Water</li><li>Leaves</li></ul><p>" + lorem(15) + "…</p>"
		}),
		entry("shy", "l", "Only the title, please", "<p>hidden</p>", 19),
		entry("teapot-blog", "pod", "Episode 12: the lid", "<p>We talk about lids.</p>", 19, func(e *planet.Entry) {
			e.Enclosures = []planet.Enclosure{{URL: "https://cdn.example/lid.mp3", Type: "audio/mpeg", Length: 48_230_000}, {URL: "https://cdn.example/slides.pdf", Type: "application/pdf"}}
			e.Source = &planet.Source{Title: "Planet Kettle", Link: "https://kettle.example/"}
		}),
		entry("gone", "x", "From somebody who is no longer in the list", "<p>Still here.</p>", 18, func(e *planet.Entry) { e.Link = "javascript:alert(1)" }),
	}
	return site, entries
}

// crowd makes n people.
func crowd(n int) []planet.Feed {
	first := strings.Fields("Ada Bo Chidi Dana Emre Freya Goro Hana Ivo Jia Kofi Lena Marek Nia Olu Petra Quim Rosa Sven Tuva")
	last := strings.Fields("Abara Brandt Castell Dvorak Eriksen Fonseca Grau Hansen Ito Jansen Kim Lopez Meier Nakata Ortiz")
	var feeds []planet.Feed
	for i := range n {
		name := first[i%len(first)] + " " + last[i/len(first)%len(last)]
		feeds = append(feeds, planet.Feed{ID: fmt.Sprint("p", i), Name: name, Site: fmt.Sprintf("https://p%d.example/", i), URL: fmt.Sprintf("https://p%d.example/feed", i)})
	}
	return feeds
}

// lorem is n words of plausible text.
func lorem(n int) string {
	text := strings.Fields("A good kettle is quiet until it has something to say and then it says it once while the leaves wait in the pot and somebody opens the window because the morning has turned out well after all.")
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(text[i%len(text)])
	}
	return b.String()
}
