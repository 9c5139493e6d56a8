package clean

import (
	"slices"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// element puts an element of the old tree into the new one.
func (f *fitter) element(n *html.Node) {
	in := detached(n)
	switch a := n.DataAtom; {
	case a == atom.Li:
		f.item(n, in, atom.Ul)
	case a == atom.Dt || a == atom.Dd:
		f.item(n, in, atom.Dl)
	case a == atom.Rt || a == atom.Rp:
		f.annotation(n, in)
	case parents[a] != nil:
		f.tablePart(n, in)
	case a == atom.Figcaption || a == atom.Summary:
		f.heading(n, in)
	case a == atom.Source || a == atom.Track:
		if homes[a][f.top().node.DataAtom] {
			f.add(n)
		}
	case headingLevel(n) > 0 && f.top().node.DataAtom == atom.Summary && !f.within(terms):
		f.inline()
		f.whole(n, in)
	case isBlock(n):
		f.block(n, in)
	case a == atom.Picture:
		f.picture(n, in)
	case clickable[a]:
		f.unlinked(func() {
			if a == atom.A {
				f.format(n, in)
				return
			}
			f.inline()
			f.whole(n, in)
		})
	case a == atom.Ruby:
		f.inline()
		f.whole(n, in)
	case a == atom.Br:
		if flat := f.flat(); flat != nil {
			flat.gap = ""
		}
		f.inline()
		f.add(n)
	case a == atom.Q && f.parted[n], a == atom.Dfn && f.isOpen(atom.Dfn):
		f.all(in)
	default:
		f.format(n, in)
	}
}

// within tells whether one of these elements is around.
func (f *fitter) within(set map[atom.Atom]bool) bool {
	return slices.ContainsFunc(f.open, func(o *opened) bool { return set[o.node.DataAtom] })
}

func (f *fitter) isOpen(a atom.Atom) bool {
	return f.within(map[atom.Atom]bool{a: true}) || slices.ContainsFunc(f.formats, func(o *format) bool { return o.node.DataAtom == a })
}

// format puts an element that goes on where a block ends it.
func (f *fitter) format(n *html.Node, in []*html.Node) {
	one := &format{node: n}
	pending := slices.ContainsFunc(f.formats, func(o *format) bool { return !o.open && f.here(o) })
	if around := transparent[n.DataAtom] && f.top().flow && !f.busy[n] && !pending; !f.parted[n] || around {
		f.inline()
		f.openFormat(one)
	}
	f.formats = append(f.formats, one)
	f.goesOn(one, in)
}

// goesOn puts what is in a format, and ends it.
func (f *fitter) goesOn(one *format, in []*html.Node) {
	f.all(in)
	if one.open {
		f.endTo(slices.IndexFunc(f.open, func(o *opened) bool { return o.format == one }))
	}
	i := slices.Index(f.formats, one)
	f.formats = slices.Delete(f.formats, i, i+1)
}

// unlinked ends the link around for as long as do takes.
func (f *fitter) unlinked(do func()) {
	for _, link := range f.formats {
		if link.node.DataAtom == atom.A && !link.held {
			link.held = true
			defer func() { link.held = false }()
			if link.open {
				f.endTo(slices.IndexFunc(f.open, func(o *opened) bool { return o.format == link }))
			}
		}
	}
	do()
}

// block puts a block.
func (f *fitter) block(n *html.Node, in []*html.Node) {
	a := n.DataAtom
	strong := false
	switch {
	case a == atom.Div && f.open[f.list()].node.DataAtom == atom.Dl: // a group of terms
		f.endTo(f.list() + 1)
		f.all(in)
		return
	case f.within(terms) && sections[a], a == atom.Address && f.isOpen(a):
		rename(n, atom.Div)
	case f.within(terms) && headingLevel(n) > 0:
		rename(n, atom.P)
		strong = true
	case a == atom.Table && f.isOpen(atom.Caption):
		f.flatten(n, in)
		return
	}
	if strong {
		bold := element(atom.Strong)
		for _, c := range in {
			bold.AppendChild(c)
		}
		f.parted[bold] = f.parted[n]
		in = []*html.Node{bold}
	}
	f.roomyBlock(n, in)
}

func rename(n *html.Node, to atom.Atom) { n.DataAtom, n.Data = to, to.String() }

func (f *fitter) roomyBlock(n *html.Node, in []*html.Node) {
	if !endsHeading[n.DataAtom] && slices.ContainsFunc(f.formats, func(o *format) bool { return !o.open && headingLevel(o.node) > 0 && f.here(o) }) {
		f.goOn() // so that it is in the heading
	}
	if !f.room(n) {
		f.flatten(n, in)
		return
	}
	if n.DataAtom != atom.P && headingLevel(n) == 0 {
		f.whole(n, in)
		return
	}
	if n.DataAtom == atom.P && f.top().node.DataAtom == atom.P { // never, but for what room doesn't know
		f.all(in)
		return
	}
	one := &format{node: n, block: f.top()}
	if !f.parted[n] {
		f.openFormat(one)
	}
	at := slices.IndexFunc(f.formats, func(o *format) bool { return !o.open })
	if at < 0 {
		at = len(f.formats)
	}
	f.formats = slices.Insert(f.formats, at, one)
	f.goesOn(one, in)
}

// list is the innermost element that is a list or takes blocks or only text, but for items that the old tree doesn't have.
func (f *fitter) list() int {
	i := len(f.open) - 1
	for i > 0 && (f.open[i].implied && !strict[f.open[i].node.DataAtom] || !f.open[i].flow && !f.open[i].flat && !strict[f.open[i].node.DataAtom]) {
		i--
	}
	return i
}

// item puts an item of a list, into a new list where there is none.
func (f *fitter) item(n *html.Node, in []*html.Node, list atom.Atom) {
	i := f.list()
	if parents[n.DataAtom][f.open[i].node.DataAtom] {
		f.endTo(i + 1)
		f.whole(n, in)
		return
	}
	of := element(list)
	if !f.room(of) {
		f.flatten(n, in)
		return
	}
	f.begin(of).implied = true
	f.whole(n, in)
}

// tablePart puts a part of a table; outside of one only what is in it.
func (f *fitter) tablePart(n *html.Node, in []*html.Node) {
	i := len(f.open) - 1
	for i > 0 && !f.open[i].flow && !f.open[i].flat {
		i--
	}
	if parents[n.DataAtom][f.open[i].node.DataAtom] {
		f.endTo(i + 1)
		f.whole(n, in)
		return
	}
	f.flatten(n, in)
}

// heading puts a figcaption or summary; elsewhere than in a figure or details it is a div.
func (f *fitter) heading(n *html.Node, in []*html.Node) {
	i := len(f.open) - 1
	for i > 0 && !f.open[i].flow && !f.open[i].flat {
		i--
	}
	if !homes[n.DataAtom][f.open[i].node.DataAtom] {
		rename(n, atom.Div)
		f.roomyBlock(n, in)
		return
	}
	f.endTo(i + 1)
	f.whole(n, in)
}

// annotation puts a part of ruby.
func (f *fitter) annotation(n *html.Node, in []*html.Node) {
	i := len(f.open) - 1
	for i > 0 && !f.open[i].flow && f.open[i].node.DataAtom != atom.Ruby {
		i--
	}
	if f.open[i].node.DataAtom != atom.Ruby {
		f.all(in)
		return
	}
	f.endTo(i + 1)
	if n.DataAtom == atom.Rp {
		for _, c := range in {
			n.AppendChild(c)
		}
		onlyText(n, legal)
		f.add(n)
		return
	}
	f.whole(n, in)
}

// picture puts a picture with its sources; what else is in it comes behind it.
func (f *fitter) picture(n *html.Node, in []*html.Node) {
	var rest []*html.Node
	image := false
	for _, c := range in {
		if c.DataAtom == atom.Source && !image || c.DataAtom == atom.Img && !image {
			n.AppendChild(c)
			image = image || c.DataAtom == atom.Img
		} else if c.DataAtom != atom.Source {
			rest = append(rest, c)
		}
	}
	if image {
		f.inline()
		f.add(n)
	}
	f.all(rest)
}
