package render

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"planet/internal/planet"
	"planet/templates"
)

// pages are the templates that are pages by themselves; the others are parts of them.
var pages = []string{
	"river.html", "month.html", "shelf.html", "post.html", "archive.html", "labels.html", "members.html", "status.html", "about.html", "search.html", "404.html",
}

// A Theme is a set of parsed templates and the assets they use.
type Theme struct {
	templates *template.Template
	words     map[string]*catalogue
	assets    map[string][]byte // by path under the site's root: assets/style.css
	origin    map[string]string // file of the theme → where it was read, for messages
	hash      string
}

// builtIns are the names of the themes that the program brings. "" is the first.
var builtIns = []string{"default", "plain"}

// Files are the templates, assets and words of a built-in theme, by their names in a theme's folder.
func Files(name string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, layer := range []string{"default", cmp.Or(name, "default")} { // what plain hasn't got it takes from the default theme
		if !slices.Contains(builtIns, layer) {
			return nil, fmt.Errorf("there is no built-in theme %q, only %s", name, strings.Join(builtIns, " and "))
		}
		fsys, err := fs.Sub(templates.FS, layer)
		if err != nil {
			return nil, fmt.Errorf("built-in theme: %w", err)
		}
		if err := read(fsys, "built-in theme: ", files, map[string]string{}); err != nil {
			return nil, err
		}
	}
	words, err := fs.Glob(templates.FS, "words/*.json")
	for _, name := range words {
		if files[name], err = fs.ReadFile(templates.FS, name); err != nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("built-in words: %w", err)
	}
	return files, nil
}

// Load reads a built-in theme by its name, or the built-in default theme with the files of the folder dir laid over it file by
// file, and the words text by text; "" is the default theme alone. A broken template is an error that names file and line.
func Load(dir string) (*Theme, error) {
	base := ""
	if slices.Contains(builtIns, dir) {
		base, dir = dir, ""
	}
	builtIn, err := Files(base)
	if err != nil {
		return nil, err
	}
	files := maps.Clone(builtIn)
	own, origin := map[string][]byte{}, map[string]string{}
	for name := range files {
		origin[name] = "built-in theme: " + name
	}
	if dir != "" {
		if _, err := os.ReadDir(dir); err != nil { // its message names the folder, which those of os.DirFS don't
			return nil, fmt.Errorf("theme: %w", err)
		}
		if err := read(os.DirFS(dir), filepath.Clean(dir)+string(filepath.Separator), own, origin); err != nil {
			return nil, err
		}
		if len(own) == 0 {
			return nil, fmt.Errorf("theme %s holds neither a template (*.html) nor a file in assets/ or words/", dir)
		}
		maps.Copy(files, own)
	}
	t := &Theme{assets: map[string][]byte{}, origin: origin}
	if t.words, err = gather(builtIn, own, origin); err != nil {
		return nil, err
	}
	t.hash = hash(files)
	if err := t.parse(files); err != nil || dir == "" {
		return t, err
	}
	return t, t.rehearse()
}

// read gathers a theme's files: the templates beside each other at the top, everything in assets, and the words. What else lies in a
// theme's folder, such as a README, is none of the site's business.
func read(fsys fs.FS, where string, files map[string][]byte, origin map[string]string) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("theme: %w", err)
		}
		switch {
		case name != "." && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		case !d.Type().IsRegular() && d.Type() != fs.ModeSymlink:
			return fmt.Errorf("theme: %s%s is no regular file", where, filepath.FromSlash(name))
		case !strings.HasPrefix(name, "assets/") && !isTemplate(name) && !isWords(name):
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("theme: %w", err)
		}
		files[name], origin[name] = data, where+filepath.FromSlash(name)
		return nil
	})
}

func isTemplate(name string) bool { return path.Dir(name) == "." && path.Ext(name) == ".html" }

func isWords(name string) bool { return path.Dir(name) == "words" && path.Ext(name) == ".json" }

// parse makes templates of the *.html files. Executing each page once, without data, makes html/template check the contexts
// that values stand in, so that such mistakes show at once and not with the first post.
func (t *Theme) parse(files map[string][]byte) error {
	t.templates = template.New("").Option("missingkey=zero")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !isTemplate(name) {
			if strings.HasPrefix(name, "assets/") {
				t.assets[name] = files[name]
			}
			continue
		}
		if _, err := t.templates.New(name).Parse(string(files[name])); err != nil {
			return t.explain(err)
		}
	}
	for _, name := range pages {
		if len(bytes.TrimSpace(files[name])) == 0 {
			return fmt.Errorf("%s: a page without anything on it", t.origin[name])
		}
		if err := t.templates.ExecuteTemplate(io.Discard, name, &Page{theme: t, speech: speech{t.words[source]}}); err != nil {
			return t.explain(err)
		}
	}
	return nil
}

// place is how html/template begins its messages: template: entry.html:12:5: …
var place = regexp.MustCompile(`^(?:html/)?template: ?([^:\s]+):(\d+(?::\d+)?)`)

// explain puts the file that a person can open before html/template's message, in the place of the template's name.
func (t *Theme) explain(err error) error {
	text := err.Error()
	if m := place.FindStringSubmatch(text); m != nil && t.origin[m[1]] != "" {
		text = t.origin[m[1]] + ":" + m[2] + strings.TrimPrefix(text, m[0])
	}
	return errors.New(text)
}

// hash covers names, lengths and bytes, so that no two themes look the same.
func hash(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%q %d\n", name, len(files[name]))
		h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Hash changes whenever a file of the theme does.
func (t *Theme) Hash() string { return t.hash }

// Assets yields what the pages need beside themselves: style sheet, script, icon.
func (t *Theme) Assets() iter.Seq2[planet.File, error] {
	return func(yield func(planet.File, error) bool) {
		for _, name := range slices.Sorted(maps.Keys(t.assets)) {
			if !yield(planet.File{Path: name, Data: t.assets[name]}, nil) {
				return
			}
		}
	}
}

// address is an asset's path with the beginning of its hash, so that browsers keep it until it changes.
func (t *Theme) address(name string) (string, error) {
	data, ok := t.assets[name]
	if !ok {
		return "", fmt.Errorf("the theme has no file %q", name)
	}
	sum := sha256.Sum256(data)
	return name + "?v=" + hex.EncodeToString(sum[:4]), nil
}
