package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// excerpt is the beginning of a text, on one line, cut between words.
func excerpt(text string) string { return shorten(text, excerptRunes) }

// shorten is s on one line, cut between words to about so many runes.
func shorten(s string, runes int) string {
	s = strings.Join(strings.Fields(upTo(s, 8*runes+400)), " ") // a rune has at most 4 bytes, and white space is folded already
	return shortenInline(s, runes)
}

// shortenInline cuts s to about so many runes, and white space counts once. A blank at its beginning stays.
func shortenInline(s string, runes int) string {
	n, space := 0, true
	for i, r := range s {
		if n >= runes && !(unicode.IsSpace(r) && space) {
			end := strings.TrimRightFunc(s[:cutAt(s, i)], unicode.IsSpace)
			if strings.TrimRightFunc(s[len(end):], unicode.IsSpace) == "" {
				return s
			}
			if end = strings.TrimRight(end, " ,;:–—-"); end == "" {
				return ""
			}
			return end + "…"
		}
		if !(unicode.IsSpace(r) && space) {
			n++
		}
		space = unicode.IsSpace(r)
	}
	return s
}

// cutAt is the place near i where s can be cut: before a word, or in a script or a word without blanks before a
// character that a reader takes for one.
func cutAt(s string, i int) int {
	const word = 40 // bytes: a longer one is no word
	if i >= len(s) {
		return len(s)
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	if unicode.IsSpace(r) {
		return i
	}
	if blank := strings.LastIndexFunc(s[:i], unicode.IsSpace); blank > i/2 {
		return blank
	}
	if unicode.IsLetter(r) && !unicode.In(r, unspaced...) {
		end := strings.IndexFunc(s[i:min(i+word, len(s))], unicode.IsSpace)
		if end < 0 && i+word >= len(s) {
			end = len(s) - i
		}
		if end >= 0 {
			return i + end
		}
	}
	for i > 0 && joined(s, i) {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return i
}

// unspaced are scripts that put no blanks between words.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// joined tells whether the runes before and after byte i make one character for a reader (the gist of Unicode's UAX 29:
// marks, joiners, emoji with skin tones, flags of two letters, Hangul of parts).
func joined(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i:])
	switch {
	case before == joiner || after == joiner, unicode.Is(unicode.M, after), after == 0x0E33 || after == 0x0EB3: // am of Thai and Lao
		return true
	case after >= 0x1F3FB && after <= 0x1F3FF, after >= 0xE0020 && after <= 0xE007F: // skin tones; the tags of a flag
		return true
	case after >= 0x1160 && after <= 0x11FF: // a vowel or final of Hangul
		return true
	case flagLetter(before) && flagLetter(after):
		letters := 0
		for j := i; j > 0; letters++ {
			r, size := utf8.DecodeLastRuneInString(s[:j])
			if !flagLetter(r) {
				break
			}
			j -= size
		}
		return letters%2 == 1
	}
	return false
}

const joiner = '\u200D'

func flagLetter(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
