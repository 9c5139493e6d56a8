package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var updateDocs = flag.Bool("update", false, "rewrite the tables that tests hold docs to")

var (
	behaviourRow  = regexp.MustCompile(`^\| (\d+) \| ([^|]+) \| ([^|]*) \|$`)
	behaviourTest = regexp.MustCompile(`^TestB(\d\d)(?:ToB(\d\d))?`)
)

// TestBehaviours holds the table of docs/fetching.md against the tests: every behaviour from 1 to 66 is in it, with the
// names of the tests that show it, all of them and no others.
func TestBehaviours(t *testing.T) {
	const doc = "../../docs/fetching.md"
	data, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	tests := testsByBehaviour(t)
	lines := strings.Split(string(data), "\n")
	next := 1
	for i, line := range lines {
		m := behaviourRow.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[1]) // digits
		if n != next {
			t.Errorf("line %d is behaviour %d; want %d", i+1, n, next)
		}
		next = n + 1
		want := strings.Join(tests[n], ", ")
		if want == "" {
			t.Errorf("behaviour %d has no test", n)
		}
		if *updateDocs {
			lines[i] = fmt.Sprintf("| %d | %s | %s |", n, m[2], want)
		} else if m[3] != want {
			t.Errorf("behaviour %d: the table names %s; the tests are %s (go test ./cmd/planet -run TestBehaviours -update)", n, m[3], want)
		}
	}
	if next != 67 {
		t.Errorf("the table ends at %d; want 66", next-1)
	}
	if *updateDocs {
		if err := os.WriteFile(doc, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// testsByBehaviour lists the tests TestBnn… by their numbers, as "package.Test".
func testsByBehaviour(t *testing.T) map[int][]string {
	t.Helper()
	tests := map[int][]string{}
	files, err := filepath.Glob("../../internal/*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	own, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(files, own...) {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			m := behaviourTest.FindStringSubmatch(fn.Name.Name)
			if m == nil {
				continue
			}
			from, _ := strconv.Atoi(m[1])
			to := from
			if m[2] != "" {
				to, _ = strconv.Atoi(m[2])
			}
			for n := from; n <= to; n++ {
				tests[n] = append(tests[n], "`"+strings.TrimSuffix(f.Name.Name, "_test")+"."+fn.Name.Name+"`")
			}
		}
	}
	for n := range tests {
		slices.Sort(tests[n])
	}
	return tests
}
