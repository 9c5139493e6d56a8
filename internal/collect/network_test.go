package collect

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/planet"
)

// A network of n hosts that were fine at noon, with a feed each: f0 to f9. It is two hours later.
func newNetwork(t *testing.T, n int) (*bench, []*feedtest.Server, []planet.Feed) {
	t.Helper()
	b := newBench(t)
	var hosts []*feedtest.Server
	var list []planet.Feed
	for i := range n {
		s, id := host(t, 50+i), fmt.Sprint("f", i)
		s.Handle("/", feedtest.Feed(feedtest.Atom(id, feedtest.Items(id, 2, noon)...)))
		hosts, list = append(hosts, s), append(list, feed(id, s.URL))
	}
	if r := b.run(list...); r.Fetched != n {
		t.Fatal(kinds(r))
	}
	b.later(2 * time.Hour)
	return b, hosts, list
}

func closeAll(hosts []*feedtest.Server) {
	for _, s := range hosts {
		s.Close()
	}
}

func TestB36NobodyIsToBlameForOurNetwork(t *testing.T) {
	t.Parallel()
	b, hosts, list := newNetwork(t, 3)
	closeAll(hosts)
	rev, before := b.revision(), fmt.Sprint(b.state("f0"), b.state("f1"), b.state("f2"))
	for range 2 { // at once again: nothing was promised
		r, err := b.try(false, list...)
		if !errors.Is(err, ErrNoNetwork) || !strings.Contains(err.Error(), "not one of 3 feeds") || !strings.Contains(err.Error(), "connection was refused") {
			t.Errorf("the error is %v", err)
		}
		if r.Failed != 3 || r.Outcomes[0].Error == "" || r.Outcomes[0].Tell != "" {
			t.Errorf("the report is %+v", r)
		}
		if after := fmt.Sprint(b.state("f0"), b.state("f1"), b.state("f2")); after != before || b.revision() != rev {
			t.Errorf("the states were\n%s, and are\n%s", before, after)
		}
		b.restart()
	}
	for i, s := range hosts {
		hosts[i] = feedtest.NewOn(t, s.Addr)
		hosts[i].Handle("/", feedtest.NotModified())
	}
	if r := b.run(list...); r.NotModified != 3 {
		t.Errorf("the network is back: %s", kinds(r))
	}
}

func TestB36WhenItIsNotTheNetwork(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		hosts  int
		change func(b *bench, hosts []*feedtest.Server, list []planet.Feed) []planet.Feed
		down   bool
	}{
		"all are away": {2, func(_ *bench, hosts []*feedtest.Server, list []planet.Feed) []planet.Feed {
			closeAll(hosts)
			return list
		}, true},
		"one host alone was fine": {1, func(_ *bench, hosts []*feedtest.Server, list []planet.Feed) []planet.Feed {
			closeAll(hosts)
			return list
		}, false},
		"two feeds, but of one host": {1, func(b *bench, hosts []*feedtest.Server, list []planet.Feed) []planet.Feed {
			second := feed("second", hosts[0].URL+"/2")
			hosts[0].Handle("/2", feedtest.Feed(feedtest.Atom("2")))
			b.run(second)
			b.later(2 * time.Hour)
			closeAll(hosts)
			return append(list, second)
		}, false},
		"one answers an error": {3, func(_ *bench, hosts []*feedtest.Server, list []planet.Feed) []planet.Feed {
			hosts[1].Handle("/", feedtest.Status(500))
			hosts[0].Close()
			hosts[2].Close()
			return list
		}, false},
		"one answers nothing": {3, func(_ *bench, hosts []*feedtest.Server, list []planet.Feed) []planet.Feed {
			hosts[1].Handle("/", feedtest.Cut())
			hosts[0].Close()
			hosts[2].Close()
			return list
		}, false},
		"one leads to nobody": {3, func(_ *bench, hosts []*feedtest.Server, list []planet.Feed) []planet.Feed {
			hosts[1].Handle("/", feedtest.Redirect(302, "http://127.0.1.99:1/"))
			hosts[0].Close()
			hosts[2].Close()
			return list
		}, false},
		"the others have failed before": {3, func(b *bench, hosts []*feedtest.Server, list []planet.Feed) []planet.Feed {
			hosts[0].Handle("/", feedtest.Status(500))
			hosts[1].Handle("/", feedtest.Status(500))
			b.run(list...)
			b.later(2 * time.Hour)
			closeAll(hosts)
			return list
		}, false},
		"new feeds say nothing": {1, func(_ *bench, hosts []*feedtest.Server, list []planet.Feed) []planet.Feed {
			closeAll(hosts)
			return append(list, feed("x", "http://127.0.1.98:1/"), feed("y", "http://127.0.1.97:1/"))
		}, false},
		"refused addresses are neutral": {2, func(_ *bench, hosts []*feedtest.Server, list []planet.Feed) []planet.Feed {
			closeAll(hosts)
			return append(list, feed("private", "http://10.0.0.1/"), feed("port", "http://192.0.2.1:25/"))
		}, true},
		"refused addresses alone": {2, func(_ *bench, _ []*feedtest.Server, list []planet.Feed) []planet.Feed {
			list[0].URL, list[1].URL = "http://10.0.0.1/", "http://10.0.0.2/"
			return list
		}, false},
		"what is no address is neutral": {2, func(_ *bench, hosts []*feedtest.Server, list []planet.Feed) []planet.Feed {
			closeAll(hosts)
			return append(list, feed("odd", "me:nonsense"), feed("odder", "ftp://127.0.0.1/"))
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			b, hosts, list := newNetwork(t, tt.hosts)
			list = tt.change(b, hosts, list)
			_, err := b.try(true, list...)
			if down := errors.Is(err, ErrNoNetwork); down != tt.down || !down && err != nil {
				t.Errorf("the error is %v", err)
			}
			if failures := b.state("f0").Failures; (failures == 0) != tt.down {
				t.Errorf("f0 has %d failures", failures)
			}
		})
	}
}

// A twin of a feed that couldn't be reached is no more to blame.
func TestB36TwinsAreNotToBlameEither(t *testing.T) {
	t.Parallel()
	b, hosts, list := newNetwork(t, 2)
	list = append(list, feed("twin", hosts[0].URL)) // the same address
	if r := b.run(list...); b.state("twin").DuplicateOf != "f0" {
		t.Fatal(kinds(r))
	}
	closeAll(hosts)
	b.later(2 * time.Hour)
	r, err := b.try(false, list...)
	if !errors.Is(err, ErrNoNetwork) || r.Failed != 3 || b.state("twin").Failures != 0 {
		t.Errorf("%v, %+v, %d failures", err, r, b.state("twin").Failures)
	}
}
