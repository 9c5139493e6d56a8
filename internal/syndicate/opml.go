package syndicate

import (
	"bytes"
	"encoding/xml"

	"planet/internal/planet"
)

type opml struct {
	XMLName xml.Name  `xml:"opml"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"head>title"`
	Owner   string    `xml:"head>ownerName,omitempty"`
	Docs    string    `xml:"head>docs"`
	Feeds   []outline `xml:"body>outline"`
}

type outline struct {
	Type  string `xml:"type,attr"`
	Text  string `xml:"text,attr"`
	Title string `xml:"title,attr"`
	URL   string `xml:"xmlUrl,attr"`
	Site  string `xml:"htmlUrl,attr,omitempty"`
	Lang  string `xml:"language,attr,omitempty"`
}

// OPML writes the subscription list (OPML 2.0), in the order of feeds. Their URLs hold no user names and passwords.
func OPML(title, owner string, list []planet.Feed) ([]byte, error) {
	doc := opml{Version: "2.0", Title: legal(title), Owner: legal(owner), Docs: "https://opml.org/spec2.opml"}
	for _, f := range list {
		if f.URL != "" {
			doc.Feeds = append(doc.Feeds, outline{"rss", legal(f.Name), legal(f.Name), f.URL, f.Site, f.Lang})
		}
	}
	var buf bytes.Buffer
	buf.WriteString(xml.Header)
	enc := xml.NewEncoder(&buf)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, err
	}
	buf.WriteByte('\n')
	return buf.Bytes(), nil
}
