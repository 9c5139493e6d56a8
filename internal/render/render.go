// Package render makes the site's pages: entries through a theme.
//
// It is deterministic: the same site and entries give the same bytes, with no clock and no chance in between.
package render

import (
	"bytes"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"time"

	"planet/internal/planet"
)

// A Link is a combined feed, or another way to subscribe.
type Link struct {
	Title string // in plain words
	Path  string // relative to the site's root
	Type  string // media type
	Minor bool   // it is for few: named where all are, and nowhere else
}

// A Site is what all pages share.
type Site struct {
	Title       string
	URL         string // with a final slash
	Description string
	Lang        string // BCP 47
	Owner       planet.Person
	Location    *time.Location    // days are grouped by it; nil is UTC
	Feeds       []planet.Feed     // the people, in feeds.yaml's order
	Avatars     map[string]string // feed id → path under the site's root; absent: initials
	Links       []Link
	Mode        planet.Mode // of feeds that don't say
	Frames      []string    // origins that posts may show in frames; nil: none
	OwnPictures bool        // posts show no pictures but copies on this site
	Version     string      // of the program
	Months      bool        // there is an archive: archive/, YYYY/MM/, search/
	Tags        bool        // there are tags/ and a page for each tag
	Groups      bool        // there are groups/ and a page for each group
	Languages   bool        // there are lang/ and a page for each language
	Entries     bool        // each post has a page of its own, p/ANCHOR/
}

// Empty says why the river has no entries.
type Empty string

// The reasons for an empty river; "" is told as Waiting.
const (
	NoFeeds  Empty = "no-feeds" // feeds.yaml names none
	Failing  Empty = "failing"  // no feed could be read
	Filtered Empty = "filtered" // there are entries, and all of them are hidden
	Waiting  Empty = "waiting"  // nothing was fetched yet
)

// A River is the newest entries, already chosen, newest first.
type River struct {
	Entries  []planet.Entry
	PerPage  int // 0: all on one page
	MaxPages int // what doesn't fit is left out; 0: no limit
	Empty    Empty
}

// River yields index.html, page/2/index.html and on.
func (t *Theme) River(site Site, river River) iter.Seq2[planet.File, error] {
	return func(yield func(planet.File, error) bool) {
		chunks := paginate(river)
		for i, entries := range chunks {
			d := newDesk(t, site, "river", riverFolder(i+1))
			d.crowd()
			page := d.page
			page.Number, page.Pages = i+1, len(chunks)
			page.Days, page.Empty = d.days(entries), string(river.Empty)
			if i > 0 {
				page.Title = d.words.must("title", site.Title, d.words.must("page.number", i+1))
				page.Newer = page.Link(riverFolder(i))
			}
			if i+1 < len(chunks) {
				page.Older = page.Link(riverFolder(i + 2))
			}
			file, err := t.execute("river.html", page)
			if !yield(file, err) || err != nil {
				return
			}
		}
	}
}

// NotFound makes 404.html. It is served for whatever does not exist, at any depth, so its links hold the path of the site's URL.
func (t *Theme) NotFound(site Site) (planet.File, error) {
	d := newDesk(t, site, "404", "")
	d.head(d.words.must("404"))
	d.page.Heading = d.words.must("404.heading")
	d.page.Canonical = ""
	d.page.Root = "/"
	if u, err := url.Parse(site.URL); err == nil && strings.HasPrefix(u.EscapedPath(), "/") {
		d.page.Root = strings.TrimSuffix(u.EscapedPath(), "/") + "/"
	}
	d.arrange()
	d.crowd()
	return t.execute("404.html", d.page)
}

// riverFolder is where page number n of the river is kept.
func riverFolder(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf("page/%d/", n)
}

// paginate always makes at least one page: an empty river is a page that says why.
func paginate(river River) [][]planet.Entry {
	rest, per := river.Entries, river.PerPage
	if per <= 0 {
		per = max(len(rest), 1)
	}
	pages := [][]planet.Entry{rest[:min(per, len(rest))]}
	rest = rest[len(pages[0]):]
	for len(rest) > 0 && (river.MaxPages <= 0 || len(pages) < river.MaxPages) {
		n := min(per, len(rest))
		pages = append(pages, rest[:n])
		rest = rest[n:]
	}
	return pages
}

// execute renders one page. The file's path follows from the page's folder, or else is the template's name.
func (t *Theme) execute(template string, page *Page) (planet.File, error) {
	var b bytes.Buffer
	if err := t.templates.ExecuteTemplate(&b, template, page); err != nil {
		return planet.File{}, t.explain(err)
	}
	path := template
	if template != "404.html" {
		path = page.Path + "index.html"
	}
	// html/template writes + as a reference, against an encoding that pages in UTF-8 don't have. Tools that look for the
	// feed's type with a pattern would miss it.
	return planet.File{Path: path, Data: legal(bytes.ReplaceAll(b.Bytes(), []byte("&#43;"), []byte("+")))}, nil
}

// legal takes the control characters U+0080 to U+009F out of a page, in place: XML allows them, so feeds bring them, and
// HTML forbids them (HTML, "control-character-in-input-stream"). In UTF-8 they are C2 80 to C2 9F.
func legal(page []byte) []byte {
	out := page[:0]
	for {
		i := bytes.IndexByte(page, 0xC2)
		if i < 0 || i+1 == len(page) {
			return append(out, page...)
		}
		if c := page[i+1]; 0x80 <= c && c <= 0x9F {
			out = append(out, page[:i]...)
		} else {
			out = append(out, page[:i+2]...)
		}
		page = page[i+2:]
	}
}
