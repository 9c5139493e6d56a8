package feedtest

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A Reply is one answer of a Server.
type Reply struct {
	Status int         // 0 means 200
	Header http.Header // nil for none beyond what net/http adds
	Body   []byte
	Wait   time.Duration // before anything is sent

	// Play, when not nil, sends the body instead of Body, after Status and Header. It should stop when the request's
	// context is done.
	Play func(w http.ResponseWriter, r *http.Request)

	pick func(r *http.Request) Reply // of Pick
}

// Feed is a feed document with validators that follow from its bytes: a client that has them gets a 304.
func Feed(doc []byte) Reply {
	contentType := "application/xml"
	if bytes.HasPrefix(doc, []byte("{")) {
		contentType = "application/feed+json"
	}
	return Reply{Body: doc}.With("Content-Type", contentType).With("ETag", etag(doc))
}

// Bare is a feed document without validators, of a server that has never heard of them.
func Bare(doc []byte) Reply {
	r := Feed(doc)
	r.Header.Del("ETag")
	return r
}

// Status is a bare answer with that status.
func Status(status int) Reply {
	return Reply{Status: status, Body: []byte(http.StatusText(status) + "\n")}.With("Content-Type", "text/plain; charset=utf-8")
}

// Pick makes the reply when the request is there: after what it asks for, or because the body is too large to be kept.
func Pick(choose func(r *http.Request) Reply) Reply {
	return Reply{pick: choose}
}

// With returns the reply with a header field set.
func (r Reply) With(key, value string) Reply {
	r.Header = r.Header.Clone() // of the copy, not of what other replies share
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set(key, value)
	return r
}

// After returns the reply as a server sends it that thinks for a while first.
func (r Reply) After(d time.Duration) Reply {
	r.Wait = d
	return r
}

// Drip sends the body in pieces of that many bytes with a pause after each.
func (r Reply) Drip(piece int, pause time.Duration) Reply {
	body := r.Body
	r.Play = func(w http.ResponseWriter, req *http.Request) {
		for rest := body; len(rest) > 0; {
			n := min(piece, len(rest))
			if !send(w, rest[:n]) || !sleep(req, pause) {
				return
			}
			rest = rest[n:]
		}
	}
	return r
}

// Truncated promises the whole body and cuts the connection after n bytes.
func (r Reply) Truncated(n int) Reply {
	body := r.Body
	r.Play = func(w http.ResponseWriter, _ *http.Request) {
		send(w, body[:n])
		panic(http.ErrAbortHandler)
	}
	return r.With("Content-Length", strconv.Itoa(len(body)))
}

// Endless sends the body, and then its last bytes (at most 4 KB) again and again.
func (r Reply) Endless() Reply {
	body := r.Body
	r.Play = func(w http.ResponseWriter, req *http.Request) {
		tail := body[max(0, len(body)-4096):]
		for ok := send(w, body); ok && len(tail) > 0 && req.Context().Err() == nil; {
			ok = send(w, tail)
		}
	}
	return r
}

// Hang accepts the request and says nothing until the client leaves.
func Hang() Reply {
	return Reply{Wait: 24 * time.Hour}
}

// Cut closes the connection without an answer.
func Cut() Reply {
	return Reply{Play: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }}
}

// HeaderFlood answers with about n bytes of header fields.
func HeaderFlood(n int) Reply {
	const value = 1000
	r := Reply{Header: http.Header{}}
	for i := range n/value + 1 {
		r.Header.Set("X-Flood-"+strconv.Itoa(i), strings.Repeat("f", value))
	}
	return r
}

func (r Reply) serve(w http.ResponseWriter, req *http.Request) {
	if r.Wait > 0 && !sleep(req, r.Wait) {
		return
	}
	if r.pick != nil {
		r.pick(req).serve(w, req)
		return
	}
	for key, values := range r.Header {
		w.Header()[key] = values
	}
	status := r.Status
	if status == 0 {
		status = http.StatusOK
	}
	if tag := r.Header.Get("ETag"); status == http.StatusOK && tag != "" && req.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Play != nil {
		// Cut wants nothing sent; the others send their first piece at once, and the header with it.
		if len(r.Header) > 0 || r.Status != 0 {
			w.WriteHeader(status)
		}
		r.Play(w, req)
		return
	}
	w.WriteHeader(status)
	w.Write(r.Body) //nolint:errcheck // the client may have left
}

// send writes and flushes; false when the client has left.
func send(w http.ResponseWriter, p []byte) bool {
	if _, err := w.Write(p); err != nil {
		return false
	}
	return http.NewResponseController(w).Flush() == nil
}

// sleep waits; false when the client has left or the server is closing.
func sleep(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
