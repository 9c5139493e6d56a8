package collect

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/fetch"
	"planet/internal/planet"
	"planet/internal/store"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// A bench is a collector with a store, a clock and servers of its own.
type bench struct {
	*Collector
	t     *testing.T
	mu    sync.Mutex
	clock time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "planet.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	client := fetch.New(fetch.Options{UserAgent: "planet/test", Timeout: 5 * time.Second, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(client.Close)
	b := &bench{t: t, clock: noon}
	b.Collector = &Collector{Fetch: client, Store: db, Every: time.Hour, Now: b.now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	return b
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *bench) later(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

// run runs once, and checks what holds for every run.
func (b *bench) run(feeds ...planet.Feed) Report {
	b.t.Helper()
	return b.force(false, feeds...)
}

func (b *bench) force(force bool, feeds ...planet.Feed) Report {
	b.t.Helper()
	r, err := b.Run(b.t.Context(), feeds, force)
	if err != nil {
		b.t.Fatal(err)
	}
	b.sums(r)
	return r
}

func (b *bench) sums(r Report) {
	b.t.Helper()
	if r.Due != r.Fetched+r.NotModified+r.Failed+r.Skips || r.Due != len(r.Outcomes) {
		b.t.Errorf("due %d = fetched %d + not modified %d + failed %d + skipped %d; %d outcomes", r.Due, r.Fetched, r.NotModified, r.Failed, r.Skips, len(r.Outcomes))
	}
}

func (b *bench) state(id string) store.State {
	b.t.Helper()
	all, err := b.Store.Feeds(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return all[id]
}

func (b *bench) entries() []planet.Entry {
	b.t.Helper()
	all, _, err := b.Store.Recent(b.t.Context(), store.Cursor{}, 100_000)
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b *bench) revision() string {
	b.t.Helper()
	r, err := b.Store.Revision(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func feed(id, url string) planet.Feed { return planet.Feed{ID: id, Name: id, URL: url} }

func items(n int) []feedtest.Item { return feedtest.Items("a", n, noon.Add(-time.Hour)) }

// kinds are the outcomes in a word each: "a fetched, b failed".
func kinds(r Report) string {
	var all []string
	for _, o := range r.Outcomes {
		all = append(all, o.Feed+" "+string(o.Kind))
	}
	return strings.Join(all, ", ")
}

func TestB04NotModifiedWritesNoEntries(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(5)...)))
	f := feed("a", s.URL)
	if r := b.run(f); r.Fetched != 1 || r.New != 5 || r.Updated != 0 || r.Requests != 1 || r.Bytes == 0 {
		t.Errorf("the first run: %+v", r)
	}
	before, rev := fmt.Sprint(b.entries()), b.revision()
	for range 3 {
		b.later(2 * time.Hour)
		if r := b.run(f); r.NotModified != 1 || r.New+r.Updated != 0 {
			t.Errorf("a later run: %+v", r)
		}
	}
	if fmt.Sprint(b.entries()) != before || b.revision() != rev {
		t.Error("304 changed what is stored")
	}
	if st := b.state("a"); !st.Succeeded.Equal(b.now()) || st.LastStatus != 304 {
		t.Errorf("the state is %+v", st)
	}
	conditional := 0
	for _, r := range s.Requests("") {
		if r.Conditional() {
			conditional++
		}
	}
	if n := len(s.Requests("")); n != 4 || conditional != 3 {
		t.Errorf("%d requests, %d of them conditional; want 4 and 3 (behaviour 3)", n, conditional)
	}
}

func TestB05NotModifiedMayBringNewValidators(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	doc := feedtest.Bare(feedtest.Atom("A", items(1)...)).With("ETag", `"1"`).With("Last-Modified", "long ago")
	s.Handle("/", doc, feedtest.Status(304).With("ETag", `"2"`), feedtest.Status(304).With("Last-Modified", "today"), feedtest.Status(304))
	for range 4 {
		b.run(feed("a", s.URL))
		b.later(2 * time.Hour)
	}
	var got []string
	for _, r := range s.Requests("") {
		got = append(got, r.Header.Get("If-None-Match")+" "+r.Header.Get("If-Modified-Since"))
	}
	if want := `[  "1" long ago "2" long ago "2" today]`; fmt.Sprint(got) != want {
		t.Errorf("validators sent: %s; want %s", got, want)
	}
}

func TestB07SameBytesWithoutValidators(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	doc, newer := feedtest.Atom("A", items(2)...), feedtest.Atom("A", items(3)...)
	s.Handle("/", feedtest.Bare(doc), feedtest.Bare(doc), feedtest.Bare(newer), feedtest.Status(500), feedtest.Bare(newer))
	f := feed("a", s.URL)
	b.run(f)
	before, rev := fmt.Sprint(b.entries()), b.revision()
	b.later(2 * time.Hour)
	if r := b.run(f); r.NotModified != 1 || fmt.Sprint(b.entries()) != before || b.revision() != rev {
		t.Errorf("same bytes: %+v, revision %s, was %s", r, b.revision(), rev)
	}
	b.later(2 * time.Hour)
	if r := b.run(f); r.Fetched != 1 || r.New+r.Updated == 0 || b.revision() == rev {
		t.Errorf("new bytes: %+v", r)
	}
	b.later(2 * time.Hour)
	b.run(f)
	b.later(2 * time.Hour)
	if r := b.run(f); r.NotModified != 1 || b.state("a").LastError != "" || b.state("a").Failures != 0 {
		t.Errorf("same bytes after a failure: %+v, %+v", r, b.state("a"))
	}
}

func TestFailuresKeepEntriesAndAreRecoveredFrom(t *testing.T) {
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
		b.later(2 * time.Hour)
		b.run(f)
		if st := b.state("a"); st.LastError != "" || st.Failures != 0 {
			t.Errorf("after %s: %+v", name, st)
		}
	}
}

func TestB09TruncatedDocumentsAreAskedForAgain(t *testing.T) {
	whole := feedtest.Atom("A", items(6)...)
	cut := whole[:len(whole)*2/3]
	for name, reply := range map[string]feedtest.Reply{"with a validator": feedtest.Feed(cut), "without": feedtest.Bare(cut)} {
		t.Run(name, func(t *testing.T) {
			b, s := newBench(t), feedtest.New(t)
			s.Handle("/", reply)
			f := feed("a", s.URL)
			for range 3 { // the same cut bytes are never what is known
				r := b.run(f)
				if st := b.state("a"); st.ETag != "" || r.NotModified != 0 {
					t.Errorf("%s, the validator is %q", kinds(r), st.ETag)
				}
				b.later(2 * time.Hour)
			}
			s.Handle("/", feedtest.Feed(whole))
			b.run(f)
			if got := len(b.entries()); got != 6 || b.state("a").ETag == "" {
				t.Errorf("there are %d entries; the validator is %q", got, b.state("a").ETag)
			}
		})
	}
}

func TestB10ChangedAddressIsAskedAtOnceWithoutValidators(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(2)...)))
	s.Handle("/new", feedtest.Feed(feedtest.Atom("A", items(2)...)))
	b.run(feed("a", s.URL+"/"))
	if r := b.run(feed("a", s.URL+"/new")); r.Fetched != 1 || r.New+r.Updated != 0 {
		t.Errorf("the new address: %+v", r)
	}
	if r := s.Requests("/new"); len(r) != 1 || r[0].Conditional() {
		t.Errorf("the new address was asked %v", r)
	}
}

func TestDueForcePausedAndEvery(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(1)...)))
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
		{59 * time.Minute, false, ""},
		{time.Minute, false, "hourly not_modified"},
		{time.Minute, true, "hourly not_modified, daily not_modified"},
		{23 * time.Hour, false, "hourly not_modified"},
		{time.Hour, false, "hourly not_modified, daily not_modified"},
	} {
		b.later(tt.after)
		if r := b.force(tt.force, all...); kinds(r) != tt.want {
			t.Errorf("at %s, force %t: %q; want %q", b.now(), tt.force, kinds(r), tt.want)
		}
	}
}

// Failures keep to the feed's own pace too.
func TestFailedFeedIsNotAskedBeforeItsTime(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	f := feed("a", s.URL+"/missing")
	f.Every = 6 * time.Hour
	b.run(f)
	b.later(5 * time.Hour)
	if r := b.run(f); r.Due != 0 {
		t.Errorf("after 5 h: %s", kinds(r))
	}
	b.later(time.Hour)
	if r := b.run(f); r.Failed != 1 {
		t.Errorf("after 6 h: %s", kinds(r))
	}
}

func TestOldestPromiseComesFirst(t *testing.T) {
	fs := []planet.Feed{feed("a", "http://a/"), feed("b", "http://b/"), feed("new", "http://new/"), feed("c", "http://B/2"), feed("later", "http://later/")}
	states := map[string]store.State{"a": {NextFetch: noon}, "b": {NextFetch: noon.Add(-2 * time.Hour)}, "c": {NextFetch: noon.Add(-time.Hour)}, "later": {NextFetch: noon.Add(time.Second)}}
	got := ""
	for _, host := range byHost(due(fs, states, noon, false)) {
		for _, f := range host {
			got += f.ID + " "
		}
		got += "| "
	}
	if want := "new | b c | a | "; got != want {
		t.Errorf("the order is %q; want %q", got, want)
	}
}

func TestTellOncePerOutage(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	good, bad := feedtest.Bare(feedtest.Atom("A", items(1)...)), feedtest.Status(500)
	for i, tt := range []struct {
		url   string
		reply feedtest.Reply
		tell  bool
	}{
		{"/", bad, true},
		{"/", bad, false},
		{"/", bad, false},
		{"/", bad, false}, // never read: at once, and once
		{"/", good, false},
		{"/", bad, false},
		{"/", bad, false},
		{"/", bad, true},
		{"/", bad, false},
		{"/", bad, false}, // the third in a row
		{"/", good, false},
		{"/", bad, false},
		{"/", bad, false},
		{"/", good, false},
		{"/", bad, false},
		{"/", bad, false},
		{"/", bad, true},
		{"/moved", bad, false},
		{"/moved", bad, false},
		{"/moved", bad, true}, // another address, another outage
	} {
		s.Handle(tt.url, tt.reply)
		b.later(2 * time.Hour)
		if r := b.run(feed("a", s.URL+tt.url)); r.Outcomes[0].Tell != tt.tell {
			t.Errorf("run %d: tell is %t; want %t", i, r.Outcomes[0].Tell, tt.tell)
		}
	}
}

func TestPasswordsReachNeitherStoreNorLog(t *testing.T) {
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
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Run(ctx, []planet.Feed{feed("a", "http://127.0.0.1:1/")}, false); err == nil {
		t.Error("no error")
	}
}
