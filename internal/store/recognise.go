package store

import (
	"context"
	"encoding/json"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"planet/internal/planet"
)

// A former is what the store has of a feed's entry, for items whose id it doesn't know.
type former struct {
	knownEntry
	canonical string
	textSum   int64
	excerpt   string
	aliases   []string
}

const (
	selectAny    = `select exists (select 1 from standings where feed_id = ?)`
	selectFormer = `select e.id, e.key, e.guid, e.link, e.raw_hash, e.title, e.published_at, s.canonical, s.text_sum, e.excerpt,
		(select json_group_array(value) from aliases where entry_id = e.id) from entries e join standings s on s.entry_id = e.id where e.feed_id = ?`
	// Whoever gives an entry another address at every fetch gets no more than this.
	markStale   = `update standings set stale = 1 where entry_id = ? and not stale`
	insertAlias = `insert or ignore into aliases (entry_id, value, canonical) select ?1, ?2, ?3 where (select count(*) from aliases where entry_id = ?1) < 20`
)

// recognise finds the entries of items that came under another id: http became https, the blog has another program, or
// another home (behaviour 77). What the document has under a known id is nobody else's.
func (r *recording) recognise(ctx context.Context, ids []string, places []place, present map[int64]int) error {
	if !slices.ContainsFunc(places, func(p place) bool { return p.known == nil && !p.again }) {
		return nil
	}
	var any bool
	if err := r.db.in(ctx, r.tx, selectAny).QueryRowContext(ctx, r.feed.row).Scan(&any); !any || err != nil {
		return err
	}
	owned := map[int64]bool{}
	for row := range present {
		owned[row] = true
	}
	for _, p := range places {
		if p.known != nil {
			owned[p.known.id] = true
		}
	}
	formers, err := r.formers(ctx, owned)
	if err != nil {
		return err
	}
	recognise(ids, r.doc.Items, places, formers)
	return nil
}

// A Recognition says what the store has of an item's feed that the item would be kept as.
type Recognition int

// The recognitions.
const (
	Fresh   Recognition = iota // nothing: it is new
	Own                        // an entry of the feed
	Doubted                    // one that came while the feed seemed to be somebody else's
)

const selectDoubted = `select s.entry_id from standings s join arrivals a on a.id = s.arrival where a.suspect <> '' and not a.released
	and s.entry_id in (select value from json_each(?))`

// Recognise tells of each item of a document what Record would keep it as. It changes nothing.
func (db *DB) Recognise(ctx context.Context, was State, doc Document) ([]Recognition, error) {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, db.explain(err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	r := &recording{db: db, tx: tx, was: was, feed: was, doc: doc}
	present, err := r.present(ctx, doc)
	if err != nil {
		return nil, db.explain(err)
	}
	places, _, err := r.places(ctx, rawIDs(was.Slug, doc.Items), present)
	if err != nil {
		return nil, db.explain(err)
	}
	rows := make([]int64, len(places))
	for i, p := range places {
		if p.known != nil {
			rows[i] = p.known.id
		}
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	found, err := tx.QueryContext(ctx, selectDoubted, string(list))
	doubted, err := db.rowsOf(found, err)
	if err != nil {
		return nil, err
	}
	out := make([]Recognition, len(places))
	for i, p := range places {
		switch {
		case p.known != nil && slices.Contains(doubted, p.known.id):
			out[i] = Doubted
		case p.known != nil || p.again:
			out[i] = Own
		}
	}
	return out, nil
}

// formers are the feed's entries that aren't owned, the latest first.
func (r *recording) formers(ctx context.Context, owned map[int64]bool) ([]*former, error) {
	rows, err := r.db.in(ctx, r.tx, selectFormer).QueryContext(ctx, r.feed.row)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []*former
	for rows.Next() {
		f := &former{}
		var aliases string
		if err := rows.Scan(&f.id, &f.key, &f.guid, &f.link, &f.hash, &f.title, &f.published, &f.canonical, &f.textSum, &f.excerpt, &aliases); err != nil {
			return nil, err
		}
		if owned[f.id] {
			continue
		}
		if err := json.Unmarshal([]byte(aliases), &f.aliases); err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *former) int { return int(b.id - a.id) })
	return all, rows.Err()
}

// recognise gives items without a place that of a former entry, each at most once. It is pure. It asks for the surest
// likeness first: a lost post is worse than one that comes twice, since a planet hides copies.
func recognise(ids []string, items []Incoming, places []place, formers []*former) {
	taken := map[*former]bool{}
	for _, like := range likenesses {
		by := map[string][]*former{}
		for _, f := range formers {
			for _, s := range like.former(f) {
				by[s] = append(by[s], f)
			}
		}
		for i := range items {
			s := ""
			if !places[i].again && places[i].known == nil && items[i].Entry != nil {
				s = like.item(ids[i], items[i])
			}
			if s == "" {
				continue
			}
			for _, f := range by[s] {
				if !taken[f] && (like.sure || agree(items[i].Entry, f)) {
					places[i].known, taken[f] = &f.knownEntry, true
					break
				}
			}
		}
	}
}

// A likeness is a way in which an item can be like a former entry: by the same sign.
type likeness struct {
	item   func(id string, in Incoming) string // "" when there is none
	former func(f *former) []string
	sure   bool // else title, date or text have to agree as well
}

var likenesses = []likeness{
	{ // word for word
		item:   func(_ string, in Incoming) string { return string(in.Hash[:]) },
		former: func(f *former) []string { return []string{string(f.hash)} },
		sure:   true,
	},
	{ // an id that it had before
		item:   func(id string, _ Incoming) string { return id },
		former: func(f *former) []string { return f.aliases },
		sure:   true,
	},
	{ // the same id, written otherwise
		item:   func(id string, _ Incoming) string { return planet.Canonical(id) },
		former: func(f *former) []string { return canonicals(f.aliases, f.guid) },
	},
	{ // the same page
		item:   func(_ string, in Incoming) string { return in.Entry.Canonical },
		former: func(f *former) []string { return append(canonicals(f.aliases, f.link), f.canonical) },
	},
	{ // the same words
		item: func(_ string, in Incoming) string {
			if in.Entry.TextSum == 0 {
				return ""
			}
			return strconv.FormatInt(in.Entry.TextSum, 10)
		},
		former: func(f *former) []string { return []string{strconv.FormatInt(f.textSum, 10)} },
		sure:   true,
	},
	{ // the same title, of the same second
		item:   func(_ string, in Incoming) string { return titleAnd(in.Entry.Title, dateSign(firstDate(in.Entry))) },
		former: func(f *former) []string { return []string{titleAnd(f.title, dateSign(f.published))} },
		sure:   true,
	},
	{ // the same title, and the same path on another host
		item:   func(_ string, in Incoming) string { return titleAnd(in.Entry.Title, slug(in.Entry.Link)) },
		former: func(f *former) []string { return []string{titleAnd(f.title, slug(f.link))} },
		sure:   true,
	},
	{ // the same title and words, where an item has no other name that could stay
		item: func(_ string, in Incoming) string {
			if in.Item.GUID != "" || in.Item.Link != "" {
				return ""
			}
			return titleAnd(in.Entry.Title, in.Entry.Excerpt)
		},
		former: func(f *former) []string {
			if f.textSum != 0 {
				return nil // then the excerpt isn't all of it
			}
			return []string{titleAnd(f.title, f.excerpt)}
		},
		sure: true,
	},
}

// agree says whether an item under a former entry's address is that entry, and not another post at the same place.
func agree(e *planet.Entry, f *former) bool {
	return e.Title != "" && fold(e.Title) == fold(f.title) || e.TextSum != 0 && e.TextSum == f.textSum || firstDate(e) != 0 && firstDate(e) == f.published
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// titleAnd joins a title with what tells it from others; "" without either.
func titleAnd(title, what string) string {
	if title = fold(title); title == "" || what == "" {
		return ""
	}
	return sign(title, what)
}

func dateSign(published int64) string {
	if published == 0 {
		return ""
	}
	return strconv.FormatInt(published, 10)
}

// slug is the last part of a link's path, where that is long enough to name a post.
func slug(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	s := path.Base(u.Path)
	s = strings.TrimSuffix(s, path.Ext(s))
	if len(s) < 6 {
		return ""
	}
	return strings.ToLower(s)
}

func canonicals(addresses []string, more ...string) (out []string) {
	for _, a := range slices.Concat(addresses, more) {
		if c := planet.Canonical(a); c != "" {
			out = append(out, c)
		}
	}
	return out
}

// alias notes what an entry was known by before, or is beside its canonical address.
func (r *recording) alias(ctx context.Context, row int64, value string) error {
	res, err := r.db.in(ctx, r.tx, insertAlias).ExecContext(ctx, row, value, planet.Canonical(value))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); n == 0 || err != nil {
		return err
	}
	_, err = r.db.in(ctx, r.tx, markStale).ExecContext(ctx, row) // it may be a copy of others by that
	return err
}

// ownLink notes an entry's own address, where another is its canonical one.
func (r *recording) ownLink(ctx context.Context, row int64, e *planet.Entry) error {
	if c := planet.Canonical(e.Link); c == "" || c == e.Canonical {
		return nil
	}
	return r.alias(ctx, row, e.Link)
}
