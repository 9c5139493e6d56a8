package render

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"planet/internal/planet"
)

// Health is what is known of one feed, for status/.
type Health struct {
	FeedID, URL                       string
	State                             string // "ok", "failing", "waiting", "gone", "held", "paused", "duplicate" or "new"
	Error                             string // a sentence for a person; "" when all is well
	LastFetch, LastSuccess, NextFetch time.Time
	Failures, Entries, Shown          int
	Hidden                            map[string]int // by reason
}

// statusAnchor is the id of a feed's line on status/.
func statusAnchor(feedID string) string { return "f-" + feedID }

// Status makes status/index.html, which says how each feed is at a moment, in the order given.
func (t *Theme) Status(site Site, at time.Time, feeds []Health) (planet.File, error) {
	d := newDesk(t, site, "status", "status/")
	d.head(d.words.must("status"))
	d.page.Summary, d.page.At = d.words.must("status.about"), d.stamp(at)
	for _, h := range feeds {
		line := d.health(h)
		d.page.Feeds = append(d.page.Feeds, line)
		if line.Trouble {
			d.page.Troubled = append(d.page.Troubled, Place{Name: line.Name, URL: "#" + line.Anchor})
		}
	}
	return t.execute("status.html", d.page)
}

func (d *desk) health(h Health) FeedStatus {
	feed, known := d.feeds[h.FeedID]
	if !known {
		feed = planet.Feed{ID: h.FeedID, Name: h.FeedID}
	}
	face, c := d.face(feed), d.words
	s := FeedStatus{
		speech: d.page.speech, Anchor: statusAnchor(h.FeedID), Name: feed.Name, Page: face.Page, Site: face.Site, Feed: cmp.Or(web(h.URL), face.Feed),
		State: h.State, StateName: h.State, Error: h.Error, Entries: h.Entries, Shown: h.Shown,
		LastFetch: d.stamp(h.LastFetch), LastSuccess: d.stamp(h.LastSuccess), NextFetch: d.stamp(h.NextFetch),
		Trouble: h.State == "failing" || h.State == "gone" || h.State == "held" || h.State == "duplicate",
	}
	switch {
	case h.State == "ok" && h.Entries == 0:
		s.StateName, s.StateText = c.must("state.ok.empty"), c.must("state.ok.empty.text")
	case h.State == "ok" && h.Shown == 0:
		s.StateName, s.StateText = c.must("state.ok.none"), c.must("state.ok.none.text")
	case c.texts["state."+h.State] != nil:
		s.StateName, s.StateText = c.must("state."+h.State), c.must("state."+h.State+".text", max(h.Failures, 1))
	}
	if c.texts["state."+h.State+".do"] != nil {
		s.Advice = c.must("state." + h.State + ".do")
	}
	if h.State == "ok" && h.Shown > 0 && s.Error == "" && s.LastSuccess != nil && s.NextFetch != nil {
		s.Brief = c.must("status.brief", h.Entries, h.Shown, s.LastSuccess.Date+" "+s.LastSuccess.Clock, s.NextFetch.Date+" "+s.NextFetch.Clock)
	}
	for _, reason := range slices.Sorted(maps.Keys(h.Hidden)) {
		if h.Hidden[reason] <= 0 {
			continue
		}
		line := HiddenLine{Reason: reason, Count: h.Hidden[reason]}
		if c.texts["hidden."+reason] != nil && reason != "other" {
			line.Text, line.Advice = c.must("hidden."+reason), c.must("hidden."+reason+".do")
		} else {
			line.Text = c.must("hidden.other", reason)
		}
		s.Hidden, s.Unseen = append(s.Hidden, line), s.Unseen+line.Count
	}
	return s
}
