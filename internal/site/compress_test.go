package site

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
)

func these(files ...planet.File) iter.Seq2[planet.File, error] {
	return func(yield func(planet.File, error) bool) {
		for _, f := range files {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// packed gives what compressed yields, by path: "gone", or the data unpacked. The paths come in order.
func packed(t *testing.T, kinds []string, files ...planet.File) (paths []string, data map[string]string) {
	t.Helper()
	data = map[string]string{}
	for f, err := range compressed(these(files...), kinds) {
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, f.Path)
		var r io.Reader = bytes.NewReader(f.Data)
		switch {
		case f.Gone:
			r = strings.NewReader("gone")
		case strings.HasSuffix(f.Path, ".gz"):
			if r, err = gzip.NewReader(r); err != nil {
				t.Fatal(f.Path, err)
			}
		case strings.HasSuffix(f.Path, ".br"):
			r = brotli.NewReader(r)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(f.Path, err)
		}
		data[f.Path] = string(b)
	}
	return paths, data
}

func TestEachTextGetsSiblings(t *testing.T) {
	page, other := strings.Repeat("<p>a page</p>\n", 500), strings.Repeat("{ style: sheet }\n", 500)
	paths, data := packed(t, []string{"br", "gz"},
		planet.File{Path: "tags/c.d/index.html", Data: []byte(page)}, planet.File{Path: "assets/a.png", Data: []byte(page)},
		planet.File{Path: "assets/style.css", Data: []byte(other)})
	want := []string{
		"tags/c.d/index.html", "tags/c.d/index.html.gz", "tags/c.d/index.html.br", "assets/a.png",
		"assets/style.css", "assets/style.css.gz", "assets/style.css.br",
	}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Error(diff)
	}
	for path, got := range data {
		want := page
		if strings.Contains(path, ".css") {
			want = other
		}
		if got != want {
			t.Errorf("%s unpacks to %.40q", path, got)
		}
	}
	if paths, _ := packed(t, []string{"gz"}, planet.File{Path: "index.html", Data: []byte(page)}); len(paths) != 2 {
		t.Errorf("gz alone: %q", paths)
	}
	if paths, _ := packed(t, nil, planet.File{Path: "index.html", Data: []byte(page)}); len(paths) != 1 {
		t.Errorf("nothing asked for: %q", paths)
	}
}

// What has no sibling any more must not keep its old one: web servers would send that.
func TestSiblingsThatDontPayAreGone(t *testing.T) {
	noise := make([]byte, 5000)
	r := rand.NewChaCha8([32]byte{1})
	for i := range noise {
		noise[i] = byte(r.Uint64())
	}
	for name, f := range map[string]planet.File{
		"small":   {Path: "a.html", Data: []byte(strings.Repeat("a", packFrom-1))},
		"noise":   {Path: "a.html", Data: noise},
		"gone":    {Path: "a.html", Gone: true},
		"nothing": {Path: "a.html"},
	} {
		_, data := packed(t, []string{"gz", "br"}, f)
		if len(data) != 3 || data["a.html.gz"] != "gone" || data["a.html.br"] != "gone" {
			t.Errorf("%s: %.60q", name, data)
		}
	}
	if _, data := packed(t, []string{"gz"}, planet.File{Path: "a.html", Data: []byte(strings.Repeat("a", packFrom))}); data["a.html.gz"] == "gone" {
		t.Error("large enough, but not packed")
	}
}

// The same file gives the same bytes, whatever was packed before it; and nothing of the clock is in them.
func TestPackingIsDeterministic(t *testing.T) {
	text := func(seed int) planet.File {
		var b strings.Builder
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		for range 5000 + seed*1000 {
			fmt.Fprintf(&b, "word%d ", r.IntN(900))
		}
		return planet.File{Path: fmt.Sprint(seed, ".html"), Data: []byte(b.String())}
	}
	siblings := func(files ...planet.File) map[string]string {
		out := map[string]string{}
		for f, err := range compressed(these(files...), []string{"gz", "br"}) {
			if err != nil {
				t.Fatal(err)
			}
			out[f.Path] = string(f.Data)
		}
		return out
	}
	alone, after := siblings(text(3)), siblings(text(9), text(1), text(3))
	for _, path := range []string{"3.html.gz", "3.html.br"} {
		if alone[path] != after[path] || alone[path] == "" {
			t.Errorf("%s depends on what came before it", path)
		}
	}
	if head := alone["3.html.gz"][3:8]; head != "\x00\x00\x00\x00\x00" { // flags and time, RFC 1952 §2.3
		t.Errorf("the gzip header says more than it must: %x", head)
	}
}

func TestErrorsPassThroughPacking(t *testing.T) {
	broken := errors.New("broken theme")
	files := func(yield func(planet.File, error) bool) { yield(planet.File{}, broken) }
	n := 0
	for _, err := range compressed(files, []string{"gz"}) {
		if n++; !errors.Is(err, broken) {
			t.Error(err)
		}
	}
	if n != 1 {
		t.Errorf("%d files", n)
	}
	for range compressed(these(planet.File{Path: "a.html", Data: make([]byte, 2000)}), []string{"gz"}) {
		break // whoever has enough may stop
	}
}
