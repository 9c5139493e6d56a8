package store

import (
	"context"
	"time"
)

const (
	insertArrival = `insert into arrivals (feed_id, days, first, founding, suspect) values (?, ?, ?, ?, ?)`
	dayLong       = 24 * time.Hour
)

// arrive keeps that this fetch brings something new, once.
func (r *recording) arrive(ctx context.Context) error {
	if r.arrival != 0 {
		return nil
	}
	var old bool
	if err := r.db.in(ctx, r.tx, selectAny).QueryRowContext(ctx, r.feed.row).Scan(&old); err != nil {
		return err
	}
	res, err := r.db.in(ctx, r.tx, insertArrival).ExecContext(ctx, r.feed.row, daysSince(r.was.Succeeded, r.at), !old, r.doc.Founding, r.doc.Suspect)
	if err != nil {
		return err
	}
	r.arrival, err = res.LastInsertId()
	return err
}

// daysSince counts whole days, at least one.
func daysSince(last, now time.Time) int64 {
	if last.IsZero() {
		return 1
	}
	return max(1, int64(now.Sub(last)/dayLong))
}
