package config

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	yaml "go.yaml.in/yaml/v4"
	"golang.org/x/text/unicode/norm"

	"planet/internal/planet"
)

// A feedDraft is a feed while it is being read, with the nodes that later mistakes point at.
type feedDraft struct {
	planet.Feed
	posts                                  string
	nameAt, urlAt, postsAt, idAt, avatarAt *yaml.Node
}

// notGiven stands in a feed's numbers until those of show: are known.
const notGiven = -1

// maxID is the longest id, in bytes: ids become file names, and those end at 255.
const maxID = 200

// first is where something was seen that may not come twice.
type first struct {
	line int
	name string
}

// noted remembers the node of a value, for a mistake that is only found later.
func noted(at **yaml.Node, read func(*yaml.Node)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*at = n
		read(n)
	}
}

// optional leaves the default where the value is an empty text.
func optional(read func(*yaml.Node)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || n.Value != "" {
			read(n)
		}
	}
}

// section reads a mapping whose place has that name.
func (d *decoder) section(name string) func(*yaml.Node) {
	return func(n *yaml.Node) { d.mapping(n, d.place(name)) }
}

func (d *decoder) place(name string) *place {
	for _, p := range d.places {
		if p.name == name {
			return p
		}
	}
	panic("config: no place " + name)
}

func (d *decoder) feeds(dst *[]planet.Feed) func(*yaml.Node) {
	return func(n *yaml.Node) {
		p := d.place("feeds")
		*dst = make([]planet.Feed, 0, len(n.Content))
		d.c.Lines = map[string]Lines{}
		for item := range d.items(n) {
			d.feed = feedDraft{Feed: planet.Feed{PerFeed: notGiven, Flood: notGiven}}
			given, ok := d.mapping(item, p)
			if !ok {
				continue
			}
			d.checkSource(item, given&(1<<p.find("url")|1<<p.find("posts")) != 0)
			d.checkID()
			if f := d.feed; f.postsAt != nil {
				if d.c.Posts == nil {
					d.c.Posts = map[string]string{}
				}
				d.c.Posts[f.ID] = f.posts
			}
			d.c.Lines[d.feed.ID] = d.feed.lines(item)
			*dst = append(*dst, d.feed.Feed)
		}
	}
}

func (f feedDraft) lines(item *yaml.Node) Lines {
	l := Lines{Feed: item.Line}
	if f.Avatar != "" {
		l.Avatar = f.avatarAt.Line
	}
	return l
}

// checkSource checks that a feed has one source, which no other feed has.
func (d *decoder) checkSource(n *yaml.Node, given bool) {
	f := &d.feed
	switch {
	case !given:
		d.mistake(n, "url is missing", "for example url: https://kshlm.in/index.xml")
	case f.urlAt != nil && f.postsAt != nil:
		d.mistake(f.postsAt, "a feed has either url or posts", "make two feeds of it")
	case f.URL != "":
		key := sameAddress(f.URL)
		if before, ok := d.seenURLs[key]; ok {
			d.mistake(f.urlAt, "the same feed as on line "+before.String(), "remove one of them; keep and block may have several rules")
			return
		}
		d.seenURLs[key] = first{f.urlAt.Line, f.Name}
	}
}

// checkID gives a feed its identity, and checks that no other has it.
func (d *decoder) checkID() {
	f := &d.feed
	at, written := f.nameAt, f.Name
	if f.ID != "" {
		at, written = f.idAt, f.ID
	}
	if written == "" {
		return // reported already
	}
	slug := planet.Slug(norm.NFC.String(written))
	switch before, twice := d.seenIDs[slug]; {
	case slug == "":
		d.mistake(at, fmt.Sprintf("no id can be made of %q", short(written)), "an id has letters or digits, for example id: kaushal-m")
	case len(slug) > maxID:
		d.mistake(at, fmt.Sprintf("an id has at most %d bytes", maxID), "add a short one, for example id: kaushal-m")
	case f.ID != "" && f.ID != slug:
		d.mistake(at, fmt.Sprintf("%q is not an id: lower-case letters, digits and single hyphens", short(f.ID)), "write id: "+short(slug))
	case twice && f.ID != "":
		d.mistake(at, fmt.Sprintf("the id %q belongs to the feed on line %s", short(slug), before), "an id is for one feed alone")
	case twice:
		d.mistake(at, fmt.Sprintf("the name gives the id %q, as does that on line %s", short(slug), before),
			"add another id to one of them, for example id: "+short(slug)+"-2")
	default:
		d.seenIDs[slug] = first{at.Line, f.Name}
		f.ID = slug
	}
}

func (f first) String() string {
	if f.name == "" {
		return fmt.Sprint(f.line)
	}
	return fmt.Sprintf("%d, %q", f.line, short(f.name))
}

// finish does what needs the whole file.
func (d *decoder) finish() {
	d.finishPaths()
	for i := range d.c.Feeds {
		f := &d.c.Feeds[i]
		if f.PerFeed == notGiven {
			f.PerFeed = d.c.Show.PerFeed
		}
		if f.Flood == notGiven {
			f.Flood = d.c.Show.Flood
		}
	}
}

// groups reads a feed's groups. Each gets a page, so each needs a slug.
func (d *decoder) groups(dst *[]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*dst = nil
		for item := range d.items(n) {
			s, ok := d.scalar(item, "texts")
			if ok && planet.TagSlug(s) == "" {
				d.mistake(item, fmt.Sprintf("groups: no address can be made of %q", short(s)), "a group has letters or digits in its name")
			} else if ok {
				*dst = append(*dst, s)
			}
		}
	}
}

func (d *decoder) extra(dst *map[string]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*dst = map[string]string{}
		d.texts(n, func(key, value *yaml.Node) {
			if s, ok := d.scalar(value, "keys and texts"); ok {
				(*dst)[key.Value] = s
			}
		})
	}
}

func (d *decoder) lists(dst *[]List) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*dst = nil
		for item := range d.items(n) {
			d.list = List{}
			d.mapping(item, d.place("lists"))
			*dst = append(*dst, d.list)
		}
	}
}

func (d *decoder) aliases(dst *map[string]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*dst = map[string]string{}
		d.texts(n, func(key, value *yaml.Node) {
			to, ok := d.scalar(value, "paths")
			from := strings.TrimSpace(key.Value)
			switch {
			case !ok || !d.published(key, from) || !d.published(value, to):
			case from == to:
				d.mistake(value, fmt.Sprintf("aliases: %q is an alias of itself", short(to)), "the second is the file that is published")
			default:
				(*dst)[from] = to
			}
		})
	}
}

// published says whether a path is one of a published file.
func (d *decoder) published(n *yaml.Node, p string) bool {
	if fs.ValidPath(p) && p != "." && !strings.ContainsAny(p, "\\\x00") {
		return true
	}
	hint := "write paths under output, as in " + d.at.example
	if clean := strings.TrimPrefix(path.Clean("/"+p), "/"); p != "" && fs.ValidPath(clean) && clean != "." && !strings.Contains(p, ":") {
		if strings.HasSuffix(p, "/") {
			clean += "/index.html"
		}
		hint = didYouMean(short(clean))
	}
	d.mistake(n, fmt.Sprintf("aliases: %q is not the path of a published file", short(p)), hint)
	return false
}
