package selection

import (
	"cmp"
	"slices"
	"time"

	"planet/internal/planet"
)

// backlog is how old an entry of a feed's first fetch must be to go to its date without being counted.
const backlog = 48 * time.Hour

// An arrival names a fetch of a feed.
type arrival struct {
	id   int64
	feed string
}

// flood finds what is too much of one arrival; a single entry never is. It counts what waits for its time too, so that time alone changes nothing.
func (c *court) flood() {
	came := chains(len(c.entries), func(i int32) arrival {
		e := &c.entries[i]
		if !c.shown(i) || c.Feeds[e.FeedID].Flood <= 0 || !counts(e, c.out[i].At) {
			return arrival{}
		}
		return arrival{e.Arrival.ID, e.FeedID}
	})
	c.flooded, c.came = map[int32]bool{}, map[arrival]int{}
	for key, all := range came {
		slots := c.slots(all[0])
		if len(all) <= slots {
			continue
		}
		slices.SortFunc(all, c.firstServed)
		c.came[key] = len(all)
		for _, i := range all[slots:] {
			c.flooded[i] = true
		}
	}
}

// counts tells whether an entry that is sorted by at takes a slot of its arrival.
func counts(e *planet.Entry, at time.Time) bool {
	a := &e.Arrival
	if a.ID == 0 || a.Founding || a.Released || e.Released {
		return false
	}
	return !a.First || at.After(e.FirstSeen.Add(-backlog))
}

// slots is how many of the arrival that brought entry i are shown.
func (c *court) slots(i int32) int {
	e := &c.entries[i]
	days := e.Arrival.Days
	if e.Arrival.First {
		days = 1
	}
	return c.Feeds[e.FeedID].Flood * max(1, days)
}

// firstServed orders the entries of an arrival by who has a slot: first those whose post was shown before, so that nothing
// takes it away from them; then the newest.
func (c *court) firstServed(a, b int32) int {
	known := func(i int32) int {
		if c.posts[c.root[i]].first >= 0 {
			return 0
		}
		return 1
	}
	return cmp.Or(known(a)-known(b), newer(&c.out[a].Verdict, &c.out[b].Verdict))
}
