package store

import (
	"fmt"
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

func note(t *testing.T, db *DB, id string, a Attempt) {
	t.Helper()
	if err := db.Notes(t.Context(), []Note{{state(t, db, id), a}}); err != nil {
		t.Fatal(err)
	}
}

func TestB10ChangedAddressDropsValidators(t *testing.T) {
	db := open(t)
	s := feeds(t, db, "a", "b")["a"]
	a := Attempt{At: noon, Next: noon.Add(time.Hour), Status: 200, ETag: "W/\"a b\" caf\xe9", LastModified: "not a date", Validated: "https://a.example/feed"}
	if _, _, err := db.Record(t.Context(), s, a, Document{Title: "A", Site: "https://a.example/", Lang: "de", BodyHash: []byte("hash")}); err != nil {
		t.Fatal(err)
	}
	want := State{
		Slug: "a", URL: "https://a.example/feed", Title: "A", Site: "https://a.example/", Lang: "de", ETag: a.ETag, LastModified: a.LastModified,
		Validated: a.Validated, BodyHash: []byte("hash"), Fetched: noon, Succeeded: noon, NextFetch: noon.Add(time.Hour), LastStatus: 200,
	}
	ignore := cmpopts.IgnoreUnexported(State{})
	if diff := cmp.Diff(want, state(t, db, "a"), ignore); diff != "" {
		t.Errorf("after Record (-want +got):\n%s", diff)
	}
	feeds(t, db, "a", "b") // the same list
	if diff := cmp.Diff(want, state(t, db, "a"), ignore); diff != "" {
		t.Errorf("the same list changes:\n%s", diff)
	}
	rev := revision(t, db)
	got, err := db.SyncFeeds(t.Context(), []planet.Feed{{ID: "a", URL: "https://new.example/feed"}, {ID: "c", URL: "https://c.example/"}})
	if err != nil {
		t.Fatal(err)
	}
	want.URL, want.ETag, want.LastModified, want.Validated, want.BodyHash, want.NextFetch = "https://new.example/feed", "", "", "", nil, time.Time{}
	if diff := cmp.Diff(want, got["a"], ignore); diff != "" {
		t.Errorf("after the address changed (-want +got):\n%s", diff)
	}
	if len(got) != 3 || got["b"].URL != "https://b.example/feed" || revision(t, db) == rev {
		t.Errorf("the other feeds are %v; revision %s, was %s", got, revision(t, db), rev)
	}
}

func TestNotesCountFailures(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	at := noon
	step := func(why string, wantFailures int, wantChange bool) {
		t.Helper()
		at = at.Add(time.Hour)
		rev, before := revision(t, db), state(t, db, "a")
		note(t, db, "a", Attempt{At: at, Next: at.Add(time.Hour), Error: why, ETag: before.ETag})
		s := state(t, db, "a")
		succeeded := before.Succeeded
		if why == "" {
			succeeded = at
		}
		if s.Failures != wantFailures || s.LastError != why || !s.Fetched.Equal(at) || !s.NextFetch.Equal(at.Add(time.Hour)) || !s.Succeeded.Equal(succeeded) {
			t.Errorf("after %q: %+v", why, s)
		}
		if got := revision(t, db) != rev; got != wantChange {
			t.Errorf("after %q the revision changed: %t", why, got)
		}
	}
	step("", 0, true) // the first
	step("", 0, false)
	step("broken", 1, true)
	step("still broken", 2, false)
	step("", 0, true)
	if err := db.Notes(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestPruneForgetsTheOldLogAlone(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	for i := range 10 {
		note(t, db, "a", Attempt{At: noon.Add(time.Duration(i) * time.Hour), Status: 304, Took: 1500 * time.Millisecond})
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
	for _, n := range []int{1, 3, 7, 49, 50, 51} {
		var got []string
		for at, i := (Cursor{}), 0; ; i++ {
			page, next, err := db.Recent(t.Context(), at, n)
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
	for name, q := range map[string]string{
		"entries_river":   selectEntries + "where (e.sort_at, e.id) < (1, 2) order by e.sort_at desc, e.id desc limit 1",
		"entries_hash":    strings.ReplaceAll(strings.ReplaceAll(selectHashes, "?1", "1"), "?2", "'[]'"),
		"entries_guid":    strings.ReplaceAll(strings.ReplaceAll(selectKnown, "?1", "1"), "?2", "'[]'"),
		"entries_version": "select id from entries where clean_version < 1 order by sort_at desc, id desc limit 1",
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
				note(t, h, name, Attempt{At: noon, Error: "broken"})
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
