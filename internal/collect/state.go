package collect

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"planet/internal/fetch"
	"planet/internal/parse"
	"planet/internal/planet"
	"planet/internal/store"
)

// Troubles that a person is told of, once each.
const (
	Broken = "broken" // the feed can't be read
	Gone   = "gone"   // the server says that it never will be again
	Moved  = "moved"  // it has another address for good
	Held   = "held"   // it seems to be somebody else's
)

// A person is told of a feed that had been all right when it failed so often in a row, for so long: less is anybody's bad day.
const (
	tellAfter = 3
	tellFor   = day
)

// The functions of this file decide what becomes of a feed's state. They are pure.

// asked is what every outcome says of a feed.
func asked(s store.State, res fetch.Result, now time.Time) store.State {
	s.Started, s.Fetched, s.LastStatus = now, now, res.Status
	return s
}

// succeeded is the state of a feed that answered: with a document, or that the last one is still current. Its hints and
// dates are those that s has already.
func (p Pace) succeeded(f planet.Feed, s store.State, res fetch.Result, now time.Time) store.State {
	s = moved(validated(asked(s, res, now), res), res.Moved, now)
	s.Succeeded, s.WaitingUntil = now, time.Time{}
	s.Failures, s.FailingSince, s.LastError, s.Advice = 0, time.Time{}, "", ""
	if s.Told == Broken || s.Told == Gone {
		s.Told = ""
	}
	s.NextFetch = p.success(f, s, now)
	return s
}

// validated takes over what an answer says of itself. A 304 may bring new validators and freshness, and need not repeat
// the old, each by itself (RFC 9111 §4.3.4); it comes only from the address that gave the old.
func validated(s store.State, res fetch.Result) store.State {
	if res.Status == http.StatusNotModified {
		s.ETag, s.LastModified = cmp.Or(res.ETag, s.ETag), cmp.Or(res.LastModified, s.LastModified)
		if res.Fresh != fetch.Unsaid {
			s.Fresh = res.Fresh
		}
		return s
	}
	s.ETag, s.LastModified, s.Validated, s.Fresh = res.ETag, res.LastModified, res.URL, max(res.Fresh, 0)
	return s
}

// moved follows permanent redirects: one that has led to the same address often and for long enough is adopted, and the
// feed asked there from then on (behaviour 42). It begins anew with every answer that says otherwise. Where a feed leads
// that seems to be somebody else's doesn't count.
func moved(s store.State, to string, now time.Time) store.State {
	switch {
	case s.Held != "":
		return s
	case to == "":
		s.MovedTo, s.MovedSince, s.MovedSeen = "", time.Time{}, 0
		return s
	case to != s.MovedTo:
		s.MovedTo, s.MovedSince, s.MovedSeen = to, now, 0
	}
	s.MovedSeen++
	if s.MovedSeen >= moveSeen && now.Sub(s.MovedSince) >= moveFor-slack {
		s.FetchURL = to
		s.MovedTo, s.MovedSince, s.MovedSeen = "", time.Time{}, 0
	}
	return s
}

// failed is the state of a feed that could not be read.
func (p Pace) failed(f planet.Feed, s store.State, res fetch.Result, why string, now time.Time) store.State {
	s = asked(s, res, now)
	s.Failures++
	s.LastError = why
	if s.FailingSince.IsZero() || s.FailingSince.After(now) { // the clock was wrong once
		s.FailingSince = now
	}
	if s.Failures >= tellAfter || res.Status == http.StatusGone {
		s.FetchURL = "" // the address in feeds.yaml may be right again
	}
	s.WaitingUntil = time.Time{}
	if res.RetryAfter > 0 {
		s.WaitingUntil = now.Add(min(res.RetryAfter, p.RetryAfter))
	}
	s.NextFetch = p.failure(f, s, res.RetryAfter, now)
	return s
}

// news is the trouble of the state that a person isn't told of yet, or "".
func news(was, is store.State) string {
	switch {
	case is.LastError != "" && is.LastStatus == http.StatusGone && is.Told != Gone:
		return Gone
	case is.LastError == "" && is.Held != "" && was.Held == "":
		return Held
	case is.LastError == "" && is.FetchURL != "" && is.FetchURL != was.FetchURL:
		return Moved
	case is.LastError == "" || is.Told == Broken || is.Told == Gone:
		return ""
	case is.Succeeded.IsZero(), // it never worked: who listed it is still there
		is.Failures >= tellAfter && is.Fetched.Sub(is.FailingSince) >= tellFor-slack:
		return Broken
	}
	return ""
}

// described is the state of a feed of which a document was read: its wishes, and how often it has news.
func described(s store.State, doc parse.Result, known map[store.Slice]time.Time, partial bool, now time.Time) store.State {
	newest, gap := posting(datesOf(doc.Items, known), now)
	if partial { // the others are still there
		newest, gap = later(s.Newest, newest), s.Gap
	}
	s.Newest, s.Gap = newest, gap
	hints, err := json.Marshal(doc.Hints)
	if s.Hints = string(hints); err != nil || s.Hints == "{}" {
		s.Hints = ""
	}
	return s
}

// datesOf are the dates of items and of those that were known already.
func datesOf(items []planet.Item, known map[store.Slice]time.Time) []time.Time {
	dates := slices.Collect(maps.Values(known))
	for _, it := range items {
		dates = append(dates, cmp.Or(it.Published, it.Updated))
	}
	return dates
}

// posting tells of the entries with these dates that of the newest, and the time that usually passes between two of the
// newest ten. Entries without a date, which is zero, are as good as new.
func posting(all []time.Time, now time.Time) (newest time.Time, gap time.Duration) {
	var dates []time.Time
	for _, at := range all {
		if at.After(now) {
			at = now
		}
		if !at.Before(planet.Earliest) {
			dates = append(dates, at)
		}
	}
	if len(dates) == 0 {
		if len(all) > 0 {
			newest = now
		}
		return newest, 0
	}
	slices.SortFunc(dates, func(a, b time.Time) int { return b.Compare(a) })
	dates = dates[:min(len(dates), 10)]
	if n := len(dates) - 1; n > 0 {
		gap = dates[0].Sub(dates[n]) / time.Duration(n)
	}
	return dates[0], gap.Truncate(time.Second)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
