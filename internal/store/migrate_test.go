package store

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
)

// released is a copy of the database that testdata/schema1.sql was dumped of: it was written by the last program of schema 1.
func released(t *testing.T) string {
	t.Helper()
	dump, err := os.ReadFile(filepath.Join("testdata", "schema1.sql"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "planet.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // the dump begins a transaction and ends it
	if _, err := db.ExecContext(t.Context(), string(dump)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReleasedDatabaseIsMigrated(t *testing.T) {
	path := released(t)
	db := open(t, path)
	at := func(s string) time.Time {
		t.Helper()
		d, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return d.UTC()
	}
	states := feeds(t, db, "ada", "bob", "cy", "dan")
	sameState(t, "ada", State{
		Slug: "ada", URL: "https://ada.example/feed", Title: "Ada's", Site: "https://ada.example/", Lang: "en",
		ETag: `W/"13"`, LastModified: "Sun, 22 Nov 2026 11:00:00 GMT", Validated: "https://ada.example/feed", BodyHash: []byte("0123456789abcdef0123456789abcdef"),
		Started: noon, Fetched: noon, Succeeded: noon, NextFetch: noon.Add(time.Hour), LastStatus: 200,
		Newest: noon, Gap: 9 * time.Hour, // its post i is i² hours old; of 13 the newest ten count
	}, states["ada"])
	sameState(t, "cy", State{
		Slug: "cy", URL: "https://cy.example/feed", Started: noon, Fetched: noon, NextFetch: noon.Add(time.Hour),
		Failures: 1, LastStatus: 503, LastError: "the server answers 503 Service Unavailable",
	}, states["cy"])
	for _, tt := range []struct {
		feed   string
		newest time.Time
		gap    time.Duration
	}{
		{"bob", at("2026-11-22T09:00:00Z"), 0},          // one entry
		{"dan", noon, 24 * time.Hour},                   // three without dates: when they came
		{"cy", time.Time{}, 0}, {"eve", time.Time{}, 0}, // none
	} {
		if s := states[tt.feed]; !s.Newest.Equal(tt.newest) || s.Gap != tt.gap {
			t.Errorf("%s: the newest entry is of %s, the gap is %s; want %s and %s", tt.feed, s.Newest, s.Gap, tt.newest, tt.gap)
		}
	}
	if got, want := schema(t, db), schema(t, open(t)); got != want {
		t.Errorf("the schema is another than that of a new database:\n%s", cmp.Diff(want, got))
	}
}

func schema(t *testing.T, db *DB) string {
	t.Helper()
	s, err := db.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMigratedEntriesAreAllThereAndWork(t *testing.T) {
	path := released(t)
	db := open(t, path)
	before := river(t, db)
	perFeed := map[string]int{}
	for _, e := range before {
		perFeed[e.FeedID]++
	}
	if diff := cmp.Diff(map[string]int{"ada": 13, "bob": 1, "dan": 3}, perFeed); diff != "" || revision(t, db) != "a180298c-ec3b-4523-a010-9be478ccf742/7" {
		t.Errorf("entries of each feed (-want +got), at %s:\n%s", revision(t, db), diff)
	}
	if e := before[1]; e.PublishedID != "https://ada.example/?p=0" || e.Content != "<p>Words of post 0.</p>" || !e.Published.Equal(noon) || len(e.Tags) != 2 {
		t.Errorf("the newest with a date is %+v", e)
	}
	states := feeds(t, db, "ada", "bob", "cy", "dan", "eve")

	later := noon.Add(time.Hour)
	bare := planet.Item{Title: text("Neither guid nor link"), Published: noon.Add(-3 * time.Hour)} // the same as in the dump
	if n, m := record(t, db, "bob", later, bare); n+m != 0 {
		t.Errorf("what it knows is new: %d, %d", n, m)
	}
	if n, m := record(t, db, "dan", later, planet.Item{GUID: "tag:dan", Link: "https://dan.example/1", Title: text("Undated, edited")}); n != 0 || m != 1 {
		t.Errorf("an edited entry: %d new, %d updated", n, m)
	}
	if n, _ := record(t, db, "eve", later, post("1", "", "One")); n != 1 {
		t.Error("a new feed's entry isn't new")
	}
	write(t, db, Batch{At: later, Starts: []State{states["cy"]}, Pauses: map[string]time.Time{"cy.example": later.Add(time.Hour)}})
	note(t, db, "cy", later, succeeded(later))
	if n, err := db.CleanAgain(t.Context(), 2, 100, entryOf); n != 18 || err != nil {
		t.Errorf("%d entries are cleaned again (%v); want 18", n, err)
	}
	if s := feeds(t, open(t, path), "cy")["cy"]; s.Failures != 0 || !s.Started.Equal(later) {
		t.Errorf("in the end cy is %+v", s)
	}
}

// Whoever changes url to where the feed has moved, as was asked for, loses neither validators nor schedule.
func TestB10FollowingTheAdviceKeepsTheState(t *testing.T) {
	db := open(t)
	was := feeds(t, db, "a")["a"]
	is := was
	is.FetchURL, is.ETag, is.Validated, is.Started, is.Fetched, is.NextFetch = "https://new.example/feed", `"1"`, "https://new.example/feed", noon, noon, noon.Add(time.Hour)
	if err := db.Write(t.Context(), Batch{Notes: []Note{{Was: was, Is: is}}}); err != nil {
		t.Fatal(err)
	}
	got, err := db.SyncFeeds(t.Context(), []planet.Feed{{ID: "a", URL: "https://new.example/feed"}})
	if err != nil {
		t.Fatal(err)
	}
	if s := got["a"]; s.URL != "https://new.example/feed" || s.FetchURL != "" || s.ETag != `"1"` || !s.NextFetch.Equal(noon.Add(time.Hour)) || !s.Started.Equal(noon) {
		t.Errorf("the state is %+v", s)
	}
}
