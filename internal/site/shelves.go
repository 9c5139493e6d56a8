package site

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"time"

	"planet/internal/planet"
	"planet/internal/render"
	"planet/internal/store"
	"planet/internal/syndicate"
)

const (
	headings = 500  // how many entries the page of an author or tag names, those that it shows included
	manyTags = 1000 // how many tags the list of tags names, those that are used most
)

// shelves yields the pages and feeds of shelves: of all, or in part only of those that are stale, and of their neighbours
// where one has come or gone between them.
func (p *press) shelves(ctx context.Context, part bool) files {
	return func(yield func(planet.File, error) bool) {
		for s, err := range p.todo(ctx, part) {
			made := failed(err)
			if err == nil {
				made = p.shelf(ctx, s)
			}
			for f, err := range made {
				if !yield(f, err) || err != nil {
					return
				}
			}
		}
	}
}

// todo are the shelves that are to be made anew, and those that are to go, which have no entries.
func (p *press) todo(ctx context.Context, part bool) iter.Seq2[store.Shelf, error] {
	return func(yield func(store.Shelf, error) bool) {
		if part {
			for _, s := range p.withNeighbours(p.stale) {
				if !yield(s, nil) {
					return
				}
			}
			return
		}
		for _, kind := range []string{store.Month, store.History, store.Author, store.Tag, store.Lang} {
			shelves, err := p.Store.Shelves(ctx, kind)
			if err != nil {
				yield(store.Shelf{}, err)
				return
			}
			if kind == store.Author {
				shelves = append(shelves, p.silent(shelves)...)
			}
			for _, s := range shelves {
				if !yield(s, nil) {
					return
				}
			}
		}
	}
}

// silent are the shelves of those authors of whom nothing is listed: they have pages, too.
func (p *press) silent(authors []store.Shelf) (out []store.Shelf) {
	has := map[string]bool{}
	for _, s := range authors {
		has[s.Name] = true
	}
	for _, f := range p.feeds {
		if !has[f.ID] {
			out = append(out, store.Shelf{Kind: store.Author, Name: f.ID})
		}
	}
	return out
}

// withNeighbours adds those shelves that link to others which have come or gone.
func (p *press) withNeighbours(stale []store.Shelf) []store.Shelf {
	out, has := slices.Clone(stale), map[[3]string]bool{}
	key := func(s store.Shelf) [3]string { return [3]string{s.Kind, s.Name, strconv.Itoa(s.Number)} }
	for _, s := range stale {
		has[key(s)] = true
	}
	for _, s := range stale {
		if all := p.all(s.Kind); all != nil && (s.New || s.Entries == 0) {
			before, after := neighbours(all, s)
			for _, n := range []*store.Shelf{before, after} {
				if n != nil && !has[key(*n)] {
					has[key(*n)] = true
					out = append(out, *n)
				}
			}
		}
	}
	return out
}

// all are the shelves of a kind whose pages link to each other in a row.
func (p *press) all(kind string) []store.Shelf {
	switch kind {
	case store.Month:
		return p.months
	case store.History:
		return p.history
	}
	return nil
}

// neighbours are the shelves around s, which needn't be there itself; nil at the ends.
func neighbours(all []store.Shelf, s store.Shelf) (before, after *store.Shelf) {
	i, found := slices.BinarySearchFunc(all, s, store.Shelf.Compare)
	if i > 0 {
		before = &all[i-1]
	}
	if found {
		i++
	}
	if i < len(all) {
		after = &all[i]
	}
	return before, after
}

// shelf yields what is published of one shelf.
func (p *press) shelf(ctx context.Context, s store.Shelf) files {
	switch s.Kind {
	case store.Month:
		return p.month(ctx, s)
	case store.History:
		return p.historyOf(ctx, s)
	case store.Post:
		return p.post(ctx, s)
	}
	folder := folders[s.Kind] + s.Name + "/"
	_, listed := p.listed[s.Name]
	if s.Entries == 0 && (s.Kind != store.Author || !listed) {
		return gone(folder+"index.html", folder+"atom.xml")
	}
	least := planet.InRiver
	if s.Kind == store.Author {
		least = planet.InArchive
	}
	entries, err := p.on(ctx, s, least, p.perShelf())
	if err != nil {
		return failed(err)
	}
	page := render.Shelf{Kind: s.Kind, ID: s.Name, Name: s.Title, Folder: folder, Entries: entries}
	if len(entries) > 0 {
		if page.Earlier, err = p.Store.Headings(ctx, s, least, store.After(entries[len(entries)-1]), max(0, headings-len(entries))); err != nil {
			return failed(err)
		}
	}
	page.More = s.Entries - len(page.Entries) - len(page.Earlier)
	if s.Kind == store.Author {
		page.Name = p.listed[s.Name].Name
	}
	fed, err := p.on(ctx, s, planet.InRiver, p.perFeed())
	if err != nil {
		return failed(err)
	}
	return p.shelfFiles(ctx, page, fed)
}

// folders are where the shelves of a kind are published.
var folders = map[string]string{store.Author: "authors/", store.Tag: "tags/", store.Lang: "lang/", "group": "groups/"}

// perShelf is how many entries the page of a shelf shows.
func (p *press) perShelf() int { return within(p.PerPage) }

// perFeed is how many are in its feed.
func (p *press) perFeed() int { return within(p.FeedEntries) }

// within is a number of entries of which 0 means no limit, for the many pages that a planet has beside the river.
func within(n int) int {
	if n == 0 {
		return store.PerPage
	}
	return n
}

// on reads the newest entries of a shelf, n at most.
func (p *press) on(ctx context.Context, s store.Shelf, least planet.Listing, n int) ([]planet.Entry, error) {
	var out []planet.Entry
	size := 0
	for at := (store.Cursor{}); len(out) < n; {
		entries, next, err := p.Store.On(ctx, s, least, at, n-len(out))
		if err != nil {
			return nil, err
		}
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			out = append(out, p.bounded(e, &size))
		}
		at = next
	}
	return out, p.complete(ctx, out)
}

// shelfFiles are the page and the feed of a shelf.
func (p *press) shelfFiles(ctx context.Context, page render.Shelf, fed []planet.Entry) files {
	entries, shown, err := p.forPage(ctx, page.Folder, page.Entries)
	if err != nil {
		return failed(err)
	}
	if page.Kind != store.Author {
		entries = teasers(entries)
	}
	page.Entries = entries
	feed, carried, err := p.feed(ctx, fed)
	if err != nil {
		return failed(err)
	}
	feed.Title, feed.Page = page.Name+" – "+p.Title, page.Folder
	if page.Kind == store.Lang {
		feed.Title = page.ID + " – " + p.Title
	}
	path := page.Folder + "atom.xml"
	atom, err := syndicate.Atom(feed, path)
	return chain(p.copied(shown), p.copied(carried), one(p.Theme.Shelf(p.site, page)), one(planet.File{Path: path, Data: atom}, err))
}

// groupFiles yields the pages and feeds of groups: in part only of those one of whose authors is stale.
func (p *press) groupFiles(ctx context.Context, part bool) files {
	return func(yield func(planet.File, error) bool) {
		authors := map[string]store.Shelf{}
		for _, s := range p.authors {
			authors[s.Name] = s
		}
		stale := map[string]bool{}
		for _, s := range p.stale {
			stale[s.Name] = stale[s.Name] || s.Kind == store.Author
		}
		for _, g := range p.groups {
			if part && len(p.changed) == 0 && !slices.ContainsFunc(g.feeds, func(id string) bool { return stale[id] }) {
				continue
			}
			var shelves []store.Shelf
			for _, id := range g.feeds {
				if s, ok := authors[id]; ok {
					shelves = append(shelves, s)
				}
			}
			entries, err := p.Store.OnAny(ctx, shelves, p.latest, planet.InRiver, max(p.perShelf(), p.perFeed()))
			size := 0
			for i, e := range entries {
				entries[i] = p.bounded(e, &size)
			}
			if err == nil {
				err = p.complete(ctx, entries)
			}
			made := failed(err)
			if err == nil {
				page := render.Shelf{Kind: "group", ID: g.slug, Name: g.name, Folder: folders["group"] + g.slug + "/", Entries: entries[:min(len(entries), p.perShelf())]}
				made = p.shelfFiles(ctx, page, entries[:min(len(entries), p.perFeed())])
			}
			for f, err := range made {
				if !yield(f, err) || err != nil {
					return
				}
			}
		}
	}
}

// month yields a page of the archive and what searches it; and the pages of its posts when all are made.
func (p *press) month(ctx context.Context, s store.Shelf) files {
	m := monthPage(s)
	shard, err := render.SearchShard(p.site, m, nil)
	if err != nil {
		return failed(err)
	}
	if s.Entries == 0 {
		return gone(s.Folder()+"index.html", shard.Path)
	}
	entries, err := p.on(ctx, s, planet.InArchive, store.PerPage)
	if err != nil {
		return failed(err)
	}
	slices.Reverse(entries)
	entries, used, err := p.forPage(ctx, s.Folder(), entries)
	if err != nil {
		return failed(err)
	}
	page := render.Month{MonthPage: m, List: entries}
	before, after := neighbours(p.months, s)
	page.Before, page.After = monthPointer(before), monthPointer(after)
	return chain(p.copied(used), one(p.Theme.Month(p.site, page)), one(render.SearchShard(p.site, m, entries)))
}

func monthPointer(s *store.Shelf) *render.MonthPage {
	if s == nil {
		return nil
	}
	m := monthPage(*s)
	return &m
}

func monthPage(s store.Shelf) render.MonthPage {
	t, _ := time.Parse("2006/01", s.Name) // as the store writes it
	return render.MonthPage{Year: t.Year(), Month: t.Month(), Page: s.Number, Entries: s.Entries}
}

func historyPath(s *store.Shelf) string {
	if s == nil {
		return ""
	}
	return "history/" + strconv.Itoa(s.Number) + ".xml"
}

// historyOf yields one document of the combined feed's history (RFC 5005 §4).
func (p *press) historyOf(ctx context.Context, s store.Shelf) files {
	path := historyPath(&s)
	if s.Entries == 0 {
		return gone(path)
	}
	entries, err := p.on(ctx, s, planet.InHistory, store.PerPage)
	if err != nil {
		return failed(err)
	}
	feed, used, err := p.feed(ctx, entries)
	if err != nil {
		return failed(err)
	}
	before, after := neighbours(p.history, s)
	feed.Archive, feed.Current, feed.Prev, feed.Next = true, "atom.xml", historyPath(before), historyPath(after)
	data, err := syndicate.Atom(feed, path)
	return chain(p.copied(used), one(planet.File{Path: path, Data: data}, err))
}

// post yields the page of one post, if there is to be one.
func (p *press) post(ctx context.Context, s store.Shelf) files {
	path := "p/" + render.Anchor(s.Name) + "/index.html"
	e, ok, err := p.Store.PublishedAs(ctx, s.Name)
	if err != nil {
		return failed(err)
	}
	if !ok || !p.Posts {
		return gone(path)
	}
	size := 0
	entries := []planet.Entry{p.bounded(e, &size)}
	if err := p.complete(ctx, entries); err != nil {
		return failed(err)
	}
	return p.posts(ctx, entries)
}

// posts yields the pages of posts.
func (p *press) posts(ctx context.Context, entries []planet.Entry) files {
	entries, used, err := p.forPage(ctx, "p/x/", entries)
	if err != nil {
		return failed(err)
	}
	return chain(p.copied(used), func(yield func(planet.File, error) bool) {
		for _, e := range entries {
			if f, err := p.Theme.Post(p.site, e, p.gone(e.FeedID)); !yield(f, err) || err != nil {
				return
			}
		}
	})
}
