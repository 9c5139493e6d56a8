package feedtest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"time"
)

// readPosts reads the sample feeds' own few dialects, no more: they are well-formed, and package parse is what is tested
// against them.
func readPosts(doc []byte) ([]Post, error) {
	if bytes.HasPrefix(doc, []byte("{")) {
		return readJSON(doc)
	}
	var root struct{ XMLName xml.Name }
	if err := xml.Unmarshal(doc, &root); err != nil {
		return nil, err
	}
	if root.XMLName.Local == "feed" {
		return readAtom(doc)
	}
	return readRSS(doc)
}

type rssItem struct {
	GUID        string `xml:"guid"`
	About       string `xml:"http://www.w3.org/1999/02/22-rdf-syntax-ns# about,attr"`
	Title       string `xml:"title"`
	Link        string `xml:"link"`
	Lang        string `xml:"http://purl.org/dc/elements/1.1/ language"`
	PubDate     string `xml:"pubDate"`
	Date        string `xml:"http://purl.org/dc/elements/1.1/ date"`
	Description string `xml:"description"`
	Encoded     string `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
}

func readRSS(doc []byte) ([]Post, error) {
	var feed struct {
		RSS []rssItem `xml:"channel>item"`
		RDF []rssItem `xml:"item"`
	}
	if err := xml.Unmarshal(doc, &feed); err != nil {
		return nil, err
	}
	var posts []Post
	for _, it := range append(feed.RSS, feed.RDF...) {
		layout, date := time.RFC1123Z, it.PubDate
		if date == "" {
			layout, date = time.RFC3339, it.Date
		}
		t, err := time.Parse(layout, date)
		if err != nil {
			return nil, fmt.Errorf("item %s: %w", it.Link, err)
		}
		posts = append(posts, Post{
			ID: cmp.Or(it.GUID, it.About), Link: it.Link, Title: html.UnescapeString(it.Title), Lang: it.Lang, Date: t,
			Summary: it.Description, Content: it.Encoded,
		})
	}
	return posts, nil
}

type atomText struct {
	Type  string `xml:"type,attr"`
	Text  string `xml:",chardata"`
	Inner string `xml:",innerxml"`
}

// html is the text construct as HTML (RFC 4287 §3.1).
func (t atomText) html() string {
	switch t.Type {
	case "html":
		return t.Text
	case "xhtml":
		return t.Inner
	default:
		return html.EscapeString(t.Text)
	}
}

func readAtom(doc []byte) ([]Post, error) {
	var feed struct {
		Entries []struct {
			Lang  string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
			ID    string   `xml:"id"`
			Title atomText `xml:"title"`
			Links []struct {
				Rel  string `xml:"rel,attr"`
				Href string `xml:"href,attr"`
			} `xml:"link"`
			Published time.Time `xml:"published"`
			Summary   atomText  `xml:"summary"`
			Content   atomText  `xml:"content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(doc, &feed); err != nil {
		return nil, err
	}
	var posts []Post
	for _, e := range feed.Entries {
		p := Post{ID: e.ID, Title: e.Title.Text, Lang: e.Lang, Date: e.Published, Summary: e.Summary.html(), Content: e.Content.html()}
		for _, l := range e.Links {
			if l.Rel == "" || l.Rel == "alternate" {
				p.Link = l.Href
			}
		}
		posts = append(posts, p)
	}
	return posts, nil
}

func readJSON(doc []byte) ([]Post, error) {
	var feed struct {
		Items []struct {
			ID        string    `json:"id"`
			URL       string    `json:"url"`
			Title     string    `json:"title"`
			Language  string    `json:"language"`
			Published time.Time `json:"date_published"`
			HTML      string    `json:"content_html"`
			Text      string    `json:"content_text"`
		} `json:"items"`
	}
	if err := json.Unmarshal(doc, &feed); err != nil {
		return nil, err
	}
	var posts []Post
	for _, it := range feed.Items {
		posts = append(posts, Post{
			ID: it.ID, Link: it.URL, Title: it.Title, Lang: it.Language, Date: it.Published,
			Content: cmp.Or(it.HTML, html.EscapeString(it.Text)),
		})
	}
	return posts, nil
}
