package fetch

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"planet/internal/feedtest"
)

type paused struct{ host string }

func (p paused) Error() string { return p.host + " is paused" }

func TestTurnIsCalledForEachHop(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/a", feedtest.Redirect(301, "/b"))
	s.Handle("/b", feedtest.Redirect(302, "/c"))
	s.Handle("/c", feedtest.Feed([]byte("<feed/>")))
	var called []string
	turn := func(address string) error {
		called = append(called, strings.TrimPrefix(address, s.URL))
		if n := len(s.Requests("")); n != len(called)-1 {
			t.Errorf("%s: the server has been asked %d times already", address, n)
		}
		return nil
	}
	get(t, client(t), Request{URL: strings.Replace(s.URL, "http://", "http://me:secret@", 1) + "/a", Turn: turn})
	if diff := cmp.Diff([]string{"/a", "/b", "/c"}, called); diff != "" {
		t.Errorf("called for (-want +got):\n%s", diff)
	}
}

func TestTurnsErrorEndsTheGet(t *testing.T) {
	s, other := feedtest.New(t), feedtest.NewOn(t, "127.0.0.2:0")
	s.Handle("/a", feedtest.Redirect(301, "/b"))
	s.Handle("/b", feedtest.Redirect(302, other.URL))
	for _, tt := range []struct {
		stop string
		want Result
	}{
		{s.URL + "/a", Result{}},
		{s.URL + "/b", Result{Status: 301, URL: s.URL + "/a", Moved: s.URL + "/b"}},
		{other.URL, Result{Status: 302, URL: s.URL + "/b", Moved: s.URL + "/b"}},
	} {
		res, err := client(t).Get(t.Context(), Request{URL: s.URL + "/a", Turn: func(address string) error {
			if address == tt.stop {
				return paused{address}
			}
			return nil
		}})
		if p, ok := err.(paused); !ok || p.host != tt.stop || Unreachable(err) || Refused(err) { //nolint:errorlint // as it is
			t.Errorf("stopped before %s: %v", tt.stop, err)
		}
		if res.Status != tt.want.Status || res.URL != tt.want.URL || res.Moved != tt.want.Moved {
			t.Errorf("stopped before %s: got %d, %s, moved to %s", tt.stop, res.Status, res.URL, res.Moved)
		}
	}
	if n := len(other.Requests("")); n != 0 {
		t.Errorf("the host that had no turn was asked %d times", n)
	}
}

func TestTurnTakesNoTime(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/", feedtest.Feed([]byte("<feed/>")))
	c := client(t, func(o *Options) { o.Timeout = 300 * time.Millisecond })
	slow := func(string) error { time.Sleep(350 * time.Millisecond); return nil }
	if res := get(t, c, Request{URL: s.URL, Turn: slow}); res.Took > 300*time.Millisecond {
		t.Errorf("it took %s", res.Took)
	}
}

// While a turn is had, nobody else has it: the caller may write down that the host is being asked.
func TestTurnIsCalledWithinTheHostsGate(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/", feedtest.Status(http.StatusNoContent))
	c := client(t)
	inside := make(chan bool, 1)
	errs := make(chan error)
	for range 5 {
		go func() {
			_, err := c.Get(t.Context(), Request{URL: s.URL, Turn: func(string) error {
				select {
				case inside <- true:
				default:
					return errors.New("two have the turn at once")
				}
				time.Sleep(5 * time.Millisecond)
				<-inside
				return nil
			}})
			errs <- err
		}()
	}
	for range 5 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestStopInTurnIsReturnedAsItIs(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := client(t).Get(ctx, Request{URL: "http://127.0.0.1:1/", Turn: func(string) error { cancel(); return paused{"x"} }})
	if !errors.As(err, &paused{}) {
		t.Errorf("got %v", err)
	}
}
