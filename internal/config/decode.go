package config

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"

	"planet/internal/planet"
)

// A decoder carries one feeds.yaml from its YAML nodes into a Config, collecting mistakes on the way.
type decoder struct {
	c        *Config
	data     []byte
	lines    []string // of data, passwords masked; split when the first mistake needs them
	places   []*place // where keys may stand, the top level first
	at       *key     // the key whose value is being read
	budget   int      // nodes that may still be visited, see spend
	mistakes Mistakes

	// What the readers of feeds, rules, hide and lists write to, one item after the other.
	feed feedDraft
	rule planet.Rule
	hide hideDraft
	list List

	nodes             struct{ output, database *yaml.Node } // for mistakes found at the end
	seenIDs, seenURLs map[string]first
	seenHides         map[string]int // lines, by link or id
	regexps           map[string]*regexp.Regexp
	avatars           map[string]bool
}

// A place is a mapping in feeds.yaml: a section, or one item of a list.
type place struct {
	name     string // as docs/config.md calls it
	noun     string // for messages
	under    string // for messages: "this key belongs …"; "" when that would not help
	required []string
	keys     []key
}

// A key is one that a place knows, with a value that shows how it is written, and what reads its value.
type key struct {
	name, example string
	read          func(*yaml.Node)
}

func (p *place) find(name string) int {
	for i := range p.keys {
		if p.keys[i].name == name {
			return i
		}
	}
	return -1
}

// names are the place's keys, without those in a set.
func (p *place) names(without uint64) []string {
	var names []string
	for i, k := range p.keys {
		if without&(1<<i) == 0 {
			names = append(names, k.name)
		}
	}
	return names
}

func newDecoder(c *Config, data []byte) *decoder {
	d := &decoder{
		c: c, data: data,
		// A file has fewer nodes than bytes; aliases may visit some of them again, but not without end.
		budget:  len(data) + 1_000_000,
		seenIDs: map[string]first{}, seenURLs: map[string]first{}, seenHides: map[string]int{},
		regexps: map[string]*regexp.Regexp{}, avatars: map[string]bool{},
	}
	d.places = d.allPlaces()
	return d
}

// mapping reads a mapping by the keys of its place. It returns which keys have a value, as bits in the place's order, with
// misspelt ones counted as what they were meant to be; and whether it was a mapping at all.
func (d *decoder) mapping(n *yaml.Node, p *place) (given uint64, ok bool) {
	if n.Kind != yaml.MappingNode {
		d.mistake(n, p.noun+" must be keys and values, got "+got(n), d.example())
		return 0, false
	}
	outer := d.at
	var seen uint64
	for pair := range d.pairs(n) {
		i := p.find(pair.key.Value)
		if i < 0 {
			given |= d.unknownKey(pair.key, p, present(n, p))
			continue
		}
		if seen&(1<<i) != 0 {
			d.twice(n, pair)
			continue
		}
		seen |= 1 << i
		d.at = &p.keys[i]
		switch {
		case !isNull(pair.value):
			given |= 1 << i
			d.at.read(pair.value)
		case slices.Contains(p.required, d.at.name):
			d.mistake(pair.key, d.at.name+" is empty", d.example())
		}
	}
	for _, name := range p.required {
		if i := p.find(name); (seen|given)&(1<<i) == 0 && d.budget > 0 {
			d.at = &p.keys[i]
			d.mistake(n, d.at.name+" is missing", d.example())
		}
	}
	d.at = outer
	return given, true
}

// present are the keys of its place that a mapping has, merged ones aside.
func present(n *yaml.Node, p *place) (given uint64) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := p.find(target(n.Content[i]).Value); k >= 0 {
			given |= 1 << k
		}
	}
	return given
}

// twice reports a key that its mapping has already, unless it only comes through "<<".
func (d *decoder) twice(n *yaml.Node, p pair) {
	if p.merged {
		return
	}
	i := 0
	for target(n.Content[i]).Value != p.key.Value {
		i += 2
	}
	d.mistake(p.key, fmt.Sprintf("key %q is given twice, first on line %d", short(p.key.Value), n.Content[i].Line), "remove one of them")
}

// texts reads a mapping of free keys to texts.
func (d *decoder) texts(n *yaml.Node, read func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, "keys and values")
		return
	}
	given := map[string]bool{}
	for pair := range d.pairs(n) {
		if given[pair.key.Value] {
			d.twice(n, pair)
			continue
		}
		given[pair.key.Value] = true
		if !isNull(pair.value) {
			read(pair.key, pair.value)
		}
	}
}

// mistake reports what is wrong at a node.
func (d *decoder) mistake(n *yaml.Node, text, hint string) { d.report(n.Line, n.Column, text, hint) }

// wrong reports a value of the wrong kind.
func (d *decoder) wrong(n *yaml.Node, want string) {
	d.mistake(n, fmt.Sprintf("%s must be %s, got %s", d.at.name, want, got(n)), d.example())
}

// example is the hint that shows how the key being read is written.
func (d *decoder) example() string { return fmt.Sprintf("for example %s: %s", d.at.name, d.at.example) }

// report adds a mistake. A place past the end, where the YAML parser finds that something is missing, becomes the end
// of the last line that says anything.
func (d *decoder) report(line, col int, text, hint string) {
	if len(d.mistakes) == mistakesKept {
		d.budget = 0 // enough to do; and a mistake that aliases multiply would never end
		return
	}
	if d.lines == nil {
		d.lines = splitLines(string(d.data))
		for i, l := range d.lines {
			d.lines[i] = masked(l)
		}
	}
	line = min(max(line, 1), len(d.lines))
	for line > 1 && strings.TrimSpace(d.lines[line-1]) == "" {
		line, col = line-1, math.MaxInt
	}
	col = min(max(col, 1), utf8.RuneCountInString(d.lines[line-1])+1)
	d.mistakes = append(d.mistakes, Mistake{
		File: d.c.Path, Line: line, Col: col,
		Text: masked(text), SourceLine: d.lines[line-1], Hint: masked(hint),
	})
}

// isBreak says whether YAML ends a line here. It knows six line breaks, of which CR LF is one.
func isBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

func splitLines(s string) []string {
	s = strings.ReplaceAll(strings.TrimPrefix(s, "\uFEFF"), "\r\n", "\n")
	var lines []string
	for {
		i := strings.IndexFunc(s, isBreak)
		if i < 0 {
			return append(lines, s)
		}
		lines = append(lines, s[:i])
		_, size := utf8.DecodeRuneInString(s[i:])
		s = s[i+size:]
	}
}
