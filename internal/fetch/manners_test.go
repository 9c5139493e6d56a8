package fetch

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"planet/internal/feedtest"
)

func TestB17ToB22RequestHygiene(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/a", feedtest.Redirect(302, "/b").With("Set-Cookie", "a=1; Path=/"))
	s.Handle("/b", feedtest.Feed([]byte("<feed/>")).With("Set-Cookie", "b=2; Path=/"))
	c := client(t)
	get(t, c, Request{URL: s.URL + "/a"})
	get(t, c, Request{URL: s.URL + "/a"})
	all := s.Requests("")
	if len(all) != 4 {
		t.Errorf("%d requests; want 4: the hops and nothing else", len(all))
	}
	for _, r := range all {
		if r.Method != http.MethodGet || r.Host != s.Addr {
			t.Errorf("%s %s of host %s", r.Method, r.Path, r.Host)
		}
		want := map[string]bool{"User-Agent": true, "Accept": true, "Accept-Encoding": true}
		for name := range r.Header {
			if !want[name] {
				t.Errorf("%s was sent %s: %s", r.Path, name, r.Header.Get(name))
			}
		}
		if got := r.Header.Get("User-Agent"); got != agent {
			t.Errorf("User-Agent: %s", got)
		}
		if got := r.Header.Get("Accept"); got == "" {
			t.Error("no Accept")
		}
	}
}

// ask gets every address at once and fails the test for each that can't be had.
func ask(t *testing.T, c *Client, urls ...string) {
	t.Helper()
	var all sync.WaitGroup
	for _, u := range urls {
		all.Go(func() {
			if _, err := c.Get(t.Context(), Request{URL: u}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// crowd counts how many requests are under way at once.
type crowd struct{ now, most atomic.Int32 }

// serve serves on an address of its own; each answer takes a while.
func (c *crowd) serve(t *testing.T, addr string, wait time.Duration) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Skip("no loopback address to listen on:", err)
	}
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		n := c.now.Add(1)
		for m := c.most.Load(); n > m && !c.most.CompareAndSwap(m, n); m = c.most.Load() {
		}
		time.Sleep(wait)
		c.now.Add(-1)
	})}}
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

func TestB39OneRequestAHostAtATime(t *testing.T) {
	var c crowd
	url := c.serve(t, "127.0.0.1:0", 5*time.Millisecond)
	ask(t, client(t), url+"/1", url+"/2", url+"/3", url+"/4", url+"/5")
	if c.most.Load() != 1 {
		t.Errorf("%d requests to one host at once", c.most.Load())
	}
}

func TestB39GapFromStartToStart(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/slow", feedtest.Redirect(302, "/").After(30*time.Millisecond))
	s.Handle("/", feedtest.Feed([]byte("<feed/>")))
	const gap = 80 * time.Millisecond
	c := client(t, func(o *Options) { o.PerHostGap = gap })
	ask(t, c, s.URL+"/slow", s.URL+"/", s.URL+"/?2")
	all := s.Requests("")
	for i := 1; i < len(all); i++ {
		if d := all[i].At.Sub(all[i-1].At); d < gap-2*time.Millisecond {
			t.Errorf("request %d came %s after the one before; want at least %s", i, d, gap)
		}
	}
	if took := all[len(all)-1].At.Sub(all[0].At); len(all) != 4 || took > 3*gap+2*time.Second {
		t.Errorf("%d requests within %s", len(all), took)
	}
}

// A host's gap counts from when its request went out, not from when it began to wait for a free place.
func TestB39GapHoldsWhenAllPlacesAreTaken(t *testing.T) {
	busy, s := feedtest.NewOn(t, "127.0.0.4:0"), feedtest.New(t)
	busy.Handle("/", feedtest.Feed([]byte("<feed/>")).After(100*time.Millisecond))
	s.Handle("/", feedtest.Feed([]byte("<feed/>")))
	const gap = 80 * time.Millisecond
	c := client(t, func(o *Options) { o.PerHostGap, o.Concurrency = gap, 1 })
	var all sync.WaitGroup
	all.Go(func() { ask(t, c, busy.URL) })
	for len(busy.Requests("")) == 0 {
		time.Sleep(time.Millisecond)
	}
	ask(t, c, s.URL+"/", s.URL+"/?2")
	all.Wait()
	if r := s.Requests(""); r[1].At.Sub(r[0].At) < gap-2*time.Millisecond {
		t.Errorf("the gap was %s; want at least %s", r[1].At.Sub(r[0].At), gap)
	}
}

func TestB39ConcurrencyAcrossHosts(t *testing.T) {
	var c crowd
	var urls []string
	for i := range 12 {
		urls = append(urls, c.serve(t, "127.0.1."+strconv.Itoa(i+1)+":0", 30*time.Millisecond))
	}
	ask(t, client(t, func(o *Options) { o.Concurrency = 4 }), urls...)
	if n := c.most.Load(); n < 2 || n > 4 {
		t.Errorf("%d requests at once; want 4", n)
	}
}

func TestB40WaitingStopsWithTheRun(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/", feedtest.Hang())
	c := client(t, func(o *Options) { o.PerHostGap = time.Hour })
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	for range 3 { // one asks, the others wait for the host
		go func() {
			_, err := c.Get(ctx, Request{URL: s.URL})
			errs <- err
		}()
	}
	for len(s.Requests("")) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	for range 3 {
		if err := <-errs; err != context.Canceled { //nolint:errorlint // bare
			t.Errorf("got %v; want context.Canceled", err)
		}
	}
	if _, err := c.Get(t.Context(), Request{URL: feedtest.NewOn(t, "127.0.0.5:0").URL}); err != nil {
		t.Error("another host can't be asked any more:", err)
	}
}

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
