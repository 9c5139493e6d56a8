package fetch

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

func TestB25ConnectionsAreKept(t *testing.T) {
	var connections atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/old":
			http.Redirect(w, r, "/new", http.StatusMovedPermanently)
		case "/gone":
			http.Error(w, "gone", http.StatusGone)
		case "/br":
			w.Header().Set("Content-Encoding", "br")
			w.Write(pack(t, "br", document))
			http.NewResponseController(w).Flush()
		case "/same":
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Write(document)
		}
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	c := client(t)
	for _, path := range []string{"/a", "/old", "/gone", "/br", "/a"} {
		get(t, c, Request{URL: s.URL + path})
	}
	get(t, c, Request{URL: s.URL + "/same", ETag: `"a"`, Validated: s.URL + "/same"})
	get(t, c, Request{URL: s.URL + "/a"})
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections for the feeds of one host; want 1", n)
	}
}

// A server that sends more than its answer spoils the next one on that connection, which is another feed's.
func TestAnswersSpoiledByTheOneBeforeAreAskedForAgain(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var connections atomic.Int32
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			go spoil(conn)
		}
	}()
	c := client(t)
	for range 3 {
		if res := get(t, c, Request{URL: "http://" + l.Addr().String()}); string(res.Body) != "<feed/>" {
			t.Errorf("got %q", res.Body)
		}
	}
	if n := connections.Load(); n != 3 {
		t.Errorf("%d connections; want one for each answer", n)
	}
}

// spoil answers the first request on a connection, and the second with what was left over.
func spoil(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for _, answer := range []string{"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n<feed/>", "<p>left over</p>\r\n\r\n"} {
		if _, err := http.ReadRequest(r); err != nil {
			return
		}
		fmt.Fprint(conn, answer)
	}
}
