package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"
)

// A Note is how one fetch of a feed ended.
type Note struct {
	Was, Is State         // before and after; Is.Fetched is when it was asked
	Bytes   int64         // over the wire
	Took    time.Duration // without waiting for turns
	Still   bool          // the feed has the same document as at the fetch before
}

// shown says whether the note changes what a page could show: of whom the feed is, and whether it can be read.
func (n Note) shown() bool {
	return n.Was.Fetched.IsZero() || (n.Was.LastError == "") != (n.Is.LastError == "") || (n.Was.LastStatus == 410) != (n.Is.LastStatus == 410) ||
		n.Was.Title != n.Is.Title || n.Was.Site != n.Is.Site || n.Was.Lang != n.Is.Lang
}

// A Batch is what may share a transaction.
type Batch struct {
	At     time.Time            // of Starts and Pauses
	Starts []State              // feeds that are asked as soon as this is written
	Notes  []Note               // outcomes that brought nothing: failures, and answers that nothing changed
	Pauses map[string]time.Time // hosts that want to be left alone until then
	Gifts  []Gift               // what turned out to be another feed's
	Settle bool                 // the outcomes of all earlier starts are recorded: forget them
}

// Write keeps a batch. A request's start is written before it goes out, so that after a crash nobody is asked again too
// soon (behaviour 28); what a crash loses of notes is only asked again in due time.
func (db *DB) Write(ctx context.Context, b Batch) error {
	if len(b.Starts)+len(b.Notes)+len(b.Pauses)+len(b.Gifts) == 0 && !b.Settle {
		return nil
	}
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error {
		if b.Settle {
			if _, err := db.in(ctx, tx, deleteStarts).ExecContext(ctx); err != nil {
				return err
			}
		}
		if err := db.starts(ctx, tx, b.At, b.Starts); err != nil {
			return err
		}
		if err := db.pauses(ctx, tx, b.At, b.Pauses); err != nil {
			return err
		}
		if err := db.notes(ctx, tx, b.Notes); err != nil {
			return err
		}
		for _, g := range b.Gifts {
			if err := db.give(ctx, tx, g); err != nil {
				return err
			}
		}
		return nil
	}))
}

const (
	insertStart  = `insert into starts (at, feeds) values (?, ?)`
	deleteStarts = `delete from starts`
	// The outcome of some may have been recorded since.
	foldStarts = `update feeds set started_at = max(started_at, s.at)
		from (select value as id, max(at) as at from starts, json_each(starts.feeds) group by value) as s where feeds.id = s.id`
	// Numbered parameters have names, each of which costs an allocation.
	updateFeed = `update feeds set fetch_url = ?, title = ?, site_url = ?, lang = ?, etag = ?, last_modified = ?, validated = ?, body_hash = ?,
		started_at = ?, fetched_at = ?, succeeded_at = ?, next_fetch_at = ?, waiting_until = ?, failures = ?, failing_since = ?,
		last_status = ?, last_error = ?, advice = ?, told = ?, fresh = ?, hints = ?, moved_to = ?, moved_since = ?, moved_seen = ?,
		newest_at = ?, gap = ?, duplicate_of = ?, fingerprint = ?, held = ?, held_since = ?, restamps = ?, churning = ?, warnings = ? where id = ?`
	markFeedStale = `update standings set stale = 1 where feed_id = ? and not stale`
	insertFetch   = `insert into fetches (feed_id, at, status, bytes, millis, new, updated, error) values (?, ?, ?, ?, ?, ?, ?, ?)`
)

// starts keeps in one row that feeds are being asked.
func (db *DB) starts(ctx context.Context, tx *sql.Tx, at time.Time, feeds []State) error {
	if len(feeds) == 0 {
		return nil
	}
	rows := make([]int64, len(feeds))
	for i := range feeds {
		rows[i] = feeds[i].row
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = db.in(ctx, tx, insertStart).ExecContext(ctx, unix(at), string(list))
	return err
}

// fold takes what is left of starts, by a run that was killed, into the feeds.
func (db *DB) fold(ctx context.Context, tx *sql.Tx) error {
	for _, q := range []string{foldStarts, deleteStarts} {
		if _, err := db.in(ctx, tx, q).ExecContext(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) notes(ctx context.Context, tx *sql.Tx, notes []Note) error {
	shown := false
	w := db.noting(ctx, tx)
	for i := range notes {
		if n := &notes[i]; n.Still && n.Was.Churning {
			if err := db.settle(ctx, tx, n.Is.row, nil); err != nil {
				return err
			}
			n.Is.Churning = false
		}
		if err := w.note(ctx, &notes[i], 0, 0); err != nil {
			return err
		}
		shown = shown || notes[i].shown()
	}
	if !shown {
		return nil
	}
	return db.changed(ctx, tx)
}

// noting writes notes within a transaction. The transaction's statements are made once, not for each of a thousand notes.
type noting struct{ feed, log, stale *sql.Stmt }

func (db *DB) noting(ctx context.Context, tx *sql.Tx) noting {
	return noting{db.in(ctx, tx, updateFeed), db.in(ctx, tx, insertFetch), db.in(ctx, tx, markFeedStale)}
}

// note writes how a fetch ended, and a line of the log of fetches.
func (w noting) note(ctx context.Context, n *Note, added, updated int) error {
	s := &n.Is
	if _, err := w.feed.ExecContext(ctx, s.FetchURL, s.Title, s.Site, s.Lang, s.ETag, s.LastModified, s.Validated, s.BodyHash,
		unix(s.Started), unix(s.Fetched), unix(s.Succeeded), unix(s.NextFetch), unix(s.WaitingUntil), s.Failures, unix(s.FailingSince),
		s.LastStatus, s.LastError, s.Advice, s.Told, int64(s.Fresh/time.Second), s.Hints, s.MovedTo, unix(s.MovedSince), s.MovedSeen,
		unix(s.Newest), int64(s.Gap/time.Second), s.DuplicateOf, s.Fingerprint, s.Held, unix(s.HeldSince), s.Restamps, s.Churning, s.Warnings, s.row); err != nil {
		return err
	}
	if hostOf(n.Was.Site) != hostOf(s.Site) { // whose posts are at home there is judged anew
		if _, err := w.stale.ExecContext(ctx, s.row); err != nil {
			return err
		}
	}
	_, err := w.log.ExecContext(ctx, s.row, unix(s.Fetched), s.LastStatus, n.Bytes, n.Took.Milliseconds(), added, updated, s.LastError)
	return err
}

// Prune forgets the log of fetches before t, and the pauses that were over then.
func (db *DB) Prune(ctx context.Context, t time.Time) error {
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error {
		for _, q := range []string{"delete from fetches where at < ?", "delete from hosts where paused_until < ?"} {
			if _, err := tx.ExecContext(ctx, q, unix(t)); err != nil {
				return err
			}
		}
		return nil
	}))
}
