package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"planet/internal/planet"
)

const (
	// All entries that have a say in those given: which came in the same fetch, are perhaps the same post, or are published
	// under each other's ids. It walks from entries to what they share with others, and from there to all that share it,
	// each once: from entry to entry it would be the square of what came at once.
	selectWindow = `with recursive w(kind, id) as (
		select 'entry', value from json_each(?1)
		union select 'arrival', a.id from w join standings s on s.entry_id = w.id join arrivals a on a.id = s.arrival
			where w.kind = 'entry' and not a.founding and not a.released
		union select 'entry', s.entry_id from w join standings s on s.arrival = w.id where w.kind = 'arrival'
		union select 'page', s.canonical from w join standings s on s.entry_id = w.id where w.kind = 'entry' and s.canonical <> ''
			and exists (select 1 from standings o where o.canonical = s.canonical and o.canonical <> '' and o.entry_id <> s.entry_id)
		union select 'page', x.canonical from w join aliases x on x.entry_id = w.id where w.kind = 'entry' and x.canonical <> ''
		union select 'entry', s.entry_id from w join standings s on s.canonical = w.id and s.canonical <> '' where w.kind = 'page'
		union select 'entry', x.entry_id from w join aliases x on x.canonical = w.id and x.canonical <> '' where w.kind = 'page'
		union select 'text', s.text_sum from w join standings s on s.entry_id = w.id where w.kind = 'entry' and s.text_sum <> 0
			and exists (select 1 from standings o where o.text_sum = s.text_sum and o.text_sum <> 0 and o.entry_id <> s.entry_id)
		union select 'entry', s.entry_id from w join standings s on s.text_sum = w.id and s.text_sum <> 0 where w.kind = 'text'
		union select 'guid', e.guid from w join entries e on e.id = w.id where w.kind = 'entry'
			and exists (select 1 from entries o where o.guid = e.guid and o.id <> e.id)
		union select 'entry', e.id from w join entries e on e.guid = w.id
			where w.kind = 'guid' and exists (select 1 from entries where guid = w.id and source <> 'null')
		union select 'as', s.published_as from w join standings s on s.entry_id = w.id join entries e on e.id = s.entry_id
			where w.kind = 'entry' and s.published_as not in ('', e.published_id)
		union select 'as', e.published_id from w join entries e on e.id = w.id where w.kind = 'entry'
			and exists (select 1 from standings o where o.published_as = e.published_id and o.published_as <> '' and o.entry_id <> e.id)
		union select 'entry', e.id from w join entries e on e.published_id = w.id where w.kind = 'as'
		union select 'entry', s.entry_id from w join standings s on s.published_as = w.id and s.published_as <> '' where w.kind = 'as'
	) select e.id, f.slug, e.published_id, e.guid, e.link, e.title, e.untitled, e.lang, e.authors, e.tags, e.source, e.published_at, e.first_seen_at,
		iif(?2, e.text, ''), s.canonical, s.text_sum, s.gone_at, s.released, iif(s.shown_at = 0, 0, max(s.shown_at, s.signed_at)), s.published_as,
		s.arrival, coalesce(a.days, 1), coalesce(a.first, 0), coalesce(a.founding, 0), coalesce(a.suspect, ''), coalesce(a.released, 0),
		(select json_group_array(value) from aliases where entry_id = e.id)
		from w join entries e on e.id = w.id join standings s on s.entry_id = e.id join feeds f on f.id = e.feed_id
		left join arrivals a on a.id = s.arrival where w.kind = 'entry' order by e.id`
	selectStale = `select entry_id from (select entry_id from standings where stale
		union select entry_id from standings where until > 0 and until <= ?1) where entry_id > ?2 order by entry_id limit ?3`
	selectAll = `select entry_id from standings where entry_id > ?2 and ?1 = ?1 order by entry_id limit ?3`
	// By which rules all verdicts are, and of when the latest is.
	selectJudged  = `select coalesce((select value from meta where key = 'rules'), ''), coalesce((select cast(value as integer) from meta where key = 'judged_at'), 0)`
	updateJudged  = `insert into meta values ('rules', ?1), ('judged_at', ?2) on conflict (key) do update set value = excluded.value`
	updateVerdict = `update standings set stale = 0, sort_at = ?2, reason = ?3, original = ?4, until = ?5, listing = ?8, unshelved = 1,
		published_as = iif(?3 = '' or ?8 >= 2 and ?6 <> (select published_id from entries where id = entry_id), ?6, published_as), shown_at = iif(?3 = '' and shown_at = 0, ?7, shown_at)
		where entry_id = ?1 and (stale or (sort_at, reason, original, until, listing) <> (?2, ?3, ?4, ?5, ?8) or ?3 = '' and published_as <> ?6
			or ?8 >= 2 and ?6 not in (published_as, (select published_id from entries where id = entry_id)))`
)

// Unjudged gives at most n rows after a row, ascending, of entries whose verdict isn't known to hold at now: which are new
// or other ones than before, whose time has come; and all entries when the rules were others, or the clock was ahead.
func (db *DB) Unjudged(ctx context.Context, rules string, now time.Time, after int64, n int) ([]int64, error) {
	query := selectStale
	judged, at, err := db.judged(ctx)
	if err != nil {
		return nil, err
	}
	if judged != rules || now.Before(at) {
		query = selectAll
	}
	return db.rowsOf(db.read.QueryContext(ctx, query, unix(now), after, n))
}

func (db *DB) judged(ctx context.Context) (rules string, at time.Time, err error) {
	return rules, at, db.explain(db.read.QueryRowContext(ctx, selectJudged).Scan(&rules, moment(&at)))
}

// Window gives the entries of rows and all that have a say in their verdicts, in the order of arrival, without what
// selection doesn't need: texts only if it wants them.
func (db *DB) Window(ctx context.Context, rows []int64, texts bool) ([]planet.Entry, error) {
	list, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	found, err := db.read.QueryContext(ctx, selectWindow, string(list), texts)
	if err != nil {
		return nil, db.explain(err)
	}
	defer found.Close()
	var out []planet.Entry
	for found.Next() {
		var e planet.Entry
		var authors, tags, source, former string
		if err := found.Scan(&e.Seq, &e.FeedID, &e.PublishedID, &e.GUID, &e.Link, &e.Title, &e.Untitled, &e.Lang, &authors, &tags, &source,
			moment(&e.Published), moment(&e.FirstSeen), &e.Text, &e.Canonical, &e.TextSum, moment(&e.Gone), &e.Released, moment(&e.Shown), &e.As,
			&e.Arrival.ID, &e.Arrival.Days, &e.Arrival.First, &e.Arrival.Founding, &e.Arrival.Suspect, &e.Arrival.Released, &former); err != nil {
			return nil, db.explain(err)
		}
		if err := decode(field{authors, &e.Authors}, field{tags, &e.Tags}, field{source, &e.Source}, field{former, &e.Former}); err != nil {
			return nil, db.explain(err)
		}
		out = append(out, e)
	}
	return out, db.explain(found.Err())
}

// A field is a column that holds JSON.
type field struct {
	from string
	to   any
}

func decode(fields ...field) error {
	for _, f := range fields {
		if f.from == "null" || f.from == "[]" {
			continue
		}
		if err := json.Unmarshal([]byte(f.from), f.to); err != nil {
			return err
		}
	}
	return nil
}

// Judged keeps verdicts. An entry that is shown was published, under that id.
func (db *DB) Judged(ctx context.Context, verdicts []planet.Verdict, now time.Time) error {
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error {
		update := db.in(ctx, tx, updateVerdict)
		for _, v := range verdicts {
			if _, err := update.ExecContext(ctx, v.Seq, unix(v.At), v.Reason, v.Original, unix(v.Until), v.As, unix(now), v.Listing); err != nil {
				return err
			}
		}
		return nil
	}))
}

// Judging begins to judge by rules at now: until it is said to be done, whoever comes next judges all again.
func (db *DB) Judging(ctx context.Context, rules string, now time.Time) error {
	judged, at, err := db.judged(ctx)
	if err != nil || judged == rules && !now.Before(at) {
		return err
	}
	return db.noteJudged(ctx, "", now)
}

// JudgedBy notes that all verdicts are by these rules, and the latest of now.
func (db *DB) JudgedBy(ctx context.Context, rules string, now time.Time) error {
	return db.noteJudged(ctx, rules, now)
}

func (db *DB) noteJudged(ctx context.Context, rules string, now time.Time) error {
	_, err := db.write.ExecContext(ctx, updateJudged, rules, unix(now))
	return db.explain(err)
}

// NextChange is when time alone changes a verdict; zero: never.
func (db *DB) NextChange(ctx context.Context) (t time.Time, err error) {
	err = db.read.QueryRowContext(ctx, "select coalesce((select min(until) from standings where until > 0), 0)").Scan(moment(&t))
	return t, db.explain(err)
}

// Counts tells of each feed, by slug, how many of its entries have which reason, by the last verdicts: "" for those that
// are shown, "?" for those that weren't judged yet.
func (db *DB) Counts(ctx context.Context) (map[string]map[string]int, error) {
	rows, err := db.read.QueryContext(ctx, "select f.slug, t.reason, t.entries from tallies t join feeds f on f.id = t.feed_id where t.entries > 0")
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	counts := map[string]map[string]int{}
	for rows.Next() {
		var slug, reason string
		var n int
		if err := rows.Scan(&slug, &reason, &n); err != nil {
			return nil, db.explain(err)
		}
		if counts[slug] == nil {
			counts[slug] = map[string]int{}
		}
		counts[slug][reason] = n
	}
	return counts, db.explain(rows.Err())
}

// Copies gives those entries that others stand for, by the Seq of the others.
func (db *DB) Copies(ctx context.Context, entries []planet.Entry) (map[int64][]planet.Copy, error) {
	seqs := make([]int64, len(entries))
	for i, e := range entries {
		seqs[i] = e.Seq
	}
	list, err := json.Marshal(seqs)
	if err != nil {
		return nil, err
	}
	query, err := db.reading(ctx, `select s.original, f.slug, e.link from standings s join entries e on e.id = s.entry_id join feeds f on f.id = e.feed_id
		where s.original > 0 and s.original in (select value from json_each(?)) order by s.entry_id`)
	if err != nil {
		return nil, db.explain(err)
	}
	rows, err := query.QueryContext(ctx, string(list))
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	copies := map[int64][]planet.Copy{}
	for rows.Next() {
		var of int64
		var c planet.Copy
		if err := rows.Scan(&of, &c.FeedID, &c.Link); err != nil {
			return nil, db.explain(err)
		}
		copies[of] = append(copies[of], c)
	}
	return copies, db.explain(rows.Err())
}

// Reasons gives the last verdicts' reasons of rows.
func (db *DB) Reasons(ctx context.Context, rows []int64) (map[int64]string, error) {
	list, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	found, err := db.read.QueryContext(ctx, "select entry_id, reason from standings where entry_id in (select value from json_each(?))", string(list))
	if err != nil {
		return nil, db.explain(err)
	}
	defer found.Close()
	reasons := map[int64]string{}
	for found.Next() {
		var row int64
		var reason string
		if err := found.Scan(&row, &reason); err != nil {
			return nil, db.explain(err)
		}
		reasons[row] = reason
	}
	return reasons, db.explain(found.Err())
}

// Founded says whether the planet has ever had an entry.
func (db *DB) Founded(ctx context.Context) (yes bool, err error) {
	return yes, db.explain(db.read.QueryRowContext(ctx, "select exists (select 1 from entries) or exists (select 1 from graves)").Scan(&yes))
}
