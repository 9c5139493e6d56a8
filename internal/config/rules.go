package config

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"planet/internal/planet"
)

func (d *decoder) ruleList(dst *[]planet.Rule) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*dst = nil
		p := d.place("rules")
		for item := range d.items(n) {
			d.rule = planet.Rule{}
			before := len(d.mistakes)
			d.mapping(item, p)
			switch {
			case len(d.mistakes) > before:
			case len(d.rule.Tests) == 0:
				d.mistake(item, "an empty rule", d.example())
			default:
				*dst = append(*dst, d.rule)
			}
		}
	}
}

// pattern reads one of a rule's keys: a regexp, or a list of them, all of which must match.
func (d *decoder) pattern(field string, dst *planet.Rule) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			d.test(n, field, dst)
			return
		}
		if len(n.Content) == 0 {
			d.mistake(n, field+": an empty list matches everything", d.example())
		}
		for item := range d.items(n) {
			d.test(item, field, dst)
		}
	}
}

// test adds a pattern to a rule, compiling each only once: hundreds of feeds have the same.
func (d *decoder) test(n *yaml.Node, field string, dst *planet.Rule) {
	s, ok := d.scalar(n, "a pattern")
	if !ok {
		return
	}
	if s == "" {
		d.mistake(n, field+": an empty pattern matches everything", d.example())
		return
	}
	re := d.regexps[s]
	if re == nil {
		var err error
		if re, err = regexp.Compile(s); err != nil {
			d.mistake(n, field+": "+strings.TrimPrefix(err.Error(), "error parsing regexp: "), patternHint(err.Error()))
			return
		}
		d.regexps[s] = re
	}
	dst.Tests = append(dst.Tests, planet.Test{Field: field, Pattern: re})
	dst.Line = cmp.Or(dst.Line, n.Line)
}

func patternHint(err string) string {
	switch {
	case strings.Contains(err, "(?=") || strings.Contains(err, "(?!") || strings.Contains(err, "(?<"):
		return "patterns can't look ahead or behind; use keep and block together"
	case strings.Contains(err, "missing argument to repetition operator"):
		return `for the sign itself write a backslash before it, as in C\+\+`
	}
	return "write a regular expression as Go knows them, see https://pkg.go.dev/regexp/syntax"
}

// A hideDraft is an item of hide: while it is being read. Link and id both become Link: nobody's id is another's address.
type hideDraft struct {
	planet.Hide
	linkAt, idAt *yaml.Node
}

func (d *decoder) hides(dst *[]planet.Hide) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*dst = nil
		p := d.place("hide")
		for item := range d.items(n) {
			d.hide = hideDraft{Hide: planet.Hide{Line: item.Line}}
			given, ok := d.mapping(item, p)
			if !ok {
				continue
			}
			d.checkHide(item, given&(1<<p.find("link")|1<<p.find("id")) != 0)
			*dst = append(*dst, d.hide.Hide)
		}
	}
}

// checkHide checks that an item of hide: names one post, which no other item names: of two reasons for one post, one is lost.
func (d *decoder) checkHide(n *yaml.Node, given bool) {
	h := &d.hide
	switch before, twice := d.seenHides[h.Link]; {
	case !given:
		d.mistake(n, "link is missing", "for example link: https://blog.example/ad/; or id: with the id that the feed gives the post")
	case h.linkAt != nil && h.idAt != nil:
		d.mistake(h.idAt, "an item of \"hide:\" has either link or id", "one is enough to find the post: remove the other")
	case h.Link == "": // reported already
	case twice:
		d.mistake(cmp.Or(h.linkAt, h.idAt), fmt.Sprintf("the same post is hidden on line %d", before), "remove one of them")
	default:
		d.seenHides[h.Link] = h.Line
	}
}
