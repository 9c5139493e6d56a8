package fetch

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
)

func TestB49TimeLimits(t *testing.T) {
	s := feedtest.New(t)
	doc := feedtest.Feed(bytes.Repeat([]byte("x"), 1000))
	s.Handle("/hang", feedtest.Hang())
	s.Handle("/slow-header", doc.After(10*time.Second))
	s.Handle("/slow-hop", feedtest.Redirect(302, "/slow-hop-2").After(150*time.Millisecond))
	s.Handle("/slow-hop-2", doc.After(150*time.Millisecond))
	c := client(t, func(o *Options) { o.Timeout = 200 * time.Millisecond })
	for _, path := range []string{"/hang", "/slow-header", "/slow-hop"} {
		t.Run(path, func(t *testing.T) {
			began := time.Now()
			wantText(t, fails(t, c, Request{URL: s.URL + path}), "no whole answer within 200ms (fetch.timeout)")
			if took := time.Since(began); took < 190*time.Millisecond || took > 8*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
	s.Handle("/fine", doc)
	get(t, c, Request{URL: s.URL + "/fine"}) // the host's turn has been given back
}

func TestB50TrickleEndsWithTheTimeLimit(t *testing.T) {
	s := feedtest.New(t)
	doc := feedtest.Feed(bytes.Repeat([]byte("x"), 1000))
	s.Handle("/drip", doc.Drip(1, 20*time.Millisecond))
	s.Handle("/drip-gzip", doc.Gzipped().Drip(1, 50*time.Millisecond))
	c := client(t, func(o *Options) { o.Timeout, o.Response = 200*time.Millisecond, 100*time.Millisecond })
	for _, path := range []string{"/drip", "/drip-gzip"} {
		began := time.Now()
		wantText(t, fails(t, c, Request{URL: s.URL + path}), "no whole answer within 200ms (fetch.timeout)")
		if took := time.Since(began); took < 190*time.Millisecond || took > 8*time.Second {
			t.Errorf("%s: it took %s", path, took)
		}
	}
}

func TestB49ResponseTimeoutIsToldFromTheWhole(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/", feedtest.Hang())
	c := client(t, func(o *Options) { o.Response = 50 * time.Millisecond })
	wantText(t, fails(t, c, Request{URL: s.URL}), "127.0.0.1 did not answer in time")
}

// Many feeds may lead to one host: that each waits for its turn there is not their fault.
func TestWaitingForTurnsTakesNoTime(t *testing.T) {
	from, to := feedtest.New(t), feedtest.NewOn(t, "127.0.0.2:0")
	from.Handle("/", feedtest.Redirect(302, to.URL+"/"))
	to.Handle("/", feedtest.Feed([]byte("<feed/>")).After(60*time.Millisecond))
	const limit = 450 * time.Millisecond
	c := client(t, func(o *Options) { o.Timeout = limit })
	errs := make(chan error)
	const n = 9
	for range n {
		go func() {
			res, err := c.Get(t.Context(), Request{URL: from.URL})
			if err == nil && (res.Took < 60*time.Millisecond || res.Took > limit) {
				err = errors.New("it says that it took " + res.Took.String())
			}
			errs <- err
		}()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestB51SizeLimits(t *testing.T) {
	s := feedtest.New(t)
	c := client(t, func(o *Options) { o.MaxSize = 10_000 })
	fits, big := bytes.Repeat([]byte("x"), 10_000), bytes.Repeat([]byte("x"), 10_001)
	s.Handle("/fits", feedtest.Feed(fits), feedtest.Feed(fits).Drip(4000, 0), feedtest.Feed(fits).Gzipped())
	for range 3 {
		if res := get(t, c, Request{URL: s.URL + "/fits"}); len(res.Body) != 10_000 {
			t.Errorf("got %d bytes; want all 10000", len(res.Body))
		}
	}
	s.Handle("/length", feedtest.Feed(big))
	s.Handle("/chunked", feedtest.Feed(big).Drip(4000, 0))
	s.Handle("/endless", feedtest.Feed(big).Endless())
	s.Handle("/unpacked", feedtest.Feed(big).Gzipped())
	s.Handle("/packed", feedtest.Reply{Body: append(feedtest.Gzip([]byte("<feed/>")), feedtest.Gzip(noise(20_000))...)}.With("Content-Encoding", "gzip"))
	for _, path := range []string{"/length", "/chunked", "/endless", "/unpacked", "/packed"} {
		wantText(t, fails(t, c, Request{URL: s.URL + path}), "the feed is larger than 10000 bytes (fetch.max_size)")
	}
	s.Close() // waits for the handlers: all have been hung up on
	if sent := s.Requests("/endless")[0].Bytes; sent > 16_000_000 {
		t.Errorf("the cut answer was read for %d bytes", sent)
	}
}

// noise is what gzip can't make smaller.
func noise(n int) []byte {
	out, x := make([]byte, n), uint32(1)
	for i := range out {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		out[i] = byte(x)
	}
	return out
}

func TestB53HeaderLimit(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/fits", feedtest.HeaderFlood(50_000))
	s.Handle("/flood", feedtest.HeaderFlood(100_000))
	get(t, client(t), Request{URL: s.URL + "/fits"})
	wantText(t, fails(t, client(t), Request{URL: s.URL + "/flood"}), "the header of the answer is larger than 64000 bytes (limits.header)")
}

func TestB54TruncatedBodiesAreFailures(t *testing.T) {
	s := feedtest.New(t)
	doc := feedtest.Feed(bytes.Repeat([]byte("<item/>"), 1000))
	s.Handle("/length", doc.Truncated(500))
	s.Handle("/all-but-one", doc.Truncated(len(doc.Body)-1))
	gz := doc.Gzipped()
	s.Handle("/gzip", gz.Truncated(len(gz.Body)-4))
	// All of the document comes, but the end of the answer doesn't.
	for _, coding := range []string{"identity", "gzip", "br", "zstd"} {
		cut := encoded(coding, pack(t, coding, doc.Body))
		cut.Play = func(w http.ResponseWriter, _ *http.Request) {
			w.Write(cut.Body) //nolint:errcheck // the client is there
			http.NewResponseController(w).Flush()
			time.Sleep(10 * time.Millisecond) // so that nothing but its absence tells
			panic(http.ErrAbortHandler)
		}
		s.Handle("/chunked-"+coding, cut)
	}
	for _, path := range []string{"/length", "/all-but-one", "/gzip", "/chunked-identity", "/chunked-gzip", "/chunked-br", "/chunked-zstd"} {
		wantText(t, fails(t, client(t), Request{URL: s.URL + path}), "the answer was cut off before its end")
	}
	s.Handle("/nothing", feedtest.Cut())
	wantText(t, fails(t, client(t), Request{URL: s.URL + "/nothing"}), "closed the connection without an answer")
}

func TestServersThatSpeakNoHTTP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Write([]byte("SSH-2.0-" + strings.Repeat("x", 10_000) + "\r\n")) //nolint:errcheck // the client may have left
			conn.Close()
		}
	}()
	if got := fails(t, client(t), Request{URL: "http://" + l.Addr().String()}); len(got) > 1000 {
		t.Errorf("the error has %d bytes", len(got))
	}
	address := l.Addr().String()
	l.Close()
	wantText(t, fails(t, client(t), Request{URL: "http://" + address}), "nothing answers at 127.0.0.1: the connection was refused")
}
