package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HTML says which elements may stand in which ("content models"), and a parser builds what breaks these rules as well as what keeps
// them. Most posts keep them; fits tells. What doesn't is put together again (refit.go). That some elements must have others, in
// an order, is for finish.

// A place is what is known of what is around an element, as far as it decides what may stand there.
type place struct {
	flow    bool // blocks may
	link    bool // within a link: nothing that can be clicked may
	term    bool // within dt, th or address: no headings and no sections
	dfn, rp bool
	caption bool
	address bool
}

// flows hold blocks.
var flows = map[atom.Atom]bool{
	atom.Body: true, atom.Address: true, atom.Article: true, atom.Aside: true, atom.Blockquote: true, atom.Caption: true, atom.Dd: true,
	atom.Details: true, atom.Div: true, atom.Dt: true, atom.Figcaption: true, atom.Figure: true, atom.Li: true, atom.Section: true,
	atom.Td: true, atom.Th: true,
}

// transparent elements hold what their parent may hold.
var transparent = map[atom.Atom]bool{
	atom.A: true, atom.Del: true, atom.Ins: true, atom.Audio: true, atom.Video: true,
}

// strict elements take no text and only children of their own kind.
var strict = map[atom.Atom]bool{
	atom.Ul: true, atom.Ol: true, atom.Dl: true, atom.Picture: true,
	atom.Table: true, atom.Thead: true, atom.Tbody: true, atom.Tfoot: true, atom.Tr: true,
}

// homes are the only parents that these elements may have; those of tables and ruby are in parents.
var homes = map[atom.Atom]map[atom.Atom]bool{
	atom.Figcaption: {atom.Figure: true}, atom.Summary: {atom.Details: true},
	atom.Source: {atom.Picture: true, atom.Audio: true, atom.Video: true}, atom.Track: {atom.Audio: true, atom.Video: true},
}

// clickable elements must not stand in a link (HTML, "interactive content"); audio and video always have controls here.
var clickable = map[atom.Atom]bool{atom.A: true, atom.Details: true, atom.Audio: true, atom.Video: true}

var sections = map[atom.Atom]bool{atom.Article: true, atom.Aside: true, atom.Section: true}

var terms = map[atom.Atom]bool{atom.Dt: true, atom.Th: true, atom.Address: true}

// isBlock tells whether an element is none of phrasing content.
func isBlock(n *html.Node) bool {
	return n.Namespace == "" && (n.DataAtom == atom.P || blocks[n.DataAtom] || headingLevel(n) > 0 || parents[n.DataAtom] != nil && n.DataAtom != atom.Rt && n.DataAtom != atom.Rp)
}

// fits tells whether all under n keeps the rules.
func fits(n *html.Node, in place) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			if strict[n.DataAtom] && !blankText(c.Data) {
				return false
			}
			continue
		}
		if c.Type != html.ElementNode {
			continue
		}
		if !may(c, n, in) {
			return false
		}
		if c.Namespace == "" && c.FirstChild != nil && !fits(c, inside(c, in)) {
			return false
		}
	}
	return true
}

// may tells whether c may be a child of n there.
func may(c, n *html.Node, in place) bool {
	a := c.DataAtom
	if c.Namespace != "" {
		return !strict[n.DataAtom] && !in.rp
	}
	need := parents[a]
	if need == nil {
		need = homes[a]
	}
	switch {
	case need != nil:
		return need[n.DataAtom]
	case n.DataAtom == atom.Picture:
		return a == atom.Img
	case strict[n.DataAtom] || in.rp:
		return false
	case headingLevel(c) > 0 && n.DataAtom == atom.Summary:
		return !in.term
	case isBlock(c) && !in.flow:
		return false
	case in.link && clickable[a], in.dfn && a == atom.Dfn, in.caption && a == atom.Table, in.address && a == atom.Address:
		return false
	case in.term && (sections[a] || headingLevel(c) > 0):
		return false
	}
	return true
}

// inside is the place inside of c.
func inside(c *html.Node, in place) place {
	a := c.DataAtom
	in.flow = flows[a] || transparent[a] && in.flow
	in.link = in.link || a == atom.A
	in.term = in.term || terms[a]
	in.dfn = in.dfn || a == atom.Dfn
	in.rp = a == atom.Rp
	in.caption = in.caption || a == atom.Caption
	in.address = in.address || a == atom.Address
	return in
}

// blankText tells whether s is white space as HTML sees it: a no-break space is text.
func blankText(s string) bool { return strings.Trim(s, " \t\n\f\r") == "" }
