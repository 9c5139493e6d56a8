package store

import (
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
	Title, Site, Lang string // what the feed says of itself
	BodyHash          []byte // nil when the same bytes shall be read again, should they come again
	Version           int    // of the cleaning
	Items             []Incoming
}

// Known gives the hashes of the items that the store holds of a feed, as they last came.
func (db *DB) Known(ctx context.Context, feed State) (map[[sha256.Size]byte]bool, error) {
	rows, err := db.read.QueryContext(ctx, "select raw_hash from entries where feed_id = ?", feed.row)
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	known := map[[sha256.Size]byte]bool{}
	for rows.Next() {
		var h []byte
		if err := rows.Scan(&h); err != nil {
			return nil, err
		}
		known[[sha256.Size]byte(h)] = true
	}
	return known, db.explain(rows.Err())
}

// Record keeps one feed's whole outcome in one transaction: its entries, what it says of itself, the validators, the
// schedule and the log. Validators of a document are never kept without its entries (behaviour 8).
func (db *DB) Record(ctx context.Context, feed State, a Attempt, doc Document) (added, updated int, err error) {
	if err := db.prepare(ctx, updateFeed, insertFetch, selectKnown, selectTaken, insertEntry, updateEntry, updateAbout); err != nil {
		return 0, 0, db.explain(err)
	}
	err = db.tx(ctx, func(tx *sql.Tx) error {
		r := &recording{db: db, tx: tx, feed: feed, at: a.At, version: doc.Version}
		if err := r.entries(ctx, doc.Items); err != nil {
			return err
		}
		added, updated = r.added, r.updated
		about, err := db.in(ctx, tx, updateAbout).ExecContext(ctx, feed.row, doc.Title, doc.Site, doc.Lang)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "update feeds set body_hash = ? where id = ?", doc.BodyHash, feed.row); err != nil {
			return err
		}
		if n, _ := about.RowsAffected(); n > 0 || added+updated > 0 || feed.Fetched.IsZero() || feed.LastError != "" {
			if err := changed(ctx, tx); err != nil {
				return err
			}
		}
		return db.attempt(ctx, tx, feed, a, added, updated)
	})
	return added, updated, db.explain(err)
}

const (
	selectKnown = `select id, key, link, raw_hash from entries where feed_id = ?1 and (key in (select value from json_each(?2)) or guid in (select value from json_each(?2)))`
	selectTaken = `select published_id from entries where published_id in (select value from json_each(?))`
	insertEntry = `insert into entries (feed_id, key, published_id, guid, link, title, untitled, lang, dir, authors, tags, enclosures, source, comments,
		summary, content, text, excerpt, clean_version, raw, raw_hash, published_at, updated_at, first_seen_at, sort_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateEntry = `update entries set link = ?2, title = ?3, untitled = ?4, lang = ?5, dir = ?6, authors = ?7, tags = ?8, enclosures = ?9, source = ?10,
		comments = ?11, summary = ?12, content = ?13, text = ?14, excerpt = ?15, clean_version = ?16, raw = ?17, raw_hash = ?18, published_at = ?19,
		updated_at = ?20, revisions = revisions + ?21 where id = ?1`
	updateAbout = `update feeds set title = ?2, site_url = ?3, lang = ?4 where id = ?1 and (title, site_url, lang) <> (?2, ?3, ?4)`
)

type recording struct {
	db             *DB
	tx             *sql.Tx
	feed           State
	at             time.Time
	version        int
	added, updated int
}

type knownEntry struct {
	id   int64
	key  string
	link string
	hash []byte
	used bool
}

// entries inserts and updates. It begins at the document's end: of entries with the same date the one written last
// comes first on the page, and feeds list the newest first.
func (r *recording) entries(ctx context.Context, items []Incoming) error {
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
	keys := assign(ids, items, known)
	for i := len(items) - 1; i >= 0; i-- {
		key := keys[i]
		if key == "" {
			continue // the very same item once more
		}
		in := items[i]
		if k := known[key]; k != nil {
			if string(k.hash) == string(in.Hash[:]) {
				continue
			}
			if err := r.update(ctx, k.id, in); err != nil {
				return err
			}
			r.updated++
			continue
		}
		id, err := r.free(ctx, ids[i], in.Item.Link, key, taken)
		if err != nil {
			return err
		}
		if err := r.insert(ctx, key, id, ids[i], in); err != nil {
			return err
		}
		taken[id] = true
		r.added++
	}
	return nil
}

// rawID is an item's id, or for one without the next best thing: its link, or else a name made of its title and date
// (behaviour 75).
func rawID(slug string, it planet.Item) string {
	switch {
	case it.GUID != "":
		return it.GUID
	case it.Link != "":
		return it.Link
	}
	text := it.Title.Body + "\x00" + it.Published.UTC().Format(time.RFC3339)
	if it.Title.Body == "" || it.Published.IsZero() {
		text += "\x00" + it.Content.Body + "\x00" + it.Summary.Body
	}
	return "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(slug+"\x00"+text)).String()
}

// assign gives each item the key of its entry. Items of one document that share an id but not a link are different
// entries; the first to come has the id as its key, the others id#hash of the link. An id that occurs once is the same
// entry whatever its link. A repetition gets "".
func assign(ids []string, items []Incoming, known map[string]*knownEntry) []string {
	keys := make([]string, len(ids))
	links := map[string]map[string]bool{}
	for i, id := range ids {
		if links[id] == nil {
			links[id] = map[string]bool{}
		}
		links[id][items[i].Item.Link] = true
	}
	done := map[string]bool{}
	for i, id := range ids {
		link := items[i].Item.Link
		if done[id+"\x00"+link] {
			continue
		}
		done[id+"\x00"+link] = true
		keys[i] = id
		if len(links[id]) > 1 && !owns(id, link, links[id], known, keys[:i]) {
			keys[i] = id + "#" + shortHash(link)
		}
	}
	return keys
}

// owns tells whether the item with this link is the one that has the plain id as its key: the stored one if its link is
// still in the document, or else the first in it.
func owns(id, link string, links map[string]bool, known map[string]*knownEntry, before []string) bool {
	if k := known[id]; k != nil && links[k.link] {
		return k.link == link
	}
	for _, key := range before {
		if key == id {
			return false
		}
	}
	return true
}

func (r *recording) known(ctx context.Context, ids []string) (map[string]*knownEntry, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := r.db.in(ctx, r.tx, selectKnown).QueryContext(ctx, r.feed.row, string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[string]*knownEntry{}
	for rows.Next() {
		k := &knownEntry{}
		if err := rows.Scan(&k.id, &k.key, &k.link, &k.hash); err != nil {
			return nil, err
		}
		known[k.key] = k
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

// free is the id to publish an entry under: its own, or with a hash of its link where another entry was published under that before.
func (r *recording) free(ctx context.Context, id, link, key string, taken map[string]bool) (string, error) {
	if !taken[id] {
		return id, nil
	}
	candidate := id + "#" + shortHash(link)
	for {
		var n int
		err := r.tx.QueryRowContext(ctx, "select count(*) from entries where published_id = ?", candidate).Scan(&n)
		if err != nil || n == 0 && !taken[candidate] {
			return candidate, err
		}
		candidate = id + "#" + shortHash(r.feed.Slug+"\x00"+key+"\x00"+candidate)
	}
}

// shortHash is 8 hex digits.
func shortHash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:4])
}

func (r *recording) insert(ctx context.Context, key, published, guid string, in Incoming) error {
	e := in.Entry
	e.FirstSeen = r.at
	sort := e.Date()
	c, err := columns(e)
	if err != nil {
		return err
	}
	_, err = r.db.in(ctx, r.tx, insertEntry).ExecContext(ctx, r.feed.row, key, published, guid, e.Link, e.Title, e.Untitled, e.Lang, e.Dir,
		c.authors, c.tags, c.enclosures, c.source, e.Comments, e.Summary, e.Content, e.Text, e.Excerpt, r.version, in.raw, in.Hash[:],
		unix(e.Published), unix(e.Updated), unix(r.at), unix(sort))
	return err
}

func (r *recording) update(ctx context.Context, id int64, in Incoming) error {
	return r.db.rewrite(ctx, r.tx, id, in, r.version, 1)
}

// rewrite gives the entry in row id what was read or cleaned anew. Its identity, first_seen_at and sort_at stay.
func (db *DB) rewrite(ctx context.Context, tx *sql.Tx, id int64, in Incoming, version, revision int) error {
	e := in.Entry
	c, err := columns(e)
	if err != nil {
		return err
	}
	_, err = db.in(ctx, tx, updateEntry).ExecContext(ctx, id, e.Link, e.Title, e.Untitled, e.Lang, e.Dir, c.authors, c.tags, c.enclosures, c.source,
		e.Comments, e.Summary, e.Content, e.Text, e.Excerpt, version, in.raw, in.Hash[:], unix(e.Published), unix(e.Updated), revision)
	return err
}

// jsonColumns are the fields of an entry that are lists.
type jsonColumns struct{ authors, tags, enclosures, source string }

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
	return c, nil
}
