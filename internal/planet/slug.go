package planet

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
)

// Slug makes the part of an address and the default id that stands for a name: lower case, letters and digits of any
// script kept, everything else one hyphen, none at the ends. It is identity, for ever: the same name must give the same
// slug in every version. The name should be in Unicode's form NFC, or the same name typed on another keyboard has another slug.
func Slug(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	gap := false // a hyphen is owed, if anything follows
	for _, r := range name {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
		case unicode.IsMark(r) && b.Len() > 0 && !gap:
			// A vowel sign or accent belongs to its letter: without it "हिन्दी" would fall into pieces.
		default:
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// TagSlug is Slug for tags and groups, where "+" and "#" make a difference: C, C++ and C# are three languages.
// A tag is a stranger's text: what is longer than the name of a folder may be is cut, and told apart by a hash.
func TagSlug(tag string) string {
	slug := Slug(tagSigns.Replace(tag))
	if len(slug) <= maxTagSlug {
		return slug
	}
	sum := sha256.Sum256([]byte(slug))
	return strings.TrimRight(strings.ToValidUTF8(slug[:maxTagSlug-9], ""), "-") + "-" + hex.EncodeToString(sum[:4])
}

// maxTagSlug is in bytes. File systems take 255, and some of them count in other ways.
const maxTagSlug = 100

var tagSigns = strings.NewReplacer("+", "plus", "#", "sharp")
