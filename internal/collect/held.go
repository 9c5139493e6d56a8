package collect

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"planet/internal/clean"
	"planet/internal/parse"
	"planet/internal/planet"
	"planet/internal/store"
)

// fingerprintIn is that of a document that came from an address.
func fingerprintIn(doc parse.Result, address string) fingerprint {
	f := doc.Feed
	return fingerprintOf(clean.Plain(f.Title), f.Link, f.Language, f.Generator, address, doc.Items)
}

// believe decides whether a document is believed to be the feed's own. When it isn't, is keeps what the feed was known by.
func (t *turn) believe(ctx context.Context, is store.State, now fingerprint, record store.Document, unread int) (store.State, error) {
	was, err := t.knownBy(ctx)
	if err != nil {
		return is, &storeError{err}
	}
	if was.empty() || t.was.Held == "" && now.alike(was) {
		return remembered(is, was, now)
	}
	what, err := t.Store.Recognise(context.WithoutCancel(ctx), t.was, record)
	if err != nil {
		return is, &storeError{err}
	}
	own, doubted, fresh := t.sorted(record.Items, what)
	own += unread
	found := signs(was, now, own, fresh, func() []planet.Entry { return t.past(ctx) })
	switch {
	case len(fresh) > 0 && len(found) >= suspicious:
		return remembered(t.held(is, strings.Join(found, ", ")), was, was)
	case t.was.Held != "" && (own == 0 || doubted > 0 || len(found) > 0):
		return remembered(t.held(is, t.was.Held), was, was)
	case len(found) > 1 && (own == 0 || len(fresh) == 0):
		return remembered(is, was, was) // else what shows too little to be judged would vouch for what comes after it
	}
	is.Held, is.HeldSince = "", time.Time{} // its own again
	return remembered(is, was, now)
}

// knownBy is by what the feed was known so far; nothing for one that is new, or that a person has just vouched for, by
// another url or a release: those have no document either. Of a feed that was read before fingerprints were kept it is made
// of what is stored.
func (t *turn) knownBy(ctx context.Context) (is fingerprint, err error) {
	if t.was.Fingerprint != "" {
		return is, json.Unmarshal([]byte(t.was.Fingerprint), &is)
	}
	if len(t.was.BodyHash) == 0 || t.was.DuplicateOf != "" {
		return is, nil
	}
	past := t.past(ctx)
	if len(past) == 0 {
		return is, nil
	}
	items := make([]planet.Item, len(past))
	for i, e := range past {
		items[i].Link, items[i].Authors = e.Link, e.Authors
	}
	return fingerprintOf(t.was.Title, t.was.Site, t.was.Lang, "", address(t.feed, t.was), items), nil
}

// sorted counts the items that are the feed's own, and those that came while it seemed to be somebody else's. Those, what
// came under an old id but is another post, and what is new have to be judged.
func (t *turn) sorted(items []store.Incoming, what []store.Recognition) (own, doubted int, fresh []planet.Entry) {
	for i, w := range what {
		entry := items[i].Entry
		switch {
		case w == store.Own:
			own++
			continue
		case w == store.Doubted:
			doubted++
		case w == store.Fresh && entry == nil: // it is in the document twice
			continue
		}
		if entry == nil { // the store has it, so that it wasn't cleaned
			e := t.clean(items[i].Item)
			entry = &e
		}
		fresh = append(fresh, *entry)
	}
	return own, doubted, fresh
}

// alike says whether a document looks so much like those before that nothing needs to be compared: at most the language and
// the topic of its entries could be others.
func (is fingerprint) alike(was fingerprint) bool {
	return is.Title == was.Title && is.Site == was.Site && is.Lang == was.Lang && is.Generator == was.Generator &&
		(len(is.Hosts) == 0 || slices.ContainsFunc(is.Hosts, func(h string) bool { return slices.Contains(was.Hosts, h) }))
}

// remembered is the state of a feed whose document is believed.
func remembered(is store.State, was, now fingerprint) (store.State, error) {
	data, err := json.Marshal(now.keeping(was))
	is.Fingerprint = string(data)
	return is, err
}

// held is the state of a feed that seems to be somebody else's: nothing that the document says of it counts, nor where
// redirects lead.
func (t *turn) held(is store.State, signs string) store.State {
	was := t.was
	is.Title, is.Site, is.Lang = was.Title, was.Site, was.Lang
	is.Newest, is.Gap, is.Hints = was.Newest, was.Gap, was.Hints
	is.FetchURL, is.MovedTo, is.MovedSince, is.MovedSeen = was.FetchURL, was.MovedTo, was.MovedSince, was.MovedSeen
	is.NextFetch = t.Pace.success(t.feed, is, t.at)
	is.Held, is.HeldSince = cmp.Or(was.Held, signs), was.HeldSince
	if is.HeldSince.IsZero() {
		is.HeldSince = t.at
	}
	return is
}

// pastEntries is how many of the feed's newest entries a document is compared with.
const pastEntries = 30

// past gives them; none if they can't be read, then the texts say nothing.
func (t *turn) past(ctx context.Context) []planet.Entry {
	rows, err := t.Store.Undoubted(context.WithoutCancel(ctx), t.feed.ID, pastEntries)
	if err != nil {
		return nil
	}
	entries, err := t.Store.Entries(context.WithoutCancel(ctx), rows)
	if err != nil {
		return nil
	}
	return entries
}
