package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"planet/internal/planet"
)

// searchText is how many bytes of a post's text can be searched and quoted.
const searchText = 1500

// Search makes search/index.html. Its script looks through the shards, newest first.
func (t *Theme) Search(site Site) (planet.File, error) {
	d := newDesk(t, site, "search", "search/")
	d.head(d.words.must("search"))
	d.page.Summary = d.words.must("search.about")
	return t.execute("search.html", d.page)
}

// hit is a post in a shard. Its short names are what planet's search.js knows.
type hit struct {
	Title string   `json:"t"`
	Names string   `json:"a"`           // the feed's name, and who wrote it
	Tags  []string `json:"g,omitempty"` //
	Date  string   `json:"d"`           // in the planet's zone: "2026-11-22"
	URL   string   `json:"u"`           // under the site's root: "2026/11/#e-0123456789ab"
	Text  string   `json:"x,omitempty"`
}

// SearchShard makes search/2026-11-1.json, which holds what can be searched of one page of the archive: newest first, and
// of each post no more than its author lets the planet show.
func SearchShard(site Site, m MonthPage, entries []planet.Entry) (planet.File, error) {
	zone := cmp.Or(site.Location, time.UTC)
	feeds := map[string]planet.Feed{}
	for _, feed := range site.Feeds {
		feeds[feed.ID] = feed
	}
	hits := make([]hit, 0, len(entries))
	for _, e := range entries {
		feed, known := feeds[e.FeedID]
		if !known {
			feed = stranger(e)
		}
		names := []string{feed.Name}
		for _, author := range authors(e, feed) {
			if !slices.Contains(names, author.Name) {
				names = append(names, author.Name)
			}
		}
		h := hit{Title: e.Title, Names: strings.Join(names, ", "), Tags: e.Tags, Date: e.Date().In(zone).Format(time.DateOnly), URL: m.Folder() + "#" + Anchor(e.PublishedID)}
		switch cmp.Or(feed.Mode, site.Mode, planet.Full) {
		case planet.Link:
		case planet.Excerpt:
			h.Text = shortened(e.Excerpt, searchText)
		default:
			h.Text = shortened(cmp.Or(e.Text, e.Excerpt), searchText)
		}
		hits = append(hits, h)
	}
	slices.Reverse(hits)
	return jsonFile("search/"+m.shard(), hits)
}

// shard is the name of the page's shard in search/.
func (m MonthPage) shard() string {
	return fmt.Sprintf("%04d-%02d-%d.json", m.Year, int(m.Month), max(m.Page, 1))
}

// SearchIndex makes search/index.json, the list of all shards, newest first.
func SearchIndex(pages []MonthPage) (planet.File, error) {
	names := make([]string, 0, len(pages))
	for _, m := range slices.Backward(pages) {
		names = append(names, m.shard())
	}
	return jsonFile("search/index.json", names)
}

func jsonFile(path string, value any) (planet.File, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // it is data, which a script reads; and half as long again otherwise, in code
	if err := encoder.Encode(value); err != nil {
		return planet.File{}, fmt.Errorf("%s: %w", path, err)
	}
	return planet.File{Path: path, Data: b.Bytes()}, nil
}

// shortened is a text's words up to a number of bytes, each white space one blank.
func shortened(text string, most int) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(text) {
		if room := most - b.Len(); len(word)+1 > room {
			if b.Len() < most/2 { // a script without spaces, or a word without end
				for room > 0 && !utf8.RuneStart(word[room-1]) {
					room--
				}
				b.WriteString(" " + word[:max(room-1, 0)])
			}
			break
		}
		b.WriteString(" " + word)
	}
	return strings.TrimPrefix(b.String(), " ")
}
