package parse

import (
	"regexp"
	"slices"
	"strings"
)

const (
	maxAdvertised = 5
	maxLinkTags   = 200
	maxPage       = 500_000 // bytes searched: links stand in the head
)

var (
	// Nothing in a comment or a script is markup; one that never ends takes the rest (HTML, "tokenization").
	notMarkup = regexp.MustCompile(`(?is)<!--(?:-?>|.*?(?:--!?>|\z))|<(?:script|style)\b.*?(?:</(?:script|style)\b|\z)`)
	linkTag   = regexp.MustCompile(`(?is)<(?:link|base)\b(?:=\s*"[^"]*"|=\s*'[^']*'|[^>])*?>`)
	tagAttrs  = regexp.MustCompile(`(?is)([^\s"'<>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))`)

	feedWords    = regexp.MustCompile(`(?i)\b(?:json)?feeds?\b|\brss\b|\batom\b`)
	urlReference = strings.NewReplacer("&amp;", "&", "&#38;", "&", "&#038;", "&") // &copy=2 is a parameter, and stays
)

// advertised lists the feeds that an HTML page names with <link rel="alternate"> (behaviour 70), those of comments last.
func (p *parser) advertised(page []byte) []string {
	page = notMarkup.ReplaceAll(page[:min(len(page), maxPage)], []byte(" "))
	base := ""
	var tags []map[string]string
	for _, tag := range linkTag.FindAll(page, maxLinkTags) {
		attrs := attributes(tag)
		if elementName(tag) != "base" {
			tags = append(tags, attrs)
		} else if base == "" { // the first counts
			base = p.absolute(urlReference.Replace(attrs["href"]))
		}
	}
	var links, comments []string
	for _, attrs := range tags {
		link := p.absolute(urlReference.Replace(attrs["href"]), base)
		switch {
		case link == "" || !namesFeed(attrs) || slices.Contains(links, link) || slices.Contains(comments, link):
		case strings.Contains(strings.ToLower(attrs["title"]+" "+attrs["href"]), "comments"):
			comments = append(comments, link) // WordPress names the feed of all comments beside the blog's
		default:
			links = append(links, link)
		}
	}
	links = append(links, comments...)
	return links[:min(len(links), maxAdvertised)]
}

// namesFeed tells whether a <link> is one to a feed. Much is application/json: that needs a word that says so.
func namesFeed(attrs map[string]string) bool {
	rel := strings.Fields(strings.ToLower(attrs["rel"]))
	if !slices.Contains(rel, "alternate") || slices.Contains(rel, "stylesheet") {
		return false
	}
	mediaType, _, _ := strings.Cut(strings.ToLower(attrs["type"]), ";")
	switch strings.TrimSpace(mediaType) {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml":
		return true
	case "application/json":
		return feedWords.MatchString(attrs["href"] + " " + attrs["title"])
	}
	return false
}

// attributes reads a tag's attributes; the first of each name counts.
func attributes(tag []byte) map[string]string {
	attrs := map[string]string{}
	for _, m := range tagAttrs.FindAllSubmatch(tag, -1) {
		name := strings.ToLower(string(m[1]))
		if _, seen := attrs[name]; !seen {
			attrs[name] = strings.TrimSpace(string(m[2]) + string(m[3]) + string(m[4]))
		}
	}
	return attrs
}
