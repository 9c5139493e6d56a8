package clean

import "golang.org/x/net/html"

// mathChildren is how many children some elements of MathML must have (MathML Core §3.3, §3.4). With another number browsers show
// them as an mrow.
var mathChildren = map[string]int{"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}

// finishMath gives an element, whose children are finished, the children that it must have, or else makes an mrow of it.
func finishMath(n *html.Node) {
	list := solid(n)
	switch want, ok := mathChildren[n.Data]; {
	case ok && len(list) != want, n.Data == "mmultiscripts" && !scripts(list):
		mathRow(n)
	case n.Data == "mtable":
		tabled(n, "mtr")
	case n.Data == "mtr":
		tabled(n, "mtd")
	}
	for _, c := range solid(n) {
		switch {
		case (c.Data == "mprescripts" || c.Data == "none") && n.Data != "mmultiscripts":
			n.RemoveChild(c)
		case c.Data == "mtr" && n.Data != "mtable", c.Data == "mtd" && n.Data != "mtr":
			mathRow(c)
		}
	}
}

func mathRow(n *html.Node) {
	cells := n.Data == "mtr"
	n.Data, n.DataAtom, n.Attr = "mrow", 0, nil
	for c := n.FirstChild; cells && c != nil; c = c.NextSibling {
		if c.Data == "mtd" {
			mathRow(c)
		}
	}
}

// mathEmpty elements hold nothing.
var mathEmpty = map[string]bool{"mspace": true, "mprescripts": true, "none": true}

// scripts tells whether a list is a base with pairs of scripts behind it, and perhaps before it.
func scripts(list []*html.Node) bool {
	if len(list) == 0 || list[0].Data == "none" || list[0].Data == "mprescripts" {
		return false
	}
	pairs, before := 0, false
	for _, c := range list[1:] {
		if c.Data == "mprescripts" {
			if before || pairs%2 != 0 {
				return false
			}
			before = true
			continue
		}
		pairs++
	}
	return pairs%2 == 0
}

// tabled puts all children of n into elements of a kind, of its own each.
func tabled(n *html.Node, kind string) {
	for _, c := range solid(n) {
		if c.Data != kind {
			in := &html.Node{Type: html.ElementNode, Namespace: "math", Data: kind}
			replace(c, in)
			in.AppendChild(c)
			if kind == "mtr" {
				tabled(in, "mtd")
			}
		}
	}
}
