package selection

import "cmp"

// A post is what a group of entries is about. The entry that stands for it is credited; -1 none: all are hidden.
type post struct {
	credited int32
	score    int   // of the credited
	first    int32 // the entry that was shown first, be it hidden by now; -1 none was
}

// together hides all entries of a post but one, and settles the post's date and id.
func (c *court) together() {
	c.atlas = newAtlas(c.Feeds)
	c.gather(c.group())
	for n := range c.entries {
		i := int32(n)
		p := &c.posts[c.root[i]]
		c.unpublish(i, p)
		if c.shown(i) {
			c.credit(i, p)
		}
	}
	for n := range c.entries {
		i := int32(n)
		if by := c.posts[c.root[i]].credited; by != i && c.shown(i) {
			c.out[i].Original = c.entries[by].Seq
			c.hide(i, Duplicate, c.duplicateDetail(i, by))
		}
	}
	c.name()
	c.stay()
}

// gather makes posts of groups.
func (c *court) gather(s sets) {
	c.root = make([]int32, len(c.entries))
	c.posts = make([]post, len(c.entries))
	for i := range c.posts {
		c.posts[i] = post{credited: -1, first: -1}
	}
	for n := range c.entries {
		i := int32(n)
		c.root[i] = s.root(i)
		p := &c.posts[c.root[i]]
		if !c.entries[i].Shown.IsZero() && (p.first < 0 || c.earlier(i, p.first) < 0) {
			p.first = i
		}
	}
}

// unpublish hides an entry that would take over the id of a post which the maintainer hides by that id.
func (c *court) unpublish(i int32, p *post) {
	if p.first < 0 || c.entries[i].As != "" || !c.shown(i) {
		return
	}
	if h, ok := c.hides.exact[c.entries[p.first].As]; ok {
		c.hide(i, Hide, c.hideDetail(h))
	}
}

// credit lets entry i stand for its post if it has a better claim to it than those before.
func (c *court) credit(i int32, p *post) {
	score := c.score(i)
	if p.credited < 0 || cmp.Or(cmp.Compare(p.score, score), c.earlier(i, p.credited)) < 0 {
		p.credited, p.score = i, score
	}
}

// stay keeps a post that was shown before where it was, whoever stands for it now: it is sorted by the earliest date of those
// that went under its id, and not later than what was shown first.
func (c *court) stay() {
	for n := range c.entries {
		i, e, p := int32(n), &c.entries[n], c.posts[c.root[n]]
		if p.credited < 0 || p.credited == i || e.Shown.IsZero() {
			continue
		}
		if v := &c.out[p.credited]; (i == p.first || e.As == v.As) && c.out[i].At.Before(v.At) {
			v.At = c.out[i].At
		}
	}
}

// score is how much speaks for an entry being the original of its post: 2 it is on the site of its feed, 1 it may be, 0 it
// says that it comes from elsewhere.
func (c *court) score(i int32) int {
	e := &c.entries[i]
	switch {
	case c.atlas.foreign(e):
		return 0
	case c.atlas.home(e):
		return 2
	}
	return 1
}

// earlier orders entries by who was shown first. A claimed date says nothing against that; it counts only among those
// that were never shown, or at the same time.
func (c *court) earlier(a, b int32) int {
	x, y := &c.entries[a], &c.entries[b]
	if never := x.Shown.IsZero(); never != y.Shown.IsZero() {
		if never {
			return 1
		}
		return -1
	}
	return cmp.Or(x.Shown.Compare(y.Shown), c.out[a].At.Compare(c.out[b].At), cmp.Compare(x.Seq, y.Seq))
}

// name gives each credited entry the id under which it is published: that under which it, or else its post, was published
// before. An id that an entry has from the store is for its own post alone: when a group falls apart, it is of no use to the
// others. An id that no entry has goes to one post, the one that was shown first.
func (c *court) name() {
	wanted := map[string]int32{} // which entry may have the id; ids that are not the entry's own
	for _, p := range c.posts {
		if p.credited < 0 {
			continue
		}
		e, v := &c.entries[p.credited], &c.out[p.credited]
		if v.As = e.As; v.As == "" && p.first >= 0 {
			v.As = c.entries[p.first].As
		}
		if v.As = cmp.Or(v.As, e.PublishedID); v.As == e.PublishedID {
			continue
		}
		if rival, ok := wanted[v.As]; !ok || c.earlier(c.oldest(p.credited), c.oldest(rival)) < 0 {
			wanted[v.As] = p.credited
		}
	}
	if len(wanted) == 0 {
		return
	}
	owners := map[string]int32{}
	for n := range c.entries {
		if _, ok := wanted[c.entries[n].PublishedID]; ok {
			owners[c.entries[n].PublishedID] = int32(n)
		}
	}
	for _, p := range c.posts {
		if p.credited < 0 {
			continue
		}
		e, v := &c.entries[p.credited], &c.out[p.credited]
		owner, owned := owners[v.As]
		if owned && c.root[owner] != c.root[p.credited] || !owned && v.As != e.PublishedID && wanted[v.As] != p.credited {
			v.As = e.PublishedID
		}
	}
}

// oldest is the entry that was shown first of the post that entry i is credited for, or i itself.
func (c *court) oldest(i int32) int32 {
	if first := c.posts[c.root[i]].first; first >= 0 {
		return first
	}
	return i
}
