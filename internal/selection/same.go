package selection

import (
	"cmp"
	"slices"
	"strings"

	"planet/internal/planet"
)

// kin finds which entries are alike. All entries take part, whatever hides them, so that a post goes on in the place of one
// that is hidden. The guid alone says nothing: guids such as "1" are in use in many feeds, and anybody may claim anybody's.
func (c *court) kin() *kin {
	k := &kin{ties: make([][]tie, len(c.entries))}
	for _, chain := range chains(len(c.entries), func(i int32) int64 { return c.entries[i].TextSum }) {
		k.clique(chain)
	}
	c.sameAddresses(k)
	for _, chain := range chains(len(c.entries), func(i int32) string { return c.entries[i].GUID }) {
		c.sameGUID(k, chain)
	}
	return k
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

// A spot is an entry at an address that it has or had.
type spot struct {
	entry int32
	had   bool
}

// sameAddresses ties entries by the addresses that they have or had.
func (c *court) sameAddresses(k *kin) {
	n, formers := int32(len(c.entries)), c.formers()
	address := func(i int32) string {
		if i < n {
			return c.entries[i].Canonical
		}
		return formers[i-n].address
	}
	for at, chain := range chains(len(c.entries)+len(formers), address) {
		spots := make([]spot, len(chain))
		for m, i := range chain {
			spots[m] = spot{entry: i}
			if i >= n {
				spots[m] = spot{formers[i-n].entry, true}
			}
		}
		c.sameAddress(k, at, spots)
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

// runs calls do for the spots of each feed.
func (c *court) runs(spots []spot, do func(run []spot)) {
	slices.SortFunc(spots, func(a, b spot) int {
		return cmp.Or(strings.Compare(c.entries[a.entry].FeedID, c.entries[b.entry].FeedID), cmp.Compare(c.entries[a.entry].Seq, c.entries[b.entry].Seq))
	})
	for len(spots) > 0 {
		n := 1
		for n < len(spots) && c.entries[spots[n].entry].FeedID == c.entries[spots[0].entry].FeedID {
			n++
		}
		do(spots[:n])
		spots = spots[n:]
	}
}

// sameAddress ties entries that share an address.
//   - A feed that has several posts under it, such as a link blog or one whose entries all lead to one page, doesn't tell posts
//     apart by address: its entries are alike only to those of its own that have the same title as well.
//   - On a host that is no listed feed's, two may have written of the same page. There, the title must be the same too.
//   - So must it for an address that an entry only had before. And it says nothing against a post that is at home there: a feed
//     whose entries go from one address to the next would be the same as all.
func (c *court) sameAddress(k *kin, address string, spots []spot) {
	outside := c.atlas.outside(address)
	moved := slices.ContainsFunc(spots, func(s spot) bool { return s.had })
	var here []int32
	have, had := map[string][]int32{}, map[string][]int32{} // by title
	c.runs(spots, func(run []spot) {
		p := c.onePost(run)
		own := map[string][]int32{}
		for _, s := range run {
			e := &c.entries[s.entry]
			folded := fold(e.Title)
			switch {
			case !p.one || !s.had && !c.shown(s.entry) && !p.hidden && (folded == "" || folded != p.title):
				enlist(own, folded, s.entry)
				continue
			case !s.had && outside:
				enlist(have, folded, s.entry)
			case !s.had:
				here = append(here, s.entry)
			}
			if moved && (s.had || c.atlas.home(e) == 0) {
				enlist(had, folded, s.entry)
			}
		}
		k.cliques(own)
	})
	k.clique(here)
	k.cliques(have)
	k.cliques(had)
}

// A posting is what a feed has under an address.
type posting struct {
	one    bool   // it is a single post, be it there several times
	title  string // of that
	hidden bool   // all of it is
}

// onePost tells whether a feed has one post under an address. What is hidden has no say in that, unless all is.
func (c *court) onePost(run []spot) posting {
	there, hidden := c.visible(run)
	p := posting{one: true, hidden: hidden}
	for n, s := range there {
		title := fold(c.entries[s.entry].Title)
		if n == 0 {
			p.title = title
		} else if title == "" || title != p.title {
			p.one = false
		}
	}
	return p
}

// visible are those of a feed's spots that are there now and not hidden, or all if all are hidden.
func (c *court) visible(run []spot) (there []spot, hidden bool) {
	var all []spot
	for _, s := range run {
		if s.had {
			continue
		}
		all = append(all, s)
		if c.shown(s.entry) {
			there = append(there, s)
		}
	}
	if there == nil {
		return all, true
	}
	return there, false
}

// fold is a title without what differs between copies of it: case and white space.
func fold(title string) string {
	return strings.Join(strings.Fields(strings.ToLower(title)), " ")
}

// enlist adds an entry to those of its title, if it has one.
func enlist(lists map[string][]int32, title string, i int32) {
	if title != "" {
		lists[title] = append(lists[title], i)
	}
}

// sameGUID ties entries of different feeds that have the same guid if their sources (RFC 4287 §4.2.11) say that they come
// from one another or from the same feed. A feed that has the guid several times doesn't tell posts apart by it.
func (c *court) sameGUID(k *kin, chain []int32) {
	if !slices.ContainsFunc(chain, func(i int32) bool { return c.entries[i].Source != nil }) {
		return
	}
	spots := make([]spot, len(chain))
	for m, i := range chain {
		spots[m].entry = i
	}
	var each []int32 // one for each feed
	c.runs(spots, func(run []spot) {
		if seen, _ := c.visible(run); len(seen) == 1 {
			each = append(each, seen[0].entry)
		}
	})
	from := sources{map[string][]int32{}, map[string][]int32{}, map[string][]int32{}}
	for _, i := range each {
		from.add(c, i)
	}
	k.cliques(from.origin)
	named := c.directory(each)
	for name, list := range from.names {
		k.between(list, named.names[name])
	}
	for host, list := range from.hosts {
		if there := named.hosts[host]; len(there) == 1 {
			k.between(list, there)
		}
	}
}

// Sources find entries that have the same guid by where they say that they come from.
type sources struct {
	origin map[string][]int32 // by id or address of the source
	names  map[string][]int32 // by any name of it, where it is another feed
	hosts  map[string][]int32 // by host, where it is another feed, but none that is known
}

func (s *sources) add(c *court, i int32) {
	e := &c.entries[i]
	if e.Source == nil {
		return
	}
	from := c.atlas.source(e.Source)
	for _, name := range from.feed {
		s.origin[name] = append(s.origin[name], i)
	}
	if !c.atlas.foreign(e) {
		return
	}
	for _, name := range from.names {
		s.names[name] = append(s.names[name], i)
	}
	if c.atlas.listed(from) {
		return
	}
	for _, host := range from.hosts {
		s.hosts[host] = append(s.hosts[host], i)
	}
}

// A directory finds entries that have the same guid by what their feeds are called.
type directory struct {
	names map[string][]int32
	hosts map[string][]int32 // a host alone tells only where no other feed of these entries is; at most two: enough to see that
}

func (c *court) directory(each []int32) directory {
	d := directory{map[string][]int32{}, map[string][]int32{}}
	for _, i := range each {
		here := c.atlas.of(&c.entries[i])
		for _, name := range here.names {
			d.names[name] = append(d.names[name], i)
		}
		for _, host := range here.hosts {
			there := d.hosts[host]
			switch {
			case len(there) == 0 || c.shown(i) && !c.shown(there[0]): // what is hidden doesn't stand in the way
				d.hosts[host] = []int32{i}
			case len(there) == 1 && c.shown(i) == c.shown(there[0]):
				d.hosts[host] = append(there, i)
			}
		}
	}
	return d
}
