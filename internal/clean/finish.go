package clean

import (
	"slices"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// finish gives the elements under n the children that they must have, in the order in which they must come.
func finish(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.ElementNode && c.Namespace == "" {
			finish(c)
			if one := finishers[c.DataAtom]; one != nil {
				one(c)
			}
		}
		c = next
	}
}

var finishers = map[atom.Atom]func(*html.Node){
	atom.Dl: finishTerms, atom.Details: finishDetails, atom.Figure: finishFigure, atom.Ruby: finishRuby, atom.Picture: finishPicture,
	atom.Audio: finishMedia, atom.Video: finishMedia, atom.Table: finishTable,
}

// solid are the children of n that are more than white space and comments.
func solid(n *html.Node) (list []*html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode || c.Type == html.TextNode && !blankText(c.Data) {
			list = append(list, c)
		}
	}
	return list
}

// finishTerms gives descriptions without a term an empty one, and the other way round: neither takes any space.
func finishTerms(n *html.Node) {
	list := solid(n)
	if len(list) == 0 {
		return
	}
	if list[0].DataAtom == atom.Dd {
		n.InsertBefore(element(atom.Dt), list[0])
	}
	if list[len(list)-1].DataAtom == atom.Dt {
		n.AppendChild(element(atom.Dd))
	}
}

// finishDetails puts the summary first. Without one, nobody would know what there is to open.
func finishDetails(n *html.Node) {
	var first *html.Node
	for _, c := range solid(n) {
		if c.DataAtom != atom.Summary {
			continue
		}
		if first == nil {
			first = c
		} else {
			rename(c, atom.Div)
		}
	}
	if first == nil {
		rename(n, atom.Div)
		set(n, "open", "")
	} else if list := solid(n); list[0] != first {
		n.RemoveChild(first)
		n.InsertBefore(first, n.FirstChild)
	}
}

// finishFigure leaves one caption, at an end.
func finishFigure(n *html.Node) {
	list := solid(n)
	caption := -1
	for i, c := range list {
		if c.DataAtom == atom.Figcaption && (i == len(list)-1 || i == 0) {
			caption = i
		}
	}
	for i, c := range list {
		if c.DataAtom == atom.Figcaption && i != caption {
			rename(c, atom.Div)
		}
	}
}

// finishRuby takes away brackets that aren't in pairs, and lets a ruby end with its last annotation.
func finishRuby(n *html.Node) {
	list := solid(n)
	paired := true
	for i := 0; i < len(list); i++ {
		if list[i].DataAtom == atom.Rp {
			paired = paired && i+2 < len(list) && list[i+1].DataAtom == atom.Rt && list[i+2].DataAtom == atom.Rp
			i += 2
		}
	}
	var end *html.Node
	for _, c := range list {
		if c.DataAtom == atom.Rt || paired && c.DataAtom == atom.Rp {
			end = c
		} else if c.DataAtom == atom.Rp {
			n.RemoveChild(c)
		}
	}
	if end == nil {
		unwrap(n)
		return
	}
	for c := n.LastChild; c != end; c = n.LastChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n.NextSibling)
	}
}

// finishPicture leaves the sources that have a say in which picture is shown.
func finishPicture(n *html.Node) {
	var image *html.Node
	decided := false // a source without a condition: nothing behind it is ever shown
	for _, c := range solid(n) {
		switch {
		case c.DataAtom == atom.Img && image == nil:
			image = c
			if decided {
				set(c, "srcset", "")
				set(c, "sizes", "")
			}
		case c.DataAtom == atom.Source && image == nil:
			set(c, "src", "")
			if attr(c, "srcset") == "" || decided {
				n.RemoveChild(c)
				continue
			}
			decided = attr(c, "media") == "" && attr(c, "type") == ""
		default:
			n.RemoveChild(c)
		}
	}
	if image == nil {
		n.Parent.RemoveChild(n)
	}
}

// finishMedia puts sources and tracks before what is for those who can't play them.
func finishMedia(n *html.Node) {
	var sources, tracks []*html.Node
	standard := false
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch c.DataAtom {
		case atom.Source:
			n.RemoveChild(c)
			set(c, "srcset", "")
			set(c, "sizes", "")
			if !has(n, "src") && attr(c, "src") != "" {
				sources = append(sources, c)
			}
		case atom.Track:
			n.RemoveChild(c)
			if has(c, "default") && standard {
				set(c, "default", "")
			}
			standard = standard || has(c, "default")
			if attr(c, "src") != "" {
				tracks = append(tracks, c)
			}
		}
		c = next
	}
	first := n.FirstChild
	for _, c := range slices.Concat(sources, tracks) {
		n.InsertBefore(c, first)
	}
}
