package render

import (
	"cmp"
	"html/template"
	"strings"

	"planet/internal/planet"
)

// setBody shows as much of an entry as its mode lets. Only where other posts follow, a long one is folded.
func setBody(p *Post, e planet.Entry, mode planet.Mode) {
	if p.Alone {
		e.Content, e.Summary, e.Teaser = raise(e.Content), raise(e.Summary), raise(e.Teaser)
	}
	switch mode {
	case planet.Link:
		p.Shown = "link"
	case planet.Excerpt:
		setExcerpt(p, e)
	default:
		body := cmp.Or(strings.TrimSpace(e.Content), strings.TrimSpace(e.Summary))
		if body == "" && e.Excerpt != "" { // it was too long for the page
			setExcerpt(p, e)
			break
		}
		start, rest := body, ""
		if !p.Alone {
			start, rest = fold(body)
		}
		p.Shown, p.Content = "full", trusted(start)
		if rest != "" {
			p.Rest, p.RestMinutes = trusted(rest), minutes(rest)
		}
	}
	if p.Shown != "link" && p.Content == "" && p.Excerpt == "" && p.Teaser == "" {
		p.Shown = "empty"
	}
	p.Repeats = p.Untitled && (p.Shown == "full" && begins(e.Text, p.Title) || p.Shown == "excerpt" && begins(e.Excerpt, p.Title))
}

func setExcerpt(p *Post, e planet.Entry) {
	p.Shown, p.Excerpt, p.Teaser = "excerpt", e.Excerpt, trusted(e.Teaser)
}

// begins tells whether a title is but the beginning of the text, perhaps cut.
func begins(text, title string) bool {
	title = strings.Join(strings.Fields(strings.TrimRight(title, ".… ")), " ")
	return title != "" && strings.HasPrefix(strings.Join(strings.Fields(text), " "), title)
}

// raise lets a body's headings go on from h1, its title on a page of its own. Package clean has them go on from h3, its title in
// a list, so that they are h4 to h6. What isn't understood stays as it is.
func raise(html string) string {
	var b strings.Builder
	at := 0
	ok := walk(html, func(t tag, _ int) {
		if !headings[t.name] || t.name < "h4" {
			return
		}
		level := t.start + len("<h")
		if t.end {
			level++
		}
		b.WriteString(html[at:level])
		b.WriteByte(html[level] - 2)
		at = level + 1
	})
	if !ok {
		return html
	}
	return b.String() + html[at:]
}

// trusted is the one place where text becomes HTML as it stands. Nothing but Content, Summary and Teaser may reach it, which
// package clean made safe.
func trusted(cleaned string) template.HTML {
	return template.HTML(cleaned)
}
