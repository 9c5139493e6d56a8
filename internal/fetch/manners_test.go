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
