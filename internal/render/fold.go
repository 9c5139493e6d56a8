package render

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	longPost   = 1500 // words from which on a post is folded
	foldStart  = 300  // words that are shown of it at least
	foldRest   = 500  // words that are worth folding away
	readingPer = 230  // words a minute
)

// fold cuts a very long post in two, between blocks. Both parts are balanced HTML. A post that isn't very long, or whose HTML
// isn't understood, stays whole: rest is "".
func fold(html string) (start, rest string) {
	if words(html) <= longPost {
		return html, ""
	}
	opening, inner, closing := unwrap(html)
	from, seen, total := 0, 0, words(inner)
	for _, cut := range cuts(inner) {
		seen += words(inner[from:cut])
		from = cut
		if seen >= foldStart {
			if total-seen < foldRest {
				break
			}
			return opening + inner[:cut] + closing, opening + inner[cut:] + closing
		}
	}
	return html, ""
}

// blocks are the elements that text can be cut before and after.
var blocks = set("address article aside blockquote center details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul")

// headings belong to what follows them.
var headings = set("h1 h2 h3 h4 h5 h6")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// cuts returns where balanced HTML can be cut between top-level blocks, or nothing if it isn't understood.
func cuts(html string) []int {
	var list []int
	last := ""   // the element that ended last at the top
	textEnd := 0 // where it ended
	add := func(at int) {
		if at > 0 && at < len(html) && !headings[last] && (len(list) == 0 || list[len(list)-1] < at) {
			list = append(list, at)
		}
	}
	ok := walk(html, func(t tag, depth int) {
		if depth > 0 {
			return
		}
		between := strings.TrimSpace(html[textEnd:t.start]) != ""
		if between {
			last = ""
		}
		if !t.end {
			if blocks[t.name] {
				add(t.start)
			}
			if !t.void {
				last, textEnd = "", t.stop
				return
			}
		}
		wasBreak := last == "br"
		last, textEnd = t.name, t.stop
		if t.end && blocks[t.name] || t.name == "hr" || t.name == "br" && wasBreak {
			add(t.stop)
		}
	})
	if !ok {
		return nil
	}
	return list
}

// unwrap takes off the elements around a whole post, as some blogs put one, so that fold can cut inside and put one around each
// part. An element with an id isn't taken: it would be there twice.
func unwrap(html string) (opening, inner, closing string) {
	inner = html
	for range 4 {
		var first, last tag
		tops := 0
		ok := walk(inner, func(t tag, depth int) {
			switch {
			case depth > 0:
			case !t.end:
				if tops++; tops == 1 {
					first = t
				}
			default:
				last = t
			}
		})
		if !ok || tops != 1 || first.void || (first.name != "div" && first.name != "section" && first.name != "article") ||
			strings.Contains(inner[first.start:first.stop], " id=") ||
			strings.TrimSpace(inner[:first.start]) != "" || strings.TrimSpace(inner[last.stop:]) != "" {
			break
		}
		opening += inner[:first.stop]
		closing = inner[last.start:] + closing
		inner = inner[first.stop:last.start]
	}
	return opening, inner, closing
}

// words counts the words of HTML. Where a script has no spaces, two characters count as a word.
func words(html string) int {
	count, halves := 0, 0
	inTag, inWord := false, false
	for i := 0; i < len(html); {
		r, size := rune(html[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(html[i:])
		}
		i += size
		switch {
		case inTag && r != '>', inWord && r > ' ' && r != '<' && r != '>' && r < utf8.RuneSelf: // most of all
		case r == '<':
			inTag, inWord = true, false
		case r == '>':
			inTag = false
		case inTag:
		case unicode.IsSpace(r):
			inWord = false
		case r >= '\u0e00' && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			halves++
			inWord = false
		case !inWord:
			count++
			inWord = true
		}
	}
	return count + halves/2
}

// minutes is how long it takes to read HTML.
func minutes(html string) int {
	return (words(html) + readingPer - 1) / readingPer
}
