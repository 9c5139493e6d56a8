package feedtest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

var sampleDate = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

// follow asks as a client does that follows redirects and gives up soon.
func follow(url string) (status int, body []byte, err error) {
	client := &http.Client{Timeout: 300 * time.Millisecond, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

func TestAnswers(t *testing.T) {
	doc := RSS("A", Items("a", 2, sampleDate)...)
	s := New(t)
	s.Handle("/304", NotModified().With("ETag", `"new"`).With("Cache-Control", "max-age=60"))
	s.Handle("/226", Partial(doc))
	s.Handle("/503", Later(503, "120"))
	for path, want := range map[string]struct {
		status     int
		key, value string
		body       int
	}{
		"/304": {304, "ETag", `"new"`, 0}, "/226": {226, "IM", "feed", len(doc)}, "/503": {503, "Retry-After", "120", len("Service Unavailable\n")},
	} {
		if resp, body := get(t, s.URL+path); resp.StatusCode != want.status || resp.Header.Get(want.key) != want.value || len(body) != want.body {
			t.Errorf("%s: %s, %v, %d bytes", path, resp.Status, resp.Header, len(body))
		}
	}

	s.Handle("/chain", Chain(301, 3, Feed(doc)))
	s.Handle("/loop", Loop(302, 2))
	s.Handle("/login", Login(302))
	s.Forget()
	if status, body, err := follow(s.URL + "/chain"); err != nil || status != 200 || !bytes.Equal(body, doc) {
		t.Errorf("chain: %d, %v", status, err)
	}
	if n := len(s.Requests("")); n != 4 {
		t.Errorf("a chain of 3 took %d requests", n)
	}
	if _, _, err := follow(s.URL + "/loop"); err == nil || !strings.Contains(err.Error(), "10 redirects") {
		t.Errorf("loop: %v", err)
	}
	if n := len(s.Requests("/loop?hop=1")); n < 4 {
		t.Errorf("the loop's second address was asked %d times", n)
	}
	if status, body, err := follow(s.URL + "/login"); err != nil || status != 200 || !bytes.Contains(body, []byte("<html")) {
		t.Errorf("login: %d, %v", status, err)
	}
}

// unpack reads what the encodings hold, the last one outermost.
func unpack(t *testing.T, r io.Reader, codings ...string) io.Reader {
	t.Helper()
	for i := len(codings) - 1; i >= 0; i-- {
		var err error
		switch codings[i] {
		case "gzip":
			r, err = gzipReader(r)
		case "deflate":
			r, err = zlibReader(r)
		case "br":
			r = brotli.NewReader(r)
		case "zstd":
			r, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
		}
		if err != nil {
			t.Fatalf("%s: %v", codings[i], err)
		}
	}
	return r
}

func TestEncodings(t *testing.T) {
	doc := RSS("A", Items("a", 20, sampleDate)...)
	s := New(t)
	for _, codings := range [][]string{{"gzip"}, {"deflate"}, {"br"}, {"zstd"}, {"gzip", "gzip"}, {"br", "zstd", "gzip"}} {
		label := strings.Join(codings, ", ")
		s.Handle("/", Feed(doc).Encoded(codings...))
		resp, body := get(t, s.URL, "Accept-Encoding", "x")
		plain, err := io.ReadAll(unpack(t, bytes.NewReader(body), codings...))
		if got := resp.Header.Get("Content-Encoding"); got != label || err != nil || !bytes.Equal(plain, doc) {
			t.Errorf("%s: labelled %s, %v, %d of %d bytes", label, got, err, len(plain), len(doc))
		}
	}
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		const size = 5_000_000
		s.Handle("/", BombIn(coding, size))
		_, body := get(t, s.URL, "Accept-Encoding", "x")
		n, err := io.Copy(io.Discard, unpack(t, bytes.NewReader(body), coding))
		if err != nil || n < size || n > size+1<<20 || len(body) > size/200 {
			t.Errorf("bomb of %s: %d bytes unpack to %d, %v", coding, len(body), n, err)
		}
	}
	s.Handle("/", WideWindow())
	_, body := get(t, s.URL, "Accept-Encoding", "x")
	if _, err := io.ReadAll(unpack(t, bytes.NewReader(body), "zstd")); !errors.Is(err, zstd.ErrWindowSizeExceeded) {
		t.Errorf("wide window: %v", err)
	}
}

func TestBrokenAnswers(t *testing.T) {
	doc := RSS("A", Items("a", 20, sampleDate)...)
	s := New(t)
	for _, c := range []struct {
		name  string
		reply Reply
		want  string
	}{
		{"no status", Raw(Answer("ICY 200 OK", doc)), "malformed HTTP"},
		{"HTTP/0.9", Raw(doc), "malformed HTTP"},
		{"nothing", Raw(nil), "EOF"},
		{"reset", Reset(), "reset by peer"},
		{"bad chunk", BadChunk(doc), "invalid byte in chunk length"},
		{"cut chunks", Feed(doc).CutAfter(500), "unexpected EOF"},
		{"cut after all chunks", Feed(doc).CutAfter(len(doc)), "unexpected EOF"},
		{"endless header", EndlessHeader(time.Millisecond), "Timeout exceeded"},
	} {
		s.Handle("/", c.reply)
		if _, _, err := follow(s.URL); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	s.Handle("/", Raw(Answer("HTTP/1.0 299 Fine\nX-A: b", doc)))
	if status, body, err := follow(s.URL); err != nil || status != 299 || !bytes.Equal(body, doc) {
		t.Errorf("raw: %d, %d bytes, %v", status, len(body), err)
	}
}

func TestCloseEndsEveryReply(t *testing.T) {
	for name, reply := range map[string]Reply{"hang": Hang(), "endless header": EndlessHeader(time.Hour), "endless": Feed(RSS("A")).Endless()} {
		s := New(t)
		s.Handle("/", reply)
		conn, err := net.Dial("tcp", s.Addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(5 * time.Second); s.Overlap() == 0 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		closed := make(chan bool)
		go func() { s.Close(); close(closed) }()
		select {
		case <-closed:
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: Close waits", name)
		}
	}
}

func TestConnectionsAndOverlap(t *testing.T) {
	s := New(t)
	var all sync.WaitGroup
	all.Add(4)
	s.Handle("/", Status(200), Status(200), Pick(func(*http.Request) Reply {
		all.Done()
		all.Wait() // until four have come
		return Status(200)
	}))
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	ask := func() {
		resp, err := client.Get(s.URL)
		if err != nil {
			t.Error(err)
			return
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	ask()
	ask()
	if s.Connections() != 1 || s.Overlap() != 1 {
		t.Errorf("one after the other: %d connections, overlap %d", s.Connections(), s.Overlap())
	}
	s.Forget()
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(ask)
	}
	asking.Wait()
	if s.Connections() != 3 || s.Overlap() != 4 {
		t.Errorf("four at once, with one idle connection: %d more, overlap %d", s.Connections(), s.Overlap())
	}
}

func TestHostileDocumentsAreWhatTheyPromise(t *testing.T) {
	for _, c := range []struct {
		name, part string
		doc        []byte
		n          int
	}{
		{"deep", "<x:a>", Deep("id", 3000), 3000},
		{"namespaces", " xmlns:n", Namespaces("id", 500), 500},
		{"flood", "<item>", Flood("id", 700), 700},
		{"laughs", "<!ENTITY", Laughs("id"), 10},
		{"external entity", "file:///x", ExternalEntity("id", "file:///x"), 1},
	} {
		if n := bytes.Count(c.doc, []byte(c.part)); n != c.n {
			t.Errorf("%s: %d of %s, want %d", c.name, n, c.part, c.n)
		}
		dec := xml.NewDecoder(bytes.NewReader(c.doc))
		for {
			if _, err := dec.RawToken(); errors.Is(err, io.EOF) {
				break
			} else if err != nil && !strings.Contains(err.Error(), "entity") {
				t.Errorf("%s: %v", c.name, err)
				break
			} else if err != nil {
				break
			}
		}
	}
	if got := UTF16([]byte("a😀")); !bytes.Equal(got, []byte{0xff, 0xfe, 'a', 0, 0x3d, 0xd8, 0, 0xde}) {
		t.Errorf("UTF-16: % x", got)
	}
}
