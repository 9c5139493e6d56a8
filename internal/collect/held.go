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
	was := fingerprint{}
	if t.was.Fingerprint != "" {
		if err := json.Unmarshal([]byte(t.was.Fingerprint), &was); err != nil {
			return is, &storeError{err}
		}
	}
	if t.was.Fingerprint == "" || t.was.Held == "" && now.alike(was) {
		return remembered(is, was, now)
	}
	what, err := t.Store.Recognise(context.WithoutCancel(ctx), t.was, record)
	if err != nil {
		return is, &storeError{err}
	}
	own, fresh, doubted := unread, []planet.Entry(nil), 0
	for i, w := range what {
		switch {
		case w == store.Own:
			own++
		case w == store.Doubted:
			doubted++
		case record.Items[i].Entry != nil:
			fresh = append(fresh, *record.Items[i].Entry)
		}
	}
	found := signs(was, now, own, fresh, func() []planet.Entry { return t.past(ctx) })
	switch {
	case len(found) >= suspicious:
		return t.held(is, strings.Join(found, ", ")), nil
	case t.was.Held != "" && (own == 0 || doubted > 0 || len(found) > 0):
		return t.held(is, t.was.Held), nil
	}
	is.Held, is.HeldSince = "", time.Time{} // its own again
	return remembered(is, was, now)
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

// held is the state of a feed that seems to be somebody else's: nothing that the document says of it counts.
func (t *turn) held(is store.State, signs string) store.State {
	was := t.was
	is.Title, is.Site, is.Lang, is.Fingerprint = was.Title, was.Site, was.Lang, was.Fingerprint
	is.Newest, is.Gap = was.Newest, was.Gap
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
