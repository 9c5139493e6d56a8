package feedtest

import (
	"bytes"
	"fmt"
	"net/http"
	"path"
	"strings"
)

// within is a number from 1 to n-1, the place of a cut.
func within(d *dice, n int) int { return 1 + d.IntN(n-1) }

// oddTruncations are bodies that end before the end that was told (behaviour 54).
func oddTruncations() []odd {
	return []odd{
		{"cut short of its length", Unreadable, func(d *dice) Reply { doc := d.doc(); return Feed(doc).Truncated(within(d, len(doc))) }},
		{"cut before the last byte", Unreadable, func(d *dice) Reply { doc := d.doc(); return Feed(doc).Truncated(len(doc) - 1) }},
		{"cut before the first byte", Unreadable, func(d *dice) Reply { return Feed(d.doc()).Truncated(0) }},
		{"cut within chunks", Unreadable, func(d *dice) Reply { doc := d.doc(); return Feed(doc).CutAfter(within(d, len(doc))) }},
		{"cut before the last chunk", Unreadable, func(d *dice) Reply { doc := d.doc(); return Feed(doc).CutAfter(len(doc)) }},
		{"cut within gzip", Unreadable, func(d *dice) Reply { r := Feed(d.doc()).Gzipped(); return r.Truncated(within(d, len(r.Body))) }},
		{"cut before the answer", Unreadable, func(*dice) Reply { return Cut() }},
		{"reset before the answer", Unreadable, func(*dice) Reply { return Reset() }},
		{"cut after a redirect", Unreadable, func(*dice) Reply { return Chain(http.StatusFound, 1, Cut()) }},
		{"in three drops", Readable, func(d *dice) Reply { doc := d.doc(); return Feed(doc).Drip(len(doc)/2, 0) }},
	}
}

// oddEncodings are encoded as they should be, or nearly.
func oddEncodings() []odd {
	odds := []odd{
		{"identity", Readable, func(d *dice) Reply { return Feed(d.doc()).With("Content-Encoding", "identity") }},
		{"GZIP", Readable, func(d *dice) Reply { return Feed(d.doc()).Gzipped().With("Content-Encoding", "GZIP") }},
		{"x-gzip", Either, func(d *dice) Reply { return Feed(d.doc()).Gzipped().With("Content-Encoding", "x-gzip") }},
		{"deflate, not asked for", Either, func(d *dice) Reply { return Feed(d.doc()).Encoded("deflate") }},
		{"gzip without a label", Either, func(d *dice) Reply { r := Feed(d.doc()).Gzipped(); r.Header.Del("Content-Encoding"); return r }},
		{"gzip and noise", Either, func(d *dice) Reply { r := Feed(d.doc()).Gzipped(); r.Body = append(r.Body, d.bytes(100)...); return r }},
	}
	for _, coding := range []string{"gzip", "br", "zstd"} {
		odds = append(odds,
			odd{coding, Readable, func(d *dice) Reply { return Feed(d.doc()).Encoded(coding) }},
			odd{coding + " of nothing", Unreadable, func(*dice) Reply { return Bare(nil).Encoded(coding) }})
	}
	for _, coding := range []string{"gzip", "zstd"} {
		odds = append(odds, odd{coding + " in two parts", Readable, func(d *dice) Reply {
			doc := d.doc()
			at := within(d, len(doc))
			r := Feed(doc).With("Content-Encoding", coding)
			r.Body = append(encode(coding, doc[:at]), encode(coding, doc[at:])...)
			return r
		}})
	}
	return odds
}

// wrongEncodings are labelled as what they aren't, or can't be unpacked.
func wrongEncodings() []odd {
	var odds []odd
	for label, coding := range ordered("gzip", "", "br", "", "zstd", "", "gzip", "br", "gzip", "zstd", "br", "gzip", "br", "zstd", "zstd", "gzip", "zstd", "br") {
		odds = append(odds, odd{strings.TrimSpace(coding + " labelled as " + label), Unreadable, func(d *dice) Reply {
			r := Feed(d.doc())
			if coding != "" {
				r = r.Encoded(coding)
			}
			return r.With("Content-Encoding", label)
		}})
	}
	for outer, inner := range ordered("gzip", "gzip", "br", "gzip", "zstd", "br") {
		odds = append(odds, odd{inner + " in " + outer, Unreadable, func(d *dice) Reply { return Feed(d.doc()).Encoded(inner, outer) }})
	}
	return append(odds,
		odd{"an encoding that nobody knows", Either, func(d *dice) Reply { return Feed(d.doc()).With("Content-Encoding", "rot13") }},
		odd{"an encoding's name of 5 KB", Either, func(d *dice) Reply { return Feed(d.doc()).With("Content-Encoding", strings.Repeat("gz", 2500)) }},
		odd{"gzip with a wrong sum", Unreadable, func(d *dice) Reply { r := Feed(d.doc()).Gzipped(); r.Body[len(r.Body)-6] ^= 0xff; return r }},
		odd{"noise labelled as gzip", Unreadable, func(d *dice) Reply { return Bare(d.bytes(500)).With("Content-Encoding", "gzip") }},
		odd{"noise in gzip", Unreadable, func(d *dice) Reply { return Bare(d.bytes(500)).Gzipped() }})
}

// cutEncodings are whole answers of encodings that end too early (behaviour 54).
func cutEncodings() []odd {
	var odds []odd
	for _, coding := range []string{"gzip", "br", "zstd"} {
		cut := func(part func(d *dice, n int) int) func(*dice) Reply {
			return func(d *dice) Reply {
				r := Feed(d.doc()).Encoded(coding)
				r.Body = r.Body[:part(d, len(r.Body))]
				return r
			}
		}
		odds = append(odds,
			odd{coding + ", an early end", Unreadable, cut(func(d *dice, n int) int { return within(d, n*9/10) })},
			odd{coding + ", one byte", Unreadable, cut(func(*dice, int) int { return 1 })},
			odd{coding + ", no byte", Unreadable, cut(func(*dice, int) int { return 0 })},
			odd{coding + ", but for the end", Either, cut(func(_ *dice, n int) int { return n - 1 })},
			odd{coding + ", flipped", Either, func(d *dice) Reply {
				r := Feed(d.doc()).Encoded(coding)
				r.Body[d.IntN(len(r.Body))] ^= 1 << d.IntN(8)
				return r
			}})
	}
	return odds
}

// oddBombs are larger than a reader may take (behaviours 51, 52).
func oddBombs() []odd {
	const mb = 1 << 20
	return []odd{
		{"a bomb of gzip", Unreadable, func(*dice) Reply { return Bomb(50 * mb) }},
		{"a bomb of gzip, 10 GB", Unreadable, func(*dice) Reply { return Bomb(10 << 10 * mb) }},
		{"a bomb of br", Unreadable, func(*dice) Reply { return BombIn("br", 50*mb) }},
		{"a bomb of zstd", Unreadable, func(*dice) Reply { return BombIn("zstd", 1<<10*mb) }},
		{"a bomb of deflate", Unreadable, func(*dice) Reply { return BombIn("deflate", 50*mb) }},
		{"a bomb labelled twice", Unreadable, func(*dice) Reply { return Bomb(50*mb).With("Content-Encoding", "gzip, gzip") }},
		{"a bomb without a label", Unreadable, func(*dice) Reply { return Bomb(50*mb).With("Content-Encoding", "") }},
		{"a wide window of zstd", Unreadable, func(*dice) Reply { return WideWindow() }},
		{"an endless feed", Unreadable, func(d *dice) Reply { return Feed(d.doc()).Endless() }},
		{"endless spaces after a redirect", Unreadable, func(*dice) Reply {
			return Chain(http.StatusFound, 1, Bare(bytes.Repeat([]byte(" "), 4096)).Endless())
		}},
		{"a good feed in a megabyte of spaces", Readable, func(d *dice) Reply {
			return Feed(append(d.xml(), bytes.Repeat([]byte(" "), mb)...)).Gzipped()
		}},
	}
}

// goodRedirects lead to a good document on the same path.
func goodRedirects() []odd {
	var odds []odd
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, n := range []int{1, 3, 5} {
			odds = append(odds, odd{fmt.Sprintf("status %d, %d in a row", status, n), Readable, func(d *dice) Reply { return Chain(status, n, Feed(d.doc())) }})
		}
	}
	for name, form := range ordered("an absolute address", "http://HOSTPATH?hop=1", "another scheme's case", "HTTP://HOSTPATH?hop=1", "no scheme", "//HOSTPATH?hop=1",
		"a path", "PATH?hop=1", "a relative path", "./LAST?hop=1", "dots", "../../..PATH?hop=1", "a fragment", "?hop=1#top") {
		odds = append(odds, odd{"redirect by " + name, Readable, func(d *dice) Reply {
			return Pick(func(r *http.Request) Reply {
				if r.URL.RawQuery != "" {
					return Feed(d.doc())
				}
				p := r.URL.EscapedPath()
				return Redirect(http.StatusFound, strings.NewReplacer("HOST", r.Host, "PATH", p, "LAST", path.Base(p)).Replace(form))
			})
		}})
	}
	return odds
}

// badRedirects lead nowhere, or where no reader may go (behaviours 45, 46, 48). The addresses that stand for a private
// network are ones of this machine outside 127.0.0.0/8, which tests allow: a reader without a guard does no harm.
func badRedirects() []odd {
	odds := []odd{
		{"a redirect without Location", Unreadable, func(d *dice) Reply { return Status(one(d, 301, 302, 303, 307, 308)) }},
		{"a redirect to a login page", Unreadable, func(d *dice) Reply { return Login(one(d, 301, 302, 303)) }},
		{"a redirect to nothing new", Unreadable, func(*dice) Reply { return Chain(http.StatusFound, 1, NotModified()) }},
	}
	for _, n := range []int{1, 2, 7} {
		odds = append(odds, odd{fmt.Sprintf("a loop of %d", n), Unreadable, func(d *dice) Reply { return Loop(one(d, 301, 302, 307, 308), n) }})
	}
	for _, n := range []int{6, 30} {
		odds = append(odds, odd{fmt.Sprintf("%d redirects in a row", n), Unreadable, func(d *dice) Reply { return Chain(one(d, 301, 302, 307, 308), n, Feed(d.doc())) }})
	}
	for _, to := range []string{
		"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/feed", "javascript:alert(1)", "data:text/xml,<rss/>", "mailto:a@b.example",
		"http://[::1]:9/", "http://0.0.0.0:9/", "http://[::]:9/", "http://[::ffff:0.0.0.0]:9/", "http://127.0.0.1:1/", "http://127.0.0.1:99999/",
		"", "http://", "http:///feed", "://", "%zz", "http://[::1", "http://a b/", "http:feed", "//", "#top", "\x01",
	} {
		odds = append(odds, odd{fmt.Sprintf("a redirect to %q", to), Unreadable, func(d *dice) Reply { return Redirect(one(d, 301, 302, 303, 307, 308), to) }})
	}
	return odds
}
