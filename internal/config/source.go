package config

import (
	"slices"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// A source is the text of a feeds.yaml, to find where its nodes end: the parser only tells where they begin. It may err where
// YAML is written in unusual ways; what comes of it is always read again.
type source struct {
	text  string
	lines []int // where each line begins, and at last the end of the text
}

const byteOrderMark = "\uFEFF"

func newSource(data []byte) source {
	s := source{text: string(data)}
	at := 0
	if strings.HasPrefix(s.text, byteOrderMark) {
		at = len(byteOrderMark)
	}
	for at < len(s.text) {
		s.lines = append(s.lines, at)
		at = s.nextLine(at)
	}
	s.lines = append(s.lines, at)
	return s
}

// nextLine is where the line after that of an offset begins.
func (s source) nextLine(at int) int {
	i := strings.IndexFunc(s.text[at:], isBreak)
	if i < 0 {
		return len(s.text)
	}
	at += i
	if strings.HasPrefix(s.text[at:], "\r\n") {
		return at + 2
	}
	_, size := utf8.DecodeRuneInString(s.text[at:])
	return at + size
}

// count is the number of lines; they are numbered from 0 here.
func (s source) count() int { return len(s.lines) - 1 }

// whole is a line with its break.
func (s source) whole(line int) string { return s.text[s.lines[line]:s.lines[line+1]] }

// line is a line without its break.
func (s source) line(line int) string {
	return strings.TrimRightFunc(s.whole(line), isBreak)
}

// lineOf is the line that holds an offset.
func (s source) lineOf(at int) int {
	i, found := slices.BinarySearch(s.lines, at)
	if !found {
		i--
	}
	return max(0, min(i, s.count()-1))
}

// offset is where a node begins.
func (s source) offset(n *yaml.Node) int {
	if n.Line > s.count() {
		return len(s.text)
	}
	at := s.lines[n.Line-1]
	for col := 1; col < n.Column && at < len(s.text); col++ {
		_, size := utf8.DecodeRuneInString(s.text[at:])
		at += size
	}
	return at
}

// content is where a node's own text begins, behind its anchor and tag.
func (s source) content(n *yaml.Node) int {
	at := s.offset(n)
	for at < len(s.text) {
		switch r, size := utf8.DecodeRuneInString(s.text[at:]); {
		case r == ' ' || r == '\t' || isBreak(r):
			at += size
		case r == '#':
			at = s.nextLine(at)
		case r == '&' || r == '!':
			word := strings.IndexFunc(s.text[at:], func(r rune) bool { return r == ' ' || r == '\t' || isBreak(r) })
			if word < 0 {
				return len(s.text)
			}
			at += word
		default:
			return at
		}
	}
	return at
}

func (s source) has(at int, chars string) bool {
	return at >= 0 && at < len(s.text) && strings.IndexByte(chars, s.text[at]) >= 0
}

// indent is how far a line's text is from its beginning.
func (s source) indent(line int) int {
	l := s.line(line)
	return len(l) - len(strings.TrimLeft(l, " \t"))
}

func (s source) blank(line int) bool { return strings.Trim(s.line(line), " \t") == "" }

func (s source) comment(line int) bool {
	return strings.HasPrefix(strings.TrimLeft(s.line(line), " \t"), "#")
}

// newline is how lines end: as the given one does, else as the first.
func (s source) newline(line int) string {
	for _, i := range []int{line, 0} {
		for _, end := range []string{"\r\n", "\n", "\r"} {
			if i < s.count() && strings.HasSuffix(s.whole(i), end) {
				return end
			}
		}
	}
	return "\n"
}

// documentEnd is the line behind the document: of "..." or "---", or the end of the file.
func (s source) documentEnd(from int) int {
	for i := from; i < s.count(); i++ {
		if l := strings.TrimRight(s.line(i), " \t"); l == "..." || l == "---" || strings.HasPrefix(l, "... ") || strings.HasPrefix(l, "...\t") || strings.HasPrefix(l, "--- ") {
			return i
		}
	}
	return s.count()
}

// closingQuote is the offset of the quote that ends the text which begins at an offset.
func (s source) closingQuote(at int) int {
	quote := s.text[at]
	for at++; at < len(s.text); at++ {
		switch {
		case s.text[at] == '\\' && quote == '"':
			at++
		case s.text[at] == quote && quote == '\'' && s.has(at+1, "'"):
			at++
		case s.text[at] == quote:
			return at
		}
	}
	return len(s.text)
}

// lastLeaf goes down to what is written last in a node, and gives the nodes on the way.
func lastLeaf(n *yaml.Node) (path []*yaml.Node) {
	path = append(path, n)
	for len(n.Content) > 0 {
		n = n.Content[len(n.Content)-1]
		path = append(path, n)
	}
	return path
}

// blockScalarEnd is the last line of a text that "|" or ">" begins, with the lines behind it that may be empty. The
// text is indented deeper than what holds it.
func (s source) blockScalarEnd(n *yaml.Node, outer, end int) int {
	at := s.content(n)
	first := s.lineOf(at)
	header := s.text[at:s.lines[first+1]]
	if i := strings.IndexAny(header, " \t\r\n"); i >= 0 {
		header = header[:i]
	}
	header = strings.TrimLeft(header, "|>")
	least, known := outer+1, false
	if digit := strings.Trim(header, "+-"); digit != "" {
		least, known = outer+int(digit[0]-'0'), true
	}
	last := first
	for i := first + 1; i < end; i++ {
		switch {
		case s.blank(i):
			if strings.Contains(header, "+") {
				last = i
			}
		case s.indent(i) < least:
			return last
		default:
			if !known {
				least, known = s.indent(i), true
			}
			last = i
		}
	}
	return last
}
