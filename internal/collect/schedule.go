package collect

import (
	"cmp"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"slices"
	"time"

	"planet/internal/parse"
	"planet/internal/planet"
	"planet/internal/store"
)

// A Pace is how often feeds are asked, as feeds.yaml wants it.
type Pace struct {
	Every      time.Duration // least time between two requests for one feed (fetch.every)
	Adaptive   bool          // feeds that rarely have news are asked less often (fetch.adaptive)
	Longest    time.Duration // that caching, ttl, skipHours, silence and back-off can make a feed wait (limits.interval)
	RetryAfter time.Duration // longest Retry-After that is heeded (limits.retry_after)
}

// What no setting changes.
const (
	// slack is how much earlier than promised a feed may be asked, so that an hourly cron that starts some seconds
	// early doesn't become one of every two hours (behaviour 27).
	slack = 2 * time.Minute

	// sleepy is the share of its silence that a feed's next post may wait: after a week without news a feed is asked
	// every 2.8 hours, after two months once a day (behaviour 29).
	sleepy = 60

	// busy is how long a server is left alone that says 429 or 503 without saying for how long (behaviour 34).
	busy = time.Hour

	day      = 24 * time.Hour
	denied   = 14 * day // how long what is missing or forbidden is asked for daily; then weekly (behaviour 37)
	goneFor  = 30 * day // when 410 Gone is asked once more (behaviour 38)
	moveFor  = 3 * day  // how long, and
	moveSeen = 3        // how often a permanent redirect must have led to the same address to be believed (behaviour 42)
)

// ready says whether a feed may be asked now. Two promises bind: the schedule's, and that never two requests
// are closer than every, whatever became of the first (behaviours 26–28). Nor is it asked in the hours that it wants to
// sleep, late as it may be, unless it has slept for long enough.
func (p Pace) ready(f planet.Feed, s store.State, now time.Time) bool {
	early := now.Add(min(slack, p.every(f)/5))
	switch {
	case s.Started.After(early): // the clock was wrong once: what it promised then is no reason to be silent for years
		return true
	case s.NextFetch.After(early), !s.Started.IsZero() && s.Started.Add(p.every(f)).After(early):
		return false
	}
	return s.Hints == "" || !s.Started.Add(p.Longest).After(early) || !asleep(now, hintsOf(s))
}

// Promised is when a feed is asked next: not before its schedule says, nor before its floor, which is all that is known
// of a request whose outcome was lost.
func (p Pace) Promised(f planet.Feed, s store.State, now time.Time) time.Time {
	switch {
	case s.Started.After(now.Add(slack)): // the clock was wrong
		return now
	case s.Started.After(s.Fetched):
		return later(s.NextFetch, s.Started.Add(p.every(f)))
	}
	return s.NextFetch
}

func (p Pace) every(f planet.Feed) time.Duration { return cmp.Or(f.Every, p.Every) }

// success is when to ask a feed again that has just answered well: after every, or later when the answer, the document or
// its silence says so, and not in the hours that it wants to sleep.
func (p Pace) success(f planet.Feed, s store.State, now time.Time) time.Time {
	hints := hintsOf(s)
	floor := max(p.every(f), min(max(s.Fresh, hints.Interval), p.Longest))
	interval := floor
	if p.Adaptive && f.Every == 0 {
		interval = max(interval, min(max(now.Sub(s.Newest), s.Gap)/sleepy, p.Longest))
		if s.Newest.IsZero() { // nothing is known of it
			interval = floor
		}
	}
	at := now.Add(max(p.jitter(interval, floor, chance(s.Slug, now)), min(max(s.Fresh, hints.Interval), p.Longest)))
	return awake(at, now.Add(max(p.Longest, at.Sub(now))), hints)
}

// failure is when to ask a feed again that has failed s.Failures times in a row: ever later, but never never. A
// Retry-After is a floor that shortens nothing (behaviours 32, 35, 37, 38).
func (p Pace) failure(f planet.Feed, s store.State, retryAfter time.Duration, now time.Time) time.Time {
	every := p.every(f)
	base, r := cmp.Or(every, busy), chance(s.Slug, now)
	var wait time.Duration
	switch s.LastStatus {
	case http.StatusGone:
		wait = stretch(max(goneFor, every), r)
	case http.StatusNotFound, http.StatusUnauthorized, http.StatusForbidden:
		switch {
		case now.Sub(s.FailingSince) >= denied:
			wait = stretch(max(7*day, base), r)
		case s.Failures >= 3:
			wait = stretch(max(day, base), r)
		case s.Failures == 2:
			wait = stretch(max(6*time.Hour, base), r)
		default:
			wait = p.jitter(base, base, r)
		}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		wait = p.jitter(p.double(max(base, busy), s.Failures), base, r)
	default:
		wait = p.jitter(p.double(base, s.Failures), base, r)
	}
	if retryAfter > 0 {
		wait = max(wait, min(retryAfter, p.RetryAfter)+slack) // so that not even the slack is before it
	}
	return now.Add(wait)
}

// double is base doubled for each failure after the first, at most the longest interval.
func (p Pace) double(base time.Duration, failures int) time.Duration {
	most := max(base, p.Longest)
	for ; failures > 1 && base < most; failures-- {
		base *= 2
	}
	return min(base, most)
}

// jitter spreads an interval, so that not all feeds are asked in the same minute (behaviour 30): up to two hours a little
// downwards, so that an hourly cron never slips, longer ones by a tenth either way; but never below what was promised
// (the floor) by more than the slack, nor beyond the longest interval.
func (p Pace) jitter(interval, floor time.Duration, r float64) time.Duration {
	if interval <= 2*time.Hour {
		return interval - time.Duration(r*float64(min(slack, interval/30)))
	}
	low := max(interval-interval/10, floor-slack)
	high := min(interval+interval/10, max(interval, p.Longest))
	return low + time.Duration(r*float64(high-low))
}

// stretch spreads an interval upwards alone.
func stretch(d time.Duration, r float64) time.Duration { return d + time.Duration(r*float64(d/10)) }

// chance is a number from 0 up to 1 that follows from a feed and a time: as good as a random one, and the same in every test.
func chance(slug string, now time.Time) float64 {
	h := fnv.New64a()
	h.Write([]byte(slug))
	h.Write([]byte(now.UTC().Format(time.RFC3339)))
	// FNV's last bits change most; a multiplication brings them to the front.
	return float64(h.Sum64()*0x9E3779B97F4A7C15>>11) / (1 << 53)
}

func hintsOf(s store.State) (hints parse.Hints) {
	_ = json.Unmarshal([]byte(s.Hints), &hints) // '' or what we wrote
	return hints
}

// asleep says whether t is in one of the hours and days (GMT) in which a feed doesn't want to be asked (RSS 2.0 skipHours,
// skipDays). One that always sleeps talks in its sleep.
func asleep(t time.Time, hints parse.Hints) bool {
	t = t.UTC()
	return len(hints.SkipHours) < 24 && len(hints.SkipDays) < 7 &&
		(slices.Contains(hints.SkipHours, t.Hour()) || slices.Contains(hints.SkipDays, t.Weekday()))
}

// awake is the first time from at on at which a feed isn't asleep, but latest at the latest (behaviour 15).
func awake(at, latest time.Time, hints parse.Hints) time.Time {
	if !asleep(at, hints) {
		return at
	}
	t := at.Truncate(time.Hour)
	for asleep(t, hints) && t.Before(latest) {
		t = t.Add(time.Hour)
	}
	if t = t.Add(slack); t.After(latest) { // the slack is not to lead back into the hour before
		return latest
	}
	return t
}
