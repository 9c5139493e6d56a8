package syndicate

import (
	"cmp"
	"encoding/xml"
	"strconv"
	"time"

	"github.com/gorilla/feeds"
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
	XMLName     xml.Name  `xml:"channel"`
	Title       plainText `xml:"title"`
	Description plainText `xml:"description"`
	*feeds.RssFeed
	Links []atomLink `xml:"atom:link"`
	Items []*rssItem `xml:"item"`
}

type rssItem struct {
	XMLName xml.Name    `xml:"item"`
	Title   plainText   `xml:"title"`
	Link    string      `xml:"link"`
	Summary string      `xml:"description,omitempty"` // HTML, in place of the embedded Description
	Full    *rssContent `xml:"content:encoded"`       // after the description: older readers take the last of the two
	*feeds.RssItem
	Creators []string    `xml:"dc:creator"`
	Lang     string      `xml:"dc:language,omitempty"` // where it isn't the channel's
	Rights   string      `xml:"dc:rights,omitempty"`
	Updated  string      `xml:"atom:updated,omitempty"`
	Category []plainText `xml:"category"`
	Source   *rssSource  `xml:"source"`
}

type rssContent struct {
	HTML string `xml:",cdata"`
}

type rssSource struct {
	URL   string `xml:"url,attr"`
	Title string `xml:",innerxml"`
}

// rss is RSS 2.0 (rssboard.org/rss-specification), as the RSS Advisory Board's profile advises.
func (d *draft) rss(path string) ([]byte, error) {
	channel := &rssChannel{
		RssFeed: &feeds.RssFeed{
			Link: d.at(d.Page), Language: d.Lang, LastBuildDate: d.updated.Format(time.RFC1123Z), Generator: "planet " + d.Version,
			Docs: "https://www.rssboard.org/rss-specification", Ttl: 60,
		},
		Title:       plain(d.Title),
		Description: plain(cmp.Or(d.Description, d.Title)), // required, and not to be empty
		Links:       []atomLink{{Rel: "self", Type: "application/rss+xml", Href: d.at(path)}},
	}
	for _, l := range d.related() {
		if l.Rel != "current" { // that is this feed in another format
			channel.Links = append(channel.Links, l)
		}
	}
	for _, p := range d.posts {
		channel.Items = append(channel.Items, d.rssItem(p))
	}
	return document(&rssRoot{
		Version: "2.0", Channel: channel, Content: nsContent, DC: nsDC, Atom: "http://www.w3.org/2005/Atom",
	}, d.room(false), d.stylesheet(path), rssShape.of(len(d.posts)))
}

func (d *draft) rssItem(p post) *rssItem {
	item := &rssItem{
		RssItem: &feeds.RssItem{
			Comments: p.Comments, PubDate: p.published.Format(time.RFC1123Z),
			Guid: &feeds.RssGuid{Id: p.guid, IsPermaLink: strconv.FormatBool(p.guid == p.link)},
		},
		Title: plain(p.Title), Link: p.link, Summary: p.summary, Creators: p.names(), Rights: p.Rights,
	}
	if p.content != "" {
		item.Full = &rssContent{p.content}
		item.Summary = asHTML(cmp.Or(p.Excerpt, p.Title))
	}
	if p.Lang != d.Lang {
		item.Lang = p.Lang
	}
	if p.updated.After(p.published) {
		item.Updated = p.updated.Format(time.RFC3339)
	}
	for _, t := range p.Tags {
		item.Category = append(item.Category, plain(t))
	}
	if len(p.Enclosures) > 0 { // RSS 2.0 readers expect at most one
		enc := p.Enclosures[0]
		item.Enclosure = &feeds.RssEnclosure{Url: enc.URL, Type: cmp.Or(enc.Type, unknownType), Length: strconv.FormatInt(enc.Length, 10)}
	}
	if p.source.URL != "" {
		item.Source = &rssSource{p.source.URL, plain(p.source.Title).XML}
	}
	return item
}

// unknownType is the type of a file that is required to have one (RFC 2046 §4.5.1).
const unknownType = "application/octet-stream"

// names are those of the authors, for formats that have nothing else.
func (p post) names() []string {
	out := make([]string, len(p.Authors))
	for i, a := range p.Authors {
		out[i] = a.Name
	}
	return out
}
