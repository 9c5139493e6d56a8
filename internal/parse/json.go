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
	version, err := p.jsonVersion(doc)
	if err != nil {
		return Result{}, err
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
	res := Result{Format: "JSON Feed " + version}
	res.Feed = Feed{
		ID:       f.FeedURL,
		Title:    jsonText(f.Title),
		Subtitle: jsonText(f.Description),
		Link:     p.absolute(f.HomePageURL),
		Language: f.Language,
		Authors:  p.jsonPeople(f.Authors, f.Author),
	}
	for _, it := range f.Items {
		if it != nil {
			res.Items = append(res.Items, p.jsonItem(it, res.Feed))
		}
	}
	p.warnings = bounded(p.warnings)
	return res, nil
}

// jsonVersion is the number of JSON Feed's version that a document says it has. Other JSON is no feed, but for feeds that say
// the number alone.
func (p *parser) jsonVersion(doc []byte) (string, error) {
	var probe struct {
		Version stdjson.RawMessage
		Items   stdjson.RawMessage
	}
	err := stdjson.Unmarshal(doc, &probe)
	said := first(jsonTexts([]stdjson.RawMessage{probe.Version})...)
	if _, number, ok := strings.Cut(said, "jsonfeed.org/version/"); ok && strings.HasPrefix(said, "http") {
		return number, nil
	}
	if len(probe.Items) > 0 && probe.Items[0] == '[' && (said == "1" || said == "1.0" || said == "1.1") {
		p.warn("", "the feed's version is %s instead of https://jsonfeed.org/version/%s", said, strings.TrimSuffix(said, ".0"))
		return said, nil
	}
	if err != nil && !stdjson.Valid(doc) {
		return "", &NotFeedError{Kind: "damaged JSON (" + err.Error() + ")"}
	}
	return "", &NotFeedError{Kind: "JSON without a JSON Feed's version (https://jsonfeed.org/version/…)"}
}

// jsonText is a title or description: plain text, but some blogs leave HTML's references in it.
func jsonText(s string) planet.Text {
	if !strings.Contains(s, "<") && looksHTML(s) {
		return planet.Text{Type: planet.HTML, Body: s}
	}
	return planet.Text{Type: planet.PlainText, Body: s}
}

// jsonFeed reads the items one by one, so that one of a wrong type doesn't take the others with it.
func (p *parser) jsonFeed(doc []byte) (*json.Feed, error) {
	doc, problems := slim(doc, "items")
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
	f, wrong, err := tolerant[json.Feed](head)
	if err != nil {
		return nil, errors.New("the JSON Feed can't be read: " + jsonProblem(err))
	}
	for _, problem := range append(problems, wrong...) {
		p.warn("", "of the feed %s", problem)
	}
	for i, raw := range items {
		if string(raw) == "null" {
			continue
		}
		raw, problems := slim(raw, "")
		it, wrong, err := tolerant[json.Item](raw)
		if err != nil {
			p.warn("item "+strconv.Itoa(i+1), "it was left out: %s", jsonProblem(err))
			continue
		}
		for _, problem := range append(problems, wrong...) {
			p.warn(short(first(it.ID, it.URL, it.Title, "item "+strconv.Itoa(i+1))), "%s", problem)
		}
		f.Items = append(f.Items, it)
	}
	return f, nil
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
		GUID:    strings.TrimSpace(it.ID),
		Link:    first(p.link(it.URL, "", f.Link), p.link(it.ExternalURL, "", f.Link)),
		Title:   jsonText(it.Title),
		Summary: planet.Text{Type: planet.PlainText, Body: it.Summary},
		Content: planet.Text{Type: planet.HTML, Body: it.ContentHTML},
		Lang:    it.Language,
		Tags:    it.Tags,
		Authors: p.jsonPeople(it.Authors, it.Author),
	}
	name := nameOf(out)
	out.Published, out.Updated = p.date(name, it.DatePublished), p.date(name, it.DateModified)
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
