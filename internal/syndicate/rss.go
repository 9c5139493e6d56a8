package syndicate

import (
	"encoding/xml"
	"html"
	"strconv"
	"time"

	"github.com/gorilla/feeds"

	"planet/internal/planet"
)

type rssRoot struct {
	XMLName xml.Name    `xml:"rss"`
	Version string      `xml:"version,attr"`
	Content string      `xml:"xmlns:content,attr"`
	DC      string      `xml:"xmlns:dc,attr"`
	Atom    string      `xml:"xmlns:atom,attr"`
	Channel *rssChannel `xml:"channel"`
}

func (r *rssRoot) FeedXml() any { return r }

type rssChannel struct {
	*feeds.RssFeed
	XMLName xml.Name   `xml:"channel"`
	Self    rssSelf    `xml:"atom:link"`
	Items   []*rssItem `xml:"item"`
}

type rssSelf struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

type rssItem struct {
	*feeds.RssItem
	XMLName  xml.Name   `xml:"item"`
	Link     string     `xml:"link,omitempty"`
	Summary  string     `xml:"description,omitempty"` // in place of the embedded Description
	Creators []string   `xml:"dc:creator"`
	Category []string   `xml:"category"`
	Source   *rssSource `xml:"source"`
}

type rssSource struct {
	URL   string `xml:"url,attr"`
	Title string `xml:",chardata"`
}

// RSS writes f as RSS 2.0, to be published at path under the site.
func RSS(f Feed, path string) ([]byte, error) {
	f = f.legal()
	description := f.Description
	if description == "" {
		description = f.Title // required, and not to be empty
	}
	channel := &rssChannel{
		RssFeed: &feeds.RssFeed{
			Title: f.Title, Link: f.URL, Description: description, Language: f.Lang,
			LastBuildDate: f.updated().Format(time.RFC1123Z), Generator: "planet " + f.Version, Docs: "https://www.rssboard.org/rss-specification", Ttl: 60,
		},
		Self: rssSelf{f.URL + path, "self", "application/rss+xml"},
	}
	for _, e := range f.Entries {
		channel.Items = append(channel.Items, f.rssItem(e))
	}
	return encode(&rssRoot{
		Version: "2.0", Channel: channel, Content: "http://purl.org/rss/1.0/modules/content/",
		DC: "http://purl.org/dc/elements/1.1/", Atom: "http://www.w3.org/2005/Atom",
	})
}

func (f Feed) rssItem(e planet.Entry) *rssItem {
	content, summary := f.body(e)
	if content != "" {
		summary = html.EscapeString(e.Excerpt)
	}
	title := e.Title
	if title == "" && summary == "" {
		title = "Untitled" // an item needs one or the other (RSS 2.0)
	}
	id := e.PublishedID
	item := &rssItem{
		RssItem: &feeds.RssItem{
			Title: title, Comments: e.Comments, PubDate: e.Date().UTC().Format(time.RFC1123Z),
			Guid: &feeds.RssGuid{Id: id, IsPermaLink: strconv.FormatBool(id == e.Link)},
		},
		Link:    e.Link,
		Summary: summary, // a description is HTML
	}
	if content != "" {
		item.Content = &feeds.RssContent{Content: content}
	}
	for _, a := range f.authors(e) {
		item.Creators = append(item.Creators, a.Name)
	}
	item.Category = e.Tags
	if len(e.Enclosures) > 0 { // RSS 2.0 readers expect at most one
		enc := e.Enclosures[0]
		typ := enc.Type
		if typ == "" {
			typ = "application/octet-stream"
		}
		item.Enclosure = &feeds.RssEnclosure{Url: enc.URL, Type: typ, Length: strconv.FormatInt(enc.Length, 10)}
	}
	if src := f.source(e); src.URL != "" {
		item.Source = &rssSource{src.URL, src.Title}
	}
	return item
}
