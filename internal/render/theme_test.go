package render

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"planet/templates"
)

// overlay writes a theme of one file.
func overlay(t *testing.T, name, text string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// errorOf loads a theme and renders with it, until something goes wrong.
func errorOf(dir string) error {
	theme, err := Load(dir)
	if err != nil {
		return err
	}
	site, entries := small()
	for _, err := range theme.River(site, River{Entries: entries}) {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestBrokenThemeNamesFileAndLine(t *testing.T) {
	for name, test := range map[string]struct{ file, text, want string }{
		"syntax":        {"entry.html", "<p>\n{{if}}", "entry.html:2: missing value for if"},
		"unclosed":      {"empty.html", "{{if .Empty}}", "empty.html:1: unexpected EOF"},
		"no such field": {"entry.html", "<article>\n\n{{.Titel}}</article>", "entry.html:3:2: executing \"entry.html\" at <.Titel>: can't evaluate field Titel in type render.Post"},
		"no such file":  {"head.html", "\n{{.Asset \"assets/nope.css\"}}", "head.html:2:2: executing \"head.html\" at <.Asset>: error calling Asset: the theme has no file \"assets/nope.css\""},
		"no such part":  {"foot.html", "{{template \"toes.html\"}}", "no such template \"toes.html\""},
		"bad context":   {"avatar.html", "{{if .Src}}<img src=\"{{end}}", "avatar.html:1"},
		"empty":         {"river.html", "", "river.html"},
	} {
		dir := overlay(t, test.file, test.text)
		err := errorOf(dir)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
			continue
		}
		if strings.HasPrefix(test.want, test.file+":") && !strings.HasPrefix(err.Error(), filepath.Join(dir, test.file)) {
			t.Errorf("%s: the message doesn't begin with the file: %v", name, err)
		}
	}
	if err := errorOf(filepath.Join(t.TempDir(), "nowhere")); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a theme that doesn't exist: %v", err)
	}
	if err := errorOf(overlay(t, "style.css", "")); err == nil || !strings.Contains(err.Error(), "holds neither") {
		t.Errorf("a theme without anything that is used: %v", err)
	}
}

func TestThemeLiesOverTheBuiltIn(t *testing.T) {
	site, entries := small()
	theme := load(t, overlay(t, "entry.html", "<article>mine: {{.Title}}</article>"))
	for file, err := range theme.River(site, River{Entries: entries}) {
		if err != nil {
			t.Fatal(err)
		}
		want(t, string(file.Data), "<article>mine: Steam, &amp; what it is &lt;for&gt;</article>", "Who is here")
	}
	hashes := map[string]bool{theme.Hash(): true, load(t, "").Hash(): true}
	hashes[load(t, overlay(t, "entry.html", "<article></article>")).Hash()] = true
	hashes[load(t, overlay(t, "assets/a", "b")).Hash()] = true
	hashes[load(t, overlay(t, "assets/ab", "")).Hash()] = true
	if len(hashes) != 5 || hashes[""] {
		t.Errorf("hashes of five themes: %v", hashes)
	}
}

// TestContract renders a theme that uses every field and method of the view, and looks all of them up in docs/theme.md: what
// authors of themes rely on doesn't change unnoticed.
func TestContract(t *testing.T) {
	site, entries := small()
	theme := load(t, filepath.Join("testdata", "theme"))
	var page string
	for file, err := range theme.River(site, River{Entries: entries}) {
		if err != nil {
			t.Fatal(err)
		}
		page = string(file.Data)
	}
	want(t, page, "asset assets/mine.txt?v=", " has\n", "style assets/style.css?v=", "style assets/custom.css?v=", "irc ines", "words 1/2 by |",
		"subscription All blogs (OPML) opml.xml text/x-opml false", "tag steam", "media https://cdn.example/e1.mp3?x=1 e1.mp3 audio/mpeg audio 24 MB")
	source, err := os.ReadFile(filepath.Join("testdata", "theme", "river.html"))
	if err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile(filepath.Join("..", "..", "docs", "theme.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, view := range []any{
		&Page{}, Sentence{}, Place{}, Subscription{}, Day{}, Face{}, Avatar{}, Author{}, Post{}, Media{}, Line{}, Stamp{}, Year{}, MonthLine{}, MemberLine{}, FeedStatus{}, HiddenLine{},
	} {
		kind := reflect.TypeOf(view)
		var names []string
		for i := range kind.NumMethod() {
			if name := kind.Method(i).Name; kind == reflect.TypeFor[*Page]() || name != "T" && name != "Around" && name != "Forms" { // these are everywhere
				names = append(names, name)
			}
		}
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		for i := range kind.NumField() {
			if field := kind.Field(i); field.IsExported() && !field.Anonymous {
				names = append(names, field.Name)
			}
		}
		_, section, found := strings.Cut(string(docs), "\n### "+kind.Name()+"\n")
		section, _, _ = strings.Cut(section, "\n### ")
		if !found {
			t.Errorf("docs/theme.md has no section %s", kind.Name())
		}
		for _, name := range names {
			if !strings.Contains(string(source), "."+name) {
				t.Errorf("testdata/theme/river.html doesn't use %s.%s", kind.Name(), name)
			}
			if !strings.Contains(section, "`."+name) {
				t.Errorf("docs/theme.md doesn't describe %s.%s", kind.Name(), name)
			}
		}
	}
}

func TestDocsNameEveryFileOfTheTheme(t *testing.T) {
	docs, err := os.ReadFile(filepath.Join("..", "..", "docs", "theme.md"))
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(templates.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if name := strings.TrimPrefix(strings.TrimPrefix(path, "plain/"), "default/"); !d.IsDir() && !strings.Contains(string(docs), "`"+name+"`") {
			t.Errorf("docs/theme.md doesn't name %s", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNotFoundAtAnyAddress checks the odd forms that a site's URL can have.
func TestNotFoundAtAnyAddress(t *testing.T) {
	for url, home := range map[string]string{
		"https://planet.example/": "/", "https://planet.example": "/", "": "/",
		"https://host.example/a%20b/c/": "/a%20b/c/",
	} {
		file, err := load(t, "").NotFound(Site{Title: "P", URL: url})
		if err != nil {
			t.Fatal(err)
		}
		if file.Path != "404.html" {
			t.Errorf("path %s", file.Path)
		}
		want(t, string(file.Data), `<a href="`+home+`"><bdi>P</bdi></a>`)
	}
}
