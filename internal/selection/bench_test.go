package selection

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"planet/internal/planet"
)

// planetOf is a planet as it may be after years: a thousand feeds, posts that some of them share, fetches that brought one
// or many, and rules.
func planetOf(tb testing.TB, many int) ([]planet.Entry, Rules, time.Time) {
	random, now := rand.New(rand.NewPCG(7, 7)), moment(tb, "2026-11-22")
	rules := Rules{Feeds: map[string]planet.Feed{}, MaxAge: 5 * 365 * 24 * time.Hour, Wait: true, Hide: []planet.Hide{{Link: "https://blog7.example/post/70", Line: 3}}}
	rules.Block = []planet.Rule{{Tests: []planet.Test{{Field: "title", Pattern: regexp.MustCompile("spam")}}, Line: 4}}
	for f := range 1000 {
		id := strconv.Itoa(f)
		rules.Feeds[id] = planet.Feed{ID: id, Name: "Feed " + id, URL: "https://blog" + id + ".example/feed", Site: "https://blog" + id + ".example/", Flood: 5, PerFeed: 50}
	}
	entries := make([]planet.Entry, many)
	for i := range entries {
		f, shared := i%1000, i
		if random.IntN(10) == 0 && i > 1000 {
			shared = random.IntN(i)
		}
		address := fmt.Sprintf("blog%d.example/post/%d", shared%1000, shared)
		seen := now.Add(-time.Duration(random.IntN(50000)) * time.Hour)
		e := planet.Entry{
			FeedID: strconv.Itoa(f), Seq: int64(i + 1), GUID: "https://" + address, PublishedID: "tag:" + strconv.Itoa(i), Link: "https://" + address,
			Canonical: address, Title: "Post " + strconv.Itoa(i), Text: "What there is to say of it.", TextSum: int64(shared),
			Published: seen.Add(-time.Hour), FirstSeen: seen, Arrival: planet.Arrival{ID: int64(f*20 + random.IntN(20) + 1), Days: 1},
		}
		if shared != i {
			e.Source = &planet.Source{URL: fmt.Sprintf("https://blog%d.example/feed", shared%1000)}
		}
		if random.IntN(2) == 0 {
			e.Shown, e.As = seen, e.PublishedID
		}
		entries[i] = e
	}
	random.Shuffle(many, func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	return entries, rules, now
}

// BenchmarkChoose chooses of 100,000 entries, and tells how many sorts of them by date that takes.
func BenchmarkChoose(b *testing.B) {
	entries, rules, now := planetOf(b, 100_000)
	var choosing, sorting time.Duration
	for b.Loop() {
		sorted := slices.Clone(entries)
		start := time.Now()
		slices.SortFunc(sorted, func(x, y planet.Entry) int { return y.Date().Compare(x.Date()) })
		sorting += time.Since(start)
		start = time.Now()
		Choose(entries, rules, now)
		choosing += time.Since(start)
	}
	b.ReportMetric(float64(choosing)/float64(sorting), "sorts/op")
	b.ReportMetric(float64(choosing.Milliseconds())/float64(b.N), "ms-choose/op")
}

// TestHostileEntriesTakeNoLonger gives the worst that feeds could bring: all the same in every respect, or in some.
func TestHostileEntriesTakeNoLonger(t *testing.T) {
	const many = 10_000
	usual, rules, now := planetOf(t, many)
	start := time.Now()
	Choose(usual, rules, now)
	limit := 20*time.Since(start) + time.Second
	for what, change := range map[string]func(i int, e *planet.Entry){
		"all alike":   func(int, *planet.Entry) {},
		"one feed":    func(_ int, e *planet.Entry) { e.FeedID = "one" },
		"elsewhere":   func(_ int, e *planet.Entry) { e.Canonical = "else.example/1" },
		"each a text": func(i int, e *planet.Entry) { e.TextSum = int64(i/2 + 1) },
		"moved": func(i int, e *planet.Entry) {
			e.Canonical = fmt.Sprint("a.example/", i)
			for n := range 10 {
				e.Former = append(e.Former, fmt.Sprint("https://a.example/", n+i%3))
			}
		},
		"sources": func(i int, e *planet.Entry) {
			if e.Canonical, e.TextSum = "", 0; i%2 == 0 {
				e.Source = &planet.Source{ID: strconv.Itoa(i % 3), Link: "https://blog8.example/" + strconv.Itoa(i%5)}
			}
		},
		"named": func(i int, e *planet.Entry) {
			if e.Canonical, e.TextSum = "", 0; i%2 == 0 {
				e.FeedID, e.Source = "un"+e.FeedID, &planet.Source{Link: "https://blog7.example/"}
			}
		},
	} {
		entries := slices.Clone(usual)
		for i := range entries {
			e := &entries[i]
			e.Canonical, e.GUID, e.As, e.Shown, e.Source = "a.example/1", "1", "p", now, &planet.Source{Link: "https://blog7.example/"}
			e.FeedID, e.Title, e.Arrival.ID = strconv.Itoa(i), strconv.Itoa(i%9), 1
			rules.Feeds[e.FeedID] = planet.Feed{ID: e.FeedID, URL: "https://blog7.example/" + e.FeedID, Site: "https://blog7.example/", Flood: 5}
			rules.Feeds["un"+e.FeedID] = planet.Feed{ID: e.FeedID, URL: "https://un.example/" + e.FeedID}
			change(i, e)
		}
		rules.Feeds["one"] = planet.Feed{ID: "one", URL: "https://a.example/"}
		start := time.Now()
		Choose(entries, rules, now)
		if took := time.Since(start); took > limit {
			t.Errorf("%s: %d entries take %v, allowed are %v", what, many, took, limit)
		}
	}
}
