package store

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"planet/internal/planet"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// open opens a database; without a path, a new one.
func open(t *testing.T, path ...string) *DB {
	t.Helper()
	if path == nil {
		path = []string{filepath.Join(t.TempDir(), "planet.db")}
	}
	db, err := Open(t.Context(), path[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// reopen is a second handle on the same file, as another process has.
func reopen(t *testing.T, db *DB) *DB {
	t.Helper()
	return open(t, db.path)
}

// feeds syncs feeds with those ids and gives their states.
func feeds(t *testing.T, db *DB, ids ...string) map[string]State {
	t.Helper()
	var list []planet.Feed
	for _, id := range ids {
		list = append(list, planet.Feed{ID: id, URL: "https://" + id + ".example/feed"})
	}
	states, err := db.SyncFeeds(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	return states
}

func entryOf(it planet.Item) planet.Entry {
	sum := int64(0)
	if len(strings.Fields(it.Content.Body)) >= planet.SumWords {
		h := fnv.New32a()
		h.Write([]byte(it.Title.Body + it.Content.Body))
		sum = int64(h.Sum32())
	}
	return planet.Entry{
		Canonical: planet.Canonical(it.Link), TextSum: sum, Excerpt: it.Content.Body[:min(len(it.Content.Body), 300)],
		GUID: it.GUID, Link: it.Link, Title: it.Title.Body, Content: it.Content.Body, Authors: it.Authors, Tags: it.Tags,
		Enclosures: it.Enclosures, Source: it.Source, Published: it.Published, Updated: it.Updated,
	}
}

// record does what collect does: it cleans what isn't known and records the rest as it is.
func record(t *testing.T, db *DB, feed string, at time.Time, items ...planet.Item) (added, updated int) {
	t.Helper()
	return recordDoc(t, db, feed, at, Document{Version: 1}, items...)
}

func recordDoc(t *testing.T, db *DB, feed string, at time.Time, doc Document, items ...planet.Item) (added, updated int) {
	t.Helper()
	s, err := db.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if doc.Items, err = Incomings(items); err != nil {
		t.Fatal(err)
	}
	known, err := db.Known(t.Context(), s[feed], doc.Items)
	if err != nil {
		t.Fatal(err)
	}
	for i := range doc.Items {
		if !known[doc.Items[i].Hash] {
			doc.Items[i].Settled(entryOf(doc.Items[i].Item))
		}
	}
	added, updated, err = db.Record(t.Context(), noteOf(s[feed], at, succeeded(at)), doc)
	if err != nil {
		t.Fatal(err)
	}
	return added, updated
}

// inFile tells whether the database's files hold a text.
func inFile(t *testing.T, db *DB, text string) bool {
	t.Helper()
	for _, name := range []string{db.path, db.path + "-wal"} {
		data, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(text)) {
			return true
		}
	}
	return false
}

// noteOf is the note of a fetch at a time that changed what change does.
func noteOf(was State, at time.Time, change ...func(*State)) Note {
	is := was
	is.Fetched = at
	for _, f := range change {
		f(&is)
	}
	return Note{Was: was, Is: is}
}

// succeeded is what an answer that is all right changes.
func succeeded(at time.Time) func(*State) {
	return func(s *State) {
		s.Succeeded, s.NextFetch, s.LastStatus, s.Failures, s.LastError = at, at.Add(time.Hour), 200, 0, ""
	}
}

// failed is what trouble changes.
func failed(why string) func(*State) {
	return func(s *State) { s.LastStatus, s.Failures, s.LastError = 500, s.Failures+1, why }
}

// count tells how many rows a table has.
func count(t *testing.T, db *DB, table string) (n int) {
	t.Helper()
	if err := db.read.QueryRowContext(t.Context(), "select count(*) from "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// river is all entries, newest first.
func river(t *testing.T, db *DB) []planet.Entry {
	t.Helper()
	showAll(t, db)
	entries, _, err := db.River(t.Context(), Cursor{}, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// showAll judges as if every entry were to be shown.
func showAll(t *testing.T, db *DB) {
	t.Helper()
	rows, err := db.Unjudged(t.Context(), "all", noon, 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	window, err := db.Window(t.Context(), rows, false)
	if err != nil {
		t.Fatal(err)
	}
	verdicts := make([]planet.Verdict, len(window))
	for i, e := range window {
		verdicts[i] = planet.Verdict{Seq: e.Seq, At: e.Date(), As: e.PublishedID}
	}
	if err := db.Judged(t.Context(), verdicts, noon); err != nil {
		t.Fatal(err)
	}
}

func revision(t *testing.T, db *DB) string {
	t.Helper()
	r, err := db.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func text(s string) planet.Text { return planet.Text{Type: planet.PlainText, Body: s} }

// post is an item with a guid, a link and a title, of a second of its own.
func post(guid, link, title string) planet.Item {
	h := fnv.New32a()
	h.Write([]byte(guid + "\n" + link))
	return planet.Item{GUID: guid, Link: link, Title: text(title), Published: noon.Add(-24*time.Hour - time.Duration(h.Sum32()%1e6)*time.Second)}
}

func TestSchemaIsTheGoldenFile(t *testing.T) {
	got, err := open(t).Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the migrations make another schema than schema.sql; go test ./internal/store -update rewrites it:\n%s", got)
	}
}

func exec(t *testing.T, db *DB, query string, args ...any) {
	t.Helper()
	if _, err := db.write.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func TestReopenedDatabaseKeepsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "planet.db")
	db := open(t, path)
	feeds(t, db, "a")
	record(t, db, "a", noon, post("1", "https://a.example/1", "One"))
	before, rev := fmt.Sprint(river(t, db)), revision(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, path)
	if got := fmt.Sprint(river(t, db)); got != before || revision(t, db) != rev {
		t.Errorf("after opening again: %s at %s; want %s at %s", got, revision(t, db), before, rev)
	}
	if left, _ := filepath.Glob(path + "-*"); len(left) != 2 { // -wal and -shm of the open handle
		t.Logf("beside the database: %v", left)
	}
}

func TestForeignAndBrokenFilesAreRefused(t *testing.T) {
	sqlite := func(path string, do ...string) {
		db := open(t, path)
		for _, q := range do {
			exec(t, db, q)
		}
		db.Close()
	}
	whole := func(path string) []byte {
		sqlite(path)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	write := func(path string, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		make func(path string)
		want string
	}{
		{"newer", func(p string) { sqlite(p, "pragma user_version = 99") }, "written by a newer version of planet"},
		{"another program's", func(p string) { sqlite(p, "pragma application_id = 1") }, "belongs to another program"},
		{"another program's, still empty", func(p string) {
			sqlite(p, "pragma application_id = 0", "drop table fetches", "drop table entries", "drop table feeds", "drop table meta")
		}, "belongs to another program"},
		{"text", func(p string) { write(p, []byte("feeds:\n  - name: a\n")) }, "is no SQLite database"},
		{"short", func(p string) { write(p, []byte("SQL")) }, "is no SQLite database"},
		{"a folder", func(p string) { os.Mkdir(p, 0o755) }, "is a folder"}, //nolint:errcheck // Open will tell
		{"cut in its header", func(p string) { write(p, whole(p)[:50]) }, "is damaged"},
		{"cut", func(p string) { write(p, whole(p)[:5000]) }, "is damaged"},
		{"scribbled over", func(p string) {
			data := whole(p)
			copy(data[100:], bytes.Repeat([]byte{0xAA}, 4000))
			write(p, data)
		}, "is damaged"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "planet.db")
			tt.make(path)
			before, _ := os.ReadFile(path)
			db, err := Open(t.Context(), path)
			if err == nil {
				db.Close()
				t.Fatal("it opens")
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("the error is %q; want the path and %q", err, tt.want)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
			if tt.name == "newer" && !errors.Is(err, ErrNewer) {
				t.Errorf("%v is no ErrNewer", err)
			}
		})
	}
	_, err := Open(t.Context(), filepath.Join(t.TempDir(), "missing", "planet.db"))
	if err == nil || !strings.Contains(err.Error(), "its folder doesn't exist") {
		t.Errorf("in a missing folder: %v", err)
	}
}

// A page that is read late may be the damaged one.
func TestDamageFoundLateNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "planet.db")
	db := open(t, path)
	feeds(t, db, "a")
	for i := range 50 {
		record(t, db, "a", noon, post(fmt.Sprint(i), "", strings.Repeat("x", 3000)))
	}
	db.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 60; (i+1)*4096 < len(data); i++ {
		copy(data[i*4096:(i+1)*4096], bytes.Repeat([]byte{0xAA}, 4096))
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	db = open(t, path)
	_, _, err = db.Recent(t.Context(), Cursor{}, 100)
	if err == nil || !strings.Contains(err.Error(), path+" is damaged") || !strings.Contains(err.Error(), "backup") {
		t.Errorf("reading gives %v", err)
	}
}

func TestEmptyFileBecomesADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "planet.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	feeds(t, open(t, path), "a")
}

func TestStrangePaths(t *testing.T) {
	for _, name := range []string{"with space.db", "a?b=c.db", "a#b.db", "100%.db", "%41.db", "käse 日本.db", "a&_pragma=x.db", "a;b'c\".db", "dir?x/planet.db", ":memory:"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		db, err := Open(t.Context(), path)
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		feeds(t, db, "a")
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q: the file isn't there (%v)", name, err)
		}
		db.Close()
		if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
			t.Errorf("%q: there are %v", name, files)
		}
	}
	t.Chdir(t.TempDir())
	open(t, "planet.db")
	if _, err := os.Stat("planet.db"); err != nil {
		t.Error("a relative path:", err)
	}
}

func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "planet.db")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			db, err := Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			db.Close()
		})
	}
	all.Wait()
}

func TestCancelledContextChangesNothing(t *testing.T) {
	db := open(t)
	s := feeds(t, db, "a")["a"]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	in, err := Incomings([]planet.Item{post("1", "", "One")})
	if err != nil {
		t.Fatal(err)
	}
	in[0].Settled(entryOf(in[0].Item))
	n := noteOf(s, noon, func(s *State) { s.ETag = "new" })
	if _, _, err := db.Record(ctx, n, Document{Items: in}); !errors.Is(err, context.Canceled) {
		t.Errorf("Record: %v", err)
	}
	all := Batch{At: noon, Starts: []State{s}, Notes: []Note{n}, Pauses: map[string]time.Time{"a.example": noon.Add(time.Hour)}}
	if err := db.Write(ctx, all); !errors.Is(err, context.Canceled) {
		t.Errorf("Write: %v", err)
	}
	if got := state(t, db, "a"); got.ETag != "" || !got.Fetched.IsZero() || count(t, db, "starts")+count(t, db, "hosts")+count(t, db, "fetches") != 0 {
		t.Errorf("something was written: %+v", got)
	}
	if n, err := db.Count(t.Context()); n != 0 || err != nil {
		t.Errorf("there are %d entries (%v)", n, err)
	}
	record(t, db, "a", noon, post("1", "", "One")) // the writer's connection has been given back
}
