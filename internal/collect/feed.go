package collect

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"

	"planet/internal/clean"
	"planet/internal/fetch"
	"planet/internal/parse"
	"planet/internal/planet"
	"planet/internal/store"
)

// A turn is one feed's in a run: from request to record.
type turn struct {
	*run
	feed  planet.Feed
	was   store.State
	at    time.Time // when it was asked; zero: it wasn't
	began time.Time // the same by the real clock
	twin  *twin     // another feed has its address or document
	bytes int64
	took  time.Duration

	requests int // that went out
}

// errPaused means that the host said 429.
type errPaused struct {
	host  string
	until time.Time
}

func (e *errPaused) Error() string {
	return fmt.Sprintf("the host %s asked to be left alone until %s", e.host, e.until.UTC().Format(time.RFC3339))
}

// feed deals with one feed. It fails only when the store does.
func (r *run) feed(ctx context.Context, f planet.Feed) (err error) {
	t := &turn{run: r, feed: f, was: r.states[f.ID]}
	if ctx.Err() != nil {
		t.skipped(tooLate)
		return nil
	}
	defer func() {
		if p := recover(); p != nil { // one feed never stops the run (behaviour 61)
			r.Log.Error("internal error", "feed", f.ID, "panic", p, "stack", string(debug.Stack()))
			t.failed(ctx, fetch.Result{}, errors.New(internal(p)))
		}
	}()
	s := t.was
	res, err := r.Fetch.Get(ctx, fetch.Request{
		URL: address(f, s), ETag: s.ETag, LastModified: s.LastModified, Validated: s.Validated, Insecure: f.Insecure,
		Turn: func(address string) error { return t.goes(ctx, address) },
	})
	defer res.Release()
	t.bytes, t.took = res.Bytes, res.Took
	r.Log.Debug("asked", "feed", f.ID, "url", fetch.Redact(f.URL), "status", res.Status, "took", res.Took.Round(time.Millisecond), "error", err)
	return t.answered(ctx, &res, err)
}

// address is where a feed is asked for. A password that feeds.yaml gives goes along, where fetch lets it go.
func address(f planet.Feed, s store.State) string {
	to, err := url.Parse(s.FetchURL)
	if err != nil || s.FetchURL == "" {
		return f.URL
	}
	if from, err := url.Parse(f.URL); err == nil && from.User != nil && from.Scheme == to.Scheme && from.Host == to.Host {
		to.User = from.User
	}
	return to.String()
}

// goes is called when a request is about to go out: the first, and those to where it is redirected. Not out go those to
// hosts that want to be left alone, and to addresses that were asked in this run already.
func (t *turn) goes(ctx context.Context, address string) error {
	if until, ok := t.pausedUntil(hostOf(address)); ok {
		return &errPaused{hostOf(address), until}
	}
	if other, ok := t.claims.address(t.feed, address); !ok {
		t.twin = &twin{turn: t, of: other}
		return t.twin
	}
	t.requests++
	if !t.at.IsZero() {
		return nil
	}
	if err := t.writer.start(ctx, t.was); err != nil {
		return &storeError{err}
	}
	t.at, t.began = t.Now(), time.Now()
	return nil
}

// answered sorts the ways in which a request can end.
func (t *turn) answered(ctx context.Context, res *fetch.Result, err error) error {
	var broken *storeError
	var paused *errPaused
	switch {
	case errors.As(err, &broken):
		return broken.err
	case t.twin != nil:
		t.heard(!t.at.IsZero()) // who redirects has answered
		t.twin.res = *res
		t.claims.later(t.twin)
		return nil
	case errors.As(err, &paused):
		t.heard(!t.at.IsZero())
		t.skipped(paused.Error())
		return nil
	case err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) && !t.at.IsZero() && time.Since(t.began) > t.Deadline/2:
		t.failed(ctx, *res, errors.New("no whole answer before the run had to end (fetch.deadline)"))
		return nil
	case err != nil && ctx.Err() != nil:
		t.skipped(tooLate)
		return nil
	case err != nil && fetch.Unreachable(err):
		t.wasUnreachable(*res, err)
		return nil
	case err != nil:
		t.heard(!t.at.IsZero() && !fetch.Refused(err)) // what isn't an address at all was never asked
		t.failed(ctx, *res, err)
		return nil
	}
	t.heard(true)
	switch res.Status {
	case http.StatusNotModified:
		t.unchanged(ctx, *res)
		return nil
	case http.StatusOK, http.StatusIMUsed:
		return t.body(ctx, res)
	case http.StatusTooManyRequests:
		t.pause(hostOf(res.URL), cmp.Or(min(res.RetryAfter, t.Pace.RetryAfter), busy))
	}
	t.failed(ctx, *res, errors.New(fetch.StatusText(res.Status)))
	return nil
}

// body deals with a document.
func (t *turn) body(ctx context.Context, res *fetch.Result) error {
	hash := bodyHash(res.Body)
	if bytes.Equal(hash, t.was.BodyHash) { // no validators, but the same bytes (behaviour 7)
		t.unchanged(ctx, *res)
		return nil
	}
	if other, ok := t.claims.document(t.feed, hash); !ok {
		t.claims.later(&twin{turn: t, of: other, res: *res, hash: hash})
		return nil
	}
	return t.document(ctx, res, hash)
}

// bodyHash is of the bytes and of what reads them, so that a better parser reads a known document again.
func bodyHash(body []byte) []byte {
	h := sha256.New()
	h.Write([]byte("parse " + strconv.Itoa(parse.Version) + "\n"))
	h.Write(body)
	return h.Sum(nil)
}

// document reads a document that is new and records what it brings.
func (t *turn) document(ctx context.Context, res *fetch.Result, hash []byte) error {
	weight := min(int64(len(res.Body)), reading)
	if err := t.reading.Acquire(context.WithoutCancel(ctx), weight); err != nil { // what has come is read, also after the deadline
		return err
	}
	read := sync.OnceFunc(func() { t.reading.Release(weight) })
	defer read()
	same, ahead, err := t.stillTwin(ctx, *res)
	if err != nil {
		return err
	}
	if same {
		if ahead { // its validators are not kept
			res = &fetch.Result{Status: http.StatusNotModified, Fresh: fetch.Unsaid, Moved: res.Moved}
		}
		t.unchanged(ctx, *res)
		return nil
	}
	doc, known, err := t.readNew(ctx, res)
	res.Body = nil // what is left of it is in doc
	res.Release()
	if broken := (*storeError)(nil); errors.As(err, &broken) {
		return broken.err
	}
	if err != nil {
		read() // before advice is asked for
		t.failed(ctx, *res, err)
		return nil
	}
	is, looks := t.after(doc, known, *res, hash), fingerprintIn(doc, res.URL)
	items, err := incoming(doc)
	if err != nil {
		t.failed(ctx, *res, fmt.Errorf("an entry can't be kept (%w)", err))
		return nil
	}
	doc.Items = nil // the texts of thousands of entries need not be here twice
	if err := t.cleanNew(ctx, items); err != nil {
		return err
	}
	record := store.Document{
		Version: clean.Version, Items: items, Slices: doc.Keys, Part: res.Partial || doc.Truncated,
		Founding: t.founding, Revisions: t.Revisions,
	}
	if is, err = t.believe(ctx, is, looks, record, doc.Known); err != nil {
		return err
	}
	record.Suspect = is.Held
	is, told, words := tell(t.was, is)
	added, updated, err := t.Store.Record(context.WithoutCancel(ctx), store.Note{Was: t.was, Is: is, Bytes: t.bytes, Took: t.took}, record)
	if err != nil {
		return err
	}
	t.outcome(Outcome{Kind: Fetched, New: added, Updated: updated, Tell: told, Words: words})
	return nil
}

// incoming prepares a document's entries for the store. Those without a guid are to be read each time: what tells them
// from others with the same link is in their texts.
func incoming(doc parse.Result) ([]store.Incoming, error) {
	items, err := store.Incomings(doc.Items)
	for i := range items {
		if items[i].Item.GUID != "" {
			items[i].Slice = doc.Key(i)
		}
	}
	return items, err
}

// after is the feed's state after a document was read.
func (t *turn) after(doc parse.Result, known map[store.Slice]time.Time, res fetch.Result, hash []byte) store.State {
	is := described(t.was, doc, known, res.Partial, t.at)
	is.Title, is.Site, is.Lang = clean.Plain(doc.Feed.Title), doc.Feed.Link, clean.LangTag(doc.Feed.Language)
	is.BodyHash, is.DuplicateOf = hash, ""
	is.Warnings = warned(t.was.Warnings, doc)
	is = t.Pace.succeeded(t.feed, is, res, t.at)
	if doc.Truncated { // it must not be answered with 304 for ever, nor count as known (behaviour 9)
		is.ETag, is.LastModified, is.Validated, is.BodyHash = t.was.ETag, t.was.LastModified, t.was.Validated, nil
	}
	return is
}

// parse reads a body whole.
func (t *turn) parse(res *fetch.Result) (parse.Result, error) {
	base, err := url.Parse(res.URL)
	if err != nil {
		return parse.Result{}, err
	}
	doc, err := parse.Parse(res.Body, res.ContentType, base, t.Parse)
	doc.LeaveOutEmpty()
	return doc, err
}

// readNew reads of a body what the store doesn't know by its bytes; known are the others, with their dates. Entries
// without a guid need to see all others to be told apart from them. A feed that had entries and has none is broken:
// nobody writes a feed to say nothing.
func (t *turn) readNew(ctx context.Context, res *fetch.Result) (doc parse.Result, known map[store.Slice]time.Time, err error) {
	base, err := url.Parse(res.URL)
	if err != nil {
		return doc, nil, err
	}
	open := parse.Open(res.Body, res.ContentType, base, t.Parse)
	keys := open.Keys()
	known, err = t.Store.Slices(context.WithoutCancel(ctx), t.was, keys)
	if err != nil {
		return doc, nil, &storeError{err}
	}
	doc, err = open.Read(func(k parse.Key) bool { _, ok := known[k]; return ok })
	doc.LeaveOutEmpty()
	if err == nil && doc.Known > 0 && slices.ContainsFunc(doc.Items, func(it planet.Item) bool { return it.GUID == "" }) {
		doc, err = open.Read(nil)
		doc.LeaveOutEmpty()
	}
	if err != nil {
		return doc, nil, err
	}
	if doc.Known == 0 {
		known = nil
	}
	for _, w := range doc.Warnings {
		t.Log.Debug("warning", "feed", t.feed.ID, "problem", w.String())
	}
	if len(doc.Items)+doc.Known == 0 && !res.Partial && !t.was.Newest.IsZero() {
		return doc, nil, errors.New("the feed is empty now, though it had entries before")
	}
	return doc, known, nil
}

// cleanNew cleans the items that the store doesn't have in this form.
func (t *turn) cleanNew(ctx context.Context, items []store.Incoming) error {
	known, err := t.Store.Known(context.WithoutCancel(ctx), t.was, items)
	if err != nil {
		return err
	}
	for i := range items {
		if !known[items[i].Hash] {
			items[i].Settled(t.clean(items[i].Item))
		}
	}
	return nil
}

func (t *turn) unchanged(ctx context.Context, res fetch.Result) {
	is := t.Pace.succeeded(t.feed, t.was, res, t.at)
	is, told, words := tell(t.was, is)
	t.writer.note(ctx, store.Note{Was: t.was, Is: is, Bytes: t.bytes, Took: t.took, Still: true})
	t.outcome(Outcome{Kind: NotModified, Tell: told, Words: words})
}

func (t *turn) failed(ctx context.Context, res fetch.Result, why error) {
	if t.at.IsZero() { // it was never asked: there is something wrong with the address
		t.at = t.Now()
	}
	is := t.Pace.failed(t.feed, t.was, res, why.Error(), t.at)
	if news(t.was, is) != "" {
		is.Advice = t.advice(ctx, is, why)
	}
	is, told, words := tell(t.was, is)
	t.writer.note(ctx, store.Note{Was: t.was, Is: is, Bytes: t.bytes, Took: t.took})
	t.outcome(Outcome{Kind: Failed, Error: is.LastError, Tell: told, Words: words})
	t.Log.Info("feed failed", "feed", t.feed.ID, "url", fetch.Redact(t.feed.URL), "error", is.LastError)
}

const tooLate = "the run had to end before its turn (fetch.deadline)"

// skipped leaves a feed for a later run.
func (t *turn) skipped(why string) {
	if !t.at.IsZero() { // it was asked all the same, and that must not be forgotten
		t.interrupt()
	}
	t.Log.Debug("skipped", "feed", t.feed.ID, "why", why)
	t.outcome(Outcome{Kind: Skipped, Error: why})
}

// tell notes on a state what a person is told of it now.
func tell(was, is store.State) (after store.State, told, words string) {
	switch told = news(was, is); told {
	case "":
		return is, "", ""
	case Moved:
		words = is.FetchURL
	case Held:
		words = is.Held
	default:
		words = Problem(is)
	}
	is.Told = told
	return is, told, words
}
