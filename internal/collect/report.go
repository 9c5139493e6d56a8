package collect

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"planet/internal/store"
)

// A Kind is how a feed's turn ended.
type Kind string

// The kinds: Due = Fetched + NotModified + Failed + Skipped.
const (
	Fetched     Kind = "fetched"      // a document was read
	NotModified Kind = "not_modified" // 304, the same bytes as last time, or another feed's document
	Failed      Kind = "failed"
	Skipped     Kind = "skipped" // due but not tried: the deadline passed, its host is paused, or we were stopped
)

// An Outcome is how one feed's turn ended.
type Outcome struct {
	Feed         string // its id
	Kind         Kind
	New, Updated int
	Error        string // of what failed or was skipped, a sentence
	Tell         string // Broken, Gone, Moved or Held: a person should know, and wasn't told yet
	Words        string // what to tell: what is wrong, where the feed has moved to, or by which signs it seems to be another's
}

// A Report is what one Run did.
type Report struct {
	Started                             time.Time
	Took                                time.Duration
	Due                                 int
	Fetched, NotModified, Failed, Skips int
	Requests                            int // that went out, redirects and those for pictures included
	Bytes                               int64
	New, Updated                        int
	Images, ImagesFailed                int       // pictures that were copied, and that couldn't be
	ImagesFull                          bool      // there is no room for more (limits.images_disk)
	Outcomes                            []Outcome // in the order of feeds.yaml
}

// outcome adds how a turn ended.
func (t *turn) outcome(o Outcome) {
	o.Feed = t.feed.ID
	t.mu.Lock()
	defer t.mu.Unlock()
	r := &t.report
	switch o.Kind {
	case Fetched:
		r.Fetched++
	case NotModified:
		r.NotModified++
	case Failed:
		r.Failed++
	case Skipped:
		r.Skips++
	}
	r.Requests += t.requests
	r.Bytes += t.bytes
	r.New += o.New
	r.Updated += o.Updated
	r.Outcomes = append(r.Outcomes, o)
	if t.Progress != nil {
		t.Progress(len(r.Outcomes), r.Due)
	}
}

// sort puts the outcomes into the order of feeds.yaml: they came in the order of the network's mood.
func (r *Report) sort(places map[string]int) {
	sort.Slice(r.Outcomes, func(i, j int) bool { return places[r.Outcomes[i].Feed] < places[r.Outcomes[j].Feed] })
}

func plural(feeds int) string {
	if feeds == 1 {
		return "1 feed"
	}
	return fmt.Sprintf("%d feeds", feeds)
}

// Problem says in a sentence for a person what is wrong with a feed, since when, and what could be done; "" when all is well.
func Problem(s store.State) string {
	if s.LastError == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(s.LastError)
	if !s.FailingSince.IsZero() && s.FailingSince.Format(time.DateOnly) != s.Fetched.Format(time.DateOnly) {
		b.WriteString(" (since " + s.FailingSince.Format("2 January 2006") + ")")
	}
	if s.Advice != "" {
		b.WriteString("; " + s.Advice)
	}
	return b.String()
}

// interrupt notes that the outcome of a request will never be known.
func (r *run) interrupt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.interrupted = true
}

// pause leaves a host alone, in this run and after it (behaviour 33).
func (r *run) pause(host string, wait time.Duration) {
	until := r.Now().Add(wait)
	r.mu.Lock()
	r.paused[host] = later(r.paused[host], until)
	r.mu.Unlock()
	r.writer.pause(host, until)
}

func (r *run) pausedUntil(host string) (time.Time, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	until, ok := r.paused[host]
	return until, ok
}
