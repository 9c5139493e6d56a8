package parse

import "bytes"

// tagLongerThan tells whether a document has a tag of more than limit bytes: the decoder keeps all its attributes, a
// hundred bytes for each "a=”", before anybody can stop it.
func tagLongerThan(doc []byte, limit int) bool {
	marks := endMarks{}
	for i := 0; i < len(doc); {
		lt := bytes.IndexByte(doc[i:], '<')
		if lt < 0 {
			return false
		}
		i += lt
		rest := doc[i:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			i += max(marks.after(rest, "-->"), 2)
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			i += max(marks.after(rest, "]]>"), 2)
		case bytes.HasPrefix(rest, []byte("<?")):
			i += max(marks.after(rest, "?>"), 2)
		case bytes.HasPrefix(rest, []byte("<!")):
			i += 2
		default:
			n := tagLength(rest[:min(len(rest), limit+1)])
			if n > limit {
				return true
			}
			i += n
		}
	}
	return false
}

// tagLength is how long the tag is that b begins with, up to the > outside of quotes, or to a < where the decoder stops.
func tagLength(b []byte) int {
	quote := byte(0)
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '<':
			return i
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return len(b)
}
