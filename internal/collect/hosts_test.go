package collect

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/fetch"
	"planet/internal/planet"
)

func TestB39OneRequestAtATimeToAHostAndAGap(t *testing.T) {
	t.Parallel()
	const gap = 40 * time.Millisecond
	b, s := newBench(t, func(o *fetch.Options) { o.PerHostGap = gap }), host(t, 70)
	var list []planet.Feed
	for i := range 10 {
		id := fmt.Sprint("f", i)
		s.Handle("/"+id, feedtest.Feed(feedtest.Atom(id, feedtest.Items(id, 1, noon)...)).After(15*time.Millisecond))
		list = append(list, feed(id, s.URL+"/"+id))
	}
	s.Handle("/f3", feedtest.Redirect(302, "/f3b")) // counts too
	s.Handle("/f3b", feedtest.Feed(feedtest.Atom("f3")))
	if r := b.run(list...); r.Fetched != 10 || r.Requests != 11 {
		t.Errorf("%s, %d requests", kinds(r), r.Requests)
	}
	if s.Overlap() != 1 || s.Connections() > 2 {
		t.Errorf("%d requests at once, %d connections", s.Overlap(), s.Connections())
	}
	all := s.Requests("")
	for i := range all[1:] { // as the server sees it, who may be late now and then
		if d := all[i+1].At.Sub(all[i].At); d < gap/2 {
			t.Errorf("%s between two requests; want %s", d, gap)
		}
	}
	if d := all[10].At.Sub(all[0].At); d < 10*gap-gap/2 {
		t.Errorf("%s for 11 requests; want 10 times %s", d, gap)
	}
}

func TestB39ManyHostsAtOnce(t *testing.T) {
	t.Parallel()
	const most = 8
	b := newBench(t, func(o *fetch.Options) { o.Concurrency = most })
	var under, peak atomic.Int64
	var list []planet.Feed
	for i := range 50 {
		id, s := fmt.Sprint("f", i), host(t, 100+i)
		s.Handle("/", feedtest.Pick(func(*http.Request) feedtest.Reply {
			now := under.Add(1)
			for old := peak.Load(); now > old && !peak.CompareAndSwap(old, now); old = peak.Load() {
			}
			time.Sleep(15 * time.Millisecond)
			under.Add(-1)
			return feedtest.Feed(feedtest.Atom(id))
		}))
		list = append(list, feed(id, s.URL))
	}
	if r := b.run(list...); r.Fetched != 50 {
		t.Error(kinds(r))
	}
	if p := peak.Load(); p > most || p < most/2 {
		t.Errorf("%d requests at once; want up to %d", p, most)
	}
}

// The slow host answers when all others have been read: were it in their way, nobody would ever be.
func TestB40OneSlowHostDelaysNobody(t *testing.T) {
	t.Parallel()
	b, tarpit := newBench(t), host(t, 71)
	b.Deadline = 10 * time.Second
	others := make(chan struct{})
	tarpit.Handle("/", feedtest.Pick(func(r *http.Request) feedtest.Reply {
		select {
		case <-others:
		case <-r.Context().Done():
		}
		return feedtest.Feed(feedtest.Atom("slow"))
	}))
	b.Progress = func(done, due int) {
		if due != 50 {
			t.Errorf("%d of %d", done, due)
		}
		if done == 49 {
			close(others)
		}
	}
	list := []planet.Feed{feed("slow", tarpit.URL)}
	want := []string{"slow fetched"}
	for i := range 49 {
		id, s := fmt.Sprintf("f%02d", i), host(t, 160+i%10)
		s.Handle("/"+id, feedtest.Feed(feedtest.Atom(id, feedtest.Items(id, 1, noon)...)))
		list, want = append(list, feed(id, s.URL+"/"+id)), append(want, id+" fetched")
	}
	if got := kinds(b.run(list...)); got != strings.Join(want, ", ") {
		t.Error(got)
	}
}

func TestB40WhoeverWasSkippedComesFirstNextTime(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), host(t, 72)
	var list []planet.Feed
	for i := range 6 {
		id := fmt.Sprint("f", i)
		reply := feedtest.Feed(feedtest.Atom(id))
		s.Handle("/"+id, reply)
		if i == 2 {
			s.Handle("/"+id, feedtest.Hang(), reply)
		}
		list = append(list, feed(id, s.URL+"/"+id))
	}
	b.Deadline = time.Second
	if got := kinds(b.run(list...)); got != "f0 fetched, f1 fetched, f2 failed, f3 skipped, f4 skipped, f5 skipped" {
		t.Error(got)
	}
	b.Deadline = 0
	s.Forget()
	b.later(2 * time.Hour)
	b.run(list...)
	var order []string
	for _, r := range s.Requests("") {
		order = append(order, r.Path)
	}
	if got := order[:3]; !slices.Equal(got, []string{"/f3", "/f4", "/f5"}) {
		t.Errorf("asked in the order %s", order)
	}
	for _, f := range list {
		if st := b.state(f.ID); st.Failures != 0 {
			t.Errorf("%s is to blame: %+v", f.ID, st)
		}
	}
}
