package fetch

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// body reads and decodes a response's body into res. The size limit holds on both sides of the decoder, so that neither
// an endless body nor a small one that unpacks to gigabytes takes memory (behaviours 51, 52).
func (c *Client) body(ctx context.Context, resp *http.Response, req Request, res *Result, left *clock) error {
	over := tooLarge{limit: c.opts.MaxSize}
	if req.Picture > 0 {
		over = tooLarge{req.Picture, true}
	}
	limit := over.limit
	if resp.ContentLength > limit {
		return over
	}
	coding := strings.ToLower(strings.TrimSpace(strings.Join(resp.Header.Values("Content-Encoding"), ",")))
	size := resp.ContentLength
	if coding != "" && coding != "identity" {
		size = -1 // of what is decoded nothing is known
	}
	var held *share
	grant := func(n int64) (err error) {
		left.stop() // that others' bodies are large is not this server's fault
		defer left.resume()
		held, err = c.memory.take(ctx, n)
		return err
	}
	counted := &limited{r: resp.Body, left: limit, over: over}
	body, err := decode(coding, counted, &growing{size: size, limit: limit, grant: grant})
	if err == nil {
		// A decoder may stop before the end; whether the answer is whole shows only there.
		_, err = io.Copy(io.Discard, counted)
	}
	res.Bytes = limit - counted.left
	if err != nil {
		held.give()
		return err
	}
	res.Body, res.share = body, held
	return nil
}

// decode reads r to the end of what it encodes.
func decode(coding string, r *limited, into *growing) ([]byte, error) {
	decoded, err := decoder(coding, r, into)
	var body []byte
	if err == nil {
		body, err = into.readAll(&limited{r: decoded, left: r.over.limit, over: r.over})
		if closer, ok := decoded.(io.Closer); ok {
			closer.Close()
		}
		if err == nil && r.left == r.over.limit && decoded != io.Reader(r) {
			err = io.EOF // not even an encoding of nothing is nothing
		}
	}
	var large tooLarge
	switch {
	case err == nil, r.err != nil && r.err != io.EOF, errors.As(err, &large), errors.Is(err, errEncoding), into.err != nil: //nolint:errorlint // io.EOF comes bare
		return body, err // nothing wrong with the encoding itself
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, io.ErrUnexpectedEOF
	}
	return nil, worded(fmt.Sprintf("the answer is labelled %s, but can't be unpacked (%v)", coding, err))
}

var errEncoding = errors.New("which was not asked for")

// freeWindow is how far back a decoder may look without a share of the memory for large bodies; it keeps that much. Most
// encoders are content with it: brotli's default is 4 MB, that of zstd 2 MB. 8 MB is what RFC 9659 grants zstd.
const freeWindow, maxWindow = 4 << 20, 8 << 20

// decoder unpacks r. The size of a window is the sender's choice: one who sends slowly what needs much takes a share.
func decoder(coding string, r io.Reader, into *growing) (io.Reader, error) {
	switch coding {
	case "", "identity":
		return r, nil
	case "gzip", "x-gzip":
		return gzip.NewReader(r)
	case "br", "zstd":
	default:
		return nil, fmt.Errorf("the answer is encoded as %q, %w", coding, errEncoding)
	}
	b := bufio.NewReader(r)
	head, _ := b.Peek(zstd.HeaderMaxSize) //nolint:errcheck // the decoder meets the error again
	allowed := uint64(freeWindow)
	if need, whole := window(coding, head); need > freeWindow {
		if err := into.ask(); err != nil {
			return nil, err
		}
		allowed = maxWindow
		if whole {
			allowed = uint64(into.limit)
		}
	}
	if coding == "br" {
		return brotli.NewReader(b), nil
	}
	d, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(allowed), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// window is how far back the decoder of what begins with head has to look; whole, that it is all there is.
func window(coding string, head []byte) (size uint64, whole bool) {
	var frame zstd.Header
	switch {
	case coding == "zstd" && frame.Decode(head) == nil:
		if frame.SingleSegment { // RFC 8878 §3.1.1.1.1.2
			return frame.FrameContentSize, true
		}
		return frame.WindowSize, false
	case coding == "br" && len(head) > 0 && head[0]&1 == 1: // RFC 7932 §9.1; all others are below 4 MB
		return 1 << (17 + head[0]>>1&7), false
	}
	return 0, false
}

// limited fails, rather than ends, when more than it may comes through.
type limited struct {
	r    io.Reader
	left int64
	over tooLarge // the limit
	err  error    // the reader's own, and that of the limit
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
		n, err = 0, l.over
	}
	l.err = err
	return n, err
}

// tooLarge means that a body is larger than it may be.
type tooLarge struct {
	limit   int64
	picture bool // it isn't a feed's
}

func (t tooLarge) Error() string {
	if t.picture {
		return fmt.Sprintf("the picture is larger than %d bytes (limits.image)", t.limit)
	}
	return fmt.Sprintf("the feed is larger than %d bytes (fetch.max_size)", t.limit)
}

// TooLarge tells whether a Get came to nothing because the body is larger than it may be.
func TooLarge(err error) bool {
	var large tooLarge
	return errors.As(err, &large)
}
