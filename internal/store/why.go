package store

import (
	"context"
	"encoding/json"

	"planet/internal/planet"
)

// Forgotten tells whether an entry that was known by an address or id was forgotten on request. Only hashes of what it
// was known by are left, so the question has to be one of them: its link, id or published id.
func (db *DB) Forgotten(ctx context.Context, address string) (yes bool, err error) {
	states, err := db.Feeds(ctx)
	if err != nil {
		return false, err
	}
	id, page := storable(address), planet.Entry{Canonical: planet.Canonical(address)}
	signs := []string{publishedGrave(id)}
	for slug := range states { // ids are a feed's own
		signs = append(signs, graveSigns(slug, id, &page)...)
	}
	list, err := json.Marshal(signs)
	if err != nil {
		return false, err
	}
	return yes, db.explain(db.read.QueryRowContext(ctx, inGraves, string(list)).Scan(&yes))
}

// Churn is in how many fetches in a row an entry was another one than before, by its row.
func (db *DB) Churn(ctx context.Context, row int64) (n int, err error) {
	return n, db.explain(db.read.QueryRowContext(ctx, selectChurn, row).Scan(&n))
}

// A Linked is an entry by its row, its feed's id, its link and its title.
type Linked struct {
	Row         int64
	Feed        string
	Link, Title string
}

// Linked gives the entries whose links hold a text, such as a host, in any case: the latest arrivals first. It reads all
// links there are, for a person's question and not for a run.
func (db *DB) Linked(ctx context.Context, text string) ([]Linked, error) {
	rows, err := db.read.QueryContext(ctx, `select e.id, f.slug, e.link, e.title from entries e join feeds f on f.id = e.feed_id
		where instr(lower(e.link), lower(?)) order by e.id desc`, text)
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	var out []Linked
	for rows.Next() {
		var l Linked
		if err := rows.Scan(&l.Row, &l.Feed, &l.Link, &l.Title); err != nil {
			return nil, db.explain(err)
		}
		out = append(out, l)
	}
	return out, db.explain(rows.Err())
}
