package config

import (
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// This file finds the place for new feeds, and what to write there.

// An edit puts text at an offset, in place of so many bytes.
type edit struct {
	at, cut int
	text    string
}

// applied makes edits, which are in the order of their offsets.
func applied(data []byte, edits []edit) []byte {
	var out []byte
	done := 0
	for _, e := range edits {
		out = append(out, data[done:e.at]...)
		out = append(out, e.text...)
		done = e.at + e.cut
	}
	return append(out, data[done:]...)
}

// extend says how to add feeds to the list of a file, or why that can't be done.
func (s source) extend(root *yaml.Node, feeds []NewFeed) (edits []edit, why string) {
	inBraces := root.Style&yaml.FlowStyle != 0
	i := 0
	for i < len(root.Content) && target(root.Content[i]).Value != "feeds" {
		i += 2
	}
	if i >= len(root.Content) {
		if inBraces {
			return s.flowEdits(root, []string{flowList(root, feeds)}), ""
		}
		return s.newList(root, feeds), ""
	}
	key, list := root.Content[i], root.Content[i+1]
	end := s.documentEnd(key.Line - 1)
	if i+2 < len(root.Content) {
		end = min(end, root.Content[i+2].Line-1)
	}
	empty, isEmpty := s.empty(list)
	switch {
	case list.Kind == yaml.AliasNode:
		return nil, "the list is an alias, *" + list.Value
	case list.Kind == yaml.SequenceNode && list.Style&yaml.FlowStyle == 0:
		return s.blockEdits(key, list, end, feeds), ""
	case isEmpty && !inBraces && s.lineOf(empty.at) == key.Line-1:
		return append([]edit{empty}, s.firstItems(key, end, feeds)...), ""
	case list.Kind == yaml.SequenceNode:
		return s.flowEdits(list, s.flowItems(list, feeds, inJSON(key, list))), ""
	}
	return nil, "the list has no value"
}

// newList adds a list to a file that has none, at its end.
func (s source) newList(root *yaml.Node, feeds []NewFeed) []edit {
	end := s.documentEnd(root.Line - 1)
	nl := s.newline(end - 1)
	lead := strings.Repeat(" ", max(0, root.Content[0].Column-1))
	return s.insertLines(end, nl, lead+"feeds:"+nl+blockItems(feeds, lead+"  ", " ", nl, false))
}

// empty removes a list that is written as [] or ~, with the blanks before it. No value at all needs no removal.
func (s source) empty(list *yaml.Node) (e edit, ok bool) {
	switch {
	case isNull(list) && list.Style&yaml.TaggedStyle != 0:
		return e, false // !!null goes with no list
	case isNull(list) && list.Value == "":
		return edit{at: s.offset(list)}, true
	case len(list.Content) > 0:
		return e, false
	}
	at := s.content(list)
	rest := s.text[at:]
	after := strings.TrimPrefix(rest, list.Value)
	if list.Kind == yaml.SequenceNode {
		inside := strings.TrimLeft(strings.TrimPrefix(rest, "["), " \t")
		after = strings.TrimPrefix(inside, "]")
		if after == inside {
			return e, false
		}
	}
	before := strings.TrimRight(s.text[:at], " \t")
	return edit{at: len(before), cut: len(s.text) - len(after) - len(before)}, true
}

// firstItems makes a block list under a key.
func (s source) firstItems(key *yaml.Node, end int, feeds []NewFeed) []edit {
	line, indent := key.Line-1, key.Column-1
	nl, lead := s.newline(line), strings.Repeat(" ", indent+2)
	return s.insertLines(s.comments(line+1, end, indent+1, indent), nl, blockItems(feeds, lead, " ", nl, false))
}

// blockEdits adds items to a list with a dash before each.
func (s source) blockEdits(key, list *yaml.Node, end int, feeds []NewFeed) []edit {
	dash := s.content(list)
	indent := dash - s.lines[s.lineOf(dash)]
	lastItem := list.Content[len(list.Content)-1]
	begin, gap := s.dash(lastItem, indent)
	last := s.lastLine(list, end)
	apart := len(list.Content) > 1 && s.apart(begin)
	nl, lead := s.newline(last), strings.Repeat(" ", indent)
	text := ""
	if at := s.content(lastItem); s.has(at, "{") && s.lineOf(s.flowEnd(lastItem)) == s.lineOf(at) {
		for _, item := range s.flowItems(list, feeds, inJSON(key, list)) {
			text += lead + "-" + gap + item + nl
		}
	} else {
		text = blockItems(feeds, lead, gap, nl, apart)
	}
	if apart && !s.blank(last) {
		text = nl + text
	}
	return s.insertLines(s.comments(last+1, end, indent, key.Column-1), nl, text)
}

// insertLines adds lines before one, or at the end of the file.
func (s source) insertLines(line int, newline, text string) []edit {
	at := s.lines[line]
	if line > 0 && s.line(line-1) == s.whole(line-1) {
		text = newline + text // the file's last line has no end
	}
	return []edit{{at: at, text: text}}
}

// dash finds the line on which an item's dash is, and the blanks between dash and text.
func (s source) dash(item *yaml.Node, indent int) (line int, gap string) {
	for line = item.Line - 1; line >= 0; line-- {
		before, after, found := strings.Cut(s.line(line), "-")
		if !found || len(before) != indent || strings.Trim(before, " ") != "" {
			continue
		}
		text := strings.TrimLeft(after, " ")
		if text == after || text == "" || strings.ContainsAny(text[:1], "#&!\t") {
			return line, " "
		}
		return line, after[:len(after)-len(text)]
	}
	return item.Line - 1, " "
}

// apart says whether an empty line is above an item and its comments.
func (s source) apart(line int) bool {
	for line--; line > 0 && s.comment(line); line-- {
	}
	return line > 0 && s.blank(line)
}

// lastLine is the last line of a block list.
func (s source) lastLine(list *yaml.Node, end int) int {
	path := lastLeaf(list)
	leaf, parent := path[len(path)-1], path[len(path)-2]
	if leaf.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		outer := parent.Column - 1
		if parent.Kind == yaml.MappingNode {
			outer = parent.Content[len(parent.Content)-2].Column - 1
		}
		return s.blockScalarEnd(leaf, outer, end)
	}
	at := s.content(leaf)
	if s.has(at, `"'`) {
		at = s.closingQuote(at)
	}
	last := min(s.lineOf(at), end-1)
	for i := last + 1; i < end; i++ { // what else has text is the rest of a plain scalar, or closes brackets
		if !s.blank(i) && !s.comment(i) {
			last = i
		}
	}
	return last
}

// comments goes over the comments directly behind a list which belong to it: those indented at least as it is. Where the list
// is as far out as its key, those directly above the next key are that key's.
func (s source) comments(line, end, indent, keyIndent int) int {
	run := line
	for run < end && s.comment(run) {
		run++
	}
	aboveKey := run == end && end < s.count() && s.documentEnd(end) != end
	for line < run && s.indent(line) >= indent && (!aboveKey || s.indent(line) > keyIndent) {
		line++
	}
	return line
}

// flowItems writes feeds in braces, as a list's last item is: with blanks inside of them, or without.
func (s source) flowItems(list *yaml.Node, feeds []NewFeed, json bool) []string {
	pad := ""
	if n := len(list.Content); n > 0 {
		if at := s.content(list.Content[n-1]); s.has(at, "{") && s.has(at+1, " ") {
			pad = " "
		}
	}
	var items []string
	for _, f := range feeds {
		items = append(items, f.flow(pad, json))
	}
	return items
}

// flowList writes the key and a list for a file that is all in braces and has none.
func flowList(root *yaml.Node, feeds []NewFeed) string {
	json := root.Content[0].Style&yaml.DoubleQuotedStyle != 0
	list := "feeds: ["
	if json {
		list = `"feeds": [`
	}
	for i, f := range feeds {
		if i > 0 {
			list += ", "
		}
		list += f.flow("", json)
	}
	return list + "]"
}

// inJSON says whether keys have double quotes, as the last item's have; of an empty list its own key counts.
func inJSON(key, list *yaml.Node) bool {
	if path := lastLeaf(list); len(path) > 2 && path[1].Kind == yaml.MappingNode {
		key = path[1].Content[0]
	}
	return key.Style&yaml.DoubleQuotedStyle != 0
}
