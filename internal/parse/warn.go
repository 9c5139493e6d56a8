package parse

import (
	"fmt"
	"strings"
	"unicode"
)

const maxAlike = 3 // warnings of one kind that are told in full

// bounded keeps the first warnings of each kind and counts the others: a feed of a thousand entries with bad dates has
// one problem, not a thousand.
func bounded(all []Warning) []Warning {
	seen := map[string]int{}
	var kept []Warning
	var kinds []string
	for _, w := range all {
		kind := kindOf(w)
		if seen[kind]++; seen[kind] <= maxAlike {
			kept = append(kept, w)
		} else if seen[kind] == maxAlike+1 {
			kinds = append(kinds, kind)
		}
	}
	for _, kind := range kinds {
		kept = append(kept, Warning{Problem: fmt.Sprintf("%d more entries have the same problem: %s", seen[kind]-maxAlike, kind)})
	}
	return kept
}

// kindOf is what a warning says without the particulars, which follow a colon or are numbers.
func kindOf(w Warning) string {
	if w.Entry == "" {
		return w.Problem
	}
	kind, _, _ := strings.Cut(w.Problem, ":")
	return strings.Join(strings.FieldsFunc(kind, func(r rune) bool { return unicode.IsDigit(r) || r == ' ' }), " ")
}
