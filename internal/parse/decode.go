package parse

import (
	"bytes"
	"encoding/binary"
	"errors"
	"mime"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

var xmlDeclaration = regexp.MustCompile(`^\s*<\?xml[^>]{0,300}?encoding\s*=\s*["']?([A-Za-z0-9._:-]+)`)

// decode gives doc as UTF-8 that holds only characters XML allows (XML 1.0 §2.2). The character set is, in this order,
// that of the byte order mark, the HTTP header, the XML declaration, UTF-8 if the bytes are valid, windows-1252
// (RFC 7303 §3, behaviour 67). Bytes that contradict what is declared never lose a document (behaviour 68).
func decode(doc []byte, contentType string) ([]byte, []Warning) {
	var warnings []Warning
	text, warning := toUTF8(doc, contentType)
	if warning != "" {
		warnings = append(warnings, Warning{Problem: warning})
	}
	text, repaired := undouble(text)
	if repaired > 0 {
		warnings = append(warnings, Warning{Problem: "the document was encoded as UTF-8 twice; " + strconv.Itoa(repaired) + " texts were repaired"})
	}
	clean, dropped := dropIllegal(text)
	if dropped > 0 {
		warnings = append(warnings, Warning{Problem: strconv.Itoa(dropped) + " characters that XML forbids were dropped"})
	}
	return clean, warnings
}

func toUTF8(doc []byte, contentType string) (text []byte, warning string) {
	if text, ok := fromBOM(doc); ok {
		return text, ""
	}
	label := ""
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		label = params["charset"]
	}
	if m := xmlDeclaration.FindSubmatch(doc[:min(len(doc), 1024)]); label == "" && m != nil {
		label = string(m[1])
	}
	label = strings.ToLower(strings.Trim(label, `"' `))
	if text, ok := wide(doc); ok { // UTF-16 or UTF-32 without a mark, whatever the label says
		return text, ""
	}
	valid := utf8.Valid(doc)
	enc, name := charset.Lookup(label)
	if name == "replacement" || name == "x-user-defined" { // sets that browsers refuse to read, and one that holds no letters
		enc = nil
	}
	switch {
	case valid && (label == "" || enc == nil || name == "utf-8" || strings.HasPrefix(name, "utf-16")):
		return doc, ""
	case valid && hasMultibyte(doc) && strings.HasPrefix(name, "windows-125") || valid && strings.HasPrefix(name, "iso-8859"):
		// Text in a single-byte set is practically never valid UTF-8 by accident: the label is a server's default.
		return doc, ""
	case enc == nil && label != "":
		return mixed(doc), "unknown character set " + strconv.Quote(label) + ", read as windows-1252"
	case label == "":
		return mixed(doc), "no character set declared and not UTF-8, read as windows-1252"
	case name == "utf-8" || strings.HasPrefix(name, "utf-16"):
		return mixed(doc), "bytes that are not " + name + " although it is declared, read as windows-1252"
	}
	if name == "windows-1252" {
		out := make([]byte, 0, len(doc)+len(doc)/8)
		for _, b := range doc {
			out = utf8.AppendRune(out, windowsRune(b))
		}
		return out, ""
	}
	out, err := enc.NewDecoder().Bytes(doc)
	if err != nil {
		return mixed(doc), "the declared character set " + name + " does not fit, read as windows-1252"
	}
	return out, ""
}

func hasMultibyte(doc []byte) bool {
	for _, b := range doc {
		if b >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

func fromBOM(doc []byte) ([]byte, bool) {
	for _, bom := range []struct {
		mark   string
		decode func([]byte) ([]byte, error)
	}{
		{"\xEF\xBB\xBF", func(b []byte) ([]byte, error) { return b[3:], nil }},
		{"\xFF\xFE\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM).NewDecoder().Bytes},
		{"\x00\x00\xFE\xFF", utf32.UTF32(utf32.BigEndian, utf32.UseBOM).NewDecoder().Bytes},
		{"\xFF\xFE", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes},
		{"\xFE\xFF", unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Bytes},
	} {
		if bytes.HasPrefix(doc, []byte(bom.mark)) {
			if out, err := bom.decode(doc); err == nil {
				if !utf8.Valid(out) {
					out = mixed(out)
				}
				return out, true
			}
		}
	}
	return nil, false
}

// wide recognises UTF-16 and UTF-32 by the zero bytes beside the first character, which is ASCII in every feed.
func wide(doc []byte) ([]byte, bool) {
	if len(doc) < 8 {
		return nil, false
	}
	le16, be16 := binary.LittleEndian.Uint16(doc), binary.BigEndian.Uint16(doc)
	le32, be32 := binary.LittleEndian.Uint32(doc), binary.BigEndian.Uint32(doc)
	ascii := func(u uint32) bool { return u == '<' || u == '{' || u == ' ' || u == '\n' || u == '\r' }
	var out []byte
	var err error
	switch {
	case ascii(le32):
		out, err = utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM).NewDecoder().Bytes(doc)
	case ascii(be32):
		out, err = utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM).NewDecoder().Bytes(doc)
	case ascii(uint32(le16)) && doc[3] == 0:
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Bytes(doc)
	case ascii(uint32(be16)) && doc[2] == 0:
		out, err = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Bytes(doc)
	default:
		return nil, false
	}
	return out, err == nil
}

// mixed reads a document that isn't the UTF-8 it should be. Where most of its characters beyond ASCII are UTF-8, the others
// alone are read as windows-1252: one bad byte costs one character. Else all is windows-1252, where by chance two or three
// letters may look like one of UTF-8.
func mixed(doc []byte) []byte {
	good, bad := 0, 0
	for i := 0; i < len(doc); {
		r, n := utf8.DecodeRune(doc[i:])
		if n > 1 {
			good++
		} else if r == utf8.RuneError {
			bad++
		}
		i += n
	}
	out := make([]byte, 0, len(doc)+len(doc)/8)
	for len(doc) > 0 {
		r, n := utf8.DecodeRune(doc)
		if r == utf8.RuneError && n <= 1 || n > 1 && bad > good {
			r, n = windowsRune(doc[0]), 1
		}
		out = utf8.AppendRune(out, r)
		doc = doc[n:]
	}
	return out
}

// windowsRune is the character that browsers see in a byte of windows-1252 (WHATWG Encoding, "index windows-1252"): the
// five that it leaves undefined are themselves, and nothing is lost of what they stood for.
func windowsRune(b byte) rune {
	if r := charmap.Windows1252.DecodeByte(b); r != utf8.RuneError {
		return r
	}
	return rune(b)
}

// dropIllegal drops characters outside XML's Char production and numeric references to them; references to a
// surrogate pair become the character that is meant.
func dropIllegal(text []byte) (out []byte, dropped int) {
	out = text
	if suspicious(text) {
		out = bytes.Map(func(r rune) rune {
			if illegal(r) {
				dropped++
				return -1
			}
			return r
		}, text)
	}
	if !bytes.Contains(out, []byte("&#")) {
		return out, dropped
	}
	rest := out
	out = make([]byte, 0, len(rest))
	for {
		i := bytes.Index(rest, []byte("&#"))
		if i < 0 {
			return append(out, rest...), dropped
		}
		out = append(out, rest[:i]...)
		rest = rest[i:]
		r, n := reference(rest)
		low, m := reference(rest[n:])
		switch pair := utf16.DecodeRune(r, low); {
		case n == 0:
			n = len("&#")
			out = append(out, "&#"...)
		case pair != utf8.RuneError:
			n += m
			out = utf8.AppendRune(out, pair)
		case illegal(r):
			dropped++
		default:
			out = append(out, rest[:n]...)
		}
		rest = rest[n:]
	}
}

// suspicious tells whether valid UTF-8 may hold illegal characters, at the speed of bytes: they are below the blank, but
// for two that begin with EF.
func suspicious(text []byte) bool {
	for _, b := range text {
		if b < ' ' && b != '\n' && b != '\t' && b != '\r' || b == 0xEF {
			return true
		}
	}
	return false
}

// reference reads the numeric character reference that b begins with; its length n is 0 when there is none.
func reference(b []byte) (r rune, n int) {
	end := bytes.IndexByte(b[:min(len(b), 20)], ';')
	if end < 0 || !bytes.HasPrefix(b, []byte("&#")) {
		return 0, 0
	}
	digits, base := b[2:end], 10
	if len(digits) > 0 && digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	value, err := strconv.ParseUint(string(digits), base, 32)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		return 0, 0
	case err != nil || value > utf8.MaxRune:
		return 0, end + 1
	}
	return rune(value), end + 1
}

// illegal tells the characters that no XML document may hold, not even as references.
func illegal(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF || r >= 0xD800 && r < 0xE000 || r > utf8.MaxRune
}
