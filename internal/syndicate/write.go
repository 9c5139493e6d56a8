package syndicate

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"

	"github.com/gorilla/feeds"
)

// room is about how many bytes the posts will take in a document, so that it need not be copied while it grows; text escaped
// as XML takes more than in CDATA.
func (d *draft) room(asXML bool) int {
	n := 4096
	for _, p := range d.posts {
		n += 2048 + len(p.content) + len(p.summary) + 2*len(p.Excerpt)
		for i := 0; asXML && i < len(p.content); i++ {
			switch p.content[i] {
			case '<', '>', '&', '"', '\'', '\n', '\t':
				n += 4
			}
		}
	}
	return n + n/16
}

// document writes doc as XML, with a style sheet for browsers if there is one, and holds it to its shape.
func document(doc feeds.XmlFeed, room int, stylesheet string, s shape) ([]byte, error) {
	var buf bytes.Buffer
	buf.Grow(room)
	buf.WriteString(xml.Header) // and not by feeds.WriteXML, which leaves no place for the style sheet
	if stylesheet != "" {
		fmt.Fprintf(&buf, "<?xml-stylesheet type=\"text/css\" href=\"%s\"?>\n", html.EscapeString(stylesheet))
	}
	enc := xml.NewEncoder(&buf)
	enc.Indent("", "  ")
	if err := enc.Encode(doc.FeedXml()); err != nil {
		return nil, err
	}
	buf.WriteByte('\n')
	if err := s.check(buf.Bytes()); err != nil {
		return nil, fmt.Errorf("what was written can't be published: %w", err)
	}
	return buf.Bytes(), nil
}

// jsonDocument writes a JSON Feed item by item: as one value, encoding/json would hold it several times.
func jsonDocument(head *feeds.JSONFeed, room int, items []*jsonItem) ([]byte, error) {
	var buf bytes.Buffer
	buf.Grow(room)
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false) // it would be half as long again
	enc.SetIndent("", " ")
	if err := enc.Encode(head); err != nil {
		return nil, err
	}
	buf.Truncate(buf.Len() - len("\n}\n"))
	buf.WriteString(",\n \"items\": [") // required also when there are none
	enc.SetIndent("  ", " ")
	for i, item := range items {
		buf.WriteString("\n  ")
		if err := enc.Encode(item); err != nil {
			return nil, err
		}
		buf.Truncate(buf.Len() - len("\n"))
		if i+1 < len(items) {
			buf.WriteByte(',')
		}
	}
	if len(items) > 0 {
		buf.WriteString("\n ")
	}
	buf.WriteString("]\n}\n")
	if err := checkJSON(buf.Bytes(), len(items)); err != nil {
		return nil, fmt.Errorf("what was written can't be published: %w", err)
	}
	return buf.Bytes(), nil
}
