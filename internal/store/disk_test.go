package store

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"planet/internal/planet"
)

func TestB90FullDiskLosesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		if os.Getenv("PLANET_DISKFULL") == "required" {
			t.Fatal("PLANET_DISKFULL=required, but no small disk can be mounted:", err)
		}
		t.Skip("no small disk can be mounted; PLANET_DISKFULL=required makes that a failure:", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) }) //nolint:errcheck // the test is over
	path := filepath.Join(dir, "planet.db")
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := feeds(t, db, "a")["a"]
	kept := 0
	for i := 0; ; i++ {
		in, err := Incomings([]planet.Item{post(strconv.Itoa(i)+"a", "", strings.Repeat("x", 20_000)), post(strconv.Itoa(i)+"b", "", "y")})
		if err != nil {
			t.Fatal(err)
		}
		for k := range in {
			in[k].Settled(entryOf(in[k].Item))
		}
		_, _, err = db.Record(t.Context(), noteOf(s, noon, func(s *State) { s.ETag = strconv.Itoa(i) }), Document{Items: in})
		if err != nil {
			if want := "database " + path + ": the disk is full"; !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v; want %q", err, want)
			}
			break
		}
		if kept += 2; i > 1000 {
			t.Fatal("the disk is never full")
		}
	}
	if n, err := db.Count(t.Context()); n != kept || err != nil {
		t.Errorf("%d entries (%v); want %d", n, err, kept)
	}
	if got := state(t, db, "a").ETag; got != strconv.Itoa(kept/2-1) {
		t.Errorf("the validator is %q: not that of the last document that was kept", got)
	}
}
