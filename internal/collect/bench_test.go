package collect

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
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
	path  string // of the database
	mu    sync.Mutex
	clock time.Time
}

func newBench(t *testing.T, change ...func(*fetch.Options)) *bench {
	t.Helper()
	path := filepath.Join(t.TempDir(), "planet.db")
	data, err := fresh()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return benchOn(t, path, change...)
}

// fresh is a new database's bytes: to make one takes longer than most tests.
var fresh = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "planet")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "planet.db")
	db, err := store.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// benchOn is a bench of which the database is at path.
func benchOn(t *testing.T, path string, change ...func(*fetch.Options)) *bench {
	t.Helper()
	options := fetch.Options{UserAgent: "planet/test", Timeout: 5 * time.Second, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	for _, f := range change {
		f(&options)
	}
	client := fetch.New(options)
	t.Cleanup(client.Close)
	b := &bench{t: t, clock: noon, path: path}
	b.Collector = &Collector{Fetch: client, Pace: Pace{Every: time.Hour, Longest: 24 * time.Hour, RetryAfter: 7 * 24 * time.Hour}, Now: b.now, Log: slog.New(slog.DiscardHandler)}
	b.open()
	t.Cleanup(func() { b.Store.Close() })
	return b
}

func (b *bench) open() {
	b.t.Helper()
	db, err := store.Open(context.WithoutCancel(b.t.Context()), b.path)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Store = db
}

// restart is what lies between two runs of the program.
func (b *bench) restart() {
	b.t.Helper()
	b.Store.Close()
	b.open()
}

// sql does something to the database behind the store's back.
func (b *bench) sql(query string) {
	b.t.Helper()
	db, err := sql.Open("sqlite", "file:"+b.path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(b.t.Context(), query); err != nil {
		b.t.Fatal(err)
	}
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

func (b *bench) set(now time.Time) { b.later(now.Sub(b.now())) }

// run runs once, and checks what holds for every run.
func (b *bench) run(feeds ...planet.Feed) Report {
	b.t.Helper()
	return b.force(false, feeds...)
}

func (b *bench) force(force bool, feeds ...planet.Feed) Report {
	b.t.Helper()
	r, err := b.try(force, feeds...)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// try is a run that may fail.
func (b *bench) try(force bool, feeds ...planet.Feed) (Report, error) {
	b.t.Helper()
	b.Fetch.Close() // no connection outlives its run
	r, err := b.Run(b.t.Context(), feeds, force)
	if err == nil || errors.Is(err, ErrNoNetwork) {
		b.sums(r)
	}
	return r, err
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
	slices.SortStableFunc(all, func(a, b planet.Entry) int { return b.Date().Compare(a.Date()) })
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

// host is a server on a host of its own.
func host(t *testing.T, n int) *feedtest.Server {
	t.Helper()
	return feedtest.NewOn(t, fmt.Sprintf("127.0.1.%d:0", n))
}

// validators are those that each request for a path sent, "-" for none.
func validators(s *feedtest.Server, path string) string {
	var all []string
	for _, r := range s.Requests(path) {
		all = append(all, cmp.Or(strings.TrimSpace(r.Header.Get("If-None-Match")+" "+r.Header.Get("If-Modified-Since")), "-"))
	}
	return strings.Join(all, ", ")
}

// within says whether a time is from low to high.
func within(at, low, high time.Time) bool { return !at.Before(low) && !at.After(high) }

// kinds are the outcomes in a word each: "a fetched, b failed".
func kinds(r Report) string {
	var all []string
	for _, o := range r.Outcomes {
		all = append(all, o.Feed+" "+string(o.Kind))
	}
	return strings.Join(all, ", ")
}
