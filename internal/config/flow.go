package config

import (
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// This file adds to lists and mappings that are written in brackets.

// A closing is the end of a collection in brackets, as offsets.
type closing struct {
	item    int // behind its last item
	comma   int // of the comma behind the last item, or -1
	bracket int // that closes it
}

// flowEdits adds items to a collection in brackets, on lines of their own if the last item has one.
func (s source) flowEdits(n *yaml.Node, items []string) []edit {
	if len(n.Content) == 0 {
		return []edit{{at: s.content(n) + 1, text: strings.Join(items, ", ")}}
	}
	c := s.closing(n)
	from := max(c.item, c.comma+1)
	lead, own := s.ownLine(lastEntry(n))
	var edits []edit
	if c.comma < 0 {
		edits = append(edits, edit{at: c.item, text: ","})
	}
	before, at := " ", from
	if own {
		line := s.lineOf(from)
		before = s.newline(line) + lead
		if closer := s.lineOf(c.bracket); line < closer {
			line = s.comments(line+1, closer, len(lead), -1) - 1
			at = s.lines[line] + len(s.line(line))
		}
	}
	text := ""
	for i, item := range items {
		if i > 0 {
			text += ","
		}
		text += before + item
	}
	if c.comma >= 0 {
		text += ","
	}
	return append(edits, edit{at: at, text: text})
}

// lastEntry is the node with which the last item of a list, or the last pair of a mapping, begins.
func lastEntry(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.MappingNode {
		return n.Content[len(n.Content)-2]
	}
	return n.Content[len(n.Content)-1]
}

// ownLine says whether a node is the first on its line, and what is before it.
func (s source) ownLine(n *yaml.Node) (lead string, own bool) {
	at := s.offset(n)
	lead = s.text[s.lines[s.lineOf(at)]:at]
	return lead, strings.Trim(lead, " \t") == ""
}

// flowEnd is the offset of the bracket that closes a collection.
func (s source) flowEnd(n *yaml.Node) int { return s.closing(n).bracket }

// closing finds the end of a collection in brackets. It begins at what is written last in it: from there on, nothing but
// white space, comments, commas and brackets follows.
func (s source) closing(n *yaml.Node) closing {
	at, depth := s.lastIn(n)
	c := closing{item: at, comma: -1, bracket: len(s.text)}
	for at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[at:])
		switch {
		case r == ' ' || r == '\t' || isBreak(r):
			at += size
			continue
		case r == '#' && s.has(at-1, " \t\r\n"):
			at = s.nextLine(at)
			continue
		case r == ',' && depth == 1:
			c.comma = at
			at++
			continue
		case r == ']' || r == '}':
			depth--
		}
		if depth == 0 {
			c.bracket = at
			return c
		}
		at += size
		if depth == 1 {
			c.item = at
		}
	}
	return c
}

// lastIn is where what is written last in a collection begins, behind its quotes and brackets if it has any, and how many
// brackets are open there.
func (s source) lastIn(n *yaml.Node) (at, depth int) {
	for _, n := range lastLeaf(n) {
		at = s.content(n)
		switch {
		case n.Kind == yaml.ScalarNode && s.has(at, `"'`):
			at = min(s.closingQuote(at)+1, len(s.text))
		case (n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode) && s.has(at, "[{"):
			at++ // a mapping of one pair in a list may have no braces
			depth++
		}
	}
	return at, depth
}
