package feedtest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// withStatus is a good document with a status that may make it something else.
func withStatus(status int) func(*dice) Reply {
	return func(d *dice) Reply {
		r := Feed(d.doc())
		r.Status = status
		return r
	}
}

// oddSuccesses are the answers of the classes 1xx to 3xx but for redirects that can be followed.
func oddSuccesses() []odd {
	raw := func(head string) func(*dice) Reply {
		return func(d *dice) Reply { return Raw(Answer(head+"\nContent-Type: application/xml", d.xml())) }
	}
	odds := []odd{
		{"status 200", Readable, withStatus(200)},
		{"status 226 with a part", Readable, func(d *dice) Reply { return Partial(d.doc()) }},
		{"status 304, not asked for", Unreadable, func(*dice) Reply { return NotModified().With("ETag", `"304"`) }},
		{"status 204 with a body", Unreadable, raw("HTTP/1.1 204 No Content")},
		{"status 205 with a body", Unreadable, raw("HTTP/1.1 205 Reset Content")},
		{"status 100 before 200", Readable, raw("HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK")},
		{"status 103 before 200", Readable, raw("HTTP/1.1 103 Early Hints\nLink: </x.css>; rel=preload\n\nHTTP/1.1 200 OK")},
		{"status 100, a thousand before 200", Either, raw(strings.Repeat("HTTP/1.1 100 Continue\n\n", 1000) + "HTTP/1.1 200 OK")},
		{"status 101", Unreadable, raw("HTTP/1.1 101 Switching Protocols\nUpgrade: feed\nConnection: Upgrade")},
		{"status 100 alone", Unreadable, func(*dice) Reply { return Raw(Answer("HTTP/1.1 100 Continue", nil)) }},
		{"status 206 of a part not asked for", Either, func(d *dice) Reply { return withStatus(206)(d).With("Content-Range", "bytes 0-9/*") }},
	}
	for _, status := range []int{201, 202, 203, 207, 208, 299} {
		odds = append(odds, odd{fmt.Sprint("status ", status), Either, withStatus(status)})
	}
	for _, status := range []int{300, 304, 305, 306, 309, 399} {
		odds = append(odds, odd{fmt.Sprint("status ", status, " with a body"), Unreadable, withStatus(status)})
	}
	return odds
}

func statuses(list ...int) []odd {
	var odds []odd
	for _, status := range list {
		odds = append(odds, odd{fmt.Sprint("status ", status), Unreadable, func(d *dice) Reply {
			r := one(d, Status(status), withStatus(status)(d), Reply{}, Page("Error", ""))
			r.Status = status
			return r.With("Retry-After", one(d, "", "120", "-1", "soon", "1e9", "99999999999999999999", "Fri, 31 Dec 1999 23:59:59 GMT"))
		}})
	}
	return odds
}

func oddRefusals() []odd {
	return statuses(400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425,
		426, 428, 429, 431, 440, 444, 451, 499)
}

func oddFailures() []odd {
	return statuses(500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511, 520, 521, 522, 523, 524, 525, 526, 527, 530, 598, 599,
		600, 666, 777, 888, 999)
}

// oddProtocols are answers that are no HTTP, or hardly.
func oddProtocols() []odd {
	var odds []odd
	for name, start := range ordered(
		"a status that is no number", "HTTP/1.1 abc OK", "a status of two digits", "HTTP/1.1 20 OK", "a status of four digits", "HTTP/1.1 2000 OK",
		"a status below zero", "HTTP/1.1 -20 OK", "no status", "HTTP/1.1", "a radio station", "ICY 200 OK", "an SSH server", "SSH-2.0-OpenSSH_9.9",
		"a mail server", "220 mail.example ESMTP", "a line of 100 KB", "HTTP/1.1 200 "+strings.Repeat("OK", 50_000)) {
		odds = append(odds, odd{name, Unreadable, func(d *dice) Reply { return Raw(Answer(start, d.xml())) }})
	}
	return append(odds,
		odd{"HTTP/0.9", Unreadable, func(d *dice) Reply { return Raw(d.xml()) }},
		odd{"HTTP/1.0", Readable, func(d *dice) Reply { return Raw(Answer("HTTP/1.0 200 OK", d.xml())) }},
		odd{"no reason", Readable, func(d *dice) Reply { return Raw(Answer("HTTP/1.1 200 ", d.xml())) }},
		odd{"lines that end with LF alone", Either, func(d *dice) Reply { return Raw(append([]byte("HTTP/1.1 200 OK\nX: y\n\n"), d.xml()...)) }},
		odd{"a field without a colon", Either, func(d *dice) Reply { return Raw(Answer("HTTP/1.1 200 OK\nnonsense", d.xml())) }},
		odd{"a field's name with spaces", Either, func(d *dice) Reply { return Raw(Answer("HTTP/1.1 200 OK\nContent Type : x", d.xml())) }},
		odd{"a field in two lines", Either, func(d *dice) Reply { return Raw(Answer("HTTP/1.1 200 OK\nX-Fold: a\n b", d.xml())) }},
		odd{"NUL in a field", Either, func(d *dice) Reply { return Raw(Answer("HTTP/1.1 200 OK\nX: a\x00b", d.xml())) }},
		odd{"the end within the header", Unreadable, func(*dice) Reply { return Raw([]byte("HTTP/1.1 200 OK\r\nContent-Type: appl")) }},
		odd{"a TLS alert", Unreadable, func(*dice) Reply { return Raw([]byte{0x15, 3, 1, 0, 2, 2, 70}) }},
		odd{"HTTP/2 settings", Unreadable, func(*dice) Reply { return Raw([]byte{0, 0, 0, 4, 0, 0, 0, 0, 0}) }},
		odd{"line ends alone", Unreadable, func(*dice) Reply { return Raw([]byte("\r\n\r\n\r\n")) }},
		odd{"noise", Unreadable, func(d *dice) Reply { return Raw(d.bytes(1 + d.IntN(2000))) }},
		odd{"nothing", Unreadable, func(*dice) Reply { return Raw(nil) }})
}

// oddLengths are answers whose length is told wrong, twice or strangely (RFC 9112 §6, §7).
func oddLengths() []odd {
	framed := func(name string, want Want, head string, body func(doc []byte) []byte) odd {
		return odd{name, want, func(d *dice) Reply {
			doc := d.xml()
			length := strconv.Itoa(len(doc))
			return Raw(Answer("HTTP/1.1 200 OK\nContent-Type: application/xml\n"+strings.ReplaceAll(head, "LENGTH", length), body(doc)))
		}}
	}
	whole := func(doc []byte) []byte { return doc }
	chunks := func(format string) func([]byte) []byte {
		return func(doc []byte) []byte { return fmt.Appendf(nil, format, len(doc), doc) }
	}
	const chunked = "Transfer-Encoding: chunked"
	return []odd{
		framed("no length", Readable, "Connection: close", whole),
		framed("the right length", Readable, "Content-Length: LENGTH", whole),
		framed("the length twice", Either, "Content-Length: LENGTH\nContent-Length: LENGTH", whole),
		framed("two lengths", Unreadable, "Content-Length: LENGTH\nContent-Length: 7", whole),
		framed("a length that is too long", Unreadable, "Content-Length: 9LENGTH", whole),
		framed("a length that is too short", Either, "Content-Length: 99", whole),
		framed("a length of zero", Unreadable, "Content-Length: 0", whole),
		framed("a length below zero", Unreadable, "Content-Length: -LENGTH", whole),
		framed("a length that is no number", Unreadable, "Content-Length: LENGTHx", whole),
		framed("a length of terabytes", Unreadable, "Content-Length: 9000000000000", whole),
		framed("a length beyond 64 bits", Unreadable, "Content-Length: 99999999999999999999", whole),
		framed("a length beside chunks", Either, "Content-Length: LENGTH\n"+chunked, chunks("%x\r\n%s\r\n0\r\n\r\n")),
		framed("chunks", Readable, chunked, chunks("%x\r\n%s\r\n0\r\n\r\n")),
		framed("chunks with extensions and a trailer", Readable, chunked, chunks("%X;a=\"b\"\r\n%s\r\n0\r\nX-Sum: 1\r\n\r\n")),
		framed("chunks without the last", Unreadable, chunked, chunks("%x\r\n%s\r\n")),
		framed("chunks of a wrong length", Unreadable, chunked, chunks("1%x\r\n%s\r\n0\r\n\r\n")),
		framed("chunks below zero", Unreadable, chunked, chunks("-%x\r\n%s\r\n0\r\n\r\n")),
		framed("a chunk beyond 64 bits", Unreadable, chunked, chunks("fffffffffffffffff%x\r\n%s\r\n0\r\n\r\n")),
		{"a chunk of no length", Unreadable, func(d *dice) Reply { return BadChunk(d.xml()) }},
		framed("a transfer encoding that nobody knows", Either, "Transfer-Encoding: brrr, chunked", chunks("%x\r\n%s\r\n0\r\n\r\n")),
	}
}

// slow are answers that last longer than any time limit.
func slow() []odd {
	return []odd{
		{"hang", Unreadable, func(*dice) Reply { return Hang() }},
		{"a byte each five seconds", Unreadable, func(d *dice) Reply { return Feed(d.doc()).Drip(1, 5*time.Second) }},
		{"a header without an end", Unreadable, func(*dice) Reply { return EndlessHeader(time.Second) }},
		{"half a body", Unreadable, func(d *dice) Reply {
			doc := d.doc()
			return Feed(doc).Drip(len(doc)*2/3, 24*time.Hour)
		}},
		{"drops of gzip", Unreadable, func(d *dice) Reply { return Feed(d.doc()).Gzipped().Drip(2, 5*time.Second) }},
		{"a redirect to a hang", Unreadable, func(*dice) Reply { return Chain(http.StatusFound, 2, Hang()) }},
	}
}
