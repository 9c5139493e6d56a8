package clean

import (
	"cmp"
	"fmt"

	"golang.org/x/net/html/atom"

	"planet/internal/planet"
)

// found counts what publishing a body leaves out of it, or changes.
type found struct {
	pixels, bars, flares, frames, scripts, forms, styles, parameters int
	cut, textAlone                                                   bool
}

// dropped counts an element that isn't kept.
func (f *found) dropped(element atom.Atom) {
	switch element {
	case atom.Script:
		f.scripts++
	case atom.Form:
		f.forms++
	case atom.Style:
		f.styles++
	}
}

func (f found) and(g found) found {
	return found{
		f.pixels + g.pixels, f.bars + g.bars, f.flares + g.flares, f.frames + g.frames, f.scripts + g.scripts, f.forms + g.forms,
		f.styles + g.styles, f.parameters + g.parameters, f.cut || g.cut, f.textAlone || g.textAlone,
	}
}

// Remarks are sentences for a person about what Entry leaves out of an item, or changes.
func Remarks(it planet.Item, limits Limits) []string {
	limits = limits.orDefault()
	e, content, summary := read(it, cleanerFor(it, limits))
	f := content.w.found.and(summary.w.found)
	if f.flares > 0 { // single buttons that stand in a row
		f.bars++
	}
	var out []string
	say := func(n int, one, many string) {
		if n == 1 {
			out = append(out, one)
		} else if n > 1 {
			out = append(out, fmt.Sprintf(many, n))
		}
	}
	say(f.frames, "1 embedded frame becomes a link", "%d embedded frames become links")
	say(f.pixels, "1 tracking pixel is left out", "%d tracking pixels are left out")
	say(f.bars, "a bar of share buttons is left out", "%d bars of share buttons are left out")
	say(f.scripts, "1 script is left out", "%d scripts are left out")
	say(f.forms, "1 form is left out", "%d forms are left out")
	say(f.styles, "1 style sheet is left out", "%d style sheets are left out")
	if f.parameters > 0 {
		out = append(out, fmt.Sprintf("links lose tracking parameters (%d)", f.parameters))
	}
	if f.cut {
		out = append(out, fmt.Sprintf("cut after %s bytes (limits.content)", thousands(limits.Content)))
	}
	if f.textAlone {
		out = append(out, "more markup than a page can bear: some of it is shown as text (limits.markup)")
	}
	if len(Plain(it.Title)) > limits.Title {
		out = append(out, fmt.Sprintf("the title is cut after %s bytes (limits.title)", thousands(limits.Title)))
	}
	if e.Title == "" && cmp.Or(content.text, summary.text) != "" {
		out = append(out, "the title is made from the text, since it has none")
	}
	return out
}

// thousands is n as 1,000,000.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
