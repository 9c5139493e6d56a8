package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"planet/internal/planet"
)

// A Document is one feed document that was read whole.
type Document struct {
	Version int // of the cleaning
	Items   []Incoming
	Slices  []Slice // of all its entries, in its order, also those that were known and not read; none: it couldn't be taken apart
	Part    bool    // it is only what is new in the feed
}

// Known tells which of items the store holds of a feed in this very form, by their hashes: they need no cleaning.
func (db *DB) Known(ctx context.Context, feed State, items []Incoming) (map[[sha256.Size]byte]bool, error) {
	hashes := make([]string, len(items))
	for i := range items {
		hashes[i] = hex.EncodeToString(items[i].Hash[:])
	}
	list, err := json.Marshal(hashes)
	if err != nil {
		return nil, err
	}
	rows, err := db.read.QueryContext(ctx, selectHashes, feed.row, string(list))
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	known := map[[sha256.Size]byte]bool{}
	for rows.Next() {
		var h []byte
		if err := rows.Scan(&h); err != nil {
			return nil, db.explain(err)
		}
		known[[sha256.Size]byte(h)] = true
	}
	return known, db.explain(rows.Err())
}

// Record keeps one feed's whole outcome in one transaction: its entries, what it says of itself, the validators, the
// schedule and the log. Validators of a document are never kept without its entries (behaviour 8).
func (db *DB) Record(ctx context.Context, n Note, doc Document) (added, updated int, err error) {
	err = db.tx(ctx, func(tx *sql.Tx) error {
		r := &recording{db: db, tx: tx, feed: n.Is, at: n.Is.Fetched, version: doc.Version}
		if err := r.entries(ctx, doc); err != nil {
			return err
		}
		added, updated = r.added, r.updated
		if added+updated > 0 || n.shown() {
			if err := db.changed(ctx, tx); err != nil {
				return err
			}
		}
		return db.noting(ctx, tx).note(ctx, &n, added, updated)
	})
	return added, updated, db.explain(err)
}

const (
	selectHashes = `select raw_hash from entries where feed_id = ?1 and raw_hash in (select unhex(value) from json_each(?2))`
	// Two queries in one: with an "or" SQLite reads all entries of the feed.
	selectKnown = `select id, key, guid, link, raw_hash, title, published_at from entries where feed_id = ?1 and guid in (select value from json_each(?2))
		union select id, key, guid, link, raw_hash, title, published_at from entries where feed_id = ?1 and key in (select value from json_each(?2))`
	selectTaken = `select published_id from entries where published_id in (select value from json_each(?))`
	insertEntry = `insert into entries (feed_id, key, published_id, guid, link, title, untitled, lang, dir, authors, tags, enclosures, source, comments,
		summary, content, text, excerpt, clean_version, raw, raw_hash, published_at, updated_at, first_seen_at, sort_at, teaser)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	earliest = `788918400` // planet.Earliest
	// A date that was believed when the entry came stays, as sort_at does; one in the future may be put right.
	newDate    = `iif(published_at > first_seen_at, ?19, published_at)`
	updateSeen = `update entries set link = ?2, title = ?3, untitled = ?4, lang = ?5, dir = ?6, authors = ?7, tags = ?8, enclosures = ?9, source = ?10,
		comments = ?11, summary = ?12, content = ?13, text = ?14, excerpt = ?15, clean_version = ?16, raw = ?17, raw_hash = ?18,
		published_at = ` + newDate + `, updated_at = ?20, teaser = ?21, revisions = revisions + 1,
		sort_at = iif(published_at > first_seen_at and ?19 > ` + earliest + `, min(sort_at, ?19), sort_at)
		where id = ?1 and (link, title, untitled, lang, dir, authors, tags, enclosures, source, comments, summary, content, text, excerpt, published_at, teaser)
		<> (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ` + newDate + `, ?21)`
	updateUnseen = `update entries set clean_version = ?2, raw = ?3, raw_hash = ?4 where id = ?1`
	countKey     = `select count(*) from entries where feed_id = ? and key = ?`
	countID      = `select count(*) from entries where published_id = ?`
)

type recording struct {
	db             *DB
	tx             *sql.Tx
	feed           State
	at             time.Time
	version        int
	added, updated int
}

// entries inserts and updates. It begins at the document's end: of entries with the same date the one written last
// comes first on the page, and feeds list the newest first.
func (r *recording) entries(ctx context.Context, doc Document) error {
	items := doc.Items
	present, err := r.present(ctx, doc)
	if err != nil {
		return err
	}
	ids := make([]string, len(items))
	for i, in := range items {
		ids[i] = rawID(r.feed.Slug, in.Item)
	}
	known, err := r.known(ctx, ids)
	if err != nil {
		return err
	}
	taken, err := r.taken(ctx, ids)
	if err != nil {
		return err
	}
	places := match(ids, items, known, present, positions(doc.Slices))
	rows := make([]int64, len(items)) // of their entries
	used := map[string]bool{}         // keys of the feed's entries
	for _, k := range known {
		used[k.key] = true
	}
	for i := len(items) - 1; i >= 0; i-- {
		in, id := items[i], ids[i]
		k := places[i].known
		if places[i].again {
			continue
		}
		if k != nil {
			rows[i] = k.id
		}
		switch {
		case k != nil && bytes.Equal(k.hash, in.Hash[:]):
			continue
		case k != nil:
			seen, err := r.db.rewrite(ctx, r.tx, k.id, in, r.at, r.version)
			if err != nil {
				return err
			}
			if seen {
				r.updated++
			}
			continue
		}
		key, err := r.free(ctx, id, shortHash(places[i].twin), used, countKey, r.feed.row)
		if err != nil {
			return err
		}
		published, err := r.free(ctx, id, shortHash(in.Item.Link), taken, countID)
		if err != nil {
			return err
		}
		if rows[i], err = r.insert(ctx, key, published, id, in); err != nil {
			return err
		}
		r.added++
	}
	return r.remember(ctx, doc, rows)
}

// rawID is an item's id, or for one without the next best thing: its link, or else a name made of its title and date
// (behaviour 75).
func rawID(slug string, it planet.Item) string {
	switch {
	case it.GUID != "":
		return storable(it.GUID)
	case it.Link != "":
		return storable(it.Link)
	}
	return "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(slug+"\x00"+textID(it))).String()
}

// textID tells items apart by what they say.
func textID(it planet.Item) string {
	text := it.Title.Body + "\x00" + it.Published.UTC().Format(time.RFC3339)
	if it.Title.Body == "" || it.Published.IsZero() {
		text += "\x00" + it.Content.Body + "\x00" + it.Summary.Body
	}
	return text
}

// storable is s without what SQLite's JSON can't carry, so that an id is always found again.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

func (r *recording) known(ctx context.Context, ids []string) ([]*knownEntry, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := r.db.in(ctx, r.tx, selectKnown).QueryContext(ctx, r.feed.row, string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var known []*knownEntry
	for rows.Next() {
		k := &knownEntry{}
		if err := rows.Scan(&k.id, &k.key, &k.guid, &k.link, &k.hash, &k.title, &k.published); err != nil {
			return nil, err
		}
		known = append(known, k)
	}
	return known, rows.Err()
}

func (r *recording) taken(ctx context.Context, ids []string) (map[string]bool, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := r.db.in(ctx, r.tx, selectTaken).QueryContext(ctx, string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	taken := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		taken[id] = true
	}
	return taken, rows.Err()
}

// free is id, or where that is taken, id#hash: a name for ever, so what it is made of may not change. It becomes taken.
// Whoever writes feeds can make hashes collide, and ids that look like id#hash; hence count, a query for what is stored.
func (r *recording) free(ctx context.Context, id, hash string, taken map[string]bool, count string, args ...any) (string, error) {
	for candidate := id; ; hash = shortHash(hash + r.feed.Slug) {
		if !taken[candidate] {
			n := 0
			if candidate != id { // of ids themselves it is known
				err := r.db.in(ctx, r.tx, count).QueryRowContext(ctx, append(args, candidate)...).Scan(&n)
				if err != nil {
					return "", err
				}
			}
			taken[candidate] = true
			if n == 0 {
				return candidate, nil
			}
		}
		candidate = id + "#" + hash
	}
}

// shortHash is 8 hex digits.
func shortHash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:4])
}

// insert gives the row of a new entry.
func (r *recording) insert(ctx context.Context, key, published, guid string, in Incoming) (int64, error) {
	e := in.Entry
	e.FirstSeen = r.at
	c, err := columns(e)
	if err != nil {
		return 0, err
	}
	res, err := r.db.in(ctx, r.tx, insertEntry).ExecContext(ctx, r.feed.row, key, published, guid, e.Link, e.Title, e.Untitled, e.Lang, e.Dir,
		c.authors, c.tags, c.enclosures, c.source, e.Comments, e.Summary, e.Content, e.Text, e.Excerpt, r.version, in.raw, in.Hash[:],
		unix(e.Published), min(unix(e.Updated), unix(r.at)), unix(r.at), unix(e.Date()), c.teaser)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// rewrite gives the entry in row id what was read or cleaned anew at a time, and tells whether anything of it can be
// seen: an updated that moves while all else stays can't. The entry's identity, first_seen_at and sort_at stay.
func (db *DB) rewrite(ctx context.Context, tx *sql.Tx, id int64, in Incoming, at time.Time, version int) (seen bool, err error) {
	e := in.Entry
	c, err := columns(e)
	if err != nil {
		return false, err
	}
	res, err := db.in(ctx, tx, updateSeen).ExecContext(ctx, id, e.Link, e.Title, e.Untitled, e.Lang, e.Dir, c.authors, c.tags, c.enclosures, c.source,
		e.Comments, e.Summary, e.Content, e.Text, e.Excerpt, version, in.raw, in.Hash[:], unix(e.Published), min(unix(e.Updated), unix(at)), c.teaser)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); n > 0 || err != nil {
		return true, err
	}
	_, err = db.in(ctx, tx, updateUnseen).ExecContext(ctx, id, version, in.raw, in.Hash[:])
	return false, err
}

// jsonColumns are the fields of an entry that are lists, and the teaser, which isn't kept twice.
type jsonColumns struct{ authors, tags, enclosures, source, teaser string }

func columns(e *planet.Entry) (c jsonColumns, err error) {
	for _, f := range []struct {
		to    *string
		value any
	}{{&c.authors, e.Authors}, {&c.tags, e.Tags}, {&c.enclosures, e.Enclosures}, {&c.source, e.Source}} {
		b, err := encode(f.value)
		if err != nil {
			return c, err
		}
		*f.to = strings.TrimSpace(string(b))
	}
	if e.Teaser != e.Content {
		c.teaser = e.Teaser
	}
	return c, nil
}
