package main

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// What the runner of GitHub undoes: a message or a file's name can neither end its line nor the list of properties.
func TestRemarkAsCommand(t *testing.T) {
	for _, tt := range []struct {
		remark
		want string
	}{
		{remark{true, "feeds.yaml", 12, 3, "unknown key \"ulr\"\ndid you mean \"url\"?"}, `::error file=feeds.yaml,line=12,col=3::unknown key "ulr"%0Adid you mean "url"?`},
		{remark{false, "feeds.yaml", 12, 0, "100%0A, a:b\r"}, "::warning file=feeds.yaml,line=12::100%250A, a:b%0D"},
		{remark{file: "a,b:c%\n.png", text: "x"}, "::warning file=a%2Cb%3Ac%25%0A.png::x"},
	} {
		if got := tt.command(""); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestPathFromTheTopOfTheRepository(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, tt := range []struct{ root, file, want string }{
		{"", "site/feeds.yaml", "site/feeds.yaml"},
		{dir, "site/feeds.yaml", "site/feeds.yaml"},
		{filepath.Dir(dir), "feeds.yaml", filepath.Base(dir) + "/feeds.yaml"},
		{filepath.Dir(dir), filepath.Join(dir, "feeds.yaml"), filepath.Base(dir) + "/feeds.yaml"},
		{filepath.Join(dir, "elsewhere"), "feeds.yaml", "feeds.yaml"},
	} {
		if got := fromTop(tt.root, tt.file); got != tt.want {
			t.Errorf("fromTop(%q, %q) = %q, want %q", tt.root, tt.file, got, tt.want)
		}
	}
}

func TestRemarkForAPerson(t *testing.T) {
	for want, r := range map[string]remark{
		"feeds.yaml:12: warning: unused": {file: "feeds.yaml", line: 12, col: 3, text: "unused"},
		"a.png: warning: no feed":        {file: "a.png", text: "no feed"},
		"feeds.yaml:1: wrong [31m":       {wrong: true, file: "feeds.yaml", line: 1, text: "wrong \x1b[31m"},
	} {
		if r.String() != want {
			t.Errorf("%q, want %q", r, want)
		}
	}
}

func TestBeginningOf(t *testing.T) {
	long := strings.Repeat("ü", 300)
	for text, want := range map[string]string{
		"short": "short", "": "",
		"one two three four five":        "one two three four…",
		"a verylongwordwithoutanyblanks": "a verylongwordwithou…",
		long:                             strings.Repeat("ü", 20) + "…",
	} {
		if got := beginningOf(text, 20); got != want || !utf8.ValidString(got) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestBadAvatar(t *testing.T) {
	var square, wide bytes.Buffer
	if err := errors.Join(png.Encode(&square, image.NewGray(image.Rect(0, 0, 10, 10))), png.Encode(&wide, image.NewGray(image.Rect(0, 0, 100_000, 1000)))); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, content, want string }{
		{"a.png", square.String(), ""},
		{"b.jpg", square.String(), ""}, // it is made anew, whatever it is called
		{"c.png", square.String()[:square.Len()/2], "can't be shown: "},
		{"d.png", wide.String(), "can't be shown: "},
		{"f.png", "", "is empty; initials take its place"},
		{"g.png", "<svg xmlns='http://www.w3.org/2000/svg'/>", "can't be shown: "},
	} {
		path := filepath.Join(t.TempDir(), tt.name)
		if err := os.WriteFile(path, []byte(tt.content), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := badAvatar(path); !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := badAvatar(filepath.Join(t.TempDir(), "gone.png")); got != "can't be read: no such file or directory" {
		t.Errorf("%q", got)
	}
}
