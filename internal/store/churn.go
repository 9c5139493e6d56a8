package store

import (
	"context"
	"database/sql"
)

// An entry that is another one at every fetch, because a counter or a banner is in its text, is followed for some time and
// then no more until it holds still for a fetch (behaviour 79). What it is then is shown: nothing that its author wrote is lost.

const (
	selectChurn = `select churn from standings where entry_id = ?`
	raiseChurn  = `update standings set churn = churn + 1 where entry_id = ?`
	// What was kept and not shown is cleaned with what an older version cleaned.
	settleEntry = `update entries set clean_version = 0 where id = ?1 and (select churn from standings where entry_id = ?1) > ?2`
	stillEntry  = `update standings set churn = 0 where entry_id = ?`
	settleAll   = `update entries set clean_version = 0 where id in (select entry_id from standings where feed_id = ?1 and churn > ?2)`
	stillAll    = `update standings set churn = 0 where feed_id = ?1 and churn > 0 and ?2 = ?2`
)

// follows says whether an entry that is another one now is to be shown so, and counts it.
func (r *recording) follows(ctx context.Context, row int64) (bool, error) {
	r.churning = true
	var churn int
	if err := r.db.in(ctx, r.tx, selectChurn).QueryRowContext(ctx, row).Scan(&churn); err != nil {
		return false, err
	}
	_, err := r.db.in(ctx, r.tx, raiseChurn).ExecContext(ctx, row)
	return r.doc.Revisions == 0 || churn < r.doc.Revisions, err
}

// held notes that an entry is what it was at the fetch before.
func (r *recording) held(ctx context.Context, row int64) error {
	if !r.was.Churning {
		return nil
	}
	return r.db.still(ctx, r.tx, row, r.doc.Revisions)
}

// settle does so for the entries of the document that were known and not read, and tells the feed whether others are left.
func (r *recording) settle(ctx context.Context, present map[int64]int) error {
	r.feed.Churning = r.churning
	for row := range present {
		if err := r.held(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// still is for an entry that is what it was.
func (db *DB) still(ctx context.Context, tx *sql.Tx, row int64, revisions int) error {
	if _, err := db.in(ctx, tx, settleEntry).ExecContext(ctx, row, revisions); err != nil {
		return err
	}
	_, err := db.in(ctx, tx, stillEntry).ExecContext(ctx, row)
	return err
}

// allStill is for all entries of a feed whose document is what it was.
func (db *DB) allStill(ctx context.Context, tx *sql.Tx, feed, revisions int64) error {
	for _, q := range []string{settleAll, stillAll} {
		if _, err := db.in(ctx, tx, q).ExecContext(ctx, feed, revisions); err != nil {
			return err
		}
	}
	return nil
}
