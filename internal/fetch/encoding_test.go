package fetch

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"planet/internal/feedtest"
)

func pack(t *testing.T, coding string, body []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip", "x-gzip":
		w = gzip.NewWriter(&buf)
	case "br":
		w = brotli.NewWriter(&buf)
	case "zstd":
		var err error
		if w, err = zstd.NewWriter(&buf); err != nil {
			t.Fatal(err)
		}
	default:
		return body
	}
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func encoded(coding string, body []byte) feedtest.Reply {
	return feedtest.Reply{Body: body}.With("Content-Type", "application/xml").With("Content-Encoding", coding)
}

var document = []byte(strings.Repeat("<item>käse</item>\n", 500))

func TestB21EveryEncodingAskedForIsRead(t *testing.T) {
	s := feedtest.New(t)
	c := client(t)
	for _, coding := range []string{"", "identity", "gzip", "x-gzip", "GZip", "br", "zstd"} {
		wire := pack(t, strings.ToLower(coding), document)
		s.Handle("/", encoded(coding, wire), encoded(coding, wire).Drip(len(wire)/3+1, 0)) // with a length, and chunked
		for range 2 {
			res := get(t, c, Request{URL: s.URL})
			if !bytes.Equal(res.Body, document) || res.Bytes != int64(len(wire)) {
				t.Errorf("%q: a body of %d bytes, %d on the wire; want %d and %d", coding, len(res.Body), res.Bytes, len(document), len(wire))
			}
		}
	}
	for _, r := range s.Requests("") {
		if got := r.Header.Get("Accept-Encoding"); got != "gzip, br, zstd" {
			t.Errorf("Accept-Encoding: %q", got)
		}
	}
}

func TestB52OtherAndNestedEncodingsAreRefused(t *testing.T) {
	s := feedtest.New(t)
	twice := pack(t, "gzip", pack(t, "gzip", document))
	for _, coding := range []string{"deflate", "compress", "gzip, gzip", "gzip,br", "gzip, identity", "aes128gcm", "utf-8"} {
		s.Handle("/", encoded(coding, twice))
		wantText(t, fails(t, client(t), Request{URL: s.URL}), `encoded as "`+coding+`", which was not asked for`)
	}
	two := encoded("gzip", twice)
	two.Header["Content-Encoding"] = []string{"gzip", "gzip"}
	s.Handle("/", two)
	wantText(t, fails(t, client(t), Request{URL: s.URL}), `encoded as "gzip,gzip"`)
}

func TestB54CutEncodingsAreFailures(t *testing.T) {
	s := feedtest.New(t)
	for _, coding := range []string{"gzip", "br", "zstd"} {
		wire := pack(t, coding, document)
		for _, n := range []int{0, 3, len(wire) / 2, len(wire) - 1} {
			s.Handle("/", encoded(coding, wire[:n])) // what is sent is whole, what it encodes isn't
			got := fails(t, client(t), Request{URL: s.URL})
			if !strings.Contains(got, "cut off before its end") && !strings.Contains(got, "can't be unpacked") {
				t.Errorf("%s cut to %d bytes: %q", coding, n, got)
			}
		}
	}
}

func TestMislabelledEncodingsAreExplained(t *testing.T) {
	s := feedtest.New(t)
	for _, coding := range []string{"gzip", "br", "zstd"} {
		s.Handle("/", encoded(coding, document))
		wantText(t, fails(t, client(t), Request{URL: s.URL}), "the answer is labelled "+coding+", but can't be unpacked")
	}
}

func TestB52BombsAreRefused(t *testing.T) {
	s := feedtest.New(t)
	small := func(o *Options) { o.MaxSize = 100_000 }
	for _, coding := range []string{"gzip", "br", "zstd"} {
		s.Handle("/"+coding, encoded(coding, pack(t, coding, make([]byte, 10_000_000))))
		wantText(t, fails(t, client(t, small), Request{URL: s.URL + "/" + coding}), "larger than 100000 bytes (fetch.max_size)")
	}
}

// A zstd frame names the memory that reading it takes.
func TestB52GreedyZstdWindowIsRefused(t *testing.T) {
	frame := []byte{0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA0, 0x01, 0x00, 0x00} // window descriptor 0xA0: 1 GB
	s := feedtest.New(t)
	s.Handle("/", encoded("zstd", frame))
	wantText(t, fails(t, client(t), Request{URL: s.URL}), "can't be unpacked")
}
