package render

import (
	"cmp"
	"html/template"
	"strings"

	"planet/internal/planet"
)

// setBody shows as much of an entry as its mode lets. Only where other posts follow, a long one is folded.
func setBody(p *Post, e planet.Entry, mode planet.Mode, folded bool) {
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
		if folded {
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

// trusted is the one place where text becomes HTML as it stands. Nothing but Content, Summary and Teaser may reach it, which
// package clean made safe.
func trusted(cleaned string) template.HTML {
	return template.HTML(cleaned)
}
