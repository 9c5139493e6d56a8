package syndicate

import (
	"encoding/xml"
	"regexp"
	"strings"
	"unicode/utf8"

	bcp47 "golang.org/x/text/language"
)

// carried is s without what XML 1.0 forbids (§2.2): one such character makes a whole feed unreadable (behaviour 69), and in
// JSON they serve nobody either.
func carried(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// legal is carried without what nobody can read either: the controls of ISO 8859, and the sign for characters that were
// lost before they came here. Validators take both for a wrong encoding.
func legal(s string) string {
	if plainly(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0x85: // the line break of mainframes
			return ' '
		case r >= 0x7F && r < 0xA0 || r == 0xFFFD:
			return -1
		}
		return r
	}, carried(s))
}

// plainly tells whether a text is legal as it is, as nearly all are: of UTF-8, and without the bytes of what isn't carried or
// read, which for U+0080 to U+009F are C2 80 to C2 9F, and for U+FFFD to U+FFFF EF BF BD to EF BF BF.
func plainly(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 0x20 && c < 0x7F:
		case c < 0x20 && c != '\t' && c != '\n' && c != '\r', c == 0x7F,
			c == 0xC2 && i+1 < len(s) && s[i+1] < 0xA0,
			c == 0xEF && i+2 < len(s) && s[i+1] == 0xBF && s[i+2] >= 0xBD:
			return false
		}
	}
	return utf8.ValidString(s)
}

// line is a legal text on one line, without white space around it.
func line(s string) string { return strings.Join(strings.Fields(legal(s)), " ") }

// beginning cuts a line after at most n characters, at a word where there is one.
func beginning(s string, n int) string {
	runes := 0
	for i := range s {
		if runes++; runes > n {
			cut := s[:i]
			if space := strings.LastIndexByte(cut, ' '); space > len(cut)/2 {
				cut = cut[:space]
			}
			return strings.TrimRight(cut, " ,;:–—-") + "…"
		}
	}
	return s
}

// language is a language tag (BCP 47) in the form in which feeds have it, "en-US" for "en_US.UTF-8"; "" when there is no
// such language: validators refuse "english".
func language(s string) string {
	if end := strings.IndexAny(s, ".@"); end >= 0 {
		s = s[:end]
	}
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	tag, err := bcp47.Raw.Parse(s)
	if base, _, _ := tag.Raw(); err != nil || base.String() == "und" {
		return ""
	}
	return tag.String()
}

var markup = regexp.MustCompile(`</\w|&#?\w`)

// looksHTML tells whether a plain text holds what some readers would take for markup.
func looksHTML(s string) bool { return markup.MatchString(s) }

// asHTML writes plain text as HTML. Quotes stay as they are, for who sees the source.
func asHTML(s string) string { return escapes.Replace(s) }

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// A plainText is an element's text of a format that can't say whether it is HTML. Its & and < are written as hexadecimal
// references, by which readers that know the RSS Advisory Board's profile tell plain text from HTML.
type plainText struct {
	XML string `xml:",innerxml"`
}

func plain(s string) plainText {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder never fails
	return plainText{asHex.Replace(b.String())}
}

var asHex = strings.NewReplacer("&amp;", "&#x26;", "&lt;", "&#x3C;")

var media = regexp.MustCompile(`^[\w!#$&^.+-]+/[\w!#$&^.+-]+$`)

// mediaType is a type without parameters, or "" when it is none (RFC 6838 §4.2).
func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	if s = strings.TrimSpace(s); media.MatchString(s) {
		return strings.ToLower(s)
	}
	return ""
}
