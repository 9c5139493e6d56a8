package store

import (
	"bytes"
	"cmp"
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
	Version   int // of the cleaning
	Items     []Incoming
	Slices    []Slice // of all its entries, in its order, also those that were known and not read; none: it couldn't be taken apart
	Part      bool    // it is only what is new in the feed, or its end is missing
	Founding  bool    // it is of the planet's first run
	Suspect   string  // by which signs it seems to be somebody else's, in words: what the feed had before stays as it is; "" it doesn't
	Revisions int     // an entry that changes at every fetch is followed so often, then no more until it holds still; 0 always
}

// Known tells which of items the store holds of a feed in this very form and under this id, by their hashes: they need no cleaning.
func (db *DB) Known(ctx context.Context, feed State, items []Incoming) (map[[sha256.Size]byte]bool, error) {
	hashes, ids := make([]string, len(items)), map[[sha256.Size]byte]string{}
	for i, in := range items {
		hashes[i] = hex.EncodeToString(in.Hash[:])
		ids[in.Hash] = rawID(feed.Slug, in.Item)
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
		var id string
		if err := rows.Scan(&h, &id); err != nil {
			return nil, db.explain(err)
		}
		if hash := [sha256.Size]byte(h); ids[hash] == id { // else it is an entry that had another id once
			known[hash] = true
		}
	}
	return known, db.explain(rows.Err())
}

// Record keeps one feed's whole outcome in one transaction: its entries, what it says of itself, the validators, the
// schedule and the log. Validators of a document are never kept without its entries (behaviour 8).
func (db *DB) Record(ctx context.Context, n Note, doc Document) (added, updated int, err error) {
	err = db.tx(ctx, func(tx *sql.Tx) error {
		r := &recording{db: db, tx: tx, was: n.Was, feed: n.Is, at: n.Is.Fetched, doc: doc}
		if err := r.entries(ctx); err != nil {
			return err
		}
		added, updated = r.added, r.updated
		if added+updated > 0 || r.left || n.shown() {
			if err := db.changed(ctx, tx); err != nil {
				return err
			}
		}
		n.Is = r.feed
		return db.noting(ctx, tx).note(ctx, &n, added, updated)
	})
	return added, updated, db.explain(err)
}

const (
	selectHashes = `select raw_hash, guid from entries where feed_id = ?1 and raw_hash in (select unhex(value) from json_each(?2))`
	// Two queries in one: with an "or" SQLite reads all entries of the feed.
	selectKnown = `select id, key, guid, link, raw_hash, title, published_at from entries where feed_id = ?1 and guid in (select value from json_each(?2))
		union select id, key, guid, link, raw_hash, title, published_at from entries where feed_id = ?1 and key in (select value from json_each(?2))`
	selectTaken = `select published_id from entries where published_id in (select value from json_each(?))`
	insertEntry = `insert into entries (feed_id, key, published_id, guid, link, title, untitled, lang, dir, authors, tags, enclosures, source, comments,
		summary, content, text, excerpt, clean_version, raw, raw_hash, published_at, updated_at, first_seen_at, teaser, rights)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	insertStanding = `insert into standings (entry_id, feed_id, arrival, canonical, text_sum) values (?, ?, ?, ?, ?)`
	// A date that was believed when the entry came stays; one in the future may be put right.
	newDate    = `iif(published_at > first_seen_at, ?19, published_at)`
	updateSeen = `update entries set link = ?2, title = ?3, untitled = ?4, lang = ?5, dir = ?6, authors = ?7, tags = ?8, enclosures = ?9, source = ?10,
		comments = ?11, summary = ?12, content = ?13, text = ?14, excerpt = ?15, clean_version = ?16, raw = ?17, raw_hash = ?18,
		published_at = ` + newDate + `, updated_at = ?20, teaser = ?21, rights = ?22, revisions = revisions + 1
		where id = ?1 and (link, title, untitled, lang, dir, authors, tags, enclosures, source, comments, summary, content, text, excerpt, published_at, teaser, rights)
		<> (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ` + newDate + `, ?21, ?22)`
	updateUnseen = `update entries set clean_version = ?2, raw = ?3, raw_hash = ?4 where id = ?1`
	selectSigns  = `select canonical, text_sum from standings where entry_id = ?`
	updateSigns  = `update standings set canonical = ?2, text_sum = ?3, stale = 1 where entry_id = ?1`
	// Those that may have been copies of an entry, or it of them.
	markTies = `update standings set stale = 1 where not stale and entry_id in (select entry_id from standings where original = ?1
		union select b.entry_id from standings s join standings b on b.canonical = s.canonical and b.canonical <> '' where s.entry_id = ?1
		union select b.entry_id from standings s join standings b on b.text_sum = s.text_sum and b.text_sum <> 0 where s.entry_id = ?1)`
	noteSigned     = `update standings set signed_at = ?2 where entry_id = ?1`
	believeEntries = `update standings set arrival = ?2, stale = 1 where entry_id in (select value from json_each(?1))`
	countKey       = `select count(*) from entries where feed_id = ? and key = ?`
	countID        = `select count(*) from entries where published_id = ?`
)

type recording struct {
	db             *DB
	tx             *sql.Tx
	was, feed      State
	at             time.Time
	doc            Document
	arrival        int64 // its row; 0: nothing new has come yet
	buried         bool  // something was forgotten on request: see that it doesn't come back
	added, updated int
	left           bool    // the feed has left something out that it had, or has it again
	changed        []int64 // rows of entries that are others than at the fetch before
}

// entries inserts and updates. It begins at the document's end: of entries with the same date the one written last
// comes first on the page, and feeds list the newest first.
func (r *recording) entries(ctx context.Context) error {
	items, ids := r.doc.Items, rawIDs(r.feed.Slug, r.doc.Items)
	present, err := r.present(ctx, r.doc)
	if err != nil {
		return err
	}
	places, used, err := r.places(ctx, ids, present)
	if err != nil {
		return err
	}
	taken, err := r.taken(ctx, ids)
	if err != nil {
		return err
	}
	rows := make([]int64, len(items)) // of their entries
	for i := len(items) - 1; i >= 0; i-- {
		if places[i].again || places[i].known == nil && items[i].Entry == nil { // word for word what there is already
			continue
		}
		if k := places[i].known; k != nil {
			if rows[i] = k.id; r.doc.Suspect != "" {
				continue
			}
			if err := r.again(ctx, k, ids[i], items[i]); err != nil {
				return err
			}
			continue
		}
		if rows[i], err = r.insert(ctx, ids[i], places[i].twin, items[i], used, taken); err != nil {
			return err
		}
	}
	if r.doc.Suspect != "" {
		return nil // what the document says of what the feed had is not believed
	}
	if r.feed.Churning = len(r.changed) > 0; r.was.Churning {
		if err := r.db.settle(ctx, r.tx, r.feed.row, r.changed); err != nil {
			return err
		}
	}
	if err := r.believe(ctx, places); err != nil {
		return err
	}
	if err := r.listing(ctx, rows, present); err != nil {
		return err
	}
	r.restamped(items, places, len(present))
	return r.remember(ctx, r.doc, rows)
}

// places tells where each item belongs, and which keys the feed's entries have.
func (r *recording) places(ctx context.Context, ids []string, present map[int64]int) (places []place, used map[string]bool, err error) {
	known, err := r.known(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	used = map[string]bool{}
	for _, k := range known {
		used[k.key] = true
	}
	places = match(ids, r.doc.Items, known, present, positions(r.doc.Slices))
	if err := r.leaveBuried(ctx, ids, places); err != nil {
		return nil, nil, err
	}
	return places, used, r.recognise(ctx, ids, places, present)
}

func rawIDs(slug string, items []Incoming) []string {
	ids := make([]string, len(items))
	for i, in := range items {
		ids[i] = rawID(slug, in.Item)
	}
	return ids
}

// again deals with an item whose entry the store has.
func (r *recording) again(ctx context.Context, k *knownEntry, id string, in Incoming) error {
	if id != k.guid {
		if err := r.alias(ctx, k.id, id); err != nil {
			return err
		}
	}
	if bytes.Equal(k.hash, in.Hash[:]) || in.Entry == nil {
		return nil
	}
	follow, err := r.follows(ctx, k.id)
	if err != nil {
		return err
	}
	if !follow {
		_, err := r.db.in(ctx, r.tx, updateUnseen).ExecContext(ctx, k.id, r.doc.Version, in.raw, in.Hash[:])
		return err
	}
	before, err := r.db.signsOf(ctx, r.tx, k.id)
	if err != nil {
		return err
	}
	seen, err := r.db.rewrite(ctx, r.tx, k.id, in, r.at, r.doc.Version)
	if err != nil || !seen {
		return err
	}
	r.updated++
	if before != (signs{in.Entry.Canonical, in.Entry.TextSum}) { // from now on it may be a copy of others: it hasn't been before
		if _, err := r.db.in(ctx, r.tx, noteSigned).ExecContext(ctx, k.id, unix(r.at)); err != nil {
			return err
		}
	}
	if k.link != "" && k.link != in.Entry.Link {
		if err := r.alias(ctx, k.id, k.link); err != nil {
			return err
		}
	}
	return r.ownLink(ctx, k.id, in.Entry)
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
	if err := rows.Err(); err != nil || !r.buried {
		return taken, err
	}
	for _, id := range ids {
		if taken[id] {
			continue
		}
		if taken[id], err = r.grave(ctx, publishedGrave(id)); err != nil {
			return nil, err
		}
	}
	return taken, nil
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

// insert keeps a new entry and gives its row.
func (r *recording) insert(ctx context.Context, id, twin string, in Incoming, used, taken map[string]bool) (int64, error) {
	e := in.Entry
	key, err := r.free(ctx, id, shortHash(twin), used, countKey, r.feed.row)
	if err != nil {
		return 0, err
	}
	published, err := r.free(ctx, id, shortHash(in.Item.Link), taken, countID)
	if err != nil {
		return 0, err
	}
	if err := r.arrive(ctx); err != nil {
		return 0, err
	}
	c, err := columns(e)
	if err != nil {
		return 0, err
	}
	e.FirstSeen = r.at
	res, err := r.db.in(ctx, r.tx, insertEntry).ExecContext(ctx, r.feed.row, key, published, id, e.Link, e.Title, e.Untitled, e.Lang, e.Dir,
		c.authors, c.tags, c.enclosures, c.source, e.Comments, e.Summary, e.Content, e.Text, e.Excerpt, r.doc.Version, in.raw, in.Hash[:],
		firstDate(e), min(unix(e.Updated), unix(r.at)), unix(r.at), c.teaser, e.Rights)
	if err != nil {
		return 0, err
	}
	row, err := res.LastInsertId()
	if err != nil {
		return 0, err
	}
	r.added++
	if _, err := r.db.in(ctx, r.tx, insertStanding).ExecContext(ctx, row, r.feed.row, r.arrival, e.Canonical, e.TextSum); err != nil {
		return 0, err
	}
	return row, r.ownLink(ctx, row, e)
}

// firstDate is when an entry was published; of an Atom entry that doesn't say so the first updated that is seen, which
// stays whatever updated becomes (behaviour 80).
func firstDate(e *planet.Entry) int64 { return unix(cmp.Or(e.Published, e.Updated)) }
