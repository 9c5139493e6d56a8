package clean

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"planet/internal/planet"
)

const story = "<p>Once there was a text of many words, and it was told on two blogs by the one who had written it.</p>"

// copied is a post of a company's blog, of which the personal one is at https://jane.example/2024/05/on-big-ships.
func copied(body string) planet.Item {
	it := post("", body)
	it.Link = "https://company.example/blog/on-big-ships"
	it.Title = planet.Text{Type: planet.PlainText, Body: "On big ships"}
	return it
}

func TestPostsSayWhereTheyAppearedFirst(t *testing.T) {
	const original = "jane.example/2024/05/on-big-ships"
	link := `<a href="https://jane.example/2024/05/on-big-ships/?utm_source=x">`
	for name, line := range map[string]string{
		"at":                    `<p>Originally published at ` + link + `jane.example</a>.</p>`,
		"a date":                `<p><em>Originally published at </em>` + link + `<em>https://jane.example</em></a><em> on May 5, 2024.</em></p>`,
		"the link is the line":  `<p>` + link + `Originally published at jane.example</a></p>`,
		"first appeared":        `<p><i>This post first appeared on ` + link + `my own blog</a>.</i></p>`,
		"was":                   `<p>This article was originally posted on ` + link + `Jane's blog</a></p>`,
		"by whom":               `<p>This story was first published by Jane Doe on ` + link + `her blog</a>.</p>`,
		"note":                  `<p><strong>Note:</strong> this post was originally published on ` + link + `my blog</a>.</p>`,
		"brackets":              `<p>(Cross-posted from ` + link + `my blog</a>)</p>`,
		"crossposted":           `<div>Crossposted at: ` + link + `jane.example</a></div>`,
		"comments elsewhere":    `<p>This entry was originally posted at ` + link + `jane.example</a>. Please comment there using OpenID.</p>`,
		"canonical":             `<p>Canonical URL: ` + link + `https://jane.example/2024/05/on-big-ships</a></p>`,
		"and its blog":          `<p>Originally published at ` + link + `On big ships</a> (<a href="https://jane.example/">jane.example</a>).</p>`,
		"German":                `<p>Dieser Beitrag ist zuerst erschienen auf ` + link + `Janes Blog</a>.</p>`,
		"German, verb last":     `<p>Ursprünglich auf ` + link + `jane.example</a> veröffentlicht.</p>`,
		"German, was":           `<p>Dieser Artikel wurde zuerst auf ` + link + `jane.example</a> veröffentlicht.</p>`,
		"French":                `<p>Publié à l'origine sur ` + link + `jane.example</a>.</p>`,
		"French, article":       `<p>Cet article a été initialement publié sur ` + link + `jane.example</a>.</p>`,
		"Spanish":               `<p>Publicado originalmente en ` + link + `jane.example</a>.</p>`,
		"Spanish, article":      `<p>Este artículo fue publicado originalmente en ` + link + `jane.example</a>.</p>`,
		"Portuguese":            `<p>Publicado originalmente em ` + link + `jane.example</a>.</p>`,
		"WordPress":             `<p>The post ` + link + `On big ships</a> appeared first on <a href="https://jane.example">Jane</a>.</p>`,
		"WordPress, subfolder":  `<p>The post ` + link + `On big ships</a> appeared first on <a href="https://jane.example/blog">Jane</a>.</p>`,
		"WordPress, German":     `<p>Der Beitrag ` + link + `On big ships</a> erschien zuerst auf <a href="https://jane.example">Jane</a>.</p>`,
		"WordPress, French":     `<p>L’article ` + link + `On big ships</a> est apparu en premier sur <a href="https://jane.example">Jane</a>.</p>`,
		"WordPress, Spanish":    `<p>La entrada ` + link + `On big ships</a> se publicó primero en <a href="https://jane.example">Jane</a>.</p>`,
		"WordPress, Japanese":   `<p>投稿 ` + link + `On big ships</a> は <a href="https://jane.example">Jane</a> に最初に表示されました。</p>`,
		"Medium":                `<hr><p>` + link + `On big ships</a> was originally published in <a href="https://medium.com/ships">Ships</a> on Medium, where people are continuing the conversation by highlighting and responding to this story.</p>`,
		"Medium, of an import":  `<p>Originally published at ` + link + `jane.example</a>.</p><hr><p><a href="https://medium.com/ships/on-big-ships-1">On big ships</a> was originally published in <a href="https://medium.com/ships">Ships</a> on Medium, where people are continuing.</p>`,
		"in a block of its own": `<blockquote><p>Originally published at ` + link + `jane.example</a>.</p></blockquote><p> </p><p><img src=/x.png></p>`,
	} {
		for where, body := range map[string]string{"first": line + story, "last": "<div>" + story + line + "</div>\n", "before a break": story + strings.Replace(line, "<p>", "<p>An end.<br>", 1)} {
			if where == "first" && strings.Contains(name, "Medium") {
				continue
			}
			if got := Entry(copied(body), Limits{}).Canonical; got != original {
				t.Errorf("%s, %s: %q", name, where, got)
			}
		}
	}
}

func TestPostsThatSayNoSuchThing(t *testing.T) {
	const own = "company.example/blog/on-big-ships"
	link := `<a href="https://jane.example/2024/05/on-big-ships">`
	for name, body := range map[string]string{
		"in the middle":        story + `<p>Originally published at ` + link + `jane.example</a>.</p>` + story,
		"a book":               story + `<p>The book was originally published at ` + link + `a press</a>.</p>`,
		"a book, it":           story + `<p>It was first published on ` + link + `May 5</a>.</p>`,
		"in":                   story + `<p>First published in ` + link + `1865</a>, Alice has never been out of print.</p>`,
		"within a sentence":    story + `<p>I read what was originally published at ` + link + `jane.example</a>.</p>`,
		"somebody else's":      story + `<p>Original article: ` + link + `On big ships</a></p>`,
		"to":                   story + `<p>Cross-posted to ` + link + `jane.example</a></p>`,
		"also":                 story + `<p>Also on ` + link + `jane.example</a></p>`,
		"long":                 story + `<p>Originally published at ` + link + `jane.example</a>. ` + strings.Repeat("And so on. ", 30) + `</p>`,
		"two pages":            story + `<p>Originally published at ` + link + `here</a> and <a href="https://jane.example/2024/06/on-small-ships">there</a>.</p>`,
		"a front page":         story + `<p>Originally published at <a href="https://jane.example/">jane.example</a>.</p>`,
		"a blog":               story + `<p>Originally published at <a href="https://jane.example/blog/">my blog</a>.</p>`,
		"a profile":            story + `<p>Originally published on <a href="https://medium.example/@jane">Medium</a>.</p>`,
		"a publication":        story + `<p>Originally published on <a href="https://medium.example/ships-weekly">Medium</a>.</p>`,
		"a longer name":        story + `<p>Originally published on <a href="https://medium.example/all-big-boats">Medium</a>.</p>`,
		"no footer":            story + `<p>What appeared first on ` + strings.Repeat("and on and ", 15) + link + `this</a> and <a href="https://jane.example/">that</a>.</p>`,
		"no link":              story + `<p>Originally published at jane.example.</p>`,
		"mail":                 story + `<p>Originally published at <a href="mailto:jane@jane.example">jane</a>.</p>`,
		"the own host":         story + `<p>Originally published at <a href="https://www.company.example/2023/on-big-ships">company.example</a>.</p>`,
		"footer of own":        story + `<p>The post <a href="https://company.example/?p=12">On big ships</a> appeared first on <a href="https://company.example">Company</a>.</p>`,
		"two links":            story + `<p>More of ` + link + `this</a> and <a href="https://jane.example/">that</a>.</p>`,
		"published in a paper": story + `<p>My ` + link + `paper</a> was originally published in <a href="https://journal.example/">a journal</a>.</p>`,
		"nothing":              "",
		"a picture":            "<img src=/x.png>",
	} {
		if got := Entry(copied(body), Limits{}).Canonical; got != own {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestCanonicalOfItems(t *testing.T) {
	const stated = `<p>text</p><p>Originally published at <a href="https://jane.example/on-big-ships">jane.example</a></p>`
	text := func(s string) planet.Text { return planet.Text{Type: planet.HTML, Body: s, Base: base} }
	for name, c := range map[string]struct {
		it   planet.Item
		want string
	}{
		"nothing":                    {planet.Item{}, ""},
		"the link":                   {planet.Item{Link: "http://www.a.example/x/?utm_source=y", GUID: "https://a.example/?p=1"}, "a.example/x"},
		"a front page":               {planet.Item{Link: "https://a.example/"}, ""},
		"what the feed says":         {planet.Item{Link: "https://a.example/x", Canonical: "https://b.example/x/"}, "b.example/x"},
		"the feed before the text":   {planet.Item{Link: "https://a.example/x", Canonical: "https://b.example/x/", Content: text(stated)}, "b.example/x"},
		"the feed says nonsense":     {planet.Item{Link: "https://a.example/x", Canonical: "https://b.example/"}, "a.example/x"},
		"no link, but a statement":   {planet.Item{Title: text("Big ships"), Content: text(stated)}, "jane.example/on-big-ships"},
		"of a page by number":        {planet.Item{Title: text("Big ships"), Content: text(strings.Replace(stated, "on-big-ships", "blog/4711", 1))}, "jane.example/blog/4711"},
		"of a page by query":         {planet.Item{Title: text("Big ships"), Content: text(strings.Replace(stated, "on-big-ships", "?p=4711", 1))}, "jane.example?p=4711"},
		"of a page of one word":      {planet.Item{Title: text("Ships"), Content: text(strings.Replace(stated, "on-big-ships", "ships", 1))}, "jane.example/ships"},
		"of a page of many words":    {planet.Item{Title: text("Боль"), Content: text(strings.Replace(stated, "on-big-ships", "2024/vse-o-boli", 1))}, "jane.example/2024/vse-o-boli"},
		"a statement in the summary": {planet.Item{Link: "https://a.example/on-big-ships", Content: text("<p>whole</p>"), Summary: text(stated)}, "jane.example/on-big-ships"},
		"through a counter":          {planet.Item{Link: "http://feedproxy.google.com/~r/A/~3/x1/", GUID: "https://a.example/?p=1"}, "a.example?p=1"},
		"through a counter, no page": {planet.Item{Link: "http://feedproxy.google.com/~r/A/~3/x1/", GUID: "tag:a"}, "feedproxy.google.com/~r/A/~3/x1"},
		"a guid of another host":     {planet.Item{Link: "https://a.example/x", GUID: "https://b.example/y"}, "a.example/x"},
	} {
		if got := Entry(c.it, Limits{}).Canonical; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if e := AsRead(planet.Item{Link: "https://a.example/x", Content: text(strings.Repeat("word ", 99))}, Limits{}); e.Canonical != "" || e.TextSum != 0 {
		t.Errorf("as read it has %q and %d", e.Canonical, e.TextSum)
	}
}

func TestEqualTextsHaveEqualSums(t *testing.T) {
	words := strings.Repeat("Some words that somebody wrote. ", 12)
	sum := func(title, body string) int64 {
		it := copied(body)
		it.Title.Body = title
		return Entry(it, Limits{}).TextSum
	}
	one := sum("On Big Ships", "<p>"+words+"It’s done.</p>")
	if one == 0 {
		t.Fatal("no sum")
	}
	for name, body := range map[string]string{
		"other markup":       "<div><em>" + words + "</em><br>It's done</div>",
		"other case":         strings.ToUpper(words) + "<p>IT&rsquo;S DONE!",
		"a statement, last":  "<p>" + words + "It’s done.</p><p>Originally published at <a href='https://jane.example/1'>jane.example</a>.</p>",
		"a statement, first": "<p>Cross-posted from <a href='https://jane.example/1'>jane.example</a>.</p><p>" + words + "It’s done.</p>",
		"of the own host":    "<p>" + words + "It’s done.</p><p>The post <a href='https://company.example/blog/on-big-ships'>On big ships</a> appeared first on <a href='https://company.example/'>Company</a>.</p>",
		"both":               "<p>" + words + "It’s done.</p><p>Originally published at <a href='https://jane.example/1'>jane.example</a>.</p><p>The post <a href='/blog/1'>On big ships</a> appeared first on <a href='https://company.example/'>Company</a>.</p>",
	} {
		if got := sum("On big ships!", body); got != one {
			t.Errorf("%s: another sum", name)
		}
	}
	others := map[int64]string{one: "the first"}
	long := strings.Repeat(words, 20)
	for name, got := range map[string]int64{
		"another title": sum("On small ships", words+"It’s done."), "another word": sum("On big ships", words+"It’s gone."), "untitled": sum("", words+"It’s done."),
		"long": sum("On big ships", "One. "+long), "long, another word": sum("On big ships", "Two. "+long),
		"one word for two": sum("On big ships", words+"Its done."), "title in the text": sum("On big", "ships "+words+"It’s done."), "a link in the middle": sum("On big ships", "<p><a href='https://jane.example/1'>Originally</a></p>"+words+"It’s done."),
	} {
		if others[got] != "" {
			t.Errorf("%s has the sum of %s", name, others[got])
		}
		others[got] = name
	}
}

func TestSumsNeedWords(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		sum  bool
	}{
		"nothing":         {"", false},
		"one too few":     {strings.Repeat("word, ", planet.SumWords-1), false},
		"enough":          {strings.Repeat("word, ", planet.SumWords), true},
		"one long word":   {strings.Repeat("word", 100), false},
		"signs":           {strings.Repeat("— … ! ", 100), false},
		"numbers":         {strings.Repeat("3 ", planet.SumWords), true},
		"Chinese, short":  {strings.Repeat("我们的博客，", 10), false},
		"Chinese":         {strings.Repeat("我们的博客，", 20), true},
		"Japanese":        {strings.Repeat("これはペンです。", 15), true},
		"Thai, short":     {strings.Repeat("สวัสดี", 20), false},
		"Thai":            {strings.Repeat("สวัสดีครับผม", 20), true},
		"Korean, short":   {strings.Repeat("안녕하세요 ", planet.SumWords-1), false},
		"Korean":          {strings.Repeat("안녕하세요 ", planet.SumWords), true},
		"Hindi":           {strings.Repeat("हिन्दी ", planet.SumWords), true},
		"Hindi, one less": {strings.Repeat("हिन्दी ", planet.SumWords-1), false},
		"decomposed":      {strings.Repeat("e\u0301te\u0301 ", planet.SumWords-1), false},
	} {
		if got := textSum("A title of many words, which don't count: "+strings.Repeat("word ", 99), c.text); got != 0 != c.sum || got < 0 {
			t.Errorf("%s: %d", name, got)
		}
	}
}

func TestFolding(t *testing.T) {
	for in, want := range map[string]string{
		"Hello,  World!": "hello|world", "Don’t 3.5": "don|t|3|5", "ÄÖ—ß": "äö|ß", "\u0301x": "x", "हिन्दी ब्लॉग": "हिन्दी|ब्लॉग", "": "", "…": "", "我们 ok": "我们|ok", "a\xffb": "a|b",
	} {
		if got := strings.Join(foldedWords(in), "|"); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// Of each pair in testdata/copies, NAME.original.html and NAME.copy.html, both are the same post. The first line of a
// file is its link, the second its title.
func TestCopiesAreRecognised(t *testing.T) {
	entry := func(name string) planet.Entry {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitN(string(data), "\n", 3)
		return Entry(planet.Item{
			Link: lines[0], Title: planet.Text{Type: planet.PlainText, Body: lines[1]}, Content: planet.Text{Type: planet.HTML, Body: lines[2], Base: lines[0]},
		}, Limits{})
	}
	names, err := filepath.Glob("testdata/copies/*.original.html")
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	for _, name := range names {
		one, other := entry(name), entry(strings.Replace(name, ".original.", ".copy.", 1))
		if want := planet.Canonical(one.Link); one.Canonical != want || other.Canonical != want {
			t.Errorf("%s: %q and %q, want %q", name, one.Canonical, other.Canonical, want)
		}
		if one.TextSum == 0 || one.TextSum != other.TextSum {
			t.Errorf("%s: the sums are %d and %d of\n%s\n%s", name, one.TextSum, other.TextSum, one.Text, other.Text)
		}
		if !strings.Contains(other.Content, "<a ") || strings.Contains(name, "medium") && !strings.Contains(other.Content, "riginally published") {
			t.Errorf("%s: a line of the copy is gone: %s", name, other.Content)
		}
	}
}
