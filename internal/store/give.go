package store

import (
	"context"
	"database/sql"
	"strings"
)

// A Gift moves all entries of one feed to another that has none, because they turned out to be the same document. The
// giver becomes the other's duplicate.
type Gift struct{ From, To State }

func (db *DB) give(ctx context.Context, tx *sql.Tx, g Gift) error {
	from, to := g.From, g.To
	moved, err := tx.ExecContext(ctx, `update entries set feed_id = ?2 where feed_id = ?1 and not exists (select 1 from entries where feed_id = ?2)`,
		from.row, to.row)
	if err != nil {
		return err
	}
	if n, err := moved.RowsAffected(); n == 0 || err != nil {
		return err
	}
	for _, q := range []string{
		"delete from slices where feed_id = ?1 and ?2 = ?2",
		"delete from listings where feed_id = ?1 and ?2 = ?2",
		"update standings set feed_id = ?2, stale = 1 where feed_id = ?1",
		"update arrivals set feed_id = ?2 where feed_id = ?1",
	} {
		if _, err := tx.ExecContext(ctx, q, from.row, to.row); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "update feeds set duplicate_of = ?2 where id = ?1", from.row, to.Slug); err != nil {
		return err
	}
	if err := renameBare(ctx, tx, to); err != nil {
		return err
	}
	return db.changed(ctx, tx)
}

// renameBare gives those entries of a feed whose items have neither guid nor link the name that they would have got there,
// since it is made of the feed's id too: under the other's, the next document's items would not find them.
func renameBare(ctx context.Context, tx *sql.Tx, feed State) error {
	names, err := bareNames(ctx, tx, feed)
	if err != nil {
		return err
	}
	for _, n := range names {
		if _, err := tx.ExecContext(ctx, "update entries set guid = ?2, key = ?3 where id = ?1", n.id, n.guid, n.key); err != nil {
			return err
		}
	}
	return nil
}

type name struct {
	id        int64
	guid, key string
}

// bareNames gives those entries and their new names.
func bareNames(ctx context.Context, tx *sql.Tx, feed State) ([]name, error) {
	rows, err := tx.QueryContext(ctx, "select id, guid, key, raw from entries where feed_id = ? and guid >= 'urn:uuid:' and guid < 'urn:uuid;'", feed.row)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []name
	for rows.Next() {
		var n name
		var raw []byte
		if err := rows.Scan(&n.id, &n.guid, &n.key, &raw); err != nil {
			return nil, err
		}
		it, err := unpack(raw)
		if err != nil {
			return nil, err
		}
		if it.GUID == "" && it.Link == "" {
			id := rawID(feed.Slug, it)
			names = append(names, name{n.id, id, id + strings.TrimPrefix(n.key, n.guid)})
		}
	}
	return names, rows.Err()
}
