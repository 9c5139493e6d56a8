package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"planet/internal/clean"
	"planet/internal/planet"
	"planet/internal/render"
)

// A publishedSite is what readers see now: the files themselves, whatever the database says.
type publishedSite struct {
	dir   string
	pages []publishedPage // the first is page 1
	feeds []publishedFeed
}

type publishedPage struct {
	path    string
	anchors []string // of its posts, in their order
	text    string
}

type publishedFeed struct {
	path string
	ids  []string // of its entries, in their order
}

// A place is where something is published.
type place struct {
	path         string // under output
	anchor       string // of a page's element; "" the theme has none, or it is no page
	page, number int    // which post of which page it is; 0 unknown
}

func (p place) String() string {
	if p.anchor == "" {
		return p.path
	}
	return p.path + "#" + p.anchor
}

// anchored finds the elements that render.Anchor has named.
var anchored = regexp.MustCompile(`\sid=["']?(e-[0-9a-f]{12})["'\s>]`)

// readSite reads the front pages and the combined feeds under a folder. What isn't there has nothing.
func readSite(dir string) (publishedSite, error) {
	s := publishedSite{dir: dir}
	for n := 1; ; n++ {
		path := "index.html"
		if n > 1 {
			path = fmt.Sprintf("page/%d/index.html", n)
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return s, err
		}
		page := publishedPage{path: path, text: string(data)}
		for _, m := range anchored.FindAllStringSubmatch(page.text, -1) {
			page.anchors = append(page.anchors, m[1])
		}
		s.pages = append(s.pages, page)
	}
	for _, path := range []string{"atom.xml", "rss20.xml", "feed.json"} {
		data, err := os.ReadFile(filepath.Join(dir, path))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return s, err
		}
		s.feeds = append(s.feeds, publishedFeed{path, entryIDs(path, data)})
	}
	return s, nil
}

// archived is where an entry stands in the archive under an id, nil where it doesn't.
func (s publishedSite) archived(e planet.Entry, id string) []place {
	if e.Folder == "" {
		return nil
	}
	path := e.Folder + "index.html"
	data, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(path)))
	if err != nil {
		return nil
	}
	for _, m := range anchored.FindAllStringSubmatch(string(data), -1) {
		if m[1] == render.Anchor(id) {
			return []place{{path: path, anchor: m[1]}}
		}
	}
	return nil
}

// entryIDs are the ids of a combined feed's entries. A file that is no feed has none.
func entryIDs(path string, data []byte) (ids []string) {
	if strings.HasSuffix(path, ".json") {
		var doc struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		}
		_ = json.Unmarshal(data, &doc)
		for _, it := range doc.Items {
			ids = append(ids, it.ID)
		}
		return ids
	}
	var doc struct {
		Entries []string `xml:"entry>id"`
		Items   []string `xml:"channel>item>guid"`
	}
	_ = xml.Unmarshal(data, &doc)
	return append(doc.Entries, doc.Items...)
}

// places are where an entry is published under an id.
func (s publishedSite) places(e planet.Entry, id string) (out []place) {
	for i, page := range s.pages {
		if n := slices.Index(page.anchors, render.Anchor(id)); n >= 0 {
			out = append(out, place{page.path, page.anchors[n], i + 1, n + 1})
		} else if link := clean.Untracked(e.Link); len(page.anchors) == 0 && link != "" && strings.Contains(page.text, `href="`+html.EscapeString(link)+`"`) {
			out = append(out, place{path: page.path, page: i + 1}) // a theme of one's own may do without anchors
		}
	}
	at := -1 // in rss20.xml, which has the ids as they are
	for _, f := range s.feeds {
		if f.path == "rss20.xml" {
			at = slices.Index(f.ids, id)
		}
	}
	for _, f := range s.feeds {
		// Where Atom and JSON need an IRI, they have a UUID in place of the id. All feeds have the same entries.
		uuid := at >= 0 && at < len(f.ids) && strings.HasPrefix(f.ids[at], "urn:uuid:")
		if slices.Contains(f.ids, id) || uuid {
			out = append(out, place{path: f.path})
		}
	}
	return out
}
