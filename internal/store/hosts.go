package store

import (
	"context"
	"database/sql"
	"time"

	"planet/internal/planet"
)

const (
	// A pause is never shortened, unless it was said in the future: then the clock was wrong, and so is the pause.
	insertPause = `insert into hosts (host, paused_until, said_at) values (?1, ?2, ?3) on conflict (host) do update
		set paused_until = iif(said_at > ?4, ?2, max(paused_until, ?2)), said_at = ?3`
	selectPauses = `select host, paused_until from hosts where paused_until > ?1 and said_at <= ?2`
)

func (db *DB) pauses(ctx context.Context, tx *sql.Tx, at time.Time, pauses map[string]time.Time) error {
	if len(pauses) == 0 {
		return nil
	}
	pause := db.in(ctx, tx, insertPause)
	for host, until := range pauses {
		if _, err := pause.ExecContext(ctx, host, unix(until), unix(at), unix(at.Add(planet.ClockSlack))); err != nil {
			return err
		}
	}
	return nil
}

// Paused gives the hosts that are to be left alone after now, and until when.
func (db *DB) Paused(ctx context.Context, now time.Time) (map[string]time.Time, error) {
	rows, err := db.read.QueryContext(ctx, selectPauses, unix(now), unix(now.Add(planet.ClockSlack)))
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	paused := map[string]time.Time{}
	for rows.Next() {
		var host string
		var until time.Time
		if err := rows.Scan(&host, moment(&until)); err != nil {
			return nil, db.explain(err)
		}
		paused[host] = until
	}
	return paused, db.explain(rows.Err())
}
