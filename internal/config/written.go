package config

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"
	"golang.org/x/text/unicode/norm"

	"planet/internal/planet"
)

// Written gives what a feeds.yaml says of each feed, by the feed's id: a text that is the same in two files when the feed's
// keys and values are, in whatever order and form. It is for comparing with a file of another time, so nothing else is
// checked: neither keys nor values need be right, nor need files exist. Its error is Mistakes: the file can't be read at all.
func Written(path string, data []byte) (map[string]string, error) {
	d := newDecoder(&Config{Path: path}, data)
	root := d.document()
	if root == nil {
		return nil, inOrder(d.mistakes)
	}
	feeds := map[string]string{}
	for p := range d.pairs(root) {
		if p.key.Value != "feeds" || p.value.Kind != yaml.SequenceNode {
			continue
		}
		for _, n := range p.value.Content {
			if n = target(n); n.Kind == yaml.MappingNode {
				keys := d.written(n, 0)
				id := planet.Slug(norm.NFC.String(cmp.Or(scalarOf(keys["id"]), scalarOf(keys["name"]))))
				if id != "" {
					feeds[id] = inKeyOrder(keys)
				}
			}
		}
	}
	if d.budget <= 0 {
		return nil, inOrder(d.mistakes)
	}
	return feeds, nil
}

// written gives the keys of a mapping that have a value, and their values as text.
func (d *decoder) written(n *yaml.Node, depth int) map[string]string {
	keys := map[string]string{}
	for p := range d.pairs(n) {
		if _, own := keys[p.key.Value]; !own && !isNull(p.value) {
			keys[p.key.Value] = d.value(p.value, depth)
		}
	}
	return keys
}

// mostDeep is deeper than anything valid nests in a feed.
const mostDeep = 10

// value is a node as text. Its first character says what it is, and every part has its length before it, so that no two
// values look the same.
func (d *decoder) value(n *yaml.Node, depth int) string {
	n = target(n)
	if d.budget > 0 {
		d.budget = max(1, d.budget-len(n.Value)) // aliases can repeat a long text, too
	}
	if !d.spend(n) || depth > mostDeep {
		return ""
	}
	switch n.Kind {
	case yaml.SequenceNode:
		var b strings.Builder
		b.WriteByte('[')
		for _, item := range n.Content {
			b.WriteString(measured(d.value(item, depth+1)))
		}
		return b.String()
	case yaml.MappingNode:
		return inKeyOrder(d.written(n, depth+1))
	}
	return "=" + strings.TrimSpace(n.Value)
}

func inKeyOrder(keys map[string]string) string {
	var b strings.Builder
	b.WriteByte('{')
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		b.WriteString(measured(k) + measured(keys[k]))
	}
	return b.String()
}

func measured(s string) string { return strconv.Itoa(len(s)) + ":" + s }

func scalarOf(value string) string {
	text, _ := strings.CutPrefix(value, "=")
	return text
}
