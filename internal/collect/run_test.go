package collect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"planet/internal/clean"
	"planet/internal/feedtest"
	"planet/internal/planet"
)

func TestB40DeadlineSkipsAndReports(t *testing.T) {
	t.Parallel()
	b, s, tarpit := newBench(t), feedtest.New(t), feedtest.NewOn(t, "127.0.0.6:0")
	s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(2)...)))
	tarpit.Handle("/", feedtest.Hang())
	b.Deadline = 700 * time.Millisecond
	list := []planet.Feed{feed("slow", tarpit.URL+"/"), feed("behind", tarpit.URL+"/2"), feed("fast", s.URL+"/")}
	r := b.run(list...)
	if got, want := kinds(r), "slow failed, behind skipped, fast fetched"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	if r.Took > 4*time.Second || r.Skips != 1 || r.Requests != 2 {
		t.Errorf("%+v", r)
	}
	if st := b.state("behind"); !st.Fetched.IsZero() || st.Failures != 0 || st.LastError != "" {
		t.Errorf("behind was not tried, but: %+v", st)
	}
	if st := b.state("slow"); st.Failures != 1 || !strings.Contains(st.LastError, "(fetch.deadline)") { // it had all the time there was
		t.Errorf("slow is %+v", st)
	}
	if len(b.entries()) != 2 {
		t.Errorf("%d entries; want 2", len(b.entries()))
	}
}

func TestStoppedRunKeepsWhatCame(t *testing.T) {
	t.Parallel()
	b, s, tarpit := newBench(t), feedtest.New(t), feedtest.NewOn(t, "127.0.0.6:0")
	s.Handle("/good", feedtest.Feed(feedtest.Atom("A", items(2)...)))
	tarpit.Handle("/", feedtest.Hang())
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for len(s.Requests("/end")) == 0 || len(tarpit.Requests("")) == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond) // the answer to /end is under way
		cancel()
	}()
	list := []planet.Feed{feed("good", s.URL+"/good"), feed("bad", s.URL+"/missing"), feed("end", s.URL+"/end"), feed("slow", tarpit.URL)}
	r, err := b.Run(ctx, list, false)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v; want context.Canceled", err)
	}
	b.sums(r)
	if got := kinds(r); !strings.HasPrefix(got, "good fetched, bad failed, end ") || !strings.HasSuffix(got, "slow skipped") {
		t.Error(got)
	}
	if b.state("good").ETag == "" || b.state("bad").Failures != 1 || len(b.entries()) != 2 {
		t.Errorf("what came isn't kept: %+v, %+v, %d entries", b.state("good"), b.state("bad"), len(b.entries()))
	}
	// The next run goes on where this one was stopped.
	tarpit.Handle("/", feedtest.Feed(feedtest.Atom("S", items(1)...)))
	b.later(time.Minute)
	if got := kinds(b.run(list...)); got != "" {
		t.Errorf("a minute later, those are asked again who may have answered: %s", got)
	}
	b.later(time.Hour)
	if got := kinds(b.run(list...)); !strings.Contains(got, "slow fetched") || !strings.Contains(got, "good not_modified") {
		t.Errorf("then: %s", got)
	}
}

// panicky is a log that panics when a feed's answer is told of: in the middle of its turn.
type panicky struct{ slog.Handler }

func (p panicky) Enabled(context.Context, slog.Level) bool { return true }

func (p panicky) Handle(ctx context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if r.Message == "asked" && a.Key == "feed" && a.Value.String() == "bad" {
			panic("on purpose")
		}
		return true
	})
	return p.Handler.Handle(ctx, r)
}

func TestB61PanicInOneFeedStopsNoOther(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	var log strings.Builder
	b.Log = slog.New(panicky{slog.NewTextHandler(&log, nil)})
	for _, name := range []string{"one", "bad", "two"} {
		s.Handle("/"+name, feedtest.Feed(feedtest.Atom(name, items(1)...)))
	}
	bad := feed("bad", s.URL+"/bad")
	bad.Every = 6 * time.Hour
	list := []planet.Feed{feed("one", s.URL+"/one"), bad, feed("two", s.URL+"/two")}
	r := b.run(list...)
	if got, want := kinds(r), "one fetched, bad failed, two fetched"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	if e := r.Outcomes[1].Error; e != "internal error while reading the feed: on purpose" || b.state("bad").LastError != e {
		t.Errorf("the error is %q", e)
	}
	if !strings.Contains(log.String(), "internal error") || !strings.Contains(log.String(), "feed.go") {
		t.Errorf("the log doesn't say where:\n%s", log.String())
	}
	if next := b.state("bad").NextFetch; next.Before(noon.Add(6*time.Hour-slack)) || next.After(noon.Add(7*time.Hour)) {
		t.Errorf("it is asked again at %s", next)
	}
}

func TestBrokenStoreEndsTheRun(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(1)...)))
	b.run(feed("a", s.URL))
	b.Store.Close()
	b.later(2 * time.Hour)
	if _, err := b.Run(t.Context(), []planet.Feed{feed("a", s.URL)}, false); err == nil {
		t.Error("no error")
	}
}

func TestManyFeedsAtOnce(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	before := runtime.NumGoroutine()
	var list []planet.Feed
	servers := []*feedtest.Server{s}
	for i := range 9 {
		servers = append(servers, feedtest.NewOn(t, fmt.Sprintf("127.0.2.%d:0", i+1)))
	}
	want := map[Kind]int{}
	for i := range 200 {
		id := fmt.Sprint("feed", i)
		s := servers[i%len(servers)]
		switch i % 4 {
		case 0, 1:
			s.Handle("/"+id, feedtest.Feed(feedtest.Atom(id, feedtest.Items(id, 2, noon)...)))
			want[Fetched]++
		case 2:
			s.Handle("/"+id, feedtest.Status(500))
			want[Failed]++
		case 3:
			s.Handle("/"+id, feedtest.Bare(feedtest.RSS(id, feedtest.Items("shared", 3, noon)...)).Gzipped())
			want[Fetched]++
		}
		list = append(list, feed(id, s.URL+"/"+id))
	}
	r := b.run(list...)
	if r.Due != 200 || r.Fetched != want[Fetched] || r.Failed != want[Failed] || r.Requests != 200 {
		t.Errorf("%d due, %d fetched, %d failed, %d requests; want %v", r.Due, r.Fetched, r.Failed, r.Requests, want)
	}
	if got := len(b.entries()); got != 100*2+50*3 || r.New != got {
		t.Errorf("%d entries, %d new; want %d", got, r.New, 100*2+50*3)
	}
	for i, o := range r.Outcomes {
		if o.Feed != list[i].ID {
			t.Fatalf("outcome %d is of %s: not in the order of feeds.yaml", i, o.Feed)
		}
	}
	rev := b.revision()
	b.later(2 * time.Hour)
	if r := b.run(list...); r.NotModified != want[Fetched] || r.Failed != want[Failed] || b.revision() != rev {
		t.Errorf("the second run: %d not modified, %d failed, revision %s, was %s", r.NotModified, r.Failed, b.revision(), rev)
	}
	for _, s := range servers {
		s.Close()
	}
	b.Fetch.Close()
	for range 100 {
		if runtime.NumGoroutine() <= before+2 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d now", before, runtime.NumGoroutine())
}

// The notes of feeds without news and the first record of one with news meet in the store: neither may wait for the other.
func TestNotesAndRecordsMeet(t *testing.T) {
	t.Parallel()
	for range 3 {
		b, s := newBench(t), feedtest.New(t)
		s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(1)...)))
		list := []planet.Feed{feed("good", s.URL)}
		for i := range 10 {
			list = append(list, feed(fmt.Sprint("bad", i), "me:nonsense"))
		}
		done := make(chan Report)
		go func() {
			r, err := b.Run(t.Context(), list, true)
			if err != nil {
				t.Error(err)
			}
			done <- r
		}()
		select {
		case r := <-done:
			if r.Fetched != 1 || r.Failed != 10 {
				t.Errorf("%s", kinds(r))
			}
		case <-time.After(10 * time.Second):
			t.Fatal("they wait for each other")
		}
	}
}

// An item that can't be cleaned costs that entry its text, not every run.
func TestB61ItemThatCantBeCleaned(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var log strings.Builder
	b.Log = slog.New(slog.NewTextHandler(&log, nil))
	it := planet.Item{GUID: "g", Link: "https://a.example/1", Content: planet.Text{Type: planet.HTML, Body: "<p>"}, Published: noon}
	e := b.guarded(it, func(planet.Item, clean.Limits) planet.Entry { panic("on purpose") })
	if e.GUID != "g" || e.Link != it.Link || e.Title != it.Link || e.Content != "" || !e.Published.Equal(noon) {
		t.Errorf("the entry is %+v", e)
	}
	if !strings.Contains(log.String(), "on purpose") {
		t.Errorf("the log is %s", log.String())
	}
}
