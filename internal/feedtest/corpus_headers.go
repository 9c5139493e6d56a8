package feedtest

import (
	"fmt"
	"iter"
	"strings"
)

// ordered yields pairs of a name and a value in their order.
func ordered(pairs ...string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := 0; i+1 < len(pairs) && yield(pairs[i], pairs[i+1]); i += 2 {
		}
	}
}

// fields are good documents with one header field each that has nothing to say about them: all are readable.
func fields(key string, values ...string) []odd {
	var odds []odd
	for _, value := range values {
		odds = append(odds, odd{fmt.Sprintf("%s: %.60q", key, value), Readable, func(d *dice) Reply { return Feed(d.doc()).With(key, value) }})
	}
	return odds
}

// oddTypes are labels that a reader doesn't look at (behaviour 70).
func oddTypes() []odd {
	return fields("Content-Type", "", "text/html", "text/html; charset=utf-8", "text/plain", "application/octet-stream", "image/png", "application/json",
		"text/xml; charset=", "text/xml; charset=\"utf-8", "text/xml;;;", ";", "/", "xml", "text/xml, text/html", "multipart/mixed; boundary=x",
		"application/"+strings.Repeat("x", 5000), "\u00a0", "application/rss+xml; version=99; q=0.1")
}

// oddCharsets are labels of the wrong character set, which for ASCII says nothing, and documents in another one.
func oddCharsets() []odd {
	odds := fields("Content-Type", "text/xml; charset=x-unknown", "text/xml; charset=utf-7", "text/xml; charset=iso-8859-1", "text/xml; charset=windows-1251",
		"text/xml; charset=koi8-r", "text/xml; charset=Shift_JIS", "text/xml; charset=gb18030", "text/xml; charset=hz-gb-2312", "text/xml; charset=utf8;charset=latin1")
	insert := func(what string) func(*dice) Reply {
		return func(d *dice) Reply { return Feed([]byte(strings.ReplaceAll(string(d.xml()), "Post ", "Post "+what))) }
	}
	declare := func(charset string) func(*dice) Reply {
		return func(d *dice) Reply { return Feed([]byte(strings.Replace(string(d.xml()), "UTF-8", charset, 1))) }
	}
	return append(odds,
		odd{"UTF-16", Readable, func(d *dice) Reply { return Feed(UTF16(d.xml())) }},
		odd{"UTF-16 labelled as UTF-8", Readable, func(d *dice) Reply { return Feed(UTF16(d.xml())).With("Content-Type", "text/xml; charset=utf-8") }},
		odd{"UTF-16 cut in a character", Either, func(d *dice) Reply { doc := UTF16(d.xml()); return Feed(doc[:len(doc)/2|1]) }},
		odd{"ASCII labelled as UTF-16", Either, func(d *dice) Reply { return Feed(d.xml()).With("Content-Type", "text/xml; charset=utf-16") }},
		odd{"ASCII labelled as EBCDIC", Either, func(d *dice) Reply { return Feed(d.xml()).With("Content-Type", "text/xml; charset=ibm037") }},
		odd{"ASCII declared as UTF-16", Readable, declare("utf-16")},
		odd{"ASCII declared as nonsense", Readable, declare("no-such-set")},
		odd{"a byte order mark", Readable, func(d *dice) Reply { return Feed(append([]byte("\uFEFF"), d.doc()...)) }},
		odd{"a byte that isn't UTF-8", Readable, insert("\xE9 ")},
		odd{"half a character", Readable, insert("\xF0\x9F ")},
		odd{"control characters", Readable, insert("\x00\x0b\x1f ")},
		odd{"references to control characters", Readable, insert("&#0;&#x1F;&#xFFFF;&#xD800; ")},
		odd{"huge references", Readable, insert("&#99999999999;&#x110000; ")},
		odd{"every direction", Readable, insert("\u202e\u2066\u200f\u0301\u0301\U000E0041 ")})
}

// oddFreshness are lies about time, which may not cost more than politeness.
func oddFreshness() []odd {
	odds := fields("Cache-Control", "", ",,,", "max-age", "max-age=", "max-age=-1", "max-age=abc", "max-age=\"60\"", "max-age=99999999999999999999", "max-age=1, max-age=2",
		"max-age=60=60", "no-cache, no-store, private, max-age=0", strings.Repeat("a,", 5000))
	odds = append(odds, fields("Expires", "0", "-1", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 99999 23:59:59 GMT", "tomorrow")...)
	odds = append(odds, fields("Date", "0", "Mon, 99 Foo 2026", "Fri, 31 Dec 9999 23:59:59 GMT")...)
	odds = append(odds, fields("Age", "-1", "1e9", "99999999999999999999")...)
	odds = append(odds, fields("Last-Modified", "not a date", "0", "Fri, 31 Dec 9999 23:59:59 GMT")...)
	return append(odds, fields("Retry-After", "0", "-5", "3.5", "99999999999999999999", "never", "Thu, 01 Jan 1970 00:00:00 GMT")...)
}

// oddHeaders are fields that a reader ignores, and headers of a size that it may not take (behaviour 53).
func oddHeaders() []odd {
	odds := fields("ETag", "", "W/", "unquoted", `"`, `W/"a b"`, "\"\u00e9\"", `"`+strings.Repeat("x", 20_000)+`"`)
	odds = append(odds, fields("Link", "<", "<>; rel=self", `<javascript:x>; rel="alternate"; type="application/rss+xml"`, strings.Repeat("<a>; rel=b, ", 1000))...)
	odds = append(odds, fields("Set-Cookie", "a=b; Path=/", strings.Repeat("c", 10_000), "=;=;")...)
	odds = append(odds, fields("Connection", "close", "keep-alive, close", "\u00a0")...)
	odds = append(odds, fields("Content-Location", "http://[::1]:9/", "file:///etc/passwd")...)
	odds = append(odds, fields("Alt-Svc", `h3=":443"; ma=99999999999999999999`)...)
	return append(odds,
		odd{"a control character in a validator", Either, func(d *dice) Reply { return Feed(d.doc()).With("ETag", "\"a\x01b\"") }},
		odd{"a header of 20 KB", Readable, func(d *dice) Reply { return flooded(d, 20_000) }},
		odd{"a header of 200 KB", Unreadable, func(d *dice) Reply { return flooded(d, 200_000) }},
		odd{"a header of 5 MB", Unreadable, func(d *dice) Reply { return flooded(d, 5_000_000) }},
		odd{"one field of 1 MB", Unreadable, func(d *dice) Reply { return Feed(d.doc()).With("X-Long", strings.Repeat("x", 1_000_000)) }})
}

// flooded is a good document under a header of about n bytes.
func flooded(d *dice, n int) Reply {
	r := HeaderFlood(n)
	r.Body = d.doc()
	return r
}
