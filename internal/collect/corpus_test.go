package collect

import (
	"fmt"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/fetch"
	"planet/internal/planet"
)

// Two hundred feeds with every oddity that feedtest knows, twice: each has an outcome, and what can be read is.
func TestB61TwoHundredOddFeeds(t *testing.T) {
	t.Parallel()
	n := 200
	if raceDetector { // some of each kind will do
		n = 50
	}
	b := newBench(t, func(o *fetch.Options) { o.Timeout = 1500 * time.Millisecond })
	var hosts []*feedtest.Server
	for i := range 20 {
		hosts = append(hosts, host(t, 200+i))
	}
	var list []planet.Feed
	odds := feedtest.Corpus(61, n)
	for i, odd := range odds {
		id, s := fmt.Sprint("f", i), hosts[i/10]
		s.Handle("/"+id, odd.Reply)
		list = append(list, feed(id, s.URL+"/"+id))
	}
	r := b.run(list...)
	if r.Due != n || r.Skips != 0 {
		t.Errorf("%d due, %d skipped", r.Due, r.Skips)
	}
	owners := map[string]int{}
	for _, e := range b.entries() {
		owners[e.FeedID]++
	}
	for i, odd := range odds {
		o, st := r.Outcomes[i], b.state(list[i].ID)
		switch {
		case odd.Want == feedtest.Readable && (o.Kind != Fetched || owners[o.Feed] == 0):
			t.Errorf("%s: %s, %q, %d entries; want some", odd.Name, o.Kind, o.Error, owners[o.Feed])
		case odd.Want == feedtest.Unreadable && (o.Kind != Failed || o.Error == "" || owners[o.Feed] > 0):
			t.Errorf("%s: %s, %d entries; want a failure", odd.Name, o.Kind, owners[o.Feed])
		case st.Fetched.IsZero() || st.NextFetch.Before(noon.Add(time.Hour-2*slack)) || (st.LastError == "") != (o.Kind != Failed):
			t.Errorf("%s: %+v", odd.Name, st)
		}
	}
}
