package config

import (
	"fmt"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// nearest is the word most like a misspelt one, or "".
func nearest(word string, words []string) string {
	best, least := "", max(1, len([]rune(word))/3)+1
	for _, w := range words {
		if plain(w) == plain(word) {
			return w
		}
		if d := distance(plain(word), plain(w)); d < least {
			best, least = w, d
		}
	}
	return best
}

// plain takes away what people vary in words: perPage, per-page and per_page are one.
func plain(word string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(word))
}

// distance counts the letters to insert, delete, change or swap with their neighbour to make one word of another.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(s) > 40 || len(t) > 40 {
		return 40 // nobody misspells that long a key, and the cost is the product of the lengths
	}
	var older, old, row [41]int
	for j := range row {
		old[j] = j
	}
	for i := range s {
		row[0] = i + 1
		for j := range t {
			change := 1
			if s[i] == t[j] {
				change = 0
			}
			row[j+1] = min(old[j]+change, old[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, old = old, row
	}
	return old[len(t)]
}

// synonyms are keys of other planets' configurations, or from memory; the first that the place knows and lacks is meant.
var synonyms = map[string][]string{
	"author":        {"name", "owner"},
	"authors":       {"feeds", "author"},
	"blogs":         {"feeds"},
	"body":          {"text"},
	"categories":    {"groups", "category"},
	"content":       {"text"},
	"db":            {"database"},
	"description":   {"text"},
	"disabled":      {"paused"},
	"exclude":       {"block"},
	"face":          {"avatar"},
	"feed":          {"url", "feeds"},
	"feed_url":      {"url"},
	"filter":        {"keep"},
	"group":         {"groups"},
	"homepage":      {"site", "url"},
	"href":          {"url", "link"},
	"htmlurl":       {"site"},
	"icon":          {"avatar"},
	"id":            {"link"},
	"ignore":        {"block", "hide"},
	"image":         {"avatar"},
	"include":       {"keep"},
	"interval":      {"every"},
	"lang":          {"language"},
	"language":      {"lang"},
	"link":          {"url", "site"},
	"locale":        {"language", "lang"},
	"maintainer":    {"owner"},
	"name":          {"title", "author"},
	"output_dir":    {"output"},
	"photo":         {"avatar"},
	"picture":       {"avatar"},
	"publish_dir":   {"output"},
	"reason":        {"why"},
	"refresh":       {"every"},
	"require":       {"keep"},
	"rss":           {"url"},
	"atom":          {"url"},
	"sites":         {"feeds"},
	"slug":          {"id"},
	"sources":       {"feeds"},
	"subscriptions": {"feeds"},
	"tag":           {"category", "groups"},
	"tags":          {"groups", "category"},
	"template":      {"theme"},
	"template_dir":  {"theme"},
	"templates":     {"theme"},
	"title":         {"name"},
	"tz":            {"timezone"},
	"uri":           {"url", "link"},
	"url":           {"link"},
	"website":       {"site", "url"},
	"workers":       {"concurrency"},
	"xmlurl":        {"url"},
}

// unknownKey reports a key that its place doesn't know, and returns the one that was meant as a bit, if that can be guessed.
func (d *decoder) unknownKey(n *yaml.Node, p *place, present uint64) (meant uint64) {
	name, free := short(n.Value), p.names(present) // a key that is there already is not the one
	word := synonym(name, free)
	under := ""
	if word == "" {
		under = d.elsewhere(name)
	}
	if word == "" && under == "" {
		word = nearest(name, free)
	}
	hint := fmt.Sprintf("the keys of %s are %s", p.noun, strings.Join(p.names(0), ", "))
	switch {
	case word != "":
		hint, meant = didYouMean(word), 1<<p.find(word)
	case under != "":
		hint = fmt.Sprintf("%q belongs %s", name, under)
	}
	d.mistake(n, fmt.Sprintf("unknown key %q", name), hint)
	return meant
}

func synonym(name string, keys []string) string {
	for _, w := range synonyms[strings.ToLower(name)] {
		if slices.Contains(keys, w) {
			return w
		}
	}
	return ""
}

// elsewhere says under what a key of another place belongs.
func (d *decoder) elsewhere(name string) string {
	for _, p := range d.places {
		if p.find(name) >= 0 && p.under != "" {
			return p.under
		}
	}
	return ""
}

func didYouMean(word string) string { return fmt.Sprintf("did you mean %q?", word) }

// oneOf is the hint for a value that isn't among the few allowed.
func oneOf(got string, allowed []string) string {
	if w := nearest(got, allowed); w != "" {
		return didYouMean(w)
	}
	last := len(allowed) - 1
	return "write " + strings.Join(allowed[:last], ", ") + " or " + allowed[last]
}
