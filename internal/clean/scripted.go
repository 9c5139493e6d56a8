package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Blogs leave things to scripts that planets don't run: formulas to MathJax and KaTeX, pictures to lazy loaders, with what is
// meant in a noscript. What a reader would have seen is put in their place.

// formula is TeX in a script (MathJax 2), as the text that MathJax would have read; nil when the script is none.
func formula(n *html.Node) *html.Node {
	kind, options, _ := strings.Cut(strings.ToLower(attr(n, "type")), ";")
	if n.DataAtom != atom.Script || strings.TrimSpace(kind) != "math/tex" || n.FirstChild == nil {
		return nil
	}
	open, end := `\(`, `\)`
	if strings.Contains(options, "display") {
		open, end = `\[`, `\]`
	}
	code := &html.Node{Type: html.ElementNode, DataAtom: atom.Code, Data: "code"}
	code.AppendChild(&html.Node{Type: html.TextNode, Data: open + strings.TrimSpace(n.FirstChild.Data) + end})
	return code
}

// twin tells whether an element shows a formula again that stands beside it, in a form that needs a style sheet or a script.
func twin(n *html.Node, class string) bool {
	switch {
	case class == "katex-html", strings.HasPrefix(class, "mwe-math-fallback-image"):
		return afterMath(n)
	case class == "MathJax_Preview":
		next := n.NextSibling
		for next != nil && next.Type == html.TextNode && strings.TrimSpace(next.Data) == "" {
			next = next.NextSibling
		}
		return next != nil && formula(next) != nil
	}
	return false
}

// afterMath tells whether the element before n holds a formula.
func afterMath(n *html.Node) bool {
	for b := n.PrevSibling; b != nil; b = b.PrevSibling {
		if b.Type == html.ElementNode {
			return b.FirstChild != nil && b.FirstChild.Namespace == "math"
		}
	}
	return false
}

// unscripted puts the pictures and players of a noscript in its place, but for those that were there already, and returns the
// first of them. Its words ask for scripts.
func (w *walker) unscripted(n *html.Node) (first *html.Node) {
	var text strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		text.WriteString(c.Data)
	}
	context := body
	nodes, err := html.ParseFragment(strings.NewReader(text.String()), &context)
	if err != nil || explosive(text.String()) {
		nodes = nil
	}
	root := &html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"}
	for _, c := range nodes {
		root.AppendChild(c)
	}
	var found []*html.Node
	each(root, func(c *html.Node) {
		if (c.DataAtom == atom.Img || c.DataAtom == atom.Iframe) && c.Namespace == "" && !w.loaded[attr(c, "src")] {
			found = append(found, c)
		}
	})
	for _, c := range found {
		c.Parent.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
		if first == nil {
			first = c
		}
	}
	if next := n.NextSibling; first == nil {
		first = next
	}
	n.Parent.RemoveChild(n)
	return first
}

// ticked is the sign for a checkbox of a list of tasks, or nil.
func ticked(n *html.Node) *html.Node {
	if n.DataAtom != atom.Input || !strings.EqualFold(attr(n, "type"), "checkbox") {
		return nil
	}
	sign := "☐ "
	if has(n, "checked") {
		sign = "☑ "
	}
	return &html.Node{Type: html.TextNode, Data: sign}
}
