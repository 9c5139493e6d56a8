package collect

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/planet"
)

func TestB26NeverTwiceInAnHour(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	var list []planet.Feed
	for name, reply := range map[string]feedtest.Reply{
		"good": feedtest.Feed(feedtest.Atom("A", items(1)...)), "bad": feedtest.Status(500), "missing": feedtest.Status(404),
		"busy": feedtest.Later(503, "0"), "stale": feedtest.Feed(feedtest.Atom("B", items(1)...)).With("Cache-Control", "max-age=1"),
	} {
		s.Handle("/"+name, reply)
		list = append(list, feed(name, s.URL+"/"+name))
	}
	cut := host(t, 26) // on a connection that others used, net/http would ask twice
	cut.Handle("/cut", feedtest.Cut())
	list = append(list, feed("cut", cut.URL+"/cut"))
	for range 12 {
		b.run(list...)
		b.later(5 * time.Minute)
		b.restart()
	}
	for _, f := range list {
		if n := times(s, "/"+f.ID) + times(cut, "/"+f.ID); n != 1 {
			t.Errorf("%s: %d requests in 12 runs within an hour; want 1", f.ID, n)
		}
	}
}

// An hourly cron starts some seconds early or late, as it pleases.
func TestB27HourlyCronDoesNotSlip(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		every time.Duration // of feeds.yaml, and of cron
		late  []int         // seconds, of each run
	}{
		{"30 s, then 10 s", time.Hour, []int{30, 10}},
		{"any time in two minutes", time.Hour, []int{119, 0, 60, 119, 1, 118, 0, 119}},
		{"every 15 min", 15 * time.Minute, []int{30, 0, 59, 10, 30}},
		{"every 6 h", 6 * time.Hour, []int{30, 0}},
	} {
		b, s := newBench(t), feedtest.New(t)
		s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(1)...)))
		b.Pace.Every = tt.every
		for i, late := range tt.late {
			b.set(noon.Add(time.Duration(i)*tt.every + time.Duration(late)*time.Second))
			b.run(feed("a", s.URL))
		}
		if want := len(tt.late); tt.every <= 2*time.Hour && len(s.Requests("")) != want {
			t.Errorf("%s: %d requests; want %d", tt.name, len(s.Requests("")), want)
		}
	}
}

func TestB27NeverMoreThanTwoMinutesBeforeThePromise(t *testing.T) {
	t.Parallel()
	for _, every := range []time.Duration{time.Minute, 20 * time.Minute, time.Hour, 3 * time.Hour, 9 * day} {
		for name, reply := range map[string]feedtest.Reply{"good": feedtest.Feed(feedtest.Atom("A", items(1)...)), "bad": feedtest.Status(500)} {
			b, s := newBench(t), feedtest.New(t)
			s.Handle("/", reply)
			f := feed("a", s.URL)
			f.Every = every
			b.run(f)
			next := b.state("a").NextFetch
			if next.Before(noon.Add(every - slack)) {
				t.Errorf("%s, %s: next_fetch is after %s", name, every, next.Sub(noon))
			}
			early := min(slack, every/5)
			if every > slack {
				b.set(later(next, noon.Add(every)).Add(-early - time.Second))
				if r := b.run(f); r.Due != 0 {
					t.Errorf("%s, %s: asked %s before next_fetch", name, every, next.Sub(b.now()))
				}
			}
			b.set(later(next, noon.Add(every)).Add(-early))
			if r := b.run(f); r.Due != 1 {
				t.Errorf("%s, %s: not asked %s before next_fetch", name, every, next.Sub(b.now()))
			}
		}
	}
}

// What the database holds while the server is still answering is what is left when the machine goes down right then.
func TestB28StartIsKeptBeforeTheRequestGoesOut(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]bool{"a new feed": false, "a known one": true} {
		t.Run(name, func(t *testing.T) {
			b, s := newBench(t), feedtest.New(t)
			f := feed("a", s.URL)
			doc := feedtest.Feed(feedtest.Atom("A", items(1)...))
			left := filepath.Join(t.TempDir(), "planet.db")
			if known {
				s.Handle("/", doc)
				b.run(f)
				b.later(2 * time.Hour)
			}
			s.Handle("/", feedtest.Pick(func(*http.Request) feedtest.Reply {
				for _, end := range []string{"", "-wal"} {
					data, err := os.ReadFile(b.path + end)
					if err != nil {
						t.Error(err)
					}
					if err := os.WriteFile(left+end, data, 0o600); err != nil {
						t.Error(err)
					}
				}
				return doc
			}), doc)
			b.run(f)
			s.Forget()
			after := benchOn(t, left)
			after.set(b.now().Add(time.Second))
			for range 2 {
				if r := after.run(f); r.Due != 0 || len(s.Requests("")) != 0 {
					t.Errorf("asked again at once: %s", kinds(r))
				}
				after.later(55 * time.Minute)
				after.restart()
			}
			after.later(5 * time.Minute)
			if r := after.run(f); r.Due != 1 || r.Failed != 0 || len(after.entries()) != 1 {
				t.Errorf("an hour later: %s, %d entries", kinds(r), len(after.entries()))
			}
		})
	}
}

func TestB28StoppedRunKeepsItsStarts(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), host(t, 28)
	s.Handle("/", feedtest.Hang())
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for len(s.Requests("")) == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	f := feed("a", s.URL)
	if _, err := b.Run(ctx, []planet.Feed{f}, false); err == nil {
		t.Error("no error")
	}
	for range 5 {
		b.restart()
		b.later(10 * time.Minute)
		if r := b.run(f); r.Due != 0 {
			t.Errorf("at %s it is asked again", b.now())
		}
	}
	b.later(10 * time.Minute)
	s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(1)...)))
	if r := b.run(f); r.Fetched != 1 || b.state("a").Failures != 0 {
		t.Errorf("an hour later: %s, %+v", kinds(r), b.state("a"))
	}
}

func TestB29FeedsThatRarelyHaveNewsAreAskedLess(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		adaptive  bool
		low, high map[string]int // requests in a day of hourly runs
	}{
		{true, map[string]int{"yearly": 1, "weekly": 8, "daily": 24, "own": 12}, map[string]int{"yearly": 2, "weekly": 9, "daily": 24, "own": 12}},
		{false, map[string]int{"yearly": 24, "weekly": 24, "daily": 24, "own": 12}, map[string]int{"yearly": 24, "weekly": 24, "daily": 24, "own": 12}},
	} {
		b, s := newBench(t), feedtest.New(t)
		b.Pace.Adaptive = tt.adaptive
		var list []planet.Feed
		for name, gap := range map[string]time.Duration{"yearly": 365 * day, "weekly": 7 * day, "daily": day, "own": 365 * day} {
			posts := feedtest.Items(name, 5, noon)
			for i := range posts {
				posts[i].Date = noon.Add(-gap / 2).Add(-time.Duration(i) * gap)
			}
			s.Handle("/"+name, feedtest.Feed(feedtest.RSS(name, posts...)))
			f := feed(name, s.URL+"/"+name)
			if name == "own" {
				f.Every = 2 * time.Hour
			}
			list = append(list, f)
		}
		for range 24 {
			b.run(list...)
			b.later(time.Hour)
		}
		for name, low := range tt.low {
			if n := len(s.Requests("/" + name)); n < low || n > tt.high[name] {
				t.Errorf("adaptive %t: %s was asked %d times in a day; want %d to %d", tt.adaptive, name, n, low, tt.high[name])
			}
		}
	}
}

func TestB30HundredFeedsAreSpread(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		every     time.Duration
		low, high time.Duration
	}{
		{time.Hour, 58 * time.Minute, time.Hour}, {6 * time.Hour, 358 * time.Minute, 396 * time.Minute},
	} {
		b, s := newBench(t), feedtest.New(t)
		b.Pace.Every = tt.every
		var list []planet.Feed
		for i := range 100 {
			id := fmt.Sprint("f", i)
			s.Handle("/"+id, feedtest.Feed(feedtest.Atom(id)))
			list = append(list, feed(id, s.URL+"/"+id))
		}
		b.run(list...)
		states, err := b.Store.Feeds(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		buckets := map[int64]int{} // tenths of what is possible
		for _, f := range list {
			next := states[f.ID].NextFetch
			if !within(next, noon.Add(tt.low), noon.Add(tt.high)) {
				t.Errorf("%s: next_fetch is after %s", tt.every, next.Sub(noon))
			}
			buckets[int64(10*next.Sub(noon.Add(tt.low))/(tt.high-tt.low+time.Second))]++
		}
		for i := range int64(10) {
			if buckets[i] == 0 || buckets[i] > 30 {
				t.Errorf("%s: %d of 100 feeds in tenth %d of the time", tt.every, buckets[i], i)
			}
		}
	}
}
