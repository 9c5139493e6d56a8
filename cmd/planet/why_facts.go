package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"planet/internal/config"
	"planet/internal/fetch"
	"planet/internal/planet"
	"planet/internal/selection"
	"planet/internal/site"
	"planet/internal/store"
)

// whyFacts is all that an answer is made of. Either posts were found, or feeds: those that were asked about, or those that
// would have brought the post.
type whyFacts struct {
	asked     string // without a password
	file      string // what feeds.yaml is called
	now       time.Time
	started   bool // there is a database
	followed  int  // limits.revisions: so many changes in a row are followed
	posts     []tracedPost
	feeds     []tracedFeed
	more      int      // feeds of that host beside these
	named     bool     // the feeds are what was asked about
	unread    []string // names of listed feeds of which the blog's address isn't known, since they were never read
	forgotten bool
	alike     *store.Linked // of a post that wasn't found: one whose address or title is much like it
}

// A tracedPost is an entry and where it stands.
type tracedPost struct {
	entry    planet.Entry // whole
	verdict  selection.Judgement
	churn    int // readings in a row at which it was another one
	feed     tracedFeed
	places   []place     // on the front pages and in the combined feeds
	archived []place     // in the archive
	beyond   bool        // it is shown, but further back than the front pages and the combined feeds go
	original *otherPost  // what stands for it instead
	copies   []otherPost // duplicates of it
	built    bool        // there is a published site
}

// An otherPost is the same post in another feed, or in the same.
type otherPost struct {
	feed, name string // the name is its link, or else its id
	places     []place
}

// A tracedFeed is a feed, what is known of it, and what it has.
type tracedFeed struct {
	planet.Feed
	listed  bool
	line    int // of feeds.yaml
	state   store.State
	health  feedHealth // with counts only if the feed itself is asked about
	owner   string     // name of the feed that has the same document, and the posts
	newest  []planet.Entry
	total   int         // how many the feed has now
	example *tracedPost // if the feed itself is asked about: its newest post that is shown, or else its newest
}

// A tracer gathers facts.
type tracer struct {
	cfg     *config.Config
	db      *store.DB // nil: there is none yet
	builder *site.Builder
	now     time.Time
	feeds   map[string]tracedFeed // all that were ever listed, by id
	order   []string              // their ids: those listed first, as in feeds.yaml
	site    publishedSite
}

// whyFacts looks things up in feeds.yaml, the database and the published files.
func (p *program) whyFacts(ctx context.Context, cfg *config.Config, what string) (whyFacts, error) {
	t := &tracer{cfg: cfg, now: p.now(), feeds: map[string]tracedFeed{}}
	if _, err := os.Stat(cfg.Database); !errors.Is(err, fs.ErrNotExist) {
		if t.db, err = store.Open(ctx, cfg.Database); err != nil {
			return whyFacts{}, err
		}
		defer t.db.Close()
		t.builder = p.builder(&opened{cfg: cfg, db: t.db})
	}
	var err error
	if t.site, err = readSite(cfg.Output); err != nil {
		return whyFacts{}, err
	}
	if err := t.know(ctx, p); err != nil {
		return whyFacts{}, err
	}
	f := whyFacts{asked: fetch.Redact(what), file: filepath.Base(cfg.Path), now: t.now, started: t.db != nil, followed: cfg.Limits.Revisions}
	return f, t.find(ctx, what, &f)
}

// know learns of all feeds.
func (t *tracer) know(ctx context.Context, p *program) error {
	var states map[string]store.State
	var paused map[string]time.Time
	if t.db != nil {
		var err error
		if states, err = t.db.Feeds(ctx); err != nil {
			return err
		}
		if paused, err = t.db.Paused(ctx, t.now); err != nil {
			return err
		}
	}
	health := p.healthOf(t.cfg, t.cfg.Feeds, states, nil, paused)
	names := map[string]string{}
	for i, f := range t.cfg.Feeds {
		names[f.ID] = f.Name
		t.feeds[f.ID] = tracedFeed{Feed: f, listed: true, line: t.cfg.Lines[f.ID].Feed, state: states[f.ID], health: health.Feeds[i]}
		t.order = append(t.order, f.ID)
	}
	var former []string
	for id, s := range states {
		if _, ok := t.feeds[id]; !ok {
			t.feeds[id] = tracedFeed{Feed: planet.Feed{ID: id, Name: id, URL: s.URL, Site: s.Site}, state: s}
			former = append(former, id)
		}
	}
	slices.Sort(former)
	t.order = append(t.order, former...)
	for id, f := range t.feeds {
		f.owner = cmp.Or(names[f.state.DuplicateOf], f.state.DuplicateOf)
		t.feeds[id] = f
	}
	return nil
}

// find looks for what was asked: a feed or blog, then a post, then the feeds that a post would have come from.
func (t *tracer) find(ctx context.Context, what string, f *whyFacts) (err error) {
	if ids := t.named(what); len(ids) > 0 {
		f.named = true
		f.more = max(0, len(ids)-feedsNamed)
		f.feeds, err = t.whole(ctx, ids[:len(ids)-f.more])
		return err
	}
	if t.db != nil {
		rows, err := t.rows(ctx, what)
		if err != nil {
			return err
		}
		if f.posts, err = t.posts(ctx, rows); err != nil || len(f.posts) > 0 {
			return err
		}
		for _, address := range spellings(what) {
			if yes, err := t.db.Forgotten(ctx, address); err != nil || yes {
				f.forgotten = yes
				return err
			}
		}
	}
	ids := t.atHost(what)
	f.unread = t.unread()
	f.more = max(0, len(ids)-feedsNamed)
	if f.feeds, err = t.has(ctx, ids[:len(ids)-f.more]); err != nil {
		return err
	}
	f.alike, err = t.alike(ctx, what, f.feeds)
	return err
}

// rows are those of the entries that are known by an address or id.
func (t *tracer) rows(ctx context.Context, what string) ([]int64, error) {
	if rows, err := t.own(ctx, what); len(rows) > 0 || err != nil {
		return rows, err
	}
	for _, address := range spellings(what) {
		if rows, err := t.db.Find(ctx, address); len(rows) > 0 || err != nil {
			return rows, err
		}
	}
	// A copy that names the original as its page is known by that; its own link is a mere field.
	var rows []int64
	for _, address := range spellings(what) {
		page := planet.Canonical(address)
		if page == "" {
			continue
		}
		linked, err := t.db.Linked(ctx, hostOf(address))
		if err != nil {
			return nil, err
		}
		for _, l := range linked {
			if planet.Canonical(l.Link) == page {
				rows = append(rows, l.Row)
			}
		}
	}
	return rows, nil
}

// posts traces entries: first what is shown, last what another stands for.
func (t *tracer) posts(ctx context.Context, rows []int64) ([]tracedPost, error) {
	judged, err := t.judge(ctx, rows)
	if err != nil {
		return nil, err
	}
	for i := range judged {
		if err := t.capped(ctx, &judged[i]); err != nil {
			return nil, err
		}
		if err := t.place(ctx, &judged[i]); err != nil {
			return nil, err
		}
	}
	rank := func(p tracedPost) int {
		switch p.verdict.Reason {
		case "":
			return 0
		case string(selection.Duplicate):
			return 2
		}
		return 1
	}
	slices.SortStableFunc(judged, func(a, b tracedPost) int { return rank(a) - rank(b) })
	return judged, nil
}

// together is how many entries are judged at once.
const together = 1000

// judge gives entries and their verdicts as they are at this moment, but for the limits of the river.
func (t *tracer) judge(ctx context.Context, rows []int64) (out []tracedPost, err error) {
	for some := range slices.Chunk(rows, together) {
		entries, verdicts, err := t.builder.Verdicts(ctx, some, t.now)
		if err != nil {
			return nil, err
		}
		for i, e := range entries {
			out = append(out, tracedPost{entry: e, verdict: verdicts[i], feed: t.feeds[e.FeedID], built: len(t.site.pages) > 0})
		}
	}
	return out, nil
}

// capped hides a post that its feed's per_feed keeps off the river, as the river does.
func (t *tracer) capped(ctx context.Context, p *tracedPost) error {
	if p.verdict.Reason != "" || p.feed.PerFeed == 0 {
		return nil
	}
	rows, err := t.db.OfFeed(ctx, p.feed.ID, all)
	if err != nil {
		return err
	}
	siblings, err := t.judge(ctx, rows)
	if err != nil {
		return err
	}
	newer := 0
	for _, s := range siblings {
		if s.verdict.Reason == "" && before(s.verdict, p.verdict) < 0 {
			newer++
		}
	}
	if newer >= p.feed.PerFeed {
		p.verdict.Reason, p.verdict.Detail = string(selection.PerFeed), selection.PerFeedDetail(p.feed.Feed)
	}
	return nil
}

// before orders verdicts as the river does, newest first.
func before(a, b selection.Judgement) int {
	return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Seq, a.Seq))
}

// place completes a post: its whole entry, where it is published, and what is the same post.
func (t *tracer) place(ctx context.Context, p *tracedPost) error {
	whole, err := t.db.Entries(ctx, []int64{p.entry.Seq})
	if err != nil || len(whole) == 0 {
		return err
	}
	whole[0].Former = p.entry.Former
	p.entry = whole[0]
	if p.churn, err = t.db.Churn(ctx, p.entry.Seq); err != nil {
		return err
	}
	p.places, p.archived = t.site.places(p.entry, p.id()), t.site.archived(p.entry, p.id())
	switch selection.Reason(p.verdict.Reason) {
	case "":
		copies, err := t.db.Copies(ctx, whole)
		if err != nil {
			return err
		}
		for _, c := range copies[p.entry.Seq] {
			p.copies = append(p.copies, otherPost{feed: t.feeds[c.FeedID].Name, name: c.Link})
		}
		if len(p.places) == 0 {
			p.beyond, err = t.beyond(ctx, p.verdict)
		}
		return err
	case selection.Duplicate:
		return t.original(ctx, p)
	}
	return t.taken(ctx, p)
}

// original finds what stands for a duplicate.
func (t *tracer) original(ctx context.Context, p *tracedPost) error {
	found, err := t.judge(ctx, []int64{p.verdict.Original})
	if err == nil && len(found) > 0 {
		p.original, err = t.other(ctx, found[0])
	}
	return err
}

// taken finds the copy that goes on under the id of a post which is hidden now.
func (t *tracer) taken(ctx context.Context, p *tracedPost) error {
	if len(p.places) == 0 {
		return nil
	}
	rows, err := t.db.Find(ctx, p.id())
	if err != nil {
		return err
	}
	copies, err := t.judge(ctx, rows)
	for _, o := range copies {
		if o.verdict.Reason == "" && o.id() == p.id() {
			p.places = nil
			if p.original, err = t.other(ctx, o); err != nil {
				return err
			}
		}
	}
	return err
}

func (t *tracer) other(ctx context.Context, p tracedPost) (*otherPost, error) {
	whole, err := t.db.Entries(ctx, []int64{p.entry.Seq}) // what was judged alone doesn't know its place in the archive
	if err != nil || len(whole) == 0 {
		return nil, err
	}
	p.entry = whole[0]
	return &otherPost{p.feed.Name, cmp.Or(p.entry.Link, p.id()), append(t.site.places(p.entry, p.id()), t.site.archived(p.entry, p.id())...)}, nil
}

// id is the one under which a post is or was published, or would be.
func (p *tracedPost) id() string { return cmp.Or(p.verdict.As, p.entry.As, p.entry.PublishedID) }

// beyond tells whether the river's newest posts, so many as are published, are all newer than a post.
func (t *tracer) beyond(ctx context.Context, v selection.Judgement) (bool, error) {
	if t.cfg.Show.PerPage == 0 || t.cfg.Show.FeedEntries == 0 {
		return false, nil
	}
	enough, newer, each := max(t.cfg.Show.PerPage*site.MaxPages, t.cfg.Show.FeedEntries), 0, map[string]int{}
	for at := (store.Cursor{}); newer < enough; {
		entries, next, err := t.db.River(ctx, at, min(enough, math.MaxInt16))
		if err != nil || len(entries) == 0 {
			return false, err
		}
		for _, e := range entries {
			if !e.At.After(v.At) && (e.At.Before(v.At) || e.Seq <= v.Seq) {
				return newer >= enough, nil
			}
			if limit := t.feeds[e.FeedID].PerFeed; limit == 0 || each[e.FeedID] < limit {
				each[e.FeedID]++
				newer++
			}
		}
		at = next
	}
	return true, nil
}
