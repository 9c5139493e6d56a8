package site

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"planet/internal/planet"
)

// What one file of a sitemap may hold (sitemaps.org, protocol 0.9). Of an index the number is the same.
const (
	sitemapURLs  = 50_000
	sitemapBytes = 50 << 20
)

// sitemap tells search engines which pages there are: sitemap.xml, or where that would be too large, sitemap-1.xml and so
// on with sitemap.xml as their index. base is the site's address with a final slash, paths are those of all published
// files; what isn't for them is left out. No page has a time: what isn't known exactly, engines learn to ignore.
func sitemap(base string, paths []string) []planet.File {
	return sitemaps(base, paths, sitemapURLs, sitemapBytes)
}

func sitemaps(base string, paths []string, maxURLs, maxBytes int) []planet.File {
	var folders []string
	for _, p := range paths {
		if mapped(p) {
			folders = append(folders, strings.TrimSuffix(p, "index.html"))
		}
	}
	slices.Sort(folders)
	parts := []*urlList{newURLList("urlset", "url")}
	for _, folder := range slices.Compact(folders) {
		loc := address(base, folder)
		last := parts[len(parts)-1]
		if last.count == maxURLs || last.size(loc) > maxBytes {
			last = newURLList("urlset", "url")
			parts = append(parts, last)
		}
		last.add(loc)
	}
	if len(parts) == 1 {
		return []planet.File{{Path: "sitemap.xml", Data: parts[0].bytes()}}
	}
	var files []planet.File
	index := newURLList("sitemapindex", "sitemap")
	for i, part := range parts {
		name := fmt.Sprintf("sitemap-%d.xml", i+1)
		files = append(files, planet.File{Path: name, Data: part.bytes()})
		index.add(address(base, name))
	}
	return append(files, planet.File{Path: "sitemap.xml", Data: index.bytes()})
}

// mapped tells whether the file at a path is a page that search engines should list. Posts' own pages are copies, and name
// their originals as canonical; the river's further pages hold what the archive holds, and change all the time.
func mapped(name string) bool {
	top, _, _ := strings.Cut(name, "/")
	return path.Base(name) == "index.html" && top != "p" && top != "page" && top != "search" && top != "assets"
}

// address is where the site publishes the file or folder of a path: percent-encoded, as its feeds and pages name it.
func address(base, path string) string {
	return base + (&url.URL{Path: path}).EscapedPath()
}

// A urlList is a file of a sitemap, or of the index of several.
type urlList struct {
	root, item string
	count      int
	text       bytes.Buffer
}

func newURLList(root, item string) *urlList {
	l := &urlList{root: root, item: item}
	fmt.Fprintf(&l.text, "%s<%s xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n", xml.Header, root)
	return l
}

func (l *urlList) line(loc string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(loc)) // a Builder takes everything
	return "<" + l.item + "><loc>" + b.String() + "</loc></" + l.item + ">\n"
}

// size is how large the file becomes with loc in it.
func (l *urlList) size(loc string) int {
	return l.text.Len() + len(l.line(loc)) + len(l.end())
}

func (l *urlList) add(loc string) {
	l.count++
	l.text.WriteString(l.line(loc))
}

func (l *urlList) end() string { return "</" + l.root + ">\n" }

func (l *urlList) bytes() []byte { return append(l.text.Bytes(), l.end()...) }

// robots lets all crawlers read all (RFC 9309), but for the search page and its index: that is the whole archive again,
// in pieces that no reader of a search engine could use. Crawlers look for it at the root of a host alone, so that
// of a planet in a folder nobody reads it.
func robots(base string) planet.File {
	folder := "/"
	if u, err := url.Parse(base); err == nil && strings.HasPrefix(u.EscapedPath(), "/") {
		folder = u.EscapedPath()
	}
	return planet.File{Path: "robots.txt", Data: []byte("User-agent: *\nDisallow: " + folder + "search/\n\nSitemap: " + address(base, "sitemap.xml") + "\n")}
}
