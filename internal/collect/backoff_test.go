package collect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/planet"
)

// The servers' clocks are their own: what a Retry-After says counts from their Date.
func TestB31B32RetryAfterTable(t *testing.T) {
	t.Parallel()
	date := func(d time.Duration) string { return time.Now().Add(d).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") }
	for name, tt := range map[string]struct {
		value, date string
		want        time.Duration // that it waits for Retry-After's sake; 0 is our own back-off
	}{
		"two days":            {"172800", "", 48 * time.Hour},
		"90 minutes":          {"5400", "", 90 * time.Minute},
		"ten seconds":         {"10", "", 10 * time.Second},
		"a date":              {date(3 * time.Hour), date(0), 3 * time.Hour},
		"a date, clock wrong": {date(30 * time.Hour), date(24 * time.Hour), 6 * time.Hour},
		"in RFC 850":          {time.Now().Add(2 * time.Hour).UTC().Format("Monday, 02-Jan-06 15:04:05 GMT"), date(0), 2 * time.Hour},
		"a past date":         {date(-3 * time.Hour), date(0), 0},
		"three months":        {"7776000", "", 7 * day},
		"beyond any number":   {"99999999999999999999999", "", 7 * day},
		"negative":            {"-3600", "", 0},
		"a fraction":          {"7200.5", "", 0},
		"garbage":             {"soon", "", 0},
		"zero":                {"0", "", 0},
		"empty":               {"", "", 0},
	} {
		b := newBench(t)
		var list []planet.Feed
		var hosts []*feedtest.Server
		for i, status := range []int{429, 503} {
			reply := feedtest.Later(status, tt.value)
			if tt.date != "" {
				reply = reply.With("Date", tt.date)
			}
			s := host(t, 40+i)
			s.Handle("/", reply, feedtest.Feed(feedtest.Atom(fmt.Sprint(status), items(1)...)))
			hosts, list = append(hosts, s), append(list, feed(fmt.Sprint(status), s.URL))
		}
		b.run(list...)
		for _, f := range list {
			st := b.state(f.ID)
			if tt.want > 0 && st.WaitingUntil.Sub(noon.Add(tt.want)).Abs() > 2*time.Second || tt.want == 0 && !st.WaitingUntil.IsZero() {
				t.Errorf("%s, %s: waiting until %s after noon; want %s", f.ID, name, st.WaitingUntil.Sub(noon), tt.want)
			}
		}
		least := max(tt.want-2*time.Second, time.Hour-2*slack)
		b.set(noon.Add(least - time.Second))
		if b.run(list...); len(hosts[0].Requests("")) != 1 || len(hosts[1].Requests("")) != 1 {
			t.Errorf("%s: asked after %s", name, least)
		}
		b.set(noon.Add(max(tt.want+3*time.Second, time.Hour)))
		if r := b.run(list...); r.Fetched != 2 || !b.state("429").WaitingUntil.IsZero() || !b.state("503").WaitingUntil.IsZero() {
			t.Errorf("%s: not asked after %s: %s", name, b.now().Sub(noon), kinds(r))
		}
	}
}

func TestB32RetryAfterShortensNoBackOff(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", feedtest.Later(503, "60"))
	f := feed("a", s.URL)
	for _, want := range []time.Duration{time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour} {
		at := b.now()
		b.run(f)
		if next := b.state("a").NextFetch; next.Before(at.Add(want*9/10)) || next.After(at.Add(want*11/10)) {
			t.Errorf("next_fetch is after %s; want %s", next.Sub(at), want)
		}
		b.set(b.state("a").NextFetch)
	}
	if n := len(s.Requests("")); n != 4 {
		t.Errorf("%d requests", n)
	}
}

func TestB33TooManyRequestsPausesTheHost(t *testing.T) {
	t.Parallel()
	b, busy, other := newBench(t), host(t, 1), host(t, 2)
	good := func(name string) feedtest.Reply {
		return feedtest.Feed(feedtest.Atom(name, feedtest.Items(name, 1, noon)...))
	}
	busy.Handle("/a", feedtest.Later(429, "7200"), good("a"))
	busy.Handle("/b", good("b"))
	other.Handle("/c", good("c"))
	other.Handle("/d", feedtest.Redirect(302, busy.URL+"/d"))
	busy.Handle("/d", good("d"))
	list := []planet.Feed{feed("a", busy.URL+"/a"), feed("b", busy.URL+"/b"), feed("c", other.URL+"/c")}
	r := b.run(list...)
	if got := kinds(r); got != "a failed, b skipped, c fetched" {
		t.Error(got)
	}
	if e := r.Outcomes[1].Error; e != "the host 127.0.1.1 asked to be left alone until 2026-11-22T14:00:00Z" {
		t.Errorf("b was skipped because %q", e)
	}
	if st := b.state("b"); st.Failures != 0 || st.LastError != "" || !st.Fetched.IsZero() || !st.Started.IsZero() {
		t.Errorf("b is to blame: %+v", st)
	}
	b.restart()
	list = append(list, feed("d", other.URL+"/d")) // leads to the paused host
	b.later(70 * time.Minute)
	if got := kinds(b.run(list...)); got != "b skipped, c not_modified, d skipped" {
		t.Errorf("the next run: %s", got)
	}
	if n := len(busy.Requests("")); n != 1 {
		t.Errorf("%d requests to the paused host; want 1", n)
	}
	b.restart()
	b.later(52 * time.Minute)
	if got := kinds(b.run(list...)); !strings.HasPrefix(got, "a fetched, b fetched") {
		t.Errorf("after the pause: %s", got)
	}
	b.later(time.Hour)
	if got := kinds(b.run(list...)); !strings.HasSuffix(got, "d fetched") {
		t.Errorf("what led to the paused host: %s", got)
	}
}

func TestB33UnavailablePausesTheFeedAlone(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/a", feedtest.Later(503, "7200"))
	s.Handle("/b", feedtest.Feed(feedtest.Atom("b", items(1)...)))
	list := []planet.Feed{feed("a", s.URL+"/a"), feed("b", s.URL+"/b")}
	if got := kinds(b.run(list...)); got != "a failed, b fetched" {
		t.Error(got)
	}
	b.later(time.Hour)
	if got := kinds(b.run(list...)); got != "b not_modified" {
		t.Errorf("the next run: %s", got)
	}
}

// The host that says 429 at the end of a redirect is the one that is left alone.
func TestB33PausedIsWhoSaysSo(t *testing.T) {
	t.Parallel()
	b, s, busy := newBench(t), host(t, 3), host(t, 4)
	s.Handle("/a", feedtest.Redirect(302, busy.URL))
	s.Handle("/c", feedtest.Feed(feedtest.Atom("c", items(1)...)))
	busy.Handle("/", feedtest.Status(429))
	if got := kinds(b.run(feed("a", s.URL+"/a"), feed("c", s.URL+"/c"))); got != "a failed, c fetched" {
		t.Error(got)
	}
	if got := kinds(b.run(feed("b", busy.URL+"/b"))); got != "b skipped" {
		t.Error(got)
	}
}

// Who insists has a reason; but a host that says so again is left alone again.
func TestB33ForceAsksPausedHosts(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/a", feedtest.Status(429))
	s.Handle("/b", feedtest.Feed(feedtest.Atom("b", items(1)...)))
	one, two := feed("a", s.URL+"/a"), feed("b", s.URL+"/b")
	b.run(one)
	if got := kinds(b.run(two)); got != "b skipped" {
		t.Errorf("without force: %s", got)
	}
	if got := kinds(b.force(true, two)); got != "b fetched" {
		t.Errorf("with force: %s", got)
	}
	if got := kinds(b.force(true, one, feed("c", s.URL+"/c"))); got != "a failed, c skipped" && got != "a failed, c failed" {
		t.Errorf("it says so again: %s", got)
	}
	if got := kinds(b.run(feed("d", s.URL+"/d"))); got != "d skipped" {
		t.Errorf("the next run: %s", got)
	}
}

func TestB34WithoutRetryAfterAnHour(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 503} {
		b, s := newBench(t), feedtest.New(t)
		b.Pace.Every = 10 * time.Minute
		s.Handle("/", feedtest.Status(status), feedtest.Feed(feedtest.Atom("A", items(1)...)))
		f, second := feed("a", s.URL), feed("b", s.URL+"/b")
		b.run(f)
		b.set(noon.Add(55 * time.Minute))
		if b.run(f); len(s.Requests("/")) != 1 {
			t.Errorf("%d: asked after 55 minutes", status)
		}
		if got, paused := kinds(b.run(second)), status == 429; (got == "b skipped") != paused {
			t.Errorf("%d: the host's other feed: %s", status, got)
		}
		b.set(noon.Add(time.Hour))
		if r := b.run(f); r.Fetched != 1 {
			t.Errorf("%d: not asked after an hour: %s", status, kinds(r))
		}
	}
}

func TestB35BackOffGrowsAndEnds(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", feedtest.Status(500))
	f := feed("a", s.URL)
	for i, hours := range []time.Duration{1, 2, 4, 8, 16, 24, 24, 24, 24, 24} {
		want, at := hours*time.Hour, b.now()
		if r := b.run(f); r.Failed != 1 || b.state("a").Failures != i+1 {
			t.Errorf("failure %d: %s, %d failures", i+1, kinds(r), b.state("a").Failures)
		}
		next := b.state("a").NextFetch
		if low, high := max(want*9/10, time.Hour-slack), min(want*11/10, 24*time.Hour); next.Sub(at) < low || next.Sub(at) > high {
			t.Errorf("after failure %d it waits for %s; want %s", i+1, next.Sub(at), want)
		}
		b.set(next.Add(-slack - time.Second))
		if r := b.run(f); r.Due != 0 {
			t.Errorf("after failure %d it is asked too soon", i+1)
		}
		b.set(later(next, at.Add(time.Hour)))
	}
	s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(1)...)))
	if r := b.run(f); r.Fetched != 1 || b.state("a").Failures != 0 || b.state("a").NextFetch.Sub(b.now()) > time.Hour {
		t.Errorf("the first success: %s, %+v", kinds(r), b.state("a"))
	}
	s.Handle("/", feedtest.Status(500))
	b.later(time.Hour)
	if b.run(f); b.state("a").NextFetch.Sub(b.now()) > time.Hour {
		t.Errorf("and then a failure: it waits for %s", b.state("a").NextFetch.Sub(b.now()))
	}
}

func TestB37MissingIsAskedDailyAndThenWeekly(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	for i, status := range []int{404, 401, 403} {
		s.Handle("/", feedtest.Status(status))
		f := feed(fmt.Sprint(status), s.URL)
		since := b.now()
		for n := range 6 + 12*(1-min(i, 1)) {
			at := b.now()
			b.run(f)
			gap := b.state(f.ID).NextFetch.Sub(at)
			failing := at.Sub(since)
			switch {
			case n >= 2 && gap < day, n >= 2 && failing < 14*day && gap > 27*time.Hour, failing >= 14*day && gap < 7*day, gap > 8*day, gap < time.Hour-slack:
				t.Errorf("%d: failure %d, after %s of them: it waits for %s", status, n+1, failing, gap)
			}
			b.set(at.Add(gap))
		}
		s.Handle("/", feedtest.Feed(feedtest.Atom(f.ID, items(1)...)))
		if r := b.run(f); r.Fetched != 1 || b.state(f.ID).Failures != 0 {
			t.Errorf("%d: it comes back: %s", status, kinds(r))
		}
	}
}

func TestB38GoneIsAskedOnceMoreAfterAMonth(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	good := feedtest.Feed(feedtest.Atom("A", items(2)...))
	s.Handle("/", good, feedtest.Status(410), good)
	s.Handle("/new", feedtest.Status(410), good)
	f := feed("a", s.URL+"/")
	b.run(f)
	b.later(2 * time.Hour)
	r := b.run(f)
	if o := r.Outcomes[0]; o.Tell != Gone || !strings.Contains(o.Words, "410 Gone") {
		t.Errorf("told: %q, %q", o.Tell, o.Words)
	}
	gone := b.now()
	for _, after := range []time.Duration{time.Hour, day, 7 * day, 29 * day} {
		b.set(gone.Add(after))
		if r := b.run(f); r.Due != 0 {
			t.Errorf("asked %s later", after)
		}
	}
	if n := len(b.entries()); n != 2 {
		t.Errorf("%d entries; want 2", n)
	}
	b.set(gone.Add(33 * day))
	if r := b.run(f); r.NotModified != 1 || b.state("a").Told != "" {
		t.Errorf("a month later: %s, told %q", kinds(r), b.state("a").Told)
	}
	// Another address in feeds.yaml is reason enough.
	f = feed("a", s.URL+"/new")
	b.run(f)
	if f = feed("a", s.URL+"/"); b.run(f).Due != 1 {
		t.Error("the address changed, and it isn't asked")
	}
}
