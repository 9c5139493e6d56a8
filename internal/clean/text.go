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

// plainText is the text a reader of the HTML sees; blocks part lines, white space is folded. It never fails, however the HTML nests.
func plainText(s string) string {
	if s == "" {
		return ""
	}
	var t folded
	t.Grow(len(s) / 2)
	z := html.NewTokenizer(strings.NewReader(s))
	silent := atom.Atom(0) // inside an element whose text nobody sees
	for {
		switch z.Next() {
		case html.ErrorToken:
			return t.String()
		case html.TextToken:
			if silent == 0 {
				t.add(string(z.Text()))
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if silent == 0 && unseen[a] {
				silent = a
			}
			t.begin(a)
		case html.SelfClosingTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) == atom.Br {
				t.lineEnd()
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if a == silent {
				silent = 0
			}
			t.end(a)
		}
	}
}

// treeText is the same for a tree that has been cleaned.
func treeText(root *html.Node) string {
	var t folded
	t.tree(root)
	return t.String()
}

// folded is text with white space folded to single blanks and line ends.
type folded struct {
	strings.Builder
	space, line bool
}

func (t *folded) add(s string) {
	for s != "" {
		word := strings.IndexFunc(s, func(r rune) bool {
			t.line = t.line || r == '\n'
			return !unicode.IsSpace(r)
		})
		if word != 0 {
			t.space = true
		}
		if word < 0 {
			return
		}
		end := strings.IndexFunc(s[word:], unicode.IsSpace)
		if end < 0 {
			end = len(s) - word
		}
		t.word(s[word : word+end])
		s = s[word+end:]
	}
}

func (t *folded) word(s string) {
	if t.space && t.Len() > 0 {
		if t.line {
			t.WriteByte('\n')
		} else {
			t.WriteByte(' ')
		}
	}
	t.space, t.line = false, false
	t.WriteString(s)
}

func (t *folded) lineEnd() { t.space, t.line = true, true }

// begin and end note what an element's tags do to the text.
func (t *folded) begin(a atom.Atom) {
	if a == atom.Td || a == atom.Th {
		t.space = true
	} else if breaksLines(a) || a == atom.Br {
		t.lineEnd()
	}
}

func (t *folded) end(a atom.Atom) {
	if breaksLines(a) {
		t.lineEnd()
	}
}

func (t *folded) tree(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			t.add(c.Data)
			continue
		}
		t.begin(c.DataAtom)
		t.tree(c)
		t.end(c.DataAtom)
	}
}

func breaksLines(a atom.Atom) bool {
	return blocks[a] || a == atom.P || a == atom.H1 || a == atom.H2 || a == atom.H3
}

// unseen elements hold text that no reader sees, or markup that a parser takes for text.
var unseen = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Title: true, atom.Template: true, atom.Noscript: true, atom.Iframe: true,
	atom.Noembed: true, atom.Noframes: true, atom.Xmp: true, atom.Textarea: true,
}

// visible tells whether HTML shows anything.
func visible(s string) bool {
	if s == "" {
		return false
	}
	for _, tag := range []string{"<img", "<video", "<audio", "<svg", `<a class="embed"`} {
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

// legal drops the characters that XML or HTML forbids: references such as &#11; bring them into HTML. Those above ASCII are
// what HTML makes of references to them: windows-1252, which wrong character sets turn into them. The five that it doesn't
// have stay.
func legal(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x20 && r < 0x7F || r == '\t' || r == '\n' || r == '\r':
			return r
		case r < 0x80 || r == 0xFFFE || r == 0xFFFF:
			return -1
		case r < 0xA0:
			return windows1252[r-0x80]
		}
		return r
	}, s)
}

// legal drops, of what is published, the five too: HTML forbids them, and nobody sees them.
func (c cleaner) legal(s string) string {
	if s = legal(s); c.faithful {
		return s
	}
	return withoutControls(s)
}

func withoutControls(s string) string {
	if !strings.ContainsFunc(s, isC1) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isC1(r) {
			return -1
		}
		return r
	}, s)
}

func isC1(r rune) bool { return 0x80 <= r && r < 0xA0 }

// windows1252 is its third fourth (WHATWG Encoding, "index windows-1252").
var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8D, 'Ž', 0x8F,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9D, 'ž', 'Ÿ',
}

// titleFrom makes a title for a post that has none: the first sentence if it is short, or else the beginning of the
// first line, cut between words.
func titleFrom(text string) string {
	line, _, _ := strings.Cut(upTo(text, 8*titleRunes), "\n")
	if m := sentence.FindString(line); m != "" && utf8.RuneCountInString(m) <= titleRunes {
		return strings.TrimSuffix(strings.TrimSpace(m), ".")
	}
	return shorten(line, titleRunes)
}

// titleRunes is how long a title made from the text gets: a line on a phone, twice.
const titleRunes = 80

var sentence = regexp.MustCompile(`^.{15,}?[.!?…。！？](?:\s|$)`)

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
	if n >= len(s) {
		return s
	}
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
