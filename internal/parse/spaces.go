package parse

import "strings"

// Namespaces that the scan tells apart. A prefix that a document forgot to declare means what everybody means by it.
const (
	nsAtom    = "http://www.w3.org/2005/Atom"
	nsAtom03  = "http://purl.org/atom/ns#"
	nsRSS10   = "http://purl.org/rss/1.0/"
	nsContent = "http://purl.org/rss/1.0/modules/content/"
	nsXHTML   = "http://www.w3.org/1999/xhtml"
	nsMedia   = "http://search.yahoo.com/mrss/"
	nsITunes  = "http://www.itunes.com/dtds/podcast-1.0.dtd"
	nsDC      = "http://purl.org/dc/elements/1.1/"

	nsRDF    = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	nsThread = "http://purl.org/syndication/thread/1.0" // RFC 4685

	nsSyndication = "http://purl.org/rss/1.0/modules/syndication/"
)

var customaryPrefixes = map[string]string{
	"atom": nsAtom, "atom10": nsAtom, "a10": nsAtom, "content": nsContent, "xhtml": nsXHTML,
	"media": nsMedia, "itunes": nsITunes, "dc": nsDC, "sy": nsSyndication,
}

// ownSpaces are the namespaces of the vocabulary that a root element begins.
var ownSpaces = map[string]map[string]bool{
	"feed": {nsAtom: true, nsAtom03: true},
	"rss":  rssSpaces,
	"rdf":  rssSpaces,
}

var rssSpaces = map[string]bool{
	nsRSS10: true, "http://my.netscape.com/rdf/simple/0.9/": true, "http://channel.netscape.com/rdf/simple/0.9/": true,
	"http://backend.userland.com/rss2": true,
}

// otherSpellings are those under which some namespaces are known as well.
var otherSpellings = map[string]string{
	"http://www.itunes.com/DTDs/Podcast-1.0.dtd": nsITunes, "http://www.itunes.com/DTDs/PodCast-1.0.dtd": nsITunes,
	"https://www.itunes.com/dtds/podcast-1.0.dtd": nsITunes, "http://search.yahoo.com/mrss": nsMedia, "https://search.yahoo.com/mrss/": nsMedia,
	"http://video.search.yahoo.com/mrss": nsMedia, "http://video.search.yahoo.com/mrss/": nsMedia, "http://purl.org/dc/elements/1.1": nsDC,
	"http://purl.org/dc/elements/1.0/": nsDC, "http://purl.org/rss/1.0/modules/content": nsContent, "https://www.w3.org/2005/Atom": nsAtom,
}

func (s *scanner) resolve(prefix string) string {
	if ns := strings.TrimSpace(s.prefixes[prefix]); ns != "" {
		if other := otherSpellings[ns]; other != "" {
			return other
		}
		return ns
	}
	if ns := customaryPrefixes[strings.ToLower(prefix)]; ns != "" {
		return ns
	}
	return prefix
}

// vocabulary sees to it that the elements of a document whose root declares the wrong namespace, or none for its prefix,
// count as a feed's own: for the scan and, by the declaration that it returns, for gofeed.
func (s *scanner) vocabulary(root *frame) (declaration string) {
	attr, declared, right := "xmlns", root.defaultNS, map[string]string{"feed": nsAtom, "rdf": nsRSS10}[root.name]
	if root.name == "feed" && root.prefix != "" {
		attr, declared = "xmlns:"+root.prefix, s.prefixes[root.prefix]
	}
	declared = strings.TrimSpace(declared)
	if declared == "" && attr == "xmlns" || ownSpaces[root.name][declared] {
		return ""
	}
	if attr == "xmlns" {
		root.defaultNS = right
	} else {
		s.prefixes[root.prefix] = right
	}
	if root.name == "feed" || root.prefix == "" {
		root.space = right
	}
	return " " + attr + `="` + right + `"`
}

// usedSpaces are the namespaces of extensions that anybody here reads, and the prefixes by which gofeed knows them.
var usedSpaces = map[string]bool{
	nsAtom: true, nsAtom03: true, nsContent: true, nsXHTML: true, nsMedia: true, nsITunes: true, nsDC: true, nsSyndication: true, nsThread: true,
	"http://purl.org/dc/terms/": true, "http://rssnamespace.org/feedburner/ext/1.0": true, "http://www.pheedo.com/namespace/pheedo": true,
	"http://web.resource.org/cc/": true, "http://creativecommons.org/ns#": true, "http://backend.userland.com/creativeCommonsRssModule": true,
	"http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html": true,

	"dc": true, "dcterms": true, "itunes": true, "media": true, "atom": true, "atom10": true, "a10": true, "feedburner": true, "pheedo": true,
	"content": true, "xhtml": true, "sy": true, "thr": true, "cc": true, "creativecommons": true,
}

// foreign tells whether an element is of an extension that nobody here reads: gofeed would make maps of it. Of RDF the
// elements within an extension's are read, since some subjects stand in them.
func (s *scanner) foreign(f frame) bool {
	depth := len(s.stack)
	if depth < 2 || f.prefix == "" || s.native(f) || f.space == nsRDF && s.stack[depth-2].prefix != "" {
		return false
	}
	return !usedSpaces[f.space] && !usedSpaces[f.space+"/"] && !usedSpaces[strings.ToLower(f.prefix)]
}
