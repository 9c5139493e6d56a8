package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"planet/internal/planet"
)

// A Shelf is a page of entries beside the river, or all of what is published of a name.
type Shelf struct {
	Kind    string // Author, Month, History, Tag, Lang or Post
	Name    string // the slug of an author, tag or language; "2026/11"; of a post the id it is published under
	Number  int    // of the page, from 1; 0: there is only one
	Title   string // a tag as it was first written
	Entries int
	New     bool // nothing is published of it yet

	row int64
}

// The kinds of shelves.
const (
	Author  = "author"  // what isn't hidden everywhere
	Month   = "month"   // the same, by months in UTC
	History = "history" // what is or was in the combined feeds
	Tag     = "tag"     // what is in the river
	Lang    = "lang"    // the same
	Post    = "post"    // pages of single entries that are to be made or removed; only until that is done
)

// PerPage is how many entries stand on a page of a month or of the history.
const PerPage = 100

// Compare orders shelves as Shelves does.
func (s Shelf) Compare(t Shelf) int {
	return cmp.Or(strings.Compare(s.Name, t.Name), cmp.Compare(s.Number, t.Number))
}

// After is the place behind an entry.
func After(e planet.Entry) Cursor { return Cursor{unix(e.At), e.Seq} }

// Folder is that of a page of a month, under the site's root: "2026/11/", "2026/11/2/".
func (s Shelf) Folder() string {
	if s.Number < 2 {
		return s.Name + "/"
	}
	return fmt.Sprintf("%s/%d/", s.Name, s.Number)
}

const selectShelves = "select id, kind, name, number, title, entries, stale = 2 from shelves "

// Shelves gives the shelves of a kind on which entries stand, by name and number.
func (db *DB) Shelves(ctx context.Context, kind string) ([]Shelf, error) {
	return db.shelves(db.read.QueryContext(ctx, selectShelves+"where kind = ? and entries > 0 order by name, number", kind))
}

// HasShelves tells whether there is any of a kind.
func (db *DB) HasShelves(ctx context.Context, kind string) (yes bool, err error) {
	return yes, db.explain(db.read.QueryRowContext(ctx, "select exists (select 1 from shelves where kind = ? and entries > 0)", kind).Scan(&yes))
}

// Fullest gives the n of them on which most stand, by name.
func (db *DB) Fullest(ctx context.Context, kind string, n int) ([]Shelf, error) {
	return db.shelves(db.read.QueryContext(ctx, "select * from ("+selectShelves+"where kind = ? and entries > 0 order by entries desc, name limit ?) order by name", kind, n))
}

// StaleShelves gives the shelves of which something else is to be published than before; those without entries are to go.
func (db *DB) StaleShelves(ctx context.Context) ([]Shelf, error) {
	return db.shelves(db.read.QueryContext(ctx, selectShelves+"indexed by shelves_stale where stale order by kind, name, number"))
}

func (db *DB) shelves(rows *sql.Rows, err error) ([]Shelf, error) {
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	var out []Shelf
	for rows.Next() {
		var s Shelf
		if err := rows.Scan(&s.row, &s.Kind, &s.Name, &s.Number, &s.Title, &s.Entries, &s.New); err != nil {
			return nil, db.explain(err)
		}
		out = append(out, s)
	}
	return out, db.explain(rows.Err())
}

// On gives at most n entries of a shelf that are listed at least so, after the cursor, newest first; fewer when they are
// long, and none at the end; and the cursor for the next call.
func (db *DB) On(ctx context.Context, s Shelf, least planet.Listing, after Cursor, n int) ([]planet.Entry, Cursor, error) {
	if after == (Cursor{}) {
		after = beginning
	}
	return db.published(db.page(ctx, `where s.entry_id in (select entry_id from (select st.entry_id, st.sort_at from stands st join standings x on x.entry_id = st.entry_id
		where st.shelf = ?4 and x.listing >= ?5 and (st.sort_at, st.entry_id) < (?2, ?3) order by st.sort_at desc, st.entry_id desc limit ?1))
		order by s.sort_at desc, s.entry_id desc`, after, n, s.row, least))
}

// Headings does so without texts.
func (db *DB) Headings(ctx context.Context, s Shelf, least planet.Listing, after Cursor, n int) ([]planet.Entry, error) {
	if after == (Cursor{}) {
		after = beginning
	}
	query, err := db.reading(ctx, `select e.id, f.slug, iif(s.published_as = '', e.published_id, s.published_as), e.link, e.title, e.untitled, e.lang, e.dir, e.excerpt, s.sort_at, s.listing, s.month, s.slot
		from stands st join standings s on s.entry_id = st.entry_id join entries e on e.id = s.entry_id join feeds f on f.id = e.feed_id
		where st.shelf = ?1 and s.listing >= ?2 and (st.sort_at, st.entry_id) < (?3, ?4) order by st.sort_at desc, st.entry_id desc limit ?5`)
	if err != nil {
		return nil, db.explain(err)
	}
	rows, err := query.QueryContext(ctx, s.row, least, after.sort, after.id, n)
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	var out []planet.Entry
	for rows.Next() {
		var e planet.Entry
		var month, slot int
		if err := rows.Scan(&e.Seq, &e.FeedID, &e.PublishedID, &e.Link, &e.Title, &e.Untitled, &e.Lang, &e.Dir, &e.Excerpt, moment(&e.At), &e.Listing, &month, &slot); err != nil {
			return nil, db.explain(err)
		}
		e.Folder = folder(month, slot)
		out = append(out, e)
	}
	return out, db.explain(rows.Err())
}

// beginning is before all entries.
var beginning = Cursor{time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).Unix(), 1 << 62}

// OnAny gives the n newest entries that stand on any of the shelves and are listed at least so, newest first. latest are the
// dates of the shelves' newest entries by their names (Latest): those that can have nothing among them aren't asked.
func (db *DB) OnAny(ctx context.Context, shelves []Shelf, latest map[string]time.Time, least planet.Listing, n int) ([]planet.Entry, error) {
	shelves = slices.Clone(shelves)
	slices.SortStableFunc(shelves, func(a, b Shelf) int { return latest[b.Name].Compare(latest[a.Name]) })
	var newest []stand
	for _, s := range shelves {
		if len(newest) == n && unix(latest[s.Name]) < newest[n-1].at {
			break
		}
		more, err := db.stands(ctx, s, least, n)
		if err != nil {
			return nil, err
		}
		newest = append(newest, more...)
		slices.SortFunc(newest, func(a, b stand) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.row, a.row)) })
		newest = newest[:min(n, len(newest))]
	}
	ids := make([]int64, len(newest))
	for i, st := range newest {
		ids[i] = st.row
	}
	entries, err := db.Entries(ctx, ids)
	entries, _, err = db.published(entries, Cursor{}, err)
	return entries, err
}

// A stand is an entry on a shelf, and its date.
type stand struct{ at, row int64 }

// stands are the n newest of a shelf.
func (db *DB) stands(ctx context.Context, s Shelf, least planet.Listing, n int) (out []stand, err error) {
	query, err := db.reading(ctx, `select st.sort_at, st.entry_id from stands st join standings x on x.entry_id = st.entry_id
		where st.shelf = ? and x.listing >= ? order by st.sort_at desc, st.entry_id desc limit ?`)
	if err != nil {
		return nil, db.explain(err)
	}
	rows, err := query.QueryContext(ctx, s.row, least, n)
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var st stand
		if err := rows.Scan(&st.at, &st.row); err != nil {
			return nil, db.explain(err)
		}
		out = append(out, st)
	}
	return out, db.explain(rows.Err())
}

// PublishedAs gives the entry that is published under an id and isn't hidden everywhere.
func (db *DB) PublishedAs(ctx context.Context, id string) (e planet.Entry, ok bool, err error) {
	rows, err := db.rowsOf(db.read.QueryContext(ctx, `select entry_id from standings where published_as = ?1 and published_as <> '' and listing > 0
		union all select e.id from entries e join standings s on s.entry_id = e.id where e.published_id = ?1 and s.published_as = '' and s.listing > 0 limit 1`, id))
	if err != nil || len(rows) == 0 {
		return e, false, err
	}
	entries, _, err := db.published(db.one(ctx, rows))
	if err != nil || len(entries) == 0 {
		return e, false, err
	}
	return entries[0], true, nil
}

func (db *DB) one(ctx context.Context, rows []int64) ([]planet.Entry, Cursor, error) {
	entries, err := db.Entries(ctx, rows)
	return entries, Cursor{}, err
}

// Latest gives the date of the newest entry of each author, by slug.
func (db *DB) Latest(ctx context.Context) (map[string]time.Time, error) {
	rows, err := db.read.QueryContext(ctx, "select name, coalesce((select max(sort_at) from stands where shelf = id), 0) from shelves where kind = 'author' and entries > 0")
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	latest := map[string]time.Time{}
	for rows.Next() {
		var name string
		var at time.Time
		if err := rows.Scan(&name, moment(&at)); err != nil {
			return nil, db.explain(err)
		}
		latest[name] = at
	}
	return latest, db.explain(rows.Err())
}
