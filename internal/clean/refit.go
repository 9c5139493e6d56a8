package clean

import (
	"slices"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A fitter puts a tree together again so that it keeps HTML's rules: it reads the old one from the beginning to the end and writes
// a new one, as a parser would that knows them. A block ends the phrasing elements that it stands in, which go on in it and behind it
// (b around p becomes p around b); where there can be no blocks, in pre and headings, their text stays in lines of its own.
type fitter struct {
	open    []*opened           // elements of the new tree that are not yet ended, from its root
	formats []*format           // elements of the old tree that go on where they were ended
	parted  map[*html.Node]bool // elements of the old tree that hold blocks
	busy    map[*html.Node]bool // links that hold what can be clicked
	copies  int
}

type opened struct {
	node    *html.Node
	flow    bool    // takes blocks
	implied bool    // the old tree doesn't have it: it ends when something comes that can't stand in it
	format  *format // nil for most
	flat    bool    // takes no blocks, only their text
	some    bool    // of a flat one: something is in it
	gap     string  // of a flat one: what parts what comes from what was
}

// A format is an element that is ended by blocks and goes on.
type format struct {
	node  *html.Node
	used  bool // the node itself stands in the new tree; others are copies of it
	open  bool
	held  bool    // must not go on now
	block *opened // of a p or heading: only where it was does it go on
}

// mostCopies bounds what is made of formats around many blocks.
const mostCopies = 1000

func refit(root *html.Node) {
	f := &fitter{parted: map[*html.Node]bool{}, busy: map[*html.Node]bool{}}
	f.survey(root)
	in := detached(root)
	f.open = []*opened{{node: root, flow: true}}
	f.all(in)
	f.endTo(1)
}

// survey finds what holds blocks, and links that hold what can be clicked.
func (f *fitter) survey(n *html.Node) (parted, busy bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || c.Namespace != "" {
			continue
		}
		p, b := f.survey(c)
		if p {
			f.parted[c] = true
		}
		if b && c.DataAtom == atom.A {
			f.busy[c] = true
		}
		parted = parted || p || isBlock(c)
		busy = busy || b || clickable[c.DataAtom]
	}
	return parted, busy
}

// detached takes the children of n from it.
func detached(n *html.Node) (list []*html.Node) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		list = append(list, c)
	}
	return list
}

func (f *fitter) top() *opened { return f.open[len(f.open)-1] }

func (f *fitter) all(list []*html.Node) {
	for _, n := range list {
		f.put(n)
	}
}

func (f *fitter) put(n *html.Node) {
	switch {
	case n.Type == html.TextNode && !blankText(n.Data):
		f.inline()
		f.add(n)
	case n.Type != html.ElementNode:
		f.add(n)
	case n.Namespace != "":
		f.inline()
		f.add(n)
	default:
		f.element(n)
	}
}

func (f *fitter) add(n *html.Node) { f.top().node.AppendChild(n) }

// begin opens an element in the new tree.
func (f *fitter) begin(n *html.Node) *opened {
	a := n.DataAtom
	o := &opened{node: n, flow: flows[a] || tableParts[a] || transparent[a] && f.top().flow && !f.busy[n]}
	o.flat = a == atom.Pre || a == atom.Summary || a == atom.Ruby || headingLevel(n) > 0 || !o.flow && pictures[a]
	f.add(n)
	f.open = append(f.open, o)
	return o
}

// endTo ends all elements but the first i.
func (f *fitter) endTo(i int) {
	for _, o := range f.open[i:] {
		if o.format != nil {
			o.format.open = false
		}
	}
	f.open = f.open[:i]
}

// end ends an element if it is still open.
func (f *fitter) end(o *opened) {
	if i := slices.Index(f.open, o); i > 0 {
		f.endTo(i)
	}
}

// whole puts an element that isn't parted, with what is in it.
func (f *fitter) whole(n *html.Node, in []*html.Node) {
	o := f.begin(n)
	f.all(in)
	f.end(o)
}

// inline makes the place fit for text and phrasing elements.
func (f *fitter) inline() {
	for f.top().implied && strict[f.top().node.DataAtom] {
		f.endTo(len(f.open) - 1)
	}
	switch f.top().node.DataAtom {
	case atom.Ul, atom.Ol:
		f.begin(element(atom.Li)).implied = true
	case atom.Dl:
		f.begin(element(atom.Dd)).implied = true
	}
	f.goOn()
	if flat := f.flat(); flat != nil {
		if flat.some && flat.gap != "" {
			f.addGap(flat)
		}
		flat.some, flat.gap = true, ""
	}
}

func (f *fitter) addGap(flat *opened) {
	switch {
	case flat.gap == " ":
		f.add(&html.Node{Type: html.TextNode, Data: " "})
	case flat.node.DataAtom == atom.Pre:
		f.add(&html.Node{Type: html.TextNode, Data: "\n"})
	default:
		f.add(element(atom.Br))
	}
}

func element(a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
}

// flat is the innermost element around that takes no blocks, nil when there is none in the innermost that does.
func (f *fitter) flat() *opened {
	for i := len(f.open) - 1; i > 0 && !f.open[i].flow; i-- {
		if f.open[i].flat {
			return f.open[i]
		}
	}
	return nil
}

// goOn opens the formats again that were ended.
func (f *fitter) goOn() {
	i := 0
	for i < len(f.formats) && (f.formats[i].open || !f.here(f.formats[i])) {
		i++
	}
	if i == len(f.formats) {
		return
	}
	for _, later := range f.formats[i:] { // they stand in those that come before them
		if later.open {
			f.end(f.open[slices.IndexFunc(f.open, func(o *opened) bool { return o.format == later })])
			break
		}
	}
	for _, format := range f.formats[i:] {
		if !format.open && f.here(format) {
			f.openFormat(format)
		}
	}
}

// here tells whether a format may go on here.
func (f *fitter) here(format *format) bool {
	if format.held {
		return false
	}
	if format.block != nil {
		for i := len(f.open) - 1; i >= 0; i-- {
			if f.open[i].flow {
				return f.open[i] == format.block
			}
		}
	}
	return !format.used || f.copies < mostCopies
}

func (f *fitter) openFormat(format *format) {
	n := format.node
	if format.used {
		f.copies++
		n = copyOf(n)
		set(n, "id", "")
		f.busy[n] = f.busy[format.node]
	}
	format.used, format.open = true, true
	f.begin(n).format = format
}

// room makes the place fit for a block, and tells whether it could: where only phrasing is, it can't.
func (f *fitter) room(n *html.Node) bool {
	i := len(f.open) - 1
	for ; i > 0 && !f.open[i].flow; i-- {
		o := f.open[i]
		if o.flat && !(headingLevel(o.node) > 0 && endsHeading[n.DataAtom]) {
			return false
		}
		if strict[o.node.DataAtom] && !o.implied {
			break
		}
	}
	f.endTo(i + 1)
	list := f.top().node
	switch list.DataAtom {
	case atom.Ul, atom.Ol:
		f.goOnItem(list, atom.Li)
	case atom.Dl:
		f.goOnItem(list, atom.Dd)
	}
	return true
}

// goOnItem puts what stands between the items of a list into the last one.
func (f *fitter) goOnItem(list *html.Node, kind atom.Atom) {
	for last := list.LastChild; last != nil; last = last.PrevSibling {
		if last.Type == html.ElementNode {
			if last.DataAtom != kind {
				break
			}
			f.open = append(f.open, &opened{node: last, flow: true, implied: true})
			return
		}
	}
	f.begin(element(kind)).implied = true
}

// endsHeading are the blocks that have no place in a heading even as text.
var endsHeading = map[atom.Atom]bool{
	atom.Table: true, atom.Ul: true, atom.Ol: true, atom.Dl: true, atom.Pre: true, atom.Blockquote: true, atom.Figure: true, atom.Details: true, atom.Hr: true,
}

// flatten puts what is in a block where no block can be.
func (f *fitter) flatten(n *html.Node, in []*html.Node) {
	gap := "\n"
	if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
		gap = " "
	}
	f.part(gap)
	if id, flat := attr(n, "id"), f.flat(); id != "" && flat != nil && !has(flat.node, "id") {
		put(flat.node, "id", id)
	}
	f.all(in)
	f.part(gap)
}

// part keeps words apart that the tags of a block did.
func (f *fitter) part(gap string) {
	flat := f.flat()
	if flat == nil {
		f.add(&html.Node{Type: html.TextNode, Data: gap})
	} else if flat.gap != "\n" {
		flat.gap = gap
	}
}
