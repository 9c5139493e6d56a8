package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
)

// unlooked are the titles of the entries to be looked through.
func unlooked(t *testing.T, db *DB) string {
	t.Helper()
	list, err := db.Unlooked(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, e := range list {
		texts = append(texts, e.Content)
	}
	return strings.Join(texts, ", ")
}

func follow(t *testing.T, db *DB, yes bool) {
	t.Helper()
	if err := db.FollowImages(t.Context(), yes); err != nil {
		t.Fatal(err)
	}
}

// said is a post that says something.
func said(guid, words string) planet.Item {
	it := post(guid, "https://ada.example/"+guid, "Post "+guid)
	it.Content = text(words)
	return it
}

// shows keeps that posts show pictures, by the posts' guids.
func shows(t *testing.T, db *DB, at time.Time, urls map[string][]string) {
	t.Helper()
	var list []Showing
	for guid, u := range urls {
		list = append(list, Showing{Seq: seq(t, db, guid), Rest: u})
	}
	if err := db.Looked(t.Context(), list, at); err != nil {
		t.Fatal(err)
	}
}

func seq(t *testing.T, db *DB, guid string) (n int64) {
	t.Helper()
	if err := db.read.QueryRowContext(t.Context(), "select id from entries where guid = ?", guid).Scan(&n); err != nil {
		t.Fatalf("%s: %v", guid, err)
	}
	return n
}

// due are the pictures to be asked for, of these feeds.
func due(t *testing.T, db *DB, at time.Time, full, excerpts string) string {
	t.Helper()
	list, err := db.ImagesDue(t.Context(), strings.Fields(full), strings.Fields(excerpts), at, 100)
	if err != nil {
		t.Fatal(err)
	}
	var urls []string
	for _, i := range list {
		urls = append(urls, i.URL)
	}
	return strings.Join(urls, " ")
}

func asked(t *testing.T, db *DB, at time.Time, images ...Image) {
	t.Helper()
	if err := db.ImagesAsked(t.Context(), images, at); err != nil {
		t.Fatal(err)
	}
}

// came puts a picture there.
func came(t *testing.T, db *DB, url, data string) string {
	t.Helper()
	name, err := db.KeepImage([]byte(data), "png")
	if err != nil {
		t.Fatal(err)
	}
	asked(t, db, noon, Image{URL: url, Name: name, Width: 4, Height: 3, Bytes: int64(len(data))})
	return name
}

// staleOnes are the guids of the entries that are to be judged and shown anew.
func staleOnes(t *testing.T, db *DB) string {
	t.Helper()
	rows, err := db.read.QueryContext(t.Context(), "select e.guid from standings s join entries e on e.id = s.entry_id where s.stale order by e.guid")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var guids []string
	for rows.Next() {
		var g string
		if err := rows.Scan(&g); err != nil {
			t.Fatal(err)
		}
		guids = append(guids, g)
	}
	return strings.Join(guids, " ")
}

func TestWhatCameOrChangedIsLookedThrough(t *testing.T) {
	db := open(t)
	feeds(t, db, "ada")
	record(t, db, "ada", noon, said("2", "two"), said("1", "one"))
	if got := unlooked(t, db); got != "" || count(t, db, "unlooked") != 0 {
		t.Errorf("nobody asked for it: %s", got)
	}
	follow(t, db, true)
	if got := unlooked(t, db); got != "two, one" {
		t.Errorf("at first all are: %s", got)
	}
	shows(t, db, noon, map[string][]string{"1": nil, "2": nil})
	follow(t, db, true)
	if got := unlooked(t, db); got != "" {
		t.Errorf("all have been: %s", got)
	}
	record(t, db, "ada", noon.Add(time.Hour), said("3", "three"), said("2", "two"), said("1", "one, edited"))
	if got := unlooked(t, db); got != "three, one, edited" {
		t.Errorf("one new, one edited: %s", got)
	}
	follow(t, db, false)
	if got := unlooked(t, db); got != "" {
		t.Errorf("it isn't wanted any more: %s", got)
	}
	record(t, db, "ada", noon.Add(2*time.Hour), said("4", "four"))
	if count(t, db, "unlooked") != 0 {
		t.Error("it costs something though nobody wants it")
	}
	follow(t, db, true)
	if got := unlooked(t, db); got != "four, three, two, one, edited" {
		t.Errorf("again all: %s", got)
	}
}

func TestPicturesOfTheNewestPostsAreDueFirst(t *testing.T) {
	db := open(t)
	feeds(t, db, "ada", "bob", "eve")
	dated := func(guid string, daysAgo int) planet.Item {
		it := said(guid, "words")
		it.Published = noon.AddDate(0, 0, -daysAgo)
		return it
	}
	record(t, db, "ada", noon, dated("a1", 1), dated("a9", 9))
	record(t, db, "bob", noon, dated("b5", 5), dated("b3", 3))
	recordDoc(t, db, "eve", noon, Document{Version: 1, Suspect: "another author"}, dated("e2", 2))
	shows(t, db, noon, map[string][]string{"a1": {"u:1", "u:both"}, "a9": {"u:9", "u:both"}, "b5": {"u:5"}, "e2": {"u:2"}})
	if err := db.Looked(t.Context(), []Showing{{Seq: seq(t, db, "b3"), Teaser: []string{"u:3"}, Rest: []string{"u:3more"}}}, noon); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ full, excerpts, want string }{
		{"ada bob eve", "", "u:1 u:both u:3 u:3more u:5 u:9"}, // eve's feed is held
		{"ada", "bob", "u:1 u:both u:3 u:9"},
		{"bob", "", "u:3 u:3more u:5"},
		{"", "", ""},
	} {
		got := strings.Fields(due(t, db, noon, tt.full, tt.excerpts))
		want := strings.Fields(tt.want)
		slices.Sort(got[:min(2, len(got))]) // of one post, in whatever order
		if len(got) > 3 && len(want) == 6 {
			slices.Sort(got[2:4])
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q and excerpts of %q: %q; want %q", tt.full, tt.excerpts, got, want)
		}
	}
	exec(t, db, "update standings set reason = 'Block' where entry_id = ?", seq(t, db, "b5"))
	exec(t, db, "update standings set reason = 'Flood' where entry_id = ?", seq(t, db, "a9"))
	if got := due(t, db, noon, "ada bob", ""); strings.Contains(got, "u:5") || !strings.Contains(got, "u:9") {
		t.Errorf("what is hidden shows nothing, what is archived does: %s", got)
	}
	asked(t, db, noon, Image{URL: "u:1", Failures: 1, NextTry: noon.Add(time.Hour), Error: "404"}, Image{URL: "u:both", Failures: 4, Error: "404"}, Image{URL: "u:3", Name: "n.png"})
	if got := due(t, db, noon, "ada bob", ""); got != "u:3more u:9" {
		t.Errorf("of what was asked for: %s", got)
	}
	if got := due(t, db, noon.Add(time.Hour), "ada bob", ""); got != "u:1 u:3more u:9" {
		t.Errorf("an hour later: %s", got)
	}
	if list, err := db.ImagesDue(t.Context(), []string{"ada"}, nil, noon.Add(time.Hour), 1); err != nil || len(list) != 1 || list[0].Failures != 1 {
		t.Errorf("at most one: %+v, %v", list, err)
	}
}

func TestAPictureThatComesChangesItsPosts(t *testing.T) {
	db := open(t)
	feeds(t, db, "ada")
	record(t, db, "ada", noon, said("1", "one"), said("2", "two"), said("3", "three"))
	shows(t, db, noon, map[string][]string{"1": {"u:x", "u:y"}, "2": {"u:x"}})
	exec(t, db, "update standings set stale = 0")
	before := revision(t, db)
	asked(t, db, noon, Image{URL: "u:x", Failures: 1, NextTry: noon.Add(time.Hour), Error: "404"})
	if got := staleOnes(t, db); got != "" || revision(t, db) != before {
		t.Errorf("nothing came, and anew are %s", got)
	}
	name := came(t, db, "u:x", "picture")
	if got := staleOnes(t, db); got != "1 2" || revision(t, db) == before {
		t.Errorf("anew are %q, at revision %s", got, revision(t, db))
	}
	got, err := db.Images(t.Context(), []int64{seq(t, db, "1"), seq(t, db, "3")})
	want := map[string]Image{"u:x": {URL: "u:x", Name: name, Width: 4, Height: 3, Bytes: 7}, "u:y": {URL: "u:y", NextTry: noon}}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	if err := os.Rename(db.ImageFile(name), db.ImageFile(name)+".away"); err != nil {
		t.Fatal(err)
	}
	if lost, err := db.Images(t.Context(), []int64{seq(t, db, "1")}); err != nil || lost["u:x"].Name != "" {
		t.Errorf("its file is gone: %+v, %v", lost["u:x"], err)
	}
	// Who shows later what is here already, shows it at once.
	exec(t, db, "update standings set stale = 0")
	before = revision(t, db)
	shows(t, db, noon, map[string][]string{"3": {"u:x"}})
	if got := staleOnes(t, db); got != "3" || revision(t, db) == before {
		t.Errorf("anew are %q", got)
	}
	if none, err := db.Images(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("of nothing: %v, %v", none, err)
	}
}

func TestPicturesAreKeptByWhatIsInThem(t *testing.T) {
	db := open(t)
	one := came(t, db, "u:1", "the same")
	two := came(t, db, "u:2", "the same")
	if one != two || !imageName.MatchString(one) {
		t.Errorf("the names are %s and %s", one, two)
	}
	if data, err := os.ReadFile(db.ImageFile(one)); string(data) != "the same" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	if got, want := db.ImageFile(one), filepath.Join(filepath.Dir(db.path), "planet.images", one[:2], one); got != want {
		t.Errorf("it is at %s; want %s", got, want)
	}
	if err := os.WriteFile(db.ImageFile(one), []byte("the"), 0o600); err != nil { // as a disk may leave it
		t.Fatal(err)
	}
	came(t, db, "u:1", "the same")
	if data, _ := os.ReadFile(db.ImageFile(one)); string(data) != "the same" {
		t.Errorf("half a file stays: %q", data)
	}
	if left, _ := filepath.Glob(filepath.Join(db.imageDir(), "*", halfWritten+"*")); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
}

func TestSweepingPutsFilesAndPostsRight(t *testing.T) {
	db := open(t)
	feeds(t, db, "ada")
	record(t, db, "ada", noon, said("1", "one"), said("2", "two"), said("3", "three"))
	shows(t, db, noon, map[string][]string{"1": {"u:own", "u:shared", "u:twin"}, "2": {"u:shared", "u:lost", "u:same"}})
	names := map[string]string{"u:own": "own", "u:shared": "shared", "u:twin": "same bytes", "u:same": "same bytes", "u:lost": "lost"}
	for url, data := range names {
		names[url] = came(t, db, url, data)
	}
	exec(t, db, "update standings set stale = 0")
	stray := db.ImageFile(strings.Repeat("a", 32) + ".png")
	foreign := []string{filepath.Join(db.imageDir(), "README"), filepath.Join(db.imageDir(), names["u:own"][:2], "notes.txt"), filepath.Join(db.imageDir(), "bb", strings.Repeat("a", 32)+".png")}
	half := filepath.Join(filepath.Dir(stray), halfWritten+"123")
	for _, path := range append(foreign, stray, half) {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(db.ImageFile(names["u:lost"])); err != nil {
		t.Fatal(err)
	}
	one, err := db.Traced(t.Context(), []int64{seq(t, db, "1")})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Forget(t.Context(), one, "", noon); err != nil {
		t.Fatal(err)
	}
	exec(t, db, "update standings set stale = 0")
	sweep := func(at time.Time, every time.Duration) {
		t.Helper()
		if err := db.SweepImages(t.Context(), at, every); err != nil {
			t.Fatal(err)
		}
	}
	there := func(path string) bool { _, err := os.Stat(path); return err == nil }
	before := revision(t, db)
	sweep(noon, 24*time.Hour)
	if there(db.ImageFile(names["u:own"])) || there(stray) || there(half) {
		t.Error("what nobody shows is still there")
	}
	if !there(db.ImageFile(names["u:shared"])) || !there(db.ImageFile(names["u:same"])) {
		t.Error("what somebody else shows is gone")
	}
	for _, path := range foreign {
		if !there(path) {
			t.Errorf("%s is gone, which isn't ours", path)
		}
	}
	if got := staleOnes(t, db); got != "2" || revision(t, db) == before {
		t.Errorf("anew is %q: it has lost a picture", got)
	}
	if got := due(t, db, noon, "ada", ""); got != "u:lost" {
		t.Errorf("to be asked for again: %q", got)
	}
	known, err := db.ImageNames(t.Context())
	if err != nil || len(known) != 2 || known[names["u:shared"]] != 6 || known[names["u:same"]] != 10 {
		t.Errorf("it knows %v, %v", known, err)
	}
	// A day later again, at once after the clock was wrong, and not before.
	if err := os.MkdirAll(filepath.Dir(stray), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stray, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	before = revision(t, db)
	if sweep(noon.Add(23*time.Hour), 24*time.Hour); !there(stray) {
		t.Error("it is swept too often")
	}
	if sweep(noon.Add(-time.Hour), 24*time.Hour); there(stray) {
		t.Error("it isn't swept")
	}
	if revision(t, db) != before {
		t.Error("sweeping alone changes what is shown")
	}
	if err := os.RemoveAll(db.imageDir()); err != nil {
		t.Fatal(err)
	}
	if sweep(noon, 0); due(t, db, noon, "ada", "") == "" {
		t.Error("all files are gone, and none is asked for")
	}
}

// A database of before has no pictures, and no folder for them.
func TestSweepingWithoutPictures(t *testing.T) {
	db := open(t, released(t))
	if err := db.SweepImages(t.Context(), noon, 0); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(db.imageDir()); err == nil {
		t.Error("a folder was made")
	}
}
