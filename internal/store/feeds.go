package store

import (
	"context"
	"database/sql"
	"time"

	"planet/internal/planet"
)

// A State is what the store knows of a feed, and what the schedule decided. A zero time means never, or that there is none.
type State struct {
	row          int64
	Slug         string
	URL          string // as in feeds.yaml
	FetchURL     string // where permanent redirects led for long enough; "" when URL itself is asked
	Title        string // what the feed says of itself, as Site and Lang
	Site         string
	Lang         string
	ETag         string
	LastModified string
	Validated    string // the address that gave ETag and LastModified
	BodyHash     []byte
	Started      time.Time // of the last request that went out, also of one whose outcome was never recorded
	Fetched      time.Time // of the last request whose outcome was
	Succeeded    time.Time
	NextFetch    time.Time // a promise: not asked before
	WaitingUntil time.Time // what a Retry-After asked for
	Failures     int       // in a row
	FailingSince time.Time // the first of them
	LastStatus   int       // HTTP; 0 when no answer came
	LastError    string    // a sentence for a person; "" when all is well
	Advice       string    // what a person could do about it, a sentence; or ""
	Told         string    // the trouble that a person was told of
	Fresh        time.Duration
	Hints        string // what the document wishes, in JSON
	MovedTo      string // where permanent redirects lead now
	MovedSince   time.Time
	MovedSeen    int // how often they were seen
	Newest       time.Time
	Gap          time.Duration // that usually passes between two entries
	DuplicateOf  string        // slug of the feed that has the same document
	Fingerprint  string        // by what it is known to be the same blog's, in JSON
	Held         string        // by which signs it seems to be somebody else's, in words; "" it doesn't
	HeldSince    time.Time
	Restamps     int    // documents in a row in which every known entry had another date
	Churning     bool   // some entry was another one than at the fetch before
	Warnings     string // what of its documents couldn't be kept as it was, in JSON
}

const selectFeeds = `select id, slug, url, fetch_url, title, site_url, lang, etag, last_modified, validated, body_hash, started_at, fetched_at, succeeded_at,
	next_fetch_at, waiting_until, failures, failing_since, last_status, last_error, advice, told, fresh, hints, moved_to, moved_since, moved_seen,
	newest_at, gap, duplicate_of, fingerprint, held, held_since, restamps, churning, warnings from feeds`

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
	var s State // one for all rows, as the list of its fields
	fields := []any{
		&s.row, &s.Slug, &s.URL, &s.FetchURL, &s.Title, &s.Site, &s.Lang, &s.ETag, &s.LastModified, &s.Validated, &s.BodyHash,
		moment(&s.Started), moment(&s.Fetched), moment(&s.Succeeded), moment(&s.NextFetch), moment(&s.WaitingUntil), &s.Failures, moment(&s.FailingSince),
		&s.LastStatus, &s.LastError, &s.Advice, &s.Told, seconds(&s.Fresh), &s.Hints, &s.MovedTo, moment(&s.MovedSince), &s.MovedSeen,
		moment(&s.Newest), seconds(&s.Gap), &s.DuplicateOf,
		&s.Fingerprint, &s.Held, moment(&s.HeldSince), &s.Restamps, &s.Churning, &s.Warnings,
	}
	for rows.Next() {
		if err := rows.Scan(fields...); err != nil {
			return nil, err
		}
		states[s.Slug] = s
	}
	return states, rows.Err()
}

// upsertFeed makes a feed's row, or takes from it what belongs to its former address: all but who the feed is, what it
// wrote, and when it was read.
const upsertFeed = `insert into feeds (slug, url) values (?1, ?2) on conflict (slug) do update set url = ?2, fetch_url = '',
	etag = '', last_modified = '', validated = '', body_hash = null, started_at = 0, next_fetch_at = 0, waiting_until = 0, fresh = 0, hints = '',
	failures = 0, failing_since = 0, last_status = 0, last_error = '', advice = '', told = '', moved_to = '', moved_since = 0, moved_seen = 0,
	duplicate_of = '', fingerprint = '', held = '', held_since = 0, restamps = 0, warnings = '' where url <> ?2`

// followAdvice is for a feed whose url has become the one that it was asked at already: nothing is lost.
const followAdvice = `update feeds set url = fetch_url, fetch_url = '', told = '', moved_to = '', moved_since = 0, moved_seen = 0 where slug = ? and fetch_url = ?`

// SyncFeeds makes a row for each feed that has none. A feed whose url changed loses what belongs to the address: its
// validators (behaviour 10), what it was told and what it promised; it is due at once. Feeds that are no longer listed
// keep everything. Requests of a run that was killed become known as started.
func (db *DB) SyncFeeds(ctx context.Context, feeds []planet.Feed) (map[string]State, error) {
	states, err := readFeeds(ctx, db.read)
	if err != nil {
		return nil, db.explain(err)
	}
	var killed bool
	if err := db.read.QueryRowContext(ctx, "select exists (select 1 from starts)").Scan(&killed); err != nil {
		return nil, db.explain(err)
	}
	var other []planet.Feed
	for _, f := range feeds {
		if s, ok := states[f.ID]; !ok || s.URL != f.URL {
			other = append(other, f)
		}
	}
	if !killed && len(other) == 0 {
		return states, nil
	}
	err = db.tx(ctx, func(tx *sql.Tx) error {
		if err := db.fold(ctx, tx); err != nil {
			return err
		}
		if err := db.upsert(ctx, tx, other); err != nil {
			return err
		}
		states, err = readFeeds(ctx, tx)
		return err
	})
	return states, db.explain(err)
}

// upsert writes the rows of feeds that are new, or whose url is.
func (db *DB) upsert(ctx context.Context, tx *sql.Tx, feeds []planet.Feed) error {
	if len(feeds) == 0 {
		return nil
	}
	upsert := db.in(ctx, tx, upsertFeed)
	for _, f := range feeds {
		if _, err := db.in(ctx, tx, followAdvice).ExecContext(ctx, f.ID, f.URL); err != nil {
			return err
		}
		if _, err := upsert.ExecContext(ctx, f.ID, f.URL); err != nil {
			return err
		}
	}
	return db.changed(ctx, tx)
}
