package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Release lets through all that a feed has brought so far, and ends that it is held: its next document is read whole, and
// believed.
func (db *DB) Release(ctx context.Context, feed string) error {
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error {
		for _, q := range []string{
			"update standings set stale = 1 where arrival in (select a.id from arrivals a join feeds f on f.id = a.feed_id where f.slug = ?)",
			"update arrivals set released = 1 where feed_id = (select id from feeds where slug = ?)",
			"delete from slices where feed_id = (select id from feeds where slug = ? and held <> '')",
			`update feeds set held = '', held_since = 0, told = iif(told = 'held', '', told), fingerprint = '', next_fetch_at = 0,
				etag = '', last_modified = '', validated = '', body_hash = null where slug = ? and held <> ''`,
		} {
			if _, err := tx.ExecContext(ctx, q, feed); err != nil {
				return err
			}
		}
		return db.changed(ctx, tx)
	}))
}

// ReleaseEntry lets a single entry through.
func (db *DB) ReleaseEntry(ctx context.Context, seq int64) error {
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "update standings set released = 1, stale = 1 where entry_id = ?", seq)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("no entry %d (%w)", seq, err)
		}
		return db.changed(ctx, tx)
	}))
}
