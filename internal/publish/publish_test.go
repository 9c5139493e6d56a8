package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
)

// site is files by path.
type site map[string]string

func (s site) files() iter.Seq2[planet.File, error] { return s.breaking(nil) }

// breaking yields the files, and then the error.
func (s site) breaking(err error) iter.Seq2[planet.File, error] {
	return func(yield func(planet.File, error) bool) {
		for name, data := range s {
			if !yield(planet.File{Path: name, Data: []byte(data)}, nil) {
				return
			}
		}
		if err != nil {
			yield(planet.File{}, err)
		}
	}
}

func publish(t *testing.T, dir string, s site) Changes {
	t.Helper()
	c, err := Dir(t.Context(), dir, s.files(), Made{Inputs: "inputs"})
	if err != nil {
		t.Fatal(err)
	}
	wantTidy(t, dir)
	return c
}

// wantTidy checks that nothing staged is left.
func wantTidy(t *testing.T, dir string) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(dir, own, "*")); len(left) > 1 || len(left) == 1 && filepath.Base(left[0]) != "manifest.json" {
		t.Errorf("left behind: %v", left)
	}
}

// read gives all files under dir but the program's own.
func read(t *testing.T, dir string) site {
	t.Helper()
	s := site{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == own {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		s[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantSite(t *testing.T, dir string, want site) {
	t.Helper()
	if diff := cmp.Diff(want, read(t, dir)); diff != "" {
		t.Errorf("the folder (-want +got):\n%s", diff)
	}
}

func write(t *testing.T, name, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

var first = site{"index.html": "one", "atom.xml": "one", "assets/style.css": "one", "authors/ann/index.html": "one", "tags/go/index.html": "go"}

func TestDirHoldsExactlyTheFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "public")
	if c := publish(t, dir, first); !same(c, Changes{Written: 5}) {
		t.Errorf("the first: %+v", c)
	}
	wantSite(t, dir, first)
	write(t, filepath.Join(dir, "mine", "notes.txt"), "kept")
	write(t, filepath.Join(dir, "tags", "CNAME"), "kept")
	second := site{"index.html": "two", "atom.xml": "one", "assets/style.css": "one", "authors/bea/index.html": "two"}
	if c := publish(t, dir, second); !same(c, Changes{Written: 2, Unchanged: 2, Removed: 2}) {
		t.Errorf("the second: %+v", c)
	}
	want := site{"mine/notes.txt": "kept", "tags/CNAME": "kept"}
	for k, v := range second {
		want[k] = v
	}
	wantSite(t, dir, want)
	for _, name := range []string{"authors/ann", "tags/go"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the empty folder %s is left (%v)", name, err)
		}
	}
	if c := publish(t, dir, site{}); !same(c, Changes{Removed: 4}) {
		t.Errorf("nothing at all: %+v", c)
	}
	wantSite(t, dir, site{"mine/notes.txt": "kept", "tags/CNAME": "kept"})
}

func TestB92EqualBytesAreLeftUntouched(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, first)
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	names := []string{own + "/manifest.json"}
	for name := range first {
		names = append(names, name)
	}
	for _, name := range names {
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if c := publish(t, dir, first); !same(c, Changes{Unchanged: 5}) {
		t.Errorf("%+v", c)
	}
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || !info.ModTime().Equal(old) {
			t.Errorf("%s was written again (%v)", name, err)
		}
	}
}

func TestWhatIsMissingOrEditedIsPutRight(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, first)
	for _, spoil := range []func(name string) error{
		os.Remove,
		func(name string) error { return os.RemoveAll(filepath.Dir(name)) },
		func(name string) error { return os.WriteFile(name, []byte("ONE"), 0o644) }, // the same length
		func(name string) error { return os.WriteFile(name, nil, 0o644) },
		func(name string) error { return errors.Join(os.Remove(name), os.Symlink("/etc/passwd", name)) },
		func(name string) error { return errors.Join(os.Remove(name), os.Symlink("nowhere", name)) },
		func(name string) error { // a link to the very same bytes is somebody else's to change
			return errors.Join(os.Rename(name, name+".bak"), os.Symlink("index.html.bak", name))
		},
	} {
		name := filepath.Join(dir, "authors", "ann", "index.html")
		if err := spoil(name); err != nil {
			t.Fatal(err)
		}
		if c := publish(t, dir, first); c.Written != 1 {
			t.Errorf("%+v", c)
		}
		os.Remove(name + ".bak") //nolint:errcheck // mostly there is none
		wantSite(t, dir, first)
		if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
			t.Errorf("it is no file: %v, %v", info, err)
		}
	}
	if _, err := os.Stat("/etc/passwd"); err != nil {
		t.Error("the link's target was harmed:", err)
	}
}

func TestB91ErrorOnTheWayLeavesEverythingUntouched(t *testing.T) {
	broken := errors.New("the theme is broken")
	dir := t.TempDir()
	if _, err := Dir(t.Context(), dir, first.breaking(broken), Made{Inputs: "x"}); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	wantSite(t, dir, site{})
	publish(t, dir, first)
	next := site{"index.html": "two", "new/index.html": "two"}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, try := range map[string]func() error{
		"one the folder of another": func() error {
			_, err := Dir(t.Context(), dir, site{"index.html": "two", "new": "", "new/index.html": ""}.files(), Made{Inputs: "x"})
			return err
		},
		"a broken theme": func() error { _, err := Dir(t.Context(), dir, next.breaking(broken), Made{Inputs: "x"}); return err },
		"a stopped run":  func() error { _, err := Dir(ctx, dir, next.files(), Made{Inputs: "x"}); return err },
		"a path twice":   func() error { _, err := Dir(t.Context(), dir, twice, Made{Inputs: "x"}); return err },
		"an absolute path": func() error {
			_, err := Dir(t.Context(), dir, site{"/etc/x": ""}.files(), Made{Inputs: "x"})
			return err
		},
	} {
		err := try()
		theirs := name == "a broken theme" || name == "a stopped run" // an error of whoever makes the files says nothing of the folder
		if err == nil || strings.Contains(err.Error(), "output "+dir) == theirs {
			t.Errorf("%s: the error is %v", name, err)
		}
		wantTidy(t, dir)
		wantSite(t, dir, first)
		if _, ok := current(t, dir, "inputs", time.Now()); !ok {
			t.Errorf("after %s the folder isn't what it was", name)
		}
	}
}

func twice(yield func(planet.File, error) bool) {
	_ = yield(planet.File{Path: "a", Data: []byte("1")}, nil) && yield(planet.File{Path: "a", Data: []byte("2")}, nil)
}

func TestPathsOutsideTheFolderAreRefused(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"", ".", "..", "../x", "a/../../x", "/x", "a//b", "a/", "./a", ".planet", ".planet/manifest.json", ".planet/stage/0", "a\x00b"} {
		if _, err := Dir(t.Context(), dir, site{name: "x"}.files(), Made{Inputs: ""}); err == nil {
			t.Errorf("%q is published", name)
		}
	}
	publish(t, dir, site{".planetary/x": "fine", ".well-known/x": "fine", "käse/日本.html": "fine", "a b/c?d#e%f.html": "fine"})
}

func TestB91ReaderNeverSeesHalfAFile(t *testing.T) {
	dir := t.TempDir()
	version := func(n int) site {
		body := strings.Repeat(fmt.Sprintf("version %d\n", n), 2000)
		return site{"index.html": body, "atom.xml": body, "page/2/index.html": body}
	}
	valid := map[string]bool{}
	for n := range 30 {
		valid[version(n)["index.html"]] = true
	}
	publish(t, dir, version(0))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for name := range version(0) {
		readers.Go(func() {
			for {
				data, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil || !valid[string(data)] {
					t.Errorf("%s: a reader sees %d bytes (%v)", name, len(data), err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for n := range 30 {
		publish(t, dir, version(n))
	}
	close(done)
	readers.Wait()
}

// What pages need comes before them, and what links to them after.
func TestB91OrderOfAppearance(t *testing.T) {
	var last int
	for _, name := range []string{"assets/style.css", "p/1/index.html", "index.html", "atom.xml"} {
		if r := rank(name); r < last {
			t.Errorf("%s comes too early", name)
		} else {
			last = r
		}
	}
}

// same compares the numbers of changes.
func same(a, b Changes) bool {
	return a.Written == b.Written && a.Unchanged == b.Unchanged && a.Removed == b.Removed
}

// current tells how many files lie in dir, and whether they are as they should be.
func current(t *testing.T, dir, inputs string, at time.Time) (files int, ok bool) {
	t.Helper()
	s, err := Look(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s.Files, s.Current(inputs, at)
}

// A part of the files leaves the others as they are; what is gone goes, and nothing else does.
func TestAPartLeavesTheOthers(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, site{"index.html": "1", "2026/11/index.html": "a", "tags/go/index.html": "t", "tags/go/atom.xml": "f"})
	made := Made{Inputs: "part", Shared: "all", At: time.Now(), Part: true}
	files := []planet.File{{Path: "index.html", Data: []byte("2")}, {Path: "tags/go/index.html", Gone: true}, {Path: "tags/go/atom.xml", Gone: true}, {Path: "p/x/index.html", Gone: true}}
	c, err := Dir(t.Context(), dir, func(yield func(planet.File, error) bool) {
		for _, f := range files {
			if !yield(f, nil) {
				return
			}
		}
	}, made)
	if err != nil || !same(c, Changes{Written: 1, Unchanged: 1, Removed: 2}) || !slices.Equal(c.Paths, []string{"index.html"}) {
		t.Errorf("%+v, %v", c, err)
	}
	wantSite(t, dir, site{"index.html": "2", "2026/11/index.html": "a"})
	if n, ok := current(t, dir, "part", made.At); n != 2 || !ok {
		t.Errorf("%d files; current: %v", n, ok)
	}
	if err := os.Remove(filepath.Join(dir, "2026/11/index.html")); err != nil {
		t.Fatal(err)
	}
	if _, ok := current(t, dir, "part", made.At); ok {
		t.Error("a file is missing that was no part of the last files")
	}
}

// What is linked to comes before what links to it.
func TestOrderOfPlacing(t *testing.T) {
	want := []string{
		"assets/style.css", "images/1.png", "2026/11/index.html", "p/e-1/index.html", "authors/ada/index.html", "page/2/index.html",
		"archive/index.html", "tags/index.html", "index.html", "atom.xml", "opml.xml",
	}
	got := slices.Clone(want)
	slices.Sort(got)
	slices.SortStableFunc(got, inOrder)
	for i, name := range want {
		if inOrder(got[i], name) != 0 {
			t.Fatalf("the order is %v", got)
		}
	}
}
