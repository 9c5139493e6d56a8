package clean

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A walker rewrites one parsed body in place.
type walker struct {
	base     *url.URL // nil when there is none: then relative references are dropped
	doubtful bool     // something nests in a way that a parser would change
	headings [7]bool  // levels seen
	urls     int      // bytes of URLs made absolute
}

func newWalker(base string) *walker {
	u, err := url.Parse(base)
	if err != nil || !u.IsAbs() {
		u = nil
	}
	return &walker{base: u}
}

// children cleans everything under root.
func (w *walker) children(root *html.Node) {
	w.headings = [7]bool{}
	w.walk(root)
	w.demote(root)
	w.check(root, nesting{})
}

func (w *walker) walk(parent *html.Node) {
	for n := parent.FirstChild; n != nil; {
		next := n.NextSibling
		switch n.Type {
		case html.TextNode:
			if n.Data = legal(n.Data); n.Data == "" {
				parent.RemoveChild(n) // or else a line end after it would look like the first thing in a pre
			}
		case html.ElementNode:
			if in := w.element(n); in != nil { // unwrapped: go on with what was inside
				next = in
			}
		default: // comments, doctypes
			parent.RemoveChild(n)
		}
		n = next
	}
}

// element cleans one element and what is in it. When the element goes but its children stay, the first of them is
// returned; they then stand in its place, not yet walked.
func (w *walker) element(n *html.Node) *html.Node {
	if to, ok := renamed[n.DataAtom]; ok {
		n.DataAtom, n.Data = to, to.String()
	}
	attrs, ok := allowed[n.DataAtom]
	level := headingLevel(n)
	switch {
	case n.Namespace != "" || dropped[n.DataAtom]:
		n.Parent.RemoveChild(n)
		return nil
	case n.DataAtom == atom.Iframe:
		return w.embed(n)
	case level > 0:
		w.headings[level] = true
	case !ok:
		return unwrap(n)
	}
	w.attributes(n, attrs)
	if gone := w.special(n); gone {
		return nil
	}
	w.walk(n)
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

// embed puts a link in the place of a frame: what is in it is not ours to load (behaviour 86).
func (w *walker) embed(n *html.Node) *html.Node {
	src := w.absolute(attr(n, "src"), false)
	u, err := url.Parse(src)
	if src == "" || err != nil {
		n.Parent.RemoveChild(n)
		return nil
	}
	text := strings.TrimSpace(attr(n, "title"))
	if text == "" {
		text = u.Hostname()
	}
	link := &html.Node{Type: html.ElementNode, DataAtom: atom.A, Data: "a", Attr: []html.Attribute{{Key: "href", Val: src}}}
	link.AppendChild(&html.Node{Type: html.TextNode, Data: "▶ " + text})
	n.Parent.InsertBefore(link, n)
	n.Parent.RemoveChild(n)
	return link
}

// attributes keeps what is allowed, with URLs made absolute.
func (w *walker) attributes(n *html.Node, own []string) {
	kept := n.Attr[:0]
	seen := map[string]bool{}
	for _, a := range n.Attr {
		if a.Namespace != "" || seen[a.Key] || !contains(global, a.Key) && !contains(own, a.Key) {
			continue
		}
		a.Val = strings.TrimSpace(legal(a.Val))
		switch re := patterns[a.Key]; {
		case urlAttributes[a.Key]:
			a.Val = w.absolute(a.Val, a.Key == "href")
			if a.Val == "" {
				continue
			}
		case a.Key == "srcset":
			if a.Val = w.srcset(a.Val); a.Val == "" {
				continue
			}
		case a.Key == "title" && a.Val == "":
			continue
		case re == empty:
			a.Val = ""
		case re != nil && !re.MatchString(a.Val):
			continue
		}
		seen[a.Key] = true
		kept = append(kept, a)
	}
	n.Attr = kept
}

// special gives some elements what they must have; it reports true when the element is gone.
func (w *walker) special(n *html.Node) (gone bool) {
	switch n.DataAtom {
	case atom.A:
		set(n, "rel", "")
		if attr(n, "href") != "" {
			set(n, "rel", "nofollow noopener noreferrer ugc")
		}
	case atom.Img:
		return w.image(n)
	case atom.Audio, atom.Video:
		set(n, "controls", " ")
		set(n, "preload", "none")
	case atom.Source:
		if attr(n, "src") == "" && attr(n, "srcset") == "" {
			n.Parent.RemoveChild(n)
			return true
		}
	}
	return false
}

func (w *walker) image(n *html.Node) (gone bool) {
	width, height := attr(n, "width"), attr(n, "height")
	pixel := func(s string) bool { return s == "0" || s == "1" }
	alt := attr(n, "alt")
	if pixel(width) && (pixel(height) || height == "") || pixel(height) && width == "" {
		n.Parent.RemoveChild(n) // a tracking pixel (behaviour 87)
		return true
	}
	if attr(n, "src") == "" {
		if alt != "" {
			n.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: alt}, n)
		}
		n.Parent.RemoveChild(n)
		return true
	}
	if !has(n, "alt") {
		n.Attr = append(n.Attr, html.Attribute{Key: "alt"})
	}
	set(n, "loading", "lazy")
	set(n, "referrerpolicy", "no-referrer")
	return false
}

// demote maps the heading levels that occur to h4, h5 and h6: the page's own headings end at h3, an entry's title.
func (w *walker) demote(root *html.Node) {
	to := [7]int{}
	rank := 4
	for level := 1; level <= 6; level++ {
		if w.headings[level] {
			to[level] = min(rank, 6)
			rank++
		}
	}
	if rank == 4 {
		return
	}
	each(root, func(n *html.Node) {
		if level := headingLevel(n); level > 0 && to[level] > 0 {
			n.DataAtom = []atom.Atom{atom.H4, atom.H5, atom.H6}[to[level]-4]
			n.Data = n.DataAtom.String()
		}
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

// absolute is ref as an absolute URL, or "" when it can't be one or has a scheme that a page must not have.
func (w *walker) absolute(ref string, mail bool) string {
	ref = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7F {
			return -1 // browsers ignore them, and so java\nscript: would be a scheme
		}
		return r
	}, strings.TrimSpace(ref))
	if ref == "" {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		u, err = url.Parse(strings.ReplaceAll(ref, "%", "%25"))
	}
	if err != nil {
		return ""
	}
	if !u.IsAbs() {
		if w.base == nil {
			return ""
		}
		u = w.base.ResolveReference(u)
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host == "" {
			return ""
		}
		u.User = nil // a password that a blog writes into its own links is not for everybody
	case "mailto":
		if !mail {
			return ""
		}
	default:
		return ""
	}
	s := urlEscaper.Replace(u.String())
	if _, err := url.Parse(s); err != nil { // a host of such characters
		return ""
	}
	if w.urls += len(s); w.urls > maxURLs {
		return ""
	}
	return s
}

// urlEscaper escapes what package url leaves in a query: no URL holds it, and for a space bluemonday drops the whole URL.
var urlEscaper = strings.NewReplacer(" ", "%20", `"`, "%22", "<", "%3C", ">", "%3E", `\`, "%5C")

// maxURLs bounds what all URLs of one body grow to: a long base makes much of many short references.
const maxURLs = 4_000_000

// srcset keeps the candidates whose URL can be made absolute (HTML, "srcset attributes").
func (w *walker) srcset(s string) string {
	var kept []string
	for s != "" {
		s = strings.TrimLeft(s, " \t\r\n\f,")
		end := strings.IndexAny(s, " \t\r\n\f")
		if end < 0 {
			end = len(s)
		}
		ref, rest := s[:end], s[end:]
		descriptor := ""
		if strings.HasSuffix(ref, ",") {
			ref = strings.TrimRight(ref, ",")
		} else {
			descriptor, rest, _ = strings.Cut(rest, ",")
		}
		s = rest
		descriptor = strings.TrimSpace(descriptor)
		u := w.absolute(ref, false)
		if u == "" || strings.ContainsAny(u, ", ") || strings.Trim(descriptor, "0123456789.wx") != "" {
			continue
		}
		kept = append(kept, strings.TrimSpace(u+" "+descriptor))
	}
	return strings.Join(kept, ", ")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// set gives an attribute a value in the last place; "" removes it and " " makes it empty.
func set(n *html.Node, key, value string) {
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		if a.Key != key {
			kept = append(kept, a)
		}
	}
	if value != "" {
		kept = append(kept, html.Attribute{Key: key, Val: strings.TrimSpace(value)})
	}
	n.Attr = kept
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
