package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"planet/internal/planet"
)

// A NewFeed is a feed to be listed.
type NewFeed struct{ Name, URL, ID string } // ID "" when the name makes one that is free

// Listed says that a feed of the same address is in the list already.
type Listed struct {
	Name string
	Line int // 0 when it is one of those to be added
}

func (e *Listed) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("is given twice, first as %s", e.Name)
	}
	return fmt.Sprintf("is listed already on line %d, as %s", e.Line, e.Name)
}

// Append adds feeds to the end of the list in a feeds.yaml, in the style of its last item. Everything else stays as it is,
// byte for byte; only a written "nothing" (feeds: [] or feeds: ~) gives way. Mistakes of the file, and of what is to be
// added, come back as Mistakes.
func Append(path string, data []byte, feeds []NewFeed) ([]byte, error) {
	d, root, err := read(path, data)
	if err != nil {
		return nil, err
	}
	feeds = slices.Clone(feeds)
	added := make([]planet.Feed, len(feeds))
	for i := range feeds {
		if added[i], err = d.admit(&feeds[i]); err != nil {
			return nil, err
		}
		added[i].PerFeed, added[i].Flood = d.c.Show.PerFeed, d.c.Show.Flood
	}
	if len(feeds) == 0 {
		return data, nil
	}
	edits, why := newSource(data).extend(root, feeds)
	if why != "" {
		return nil, byHand(path, why, feeds)
	}
	longer := applied(data, edits)
	after, err := Parse(path, longer)
	switch {
	case err != nil:
		return nil, byHand(path, "the list is written in an unusual way", feeds)
	case !extends(d.c, after, added):
		return nil, byHand(path, "something else would have changed", feeds)
	}
	return longer, nil
}

// byHand is the error for a file that people must edit, with the lines to write.
func byHand(path, why string, feeds []NewFeed) error {
	lines := blockItems(feeds, "  ", " ", "\n", false)
	return fmt.Errorf("%s: could not be extended safely: %s; add by hand, under \"feeds:\":\n%s", path, why, masked(strings.TrimSuffix(lines, "\n")))
}

// admit checks a feed to be added against those that are there, and gives it an id of its own. It returns the feed that
// will be read.
func (d *decoder) admit(f *NewFeed) (planet.Feed, error) {
	f.Name, f.URL, f.ID = strings.TrimSpace(f.Name), strings.TrimSpace(f.URL), strings.TrimSpace(f.ID)
	address := sameAddress(f.URL)
	if before, ok := d.seenURLs[address]; ok {
		return planet.Feed{}, &Listed{before.name, before.line}
	}
	slug := planet.Slug(norm.NFC.String(f.Name))
	if _, taken := d.seenIDs[slug]; taken && f.ID == "" {
		f.ID = d.freeID(slug)
	}
	feed, err := f.read()
	if err != nil {
		return feed, err
	}
	if before, taken := d.seenIDs[feed.ID]; taken {
		return feed, Mistakes{{File: "new feed", Text: fmt.Sprintf("the id %q belongs to the feed on line %s", short(feed.ID), before), Hint: "an id is for one feed alone"}}
	}
	d.seenURLs[address], d.seenIDs[feed.ID] = first{0, f.Name}, first{0, f.Name}
	return feed, nil
}

// freeID is an id like the one that is taken.
func (d *decoder) freeID(taken string) string {
	for n := 2; ; n++ {
		number := fmt.Sprintf("-%d", n)
		id := taken
		for len(id) > maxID-len(number) {
			_, size := utf8.DecodeLastRuneInString(id)
			id = strings.TrimRight(id[:len(id)-size], "-")
		}
		if _, ok := d.seenIDs[id+number]; !ok {
			return id + number
		}
	}
}

// read checks a feed as if it stood alone in a feeds.yaml.
func (f NewFeed) read() (planet.Feed, error) {
	for _, s := range []string{f.Name, f.URL, f.ID} {
		if !utf8.ValidString(s) {
			return planet.Feed{}, Mistakes{{File: "new feed", Text: "not UTF-8"}}
		}
	}
	alone := "{title: x, url: https://planet.example/, feeds: [" + f.flow("", true) + "]}"
	c, err := Parse("new feed", []byte(alone))
	var m Mistake
	switch {
	case errors.As(err, &m):
		return planet.Feed{}, Mistakes{{File: m.File, Text: m.Text, Hint: m.Hint}} // its line is none that anybody knows
	case err != nil:
		return planet.Feed{}, err
	}
	return c.Feeds[0], nil
}

// extends says whether a configuration is another with feeds added, and the same in all else.
func extends(before, after *Config, added []planet.Feed) bool {
	return reflect.DeepEqual(bare(before, added), bare(after, nil))
}

// bare makes a configuration one that can be compared: without what may differ, with more feeds.
func bare(c *Config, more []planet.Feed) Config {
	same := *c
	same.Hash, same.Lines = "", nil
	same.Location = time.FixedZone(c.Location.String(), 0) // a loaded one remembers when it was loaded
	same.Feeds = append(slices.Clone(c.Feeds), more...)
	same.Show.Keep, same.Show.Block = withoutLines(c.Show.Keep), withoutLines(c.Show.Block)
	same.Hide = slices.Clone(c.Hide)
	for i := range same.Hide {
		same.Hide[i].Line = 0 // what follows the list moves down
	}
	return same
}

func withoutLines(rules []planet.Rule) []planet.Rule {
	rules = slices.Clone(rules)
	for i := range rules {
		rules[i].Line = 0
	}
	return rules
}
