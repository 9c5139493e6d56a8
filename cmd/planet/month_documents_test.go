package main

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"time"
)

// document is the feed as it is in this hour.
func (b *monthBlog) document() []byte {
	switch b.format {
	case "atom":
		return b.atom()
	case "json":
		return b.json()
	}
	return b.rss()
}

func (b *monthBlog) rss() []byte {
	var x strings.Builder
	fmt.Fprintf(&x, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>%s</title><link>https://%s/</link>`+
		`<description>What I do.</description><language>%s</language><generator>%s</generator>`+"\n", b.title, b.host, b.lang, b.generator)
	for _, it := range b.items {
		x.WriteString("<item>")
		element(&x, "guid", ` isPermaLink="false"`, it.guid)
		element(&x, "link", "", it.link)
		element(&x, "title", "", it.title)
		if !it.published.IsZero() {
			element(&x, "pubDate", "", it.published.Format(time.RFC1123Z))
		}
		if s := it.post.source; s != nil {
			element(&x, "source", fmt.Sprintf(` url="%s"`, s.address()), s.title)
		}
		element(&x, "description", "", it.html)
		x.WriteString("</item>\n")
	}
	x.WriteString("</channel></rss>\n")
	return []byte(x.String())
}

func (b *monthBlog) atom() []byte {
	var x strings.Builder
	fmt.Fprintf(&x, `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="%s"><title>%s</title><id>tag:%s,2020:feed</id>`+
		`<link href="https://%s/"/><generator>%s</generator>`+"\n", b.lang, b.title, b.id, b.host, b.generator)
	for _, it := range b.items {
		x.WriteString("<entry>")
		element(&x, "id", "", it.guid)
		if it.link != "" {
			fmt.Fprintf(&x, `<link href="%s"/>`, html.EscapeString(it.link))
		}
		element(&x, "title", "", it.title)
		element(&x, "published", "", rfc3339(it.published))
		element(&x, "updated", "", rfc3339(it.updated))
		if s := it.post.source; s != nil {
			fmt.Fprintf(&x, `<source><title>%s</title><link rel="self" href="%s"/></source>`, s.title, s.address())
		}
		element(&x, "content", ` type="html"`, it.html)
		x.WriteString("</entry>\n")
	}
	x.WriteString("</feed>\n")
	return []byte(x.String())
}

func (b *monthBlog) json() []byte {
	type item struct {
		ID        string `json:"id,omitempty"`
		URL       string `json:"url,omitempty"`
		Title     string `json:"title"`
		HTML      string `json:"content_html"`
		Published string `json:"date_published,omitempty"`
		Modified  string `json:"date_modified,omitempty"`
	}
	items := make([]item, len(b.items))
	for i, it := range b.items {
		items[i] = item{it.guid, it.link, it.title, it.html, rfc3339(it.published), rfc3339(it.updated)}
	}
	doc, err := json.Marshal(map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": b.title, "home_page_url": "https://" + b.host + "/", "language": b.lang, "items": items,
	})
	if err != nil {
		b.m.Fatal(err)
	}
	return doc
}

// address is that of the feed. Blogs that aren't on the planet have theirs elsewhere.
func (b *monthBlog) address() string {
	if b.temper == stranger {
		return "https://" + b.host + "/feed"
	}
	return b.m.server.URL + "/" + b.id
}

func element(x *strings.Builder, name, attributes, text string) {
	if text != "" {
		fmt.Fprintf(x, "<%s%s>%s</%s>", name, attributes, html.EscapeString(text), name)
	}
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
