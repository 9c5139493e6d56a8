package parse

import (
	"bytes"
	"html"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// undouble repairs texts that were UTF-8, were taken for ISO-8859-1, and were encoded once more, so that "é" became "Ã©".
// It does so only when that is certain: each run of characters beyond ASCII, read back to bytes as windows-1252, is UTF-8
// again; not all of them stand in one entry of several, or in the feed's own texts, where somebody may quote an "Ã©" or
// several; and one is in a title or four are different. A reference to a letter says that its writer knew another way; those
// to dashes and the like are software's.
//
// Texts with windows-1252's own characters, such as "â€™", are left as they are: they come from programs that lose the
// bytes windows-1252 leaves undefined, and no other reader shows them otherwise.
//
// It tells how many texts were repaired: the stretches between tags, CDATA sections whole, or the strings of JSON.
func undouble(doc []byte) (out []byte, repaired int) {
	different, ok := doublyEncoded(doc)
	if !ok || different < 2 || refersToLetters(doc) {
		return doc, 0
	}
	if wide, titled := widespread(doc); !wide || !titled && different < enoughRuns {
		return doc, 0
	}
	length := textLength
	if isJSON(doc) {
		length = stringLength
	}
	for len(doc) > 0 {
		n := length(doc)
		if text, ok := onceDecoded(doc[:n]); ok {
			out = append(out, text...)
			repaired++
		} else {
			out = append(out, doc[:n]...)
		}
		doc = doc[n:]
	}
	return out, repaired
}

// doublyEncoded tells whether all of a document's runs of characters beyond ASCII were UTF-8 once, and how many, up to
// enoughRuns, are different.
func doublyEncoded(doc []byte) (different int, ok bool) {
	seen := map[string]bool{}
	for i := 0; i < len(doc); {
		if doc[i] < utf8.RuneSelf {
			i++
			continue
		}
		from := i
		var back []byte
		for i < len(doc) && doc[i] >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(doc[i:])
			b, ok := windowsByte(r)
			if !ok {
				return 0, false
			}
			back = append(back, b)
			i += size
		}
		if !utf8.Valid(back) {
			return 0, false
		}
		if len(seen) < enoughRuns {
			seen[string(doc[from:i])] = true
		}
	}
	return len(seen), true
}

const enoughRuns = 4

// widespread tells whether runs beyond ASCII stand in more places than one, an entry or what is beside the entries, and
// whether one stands in a title. The texts of a document's only entry count as places.
func widespread(doc []byte) (wide, titled bool) {
	pieces := xmlPieces(doc)
	if isJSON(doc) {
		pieces = jsonPieces(doc)
	}
	at, last, texts := -1, 0, 0
	for p := range pieces {
		last = p.place
		if !hasMultibyte(p.text) {
			continue
		}
		wide = wide || at >= 0 && at != p.place
		titled = titled || p.title
		at = p.place
		texts++
	}
	return wide || titled && last == 1 && texts > 1, titled
}

// A piece of a document is one of the texts that undouble repairs. Its place is the number of the entry that it stands in,
// 0 before the first.
type piece struct {
	text  []byte
	place int
	title bool
}

func xmlPieces(doc []byte) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		entries, title := 0, false
		for len(doc) > 0 {
			n := textLength(doc)
			if name := elementName(doc); doc[0] == '<' && !bytes.HasPrefix(doc, []byte("<!")) {
				name = name[strings.IndexByte(name, ':')+1:]
				if title = name == "title"; name == "item" || name == "entry" {
					entries++
				}
			}
			if !yield(piece{doc[:n], entries, title}) {
				return
			}
			doc = doc[n:]
		}
	}
}

func jsonPieces(doc []byte) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		depth, entries := 0, 0
		inString, title, last := false, false, ""
		for len(doc) > 0 {
			n := stringLength(doc)
			text := doc[:n]
			if inString {
				last = string(text[:min(n, 10)])
			} else {
				title = last == `"title` && bytes.HasSuffix(bytes.TrimSpace(text), []byte(":"))
				for _, c := range text {
					switch c {
					case '{', '[':
						if depth++; depth == 3 {
							entries++
						}
					case '}', ']':
						depth--
					}
				}
			}
			if !yield(piece{text, entries, title && inString}) {
				return
			}
			doc, inString = doc[n:], !inString
		}
	}
}

// refersToLetters tells whether a document has a reference to a letter beyond ASCII, by number or by name.
func refersToLetters(doc []byte) bool {
	for {
		amp := bytes.IndexByte(doc, '&')
		if amp < 0 {
			return false
		}
		doc = doc[amp:]
		if name := anyReference.Find(doc[:min(len(doc), 40)]); name != nil {
			if r, _ := utf8.DecodeRuneInString(html.UnescapeString(string(name))); r >= utf8.RuneSelf && unicode.IsLetter(r) {
				return true
			}
		}
		doc = doc[1:]
	}
}

// windowsByte is the byte that windows-1252 or ISO-8859-1 has for r.
func windowsByte(r rune) (byte, bool) {
	if r <= 0xFF {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}

// onceDecoded gives text as it was before it was encoded twice; false where it never was or there is no way back.
func onceDecoded(text []byte) ([]byte, bool) {
	if !hasMultibyte(text) {
		return nil, false
	}
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		if r > 0xFF {
			return nil, false
		}
		out = append(out, byte(r))
	}
	return out, utf8.Valid(out)
}

// textLength is how long the text with the tag before it, or the CDATA section, is that b begins with.
func textLength(b []byte) int {
	end := -1
	if bytes.HasPrefix(b, []byte("<![CDATA[")) {
		end = bytes.Index(b, []byte("]]>"))
	} else if i := bytes.IndexByte(b[1:], '<'); i >= 0 {
		end = i + 1
	}
	if end < 0 {
		return len(b)
	}
	return end
}

// stringLength is how long the JSON string, or what stands between two, is that b begins with.
func stringLength(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(b)
}
