package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// pathEscape escapes a part of a path as pages do in links.
func pathEscape(part string) string { return url.PathEscape(part) }

// testPlaces looks where files came to be: nothing lies beside the output folder that a run doesn't keep there, and every name
// is one that any file system, web server and rsync takes.
func testPlaces(t *testing.T, sites []published) {
	kept := regexp.MustCompile(`^(feeds\.yaml|planet\.db(-wal|-shm|\.lock)?|public|avatars|images|\.planet.*|planet\.lock)$`)
	for _, s := range sites {
		if s.given {
			continue
		}
		around, err := os.ReadDir(filepath.Dir(s.dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range around {
			if !kept.MatchString(d.Name()) {
				t.Errorf("%s: %s lies beside the output folder", s.name, d.Name())
			}
		}
		if above, err := os.ReadDir(filepath.Join(s.dir, "..", "..")); s.name != "demo" && (err != nil || len(above) != 1) {
			t.Errorf("%s: %d files lie beside the planet's folder, %v", s.name, len(above)-1, err)
		}
		err = fs.WalkDir(os.DirFS(s.dir), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || name == "." || name == ".planet" {
				return err
			}
			base := path.Base(name)
			if len(base) > 200 || strings.HasPrefix(base, ".") || !utf8.ValidString(base) || !d.IsDir() && !d.Type().IsRegular() ||
				strings.ContainsFunc(base, func(r rune) bool {
					return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("-_.", r)
				}) {
				t.Errorf("%s: %q is published", s.name, name)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// testLinks follows every link from one published page to another: it leads to a page that is there, and its fragment to an id on it. No link
// leads to anything but the web, mail and the page itself; no id is on a page twice.
func testLinks(t *testing.T, sites []published) {
	for _, s := range sites {
		pages := map[string]linked{}
		for _, name := range s.files(t, 0, ".html") {
			pages[name] = readPage(t, filepath.Join(s.dir, filepath.FromSlash(name)))
		}
		wrong := map[string]int{}
		first := map[string]string{}
		for name, p := range pages {
			for _, id := range p.twice {
				say(wrong, first, fmt.Sprintf("%s: an id is there twice", kindOf(name)), name+"#"+id)
			}
			for _, link := range p.links {
				if what := judge(s, pages, name, link); what != "" {
					say(wrong, first, fmt.Sprintf("%s: %s", kindOf(name), what), name+" to "+link)
				}
			}
		}
		for _, what := range slices.Sorted(maps.Keys(wrong)) {
			t.Errorf("%s: %s, %d times, such as %s", s.name, what, wrong[what], first[what])
		}
	}
}

func say(wrong map[string]int, first map[string]string, what, where string) {
	wrong[what]++
	if first[what] == "" || where < first[what] {
		first[what] = where
	}
}

// A linked is what the links of a page lead to, and which ids it has.
type linked struct {
	links, twice []string
	ids          map[string]bool
}

func readPage(t *testing.T, file string) linked {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	root, err := html.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	p := linked{ids: map[string]bool{}}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			switch {
			case a.Key == "id":
				if p.ids[a.Val] {
					p.twice = append(p.twice, a.Val)
				}
				p.ids[a.Val] = true
			case a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction":
				p.links = append(p.links, a.Val)
			}
		}
	}
	return p
}

// judge says what is wrong with a link of a page, or nothing. The planet's own absolute addresses count as its pages.
func judge(s published, pages map[string]linked, from, link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return "a link that is no address"
	}
	switch u.Scheme {
	case "mailto", "data":
		return ""
	case "http", "https":
		if u.Host != "planet.example" || s.given {
			return ""
		}
	case "":
		if u.Host != "" {
			return "a link without a scheme"
		}
		u = (&url.URL{Path: "/" + from}).ResolveReference(u)
	default:
		return "a link of scheme " + u.Scheme
	}
	name := strings.TrimPrefix(u.Path, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	info, err := os.Stat(filepath.Join(s.dir, filepath.FromSlash(name)))
	if err != nil || info.IsDir() {
		return "a link to a page that isn't there"
	}
	p, isPage := pages[name]
	if u.Fragment != "" && u.Fragment != "top" && isPage && !p.ids[u.Fragment] {
		return "a link to a place that the page doesn't have"
	}
	return ""
}

const (
	riverWeight = 150_000 // what a river of 30 posts of 10 KB may take over the wire, without pictures
	themeWeight = 25_000  // of that, what the theme's own style and script may
)

// testWeight weighs the first page a visitor sees, as a web server that packs with gzip sends it.
func testWeight(t *testing.T, s published) {
	packed := func(name string) (n int) {
		data, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(data) //nolint:errcheck // into memory
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Len()
	}
	index, err := os.ReadFile(filepath.Join(s.dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(index, []byte("<article ")); n != 30 {
		t.Fatalf("there are %d posts on the river", n)
	}
	theme, total := 0, packed("index.html")
	for _, link := range readPage(t, filepath.Join(s.dir, "index.html")).links {
		u, err := url.Parse(link)
		if err != nil || u.Host != "" || path.Ext(u.Path) != ".css" && path.Ext(u.Path) != ".js" {
			continue
		}
		info, err := os.Stat(filepath.Join(s.dir, filepath.FromSlash(u.Path)))
		if err != nil {
			t.Fatal(err)
		}
		theme += int(info.Size())
		total += packed(u.Path)
	}
	if theme == 0 {
		t.Fatal("the page has neither style nor script")
	}
	t.Logf("the page takes %.1f KB, the theme's style and script %.1f KB unpacked", float64(total)/1000, float64(theme)/1000)
	if total > riverWeight {
		t.Errorf("a river of 30 posts of 10 KB takes %d bytes over the wire; it may take %d", total, riverWeight)
	}
	if theme > themeWeight {
		t.Errorf("the theme's style and script have %d bytes; they may have %d", theme, themeWeight)
	}
}

// prose is a post of about n bytes in the manner of people: few words often, many rarely, with headings, links, a list and code.
func prose(seed uint64, n int) string {
	random := rand.New(rand.NewPCG(seed, 11))
	word := func() string {
		return vocabulary[min(int(random.ExpFloat64()*float64(len(vocabulary))/5), len(vocabulary)-1)]
	}
	sentence := func() string {
		words := make([]string, 6+random.IntN(14))
		for i := range words {
			words[i] = word()
		}
		s := strings.Join(words, " ")
		if random.IntN(8) == 0 {
			s += fmt.Sprintf(` <a href="https://%s.example/%d/%s">%s</a>`, word(), 2000+random.IntN(26), word(), word())
		}
		return strings.ToUpper(s[:1]) + s[1:] + ". "
	}
	var b strings.Builder
	for b.Len() < n {
		switch random.IntN(12) {
		case 0:
			fmt.Fprintf(&b, "<h3>%s %s %s</h3>\n", word(), word(), word())
		case 1:
			fmt.Fprintf(&b, "<ul><li>%s</li><li>%s</li><li>%s</li></ul>\n", sentence(), sentence(), sentence())
		case 2:
			fmt.Fprintf(&b, "<pre><code>%s := %s(%s, %d)\nreturn %s</code></pre>\n", word(), word(), word(), random.IntN(1000), word())
		default:
			b.WriteString("<p>")
			for range 3 + random.IntN(4) {
				b.WriteString(sentence())
			}
			b.WriteString("</p>\n")
		}
	}
	return b.String()
}

// vocabulary are 3,000 made-up words, the short ones first: text of them packs about as well as English does.
var vocabulary = func() (words []string) {
	random := rand.New(rand.NewPCG(5, 8))
	const initials, vowels = "bcdfghklmnprstvw", "aeiou"
	for len(words) < 3000 {
		var b strings.Builder
		for range 1 + len(words)/700 + random.IntN(2) {
			b.WriteByte(initials[random.IntN(len(initials))])
			b.WriteByte(vowels[random.IntN(len(vowels))])
			if random.IntN(3) == 0 {
				b.WriteByte("nrst"[random.IntN(4)])
			}
		}
		words = append(words, b.String())
	}
	return words
}()
