// Package collect brings the store up to date: it conducts fetch, parse, clean and store, one feed's trouble never another's.
//
//	due feeds ─ by host ─┬─ worker ─ fetch ─┬─ 304, same bytes, failure ──────────── notes ─┐
//	                     ├─ worker ─   …    └─ 200 ─ parse ─ clean what is new ─ Record ────┴─ store
//	                     └─ …                        (as many at once as there are processors)
package collect

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"planet/internal/clean"
	"planet/internal/fetch"
	"planet/internal/parse"
	"planet/internal/planet"
	"planet/internal/store"
)

// A Collector fetches feeds into a store. All fields but the zero-valued ones said so are required.
type Collector struct {
	Fetch    *fetch.Client
	Store    *store.DB
	Every    time.Duration // least time between two requests for one feed
	Deadline time.Duration // for the whole run; 0 is none
	Workers  int           // hosts dealt with at once, and so documents in memory; default 64. The client bounds the requests themselves
	Parse    parse.Limits
	Clean    clean.Limits
	Now      func() time.Time // decides what is due and when an entry was first seen
	Log      *slog.Logger
}

// cleanAgain is how many entries of an older cleaning a run cleans anew: some seconds' work at most.
const cleanAgain = 2000

// keepLog is how long the log of fetches is kept.
const keepLog = 90 * 24 * time.Hour

// run is the state of one Run.
type run struct {
	*Collector
	mu      sync.Mutex
	report  Report
	notes   []store.Note
	flushed time.Time
	cpu     chan struct{} // a token for each document from parsing to record: more at once only cost memory
}

// Run fetches those of feeds that are due, or all of them when force is set. Feeds that fail are in the report; an
// error means that the run itself can't go on.
func (c *Collector) Run(ctx context.Context, feeds []planet.Feed, force bool) (Report, error) {
	r := &run{Collector: c, flushed: time.Now(), cpu: make(chan struct{}, runtime.GOMAXPROCS(0)+1)} // one waits for the disk
	r.report.Started = c.Now()
	began := time.Now()
	states, err := c.Store.SyncFeeds(ctx, feeds)
	if err != nil {
		return r.report, err
	}
	if _, err := c.Store.CleanAgain(ctx, clean.Version, cleanAgain, c.clean); err != nil {
		return r.report, err
	}
	fetching := ctx
	if c.Deadline > 0 {
		var cancel context.CancelFunc
		fetching, cancel = context.WithTimeout(ctx, c.Deadline)
		defer cancel()
	}
	err = r.all(fetching, byHost(due(feeds, states, c.Now(), force)), states)
	// What was learned is kept, also when we are being stopped.
	err = errors.Join(err, r.flush(context.WithoutCancel(ctx), true))
	if err == nil && r.report.Due > 0 {
		err = c.Store.Prune(ctx, c.Now().Add(-keepLog))
	}
	r.report.Took = time.Since(began)
	r.report.sort(feeds)
	if err == nil {
		err = ctx.Err()
	}
	return r.report, err
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

// due chooses the feeds to ask now, those longest overdue first.
func due(feeds []planet.Feed, states map[string]store.State, now time.Time, force bool) []planet.Feed {
	var out []planet.Feed
	for _, f := range feeds {
		s := states[f.ID]
		// Asked in the future: the clock was wrong once, and what it promised then is no reason to be silent for years.
		ready := force || !s.NextFetch.After(now) || s.Fetched.After(now.Add(planet.ClockSlack))
		if f.URL != "" && !f.Paused && ready {
			out = append(out, f)
		}
	}
	// So that whom a deadline cut off today comes first tomorrow.
	slices.SortStableFunc(out, func(a, b planet.Feed) int { return states[a.ID].NextFetch.Compare(states[b.ID].NextFetch) })
	return out
}

// byHost groups feeds, so that one worker at a time waits for a host.
func byHost(feeds []planet.Feed) [][]planet.Feed {
	at := map[string]int{}
	var groups [][]planet.Feed
	for _, f := range feeds {
		host := f.URL
		if u, err := url.Parse(f.URL); err == nil {
			host = strings.ToLower(u.Hostname())
		}
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

func (r *run) all(ctx context.Context, hosts [][]planet.Feed, states map[string]store.State) error {
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(cmp.Or(r.Workers, 64))
	for _, feeds := range hosts {
		r.mu.Lock()
		r.report.Due += len(feeds)
		r.mu.Unlock()
		workers.Go(func() error {
			for _, f := range feeds {
				if err := r.feed(ctx, f, states[f.ID]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return workers.Wait()
}

// feed deals with one feed from request to record. It fails only when the store does.
func (r *run) feed(ctx context.Context, f planet.Feed, s store.State) (err error) {
	if ctx.Err() != nil {
		r.outcome(Outcome{Feed: f.ID, Kind: Skipped})
		return nil
	}
	a := store.Attempt{ETag: s.ETag, LastModified: s.LastModified, Validated: s.Validated}
	defer func() {
		if p := recover(); p != nil { // one feed never stops the run (behaviour 61)
			r.Log.Error("internal error", "feed", f.ID, "panic", p, "stack", string(debug.Stack()))
			err = r.failed(ctx, f, s, a, fmt.Sprintf("internal error while reading the feed: %v", p))
		}
	}()
	res, err := r.Fetch.Get(ctx, fetch.Request{URL: f.URL, ETag: s.ETag, LastModified: s.LastModified, Validated: s.Validated, Insecure: f.Insecure})
	if ctx.Err() != nil {
		r.outcome(Outcome{Feed: f.ID, Kind: Skipped})
		return nil
	}
	now := r.Now()
	a.At, a.Next = now, now.Add(cmp.Or(f.Every, r.Every))
	a.Status, a.Bytes, a.Took = res.Status, res.Bytes, res.Took
	r.Log.Debug("asked", "feed", f.ID, "url", fetch.Redact(f.URL), "status", res.Status, "took", res.Took.Round(time.Millisecond))
	switch {
	case err != nil:
		return r.failed(ctx, f, s, a, err.Error())
	case res.Status == http.StatusNotModified:
		return r.unchanged(ctx, f, s, validators(a, res))
	case res.Status != http.StatusOK:
		return r.failed(ctx, f, s, a, fetch.StatusText(res.Status))
	}
	hash := bodyHash(res.Body)
	if bytes.Equal(hash, s.BodyHash) {
		return r.unchanged(ctx, f, s, validators(a, res))
	}
	return r.document(ctx, f, s, a, res, hash)
}

// bodyHash is of the bytes and of what reads them, so that a better parser reads a known document again.
func bodyHash(body []byte) []byte {
	h := sha256.New()
	h.Write([]byte("parse " + strconv.Itoa(parse.Version) + "\n"))
	h.Write(body)
	return h.Sum(nil)
}

// validators takes over what an answer says of itself. A 304 may bring new ones, and need not repeat the old, each by
// itself (RFC 9111 §4.3.4); it comes only from the address that gave the old.
func validators(a store.Attempt, res fetch.Result) store.Attempt {
	if res.Status == http.StatusNotModified {
		a.ETag, a.LastModified = cmp.Or(res.ETag, a.ETag), cmp.Or(res.LastModified, a.LastModified)
		return a
	}
	a.ETag, a.LastModified, a.Validated = res.ETag, res.LastModified, res.URL
	return a
}

// document reads a document that is new and records what it brings.
func (r *run) document(ctx context.Context, f planet.Feed, s store.State, a store.Attempt, res fetch.Result, hash []byte) error {
	r.cpu <- struct{}{}
	defer func() { <-r.cpu }()
	doc, warnings, err := r.read(ctx, s, res)
	if err != nil {
		var broken *storeError
		if errors.As(err, &broken) {
			return broken.err
		}
		return r.failed(ctx, f, s, a, err.Error())
	}
	for _, w := range warnings {
		r.Log.Debug("warning", "feed", f.ID, "problem", w.String())
	}
	if !doc.truncated { // a cut document must not be answered with 304 for ever, nor count as known (behaviour 9)
		doc.BodyHash = hash
		a = validators(a, res)
	}
	added, updated, err := r.Store.Record(context.WithoutCancel(ctx), s, a, doc.Document)
	if err != nil {
		return err
	}
	r.outcome(Outcome{Feed: f.ID, Kind: Fetched, Bytes: a.Bytes, Asked: true, New: added, Updated: updated})
	return nil
}

type document struct {
	store.Document
	truncated bool
}

// storeError tells our own trouble from the feed's.
type storeError struct{ err error }

func (e *storeError) Error() string { return e.err.Error() }

// read parses a body and cleans the items that the store doesn't have in this form.
func (r *run) read(ctx context.Context, s store.State, res fetch.Result) (document, []parse.Warning, error) {
	base, err := url.Parse(res.URL)
	if err != nil {
		return document{}, nil, err
	}
	parsed, err := parse.Parse(res.Body, res.ContentType, base, r.Parse)
	if err != nil {
		return document{}, nil, err
	}
	items, err := store.Incomings(parsed.Items)
	if err != nil {
		return document{}, nil, err
	}
	known, err := r.Store.Known(context.WithoutCancel(ctx), s, items)
	if err != nil {
		return document{}, nil, &storeError{err}
	}
	for i := range items {
		if !known[items[i].Hash] {
			items[i].Settled(r.clean(items[i].Item))
		}
	}
	return document{store.Document{
		Title: clean.Plain(parsed.Feed.Title), Site: parsed.Feed.Link, Lang: clean.LangTag(parsed.Feed.Language),
		Version: clean.Version, Items: items,
	}, parsed.Truncated}, parsed.Warnings, nil
}

func (r *run) unchanged(ctx context.Context, f planet.Feed, s store.State, a store.Attempt) error {
	r.outcome(Outcome{Feed: f.ID, Kind: NotModified, Bytes: a.Bytes, Asked: true})
	return r.note(ctx, store.Note{Feed: s, Attempt: a})
}

func (r *run) failed(ctx context.Context, f planet.Feed, s store.State, a store.Attempt, why string) error {
	if a.At.IsZero() {
		a.At = r.Now()
		a.Next = a.At.Add(cmp.Or(f.Every, r.Every))
	}
	a.Error = why
	o := Outcome{Feed: f.ID, Kind: Failed, Bytes: a.Bytes, Asked: true, Error: why}
	o.Tell = s.Succeeded.IsZero() && s.Failures == 0 || !s.Succeeded.IsZero() && s.Failures+1 == tellAfter
	r.outcome(o)
	r.Log.Info("feed failed", "feed", f.ID, "url", fetch.Redact(f.URL), "error", why)
	return r.note(ctx, store.Note{Feed: s, Attempt: a})
}

// note keeps what brought nothing for a transaction of many: one for each feed would cost a run of 304s more than asking did.
func (r *run) note(ctx context.Context, n store.Note) error {
	r.mu.Lock()
	r.notes = append(r.notes, n)
	r.mu.Unlock()
	return r.flush(context.WithoutCancel(ctx), false)
}

// flush writes the notes when a second has passed, or now.
func (r *run) flush(ctx context.Context, now bool) error {
	r.mu.Lock()
	if !now && time.Since(r.flushed) < time.Second {
		r.mu.Unlock()
		return nil
	}
	notes := r.notes
	r.notes, r.flushed = nil, time.Now()
	r.mu.Unlock()
	return r.Store.Notes(ctx, notes)
}
