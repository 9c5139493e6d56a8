package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
)

func revisions(t *testing.T, db *DB) (n int) {
	t.Helper()
	if err := db.read.QueryRowContext(t.Context(), "select sum(revisions) from entries").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestB78EveryVisibleChangeIsAnUpdateInPlace(t *testing.T) {
	full := planet.Item{
		GUID: "g", Link: "https://a.example/1", Title: text("Title"), Summary: text("summary"), Content: text("content"), Lang: "en",
		Authors: []planet.Person{{Name: "Ann"}}, Tags: []string{"one"}, Enclosures: []planet.Enclosure{{URL: "https://a.example/x.ogg", Length: 1}},
		Source: &planet.Source{Title: "Elsewhere"}, Published: noon.Add(-48 * time.Hour), Updated: noon.Add(-24 * time.Hour),
	}
	for _, tt := range []struct {
		name   string
		change func(*planet.Item)
		want   int // updates
	}{
		{"nothing", func(*planet.Item) {}, 0},
		{"title", func(it *planet.Item) { it.Title.Body = "New" }, 1},
		{"content", func(it *planet.Item) { it.Content.Body = "new" }, 1},
		{"link", func(it *planet.Item) { it.Link = "https://a.example/2" }, 1},
		{"author", func(it *planet.Item) { it.Authors = []planet.Person{{Name: "Bea"}} }, 1},
		{"no author", func(it *planet.Item) { it.Authors = nil }, 1},
		{"tags", func(it *planet.Item) { it.Tags = []string{"one", "two"} }, 1},
		{"enclosure", func(it *planet.Item) { it.Enclosures = []planet.Enclosure{{URL: "https://a.example/x.ogg", Length: 2}} }, 1},
		{"source", func(it *planet.Item) { it.Source = nil }, 1},
		{"content and updated", func(it *planet.Item) { it.Content.Body, it.Updated = "new", noon }, 1},
		{"updated alone", func(it *planet.Item) { it.Updated = noon }, 0},
		{"what cleaning takes away", func(it *planet.Item) { it.Content.Base = "https://a.example/" }, 0},
		{"a date that was believed", func(it *planet.Item) { it.Published = noon.Add(-time.Hour) }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := open(t)
			feeds(t, db, "a")
			record(t, db, "a", noon, full, post("other", "", "Other"))
			before, rev := river(t, db), revision(t, db)
			it := full
			tt.change(&it)
			added, updated := record(t, db, "a", noon.Add(time.Hour), it, post("other", "", "Other"))
			if added != 0 || updated != tt.want || revisions(t, db) != tt.want {
				t.Errorf("%d new, %d updated, %d revisions; want 0, %d and %d", added, updated, revisions(t, db), tt.want, tt.want)
			}
			if changed := revision(t, db) != rev; changed != (tt.want > 0) {
				t.Errorf("the store's revision changed: %t", changed)
			}
			after := river(t, db)
			if visible := cmp.Diff(before, after) != ""; visible != (tt.want > 0) {
				t.Errorf("something can be seen: %t", visible)
			}
			for i := range before {
				if b, a := before[i], after[i]; b.PublishedID != a.PublishedID || b.GUID != a.GUID || !b.FirstSeen.Equal(a.FirstSeen) || !b.Published.Equal(a.Published) {
					t.Errorf("place %d: the identity was %v, is %v", i, b, a)
				}
			}
			// Once stored, that form is known.
			if n, m := record(t, db, "a", noon.Add(2*time.Hour), it); n+m != 0 {
				t.Errorf("the same again: %d new, %d updated", n, m)
			}
		})
	}
}

func TestB80UpdatesFloatNothingUp(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	old, young := post("old", "", "Old"), post("young", "", "Young")
	old.Published, young.Published = noon.Add(-72*time.Hour), noon.Add(-time.Hour)
	record(t, db, "a", noon, young, old)
	old.Title.Body, old.Published, old.Updated = "Old, edited", noon.Add(-time.Minute), noon.Add(-time.Minute)
	record(t, db, "a", noon.Add(time.Hour), young, old)
	all := river(t, db)
	if all[1].Title != "Old, edited" || !all[1].Published.Equal(noon.Add(-72*time.Hour)) || !all[1].Updated.Equal(noon.Add(-time.Minute)) {
		t.Errorf("the second entry is %v", all[1])
	}
}

func TestB82FutureDates(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	it := post("g", "", "From the future")
	it.Published, it.Updated = noon.Add(1000*time.Hour), noon.Add(2000*time.Hour)
	now := post("now", "", "Of today")
	now.Published = noon.Add(-time.Hour)
	record(t, db, "a", noon, now, it)
	e := river(t, db)[0]
	if e.GUID != "g" || !e.Date().Equal(noon) || !e.Published.Equal(it.Published) || !e.Updated.Equal(noon) {
		t.Errorf("first is %s: dated %s, published %s, updated %s", e.GUID, e.Date(), e.Published, e.Updated)
	}
	// An update can't be later than it came either; and the blog may put a wrong date right.
	it.Title.Body, it.Published = "From the past", noon.Add(-24*time.Hour)
	record(t, db, "a", noon.Add(time.Hour), now, it)
	e = river(t, db)[1] // it sinks to its date: pages show that, and are in its order
	if e.GUID != "g" || !e.Published.Equal(it.Published) || !e.Updated.Equal(noon.Add(time.Hour)) {
		t.Errorf("after the update second is %s: published %s, updated %s", e.GUID, e.Published, e.Updated)
	}
}

func TestB81UndatedEntriesKeepTheFeedsOrder(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	undated := func(names ...string) (doc []planet.Item) {
		for _, n := range names {
			doc = append(doc, planet.Item{GUID: n, Title: text(n)})
		}
		return doc
	}
	order := func() (got string) {
		for _, e := range river(t, db) {
			got += e.GUID
		}
		return got
	}
	record(t, db, "a", noon, undated("c", "b", "a")...)
	for i, tt := range []struct{ doc, want string }{{"cba", "cba"}, {"dcb", "dcba"}, {"bcd", "dcba"}, {"fed", "fedcba"}, {"", "fedcba"}} {
		record(t, db, "a", noon.Add(time.Duration(i+1)*time.Hour), undated(strings.Split(tt.doc, "")...)...)
		if tt.doc == "" {
			record(t, db, "a", noon.Add(10*time.Hour))
		}
		if got := order(); got != tt.want {
			t.Errorf("after %q: %q; want %q", tt.doc, got, tt.want)
		}
	}
	for _, e := range river(t, db) {
		if !e.Published.IsZero() || e.FirstSeen.IsZero() || !e.Date().Equal(e.FirstSeen) {
			t.Errorf("%s: published %s, first seen %s", e.GUID, e.Published, e.FirstSeen)
		}
	}
}

func TestB89NothingIsLost(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	record(t, db, "a", noon, post("1", "", "One"), post("2", "", "Two"))
	record(t, db, "a", noon.Add(time.Hour), post("2", "", "Two"))
	record(t, db, "a", noon.Add(2*time.Hour))
	feeds(t, db, "b") // a is listed no longer
	feeds(t, db)
	if n, err := db.Count(t.Context()); n != 2 || err != nil {
		t.Errorf("%d entries are left (%v); want 2", n, err)
	}
	if s, _ := db.Feeds(t.Context()); len(s) != 2 {
		t.Errorf("%d feeds are known; want 2", len(s))
	}
}

func TestB11CleanAgain(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	full := planet.Item{
		GUID: "g", Link: "https://a.example/1", Title: planet.Text{Type: planet.HTML, Body: "<b>Title</b>", Base: "https://a.example/"}, Content: text("content"),
		Lang: "de", Authors: []planet.Person{{Name: "Ann", Email: "a@a.example"}}, Tags: []string{"x"}, Enclosures: []planet.Enclosure{{URL: "u", Type: "t", Length: 7}},
		Source: &planet.Source{ID: "s"}, Comments: "https://a.example/c", Rights: "CC BY", Published: noon.Add(-time.Hour), Updated: noon.Add(99 * time.Hour),
	}
	young := post("young", "", "Young")
	young.Published = noon
	record(t, db, "a", noon, young, full)
	rev := revision(t, db)

	var got []planet.Item
	same := func(it planet.Item) planet.Entry { got = append(got, it); return entryOf(it) }
	if n, err := db.CleanAgain(t.Context(), 1, 10, same); n != 0 || err != nil {
		t.Errorf("of the same version %d are cleaned (%v)", n, err)
	}
	if n, err := db.CleanAgain(t.Context(), 2, 1, same); n != 1 || err != nil || got[0].GUID != "young" {
		t.Errorf("first %d are cleaned, %v (%v); want the newest", n, got, err)
	}
	if n, err := db.CleanAgain(t.Context(), 2, 10, same); n != 1 || err != nil {
		t.Errorf("then %d are cleaned (%v)", n, err)
	}
	if diff := cmp.Diff(full, got[1]); diff != "" {
		t.Errorf("the item came back changed:\n%s", diff)
	}
	if revision(t, db) != rev {
		t.Error("nothing can be seen of it, but the revision changed")
	}
	n, err := db.CleanAgain(t.Context(), 3, 10, func(it planet.Item) planet.Entry {
		e := entryOf(it)
		e.Title = "cleaned by version 3"
		return e
	})
	if n != 2 || err != nil || revision(t, db) == rev {
		t.Errorf("%d are cleaned (%v), revision %s", n, err, revision(t, db))
	}
	for _, e := range river(t, db) {
		if e.Title != "cleaned by version 3" || e.Updated.After(noon) || e.Published.After(noon) {
			t.Errorf("%s: %q, published %s, updated %s", e.GUID, e.Title, e.Published, e.Updated)
		}
	}
	if n, m := record(t, db, "a", noon.Add(time.Hour), young, full); n+m != 0 {
		t.Errorf("what was cleaned again isn't known any more: %d new, %d updated", n, m)
	}
}
