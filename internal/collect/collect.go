// Package collect brings the store up to date: it conducts fetch, parse, clean and store, one feed's trouble never another's.
//
//	due feeds ─ by host ─┬─ worker ─ start kept ─ fetch ─┬─ 304, same bytes, failure ──────────── notes ─┐
//	                     ├─ worker ─   …                 └─ 200 ─ parse ─ clean what is new ─ Record ────┴─ store
//	                     └─ …                                     (documents weigh: large ones take turns)
//
// What is decided is decided by pure functions: when to ask (schedule.go), what becomes of a feed's state (state.go).
package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"planet/internal/clean"
	"planet/internal/fetch"
	"planet/internal/parse"
	"planet/internal/planet"
	"planet/internal/store"
)

// A Collector fetches feeds into a store. All fields but the zero-valued ones said so are required.
type Collector struct {
	Fetch     *fetch.Client
	Store     *store.DB
	Pace      Pace
	Deadline  time.Duration // for the whole run; 0 is none
	Workers   int           // hosts dealt with at once; default 64. The client bounds the requests themselves
	Parse     parse.Limits
	Clean     clean.Limits
	Now       func() time.Time // decides what is due and when an entry was first seen
	Log       *slog.Logger
	Only      map[string]bool     // ids of the feeds to ask; empty: all
	Revisions int                 // an entry that changes at every fetch is followed so often, then no more until it holds still; 0 always
	Progress  func(done, due int) // told after each feed, one at a time; nil: nobody looks
	Images    *Images             // copies of posts' pictures are kept; nil: none
}

// cleanAgain is how many entries of an older cleaning a run cleans anew: some seconds' work at most.
const cleanAgain = 2000

// keepLog is how long the log of fetches is kept.
const keepLog = 90 * day

// reading is how many bytes of documents are parsed and cleaned at once: more at once only cost memory, which is a
// multiple of this.
const reading = 2 << 20

// ErrNoNetwork means that none of the feeds could be reached, though they could the last time: it's us.
var ErrNoNetwork = errors.New("no network")

// run is the state of one Run.
type run struct {
	*Collector
	writer  *writer
	places  map[string]int // of feeds, in feeds.yaml
	states  map[string]store.State
	reading *semaphore.Weighted

	mu          sync.Mutex
	report      Report
	interrupted bool                 // some request's outcome is unknown
	paused      map[string]time.Time // hosts that said 429
	claims      *claims
	founding    bool          // the planet has never had an entry
	reached     bool          // somebody answered
	unreachable []unreachable // failures that may be our own network's
}

// Run fetches those of feeds that are due, or all of them when force is set. Feeds that fail are in the report; an
// error means that the run itself can't go on, or with ErrNoNetwork, that no feed is to blame.
func (c *Collector) Run(ctx context.Context, feeds []planet.Feed, force bool) (Report, error) {
	began := time.Now()
	r := &run{Collector: c, writer: &writer{db: c.Store, now: c.Now, last: began}, reading: semaphore.NewWeighted(reading), places: map[string]int{}}
	for i, f := range feeds {
		r.places[f.ID] = i
	}
	r.report.Started = c.Now()
	err := r.begin(ctx, feeds, force)
	if err != nil {
		return r.report, err
	}
	fetching := ctx
	if c.Deadline > 0 {
		var cancel context.CancelFunc
		fetching, cancel = context.WithTimeout(ctx, c.Deadline)
		defer cancel()
	}
	first, twins := r.due(feeds, force)
	r.report.Due = len(first) + len(twins)
	err = r.all(fetching, first)
	if err == nil {
		err = r.all(fetching, twins)
	}
	var down error
	if err == nil {
		down = r.settleUnreachable(ctx)
		err = r.settleTwins(ctx, down != nil)
	}
	if err == nil && down == nil {
		err = r.images(fetching, feeds)
	}
	finished := r.writer.finish(ctx, err == nil && (!r.interrupted || down != nil))
	err = cmp.Or(err, finished) // the writer's own trouble is what ended the others
	if err == nil && r.report.Due > 0 {
		err = c.Store.Prune(ctx, c.Now().Add(-keepLog))
	}
	r.report.Took = time.Since(began)
	r.report.sort(r.places)
	return r.report, cmp.Or(err, ctx.Err(), down)
}

// begin reads what the store knows, and cleans again what an older version has cleaned.
func (r *run) begin(ctx context.Context, feeds []planet.Feed, force bool) (err error) {
	if r.states, err = r.Store.SyncFeeds(ctx, feeds); err != nil {
		return err
	}
	r.paused = map[string]time.Time{}
	if !force { // who insists has a reason
		if r.paused, err = r.Store.Paused(ctx, r.Now()); err != nil {
			return err
		}
	}
	founded, err := r.Store.Founded(ctx)
	if err != nil {
		return err
	}
	r.founding = !founded
	r.claims = newClaims(feeds, r.states)
	_, err = r.Store.CleanAgain(ctx, clean.Version, cleanAgain, r.clean)
	return err
}

// due chooses the feeds to ask now, those longest overdue first: whom a deadline cut off today comes first tomorrow.
// Those that had another feed's document the last time come after all others.
func (r *run) due(feeds []planet.Feed, force bool) (first, twins []planet.Feed) {
	now := r.Now()
	for _, f := range feeds {
		s := r.states[f.ID]
		switch {
		case f.URL == "" || f.Paused || len(r.Only) > 0 && !r.Only[f.ID] || !force && !r.Pace.ready(f, s, now):
		case s.DuplicateOf != "":
			twins = append(twins, f)
		default:
			first = append(first, f)
		}
	}
	for _, list := range [][]planet.Feed{first, twins} {
		slices.SortStableFunc(list, func(a, b planet.Feed) int { return waited(r.states[a.ID]).Compare(waited(r.states[b.ID])) })
	}
	return first, twins
}

// waited is since when a feed waits to be asked: one whose request came to nothing comes after those that had none.
func waited(s store.State) time.Time { return later(s.NextFetch, s.Started) }

// byHost groups feeds, so that one worker at a time waits for a host.
func byHost(feeds []planet.Feed, states map[string]store.State) [][]planet.Feed {
	at := map[string]int{}
	var groups [][]planet.Feed
	for _, f := range feeds {
		host := hostOf(address(f, states[f.ID]))
		i, ok := at[host]
		if !ok {
			i = len(groups)
			at[host] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return strings.ToLower(u.Hostname())
	}
	return address
}

func (r *run) all(ctx context.Context, feeds []planet.Feed) error {
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(cmp.Or(r.Workers, 64))
	for _, feeds := range byHost(feeds, r.states) {
		workers.Go(func() error {
			for _, f := range feeds {
				if err := r.feed(ctx, f); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return workers.Wait()
}

func (c *Collector) clean(it planet.Item) planet.Entry { return c.guarded(it, clean.Entry) }

// guarded makes an entry of an item. One that makes the cleaning panic keeps its link alone, until a later version does
// better: a single stored item could otherwise stop every run to come.
func (c *Collector) guarded(it planet.Item, f func(planet.Item, clean.Limits) planet.Entry) (e planet.Entry) {
	defer func() {
		if p := recover(); p != nil {
			c.Log.Error("internal error", "link", it.Link, "panic", p, "stack", string(debug.Stack()))
			e = planet.Entry{GUID: it.GUID, Link: it.Link, Title: it.Link, Untitled: true, Published: it.Published, Updated: it.Updated}
		}
	}()
	return f(it, c.Clean)
}

// storeError tells our own trouble from the feed's.
type storeError struct{ err error }

func (e *storeError) Error() string { return e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

// internal words a panic.
func internal(p any) string { return fmt.Sprintf("internal error while reading the feed: %v", p) }
