package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"planet/internal/collect"
	"planet/internal/fetch"
	"planet/internal/planet"
	"planet/internal/site"
)

// runReport is what update --json writes; its field names are a contract.
type runReport struct {
	Started   string          `json:"started"`
	TookMS    int64           `json:"took_ms"`
	Feeds     feedsReport     `json:"feeds"`
	Requests  int             `json:"requests"`
	Bytes     int64           `json:"bytes"`
	Entries   entriesReport   `json:"entries"`
	Published publishedReport `json:"published"`
	Attention []string        `json:"attention"`
}

type feedsReport struct {
	Due         int `json:"due"`
	Fetched     int `json:"fetched"`
	NotModified int `json:"not_modified"`
	Failed      int `json:"failed"`
	Skipped     int `json:"skipped"`
}

type entriesReport struct {
	New     int `json:"new"`
	Updated int `json:"updated"`
}

type publishedReport struct {
	Written   int `json:"written"`
	Unchanged int `json:"unchanged"`
	Removed   int `json:"removed"`
}

// report says what a run did: to a person on a terminal or with -v in a line, with --json to a program, and always what
// a person should do, also beside the feeds. Either half may be nil.
func (p *program) report(opts *updateOptions, feeds []planet.Feed, c *collect.Report, s *site.Report, beside ...string) error {
	r := runReport{Started: p.now().Format(time.RFC3339), Attention: []string{}}
	var failed bool
	if c != nil {
		failed = c.Failed > 0
		r.Started, r.TookMS = c.Started.UTC().Format(time.RFC3339), c.Took.Milliseconds()
		r.Feeds = feedsReport{c.Due, c.Fetched, c.NotModified, c.Failed, c.Skips}
		r.Requests, r.Bytes, r.Entries = c.Requests, c.Bytes, entriesReport{c.New, c.Updated}
		r.Attention = attention(feeds, c)
	}
	for _, text := range beside {
		if text != "" {
			r.Attention = append(r.Attention, text)
		}
	}
	if s != nil {
		r.Published = publishedReport{s.Written, s.Unchanged, s.Removed}
	}
	if !p.quiet {
		for _, text := range r.Attention {
			p.say("%s", text)
		}
		if p.verbose > 0 || p.terminal() && !opts.json {
			if len(feeds) == 0 {
				p.say("%s", noFeeds)
			}
			p.say("%s", summary(r, c, s))
		}
	}
	if opts.json {
		enc := json.NewEncoder(p.stdout)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	if opts.strict && failed {
		p.say("%s failed: %s", plural(c.Failed, "feed"), strings.Join(failedFeeds(feeds, c), ", "))
		return errFeeds
	}
	return nil
}

// reportBeside reports what was collected in a run that ends with err.
func (p *program) reportBeside(err error, opts *updateOptions, feeds []planet.Feed, c *collect.Report) error {
	quiet := *opts
	quiet.strict = false // whatever feeds did is not what this run ends with
	if said := p.report(&quiet, feeds, c, nil); said != nil {
		return errors.Join(err, said)
	}
	return err
}

// failedFeeds are the names of the feeds that failed, also of those that were told of before.
func failedFeeds(feeds []planet.Feed, c *collect.Report) (names []string) {
	listed := byID(feeds)
	for _, o := range c.Outcomes {
		if o.Kind == collect.Failed {
			names = append(names, listed[o.Feed].Name)
		}
	}
	return names
}

// attention is what a person should do something about and wasn't told before.
func attention(feeds []planet.Feed, c *collect.Report) []string {
	texts, listed := []string{}, byID(feeds)
	for _, o := range c.Outcomes {
		f := listed[o.Feed]
		who := fmt.Sprintf("%s (%s)", f.Name, fetch.Redact(f.URL))
		switch o.Tell {
		case collect.Broken:
			texts = append(texts, who+" can't be read: "+o.Words)
		case collect.Gone:
			texts = append(texts, who+" is gone: "+o.Words+"; its posts stay, and it is asked again in 30 days; if the blog has a new feed, change its url in feeds.yaml")
		case collect.Held:
			texts = append(texts, who+" seems to be somebody else's now: "+o.Words+"; what is new is kept and not shown, what it had before stays; look at the blog, and if all is well: planet release "+f.ID)
		case collect.Moved:
			texts = append(texts, who+" has moved for good to "+fetch.Redact(o.Words)+", and is asked there from now on: change its url in feeds.yaml")
		}
	}
	return texts
}

func byID(feeds []planet.Feed) map[string]planet.Feed {
	m := make(map[string]planet.Feed, len(feeds))
	for _, f := range feeds {
		m[f.ID] = f
	}
	return m
}

// summary is a run in one line.
func summary(r runReport, c *collect.Report, s *site.Report) string {
	var parts []string
	if c != nil {
		parts = append(parts, fmt.Sprintf("%s due: %d read, %d unchanged, %d failed", plural(r.Feeds.Due, "feed"), r.Feeds.Fetched, r.Feeds.NotModified, r.Feeds.Failed))
		if r.Feeds.Skipped > 0 {
			parts = append(parts, fmt.Sprintf("%d left for a later run (%s)", r.Feeds.Skipped, strings.Join(whySkipped(c), "; ")))
		}
		parts = append(parts, fmt.Sprintf("%s new, %d changed", entries(r.Entries.New), r.Entries.Updated))
	}
	switch {
	case s == nil:
	case s.Current:
		parts = append(parts, "the site is up to date")
	default:
		parts = append(parts, fmt.Sprintf("%s written, %d unchanged, %d removed", plural(r.Published.Written, "file"), r.Published.Unchanged, r.Published.Removed))
	}
	if c != nil {
		parts = append(parts, c.Took.Round(10*time.Millisecond).String())
	}
	return strings.Join(parts, "; ")
}

// whySkipped are the reasons for which feeds were left, each once, at most three.
func whySkipped(c *collect.Report) (reasons []string) {
	for _, o := range c.Outcomes {
		if o.Kind == collect.Skipped && !slices.Contains(reasons, o.Error) && len(reasons) < 3 {
			reasons = append(reasons, o.Error)
		}
	}
	return reasons
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}
