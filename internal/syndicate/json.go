package syndicate

import (
	"cmp"
	"time"

	"github.com/gorilla/feeds"

	"planet/internal/planet"
)

type jsonFeed struct {
	*feeds.JSONFeed
	Items []*jsonItem `json:"items"` // required also when empty
}

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

// JSON writes f as JSON Feed 1.1, to be published at path under the site.
func JSON(f Feed, path string) ([]byte, error) {
	f = f.legal()
	out := jsonFeed{JSONFeed: &feeds.JSONFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: f.Title, Language: f.Lang, Description: f.Description,
		HomePageUrl: f.URL, FeedUrl: f.URL + path,
	}, Items: []*jsonItem{}}
	if f.Owner.Name != "" {
		out.Authors = []*feeds.JSONAuthor{{Name: f.Owner.Name}}
	}
	for _, e := range f.Entries {
		out.Items = append(out.Items, f.jsonItem(e))
	}
	return encodeJSON(out)
}

func (f Feed) jsonItem(e planet.Entry) *jsonItem {
	content, summary := f.body(e)
	published, modified := e.Date().UTC().Truncate(time.Second), updated(e)
	src := f.source(e)
	item := &jsonItem{
		JSONItem: &feeds.JSONItem{
			Id: atomID(e), Url: e.Link, Title: e.Title, ContentHTML: cmp.Or(content, summary), Summary: e.Excerpt,
			PublishedDate: &published, Tags: e.Tags,
		},
		Language: e.Lang,
		Planet:   jsonSource{e.FeedID, src.Title, src.URL, src.Link},
	}
	if content == "" { // then a summary would say the same, or what isn't to be said
		item.Summary = ""
	}
	if item.ContentHTML == "" { // one of the two is required
		item.ContentText = cmp.Or(e.Title, e.Link, "Untitled")
	}
	if modified.After(published) {
		item.ModifiedDate = &modified
	}
	for _, a := range f.authors(e) {
		item.Authors = append(item.Authors, &feeds.JSONAuthor{Name: a.Name, Url: a.URI})
	}
	for _, enc := range e.Enclosures {
		typ := enc.Type
		if typ == "" {
			typ = "application/octet-stream"
		}
		item.Attachments = append(item.Attachments, jsonAttachment{enc.URL, typ, enc.Title, enc.Length})
	}
	return item
}
