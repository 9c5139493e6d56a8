package clean

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Footnotes and tables of contents are links into the body itself. On a page of many posts their names would meet, and
// scripts of the page could mistake them for something else, so every entry's ids get a prefix of its own.

// idPrefix is what the ids of an entry begin with: "e1a2b3c4d-", always the same for the same entry.
func idPrefix(identity string) string {
	sum := sha256.Sum256([]byte(identity))
	return "e" + hex.EncodeToString(sum[:4]) + "-"
}

// An innerLink is a link to the element of that name in the same body, if there is one.
type innerLink struct {
	node *html.Node
	name string
}

// noteID remembers an element that may be linked to. What it is called stands in its id until connect has looked at all.
func (w *walker) noteID(n *html.Node) {
	if n.DataAtom == atom.A {
		name := attr(n, "name")
		set(n, "name", "")
		if name != "" && !has(n, "id") {
			put(n, "id", name)
		}
	}
	if has(n, "id") {
		w.ids = append(w.ids, n)
	}
}

// fragment is the name that a link into the body itself leads to; given is as it stands there, to the same made absolute.
func (w *walker) fragment(given, to string) (name string, inner bool) {
	page, name, found := strings.Cut(to, "#")
	if own, ok := strings.CutPrefix(given, "#"); ok {
		name, found = own, own != ""
	} else if found {
		found = false
		for _, own := range w.own {
			found = found || own == page
		}
	}
	if !found || w.faithful {
		return "", false
	}
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return strings.TrimPrefix(name, w.prefix), true
}

// connect gives the elements that links of the same body lead to their ids, and takes all others.
func (w *walker) connect(root *html.Node) {
	if len(w.ids) == 0 {
		return
	}
	wanted := map[string]*html.Node{} // nil until the element is found
	for _, link := range w.inner {
		if safeName(link.name) {
			wanted[link.name] = nil
		}
	}
	if len(wanted) == 0 {
		for _, n := range w.ids {
			set(n, "id", "")
		}
		return
	}
	each(root, func(n *html.Node) {
		name := strings.TrimPrefix(attr(n, "id"), w.prefix)
		if there, ok := wanted[name]; ok && there == nil {
			wanted[name] = n
			put(n, "id", w.prefix+name)
		} else if name != "" {
			set(n, "id", "")
		}
	})
	for _, link := range w.inner {
		if wanted[link.name] != nil {
			put(link.node, "href", "#"+w.prefix+url.PathEscape(link.name))
			set(link.node, "rel", "")
		}
	}
}

// safeName tells whether a name can stand in an id and in a link to it as it is.
func safeName(name string) bool {
	if name == "" || len(name) > 200 {
		return false
	}
	for _, r := range name {
		switch {
		case r < 0x80 && strings.ContainsRune(hostBytes+"_:", r):
		case r >= 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
		default:
			return false
		}
	}
	return true
}
