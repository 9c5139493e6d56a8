package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"

	"planet/internal/planet"
)

// A Cursor is a place in the river, newest first. The zero Cursor is its beginning.
type Cursor struct{ sort, id int64 }

const selectEntries = `select e.id, f.slug, e.published_id, e.guid, e.link, e.title, e.untitled, e.lang, e.dir, e.authors, e.tags, e.enclosures, e.source,
	e.comments, e.summary, e.content, e.text, e.excerpt, e.published_at, e.updated_at, e.first_seen_at, e.sort_at, e.teaser
	from entries e join feeds f on f.id = e.feed_id `

// recentBytes is how much text Recent gives at once: two hundred ordinary posts are a tenth of it.
const recentBytes = 16 << 20

// Recent gives at most n entries after the cursor, newest first, fewer when they are long, and none at the river's end; and the
// cursor for the next call.
func (db *DB) Recent(ctx context.Context, after Cursor, n int) ([]planet.Entry, Cursor, error) {
	where := ""
	args := []any{n}
	if after != (Cursor{}) {
		where = "where (e.sort_at, e.id) < (?2, ?3) "
		args = append(args, after.sort, after.id)
	}
	rows, err := db.read.QueryContext(ctx, selectEntries+where+"order by e.sort_at desc, e.id desc limit ?1", args...)
	if err != nil {
		return nil, after, db.explain(err)
	}
	defer rows.Close()
	var out []planet.Entry
	for size := 0; size < recentBytes && rows.Next(); {
		e, err := scanEntry(rows, &after)
		if err != nil {
			return nil, after, db.explain(err)
		}
		size += len(e.Content) + len(e.Summary) + len(e.Text)
		out = append(out, e)
	}
	return out, after, db.explain(rows.Err())
}

func scanEntry(rows *sql.Rows, at *Cursor) (planet.Entry, error) {
	var e planet.Entry
	var authors, tags, enclosures, source string
	var published, updated, seen int64
	if err := rows.Scan(&at.id, &e.FeedID, &e.PublishedID, &e.GUID, &e.Link, &e.Title, &e.Untitled, &e.Lang, &e.Dir, &authors, &tags, &enclosures, &source,
		&e.Comments, &e.Summary, &e.Content, &e.Text, &e.Excerpt, &published, &updated, &seen, &at.sort, &e.Teaser); err != nil {
		return e, err
	}
	e.Published, e.Updated, e.FirstSeen = fromUnix(published), fromUnix(updated), fromUnix(seen)
	e.Teaser = cmp.Or(e.Teaser, e.Content)
	for _, f := range []struct {
		from string
		to   any
	}{{authors, &e.Authors}, {tags, &e.Tags}, {enclosures, &e.Enclosures}, {source, &e.Source}} {
		if err := json.Unmarshal([]byte(f.from), f.to); err != nil {
			return e, err
		}
	}
	return e, nil
}

// CleanAgain cleans up to n entries that an older version cleaned, newest first, from what was parsed then; no feed is
// asked again for it (behaviour 11). It returns how many there were.
func (db *DB) CleanAgain(ctx context.Context, version, n int, clean func(planet.Item) planet.Entry) (int, error) {
	// Left alone, SQLite walks the whole river to find the newest stale entries, also when there are none.
	rows, err := db.read.QueryContext(ctx, `select id, raw, published_at, updated_at from entries
		where id in (select id from entries indexed by entries_version where clean_version < ? order by sort_at desc, id desc limit ?)`, version, n)
	if err != nil {
		return 0, db.explain(err)
	}
	type stale struct {
		id                 int64
		raw                []byte
		published, updated int64
	}
	var all []stale
	for rows.Next() {
		var s stale
		if err := rows.Scan(&s.id, &s.raw, &s.published, &s.updated); err != nil {
			rows.Close()
			return 0, db.explain(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil || len(all) == 0 {
		return 0, db.explain(err)
	}
	err = db.tx(ctx, func(tx *sql.Tx) error {
		news := false
		for _, s := range all {
			it, err := unpack(s.raw)
			if err != nil {
				return err
			}
			in, err := Incomings([]planet.Item{it})
			if err != nil {
				return err
			}
			e := clean(it)
			// What the dates are worth was decided when they came.
			e.Published, e.Updated = fromUnix(s.published), fromUnix(s.updated)
			in[0].Settled(e)
			seen, err := db.rewrite(ctx, tx, s.id, in[0], e.Updated, version)
			if err != nil {
				return err
			}
			news = news || seen
		}
		if !news {
			return nil
		}
		return db.changed(ctx, tx)
	})
	return len(all), db.explain(err)
}
