package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"time"
)

// A Slice names an entry's bytes in a feed's document, together with all that has a say in how they are read.
type Slice = [16]byte

const (
	selectSlices = `select s.hash, iif(e.published_at <> 0, e.published_at, e.updated_at) from slices s join entries e on e.id = s.entry_id
		where s.feed_id = ?1 and s.hash in (select unhex(value) from json_each(?2))`
	selectPresent = `select hash, entry_id from slices where feed_id = ?1 and hash in (select unhex(value) from json_each(?2))`
	deleteSlices  = `delete from slices where feed_id = ?1 and (not ?2 and hash not in (select unhex(value) from json_each(?3)) or entry_id in (select value from json_each(?4)))`
	insertSlices  = `insert or replace into slices select ?1, unhex(key), value from json_each(?2)`
)

// Slices tells which of the slices of a feed's document the store knows, each with its entry's date, zero if it has none:
// such entries need not be read.
func (db *DB) Slices(ctx context.Context, feed State, slices []Slice) (map[Slice]time.Time, error) {
	known := map[Slice]time.Time{}
	if len(slices) == 0 {
		return known, nil
	}
	list, err := hexList(slices)
	if err != nil {
		return nil, err
	}
	rows, err := db.read.QueryContext(ctx, selectSlices, feed.row, list)
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var h []byte
		var at int64
		if err := rows.Scan(&h, &at); err != nil {
			return nil, db.explain(err)
		}
		known[Slice(h)] = fromUnix(at)
	}
	return known, db.explain(rows.Err())
}

func hexList(slices []Slice) (string, error) {
	names := make([]string, len(slices))
	for i, s := range slices {
		names[i] = hex.EncodeToString(s[:])
	}
	list, err := json.Marshal(names)
	return string(list), err
}

// present are the entries of a document that were known and not read: for each its place in the document, by its row.
func (r *recording) present(ctx context.Context, doc Document) (map[int64]int, error) {
	present := map[int64]int{}
	if len(doc.Slices) == 0 {
		return present, nil
	}
	at := positions(doc.Slices)
	var unread []Slice
	read := map[Slice]bool{}
	for _, in := range doc.Items {
		read[in.Slice] = true
	}
	for _, s := range doc.Slices {
		if !read[s] {
			unread = append(unread, s)
		}
	}
	list, err := hexList(unread)
	if err != nil {
		return nil, err
	}
	rows, err := r.db.in(ctx, r.tx, selectPresent).QueryContext(ctx, r.feed.row, list)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var h []byte
		if err := rows.Scan(&h, &id); err != nil {
			return nil, err
		}
		if before, ok := present[id]; !ok || at[Slice(h)] < before {
			present[id] = at[Slice(h)]
		}
	}
	return present, rows.Err()
}

// positions tells where each slice first is.
func positions(slices []Slice) map[Slice]int {
	at := map[Slice]int{}
	for i, s := range slices {
		if _, ok := at[s]; !ok {
			at[s] = i
		}
	}
	return at
}

// remember keeps the slices of a document's items with the rows of their entries: of each entry the one that it was read
// from last. Those that the document doesn't have any more are forgotten, unless it was only a part of the feed.
func (r *recording) remember(ctx context.Context, doc Document, rows []int64) error {
	entries := map[string]int64{}
	read := []int64{}
	for i, in := range doc.Items {
		if in.Slice != (Slice{}) && rows[i] != 0 {
			entries[hex.EncodeToString(in.Slice[:])] = rows[i]
			read = append(read, rows[i])
		}
	}
	still, err := hexList(doc.Slices)
	if err != nil {
		return err
	}
	now, err := json.Marshal(read)
	if err != nil {
		return err
	}
	if _, err := r.db.in(ctx, r.tx, deleteSlices).ExecContext(ctx, r.feed.row, doc.Part, still, string(now)); err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	list, err := json.Marshal(entries)
	if err != nil {
		return err
	}
	_, err = r.db.in(ctx, r.tx, insertSlices).ExecContext(ctx, r.feed.row, string(list))
	return err
}
