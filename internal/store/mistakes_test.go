package store

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
)

// stale is how many entries are to be judged.
func stale(db *DB) (n int) {
	db.read.QueryRow("select count(*) from standings where stale").Scan(&n)
	return
}

func htmlText(s string) planet.Text { return planet.Text{Type: planet.HTML, Body: s} }

// series records n posts a week apart, of which a document shows as many as its window; each is an entry.
func series(t *testing.T, n, window int, mk func(int) planet.Item) {
	db := open(t)
	feeds(t, db, "a")
	for w := range n {
		var doc []planet.Item
		for k := w; k >= 0 && k > w-window; k-- {
			doc = append(doc, mk(k))
		}
		record(t, db, "a", noon.Add(time.Duration(w*7*24+1)*time.Hour), doc...)
	}
	if got, _ := db.Count(t.Context()); got != n {
		t.Errorf("%d entries of %d posts", got, n)
	}
}

// The same title and last part of the path, on the SAME host, other guid, date and text.
func TestASeriesUnderOneTitle(t *testing.T) {
	series(t, 6, 3, func(w int) planet.Item {
		at := noon.Add(time.Duration(w*7*24) * time.Hour)
		it := post(at.Format("g20060102"), "https://ada.example/"+at.Format("2006/01/02")+"/weekly-notes/", "Weekly notes")
		it.Published, it.Content = at, htmlText(words(fmt.Sprint("w", w, "_"), 80))
		return it
	})
}

// All items lead to one address, titles recur; other guid, date and text.
func TestAPageOfManyPosts(t *testing.T) {
	series(t, 5, 1, func(w int) planet.Item {
		it := post(fmt.Sprint("incident-", w), "https://status.example/history", "Elevated error rates")
		it.Published, it.Content = noon.Add(time.Duration(w)*time.Hour), htmlText(words(fmt.Sprint("x", w, "_"), 60))
		return it
	})
}

// Dates of whole days, titles recur; other guid, link and text.
func TestTheSameTitleOnTheSameDay(t *testing.T) {
	series(t, 3, 1, func(w int) planet.Item {
		it := post(fmt.Sprint("photo-", w), fmt.Sprint("https://a.example/photos/", w), "Photo of the day")
		it.Published, it.Content = noon.Truncate(24*time.Hour), htmlText(words(fmt.Sprint("x", w, "_"), 60))
		return it
	})
}

func TestWhatIsCleanedAgainIsJudgedAgain(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	it := post("1", "https://a.example/one", "One")
	record(t, db, "a", noon, it)
	db.write.Exec("update standings set stale = 0, canonical = '', text_sum = 0") // as migration 4 leaves them, after a build
	db.CleanAgain(t.Context(), 2, 100, entryOf)
	var c string
	db.read.QueryRow("select canonical from standings").Scan(&c)
	if c != "" && stale(db) == 0 {
		t.Error("its canonical is another, and it isn't stale")
	}
}

func TestForgottenAreFormerTextsToo(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	it := post("1", "https://a.example/one", "One")
	it.Content = htmlText(strings.Repeat("SECRETPHRASE ", 2000))
	record(t, db, "a", noon, it)
	it.Content.Body = "short now"
	record(t, db, "a", noon.Add(time.Hour), it)
	rows, _ := db.OfFeed(t.Context(), "a", -1)
	es, _ := db.Window(t.Context(), rows, false)
	if err := db.Forget(t.Context(), es, "", noon); err != nil {
		t.Fatal(err)
	}
	b, _ := os.ReadFile(db.path)
	if n := strings.Count(string(b), "SECRETPHRASE"); n > 0 {
		t.Error("a former text is in the file", n, "times")
	}
}

func TestB79WhatIsPutAsideIsShownInTheEnd(t *testing.T) {
	doc := func(i int) planet.Item {
		it := post("1", "https://a.example/one", "One")
		it.Content = htmlText(fmt.Sprint("text ", i))
		return it
	}
	other := post("2", "https://a.example/two", "Two")
	for name, after := range map[string]func(db *DB, at time.Time){
		"leaves the feed": func(db *DB, at time.Time) {
			for i := range 2 {
				recordDoc(t, db, "a", at.Add(time.Duration(i)*time.Hour), Document{Version: 1, Revisions: 3}, other)
			}
		},
		"limit raised": func(db *DB, at time.Time) {
			recordDoc(t, db, "a", at, Document{Version: 1, Revisions: 30}, doc(6))
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t)
			feeds(t, db, "a")
			at := noon
			for i := range 7 {
				at = at.Add(time.Hour)
				recordDoc(t, db, "a", at, Document{Version: 1, Revisions: 3}, doc(i))
			}
			after(db, at.Add(time.Hour))
			db.CleanAgain(t.Context(), 1, 100, entryOf)
			var c string
			db.read.QueryRow("select content from entries where guid = '1'").Scan(&c)
			if c != "text 6" {
				t.Errorf("shown for ever: %q", c)
			}
		})
	}
}

func TestForgottenDoesNotComeBackAsAnother(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	one := blog("ada.example", "1", "2026/01/weekly-notes", "Weekly notes", 0, noon.Add(-100*time.Hour))
	two := blog("ada.example", "2", "2026/02/weekly-notes", "Weekly notes", 0, noon)
	one.Content.Body, two.Content.Body = words("one", 60), words("two", 60)
	record(t, db, "a", noon, two, one)
	rows, _ := db.Find(t.Context(), one.Link)
	es, _ := db.Entries(t.Context(), rows)
	db.Forget(t.Context(), es, "", noon)
	record(t, db, "a", noon.Add(time.Hour), one)
	var c string
	db.read.QueryRow("select content from entries where guid = '2'").Scan(&c)
	if strings.Contains(c, "one1") {
		t.Error("the forgotten text is back, in place of another post")
	}
}

func TestAnIDThatASuspectHad(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	one := blog("ada.example", "https://ada.example/?p=6", "six", "Six", 60, noon)
	record(t, db, "a", noon, one)
	recordDoc(t, db, "a", noon.Add(time.Hour), Document{Version: 1, Suspect: "signs"}, blog("shop.example", "https://ada.example/?p=7", "shoes", "Shoes", 60, noon))
	own := blog("ada.example", "https://ada.example/?p=7", "seven", "Seven", 60, noon.Add(48*time.Hour))
	record(t, db, "a", noon.Add(49*time.Hour), own, one)
	var title, suspect string
	db.read.QueryRow("select e.title, a.suspect from entries e join standings s on s.entry_id = e.id join arrivals a on a.id = s.arrival where guid = ?", own.GUID).Scan(&title, &suspect)
	if title == "Seven" && suspect != "" {
		t.Error("the owner's new post is hidden as Suspect for ever")
	}
}

func TestAFormerAddressIsJudgedAnew(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	one := blog("ada.example", "old", "six", "Six", 60, noon)
	record(t, db, "a", noon, one)
	db.write.Exec("update standings set stale = 0")
	one.GUID = "new"
	record(t, db, "a", noon.Add(time.Hour), one)
	if stale(db) == 0 {
		t.Error("it has another name, and isn't judged again")
	}
}

// What a hostile feed can make of it: 2000 items of one link under new ids and titles at each fetch.
func BenchmarkRecognise(b *testing.B) {
	var ids []string
	var items []Incoming
	var formers []*former
	for i := range 2000 {
		e := planet.Entry{Title: fmt.Sprint("New ", i), Canonical: "a.example/show", Published: noon}
		ids, items = append(ids, fmt.Sprint("new", i)), append(items, Incoming{Entry: &e})
		formers = append(formers, &former{knownEntry: knownEntry{title: fmt.Sprint("Old ", i), link: "https://a.example/show"}, canonical: "a.example/show"})
	}
	for b.Loop() {
		recognise(ids, items, make([]place, len(items)), formers)
	}
}
