package fetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// body reads and decodes a response's body. The size limit holds on both sides of the decoder, so that neither an
// endless body nor a small one that unpacks to gigabytes takes memory (behaviours 51, 52).
func (c *Client) body(resp *http.Response) (body []byte, wire int64, err error) {
	limit := c.opts.MaxSize
	if resp.ContentLength > limit {
		return nil, 0, tooLarge(limit)
	}
	counted := &limited{r: resp.Body, left: limit, limit: limit}
	body, err = decode(resp.Header.Values("Content-Encoding"), counted, resp.ContentLength)
	if err == nil {
		// A decoder may stop before the end; whether the answer is whole shows only there.
		_, err = io.Copy(io.Discard, counted)
	}
	if err != nil {
		body = nil
	}
	return body, limit - counted.left, err
}

// decode reads r, which is at most as long as size says (-1 unknown), to the end of what it encodes.
func decode(encodings []string, r *limited, size int64) ([]byte, error) {
	coding := strings.ToLower(strings.TrimSpace(strings.Join(encodings, ",")))
	decoded, err := decoder(coding, r)
	var buf bytes.Buffer
	if err == nil {
		buf.Grow(int(min(max(size, 4096)+bytes.MinRead, 1<<20)))
		_, err = buf.ReadFrom(&limited{r: decoded, left: r.limit, limit: r.limit})
		if closer, ok := decoded.(io.Closer); ok {
			closer.Close()
		}
		if err == nil && r.left == r.limit && decoded != io.Reader(r) {
			err = io.EOF // not even an encoding of nothing is nothing
		}
	}
	var large tooLarge
	switch {
	case err == nil, r.err != nil && r.err != io.EOF, errors.As(err, &large), errors.Is(err, errEncoding): //nolint:errorlint // io.EOF comes bare
		return buf.Bytes(), err // nothing wrong with the encoding itself
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, io.ErrUnexpectedEOF
	}
	return nil, fmt.Errorf("the answer is labelled %s, but can't be unpacked: %w", coding, err)
}

var errEncoding = errors.New("which was not asked for")

func decoder(coding string, r io.Reader) (io.Reader, error) {
	switch coding {
	case "", "identity":
		return r, nil
	case "gzip", "x-gzip":
		return gzip.NewReader(r)
	case "br":
		return brotli.NewReader(r), nil
	case "zstd":
		// A window is memory that the sender chooses; 8 MB is what RFC 9659 grants it.
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	default:
		return nil, fmt.Errorf("the answer is encoded as %q, %w", coding, errEncoding)
	}
}

// limited fails, rather than ends, when more than it may comes through.
type limited struct {
	r           io.Reader
	left, limit int64
	err         error // the reader's own, and that of the limit
}

func (l *limited) Read(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	if l.left < 0 {
		n, err = 0, tooLarge(l.limit)
	}
	l.err = err
	return n, err
}

type tooLarge int64

func (t tooLarge) Error() string {
	return fmt.Sprintf("the feed is larger than %d bytes (fetch.max_size)", int64(t))
}
