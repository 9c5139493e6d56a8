package selection

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"testing"
	"time"

	"planet/internal/planet"
)

// A world is random entries and rules, so that entries collide in all they can.
type world struct {
	*rand.Rand
	rules    Rules
	now      time.Time
	arrivals []planet.Arrival
	feeds    []string // of the arrivals
	entries  []planet.Entry
}

// eachWorld tries a property on many worlds.
func eachWorld(t *testing.T, try func(t *testing.T, w *world)) {
	t.Helper()
	for seed := range uint64(800) {
		w := newWorld(t, seed)
		try(t, w)
		if t.Failed() {
			t.Fatalf("in world %d: rules %+v", seed, w.rules)
		}
	}
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 5)), now: moment(t, "2026-11-22")}
	w.rules = Rules{
		Feeds: map[string]planet.Feed{}, Claimed: map[string]string{}, Wait: w.coin(2), FollowDeletions: w.coin(2),
		MaxAge: time.Duration(max(0, w.IntN(8)-3)) * 24 * time.Hour,
	}
	for f := range 2 + w.IntN(4) {
		feed := planet.Feed{
			ID: strconv.Itoa(f), Name: fmt.Sprint("feed ", f), URL: w.site() + "/feed", Paused: w.coin(8),
			PerFeed: w.IntN(6), Flood: w.IntN(4), Site: w.pick("", w.site()),
		}
		if w.coin(6) {
			feed.Block = w.ruleList()
		}
		w.rules.Feeds[feed.ID] = feed
		w.rules.Claimed[feed.ID] = w.pick("", "a.example", "d.example", "e.example")
	}
	if w.coin(4) {
		w.rules.Block = w.ruleList()
	}
	if w.coin(6) {
		w.rules.Keep = w.ruleList()
	}
	if w.coin(3) {
		w.rules.Hide = []planet.Hide{{Link: w.pick("p1", "g2", "http://a.example/2", "a.example/1"), Line: 7}}
	}
	for i := range 2 + w.IntN(5) {
		w.feeds = append(w.feeds, strconv.Itoa(w.IntN(6)))
		w.arrivals = append(w.arrivals, planet.Arrival{
			ID: int64(i), Days: 1 + w.IntN(2), First: w.coin(3), Founding: w.coin(6), Released: w.coin(6), Suspect: w.pick("", "", "", "another host"),
		})
	}
	many := 2 + w.IntN(25)
	for i := range many {
		w.entries = append(w.entries, w.entry(i, many))
	}
	return w
}

func (w *world) coin(n int) bool            { return w.IntN(n) == 0 }
func (w *world) pick(list ...string) string { return list[w.IntN(len(list))] }
func (w *world) site() string               { return "http://" + w.pick("a", "b", "www.c", "sub.a") + ".example" }

func (w *world) hours(from, many int) time.Time {
	return w.now.Add(time.Duration(w.IntN(many)+from) * time.Hour)
}

func (w *world) ruleList() (out []planet.Rule) {
	for range 1 + w.IntN(2) {
		r := planet.Rule{Line: 3}
		for range 1 + w.IntN(2) {
			r.Tests = append(r.Tests, planet.Test{
				Field:   w.pick("category", "title", "author", "text", "link", "lang", "any"),
				Pattern: regexp.MustCompile(w.pick("a", "b", "^$", "example")),
			})
		}
		out = append(out, r)
	}
	return out
}

func (w *world) entry(i, many int) planet.Entry {
	a := w.IntN(len(w.arrivals))
	title := w.pick("a", "A ", "b", "", "c")
	e := planet.Entry{
		FeedID: w.feeds[a], PublishedID: "p" + strconv.Itoa(i), GUID: w.pick("g"+strconv.Itoa(i), "g1", "g2"),
		Title: title, Tags: []string{title}, Text: title, Authors: []planet.Person{{Name: title}},
		Link: w.site() + "/" + strconv.Itoa(w.IntN(2*many)), FirstSeen: w.now.Add(-time.Duration(a*20) * time.Hour),
		Published: w.hours(-150, 200), Seq: int64(many - i), Arrival: w.arrivals[a], Released: w.coin(9),
	}
	if w.coin(2) {
		e.Canonical = w.pick("a", "b", "c", "d") + ".example/" + strconv.Itoa(w.IntN(many))
	}
	if w.coin(2) {
		e.TextSum = int64(w.IntN(2 * many))
	}
	if w.coin(4) {
		e.Published = time.Time{}
	}
	if w.coin(5) {
		e.Gone = w.hours(-50, 50)
	}
	if w.coin(3) {
		e.Source = &planet.Source{ID: w.pick("", "s1", "s2"), URL: w.pick("", w.site()+"/feed"), Link: w.pick("", w.site())}
	}
	if w.coin(3) {
		e.Shown = w.hours(-9, 9)
		e.As = w.pick("p"+strconv.Itoa(w.IntN(many)), "erased1", "erased2", e.PublishedID)
	}
	for w.coin(5) {
		e.Former = append(e.Former, w.pick("g2", "http://"+w.pick("a", "c")+".example/"+strconv.Itoa(w.IntN(many))))
	}
	return e
}
