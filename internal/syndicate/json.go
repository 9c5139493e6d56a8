package syndicate

import (
	"cmp"

	"github.com/gorilla/feeds"
)

type jsonItem struct {
	*feeds.JSONItem
	Language    string           `json:"language,omitempty"`
	Attachments []jsonAttachment `json:"attachments,omitempty"`
	Planet      jsonSource       `json:"_planet"`
}

type jsonAttachment struct {
	URL   string `json:"url"`
	Type  string `json:"mime_type"`
	Title string `json:"title,omitempty"`
	Size  int64  `json:"size_in_bytes,omitempty"`
}

// jsonSource is our extension: the feed that an item came from.
type jsonSource struct {
	Feed  string `json:"feed"`
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`
	Home  string `json:"home_page_url,omitempty"`
}

// json is JSON Feed 1.1 (jsonfeed.org/version/1.1).
func (d *draft) json(path string) ([]byte, error) {
	head := &feeds.JSONFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: d.Title, Language: d.Lang, Description: d.Description,
		HomePageUrl: d.at(d.Page), FeedUrl: d.at(path),
	}
	if d.Owner.Name != "" {
		head.Authors = []*feeds.JSONAuthor{{Name: d.Owner.Name, Url: d.Owner.URI}}
	}
	if d.Hub != "" {
		head.Hubs = []*feeds.JSONHub{{Type: "WebSub", Url: d.Hub}}
	}
	items := make([]*jsonItem, len(d.posts))
	for i, p := range d.posts {
		items[i] = p.json()
	}
	return jsonDocument(head, d.room(false), items)
}

func (p post) json() *jsonItem {
	item := &jsonItem{
		JSONItem: &feeds.JSONItem{
			Id: p.id, Url: p.link, Title: p.Title, ContentHTML: cmp.Or(p.content, p.summary), PublishedDate: &p.published, Tags: p.Tags,
		},
		Language: p.Lang,
		Planet:   jsonSource{legal(p.FeedID), p.source.Title, p.source.URL, p.source.Link},
	}
	if p.content != "" { // else a summary would say the same, or what isn't to be said
		item.Summary = p.Excerpt
	}
	if item.ContentHTML == "" { // one of the two is required
		item.ContentText = p.Title
	}
	if p.updated.After(p.published) {
		item.ModifiedDate = &p.updated
	}
	for _, a := range p.Authors {
		item.Authors = append(item.Authors, &feeds.JSONAuthor{Name: a.Name, Url: a.URI})
	}
	for _, enc := range p.Enclosures {
		item.Attachments = append(item.Attachments, jsonAttachment{enc.URL, cmp.Or(enc.Type, unknownType), enc.Title, enc.Length})
	}
	return item
}
