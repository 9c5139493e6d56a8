package collect

import (
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
)

// fields sets header fields given as "Name: value".
func fields(r feedtest.Reply, all ...string) feedtest.Reply {
	for _, f := range all {
		name, value, _ := strings.Cut(f, ": ")
		r = r.With(name, value)
	}
	return r
}

// wished is an RSS document whose channel holds hints.
func wished(hints string) []byte {
	doc := string(feedtest.RSS("A", items(2)...))
	doc = strings.Replace(doc, "<rss ", `<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" `, 1)
	return []byte(strings.Replace(doc, "<description>", hints+"<description>", 1))
}

// asksAgainAfter checks that a feed that was read at noon is asked again after so long and not sooner, with the promise's slack.
func asksAgainAfter(t *testing.T, want time.Duration, reply feedtest.Reply) {
	t.Helper()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", reply)
	f := feed("a", s.URL)
	if r := b.run(f); r.Fetched != 1 {
		t.Fatalf("the first run: %s: %s", kinds(r), r.Outcomes[0].Error)
	}
	// The jitter may take two minutes, or lengthen by a tenth but never beyond the limit; the slack takes two more.
	next := b.state("a").NextFetch
	if high := noon.Add(min(want+want/10, max(want, b.Pace.Longest))); !within(next, noon.Add(want-slack), high) {
		t.Errorf("next_fetch is after %s; want %s", next.Sub(noon), want)
	}
	for _, before := range []time.Duration{want / 2, want - 5*time.Minute} {
		b.set(noon.Add(before))
		if b.run(f); len(s.Requests("")) != 1 {
			t.Errorf("after %s it is asked again", before)
		}
	}
	b.set(next)
	if b.run(f); len(s.Requests("")) != 2 {
		t.Errorf("after %s it isn't asked", next.Sub(noon))
	}
}

func TestB12MaxAgeIsTheLeastInterval(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fields string
		want   time.Duration
	}{
		"two hours":      {"Cache-Control: max-age=7200", 2 * time.Hour},
		"six hours":      {"Cache-Control: public, max-age=21600", 6 * time.Hour},
		"less an age":    {"Cache-Control: max-age=14400|Age: 7200", 2 * time.Hour},
		"older than age": {"Cache-Control: max-age=7200|Age: 9000", time.Hour},
		"less than ours": {"Cache-Control: max-age=60", time.Hour},
		"zero":           {"Cache-Control: max-age=0", time.Hour},
		"a year":         {"Cache-Control: max-age=31536000", 24 * time.Hour},
		"beyond reason":  {"Cache-Control: max-age=99999999999999999999", 24 * time.Hour},
		"not for us":     {"Cache-Control: s-maxage=9000", time.Hour},
		"nothing":        {"X-Nothing: 1", time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			asksAgainAfter(t, tt.want, fields(feedtest.Feed(feedtest.RSS("A", items(1)...)), strings.Split(tt.fields, "|")...))
		})
	}
}

func TestB13NoCacheIgnoresMaxAge(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"no-cache, max-age=14400": time.Hour, "max-age=14400, no-store": time.Hour, "max-age=14400, must-revalidate": 4 * time.Hour,
	} {
		t.Run(value, func(t *testing.T) {
			asksAgainAfter(t, want, feedtest.Feed(feedtest.RSS("A", items(1)...)).With("Cache-Control", value))
		})
	}
}

func TestB14ExpiresCountsFromTheServersDate(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) string {
		return time.Now().Add(d).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	}
	for name, tt := range map[string]struct {
		fields string
		want   time.Duration
	}{
		"its clock is an hour slow": {"Date: " + at(-time.Hour) + "|Expires: " + at(time.Hour), 2 * time.Hour},
		"its clock is a day fast":   {"Date: " + at(24*time.Hour) + "|Expires: " + at(27*time.Hour), 3 * time.Hour},
		"Cache-Control goes first":  {"Cache-Control: max-age=60|Expires: " + at(9*time.Hour), time.Hour},
		"zero":                      {"Expires: 0", time.Hour},
		"past":                      {"Expires: " + at(-time.Hour), time.Hour},
		"years":                     {"Expires: " + at(9000*time.Hour), 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			asksAgainAfter(t, tt.want, fields(feedtest.Feed(feedtest.RSS("A", items(1)...)), strings.Split(tt.fields, "|")...))
		})
	}
}

// A 304 that says nothing of freshness leaves what was said (RFC 9111 §4.3.4); one that does counts like a 200.
func TestB06NotModifiedCarriesFreshness(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(1)...)).With("ETag", `"1"`),
		feedtest.NotModified().With("Cache-Control", "max-age=7200"),
		feedtest.NotModified(),
		feedtest.NotModified().With("Cache-Control", "no-cache"),
		feedtest.NotModified().With("Expires", "0"),
		feedtest.NotModified().With("Cache-Control", "max-age=31536000"),
		feedtest.Feed(feedtest.Atom("A", items(2)...)))
	f := feed("a", s.URL)
	for i, want := range []time.Duration{time.Hour, 2 * time.Hour, 2 * time.Hour, time.Hour, time.Hour, 24 * time.Hour, time.Hour} {
		at := b.now()
		b.run(f)
		if next := b.state("a").NextFetch; !within(next, at.Add(want-slack), at.Add(want)) {
			t.Errorf("run %d: next_fetch is after %s; want %s", i, next.Sub(at), want)
		}
		b.set(at.Add(want - 5*time.Minute))
		if r := b.run(f); r.Due != 0 {
			t.Errorf("run %d: asked again after %s", i, b.now().Sub(at))
		}
		b.set(at.Add(want))
	}
	if n := len(s.Requests("")); n != 7 {
		t.Errorf("%d requests; want 7", n)
	}
}

func TestB15TTLAndUpdatePeriodOnlyLengthen(t *testing.T) {
	t.Parallel()
	for hints, want := range map[string]time.Duration{
		"<ttl>180</ttl>": 3 * time.Hour, "<ttl>5</ttl>": time.Hour, "<ttl>525600</ttl>": 24 * time.Hour, "<ttl>0</ttl>": time.Hour, "<ttl>soon</ttl>": time.Hour,
		"<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>": 6 * time.Hour,
		"<sy:updatePeriod>yearly</sy:updatePeriod>":                                          24 * time.Hour,
		"<skipHours><hour>3</hour></skipHours>":                                              time.Hour,
	} {
		t.Run(hints, func(t *testing.T) { asksAgainAfter(t, want, feedtest.Feed(wished(hints))) })
	}
}

// Noon of a Sunday: an hourly cron over two days, and the hours after the first in which the feed is asked.
func TestB15HoursAndDaysInWhichAFeedSleeps(t *testing.T) {
	t.Parallel()
	hours := func(from, to int) string {
		var b strings.Builder
		for h := from; h <= to; h++ {
			b.WriteString("<hour>" + time.Date(1, 1, 1, h, 0, 0, 0, time.UTC).Format("15") + "</hour>")
		}
		return "<skipHours>" + b.String() + "</skipHours>"
	}
	for _, tt := range []struct {
		name, hints string
		every       time.Duration // of cron
		quiet       [][2]int      // hours from noon in which it isn't asked
	}{
		{"this hour and the next three", hours(12, 15), time.Hour, [][2]int{{1, 3}, {24, 27}}},
		{"one hour, reached when it has begun", hours(13, 13), time.Hour, [][2]int{{1, 1}, {25, 25}}},
		{"cron in the midst of hours", hours(13, 14), 30 * time.Minute, [][2]int{{1, 2}, {25, 26}}},
		{"over midnight", hours(22, 23) + hours(0, 3), time.Hour, [][2]int{{10, 15}, {34, 39}}},
		{"today", "<skipDays><day>Sunday</day></skipDays>", time.Hour, [][2]int{{1, 11}}},
		{"today and tomorrow: a day is all one waits", "<skipDays><day>Sunday</day><day>Monday</day></skipDays>", time.Hour, [][2]int{{1, 23}, {25, 35}}},
		{"always, which is nonsense", hours(0, 23), time.Hour, nil},
		{"all days", "<skipDays><day>Sunday</day><day>Monday</day><day>Tuesday</day><day>Wednesday</day><day>Thursday</day><day>Friday</day><day>Saturday</day></skipDays>", time.Hour, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, s := newBench(t), feedtest.New(t)
			s.Handle("/", feedtest.Feed(wished(tt.hints)))
			b.run(feed("a", s.URL))
			quiet := func(hour int) bool {
				for _, q := range tt.quiet {
					if q[0] <= hour && hour <= q[1] {
						return true
					}
				}
				return false
			}
			asked := map[int]bool{}
			for b.later(tt.every); b.now().Before(noon.Add(28 * time.Hour)); b.later(tt.every) {
				hour := int(b.now().Sub(noon) / time.Hour)
				asked[hour] = b.run(feed("a", s.URL)).Due > 0 || asked[hour]
				if asked[hour] && quiet(hour) {
					t.Errorf("asked %d hours after noon", hour)
				}
			}
			for hour := 1; hour < 28; hour++ {
				// Of the first hour after a sleep the promise leaves out two minutes, within which cron comes.
				if !asked[hour] && !quiet(hour) {
					t.Errorf("not asked %d hours after noon", hour)
				}
			}
		})
	}
}
