package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"planet/internal/planet"
)

// An Image is a picture that entries show, and of which a copy is to be kept.
type Image struct {
	URL           string
	Name          string // of its file, see ImageFile; "" there is none
	Width, Height int    // pixels
	Bytes         int64
	Failures      int       // in a row
	NextTry       time.Time // when it may be asked for; zero: never again, or it is here
	Error         string    // why there is no file, a sentence; ""
}

const (
	insertImage = `insert or ignore into images (url, next_try_at) values (?, ?)`
	insertShows = `insert or ignore into shows (entry_id, image_id, teaser) select ?1, id, ?3 from images where url = ?2`
	updateImage = `update images set name = ?2, width = ?3, height = ?4, bytes = ?5, failures = ?6, next_try_at = ?7, error = ?8, fetched_at = ?9 where url = ?1`
	// Those entries look different now.
	markShowing = `update standings set stale = 1 where not stale and entry_id in (select s.entry_id from shows s join images i on i.id = s.image_id where i.url = ?)`
	markAtOnce  = `update standings set stale = 1 where not stale and entry_id = ?1
		and exists (select 1 from shows s join images i on i.id = s.image_id where s.entry_id = ?1 and i.name <> '')`
	// Of feeds in ?3 all pictures are wanted, of those in ?4 the ones at the beginnings of posts; of what is hidden, or
	// of what a feed brought that seems to be somebody else's, none. Posts that weren't judged yet are new.
	// Left alone, SQLite begins at the entries, also when nothing is due.
	selectDue = `select i.url, i.failures from images i indexed by images_due cross join shows w on w.image_id = i.id join entries e on e.id = w.entry_id
		join standings s on s.entry_id = w.entry_id join feeds f on f.id = s.feed_id left join arrivals a on a.id = s.arrival
		where i.next_try_at > 0 and i.next_try_at <= ?1 and s.reason in ('', '?', 'Flood', 'MaxAge', 'PerFeed')
		and (f.slug in (select value from json_each(?3)) or w.teaser and f.slug in (select value from json_each(?4)))
		and (a.id is null or a.suspect = '' or a.released)
		group by i.id order by max(iif(s.sort_at > 0, s.sort_at, iif(e.published_at = 0, e.first_seen_at, min(e.published_at, e.first_seen_at)))) desc, i.id limit ?2`
)

// FollowImages begins to note which entries are to be looked through for pictures, at first all there are; or it ends that.
// It costs nothing to say the same again.
func (db *DB) FollowImages(ctx context.Context, follow bool) error {
	var does bool
	err := db.read.QueryRowContext(ctx, "select exists (select 1 from meta where key = 'images')").Scan(&does)
	if err != nil || does == follow {
		return db.explain(err)
	}
	queries := []string{"delete from meta where key = 'images'", "delete from unlooked"}
	if follow {
		queries = []string{"insert into meta values ('images', 'local')", "insert into unlooked select id from entries where true on conflict do nothing"}
	}
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error {
		for _, q := range queries {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}))
}

// Unlooked gives at most n entries that nobody has looked through for pictures since they came or changed, the latest first,
// fewer when they are long. Each has Seq, and the HTML that may be published of it.
func (db *DB) Unlooked(ctx context.Context, n int) ([]planet.Entry, error) {
	rows, err := db.read.QueryContext(ctx, `select e.id, e.content, e.summary, iif(e.teaser = '', e.content, e.teaser)
		from (select entry_id from unlooked order by entry_id desc limit ?) u join entries e on e.id = u.entry_id order by e.id desc`, n)
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	var out []planet.Entry
	for size := 0; size < recentBytes && rows.Next(); {
		var e planet.Entry
		if err := rows.Scan(&e.Seq, &e.Content, &e.Summary, &e.Teaser); err != nil {
			return nil, db.explain(err)
		}
		size += len(e.Content) + len(e.Summary) + len(e.Teaser)
		out = append(out, e)
	}
	return out, db.explain(rows.Err())
}

// A Showing is which pictures an entry shows, by their addresses.
type Showing struct {
	Seq    int64    // of the entry
	Teaser []string // also where only its beginning is shown
	Rest   []string // and beside them where all of it is
}

// Looked keeps which pictures entries show. Those that are new may be asked for from now on.
func (db *DB) Looked(ctx context.Context, entries []Showing, now time.Time) error {
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error {
		marked := int64(0)
		for _, e := range entries {
			if _, err := tx.ExecContext(ctx, "delete from shows where entry_id = ?", e.Seq); err != nil {
				return err
			}
			for teaser, urls := range map[bool][]string{true: e.Teaser, false: e.Rest} {
				for _, u := range urls {
					if _, err := tx.ExecContext(ctx, insertImage, u, unix(now)); err != nil {
						return err
					}
					if _, err := tx.ExecContext(ctx, insertShows, e.Seq, u, teaser); err != nil {
						return err
					}
				}
			}
			res, err := tx.ExecContext(ctx, markAtOnce, e.Seq) // others may show the same, so that it is here
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			marked += n
			if _, err := tx.ExecContext(ctx, "delete from unlooked where entry_id = ?", e.Seq); err != nil {
				return err
			}
		}
		if marked == 0 {
			return nil
		}
		return db.changed(ctx, tx)
	}))
}

// ImagesDue gives at most n pictures that may be asked for at now, those of the newest posts first: of the feeds full all
// that their posts show, of the feeds excerpts those at the posts' beginnings. Both are slugs.
func (db *DB) ImagesDue(ctx context.Context, full, excerpts []string, now time.Time, n int) ([]Image, error) {
	lists := [2]string{}
	for i, slugs := range [][]string{full, excerpts} {
		list, err := json.Marshal(append([]string{}, slugs...))
		if err != nil {
			return nil, err
		}
		lists[i] = string(list)
	}
	rows, err := db.read.QueryContext(ctx, selectDue, unix(now), n, lists[0], lists[1])
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	var out []Image
	for rows.Next() {
		var i Image
		if err := rows.Scan(&i.URL, &i.Failures); err != nil {
			return nil, db.explain(err)
		}
		out = append(out, i)
	}
	return out, db.explain(rows.Err())
}

// ImagesAsked keeps what became of pictures that were asked for at now. Posts that show what has come are shown anew.
func (db *DB) ImagesAsked(ctx context.Context, images []Image, now time.Time) error {
	return db.explain(db.tx(ctx, func(tx *sql.Tx) error {
		came := false
		for _, i := range images {
			if _, err := tx.ExecContext(ctx, updateImage, i.URL, i.Name, i.Width, i.Height, i.Bytes, i.Failures, unix(i.NextTry), i.Error, unix(now)); err != nil {
				return err
			}
			if i.Name == "" {
				continue
			}
			came = true
			if _, err := tx.ExecContext(ctx, markShowing, i.URL); err != nil {
				return err
			}
		}
		if !came {
			return nil
		}
		return db.changed(ctx, tx)
	}))
}

// Images gives all pictures that entries show, by their addresses, those too of which there is no copy. rows are the entries'
// Seqs. A Name that it gives is that of a file that is there.
func (db *DB) Images(ctx context.Context, rows []int64) (map[string]Image, error) {
	list, err := json.Marshal(append([]int64{}, rows...))
	if err != nil {
		return nil, err
	}
	found, err := db.read.QueryContext(ctx, `select url, name, width, height, bytes, failures, next_try_at, error from images
		where id in (select image_id from shows where entry_id in (select value from json_each(?)))`, string(list))
	if err != nil {
		return nil, db.explain(err)
	}
	defer found.Close()
	images := map[string]Image{}
	for found.Next() {
		var i Image
		if err := found.Scan(&i.URL, &i.Name, &i.Width, &i.Height, &i.Bytes, &i.Failures, moment(&i.NextTry), &i.Error); err != nil {
			return nil, db.explain(err)
		}
		if i.Name != "" && !db.hasFile(i) { // SweepImages sees to it
			i.Name = ""
		}
		images[i.URL] = i
	}
	return images, db.explain(found.Err())
}

// ImageNames are the names of all files that hold pictures, and how large the files are. What isn't among them has been erased,
// or should be.
func (db *DB) ImageNames(ctx context.Context) (map[string]int64, error) {
	rows, err := db.read.QueryContext(ctx, "select name, max(bytes) from images where name <> '' group by name")
	return db.names(rows, err)
}

// ShownImages does so for those that posts show which aren't hidden everywhere.
func (db *DB) ShownImages(ctx context.Context) (map[string]int64, error) {
	rows, err := db.read.QueryContext(ctx, `select name, max(bytes) from images i where name <> '' and exists (select 1 from shows w join standings s on s.entry_id = w.entry_id
		where w.image_id = i.id and s.listing > 0) group by name`)
	return db.names(rows, err)
}

func (db *DB) names(rows *sql.Rows, err error) (map[string]int64, error) {
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	names := map[string]int64{}
	for rows.Next() {
		var name string
		var size int64
		if err := rows.Scan(&name, &size); err != nil {
			return nil, db.explain(err)
		}
		names[name] = size
	}
	return names, db.explain(rows.Err())
}
