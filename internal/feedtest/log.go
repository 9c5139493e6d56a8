package feedtest

import (
	"net/http"
	"sync"
	"time"
)

// A Request is one request that a server of this package was asked, and how it answered.
type Request struct {
	At     time.Time
	Method string
	Host   string
	Path   string // with the query
	Header http.Header
	Status int   // 0 while the answer is still under way, or when it was cut off before its header
	Bytes  int64 // of the body sent, as on the wire
}

// Conditional says whether the client already had a copy.
func (r Request) Conditional() bool {
	return r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != ""
}

// maxLogged bounds what a server remembers: a demo may run for weeks.
const maxLogged = 10_000

// A requestLog notes what its handler is asked.
type requestLog struct {
	mu       sync.Mutex
	requests []*Request
}

func (l *requestLog) wrap(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := &Request{At: time.Now(), Method: r.Method, Host: r.Host, Path: r.URL.RequestURI(), Header: r.Header.Clone()}
		l.mu.Lock()
		if len(l.requests) == maxLogged {
			l.requests = append([]*Request(nil), l.requests[maxLogged/2:]...)
		}
		l.requests = append(l.requests, req)
		l.mu.Unlock()
		h.ServeHTTP(&countingWriter{ResponseWriter: w, log: l, req: req}, r)
	})
}

// all returns a copy, oldest first.
func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	rs := make([]Request, len(l.requests))
	for i, r := range l.requests {
		rs[i] = *r
	}
	return rs
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = nil
}

// A countingWriter writes status and size into the log as they go out, so that an answer that never ends is counted too.
type countingWriter struct {
	http.ResponseWriter
	log *requestLog
	req *Request
}

func (w *countingWriter) WriteHeader(status int) {
	w.log.mu.Lock()
	w.req.Status = status
	w.log.mu.Unlock()
	w.ResponseWriter.WriteHeader(status)
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.log.mu.Lock()
	if w.req.Status == 0 {
		w.req.Status = http.StatusOK
	}
	w.req.Bytes += int64(n)
	w.log.mu.Unlock()
	return n, err
}

// Unwrap lets http.ResponseController flush and hijack.
func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
