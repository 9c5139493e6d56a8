package parse

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// Hints are what a document wishes of how often it is asked for (behaviour 15). They are wishes: what can't be read
// is left out without a word.
type Hints struct {
	Interval  time.Duration  `json:"interval,omitempty"`   // least time between two requests: the longer of <ttl> and sy:updatePeriod / sy:updateFrequency; 0 none, at most a year
	SkipHours []int          `json:"skip_hours,omitempty"` // 0–23, GMT, sorted, without repeats
	SkipDays  []time.Weekday `json:"skip_days,omitempty"`  // GMT, sorted, without repeats
}

const (
	longestHint = 365 * 24 * time.Hour
	maxHintText = 1000 // bytes kept of a hint: 24 hours or 7 days take no 100
)

// hintNotes collects a feed's hints in a fixed size, however many elements the document repeats.
type hintNotes struct {
	ttl       time.Duration
	period    string
	frequency int64
	hours     uint32 // bit 0 is 0:00 to 1:00
	days      uint8  // bit 0 is Sunday
}

// The elements that hold hints. RSS 0.91 invented skipHours and skipDays, RSS 2.0 ttl; the other two are of RSS 1.0's
// module Syndication and stand in feeds of every format.
var (
	channelHints     = map[string]kind{"ttl": theTTL, "skiphours": theHours, "skipdays": theDays}
	syndicationHints = map[string]kind{"updateperiod": thePeriod, "updatefrequency": theFrequency}
)

func (k kind) isHint() bool { return k >= theTTL }

// isSyndication knows the module's namespace also without its last slash.
func isSyndication(space string) bool {
	return strings.TrimSuffix(space, "/") == strings.TrimSuffix(nsSyndication, "/")
}

// hintKind tells which hint, if any, the element just opened holds: one of the feed itself, never of an item.
func (s *scanner) hintKind(f frame) kind {
	depth := len(s.stack)
	inFeed := s.notes.root == "feed" && depth == 2
	inChannel := s.notes.root != "feed" && depth == 3 && s.stack[1].name == "channel"
	switch {
	case s.item != nil || !inFeed && !inChannel:
		return none
	case isSyndication(f.space):
		return syndicationHints[f.name]
	case inChannel && s.native(f):
		return channelHints[f.name]
	}
	return none
}

// hint keeps a hint's words, whatever elements they stand in.
func (c *capture) hint(b []byte) {
	b = bytes.TrimSpace(b)
	if len(b) > 0 && c.plain.Len()+len(b) < maxHintText {
		c.plain.Write(b)
		c.plain.WriteByte(' ')
	}
}

// take notes the text of a hint. The first that can be read counts, and each hour and day.
func (n *hintNotes) take(k kind, text string) {
	words := strings.Fields(strings.ToLower(text))
	switch {
	case k == theHours:
		for _, w := range words {
			n.hours |= hourBit(w)
		}
	case k == theDays:
		for _, w := range words {
			n.days |= dayBits[w]
		}
	case len(words) != 1: // nothing, or more than a number or name
	case k == theTTL && n.ttl == 0:
		n.ttl = minutes(words[0])
	case k == thePeriod && n.period == "":
		n.period = words[0]
	case k == theFrequency && n.frequency == 0:
		if times, err := strconv.ParseInt(words[0], 10, 64); err == nil && times > 0 {
			n.frequency = times
		}
	}
}

// minutes reads a <ttl>, "a number of minutes" (RSS 2.0); 0 when it is none.
func minutes(s string) time.Duration {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), 10, 63)
	switch {
	case err != nil && n == 0: // no number; beyond the range n is the largest
		return 0
	case n > uint64(longestHint/time.Minute):
		return longestHint
	}
	return time.Duration(n) * time.Minute
}

// hourBit is the bit of an <hour>. RSS 0.91 counts from 1 to 24, RSS 2.0 from 0 to 23: 24 is midnight.
func hourBit(s string) uint32 {
	hour, err := strconv.ParseUint(s, 10, 8)
	if err != nil || hour > 24 {
		return 0
	}
	return 1 << (hour % 24)
}

var dayBits = map[string]uint8{
	"sunday": 1 << time.Sunday, "monday": 1 << time.Monday, "tuesday": 1 << time.Tuesday, "wednesday": 1 << time.Wednesday,
	"thursday": 1 << time.Thursday, "friday": 1 << time.Friday, "saturday": 1 << time.Saturday,
}

// periods are the values of sy:updatePeriod (RSS 1.0, module Syndication).
var periods = map[string]time.Duration{
	"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour,
	"monthly": 30 * 24 * time.Hour, "yearly": longestHint,
}

// syndication is the time between two updates that the module's two elements give together; each has a default.
func (n hintNotes) syndication() time.Duration {
	if n.period == "" && n.frequency == 0 {
		return 0
	}
	period := n.period
	if period == "" {
		period = "daily"
	}
	return periods[period] / time.Duration(max(n.frequency, 1))
}

func (n hintNotes) hints() Hints {
	h := Hints{Interval: max(n.ttl, n.syndication())}
	for hour := range 24 {
		if n.hours>>hour&1 == 1 {
			h.SkipHours = append(h.SkipHours, hour)
		}
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		if n.days>>day&1 == 1 {
			h.SkipDays = append(h.SkipDays, day)
		}
	}
	return h
}
