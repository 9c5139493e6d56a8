package clean

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What a piece of code is to a reader: the classes that pages colour, after the prefix "hl-".
var highlights = map[string]bool{
	"keyword": true, "string": true, "comment": true, "number": true, "function": true, "type": true, "name": true,
	"operator": true, "meta": true, "inserted": true, "deleted": true, "error": true,
}

// code is what is known of the code that the walk is in.
type code struct {
	block, any bool              // in a pre; in a pre or a code
	words      map[string]string // the highlighter's classes, nil for those that need no block to be known by
	language   string            // "language-go", or ""
}

// within is what is known below n.
func (c code) within(n *html.Node) code {
	if n.DataAtom == atom.Pre {
		c.block, c.any = true, true
	} else if n.DataAtom == atom.Code {
		c.any = true
	}
	for _, a := range n.Attr {
		if a.Key != "class" {
			continue
		}
		for class := range strings.FieldsSeq(a.Val) {
			if words := highlighters[class]; words != nil {
				c.words = words
			}
			if l := languageClass(class); l != "" {
				c.language = l
			}
		}
	}
	return c
}

// inside tells whether this is code, or what a highlighter made of code.
func (c code) inside() bool { return c.any || c.words != nil }

// class is the classes of an element that are kept, as ours.
func (w *walker) class(n *html.Node, given string) string {
	if n.DataAtom == atom.A {
		if given == "embed" {
			return given
		}
		return ""
	}
	for class := range strings.FieldsSeq(given) {
		if n.DataAtom == atom.Code {
			if l := languageClass(class); l != "" {
				return l
			}
		} else if to := w.code.highlight(class); to != "" {
			return "hl-" + to
		}
	}
	return ""
}

// highlight is what a highlighter's class means, or "".
func (c code) highlight(class string) string {
	if !c.any {
		return ""
	}
	if own, ok := strings.CutPrefix(class, "hl-"); ok && highlights[own] {
		return own
	}
	if js, ok := strings.CutPrefix(class, "hljs-"); ok {
		return words[js]
	}
	if to := c.words[class]; to != "" {
		return to
	}
	return words[class]
}

var languageName = regexp.MustCompile(`^[a-z0-9+#-]{1,20}$`)

func languageClass(class string) string {
	name, ok := strings.CutPrefix(class, "language-")
	if !ok {
		if name, ok = strings.CutPrefix(class, "lang-"); !ok {
			return ""
		}
	}
	if name = strings.ToLower(name); !languageName.MatchString(name) {
		return ""
	}
	return "language-" + name
}

// highlighters are the classes of blocks whose words are a highlighter's own short ones.
var highlighters = map[string]map[string]string{
	"highlight": pygments, "codehilite": pygments, "chroma": pygments, "rouge": pygments, "highlighter-rouge": pygments,
	"sourceCode": pandoc, "CodeRay": coderay, "syntaxhighlighter": {},
}

// gutters hold line numbers, which nobody wants to copy.
var gutters = map[string]bool{
	"gutter": true, "lineno": true, "linenos": true, "linenodiv": true, "ln": true, "lnt": true, "line-number": true, "line-numbers-rows": true,
	"rouge-gutter": true, "hljs-ln-numbers": true, "blob-num": true,
}

var gutterElements = map[atom.Atom]bool{atom.Td: true, atom.Th: true, atom.Span: true, atom.Div: true, atom.A: true}

// words are those of highlight.js, and Prism's beside "token".
var words = spelled(map[string]string{
	"keyword":  "keyword boolean important atrule selector-tag rule",
	"string":   "string char regexp regex url attr-value template-string symbol link",
	"comment":  "comment quote prolog doctype cdata doctag",
	"number":   "number literal",
	"function": "function title function-variable method",
	"type":     "type class class-name built_in builtin namespace",
	"name":     "name tag attr attr-name attribute variable property constant params selector-id selector-class selector template-variable section bullet",
	"operator": "operator entity punctuation",
	"meta":     "meta annotation decorator preprocessor directive",
	"inserted": "inserted addition",
	"deleted":  "deleted deletion",
	"error":    "error invalid",
})

// pygments are the short names of Pygments' tokens, which Rouge and Chroma use too.
var pygments = spelled(map[string]string{
	"keyword":  "k kc kd kn kp kr bp ow",
	"string":   "s sa sb sc dl sd s2 se sh si sx sr s1 ss l ld",
	"comment":  "c ch cm c1 cs cpf",
	"number":   "m mb mf mh mi mo il mx",
	"function": "nf fm nd",
	"type":     "kt nc nn ne",
	"name":     "n na nb no ni nl nx py nt nv vc vg vi vm",
	"operator": "o p",
	"meta":     "cp gh gu gp go",
	"inserted": "gi",
	"deleted":  "gd",
	"error":    "err gr gt",
})

var pandoc = spelled(map[string]string{
	"keyword": "kw cf im", "string": "st ch sc vs ss", "comment": "co do an cv in", "number": "dv bn fl cn", "function": "fu", "type": "dt bu ex",
	"name": "va at ot", "operator": "op", "meta": "pp", "error": "er al wa",
})

var coderay = spelled(map[string]string{
	"keyword": "keyword reserved predefined-constant", "string": "string content delimiter char regexp shell", "comment": "comment docstring",
	"number": "integer float hex octal", "function": "function", "type": "class type predefined-type predefined", "name": "attribute-name constant tag key instance-variable local-variable",
	"operator": "operator", "meta": "preprocessor directive annotation", "inserted": "insert", "deleted": "delete", "error": "error",
})

// spelled turns a table of ours to many of theirs around.
func spelled(table map[string]string) map[string]string {
	out := map[string]string{}
	for ours, theirs := range table {
		for word := range strings.FieldsSeq(theirs) {
			out[word] = ours
		}
	}
	return out
}
