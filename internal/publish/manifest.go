package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/google/renameio/v2"
)

// A manifest is what the program knows of a published folder.
type manifest struct {
	Made
	Files map[string]entry `json:"files"` // by path

	sum string // of the file that it was read from or written to
}

type entry struct {
	Size int64 `json:"size"`
}

func manifestPath(dir string) string { return filepath.Join(dir, own, "manifest.json") }

// readManifest gives the folder's manifest; an empty one where there is none. One that can't be read counts as none: then
// all files are compared again, and none is removed.
func readManifest(dir string) (manifest, error) {
	var m manifest
	data, err := os.ReadFile(manifestPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	if json.Unmarshal(data, &m) != nil {
		return manifest{}, nil
	}
	m.sum = sumOf(data)
	for name := range m.Files { // whoever wrote it: nothing outside the folder is ours
		if !ours(name) {
			delete(m.Files, name)
		}
	}
	return m, nil
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

func writeManifest(dir string, m *manifest) error {
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	m.sum = sumOf(append(data, '\n'))
	return renameio.WriteFile(manifestPath(dir), append(data, '\n'), 0o644, renameio.WithTempDir(filepath.Join(dir, own)))
}

// union is of the files of both manifests; it names no inputs, so that nobody takes the folder for finished.
func (m manifest) union(other manifest) manifest {
	u := manifest{Files: map[string]entry{}}
	for _, files := range []map[string]entry{other.Files, m.Files} {
		for name, e := range files {
			u.Files[name] = e
		}
	}
	return u
}

// A State is what lies in a folder that Dir wrote.
type State struct {
	Made
	Sum   string // names this very publication
	Files int    // that were written
	Whole bool   // none of them is missing or has another size

	paths map[string]entry
}

// Under are the paths of those files that begin so, sorted.
func (s State) Under(prefix string) (paths []string) {
	for path := range s.paths {
		if strings.HasPrefix(path, prefix) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// Look tells what lies in dir. A folder in which nothing was published has no Inputs.
func Look(dir string) (State, error) {
	m, err := readManifest(dir)
	if err != nil {
		return State{}, (&publication{dir: dir}).explain(err)
	}
	s := State{Made: m.Made, Sum: m.sum, Files: len(m.Files), Whole: true, paths: m.Files}
	for name, e := range m.Files {
		info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name)))
		s.Whole = s.Whole && err == nil && info.Mode().IsRegular() && info.Size() == e.Size
	}
	return s, nil
}

// Current tells whether what lies there, whole, was made from inputs and is right at now, so that there is nothing to do.
func (s State) Current(inputs string, now time.Time) bool {
	return s.Whole && inputs != "" && s.Inputs == inputs && !now.Before(s.At) && (s.Until.IsZero() || now.Before(s.Until))
}

// Was tells whether a site was published in dir.
func Was(dir string) bool {
	m, err := readManifest(dir)
	return err == nil && len(m.Files) > 0
}

func noSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
