package publish

import (
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"planet/internal/planet"
)

// File puts one file into dir that changes at every run and isn't of the site that Dir keeps.
func File(dir string, f planet.File) error {
	if err := os.MkdirAll(filepath.Join(dir, own), 0o755); err != nil {
		return err
	}
	name := filepath.Join(dir, filepath.FromSlash(f.Path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	t, err := renameio.NewPendingFile(name, renameio.WithTempDir(filepath.Join(dir, own)), renameio.WithPermissions(0o644))
	if err != nil {
		return err
	}
	defer t.Cleanup() //nolint:errcheck // after the file is in place there is nothing to clean up
	if _, err := t.Write(f.Data); err != nil {
		return err
	}
	return t.CloseAtomicallyReplace()
}

// Replace writes a file whole or not at all, with the rights that it had. A symbolic link stays one: what it names is replaced.
func Replace(path string, data []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return renameio.WriteFile(path, data, info.Mode().Perm(), renameio.IgnoreUmask())
}
