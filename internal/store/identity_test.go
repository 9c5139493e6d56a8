package store

import (
	"math/rand/v2"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"planet/internal/planet"
)

// ids are the published ids of all entries, by link.
func ids(t *testing.T, db *DB) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, e := range river(t, db) {
		if out[e.Link] != "" {
			t.Errorf("two entries have the link %s", e.Link)
		}
		out[e.Link] = e.PublishedID
	}
	return out
}

func wantIDs(t *testing.T, db *DB, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, ids(t, db)); diff != "" {
		t.Errorf("published ids by link (-want +got):\n%s", diff)
	}
}

func TestB76OneGuidTwoLinksAreTwoEntries(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	one, two := post("g", "https://a.example/1", "One"), post("g", "https://a.example/2", "Two")
	if n, _ := record(t, db, "a", noon, two, one); n != 2 {
		t.Fatalf("%d entries are new; want 2", n)
	}
	want := map[string]string{"https://a.example/1": "g", "https://a.example/2": "g#" + shortHash("https://a.example/2")}
	wantIDs(t, db, want)
	before := river(t, db)
	for _, doc := range [][]planet.Item{{one, two}, {two}, {one}, {two, one, two}, {}} {
		if added, updated := record(t, db, "a", noon.Add(time.Hour), doc...); added+updated != 0 {
			t.Errorf("%d items that are known: %d new and %d updated", len(doc), added, updated)
		}
	}
	if diff := cmp.Diff(before, river(t, db)); diff != "" {
		t.Error(diff)
	}
	// Each is updated as itself, also alone.
	two.Title.Body = "Two, edited"
	if added, updated := record(t, db, "a", noon.Add(time.Hour), two); added != 0 || updated != 1 {
		t.Errorf("the edited one: %d new and %d updated", added, updated)
	}
	wantIDs(t, db, want)
	one.Content.Body = "now with text"
	if added, updated := record(t, db, "a", noon.Add(time.Hour), two, one); added != 0 || updated != 1 {
		t.Errorf("the other edited one: %d new and %d updated", added, updated)
	}
	if all := river(t, db); all[0].Title+all[1].Title != "Two, editedOne" {
		t.Errorf("titles are %q and %q", all[0].Title, all[1].Title)
	}
}

// Some feeds give all their posts one guid; the document is a window that moves on.
func TestB76FeedOfOneGuidLosesNothing(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	var all []planet.Item
	for i := range 12 {
		all = append([]planet.Item{post("https://a.example/", "https://a.example/"+strconv.Itoa(i), "Post "+strconv.Itoa(i))}, all...)
		n := 3
		if i > 8 {
			n = 1 // and in the end it is very short
		}
		if added, updated := record(t, db, "a", noon.Add(time.Duration(i)*time.Hour), all[:min(n, len(all))]...); added != 1 || updated != 0 {
			t.Errorf("post %d: %d new and %d updated; want 1 and 0", i, added, updated)
		}
	}
	got := ids(t, db)
	if len(got) != 12 || got["https://a.example/0"] != "https://a.example/" {
		t.Errorf("there are %d entries, the first published as %q", len(got), got["https://a.example/0"])
	}
	for _, e := range river(t, db) {
		if "Post "+e.Link[len("https://a.example/"):] != e.Title {
			t.Errorf("%s has the title %q", e.Link, e.Title)
		}
	}
}

func TestGuidThatOccursOnceIsOneEntryWhateverItsLink(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	record(t, db, "a", noon, post("g", "http://a.example/old", "One"))
	for _, link := range []string{"https://a.example/new", "", "https://b.example/"} {
		if added, updated := record(t, db, "a", noon.Add(time.Hour), post("g", link, "One")); added != 0 || updated != 1 {
			t.Errorf("moved to %q: %d new and %d updated", link, added, updated)
		}
	}
	wantIDs(t, db, map[string]string{"https://b.example/": "g"})
}

func TestB75GuidOfAnotherFeedIsAnotherEntry(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b", "c", "d")
	record(t, db, "a", noon, post("g", "https://a.example/1", "Of a"))
	record(t, db, "b", noon, post("g", "https://b.example/1", "Of b"))
	record(t, db, "c", noon, post("g", "https://b.example/1", "Of b, again"))
	got := map[string]string{}
	for _, e := range river(t, db) {
		got[e.FeedID+" "+e.GUID] = e.PublishedID
	}
	hash := "g#" + shortHash("https://b.example/1")
	third := got["c g"]
	if len(got) != 3 || got["a g"] != "g" || got["b g"] != hash || !strings.HasPrefix(third, "g#") || third == hash {
		t.Errorf("published ids are %v", got)
	}
	// Whose id looks like what we made gets another one.
	record(t, db, "d", noon, post(hash, "https://d.example/1", "Of d"))
	if n, _ := record(t, db, "d", noon, post(hash, "https://d.example/1", "Of d")); n != 0 {
		t.Error("it is new again")
	}
	for _, e := range river(t, db) {
		if e.FeedID == "d" && e.PublishedID != hash+"#"+shortHash("https://d.example/1") {
			t.Errorf("d's entry is published as %q", e.PublishedID)
		}
	}
}

func TestB75ItemsWithoutGuid(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	link := post("", "https://a.example/1", "By link")
	dated := post("", "", "By title and date")
	undated := planet.Item{Title: text("By title and text"), Content: text("some text")}
	bare := planet.Item{Content: text("by text alone")}
	doc := []planet.Item{link, dated, undated, bare}
	if n, _ := record(t, db, "a", noon, doc...); n != 4 {
		t.Errorf("%d are new; want 4", n)
	}
	if n, m := record(t, db, "a", noon.Add(time.Hour), bare, link, undated, dated); n+m != 0 {
		t.Errorf("again: %d new, %d updated", n, m)
	}
	link.Title.Body, dated.Content.Body = "By link, edited", "edited"
	if n, m := record(t, db, "a", noon.Add(time.Hour), link, dated); n != 0 || m != 2 {
		t.Errorf("edited: %d new, %d updated; want 0 and 2", n, m)
	}
	if n, _ := record(t, db, "b", noon, bare); n != 1 {
		t.Error("the same text in another feed is no other entry")
	}
	for _, e := range river(t, db) {
		if e.GUID == "" || e.PublishedID == "" || e.Link != "" && e.PublishedID != e.Link {
			t.Errorf("%q has the guid %q and is published as %q", e.Title, e.GUID, e.PublishedID)
		}
	}
}

// Where all items link to the home page, and have no guid, they are told apart by what they say.
func TestB76ItemsWithoutGuidThatShareALink(t *testing.T) {
	db := open(t)
	feeds(t, db, "a")
	doc := []planet.Item{post("", "https://a.example/", "Three"), post("", "https://a.example/", "Two"), post("", "https://a.example/", "One")}
	if n, _ := record(t, db, "a", noon, doc...); n != 3 {
		t.Errorf("%d are new; want 3", n)
	}
	if n, m := record(t, db, "a", noon, doc[2], doc[0], doc[1], doc[0]); n+m != 0 {
		t.Errorf("again: %d new, %d updated", n, m)
	}
	for i := range doc {
		doc[i].Content.Body = "now with text"
	}
	if n, m := record(t, db, "a", noon, doc...); n != 0 || m != 3 {
		t.Errorf("edited: %d new, %d updated; want 0 and 3", n, m)
	}
	if n, _ := record(t, db, "a", noon, post("", "https://a.example/", "Four"), doc[0]); n != 1 {
		t.Errorf("the next one: %d new", n)
	}
}

// Whoever writes a feed chooses its guids and links; nothing among them may make a run fail.
func TestHostileGuids(t *testing.T) {
	db := open(t)
	feeds(t, db, "a", "b")
	// Two links whose 8 digits are the same, found by trying.
	seen := map[string]string{}
	var l1, l2 string
	for i := 0; l2 == ""; i++ {
		l := "https://a.example/" + strconv.Itoa(i)
		if other, ok := seen[shortHash(l)]; ok {
			l1, l2 = other, l
		}
		seen[shortHash(l)] = l
	}
	doc := []planet.Item{
		post("g", "https://a.example/", "plain"), post("g", l1, "collides"), post("g", l2, "collides, too"),
		post("g#"+shortHash(l1), "https://a.example/x", "looks like a key"), post("g#"+shortHash(l1), l1, "looks so, too"),
		post("nul\x00inside", "https://a.example/n1", "NUL"), post("nul\x00inside", "https://a.example/n2", "NUL"),
		post("bad\xffutf8", "https://a.example/b1", "bytes"), post("bad\xfeutf8", "https://a.example/b2", "other bytes"),
		post("'); drop table entries; --", "https://a.example/q", "quote"), post(strings.Repeat("long", 2000), "", "long"),
		post("\u2028\u2029<&>\"\\", "", "escapes"), post("%", "", "percent"), post("_", "", "underscore"),
	}
	for _, feed := range []string{"a", "b"} {
		n, _ := record(t, db, feed, noon, doc...)
		if n != len(doc) {
			t.Errorf("%s: %d of %d are new", feed, n, len(doc))
		}
	}
	before := river(t, db)
	for range 5 {
		rand.Shuffle(len(doc), func(i, j int) { doc[i], doc[j] = doc[j], doc[i] })
		if n, m := record(t, db, "a", noon, doc[:1+rand.IntN(len(doc))]...); n+m != 0 {
			t.Errorf("again: %d new, %d updated", n, m)
		}
	}
	if diff := cmp.Diff(before, river(t, db), cmpopts.IgnoreFields(planet.Entry{}, "Gone")); diff != "" {
		t.Error(diff)
	}
}

// Whatever documents come, in whatever order: nothing is lost, and no entry's identity ever changes.
func TestIdentityHoldsForRandomDocuments(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2026, 11))
	for round := range 3 {
		db := open(t)
		names := []string{"a", "b", "c"}
		feeds(t, db, names...)
		ever := map[string]planet.Entry{} // by published id
		for step := range 30 {
			feed := names[rnd.IntN(len(names))]
			at := noon.Add(time.Duration(step) * time.Minute)
			var doc []planet.Item
			for range rnd.IntN(8) {
				guid, link := strconv.Itoa(rnd.IntN(5)), "https://x.example/"+strconv.Itoa(rnd.IntN(4))
				if rnd.IntN(4) == 0 {
					guid = ""
				}
				doc = append(doc, post(guid, link, "Title "+strconv.Itoa(rnd.IntN(3))))
			}
			record(t, db, feed, at, doc...)
			now := river(t, db)
			if len(now) < len(ever) {
				t.Fatalf("round %d: there were %d entries, now %d", round, len(ever), len(now))
			}
			for _, e := range now {
				if old, ok := ever[e.PublishedID]; ok && (old.FeedID != e.FeedID || old.GUID != e.GUID || !old.FirstSeen.Equal(e.FirstSeen)) {
					t.Fatalf("round %d: %s was %v, is %v", round, e.PublishedID, old, e)
				}
				ever[e.PublishedID] = e
			}
			if len(ever) != len(now) {
				t.Fatalf("round %d: %d entries have %d published ids over time", round, len(now), len(ever))
			}
			// The same document once more brings nothing new, and soon changes nothing: of items that contradict each other,
			// as these do, one may have been taken for what the other was before.
			updated := 0
			for range 3 {
				n, m := record(t, db, feed, at, doc...)
				if n != 0 {
					t.Fatalf("round %d: the same document again: %d new", round, n)
				}
				updated = m
			}
			if updated != 0 {
				t.Fatalf("round %d: the same document for the fourth time: %d updated", round, updated)
			}
		}
	}
}

func TestMatchIsNotQuadratic(t *testing.T) {
	const n = 20_000
	items, guids := make([]planet.Item, n), make([]string, n)
	stored := make([]*knownEntry, n)
	for i := range items {
		items[i] = post("g", "https://a.example/"+strconv.Itoa(i), "x")
		guids[i] = "g"
		stored[i] = &knownEntry{key: "g#" + shortHash(items[i].Link), guid: "g", link: items[n-1-i].Link}
	}
	in, err := Incomings(items)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	places := match(guids, in, stored, nil, nil)
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("it took %s", took)
	}
	if i := sort.Search(n, func(i int) bool { return places[i].known == nil }); i != n {
		t.Errorf("item %d has no entry", i)
	}
}
