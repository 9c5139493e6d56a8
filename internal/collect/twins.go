package collect

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"planet/internal/fetch"
	"planet/internal/planet"
	"planet/internal/store"
)

// claims tell whose an address and a document are, so that what two feeds share is fetched once and kept once
// (behaviour 41). The first who comes has it: feeds are asked in the order of feeds.yaml, and known twins after all others.
type claims struct {
	mu        sync.Mutex
	addresses map[string]string // that were asked in this run → feed
	documents map[string]string // hashes of bodies → feed
	twins     []*twin
}

// A twin is a turn that found that another feed's turn is the same.
type twin struct {
	*turn
	of   string // the other feed
	res  fetch.Result
	hash []byte
}

func (t *twin) Error() string { return "it is the feed " + t.of }

// newClaims knows the documents that the listed feeds had the last time. It frees feeds whose twin is gone.
func newClaims(feeds []planet.Feed, states map[string]store.State) *claims {
	c := &claims{addresses: map[string]string{}, documents: map[string]string{}}
	active := map[string]bool{}
	for _, f := range feeds {
		active[f.ID] = f.URL != "" && !f.Paused
	}
	for _, f := range feeds {
		s := states[f.ID]
		if s.DuplicateOf != "" && !active[s.DuplicateOf] { // it has to be read anew
			s.DuplicateOf, s.ETag, s.LastModified, s.Validated, s.BodyHash = "", "", "", "", nil
			states[f.ID] = s
		}
		if !active[f.ID] || s.DuplicateOf != "" {
			continue
		}
		if hash := string(s.BodyHash); hash != "" && c.documents[hash] == "" {
			c.documents[hash] = f.ID
		}
		// Who has had an address for long keeps it from a feed that is new and leads there.
		if at := s.Validated; at != "" && s.LastError == "" && c.addresses[at] == "" && !secret(f) {
			c.addresses[at] = f.ID
		}
	}
	return c
}

// address claims an address for a feed, or tells whose it is. What is behind a password is everybody's own.
func (c *claims) address(f planet.Feed, address string) (other string, ok bool) {
	if secret(f) {
		return "", true
	}
	return c.claim(c.addresses, f.ID, address)
}

// secret says whether a feed has a password.
func secret(f planet.Feed) bool {
	u, err := url.Parse(f.URL)
	return err != nil || u.User != nil
}

// taken says whether an address was asked in this run, or is a known feed's.
func (c *claims) taken(address string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.addresses[address] != ""
}

// document claims a document for a feed, or tells whose it is.
func (c *claims) document(f planet.Feed, hash []byte) (other string, ok bool) {
	return c.claim(c.documents, f.ID, string(hash))
}

func (c *claims) claim(whose map[string]string, id, what string) (other string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if other = whose[what]; other != "" && other != id {
		return other, false
	}
	whose[what] = id
	return "", true
}

// later keeps a twin until it is known what became of the other.
func (c *claims) later(t *twin) {
	t.res.Release()
	t.res.Body = nil
	c.mu.Lock()
	defer c.mu.Unlock()
	c.twins = append(c.twins, t)
}

// stillTwin says whether the document of a feed that was another's twin is so still. It may have news that the other
// doesn't have yet: then it is ahead, and has to be read again. What the other, asked in this run, doesn't have after a
// day is its own. The document is read as if it came from the other's address, which relative addresses in items are resolved against.
func (t *turn) stillTwin(ctx context.Context, res fetch.Result) (same, ahead bool, err error) {
	other := t.states[t.was.DuplicateOf]
	if t.was.DuplicateOf == "" {
		return false, false, nil
	}
	res.URL = cmp.Or(other.Validated, other.FetchURL, other.URL)
	doc, err := t.parse(&res)
	if err != nil || len(doc.Items) == 0 { // whoever reads it next says so
		return false, false, nil
	}
	items, err := incoming(doc)
	if err != nil {
		return false, false, nil // so does this
	}
	known, err := t.Store.Known(context.WithoutCancel(ctx), other, items)
	if err != nil || 2*len(known) < len(items) {
		return false, false, err
	}
	if len(known) < len(items) && other.LastError != "" && (other.LastStatus == http.StatusGone || t.at.Sub(other.FailingSince) >= day) {
		return false, false, nil // the other is broken, and what is new is nobody's
	}
	read := t.wasRead(t.was.DuplicateOf)
	for _, in := range items {
		if date := cmp.Or(in.Item.Published, in.Item.Updated); read && !known[in.Hash] && date.Before(t.at.Add(-day)) && !date.IsZero() {
			return false, false, nil
		}
	}
	return true, len(known) < len(items), nil
}

// wasRead says whether a feed answered well in this run.
func (r *run) wasRead(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.report.Outcomes, func(o Outcome) bool { return o.Feed == id && (o.Kind == Fetched || o.Kind == NotModified) })
}

// settleTwins gives each twin the outcome of its other.
func (r *run) settleTwins(ctx context.Context, down bool) error {
	if len(r.claims.twins) == 0 {
		return nil
	}
	if err := r.writer.finish(ctx, false); err != nil {
		return err
	}
	states, err := r.Store.Feeds(ctx)
	if err != nil {
		return err
	}
	outcomes := map[string]Outcome{}
	for _, o := range r.report.Outcomes {
		outcomes[o.Feed] = o
	}
	slices.SortFunc(r.claims.twins, func(a, b *twin) int { return r.places[a.feed.ID] - r.places[b.feed.ID] })
	twins := map[string]*twin{}
	for _, t := range r.claims.twins {
		twins[t.feed.ID] = t
	}
	for _, t := range r.claims.twins {
		of, hash := t.owner(twins, states)
		o, ok := outcomes[of]
		known := hash != nil && bytes.Equal(hash, states[of].BodyHash) // the other has read it, in this run or before
		switch {
		case down && o.Kind == Failed:
			t.outcome(Outcome{Kind: Failed, Error: o.Error})
		case of == t.feed.ID && known: // who led to its address brought what it has already
			if t.at.IsZero() {
				t.at = t.Now()
			}
			t.unchanged(ctx, fetch.Result{Status: http.StatusNotModified, Fresh: fetch.Unsaid})
		case of == t.feed.ID:
			t.failed(ctx, t.res, errors.New("redirects: in a circle with the feed "+t.of))
		case hash == nil && !ok && of != t.feed.ID && !states[of].Succeeded.IsZero(): // it wasn't due, and was fine
			if err := t.sharesDocument(ctx, of, states); err != nil {
				return err
			}
		case hash == nil && (!ok || o.Kind == Skipped):
			t.skipped("it has the address of the feed " + of + ", which was not read in this run")
		case o.Kind == Failed && !known:
			t.sharesFailure(ctx, states[of])
		default:
			if err := t.sharesDocument(ctx, of, states); err != nil {
				return err
			}
		}
	}
	return nil
}

// owner follows twins of twins to the feed that has the document, and tells the document's hash if one of them brought it.
func (t *twin) owner(twins map[string]*twin, states map[string]store.State) (of string, hash []byte) {
	of, hash = t.of, t.hash
	for range twins {
		next, ok := twins[of]
		if !ok || of == t.feed.ID || hash != nil && bytes.Equal(hash, states[of].BodyHash) {
			break
		}
		of = next.of
		if hash == nil {
			hash = next.hash
		}
	}
	return of, hash
}

func (t *twin) sharesFailure(ctx context.Context, other store.State) {
	if t.at.IsZero() {
		t.at = t.Now()
	}
	is := t.Pace.failed(t.feed, t.was, fetch.Result{Status: other.LastStatus}, other.LastError, t.at)
	is.NextFetch, is.WaitingUntil = other.NextFetch, other.WaitingUntil
	is, told, words := tell(t.was, is)
	t.writer.note(ctx, store.Note{Was: t.was, Is: is, Bytes: t.bytes, Took: t.took})
	t.outcome(Outcome{Kind: Failed, Error: is.LastError, Tell: told, Words: words})
}

// sharesDocument records that the feed has the other's document. Where both are new, and the other came first by chance
// though it is listed later, what it brought becomes this feed's.
func (t *twin) sharesDocument(ctx context.Context, of string, states map[string]store.State) error {
	other := states[of]
	if t.at.IsZero() {
		t.at = t.Now()
	}
	is := t.was
	is.Title, is.Site, is.Lang, is.Hints, is.Newest, is.Gap, is.BodyHash = other.Title, other.Site, other.Lang, other.Hints, other.Newest, other.Gap, other.BodyHash
	is.DuplicateOf = cmp.Or(other.DuplicateOf, of)
	res := t.res
	if t.hash != nil {
		is.BodyHash = t.hash
	} else {
		is.ETag, is.LastModified, is.Validated, is.Fresh = other.ETag, other.LastModified, other.Validated, other.Fresh
		res.Status, res.Fresh = http.StatusNotModified, fetch.Unsaid // the other's answer is the answer
	}
	is = t.Pace.succeeded(t.feed, is, res, t.at)
	if t.hash == nil {
		is.LastStatus = other.LastStatus
	}
	is, told, words := tell(t.was, is)
	if t.was.Fetched.IsZero() && t.states[of].Fetched.IsZero() && other.DuplicateOf == "" && t.places[t.feed.ID] < t.places[of] {
		is.DuplicateOf = ""
		t.writer.give(store.Gift{From: other, To: t.was}, store.Note{Was: t.was, Is: is, Bytes: t.bytes, Took: t.took})
		other.DuplicateOf = t.feed.ID
		states[of] = other // so that a third twin finds the new owner
	} else {
		t.writer.note(ctx, store.Note{Was: t.was, Is: is, Bytes: t.bytes, Took: t.took})
	}
	t.outcome(Outcome{Kind: NotModified, Tell: told, Words: words})
	return nil
}
