// Package publish writes a site's files so that a visitor never sees half of one.
//
// Everything lies under the output folder; what the program needs for itself is in its folder .planet:
//
//	.planet/stage/         new files, whole and synced, before they take their places
//	.planet/manifest.json  which files the program wrote, and from what
//	.planet/hub.json       what a WebSub hub is still to be told of; it is package main's
package publish

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"planet/internal/planet"
)

// own is the program's folder under the output folder. It is inside, not beside it, since only inside is it certain that
// we may write and that a rename stays on one file system.
const own = ".planet"

// Changes counts what a publish did.
type Changes struct {
	Written, Unchanged, Removed int

	Paths []string // of what was written, sorted
	Sum   string   // State.Sum of what lies there now
}

// Dir makes dir hold exactly files, beside what others put there: changed files are replaced, each in one step; equal
// ones are not touched; those are removed that an earlier Dir wrote and that are no longer among files. Nothing changes
// before all files have come and lie whole on the disk beside their places. An error of files' own is returned as it is.
//
// Of made.Part the files are only those that may have changed: what an earlier Dir wrote stays, but for those that are Gone.
func Dir(ctx context.Context, dir string, files iter.Seq2[planet.File, error], made Made) (Changes, error) {
	made.At, made.Until = made.At.UTC(), made.Until.UTC()
	p := &publication{dir: dir, stage: filepath.Join(dir, own, "stage"), came: map[string]bool{}, next: manifest{Made: made, Files: map[string]entry{}}}
	changes, err := p.run(ctx, files)
	if err == nil {
		return changes, nil
	}
	os.RemoveAll(p.stage)
	var theirs filesError
	if errors.As(err, &theirs) {
		return Changes{}, theirs.error
	}
	return Changes{}, p.explain(err)
}

// Made says what the files were made from, and for which time. Current compares it.
type Made struct {
	Inputs string    `json:"inputs"` // names everything the files depend on but time
	Shared string    `json:"shared"` // names that part of it that all files have in common
	At     time.Time `json:"at"`     // they are right from then on
	Until  time.Time `json:"until"`  // when time alone changes them; zero: never
	Part   bool      `json:"-"`
	// Placed is called when all that is new is in its place, before what is gone is removed; nil: nobody is.
	Placed func() error `json:"-"`
}

// filesError is an error of those who make the files.
type filesError struct{ error }

type publication struct {
	dir, stage string
	next       manifest
	came       map[string]bool // paths of all files that have come
	changed    []string        // those staged, in the order of coming
	moving     bool            // files are being put into their places
}

func (p *publication) run(ctx context.Context, files iter.Seq2[planet.File, error]) (Changes, error) {
	if err := p.prepare(); err != nil {
		return Changes{}, err
	}
	last, err := readManifest(p.dir)
	if err != nil {
		return Changes{}, err
	}
	if p.next.Part {
		maps.Copy(p.next.Files, last.Files)
	}
	for f, err := range files {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return Changes{}, filesError{err}
		}
		if err := p.add(f); err != nil {
			return Changes{}, err
		}
	}
	if err := p.consistent(); err != nil {
		return Changes{}, err
	}
	gone := p.gone(last)
	early, err := p.clear(gone)
	if err != nil {
		return Changes{}, err
	}
	if err := p.writable(gone); err != nil {
		return Changes{}, err
	}
	c := Changes{Written: len(p.changed), Unchanged: len(p.next.Files) - len(p.changed), Removed: len(gone), Paths: slices.Sorted(slices.Values(p.changed))}
	if c.Written+c.Removed > 0 {
		// Whatever happens between here and the end, the next run knows all files that are ours.
		if err := writeManifest(p.dir, ptr(p.next.union(last))); err != nil {
			return Changes{}, err
		}
	}
	p.moving = true
	if err := p.remove(early); err != nil {
		return Changes{}, err
	}
	if err := p.place(); err != nil {
		return Changes{}, err
	}
	if p.next.Placed != nil && c.Written+c.Removed > 0 {
		if err := p.next.Placed(); err != nil {
			return Changes{}, filesError{err}
		}
	}
	if err := p.remove(gone); err != nil {
		return Changes{}, err
	}
	if err := os.RemoveAll(p.stage); err != nil {
		return Changes{}, err
	}
	if c.Written+c.Removed > 0 || last.Inputs != p.next.Inputs || last.Shared != p.next.Shared || !last.Until.Equal(p.next.Until) || p.next.At.Before(last.At) {
		err := writeManifest(p.dir, &p.next)
		c.Sum = p.next.sum
		return c, err
	}
	c.Sum = last.sum
	return c, nil
}

func ptr(m manifest) *manifest { return &m }

// consistent refuses files of which one would have to be the folder of another.
func (p *publication) consistent() error {
	for name := range p.next.Files {
		for d := path.Dir(name); d != "."; d = path.Dir(d) {
			if _, file := p.next.Files[d]; file {
				return fmt.Errorf("%s can't be published beside %s: one would be the folder of the other", name, d)
			}
		}
	}
	return nil
}

// prepare makes the folders, and clears what a killed run left.
func (p *publication) prepare() error {
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return err
	}
	if err := os.RemoveAll(p.stage); err != nil {
		return err
	}
	return os.MkdirAll(p.stage, 0o755)
}

// add stages f if it differs from what is published.
func (p *publication) add(f planet.File) error {
	if !ours(f.Path) {
		return fmt.Errorf("%q can't be the path of a published file", f.Path)
	}
	if p.came[f.Path] {
		return fmt.Errorf("two files are to be published as %s", f.Path)
	}
	p.came[f.Path] = true
	if f.Gone {
		delete(p.next.Files, f.Path)
		return nil
	}
	size := int64(len(f.Data))
	if f.Source != "" {
		info, err := os.Stat(f.Source)
		if err != nil {
			return filesError{err}
		}
		size = info.Size()
	}
	p.next.Files[f.Path] = entry{Size: size}
	if p.published(f, size) {
		return nil
	}
	p.changed = append(p.changed, f.Path)
	return p.stageFile(p.staged(len(p.changed)-1), f)
}

func (p *publication) stageFile(to string, f planet.File) error {
	if f.Source == "" {
		return writeSynced(to, bytes.NewReader(f.Data))
	}
	from, err := os.Open(f.Source)
	if err != nil {
		return filesError{err}
	}
	defer from.Close()
	return writeSynced(to, from)
}

// published tells whether f is in its place already. A link in its place is replaced, also one to the same bytes: what
// it leads to is somebody else's to change.
func (p *publication) published(f planet.File, size int64) bool {
	info, err := os.Lstat(p.at(f.Path))
	if err != nil || !info.Mode().IsRegular() || info.Size() != size {
		return false
	}
	if f.Source != "" {
		return true
	}
	old, err := os.ReadFile(p.at(f.Path))
	return err == nil && bytes.Equal(old, f.Data)
}

// ours tells whether name can be that of a published file: inside the output folder, but not in the program's own.
func ours(name string) bool {
	return fs.ValidPath(name) && name != "." && name != own && !strings.HasPrefix(name, own+"/") && !strings.ContainsRune(name, 0)
}

func (p *publication) at(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }
func (p *publication) staged(i int) string   { return filepath.Join(p.stage, strconv.Itoa(i)) }

func writeSynced(name string, data io.Reader) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, data)
	return errors.Join(err, f.Sync(), f.Close())
}

// place moves the staged files to their places: new ones first, since nothing links to them yet and two of them may link to
// each other; and of both, what is linked to before what links to it.
func (p *publication) place() error {
	order := make([]int, len(p.changed))
	for i := range order {
		order[i] = i
	}
	replaces := map[string]int{} // 1: something is there
	for _, name := range p.changed {
		if _, err := os.Lstat(p.at(name)); err == nil {
			replaces[name] = 1
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(replaces[p.changed[a]]-replaces[p.changed[b]], inOrder(p.changed[a], p.changed[b]))
	})
	for _, i := range order {
		to := p.at(p.changed[i])
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.Rename(p.staged(i), to); err != nil {
			return err
		}
	}
	return nil
}

// inOrder orders paths so that what is linked to comes before what links to it.
func inOrder(a, b string) int {
	return cmp.Or(rank(a)-rank(b), strings.Count(b, "/")-strings.Count(a, "/"))
}

func rank(name string) int {
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".br") // siblings go with their files
	top, _, inside := strings.Cut(name, "/")
	switch {
	case top == "assets" || top == "images":
		return 0
	case inside && (top == "p" || top[0] >= '0' && top[0] <= '9'):
		return 1 // posts, and the archive, to which all others link
	case inside:
		return 2 // deeper ones first: a list of tags comes after the tags
	case path.Ext(name) == ".html":
		return 3
	}
	return 4 // feeds: they link to the pages, and tell the world
}

// explain says what to do where that is known.
func (p *publication) explain(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("output %s can't be written (%w); check the folder's rights, or change output: in feeds.yaml", p.dir, err)
	case noSpace(err) && p.moving:
		return fmt.Errorf("output %s: the disk is full (%w); some files are new and some old, run again when there is room", p.dir, err)
	case noSpace(err):
		return fmt.Errorf("output %s: the disk is full (%w); the site is as it was, run again when there is room", p.dir, err)
	}
	return fmt.Errorf("output %s: %w", p.dir, err)
}
