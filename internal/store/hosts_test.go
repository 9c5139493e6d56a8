package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func wantPaused(t *testing.T, db *DB, now time.Time, want map[string]time.Time) {
	t.Helper()
	got, err := db.Paused(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("paused at %s (-want +got):\n%s", now.Format(time.DateTime), diff)
	}
}

func TestPausesAreNeverShortened(t *testing.T) {
	db := open(t)
	in := func(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }
	wantPaused(t, db, noon, map[string]time.Time{})
	write(t, db, Batch{At: in(0), Pauses: map[string]time.Time{"a.example": in(1), "b.example": in(3), "c.example": in(2)}})
	write(t, db, Batch{At: in(0), Pauses: map[string]time.Time{"a.example": in(2), "b.example": in(1), "c.example": in(2)}})
	wantPaused(t, reopen(t, db), noon, map[string]time.Time{"a.example": in(2), "b.example": in(3), "c.example": in(2)})
	wantPaused(t, db, in(2), map[string]time.Time{"b.example": in(3)})
	wantPaused(t, db, in(3), map[string]time.Time{})
	write(t, db, Batch{At: in(5), Pauses: map[string]time.Time{"b.example": in(6)}})
	wantPaused(t, db, in(5), map[string]time.Time{"b.example": in(6)})
	if err := db.Prune(t.Context(), in(4)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, "hosts"); n != 1 {
		t.Errorf("%d hosts are remembered; want the one whose pause isn't long over", n)
	}
}

// The clock was wrong once: that is no reason to leave a host alone for years.
func TestPauseSaidInTheFutureIsNone(t *testing.T) {
	db := open(t)
	wrong := noon.AddDate(70, 0, 0)
	write(t, db, Batch{At: wrong, Pauses: map[string]time.Time{"a.example": wrong.Add(time.Hour)}})
	wantPaused(t, db, noon, map[string]time.Time{})
	write(t, db, Batch{At: noon, Pauses: map[string]time.Time{"a.example": noon.Add(time.Hour)}})
	wantPaused(t, db, noon, map[string]time.Time{"a.example": noon.Add(time.Hour)})
	// A little is no wrong clock.
	write(t, db, Batch{At: noon.Add(-time.Second), Pauses: map[string]time.Time{"a.example": noon.Add(time.Minute)}})
	wantPaused(t, db, noon.Add(-time.Second), map[string]time.Time{"a.example": noon.Add(time.Hour)})
}
