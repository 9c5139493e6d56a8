package clean

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"
	"unicode"
	"unicode/utf8"

	"planet/internal/planet"
)

// textSum tells texts with their titles apart by their words alone: case, punctuation and white space are software's. It
// is 0 for a text of less than planet.SumWords words.
func textSum(title, text string) int64 {
	if len(text) < 2*planet.SumWords-1 { // bytes of the shortest words and what parts them
		return 0
	}
	f := folder{to: sha256.New(), text: make([]byte, 0, folderBytes+100)}
	f.add(title)
	f.text, f.weight = append(f.text, '\n'), 0
	f.add(text)
	if f.weight < planet.SumWords*wordWeight {
		return 0
	}
	f.to.Write(f.text)
	return max(int64(binary.BigEndian.Uint64(f.to.Sum(nil))>>1), 1)
}

// A folder collects the words of texts, in lower case, with a blank before each.
type folder struct {
	text   []byte
	to     hash.Hash // where text goes now and then; nil: it stays
	weight int       // of the words: wordWeight each, and where no spaces part them, what their characters are worth
}

const (
	wordWeight  = 4
	folderBytes = 400 // and a word more
)

func (f *folder) add(s string) {
	within := false // a word
	for i := 0; i < len(s); {
		c, size := rune(s[i]), 1
		weight := wordWeight
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c < utf8.RuneSelf:
			weight = 0
		default:
			if c, size = utf8.DecodeRuneInString(s[i:]); unicode.IsLetter(c) || unicode.IsDigit(c) || within && unicode.IsMark(c) {
				c = unicode.ToLower(c)
				break
			}
			weight = 0
		}
		i += size
		if weight == 0 {
			within = false
			continue
		}
		spaceless := spacelessWeight(c)
		if !within {
			if f.to != nil && len(f.text) > folderBytes {
				f.to.Write(f.text)
				f.text = f.text[:0]
			}
			f.text = append(f.text, ' ')
		}
		switch {
		case spaceless > 0:
			f.weight += spaceless
		case !within:
			f.weight += weight
		}
		within = true
		f.text = utf8.AppendRune(f.text, c)
	}
}

// foldedWords are the words of s in lower case.
func foldedWords(s string) []string {
	var f folder
	f.add(s)
	return strings.Fields(string(f.text))
}

// spacelessWeight is what a character is worth of a script that doesn't part words: a word is two characters of Chinese or
// Japanese, and four of Thai and its neighbours, roughly.
func spacelessWeight(r rune) int {
	switch {
	case r < 0x0E00:
		return 0
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return wordWeight / 2
	case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan):
		return wordWeight / 4
	}
	return 0
}
