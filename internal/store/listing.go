package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
)

// What a feed lists, and what it lists no more: an entry that is missing while older ones remain was taken out, not
// crowded out.

const (
	selectListed = `select s.entry_id, min(iif(e.published_at = 0, e.first_seen_at, e.published_at), e.first_seen_at)
		from standings s join entries e on e.id = s.entry_id where s.feed_id = ? and s.listed`
	selectUnlisted = `select s.entry_id, s.gone_at <> 0 from standings s where not s.listed and s.entry_id in (select value from json_each(?))`
	unlist         = `update standings set listed = 0 where entry_id in (select value from json_each(?))`
	takeOut        = `update standings set gone_at = ?2, stale = 1 where entry_id in (select value from json_each(?1))`
	putBack        = `update standings set listed = 1, stale = stale or gone_at <> 0, gone_at = 0 where entry_id in (select value from json_each(?))`
)

// dated is an entry's row and date.
type dated struct{ row, at int64 }

// listing compares what the document has with what the one before had. A new entry is listed from the beginning.
func (r *recording) listing(ctx context.Context, rows []int64, present map[int64]int) error {
	here := map[int64]bool{}
	for row := range present {
		here[row] = true
	}
	for _, row := range rows {
		if row != 0 {
			here[row] = true
		}
	}
	before, err := r.dated(ctx, selectListed, r.feed.row)
	if err != nil {
		return err
	}
	var missing, still []dated
	for _, d := range before {
		switch {
		case !here[d.row]:
			missing = append(missing, d)
		case !r.fresh[d.row]: // new ones are listed already
			still = append(still, d)
		}
		delete(here, d.row)
	}
	if err := r.relist(ctx, here); err != nil || len(missing) == 0 || r.doc.Part {
		return err
	}
	if err := r.each(ctx, unlist, rowsOf(missing)); err != nil {
		return err
	}
	gone := takenOut(missing, still, r.added)
	r.left = r.left || len(gone) > 0
	return r.each(ctx, takeOut, gone, unix(r.at))
}

// relist notes what the feed has again.
func (r *recording) relist(ctx context.Context, here map[int64]bool) error {
	if len(here) == 0 {
		return nil
	}
	rows := make([]int64, 0, len(here))
	for row := range here {
		rows = append(rows, row)
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	back, err := r.dated(ctx, selectUnlisted, string(list))
	if err != nil {
		return err
	}
	for _, d := range back {
		r.left = r.left || d.at != 0
	}
	return r.each(ctx, putBack, rowsOf(back))
}

// pinned is how many old entries a feed may keep at its end, or at its top, while others are crowded out.
const pinned = 2

// takenOut chooses from the entries that are missing now those that their feed has taken out, while older ones are
// still there: older by their dates and in the order in which they came, for a feed may list a post of today under an old
// date, and crowd out what came before it. What fresh new entries may have crowded out isn't taken out, though a pinned one
// or two are older. It is pure.
func takenOut(missing, still []dated, fresh int) []int64 {
	byAge := func(a, b dated) int { return cmp.Compare(a.at, b.at) }
	slices.SortFunc(still, byAge)
	slices.SortFunc(missing, byAge)
	var out []int64
	for i, m := range missing {
		older := 0
		for _, s := range still {
			if s.at >= m.at || older > pinned {
				break
			}
			if s.row < m.row {
				older++
			}
		}
		if older > pinned || older > 0 && i >= fresh {
			out = append(out, m.row)
		}
	}
	return out
}

func rowsOf(list []dated) []int64 {
	rows := make([]int64, len(list))
	for i, d := range list {
		rows[i] = d.row
	}
	return rows
}

func (r *recording) dated(ctx context.Context, query string, arg any) ([]dated, error) {
	rows, err := r.db.in(ctx, r.tx, query).QueryContext(ctx, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []dated
	for rows.Next() {
		var d dated
		if err := rows.Scan(&d.row, &d.at); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// each runs a statement for a list of rows, if there are any.
func (r *recording) each(ctx context.Context, query string, rows []int64, args ...any) error {
	if len(rows) == 0 {
		return nil
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = r.db.in(ctx, r.tx, query).ExecContext(ctx, append([]any{string(list)}, args...)...)
	return err
}

// restamped counts documents in which every entry that was known had a later date than the first: the feed dates its
// entries anew at each fetch. Whoever keeps one date begins anew.
func (r *recording) restamped(items []Incoming, places []place, unread int) {
	moved, kept := 0, unread
	for i, p := range places {
		switch {
		case p.known == nil || p.again:
		case items[i].Entry != nil && firstDate(items[i].Entry) > p.known.published && p.known.published != 0:
			moved++
		default:
			kept++
		}
	}
	switch {
	case kept > 0:
		r.feed.Restamps = 0
	case moved > 1:
		r.feed.Restamps++
	}
}

// Restamping is how many documents in a row have to date everything anew until a feed is known to do so.
const Restamping = 3
