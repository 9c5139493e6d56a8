package render

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
)

// sections is the small planet with an archive and all lists.
func sections() (Site, []planet.Entry) {
	site, entries := small()
	site.Months, site.Tags, site.Groups, site.Languages = true, true, true, true
	for i := range entries {
		entries[i].Folder = "2026/11/"
	}
	return site, entries
}

// made is a page as text.
func made(t *testing.T) func(planet.File, error) string {
	return func(file planet.File, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return file.Path + "\n" + string(file.Data)
	}
}

func TestPermalinksLastForEver(t *testing.T) {
	site, entries := sections()
	theme := load(t, "")
	anchor := Anchor(entries[0].PublishedID)
	want(t, river(t, site, River{Entries: entries})["index.html"], `<a class="permalink" href="2026/11/#`+anchor+`"`, `id="`+anchor+`"`)
	want(t, river(t, site, River{Entries: entries, PerPage: 1})["page/2/index.html"], `href="../../2026/11/#`+Anchor(entries[1].PublishedID)+`"`)
	want(t, made(t)(theme.Month(site, Month{MonthPage: MonthPage{2026, time.November, 1, 3}, List: entries})), `<a class="permalink" href="#`+anchor+`"`)
	want(t, made(t)(theme.Shelf(site, Shelf{Kind: "tag", ID: "c++", Name: "c++", Folder: "tags/cplusplus/", Entries: entries})), `href="../../2026/11/#`+anchor+`"`)
	entries[0].Folder = ""
	want(t, river(t, site, River{Entries: entries})["index.html"], `<a class="permalink" href="#`+anchor+`"`)
}

func TestMonth(t *testing.T) {
	site, entries := sections()
	oldest := []planet.Entry{entries[2], entries[1], entries[0]}
	page := made(t)(load(t, "").Month(site, Month{
		MonthPage{2026, time.November, 2, 3}, oldest, &MonthPage{Year: 2026, Month: time.November, Page: 1}, &MonthPage{Year: 2027, Month: time.January, Page: 1},
	}))
	want(t, page, "2026/11/2/index.html\n", `<bdi>November 2026, part 2</bdi>`, `<title>November 2026, part 2 – Planet Teapot</title>`, `<main id="posts" tabindex="-1" class="h-feed">`,
		`<a rel="prev" href="../../../2026/11/">November 2026, part 1</a>`, `<a rel="next" href="../../../2027/01/">January 2027</a>`, `href="https://planet.example/tea/2026/11/2/"`)
	if first, second := strings.Index(page, "21 November 2026</time></h2>"), strings.Index(page, "22 November 2026</time></h2>"); first < 0 || second < first {
		t.Error("days aren't headings, oldest first")
	}
	refuse(t, page, "Who is here") // or the archive would change whenever somebody joins

	// The first part is one when there is a second, and doesn't change with what comes after that.
	first := Month{MonthPage: MonthPage{2026, time.November, 1, 3}, List: oldest, Before: &MonthPage{Year: 2025, Month: time.November, Page: 2}, After: &MonthPage{Year: 2026, Month: time.December, Page: 1}}
	want(t, made(t)(load(t, "").Month(site, first)), `<bdi>November 2026</bdi>`, `href="../../2025/11/2/">November 2025, part 2</a>`, `href="../../2026/12/">December 2026</a>`)
	first.After = &MonthPage{Year: 2026, Month: time.November, Page: 2}
	want(t, made(t)(load(t, "").Month(site, first)), `<bdi>November 2026, part 1</bdi>`, `<title>November 2026, part 1 – Planet Teapot</title>`, `href="../../2026/11/2/">November 2026, part 2</a>`)
	for lang, heading := range map[string]string{"de": "November 2026, Teil 1", "fr": "Novembre 2026, partie 1", "es": "Noviembre de 2026, parte 1", "ar": "نوفمبر 2026، الجزء 1"} {
		site.Lang = lang
		want(t, made(t)(load(t, "").Month(site, first)), "<bdi>"+heading+"</bdi>")
	}
}

// TestPagesOfTheArchiveStay holds a page of the archive to what stands on it: other people and posts don't change it.
func TestPagesOfTheArchiveStay(t *testing.T) {
	site, entries := sections()
	theme := load(t, "")
	month := Month{MonthPage: MonthPage{2026, time.November, 1, 3}, List: entries}
	before := made(t)(theme.Month(site, month))
	site.Feeds = append(site.Feeds, planet.Feed{ID: "new", Name: "New"})
	if made(t)(theme.Month(site, month)) != before {
		t.Error("the page changes when somebody joins")
	}
}

func TestArchiveCounts(t *testing.T) {
	site, _ := sections()
	page := made(t)(load(t, "").Archive(site, []MonthPage{
		{2025, time.December, 1, 100}, {2025, time.December, 2, 7}, {2026, time.January, 1, 1}, {2026, time.March, 1, 20},
	}))
	want(t, page, "archive/index.html\n", `<h3>2026 <span class="count">21 posts</span></h3>`, `<a href="../2026/01/">January</a> <span class="count">1 post</span></li>`,
		`<a href="../2025/12/">December</a> <span class="count">107 posts</span>`, `<a class="part" href="../2025/12/" aria-label="December, part 1">1</a>`, `<a class="part" href="../2025/12/2/" aria-label="December, part 2">2</a>`,
		`aria-current="page">Archive</a>`)
	if strings.Index(page, "2026/03") > strings.Index(page, "2026/01") || strings.Index(page, "2026/01") > strings.Index(page, "2025/12") {
		t.Error("months aren't newest first")
	}
	want(t, made(t)(load(t, "").Archive(site, nil)), "Nothing is in the archive yet.")
}

func TestAuthorsPage(t *testing.T) {
	site, entries := sections()
	entries[2].Lang = "de"
	page := made(t)(load(t, "").Shelf(site, Shelf{
		Kind: "author", ID: "ines", Name: "Ines Okafor", Folder: "authors/ines/", Entries: entries[:1], Earlier: entries[1:], More: 1200,
	}))
	want(t, page, "authors/ines/index.html\n", `<link rel="alternate" type="application/atom+xml" title="Ines Okafor – Planet Teapot" href="../../authors/ines/atom.xml">`,
		`href="../../atom.xml"`, `<a href="https://ines.example/" rel="author"><bdi>ines.example</bdi></a>`, `href="../../status/#f-ines"`, `<a href="../../groups/core/">core</a>`,
		`<time class="dt-published" datetime="2026-11-21T14:05:00Z" lang="en">21 November 2026</time>`, `<a class="u-url" href="../../2026/11/#`+Anchor(entries[1].PublishedID)+`">Teekannen gießen</a>`,
		`and 1200 more in <a href="../../archive/">the archive</a>`)
	if n := strings.Count(page, `<article class="h-entry"`); n != 3 {
		t.Errorf("%d articles", n)
	}
	empty := made(t)(load(t, "").Shelf(site, Shelf{Kind: "author", ID: "teapot-blog", Name: "The Teapot Blog", Folder: "authors/teapot-blog/"}))
	want(t, empty, "No posts here yet.", "authors/teapot-blog/atom.xml")
	refuse(t, empty, "h-feed", "Earlier")
}

// TestEarlierPostsStandUnderTheirYears looks at a long list of headlines: a year's heading stands once, before its first post.
func TestEarlierPostsStandUnderTheirYears(t *testing.T) {
	site, entries := sections()
	site.Location = time.FixedZone("", 2*3600)
	earlier := []planet.Entry{entries[0], entries[1], entries[0]}
	earlier[1].Published = time.Date(2025, 12, 31, 23, 0, 0, 0, time.UTC) // 2026 here
	earlier[2].Published = time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	for _, kind := range []string{"author", "tag", "group", "lang"} {
		page := made(t)(load(t, "").Shelf(site, Shelf{Kind: kind, ID: "x", Name: "x", Folder: "x/", Entries: entries[:1], Earlier: earlier}))
		_, page, _ = strings.Cut(page, `<section class="earlier">`)
		var got []string
		for _, m := range regexp.MustCompile(`<(h\d)[^>]*>(\d*)`).FindAllStringSubmatch(page, -1) {
			got = append(got, m[1]+" "+m[2])
		}
		if want := "h2 , h3 2026, h4 , h4 , h3 2024, h4 "; !strings.HasPrefix(strings.Join(got, ", "), want) {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

func TestLinksToSections(t *testing.T) {
	site, entries := sections()
	entries[1].Tags = []string{"!!", "C++"}
	page := river(t, site, River{Entries: entries})["index.html"]
	want(t, page, `<a class="p-category" href="tags/cplusplus/">C&#43;&#43;</a>`[:38], `href="tags/steam/">steam</a>`, `<span class="p-category">!!</span>`, `<a class="name p-name" href="authors/ines/">`,
		`<a class="blog" href="https://ines.example/"><bdi>ines.example</bdi></a>`, `<span class="language" lang="de"><a href="lang/de/">Deutsch</a></span>`, `<link rel="search" href="search/">`)
	for _, name := range []string{"Newest", "Archive", "People", "Tags", "Search", "About"} {
		want(t, page, ">"+name+"</a></li>")
	}
	plain, _ := small()
	page = river(t, plain, River{Entries: entries})["index.html"]
	refuse(t, page, `href="tags/`, `href="archive/`, `href="lang/`, `href="search/`)
	site.Entries = true
	want(t, river(t, site, River{Entries: entries})["index.html"], `<a href="p/`+Anchor(entries[0].PublishedID)+`/" title="This post on a page of its own"><time class="dt-published"`)
}

func TestPostsOwnPage(t *testing.T) {
	site, entries := sections()
	entries[0].Excerpt = "Kettles <first>."
	theme := load(t, "")
	page := made(t)(theme.Post(site, entries[0], false))
	want(t, page, "p/"+Anchor(entries[0].PublishedID)+"/index.html\n", `<link rel="canonical" href="https://ines.example/one">`, `<meta property="og:type" content="article">`,
		`content="Kettles &lt;first&gt;."`, `"headline": "Steam, \u0026 what it is \u003cfor\u003e"`, `"datePublished": "2026-11-22T14:05:00Z"`, "This is a copy. The original stands on")
	gone := made(t)(theme.Post(site, entries[0], true))
	want(t, gone, `<link rel="canonical" href="https://planet.example/tea/p/`+Anchor(entries[0].PublishedID)+`/">`, "The blog that this post came from is no more.")
	refuse(t, gone, "This is a copy. The")
	entries[0].Content = strings.Repeat("<p>"+lorem(100)+"</p>", 200)
	refuse(t, made(t)(theme.Post(site, entries[0], false)), `class="rest"`)
	site.Mode = planet.Link
	refuse(t, made(t)(theme.Post(site, entries[0], false)), "Kettles &lt;first", "kettle")
}

// TestAPostsTitleIsItsPagesHeading wants headings without gaps: the title, then those of the post, on its own page and on others.
func TestAPostsTitleIsItsPagesHeading(t *testing.T) {
	site, entries := sections()
	entries[0].Content = `<h4 id="e0-a">One</h4><h5>Two</h5><p title="&lt;h4>">x</p><h6>Three <code>h4</code></h6>`
	for _, theme := range []*Theme{load(t, ""), load(t, "plain")} {
		page := made(t)(theme.Post(site, entries[0], false))
		want(t, page, "Steam, &amp; what it is &lt;for&gt;</a></h1>", `<h2 id="e0-a">One</h2><h3>Two</h3><p title="&lt;h4>">x</p><h4>Three <code>h4</code></h4>`,
			`datetime="2026-11-22T14:05:00Z" dir="auto">Sunday, 22 November 2026, 14:05 UTC</time>`, `<article class="h-entry"`)
		if n := strings.Count(page, "<h1"); n != 1 {
			t.Errorf("%d × h1", n)
		}
		refuse(t, page, "November 2026</time></h2>")
		want(t, made(t)(theme.Month(site, Month{MonthPage: MonthPage{2026, time.November, 1, 3}, List: entries})), "&lt;for&gt;</a></h3>", `<h4 id="e0-a">One</h4><h5>Two</h5>`, `22 November 2026</time></h2>`)
	}
	if odd := `<h4>One</p>`; raise(odd) != odd {
		t.Error("what isn't balanced was changed")
	}
	want(t, made(t)(load(t, "").Post(site, entries[2], false)), `>Saturday, 21 November 2026, 14:05 UTC</a></h1>`)
}

func TestLabels(t *testing.T) {
	site, _ := sections()
	theme := load(t, "")
	tags := made(t)(theme.Labels(site, "tag", []Label{{"野点", "tags/野点/", 3}, {"steam", "tags/steam/", 1}}))
	want(t, tags, "tags/index.html\n", `<a href="../tags/%e9%87%8e%e7%82%b9/" dir="auto">野点</a> <span class="count">3 posts</span>`, `aria-current="page">Tags</a>`)
	want(t, made(t)(theme.Labels(site, "lang", []Label{{"de", "lang/de/", 2}, {"en", "lang/en/", 1}})), "lang/index.html\n", `lang="de" dir="auto">Deutsch</a>`, `<a href="../lang/en/" dir="auto">English</a>`)
	want(t, made(t)(theme.Labels(site, "group", nil)), "groups/index.html\n", "There are no groups.")
}

// TestLongTagsAreToldInFull looks for the whole of a tag that the style sheet cuts.
func TestLongTagsAreToldInFull(t *testing.T) {
	site, entries := sections()
	long := strings.Repeat("HowToBoilWater", 9)
	entries[0].Tags = []string{"steam", long, strings.Repeat("!", 40)}
	for _, theme := range []*Theme{load(t, ""), load(t, "plain")} {
		page := made(t)(theme.Month(site, Month{MonthPage: MonthPage{2026, time.November, 1, 3}, List: entries}))
		want(t, page, `/" title="`+long+`">`+long+`</a>`, `<span class="p-category" title="!!!!`, `/tags/steam/">steam</a>`)
	}
	want(t, made(t)(load(t, "").Labels(site, "tag", []Label{{long, "tags/long/", 1}, {"steam", "tags/steam/", 1}})), `title="`+long+`">`+long, `/" dir="auto">steam`)
}

func TestMembers(t *testing.T) {
	site, _ := sections()
	page := made(t)(load(t, "").Members(site, []Member{{site.Feeds[0], 12, now}, {Feed: site.Feeds[1]}}))
	want(t, page, "authors/index.html\n", `<a class="p-name" href="../authors/ines/">Ines Okafor</a>`, `12 posts, latest <time datetime="2026-11-22T09:00:00Z">22 November 2026</time>`, "no posts yet",
		`src="../assets/avatars/ines.png"`, `aria-label="feed of The Teapot Blog"`)
}

func TestStatusSaysWhyAndWhatToDo(t *testing.T) {
	site, _ := sections()
	page := made(t)(load(t, "").Status(site, now, []Health{
		{FeedID: "ines", URL: "https://me:secret@ines.example/atom.xml", State: "failing", Error: "the server answered 404 <not found>", LastFetch: now, Failures: 3, Entries: 20, Shown: 8, Hidden: map[string]int{"Keep": 11, "Flood": 1, "Novel": 2, "Block": 0}},
		{FeedID: "teapot-blog", State: "ok", LastSuccess: now, NextFetch: now},
		{FeedID: "asleep", State: "paused"},
	}))
	want(t, page, `<span class="state">well, no posts yet</span>`, "It holds no posts yet.")
	hidden := made(t)(load(t, "").Status(site, now, []Health{{FeedID: "ines", State: "ok", Entries: 20, Hidden: map[string]int{"Keep": 20}}, {FeedID: "teapot-blog", State: "ok", Entries: 2, Shown: 1}}))
	want(t, hidden, `<span class="state">well, none shown</span>`, "none of its posts is shown just now.", `<span class="state">well</span>`)
	want(t, page, "status/index.html\n", `<section class="health" id="f-ines">`, "As of <time datetime=\"2026-11-22T09:00:00Z\">Sunday, 22 November 2026, 09:00 UTC</time>.", `1 feed needs a look: <a href="#f-ines"><bdi>Ines Okafor</bdi></a>.`,
		"The last 3 attempts to read the feed failed. Open the feed’s address", "the server answered 404 &lt;not found&gt;", "20 kept, 8 shown", "14 posts aren’t shown", "<strong>11 posts</strong>. This planet shows only posts", "Another reason: Novel",
		"not at all", `<a href="../health.json">health.json</a>`)
	refuse(t, page, "secret", "blocks them")
	want(t, made(t)(load(t, "").Status(site, now, []Health{{FeedID: "ines", State: "ok"}})), "All feeds are well.")
}

func TestAbout(t *testing.T) {
	site, _ := sections()
	page := made(t)(load(t, "").About(site))
	want(t, page, "about/index.html\n", `href="../atom.xml"`, `href="../opml.xml"`, "How to join", "How to leave", `Tell <a href="mailto:mira@planet.example">Mira Holt</a> its address.`, "no cookies", `<a href="../status/">`)
	site.Owner = planet.Person{}
	want(t, made(t)(load(t, "").About(site)), "Tell whoever looks after this planet its address.")
}

func TestSearchPage(t *testing.T) {
	site, _ := sections()
	page := made(t)(load(t, "").Search(site))
	want(t, page, "search/index.html\n", `type="search"`, `data-root="../"`, "connect-src 'self'", "<noscript>", `<p id="found" role="status"></p>`, `data-found="{&#34;one&#34;`, "assets/search.js")
	refuse(t, river(t, site, River{})["index.html"], "search.js")
}

func TestSearchShards(t *testing.T) {
	site, entries := sections()
	entries[0].Text = "Kettles  first.\n" + strings.Repeat("word ", 1000)
	entries[1].Text, entries[1].Authors = strings.Repeat("字", 1000), append(entries[1].Authors, planet.Person{Name: "The Teapot Blog"})
	month := MonthPage{2026, time.November, 2, 3}
	read := func(site Site) []hit {
		t.Helper()
		file, err := SearchShard(site, month, []planet.Entry{entries[2], entries[1], entries[0]})
		if err != nil || file.Path != "search/2026-11-2.json" {
			t.Fatal(file.Path, err)
		}
		var hits []hit
		if err := json.Unmarshal(file.Data, &hits); err != nil {
			t.Fatal(err)
		}
		return hits
	}
	hits := read(site)
	if h := hits[0]; h.Title != "Steam, & what it is <for>" || h.Names != "Ines Okafor" || fmt.Sprint(h.Tags) != "[steam c++]" || h.Date != "2026-11-22" ||
		h.URL != "2026/11/2/#"+Anchor(entries[0].PublishedID) || !strings.HasPrefix(h.Text, "Kettles first. word") || len(h.Text) > searchText || !strings.HasSuffix(h.Text, "word") {
		t.Errorf("%+v", h)
	}
	if h := hits[1]; h.Names != "The Teapot Blog, Jonas Lindt, Ines Okafor" || len(h.Text) > searchText || len(h.Text) < searchText-3 || strings.Trim(h.Text, "字") != "" {
		t.Errorf("%+v", h)
	}
	site.Feeds[0].Mode, site.Feeds[1].Mode = planet.Link, planet.Excerpt
	entries[1].Excerpt = "only this"
	if hits = read(site); hits[0].Text != "" || hits[1].Text != "only this" {
		t.Errorf("more can be searched than the authors let the planet show: %+v", hits)
	}
	index, err := SearchIndex([]MonthPage{{2026, time.October, 1, 3}, month})
	if err != nil || index.Path != "search/index.json" || string(index.Data) != `["2026-11-2.json","2026-10-1.json"]`+"\n" {
		t.Errorf("%s %s %v", index.Path, index.Data, err)
	}
}

// TestFoldersOfMonths keeps the addresses that permalinks are made of.
func TestFoldersOfMonths(t *testing.T) {
	for m, folder := range map[MonthPage]string{{Year: 2026, Month: 11, Page: 1}: "2026/11/", {Year: 1999, Month: 1, Page: 12}: "1999/01/12/", {Year: 2026, Month: 11}: "2026/11/"} {
		if got := m.Folder(); got != folder {
			t.Errorf("%v: %s", m, got)
		}
	}
	for lang, slug := range map[string]string{"de_AT": "de", "PT-br": "pt", "": "", "not a language": ""} {
		if got := planet.LanguageSlug(lang); got != slug {
			t.Errorf("%s: %s", lang, got)
		}
	}
}
