package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"planet/internal/planet"
)

const (
	selectUnshelved = `select s.entry_id, f.slug, e.tags, e.lang, s.sort_at, s.listing, s.month, s.slot, s.nth, iif(s.published_as = '', e.published_id, s.published_as)
		from standings s join entries e on e.id = s.entry_id join feeds f on f.id = s.feed_id where s.unshelved order by s.sort_at, s.entry_id limit ?`
	selectStands = `select shelf, sort_at from stands where entry_id = ?`
	selectShelf  = `select id from shelves where kind = ? and name = ? and number = ?`
	insertShelf  = `insert into shelves (kind, name, number, title) values (?1, ?2, ?3, ?4) returning id`
	insertStand  = `insert into stands (shelf, sort_at, entry_id) values (?, ?, ?)`
	deleteStand  = `delete from stands where shelf = ? and sort_at = ? and entry_id = ?`
	markShelf    = `update shelves set stale = 1 where id = ? and not stale`
	lastSlot     = `select coalesce(max(slot), 0) from standings where month = ? and month > 0`
	lastNth      = `select coalesce(max(nth), 0) from standings where nth > 0`
	selectPlace  = `select month, slot, nth from standings where published_as = ?1 and published_as <> '' and entry_id <> ?2 and month > 0
		union all select s.month, s.slot, s.nth from entries e join standings s on s.entry_id = e.id where e.published_id = ?1 and s.published_as = '' and e.id <> ?2 and s.month > 0
		limit 1`
	noteShelved = `update standings set unshelved = 0, month = ?2, slot = ?3, nth = ?4 where entry_id = ?1`
	markPost    = `insert into shelves (kind, name, number, title, entries) values ('post', ?1, 0, '', ?2)
		on conflict (kind, name, number) do update set stale = 1, entries = ?2`
)

// Shelving says what the store doesn't know of where entries stand.
type Shelving struct {
	Langs map[string]string // the languages of feeds by slug, for entries that don't tell theirs
	Posts bool              // each entry has a page of its own
}

// Shelve brings the shelves up to date with the verdicts: of at most n entries, the oldest first. It returns how many
// there were. An entry that stood in a month or in the history keeps its place there for ever, so that links to it hold
// and archived feeds don't change (RFC 5005 §4); what comes later, however old it is, stands behind.
func (db *DB) Shelve(ctx context.Context, how Shelving, n int) (done int, err error) {
	err = db.tx(ctx, func(tx *sql.Tx) error {
		s := shelving{Shelving: how, db: db, tx: tx, rows: map[Shelf]int64{}, last: map[int]int{}, nth: -1}
		entries, err := s.unshelved(ctx, n)
		if err != nil {
			return err
		}
		done = len(entries)
		for _, e := range entries {
			if err := s.shelve(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
	return done, db.explain(err)
}

type shelving struct {
	Shelving
	db   *DB
	tx   *sql.Tx
	rows map[Shelf]int64 // of shelves by kind, name and number
	last map[int]int     // by month: the last slot that was given
	nth  int             // the last that was given; below 0: not known yet
}

type unshelved struct {
	row              int64
	feed, tags, lang string
	at               int64
	listing          planet.Listing
	month, slot, nth int
	as               string
}

func (s *shelving) unshelved(ctx context.Context, n int) ([]unshelved, error) {
	rows, err := s.db.in(ctx, s.tx, selectUnshelved).QueryContext(ctx, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []unshelved
	for rows.Next() {
		var e unshelved
		if err := rows.Scan(&e.row, &e.feed, &e.tags, &e.lang, &e.at, &e.listing, &e.month, &e.slot, &e.nth, &e.as); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// shelve puts one entry where it belongs, and marks all shelves that show it, or did.
func (s *shelving) shelve(ctx context.Context, e unshelved) error {
	if err := s.settle(ctx, &e); err != nil {
		return err
	}
	want := map[int64]bool{}
	for _, shelf := range e.shelves(s.Langs) {
		row, err := s.row(ctx, shelf)
		if err != nil {
			return err
		}
		want[row] = true
	}
	has, err := s.stands(ctx, e.row)
	if err != nil {
		return err
	}
	for row, at := range has {
		query, args := deleteStand, []any{row, at, e.row}
		if want[row] && at == e.at {
			query, args = markShelf, []any{row}
			delete(want, row)
		}
		if _, err := s.db.in(ctx, s.tx, query).ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	for row := range want {
		if _, err := s.db.in(ctx, s.tx, insertStand).ExecContext(ctx, row, e.at, e.row); err != nil {
			return err
		}
	}
	if s.Posts {
		if _, err := s.db.in(ctx, s.tx, markPost).ExecContext(ctx, e.as, e.listing >= planet.InArchive); err != nil {
			return err
		}
	}
	_, err = s.db.in(ctx, s.tx, noteShelved).ExecContext(ctx, e.row, e.month, e.slot, e.nth)
	return err
}

// settle gives an entry its places in the archive and the history, if it has none yet: those of who had its id before, since
// that is where links to it lead; or else new ones.
func (s *shelving) settle(ctx context.Context, e *unshelved) error {
	t := fromUnix(e.at)
	if e.month == 0 && e.listing >= planet.InArchive {
		err := s.db.in(ctx, s.tx, selectPlace).QueryRowContext(ctx, e.as, e.row).Scan(&e.month, &e.slot, &e.nth)
		if err != nil && err != sql.ErrNoRows { //nolint:errorlint // Scan gives it bare
			return err
		}
	}
	if month := t.Year()*100 + int(t.Month()); e.listing >= planet.InArchive && e.month != month {
		last, ok := s.last[month]
		if !ok {
			if err := s.db.in(ctx, s.tx, lastSlot).QueryRowContext(ctx, month).Scan(&last); err != nil {
				return err
			}
		}
		s.last[month] = last + 1
		e.month, e.slot = month, last+1
	}
	if e.listing >= planet.InHistory && e.nth == 0 {
		if s.nth < 0 {
			if err := s.db.in(ctx, s.tx, lastNth).QueryRowContext(ctx).Scan(&s.nth); err != nil {
				return err
			}
		}
		s.nth++
		e.nth = s.nth
	}
	return nil
}

// shelves are those that an entry is to stand on.
func (e *unshelved) shelves(langs map[string]string) []Shelf {
	var out []Shelf
	if e.listing >= planet.InArchive {
		out = append(out, Shelf{Kind: Author, Name: e.feed}, Shelf{Kind: Month, Name: monthName(e.month), Number: pageOf(e.slot)})
	}
	if e.listing >= planet.InHistory {
		out = append(out, Shelf{Kind: History, Number: pageOf(e.nth)})
	}
	if e.listing < planet.InRiver {
		return out
	}
	var tags []string
	if json.Unmarshal([]byte(e.tags), &tags) == nil {
		for _, tag := range tags {
			if slug := planet.TagSlug(tag); slug != "" {
				out = append(out, Shelf{Kind: Tag, Name: slug, Title: tag})
			}
		}
	}
	if lang := planet.LanguageSlug(cmp.Or(e.lang, langs[e.feed])); lang != "" {
		out = append(out, Shelf{Kind: Lang, Name: lang})
	}
	return out
}

// row is where a shelf is kept; it is made when there is none.
func (s *shelving) row(ctx context.Context, shelf Shelf) (row int64, err error) {
	key := Shelf{Kind: shelf.Kind, Name: shelf.Name, Number: shelf.Number}
	if row, ok := s.rows[key]; ok {
		return row, nil
	}
	err = s.db.in(ctx, s.tx, selectShelf).QueryRowContext(ctx, shelf.Kind, shelf.Name, shelf.Number).Scan(&row)
	if err == sql.ErrNoRows { //nolint:errorlint // Scan gives it bare
		err = s.db.in(ctx, s.tx, insertShelf).QueryRowContext(ctx, shelf.Kind, shelf.Name, shelf.Number, shelf.Title).Scan(&row)
	}
	s.rows[key] = row
	return row, err
}

func (s *shelving) stands(ctx context.Context, entry int64) (map[int64]int64, error) {
	rows, err := s.db.in(ctx, s.tx, selectStands).QueryContext(ctx, entry)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64]int64{}
	for rows.Next() {
		var shelf, at int64
		if err := rows.Scan(&shelf, &at); err != nil {
			return nil, err
		}
		out[shelf] = at
	}
	return out, rows.Err()
}

// pageOf is the page that a place is on; both count from 1.
func pageOf(place int) int { return (place-1)/PerPage + 1 }

func monthName(month int) string { return fmt.Sprintf("%04d/%02d", month/100, month%100) }

// folder is where an entry is published that has a place in a month.
func folder(month, slot int) string {
	if month == 0 {
		return ""
	}
	return Shelf{Kind: Month, Name: monthName(month), Number: pageOf(slot)}.Folder()
}

// Unshelve has all entries of feeds shelved again, by their slugs: something of the feeds is shown in another way.
func (db *DB) Unshelve(ctx context.Context, feeds []string) error {
	list, err := json.Marshal(feeds)
	if err != nil {
		return err
	}
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `update standings set unshelved = 1 where not unshelved and (listing > 0 or original > 0)
			and feed_id in (select id from feeds where slug in (select value from json_each(?)))`, string(list))
		return err
	}))
}

// Published notes that all shelves are published as they are, and from which inputs.
func (db *DB) Published(ctx context.Context, inputs string) error {
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error {
		for _, q := range []string{
			"delete from shelves where stale and (entries = 0 or kind = 'post') and not exists (select 1 from stands where shelf = id)",
			"update shelves set stale = 0 where stale",
		} {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return keepNote(ctx, tx, "published", inputs)
	}))
}

func keepNote(ctx context.Context, tx *sql.Tx, key, text string) error {
	_, err := tx.ExecContext(ctx, "insert into meta values (?, ?) on conflict (key) do update set value = excluded.value", key, text)
	return err
}

// KeepNote keeps a text for whoever publishes, under a key of the caller's. Note gives it again, "" when there is none.
func (db *DB) KeepNote(ctx context.Context, key, text string) error {
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error { return keepNote(ctx, tx, "note:"+key, text) }))
}

// Note is what KeepNote kept.
func (db *DB) Note(ctx context.Context, key string) (string, error) { return db.note(ctx, "note:"+key) }

func (db *DB) note(ctx context.Context, key string) (text string, err error) {
	err = db.read.QueryRowContext(ctx, "select coalesce((select value from meta where key = ?), '')", key).Scan(&text)
	return text, db.explain(err)
}

// LastPublished are the inputs of the last Published; "" when there was none.
func (db *DB) LastPublished(ctx context.Context) (inputs string, err error) {
	return db.note(ctx, "published")
}
