package main

import (
	"cmp"
	"slices"
	"time"
)

// What has to be on the planet, after the promises that the project makes, in their words. Nothing here asks the program.

// A hold is what a feed's having a post means.
type hold struct {
	blog          *monthBlog
	post          *monthPost
	claimed, seen time.Time // the date it came with, and when it came
	rank          int       // its place in the document then
	fresh         bool      // it came with this run
	flooded       bool      // too many came with it
	deleted       bool      // the feed has taken it out
}

// receive notes what a feed's document brings to the planet.
func (m *month) receive(b *monthBlog) {
	here := map[string]bool{}
	for rank, it := range b.items {
		s := m.standing(b, it.post.token)
		here[it.post.token] = true
		switch {
		case s == nil:
			s = &hold{blog: b, claimed: it.claimed(), seen: m.now(), rank: rank, fresh: true}
			m.expected[it.post.token] = append(m.expected[it.post.token], s)
		case s.claimed.After(s.seen): // a date in the future may be put right
			s.claimed = it.claimed()
		case s.fresh && it.claimed().Before(s.claimed): // twice in one document
			s.claimed = it.claimed()
		}
		s.post = it.post
	}
	for _, p := range b.posts {
		if s := m.standing(b, p.token); s != nil {
			s.deleted = !here[p.token] && p.gone && s.post == p
		}
	}
}

func (m *month) standing(b *monthBlog, token string) *hold {
	for _, s := range m.expected[token] {
		if s.blog == b {
			return s
		}
	}
	return nil
}

// flood applies the rule of floods to what came with this run: in one fetch of a feed at most so many for each whole day
// since the last successful one, the newest; in its first fetch, only what is younger than 48 hours counts. The planet's
// first run is exempt. What is hidden as a copy takes no place.
func (m *month) flood() {
	came := map[*monthBlog][]*hold{}
	for _, all := range m.expected {
		for _, s := range all {
			if !s.fresh {
				continue
			}
			s.fresh = false
			if len(all) == 1 && (s.blog.met || s.at(m).After(m.now().Add(-48*time.Hour))) {
				came[s.blog] = append(came[s.blog], s)
			}
		}
	}
	for _, b := range m.blogs {
		if !b.asked() || !b.readable {
			continue
		}
		days := 1
		if b.met {
			days = max(1, int(m.now().Sub(b.succeeded)/(24*time.Hour)))
		}
		b.met, b.succeeded = true, m.now()
		if m.hour == 0 {
			continue
		}
		slices.SortFunc(came[b], func(x, y *hold) int { return cmp.Or(y.at(m).Compare(x.at(m)), x.rank-y.rank) })
		for i, s := range came[b] {
			s.flooded = i >= monthFlood*days
		}
	}
}

// at is where the post belongs on the river: the date that it came with, never later than when it was first seen, unless
// it waits for its date; and when it was first seen where its date is unknown or absurd.
func (s *hold) at(m *month) time.Time {
	if s.claimed.Year() < 1995 || s.claimed.After(s.seen) && !m.wait {
		return s.seen
	}
	return s.claimed
}

// hidden is why a feed's having a post doesn't put it on the river; "" when it does, or would but for another copy.
func (m *month) hidden(s *hold) string {
	switch {
	case !s.blog.listed():
		return "Removed"
	case s.blog.paused.has(m.hour):
		return "Paused"
	case s.post.spam: // at least three signs tell that it isn't the author's
		return "Suspect"
	case m.follow && s.deleted:
		return "Deleted"
	case m.waits(s):
		return "Future"
	case s.flooded:
		return "Flood"
	}
	return ""
}

func (m *month) waits(s *hold) bool { return s.at(m).After(m.now().Add(2 * time.Minute)) }

// due tells whether time alone has changed the river since the last update.
func (m *month) due() bool {
	for _, all := range m.expected {
		for _, s := range all {
			if at := s.at(m); at.After(s.seen) && !m.waits(s) && at.After(m.last.Add(2*time.Minute)) {
				return true
			}
		}
	}
	return false
}

// river is what has to be on the river, each post once, the newest first, with the holds that put it there.
func (m *month) river() (river [][]*hold) {
	for _, all := range m.expected {
		var shown []*hold
		for _, s := range all {
			if m.hidden(s) == "" {
				shown = append(shown, s)
			}
		}
		if shown != nil {
			slices.SortFunc(shown, func(a, b *hold) int { return a.at(m).Compare(b.at(m)) })
			river = append(river, shown)
		}
	}
	slices.SortFunc(river, func(a, b []*hold) int { return b[0].at(m).Compare(a[0].at(m)) })
	return river
}
