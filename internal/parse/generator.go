package parse

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// generator is the name of the program that made a feed, of what the feed says of it (RSS 2.0 <generator>; RFC 4287
// §4.2.4): a name, an address, or both, mostly with a version, which changes with every update. "" when it says nothing.
func generator(text, uri string) string {
	text = strings.Join(strings.Fields(short(text)), " ")
	name := webAddress.ReplaceAllString(text, " ")
	name = dashed.ReplaceAllString(name, "") // "Hugo -- gohugo.io"
	name = brackets.ReplaceAllString(name, " ")
	if at := version.FindStringIndex(name); at != nil {
		name = name[:at[0]]
	}
	name = strings.TrimFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '#' })
	if name == "" {
		name = site(first(uri, webAddress.FindString(text)))
	}
	if known := generators[strings.ToLower(name)]; known != "" {
		return known
	}
	if utf8.RuneCountInString(name) > longestGenerator {
		name = string([]rune(name)[:longestGenerator])
	}
	return name
}

const longestGenerator = 60 // characters

var (
	webAddress = regexp.MustCompile(`(?i)\bhttps?://[^\s()<>]+`)
	dashed     = regexp.MustCompile(`\s--?\s+\S+\.\S+$`)
	brackets   = regexp.MustCompile(`\([^()]*\)|\[[^\[\]]*\]`)
	version    = regexp.MustCompile(`(?i)[\s/,;:_-]+(?:version\b|ver\b|v\.?\s?\d|r\d+\b|\d+(?:\.\d|\b)).*`)
)

// site is the host of a program's address without www.; "" when it has none.
func site(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#:"); end >= 0 {
		rest = rest[:end]
	}
	return strings.TrimPrefix(strings.ToLower(rest), "www.")
}

// generators are the names of programs that call themselves by their address or in several ways.
var generators = map[string]string{
	"wordpress.org": "WordPress", "wordpress": "WordPress", "wordpress.com": "WordPress.com", "gohugo.io": "Hugo", "hugo": "Hugo",
	"jekyllrb.com": "Jekyll", "jekyll": "Jekyll", "blogger.com": "Blogger", "blogger": "Blogger", "getpelican.com": "Pelican",
	"ghost.org": "Ghost", "ghost": "Ghost", "medium.com": "Medium", "medium": "Medium", "drupal.org": "Drupal", "drupal": "Drupal",
	"substack.com": "Substack", "tumblr.com": "Tumblr", "typepad.com": "TypePad", "movabletype.org": "Movable Type", "ikiwiki.info": "ikiwiki",
	"getnikola.com": "Nikola", "getzola.org": "Zola", "squarespace.com": "Squarespace", "livejournal.com": "LiveJournal",
	"wix.com": "Wix", "joomla.org": "Joomla!", "textpattern.com": "Textpattern", "planetplanet.org": "Planet", "dreamwidth.org": "Dreamwidth",
}
