package clean

import (
	"regexp"
	"strings"
)

// drawn is the beginning of a path's data up to the first mistake, which is what browsers draw of it (SVG 2 §9.5.4).
func drawn(d string) string {
	end := 0
	for at := 0; at < len(d); {
		at += blanks(d[at:], false)
		if at == len(d) {
			break
		}
		kind := d[at] &^ 0x20
		many := strings.IndexByte("MLHVCSQTAZ", kind)
		if many < 0 || end == 0 && kind != 'M' {
			break
		}
		at++
		n, sets := pathNumbers(d[at:], [...]int{2, 2, 1, 1, 6, 4, 4, 2, 7, 0}[many], kind == 'A')
		if at += n; sets == 0 && kind != 'Z' {
			break
		}
		end = at
	}
	return strings.TrimSpace(d[:end])
}

// pathNumbers says how many bytes whole sets of numbers take that s begins with, and how many sets they are.
func pathNumbers(s string, each int, arc bool) (end, sets int) {
	if each == 0 {
		return 0, 0
	}
	for at := 0; ; sets++ {
		for i := range each {
			if i > 0 || sets > 0 {
				at += blanks(s[at:], true)
			} else {
				at += blanks(s[at:], false)
			}
			n := 0
			if arc && (i == 3 || i == 4) {
				if at < len(s) && (s[at] == '0' || s[at] == '1') {
					n = 1
				}
			} else {
				n = len(pathNumber.FindString(s[at:min(len(s), at+40)]))
				if arc && i < 2 && n > 0 && s[at] == '-' {
					n = 0
				}
			}
			if n == 0 {
				return end, sets
			}
			at += n
		}
		end = at
	}
}

var pathNumber = regexp.MustCompile(`^[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?`)

// blanks counts the white space that s begins with, and one comma in it.
func blanks(s string, comma bool) int {
	for i := range len(s) {
		switch {
		case strings.IndexByte(" \t\n\f\r", s[i]) >= 0:
		case comma && s[i] == ',':
			comma = false
		default:
			return i
		}
	}
	return len(s)
}
