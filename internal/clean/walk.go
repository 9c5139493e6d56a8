package clean

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A walker rewrites one parsed body in place.
type walker struct {
	cleaner
	base     *url.URL // nil when there is none: then relative references are dropped
	doubtful bool     // something nests in a way that a parser would change
	headings bool     // there are some
	finishes bool     // there are elements that finish is for
	urls     int      // bytes of URLs made absolute
	code     code     // what is known of the code around
	seen     tally
	found    found
	own      []string        // the body's own addresses, without fragments
	ids      []*html.Node    // elements that have an id
	inner    []innerLink     // links into the body itself
	blank    bool            // some links show nothing
	loaded   map[string]bool // addresses of pictures and frames, as they were written
	mark     *html.Node      // the author's mark for "read more"
	before   string          // cleaned HTML before it
}

func (c cleaner) walker(base string) *walker {
	u, err := url.Parse(base)
	if err != nil || !u.IsAbs() {
		u = nil
	}
	w := &walker{cleaner: c, base: u}
	for _, own := range []string{base, c.link} {
		if own, _, _ = strings.Cut(w.absolute(own, false), "#"); own != "" {
			w.own = append(w.own, own)
		}
	}
	w.found, w.urls = found{}, 0
	return w
}

// children cleans everything under root.
func (w *walker) children(root *html.Node) {
	w.headings, w.finishes, w.seen, w.ids, w.inner, w.mark, w.loaded = false, false, tally{}, nil, nil, nil, map[string]bool{}
	w.blank = false
	w.walk(root)
	w.fit(root)
	w.connect(root)
	if w.blank {
		w.dropBlank(root)
	}
	if w.headings {
		demote(root)
	}
	if w.mark != nil {
		w.before = w.beforeMark(root)
		w.mark.Parent.RemoveChild(w.mark)
	}
	w.check(root, nesting{})
}

func (w *walker) walk(parent *html.Node) {
	for n := parent.FirstChild; n != nil; {
		next := n.NextSibling
		switch n.Type {
		case html.TextNode:
			if n.Data = w.legal(n.Data); n.Data == "" {
				parent.RemoveChild(n) // or else a line end after it would look like the first thing in a pre
			} else {
				w.seen.text += len(strings.TrimSpace(n.Data))
			}
		case html.ElementNode:
			if in := w.element(n); in != nil { // unwrapped: go on with what was inside
				next = in
			}
		case html.CommentNode:
			if w.mark == nil && !w.faithful && moreMark.MatchString(n.Data) {
				w.mark = n
			} else {
				parent.RemoveChild(n)
			}
		default: // doctypes
			parent.RemoveChild(n)
		}
		n = next
	}
}

// element cleans one element and what is in it. When the element goes but its children stay, the first of them is
// returned, or what else came in its place; it is not yet walked.
func (w *walker) element(n *html.Node) *html.Node {
	if n.Namespace != "" {
		w.foreign(n)
		return nil
	}
	if to, ok := renamed[n.DataAtom]; ok {
		n.DataAtom, n.Data = to, to.String()
	}
	attrs, ok := allowed[n.DataAtom]
	level := headingLevel(n)
	switch {
	case !w.faithful && (n.DataAtom == atom.Span || n.DataAtom == atom.A) && n.FirstChild == nil && moreID.MatchString(attr(n, "id")):
		w.more(n)
		return nil
	case !w.faithful && w.leftOut(n):
		n.Parent.RemoveChild(n)
		return nil
	case !w.faithful && n.DataAtom == atom.Noscript:
		return w.unscripted(n)
	case embeds[n.DataAtom]:
		if tex := formula(n); tex != nil && !w.faithful {
			return replace(n, tex)
		}
		w.revive(n)
		w.loaded[attr(n, "src")] = true
		return w.embed(n)
	case dropped[n.DataAtom]:
		if sign := ticked(n); sign != nil && !w.faithful {
			return replace(n, sign)
		}
		w.found.dropped(n.DataAtom)
		n.Parent.RemoveChild(n)
		return nil
	case level > 0:
		w.headings = true
	case !ok:
		w.found.dropped(n.DataAtom)
		return unwrap(n)
	}
	outer, before := w.code, w.seen
	w.code = w.code.within(n)
	defer func() { w.code = outer }()
	image := false
	if n.DataAtom == atom.Img {
		revived := w.revive(n)
		if image = hidden(n); image && revived { // the size was the placeholder's
			set(n, "width", "")
			set(n, "height", "")
			image = false
		}
		w.loaded[attr(n, "src")] = true
	}
	w.attributes(n, attrs)
	if pointless(n) {
		return unwrap(n)
	}
	if in, gone := w.special(n, image); gone {
		return in
	}
	w.finishes = w.finishes || finishers[n.DataAtom] != nil
	w.walk(n)
	w.after(n, before)
	return nil
}

// unwrap puts the children of n in its place and returns the first of them.
func unwrap(n *html.Node) *html.Node {
	first := n.FirstChild
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	n.Parent.RemoveChild(n)
	return first
}

// replace puts another node in the place of n, and returns it.
func replace(n, with *html.Node) *html.Node {
	n.Parent.InsertBefore(with, n)
	n.Parent.RemoveChild(n)
	return with
}

// special gives some elements what they must have; gone is true when the element is gone, and in is what came in its place.
func (w *walker) special(n *html.Node, hidden bool) (in *html.Node, gone bool) {
	switch n.DataAtom {
	case atom.A:
		set(n, "rel", "")
		if attr(n, "href") != "" {
			put(n, "rel", linkRel)
		}
	case atom.Img:
		return w.image(n, hidden)
	case atom.Audio, atom.Video:
		put(n, "controls", "")
		put(n, "preload", "none")
		w.seen.media++
	case atom.Source, atom.Track:
		sized(n)
		if attr(n, "src") == "" && attr(n, "srcset") == "" {
			n.Parent.RemoveChild(n)
			return nil, true
		}
	}
	return nil, false
}

// linkRel is said of every link that leads out of the page.
const linkRel = "nofollow noopener noreferrer ugc"

func (w *walker) image(n *html.Node, hidden bool) (in *html.Node, gone bool) {
	src := attr(n, "src")
	if !w.faithful && (hidden || tracker(src)) {
		w.found.pixels++
		n.Parent.RemoveChild(n) // a tracking pixel (behaviour 87)
		return nil, true
	}
	if candidate, _, _ := strings.Cut(attr(n, "srcset"), " "); src == "" && candidate != "" {
		put(n, "src", candidate)
		src = candidate
	}
	if src == "" {
		alt := attr(n, "alt")
		if alt == "" {
			n.Parent.RemoveChild(n)
			return nil, true
		}
		return replace(n, &html.Node{Type: html.TextNode, Data: alt}), true
	}
	sized(n)
	put(n, "alt", attr(n, "alt"))
	put(n, "loading", "lazy")
	put(n, "referrerpolicy", "no-referrer")
	w.seen.media++
	return nil, false
}

// after looks at an element again when what is in it has been cleaned.
func (w *walker) after(n *html.Node, before tally) {
	switch {
	case !w.faithful && saysMore(n):
		w.seen = before
		w.more(n)
	case n.DataAtom == atom.A:
		w.afterLink(n, before)
	case !w.faithful && shareRows[n.DataAtom] && w.seen.since(before).onlyShares() && saysShare(n):
		w.found.bars++
		w.seen = before
		n.Parent.RemoveChild(n)
	}
}

// fit makes the tree keep HTML's rules. What is put together again is parsed again, too.
func (w *walker) fit(root *html.Node) {
	if !fits(root, place{flow: true}) {
		refit(root)
		w.doubtful = true
	}
	if w.finishes {
		finish(root)
	}
}

// demote makes of a post's headings such that go on where the page's own end, at h3, an entry's title: the first is an h4, and each
// one deeper than the last before it that is of a higher level, but no deeper than h6.
func demote(root *html.Node) {
	var above []int // levels, each higher than the next
	each(root, func(n *html.Node) {
		level := headingLevel(n)
		if level == 0 {
			return
		}
		for len(above) > 0 && above[len(above)-1] >= level {
			above = above[:len(above)-1]
		}
		above = append(above, level)
		rename(n, []atom.Atom{atom.H4, atom.H5, atom.H6}[min(len(above), 3)-1])
	})
}

func headingLevel(n *html.Node) int {
	if d := n.Data; n.Namespace == "" && len(d) == 2 && d[0] == 'h' && d[1] >= '1' && d[1] <= '6' {
		return int(d[1] - '0')
	}
	return 0
}

// each calls f for every element under root.
func each(root *html.Node, f func(*html.Node)) {
	for c := root.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			f(c)
			each(c, f)
		}
	}
}
