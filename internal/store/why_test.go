package store

import (
	"slices"
	"testing"
	"time"

	"planet/internal/planet"
)

func TestForgottenIsRecognisedByWhatItWasKnownBy(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	record(t, db, "a", noon, post("https://a.example/?p=1", "https://a.example/about-bricks", "One"), post("2", "https://a.example/two", "Two"))
	record(t, db, "a", noon.Add(time.Hour), post("https://new.example/?p=1", "https://new.example/about-bricks", "One"), post("2", "https://a.example/two", "Two"))
	rows, err := db.Find(t.Context(), "https://a.example/about-bricks")
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d found: %v", len(rows), err)
	}
	asked := func(address string, want bool) {
		t.Helper()
		if got, err := db.Forgotten(t.Context(), address); err != nil || got != want {
			t.Errorf("%s was forgotten: %v, %v", address, got, err)
		}
	}
	known := []string{"https://a.example/about-bricks", "https://new.example/about-bricks", "https://a.example/?p=1", "http://www.new.example/about-bricks/?utm_source=x"}
	for _, address := range known {
		asked(address, false)
	}
	entries, err := db.Window(t.Context(), rows, false)
	if err != nil {
		t.Fatal(err)
	}
	entries = slices.DeleteFunc(entries, func(e planet.Entry) bool { return e.Seq != rows[0] })
	if err := db.Forget(t.Context(), entries, "", noon); err != nil {
		t.Fatal(err)
	}
	for _, address := range known {
		asked(address, true)
	}
	asked("https://a.example/two", false)
	asked("2", false)
	asked("", false)
}

func TestLinkedFindsByAPartOfTheLink(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	record(t, db, "a", noon, post("1", "https://WWW.A.example/1", "One"), post("2", "https://other.example/2", "Two"))
	record(t, db, "b", noon, post("3", "https://a.example/%_", "Three"))
	got, err := db.Linked(t.Context(), "A.example")
	if err != nil || len(got) != 2 || got[0].Title != "Three" || got[0].Feed != "b" || got[1].Link != "https://WWW.A.example/1" || got[1].Row == 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := db.Linked(t.Context(), "%"); err != nil || len(got) != 1 { // it is no pattern
		t.Errorf("%+v, %v", got, err)
	}
}

func TestChurnCountsChangesInARow(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	for i, title := range []string{"One", "Two", "Three", "Three"} {
		record(t, db, "a", noon.Add(time.Duration(i)*time.Hour), post("1", "https://a.example/1", title))
		rows, err := db.Find(t.Context(), "1")
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d found: %v", len(rows), err)
		}
		if n, err := db.Churn(t.Context(), rows[0]); err != nil || n != []int{0, 1, 2, 0}[i] {
			t.Errorf("after %d: %d, %v", i+1, n, err)
		}
	}
}
