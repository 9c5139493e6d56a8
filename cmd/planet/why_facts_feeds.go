package main

import (
	"cmp"
	"context"
	"net/url"
	"path"
	"slices"
	"strings"

	"planet/internal/planet"
	"planet/internal/selection"
	"planet/internal/store"
)

const (
	feedsNamed  = 10 // feeds of one host that are told of
	newestNamed = 5  // entries of a feed
)

// spellings are the forms in which an address may be meant: people leave out https://.
func spellings(what string) []string {
	host, _, _ := strings.Cut(what, "/")
	if strings.Contains(what, "://") || !strings.Contains(host, ".") || hostOf("https://"+what) == "" {
		return []string{what}
	}
	return []string{what, "https://" + what}
}

// address is what was asked as an address, if it is one.
func address(what string) string {
	all := spellings(what)
	return all[len(all)-1]
}

// hostOf is an address's host and unusual port, in lower case and without www.; "" when it has none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	return host
}

// addresses are those by which a feed is known: its own, now and before, and its blog's.
func (f *tracedFeed) addresses() []string {
	return slices.DeleteFunc([]string{f.URL, f.Site, f.state.Site, f.state.URL, f.state.FetchURL, f.state.MovedTo}, func(s string) bool { return s == "" })
}

// named are the feeds that a name, an id or a feed's or blog's address means. A bare host means all feeds there.
func (t *tracer) named(what string) (ids []string) {
	if f, ok := feedNamed(t.cfg.Feeds, what); ok {
		return []string{f.ID}
	}
	if _, ok := t.feeds[what]; ok { // also one that is no longer listed
		return []string{what}
	}
	asked := address(what)
	page, host := planet.Canonical(asked), hostOf(asked)
	if strings.ContainsAny(asked, " %") { // then page may be "" because the address is broken
		host = ""
	}
	for _, id := range t.order {
		f := t.feeds[id]
		if slices.ContainsFunc(f.addresses(), func(a string) bool {
			return page != "" && planet.Canonical(a) == page || page == "" && host != "" && hostOf(a) == host
		}) {
			ids = append(ids, id)
		}
	}
	return t.owners(ids)
}

// owners are feeds without those that have the same document as another of them.
func (t *tracer) owners(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(ids, t.feeds[id].state.DuplicateOf) })
}

// atHost are the feeds that an address could be a post of: those of its host, and among them those of the blog that it
// lies in.
func (t *tracer) atHost(what string) (ids []string) {
	asked := address(what)
	host, best := hostOf(asked), 0
	for _, id := range t.order {
		f, rank := t.feeds[id], 0
		for _, a := range f.addresses() {
			if host != "" && hostOf(a) == host {
				rank = max(rank, 1+within(asked, a))
			}
		}
		if rank > best {
			ids, best = nil, rank
		}
		if rank == best && rank > 0 {
			ids = append(ids, id)
		}
	}
	return t.owners(ids)
}

// unread are the names of listed feeds whose blogs nobody knows yet.
func (t *tracer) unread() (names []string) {
	for _, id := range t.order {
		if f := t.feeds[id]; f.listed && f.Site == "" && f.state.Site == "" && f.health.lastSuccess.IsZero() {
			names = append(names, f.Name)
		}
	}
	return names
}

// within is how many folders of a blog's address, its host included, an address of that host lies in: 0 if it isn't below
// the blog.
func within(address, blog string) int {
	a, b := planet.Canonical(address), planet.Canonical(blog)
	switch {
	case b == "": // the host's front page
		return 1
	case path.Ext(b) == "" && strings.HasPrefix(a, b+"/"):
		return 1 + strings.Count(b, "/")
	}
	return 0
}

// has traces feeds with what they have now.
func (t *tracer) has(ctx context.Context, ids []string) (out []tracedFeed, err error) {
	for _, id := range ids {
		f := t.feeds[id]
		if t.db != nil {
			rows, err := t.db.Listed(ctx, id, all)
			if err != nil {
				return nil, err
			}
			f.total = len(rows)
			if f.newest, err = t.db.Entries(ctx, rows[:min(len(rows), newestNamed)]); err != nil {
				return nil, err
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// whole traces feeds with what is stored of them, and how it is judged.
func (t *tracer) whole(ctx context.Context, ids []string) ([]tracedFeed, error) {
	feeds, err := t.has(ctx, ids)
	if t.db == nil {
		return feeds, err
	}
	for i := range feeds {
		rows, err := t.db.OfFeed(ctx, feeds[i].ID, all)
		if err != nil {
			return nil, err
		}
		posts, err := t.judge(ctx, rows)
		if err != nil {
			return nil, err
		}
		if err := t.tally(ctx, &feeds[i], posts); err != nil {
			return nil, err
		}
	}
	return feeds, nil
}

// tally counts a feed's posts as they are judged, and takes the newest as an example.
func (t *tracer) tally(ctx context.Context, f *tracedFeed, posts []tracedPost) error {
	slices.SortFunc(posts, func(a, b tracedPost) int { return before(a.verdict, b.verdict) })
	h := &f.health
	h.Entries, h.Hidden = len(posts), map[selection.Reason]int{}
	var example *tracedPost
	for i := range posts {
		p := &posts[i]
		if p.verdict.Reason == "" && f.PerFeed > 0 && h.Shown >= f.PerFeed {
			p.verdict.Reason, p.verdict.Detail = string(selection.PerFeed), selection.PerFeedDetail(f.Feed)
		}
		if r := selection.Reason(p.verdict.Reason); r != "" {
			h.Hidden[r]++
		} else {
			h.Shown++
		}
		if example == nil || example.verdict.Reason != "" && p.verdict.Reason == "" {
			example = p
		}
	}
	if example == nil {
		return nil
	}
	f.example = example
	return t.place(ctx, example)
}

// alike finds a post whose address or title is much like one that wasn't found.
func (t *tracer) alike(ctx context.Context, what string, feeds []tracedFeed) (*store.Linked, error) {
	asked := address(what)
	name := lastPart(asked)
	if t.db == nil || name == "" {
		return nil, nil
	}
	linked, err := t.db.Linked(ctx, hostOf(asked))
	if err != nil {
		return nil, err
	}
	for _, f := range feeds {
		for _, e := range f.newest {
			linked = append(linked, store.Linked{Row: e.Seq, Feed: e.FeedID, Link: e.Link, Title: e.Title})
		}
	}
	var best *store.Linked
	most := 0.5 // less is no likeness
	for i, l := range linked {
		if n := max(likeness(name, lastPart(l.Link)), likeness(name, planet.Slug(l.Title))); n > most {
			best, most = &linked[i], n
		}
	}
	return best, nil
}

// lastPart is the part of an address that names a post, as words with hyphens.
func lastPart(address string) string {
	page := planet.Canonical(address)
	_, rest, _ := strings.Cut(page, "/")
	name := rest[strings.LastIndexByte(rest, '/')+1:]
	return planet.Slug(cmp.Or(strings.TrimSuffix(name, path.Ext(name)), name))
}

// likeness is how many groups of three characters two names share, of all that they have (the Dice coefficient): 1 they are
// equal, 0 they have nothing in common.
func likeness(a, b string) float64 {
	x, y := trigrams(a), trigrams(b)
	if len(x)+len(y) == 0 {
		return 0
	}
	common := 0
	for g := range x {
		if y[g] {
			common++
		}
	}
	return 2 * float64(common) / float64(len(x)+len(y))
}

func trigrams(s string) map[string]bool {
	const longest = 200 // no name of a post is longer
	r := []rune(s)
	out := map[string]bool{}
	for i := 0; i+3 <= min(len(r), longest); i++ {
		out[string(r[i:i+3])] = true
	}
	return out
}
