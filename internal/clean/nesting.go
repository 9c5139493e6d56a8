package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// nesting is what a parser would have open, as far as it changes how it reads what comes.
type nesting struct {
	paragraph bool // a p that a block would close
	link      bool
}

// check sets w.doubtful when the tree under n is one that no parser builds, so that its text would be read as another
// tree: unwrapping leaves such trees. The rules are those of HTML's tree construction for the elements in allowed;
// being wrong to the safe side costs a second parse.
func (w *walker) check(n *html.Node, in nesting) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			if tableParts[n.DataAtom] && strings.TrimSpace(c.Data) != "" {
				w.doubtful = true
			}
			continue
		}
		if c.Namespace != "" { // made of foreign elements alone, which nest as they like
			w.doubtful = w.doubtful || tableParts[n.DataAtom]
			continue
		}
		below := in
		switch {
		case c.DataAtom == atom.Td || c.DataAtom == atom.Th || c.DataAtom == atom.Caption:
			below = nesting{} // a scope of its own
		case c.DataAtom == atom.P:
			w.doubtful = w.doubtful || in.paragraph
			below.paragraph = true
		case c.DataAtom == atom.A:
			w.doubtful = w.doubtful || in.link
			below.link = true
		case blocks[c.DataAtom]:
			w.doubtful = w.doubtful || in.paragraph
		}
		if need := parents[c.DataAtom]; need != nil && !need[n.DataAtom] {
			w.doubtful = true
		}
		if tableParts[n.DataAtom] && parents[c.DataAtom] == nil || headingLevel(c) > 0 && headingLevel(n) > 0 {
			w.doubtful = true
		}
		w.check(c, below)
	}
}

// tableParts take no text and no elements but their own.
var tableParts = map[atom.Atom]bool{
	atom.Table: true, atom.Thead: true, atom.Tbody: true, atom.Tfoot: true, atom.Tr: true, atom.Colgroup: true,
}

// parents are the only ones under which these elements stay where they are.
var parents = map[atom.Atom]map[atom.Atom]bool{
	atom.Li: {atom.Ul: true, atom.Ol: true}, atom.Dt: {atom.Dl: true}, atom.Dd: {atom.Dl: true},
	atom.Rt: {atom.Ruby: true}, atom.Rp: {atom.Ruby: true},
	atom.Caption: {atom.Table: true}, atom.Colgroup: {atom.Table: true}, atom.Col: {atom.Colgroup: true},
	atom.Thead: {atom.Table: true}, atom.Tbody: {atom.Table: true}, atom.Tfoot: {atom.Table: true},
	atom.Tr: {atom.Thead: true, atom.Tbody: true, atom.Tfoot: true}, atom.Td: {atom.Tr: true}, atom.Th: {atom.Tr: true},
}

// blocks close an open p.
var blocks = map[atom.Atom]bool{
	atom.Address: true, atom.Article: true, atom.Aside: true, atom.Blockquote: true, atom.Details: true, atom.Div: true,
	atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Figcaption: true, atom.Figure: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Hr: true, atom.Li: true, atom.Ol: true, atom.Pre: true, atom.Section: true, atom.Summary: true, atom.Table: true, atom.Ul: true,
}
