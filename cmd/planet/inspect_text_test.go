package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{" \n ", nil},
		{"one two three", []string{"one two", "three"}},
		{"one\n\ntwo", []string{"one", "two"}},
		{"exactly10!", []string{"exactly10!"}},
		{"ab exactly10!", []string{"ab", "exactly10!"}},
		{"ab averyverylongword c", []string{"ab", "averyveryl", "ongword c"}},
		{"schöne Wörter äöü", []string{"schöne", "Wörter äöü"}},
		{"星球星球星球星球星球星球", []string{"星球星球星球星球星球", "星球"}},
		{"a\x1b[31mb\u0081\tc", []string{"a[31mb c"}},
	} {
		if diff := cmp.Diff(c.want, wrap(c.text, 10)); diff != "" {
			t.Errorf("wrap(%q): %s", c.text, diff)
		}
	}
	if n := len(wrap(strings.Repeat("x", 5_000_000), 76)); n != 5_000_000/76+1 {
		t.Errorf("a long word has %d lines", n)
	}
}
