package planet

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Canonical is a web address in the form by which two addresses of the same page are recognised: without scheme, www.,
// user, default port, fragment, tracking parameters, and slash or index file at the end; the rest as RFC 3986 §6 makes
// it equal, and the query's parameters in the alphabet's order. A fragment stays where it is the route to a page (#!…, #/…).
// It is "" for what is no page of its own: a host's own front page, anything but http and https, and what can't be parsed,
// such as an address with white space or a lone % in it.
//
// It is a key, no address to be asked for. With https:// before it, it is its own canonical form. It has at most as many
// bytes as the address, but for hosts whose lower case is longer. Hosts for telephones and AMP count as others: nothing in
// an address says that m.example.com is example.com.
func Canonical(address string) string {
	address = strings.Trim(address, " \t\r\n\f")
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") || !utf8.ValidString(rest) ||
		strings.ContainsFunc(rest, func(r rune) bool { return r <= ' ' || r == 0x7F }) {
		return ""
	}
	rest, fragment, _ := strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	slash := strings.IndexByte(rest, '/')
	if slash < 0 {
		slash = len(rest)
	}
	path, ok := unescape(rest[slash:], "/?#%")
	query, alright := unescape(strings.ReplaceAll(query, "%20", "+"), "&=;+#%")
	hashbang, fine := route(fragment)
	name := canonicalHost(rest[:slash])
	if !ok || !alright || !fine || name == "" {
		return ""
	}
	page := canonicalPath(path) + canonicalQuery(query) + hashbang
	if page == "" {
		return ""
	}
	return name + page
}

// canonicalHost is an authority (RFC 3986 §3.2) without user, www. and default port; "" when it is none.
func canonicalHost(authority string) string {
	host := strings.ToLower(authority[strings.LastIndexByte(authority, '@')+1:])
	port := ""
	if colon := strings.LastIndexByte(host, ':'); colon > strings.LastIndexByte(host, ']') {
		host, port = host[:colon], host[colon:]
	}
	if strings.Trim(port, ":0123456789") != "" || strings.ContainsAny(host, `%"<>\^{|}`+"`") {
		return ""
	}
	if literal := strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]"); !literal && strings.ContainsAny(host, ":[]") {
		return ""
	}
	host = strings.TrimRight(host, ".")
	for strings.HasPrefix(host, "www.") && strings.Contains(host[len("www."):], ".") {
		host = host[len("www."):]
	}
	if host == "" || port == ":" || port == ":80" || port == ":443" { // of whichever scheme: it isn't part of the key
		return host
	}
	return host + port
}

// canonicalPath resolves dot segments (RFC 3986 §5.2.4), and drops empty segments and index files at the end.
func canonicalPath(path string) string {
	kept := make([]string, 0, strings.Count(path, "/"))
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, segment)
		}
	}
	for len(kept) > 0 && indexFiles[strings.ToLower(kept[len(kept)-1])] {
		kept = kept[:len(kept)-1]
	}
	if len(kept) == 0 {
		return ""
	}
	return "/" + strings.Join(kept, "/")
}

// indexFiles are what servers give for a folder.
var indexFiles = map[string]bool{
	"index.html": true, "index.htm": true, "index.xhtml": true, "index.shtml": true, "index.php": true, "index.php3": true, "index.php5": true,
	"index.asp": true, "index.aspx": true, "index.jsp": true, "index.cgi": true, "default.aspx": true, "default.asp": true, "default.htm": true, "default.html": true,
}

// canonicalQuery is a query with its question mark, without what only says where readers come from, sorted.
func canonicalQuery(query string) string {
	if query == "" {
		return ""
	}
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		for strings.HasPrefix(pair, "amp;") { // what is left of an &amp; that was escaped once too often
			pair = pair[len("amp;"):]
		}
		if name, value, _ := strings.Cut(pair, "="); pair != "" && !Tracks(name) && !fromFeed(name, value) {
			kept = append(kept, pair)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	slices.Sort(kept)
	return "?" + strings.Join(kept, "&")
}

// route is a fragment with its hash sign when a script finds the page by it, as in #!/post/1, or else "".
func route(fragment string) (kept string, ok bool) {
	if !strings.HasPrefix(fragment, "!") && !strings.HasPrefix(fragment, "/") {
		return "", true
	}
	kept, ok = unescape(fragment, "#%")
	if kept = strings.TrimRight(kept, "/"); kept == "" || kept == "!" {
		return "", ok
	}
	return "#" + kept, ok
}

// unescape resolves the percent-encoding of what is printable and has no meaning of its own there, as the kept characters
// have, and writes the rest of it in capitals (RFC 3986 §6.2.2). It fails on a % that encodes nothing.
func unescape(s, kept string) (out string, ok bool) {
	if strings.IndexByte(s, '%') < 0 {
		return s, true
	}
	b := make([]byte, 0, len(s))
	var run []byte // of encoded bytes, which may be a character together
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] == '%' {
			if i+2 >= len(s) || nibble(s[i+1]) < 0 || nibble(s[i+2]) < 0 {
				return "", false
			}
			run = append(run, byte(nibble(s[i+1])<<4|nibble(s[i+2])))
			i += 2
			continue
		}
		for len(run) > 0 {
			r, size := utf8.DecodeRune(run)
			if r == utf8.RuneError && size == 1 || r <= ' ' || r == 0x7F || strings.ContainsRune(kept, r) {
				const digits = "0123456789ABCDEF"
				b = append(b, '%', digits[run[0]>>4], digits[run[0]&15])
			} else {
				b = append(b, run[:size]...)
			}
			run = run[size:]
		}
		if i < len(s) {
			b = append(b, s[i])
		}
	}
	return string(b), true
}

// nibble is the value of a hexadecimal digit, or -1.
func nibble(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// fromFeed tells whether a parameter says no more than that a reader came from the feed, as Medium's source=rss----1 does.
// Elsewhere such names mean something: Tracks knows nothing of values.
func fromFeed(name, value string) bool {
	value = strings.ToLower(value)
	switch strings.ToLower(name) {
	case "ref", "source", "src", "from", "via", "medium", "campaign", "partner", "cmp", "cmpid", "ncid", "cid", "mod", "xtor", "feature", "referrer", "ito":
		return value == "feed" || value == "atom" || value == "feedburner" ||
			strings.HasPrefix(value, "rss") && (len(value) == len("rss") || value[len("rss")] < 'a' || value[len("rss")] > 'z')
	}
	return false
}

// Tracks tells whether a parameter of a query, by its name as it is written there, only tells a site where its readers
// come from.
func Tracks(parameter string) bool {
	if len(parameter) < 4 { // the shortest there are
		return false
	}
	if plain, err := url.QueryUnescape(parameter); err == nil {
		parameter = plain
	}
	parameter = strings.ToLower(strings.TrimPrefix(parameter, "amp;"))
	return strings.HasPrefix(parameter, "utm_") || tracking[parameter]
}

var tracking = map[string]bool{
	"fbclid": true, "gclid": true, "gclsrc": true, "dclid": true, "gbraid": true, "wbraid": true, "msclkid": true, "twclid": true, "ttclid": true,
	"mc_cid": true, "mc_eid": true, "igshid": true, "igsh": true, "yclid": true, "_openstat": true, "_hsenc": true, "_hsmi": true, "__hssc": true,
	"__hstc": true, "__hsfp": true, "hsctatracking": true, "mkt_tok": true, "vero_id": true, "vero_conv": true, "wickedid": true, "oly_anon_id": true,
	"oly_enc_id": true, "rb_clickid": true, "ml_subscriber": true, "ml_subscriber_hash": true, "at_campaign": true, "at_medium": true,
	"mtm_campaign": true, "mtm_source": true, "mtm_medium": true, "piwik_campaign": true, "pk_campaign": true, "pk_kwd": true, "pk_source": true, "pk_medium": true,
}
