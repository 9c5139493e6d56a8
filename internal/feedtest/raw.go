package feedtest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Raw sends exactly these bytes, status line and header included, and closes the connection: for answers that net/http
// would not give. The list of requests doesn't know its status.
func Raw(answer []byte) Reply {
	return takenOver(func(_ context.Context, conn net.Conn) {
		conn.Write(answer) //nolint:errcheck // the client may have left
	})
}

// Answer is the text of an answer for Raw: a status line or more, header fields, an empty line, the body.
func Answer(head string, body []byte) []byte {
	return append([]byte(strings.ReplaceAll(head, "\n", "\r\n")+"\r\n\r\n"), body...)
}

// EndlessHeader sends a header field after each pause, and never the end of the header.
func EndlessHeader(pause time.Duration) Reply {
	return takenOver(func(ctx context.Context, conn net.Conn) {
		_, err := conn.Write([]byte("HTTP/1.1 200 OK\r\n"))
		for n := 0; err == nil; n++ {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return
			}
			_, err = fmt.Fprintf(conn, "X-Drip-%d: drop\r\n", n)
		}
	})
}

// Reset breaks the connection off so that the client sees "connection reset by peer".
func Reset() Reply {
	return takenOver(func(_ context.Context, conn net.Conn) {
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0) //nolint:errcheck // then it is a plain close
		}
	})
}

// BadChunk sends the body in chunks, the last of which has a length that is none.
func BadChunk(body []byte) Reply {
	return Raw(Answer("HTTP/1.1 200 OK\nContent-Type: application/xml\nTransfer-Encoding: chunked",
		fmt.Appendf(nil, "%x\r\n%s\r\nzz\r\n", len(body), body)))
}

// CutAfter sends the first n bytes of the body in chunks, without its length, and cuts the connection.
func (r Reply) CutAfter(n int) Reply {
	body := r.Body
	r.Play = func(w http.ResponseWriter, _ *http.Request) {
		send(w, body[:min(n, len(body))])
		panic(http.ErrAbortHandler)
	}
	return r
}

// takenOver plays on the bare connection, which is closed at the end, or when the server is.
func takenOver(play func(ctx context.Context, conn net.Conn)) Reply {
	return Reply{Play: func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer conn.Close()
		defer context.AfterFunc(r.Context(), func() { conn.Close() })()
		play(r.Context(), conn)
	}}
}
