package site

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
	"planet/internal/selection"
	"planet/internal/store"
)

// A life is a planet to which things happen.
type life struct {
	*Builder
	t      *testing.T
	random *rand.Rand
	now    time.Time
	posts  map[string][]planet.Entry // of feeds: what their documents hold, newest first
	wrote  int
}

func newLife(t *testing.T, seed uint64) *life {
	l := &life{Builder: builder(t), t: t, random: rand.New(rand.NewPCG(seed, 1)), now: now, posts: map[string][]planet.Entry{}}
	l.Posts, l.PerPage, l.FeedEntries = seed%2 == 0, 3, 4
	l.Compress = []string{"gz"}
	l.Feeds = nil
	for i, id := range []string{"ada", "bob", "cy", "dan"} {
		l.Feeds = append(l.Feeds, planet.Feed{ID: id, Name: strings.ToUpper(id), URL: "https://" + id + ".example/feed", Groups: []string{"All", fmt.Sprint("G", i%2)}, Flood: 5})
	}
	l.Rules = selection.Rules{MaxAge: 60 * 24 * time.Hour}
	return l
}

// write gives a feed a new post of some day in the last hundred.
func (l *life) write(feed string) {
	l.wrote++
	at := l.now.Add(-time.Duration(l.random.IntN(100*24)) * time.Hour)
	e := planet.Entry{
		GUID: fmt.Sprint(feed, l.wrote), Title: fmt.Sprint("Post ", l.wrote), Link: fmt.Sprintf("https://%s.example/%d", feed, l.wrote), Published: at,
		Content: fmt.Sprintf("<p>Text %d</p>", l.wrote), Text: fmt.Sprint("Text ", l.wrote), Excerpt: fmt.Sprint("Text ", l.wrote),
	}
	for range l.random.IntN(3) {
		e.Tags = append(e.Tags, fmt.Sprint("tag ", l.random.IntN(6)))
	}
	e.Lang = []string{"", "de", "fr"}[l.random.IntN(3)]
	e.Canonical = planet.Canonical(e.Link)
	if all := l.posts["ada"]; feed != "ada" && len(all) > 0 && l.random.IntN(5) == 0 { // a copy
		e.Canonical = all[l.random.IntN(len(all))].Canonical
	}
	l.posts[feed] = slices.Insert(l.posts[feed], 0, e)
}

// record lets a feed's document be read.
func (l *life) record(feed string) {
	l.t.Helper()
	states, err := l.Store.SyncFeeds(l.t.Context(), l.Feeds)
	if err != nil {
		l.t.Fatal(err)
	}
	var items []planet.Item
	for _, e := range l.posts[feed] {
		items = append(items, planet.Item{GUID: e.GUID, Link: e.Link, Title: planet.Text{Type: planet.PlainText, Body: e.Title + e.Content + fmt.Sprint(e.Tags)}, Published: e.Published})
	}
	in, err := store.Incomings(items)
	if err != nil {
		l.t.Fatal(err)
	}
	for i, e := range l.posts[feed] {
		in[i].Settled(e)
	}
	is := states[feed]
	is.Fetched, is.Succeeded, is.LastStatus = l.now, l.now, 200
	if _, _, err := l.Store.Record(l.t.Context(), store.Note{Was: states[feed], Is: is}, store.Document{Version: 1, Items: in}); err != nil {
		l.t.Fatal(err)
	}
}

// happen does something, and tells what.
func (l *life) happen() string {
	id := l.Feeds[l.random.IntN(len(l.Feeds))].ID
	posts := l.posts[id]
	switch n := l.random.IntN(20); {
	case n < 8:
		l.write(id)
	case n < 10:
		for range 8 {
			l.write(id)
		}
	case n < 13 && len(posts) > 0:
		e := &posts[l.random.IntN(len(posts))]
		e.Title, e.Tags = e.Title+"!", []string{fmt.Sprint("tag ", l.random.IntN(6))}
	case n < 14 && len(posts) > 0:
		e := posts[l.random.IntN(len(posts))]
		l.Rules.Hide = append(l.Rules.Hide, planet.Hide{Link: e.Link})
		l.Config += "+"
		return "hide " + e.GUID
	case n < 15 && len(posts) > 0:
		e := posts[l.random.IntN(len(posts))]
		rows, err := l.Store.Find(l.t.Context(), e.Link)
		if err != nil {
			l.t.Fatal(err)
		}
		entries, err := l.Store.Traced(l.t.Context(), rows)
		if err != nil {
			l.t.Fatal(err)
		}
		if err := l.Store.Forget(l.t.Context(), entries, "", l.now); err != nil {
			l.t.Fatal(err)
		}
		return "forget " + e.GUID
	case n < 17:
		l.Config += "."
		return l.changeWhoIsHere()
	case n < 18:
		if err := l.Store.Release(l.t.Context(), id); err != nil {
			l.t.Fatal(err)
		}
		return "release " + id
	default:
		l.now = l.now.Add(time.Duration(l.random.IntN(20*24)) * time.Hour)
		return "wait until " + l.now.String()
	}
	l.record(id)
	return "read " + id
}

// changeWhoIsHere changes something of feeds.yaml that pages show of a feed.
func (l *life) changeWhoIsHere() string {
	i := l.random.IntN(len(l.Feeds))
	f := &l.Feeds[i]
	switch l.random.IntN(6) {
	case 0:
		f.Name += "x"
	case 1:
		f.Groups = []string{"All", fmt.Sprint("G", l.random.IntN(4))}
	case 2:
		f.Mode = []planet.Mode{planet.Full, planet.Excerpt, planet.Link}[l.random.IntN(3)]
	case 3:
		f.Paused = !f.Paused
	case 4:
		f.Lang = []string{"", "en", "it"}[l.random.IntN(3)]
	default:
		l.wrote++
		id := fmt.Sprint("new", l.wrote)
		l.Feeds = append(l.Feeds, planet.Feed{ID: id, Name: id, URL: "https://" + id + ".example/feed", Flood: 5})
		if len(l.Feeds) > 6 {
			l.Feeds = slices.Delete(l.Feeds, i, i+1)
		}
	}
	return fmt.Sprintf("now there are %+v", l.Feeds)
}

// TestAPartIsTheSameAsTheWhole publishes after each thing that happens what has changed by it, and then all anew: not a byte
// may differ, and no file may be left over. PLANET_LIVES is how many planets it is tried with.
func TestAPartIsTheSameAsTheWhole(t *testing.T) {
	t.Parallel()
	const steps = 18
	lives := 2
	if n, err := strconv.Atoi(os.Getenv("PLANET_LIVES")); err == nil {
		lives = n
	}
	for seed := range uint64(lives) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			l := newLife(t, seed)
			parts := 0
			for step := range steps {
				what := l.happen()
				r, err := l.Run(t.Context(), l.now)
				if err != nil {
					t.Fatalf("step %d, %s: %v", step, what, err)
				}
				part := tree(t, l.Out)
				if r.Written < len(part) {
					parts++
				}
				noLooseEnds(t, part)
				if err := os.RemoveAll(filepath.Join(l.Out, ".planet")); err != nil {
					t.Fatal(err)
				}
				out := l.Out
				l.Out = filepath.Join(t.TempDir(), "whole")
				if _, err = l.Run(t.Context(), l.now); err != nil {
					t.Fatal(err)
				}
				whole := tree(t, l.Out)
				if diff := cmp.Diff(whole, part); diff != "" {
					t.Fatalf("step %d, %s (-whole +part):\n%s", step, what, diff)
				}
				if err := os.Rename(filepath.Join(l.Out, ".planet"), filepath.Join(out, ".planet")); err != nil {
					t.Fatal(err)
				}
				l.Out = out
			}
			if parts < steps/3 {
				t.Errorf("only %d of %d builds left something as it was", parts, steps)
			}
		})
	}
}

// tree gives all published files.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == ".planet" {
			return cmpOr(err, fs.SkipDir)
		}
		if d.IsDir() {
			return nil
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func cmpOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// noLooseEnds follows the links of all pages within the site: each leads to a file, and to an element that is in it.
func noLooseEnds(t *testing.T, files map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".html") || name == "404.html" {
			continue
		}
		for _, m := range hrefs.FindAllStringSubmatch(files[name], -1) {
			to, anchor, ok := inSite(name, m[1])
			if !ok || strings.HasPrefix(to, "status/") {
				continue
			}
			target, there := files[to]
			if !there {
				t.Errorf("%s leads to %s (%s), which isn't there", name, m[1], to)
			} else if anchor != "" && !strings.Contains(target, `id="`+anchor+`"`) {
				t.Errorf("%s leads to %s, where there is no %s", name, m[1], anchor)
			}
		}
	}
}
