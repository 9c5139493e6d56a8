package selection

import (
	"cmp"
	"slices"
	"strings"

	"planet/internal/planet"
)

// sets are groups of entries that are found to be the same post (union-find with path halving: near-linear).
type sets []int32

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

func (s sets) root(i int32) int32 {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

func (s sets) join(a, b int32) {
	a, b = s.root(a), s.root(b)
	s[max(a, b)] = min(a, b)
}

// group finds which entries are the same post. All entries take part, whatever hides them. The guid alone says nothing:
// guids such as "1" are in use in many feeds, and anybody may claim anybody's.
func (c *court) group() sets {
	s := newSets(len(c.entries))
	for _, chain := range chains(len(c.entries), func(i int32) int64 { return c.entries[i].TextSum }) {
		for _, i := range chain[1:] {
			s.join(chain[0], i)
		}
	}
	c.sameAddresses(s)
	for _, chain := range chains(len(c.entries), func(i int32) string { return c.entries[i].GUID }) {
		c.sameGUID(s, chain)
	}
	return s
}

// A former is an address that an entry had before, or has beside its canonical one.
type former struct {
	entry   int32
	address string
}

func (c *court) formers() (all []former) {
	for i := range c.entries {
		e := &c.entries[i]
		if len(e.Former) == 0 {
			continue
		}
		had := map[string]bool{}
		for _, id := range e.Former {
			if a := planet.Canonical(id); a != "" && a != e.Canonical && !had[a] {
				had[a] = true
				all = append(all, former{int32(i), a})
			}
		}
	}
	return all
}

// sameAddresses joins entries by the addresses that they have or had.
func (c *court) sameAddresses(s sets) {
	n, formers := int32(len(c.entries)), c.formers()
	address := func(i int32) string {
		if i < n {
			return c.entries[i].Canonical
		}
		return formers[i-n].address
	}
	for _, chain := range chains(len(c.entries)+len(formers), address) {
		for k, i := range chain {
			if i >= n {
				chain[k] = formers[i-n].entry
			}
		}
		c.sameAddress(s, chain)
	}
}

// chains are the entries, of n, that share a key other than its zero value: those of at least two.
func chains[K comparable](n int, key func(i int32) K) map[K][]int32 {
	var zero K
	first, out := make(map[K]int32, n), map[K][]int32{}
	for i := range int32(n) {
		k := key(i)
		if k == zero {
			continue
		}
		before, again := first[k]
		switch {
		case !again:
			first[k] = i
		case out[k] == nil:
			out[k] = []int32{before, i}
		default:
			out[k] = append(out[k], i)
		}
	}
	return out
}

// runs calls do for the entries of each feed in a chain.
func (c *court) runs(chain []int32, do func(run []int32)) {
	slices.SortFunc(chain, func(a, b int32) int {
		return cmp.Or(strings.Compare(c.entries[a].FeedID, c.entries[b].FeedID), cmp.Compare(c.entries[a].Seq, c.entries[b].Seq))
	})
	for len(chain) > 0 {
		n := 1
		for n < len(chain) && c.entries[chain[n]].FeedID == c.entries[chain[0]].FeedID {
			n++
		}
		do(chain[:n])
		chain = chain[n:]
	}
}

// sameAddress joins what shares an address. A feed that has several posts under it, such as a link blog or one whose
// entries all lead to one page, doesn't tell posts apart by address: its entries are joined only to those of its own that
// have the same title as well.
func (c *court) sameAddress(s sets, chain []int32) {
	other := int32(-1) // stands for what the feeds before have there
	c.runs(chain, func(run []int32) {
		if len(run) > 1 && !c.sameTitles(s, run) {
			return
		}
		if other >= 0 {
			s.join(run[0], other)
		}
		other = run[0]
	})
}

// sameTitles joins entries that have the same title, and tells whether these were all.
func (c *court) sameTitles(s sets, run []int32) bool {
	first, untitled := map[string]int32{}, false
	for _, i := range run {
		title := fold(c.entries[i].Title)
		if title == "" {
			untitled = true
			continue
		}
		if j, ok := first[title]; ok {
			s.join(i, j)
			continue
		}
		first[title] = i
	}
	return !untitled && len(first) == 1
}

// fold is a title without what differs between copies of it: case and white space.
func fold(title string) string {
	return strings.Join(strings.Fields(strings.ToLower(title)), " ")
}

// sameGUID joins entries of different feeds that have the same guid if their sources (RFC 4287 §4.2.11) say that they come
// from one another or from the same feed. A feed that has the guid several times doesn't tell posts apart by it.
func (c *court) sameGUID(s sets, chain []int32) {
	var each []int32 // one for each feed
	sourced := false
	c.runs(chain, func(run []int32) {
		if len(run) == 1 {
			each = append(each, run[0])
			sourced = sourced || c.entries[run[0]].Source != nil
		}
	})
	if len(each) < 2 || !sourced {
		return
	}
	there, origin := c.directory(each), map[string]int32{} // origin: an entry for each source that is named
	for _, i := range each {
		e := &c.entries[i]
		if e.Source == nil {
			continue
		}
		from := c.atlas.source(e.Source)
		for _, name := range from.feed {
			if first, ok := origin[name]; ok {
				s.join(i, first)
			} else {
				origin[name] = i
			}
		}
		if c.atlas.foreign(e) {
			there.link(s, i, from, !c.atlas.listed(from))
		}
	}
}

// A directory finds entries that have the same guid by what their feeds are called.
type directory struct {
	names map[string][]int32
	hosts map[string][]int32 // at most two: that is enough to see that it isn't one
}

func (c *court) directory(each []int32) directory {
	d := directory{map[string][]int32{}, map[string][]int32{}}
	for _, i := range each {
		here := c.atlas.of(&c.entries[i])
		for _, name := range here.names {
			d.names[name] = append(d.names[name], i)
		}
		for _, host := range here.hosts {
			if len(d.hosts[host]) < 2 {
				d.hosts[host] = append(d.hosts[host], i)
			}
		}
	}
	return d
}

// link joins entry i to those of the feed that it says it comes from. The host alone tells only if no other feed of these
// entries is there as well, and if it isn't known to be another feed on that host.
func (d directory) link(s sets, i int32, from place, byHost bool) {
	for _, name := range from.names {
		for _, j := range d.names[name] {
			s.join(i, j)
		}
		if len(d.names[name]) > 1 {
			d.names[name] = d.names[name][:1] // all are joined now: one stands for them
		}
	}
	for _, host := range from.hosts {
		if there := d.hosts[host]; byHost && len(there) == 1 {
			s.join(i, there[0])
		}
	}
}
