package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	yaml "go.yaml.in/yaml/v4"
)

// This file writes new feeds as YAML.

// blockItems writes feeds as a list's items with a line for every key. Between items that stand apart is an empty line.
func blockItems(feeds []NewFeed, indent, gap, newline string, apart bool) string {
	var b strings.Builder
	for i, f := range feeds {
		if apart && i > 0 {
			b.WriteString(newline)
		}
		for j, field := range f.fields() {
			lead := indent + "-" + gap
			if j > 0 {
				lead = indent + " " + strings.Repeat(" ", len(gap))
			}
			b.WriteString(lead + field[0] + ": " + quoted(field[1], false) + newline)
		}
	}
	return b.String()
}

// flow writes a feed on one line, in braces; as JSON, if that is wanted.
func (f NewFeed) flow(pad string, json bool) string {
	var parts []string
	for _, field := range f.fields() {
		if json {
			parts = append(parts, doubleQuoted(field[0])+": "+doubleQuoted(field[1]))
		} else {
			parts = append(parts, field[0]+": "+quoted(field[1], true))
		}
	}
	return "{" + pad + strings.Join(parts, ", ") + pad + "}"
}

func (f NewFeed) fields() [][2]string {
	fields := [][2]string{{"name", f.Name}, {"id", f.ID}, {"url", f.URL}}
	if f.ID == "" {
		fields = slices.Delete(fields, 1, 2)
	}
	return fields
}

// quoted writes a text in the shortest way that YAML, old and new, reads as that text. In flow style more needs quotes.
func quoted(s string, flow bool) string {
	double := doubleQuoted(s)
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || isBreak(r) }) {
		return double // where they can be seen
	}
	if readsBack(s, s, flow) && !oldWord(s) {
		return s
	}
	single := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if len(single) < len(double) && readsBack(single, s, flow) {
		return single
	}
	return double
}

// readsBack asks the parser itself what is read where something is written.
func readsBack(written, s string, flow bool) bool {
	around := [2]string{"- name: ", "\n  url: x\n"}
	if flow {
		around = [2]string{"- {name: ", ", url: x}\n"}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(around[0]+written+around[1]), &doc); err != nil || len(doc.Content) == 0 {
		return false
	}
	list := doc.Content[0]
	if len(list.Content) != 1 || len(list.Content[0].Content) != 4 {
		return false
	}
	name, next := list.Content[0].Content[1], list.Content[0].Content[2]
	return name.Kind == yaml.ScalarNode && name.Tag == "!!str" && name.Value == s && name.Anchor == "" && next.Value == "url"
}

// oldWord says whether YAML 1.1 reads a text as a truth value, a number, or a time.
func oldWord(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return strings.Trim(s, "0123456789:._+-") == ""
}

// doubleQuoted writes a text so that both YAML and JSON read it.
func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
