package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the wanted files")

// TestBadConfigs reads broken configurations, one mistake each; the file .want beside it is what a person gets to read.
func TestBadConfigs(t *testing.T) {
	t.Chdir("testdata/bad")
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, ".yaml")
		t.Run(name, func(t *testing.T) {
			c, err := Load(file)
			if err == nil || c != nil {
				t.Fatal("no mistake was found")
			}
			var mistakes Mistakes
			if !errors.As(err, &mistakes) {
				t.Fatalf("error is a %T", err)
			}
			if len(mistakes) != 1 && name != "many" {
				t.Errorf("%d mistakes, want 1", len(mistakes))
			}
			got := err.Error() + "\n"
			if *update {
				if err := os.WriteFile(name+".want", []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name + ".want")
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
