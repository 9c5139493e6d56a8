package main

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"planet/internal/clean"
	"planet/internal/planet"
)

const (
	shownInFull = 3  // entries of which a person is shown the text, the newest
	shownLines  = 15 // of it
	shownListed = 30 // entries of which the title is shown
	shownWidth  = 80 // characters of a line
)

// text shows a person what was read: the feed, what was wrong with it, and how its newest entries will look.
func (in inspection) text(out *bufio.Writer) error {
	fmt.Fprintf(out, "%s\n", in.name())
	if in.err != nil {
		fmt.Fprintf(out, "  can't be read: %s\n", printable(in.err.Error()))
		return nil
	}
	r := in.parsed
	fmt.Fprintf(out, "  %s: %s\n", r.Format, printable(cmp.Or(clean.Plain(r.Feed.Title), "(no title)")))
	facts(out, "  ", [][2]string{
		{"site", r.Feed.Link}, {"about", clean.Plain(r.Feed.Subtitle)}, {"language", r.Feed.Language}, {"authors", strings.Join(names(r.Feed.Authors), ", ")},
	})
	for _, w := range r.Warnings {
		fmt.Fprintf(out, "  warning: %s\n", printable(w.String()))
	}
	if in.URL == "" && slices.ContainsFunc(r.Items, func(it planet.Item) bool { return it.Link == "" }) {
		fmt.Fprintln(out, "  warning: some entries have no link; if theirs are relative, say with --url where the document is from")
	}
	fmt.Fprintf(out, "  %s\n", entries(len(r.Items)))
	items := slices.Clone(r.Items)
	slices.SortStableFunc(items, func(a, b planet.Item) int { return dateOf(b).Compare(dateOf(a)) })
	for i, it := range items {
		if i == shownListed {
			fmt.Fprintf(out, "  and %d older\n", len(items)-i)
			break
		}
		e := clean.Entry(it, clean.Limits{})
		if i <= shownInFull {
			fmt.Fprintln(out)
		}
		date := "undated   "
		if d := dateOf(it); !d.IsZero() {
			date = d.Format(time.DateOnly)
		}
		fmt.Fprintf(out, "  %s  %s\n", date, printable(cmp.Or(e.Title, "(no title and no text)")))
		if i < shownInFull {
			beginning(out, it, e)
		}
	}
	return out.Flush()
}

func dateOf(it planet.Item) time.Time { return cmp.Or(it.Published, it.Updated) }

// beginning shows one entry as text: what is said of it, and its first lines.
func beginning(out *bufio.Writer, it planet.Item, e planet.Entry) {
	var files []string
	for _, f := range e.Enclosures {
		files = append(files, f.URL)
	}
	source := ""
	if e.Source != nil {
		source = cmp.Or(e.Source.Title, e.Source.URL, e.Source.Link)
	}
	facts(out, "              ", [][2]string{
		{"", e.Link},
		{"id", e.GUID},
		{"by", strings.Join(names(e.Authors), ", ")},
		{"with", strings.Join(names(it.Contributors), ", ")},
		{"from", source},
		{"tags", strings.Join(e.Tags, ", ")},
		{"file", strings.Join(files, "\n")},
		{"discussed at", e.Comments},
		{"answers", it.InReplyTo},
		{"found via", it.Via},
		{"licence", it.Rights},
		{"language", e.Lang},
	})
	lines := wrap(e.Text, shownWidth-len("    "))
	fmt.Fprintln(out)
	for i, line := range lines {
		if i == shownLines && len(lines) > shownLines+2 {
			fmt.Fprintf(out, "    … %d lines more\n", len(lines)-i)
			break
		}
		fmt.Fprintf(out, "    %s\n", line)
	}
	if len(lines) == 0 {
		fmt.Fprintln(out, "    (no text)")
	}
	for _, r := range clean.Remarks(it, clean.Limits{}) {
		fmt.Fprintf(out, "    note: %s\n", printable(r))
	}
}

// facts writes those of names and values that have a value; each line of a value is one of its own.
func facts(out *bufio.Writer, indent string, all [][2]string) {
	for _, f := range all {
		name := f[0]
		if name != "" {
			name += ": "
		}
		for _, value := range strings.Split(f[1], "\n") {
			if value = printable(value); value != "" {
				fmt.Fprintf(out, "%s%s%s\n", indent, name, value)
			}
		}
	}
}

// printable is a feed's text on one line and without characters that a terminal would obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r >= 0xE0000 && r <= 0xE007F:
			return -1 // the others turn the line around, or hide what they say
		}
		return r
	}, s)
}

// wrap breaks text into lines of at most width characters: at its line ends, between words, or else anywhere.
func wrap(text string, width int) []string {
	var lines []string
	for _, para := range strings.Split(text, "\n") {
		line, n := "", 0
		for _, field := range strings.Fields(printable(para)) {
			word := []rune(field)
			if n > 0 && n+1+len(word) > width {
				lines, line, n = append(lines, line), "", 0
			}
			for ; len(word) > width; word = word[width:] {
				lines = append(lines, string(word[:width]))
			}
			if n > 0 {
				line, n = line+" ", n+1
			}
			line, n = line+string(word), n+len(word)
		}
		if n > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}
