package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Unsaid is the Fresh of an answer with neither Cache-Control nor Expires. On a 304 what was told earlier goes on
// (RFC 9111 §4.3.4).
const Unsaid time.Duration = -1

// longest is what a number of seconds beyond all sense counts as (RFC 9111 §1.2.2).
const longest = (1 << 31) * time.Second

// freshness tells for how long from now on an answer may be taken as current, as RFC 9111 has it for a private cache:
// s-maxage isn't for us. What can't be understood promises nothing (§4.2.1). Nothing is guessed from Last-Modified.
func freshness(h http.Header, now time.Time) time.Duration {
	first, _, _ := strings.Cut(h.Get("Age"), ",")
	age, _ := seconds(strings.TrimSpace(first)) // of a list the first counts, an invalid one not at all (§5.1)
	if directives := cacheControl(h.Values("Cache-Control")); len(directives) > 0 {
		return max(0, promised(directives)-age)
	}
	expires := h.Values("Expires")
	if len(expires) == 0 {
		return Unsaid
	}
	// Relative to the server's own clock, which may be wrong (§5.3).
	at, err := http.ParseTime(expires[0])
	if err != nil {
		return 0
	}
	return max(0, min(at.Sub(date(h, now)), longest)-age)
}

// promised is what max-age grants. Of several the first counts (RFC 9111 §4.2.1 leaves that or taking the answer as
// stale); no-cache and no-store are stricter and win. A no-cache that names header fields is only about those (§5.2.2.4).
func promised(directives []directive) time.Duration {
	granted, found := time.Duration(0), false
	for _, d := range directives {
		switch d.name {
		case "no-store":
			return 0
		case "no-cache":
			if d.value == "" {
				return 0
			}
		case "max-age":
			if !found {
				granted, _ = seconds(d.value)
				found = true
			}
		}
	}
	return granted
}

type directive struct{ name, value string }

// cacheControl takes the fields apart; values may be quoted, with commas inside (RFC 9111 §5.2).
func cacheControl(fields []string) (all []directive) {
	for _, field := range fields {
		for _, part := range split(field, ',') {
			name, value, _ := strings.Cut(part, "=")
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
				all = append(all, directive{name, unquote(value)})
			}
		}
	}
	return all
}

// retryAfter is how long a server wants to be left alone (RFC 9110 §10.2.3), or 0.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if d, ok := seconds(value); ok {
		return d
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return max(0, min(at.Sub(date(h, now)), longest))
}

// date is when the server says that it answered, or now.
func date(h http.Header, now time.Time) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at
	}
	return now
}

// seconds reads a number of them, which has no sign and no fraction (RFC 9111 §1.2.2).
func seconds(s string) (d time.Duration, ok bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n >= int64(longest/time.Second) {
		return longest, true
	}
	return time.Duration(n) * time.Second, true
}

// split cuts s at each sep that isn't inside quotes or, as the addresses of a Link are, inside <>.
func split(s string, sep byte) (parts []string) {
	start, quoted, angled := 0, false, false
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case quoted && b == '\\':
			i++
		case b == '"' && !angled:
			quoted = !quoted
		case quoted:
		case b == '<':
			angled = true
		case b == '>':
			angled = false
		case b == sep && !angled:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// unquote is a token or quoted string without its quotes and backslashes (RFC 9110 §5.6.4).
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var b strings.Builder
	for s = s[1 : len(s)-1]; s != ""; s = s[1:] {
		if s[0] == '\\' && len(s) > 1 {
			s = s[1:]
		}
		b.WriteByte(s[0])
	}
	return b.String()
}
