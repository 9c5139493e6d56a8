// Package selection decides which stored entries the planet shows, and says why it hides the others.
//
// The reasons are tried in the order of the list in reason.go; the first that holds is given. Nothing else in the
// program hides an entry.
package selection

import (
	"fmt"
	"time"

	"planet/internal/planet"
)

// Rules are what feeds.yaml says of what is shown.
type Rules struct {
	Feeds       map[string]planet.Feed // by id; entries of other feeds are hidden as Removed
	Hide        []planet.Hide
	Keep, Block []planet.Rule // the planet's own, beside those of each feed
	MaxAge      time.Duration // 0: no limit
	Wait        bool          // entries dated in the future wait for their time
}

// A Choice tells every entry that was given: len(Shown) + len(Hidden) is their number.
type Choice struct {
	Shown  []planet.Entry // in the order given
	Hidden []Hidden
	Until  time.Time // when time alone will change the choice; zero: never
}

// Hidden is an entry that isn't shown.
type Hidden struct {
	Entry  planet.Entry
	Reason Reason
	Detail string // what exactly, and where it is set
}

// Choose divides entries, newest first, into shown and hidden. It is pure.
func Choose(entries []planet.Entry, rules Rules, now time.Time) Choice {
	return NewJudge(rules, now).Choose(entries)
}

// A Judge chooses from a river that comes in pieces: entries chosen before count for what is said of a feed's later ones.
type Judge struct {
	Rules
	now   time.Time
	until time.Time
	shown map[string]int // entries shown of each feed so far
	hide  map[string]planet.Hide
}

// NewJudge is a judge at the river's beginning.
func NewJudge(rules Rules, now time.Time) *Judge {
	j := &Judge{Rules: rules, now: now, shown: map[string]int{}, hide: map[string]planet.Hide{}}
	for _, h := range rules.Hide {
		j.hide[h.Link] = h
	}
	return j
}

// Choose judges the next piece of the river. Until is of all pieces so far.
func (j *Judge) Choose(entries []planet.Entry) Choice {
	var c Choice
	for _, e := range entries {
		reason, detail := j.reason(e)
		if reason != "" {
			c.Hidden = append(c.Hidden, Hidden{e, reason, detail})
			continue
		}
		j.shown[e.FeedID]++
		c.Shown = append(c.Shown, e)
	}
	c.Until = j.until
	return c
}

// reason is why e is hidden, or "".
func (j *Judge) reason(e planet.Entry) (Reason, string) {
	feed, ok := j.Feeds[e.FeedID]
	if !ok {
		return Removed, fmt.Sprintf("no feed with the id %q is listed", e.FeedID)
	}
	if feed.Paused {
		return Paused, fmt.Sprintf("the feed %q is paused", feed.Name)
	}
	for _, id := range []string{e.Link, e.PublishedID, e.GUID} {
		if h, ok := j.hide[id]; ok && id != "" {
			return Hide, fmt.Sprintf("line %d hides it: %s", h.Line, h.Why)
		}
	}
	for _, list := range [][]planet.Rule{j.Block, feed.Block} {
		if r, ok := first(list, e); ok {
			return Block, fmt.Sprintf("line %d blocks %s matching %s", r.Line, r.Field, r.Pattern)
		}
	}
	for _, list := range [][]planet.Rule{j.Keep, feed.Keep} {
		if _, ok := first(list, e); !ok && len(list) > 0 {
			return Keep, fmt.Sprintf("none of the keep rules from line %d on matches", list[0].Line)
		}
	}
	if reason, detail := j.time(e); reason != "" {
		return reason, detail
	}
	if feed.PerFeed > 0 && j.shown[e.FeedID] >= feed.PerFeed {
		return PerFeed, fmt.Sprintf("the feed has %d newer entries, as many as are shown at once", feed.PerFeed)
	}
	return "", ""
}

func (j *Judge) time(e planet.Entry) (Reason, string) {
	if due := e.Published.Add(-planet.ClockSlack); j.Wait && due.After(j.now) {
		j.changes(due)
		return Future, "its date is " + e.Published.UTC().Format(time.RFC3339)
	}
	if j.MaxAge > 0 {
		end := e.Date().Add(j.MaxAge)
		if !end.After(j.now) {
			return MaxAge, "it is from " + e.Date().UTC().Format(time.DateOnly)
		}
		j.changes(end)
	}
	return "", ""
}

// changes notes a moment at which the choice will be another one.
func (j *Judge) changes(at time.Time) {
	if j.until.IsZero() || at.Before(j.until) {
		j.until = at
	}
}

func first(rules []planet.Rule, e planet.Entry) (planet.Rule, bool) {
	for _, r := range rules {
		if matches(r, e) {
			return r, true
		}
	}
	return planet.Rule{}, false
}

// matches tries a rule on its field; a field of several values matches when any does.
func matches(r planet.Rule, e planet.Entry) bool {
	switch r.Field {
	case "category":
		for _, t := range e.Tags {
			if r.Pattern.MatchString(t) {
				return true
			}
		}
	case "author":
		for _, a := range e.Authors {
			if r.Pattern.MatchString(a.Name) {
				return true
			}
		}
	case "title":
		return r.Pattern.MatchString(e.Title)
	case "link":
		return r.Pattern.MatchString(e.Link)
	case "lang":
		return r.Pattern.MatchString(e.Lang)
	case "text":
		return r.Pattern.MatchString(e.Title) || r.Pattern.MatchString(e.Text)
	}
	return false
}
