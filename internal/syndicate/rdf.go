package syndicate

import (
	"cmp"
	"encoding/xml"
	"time"
)

const (
	nsRDF     = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	nsDC      = "http://purl.org/dc/elements/1.1/"
	nsContent = "http://purl.org/rss/1.0/modules/content/"
	nsRSS10   = "http://purl.org/rss/1.0/"
)

type rdfRoot struct {
	XMLName xml.Name   `xml:"rdf:RDF"`
	RDF     string     `xml:"xmlns:rdf,attr"`
	RSS     string     `xml:"xmlns,attr"`
	DC      string     `xml:"xmlns:dc,attr"`
	Content string     `xml:"xmlns:content,attr"`
	Channel rdfChannel `xml:"channel"`
	Items   []*rdfItem `xml:"item"`
}

func (r *rdfRoot) FeedXml() any { return r }

type rdfChannel struct {
	About       string        `xml:"rdf:about,attr"`
	Title       plainText     `xml:"title"`
	Link        string        `xml:"link"`
	Description plainText     `xml:"description"`
	Lang        string        `xml:"dc:language,omitempty"`
	Date        string        `xml:"dc:date"`
	Items       []rdfResource `xml:"items>rdf:Seq>rdf:li"`
}

type rdfResource struct {
	Resource string `xml:"rdf:resource,attr"`
}

type rdfItem struct {
	About    string      `xml:"rdf:about,attr"`
	Title    plainText   `xml:"title"`
	Link     string      `xml:"link"`
	Summary  string      `xml:"description,omitempty"` // HTML
	Content  *rssContent `xml:"content:encoded"`
	Date     string      `xml:"dc:date"`
	Creators []string    `xml:"dc:creator"`
	Subjects []string    `xml:"dc:subject"`
	Lang     string      `xml:"dc:language,omitempty"`
	Source   string      `xml:"dc:source,omitempty"`
	Rights   string      `xml:"dc:rights,omitempty"`
}

// rdf is RSS 1.0 (web.resource.org/rss/1.0/spec) with its modules for Dublin Core and content. It is RDF: what isn't a
// statement in RDF, such as an atom:link, has no place there.
func (d *draft) rdf(path string) ([]byte, error) {
	out := &rdfRoot{
		RDF: nsRDF, RSS: nsRSS10, DC: nsDC, Content: nsContent,
		Channel: rdfChannel{
			About: d.at(path), Title: plain(d.Title), Link: d.at(d.Page), Description: plain(cmp.Or(d.Description, d.Title)),
			Lang: d.Lang, Date: d.updated.Format(time.RFC3339),
		},
	}
	for _, p := range d.posts {
		out.Channel.Items = append(out.Channel.Items, rdfResource{p.id})
		out.Items = append(out.Items, p.rdf())
	}
	return document(out, d.room(false), d.stylesheet(path), rdfShape.of(len(d.posts)))
}

func (p post) rdf() *rdfItem {
	item := &rdfItem{
		About: p.id, Title: plain(p.Title), Link: p.link, Summary: p.summary, Date: p.published.Format(time.RFC3339),
		Creators: p.names(), Subjects: p.Tags, Lang: p.Lang, Source: p.source.URL, Rights: p.Rights,
	}
	if p.content != "" {
		item.Content = &rssContent{p.content}
		item.Summary = asHTML(cmp.Or(p.Excerpt, p.Title))
	}
	return item
}
