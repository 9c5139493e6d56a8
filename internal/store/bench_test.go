package store

import (
	"context"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"planet/internal/planet"
)

// BenchmarkRecord records documents of 20 posts, each with one that is new and the rest known.
func BenchmarkRecord(b *testing.B) {
	db, err := Open(b.Context(), filepath.Join(b.TempDir(), "planet.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	states, err := db.SyncFeeds(b.Context(), []planet.Feed{{ID: "a", URL: "https://a.example/"}})
	if err != nil {
		b.Fatal(err)
	}
	body := strings.Repeat("Some words of a post. ", 200)
	n := 0
	for b.Loop() {
		var items []planet.Item
		for i := range 20 {
			it := post(strconv.Itoa(n-i), "https://a.example/"+strconv.Itoa(n-i), "Title")
			it.Content = text(body)
			items = append(items, it)
		}
		in, err := Incomings(items)
		if err != nil {
			b.Fatal(err)
		}
		known, err := db.Known(b.Context(), states["a"], in)
		if err != nil {
			b.Fatal(err)
		}
		for i := range in {
			if !known[in[i].Hash] {
				in[i].Settled(entryOf(in[i].Item))
			}
		}
		if _, _, err := db.Record(b.Context(), noteOf(states["a"], noon.Add(time.Duration(n)*time.Second)), Document{Items: in}); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

// many is a store of n feeds, each with what a real one has.
func many(b *testing.B, n int) (*DB, []planet.Feed, []Note) {
	b.Helper()
	db, err := Open(b.Context(), filepath.Join(b.TempDir(), "planet.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	var list []planet.Feed
	for i := range n {
		list = append(list, planet.Feed{ID: "feed-" + strconv.Itoa(i), URL: "https://blog-" + strconv.Itoa(i) + ".example/feed.xml"})
	}
	states, err := db.SyncFeeds(b.Context(), list)
	if err != nil {
		b.Fatal(err)
	}
	notes := make([]Note, n)
	for i, f := range list {
		notes[i] = noteOf(states[f.ID], noon, succeeded(noon), func(s *State) {
			s.Title, s.Site, s.Lang = "The blog of "+f.ID, "https://blog.example/", "en"
			s.ETag, s.LastModified, s.Validated = `W/"0123456789abcdef"`, "Sun, 22 Nov 2026 11:00:00 GMT", f.URL
			s.BodyHash, s.Started, s.Newest, s.Gap, s.Fresh = make([]byte, 32), noon, noon, 99*time.Hour, time.Hour
		})
	}
	if err := db.Write(b.Context(), Batch{Notes: notes}); err != nil {
		b.Fatal(err)
	}
	return db, list, notes
}

// BenchmarkWrite writes the starts and the notes of 1,000 feeds.
func BenchmarkWrite(b *testing.B) {
	db, _, notes := many(b, 1000)
	starts := make([]State, len(notes))
	for i, n := range notes {
		starts[i] = n.Was
		notes[i].Was = n.Is
	}
	ctx := context.WithoutCancel(b.Context()) // as collect does
	b.ReportAllocs()
	for b.Loop() {
		if err := db.Write(ctx, Batch{At: noon, Starts: starts, Notes: notes, Settle: true}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFeeds reads the states of 10,000 feeds.
func BenchmarkFeeds(b *testing.B) {
	db, _, _ := many(b, 10_000)
	b.ReportAllocs()
	var states map[string]State
	for b.Loop() {
		var err error
		if states, err = db.Feeds(b.Context()); err != nil || len(states) != 10_000 {
			b.Fatal(len(states), err)
		}
	}
	b.StopTimer()
	var with, without runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&with)
	runtime.KeepAlive(states)
	states = nil
	runtime.GC()
	runtime.ReadMemStats(&without)
	b.ReportMetric(float64(with.HeapAlloc-without.HeapAlloc)/10_000, "heap-B/state")
	b.ReportMetric(float64(unsafe.Sizeof(State{})), "sizeof-B")
}

// BenchmarkSyncFeeds syncs 10,000 feeds: the same again, after a run that was killed, and when all addresses change.
func BenchmarkSyncFeeds(b *testing.B) {
	db, list, notes := many(b, 10_000)
	starts := make([]State, len(notes))
	for i, n := range notes {
		starts[i] = n.Was
	}
	for _, tt := range []struct {
		name   string
		before func(i int)
	}{
		{"same", func(int) {}},
		{"killed", func(int) {
			if err := db.Write(b.Context(), Batch{At: noon, Starts: starts}); err != nil {
				b.Fatal(err)
			}
		}},
		{"changed", func(i int) {
			for k := range list {
				list[k].URL = "https://a.example/" + strconv.Itoa(i)
			}
		}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				tt.before(i)
				if _, err := db.SyncFeeds(b.Context(), list); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
