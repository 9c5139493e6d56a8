package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"planet/internal/planet"
)

// What is forgotten on request is erased: only hashes of what it was known by stay, so that it doesn't come back.

const (
	anyGraves    = `select exists (select 1 from graves)`
	inGraves     = `select exists (select 1 from graves where sign in (select unhex(value) from json_each(?)))`
	insertGraves = `insert or ignore into graves select unhex(value), ?2 from json_each(?1)`
)

// graveSigns are what an entry, whose feed knows it by id, is recognised by when it comes again: in its feed, or in another.
func graveSigns(slug, id string, e *planet.Entry) []string {
	signs := []string{sign("id", slug, id)}
	if e.Canonical != "" {
		signs = append(signs, sign("page", e.Canonical))
	}
	if e.TextSum != 0 {
		signs = append(signs, sign("text", number(e.TextSum)))
	}
	for i, s := range signs {
		h := sha256.Sum256([]byte(s))
		signs[i] = hex.EncodeToString(h[:])
	}
	return signs
}

// publishedGrave keeps a published id from being given again.
func publishedGrave(id string) string {
	h := sha256.Sum256([]byte(sign("published", id)))
	return hex.EncodeToString(h[:])
}

// leaveBuried takes no notice of items that were forgotten on request.
func (r *recording) leaveBuried(ctx context.Context, ids []string, places []place) error {
	if err := r.db.in(ctx, r.tx, anyGraves).QueryRowContext(ctx).Scan(&r.buried); err != nil || !r.buried {
		return err
	}
	for i := range places {
		if e := r.doc.Items[i].Entry; places[i].known == nil && e != nil {
			gone, err := r.grave(ctx, graveSigns(r.feed.Slug, ids[i], e)...)
			if err != nil {
				return err
			}
			places[i].again = places[i].again || gone
		}
	}
	return nil
}

func (r *recording) grave(ctx context.Context, signs ...string) (found bool, err error) {
	list, err := json.Marshal(signs)
	if err != nil {
		return false, err
	}
	return found, r.db.in(ctx, r.tx, inGraves).QueryRowContext(ctx, string(list)).Scan(&found)
}

// Forget erases entries at a time: their texts and all that is known of them; and what the feed says of itself, if all of a
// feed is forgotten. (What SQLite frees it overwrites: secure_delete is on.)
func (db *DB) Forget(ctx context.Context, entries []planet.Entry, feed string, at time.Time) error {
	rows := make([]int64, len(entries))
	for i, e := range entries {
		rows[i] = e.Seq
	}
	tied, err := db.Window(ctx, rows, false)
	if err != nil {
		return err
	}
	err = db.tx(ctx, func(tx *sql.Tx) error {
		for _, e := range tied { // who takes their places is judged anew
			if _, err := db.in(ctx, tx, markStale).ExecContext(ctx, e.Seq); err != nil {
				return err
			}
		}
		for _, e := range entries {
			if err := db.forget(ctx, tx, e, at); err != nil {
				return err
			}
		}
		for _, q := range []string{
			"update feeds set title = '', site_url = '', fingerprint = '', held = '', warnings = '' where slug = ?",
			"update fetches set error = '' where feed_id = (select id from feeds where slug = ?)",
			"delete from arrivals where feed_id = (select id from feeds where slug = ?) and id not in (select arrival from standings)",
		} {
			if _, err := tx.ExecContext(ctx, q, feed); err != nil {
				return err
			}
		}
		return db.changed(ctx, tx)
	})
	if err != nil {
		return db.explain(err)
	}
	var busy, pages, moved int
	if err := db.write.QueryRowContext(ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, &pages, &moved); err != nil {
		return db.explain(err)
	}
	if busy != 0 {
		return ErrStillRead
	}
	return nil
}

// ErrStillRead means that what was erased is gone from the database, but perhaps not from the log beside it.
var ErrStillRead = errors.New("the posts are erased; but another program reads the database, and until it ends the file planet.db-wal may still hold their texts")

// forget erases one entry. An address that others of its feed have, or that is another's, is no sign of this one.
func (db *DB) forget(ctx context.Context, tx *sql.Tx, e planet.Entry, at time.Time) error {
	var shared bool
	if err := tx.QueryRowContext(ctx, `select exists (select 1 from standings a join standings b on b.canonical = a.canonical and b.entry_id <> a.entry_id
		where a.entry_id = ? and a.canonical <> '' and (a.original = b.entry_id or a.feed_id = b.feed_id))`, e.Seq).Scan(&shared); err != nil {
		return err
	}
	if shared {
		e.Canonical, e.TextSum = "", 0
	}
	signs := append(graveSigns(e.FeedID, e.GUID, &e), publishedGrave(e.PublishedID))
	for _, id := range e.Former {
		page := planet.Entry{Canonical: planet.Canonical(id)}
		if shared {
			page.Canonical = ""
		}
		signs = append(signs, graveSigns(e.FeedID, id, &page)...)
	}
	list, err := json.Marshal(signs)
	if err != nil {
		return err
	}
	if _, err := db.in(ctx, tx, insertGraves).ExecContext(ctx, string(list), unix(at)); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "delete from entries where id = ?", e.Seq)
	return err
}

// CopiesOf gives the rows of what is hidden because entries of rows stand for it, and of what names their addresses as
// its own origin; and the rows of entries that are the same posts, but stand for themselves.
func (db *DB) CopiesOf(ctx context.Context, rows []int64) (copies, others []int64, err error) {
	list, err := json.Marshal(rows)
	if err != nil {
		return nil, nil, err
	}
	if copies, err = db.rowsOf(db.read.QueryContext(ctx, `select entry_id from standings where original > 0 and original in (select value from json_each(?1))
		and entry_id not in (select value from json_each(?1))`, string(list))); err != nil {
		return nil, nil, err
	}
	others, err = db.rowsOf(db.read.QueryContext(ctx, `select original from standings where original > 0 and entry_id in (select value from json_each(?1))
		and original not in (select value from json_each(?1))`, string(list)))
	return copies, others, err
}
