package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
)

// shelve judges all entries, by default to be in the river, and puts them on their shelves.
func shelve(t *testing.T, db *DB, listing map[string]planet.Listing) {
	t.Helper()
	rows, err := db.Unjudged(t.Context(), "", noon, 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := db.OfFeed(t.Context(), "a", -1); err == nil {
		rows = append(rows, all...)
	}
	window, err := db.Window(t.Context(), rows, false)
	if err != nil {
		t.Fatal(err)
	}
	var verdicts []planet.Verdict
	for _, e := range window {
		v := planet.Verdict{Seq: e.Seq, At: e.Date(), As: e.PublishedID, Listing: planet.InRiver}
		if l, ok := listing[e.GUID]; ok && l < planet.InRiver {
			v.Listing, v.Reason = l, "Some"
		}
		verdicts = append(verdicts, v)
	}
	if err := db.Judged(t.Context(), verdicts, noon); err != nil {
		t.Fatal(err)
	}
	for {
		n, err := db.Shelve(t.Context(), Shelving{Langs: map[string]string{"a": "en"}}, 7)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// standing tells what stands on which shelf: "kind name number: guids, newest first".
func standing(t *testing.T, db *DB) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, kind := range []string{Author, Month, History, Tag, Lang} {
		shelves, err := db.Shelves(t.Context(), kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range shelves {
			var guids []string
			for at := (Cursor{}); ; {
				entries, next, err := db.On(t.Context(), s, planet.InArchive, at, 3)
				if err != nil {
					t.Fatal(err)
				}
				if len(entries) == 0 {
					break
				}
				for _, e := range entries {
					guids = append(guids, e.GUID)
				}
				at = next
			}
			if len(guids) != s.Entries {
				t.Errorf("%+v holds %v", s, guids)
			}
			out[fmt.Sprintf("%s %s %d", s.Kind, s.Name, s.Number)] = guids
		}
	}
	return out
}

func toBeMade(t *testing.T, db *DB) (names []string) {
	t.Helper()
	shelves, err := db.StaleShelves(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range shelves {
		names = append(names, fmt.Sprintf("%s %s %d", s.Kind, s.Name, s.Number))
	}
	return names
}

func published(t *testing.T, db *DB) {
	t.Helper()
	if err := db.Published(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
}

// tagged is a post of a day in November.
func tagged(guid string, day int, tags ...string) planet.Item {
	return planet.Item{GUID: guid, Link: "https://a.example/" + guid, Title: text(guid), Tags: tags, Published: time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)}
}

func TestShelvesHoldWhatIsListed(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	record(t, db, "a", noon, tagged("river", 3, "Go", "C++", "go"), tagged("past", 2, "Go"), tagged("flood", 4, "Go"), tagged("hidden", 1, "Go"))
	listing := map[string]planet.Listing{"past": planet.InHistory, "flood": planet.InArchive, "hidden": planet.Nowhere}
	shelve(t, db, listing)
	want := map[string][]string{
		"author a 0": {"flood", "river", "past"}, "month 2026/11 1": {"flood", "river", "past"}, "history  1": {"river", "past"},
		"tag go 0": {"river"}, "tag cplusplus 0": {"river"}, "lang en 0": {"river"},
	}
	if diff := cmp.Diff(want, standing(t, db)); diff != "" {
		t.Errorf("the shelves (-want +got):\n%s", diff)
	}
	published(t, db)
	if s := toBeMade(t, db); s != nil {
		t.Errorf("after publishing %v are stale", s)
	}
	shelve(t, db, listing)
	if s := toBeMade(t, db); s != nil {
		t.Errorf("nothing has changed, and %v are stale", s)
	}

	// Only the shelves of what changes are stale, also those that it leaves.
	listing["river"] = planet.Nowhere
	shelve(t, db, listing)
	if diff := cmp.Diff([]string{"author a 0", "history  1", "lang en 0", "month 2026/11 1", "tag cplusplus 0", "tag go 0"}, toBeMade(t, db)); diff != "" {
		t.Errorf("stale (-want +got):\n%s", diff)
	}
	published(t, db)
	if got := standing(t, db); len(got) != 3 || len(got["author a 0"]) != 2 {
		t.Errorf("left are %v", got)
	}
	listing["flood"] = planet.InRiver
	shelve(t, db, listing)
	if s := standing(t, db); !slices.Equal(s["tag go 0"], []string{"flood"}) || len(s["history  1"]) != 2 {
		t.Errorf("what was let through isn't where it belongs: %v", s)
	}
}

// A place is for ever: what comes later, also between older posts, stands behind; what goes leaves a gap.
func TestPlacesStay(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	var items []planet.Item
	for i := range 150 {
		items = append(items, tagged(fmt.Sprintf("n%03d", i), 2+i%20))
	}
	record(t, db, "a", noon, items...)
	shelve(t, db, nil)
	before, folders := standing(t, db), map[string]string{}
	for _, e := range river(t, db) {
		folders[e.GUID] = e.Folder
	}
	if len(before["month 2026/11 1"]) != 100 || len(before["month 2026/11 2"]) != 50 || len(before["history  2"]) != 50 {
		t.Fatalf("%d, %d and %d stand on the first pages", len(before["month 2026/11 1"]), len(before["month 2026/11 2"]), len(before["history  2"]))
	}
	if oldest, newest := before["month 2026/11 1"][99], before["month 2026/11 2"][0]; oldest != "n140" || newest != "n019" || folders[oldest] != "2026/11/" || folders[newest] != "2026/11/2/" {
		t.Errorf("%s is in %s, %s in %s", oldest, folders[oldest], newest, folders[newest])
	}
	published(t, db)
	record(t, db, "a", noon.Add(time.Hour), tagged("old", 1))
	shelve(t, db, map[string]planet.Listing{before["history  1"][5]: planet.Nowhere})
	after := standing(t, db)
	if len(after["month 2026/11 1"]) != 99 || len(after["history  1"]) != 99 || !slices.Contains(after["month 2026/11 2"], "old") || !slices.Contains(after["history  2"], "old") {
		t.Errorf("the pages hold %d, %d, %d", len(after["month 2026/11 1"]), len(after["history  1"]), len(after["month 2026/11 2"]))
	}
	for _, e := range river(t, db) {
		if was, ok := folders[e.GUID]; ok && was != e.Folder {
			t.Errorf("%s was in %s and is in %s", e.GUID, was, e.Folder)
		}
	}
}

// Whoever goes on under the id of another has its place, too: links to the post lead there.
func TestAPlaceGoesWithTheID(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	record(t, db, "a", noon, tagged("1", 1), tagged("2", 2), tagged("3", 3))
	shelve(t, db, nil)
	folders := map[string]string{}
	exec(t, db, "update standings set slot = slot + 100") // so that it stands on the second page
	for _, e := range river(t, db) {
		folders[e.PublishedID] = e.Folder
	}
	record(t, db, "b", noon.Add(time.Hour), tagged("copy", 2))
	rows, err := db.Find(t.Context(), "copy")
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	of, err := db.Find(t.Context(), "2")
	if err != nil || len(of) != 1 {
		t.Fatal(of, err)
	}
	date := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	if err := db.Judged(t.Context(), []planet.Verdict{{Seq: of[0], At: date, Reason: "Removed"}, {Seq: rows[0], At: date, As: "2", Listing: planet.InRiver}}, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Shelve(t.Context(), Shelving{}, 100); err != nil {
		t.Fatal(err)
	}
	entries, err := db.Entries(t.Context(), rows)
	if err != nil || len(entries) != 1 || entries[0].As != "2" || entries[0].Folder != "2026/11/2/" || folders["2"] != "2026/11/2/" {
		t.Errorf("the copy is in %+v, the post was in %s (%v)", entries, folders["2"], err)
	}
}

func TestAnEditMovesWhatItChanges(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	record(t, db, "a", noon, tagged("1", 1, "Go"), tagged("2", 2, "Go"))
	shelve(t, db, nil)
	published(t, db)
	record(t, db, "a", noon.Add(time.Hour), tagged("1", 1, "Rust"), tagged("2", 2, "Go"))
	shelve(t, db, nil)
	if got := standing(t, db); !slices.Equal(got["tag go 0"], []string{"2"}) || !slices.Equal(got["tag rust 0"], []string{"1"}) {
		t.Errorf("the tags are %v", got)
	}
	if diff := cmp.Diff([]string{"author a 0", "history  1", "lang en 0", "month 2026/11 1", "tag go 0", "tag rust 0"}, toBeMade(t, db)); diff != "" {
		t.Errorf("stale (-want +got):\n%s", diff)
	}
}

func TestWhatIsErasedLeavesItsShelves(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	record(t, db, "a", noon, tagged("1", 1, "Go"), tagged("2", 2, "Go"))
	shelve(t, db, nil)
	published(t, db)
	rows, err := db.Find(t.Context(), "https://a.example/1")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := db.Traced(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Forget(t.Context(), entries, "", noon); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"author a 0", "history  1", "lang en 0", "month 2026/11 1", "post 1 0", "tag go 0"}, toBeMade(t, db)); diff != "" {
		t.Errorf("stale (-want +got):\n%s", diff)
	}
	for name, guids := range standing(t, db) {
		if !slices.Equal(guids, []string{"2"}) {
			t.Errorf("on %s stand %v", name, guids)
		}
	}
	counts, err := db.Counts(t.Context())
	if err != nil || counts["a"]["?"]+counts["a"][""] != 1 {
		t.Errorf("the counts are %v (%v)", counts, err)
	}
}

// The numbers that are kept are those that counting gives.
func TestTalliesCount(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	record(t, db, "a", noon, tagged("1", 1), tagged("2", 2), tagged("3", 3))
	shelve(t, db, map[string]planet.Listing{"2": planet.Nowhere})
	record(t, db, "b", noon, tagged("4", 4))
	counts, err := db.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]map[string]int{"a": {"": 2, "Some": 1}, "b": {"?": 1}}, counts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
