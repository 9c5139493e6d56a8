package store

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"planet/internal/planet"
)

func state(t *testing.T, db *DB, id string) State {
	t.Helper()
	all, err := db.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all[id]
}

// note notes a fetch of a feed.
func note(t *testing.T, db *DB, id string, at time.Time, change ...func(*State)) {
	t.Helper()
	write(t, db, Batch{Notes: []Note{noteOf(state(t, db, id), at, change...)}})
}

func write(t *testing.T, db *DB, b Batch) {
	t.Helper()
	if err := db.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// fill gives every field of s but those a value of its own, so that one that is forgotten somewhere is found out.
func fill(t *testing.T, s *State, but ...string) {
	t.Helper()
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || slices.Contains(but, f.Name) {
			continue
		}
		switch p := v.Field(i).Addr().Interface().(type) {
		case *string:
			*p = f.Name + " caf\xe9" // headers are no UTF-8
		case *[]byte:
			*p = []byte(f.Name)
		case *int:
			*p = 100 + i
		case *bool:
			*p = true
		case *time.Time:
			*p = noon.Add(time.Duration(i) * time.Hour)
		case *time.Duration:
			*p = time.Duration(i) * time.Minute
		default:
			t.Fatalf("State.%s is a %s: teach fill to fill it", f.Name, f.Type)
		}
	}
}

// sameState compares all fields that others see.
func sameState(t *testing.T, what string, want, got State) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(State{})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestNoteKeepsTheWholeState(t *testing.T) {
	db := open(t)
	feeds(t, db, "noted", "recorded")
	want := map[string]State{}
	for id, s := range feeds(t, db, "noted", "recorded") {
		n := Note{Was: s, Is: s}
		fill(t, &n.Is, "Slug", "URL")
		put := func() error { return db.Write(t.Context(), Batch{Notes: []Note{n}}) }
		if id == "recorded" {
			n.Is.Churning = false // Record finds that out
			put = func() error { _, _, err := db.Record(t.Context(), n, Document{}); return err }
		}
		if err := put(); err != nil {
			t.Fatal(err)
		}
		sameState(t, id, n.Is, state(t, db, id))
		want[id] = n.Is
	}
	for id, s := range feeds(t, reopen(t, db), "noted", "recorded") { // the same list
		sameState(t, id+", synced", want[id], s)
	}
}

func TestB10ChangedAddressDropsWhatBelongsToIt(t *testing.T) {
	db := open(t)
	s := feeds(t, db, "a", "b")["a"]
	record(t, db, "a", noon, post("1", "https://a.example/1", "One"))
	n := Note{Was: s, Is: s}
	fill(t, &n.Is, "Slug", "URL")
	write(t, db, Batch{Notes: []Note{n}})
	write(t, db, Batch{At: n.Is.Fetched.Add(time.Hour), Starts: []State{s}})
	before, rev := river(t, db), revision(t, db)
	got, err := db.SyncFeeds(t.Context(), []planet.Feed{{ID: "a", URL: "https://new.example/feed"}, {ID: "c", URL: "https://c.example/"}})
	if err != nil {
		t.Fatal(err)
	}
	// Nothing but this stays: who the feed is, what it wrote, and when it was read. It is due at once.
	sameState(t, "after the address changed", State{
		Slug: "a", URL: "https://new.example/feed", Title: n.Is.Title, Site: n.Is.Site, Lang: n.Is.Lang, Newest: n.Is.Newest, Gap: n.Is.Gap,
		Fetched: n.Is.Fetched, Succeeded: n.Is.Succeeded, Churning: n.Is.Churning,
	}, got["a"])
	sameState(t, "read again", got["a"], state(t, db, "a"))
	if diff := cmp.Diff(before, river(t, db)); diff != "" {
		t.Errorf("its entries changed:\n%s", diff)
	}
	if len(got) != 3 || got["b"].URL != "https://b.example/feed" || got["c"].URL != "https://c.example/" || revision(t, db) == rev {
		t.Errorf("the other feeds are %v; revision %s, was %s", got, revision(t, db), rev)
	}
}

func TestRevisionChangesWithWhatIsShown(t *testing.T) {
	db := open(t)
	feeds(t, db, "noted", "recorded", "same")
	note(t, db, "same", noon, succeeded(noon))
	at := noon
	for _, tt := range []struct {
		name   string
		change func(*State)
		want   bool
	}{
		{"the first", succeeded(noon), true},
		{"all well again", succeeded(noon), false},
		{"trouble", failed("broken"), true},
		{"other trouble", failed("still broken"), false},
		{"all well at last", succeeded(noon), true},
		{"title", func(s *State) { s.Title = "A" }, true},
		{"site", func(s *State) { s.Site = "https://a.example/" }, true},
		{"lang", func(s *State) { s.Lang = "de" }, true},
		{"what nobody sees", func(s *State) { fill(t, s, "Fetched", "Title", "Site", "Lang", "LastError") }, false},
	} {
		at = at.Add(time.Hour)
		rev := revision(t, db)
		same := noteOf(state(t, db, "same"), at)
		write(t, db, Batch{Notes: []Note{same, noteOf(state(t, db, "noted"), at, tt.change), same}})
		if got := revision(t, db) != rev; got != tt.want {
			t.Errorf("%s, noted: the revision changed: %t", tt.name, got)
		}
		rev = revision(t, db)
		if _, _, err := db.Record(t.Context(), noteOf(state(t, db, "recorded"), at, tt.change), Document{}); err != nil {
			t.Fatal(err)
		}
		if got := revision(t, db) != rev; got != tt.want {
			t.Errorf("%s, recorded: the revision changed: %t", tt.name, got)
		}
	}
	rev := revision(t, db)
	write(t, db, Batch{})
	write(t, db, Batch{At: at, Starts: []State{state(t, db, "same")}, Pauses: map[string]time.Time{"a.example": at}, Settle: true})
	if revision(t, db) != rev {
		t.Error("a start, a pause and their end can't be seen, but the revision changed")
	}
}

func TestPruneForgetsTheOldLogAlone(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	for i := range 10 {
		n := noteOf(state(t, db, "a"), noon.Add(time.Duration(i)*time.Hour))
		n.Took = 1500 * time.Millisecond
		write(t, db, Batch{Notes: []Note{n}})
	}
	if err := db.Prune(t.Context(), noon.Add(4*time.Hour)); err != nil {
		t.Fatal(err)
	}
	var n, first, millis int64
	if err := db.read.QueryRowContext(t.Context(), "select count(*), min(at), min(millis) from fetches").Scan(&n, &first, &millis); err != nil {
		t.Fatal(err)
	}
	if n != 6 || first != noon.Add(4*time.Hour).Unix() || millis != 1500 {
		t.Errorf("%d rows are left, the first of %d, %d ms", n, first, millis)
	}
}

func TestRecentPagesWithoutGaps(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	if all, at, err := db.Recent(t.Context(), Cursor{}, 10); len(all) != 0 || at != (Cursor{}) || err != nil {
		t.Errorf("of an empty store: %v, %v, %v", all, at, err)
	}
	var doc []planet.Item
	for i := range 50 {
		it := post(fmt.Sprint(i), "", "x")
		it.Published = noon.Add(-time.Duration(i/7) * time.Hour) // many of the same date
		doc = append(doc, it)
	}
	record(t, db, "a", noon, doc...)
	showAll(t, db)
	for _, n := range []int{1, 3, 7, 49, 50, 51} {
		var got []string
		for at, i := (Cursor{}), 0; ; i++ {
			page, next, err := db.River(t.Context(), at, n)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page {
				got = append(got, e.GUID)
			}
			if i == 0 { // what comes while one reads doesn't move the rest
				fresh := post("fresh "+strconv.Itoa(n), "", "x")
				fresh.Published = noon.Add(time.Duration(n) * time.Minute)
				record(t, db, "a", noon.Add(time.Hour), fresh)
				showAll(t, db)
			}
			if at = next; len(page) < n {
				break
			}
		}
		old := 0
		for _, g := range got {
			if !strings.HasPrefix(g, "fresh") {
				if g != strconv.Itoa(old) {
					t.Fatalf("pages of %d: place %d has entry %s", n, old, g)
				}
				old++
			}
		}
		if old != 50 {
			t.Errorf("pages of %d give %d of 50 entries", n, old)
		}
	}
}

// The plan, not the clock: nothing may read all entries for a page, a document or a batch.
func TestQueriesUseTheIndexes(t *testing.T) {
	db := open(t)
	window := strings.NewReplacer("?1", "'[]'", "?2", "1").Replace(selectWindow)
	for name, q := range map[string]string{
		"standings_river":   selectEntries + "where s.reason = '' and (s.sort_at, s.entry_id) < (1, 2) order by s.sort_at desc, s.entry_id desc limit 1",
		"standings_stale":   strings.NewReplacer("?1", "1", "?2", "2", "?3", "3").Replace(selectStale),
		"standings_until":   strings.NewReplacer("?1", "1", "?2", "2", "?3", "3").Replace(selectStale),
		"standings_arrival": window, "standings_canonical": window, "standings_text": window, "standings_as": window,
		"entries_hash":    strings.ReplaceAll(strings.ReplaceAll(selectHashes, "?1", "1"), "?2", "'[]'"),
		"entries_guid":    strings.ReplaceAll(strings.ReplaceAll(selectKnown, "?1", "1"), "?2", "'[]'"),
		"entries_version": "select id from entries where clean_version < 1 order by id desc limit 1",
	} {
		rows, err := db.read.QueryContext(t.Context(), "explain query plan "+q)
		if err != nil {
			t.Fatal(err)
		}
		plan := ""
		for rows.Next() {
			var a, b, c int
			var s string
			if err := rows.Scan(&a, &b, &c, &s); err != nil {
				t.Fatal(err)
			}
			plan += s + "\n"
		}
		rows.Close()
		if !strings.Contains(plan, name) || strings.Contains(plan, "SCAN entries") {
			t.Errorf("%s is not used for %s:\n%s", name, q, plan)
		}
	}
}

func TestManyWriteAndReadAtOnce(t *testing.T) {
	db := open(t)
	const n, each = 8, 12
	var names []string
	for i := range n {
		names = append(names, "feed"+strconv.Itoa(i))
	}
	feeds(t, db, names...)
	other := reopen(t, db)
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for _, h := range []*DB{db, other} {
		reading.Go(func() {
			last := 0
			for {
				all, _, err := h.Recent(t.Context(), Cursor{}, 10_000)
				if err != nil || len(all) < last || len(all)%2 != 0 { // each Record brings two
					t.Errorf("a reader sees %d entries after %d (%v)", len(all), last, err)
					return
				}
				last = len(all)
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i, name := range names {
		h := []*DB{db, other}[i%2] // as two processes
		writing.Go(func() {
			for k := range each {
				id := strconv.Itoa(k)
				record(t, h, name, noon, post(id, "https://"+name+".example/"+id, "x"), post("own "+name+id, "", "y"))
				note(t, h, name, noon, failed("broken"))
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	if got, err := db.Count(t.Context()); got != n*each*2 || err != nil {
		t.Errorf("%d entries (%v); want %d", got, err, n*each*2)
	}
	if s := state(t, other, "feed0"); s.Failures != 1 || s.LastError != "broken" {
		t.Errorf("the last state is %+v", s)
	}
}
