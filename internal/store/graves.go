package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
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
		signs = append(signs, sign("text", dateSign(e.TextSum)))
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

// forgotten says whether a new item was forgotten on request.
func (r *recording) forgotten(ctx context.Context, id string, e *planet.Entry) (gone bool, err error) {
	if !r.buried {
		return false, nil
	}
	return r.grave(ctx, graveSigns(r.feed.Slug, id, e)...)
}

func (r *recording) grave(ctx context.Context, signs ...string) (found bool, err error) {
	list, err := json.Marshal(signs)
	if err != nil {
		return false, err
	}
	return found, r.db.in(ctx, r.tx, inGraves).QueryRowContext(ctx, string(list)).Scan(&found)
}

// Forget erases entries at a time: their texts and all that is known of them. It returns how many there were.
func (db *DB) Forget(ctx context.Context, entries []planet.Entry, at time.Time) (int, error) {
	if len(entries) == 0 {
		return 0, nil
	}
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return 0, db.explain(err)
	}
	// Erased is what no tool finds in the file any more.
	_, err = conn.ExecContext(ctx, "pragma secure_delete = on")
	conn.Close()
	if err != nil {
		return 0, db.explain(err)
	}
	err = db.tx(ctx, func(tx *sql.Tx) error {
		for _, e := range entries {
			if err := db.forget(ctx, tx, e, at); err != nil {
				return err
			}
		}
		return db.changed(ctx, tx)
	})
	if err != nil {
		return 0, db.explain(err)
	}
	_, err = db.write.ExecContext(ctx, "pragma wal_checkpoint(truncate)")
	return len(entries), db.explain(err)
}

func (db *DB) forget(ctx context.Context, tx *sql.Tx, e planet.Entry, at time.Time) error {
	signs := append(graveSigns(e.FeedID, e.GUID, &e), publishedGrave(e.PublishedID))
	for _, id := range e.Former {
		signs = append(signs, graveSigns(e.FeedID, id, &planet.Entry{Canonical: planet.Canonical(id)})...)
	}
	list, err := json.Marshal(signs)
	if err != nil {
		return err
	}
	if _, err := db.in(ctx, tx, insertGraves).ExecContext(ctx, string(list), unix(at)); err != nil {
		return err
	}
	for _, q := range []string{
		"update standings set stale = 1 where original = ?1 or arrival = (select arrival from standings where entry_id = ?1)", // who takes its place
		"delete from entries where id = ?1",
	} {
		if _, err := tx.ExecContext(ctx, q, e.Seq); err != nil {
			return err
		}
	}
	return nil
}
