package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"planet/internal/planet"
)

// Find gives the rows of the entries that are known by an address or id: as their link, id or published id, now or before.
// Scheme, www., tracking parameters and the like make no difference.
func (db *DB) Find(ctx context.Context, address string) ([]int64, error) {
	rows, err := db.read.QueryContext(ctx, `select id from entries where guid = ?1
		union select id from entries where published_id = ?1
		union select entry_id from standings where canonical = ?2 and canonical <> ''
		union select entry_id from standings where published_as = ?1 and published_as <> ''
		union select entry_id from aliases where value = ?1
		union select entry_id from aliases where canonical = ?2 and canonical <> ''
		order by 1`, storable(address), planet.Canonical(address))
	return db.rowsOf(rows, err)
}

// OfFeed gives the rows of a feed's entries, the latest arrivals first, at most n; below 0 all.
func (db *DB) OfFeed(ctx context.Context, slug string, n int) ([]int64, error) {
	return db.rowsOf(db.read.QueryContext(ctx, `select entry_id from standings where feed_id = (select id from feeds where slug = ?) order by entry_id desc limit ?`, slug, n))
}

// Undoubted gives the rows of the feed's n latest entries that didn't come while it seemed to be somebody else's.
func (db *DB) Undoubted(ctx context.Context, slug string, n int) ([]int64, error) {
	return db.rowsOf(db.read.QueryContext(ctx, `select s.entry_id from standings s left join arrivals a on a.id = s.arrival
		where s.feed_id = (select id from feeds where slug = ?) and (coalesce(a.suspect, '') = '' or a.released) order by s.entry_id desc limit ?`, slug, n))
}

// Listed gives the rows of what a feed's last document had, newest first, at most n.
func (db *DB) Listed(ctx context.Context, slug string, n int) ([]int64, error) {
	return db.rowsOf(db.read.QueryContext(ctx, `select j.value from listings l, json_each(l.entries) j join entries e on e.id = j.value
		where l.feed_id = (select id from feeds where slug = ?)
		order by min(iif(e.published_at = 0, e.first_seen_at, e.published_at), e.first_seen_at) desc, j.key limit ?`, slug, n))
}

func (db *DB) rowsOf(rows *sql.Rows, err error) ([]int64, error) {
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var row int64
		if err := rows.Scan(&row); err != nil {
			return nil, db.explain(err)
		}
		out = append(out, row)
	}
	return out, db.explain(rows.Err())
}

// Traced gives entries by their rows, with what selection needs and their former names, without texts.
func (db *DB) Traced(ctx context.Context, rows []int64) ([]planet.Entry, error) {
	window, err := db.Window(ctx, rows, false)
	meant := map[int64]bool{}
	for _, row := range rows {
		meant[row] = true
	}
	return slices.DeleteFunc(window, func(e planet.Entry) bool { return !meant[e.Seq] }), err
}

// Entries gives whole entries by their rows, in that order; those that don't exist are left out.
func (db *DB) Entries(ctx context.Context, rows []int64) ([]planet.Entry, error) {
	list, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	found, err := db.read.QueryContext(ctx, selectEntries+"join json_each(?) j on j.value = s.entry_id order by j.key", string(list))
	if err != nil {
		return nil, db.explain(err)
	}
	defer found.Close()
	var out []planet.Entry
	for found.Next() {
		e, err := scanEntry(found)
		if err != nil {
			return nil, db.explain(err)
		}
		out = append(out, e)
	}
	return out, db.explain(found.Err())
}
