package collect

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"planet/internal/planet"
)

// posts are those of a file: paragraphs, each with its title as its first line; the newest first.
func posts(t *testing.T, name string) (out []planet.Entry) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "hijack", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	for p := range strings.SplitSeq(strings.TrimSpace(string(data)), "\n\n") {
		title, text, _ := strings.Cut(p, "\n")
		out = append(out, planet.Entry{Title: title, Text: text})
	}
	return out
}

// The blog of most cases.
var kaushal = fingerprint{Title: "Kaushal M", Site: "kshlm.in", Lang: "en", Generator: "WordPress", Hosts: []string{"kshlm.in"}, Authors: []string{"Kaushal M"}}

// changed is a fingerprint after a change.
func changed(f fingerprint, change func(*fingerprint)) fingerprint {
	f.Hosts, f.Authors = slices.Clone(f.Hosts), slices.Clone(f.Authors)
	change(&f)
	return f
}

func moveTo(f *fingerprint, host string) { f.Site, f.Hosts = host, []string{host} }

// A development is what happens to a feed between two fetches.
type development struct {
	name  string
	was   fingerprint
	is    func(*fingerprint)
	known int
	past  []planet.Entry
	fresh []planet.Entry
}

func (d development) signs() []string {
	return signs(d.was, changed(d.was, d.is), d.known, d.fresh, func() []planet.Entry { return d.past })
}

func TestHijacksAreHeld(t *testing.T) {
	en, de, zh := posts(t, "gluster-en"), posts(t, "cooking-de"), posts(t, "travel-zh")
	cook := fingerprint{Title: "Omas Küche", Site: "omaskueche.example", Lang: "de", Generator: "WordPress", Hosts: []string{"omaskueche.example"}, Authors: []string{"Inge"}}
	nameless := changed(kaushal, func(f *fingerprint) { f.Authors = nil })
	shoes := func(f *fingerprint) { f.Title, f.Lang, f.Authors = "Giày dép giá rẻ", "vi", []string{"admin"} }
	for _, d := range []development{
		{"expired domain, the same program", kaushal, shoes, 0, en, posts(t, "shoes-vi")},
		{"expired domain, the language not declared", kaushal, func(f *fingerprint) { shoes(f); f.Lang = "" }, 0, en, posts(t, "shoes-vi")},
		{"expired domain, the language declared wrongly", kaushal, func(f *fingerprint) { shoes(f); f.Lang = "en" }, 0, en, posts(t, "shoes-vi")},
		{"expired domain, both written by admin", changed(kaushal, func(f *fingerprint) { f.Authors = []string{"admin"} }), shoes, 0, en, posts(t, "shoes-vi")},
		{"expired domain in English", cook, func(f *fingerprint) { f.Title, f.Lang, f.Authors = "Casino Bonus", "en", nil }, 0, de, posts(t, "casino-en")},
		{"expired domain, same language, other program", nameless, func(f *fingerprint) { f.Title, f.Generator = "Casino Bonus", "Wix" }, 0, en, posts(t, "casino-en")},
		{"expired domain in Chinese", fingerprint{Title: "慢慢走的旅行", Site: "lvxing.example", Generator: "WordPress"}, func(f *fingerprint) { f.Title, f.Generator = "娱乐平台", "帝国CMS" }, 0, zh, posts(t, "gambling-zh")},
		{"expired domain, English in Thai", kaushal, func(f *fingerprint) { f.Title, f.Lang, f.Authors = "ร้านชา", "th", nil }, 0, en, posts(t, "tea-th")},
		{"expired domain that calls itself by its author", kaushal, func(f *fingerprint) { shoes(f); f.Authors = []string{f.Title} }, 0, en, posts(t, "shoes-vi")},
		{"one entry of the parking company", kaushal, func(f *fingerprint) {
			moveTo(f, "parking.example")
			f.Title, f.Generator, f.Authors = "This domain may be for sale", "", nil
			f.Generator = "Parkomatic"
		}, 0, en, []planet.Entry{{Title: "Buy it now"}}},
		{"redirected to a shop", kaushal, func(f *fingerprint) {
			moveTo(f, "shop.example")
			f.Title, f.Generator, f.Authors = "Superstore", "Shopify", nil
		}, 0, nil, []planet.Entry{{Title: "Spring sale"}}},
		{"somebody else's feed on the same machine", kaushal, func(f *fingerprint) {
			moveTo(f, "ines.example")
			f.Title, f.Authors = "Ines grows things", []string{"Ines Muster"}
		}, 0, en, posts(t, "garden-en")},
	} {
		if got := d.signs(); len(got) < suspicious {
			t.Errorf("%s: not held: %q", d.name, got)
		}
	}
}

func TestPlausibleMigrationsPass(t *testing.T) {
	en, de, zh := posts(t, "gluster-en"), posts(t, "cooking-de"), posts(t, "travel-zh")
	glusterDE, garden := posts(t, "gluster-de"), posts(t, "garden-en")
	cook := fingerprint{Title: "Omas Küche", Site: "omaskueche.example", Lang: "de", Generator: "WordPress", Hosts: []string{"omaskueche.example"}}
	nameless := changed(kaushal, func(f *fingerprint) { f.Authors = nil })
	hugo := func(f *fingerprint) { f.Generator = "Hugo"; moveTo(f, "madappa.dev") }
	german := func(f *fingerprint) { f.Lang = "de" }
	for _, d := range []development{
		{"to another program and domain, old posts under new ids", nameless, func(f *fingerprint) { hugo(f); f.Title = "Kaushal's notes" }, 7, en[2:], en[:2]},
		{"the same, and another title", nameless, func(f *fingerprint) { hugo(f); f.Title = "Bits and bricks" }, 7, en[2:], en[:2]},
		{"the same, and another topic", nameless, func(f *fingerprint) { hugo(f); f.Title = "Bits and bricks" }, 7, en, garden},
		{"fresh start on another platform", kaushal, hugo, 0, en[2:], en[:2]},
		{"fresh start on another platform, by nobody", nameless, hugo, 0, en[2:], en[:2]},
		{"fresh start under another name about something else", kaushal, func(f *fingerprint) { hugo(f); f.Title = "Green thumbs" }, 0, en, garden},
		{"redesign that is English by accident", cook, func(f *fingerprint) { f.Title, f.Generator, f.Lang = "Topf und Deckel", "Hugo", "en" }, 0, de[3:], de[:3]},
		{"the same with one short entry", cook, func(f *fingerprint) { f.Title, f.Generator, f.Lang = "Topf und Deckel", "Hugo", "en" }, 0, de, []planet.Entry{{Title: "Neues Aussehen"}}},
		{"redesign that is declared French by accident", cook, func(f *fingerprint) { f.Title, f.Generator, f.Lang = "Topf und Deckel", "Hugo", "fr" }, 0, de[1:], de[:1]},
		{"another language, the same title", nameless, german, 0, en, glusterDE},
		{"another language and title, old posts still there", nameless, func(f *fingerprint) { german(f); f.Title = "Speicherkram" }, 5, en, glusterDE},
		{"another language and title, about the same", nameless, func(f *fingerprint) { german(f); f.Title = "Speicherkram" }, 0, en, glusterDE},
		{"another language, title and program, by the same author", changed(kaushal, func(f *fingerprint) { f.Title = "Bits and bricks" }), func(f *fingerprint) { german(f); hugo(f); f.Title = "Speicherkram" }, 0, en, glusterDE},
		{"the author's real name as title", changed(kaushal, func(f *fingerprint) { f.Title = "Bits and bricks" }), func(f *fingerprint) { hugo(f); f.Title = "Kaushal Madappa" }, 0, en[2:], en[:2]},
		{"to a company's domain", kaushal, func(f *fingerprint) { f.Generator = "Drupal"; moveTo(f, "redhat.com"); f.Title = "Red Hat Storage" }, 0, en[2:], en[:2]},
		{"to a company's domain, old posts along", nameless, func(f *fingerprint) { f.Generator = "Drupal"; moveTo(f, "redhat.com"); f.Title = "Red Hat Storage" }, 3, en[2:], en[:2]},
		{"the program's name goes", kaushal, func(f *fingerprint) { f.Generator = "" }, 0, en[2:], en[:2]},
		{"a topic alone", nameless, func(f *fingerprint) {}, 0, en, garden},
		{"a topic and a domain", nameless, func(f *fingerprint) { moveTo(f, "madappa.dev") }, 0, en, garden},
		{"one short entry on a new platform", nameless, hugo, 0, en, []planet.Entry{{Title: "Hello again", Text: "I have moved. More soon!"}}},
		{"a podcast without texts", fingerprint{Title: "Storage Hour", Site: "pod.example", Generator: "Libsyn"}, func(f *fingerprint) { f.Generator = "Castos"; f.Site = "castos.example" }, 0, make([]planet.Entry, 20), make([]planet.Entry, 1)},
		{"notes of a line", fingerprint{Title: "kshlm", Site: "kshlm.micro.blog", Generator: "Micro.blog", Hosts: []string{"kshlm.micro.blog"}}, func(f *fingerprint) { f.Generator = "Hugo"; moveTo(f, "kshlm.in") }, 0, en, []planet.Entry{{Text: "Bricks are heavy.", Untitled: true}, {Text: "So is rain.", Untitled: true}}},
		{"a planet", fingerprint{Title: "Planet Gluster", Site: "planet.example", Generator: "Venus", Hosts: []string{"a.example", "b.example", "c.example"}}, func(f *fingerprint) { f.Generator, f.Hosts = "planet", []string{"d.example", "e.example"} }, 0, en, garden},
		{"a link blog", fingerprint{Title: "Seen today", Site: "links.example", Hosts: []string{"nytimes.com", "lwn.net"}}, func(f *fingerprint) { f.Hosts, f.Title = []string{"bbc.co.uk"}, "Found elsewhere" }, 0, en, garden},
		{"a Chinese blog on another platform", fingerprint{Title: "慢慢走的旅行", Site: "lvxing.example", Generator: "WordPress", Hosts: []string{"lvxing.example"}}, func(f *fingerprint) { hugo(f) }, 0, zh[2:], zh[:2]},
		{"a Chinese blog with another title", fingerprint{Title: "慢慢走的旅行", Site: "lvxing.example", Generator: "WordPress", Hosts: []string{"lvxing.example"}}, func(f *fingerprint) { f.Title, f.Generator, f.Lang = "山水之间", "Hugo", "en" }, 0, zh[2:], zh[:2]},
		{"a title that says nothing", nameless, func(f *fingerprint) { hugo(f); f.Title = "Blog » posts" }, 0, en[2:], en[:2]},
		{"a title written as one word", changed(nameless, func(f *fingerprint) { f.Title = "Planet Gluster" }), func(f *fingerprint) { hugo(f); f.Title = "planetgluster.org" }, 0, en[2:], en[:2]},
	} {
		if got := d.signs(); len(got) >= suspicious {
			t.Errorf("%s: held: %q", d.name, got)
		}
	}
	if got := signs(fingerprint{}, kaushal, 0, garden, func() []planet.Entry { return en }); got != nil {
		t.Errorf("a first fetch shows signs: %q", got)
	}
}

func TestSignsSayWhatChanged(t *testing.T) {
	is := fingerprint{Title: "Giày dép giá rẻ", Site: "shoes.example", Lang: "vi", Generator: "Wix", Hosts: []string{"shoes.example"}}
	got := signs(kaushal, is, 0, posts(t, "shoes-vi"), func() []planet.Entry { return posts(t, "gluster-en") })
	want := []string{
		`its title was "Kaushal M" and is "Giày dép giá rẻ"`,
		`it was made by "WordPress" and is by "Wix"`,
		"its site was kshlm.in and is shoes.example",
		"its new entries are in another language than those before",
		"its new entries are about something else than those before",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	is.Title, is.Site, is.Hosts = kaushal.Title, kaushal.Site, []string{"spam.example"}
	got = signs(kaushal, is, 0, []planet.Entry{{Title: "Giày"}}, func() []planet.Entry { return nil })
	want = []string{want[1], "its entries led to kshlm.in and lead to spam.example", `its language was "en" and is "vi"`}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Where nothing is new the texts say nothing, and old posts don't speak for what the document says of itself.
func TestSignsWhereNothingIsNew(t *testing.T) {
	other := changed(kaushal, func(f *fingerprint) { moveTo(f, "shop.example"); f.Title, f.Lang, f.Authors = "Casino", "vi", nil })
	for known := range 2 {
		got := signs(kaushal, other, known, nil, func() []planet.Entry { t.Error("the past was read"); return nil })
		if want := []string{`its title was "Kaushal M" and is "Casino"`, "its site was kshlm.in and is shop.example"}; !slices.Equal(got, want) {
			t.Errorf("%d old posts: %q", known, got)
		}
	}
	other.Authors = kaushal.Authors
	if got := signs(kaushal, other, 1, nil, nil); got != nil {
		t.Errorf("by the same author: %q", got)
	}
}

func TestTitles(t *testing.T) {
	for _, c := range []struct {
		was, by, is, byNow string
		sign               bool
	}{
		{"Kaushal M", "", "Giày dép giá rẻ", "", true},
		{"Kaushal M", "", "KAUSHAL writes", "", false},
		{"My Blog", "", "Cheap shoes", "", false},
		{"Bits", "", "Blog » posts", "", false},
		{"The Bits Blog", "", "The Shoes Blog", "", true},
		{"Planet Gluster", "", "planetgluster.org", "", false},
		{"planetgluster.org", "", "Planet Gluster", "", false},
		{"Planet Gluster", "", "glusterfs.org", "", false},
		{"glusterfs.org", "", "Planet Gluster", "", false},
		{"Bits", "Jane Doe", "Jane Doe", "", false},
		{"Jane Doe", "", "Bits", "Jane Doe", false},
		{"Bits", "", "Jane Doe", "Jane Doe", true},
		{"", "", "Bits", "", false},
		{"Bits", "", "", "", false},
		{"慢慢走的旅行", "", "旅行笔记", "", false},
	} {
		if got := titleSign(fingerprint{Title: c.was, Authors: []string{c.by}}, fingerprint{Title: c.is, Authors: []string{c.byNow}}); (got != "") != c.sign {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestGenerators(t *testing.T) {
	for _, c := range []struct {
		was, is string
		sign    bool
	}{{"WordPress", "Hugo", true}, {"WordPress", "", false}, {"", "Hugo", false}, {"WordPress", "WordPress.com", false}, {"wordpress.com", "WordPress", false}} {
		if got := generatorSign(fingerprint{Generator: c.was}, fingerprint{Generator: c.is}); (got != "") != c.sign {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestHosts(t *testing.T) {
	for _, c := range []struct {
		name         string
		site, hosts  string
		site2, links string
		sign         bool
	}{
		{"another blog", "a.example", "a.example", "b.example", "b.example", true},
		{"another site named, links as ever", "a.example", "a.example", "b.example", "a.example", false},
		{"another site named, a podcast", "a.example", "a.example", "b.example", "", true},
		{"links elsewhere", "a.example", "a.example", "a.example", "b.example", true},
		{"links elsewhere, as often before", "a.example", "a.example news.example", "a.example", "b.example", false},
		{"the site that entries led to", "a.example", "a.example b.example", "b.example", "c.example", false},
		{"a link blog", "a.example", "news.example", "a.example", "b.example", false},
		{"a link blog that names another site", "a.example", "news.example", "b.example", "news.example", true},
		{"a link blog that names what it linked to", "a.example", "news.example", "news.example", "b.example", true},
		{"no site before", "", "a.example", "b.example", "b.example", false},
		{"no site now", "a.example", "a.example", "", "a.example", false},
	} {
		was, is := fingerprint{Site: c.site, Hosts: strings.Fields(c.hosts)}, fingerprint{Site: c.site2, Hosts: strings.Fields(c.links)}
		if got := hostSign(was, is); (got != "") != c.sign {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestSameAuthor(t *testing.T) {
	for _, c := range []struct {
		was, is, title string
		same           bool
	}{
		{"Jane Doe", "jane DOE", "", true},
		{"Doe, Jane", "Jane Doe", "", true},
		{"Jane Doe", "Jane Roe", "", false},
		{"admin", "admin", "", false},
		{"", "", "", false},
		{"Shoes", "Shoes", "Shoes", false}, // the program wrote the blog's title there
		{"jane@blog.example", "jane@blog.example", "", false},
	} {
		if got := sameAuthor(fingerprint{Authors: []string{c.was}}, fingerprint{Title: c.title, Authors: []string{"Bob", c.is}}); got != c.same {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// Templates say "en" of every blog, and who says nothing has not changed.
func TestDeclaredLanguages(t *testing.T) {
	for _, c := range []struct {
		was, is string
		sign    bool
	}{{"de", "vi", true}, {"en", "de", true}, {"de", "en", false}, {"", "vi", false}, {"de", "", false}, {"de", "de", false}} {
		if got := textSigns(fingerprint{Lang: c.was}, fingerprint{Lang: c.is}, nil, nil, false); (len(got) > 0) != c.sign {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// The past is read from the database only where it can decide.
func TestPastIsReadOnlyWhereItCounts(t *testing.T) {
	for _, c := range []struct {
		name  string
		is    func(*fingerprint)
		known int
		reads bool
	}{
		{"as ever", func(*fingerprint) {}, 3, false},
		{"new entries alone", func(*fingerprint) {}, 0, false},
		{"another program, old posts", func(f *fingerprint) { f.Generator = "Hugo" }, 1, false},
		{"another title, the same author", func(f *fingerprint) { f.Title = "Bits"; f.Generator = "Hugo" }, 0, false},
		{"another title and author", func(f *fingerprint) { f.Title, f.Authors = "Bits", nil }, 0, true},
		{"another title and program, old posts", func(f *fingerprint) { f.Title, f.Authors, f.Generator = "Bits", nil, "Hugo" }, 1, true},
	} {
		read := false
		signs(kaushal, changed(kaushal, c.is), c.known, posts(t, "garden-en"), func() []planet.Entry { read = true; return nil })
		if read != c.reads {
			t.Errorf("%s: past read: %v", c.name, read)
		}
	}
}

func TestFingerprint(t *testing.T) {
	item := func(link string, authors ...string) (it planet.Item) {
		it.Link = link
		for _, a := range authors {
			it.Authors = append(it.Authors, planet.Person{Name: a})
		}
		return it
	}
	got := fingerprintOf("Jane's  <b> place\x00", "https://www.blog.example.co.uk/", "en_GB", "Hugo", "https://feeds.example/1", []planet.Item{
		item("https://youtube.com/1", "Bob"), item("https://blog.example.co.uk/1", "Jane Doe", ""), item("https://example.co.uk/2", "Jane Doe"), item("mailto:x"), item("::"),
	})
	want := fingerprint{"Jane's b place", "example.co.uk", "en", "Hugo", []string{"example.co.uk", "youtube.com"}, []string{"Jane Doe", "Bob"}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for address, want := range map[string]string{
		"https://jane.github.io/feed": "jane.github.io", "http://Jane.blogspot.com./": "jane.blogspot.com", "http://127.0.0.1:80/": "127.0.0.1", "http://localhost/": "localhost",
		"http://[::1]/": "::1", "https://www.com/": "www.com", "/relative": "", "http://a b/": "", "": "",
	} {
		if got := domainOf(address); got != want {
			t.Errorf("domainOf(%q) = %q, want %q", address, got, want)
		}
	}
	if got := fingerprintOf("", "", "", "", "https://feeds.example/1", nil); got.Site != "feeds.example" {
		t.Errorf("without a site: %+v", got)
	}
}

// What a document doesn't say of itself has not changed.
func TestFingerprintKeeps(t *testing.T) {
	if got := (fingerprint{}).keeping(kaushal); fmt.Sprint(got) != fmt.Sprint(kaushal) {
		t.Errorf("nothing said: %+v", got)
	}
	is := fingerprint{Title: "T", Site: "s.example", Lang: "de", Generator: "G", Hosts: []string{"h.example", "kshlm.in"}, Authors: []string{"A"}}
	want := is
	want.Authors = []string{"A", "Kaushal M"}
	if got := is.keeping(kaushal); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A hostile feed costs little and is kept in little space.
func TestFingerprintIsSmall(t *testing.T) {
	for _, c := range []string{"<", "\"", "\\", "\x00", "\x7f", "\u2028", "é", "語", "\xff", "x"} {
		long := strings.Repeat(c, 4000)
		var items []planet.Item
		for i := range 100 {
			items = append(items, planet.Item{Link: fmt.Sprintf("http://%d%s/", i, long), Authors: []planet.Person{{Name: fmt.Sprint(i, long)}}})
		}
		data, err := json.Marshal(fingerprintOf(long, "http://"+long+"/", long, long, "", items))
		if err != nil || len(data) >= 2048 {
			t.Errorf("%q: %d bytes, %v", c, len(data), err)
		}
	}
}
