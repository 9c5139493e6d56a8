package fetch

import (
	"bytes"
	"compress/gzip"
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
	decoded, err := decoder(resp.Header.Values("Content-Encoding"), counted)
	if err != nil {
		return nil, limit - counted.left, err
	}
	var buf bytes.Buffer
	buf.Grow(int(min(max(resp.ContentLength, 4096)+bytes.MinRead, 1<<20)))
	_, err = buf.ReadFrom(&limited{r: decoded, left: limit, limit: limit})
	if closer, ok := decoded.(io.Closer); ok {
		closer.Close()
	}
	wire = limit - counted.left
	if err != nil {
		return nil, wire, err
	}
	return buf.Bytes(), wire, nil
}

func decoder(encodings []string, r io.Reader) (io.Reader, error) {
	switch coding := strings.ToLower(strings.TrimSpace(strings.Join(encodings, ","))); coding {
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
		return nil, fmt.Errorf("the answer is encoded as %q, which was not asked for", coding)
	}
}

// limited fails, rather than ends, when more than it may comes through.
type limited struct {
	r           io.Reader
	left, limit int64
}

func (l *limited) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	if l.left < 0 {
		return 0, tooLarge(l.limit)
	}
	return n, err
}

type tooLarge int64

func (t tooLarge) Error() string {
	return fmt.Sprintf("the feed is larger than %d bytes (fetch.max_size)", int64(t))
}
