package parse

import (
	"bytes"
	"strings"
)

// unnested is a document in which entries that stand right within an entry follow it instead; nil when none does, or
// when the tags within such an entry don't match each other, so that nobody can tell where its own children are.
// An entry anywhere deeper is a quotation or somebody's own markup, and so is one that declares a namespace.
func unnested(root []byte, limits Limits) []byte {
	depth, nested := 0, false
	for t := range entryTags(root) {
		nested = nested || depth > 0 && t.opens >= 0
		if depth += t.opens; depth < 0 {
			return nil
		}
	}
	if !nested || depth != 0 {
		return nil
	}
	n := nest{root: root, entry: entryName(root), limits: limits}
	if !n.walk() || n.out == nil {
		return nil
	}
	return append(n.out, root[n.done:]...)
}

// A nest takes entries within an outermost entry apart, one outermost entry after the other.
type nest struct {
	root   []byte
	entry  string
	limits Limits
	out    []byte // the document so far, up to done; nil while no entry was nested
	done   int
	open   []openElement
	found  []nestedEntry // of the outermost entry, in their order
}

// An openElement's entry is its index among those found; -1 for other elements.
type openElement struct {
	name  string
	entry int
}

// A nestedEntry is known by its own stretches of the document, without those of the entries in it.
type nestedEntry struct {
	own  [][2]int // from where to where
	from int      // where its current stretch begins
}

// walk goes over all tags; it is false where they don't match.
func (n *nest) walk() bool {
	marks := endMarks{}
	for i := 0; ; {
		lt := bytes.IndexByte(n.root[i:], '<')
		if lt < 0 {
			return len(n.open) == 0
		}
		i += lt
		rest := n.root[i:]
		if len(rest) > 1 && (rest[1] == '!' || rest[1] == '?') {
			i += constructLength(rest, marks)
			continue
		}
		tag := rest[:tagLength(rest)]
		ok := true
		if bytes.HasPrefix(tag, []byte("</")) {
			ok = n.end(tag, i)
		} else {
			ok = n.start(tag, i)
		}
		if !ok {
			return false
		}
		i += len(tag)
	}
}

func (n *nest) start(tag []byte, at int) bool {
	isEntry := isTag(tag, "<", n.entry)
	for len(n.open) > 1 && isEntry && n.isVoid(len(n.open)-1) {
		n.open = n.open[:len(n.open)-1]
	}
	depth := len(n.open)
	if depth == 0 && !isEntry {
		return true // beside the entries nothing matters
	}
	if depth > n.limits.Depth || len(n.found) > n.limits.MaxItems || tag[len(tag)-1] != '>' {
		return false // the scan will refuse it
	}
	outer := -1
	if depth > 0 {
		outer = n.open[depth-1].entry
	}
	entry, whole := -1, tag[len(tag)-2] == '/'
	switch {
	case isEntry && depth == 0:
		entry = 0
		n.found = append(n.found[:0], nestedEntry{from: at})
	case isEntry && outer >= 0 && !bytes.Contains(tag, []byte("xmlns=")):
		n.stretch(outer, at)
		entry = len(n.found)
		n.found = append(n.found, nestedEntry{from: at})
	}
	if !whole {
		n.open = append(n.open, openElement{tagNameOf(tag[1:]), entry})
	} else if entry >= 0 {
		n.close(entry, at+len(tag))
	}
	return true
}

func (n *nest) end(tag []byte, at int) bool {
	if len(n.open) == 0 {
		return true
	}
	name := tagNameOf(tag[2:])
	top := len(n.open) - 1
	for top > 0 && n.open[top].name != name && n.isVoid(top) {
		top--
	}
	if n.open[top].name != name {
		return voidElements[strings.ToLower(name)]
	}
	entry := n.open[top].entry
	if n.open = n.open[:top]; entry >= 0 {
		n.close(entry, at+len(tag))
	}
	return true
}

// isVoid tells whether an open element is one of HTML without an end tag, in a text that nobody escaped.
func (n *nest) isVoid(i int) bool { return voidElements[strings.ToLower(n.open[i].name)] }

// stretch ends an entry's current stretch.
func (n *nest) stretch(entry, to int) {
	e := &n.found[entry]
	e.own = append(e.own, [2]int{e.from, to})
}

// close ends an entry: the one around it goes on behind it, and after the outermost follow all that were in it.
func (n *nest) close(entry, to int) {
	n.stretch(entry, to)
	if len(n.open) > 0 {
		n.found[n.open[len(n.open)-1].entry].from = to
		return
	}
	if len(n.found) > 1 {
		n.out = append(n.out, n.root[n.done:n.found[0].own[0][0]]...)
		for _, e := range n.found {
			for _, own := range e.own {
				n.out = append(n.out, n.root[own[0]:own[1]]...)
			}
		}
		n.done = to
	}
}

// tagNameOf is the name, as it is written, that b begins with.
func tagNameOf(b []byte) string {
	if i := bytes.IndexAny(b, " \t\r\n/>"); i >= 0 {
		b = b[:i]
	}
	return string(b)
}
