package collect

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/planet"
	"planet/internal/store"
)

// number asks the database file, as another process does.
func (b *bench) number(query string) (n int) {
	b.t.Helper()
	db, err := sql.Open("sqlite", "file:"+b.path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(b.t.Context(), query).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

// hold has the database to itself, as another process that writes, until it is released.
func (b *bench) hold() (release func()) {
	b.t.Helper()
	db, err := sql.Open("sqlite", "file:"+b.path)
	if err != nil {
		b.t.Fatal(err)
	}
	tx, err := db.Conn(b.t.Context())
	if err == nil {
		_, err = tx.ExecContext(b.t.Context(), "begin immediate")
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return func() {
		if _, err := tx.ExecContext(b.t.Context(), "rollback"); err != nil {
			b.t.Error(err)
		}
		db.Close()
	}
}

// many are n feeds that the store knows.
func (b *bench) many(n int) (list []planet.Feed, states []store.State) {
	b.t.Helper()
	for i := range n {
		list = append(list, feed(fmt.Sprint("f", i), fmt.Sprint("http://f.example/", i)))
	}
	all, err := b.Store.SyncFeeds(b.t.Context(), list)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range list {
		states = append(states, all[f.ID])
	}
	return list, states
}

// Those that come while one is being written share the next transaction. Another process holds the database until all are there.
func TestAThousandStartsShareTransactions(t *testing.T) {
	t.Parallel()
	const n = 1000
	b := newBench(t)
	list, states := b.many(n)
	w := &writer{db: b.Store, now: b.now, last: time.Now()}
	release := b.hold()
	var all sync.WaitGroup
	begin := func(i int) {
		all.Go(func() {
			if err := w.start(t.Context(), states[i]); err != nil {
				t.Error(err)
			}
			is := states[i]
			is.Started, is.Fetched, is.LastStatus, is.ETag = noon, noon, 304, fmt.Sprint(i)
			w.note(t.Context(), store.Note{Was: states[i], Is: is})
		})
	}
	until := func(is func() bool) {
		for {
			w.mu.Lock()
			ok := is()
			w.mu.Unlock()
			if ok {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
	begin(0)
	until(func() bool { return w.writing && len(w.waiting) == 0 }) // the first is being written
	for i := 1; i < n; i++ {
		begin(i)
	}
	until(func() bool { return len(w.waiting) == n-1 })
	release()
	all.Wait()
	// Each transaction with starts leaves a row.
	rows, kept := b.number("select count(*) from starts"), b.number("select count(distinct value) from starts, json_each(starts.feeds)")
	if rows != 2 || kept != n {
		t.Errorf("%d starts are kept in %d transactions", kept, rows)
	}
	if err := w.finish(t.Context(), true); err != nil {
		t.Error(err)
	}
	if n := b.number("select count(*) from starts"); n != 0 {
		t.Errorf("all outcomes are known, but %d starts are left", n)
	}
	after, err := b.Store.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range list {
		if tag := after[f.ID].ETag; tag != fmt.Sprint(i) {
			t.Errorf("the outcome of %s isn't kept: %q", f.ID, tag)
		}
	}
	if got := b.number("select count(*) from fetches"); got != n {
		t.Errorf("%d outcomes are kept; want %d", got, n)
	}
}

// start returns when the start can be read in the file; note needn't.
func TestB28StartIsKeptWhenStartReturns(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, states := b.many(3)
	w := &writer{db: b.Store, now: b.now, last: time.Now()}
	for i := range states {
		w.note(t.Context(), store.Note{Was: states[i], Is: states[i]})
		if err := w.start(t.Context(), states[i]); err != nil {
			t.Fatal(err)
		}
		if n := b.number("select count(*) from starts"); n != i+1 {
			t.Errorf("%d starts are kept; want %d", n, i+1)
		}
	}
}

func TestNotesWaitForCompanyButNotForLong(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, states := b.many(2)
	w := &writer{db: b.Store, now: b.now, last: time.Now()}
	w.note(t.Context(), store.Note{Was: states[0], Is: states[0]})
	if w.writing || len(w.batch.Notes) != 1 {
		t.Errorf("the first note is written at once: %t, %d wait", w.writing, len(w.batch.Notes))
	}
	w.last = time.Now().Add(-notesWait)
	w.note(t.Context(), store.Note{Was: states[1], Is: states[1]})
	for range 1000 {
		if b.number("select count(*) from fetches") == 2 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := w.finish(t.Context(), false); err != nil || b.number("select count(*) from fetches") != 2 {
		t.Errorf("%v, %d outcomes are kept", err, b.number("select count(*) from fetches"))
	}
}

func TestWriterPassesItsFirstErrorOn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, states := b.many(3)
	b.sql("create trigger full before insert on starts begin select raise(abort, 'on purpose'); end")
	w := &writer{db: b.Store, now: b.now, last: time.Now()}
	if err := w.start(t.Context(), states[0]); err == nil || !strings.Contains(err.Error(), "on purpose") {
		t.Errorf("the error is %v", err)
	}
	b.sql("drop trigger full")
	w.note(t.Context(), store.Note{Was: states[1], Is: states[1]})
	if err := w.start(t.Context(), states[1]); err == nil {
		t.Error("it went on after an error")
	}
	if err := w.finish(t.Context(), true); err == nil || b.number("select count(*) from fetches") != 0 {
		t.Errorf("the error is %v; %d outcomes are kept", err, b.number("select count(*) from fetches"))
	}
}

// No request goes out whose start couldn't be kept, and the run says why.
func TestB28NoRequestWithoutItsStart(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	b.sql("create trigger full before insert on starts begin select raise(abort, 'on purpose'); end")
	if _, err := b.try(false, feed("a", s.URL), feed("b", s.URL+"/b")); err == nil || !strings.Contains(err.Error(), "on purpose") {
		t.Errorf("the error is %v", err)
	}
	if n := len(s.Requests("")); n != 0 {
		t.Errorf("%d requests went out", n)
	}
}

// A failure that can't be kept ends the run too, though nobody waits for it.
func TestNoteThatCantBeKeptEndsTheRun(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	b.sql("create trigger full before insert on fetches begin select raise(abort, 'on purpose'); end")
	if _, err := b.try(false, feed("a", s.URL)); err == nil || !strings.Contains(err.Error(), "on purpose") {
		t.Errorf("the error is %v", err)
	}
	if b.number("select count(*) from starts") != 1 {
		t.Error("the start is forgotten, though nobody knows how it ended")
	}
}

func TestPausesOnlyGrow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := &writer{db: b.Store, now: b.now}
	for _, h := range []time.Duration{2, 5, 3} {
		w.pause("a.example", noon.Add(h*time.Hour))
	}
	if err := w.finish(t.Context(), true); err != nil {
		t.Error(err)
	}
	paused, err := b.Store.Paused(t.Context(), noon)
	if got := paused["a.example"]; err != nil || !got.Equal(noon.Add(5*time.Hour)) {
		t.Errorf("%v, paused until %s", err, got)
	}
}
