package store

import (
	"context"
	"database/sql"
	"encoding/json"
)

// An entry that is another one at every fetch, because a counter or a banner is in its text, is followed for some time and
// then no more until it holds still for a fetch (behaviour 79). What it is then is shown: nothing that its author wrote is lost.

const (
	selectChurn = `select churn from standings where entry_id = ?`
	raiseChurn  = `update standings set churn = churn + 1, pending = ?2 where entry_id = ?1`
	// What was kept and not shown is cleaned with what an older version cleaned.
	settlePending = `update entries set clean_version = 0 where id in (select entry_id from standings where feed_id = ?1 and pending
		and entry_id not in (select value from json_each(?2)))`
	settleChurn = `update standings set churn = 0, pending = 0 where feed_id = ?1 and (churn > 0 or pending) and entry_id not in (select value from json_each(?2))`
)

// follows says whether an entry that is another one now is to be shown so, and counts it.
func (r *recording) follows(ctx context.Context, row int64) (bool, error) {
	r.changed = append(r.changed, row)
	var churn int
	if err := r.db.in(ctx, r.tx, selectChurn).QueryRowContext(ctx, row).Scan(&churn); err != nil {
		return false, err
	}
	follow := r.doc.Revisions == 0 || churn < r.doc.Revisions
	_, err := r.db.in(ctx, r.tx, raiseChurn).ExecContext(ctx, row, !follow)
	return follow, err
}

// settle is for all entries of a feed but those that changed: they held still, or are in the feed no more.
func (db *DB) settle(ctx context.Context, tx *sql.Tx, feed int64, changed []int64) error {
	list, err := json.Marshal(append([]int64{}, changed...))
	if err != nil {
		return err
	}
	for _, q := range []string{settlePending, settleChurn} {
		if _, err := db.in(ctx, tx, q).ExecContext(ctx, feed, string(list)); err != nil {
			return err
		}
	}
	return nil
}
