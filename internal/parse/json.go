package parse

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/mmcdole/gofeed/json"

	"planet/internal/planet"
)

// json reads a JSON Feed (jsonfeed.org, versions 1 and 1.1).
func (p *parser) json(doc []byte) (Result, error) {
	var probe struct{ Version string }
	err := stdjson.Unmarshal(doc, &probe)
	version := strings.TrimPrefix(strings.TrimPrefix(probe.Version, "https://"), "http://")
	if !strings.HasPrefix(version, "jsonfeed.org/version/") {
		if err != nil && !stdjson.Valid(doc) {
			return Result{}, &NotFeedError{Kind: "damaged JSON (" + err.Error() + ")"}
		}
		return Result{}, &NotFeedError{Kind: "JSON without a JSON Feed's version (https://jsonfeed.org/version/…)"}
	}
	doc, dropped := dropEscapes(doc)
	if dropped > 0 {
		p.warn("", "%d characters that XML forbids were dropped", dropped)
	}
	if jsonItems(doc) > p.limits.MaxItems {
		return Result{}, &HostileError{"items", p.limits.MaxItems, "max_items"}
	}
	f, err := p.jsonFeed(doc)
	if err != nil {
		return Result{}, err
	}
	res := Result{Format: "JSON Feed " + strings.TrimPrefix(version, "jsonfeed.org/version/")}
	res.Feed = Feed{
		ID:       f.FeedURL,
		Title:    planet.Text{Type: planet.PlainText, Body: f.Title},
		Subtitle: planet.Text{Type: planet.PlainText, Body: f.Description},
		Link:     p.absolute(f.HomePageURL),
		Language: f.Language,
		Authors:  p.jsonPeople(f.Authors, f.Author),
	}
	for _, it := range f.Items {
		if it != nil {
			res.Items = append(res.Items, p.jsonItem(it, res.Feed))
		}
	}
	return res, nil
}

// jsonFeed reads the items one by one, so that one of a wrong type doesn't take the others with it.
func (p *parser) jsonFeed(doc []byte) (*json.Feed, error) {
	var members map[string]stdjson.RawMessage
	var items []stdjson.RawMessage
	if err := stdjson.Unmarshal(doc, &members); err != nil {
		return nil, err
	}
	if raw := members["items"]; raw != nil {
		if err := stdjson.Unmarshal(raw, &items); err != nil {
			return nil, errors.New("the JSON Feed's items can't be read: " + jsonProblem(err))
		}
	}
	delete(members, "items")
	head, err := stdjson.Marshal(members)
	if err != nil {
		return nil, err
	}
	f := &json.Feed{}
	if err := stdjson.Unmarshal(head, f); err != nil {
		return nil, errors.New("the JSON Feed can't be read: " + jsonProblem(err))
	}
	for i, raw := range items {
		var it *json.Item
		if err := stdjson.Unmarshal(raw, &it); err != nil {
			p.warn("", "item %d was left out: %s", i+1, jsonProblem(err))
			continue
		}
		f.Items = append(f.Items, it)
	}
	return f, nil
}

// jsonProblem says in words what package json found of a wrong type.
func jsonProblem(err error) string {
	wrong := (*stdjson.UnmarshalTypeError)(nil)
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	name := wrong.Field[strings.LastIndexByte(wrong.Field, '.')+1:]
	if name == "" {
		return "it can't be " + article(wrong.Value)
	}
	return "its " + name + " can't be " + article(wrong.Value)
}

// article puts one before a JSON type's name.
func article(what string) string {
	if strings.HasPrefix(what, "o") || strings.HasPrefix(what, "a") {
		return "an " + what
	}
	return "a " + what
}

// dropEscapes drops the escapes of a JSON document that stand for characters which XML forbids: our feeds are XML.
func dropEscapes(doc []byte) (out []byte, dropped int) {
	for {
		i := bytes.IndexByte(doc, '\\')
		if i < 0 || i+1 == len(doc) {
			return append(out, doc...), dropped
		}
		n := 2
		bad := doc[i+1] == 'b' || doc[i+1] == 'f'
		if doc[i+1] == 'u' && len(doc) >= i+6 {
			n = 6
			code, err := strconv.ParseUint(string(doc[i+2:i+6]), 16, 16)
			bad = err == nil && illegal(rune(code)) && !utf16.IsSurrogate(rune(code))
		}
		if bad {
			out = append(out, doc[:i]...)
			dropped++
		} else {
			out = append(out, doc[:i+n]...)
		}
		doc = doc[i+n:]
	}
}

// jsonItems counts the values in arrays of the top level, without building any of them: three bytes of document can
// become an item of some hundred.
func jsonItems(doc []byte) int {
	depth, commas, inString := 0, 0, false
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; {
		case inString:
			if c == '\\' {
				i++
			} else if c == '"' {
				inString = false
			}
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ',' && depth == 2:
			commas++
		}
	}
	return commas + 1
}

func (p *parser) jsonItem(it *json.Item, f Feed) planet.Item {
	out := planet.Item{
		GUID:      strings.TrimSpace(it.ID),
		Link:      first(p.absolute(it.URL, f.Link), p.absolute(it.ExternalURL, f.Link)),
		Title:     planet.Text{Type: planet.PlainText, Body: it.Title},
		Summary:   planet.Text{Type: planet.PlainText, Body: it.Summary},
		Content:   planet.Text{Type: planet.HTML, Body: it.ContentHTML},
		Lang:      it.Language,
		Tags:      it.Tags,
		Authors:   p.jsonPeople(it.Authors, it.Author),
		Published: parseDate(it.DatePublished),
		Updated:   parseDate(it.DateModified),
	}
	if out.Content.Body == "" {
		out.Content = planet.Text{Type: planet.PlainText, Body: it.ContentText}
	}
	if out.Link == "" && permalink(out.GUID) {
		out.Link = p.absolute(out.GUID)
	}
	if it.Attachments != nil {
		for _, a := range *it.Attachments {
			length := ""
			if a.SizeInBytes > 0 {
				length = strconv.FormatInt(a.SizeInBytes, 10)
			}
			if enc, ok := p.enclosure(a.URL, a.MimeType, a.Title, length, first(out.Link, f.Link)); ok {
				out.Enclosures = append(out.Enclosures, enc)
			}
		}
	}
	return p.finish(out, f)
}

func (p *parser) jsonPeople(list []*json.Author, single *json.Author) []planet.Person {
	if len(list) == 0 && single != nil { // version 1 has one author
		list = []*json.Author{single}
	}
	var out []planet.Person
	for _, a := range list {
		if a != nil && (a.Name != "" || a.URL != "") {
			out = append(out, planet.Person{Name: strings.TrimSpace(a.Name), URI: p.absolute(a.URL)})
		}
	}
	return out
}
