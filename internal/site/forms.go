package site

import (
	"context"
	"slices"
	"strings"

	"planet/internal/clean"
	"planet/internal/planet"
	"planet/internal/syndicate"
)

// feed is a combined feed of entries, and the copies of pictures that it shows.
func (p *press) feed(ctx context.Context, entries []planet.Entry) (syndicate.Feed, copies, error) {
	c, err := p.copies(ctx, entries)
	return syndicate.Feed{
		Title: p.Title, URL: p.URL, Description: p.Description, Lang: p.Lang, Owner: p.Owner, Version: p.Version, Hub: p.Hub,
		Stylesheet: "assets/feed.css", Feeds: p.listed, Short: p.Short, Mode: p.Mode, Entries: forFeeds(entries, c.form(p.URL, false)),
	}, c, err
}

// forPage are the entries of the page in a folder, and the copies of pictures that it shows.
func (p *press) forPage(ctx context.Context, folder string, entries []planet.Entry) ([]planet.Entry, copies, error) {
	c, err := p.copies(ctx, entries)
	return p.forPages(entries, c.form(strings.Repeat("../", strings.Count(folder, "/")), p.Frames)), c, err
}

// forPages are entries whose HTML is as pages show it. Of a teaser's footnotes only the marks may be there, so these lead
// to the post, as in feeds.
func (b *Builder) forPages(entries []planet.Entry, form clean.Form) []planet.Entry {
	out := slices.Clone(entries)
	for i, e := range entries {
		out[i].Content, out[i].Summary = form.Page(e.Content), form.Page(e.Summary)
		out[i].Link = clean.Untracked(e.Link) // stored it stays as it was given: it may be who the entry is
		out[i].Teaser = form.Feed(e.Teaser, out[i].Link)
	}
	return out
}

// forFeeds are entries whose HTML is as feeds carry it.
func forFeeds(entries []planet.Entry, form clean.Form) []planet.Entry {
	out := slices.Clone(entries)
	for i, e := range entries {
		out[i].Link = clean.Untracked(e.Link)
		out[i].Content, out[i].Teaser = form.Feed(e.Content, out[i].Link), form.Feed(e.Teaser, out[i].Link)
	}
	return out
}

// teasers are entries of which only the beginnings are shown: on pages that gather what stands in full elsewhere.
func teasers(entries []planet.Entry) []planet.Entry {
	for i, e := range entries {
		if e.Teaser != e.Content || e.Content == "" { // else it is short
			entries[i].Content, entries[i].Summary = "", ""
		}
	}
	return entries
}
