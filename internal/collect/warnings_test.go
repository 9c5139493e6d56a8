package collect

import (
	"testing"

	"planet/internal/parse"
	"planet/internal/store"
)

func TestWarningsOfEntriesStayWhileTheyAreNotReadAgain(t *testing.T) {
	document, first, second := parse.Warning{Problem: "no title"}, parse.Warning{Entry: "1", Problem: "no date"}, parse.Warning{Entry: "2", Problem: "no link"}
	s := store.State{Warnings: warned("", parse.Result{Warnings: []parse.Warning{document, first}})}
	for _, c := range []struct {
		doc  parse.Result
		want []parse.Warning
	}{
		{parse.Result{}, nil}, // read whole, and nothing was said
		{parse.Result{Known: 3}, []parse.Warning{first}},
		{parse.Result{Known: 3, Warnings: []parse.Warning{document, second}}, []parse.Warning{document, second, first}},
		{parse.Result{Known: 1, Warnings: make([]parse.Warning, 50)}, make([]parse.Warning, maxWarnings)},
	} {
		got := Warnings(store.State{Warnings: warned(s.Warnings, c.doc)})
		if len(got) != len(c.want) {
			t.Fatalf("%+v gives %v; want %v", c.doc, got, c.want)
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%+v gives %v; want %v", c.doc, got, c.want)
			}
		}
	}
}
