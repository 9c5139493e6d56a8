// Package selection decides which stored entries the planet shows, and says why it hides the others.
//
// The reasons are tried in the order of the list in reason.go; the first that holds is given. Nothing else in the
// program hides an entry.
//
// A verdict follows from the entry, the rules, the time, and those other entries that are tied to it: by a common arrival
// (unless that is exempt from the flood rule), a common address (Canonical, or what planet.Canonical makes of Former),
// TextSum, GUID, or an id that is PublishedID or As of both. Judging all that are tied to each other, directly or through
// others, gives the same verdicts as judging the whole store.
package selection

import (
	"cmp"
	"slices"
	"time"

	"planet/internal/planet"
)

// Rules are what feeds.yaml says of what is shown.
type Rules struct {
	Feeds           map[string]planet.Feed // by id; entries of other feeds are hidden as Removed. Site is what feeds.yaml says
	Claimed         map[string]string      // by feed id: the host of the site that the feed's own document claims
	Hide            []planet.Hide
	Keep, Block     []planet.Rule // the planet's own, beside those of each feed
	MaxAge          time.Duration // 0: no limit
	Wait            bool          // entries dated in the future wait for their time
	FollowDeletions bool          // entries that their feed has taken out are hidden
	File            string        // what feeds.yaml is called in details; "" means feeds.yaml
}

// A Judgement is a verdict and its grounds.
type Judgement struct {
	planet.Verdict
	Detail string // for a hidden entry: what exactly hides it, where that is set, and what to change
}

// A Choice tells every entry that was given: len(Shown) + len(Hidden) is their number.
type Choice struct {
	Shown  []planet.Entry // newest first; each with At, and with PublishedID as it is published
	Hidden []Hidden       // newest first; each with At
	Until  time.Time      // when time alone will change the choice; zero: never
}

// Hidden is an entry that isn't shown.
type Hidden struct {
	Entry  planet.Entry
	Reason Reason
	Detail string // as in Judgement
}

// Judge gives a judgement for each entry, in the order given; it does not matter for them. All reasons are tried but
// PerFeed, which is a matter of the whole river. Of the verdict, As is the id under which the entry is published if it is
// shown, or would be but for Future, Flood or MaxAge; of others it is the entry's own As. At of an entry may only be looked
// at in the verdict: what At holds already doesn't count.
func Judge(entries []planet.Entry, rules Rules, now time.Time) []Judgement {
	c := newCourt(entries, rules, now)
	c.alone()
	c.together()
	c.flood()
	c.time()
	for i := range c.out {
		c.out[i].Listing = Reason(c.out[i].Reason).Listing()
	}
	return c.out
}

// Choose divides entries into shown and hidden. It is pure, and the order of the entries does not matter.
func Choose(entries []planet.Entry, rules Rules, now time.Time) Choice {
	judged := Judge(entries, rules, now)
	order := make([]int32, len(entries))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return newer(&judged[a].Verdict, &judged[b].Verdict) })
	var c Choice
	c.Shown = make([]planet.Entry, 0, len(entries))
	perFeed := map[string]int{}
	for _, i := range order {
		e, j := &entries[i], &judged[i]
		if !j.Until.IsZero() && (c.Until.IsZero() || j.Until.Before(c.Until)) {
			c.Until = j.Until
		}
		reason, detail := Reason(j.Reason), j.Detail
		if feed := rules.Feeds[e.FeedID]; reason == "" && feed.PerFeed > 0 {
			perFeed[e.FeedID]++
			if perFeed[e.FeedID] > feed.PerFeed {
				reason, detail = PerFeed, PerFeedDetail(feed)
			}
		}
		if reason != "" {
			c.Hidden = append(c.Hidden, Hidden{*e, reason, detail})
			c.Hidden[len(c.Hidden)-1].Entry.At = j.At
			continue
		}
		c.Shown = append(c.Shown, *e)
		shown := &c.Shown[len(c.Shown)-1]
		shown.At, shown.PublishedID = j.At, j.As
	}
	return c
}

// newer orders verdicts as the river is: newest first, and of the same moment what came last.
func newer(a, b *planet.Verdict) int {
	return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Seq, a.Seq))
}

// A court judges entries. Its steps build on each other: what one step hides, the later ones leave alone.
type court struct {
	Rules
	now     time.Time
	entries []planet.Entry
	out     []Judgement // of entries[i]
	hides   hides
	atlas   *atlas
	scores  []int           // how much speaks for entries[i] being an original
	root    []int32         // the entry that entries[i] is the same post as; itself if it stands for itself or alone
	posts   []post          // by root
	flooded map[int32]bool  // what is beyond the limit of its arrival
	came    map[arrival]int // how many came at once, where that is too many
}

func newCourt(entries []planet.Entry, rules Rules, now time.Time) *court {
	return &court{Rules: rules, now: now, entries: entries, out: make([]Judgement, len(entries)), hides: indexHides(rules.Hide)}
}

// hide hides entry i.
func (c *court) hide(i int32, r Reason, detail string) {
	c.out[i].Reason, c.out[i].Detail = string(r), detail
}

// shown tells whether nothing has hidden entry i so far.
func (c *court) shown(i int32) bool {
	return c.out[i].Reason == ""
}

// time hides what is to come and what is past, among what is left, and says until when a verdict holds.
func (c *court) time() {
	for n := range c.entries {
		i := int32(n)
		if !c.shown(i) {
			continue
		}
		v := &c.out[i].Verdict
		waits := v.At.After(c.entries[i].FirstSeen) // as only Wait lets a date be
		due, end := v.At.Add(-planet.ClockSlack), v.At.Add(c.MaxAge)
		switch {
		case waits && due.After(c.now):
			v.Until = due
			c.hide(i, Future, c.futureDetail(v.At))
		case c.flooded[i]:
			c.hide(i, Flood, c.floodDetail(i))
		case c.MaxAge > 0 && !end.After(c.now):
			c.hide(i, MaxAge, c.maxAgeDetail(v.At))
		case c.MaxAge > 0:
			v.Until = end
		}
	}
}
