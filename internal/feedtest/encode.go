package feedtest

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// Gzipped returns the reply with its body compressed, whether or not the client asks for it.
func (r Reply) Gzipped() Reply { return r.Encoded("gzip") }

// Encoded returns the reply with its body in those encodings, the first one innermost, and labelled so: gzip, deflate
// (zlib, RFC 9110 §8.4.1.2), br, zstd. A wrong label is put on with With.
func (r Reply) Encoded(codings ...string) Reply {
	for _, coding := range codings {
		r.Body = encode(coding, r.Body)
	}
	return r.With("Content-Encoding", strings.Join(codings, ", "))
}

func encode(coding string, body []byte) []byte {
	var buf bytes.Buffer
	zw := encoder(coding, &buf)
	zw.Write(body) //nolint:errcheck // a bytes.Buffer takes everything
	zw.Close()     //nolint:errcheck
	return buf.Bytes()
}

func encoder(coding string, w io.Writer) io.WriteCloser {
	switch coding {
	case "gzip":
		return gzip.NewWriter(w)
	case "deflate":
		return zlib.NewWriter(w)
	case "br":
		return brotli.NewWriterLevel(w, 1)
	case "zstd":
		zw, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			panic(err) // only for options that don't exist
		}
		return zw
	}
	panic(fmt.Sprintf("feedtest: unknown encoding %q", coding))
}

// Bomb is a gzipped answer that unpacks to n bytes or a few more, a thousand times its size.
func Bomb(n int) Reply { return BombIn("gzip", n) }

// BombIn is a Bomb in gzip, deflate, br or zstd. It is packed while it is sent, so that it takes no memory here either.
func BombIn(coding string, n int) Reply {
	const piece = 1 << 20
	spaces := func() []byte { return bytes.Repeat([]byte(" "), piece) }
	r := Reply{}.With("Content-Type", "application/xml").With("Content-Encoding", coding)
	r.Play = func(w http.ResponseWriter, req *http.Request) {
		out, once := io.Writer(w), spaces()
		if coding == "gzip" || coding == "zstd" {
			once = encode(coding, once) // one member (RFC 1952) or frame (RFC 8878) after the other is a whole
		} else {
			zw := encoder(coding, w)
			defer zw.Close()
			out = zw
		}
		for sent := 0; sent < n && req.Context().Err() == nil; sent += piece {
			if _, err := out.Write(once); err != nil {
				return
			}
		}
	}
	return r
}

// WideWindow is a zstd answer of a few bytes whose header wants a window of 2 GB (RFC 8878 §3.1.1.1.2; RFC 9659 grants 8 MB).
func WideWindow() Reply {
	const block = 0<<3 | 1<<1 | 1 // an RLE block, the last, of no bytes
	return Reply{Body: []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, block, 0, 0, ' '}}.
		With("Content-Type", "application/xml").With("Content-Encoding", "zstd")
}
