package parse

import (
	"net/url"
	"strings"
)

// absolute resolves ref against the first of the bases that is an absolute URL, and last against the document's own
// address. Only http and https make a link; anything else, such as javascript:, is no address of a page. One of more bytes
// than limits.url is dropped with a warning.
func (p *parser) absolute(ref string, bases ...string) string {
	out := p.resolve(ref, bases...)
	if len(out) > p.limits.URL {
		p.warn("", "addresses longer than %d bytes were dropped (limits.url)", p.limits.URL)
		return ""
	}
	return out
}

// resolve is absolute for an address of any length.
func (p *parser) resolve(ref string, bases ...string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return ""
	}
	ref = strings.ReplaceAll(ref, " ", "%20")
	u, err := url.Parse(ref)
	if err != nil { // often a bare "%"
		u, err = url.Parse(strings.ReplaceAll(ref, "%", "%25"))
	}
	if err != nil {
		return ""
	}
	for _, b := range bases {
		if base := p.near.parse(b); !u.IsAbs() && base != nil && base.IsAbs() {
			u = base.ResolveReference(u)
		}
	}
	if !u.IsAbs() && p.base.IsAbs() {
		u = p.base.ResolveReference(u)
	}
	if s := strings.ToLower(u.Scheme); s != "http" && s != "https" || u.Host == "" {
		return ""
	}
	u.User = nil // a password that a blog writes into its own links is not for everybody
	out := u.String()
	if _, err := url.Parse(out); err != nil { // a host of characters that can't be escaped
		return ""
	}
	return out
}

// A nearBase remembers the last base that was parsed: an element's references all have the same.
type nearBase struct {
	text string
	at   *url.URL
}

// parse is nil for what is no URL.
func (n *nearBase) parse(base string) *url.URL {
	if n.text != base {
		n.text = base
		n.at, _ = url.Parse(base)
	}
	return n.at
}

// unescapeURL resolves the reference that URLs need. Others it leaves, since &copy=2 in a URL is a parameter.
func unescapeURL(s string) string { return strings.ReplaceAll(s, "&amp;", "&") }

// permalink tells whether a guid is the address of a page, as one without isPermaLink="false" claims to be (RSS 2.0).
func permalink(guid string) bool {
	return strings.HasPrefix(guid, "http://") || strings.HasPrefix(guid, "https://")
}

// link resolves the address of an entry's page: against xml:base, else the document's own address (RFC 3986 §5.1.3). A
// document that somebody republishes elsewhere means its site's; so does one of an unknown address.
func (p *parser) link(ref, xmlBase, site string) string {
	if !p.base.IsAbs() || republished(p.base.Hostname()) {
		return p.resolve(ref, xmlBase, site)
	}
	return p.resolve(ref, xmlBase)
}

// republishers serve other sites' feeds under their own names, or make them of pages.
var republishers = map[string]bool{
	"feedburner.com": true, "feedproxy.google.com": true, "feedpress.me": true, "feedpress.com": true, "feedpress.it": true,
	"feedblitz.com": true, "feedcat.net": true, "feedsportal.com": true, "pheedo.com": true, "feed43.com": true, "fetchrss.com": true,
	"rss.app": true, "politepol.com": true, "openrss.org": true, "rsshub.app": true, "morss.it": true, "fivefilters.org": true,
	"rssmix.com": true, "feedity.com": true, "rss-bridge.org": true,
}

// republished tells whether host or a domain above it is a republisher's.
func republished(host string) bool {
	host = strings.ToLower(host)
	for host != "" {
		if republishers[host] {
			return true
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return false
}
