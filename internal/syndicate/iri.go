package syndicate

import (
	"cmp"
	"net/url"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/net/idna"

	"planet/internal/planet"
)

// entryID is an entry's published id, or the UUID that stands for it where the format needs an IRI.
func entryID(e planet.Entry) string {
	if isIRI(e.PublishedID) {
		return e.PublishedID
	}
	return uuidOf(cmp.Or(e.AsFeed, e.FeedID), e.PublishedID)
}

// entryGUID is an entry's published id where any text will do, unless it is one that XML can't carry.
func entryGUID(e planet.Entry) string {
	if e.PublishedID == "" || carried(e.PublishedID) != e.PublishedID {
		return entryID(e)
	}
	return e.PublishedID
}

func uuidOf(feed, id string) string {
	return "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(feed+"\x00"+id)).String()
}

// isIRI tells whether a feed may publish s as an id as it is: an absolute IRI (RFC 3987 §2.2), but for a % that encodes
// nothing and a second #, which validators and readers let pass: an id that changes is worse.
func isIRI(s string) bool {
	scheme, rest, _ := strings.Cut(s, ":")
	if rest == "" || !isScheme(scheme) || legal(s) != s {
		return false
	}
	authority := ""
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		authority, rest = after, ""
		if i := strings.IndexAny(after, "/?#"); i >= 0 {
			authority, rest = after[:i], after[i:]
		}
	}
	if web := strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"); web && authority == "" {
		return false
	}
	forbidden := func(r rune) bool {
		return r == 0x7F || unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"{}|\\^`", r) ||
			unicode.Is(unicode.Noncharacter_Code_Point, r) || unicode.Is(unicode.Co, r)
	}
	return !strings.ContainsFunc(authority, forbidden) && !strings.ContainsFunc(rest, forbidden) && !strings.ContainsAny(rest, "[]")
}

// isScheme is RFC 3986 §3.1.
func isScheme(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", r)) {
			return false
		}
	}
	return s != ""
}

// href is a web address as every format may carry it: a URI of ASCII characters (RFC 3987 §3.1 tells how an IRI becomes
// one), without user name and password. It is "" for anything but absolute http and https addresses.
func href(address string) string {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(address), "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "http" && scheme != "https" {
		return ""
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority := rest[strings.LastIndexByte(rest[:end], '@')+1 : end]
	host := asciiHost(authority)
	if host == "" {
		return ""
	}
	return scheme + "://" + host + escaped(rest[end:])
}

// asciiHost is a host with its port, "" if it can't be one.
func asciiHost(host string) string {
	u, err := url.Parse("//" + host)
	if err != nil || u.Hostname() == "" || u.Host != host || strings.ContainsAny(host, "%<>\"{}|\\^`") {
		return ""
	}
	name := u.Hostname()
	if strings.HasPrefix(host, "[") {
		return host
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 }) {
		ascii, err := idna.Lookup.ToASCII(name)
		if err != nil {
			return ""
		}
		return ascii + host[len(name):]
	}
	return host
}

// escaped percent-encodes what may not stand in a path, query or fragment as it is.
func escaped(s string) string {
	const hex = "0123456789ABCDEF"
	var b []byte // nil as long as nothing had to be encoded
	fragment := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		keep := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~!$&'()*+,;=:@/?", c) >= 0 ||
			c == '#' && !fragment || c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])
		fragment = fragment || c == '#'
		switch {
		case !keep:
			if b == nil {
				b = append(make([]byte, 0, len(s)+16), s[:i]...)
			}
			b = append(b, '%', hex[c>>4], hex[c&15])
		case b != nil:
			b = append(b, c)
		}
	}
	if b == nil {
		return s
	}
	return string(b)
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
