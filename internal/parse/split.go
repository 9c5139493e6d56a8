package parse

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// A Key tells an entry's slice of a document from others of its feed: 128 bits of a SHA-256 over its bytes and over all
// else that has a say in how they are read. Two entries with one key are read alike, whatever else the document holds.
type Key = [16]byte

// A Document is a feed document, decoded and, where that can be, taken apart into its entries, which needs no parsing.
// So whoever knows most of its entries from last time can have the others alone read.
type Document struct {
	limits   Limits
	base     *url.URL
	text     []byte // UTF-8
	warnings []Warning
	json     bool
	root     int     // where the root element or object begins
	slices   []slice // none where it couldn't be taken apart
}

// A slice is one entry's element: the bytes of the text from where to where, and their key.
type slice struct {
	from, to int
	key      Key
}

// Open takes a document as Parse does. It never fails: what is wrong with the document, Read says.
func Open(doc []byte, contentType string, base *url.URL, limits Limits) *Document {
	d := &Document{limits: limits.orDefault(), base: base}
	if base == nil {
		d.base = &url.URL{}
	}
	d.text, d.warnings = decode(doc, contentType)
	d.split()
	return d
}

// Keys are those of the document's entries, in its order; none where it couldn't be taken apart.
func (d *Document) Keys() []Key {
	keys := make([]Key, len(d.slices))
	for i, s := range d.slices {
		keys[i] = s.key
	}
	return keys
}

// Read reads the document without the entries whose keys are known. Result.Known says how many those are.
func (d *Document) Read(known func(Key) bool) (Result, error) {
	if text, at, n := d.without(known); n > 0 {
		p := d.parser(at)
		if res, err := p.result(text); err == nil && p.keys != nil {
			res.Known, res.Keys = n, d.Keys()
			return res, nil
		} // else it isn't as it looked from afar
	}
	all := map[int64]Key{}
	for _, s := range d.slices {
		all[int64(s.from-d.root)] = s.key
	}
	p := d.parser(all)
	res, err := p.result(d.text)
	if err == nil && p.keys != nil {
		res.Keys = d.Keys()
	}
	return res, err
}

func (d *Document) parser(keys map[int64]Key) *parser {
	return &parser{limits: d.limits, base: d.base, warnings: slices.Clone(d.warnings), keys: keys}
}

// without is the document from its root on without the n entries that are known, with the keys of the others by where
// they begin now.
func (d *Document) without(known func(Key) bool) (text []byte, at map[int64]Key, n int) {
	if known == nil || len(d.slices) == 0 {
		return nil, nil, 0
	}
	at = map[int64]Key{}
	end := d.root
	for _, s := range d.slices {
		if end == d.root || !d.json {
			text = append(text, d.text[end:s.from]...)
		}
		end = s.to
		if known(s.key) {
			n++
			continue
		}
		if d.json && len(at) > 0 {
			text = append(text, ',')
		}
		at[int64(len(text))] = s.key
		text = append(text, d.text[s.from:s.to]...)
	}
	return append(text, d.text[end:]...), at, n
}

// split finds the document's entries and gives them their keys. A document with more entries than are taken has to be read
// whole, to see which are the newest; so has one whose head, all but its entries, can't be read by itself.
func (d *Document) split() {
	p := &parser{limits: d.limits, base: d.base}
	var found []slice
	if d.json = isJSON(d.text); d.json {
		start := bytes.TrimLeft(d.text, beforeJSON)
		d.root, found = len(d.text)-len(start), jsonSlices(start, d.limits.Items)
	} else if root, err := p.root(d.text); err == nil {
		d.root, found = len(d.text)-len(root), entrySlices(root, d.limits.Items)
	}
	if len(found) == 0 {
		return
	}
	for i := range found {
		found[i].from += d.root
		found[i].to += d.root
	}
	d.slices = found
	head, _, _ := d.without(func(Key) bool { return true })
	res, err := p.document(head)
	if err != nil || len(res.Items) > 0 {
		d.slices = nil
		return
	}
	scope, places := d.scope(res, head)
	for i, s := range found {
		h := sha256.New()
		h.Write(scope)
		h.Write(places[i])
		h.Write(d.text[s.from:s.to])
		copy(found[i].key[:], h.Sum(nil))
	}
}

// scope is a digest of all beside an entry's own bytes that has a say in how they are read: what entries inherit from
// their feed, and the tags of its head that declare namespaces, languages or bases. The places are, for each entry, a digest
// of those tags that come before it: it may stand within the channel or behind it.
func (d *Document) scope(feed Result, head []byte) (scope []byte, places [][]byte) {
	h := sha256.New()
	fmt.Fprintf(h, "%d %+v %s\n%q %q %q %q\n", Version, d.limits, d.base, feed.Format, feed.Feed.Link, feed.Feed.Language, feed.Feed.Authors)
	places = make([][]byte, len(d.slices))
	next, at := 0, 0 // the next entry, and where in the head it was
	if len(d.slices) > 0 {
		at = d.slices[0].from - d.root
	}
	for i := 0; !d.json; {
		lt := bytes.IndexByte(head[i:], '<')
		for ; next < len(places) && (lt < 0 || at <= i+lt); next++ {
			places[next] = h.Sum(nil)
			if next+1 < len(places) {
				at += d.slices[next+1].from - d.slices[next].to
			}
		}
		if lt < 0 {
			break
		}
		tag := head[i+lt:]
		tag = tag[:tagLength(tag)]
		if i+lt == 0 || isChannelTag(tag) || bytes.Contains(tag, []byte("xml")) && inherited.Match(tag) {
			h.Write(tag)
		}
		i += lt + len(tag)
	}
	return h.Sum(nil), places
}

// inherited matches a tag with an attribute that holds for all elements inside.
var inherited = regexp.MustCompile(`[\s"'](?:xmlns(?::[^\s=>"']*)?|xml:lang|xml:base)\s*(?:[\s=/>]|$)`)

// isChannelTag tells whether a tag begins or ends an element named channel.
func isChannelTag(tag []byte) bool {
	name := elementName(tag)
	if bytes.HasPrefix(tag, []byte("</")) {
		name = elementName(tag[1:])
	}
	return name[strings.IndexByte(name, ':')+1:] == "channel"
}

// entrySlices finds the elements of entries in a document that begins with its root element, by their tags alone. What it
// takes for one is one only if the scan finds it, too. More than most are none: such a document is read whole.
func entrySlices(root []byte, most int) (found []slice) {
	depth, from := 0, 0
	for t := range entryTags(root) {
		if depth += t.opens; depth < 0 || len(found) > most {
			return nil
		}
		switch {
		case t.opens > 0 && depth == 1:
			from = t.from
		case t.opens < 0 && depth == 0:
			found = append(found, slice{from: from, to: t.to})
		case t.opens == 0 && depth == 0:
			found = append(found, slice{from: t.from, to: t.to})
		}
	}
	if depth != 0 || len(found) > most { // the end is missing
		return nil
	}
	return found
}

// An entryTag is a tag of an entry's element: it opens one more, one less, or, when it is a whole element, none.
type entryTag struct{ from, to, opens int }

// entryTags are the tags of entries in a document that begins with its root element.
func entryTags(root []byte) iter.Seq[entryTag] {
	entry := entryName(root)
	return func(yield func(entryTag) bool) {
		marks := endMarks{}
		for i := 0; i < len(root); {
			lt := bytes.IndexByte(root[i:], '<')
			if lt < 0 {
				return
			}
			i += lt
			rest := root[i:]
			t := entryTag{from: i, to: i + 1}
			switch {
			case len(rest) > 1 && (rest[1] == '!' || rest[1] == '?'):
				i += constructLength(rest, marks)
				continue
			case isTag(rest, "</", entry):
				t.to, t.opens = i+tagLength(rest), -1
			case isTag(rest, "<", entry):
				if t.to = i + tagLength(rest); root[t.to-1] != '>' || root[t.to-2] != '/' {
					t.opens = 1
				}
			default:
				i++
				continue
			}
			if i = t.to; !yield(t) {
				return
			}
		}
	}
}

// entryName is the lower-case qualified name of entries in a document that begins with its root element.
func entryName(root []byte) string {
	if name := elementName(root); strings.HasSuffix(name, "feed") {
		return strings.TrimSuffix(name, "feed") + "entry"
	}
	return "item"
}

// constructLength is how long the comment, CDATA section, instruction or declaration is that b begins with. One that
// never ends counts as its first two characters.
func constructLength(b []byte, marks endMarks) int {
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		return max(marks.after(b, "-->"), 2)
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		return max(marks.after(b, "]]>"), 2)
	case bytes.HasPrefix(b, []byte("<?")):
		return max(marks.after(b, "?>"), 2)
	}
	return 2
}

// isTag tells whether b begins with open and the name, whatever its case.
func isTag(b []byte, open, name string) bool {
	n := len(open) + len(name)
	if len(b) <= n || string(b[:len(open)]) != open || b[len(open)]|0x20 != name[0] {
		return false
	}
	switch b[n] {
	case ' ', '\t', '\n', '\r', '>', '/':
		return strings.EqualFold(string(b[len(open):n]), name)
	}
	return false
}

// jsonSlices finds the objects in the array "items" of a JSON object; none if they are more than most.
func jsonSlices(doc []byte, most int) (found []slice) {
	depth, from := 0, 0
	name, inItems := "", false
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; c {
		case '"':
			end := stringEnd(doc, i)
			if depth == 1 && end < len(doc) && isName(doc[end+1:]) {
				name = string(doc[i+1 : end])
			}
			i = end
		case '{', '[':
			if depth == 1 && c == '[' && name == "items" {
				if inItems || found != nil { // twice
					return nil
				}
				inItems = true
			}
			if depth == 2 && inItems && c == '{' {
				from = i
			}
			depth++
		case '}', ']':
			depth--
			if depth == 2 && inItems && c == '}' {
				if found = append(found, slice{from: from, to: i + 1}); len(found) > most {
					return nil
				}
			}
			if depth == 1 {
				inItems = false
			}
		}
	}
	return found
}

// stringEnd is where the string that begins at i has its closing quote, or the document its end.
func stringEnd(doc []byte, i int) int {
	for i++; i < len(doc) && doc[i] != '"'; i++ {
		if doc[i] == '\\' {
			i++
		}
	}
	return min(i, len(doc))
}

// isName tells whether what follows a string makes it a member's name.
func isName(rest []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(":"))
}
