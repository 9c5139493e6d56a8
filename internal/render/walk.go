package render

import "strings"

// A tag is one start or end tag: html[start:stop].
type tag struct {
	name        string
	start, stop int
	end, void   bool
}

// voids have no end tag; raws hold text in which < means nothing.
var (
	voids = set("area base br col embed hr img input link meta param source track wbr")
	raws  = set("noembed noframes noscript plaintext script style textarea title xmp")
)

// walk visits every tag of balanced HTML, as package clean writes it, with the number of elements around it. It is no parser:
// whatever it isn't sure of, be it a comment or an end tag without a start, makes it return false.
func walk(html string, visit func(t tag, depth int)) bool {
	var open []string
	for at := 0; ; {
		i := strings.IndexByte(html[at:], '<')
		if i < 0 {
			return len(open) == 0
		}
		t, ok := readTag(html, at+i)
		if !ok || raws[t.name] {
			return false
		}
		at = t.stop
		switch {
		case t.end:
			if len(open) == 0 || open[len(open)-1] != t.name || t.void {
				return false
			}
			open = open[:len(open)-1]
			visit(t, len(open))
		case t.void:
			visit(t, len(open))
		default:
			if t.name == "iframe" && !strings.HasPrefix(html[at:], "</iframe>") {
				return false
			}
			visit(t, len(open))
			open = append(open, t.name)
		}
	}
}

// readTag reads the tag that starts at html[start], a "<". Quoted attributes may hold ">".
func readTag(html string, start int) (tag, bool) {
	t := tag{start: start}
	i := start + 1
	if i < len(html) && html[i] == '/' {
		t.end = true
		i++
	}
	from := i
	for i < len(html) && isName(html[i], i == from) {
		i++
	}
	t.name = strings.ToLower(html[from:i])
	t.void = voids[t.name]
	if i == len(html) || !strings.ContainsRune(" \t\n/>", rune(html[i])) {
		return t, false
	}
	quote := byte(0)
	for ; i < len(html); i++ {
		switch c := html[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			return t, false
		case c == '>':
			t.stop = i + 1
			selfClosing := html[i-1] == '/' && !t.end
			return t, t.name != "" && (t.void || !selfClosing)
		}
	}
	return t, false
}

func isName(c byte, first bool) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || !first && ('0' <= c && c <= '9' || c == '-' || c == ':')
}
