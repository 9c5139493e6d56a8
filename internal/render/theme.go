package render

import (
	"bytes"
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
	"time"

	"planet/internal/planet"
	"planet/templates"
)

// pages are the templates that are pages by themselves; the others are parts of them.
var pages = []string{"river.html", "404.html"}

// A Theme is a set of parsed templates and the assets they use.
type Theme struct {
	templates *template.Template
	assets    map[string][]byte // by path under the site's root: assets/style.css
	origin    map[string]string // file of the theme → where it was read, for messages
	hash      string
}

// Load reads the built-in theme, with the files of the folder dir (if not "") laid over it file by file. A broken template is
// an error that names file and line.
func Load(dir string) (*Theme, error) {
	builtIn, err := fs.Sub(templates.FS, "default")
	if err != nil {
		return nil, fmt.Errorf("built-in theme: %w", err)
	}
	files, origin := map[string][]byte{}, map[string]string{}
	if err := read(builtIn, "built-in theme: ", files, origin); err != nil {
		return nil, err
	}
	if dir != "" {
		if _, err := os.ReadDir(dir); err != nil { // its message names the folder, which those of os.DirFS don't
			return nil, fmt.Errorf("theme: %w", err)
		}
		own := map[string][]byte{}
		if err := read(os.DirFS(dir), filepath.Clean(dir)+string(filepath.Separator), own, origin); err != nil {
			return nil, err
		}
		if len(own) == 0 {
			return nil, fmt.Errorf("theme %s holds neither a template (*.html) nor a file in assets/", dir)
		}
		maps.Copy(files, own)
	}
	t := &Theme{assets: map[string][]byte{}, origin: origin, hash: hash(files)}
	if err := t.parse(files); err != nil || dir == "" {
		return t, err
	}
	return t, t.rehearse()
}

// rehearse renders a page of every kind of post, and each empty page: the mistakes of a theme show before any feed is
// asked, and not when the first podcast comes.
func (t *Theme) rehearse() error {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	full := planet.Entry{
		FeedID: "a", PublishedID: "1", Link: "https://a.example/1", Title: "T", Lang: "ar", Dir: "rtl", Content: "<p>C</p>", Text: strings.Repeat("word ", 5000),
		Excerpt: "E", Tags: []string{"t"}, Comments: "https://a.example/c", Authors: []planet.Person{{Name: "N", URI: "https://a.example/n"}},
		Enclosures: []planet.Enclosure{{URL: "https://a.example/e.ogg", Type: "audio/ogg", Title: "E", Length: 1}, {URL: "https://a.example/f"}},
		Source:     &planet.Source{Title: "S", Link: "https://s.example/"}, Published: at, Updated: at, FirstSeen: at,
		Copies: []planet.Copy{{FeedID: "b", Link: "https://b.example/1"}},
	}
	long, bare, untitled := full, planet.Entry{FeedID: "b", PublishedID: "2", FirstSeen: at}, full
	long.PublishedID, long.Content = "3", strings.Repeat("<p>word word word word word word word word word word</p>", 500)
	untitled.PublishedID, untitled.Untitled = "4", true
	site := Site{
		Title: "T", URL: "https://p.example/", Description: "D", Lang: "en", Owner: planet.Person{Name: "O", Email: "o@p.example"},
		Avatars: map[string]string{"a": "assets/avatars/a.png"}, Frames: []string{"https://f.example"}, Links: []Link{{"Atom", "atom.xml", "application/atom+xml"}, {"OPML", "opml.xml", "text/x-opml"}},
		Feeds: []planet.Feed{{ID: "a", Name: "A", Site: "https://a.example/", URL: "https://a.example/feed", Groups: []string{"g"}, Extra: map[string]string{"k": "v"}}, {ID: "b", Name: "B"}},
	}
	teased := full
	teased.PublishedID, teased.Teaser = "5", "<p>E</p>"
	for _, mode := range []planet.Mode{planet.Full, planet.Excerpt, planet.Link} {
		site.Mode = mode
		for _, err := range t.River(site, River{Entries: []planet.Entry{full, long, bare, untitled, teased}, PerPage: 2}) {
			if err != nil {
				return err
			}
		}
	}
	for _, empty := range []Empty{NoFeeds, Failing, Filtered, Waiting} {
		for _, err := range t.River(site, River{Empty: empty}) {
			if err != nil {
				return err
			}
		}
	}
	_, err := t.NotFound(site)
	return err
}

// read gathers a theme's files: the templates beside each other at the top, and everything in assets. What else lies in a
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
		case !strings.HasPrefix(name, "assets/") && (path.Dir(name) != "." || path.Ext(name) != ".html"):
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

// parse makes templates of the *.html files. Executing each page once, without data, makes html/template check the contexts
// that values stand in, so that such mistakes show at once and not with the first post.
func (t *Theme) parse(files map[string][]byte) error {
	t.templates = template.New("").Option("missingkey=zero")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasPrefix(name, "assets/") {
			t.assets[name] = files[name]
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
		if err := t.templates.ExecuteTemplate(io.Discard, name, &Page{theme: t}); err != nil {
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
