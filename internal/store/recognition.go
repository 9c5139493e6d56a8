package store

import (
	"context"
	"encoding/json"
	"slices"

	"planet/internal/planet"
)

// A Recognition says what the store has of an item's feed that the item would be kept as.
type Recognition int

// The recognitions.
const (
	Fresh   Recognition = iota // nothing: it is new
	Own                        // an entry of the feed, as it was or edited
	Changed                    // an entry of the feed by its id alone: its date and words are others, and its title or the host of its link
	Doubted                    // one that came while the feed seemed to be somebody else's
)

const selectDoubted = `select s.entry_id from standings s join arrivals a on a.id = s.arrival where a.suspect <> '' and not a.released and not s.released
	and s.entry_id in (select value from json_each(?))`

// Recognise tells of each item of a document what Record would keep it as. It changes nothing.
func (db *DB) Recognise(ctx context.Context, was State, doc Document) ([]Recognition, error) {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, db.explain(err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	r := &recording{db: db, tx: tx, was: was, feed: was, doc: doc}
	present, err := r.present(ctx, doc)
	if err != nil {
		return nil, db.explain(err)
	}
	places, _, err := r.places(ctx, rawIDs(was.Slug, doc.Items), present)
	if err != nil {
		return nil, db.explain(err)
	}
	doubted, err := r.doubted(ctx, places)
	if err != nil {
		return nil, db.explain(err)
	}
	out := make([]Recognition, len(places))
	for i, p := range places {
		if out[i], err = r.recognition(ctx, p, doc.Items[i].Entry); err != nil {
			return nil, db.explain(err)
		}
		if p.known != nil && out[i] == Own && slices.Contains(doubted, p.known.id) {
			out[i] = Doubted
		}
	}
	return out, nil
}

// recognition is what an item in its place is of the feed, by what it says.
func (r *recording) recognition(ctx context.Context, p place, e *planet.Entry) (Recognition, error) {
	switch {
	case p.known == nil && !p.again:
		return Fresh, nil
	case p.known == nil || e == nil || firstDate(e) != 0 && firstDate(e) == p.known.published:
		return Own, nil
	case fold(e.Title) == fold(p.known.title) && hostOf(e.Link) == hostOf(p.known.link):
		return Own, nil
	}
	// "Hello world!" is everybody's. What has another host and another date, too, has to have the same words.
	before, err := r.db.signsOf(ctx, r.tx, p.known.id)
	if e.TextSum != 0 && e.TextSum == before.textSum {
		return Own, err
	}
	return Changed, err
}

// doubted are the rows of those entries in their places that came while the feed seemed to be somebody else's.
func (r *recording) doubted(ctx context.Context, places []place) ([]int64, error) {
	rows := make([]int64, 0, len(places))
	for _, p := range places {
		if p.known != nil {
			rows = append(rows, p.known.id)
		}
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	return r.db.rowsOf(r.db.in(ctx, r.tx, selectDoubted).QueryContext(ctx, string(list)))
}

// believe lets entries arrive anew that came while the feed seemed to be somebody else's: it is its own again, and has
// written under their ids.
func (r *recording) believe(ctx context.Context, places []place) error {
	doubted, err := r.doubted(ctx, places)
	if err != nil || len(doubted) == 0 {
		return err
	}
	if err := r.arrive(ctx); err != nil {
		return err
	}
	_, err = r.each(ctx, believeEntries, doubted, r.arrival)
	return err
}
