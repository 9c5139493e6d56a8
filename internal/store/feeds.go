package store

import (
	"context"
	"database/sql"
	"time"

	"planet/internal/planet"
)

// A State is what the store knows of a feed.
type State struct {
	row          int64
	Slug         string
	URL          string
	Title        string // what the feed says of itself, as Site and Lang
	Site         string
	Lang         string
	ETag         string
	LastModified string
	Validated    string // the address that gave ETag and LastModified
	BodyHash     []byte
	Fetched      time.Time // zero: never
	Succeeded    time.Time
	NextFetch    time.Time
	Failures     int // in a row
	LastStatus   int
	LastError    string
}

const selectFeeds = `select id, slug, url, title, site_url, lang, etag, last_modified, validated, body_hash,
	fetched_at, succeeded_at, next_fetch_at, failures, last_status, last_error from feeds`

// Feeds gives the state of every feed that was ever listed, by slug.
func (db *DB) Feeds(ctx context.Context) (map[string]State, error) {
	states, err := readFeeds(ctx, db.read)
	return states, db.explain(err)
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readFeeds(ctx context.Context, q querier) (map[string]State, error) {
	rows, err := q.QueryContext(ctx, selectFeeds)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	states := map[string]State{}
	for rows.Next() {
		var s State
		var fetched, succeeded, next int64
		if err := rows.Scan(&s.row, &s.Slug, &s.URL, &s.Title, &s.Site, &s.Lang, &s.ETag, &s.LastModified, &s.Validated, &s.BodyHash,
			&fetched, &succeeded, &next, &s.Failures, &s.LastStatus, &s.LastError); err != nil {
			return nil, err
		}
		s.Fetched, s.Succeeded, s.NextFetch = fromUnix(fetched), fromUnix(succeeded), fromUnix(next)
		states[s.Slug] = s
	}
	return states, rows.Err()
}

// SyncFeeds makes a row for each feed that has none. A feed whose url changed loses its validators, which belong to the
// address (behaviour 10), and is due at once. Feeds that are no longer listed keep everything.
func (db *DB) SyncFeeds(ctx context.Context, feeds []planet.Feed) (map[string]State, error) {
	states, err := readFeeds(ctx, db.read)
	if err != nil {
		return nil, db.explain(err)
	}
	same := true
	for _, f := range feeds {
		s, ok := states[f.ID]
		same = same && ok && s.URL == f.URL
	}
	if same {
		return states, nil
	}
	err = db.tx(ctx, func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, `insert into feeds (slug, url) values (?1, ?2) on conflict (slug) do update set url = ?2, etag = '', last_modified = '',
			validated = '', body_hash = null, next_fetch_at = 0, failures = 0, last_error = '' where url <> ?2`)
		if err != nil {
			return err
		}
		defer insert.Close()
		for _, f := range feeds {
			if _, err := insert.ExecContext(ctx, f.ID, f.URL); err != nil {
				return err
			}
		}
		if err := db.changed(ctx, tx); err != nil {
			return err
		}
		states, err = readFeeds(ctx, tx)
		return err
	})
	return states, db.explain(err)
}

// An Attempt is how one fetch of a feed ended, whatever it brought.
type Attempt struct {
	At           time.Time
	Next         time.Time // not asked before
	Status       int       // HTTP; 0 when no answer came
	Error        string    // a sentence for a person; "" when all is well
	Bytes        int64     // over the wire
	Took         time.Duration
	ETag         string // validators to send next time, and the address they are for
	LastModified string
	Validated    string
}

// A Note is an Attempt that brought nothing for the feed of State.
type Note struct {
	Feed State
	Attempt
}

// Notes records attempts that brought nothing: failures, and answers that nothing changed. They share one transaction,
// since what a crash loses of them is only asked again.
func (db *DB) Notes(ctx context.Context, notes []Note) error {
	if len(notes) == 0 {
		return nil
	}
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error {
		broken := false
		for _, n := range notes {
			if err := db.attempt(ctx, tx, n.Feed, n.Attempt, 0, 0); err != nil {
				return err
			}
			broken = broken || (n.Error != "") != (n.Feed.LastError != "") || n.Feed.Fetched.IsZero()
		}
		if broken { // whether feeds are failing is something that an empty page shows
			return db.changed(ctx, tx)
		}
		return nil
	}))
}

const (
	updateFeed = `update feeds set fetched_at = ?2, next_fetch_at = ?3, last_status = ?4, last_error = ?5,
		succeeded_at = iif(?5 = '', ?2, succeeded_at), failures = iif(?5 = '', 0, failures + 1),
		etag = ?6, last_modified = ?7, validated = ?8 where id = ?1`
	insertFetch = `insert into fetches (feed_id, at, status, bytes, millis, new, updated, error) values (?, ?, ?, ?, ?, ?, ?, ?)`
)

// attempt writes how a fetch ended.
func (db *DB) attempt(ctx context.Context, tx *sql.Tx, s State, a Attempt, added, updated int) error {
	if _, err := db.in(ctx, tx, updateFeed).ExecContext(ctx, s.row, unix(a.At), unix(a.Next), a.Status, a.Error, a.ETag, a.LastModified, a.Validated); err != nil {
		return err
	}
	_, err := db.in(ctx, tx, insertFetch).ExecContext(ctx, s.row, unix(a.At), a.Status, a.Bytes, a.Took.Milliseconds(), added, updated, a.Error)
	return err
}

// Prune forgets the log of fetches before t.
func (db *DB) Prune(ctx context.Context, t time.Time) error {
	_, err := db.write.ExecContext(ctx, "delete from fetches where at < ?", unix(t))
	return db.explain(err)
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func fromUnix(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
