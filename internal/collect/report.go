package collect

import (
	"sort"
	"time"

	"planet/internal/planet"
)

// A Kind is how a feed's turn ended.
type Kind string

// The kinds: Due = Fetched + NotModified + Failed + Skipped.
const (
	Fetched     Kind = "fetched"      // a document was read
	NotModified Kind = "not_modified" // 304, or the same bytes as last time
	Failed      Kind = "failed"
	Skipped     Kind = "skipped" // due but not tried: the deadline passed, or we were stopped
)

// tellAfter is the failure in a row at which a person is told of a feed that had been all right: one is anybody's bad day.
const tellAfter = 3

// An Outcome is how one feed's turn ended.
type Outcome struct {
	Feed         string // its id
	Kind         Kind
	Asked        bool // a request was made
	Bytes        int64
	New, Updated int
	Error        string // a sentence
	Tell         bool   // a person should know, and wasn't told yet
}

// A Report is what one Run did.
type Report struct {
	Started                             time.Time
	Took                                time.Duration
	Due                                 int
	Fetched, NotModified, Failed, Skips int
	Requests                            int
	Bytes                               int64
	New, Updated                        int
	Outcomes                            []Outcome // in the order of feeds.yaml
}

func (r *run) outcome(o Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch o.Kind {
	case Fetched:
		r.report.Fetched++
	case NotModified:
		r.report.NotModified++
	case Failed:
		r.report.Failed++
	case Skipped:
		r.report.Skips++
	}
	if o.Asked {
		r.report.Requests++
	}
	r.report.Bytes += o.Bytes
	r.report.New += o.New
	r.report.Updated += o.Updated
	r.report.Outcomes = append(r.report.Outcomes, o)
}

// sort puts the outcomes into the order of feeds.yaml: they came in the order of the network's mood.
func (r *Report) sort(feeds []planet.Feed) {
	at := make(map[string]int, len(feeds))
	for i, f := range feeds {
		at[f.ID] = i
	}
	sort.Slice(r.Outcomes, func(i, j int) bool { return at[r.Outcomes[i].Feed] < at[r.Outcomes[j].Feed] })
}
