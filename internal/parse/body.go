package parse

import (
	"html"
	"slices"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"

	"planet/internal/planet"
)

// better tells whether a second text in the same role is to be preferred: HTML to plain text, the longer to the shorter,
// and the later to the earlier, as among the parts of a mail that say the same (RFC 2046 §5.1.4).
func better(old, text planet.Text) bool {
	switch {
	case blank(text):
		return false
	case blank(old):
		return true
	case old.Type != text.Type:
		return text.Type == planet.HTML
	}
	return len(text.Body) >= len(old.Body)
}

func blank(t planet.Text) bool { return strings.TrimSpace(t.Body) == "" }

// body chooses an entry's summary and content among all that it says of itself. Podcasts write their notes into
// itunes:summary or description, whichever came to mind: where there is no content, the longer of the two is it.
func (n *note) body(extensions ext.Extensions) (summary, content planet.Text) {
	summary, content = n.summary, n.content
	if blank(content) && !blank(summary) && !blank(n.podcast) {
		one, other := visible(summary), visible(n.podcast)
		switch {
		case one == other:
		case len(one) >= len(other):
			summary, content = n.podcast, summary
		default:
			content = n.podcast
		}
	}
	spares := []planet.Text{n.podcast, n.described}
	if blank(content) { // what else there is describes a file, and only for want of a post the post
		spares = append(spares, n.media, mediaDescription(extensions), n.subtitle)
	}
	for _, spare := range spares {
		if blank(summary) {
			summary = spare
		}
	}
	return summary, content
}

// mediaDescription is the text of an entry that describes itself only within an element of Media RSS, as those of YouTube.
func mediaDescription(extensions ext.Extensions) planet.Text {
	media := extensions["media"]
	for _, holder := range slices.Concat(media["group"], media["content"]) {
		for _, d := range holder.Children["description"] {
			if d.Value == "" {
				continue
			}
			if d.Attrs["type"] == "html" || d.Attrs["type"] == "" && looksHTML(d.Value) {
				return planet.Text{Type: planet.HTML, Body: d.Value}
			}
			return planet.Text{Type: planet.PlainText, Body: d.Value}
		}
	}
	return planet.Text{}
}

// visible is roughly what a reader sees of a text, without white space: good enough to compare two.
func visible(t planet.Text) string {
	s := t.Body
	if t.Type == planet.HTML {
		var b strings.Builder
		for {
			text, markup, found := strings.Cut(s, "<")
			b.WriteString(text)
			if !found {
				break
			}
			_, s, _ = strings.Cut(markup, ">")
		}
		s = html.UnescapeString(b.String())
	}
	return strings.Join(strings.Fields(s), "")
}
