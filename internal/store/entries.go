package store

import (
	"cmp"
	"context"
	"database/sql"

	"planet/internal/planet"
)

// A Cursor is a place in the river, newest first. The zero Cursor is its beginning.
type Cursor struct{ sort, id int64 }

const selectEntries = `select e.id, f.slug, e.published_id, e.guid, e.link, e.title, e.untitled, e.lang, e.dir, e.authors, e.tags, e.enclosures, e.source,
	e.comments, e.summary, e.content, e.text, e.excerpt, e.published_at, e.updated_at, e.first_seen_at, e.teaser, e.rights, e.revisions,
	s.canonical, s.text_sum, s.gone_at, s.released, s.shown_at, s.published_as, s.sort_at, s.listing, s.month, s.slot,
	iif(s.published_as in ('', e.published_id), f.slug, coalesce((select of.slug from entries o join feeds of on of.id = o.feed_id where o.published_id = s.published_as), f.slug))
	from standings s join entries e on e.id = s.entry_id join feeds f on f.id = e.feed_id `

// recentBytes is how much text Recent gives at once: two hundred ordinary posts are a tenth of it.
const recentBytes = 16 << 20

// Recent gives at most n entries after the cursor, the latest arrivals first, fewer when they are long, and none at the
// end; and the cursor for the next call.
func (db *DB) Recent(ctx context.Context, after Cursor, n int) ([]planet.Entry, Cursor, error) {
	return db.page(ctx, "where ?2 = ?2 and (?3 = 0 or s.entry_id < ?3) order by s.entry_id desc limit ?1", after, n)
}

// River does so for the entries that are shown by their verdicts, in their order: newest first. Each has the id under
// which it is published.
func (db *DB) River(ctx context.Context, after Cursor, n int) ([]planet.Entry, Cursor, error) {
	where := "where s.reason = '' order by s.sort_at desc, s.entry_id desc limit ?1"
	if after != (Cursor{}) {
		where = "where s.reason = '' and (s.sort_at, s.entry_id) < (?2, ?3) order by s.sort_at desc, s.entry_id desc limit ?1"
	}
	return db.published(db.page(ctx, where, after, n))
}

// published gives entries the ids under which they are published: the archive may hold some that never were on the river.
func (db *DB) published(entries []planet.Entry, at Cursor, err error) ([]planet.Entry, Cursor, error) {
	for i, e := range entries {
		entries[i].PublishedID = cmp.Or(e.As, e.PublishedID)
	}
	return entries, at, err
}

func (db *DB) page(ctx context.Context, where string, after Cursor, n int, more ...any) ([]planet.Entry, Cursor, error) {
	query, err := db.reading(ctx, selectEntries+where)
	if err != nil {
		return nil, after, db.explain(err)
	}
	rows, err := query.QueryContext(ctx, append([]any{n, after.sort, after.id}, more...)...)
	if err != nil {
		return nil, after, db.explain(err)
	}
	defer rows.Close()
	var out []planet.Entry
	for size := 0; size < recentBytes && rows.Next(); {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, after, db.explain(err)
		}
		size += len(e.Content) + len(e.Summary) + len(e.Text)
		after = Cursor{unix(e.At), e.Seq}
		out = append(out, e)
	}
	return out, after, db.explain(rows.Err())
}

func scanEntry(rows *sql.Rows) (planet.Entry, error) {
	var e planet.Entry
	var authors, tags, enclosures, source string
	var month, slot int
	if err := rows.Scan(&e.Seq, &e.FeedID, &e.PublishedID, &e.GUID, &e.Link, &e.Title, &e.Untitled, &e.Lang, &e.Dir, &authors, &tags, &enclosures, &source,
		&e.Comments, &e.Summary, &e.Content, &e.Text, &e.Excerpt, moment(&e.Published), moment(&e.Updated), moment(&e.FirstSeen), &e.Teaser, &e.Rights, &e.Revision,
		&e.Canonical, &e.TextSum, moment(&e.Gone), &e.Released, moment(&e.Shown), &e.As, moment(&e.At), &e.Listing, &month, &slot, &e.AsFeed); err != nil {
		return e, err
	}
	e.Teaser, e.Folder = cmp.Or(e.Teaser, e.Content), folder(month, slot)
	return e, decode(field{authors, &e.Authors}, field{tags, &e.Tags}, field{enclosures, &e.Enclosures}, field{source, &e.Source})
}

// CleanAgain cleans up to n entries that an older version cleaned, the latest first, from what was parsed then; no feed is
// asked again for it (behaviour 11). It returns how many there were.
func (db *DB) CleanAgain(ctx context.Context, version, n int, clean func(planet.Item) planet.Entry) (int, error) {
	// Left alone, SQLite walks the whole river to find the newest stale entries, also when there are none.
	rows, err := db.read.QueryContext(ctx, `select id, raw, published_at, updated_at from entries
		where id in (select id from entries indexed by entries_version where clean_version < ? order by id desc limit ?)`, version, n)
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
