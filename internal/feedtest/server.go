package feedtest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// A Server plays a script on a loopback address and notes each request. Its methods may be called while it serves.
//
//	s := feedtest.New(t)
//	s.Handle("/feed", feedtest.Feed(doc), feedtest.Status(500), feedtest.Feed(newer))
//	fetch(s.URL + "/feed")
type Server struct {
	URL  string // http://127.0.0.1:PORT
	Addr string // 127.0.0.1:PORT

	log      requestLog
	http     http.Server
	leave    context.CancelFunc
	handlers sync.WaitGroup // under way

	mu          sync.Mutex
	closed      bool
	scripts     map[string]*script
	connections int
	underWay    int
	overlap     int
}

// A script is what one path answers: the next reply at each request, the last one for ever.
type script struct {
	replies []Reply
	next    int
}

// New starts a server on a free port of 127.0.0.1, closed when the test ends.
func New(t TB) *Server {
	t.Helper()
	return NewOn(t, "127.0.0.1:0")
}

// NewOn starts a server on an address of its own, such as 127.0.0.2:0, so that a test can have several hosts; or one
// that was used before, for a host that comes back.
func NewOn(t TB, addr string) *Server {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatalf("feedtest: %v", err)
	}
	ctx, leave := context.WithCancel(context.Background()) // reaches replies that took their connection over, as Close doesn't
	s := &Server{URL: "http://" + l.Addr().String(), Addr: l.Addr().String(), leave: leave, scripts: map[string]*script{}}
	s.http = http.Server{
		Handler: s.log.wrap(http.HandlerFunc(s.serve)), ReadHeaderTimeout: 10 * time.Second,
		ConnState: s.count, BaseContext: func(net.Listener) context.Context { return ctx },
	}
	var serving sync.WaitGroup
	serving.Go(func() { s.http.Serve(l) }) //nolint:errcheck // it always ends with an error: that of Close
	t.Cleanup(func() {
		s.Close()
		serving.Wait()
	})
	return s
}

// Handle sets the script of a path, given with its query if that matters. The replies are played one a request; the
// last is repeated. A path without a script answers 404.
func (s *Server) Handle(path string, replies ...Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[path] = &script{replies: replies}
}

// Requests returns what was asked so far, oldest first: of one path if it is given with its query, of all if path is "".
func (s *Server) Requests(path string) []Request {
	all := s.log.all()
	if path == "" {
		return all
	}
	var some []Request
	for _, r := range all {
		if r.Path == path {
			some = append(some, r)
		}
	}
	return some
}

// Connections is how many TCP connections were accepted (behaviour 25), in all or since the last Forget.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// Overlap is the largest number of requests that were under way at once (behaviour 39), ever or since the last Forget.
// Replies that take no time hardly overlap: give them some with After.
func (s *Server) Overlap() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.overlap
}

// Forget empties the list of requests, and counts connections and overlap anew.
func (s *Server) Forget() {
	s.log.clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections, s.overlap = 0, s.underWay
}

// Close stops the server, cuts its connections and waits for its handlers: the host is gone. The test's end does it too.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true // from here on no handler starts, so that none is missed below
	s.mu.Unlock()
	s.http.Close() //nolint:errcheck // the listener is closed in any case
	s.leave()
	s.handlers.Wait()
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	reply := s.reply(r)
	defer s.done()
	reply.serve(w, r)
}

func (s *Server) done() {
	s.mu.Lock()
	s.underWay--
	s.mu.Unlock()
	s.handlers.Done()
}

func (s *Server) count(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		s.mu.Lock()
		s.connections++
		s.mu.Unlock()
	}
}

// reply takes the next reply of the script and counts its handler as under way.
func (s *Server) reply(r *http.Request) Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		panic(http.ErrAbortHandler)
	}
	s.handlers.Add(1)
	s.underWay++
	s.overlap = max(s.overlap, s.underWay)
	sc := s.scripts[r.URL.RequestURI()]
	if sc == nil {
		sc = s.scripts[r.URL.Path]
	}
	if sc == nil || len(sc.replies) == 0 {
		return Status(http.StatusNotFound)
	}
	reply := sc.replies[sc.next]
	sc.next = min(sc.next+1, len(sc.replies)-1)
	return reply
}
