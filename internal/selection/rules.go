package selection

import (
	"slices"
	"strings"

	"planet/internal/planet"
)

// alone tries what needs no other entry: the reasons from Removed to Deleted. It also sets what each would be sorted by.
func (c *court) alone() {
	for n := range c.entries {
		i, e := int32(n), &c.entries[n]
		c.out[i].Verdict = planet.Verdict{Seq: e.Seq, As: e.As}
		c.out[i].At = planet.Entry{Published: e.Published, FirstSeen: e.FirstSeen}.Date()
		if c.Wait && !e.Published.Before(planet.Earliest) {
			c.out[i].At = e.Published
		}
		feed, listed := c.Feeds[e.FeedID]
		if !listed {
			c.hide(i, Removed, c.removedDetail(e.FeedID))
			continue
		}
		if feed.Paused {
			c.hide(i, Paused, c.pausedDetail(feed))
			continue
		}
		if h, ok := c.hides.find(e); ok {
			c.hide(i, Hide, c.hideDetail(h))
			continue
		}
		if reason, detail := c.filter(e, &feed); reason != "" {
			c.hide(i, reason, detail)
			continue
		}
		switch released := e.Released || e.Arrival.Released; {
		case e.Arrival.Suspect != "" && !released:
			c.hide(i, Suspect, suspectDetail(feed, e.Arrival.Suspect))
		case c.FollowDeletions && !e.Gone.IsZero():
			c.hide(i, Deleted, c.deletedDetail(feed, e.Gone))
		}
	}
}

// filter tries the rules: block before keep, the planet's own before the feed's.
func (c *court) filter(e *planet.Entry, feed *planet.Feed) (Reason, string) {
	r := reader{entry: e}
	for _, list := range [...][]planet.Rule{c.Block, feed.Block} {
		if n := slices.IndexFunc(list, r.matches); n >= 0 {
			return Block, c.blockDetail(list[n])
		}
	}
	for _, list := range [...][]planet.Rule{c.Keep, feed.Keep} {
		if len(list) > 0 && !slices.ContainsFunc(list, r.matches) {
			return Keep, c.keepDetail(list)
		}
	}
	return "", ""
}

// A reader reads an entry for rules.
type reader struct {
	entry *planet.Entry
	flat  string // all that can be read of it, once a rule has asked
}

// matches tells whether the entry passes all tests of a rule.
func (r *reader) matches(rule planet.Rule) bool {
	for _, t := range rule.Tests {
		if !r.passes(t) {
			return false
		}
	}
	return true
}

// passes tries one test; a field of several values passes when any of them does.
func (r *reader) passes(t planet.Test) bool {
	e := r.entry
	switch t.Field {
	case "category":
		return slices.ContainsFunc(e.Tags, t.Pattern.MatchString)
	case "author":
		return slices.ContainsFunc(e.Authors, func(a planet.Person) bool { return t.Pattern.MatchString(a.Name) })
	case "title":
		return t.Pattern.MatchString(e.Title)
	case "link":
		return t.Pattern.MatchString(e.Link)
	case "lang":
		return t.Pattern.MatchString(e.Lang)
	case "text":
		return t.Pattern.MatchString(e.Title) || t.Pattern.MatchString(e.Text)
	case "any":
		return t.Pattern.MatchString(r.all())
	}
	return false
}

// all is title, text, categories and authors, a line each, as Venus flattens an entry for its filters: a pattern may
// span them.
func (r *reader) all() string {
	if r.flat == "" {
		parts := append([]string{r.entry.Title, r.entry.Text}, r.entry.Tags...)
		for _, a := range r.entry.Authors {
			parts = append(parts, a.Name)
		}
		r.flat = strings.Join(parts, "\n")
	}
	return r.flat
}

// hides finds what is hidden on the maintainer's word.
type hides struct {
	exact map[string]*planet.Hide // by id or address as written
	pages map[string]*planet.Hide // by canonical address
}

func indexHides(list []planet.Hide) hides {
	h := hides{exact: map[string]*planet.Hide{}, pages: map[string]*planet.Hide{}}
	for i := range list {
		enter(h.exact, list[i].Link, &list[i])
		enter(h.pages, planet.Canonical(list[i].Link), &list[i])
	}
	return h
}

// enter keeps the first of each key.
func enter(m map[string]*planet.Hide, key string, h *planet.Hide) {
	if _, taken := m[key]; !taken && key != "" {
		m[key] = h
	}
}

// find looks for any name that the entry has or had.
func (h hides) find(e *planet.Entry) (*planet.Hide, bool) {
	if len(h.exact) == 0 {
		return nil, false
	}
	for _, id := range [...]string{e.PublishedID, e.As, e.GUID, e.Link} {
		if found, ok := h.exact[id]; ok {
			return found, true
		}
	}
	for _, id := range e.Former {
		if found, ok := h.exact[id]; ok {
			return found, true
		}
	}
	if len(h.pages) == 0 {
		return nil, false
	}
	for _, page := range [...]string{e.Canonical, planet.Canonical(e.Link)} {
		if found, ok := h.pages[page]; ok {
			return found, true
		}
	}
	for _, id := range e.Former {
		if found, ok := h.pages[planet.Canonical(id)]; ok {
			return found, true
		}
	}
	return nil, false
}
