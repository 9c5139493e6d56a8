package publish

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// What was published and is to go, and what is in the way of what is to come.

// gone are the paths that an earlier run published and this one doesn't.
func (p *publication) gone(last manifest) []string {
	var out []string
	for name := range last.Files {
		if _, still := p.next.Files[name]; !still {
			out = append(out, name)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(inOrder(b, a), strings.Compare(a, b)) }) // what links before what is linked to
	return out
}

// clear looks whether anything is in the way of the files to come, before any of them is moved: a folder where a file
// must be, or a file where a folder must be. What an earlier run wrote and this one doesn't may go first; it is returned.
func (p *publication) clear(gone []string) (early []string, err error) {
	removable := map[string]bool{}
	for _, name := range gone {
		removable[name] = true
	}
	seen := map[string]bool{}
	for _, name := range p.changed {
		for d := path.Dir(name); d != "." && !seen[d]; d = path.Dir(d) {
			seen[d] = true
			if _, err := os.Lstat(p.at(d)); err != nil {
				continue // nothing there, which MkdirAll may find otherwise
			}
			switch info, err := os.Stat(p.at(d)); {
			case err == nil && info.IsDir():
			case removable[d]:
				early = append(early, d)
			default:
				return nil, fmt.Errorf("%s is no folder, but %s is to be published in one of that name; move it away", p.at(d), name)
			}
		}
		if info, err := os.Lstat(p.at(name)); err != nil || !info.IsDir() {
			continue
		}
		inside, all := p.within(name, removable)
		if !all {
			return nil, fmt.Errorf("%s is a folder, but a file is to be published there; move it away", p.at(name))
		}
		early = append(early, inside...)
	}
	return early, nil
}

// writable looks whether all folders in which something is to change may be written, before anything does.
func (p *publication) writable(gone []string) error {
	asked := map[string]bool{}
	for _, name := range slices.Concat(p.changed, gone) {
		for d := path.Dir(name); !asked[d]; d = path.Dir(d) {
			asked[d] = true
			info, err := os.Stat(p.at(d))
			if err != nil {
				continue // it is to be made, in the one above it
			}
			if err := writable(p.at(d)); err != nil && info.IsDir() {
				return &fs.PathError{Op: "write", Path: p.at(d), Err: err}
			}
			break
		}
	}
	return nil
}

// within lists the files under the folder name; all tells that it holds nothing but removable files and their folders.
func (p *publication) within(name string, removable map[string]bool) (inside []string, all bool) {
	emptied, folders := map[string]bool{}, []string{}
	err := filepath.WalkDir(p.at(name), func(at string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(p.dir, at)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case e.IsDir():
			folders = append(folders, rel)
		case !removable[rel]:
			return fs.ErrExist
		default:
			inside = append(inside, rel)
			for d := path.Dir(rel); d != "." && !emptied[d]; d = path.Dir(d) {
				emptied[d] = true
			}
		}
		return nil
	})
	return inside, err == nil && !slices.ContainsFunc(folders, func(d string) bool { return !emptied[d] })
}

// remove deletes files, and the folders that are empty then. What is a folder by now, or lies behind a link, isn't ours.
func (p *publication) remove(names []string) error {
	for _, name := range names {
		info, err := os.Lstat(p.at(name))
		if err == nil && (info.IsDir() || p.linked(name)) {
			continue
		}
		if err == nil {
			err = os.Remove(p.at(name))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return err
		}
		for d := path.Dir(name); d != "."; d = path.Dir(d) {
			if info, err := os.Lstat(p.at(d)); err != nil || !info.IsDir() || os.Remove(p.at(d)) != nil {
				break // not empty
			}
		}
	}
	return nil
}

// linked tells whether a folder on the way to name is a link.
func (p *publication) linked(name string) bool {
	for d := path.Dir(name); d != "."; d = path.Dir(d) {
		if info, err := os.Lstat(p.at(d)); err == nil && !info.IsDir() {
			return true
		}
	}
	return false
}
