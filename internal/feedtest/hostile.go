package feedtest

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// The documents here are made to exhaust or to trick a parser. Each has one entry, with the id and title given, beside
// what is hostile; those of many bytes are best made by Pick when they are asked for.

// hostileRSS is an RSS document of one entry that holds inner.
func hostileRSS(prolog, id, inner string) []byte {
	return []byte(`<?xml version="1.0"?>` + prolog + `<rss version="2.0"><channel><title>Odd</title><item><guid isPermaLink="false">` + escape(id) +
		"</guid><title>One</title>" + inner + "</item></channel></rss>\n")
}

// Deep has n elements in each other (behaviour 55).
func Deep(id string, n int) []byte {
	return hostileRSS("", id, strings.Repeat("<x:a>", n)+strings.Repeat("</x:a>", n))
}

// Namespaces has n elements with a namespace declaration each (behaviour 56).
func Namespaces(id string, n int) []byte {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<n%d:x xmlns:n%d="urn:%d"/>`, i, i, i)
	}
	return hostileRSS("", id, b.String())
}

// Flood has n entries (behaviour 57).
func Flood(id string, n int) []byte {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Flood</title>`)
	for i := range n {
		fmt.Fprintf(&b, "<item><guid>%s-%d</guid><title>%d</title></item>", escape(id), i, i)
	}
	b.WriteString("</channel></rss>\n")
	return []byte(b.String())
}

// Laughs has a title of a billion laughs: ten entities of each other (behaviour 58).
func Laughs(id string) []byte {
	dtd := `<!DOCTYPE rss [<!ENTITY lol0 "lol">`
	for i := range 9 {
		dtd += fmt.Sprintf(`<!ENTITY lol%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&lol%d;", i), 10))
	}
	return hostileRSS(dtd+"]>", id, "<description>&lol9;</description>")
}

// ExternalEntity has a text that is the content of another document, such as file:///etc/passwd (behaviour 58).
func ExternalEntity(id, address string) []byte {
	return hostileRSS(`<!DOCTYPE rss [<!ENTITY x SYSTEM "`+escape(address)+`">]>`, id, "<description>&x;</description>")
}

// UTF16 writes a document in UTF-16, little-endian and with a byte order mark.
func UTF16(doc []byte) []byte {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(string(doc))) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}
