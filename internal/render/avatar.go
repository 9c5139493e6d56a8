package render

import (
	"hash/fnv"
	"strings"
	"unicode"
)

// hues is how many colours the style sheet has for initials.
const hues = 12

// newAvatar makes initials in a hue that always is the same for a name.
func newAvatar(name string) Avatar {
	h := fnv.New32a()
	h.Write([]byte(strings.ToLower(strings.TrimSpace(name))))
	return Avatar{Initials: initials(name), Hue: int(h.Sum32() % hues)}
}

// initials are the first letters of the first and the last word. Scripts without capitals get one: two letters of Arabic
// would join into a word, and one Chinese character says enough.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	if len(words) == 0 {
		return "•"
	}
	first := unicode.ToUpper([]rune(words[0])[0])
	last := unicode.ToUpper([]rune(words[len(words)-1])[0])
	if len(words) == 1 || !unicode.IsUpper(first) || !unicode.IsUpper(last) {
		return string(first)
	}
	return string([]rune{first, last})
}
