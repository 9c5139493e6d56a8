package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
)

func give(t *testing.T, db *DB, from, to string) {
	t.Helper()
	if err := db.Write(t.Context(), Batch{Gifts: []Gift{{state(t, db, from), state(t, db, to)}}}); err != nil {
		t.Fatal(err)
	}
}

func TestGivenEntriesAreKnownThere(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b", "c")
	uuid := "urn:uuid:3af7c745-fd90-5206-929b-eaa6fe8941bf"
	doc := []planet.Item{
		post("g", "https://a.example/1", "By guid"), post("g", "https://a.example/2", "By guid and link"), post("", "https://a.example/3", "By link"),
		post("", "", "By title and date"),
		{Content: text("By its text alone")},
		post(uuid, "", "Another's UUID"),
	}
	record(t, db, "a", noon, doc...)
	record(t, db, "c", noon, post("own", "", "Of c"))
	before, rev := river(t, db), revision(t, db)
	give(t, db, "a", "b")
	after := river(t, db)
	if len(after) != len(before) || revision(t, db) == rev {
		t.Errorf("%d entries at %s; before %d at %s", len(after), revision(t, db), len(before), rev)
	}
	for i, e := range after {
		want := before[i]
		if want.FeedID == "a" {
			want.FeedID, want.AsFeed = "b", "b"
		}
		if want.Title == "By title and date" || want.Content == "By its text alone" {
			want.GUID = e.GUID // made of the feed's id
		}
		if diff := cmp.Diff(want, e); diff != "" {
			t.Errorf("%q (-want +got):\n%s", e.Title, diff)
		}
	}
	if n, m := record(t, db, "b", noon.Add(time.Hour), doc...); n+m != 0 {
		t.Errorf("the same document again: %d new, %d updated", n, m)
	}
	doc[3].Content.Body = "now with text"
	if n, m := record(t, db, "b", noon.Add(time.Hour), doc...); n != 0 || m != 1 {
		t.Errorf("edited: %d new, %d updated; want 0 and 1", n, m)
	}
	// Who gave them away may have entries again.
	if n, _ := record(t, db, "a", noon.Add(time.Hour), doc...); n != len(doc) {
		t.Errorf("%d are new of the giver; want %d", n, len(doc))
	}
}

func TestGiveNothingToWhoHasSome(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b", "c")
	record(t, db, "a", noon, post("1", "", "One"))
	record(t, db, "b", noon, post("2", "", "Two"))
	before, rev := river(t, db), revision(t, db)
	for _, way := range [][2]string{{"a", "b"}, {"a", "a"}, {"c", "a"}, {"c", "c"}} {
		give(t, db, way[0], way[1])
	}
	if err := db.Write(t.Context(), Batch{Gifts: []Gift{{state(t, db, "a"), State{Slug: "nobody"}}}}); err == nil {
		t.Error("entries are given to a feed that isn't there")
	}
	if diff := cmp.Diff(before, river(t, db)); diff != "" || revision(t, db) != rev {
		t.Errorf("at %s, before at %s: (-want +got)\n%s", revision(t, db), rev, diff)
	}
}
