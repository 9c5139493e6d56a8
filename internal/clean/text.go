package clean

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// twice finds references and tags in text that has been unescaped already.
var twice = regexp.MustCompile(`&(?:amp|lt|gt|quot|nbsp|#\d{2,5}|[a-z]{2,8});|</?(?:b|i|em|strong|code|br|p|a|span|sup|sub)(?:\s[^<>]*)?/?>`)

// plainText is the text a reader of the HTML sees; blocks part lines, white space is folded. It never fails, however the HTML nests.
func plainText(s string) string {
	if s == "" {
		return ""
	}
	var b strings.Builder
	b.Grow(len(s) / 2)
	z := html.NewTokenizer(strings.NewReader(s))
	silent := atom.Atom(0) // inside an element whose text nobody sees
	for {
		switch z.Next() {
		case html.ErrorToken:
			return fold(b.String())
		case html.TextToken:
			if silent == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if silent == 0 && unseen[a] {
				silent = a
			}
			if blocks[a] || a == atom.P || a == atom.Br || headingTag(name) {
				b.WriteByte('\n')
			} else if a == atom.Td || a == atom.Th {
				b.WriteByte(' ')
			}
		case html.SelfClosingTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) == atom.Br {
				b.WriteByte('\n')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if a == silent {
				silent = 0
			}
			if blocks[a] || a == atom.P || headingTag(name) {
				b.WriteByte('\n')
			}
		}
	}
}

// unseen elements hold text that no reader sees, or markup that a parser takes for text.
var unseen = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Title: true, atom.Template: true, atom.Noscript: true, atom.Iframe: true,
	atom.Noembed: true, atom.Noframes: true, atom.Xmp: true, atom.Textarea: true,
}

func headingTag(name []byte) bool {
	return len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6'
}

// fold folds white space to single blanks and line ends.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space, line := false, false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = true
			line = line || r == '\n'
			continue
		}
		if space && b.Len() > 0 {
			if line {
				b.WriteByte('\n')
			} else {
				b.WriteByte(' ')
			}
		}
		space, line = false, false
		b.WriteRune(r)
	}
	return b.String()
}

// visible tells whether HTML shows anything.
func visible(s string) bool {
	if s == "" {
		return false
	}
	for _, tag := range []string{"<img", "<video", "<audio"} {
		if strings.Contains(s, tag) {
			return true
		}
	}
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.TextToken:
			if len(bytes.TrimSpace(z.Text())) > 0 {
				return true
			}
		}
	}
}

// legal drops the characters that XML or HTML forbids: references such as &#11; bring them into HTML, wrong character
// sets the control characters above ASCII.
func legal(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r >= 0x7F && r <= 0x9F || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

// excerpt is the beginning of a text, on one line, cut between words.
func excerpt(text string) string { return shorten(text, excerptRunes) }

// titleFrom makes a title for a post that has none: the first sentence if it is short, or else the beginning of the
// first line, cut between words.
func titleFrom(text string) string {
	line, _, _ := strings.Cut(text[:min(len(text), 8*titleRunes)], "\n")
	if m := sentence.FindString(line); m != "" && utf8.RuneCountInString(m) <= titleRunes {
		return strings.TrimSuffix(strings.TrimSpace(m), ".")
	}
	return shorten(line, titleRunes)
}

// titleRunes is how long a title made from the text gets: a line on a phone, twice.
const titleRunes = 80

var sentence = regexp.MustCompile(`^.{15,}?[.!?…。！？](?:\s|$)`)

func shorten(s string, runes int) string {
	s = strings.Join(strings.Fields(s[:min(len(s), 8*runes)]), " ") // a rune has at most 4 bytes, and white space is folded already
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	short := string([]rune(s)[:runes])
	if i := strings.LastIndexByte(short, ' '); i > len(short)/2 {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,;:–—-") + "…"
}

// cut shortens s to at most n bytes, between characters, and marks that it did.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return upTo(s, max(n-len("…"), 0)) + "…"
}

// cutMarkup is s up to where more than n tags have begun.
func cutMarkup(s string, n int) string {
	for at := 0; ; at++ {
		lt := strings.IndexByte(s[at:], '<')
		if lt < 0 {
			return s
		}
		at += lt
		if n--; n < 0 {
			return s[:at]
		}
	}
}

// cutHTML shortens s to at most n bytes, between characters and outside of tags.
func cutHTML(s string, n int) string {
	if len(s) <= n {
		return s
	}
	s = upTo(s, n)
	if lt := strings.LastIndexByte(s, '<'); lt > strings.LastIndexByte(s, '>') {
		return s[:lt]
	}
	return s
}

// upTo is the first n bytes of s, or a few less so that no character is cut.
func upTo(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// direction is the writing direction of a text: what its language says, or else most of its letters.
func direction(lang, text string) string {
	primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if rtlLanguages[primary] {
		return "rtl"
	}
	rtl, ltr := 0, 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko):
			rtl++
		case unicode.IsLetter(r):
			ltr++
		}
	}
	switch {
	case rtl > ltr:
		return "rtl"
	case ltr > 0:
		return "ltr"
	}
	return ""
}

var rtlLanguages = map[string]bool{
	"ar": true, "he": true, "iw": true, "fa": true, "ur": true, "yi": true, "ps": true, "sd": true, "ug": true, "ckb": true, "dv": true,
}
