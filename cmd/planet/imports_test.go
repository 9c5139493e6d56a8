package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which packages of this project each may import. A new arrow means editing this table, on purpose.
// Tests may import feedtest beside.
var mayImport = map[string]string{
	"internal/planet":    "",
	"internal/config":    "planet",
	"internal/fetch":     "",
	"internal/parse":     "planet",
	"internal/clean":     "planet",
	"internal/store":     "planet",
	"internal/picture":   "",
	"internal/collect":   "planet fetch parse clean store picture",
	"internal/selection": "planet",
	"internal/render":    "planet templates",
	"internal/syndicate": "planet",
	"internal/publish":   "planet",
	"internal/site":      "planet clean store selection render syndicate publish picture",
	"internal/feedtest":  "planet",
	"internal/bench":     "feedtest",
	"templates":          "",
	"cmd/planet":         "planet config fetch parse clean store collect selection render publish site picture feedtest",
}

// testsMayImport is what tests may import beside, to hold two packages against each other.
var testsMayImport = map[string]string{
	"internal/syndicate": "parse",
	"internal/bench":     "parse clean",
}

// owners says which packages may use a library: each has one owner, or a reason here for more. Test files are free.
var owners = map[string]string{
	"github.com/mmcdole/gofeed":          "internal/parse",
	"github.com/gorilla/feeds":           "internal/syndicate",
	"modernc.org/sqlite":                 "internal/store internal/bench", // bench: the floor inserts plainly
	"github.com/microcosm-cc/bluemonday": "internal/clean",
	"golang.org/x/net/html":              "internal/clean internal/bench", // bench: the floor tokenizes
	"golang.org/x/net/html/charset":      "internal/parse",
	"golang.org/x/net/publicsuffix":      "internal/collect", // whether two addresses are of one owner
	"golang.org/x/text/encoding":         "internal/parse",
	"golang.org/x/text/unicode/norm":     "internal/clean internal/config",
	"golang.org/x/text/width":            "internal/config",
	"golang.org/x/text/language":         "internal/clean internal/config internal/render internal/syndicate", // clean, syndicate: which tags are none; render: which catalogue
	"golang.org/x/text/feature/plural":   "internal/render",
	"golang.org/x/image":                 "internal/picture",
	"golang.org/x/net/idna":              "internal/clean internal/syndicate", // clean: which hosts are none
	"go.yaml.in/yaml/v4":                 "internal/config",
	"net/http":                           "internal/fetch internal/collect internal/feedtest internal/bench cmd/planet", // collect: names of statuses; cmd: the preview
	"code.dny.dev/ssrf":                  "internal/fetch",
	"github.com/andybalholm/brotli":      "internal/fetch internal/feedtest internal/site",            // feedtest: the server packs what fetch unpacks; site: pages.compress
	"github.com/klauspost/compress/zstd": "internal/fetch internal/store internal/feedtest",           // fetch unpacks answers, store packs raw items
	"github.com/google/uuid":             "internal/store internal/syndicate",                         // ids of entries that have none, or none that Atom takes
	"golang.org/x/sync":                  "internal/collect internal/fetch internal/bench cmd/planet", // fetch: memory; bench: the floor asks as many at once; cmd: check --fetch
	"github.com/google/renameio/v2":      "internal/publish",
	"github.com/gofrs/flock":             "internal/publish",
	"github.com/spf13/cobra":             "cmd/planet",
	"github.com/schollz/progressbar/v3":  "cmd/planet",
	"github.com/mattn/go-isatty":         "cmd/planet",
	"html/template":                      "internal/render internal/feedtest",
}

func TestImports(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range goFiles(t) {
		dir := filepath.ToSlash(filepath.Dir(f.path))
		allowed, known := mayImport[dir]
		if !known {
			t.Errorf("%s: package %s is not in the table", f.path, dir)
			continue
		}
		seen[dir] = true
		for _, imp := range f.imports {
			if inner, ours := strings.CutPrefix(imp, "planet/"); ours {
				name := strings.TrimPrefix(inner, "internal/")
				if !word(allowed, name) && !(f.test && (name == "feedtest" || word(testsMayImport[dir], name))) && inner != dir {
					t.Errorf("%s imports %s: not in the table", f.path, inner)
				}
				continue
			}
			if owner, ok := ownerOf(imp); ok && !f.test && !word(owner, dir) {
				t.Errorf("%s imports %s, which belongs to %s", f.path, imp, owner)
			} else if !ok && strings.Contains(strings.Split(imp, "/")[0], ".") && !f.test {
				t.Errorf("%s imports %s, which has no owner in the table", f.path, imp)
			}
		}
	}
	for dir := range mayImport {
		if !seen[dir] {
			t.Errorf("%s is in the table, but there is no such package", dir)
		}
	}
}

// ownerOf finds the longest entry of owners that imp is or lies under.
func ownerOf(imp string) (string, bool) {
	for name := imp; ; {
		if o, ok := owners[name]; ok {
			return o, true
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return "", false
		}
		name = name[:i]
	}
}

func word(list, w string) bool {
	for _, v := range strings.Fields(list) {
		if v == w {
			return true
		}
	}
	return false
}

type goFile struct {
	path    string // relative to the module
	test    bool
	imports []string
}

func goFiles(t *testing.T) []goFile {
	t.Helper()
	const root = "../.."
	var out []goFile
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() != "." && d.Name() != ".." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		g := goFile{path: rel, test: strings.HasSuffix(path, "_test.go")}
		for _, imp := range f.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			g.imports = append(g.imports, p)
		}
		sort.Strings(g.imports)
		out = append(out, g)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
