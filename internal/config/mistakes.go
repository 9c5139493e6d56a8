package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Messages are lower case without a full stop, name the key they are about, and say what to write instead.

// A Mistake is one thing that is wrong with feeds.yaml.
type Mistake struct {
	File       string
	Line, Col  int // from 1, in characters; 0 when the file as a whole is meant
	Text       string
	SourceLine string // as in the file, but with any password masked
	Hint       string // what to do instead, or ""

	cause error
}

// Mistakes are all that is wrong with feeds.yaml, in the order of their lines.
type Mistakes []Mistake

const (
	mistakesPrinted = 20
	mistakesKept    = 1000
)

func (m Mistakes) Error() string {
	var b strings.Builder
	for i, one := range m {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == mistakesPrinted {
			fmt.Fprintf(&b, "… and %d more", len(m)-i)
			break
		}
		b.WriteString(one.Error())
	}
	return b.String()
}

// Unwrap lets errors.As find a Mistake and errors.Is its cause, such as fs.ErrNotExist.
func (m Mistakes) Unwrap() []error {
	errs := make([]error, len(m))
	for i := range m {
		errs[i] = m[i]
	}
	return errs
}

func (m Mistake) Error() string {
	if m.Line == 0 {
		return m.File + ": " + m.Text + m.hint()
	}
	line, caret := excerpt(m.SourceLine, m.Col)
	return fmt.Sprintf("%s:%d:%d: %s\n    %s\n    %s%s", m.File, m.Line, m.Col, m.Text, line, caret, m.hint())
}

// Unwrap gives the error of the operating system that lies beneath, if any.
func (m Mistake) Unwrap() error { return m.cause }

func (m Mistake) hint() string {
	if m.Hint == "" {
		return ""
	}
	return "\nhint: " + m.Hint
}

// inOrder sorts mistakes by place. The same mistake twice is one: an anchor's value is read wherever an alias names it.
func inOrder(m Mistakes) Mistakes {
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Text, b.Text))
	})
	return slices.CompactFunc(m, func(a, b Mistake) bool {
		return a.Line == b.Line && a.Col == b.Col && a.Text == b.Text
	})
}

// excerpt gives the part of a line around a column that fits a terminal, and the line with the caret under that column.
func excerpt(line string, col int) (text, caret string) {
	const most, before = 120, 60
	runes := []rune(line)
	at := min(max(col-1, 0), len(runes))
	var left, right string
	if from := at - before; len(runes) > most && from > 0 {
		runes, at, left = runes[from:], before, "…"
	}
	if len(runes) > most {
		runes, right = runes[:most], "…"
	}
	var t, c strings.Builder
	t.WriteString(left)
	c.WriteString(strings.Repeat(" ", len([]rune(left))))
	for i, r := range runes {
		if r != '\t' && unicode.IsControl(r) {
			r = '\uFFFD' // never let a file steer the terminal
		}
		t.WriteRune(r)
		if i < at {
			c.WriteString(blank(r))
		}
	}
	t.WriteString(right)
	return t.String(), c.String() + "^"
}

// blank is white space as wide as a character is on a terminal.
func blank(r rune) string {
	switch {
	case r == '\t':
		return "\t"
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return ""
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return "  "
	}
	return " "
}

// What may be a user name and password in an address: the usual form, one with a slash in the password, which is no valid
// address and so just what a mistake is about, and one without a scheme. They rather hide too much.
var userInfo = []*regexp.Regexp{
	regexp.MustCompile(`://[^/?#\s]*@`),
	regexp.MustCompile(`://[^/?#"'\n]*@`), // with a blank in the password
	regexp.MustCompile(`://[^/?#\s:]*:[^\s]*@`),
	regexp.MustCompile(`[^/?#\s:'"]+:[^/\s'"]*@`),
}

// masked hides user names and passwords, keeping every other character in its column.
func masked(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	for _, re := range userInfo {
		s = re.ReplaceAllStringFunc(s, func(m string) string {
			rest := strings.TrimPrefix(m, "://")
			return m[:len(m)-len(rest)] + strings.Repeat("*", len([]rune(rest))-1) + "@"
		})
	}
	return s
}
