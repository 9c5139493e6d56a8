package clean

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// publishedURL is a web address as a page can have it: without characters that no URL may hold (RFC 3986 §2), "" when it can lead nowhere.
// What is no web address stays.
func publishedURL(s string) string {
	if plainURL(s) {
		return s
	}
	scheme, rest, ok := strings.Cut(s, ":")
	switch {
	case !ok:
		return s
	case strings.EqualFold(scheme, "mailto"):
		return scheme + ":" + escapedURL(rest)
	case !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https"):
		return s
	}
	rest, ok = strings.CutPrefix(rest, "//")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if !ok || !validHost(rest[:end]) {
		return ""
	}
	return scheme + "://" + rest[:end] + escapedURL(rest[end:])
}

// escapedURL escapes what must not stand in the path, query and fragment of a URL.
func escapedURL(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	fragment := false
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])), r == '#' && fragment,
			r < utf8.RuneSelf && !urlBytes[r] && r != '%' && r != '#',
			r >= utf8.RuneSelf && (r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.IsSpace(r)):
			for _, c := range []byte(s[i : i+size]) {
				b.WriteByte('%')
				b.WriteByte(hex[c>>4])
				b.WriteByte(hex[c&15])
			}
		default:
			b.WriteString(s[i : i+size])
		}
		fragment = fragment || r == '#'
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

const longestHost = 253 // bytes (RFC 1035 §2.3.4)

// validHost tells whether s can be a URL's host, with or without a port (WHATWG URL, "host parsing"; a port is a 16-bit number).
func validHost(s string) bool {
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		if s[:at] != escapedURL(s[:at]) {
			return false
		}
		s = s[at+1:]
	}
	host, port := s, ""
	if colon := strings.LastIndexByte(s, ':'); colon >= 0 && !strings.HasSuffix(s, "]") {
		host, port = s[:colon], s[colon+1:]
	}
	if n, err := strconv.Atoi("0" + port); err != nil || n > 65535 || strings.ContainsAny(port, "+-") {
		return false
	}
	if in, ok := strings.CutPrefix(host, "["); ok {
		address, err := netip.ParseAddr(strings.TrimSuffix(in, "]"))
		return err == nil && address.Is6() && address.Zone() == "" && strings.HasSuffix(in, "]")
	}
	host, err := url.PathUnescape(host)
	if err != nil {
		return false
	}
	if len(host) > longestHost {
		return false
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.ContainsAny(label, "%<>[]\\^|`{}\"#/?@: ") || strings.ContainsFunc(label, func(r rune) bool {
			return r <= ' ' || r == 0x7F || r == utf8.RuneError || r > 0x7F && !unicode.IsGraphic(r)
		}) {
			return false
		}
		if len(label) >= 4 && strings.EqualFold(label[:4], "xn--") {
			if u, err := idna.Punycode.ToUnicode(strings.ToLower(label)); err != nil || u == "" || isASCII(u) || !printable(u) {
				return false
			}
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" || strings.HasPrefix(strings.ToLower(last), "0x") {
		_, err := netip.ParseAddr(strings.Join(labels, "."))
		return err == nil
	}
	return true
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == utf8.RuneError || !unicode.IsGraphic(r) })
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
