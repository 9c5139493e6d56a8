package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
)

// incoming prepares items for Record, all cleaned.
func incoming(t *testing.T, items ...planet.Item) []Incoming {
	t.Helper()
	in, err := Incomings(items)
	if err != nil {
		t.Fatal(err)
	}
	for i := range in {
		in[i].Settled(entryOf(in[i].Item))
	}
	return in
}

// started is when each feed was asked last, as a run learns it that begins now.
func started(t *testing.T, db *DB, ids ...string) map[string]time.Time {
	t.Helper()
	out := map[string]time.Time{}
	for id, s := range feeds(t, db, ids...) {
		out[id] = s.Started
	}
	return out
}

func TestB28StartsOfAKilledRunBecomeKnown(t *testing.T) {
	db := open(t)
	s := feeds(t, db, "a", "b", "c", "d")
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	write(t, db, Batch{At: minute(0), Starts: []State{s["a"], s["b"]}})
	write(t, db, Batch{At: minute(1), Starts: []State{s["a"], s["c"]}})
	note(t, db, "c", minute(2), func(s *State) { s.Started = minute(2) })
	rev := revision(t, db)
	want := map[string]time.Time{"a": minute(1), "b": minute(0), "c": minute(2), "d": {}}
	for i, h := range []*DB{reopen(t, db), db} { // the run was killed here; and once more
		if diff := cmp.Diff(want, started(t, h, "a", "b", "c", "d")); diff != "" {
			t.Errorf("run %d: when they were asked (-want +got):\n%s", i, diff)
		}
		if n := count(t, db, "starts"); n != 0 {
			t.Errorf("run %d: %d starts are left", i, n)
		}
	}
	if revision(t, db) != rev {
		t.Error("nothing of it can be seen, but the revision changed")
	}
	if got := state(t, db, "a"); !got.Fetched.IsZero() || !got.NextFetch.IsZero() {
		t.Errorf("a start is no outcome: %+v", got)
	}
	at := minute(90)
	note(t, db, "a", at, succeeded(at), func(s *State) { s.Started = at })
	if got := state(t, db, "a").Started; !got.Equal(at) {
		t.Errorf("after the next outcome a was asked %s; want %s", got, at)
	}
}

func TestSettledStartsAreForgotten(t *testing.T) {
	db := open(t)
	s := feeds(t, db, "a", "b")
	write(t, db, Batch{At: noon, Starts: []State{s["a"]}})
	write(t, db, Batch{Settle: true})
	if n := count(t, db, "starts"); n != 0 || !started(t, db, "a", "b")["a"].IsZero() {
		t.Errorf("%d starts are left; a is %+v", n, state(t, db, "a"))
	}
	// Those that go out with the same batch have no outcome yet.
	write(t, db, Batch{At: noon, Starts: []State{s["a"]}})
	write(t, db, Batch{At: noon.Add(time.Minute), Starts: []State{s["b"]}, Settle: true})
	if got := started(t, db, "a", "b"); !got["a"].IsZero() || !got["b"].Equal(noon.Add(time.Minute)) {
		t.Errorf("asked: %v", got)
	}
}

// A start belongs to the address that was asked; the new one was never.
func TestStartOfTheFormerAddressIsForgotten(t *testing.T) {
	db := open(t)
	write(t, db, Batch{At: noon, Starts: []State{feeds(t, db, "a")["a"]}})
	got, err := db.SyncFeeds(t.Context(), []planet.Feed{{ID: "a", URL: "https://new.example/"}})
	if err != nil || !got["a"].Started.IsZero() {
		t.Errorf("asked %s (%v)", got["a"].Started, err)
	}
}

// What is on the disk while a run is going on is what a crash leaves.
func TestB28StartsSurviveACrash(t *testing.T) {
	db := open(t)
	s := feeds(t, db, "a", "b")
	note(t, db, "b", noon, succeeded(noon))
	write(t, db, Batch{At: noon.Add(time.Minute), Starts: []State{s["a"]}, Pauses: map[string]time.Time{"b.example": noon.Add(time.Hour)}})
	aside := filepath.Join(t.TempDir(), "planet.db")
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(db.path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(aside+end, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	crashed := open(t, aside)
	got := feeds(t, crashed, "a", "b")
	if a, b := got["a"], got["b"]; !a.Started.Equal(noon.Add(time.Minute)) || !a.Fetched.IsZero() || !b.Fetched.Equal(noon) {
		t.Errorf("after the crash a is %+v, b %+v", a, b)
	}
	paused, err := crashed.Paused(t.Context(), noon)
	if err != nil || len(paused) != 1 {
		t.Errorf("paused: %v (%v)", paused, err)
	}
}

// Whatever fails, and wherever: a validator without its entries would keep them away for ever.
func TestB08ValidatorsComeWithTheirEntries(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	record(t, db, "a", noon.Add(-time.Hour), post("old", "", "Old"))
	before, entries, rev := state(t, db, "a"), river(t, db), revision(t, db)
	n := noteOf(before, noon, succeeded(noon), func(s *State) { s.ETag, s.LastModified, s.Validated, s.BodyHash = "new", "new", "new", []byte("new") })
	doc := Document{Items: incoming(t, post("3", "", "Three"), post("2", "", "Two"), post("old", "", "Old, edited"))}
	for name, when := range map[string]string{
		"the first entry": "insert on entries when new.guid = '2'", "the last entry": "insert on entries when new.guid = '3'",
		"an edited entry": "update on entries", "the feed": "update of etag on feeds", "the log": "insert on fetches", "the revision": "update on meta",
	} {
		exec(t, db, "create trigger fails after "+when+" begin select raise(abort, 'injected'); end")
		if _, _, err := db.Record(t.Context(), n, doc); err == nil {
			t.Errorf("%s: no error", name)
		}
		exec(t, db, "drop trigger fails")
		sameState(t, name, before, state(t, db, "a"))
		if diff := cmp.Diff(entries, river(t, db)); diff != "" || revision(t, db) != rev || count(t, db, "fetches") != 1 {
			t.Errorf("%s: %d lines in the log, entries (-want +got):\n%s", name, count(t, db, "fetches"), diff)
		}
	}
	if added, updated, err := db.Record(t.Context(), n, doc); added != 2 || updated != 1 || err != nil || state(t, db, "a").ETag != "new" {
		t.Errorf("in the end %d are new and %d updated (%v): %+v", added, updated, err, state(t, db, "a"))
	}
}

// cancelledAt is when a Record that takes about a millisecond is stopped, the i-th time.
func cancelledAt(t *testing.T, i int) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*20*time.Microsecond)
	t.Cleanup(cancel)
	return ctx
}

func TestB08CancelledAnywhereIsAllOrNothing(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	stopped := 0
	for i := range 60 {
		id := strconv.Itoa(i)
		n := noteOf(state(t, db, "a"), noon, func(s *State) { s.ETag = id })
		_, _, err := db.Record(cancelledAt(t, i), n, Document{Items: incoming(t, post(id, "", "x"), post(id+" too", "", "y"))})
		if err != nil {
			stopped++
		}
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v, not why it was stopped", err)
		}
		var there int
		if err := db.read.QueryRowContext(t.Context(), "select count(*) from entries where guid in (?1, ?1 || ' too')", id).Scan(&there); err != nil {
			t.Fatal(err)
		}
		if kept := state(t, db, "a").ETag == id; kept != (err == nil) || there != map[bool]int{true: 2}[kept] {
			t.Fatalf("after %v there are %d entries, the validators: %t", err, there, kept)
		}
	}
	t.Logf("%d of 60 were stopped", stopped)
}

func TestBatchIsAllOrNothing(t *testing.T) {
	db := open(t)
	s := feeds(t, db, "a", "b")
	n := noteOf(s["a"], noon, succeeded(noon))
	b := Batch{At: noon, Starts: []State{s["b"]}, Notes: []Note{n, noteOf(State{Slug: "nobody"}, noon)}, Pauses: map[string]time.Time{"a.example": noon}}
	if err := db.Write(t.Context(), b); err == nil {
		t.Error("a note of a feed that isn't there is no error")
	}
	if !state(t, db, "a").Fetched.IsZero() || count(t, db, "starts")+count(t, db, "hosts")+count(t, db, "fetches") != 0 {
		t.Error("half of the batch was written")
	}
}
