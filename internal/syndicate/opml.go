package syndicate

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"planet/internal/planet"
)

// A Roll is the list of who is on the planet.
type Roll struct {
	Title   string
	URL     string        // of the site, with a final slash
	Owner   string        // name
	Created time.Time     // when the planet began; zero: it isn't said
	Feeds   []planet.Feed // those without an address, folders of posts, are in no list of subscriptions
}

type opml struct {
	XMLName xml.Name  `xml:"opml"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"head>title"`
	Created string    `xml:"head>dateCreated,omitempty"`
	Owner   string    `xml:"head>ownerName,omitempty"`
	Docs    string    `xml:"head>docs"`
	Feeds   []outline `xml:"body>outline"`
}

func (o *opml) FeedXml() any { return o }

type outline struct {
	Type   string `xml:"type,attr"`
	Text   string `xml:"text,attr"`
	Title  string `xml:"title,attr"`
	URL    string `xml:"xmlUrl,attr"`
	Site   string `xml:"htmlUrl,attr,omitempty"`
	Lang   string `xml:"language,attr,omitempty"`
	Groups string `xml:"category,attr,omitempty"`
}

// OPML writes the subscription list as OPML 2.0 (opml.org/spec2.opml), in the order of the feeds. Their addresses hold no user
// names and passwords.
func OPML(r Roll) ([]byte, error) {
	doc := &opml{Version: "2.0", Title: line(r.Title), Owner: line(r.Owner), Docs: "https://opml.org/spec2.opml"}
	if !r.Created.IsZero() {
		doc.Created = r.Created.UTC().Format(time.RFC1123Z)
	}
	for _, f := range r.Feeds {
		if address := href(f.URL); address != "" {
			name := nameOf(f)
			doc.Feeds = append(doc.Feeds, outline{"rss", name, name, address, href(f.Site), language(f.Lang), categories(f.Groups)})
		}
	}
	data, err := document(doc, 4096+512*len(doc.Feeds), "", opmlShape.of(len(doc.Feeds)))
	if err != nil {
		return nil, fmt.Errorf("opml.xml: %w", err)
	}
	return data, nil
}

// categories are groups as OPML has tags: separated by commas, and a slash would make levels.
func categories(groups []string) string {
	groups = tags(groups)
	for i, g := range groups {
		groups[i] = strings.NewReplacer(",", " ", "/", " ").Replace(g)
	}
	return strings.Join(tags(groups), ",")
}

// nameOf is a feed's name, or else its address.
func nameOf(f planet.Feed) string {
	if name := line(f.Name); name != "" {
		return name
	}
	return href(f.URL)
}
