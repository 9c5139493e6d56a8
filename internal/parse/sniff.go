package parse

import (
	"html"
	"strings"
)

// looksHTML tells whether a text that doesn't say what it is can only be HTML: it has the end tag of a known element, a
// tag of one that needs no end, or a reference that HTML knows. RFC 4287 §3.1.1 takes a text without a type for plain,
// but feeds that leave the type out mean HTML far oftener than they mean a literal "</p>".
func looksHTML(s string) bool {
	for {
		i := strings.IndexAny(s, "<&")
		if i < 0 {
			return false
		}
		s = s[i:]
		if name, end := tagAt(s); name != "" && (end && htmlNames[name] || endless[name]) || referenceAt(s) {
			return true
		}
		s = s[1:]
	}
}

// looksHTMLTitle is stricter: titles speak of tags ("use <b> tags", "what </p> does"). So it wants an inline element
// whole, or a reference, and no tag that stands alone.
func looksHTMLTitle(s string) bool {
	open := map[string]int{}
	found := false
	for {
		i := strings.IndexAny(s, "<&")
		if i < 0 {
			break
		}
		s = s[i:]
		switch name, end := tagAt(s); {
		case end:
			open[name]--
			found = found || inline[name]
		case name != "" && !endless[name]:
			open[name]++
		case referenceAt(s):
			found = true
		}
		s = s[1:]
	}
	for _, n := range open {
		found = found && n == 0
	}
	return found
}

// tagAt is the lower-case name of the tag that s begins with, and whether it is an end tag.
func tagAt(s string) (name string, end bool) {
	if s[0] != '<' {
		return "", false
	}
	s = s[1:min(len(s), 2000)]
	if strings.HasPrefix(s, "/") {
		s, end = s[1:], true
	}
	n := 0
	for n < len(s) && n < 12 && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || n > 0 && s[n] >= '0' && s[n] <= '9') {
		n++
	}
	rest := s[n:]
	if n == 0 || rest == "" || !strings.Contains(" \t\r\n/>", rest[:1]) || !strings.Contains(rest, ">") {
		return "", false
	}
	return strings.ToLower(s[:n]), end
}

// referenceAt tells whether s begins with a character reference that HTML knows.
func referenceAt(s string) bool {
	if s[0] != '&' {
		return false
	}
	end := strings.IndexByte(s[:min(len(s), 34)], ';')
	return end > 1 && !strings.ContainsAny(s[1:end], " &<") && html.UnescapeString(s[:end+1]) != s[:end+1]
}

func set(names string) map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(names) {
		m[name] = true
	}
	return m
}

// The elements of HTML that posts have; those that need no end tag; and those that stand within a line.
var (
	htmlNames = set(`a abbr acronym address article aside audio b bdi bdo big blockquote body button canvas caption center cite code
		col colgroup dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6
		header hgroup html i iframe ins kbd label legend li main map mark math menu meter nav noscript object ol option output p
		picture pre progress q rp rt ruby s samp script section select small source span strike strong style sub summary sup svg
		table tbody td template textarea tfoot th thead time tr tt u ul var video`)
	endless = set("br hr img p li input wbr")
	inline  = set("a abbr b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup tt u var")
)
