package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"planet/internal/planet"
)

// rewrite gives the entry in row id what was read or cleaned anew at a time, and tells whether anything of it can be
// seen: an updated that moves while all else stays can't. The entry's identity and first_seen_at stay.
func (db *DB) rewrite(ctx context.Context, tx *sql.Tx, id int64, in Incoming, at time.Time, version int) (seen bool, err error) {
	e := in.Entry
	c, err := columns(e)
	if err != nil {
		return false, err
	}
	res, err := db.in(ctx, tx, updateSeen).ExecContext(ctx, id, e.Link, e.Title, e.Untitled, e.Lang, e.Dir, c.authors, c.tags, c.enclosures, c.source,
		e.Comments, e.Summary, e.Content, e.Text, e.Excerpt, version, in.raw, in.Hash[:], firstDate(e), min(unix(e.Updated), unix(at)), c.teaser, e.Rights)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, err
	}
	if err := db.keepSigns(ctx, tx, id, e, n > 0); err != nil || n > 0 {
		return n > 0, err
	}
	_, err = db.in(ctx, tx, updateUnseen).ExecContext(ctx, id, version, in.raw, in.Hash[:])
	return false, err
}

// keepSigns keeps by what an entry is known to be the same post as others. Where that changes, all are judged again.
func (db *DB) keepSigns(ctx context.Context, tx *sql.Tx, row int64, e *planet.Entry, seen bool) error {
	before, err := db.signsOf(ctx, tx, row)
	if err != nil {
		return err
	}
	if before == (signs{e.Canonical, e.TextSum}) {
		if seen {
			_, err := db.in(ctx, tx, markStale).ExecContext(ctx, row)
			return err
		}
		return nil
	}
	if _, err := db.in(ctx, tx, markTies).ExecContext(ctx, row); err != nil {
		return err
	}
	_, err = db.in(ctx, tx, updateSigns).ExecContext(ctx, row, e.Canonical, e.TextSum)
	return err
}

// signs are by what an entry is known to be the same post as others.
type signs struct {
	canonical string
	textSum   int64
}

func (db *DB) signsOf(ctx context.Context, tx *sql.Tx, row int64) (s signs, err error) {
	return s, db.in(ctx, tx, selectSigns).QueryRowContext(ctx, row).Scan(&s.canonical, &s.textSum)
}

// jsonColumns are the fields of an entry that are lists, and the teaser, which isn't kept twice.
type jsonColumns struct{ authors, tags, enclosures, source, teaser string }

func columns(e *planet.Entry) (c jsonColumns, err error) {
	for _, f := range []struct {
		to    *string
		value any
	}{{&c.authors, e.Authors}, {&c.tags, e.Tags}, {&c.enclosures, e.Enclosures}, {&c.source, e.Source}} {
		b, err := encode(f.value)
		if err != nil {
			return c, err
		}
		*f.to = strings.TrimSpace(string(b))
	}
	if e.Teaser != e.Content {
		c.teaser = e.Teaser
	}
	return c, nil
}
