package parse

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// undouble repairs texts that were UTF-8, were taken for ISO-8859-1, and were encoded once more, so that "é" became "Ã©".
// It does so only when that is certain: the document has at least two different runs of characters beyond ASCII, and each
// of them, read back to bytes as windows-1252, is UTF-8 again. A single "é" says that somebody merely quotes an "Ã©".
//
// Texts with windows-1252's own characters, such as "â€™", are left as they are: they come from programs that lose the
// bytes windows-1252 leaves undefined, and no other reader shows them otherwise.
//
// It tells how many texts were repaired: the stretches between tags, CDATA sections whole, or the strings of JSON.
func undouble(doc []byte) (out []byte, repaired int) {
	if !doublyEncoded(doc) {
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

// doublyEncoded tells whether all of a document's runs of characters beyond ASCII were UTF-8 once.
func doublyEncoded(doc []byte) bool {
	var one []byte
	different := false
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
				return false
			}
			back = append(back, b)
			i += size
		}
		if !utf8.Valid(back) {
			return false
		}
		if one == nil {
			one = doc[from:i]
		}
		different = different || !bytes.Equal(one, doc[from:i])
	}
	return different
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
