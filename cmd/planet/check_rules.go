package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"planet/internal/config"
	"planet/internal/planet"
	"planet/internal/selection"
	"planet/internal/store"
)

// A ruleUse is a rule of feeds.yaml and how many entries it matches.
type ruleUse struct {
	planet.Rule
	list string // keep or block
	n    int
}

// uses are the rules of a keep and a block list, none counted yet.
func uses(keep, block []planet.Rule) (out []*ruleUse) {
	for _, r := range keep {
		out = append(out, &ruleUse{Rule: r, list: "keep"})
	}
	for _, r := range block {
		out = append(out, &ruleUse{Rule: r, list: "block"})
	}
	return out
}

// count counts an entry for every rule that matches it, and tells whether the rules let it through: a keep rule matches, if
// there are any, and no block rule does.
func count(rules []*ruleUse, e *planet.Entry) bool {
	keeps, kept, blocked := false, false, false
	for _, r := range rules {
		matches := selection.Matches(r.Rule, e)
		if matches {
			r.n++
		}
		if r.list == "block" {
			blocked = blocked || matches
		} else {
			keeps, kept = true, kept || matches
		}
	}
	return !blocked && (kept || !keeps)
}

// A search looks in the stored entries for some that the rules match. What has been found is no longer looked for.
type search struct {
	common []*ruleUse            // of the whole planet, not found yet
	feeds  map[string][]*ruleUse // by the feed's id, not found yet
	hides  []planet.Hide         // not found yet
	hiding func(*planet.Entry) (*planet.Hide, bool)
	seen   map[string]bool // feeds that have entries
}

func newSearch(cfg *config.Config, sub subject) *search {
	s := &search{feeds: map[string][]*ruleUse{}, seen: map[string]bool{}}
	together := map[string]*ruleUse{} // by place: feeds may share a rule through an anchor
	for _, f := range sub.feeds {
		for _, r := range uses(f.Keep, f.Block) {
			place := fmt.Sprint(r.list, r.Line, r.Rule)
			if together[place] == nil {
				together[place] = r
			}
			s.feeds[f.ID] = append(s.feeds[f.ID], together[place])
		}
	}
	if sub.all {
		s.common, s.hides = uses(cfg.Show.Keep, cfg.Show.Block), slices.Clone(cfg.Hide)
	}
	s.hiding = selection.Hiding(s.hides)
	return s
}

// look takes one entry of the database. listed says that its feed is in feeds.yaml.
func (s *search) look(e *planet.Entry, listed bool) {
	s.seen[e.FeedID] = true
	found := func(r *ruleUse) bool {
		if r.n == 0 && selection.Matches(r.Rule, e) {
			r.n++
		}
		return r.n > 0
	}
	if len(s.feeds[e.FeedID]) > 0 {
		s.feeds[e.FeedID] = slices.DeleteFunc(s.feeds[e.FeedID], found)
	}
	if listed {
		s.common = slices.DeleteFunc(s.common, found)
	}
	for { // several may name the same entry
		h, ok := s.hiding(e)
		if !ok {
			break
		}
		found := *h
		s.hides = slices.DeleteFunc(s.hides, func(h planet.Hide) bool { return h == found })
		s.hiding = selection.Hiding(s.hides)
	}
}

// unused are the rules that match nothing. Feeds that have no entries yet say nothing about theirs.
func (s *search) unused(cfg *config.Config) (out []remark) {
	say := func(line int, format string, args ...any) {
		out = append(out, remark{file: cfg.Path, line: line, text: printable(fmt.Sprintf(format, args...))})
	}
	if len(s.seen) == 0 {
		return nil
	}
	names := map[*ruleUse][]string{}
	for _, f := range cfg.Feeds {
		for _, r := range s.feeds[f.ID] {
			if s.seen[f.ID] && r.n == 0 {
				names[r] = append(names[r], f.Name)
			}
		}
	}
	for r, of := range names {
		say(r.Line, "the %s rule %s matches no stored post of %s", r.list, r.Rule, strings.Join(of, ", "))
	}
	for _, r := range s.common {
		say(r.Line, "the %s rule %s matches no stored post", r.list, r.Rule)
	}
	for _, h := range s.hides {
		say(h.Line, "hide: no stored post has the link or id %s", h.Link)
	}
	slices.SortFunc(out, func(a, b remark) int {
		return cmp.Or(cmp.Compare(a.line, b.line), strings.Compare(a.text, b.text))
	})
	return out
}

// unusedRules compares the rules of feeds.yaml with the posts in the database, where there is one. The planet's own count only
// when all feeds are asked about.
func unusedRules(ctx context.Context, cfg *config.Config, sub subject) ([]remark, error) {
	if _, err := os.Stat(cfg.Database); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	s := newSearch(cfg, sub)
	if s.done() {
		return nil, nil
	}
	db, err := store.Open(ctx, cfg.Database)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	states, err := db.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	listed := byID(cfg.Feeds)
	for at := (store.Cursor{}); !s.done(); {
		batch, next, err := db.Recent(ctx, at, 200)
		if err != nil {
			return nil, err
		}
		if len(batch) == 0 {
			break
		}
		for i := range batch {
			e := &batch[i]
			f, ok := listed[e.FeedID]
			e.Lang = cmp.Or(e.Lang, f.Lang, states[e.FeedID].Lang)
			s.look(e, ok)
		}
		at = next
	}
	return s.unused(cfg), nil
}

// done tells whether nothing is looked for any more.
func (s *search) done() bool {
	for _, rules := range s.feeds {
		if len(rules) > 0 {
			return false
		}
	}
	return len(s.common) == 0 && len(s.hides) == 0
}
