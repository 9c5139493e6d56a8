package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// addressSaid is a link in what the checker says, so that it says the same of all.
var addressSaid = regexp.MustCompile(`“https?:[^”]*”`)

// testHTML has the Nu HTML checker, which is what validator.w3.org runs, read all kinds of pages, posts' own markup
// included, and the style sheets: no error.
func testHTML(t *testing.T, sites []published) {
	java, jar := tool(t, "java"), nodePackage(t, "vnu-jar/build/dist/vnu.jar")
	n := 1
	if full() {
		n = 300
	}
	names := map[string]string{} // what the checker calls a page, and what we do
	args := []string{"-Xss8m", "-jar", jar, "--format", "json", "--errors-only", "--no-langdetect", "--also-check-css", "--also-check-svg", "--stdout", "--exit-zero-always"}
	for _, s := range sites {
		if s.name == "hostile" {
			continue // what attacks needn't be valid when it is harmless
		}
		kinds := []string{".html"}
		if s.name == "demo" || s.given { // the others have the same theme
			kinds = append(kinds, ".css", ".svg")
		}
		for _, name := range s.files(t, n, kinds...) {
			path, err := filepath.Abs(filepath.Join(s.dir, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			names["file:"+filepath.ToSlash(path)] = s.name + "/" + name
			args = append(args, path)
		}
	}
	var stderr bytes.Buffer
	cmd := exec.Command(java, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%.3000s%.3000s", err, out, &stderr)
	}
	var said struct {
		Messages []struct {
			URL, Type, Message, Extract string
			LastLine                    int
		}
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatalf("%v\n%.3000s", err, out)
	}
	wrong, first := map[string]int{}, map[string]string{}
	for _, m := range said.Messages {
		name := names[strings.ReplaceAll(m.URL, "file:///", "file:/")]
		if name == "" {
			name = m.URL
		}
		planet, _, _ := strings.Cut(name, "/")
		say(wrong, first, planet+": "+addressSaid.ReplaceAllString(m.Message, "“an address”"), fmt.Sprintf("%s:%d\n%.200s", name, m.LastLine, m.Extract))
	}
	var list []string
	for what, n := range wrong {
		list = append(list, fmt.Sprintf("%s, %d times, such as %s", what, n, first[what]))
	}
	slices.Sort(list)
	for _, l := range list {
		t.Error(l)
	}
	t.Logf("%d files were read", len(names))
}
