package site

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"time"

	"planet/internal/planet"
	"planet/internal/selection"
	"planet/internal/store"
)

// judged is how many entries are judged at once, beside those that have a say in them.
const judged = 1000

// A bench is selection's rules together with what the store adds to them.
type bench struct {
	rules  selection.Rules
	hash   string
	texts  bool // some rule asks for texts
	langs  map[string]string
	db     *store.DB
	window []planet.Entry
}

// bench is for feeds as feeds.yaml has them. What their documents claim isn't part of the hash: the store marks the entries
// of a feed that claims another site.
func (b *Builder) bench(states map[string]store.State) *bench {
	feeds := b.Feeds
	j := &bench{rules: b.Rules, db: b.Store, langs: map[string]string{}}
	j.rules.Feeds, j.rules.Claimed = byID(feeds), map[string]string{}
	for _, f := range feeds {
		if u, err := url.Parse(states[f.ID].Site); err == nil && u.Host != "" {
			j.rules.Claimed[f.ID] = u.Hostname()
		}
	}
	h := sha256.New()
	fmt.Fprintln(h, j.rules.Hash())
	asks := fields(j.rules)
	for _, f := range feeds {
		j.langs[f.ID] = cmp.Or(f.Lang, states[f.ID].Lang)
		if asks["lang"] {
			fmt.Fprintf(h, "%q %q\n", f.ID, j.langs[f.ID])
		}
	}
	j.texts = asks["text"] || asks["any"]
	j.hash = hex.EncodeToString(h.Sum(nil))
	return j
}

// fields are those that rules ask for.
func fields(rules selection.Rules) map[string]bool {
	asks := map[string]bool{}
	add := func(list []planet.Rule) {
		for _, r := range list {
			for _, t := range r.Tests {
				asks[t.Field] = true
			}
		}
	}
	add(rules.Keep)
	add(rules.Block)
	for _, f := range rules.Feeds {
		add(f.Keep)
		add(f.Block)
	}
	return asks
}

// judge gives the verdicts of rows and of all entries that have a say in them.
func (j *bench) judge(ctx context.Context, rows []int64, now time.Time) ([]selection.Judgement, error) {
	window, err := j.db.Window(ctx, rows, j.texts)
	if err != nil {
		return nil, err
	}
	for i, e := range window {
		window[i].Lang = cmp.Or(e.Lang, j.langs[e.FeedID])
	}
	j.window = window
	return selection.Judge(window, j.rules, now), nil
}

// unjudged calls do with the verdicts of all entries whose last verdict isn't known to hold, piece by piece.
func (j *bench) unjudged(ctx context.Context, now time.Time, do func([]selection.Judgement) error) error {
	var done bits // else a post that thousands have a say in would be judged for each of them
	for after := int64(0); ; {
		rows, err := j.db.Unjudged(ctx, j.hash, now, after, judged)
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1]
		if rows = slices.DeleteFunc(rows, done.has); len(rows) == 0 {
			continue
		}
		verdicts, err := j.judge(ctx, rows, now)
		if err != nil {
			return err
		}
		for _, v := range verdicts {
			done.add(v.Seq)
		}
		if err := do(verdicts); err != nil {
			return err
		}
	}
}

// bits is a set of rows.
type bits []uint64

func (b bits) has(row int64) bool { return row>>6 < int64(len(b)) && b[row>>6]>>(row&63)&1 == 1 }

func (b *bits) add(row int64) {
	for int64(len(*b)) <= row>>6 {
		*b = append(*b, 0)
	}
	(*b)[row>>6] |= 1 << (row & 63)
}

// judge brings the verdicts in the store up to date: of entries that are new or other ones, of those whose time has come,
// and of all when the rules have changed.
func (b *Builder) judge(ctx context.Context, states map[string]store.State, now time.Time) error {
	j, any := b.bench(states), false
	if err := b.Store.Judging(ctx, j.hash, now); err != nil {
		return err
	}
	err := j.unjudged(ctx, now, func(verdicts []selection.Judgement) error {
		any = true
		plain := make([]planet.Verdict, len(verdicts))
		for i, v := range verdicts {
			plain[i] = v.Verdict
			if v.Reason != "" {
				b.Log.Debug("hidden", "entry", v.Seq, "reason", v.Reason, "detail", v.Detail)
			}
		}
		return b.Store.Judged(ctx, plain, now)
	})
	if err != nil || !any {
		return err
	}
	return b.Store.JudgedBy(ctx, j.hash, now)
}

// A Tally is how many entries of a feed are stored, shown and hidden.
type Tally struct {
	Entries, Shown int
	Hidden         map[selection.Reason]int
}

// unjudgedYet is what the store gives as the reason of entries that have no verdict.
const unjudgedYet = "?"

// Tally counts all entries there are by feed, as they would be judged at now. It changes nothing. states are those of the store.
func (b *Builder) Tally(ctx context.Context, states map[string]store.State, now time.Time) (map[string]Tally, error) {
	tallies, err := b.counts(ctx)
	if err != nil {
		return nil, err
	}
	j, seen := b.bench(states), map[int64]bool{}
	err = j.unjudged(ctx, now, func(verdicts []selection.Judgement) error {
		rows := make([]int64, len(verdicts))
		for i, v := range verdicts {
			rows[i] = v.Seq
		}
		before, err := b.Store.Reasons(ctx, rows)
		if err != nil {
			return err
		}
		for i, v := range verdicts {
			if !seen[v.Seq] {
				seen[v.Seq] = true
				tallies.move(j.window[i].FeedID, before[v.Seq], v.Reason)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return tallies.capped(b.Feeds), nil
}

type tallies map[string]Tally

// counts are the numbers of the last verdicts.
func (b *Builder) counts(ctx context.Context) (tallies, error) {
	counts, err := b.Store.Counts(ctx)
	all := tallies{}
	for feed, reasons := range counts {
		for reason, n := range reasons {
			all.add(feed, reason, n)
		}
	}
	return all, err
}

func (t tallies) add(feed, reason string, n int) {
	tally := t[feed]
	if tally.Hidden == nil {
		tally.Hidden = map[selection.Reason]int{}
	}
	tally.Entries += n
	switch reason {
	case "":
		tally.Shown += n
	case unjudgedYet:
	default:
		r := selection.Reason(reason)
		if tally.Hidden[r] += n; tally.Hidden[r] == 0 {
			delete(tally.Hidden, r)
		}
	}
	t[feed] = tally
}

func (t tallies) move(feed, from, to string) {
	t.add(feed, from, -1)
	t.add(feed, to, 1)
}

// capped counts what show.per_feed keeps off the river.
func (t tallies) capped(feeds []planet.Feed) tallies {
	for _, f := range feeds {
		if more := t[f.ID].Shown - f.PerFeed; f.PerFeed > 0 && more > 0 {
			t.add(f.ID, "", -more)
			t.add(f.ID, string(selection.PerFeed), more)
		}
	}
	return t
}

// Verdicts judges entries by their rows, with all that have a say in them, as they would be at now: the entries, and what
// was decided. It changes nothing.
func (b *Builder) Verdicts(ctx context.Context, rows []int64, now time.Time) ([]planet.Entry, []selection.Judgement, error) {
	states, err := b.Store.Feeds(ctx)
	if err != nil {
		return nil, nil, err
	}
	j := b.bench(states)
	verdicts, err := j.judge(ctx, rows, now)
	if err != nil {
		return nil, nil, err
	}
	var entries []planet.Entry
	var of []selection.Judgement
	for i, e := range j.window {
		if slices.Contains(rows, e.Seq) {
			entries, of = append(entries, e), append(of, verdicts[i])
		}
	}
	return entries, of, nil
}
