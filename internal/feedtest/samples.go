package feedtest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// An Item is one entry of a sample feed. Empty fields are left out of the feed.
type Item struct {
	ID     string
	Link   string
	Title  string // plain text
	HTML   string // the whole post
	Author string
	Tags   []string
	Date   time.Time // published
}

// Items makes n items numbered from 1, the newest first, a day apart and the newest of that date: with ids
// tag:example.com,2026:NAME-1 and links https://NAME.example/1.
func Items(name string, n int, newest time.Time) []Item {
	items := make([]Item, n)
	for i := range items {
		number := n - i
		items[i] = Item{
			ID:    fmt.Sprintf("tag:example.com,2026:%s-%d", name, number),
			Link:  fmt.Sprintf("https://%s.example/%d", name, number),
			Title: fmt.Sprintf("Post %d of %s", number, name),
			HTML:  fmt.Sprintf("<p>This is post <b>%d</b> of %s.</p>", number, name),
			Date:  newest.AddDate(0, 0, -i),
		}
	}
	return items
}

// RSS is an RSS 2.0 document with the posts in content:encoded.
func RSS(title string, items ...Item) []byte {
	var x xmlWriter
	x.raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">` + "\n<channel>\n")
	x.element("title", "", title)
	x.element("link", "", "https://blog.example/")
	x.element("description", "", "A sample feed")
	for _, it := range items {
		x.raw("<item>\n")
		x.element("title", "", it.Title)
		x.element("link", "", it.Link)
		x.element("guid", ` isPermaLink="false"`, it.ID)
		x.element("dc:creator", "", it.Author)
		for _, tag := range it.Tags {
			x.element("category", "", tag)
		}
		if !it.Date.IsZero() {
			x.element("pubDate", "", it.Date.Format(time.RFC1123Z))
		}
		x.element("content:encoded", "", it.HTML)
		x.raw("</item>\n")
	}
	x.raw("</channel>\n</rss>\n")
	return x.bytes()
}

// Atom is an Atom document with the posts as content of type html. Its own updated is that of the newest item.
func Atom(title string, items ...Item) []byte {
	var updated time.Time
	for _, it := range items {
		if it.Date.After(updated) {
			updated = it.Date
		}
	}
	var x xmlWriter
	x.raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<feed xmlns="http://www.w3.org/2005/Atom">` + "\n")
	x.element("title", "", title)
	x.element("id", "", "tag:example.com,2026:"+title)
	x.raw(`<link href="https://blog.example/"/>` + "\n")
	x.element("updated", "", updated.Format(time.RFC3339))
	for _, it := range items {
		x.raw("<entry>\n")
		x.element("title", "", it.Title)
		x.element("id", "", it.ID)
		if it.Link != "" {
			x.raw(`<link rel="alternate" href="` + escape(it.Link) + `"/>` + "\n")
		}
		if it.Author != "" {
			x.raw("<author><name>" + escape(it.Author) + "</name></author>\n")
		}
		for _, tag := range it.Tags {
			x.raw(`<category term="` + escape(tag) + `"/>` + "\n")
		}
		if !it.Date.IsZero() {
			x.element("published", "", it.Date.Format(time.RFC3339))
			x.element("updated", "", it.Date.Format(time.RFC3339))
		}
		x.element("content", ` type="html"`, it.HTML)
		x.raw("</entry>\n")
	}
	x.raw("</feed>\n")
	return x.bytes()
}

// JSONFeed is a JSON Feed 1.1 document.
func JSONFeed(title string, items ...Item) []byte {
	type author struct {
		Name string `json:"name"`
	}
	type item struct {
		ID      string    `json:"id,omitempty"`
		URL     string    `json:"url,omitempty"`
		Title   string    `json:"title,omitempty"`
		HTML    string    `json:"content_html,omitempty"`
		Authors []author  `json:"authors,omitempty"`
		Tags    []string  `json:"tags,omitempty"`
		Date    time.Time `json:"date_published,omitzero"`
	}
	feed := struct {
		Version string `json:"version"`
		Title   string `json:"title"`
		Home    string `json:"home_page_url"`
		Items   []item `json:"items"`
	}{"https://jsonfeed.org/version/1.1", title, "https://blog.example/", []item{}}
	for _, it := range items {
		j := item{it.ID, it.Link, it.Title, it.HTML, nil, it.Tags, it.Date}
		if it.Author != "" {
			j.Authors = []author{{it.Author}}
		}
		feed.Items = append(feed.Items, j)
	}
	doc, err := json.MarshalIndent(feed, "", "  ")
	if err != nil {
		panic(err) // only for a year beyond 9999
	}
	return doc
}

// An xmlWriter writes what encoding/xml would spread over a dozen struct types.
type xmlWriter struct{ b strings.Builder }

func (x *xmlWriter) raw(s string) { x.b.WriteString(s) }

// element writes <name attrs>text</name>, and nothing for an empty text.
func (x *xmlWriter) element(name, attrs, text string) {
	if text != "" {
		x.raw("<" + name + attrs + ">" + escape(text) + "</" + name + ">\n")
	}
}

func (x *xmlWriter) bytes() []byte { return []byte(x.b.String()) }

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) //nolint:errcheck // a strings.Builder takes everything
	return b.String()
}
