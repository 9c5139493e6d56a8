package parse

import (
	"bytes"
	"regexp"
	"strings"
)

// root cuts text to where the feed's root element begins: before it may stand an XML declaration, comments, a DOCTYPE,
// or what a broken blog printed there.
func (p *parser) root(text []byte) ([]byte, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, &NotFeedError{Kind: "an empty document"}
	}
	firstElement := ""
	marks := endMarks{}
	for i := 0; i < len(text); {
		lt := bytes.IndexByte(text[i:], '<')
		if lt < 0 {
			break
		}
		i += lt
		rest := text[i:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			i += max(marks.after(rest, "-->"), 2)
		case bytes.HasPrefix(rest, []byte("<?")):
			i += max(marks.after(rest, "?>"), 2)
		case bytes.HasPrefix(rest, []byte("<!")):
			if doctypeHTML.Match(rest) && firstElement == "" {
				firstElement = "html"
			}
			i += max(marks.declaration(rest), 2)
		default:
			name := elementName(rest)
			switch local := name[strings.IndexByte(name, ':')+1:]; local {
			case "rss", "feed", "rdf":
				return rest, nil
			}
			if firstElement == "" {
				firstElement = name
			}
			i++
		}
	}
	return nil, p.notFeed(text, firstElement)
}

var doctypeHTML = regexp.MustCompile(`(?i)^<!doctype\s+html`)

// endMarks finds the ends of constructs. A mark that is missing once is missing for good, which keeps a search for the
// ends of a million comments linear.
type endMarks map[string]bool

// after is how far the first mark in b reaches, or -1.
func (missing endMarks) after(b []byte, mark string) int {
	if !missing[mark] {
		if i := bytes.Index(b, []byte(mark)); i >= 0 {
			return i + len(mark)
		}
		missing[mark] = true
	}
	return -1
}

// declaration is where the declaration that b begins with ends, an internal subset in brackets included, or -1.
func (missing endMarks) declaration(b []byte) int {
	if missing["!"] {
		return -1
	}
	depth := 0
	for i, c := range b {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				return i + 1
			}
		}
	}
	missing["!"] = true
	return -1
}

// elementName is the lower-case qualified name of the tag that b begins with, or "".
func elementName(b []byte) string {
	n := 1
	for n < len(b) && n < 40 && (b[n] == ':' || b[n] == '-' || b[n] == '_' || b[n] >= '0' && b[n] <= '9' || b[n]|0x20 >= 'a' && b[n]|0x20 <= 'z') {
		n++
	}
	return strings.ToLower(string(b[1:n]))
}

// htmlElements are those that an HTML page may begin with: the tags of html, head and body may be left out.
var htmlElements = map[string]bool{
	"html": true, "head": true, "body": true, "title": true, "meta": true, "link": true, "script": true, "style": true, "base": true,
	"div": true, "p": true, "h1": true, "header": true, "main": true, "noscript": true,
}

func (p *parser) notFeed(text []byte, firstElement string) error {
	switch {
	case htmlElements[firstElement] || bytes.Contains(bytes.ToLower(text[:min(len(text), 4096)]), []byte("<html")):
		return &NotFeedError{Kind: "an HTML page", Links: p.advertised(text)}
	case firstElement == "channel":
		return &NotFeedError{Kind: "a CDF channel (a format of 1997, not supported)"}
	case firstElement == "opml":
		return &NotFeedError{Kind: "an OPML list of feeds"}
	case firstElement == "urlset" || firstElement == "sitemapindex":
		return &NotFeedError{Kind: "a sitemap"}
	case firstElement != "":
		return &NotFeedError{Kind: "an XML document with the root <" + firstElement + ">"}
	}
	return &NotFeedError{Kind: "neither XML nor JSON"}
}
