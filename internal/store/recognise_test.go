package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
)

// words are n words that no other seed has.
func words(seed string, n int) string {
	w := make([]string, n)
	for i := range w {
		w[i] = fmt.Sprint(seed, i)
	}
	return strings.Join(w, " ")
}

// blog is a post with all that a blog gives it: n words of text under an address on a host.
func blog(host, guid, slug, title string, n int, at time.Time) planet.Item {
	it := post(guid, "https://"+host+"/"+slug, title)
	it.Published = at
	it.Content = planet.Text{Type: planet.HTML, Body: words(slug+title, n)}
	return it
}

// TestB77AnEntryUnderAnotherID holds which items are entries that the feed had before under another id, and which are not.
func TestB77AnEntryUnderAnotherID(t *testing.T) {
	day := noon.Add(-72 * time.Hour)
	old := blog("ada.example", "http://ada.example/?p=1", "2026/steam-and-brass", "Steam and brass", 80, day)
	for name, c := range map[string]struct {
		change func(it *planet.Item)
		same   bool
	}{
		"https":                        {func(it *planet.Item) { it.GUID = "https://ada.example/?p=1" }, true},
		"a slash and a tracker":        {func(it *planet.Item) { it.GUID, it.Link = "x", it.Link+"/?utm_source=rss" }, true},
		"another program, same link":   {func(it *planet.Item) { it.GUID = "tag:ada.example,2026:1" }, true},
		"same link, edited, same date": {func(it *planet.Item) { it.GUID, it.Title.Body, it.Content.Body = "x", "Brass", "other" }, true},
		"same link, another post": {func(it *planet.Item) {
			it.GUID, it.Title.Body, it.Content.Body, it.Published = "x", "Brass", "other", noon
		}, false},
		"another home":                  {func(it *planet.Item) { it.GUID, it.Link = "x", "https://ada.blog.example/posts/steam-and-brass.html" }, true},
		"another home, only words stay": {func(it *planet.Item) { it.GUID, it.Link, it.Published = "x", "https://b.example/77", noon }, true},
		"another home, title and date":  {func(it *planet.Item) { it.GUID, it.Link, it.Content.Body = "x", "https://b.example/77", "mended" }, true},
		"the same title a week later": {func(it *planet.Item) {
			it.GUID, it.Link, it.Content.Body, it.Published = "x", "https://ada.example/2", words("new", 80), noon
		}, false},
		"the same title and few words": {func(it *planet.Item) {
			it.GUID, it.Link, it.Content.Body, it.Published = "x", "https://ada.example/2", "Steam and brass", noon
		}, false},
		"other words under the same title, on another host": {func(it *planet.Item) {
			it.GUID, it.Link, it.Content.Body, it.Published = "x", "https://b.example/other-things", "more", noon
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t)
			feeds(t, db, "a")
			record(t, db, "a", noon, old)
			it := old
			c.change(&it)
			added, _ := record(t, db, "a", noon.Add(time.Hour), it)
			if (added == 0) != c.same {
				t.Fatalf("%d new entries; the same entry: %v", added, c.same)
			}
			all := river(t, db)
			for _, e := range all {
				if c.same && (e.PublishedID != old.GUID || !e.Date().Equal(day) || !e.FirstSeen.Equal(noon) || e.Link != it.Link) {
					t.Errorf("it became %+v", e)
				}
			}
			// Whichever id comes from now on: nothing is new.
			for i, doc := range [][]planet.Item{{old}, {it}, {old}, {it}} {
				if added, _ := record(t, db, "a", noon.Add(time.Duration(i+2)*time.Hour), doc...); added != 0 {
					t.Errorf("then: %d new", added)
				}
			}
		})
	}
}

// A document that shows both is of two posts, however alike they are.
func TestTwoItemsOfADocumentAreTwoEntries(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	one := blog("ada.example", "1", "photo", "Photo of the day", 80, noon)
	two := one
	two.GUID = "2"
	record(t, db, "a", noon, one)
	if n, _ := record(t, db, "a", noon.Add(time.Hour), two, one); n != 1 {
		t.Errorf("%d are new; want 1", n)
	}
	if n, m := record(t, db, "a", noon.Add(2*time.Hour), two); n+m != 0 {
		t.Errorf("one of them alone: %d new, %d updated", n, m)
	}
}

func TestAMigrationOfEverythingBringsNothing(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	var before, after []planet.Item
	for i := range 40 {
		at := noon.Add(-time.Duration(i) * 24 * time.Hour)
		title := fmt.Sprintf("Post %d", i)
		before = append(before, blog("old.example", fmt.Sprintf("http://old.example/?p=%d", i), fmt.Sprintf("%d/post-number-%d", i, i), title, 60, at))
		it := before[i]
		it.GUID, it.Link = fmt.Sprintf("https://new.example/id/%d", i+1), fmt.Sprintf("https://new.example/articles/post-number-%d/", i)
		after = append(after, it)
	}
	record(t, db, "a", noon, before...)
	want := fmt.Sprint(len(river(t, db)))
	if n, m := record(t, db, "a", noon.Add(time.Hour), after...); n != 0 || m != 40 {
		t.Errorf("%d new, %d updated; want 0 and 40", n, m)
	}
	if got := fmt.Sprint(len(river(t, db))); got != want {
		t.Errorf("%s entries; there were %s", got, want)
	}
	rows, err := db.Find(t.Context(), "http://old.example/7/post-number-7")
	if err != nil || len(rows) != 1 {
		t.Errorf("the address before the migration finds %v (%v)", rows, err)
	}
}

func TestB79ContentThatChangesAtEveryFetch(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	it := post("1", "https://a.example/1", "One")
	put := func(at time.Time, body string) int {
		it.Content.Body = body
		_, updated := recordDoc(t, db, "a", at, Document{Version: 1, Revisions: 24}, it)
		return updated
	}
	put(noon, "hit 0")
	updates := 0
	for i := range 100 {
		updates += put(noon.Add(time.Duration(i+1)*time.Hour), fmt.Sprint("hit ", i+1))
	}
	if updates != 24 {
		t.Errorf("%d updates of 100; want 24", updates)
	}
	if got := river(t, db)[0]; got.Content != "hit 24" || got.Revision != 24 || !got.FirstSeen.Equal(noon) {
		t.Errorf("it is %q after %d revisions", got.Content, got.Revision)
	}
	// It holds still: what it is now is what counts, and an edit a day later is one.
	put(noon.Add(101*time.Hour), "hit 100")
	if n, err := db.CleanAgain(t.Context(), 1, 10, entryOf); n != 1 || err != nil {
		t.Errorf("%d entries to clean again (%v)", n, err)
	}
	if got := river(t, db)[0].Content; got != "hit 100" {
		t.Errorf("held still it is %q", got)
	}
	if put(noon.Add(125*time.Hour), "edited") != 1 || river(t, db)[0].Content != "edited" {
		t.Error("an edit afterwards isn't followed")
	}
}

// Nobody is forgotten who edits often, with fetches between at which nothing changed.
func TestB80AnEntryEditedAHundredTimes(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	it := post("1", "https://a.example/1", "One")
	other := post("2", "https://a.example/2", "Two")
	at := noon
	for i := range 100 {
		it.Content.Body = fmt.Sprint("edit ", i)
		for range 2 {
			recordDoc(t, db, "a", at, Document{Version: 1, Revisions: 24}, it, other)
			at = at.Add(time.Hour)
		}
	}
	for _, e := range river(t, db) {
		if e.GUID == "1" && (e.Content != "edit 99" || e.Revision != 99 || !e.Date().Equal(it.Published)) {
			t.Errorf("it is %q after %d revisions, of %s", e.Content, e.Revision, e.Date())
		}
	}
}

func TestWhatAFeedTakesOut(t *testing.T) {
	at := func(h int) planet.Item {
		it := post(fmt.Sprint(h), fmt.Sprintf("https://a.example/%d", h), fmt.Sprint("Post ", h))
		it.Published = noon.Add(-time.Duration(h) * time.Hour)
		return it
	}
	pin := at(5000)
	for name, c := range map[string]struct {
		docs [][]planet.Item
		gone string // guids
	}{
		"one in the middle":                           {[][]planet.Item{{at(1), at(2), at(3), at(4), at(5)}, {at(1), at(2), at(4), at(5)}}, "3"},
		"the last but one":                            {[][]planet.Item{{at(1), at(2), at(3), at(4), at(5)}, {at(1), at(2), at(3), at(5)}}, "4"},
		"crowded out":                                 {[][]planet.Item{{at(2), at(3), at(4)}, {at(1), at(2), at(3)}}, ""},
		"crowded out beside a pin":                    {[][]planet.Item{{pin, at(2), at(3), at(4)}, {pin, at(1), at(2), at(3)}}, ""},
		"taken out while one comes":                   {[][]planet.Item{{at(2), at(3), at(4), at(5), at(6), at(7)}, {at(1), at(2), at(4), at(5), at(6), at(7)}}, "3"},
		"a shorter feed":                              {[][]planet.Item{{at(1), at(2), at(3), at(4)}, {at(1), at(2)}}, ""},
		"taken out, and put back":                     {[][]planet.Item{{at(1), at(2), at(3)}, {at(1), at(3)}, {at(1), at(2), at(3)}}, ""},
		"oldest first, crowded out":                   {[][]planet.Item{{at(5), at(4), at(3), at(2)}, {at(4), at(3), at(2), at(1)}}, ""},
		"oldest first, which came at once":            {[][]planet.Item{{at(5), at(4), at(3), at(2)}, {at(5), at(4), at(2)}}, "3"},
		"an old one at the top, and then crowded out": {[][]planet.Item{{at(900), at(2), at(3), at(4), at(5)}, {at(0), at(1), at(900), at(2), at(3)}, {at(-3), at(-2), at(-1), at(0), at(1)}}, ""},
		"nothing of it is left":                       {[][]planet.Item{{at(1), at(2)}, {at(8)}}, ""},
	} {
		db := open(t)
		feeds(t, db, "a")
		for i, doc := range c.docs {
			record(t, db, "a", noon.Add(time.Duration(i)*time.Hour), doc...)
		}
		var gone []string
		for _, e := range river(t, db) {
			if !e.Gone.IsZero() {
				gone = append(gone, e.GUID)
			}
		}
		if got := strings.Join(gone, " "); got != c.gone {
			t.Errorf("%s: taken out are %q; want %q", name, got, c.gone)
		}
	}
}

func TestArrivals(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	recordDoc(t, db, "a", noon, Document{Version: 1, Founding: true}, post("1", "", "One"))
	recordDoc(t, db, "a", noon.Add(time.Hour), Document{Version: 1}, post("2", "", "Two"), post("1", "", "One"))
	recordDoc(t, db, "a", noon.Add(75*time.Hour), Document{Version: 1}, post("3", "", "Three"), post("4", "", "Four"))
	rows, err := db.OfFeed(t.Context(), "a", -1)
	if err != nil {
		t.Fatal(err)
	}
	window, err := db.Window(t.Context(), rows, false)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range window {
		got = append(got, fmt.Sprintf("%s: days %d first %v founding %v", e.GUID, e.Arrival.Days, e.Arrival.First, e.Arrival.Founding))
	}
	want := "1: days 1 first true founding true; 2: days 1 first false founding false; 4: days 3 first false founding false; 3: days 3 first false founding false"
	if strings.Join(got, "; ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), want)
	}
	if window[2].Arrival.ID != window[3].Arrival.ID || window[1].Arrival.ID == window[2].Arrival.ID {
		t.Error("the arrivals are mixed up")
	}
}

func TestASuspectDocumentChangesNothingOfBefore(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	record(t, db, "a", noon, post("1", "https://a.example/1", "One"), post("2", "https://a.example/2", "Two"))
	before := fmt.Sprint(river(t, db))
	added, updated := recordDoc(t, db, "a", noon.Add(time.Hour), Document{Version: 1, Suspect: "signs"}, post("1", "https://spam.example/1", "Shoes"), post("9", "https://spam.example/9", "More shoes"))
	if added != 1 || updated != 0 {
		t.Errorf("%d new, %d updated; want 1 and 0", added, updated)
	}
	rows, err := db.Find(t.Context(), "https://spam.example/9")
	if err != nil || len(rows) != 1 {
		t.Fatalf("%v (%v)", rows, err)
	}
	if w, err := db.Window(t.Context(), rows, false); err != nil || w[0].Arrival.Suspect != "signs" {
		t.Errorf("%+v (%v)", w, err)
	}
	exec(t, db, "delete from entries where guid = '9'")
	if got := fmt.Sprint(river(t, db)); got != before {
		t.Errorf("what it had before is\n%s\nwas\n%s", got, before)
	}
}

func TestForgottenDoesNotComeBack(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	secret := blog("a.example", "1", "2026/secret-post", "My secret", 80, noon)
	secret.Content.Body = "unforgettable " + secret.Content.Body
	record(t, db, "a", noon, secret, post("2", "https://a.example/2", "Two"))
	rows, err := db.Find(t.Context(), "http://www.a.example/2026/secret-post/?utm_source=x")
	if err != nil || len(rows) != 1 {
		t.Fatalf("%v (%v)", rows, err)
	}
	found, err := db.Entries(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Forget(t.Context(), found, "", noon); err != nil {
		t.Fatal(err)
	}
	again := secret
	again.GUID = "tag:other"
	moved := secret
	moved.GUID, moved.Link = "x", "https://b.example/reprint"
	for feed, it := range map[string]planet.Item{"a": secret, "b": again} {
		if n, _ := record(t, db, feed, noon.Add(time.Hour), it, post("2"+feed, "https://a.example/2"+feed, "Two")); n != 1 {
			t.Errorf("%s: %d new; want 1: the other one", feed, n)
		}
	}
	if n, _ := record(t, db, "b", noon.Add(time.Hour), moved); n != 0 {
		t.Error("under another address it came back")
	}
	// Its published id is nobody else's.
	if record(t, db, "b", noon.Add(2*time.Hour), post("1", "https://b.example/1", "Mine")); river(t, db)[0].PublishedID == "1" {
		t.Error("its id was given again")
	}
	if inFile(t, db, "unforgettable") {
		t.Error("its text is still in the file")
	}
}

// A feed that dates all its entries anew every day is known to do so, and its first dates are kept, whatever its entries
// are known by.
func TestB81AFeedThatDatesEverythingAnew(t *testing.T) {
	for name, strip := range map[string]func(it *planet.Item){
		"guids":               func(*planet.Item) {},
		"links alone":         func(it *planet.Item) { it.GUID = "" },
		"neither":             func(it *planet.Item) { it.GUID, it.Link = "", "" },
		"guids made of dates": func(it *planet.Item) { it.GUID = it.Published.Format(time.RFC3339) + it.Title.Body },
	} {
		db := open(t)
		feeds(t, db, "a")
		var want string
		for day := range 30 {
			at := noon.Add(time.Duration(day) * 24 * time.Hour)
			var doc []planet.Item
			for i := range 5 {
				it := blog("a.example", fmt.Sprint("g", i), fmt.Sprintf("2026/post-number-%d", i), fmt.Sprint("Post ", i), 20+20*i, at.Add(-time.Duration(i)*time.Minute))
				strip(&it)
				doc = append(doc, it)
			}
			added, updated := record(t, db, "a", at, doc...)
			got := ""
			for _, e := range river(t, db) {
				got += e.Title + " " + e.Date().String() + "\n"
			}
			if day == 0 {
				want = got
				continue
			}
			if added+updated != 0 || got != want {
				t.Fatalf("%s, day %d: %d new, %d updated:\n%s", name, day, added, updated, got)
			}
		}
		if s := state(t, db, "a"); s.Restamps < Restamping {
			t.Errorf("%s: it isn't known to do so (%d)", name, s.Restamps)
		}
	}
}
