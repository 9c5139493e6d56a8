package config

import (
	"fmt"
	"iter"

	yaml "go.yaml.in/yaml/v4"
)

// items goes through a list, with aliases followed.
func (d *decoder) items(n *yaml.Node) iter.Seq[*yaml.Node] {
	return func(yield func(*yaml.Node) bool) {
		if n.Kind != yaml.SequenceNode {
			d.wrong(n, "a list")
			return
		}
		for _, item := range n.Content {
			if !d.spend(item) {
				return
			}
			if item = target(item); isNull(item) {
				d.mistake(item, "an empty item in the list "+d.at.name, d.example())
				continue
			}
			if !yield(item) {
				return
			}
		}
	}
}

// A pair is a key and its value. A merged one comes through "<<" from elsewhere, and yields to the mapping's own.
type pair struct {
	key, value *yaml.Node
	merged     bool
}

// pairs goes through a mapping, its own pairs first, with aliases followed.
func (d *decoder) pairs(n *yaml.Node) iter.Seq[pair] {
	return func(yield func(pair) bool) { d.walk(n, 0, yield) }
}

func (d *decoder) walk(n *yaml.Node, depth int, yield func(pair) bool) bool {
	merges := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := target(n.Content[i]), target(n.Content[i+1])
		switch {
		case !d.spend(n.Content[i]):
			return false
		case key.Tag == "!!merge":
			merges = true
		case key.Kind != yaml.ScalarNode:
			d.mistake(key, "a key must be a plain word, got "+got(key), "")
		case !yield(pair{key, value, depth > 0}):
			return false
		}
	}
	for i := 0; merges && i+1 < len(n.Content); i += 2 {
		if target(n.Content[i]).Tag == "!!merge" && !d.merge(target(n.Content[i+1]), depth+1, yield) {
			return false
		}
	}
	return true
}

// merge goes through what "<<" names: a mapping, or a list of them, of which the earlier wins.
func (d *decoder) merge(n *yaml.Node, depth int, yield func(pair) bool) bool {
	sources := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		sources = n.Content
	}
	for _, s := range sources {
		source := target(s)
		switch {
		case !d.spend(s):
			return false
		case source.Kind != yaml.MappingNode:
			d.mistake(s, `"<<" must name keys and values that have an anchor, got `+got(source), "for example <<: *jo, where elsewhere stands: - &jo")
		case depth > 10:
			d.mistake(s, `"<<" names what holds "<<", and so on without end`, "write it out")
			return false
		case !d.walk(source, depth, yield):
			return false
		}
	}
	return true
}

// spend counts visits to nodes. A few lines of aliases to aliases can stand for more of them than a computer can hold.
func (d *decoder) spend(n *yaml.Node) bool {
	d.budget--
	if d.budget == 0 {
		d.mistake(n, "the aliases of this file stand for too much", "write it out without * and <<")
	}
	return d.budget > 0
}

// target follows an alias to the node that it names.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// got names what stands where something else should.
func got(n *yaml.Node) string {
	if n.Kind == yaml.MappingNode {
		return "keys and values"
	}
	if n.Kind == yaml.SequenceNode {
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!bool":
		return n.Value
	case "!!int", "!!float":
		return "the number " + short(n.Value)
	case "!!timestamp":
		return "the date " + short(n.Value)
	}
	return fmt.Sprintf("the text %q", short(n.Value))
}

// short keeps a value fit for a message.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
