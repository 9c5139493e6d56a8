package collect

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/planet"
	"planet/internal/store"
)

func TestFailuresKeepEntriesAndAreRecoveredFrom(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	good := feedtest.Feed(feedtest.RSS("A", items(3)...))
	bad := map[string]feedtest.Reply{
		"404": feedtest.Status(404), "410": feedtest.Status(410), "500": feedtest.Status(500), "cut": feedtest.Cut(), "truncated": good.With("ETag", `"cut"`).Truncated(50),
		"html":  feedtest.Reply{Body: []byte("<!doctype html><title>Login</title>")}.With("Content-Type", "text/html").With("ETag", `"html"`),
		"empty": feedtest.Reply{}.With("ETag", `"empty"`), "elsewhere": feedtest.Redirect(302, "file:///etc/passwd"), "huge": feedtest.Bomb(20_000_000),
	}
	f := feed("a", s.URL)
	s.Handle("/", good)
	b.run(f)
	before := fmt.Sprint(b.entries())
	for name, reply := range bad {
		s.Handle("/", reply)
		b.later(2 * time.Hour)
		r := b.run(f)
		st := b.state("a")
		if r.Failed != 1 || r.Outcomes[0].Error == "" || st.LastError != r.Outcomes[0].Error || st.Failures != 1 {
			t.Errorf("%s: %s, %+v", name, kinds(r), st)
		}
		if st.ETag != good.Header.Get("ETag") || fmt.Sprint(b.entries()) != before {
			t.Errorf("%s: the validator is %q and there are %d entries", name, st.ETag, len(b.entries()))
		}
		s.Handle("/", good)
		b.later(40 * 24 * time.Hour)
		b.run(f)
		if st := b.state("a"); st.LastError != "" || st.Failures != 0 {
			t.Errorf("after %s: %+v", name, st)
		}
	}
}

func TestDueForcePausedAndEvery(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/?h", feedtest.Feed(feedtest.Atom("H", items(1)...)))
	s.Handle("/?d", feedtest.Feed(feedtest.Atom("D", items(1)...)))
	hourly, daily, paused := feed("hourly", s.URL+"/?h"), feed("daily", s.URL+"/?d"), feed("paused", s.URL+"/?p")
	daily.Every, paused.Paused = 24*time.Hour, true
	folder := feed("folder", "")
	all := []planet.Feed{hourly, daily, paused, folder}
	for _, tt := range []struct {
		after time.Duration
		force bool
		want  string
	}{
		{0, false, "hourly fetched, daily fetched"},
		{0, false, ""},
		{57 * time.Minute, false, ""},
		{3 * time.Minute, false, "hourly not_modified"},
		{time.Minute, true, "hourly not_modified, daily not_modified"},
		{23 * time.Hour, false, "hourly not_modified"},
		{3 * time.Hour, false, "hourly not_modified, daily not_modified"},
	} {
		b.later(tt.after)
		if r := b.force(tt.force, all...); kinds(r) != tt.want {
			t.Errorf("at %s, force %t: %q; want %q", b.now(), tt.force, kinds(r), tt.want)
		}
	}
}

// Failures keep to the feed's own pace too.
func TestFailedFeedIsNotAskedBeforeItsTime(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	f := feed("a", s.URL+"/missing")
	f.Every = 6 * time.Hour
	b.run(f)
	b.later(5 * time.Hour)
	if r := b.run(f); r.Due != 0 {
		t.Errorf("after 5 h: %s", kinds(r))
	}
	b.later(2 * time.Hour)
	if r := b.run(f); r.Failed != 1 {
		t.Errorf("after 7 h: %s", kinds(r))
	}
}

func TestOldestPromiseComesFirst(t *testing.T) {
	t.Parallel()
	fs := []planet.Feed{
		feed("a", "http://a/"), feed("twin", "http://twin/"), feed("b", "http://b/"), feed("new", "http://new/"), feed("c", "http://B/2"), feed("later", "http://later/"),
	}
	r := &run{Collector: newBench(t).Collector, states: map[string]store.State{
		"a": {NextFetch: noon}, "b": {NextFetch: noon.Add(-2 * time.Hour)}, "c": {NextFetch: noon.Add(-time.Hour)},
		"later": {NextFetch: noon.Add(slack + time.Second)}, "twin": {NextFetch: noon.Add(-9 * time.Hour), DuplicateOf: "a"},
	}}
	got := ""
	first, twins := r.due(fs, false)
	for _, list := range [][]planet.Feed{first, twins} {
		for _, host := range byHost(list, r.states) {
			for _, f := range host {
				got += f.ID + " "
			}
			got += "| "
		}
	}
	if want := "new | b c | a | twin | "; got != want {
		t.Errorf("the order is %q; want %q", got, want)
	}
}

func TestPasswordsReachNeitherStoreNorLog(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	var log strings.Builder
	b.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.Handle("/good", feedtest.Feed(feedtest.Atom("A", items(1)...)))
	var list []planet.Feed
	for i, u := range []string{"http://me:secret@" + s.Addr + "/good", "http://me:secret@" + s.Addr + "/404", "http://me:secret@127.0.0.1:1/", "http://me:sec%ret@x/", "me:secret@x/"} {
		list = append(list, feed(fmt.Sprint("f", i), u))
	}
	r := b.run(list...)
	if r.Fetched != 1 || r.Failed != 4 {
		t.Errorf("%s", kinds(r))
	}
	all := log.String() + fmt.Sprint(r) + fmt.Sprint(b.entries())
	for i := range list {
		st := b.state(list[i].ID)
		all += st.LastError + st.Validated + st.Site
	}
	if strings.Contains(all, "secret") || strings.Contains(all, "sec%ret") {
		t.Errorf("a password in:\n%s", all)
	}
}

func TestRunOfACancelledContext(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Run(ctx, []planet.Feed{feed("a", "http://127.0.0.1:1/")}, false); err == nil {
		t.Error("no error")
	}
}
