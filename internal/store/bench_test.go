package store

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

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
		if _, _, err := db.Record(b.Context(), states["a"], Attempt{At: noon.Add(time.Duration(n) * time.Second)}, Document{Items: in}); err != nil {
			b.Fatal(err)
		}
		n++
	}
}
