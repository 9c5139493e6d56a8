package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// absolute makes a path of feeds.yaml, which is relative to the file's folder, absolute.
func (d *decoder) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(d.c.Dir, filepath.FromSlash(path))
}

// path reads a path that need not exist yet.
func (d *decoder) path(dst *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "a path")
		switch {
		case !ok:
		case s == "":
			d.mistake(n, d.at.name+" is empty", d.example())
		case s == "~" || strings.HasPrefix(s, "~/"):
			d.mistake(n, d.at.name+`: "~" is not understood here`, "write the whole path, or one relative to this file's folder")
		case strings.ContainsRune(s, 0):
			d.mistake(n, d.at.name+": a path holds no zero byte", d.example())
		default:
			*dst = d.absolute(s)
		}
	}
}

// folder reads the path of a folder that must exist.
func (d *decoder) folder(dst *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "a folder")
		if !ok {
			return
		}
		info, err := os.Stat(d.absolute(s))
		switch {
		case err != nil:
			d.missing(n, s, err)
		case !info.IsDir():
			d.mistake(n, fmt.Sprintf("%s: %q is a file, not a folder", d.at.name, short(s)), "name the folder that holds it")
		default:
			*dst = d.absolute(s)
		}
	}
}

// theme reads a folder that must exist, or a built-in theme's name where there is no such folder.
func (d *decoder) theme(dst *string) func(*yaml.Node) {
	folder := d.folder(dst)
	return func(n *yaml.Node) {
		if slices.Contains(BuiltInThemes, n.Value) {
			if _, err := os.Stat(d.absolute(n.Value)); errors.Is(err, fs.ErrNotExist) {
				*dst = n.Value
				return
			}
		}
		folder(n)
	}
}

// BuiltInThemes are the names of themes that are part of the program.
var BuiltInThemes = []string{"default", "plain"}

// images are the file names that an avatar may have.
var images = []string{".png", ".jpg", ".jpeg", ".gif", ".webp"}

func (d *decoder) avatar(dst *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "a file")
		if !ok {
			return
		}
		if d.avatars[s] || d.isAvatar(n, s) {
			d.avatars[s] = true
			*dst = d.absolute(s)
		}
	}
}

func (d *decoder) isAvatar(n *yaml.Node, s string) bool {
	if strings.Contains(s, "://") {
		d.mistake(n, "avatar is a file beside feeds.yaml, not an address", "download the image and write its file name")
		return false
	}
	info, err := os.Stat(d.absolute(s))
	switch ext := strings.ToLower(filepath.Ext(s)); {
	case err != nil:
		d.missing(n, s, err)
	case !info.Mode().IsRegular():
		d.mistake(n, fmt.Sprintf("avatar: %q is not a file", short(s)), d.example())
	case !slices.Contains(images, ext):
		d.mistake(n, fmt.Sprintf("avatar: %q is not an image that every browser shows", short(s)), "it must be a png, jpg, gif or webp file")
	default:
		return true
	}
	return false
}

// missing reports a path where nothing is, and looks for a name like it beside it.
func (d *decoder) missing(n *yaml.Node, path string, err error) {
	if !errors.Is(err, fs.ErrNotExist) {
		d.mistake(n, fmt.Sprintf("%s: %q: %s", d.at.name, short(path), reason(err)), "")
		return
	}
	hint := "the path is relative to the folder of " + filepath.Base(d.c.Path)
	const few = 100 // looking around takes time, and of many mistakes only the first are printed
	if len(d.mistakes) < few {
		if name := neighbour(d.absolute(path)); name != "" {
			hint = didYouMean(filepath.ToSlash(filepath.Join(filepath.Dir(path), name)))
		}
	}
	d.mistake(n, fmt.Sprintf("%s: there is no %q", d.at.name, short(path)), hint)
}

// neighbour is the file that has a name most like a path's, in the same folder.
func neighbour(path string) string {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return ""
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(1000) // only a hint: not worth more in a folder that large
	slices.Sort(names)
	return nearest(filepath.Base(path), names)
}

// finishPaths completes the paths that feeds.yaml left out, and checks that publishing overwrites nothing of ours.
func (d *decoder) finishPaths() {
	c := d.c
	c.Output, c.Database = d.absolute(c.Output), d.absolute(c.Database)
	output, database := d.nodes.output, d.nodes.database
	if output != nil {
		info, err := os.Stat(c.Output)
		switch {
		case c.Output == c.Dir:
			d.mistake(output, "output must not be the folder of feeds.yaml itself", "name a folder of its own: output: public")
		case within(c.Dir, c.Output):
			d.mistake(output, "output must not be a folder that holds feeds.yaml", "name a folder of its own: output: public")
		case err == nil && !info.IsDir():
			d.mistake(output, "output is a file, not a folder", "name a folder of its own: output: public")
		}
	}
	if database != nil {
		if info, err := os.Stat(c.Database); err == nil && info.IsDir() {
			d.mistake(database, "database is a folder, not a file", "name the file: database: planet.db")
		}
	} else {
		database = output
	}
	const apart = "keep them apart: output: public, database: planet.db"
	switch {
	case database == nil: // both are the defaults
	case c.Database == c.Output:
		d.mistake(database, "output and database are the same path", apart)
	case within(c.Database, c.Output) && !within(c.Dir, c.Output):
		d.mistake(database, "the database would lie in output and be published", apart)
	}
}

// within says whether a path lies in a folder, or is it.
func within(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
