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

// maxFormers is among how many of a feed's latest entries one is looked for under another id.
const maxFormers = 5000

const (
	selectAny    = `select exists (select 1 from standings where feed_id = ?)`
	selectFormer = `select e.id, e.key, e.guid, e.link, e.raw_hash, e.title, e.published_at, s.canonical, s.text_sum, e.excerpt,
		(select json_group_array(value) from aliases where entry_id = e.id) from entries e join standings s on s.entry_id = e.id
		where s.entry_id in (select entry_id from standings where feed_id = ?1 order by entry_id desc limit ?2)`
	markStale = `update standings set stale = 1 where entry_id = ? and not stale`
	// Whoever gives an entry another address at every fetch gets no more than this.
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

// formers are the feed's entries that aren't owned, the latest first.
func (r *recording) formers(ctx context.Context, owned map[int64]bool) ([]*former, error) {
	rows, err := r.db.in(ctx, r.tx, selectFormer).QueryContext(ctx, r.feed.row, maxFormers)
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

// recognise gives items without a place that of a former entry, each at most once. It is pure, and linear. It asks for the
// surest likeness first. What several items or several entries have in common tells nothing, and in doubt an item is new: a
// lost post is worse than one that comes twice.
func recognise(ids []string, items []Incoming, places []place, formers []*former) {
	taken := map[*former]bool{}
	strange := !slices.ContainsFunc(places, func(p place) bool { return p.known != nil })
	for _, like := range likenesses {
		if like.only && !strange {
			continue
		}
		by := map[string]*former{} // nil: several
		for _, f := range formers {
			if taken[f] {
				continue
			}
			for _, s := range like.former(f) {
				if other, ok := by[s]; ok && other != f && !like.sure {
					by[s] = nil
				} else if !ok {
					by[s] = f
				}
			}
		}
		asked := make([]string, len(items))
		count := map[string]int{}
		for i := range items {
			if !places[i].again && places[i].known == nil && items[i].Entry != nil {
				asked[i] = like.item(ids[i], items[i])
				count[asked[i]]++
			}
		}
		for i, s := range asked {
			f := by[s]
			if s == "" || f == nil || taken[f] || !like.sure && count[s] > 1 || like.and != nil && !like.and(items[i].Entry, f) {
				continue
			}
			places[i].known, taken[f] = &f.knownEntry, true
		}
	}
}

// A likeness is a way in which an item can be like a former entry: by the same sign.
type likeness struct {
	item   func(id string, in Incoming) string // "" when there is none
	former func(f *former) []string
	and    func(e *planet.Entry, f *former) bool // what has to hold beside
	sure   bool                                  // also where several have the sign
	only   bool                                  // only if nothing of the document is known
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
	{ // the same title and words
		item:   func(_ string, in Incoming) string { return number(in.Entry.TextSum) },
		former: func(f *former) []string { return []string{number(f.textSum)} },
		sure:   true,
	},
	{ // the same id, written otherwise, and the same title
		item:   func(id string, in Incoming) string { return titleAnd(in.Entry.Title, planet.Canonical(id)) },
		former: func(f *former) []string { return titled(f.title, canonicals(f.aliases, f.guid)) },
		and:    near,
	},
	{ // the same page and title
		item:   func(_ string, in Incoming) string { return titleAnd(in.Entry.Title, in.Entry.Canonical) },
		former: func(f *former) []string { return titled(f.title, f.pages()) },
		and:    near,
	},
	{ // the same page, of the same second
		item: func(_ string, in Incoming) string { return both(in.Entry.Canonical, number(firstDate(in.Entry))) },
		former: func(f *former) (signs []string) {
			for _, p := range f.pages() {
				signs = append(signs, both(p, number(f.published)))
			}
			return signs
		},
	},
	{ // the same title, of the same second; many blogs date by the day
		item:   func(_ string, in Incoming) string { return titleAnd(in.Entry.Title, clock(firstDate(in.Entry))) },
		former: func(f *former) []string { return []string{titleAnd(f.title, clock(f.published))} },
		and:    func(e *planet.Entry, f *former) bool { return hostOf(e.Link) != hostOf(f.link) || sameWords(e, f) },
	},
	{ // the same title, and the same end of the path on another host
		item:   func(_ string, in Incoming) string { return titleAnd(in.Entry.Title, slug(in.Entry.Link)) },
		former: func(f *former) []string { return []string{titleAnd(f.title, slug(f.link))} },
		and:    func(e *planet.Entry, f *former) bool { return hostOf(e.Link) != hostOf(f.link) },
	},
	{ // the same title and words, where an item has no other name that could stay: if the feed dates all anew
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
		only: true,
	},
}

// pages are the addresses that a former entry has or had.
func (f *former) pages() []string {
	pages := canonicals(f.aliases, f.link)
	if f.canonical != "" && !slices.Contains(pages, f.canonical) {
		pages = append(pages, f.canonical)
	}
	return pages
}

// sameTime is how far apart the dates of one post may be: zones get lost when blogs move, and the largest is UTC+14.
const sameTime = 14 * 3600

// near says whether an item under a former entry's address and title is that entry, and not the next post of a series at the
// same place: the date or the words have to be about the same.
func near(e *planet.Entry, f *former) bool {
	if e.TextSum != 0 && f.textSum != 0 { // and they differ, or it would be known by them
		return false
	}
	date := firstDate(e)
	apart := max(date-f.published, f.published-date)
	return date == 0 && f.published == 0 || date != 0 && f.published != 0 && apart <= sameTime ||
		e.TextSum == 0 && f.textSum == 0 && e.Excerpt != "" && e.Excerpt == f.excerpt
}

// sameWords says whether an item has the words of a former entry, as far as that is known.
func sameWords(e *planet.Entry, f *former) bool {
	return e.TextSum == f.textSum && e.Excerpt == f.excerpt
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// titleAnd joins a title with what tells it from others; "" without either.
func titleAnd(title, what string) string { return both(fold(title), what) }

func titled(title string, list []string) (signs []string) {
	for _, what := range list {
		signs = append(signs, titleAnd(title, what))
	}
	return signs
}

func both(a, b string) string {
	if a == "" || b == "" {
		return ""
	}
	return sign(a, b)
}

// number is "" for 0, which is unknown.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// clock is a time that isn't just a day.
func clock(at int64) string {
	if at%(24*3600) == 0 {
		return ""
	}
	return number(at)
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

func hostOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
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
