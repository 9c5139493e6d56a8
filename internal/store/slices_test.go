package store

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
)

// sliceOf stands for the bytes of an item.
func sliceOf(it planet.Item) Slice {
	h := sha256.Sum256([]byte(fmt.Sprint(it)))
	return Slice(h[:16])
}

// recordDocument records a document of items as collect does: without those that are known by their slices, unless whole.
func recordDocument(t *testing.T, db *DB, at time.Time, whole, part bool, items ...planet.Item) (added, updated int) {
	t.Helper()
	s := state(t, db, "a")
	var all []Slice
	for _, it := range items {
		all = append(all, sliceOf(it))
	}
	known, err := db.Slices(t.Context(), s, all)
	if err != nil {
		t.Fatal(err)
	}
	var unknown []planet.Item
	doc := Document{Version: 1, Part: part, Slices: all}
	for _, it := range items {
		if _, ok := known[sliceOf(it)]; !ok || whole {
			unknown = append(unknown, it)
		}
	}
	if doc.Items, err = Incomings(unknown); err != nil {
		t.Fatal(err)
	}
	for i := range doc.Items {
		doc.Items[i].Slice = sliceOf(unknown[i])
		doc.Items[i].Settled(entryOf(unknown[i]))
	}
	added, updated, err = db.Record(t.Context(), noteOf(s, at, succeeded(at)), doc)
	if err != nil {
		t.Fatal(err)
	}
	return added, updated
}

func knownSlices(t *testing.T, db *DB, items ...planet.Item) string {
	t.Helper()
	var all []Slice
	for _, it := range items {
		all = append(all, sliceOf(it))
	}
	known, err := db.Slices(t.Context(), state(t, db, "a"), all)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, it := range items {
		if at, ok := known[sliceOf(it)]; ok {
			fmt.Fprintf(&out, "%s@%d ", it.Title.Body, unix(at))
		}
	}
	return strings.TrimSpace(out.String())
}

func TestSlicesOfTheLastDocumentAreKnown(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	one, two, three := post("1", "https://a.example/1", "one"), post("2", "https://a.example/2", "two"), post("3", "https://a.example/3", "three")
	two.Published = noon.Add(-time.Hour)
	recordDocument(t, db, noon, false, false, two, one)
	want := fmt.Sprintf("one@%d two@%d", unix(one.Published), unix(two.Published))
	if got := knownSlices(t, db, one, two, three); got != want {
		t.Errorf("known are %q; want %q", got, want)
	}
	if known, err := db.Slices(t.Context(), state(t, db, "b"), []Slice{sliceOf(one)}); err != nil || len(known) > 0 {
		t.Errorf("another feed knows it, too: %v, %v", known, err)
	}
	recordDocument(t, db, noon.Add(time.Hour), false, true, three)
	if got := knownSlices(t, db, one, two, three); strings.Count(got, "@") != 3 {
		t.Errorf("after a part of the feed known are %q", got)
	}
	recordDocument(t, db, noon.Add(2*time.Hour), false, false, three, two)
	if got := knownSlices(t, db, one, two, three); strings.Contains(got, "one") || strings.Count(got, "@") != 2 {
		t.Errorf("what left the document is still known: %q", got)
	}
}

// Whatever documents a feed shows, one after the other: leaving out what is known changes nothing of what is kept.
func TestLeavingOutWhatIsKnownChangesNothing(t *testing.T) {
	for seed := range uint64(16) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		whole, apart := open(t), open(t)
		feeds(t, whole, "a")
		feeds(t, apart, "a")
		pool := make([]planet.Item, 6)
		for i := range pool {
			pool[i] = post(fmt.Sprint("g", rnd.IntN(3)), fmt.Sprint("https://a.example/", rnd.IntN(3)), fmt.Sprint("title ", i)) // else one is taken for the other under another id
		}
		skipped := 0
		for step := range 5 {
			var items []planet.Item
			for range 1 + rnd.IntN(5) {
				items = append(items, pool[rnd.IntN(len(pool))])
			}
			at := noon.Add(time.Duration(step) * time.Hour)
			a1, u1 := recordDocument(t, whole, at, true, false, items...)
			a2, u2 := recordDocument(t, apart, at, false, false, items...)
			if a1 != a2 || u1 != u2 || contents(t, whole) != contents(t, apart) {
				t.Fatalf("seed %d, document %d of %s\nread whole: %d new, %d updated\n%s\nread apart: %d new, %d updated\n%s", seed, step, names(items), a1, u1, contents(t, whole), a2, u2, contents(t, apart))
			}
			skipped += strings.Count(knownSlices(t, apart, items...), "@")
		}
		if skipped == 0 {
			t.Fatalf("seed %d: nothing was ever known", seed)
		}
	}
}

func names(items []planet.Item) string {
	var out []string
	for _, it := range items {
		out = append(out, it.GUID+" "+it.Link[len("https://a.example/"):]+" "+it.Title.Body)
	}
	return strings.Join(out, ", ")
}

// contents are the entries that db holds, but for the numbers of their rows.
func contents(t *testing.T, db *DB) string {
	t.Helper()
	rows, err := db.read.QueryContext(t.Context(), "select key, published_id, guid, link, title, revisions, first_seen_at, published_at from entries order by id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out strings.Builder
	for rows.Next() {
		var s [8]sql.NullString
		if err := rows.Scan(&s[0], &s[1], &s[2], &s[3], &s[4], &s[5], &s[6], &s[7]); err != nil {
			t.Fatal(err)
		}
		for _, v := range s {
			out.WriteString(v.String + " ")
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func TestGivenEntriesAreReadAgain(t *testing.T) {
	db := open(t)
	s := feeds(t, db, "a", "b")
	one := post("1", "https://a.example/1", "one")
	recordDocument(t, db, noon, false, false, one)
	if err := db.Write(t.Context(), Batch{At: noon, Gifts: []Gift{{From: s["a"], To: s["b"]}}}); err != nil {
		t.Fatal(err)
	}
	if got := knownSlices(t, db, one); got != "" {
		t.Errorf("the giver still knows %s", got)
	}
}
