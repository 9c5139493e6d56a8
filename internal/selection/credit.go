package selection

import (
	"cmp"
	"slices"
	"time"

	"planet/internal/planet"
)

// unchecked is how much earlier than it was first seen a date may lie and still be as good as seen.
const unchecked = 48 * time.Hour

// A post is what a group of entries is about. The entry that stands for it is credited; -1 none: all are hidden.
type post struct {
	credited int32
	first    int32 // the entry that was shown first, be it hidden by now; -1 none was
}

// together hides entries that are the same post as a better one, and settles the posts' dates and ids.
func (c *court) together() {
	c.atlas = newAtlas(c.Feeds, c.Claimed)
	k := c.kin()
	c.rate(k)
	c.unpublish(k)
	heads, through := c.heads(k)
	c.gather(k, heads, through)
	for n := range c.entries {
		i := int32(n)
		if by := c.root[i]; by != i && c.shown(i) {
			c.out[i].Original = c.entries[by].Seq
			c.hide(i, Duplicate, c.duplicateDetail(i, by))
		}
	}
	c.name()
	c.stay()
}

// rate scores the entries that are alike to others.
func (c *court) rate(k *kin) {
	c.scores = make([]int, len(c.entries))
	for i, ties := range k.ties {
		if len(ties) > 0 {
			c.scores[i] = c.score(&c.entries[i])
		}
	}
}

// score is how much speaks for an entry being the original of its post: 3 it is on the site of its feed, 2 its document says
// that this is its site, 1 it may be, 0 it says that it comes from elsewhere.
func (c *court) score(e *planet.Entry) int {
	if c.atlas.foreign(e) {
		return 0
	}
	return 1 + c.atlas.home(e)
}

// unpublish hides copies of a post that the maintainer hides by the id under which it was published. What has a better claim
// to the post is not a copy; it only doesn't get that id.
func (c *court) unpublish(k *kin) {
	if len(c.hides.exact) == 0 {
		return
	}
	scores, first := map[int32]int{}, map[int32]*planet.Hide{} // of slots: the highest score there, the first that hides
	for i, ties := range k.ties {
		h, ok := c.hides.exact[c.entries[i].As]
		if !ok || c.entries[i].Shown.IsZero() {
			continue
		}
		for _, t := range ties {
			if before, ok := first[t.in]; !ok || h.Line < before.Line {
				first[t.in] = h
			}
			scores[t.in] = max(scores[t.in], c.scores[i])
		}
	}
	for n, ties := range k.ties {
		i, by := int32(n), (*planet.Hide)(nil)
		for _, t := range ties {
			if h := first[t.sees]; h != nil && scores[t.sees] >= c.scores[i] && (by == nil || h.Line < by.Line) {
				by = h
			}
		}
		if by != nil && c.entries[i].As == "" && c.shown(i) {
			c.hide(i, Hide, c.hideDetail(by))
		}
	}
}

// heads finds which entries stand for posts: one after the other, those with the best claim first, each that isn't alike to
// one before. So every other one is alike to one that stands, and nothing ties posts that aren't alike themselves. What is
// hidden stands for nothing. Given is the head that is seen in each slot of k, the best where there are several; and the heads
// of entries that say themselves that they come from elsewhere, and are alike to an entry that another stands for: they go
// with it, which hides nobody else's.
func (c *court) heads(k *kin) (heads []int32, through map[int32]int32) {
	var order []int32
	for n, ties := range k.ties {
		if i := int32(n); len(ties) > 0 && c.shown(i) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(c.scores[b], c.scores[a]), c.earlier(a, b))
	})
	heads, through = make([]int32, k.slots), map[int32]int32{}
	behind := make([]int32, k.slots) // the head of an entry in that slot that isn't one
	for s := range heads {
		heads[s], behind[s] = -1, -1
	}
	for _, i := range order {
		if h := c.head(i, k.ties[i], heads); h != i {
			for _, t := range k.ties[i] {
				if c.scores[i] > 0 {
					behind[t.in] = h
				}
			}
			continue
		}
		if n := slices.IndexFunc(k.ties[i], func(t tie) bool { return behind[t.sees] >= 0 }); n >= 0 && c.scores[i] == 0 {
			through[i] = behind[k.ties[i][n].sees]
			continue
		}
		for _, t := range k.ties[i] {
			if heads[t.in] < 0 || c.nearer(i, heads[t.in]) < 0 {
				heads[t.in] = i
			}
		}
	}
	return heads, through
}

// nearer orders heads by which one other entries go with. That something was shown has no say in it, so that they stay
// where they are when it is.
func (c *court) nearer(a, b int32) int {
	return cmp.Or(cmp.Compare(c.scores[b], c.scores[a]), c.out[a].At.Compare(c.out[b].At), cmp.Compare(c.entries[a].Seq, c.entries[b].Seq))
}

// gather makes posts of heads and of what is alike to them. What is alike to several goes with the one that has its id.
func (c *court) gather(k *kin, heads []int32, through map[int32]int32) {
	c.root = make([]int32, len(c.entries))
	c.posts = make([]post, len(c.entries))
	for n := range c.entries {
		i := int32(n)
		c.root[i] = c.head(i, k.ties[i], heads)
		if h, ok := through[i]; ok {
			c.root[i] = h
		}
		c.posts[i] = post{credited: -1, first: -1}
		if c.root[i] == i && c.shown(i) {
			c.posts[i].credited = i
		}
	}
	for n := range c.entries {
		i := int32(n)
		p := &c.posts[c.root[i]]
		if !c.entries[i].Shown.IsZero() && (p.first < 0 || c.earlier(i, p.first) < 0) {
			p.first = i
		}
	}
}

// head is the entry that stands for entry i: i itself if it is one, as those are not alike, or if there is none.
func (c *court) head(i int32, ties []tie, heads []int32) int32 {
	best, as := int32(-1), c.entries[i].As
	other := func(h int32) int { // 1: it is published under another id than entry i was
		if as != "" && cmp.Or(c.entries[h].As, c.entries[h].PublishedID) == as {
			return 0
		}
		return 1
	}
	for _, t := range ties {
		if h := heads[t.sees]; h >= 0 && (best < 0 || cmp.Or(other(h)-other(best), c.nearer(h, best)) < 0) {
			best = h
		}
	}
	if best < 0 {
		return i
	}
	return best
}

// stay keeps a post that was shown before where it was, whoever stands for it now: it is sorted by the earliest date of those
// that went under its id, and not later than what was shown first. But a date long ago, that only somebody claims who has
// less to do with the post, would bury it: when that was first seen, is what is known.
func (c *court) stay() {
	for n := range c.entries {
		i, e, p := int32(n), &c.entries[n], c.posts[c.root[n]]
		if p.credited < 0 || p.credited == i || e.Shown.IsZero() {
			continue
		}
		at := c.out[i].At
		if c.scores[i] < c.scores[p.credited] && at.Before(e.FirstSeen.Add(-unchecked)) {
			at = e.FirstSeen
		}
		if v := &c.out[p.credited]; (i == p.first || e.As == v.As) && at.Before(v.At) {
			v.At = at
		}
	}
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
// before, unless the maintainer hides that id. An id that an entry has from the store is for its own post alone: when a group
// falls apart, it is of no use to the others. An id that no entry has goes to one post, the one that was shown first.
func (c *court) name() {
	wanted := map[string]int32{} // which entry may have the id; ids that are not the entry's own
	for _, p := range c.posts {
		if p.credited < 0 {
			continue
		}
		e, v := &c.entries[p.credited], &c.out[p.credited]
		if v.As = e.As; v.As == "" && p.first >= 0 {
			if v.As = c.entries[p.first].As; c.hides.exact[v.As] != nil {
				v.As = ""
			}
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
