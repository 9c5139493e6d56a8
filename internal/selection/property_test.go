package selection

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
)

// same compares judgements in all but their order.
func same(t *testing.T, what string, entries []planet.Entry, want map[int64]Judgement, got []Judgement) {
	t.Helper()
	for i, j := range got {
		if j.Seq != entries[i].Seq {
			t.Fatalf("%s: judgement %d is of entry %d, not of %d", what, i, j.Seq, entries[i].Seq)
		}
		if w := want[j.Seq]; w != j {
			t.Errorf("%s: entry %d:\n got %+v\nwant %+v", what, j.Seq, j, w)
		}
	}
}

func bySeq(judged []Judgement) map[int64]Judgement {
	out := map[int64]Judgement{}
	for _, j := range judged {
		out[j.Seq] = j
	}
	return out
}

// TestEveryEntryIsAccountedFor holds the law of the package: whatever goes in comes out once, hidden only with a reason
// that has a sentence and with a detail; what is shown is in order, and under ids that differ.
func TestEveryEntryIsAccountedFor(t *testing.T) {
	met := map[Reason]int{}
	eachWorld(t, func(t *testing.T, w *world) {
		c := Choose(w.entries, w.rules, w.now)
		all, ids, perFeed := map[int64]bool{}, map[string]bool{}, map[string]int{}
		for i, e := range c.Shown {
			all[e.Seq] = true
			if ids[e.PublishedID] || e.PublishedID == "" {
				t.Errorf("two are published as %q", e.PublishedID)
			}
			ids[e.PublishedID] = true
			perFeed[e.FeedID]++
			if limit := w.rules.Feeds[e.FeedID].PerFeed; limit > 0 && perFeed[e.FeedID] > limit {
				t.Errorf("more than %d of feed %s", limit, e.FeedID)
			}
			if e.At.IsZero() || i > 0 && (e.At.After(c.Shown[i-1].At) || e.At.Equal(c.Shown[i-1].At) && e.Seq > c.Shown[i-1].Seq) {
				t.Errorf("%d is out of order", e.Seq)
			}
		}
		for _, h := range c.Hidden {
			met[h.Reason]++
			all[h.Entry.Seq] = true
			if h.Reason == "" || h.Detail == "" || h.Reason.Sentence() == string(h.Reason) {
				t.Errorf("%d is hidden without a reason to give: %+v", h.Entry.Seq, h)
			}
		}
		if len(all) != len(w.entries) || len(c.Shown)+len(c.Hidden) != len(w.entries) {
			t.Errorf("%d entries became %d shown and %d hidden", len(w.entries), len(c.Shown), len(c.Hidden))
		}
	})
	for _, r := range []Reason{Removed, Paused, Hide, Block, Keep, Suspect, Deleted, Duplicate, Future, Flood, MaxAge, PerFeed} {
		if met[r] < 50 {
			t.Errorf("the worlds have only %d entries hidden as %s", met[r], r)
		}
	}
}

// TestOrderDoesNotMatter judges shuffled entries, and the same again.
func TestOrderDoesNotMatter(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		want := bySeq(Judge(w.entries, w.rules, w.now))
		same(t, "again", w.entries, want, Judge(w.entries, w.rules, w.now))
		first := fmt.Sprintf("%+v", Choose(w.entries, w.rules, w.now))
		shuffled := slices.Clone(w.entries)
		for i := range shuffled {
			shuffled[i].At = w.hours(-99, 99) // what was decided once has no say
		}
		w.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		same(t, "shuffled", shuffled, want, Judge(shuffled, w.rules, w.now))
		for i := range shuffled {
			shuffled[i].At = time.Time{}
		}
		if fmt.Sprintf("%+v", Choose(shuffled, w.rules, w.now)) != first {
			t.Error("the choice depends on the order")
		}
	})
}

// persist notes what the store keeps of verdicts: when an entry was first shown, and the id it has now.
func persist(entries []planet.Entry, judged []Judgement, now time.Time) []planet.Entry {
	out := slices.Clone(entries)
	for i, j := range judged {
		out[i].At = j.At // as an entry comes back from the store
		if j.Reason != "" {
			continue
		}
		if out[i].As = j.As; out[i].Shown.IsZero() {
			out[i].Shown = now
		}
	}
	return out
}

// TestShowingChangesNothing judges again once what was decided is known to have been shown.
func TestShowingChangesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		judged := Judge(w.entries, w.rules, w.now)
		want := bySeq(judged)
		for i, e := range w.entries { // As of what isn't published is what the entry has
			if j := judged[i]; j.As != e.As && !slices.Contains([]Reason{"", Future, Flood, MaxAge}, Reason(j.Reason)) {
				t.Errorf("%d is hidden as %s but published as %q", e.Seq, j.Reason, j.As)
			}
		}
		entries := persist(w.entries, judged, w.now)
		same(t, "once shown", entries, want, Judge(entries, w.rules, w.now))
	})
}

// TestVerdictsHoldUntil judges at moments up to the first at which a verdict says that it will change, and at that one.
func TestVerdictsHoldUntil(t *testing.T) {
	changes := 0
	eachWorld(t, func(t *testing.T, w *world) {
		judged := Judge(w.entries, w.rules, w.now)
		var until time.Time
		for _, j := range judged {
			if !j.Until.IsZero() && (until.IsZero() || j.Until.Before(until)) {
				until = j.Until
			}
			if !j.Until.IsZero() && !j.Until.After(w.now) {
				t.Errorf("%d: the verdict has passed already: %+v", j.Seq, j)
			}
		}
		if got := Choose(w.entries, w.rules, w.now).Until; !got.Equal(until) {
			t.Errorf("the choice says %v, the verdicts %v", got, until)
		}
		if until.IsZero() {
			same(t, "in ten years", w.entries, bySeq(judged), Judge(w.entries, w.rules, w.now.AddDate(10, 0, 0)))
			return
		}
		for _, later := range []time.Time{w.now.Add(until.Sub(w.now) / 2), until.Add(-time.Nanosecond)} {
			same(t, later.String(), w.entries, bySeq(judged), Judge(w.entries, w.rules, later))
		}
		then := Judge(w.entries, w.rules, until)
		for i, j := range judged {
			if j.Until.Equal(until) {
				changes++
				if then[i].Verdict == j.Verdict {
					t.Errorf("%d: nothing changes at %v", j.Seq, until)
				}
			} else if then[i] != j {
				t.Errorf("%d: changes at another's time", j.Seq)
			}
		}
	})
	if changes < 300 {
		t.Errorf("only %d verdicts change with time", changes)
	}
}

// TestOnePostIsShownOnce looks for entries that must be the same by the plainest of signs, and for originals.
func TestOnePostIsShownOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		judged := Judge(w.entries, w.rules, w.now)
		by, sums := bySeq(judged), map[int64]bool{}
		for i, j := range judged {
			if sum := w.entries[i].TextSum; j.Reason == "" && sum != 0 {
				if sums[sum] {
					t.Errorf("two with the text %d are shown", sum)
				}
				sums[sum] = true
			}
			if Reason(j.Reason) != Duplicate {
				if j.Original != 0 {
					t.Errorf("%d is no duplicate but has an original", j.Seq)
				}
				continue
			}
			original, ok := by[j.Original]
			if !ok || !slices.Contains([]Reason{"", Future, Flood, MaxAge}, Reason(original.Reason)) {
				t.Errorf("%d is the duplicate of %d, which is hidden as %q", j.Seq, j.Original, original.Reason)
			}
		}
	})
}

// TestNothingBridges looks whether each duplicate is itself the same post as its original, by a text, an address or an id that
// they share, and whether it would be one without all that is hidden for reasons of its own.
func TestNothingBridges(t *testing.T) {
	duplicates, left := 0, 0
	eachWorld(t, func(t *testing.T, w *world) {
		w.rules.Hide = nil // it hides copies on purpose
		w.rules.Keep, w.rules.FollowDeletions = nil, false
		judged, byself := bySeq(Judge(w.entries, w.rules, w.now)), map[int64]planet.Entry{}
		var there []planet.Entry
		for _, e := range w.entries {
			byself[e.Seq] = e
			if slices.Contains([]Reason{"", Duplicate, Future, Flood, MaxAge}, Reason(judged[e.Seq].Reason)) {
				there = append(there, e)
			}
		}
		left += len(w.entries) - len(there)
		for _, j := range Judge(there, w.rules, w.now) {
			if was := judged[j.Seq]; (Reason(was.Reason) == Duplicate) != (Reason(j.Reason) == Duplicate) || was.Original != j.Original {
				t.Errorf("%d is %+v, but without what is hidden %+v", j.Seq, was, j)
			}
			if Reason(j.Reason) != Duplicate {
				continue
			}
			duplicates++
			if a, b := byself[j.Seq], byself[j.Original]; !alike(a, b) {
				t.Errorf("%+v is a duplicate of %+v", a, b)
			}
		}
	})
	if duplicates < 150 || left < 500 {
		t.Errorf("only %d duplicates, and %d entries hidden for other reasons", duplicates, left)
	}
}

// alike tells whether anything at all speaks for two entries being the same post.
func alike(a, b planet.Entry) bool {
	addresses := func(e planet.Entry) (out []string) {
		for _, id := range e.Former {
			out = append(out, planet.Canonical(id))
		}
		return slices.DeleteFunc(append(out, e.Canonical), func(s string) bool { return s == "" })
	}
	titled := fold(a.Title) == fold(b.Title) && a.Title != ""
	common := slices.ContainsFunc(addresses(a), func(s string) bool { return slices.Contains(addresses(b), s) })
	return a.TextSum != 0 && a.TextSum == b.TextSum || a.GUID == b.GUID && (a.Source != nil || b.Source != nil) ||
		common && (titled || a.Canonical == b.Canonical && a.FeedID != b.FeedID && !strings.HasPrefix(a.Canonical, "d."))
}

// TestAWindowIsEnough judges only what is tied to some entries, as package site does. This is the promise in the package's
// documentation.
func TestAWindowIsEnough(t *testing.T) {
	windows := 0
	eachWorld(t, func(t *testing.T, w *world) {
		want := bySeq(Judge(w.entries, w.rules, w.now))
		window := closure(w.entries, w.IntN(len(w.entries)))
		if len(window) > 1 && len(window) < len(w.entries) {
			windows++
		}
		same(t, "window", window, want, Judge(window, w.rules, w.now))
	})
	if windows < 200 {
		t.Errorf("only %d windows were neither one entry nor all", windows)
	}
}

// closure is all that is tied to an entry, directly or through others.
func closure(entries []planet.Entry, from int) (window []planet.Entry) {
	tied := map[string]bool{}
	in := make([]bool, len(entries))
	for more := []int{from}; len(more) > 0; {
		for _, i := range more {
			in[i] = true
			window = append(window, entries[i])
			for _, k := range ties(entries[i]) {
				tied[k] = true
			}
		}
		more = nil
		for i, e := range entries {
			if !in[i] && slices.ContainsFunc(ties(e), func(k string) bool { return tied[k] }) {
				more = append(more, i)
			}
		}
	}
	return window
}

func ties(e planet.Entry) []string {
	out := []string{"id " + e.PublishedID, "guid " + e.GUID}
	if e.As != "" {
		out = append(out, "id "+e.As)
	}
	if e.Canonical != "" {
		out = append(out, "canonical "+e.Canonical)
	}
	for _, id := range e.Former {
		if a := planet.Canonical(id); a != "" {
			out = append(out, "canonical "+a)
		}
	}
	if e.TextSum != 0 {
		out = append(out, fmt.Sprint("text ", e.TextSum))
	}
	if a := e.Arrival; a.ID != 0 && !a.Founding && !a.Released {
		out = append(out, fmt.Sprint("arrival ", a.ID))
	}
	return out
}

// uncovered is how late the post that entry i stands for may be after it was at a moment: no later, unless a copy that has less to
// do with it claimed a date that nobody could check. Then when that was first seen counts.
func (c *court) uncovered(i int32, at time.Time) time.Time {
	for k, e := range c.entries {
		if c.root[k] == i && c.scores[k] < c.scores[i] && e.FirstSeen.Sub(c.out[k].At) > 48*time.Hour && e.FirstSeen.After(at) {
			at = e.FirstSeen
		}
	}
	return at
}

// TestALife lets entries come one after the other while feeds are paused and resumed, and keeps what the store would. A
// post goes on under an id that it had, as long as that is not another's, and never floats up.
func TestALife(t *testing.T) {
	continued, moved := 0, 0
	eachWorld(t, func(t *testing.T, w *world) {
		var here []planet.Entry
		for _, e := range w.entries {
			e.Shown, e.As = time.Time{}, ""
			here = append(here, e)
		}
		now, dates, was := w.now, map[string]time.Time{}, map[string]int64{}
		with := map[int64]string{} // under which id the post was shown that an entry is of
		for step := 1; step <= len(w.entries); step++ {
			now = now.Add(time.Hour)
			feed := w.rules.Feeds["1"]
			feed.Paused = w.coin(2)
			w.rules.Feeds["1"] = feed
			entries := here[:step]
			c := newCourt(entries, w.rules, now)
			c.alone()
			c.together()
			judged := Judge(entries, w.rules, now)
			for i, j := range judged {
				if j.Reason != "" {
					continue
				}
				had, ours := map[string]bool{}, false // the ids that the post had; whether no other post has one of them
				for k, e := range entries {
					if c.root[k] == c.root[i] && !e.Shown.IsZero() {
						had[e.As] = true
					}
				}
				whole := true // nothing of the post has become another one, or goes with one that is more like it
				for k, e := range entries {
					whole = whole && (c.root[k] == c.root[i] || e.As != j.As && with[e.Seq] != j.As)
					ours = ours || c.root[k] == c.root[i] && had[e.PublishedID]
				}
				if ours && !had[j.As] && len(had) == 1 {
					t.Errorf("step %d: %d was published as %v and is now as %q", step, j.Seq, had, j.As)
				}
				if at, ok := dates[j.As]; ok && len(had) == 1 && whole {
					continued++
					if j.At.After(c.uncovered(int32(i), at)) {
						t.Errorf("step %d: %q floats from %v to %v", step, j.As, at, j.At)
					}
					if was[j.As] != j.Seq {
						moved++
					}
				}
				dates[j.As], was[j.As] = j.At, j.Seq
				for k, e := range entries {
					if c.root[k] == c.root[i] {
						with[e.Seq] = j.As
					} else if with[e.Seq] == j.As {
						delete(with, e.Seq)
					}
				}
			}
			for i, j := range judged {
				if old := entries[i].As; j.Reason == "" && old != "" && old != j.As {
					delete(dates, old) // it left the id to another post
				}
			}
			copy(here, persist(entries, judged, now))
		}
	})
	if continued < 1000 || moved < 50 {
		t.Errorf("only %d posts were shown again, and only %d by another entry", continued, moved)
	}
}
