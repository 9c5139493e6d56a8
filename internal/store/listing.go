package store

import (
	"context"
	"encoding/json"
	"slices"
)

// What a feed lists, and what it lists no more: an entry that is missing while older ones remain was taken out, not
// crowded out.

const (
	selectListing = `select j.value, min(iif(e.published_at = 0, e.first_seen_at, e.published_at), e.first_seen_at), s.arrival
		from listings l, json_each(l.entries) j join entries e on e.id = j.value join standings s on s.entry_id = e.id where l.feed_id = ? order by j.key`
	replaceListing = `insert into listings (feed_id, entries) values (?1, ?2) on conflict (feed_id) do update set entries = ?2 where entries <> ?2`
	takeOut        = `update standings set gone_at = ?2, stale = 1 where gone_at = 0 and entry_id in (select value from json_each(?1))`
	putBack        = `update standings set gone_at = 0, stale = 1 where gone_at <> 0 and entry_id in (select value from json_each(?))`
)

// maxListing is how many entries of a feed's documents are remembered, if they come in parts.
const maxListing = 5000

// dated is an entry's row, its date, and the fetch that brought it.
type dated struct{ row, at, arrival int64 }

// listing compares what the document has with what the one before had.
func (r *recording) listing(ctx context.Context, rows []int64, present map[int64]int) error {
	now := inOrder(r.doc, rows, present)
	before, err := r.listed(ctx)
	if err != nil {
		return err
	}
	if n, err := r.each(ctx, putBack, now); err != nil {
		return err
	} else if n > 0 {
		r.left = true
	}
	here := map[int64]bool{}
	for _, row := range now {
		here[row] = true
	}
	if r.doc.Part {
		for _, d := range before {
			if !here[d.row] {
				now = append(now, d.row)
			}
		}
		return r.list(ctx, now[:min(len(now), maxListing)])
	}
	n, err := r.each(ctx, takeOut, takenOut(before, here, r.added), unix(r.at))
	if err != nil {
		return err
	}
	r.left = r.left || n > 0
	return r.list(ctx, now)
}

// inOrder are the rows of a document's entries in its order, those that were read and those that weren't.
func inOrder(doc Document, rows []int64, present map[int64]int) []int64 {
	at, places := positions(doc.Slices), map[int64]int{}
	for row, place := range present {
		places[row] = place
	}
	for i, row := range rows {
		if row == 0 {
			continue
		}
		place, ok := at[doc.Items[i].Slice]
		if !ok {
			place = i
		}
		if first, ok := places[row]; !ok || place < first {
			places[row] = place
		}
	}
	out := make([]int64, 0, len(places))
	for row := range places {
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b int64) int {
		if places[a] != places[b] {
			return places[a] - places[b]
		}
		return int(b - a)
	})
	return out
}

// pinned is how many entries a feed may keep at its end while others are crowded out.
const pinned = 2

// takenOut chooses from the entries of the document before, in its order, those that were taken out: which aren't here,
// while older ones are. Older in every way, since a feed may list a post of today under an old date, or an old post on
// top again: they stood behind it, have an earlier date and came before it. What fresh new entries may have crowded out
// isn't taken out, though a pinned one or two are older. It is pure.
func takenOut(before []dated, here map[int64]bool, fresh int) []int64 {
	if oldestFirst(before) {
		before = slices.Clone(before)
		slices.Reverse(before)
	}
	var out []int64
	missing := 0
	for i, d := range slices.Backward(before) {
		if here[d.row] {
			continue
		}
		missing++
		if n := older(d, before[i+1:], here); n > pinned || n > 0 && missing > fresh {
			out = append(out, d.row)
		}
	}
	return out
}

// older counts the entries behind one that are here and older, no further than more than pinned.
func older(than dated, behind []dated, here map[int64]bool) (n int) {
	for _, d := range behind {
		if here[d.row] && d.at < than.at && d.cameBefore(than) {
			if n++; n > pinned {
				break
			}
		}
	}
	return n
}

// cameBefore tells whether an entry came before another. What one fetch brought came at once.
func (d dated) cameBefore(other dated) bool {
	if d.arrival > 0 && d.arrival == other.arrival {
		return true
	}
	return d.row < other.row
}

// oldestFirst says whether most entries come after an older one.
func oldestFirst(list []dated) bool {
	older, newer := 0, 0
	for i := 1; i < len(list); i++ {
		if list[i-1].at < list[i].at {
			older++
		} else if list[i-1].at > list[i].at {
			newer++
		}
	}
	return older > newer
}

// list remembers what the document has.
func (r *recording) list(ctx context.Context, rows []int64) error {
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = r.db.in(ctx, r.tx, replaceListing).ExecContext(ctx, r.feed.row, string(list))
	return err
}

// listed is what the document before had.
func (r *recording) listed(ctx context.Context) ([]dated, error) {
	rows, err := r.db.in(ctx, r.tx, selectListing).QueryContext(ctx, r.feed.row)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []dated
	for rows.Next() {
		var d dated
		if err := rows.Scan(&d.row, &d.at, &d.arrival); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// each runs a statement for a list of rows, if there are any, and tells how many it changed.
func (r *recording) each(ctx context.Context, query string, rows []int64, args ...any) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return 0, err
	}
	res, err := r.db.in(ctx, r.tx, query).ExecContext(ctx, append([]any{string(list)}, args...)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
