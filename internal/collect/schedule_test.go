package collect

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"planet/internal/parse"
	"planet/internal/planet"
	"planet/internal/store"
)

// dice fall the same way in each run.
func dice() *rand.Rand { return rand.New(rand.NewPCG(27, 30)) }

// some is a duration from low to high, of whole seconds.
func some(d *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(d.Int64N(int64((high-low)/time.Second)+1))*time.Second
}

func TestB27ReadyTable(t *testing.T) {
	p := Pace{Every: time.Hour, Longest: 24 * time.Hour}
	sleeps := hintsText(parse.Hints{SkipHours: []int{12}})
	for name, tt := range map[string]struct {
		every         time.Duration
		started, next time.Duration // from noon; 0 is never
		hints         string
		want          bool
	}{
		"new":                          {0, 0, 0, "", true},
		"due long ago":                 {0, -9 * time.Hour, -8 * time.Hour, "", true},
		"due now":                      {0, -time.Hour, -time.Second, "", true},
		"two minutes early":            {0, -58 * time.Minute, 2 * time.Minute, "", true},
		"a second more":                {0, -58 * time.Minute, 2*time.Minute + time.Second, "", false},
		"promised for tomorrow":        {0, -9 * time.Hour, 24 * time.Hour, "", false},
		"the floor, less two minutes":  {0, -58 * time.Minute, -time.Hour, "", true},
		"and a second":                 {0, -58*time.Minute + time.Second, -time.Hour, "", false},
		"started, but never finished":  {0, -time.Minute, 0, "", false},
		"its own floor":                {6 * time.Hour, -5 * time.Hour, -time.Hour, "", false},
		"its own floor, lower":         {10 * time.Minute, -20 * time.Minute, -time.Minute, "", true},
		"its own floor, passed":        {6 * time.Hour, -6 * time.Hour, -time.Hour, "", true},
		"the clock was years ahead":    {0, 9000 * time.Hour, 9999 * time.Hour, "", true},
		"the clock was a bit ahead":    {0, 2 * time.Minute, time.Hour, "", false},
		"overdue, but it sleeps":       {0, -3 * time.Hour, -2 * time.Hour, sleeps, false},
		"it has slept for a day":       {0, -24 * time.Hour, -2 * time.Hour, sleeps, true},
		"that, less two minutes":       {0, -24*time.Hour + slack, -2 * time.Hour, sleeps, true},
		"that, and a second":           {0, -24*time.Hour + slack + time.Second, -2 * time.Hour, sleeps, false},
		"it sleeps at other hours":     {0, -3 * time.Hour, -2 * time.Hour, hintsText(parse.Hints{SkipHours: []int{11, 13}}), true},
		"hints that nobody can read":   {0, -3 * time.Hour, -2 * time.Hour, "{", true},
		"new, of one that would sleep": {0, 0, 0, sleeps, true},
	} {
		s := store.State{Hints: tt.hints}
		if tt.started != 0 {
			s.Started = noon.Add(tt.started)
		}
		if tt.next != 0 {
			s.NextFetch = noon.Add(tt.next)
		}
		if got := p.ready(planet.Feed{Every: tt.every}, s, noon); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func hintsText(h parse.Hints) string {
	b, err := json.Marshal(h)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestB30JitterKeepsToItsBounds(t *testing.T) {
	d := dice()
	for range 50_000 {
		p := Pace{Longest: some(d, time.Hour, 10*day)}
		interval := some(d, time.Minute, 10*day)
		if d.IntN(2) == 0 {
			interval = some(d, time.Minute, 4*time.Hour)
		}
		floor := some(d, 0, interval)
		if d.IntN(4) == 0 {
			floor = interval
		}
		got := p.jitter(interval, floor, d.Float64())
		switch {
		case got < floor-slack:
			t.Fatalf("%s of %s is below the floor %s", got, interval, floor)
		case got > max(interval, p.Longest):
			t.Fatalf("%s of %s is beyond the longest, %s", got, interval, p.Longest)
		case interval <= 2*time.Hour && (got > interval || got < interval-slack || got < interval-interval/30):
			t.Fatalf("%s of %s is not a little less", got, interval)
		case got < interval-interval/10 || got > interval+interval/10:
			t.Fatalf("%s is more than a tenth from %s", got, interval)
		}
	}
	for interval, want := range map[time.Duration][2]time.Duration{
		10 * time.Minute: {10*time.Minute - 20*time.Second, 10 * time.Minute}, time.Hour: {58 * time.Minute, time.Hour},
		2 * time.Hour: {118 * time.Minute, 2 * time.Hour}, 10 * time.Hour: {9 * time.Hour, 11 * time.Hour}, 24 * time.Hour: {21*time.Hour + 36*time.Minute, 24 * time.Hour},
	} {
		p, low, high := Pace{Longest: 24 * time.Hour}, time.Duration(1<<62), time.Duration(0)
		for range 2000 {
			got := p.jitter(interval, 0, d.Float64())
			low, high = min(low, got), max(high, got)
		}
		if span := want[1] - want[0]; low < want[0] || high > want[1] || high-low < span*9/10 {
			t.Errorf("%s: from %s to %s; want %s to %s", interval, low, high, want[0], want[1])
		}
	}
}

func TestChanceIsSpreadAndAlwaysTheSame(t *testing.T) {
	var buckets [10]int
	for i := range 1000 {
		slug := string(rune('a'+i%26)) + string(rune('a'+i/26))
		r := chance(slug, noon)
		if r < 0 || r >= 1 || r != chance(slug, noon.In(time.FixedZone("", 3600))) {
			t.Fatalf("%s: %g", slug, r)
		}
		buckets[int(r*10)]++
	}
	for i, n := range buckets {
		if n < 50 || n > 150 {
			t.Errorf("%d of 1000 are between %d and %d tenths", n, i, i+1)
		}
	}
	if chance("a", noon) == chance("a", noon.Add(time.Hour)) {
		t.Error("a feed comes at the same place in every hour")
	}
}

// Whatever a feed says, the time it is asked next keeps all promises, and is never put off beyond the longest interval.
func TestB15B29SuccessKeepsToItsBounds(t *testing.T) {
	d := dice()
	for range 30_000 {
		p := Pace{Every: some(d, time.Minute, 3*time.Hour), Adaptive: d.IntN(2) == 0, Longest: some(d, 3*time.Hour, 48*time.Hour)}
		f := planet.Feed{}
		if d.IntN(3) == 0 {
			f.Every = some(d, time.Minute, 9*day)
		}
		var h parse.Hints
		if d.IntN(3) == 0 {
			h.Interval = some(d, 0, 40*day)
		}
		for hour := range 24 {
			if d.IntN(5) == 0 {
				h.SkipHours = append(h.SkipHours, hour)
			}
		}
		if d.IntN(2) == 0 {
			h.SkipHours = nil
		}
		if d.IntN(5) == 0 {
			h.SkipDays = append(h.SkipDays, time.Weekday(d.IntN(7)))
		}
		now := noon.Add(some(d, 0, 7*day))
		s := store.State{Slug: "a", Hints: hintsText(h)}
		if d.IntN(3) == 0 {
			s.Fresh = some(d, 0, 40*day)
		}
		if d.IntN(3) > 0 {
			s.Newest, s.Gap = now.Add(-some(d, 0, 400*day)), some(d, 0, 400*day)
		}
		every := p.Every
		if f.Every > 0 {
			every = f.Every
		}
		wait := p.success(f, s, now).Sub(now)
		switch {
		case wait < every-slack, wait < min(s.Fresh, p.Longest)-slack, wait < min(h.Interval, p.Longest)-slack:
			t.Fatalf("%s is a promise broken: every %s, %s fresh, %+v, longest %s", wait, every, s.Fresh, h, p.Longest)
		case wait > max(every, p.Longest):
			t.Fatalf("%s is too late: every %s, longest %s", wait, every, p.Longest)
		case asleep(now.Add(wait), h) && wait < p.Longest:
			t.Fatalf("%s is an hour to sleep: %+v", now.Add(wait), h)
		case (!p.Adaptive || f.Every > 0 || s.Newest.IsZero()) && s.Fresh+h.Interval == 0 && len(h.SkipHours)+len(h.SkipDays) == 0 && wait > every+every/10:
			t.Fatalf("%s for no reason: every %s", wait, every)
		}
	}
}

// A jitter of a tenth either way is left out of the table.
func TestB29SilenceTable(t *testing.T) {
	const h = time.Hour
	p := Pace{Every: h, Adaptive: true, Longest: day}
	for name, tt := range map[string]struct {
		p           Pace
		every       time.Duration
		silent, gap time.Duration // silent < 0: nothing is known
		want        time.Duration
	}{
		"daily":                            {p, 0, 2 * h, day, h},
		"silent for two days":              {p, 0, 48 * h, day, h},
		"weekly":                           {p, 0, h, 7 * day, 168 * time.Minute},
		"silent for a week":                {p, 0, 7 * day, 0, 168 * time.Minute},
		"monthly":                          {p, 0, day, 30 * day, 12 * h},
		"silent for two months":            {p, 0, 60 * day, day, day},
		"yearly":                           {p, 0, day, 365 * day, day},
		"silent for ten years":             {p, 0, 3650 * day, 0, day},
		"a longest of six hours":           {Pace{Every: h, Adaptive: true, Longest: 6 * h}, 0, 365 * day, 0, 6 * h},
		"not adaptive":                     {Pace{Every: h, Longest: day}, 0, 365 * day, 365 * day, h},
		"an every of its own":              {p, 2 * h, 365 * day, 365 * day, 2 * h},
		"an every of its own, the same":    {p, h, 365 * day, 0, h},
		"every is longer than its silence": {Pace{Every: 5 * h, Adaptive: true, Longest: day}, 0, 7 * day, 0, 5 * h},
		"nothing is known":                 {p, 0, -1, 365 * day, h},
	} {
		s := store.State{Slug: name, Gap: tt.gap}
		if tt.silent >= 0 {
			s.Newest = noon.Add(-tt.silent)
		}
		if got := tt.p.success(planet.Feed{Every: tt.every}, s, noon).Sub(noon); got < tt.want*9/10 || got > tt.want*11/10 {
			t.Errorf("%s: after %s; want %s", name, got, tt.want)
		}
	}
}

func TestB35B37B38FailureTable(t *testing.T) {
	const h, m = time.Hour, time.Minute
	for name, tt := range map[string]struct {
		every      time.Duration // of the feed
		status     int
		failures   int
		since      time.Duration // it has been failing
		retryAfter time.Duration
		low, high  time.Duration
	}{
		"no answer, 1":                 {0, 0, 1, 0, 0, 58 * m, h},
		"no answer, 2":                 {0, 0, 2, h, 0, 118 * m, 2 * h},
		"500, 3":                       {0, 500, 3, 3 * h, 0, 216 * m, 264 * m},
		"500, 4":                       {0, 500, 4, 7 * h, 0, 432 * m, 528 * m},
		"500, 5":                       {0, 500, 5, 15 * h, 0, 864 * m, 1056 * m},
		"500, 6":                       {0, 500, 6, 31 * h, 0, 1296 * m, day},
		"500, a thousand":              {0, 500, 1000, 900 * day, 0, 1296 * m, day},
		"200 that nobody can read":     {0, 200, 1, 0, 0, 58 * m, h},
		"every 10 min":                 {10 * m, 500, 2, 10 * m, 0, 19 * m, 20 * m},
		"every 2 days: no doubling":    {2 * day, 500, 9, 99 * day, 0, 2*day - slack, 2 * day},
		"404, 1":                       {0, 404, 1, 0, 0, 58 * m, h},
		"404, 2":                       {0, 404, 2, h, 0, 6 * h, 396 * m},
		"404, 3":                       {0, 404, 3, 7 * h, 0, day, 1584 * m},
		"401, 4":                       {0, 401, 4, 2 * day, 0, day, 1584 * m},
		"403, 13 days":                 {0, 403, 15, 13 * day, 0, day, 1584 * m},
		"403, 14 days":                 {0, 403, 16, 14 * day, 0, 7 * day, 7*day + 7*day/10},
		"404, years":                   {0, 404, 99, 900 * day, 0, 7 * day, 7*day + 7*day/10},
		"404, every 10 days":           {10 * day, 404, 3, day, 0, 10 * day, 11 * day},
		"410":                          {0, 410, 1, 0, 0, 30 * day, 33 * day},
		"410, 9":                       {0, 410, 9, 300 * day, 0, 30 * day, 33 * day},
		"410, every 60 days":           {60 * day, 410, 1, 0, 0, 60 * day, 66 * day},
		"429, 1":                       {0, 429, 1, 0, 0, 58 * m, h},
		"429, every 10 min":            {10 * m, 429, 1, 0, 0, 58 * m, h},
		"503, 2":                       {0, 503, 2, h, 0, 118 * m, 2 * h},
		"503, a minute":                {0, 503, 1, 0, m, 58 * m, h},
		"429, an hour":                 {0, 429, 1, 0, h, 62 * m, 62 * m},
		"429, two days":                {0, 429, 1, 0, 2 * day, 2*day + slack, 2*day + slack},
		"429, a year":                  {0, 429, 1, 0, 365 * day, 7*day + slack, 7*day + slack},
		"503, 5, an hour: no shortcut": {0, 503, 5, 15 * h, h, 864 * m, 1056 * m},
		"500, every 0 in feeds.yaml":   {0, 500, 1, 0, 0, 58 * m, h},
	} {
		p := Pace{Every: h, Longest: day, RetryAfter: 7 * day}
		s := store.State{Slug: name, LastStatus: tt.status, Failures: tt.failures, FailingSince: noon.Add(-tt.since)}
		if got := p.failure(planet.Feed{Every: tt.every}, s, tt.retryAfter, noon).Sub(noon); got < tt.low || got > tt.high {
			t.Errorf("%s: after %s; want %s to %s", name, got, tt.low, tt.high)
		}
	}
}

func TestB35FailureKeepsToItsBounds(t *testing.T) {
	d := dice()
	statuses := []int{0, 200, 301, 400, 500, 502, 504, 429, 503, 401, 403, 404, 410}
	for range 30_000 {
		p := Pace{Every: some(d, time.Minute, 3*time.Hour), Longest: some(d, 3*time.Hour, 48*time.Hour), RetryAfter: some(d, 0, 14*day)}
		f := planet.Feed{}
		if d.IntN(3) == 0 {
			f.Every = some(d, time.Minute, 9*day)
		}
		s := store.State{Slug: "a", LastStatus: statuses[d.IntN(len(statuses))], Failures: 1 + d.IntN(20), FailingSince: noon.Add(-some(d, 0, 40*day))}
		var retryAfter time.Duration
		if (s.LastStatus == http.StatusTooManyRequests || s.LastStatus == http.StatusServiceUnavailable) && d.IntN(2) == 0 {
			retryAfter = some(d, 0, 20*day)
		}
		every := p.every(f)
		wait, without := p.failure(f, s, retryAfter, noon).Sub(noon), p.failure(f, s, 0, noon).Sub(noon)
		longest := max(every, p.Longest, time.Hour)
		switch s.LastStatus {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
			longest = max(every, 7*day) * 11 / 10
		case http.StatusGone:
			longest = max(every, 30*day) * 11 / 10
		}
		switch {
		case wait < every-slack:
			t.Fatalf("%d: %s is below every, %s", s.LastStatus, wait, every)
		case wait < without:
			t.Fatalf("%d: Retry-After %s shortens %s to %s", s.LastStatus, retryAfter, without, wait)
		case retryAfter > 0 && wait < min(retryAfter, p.RetryAfter)+slack:
			t.Fatalf("%d: %s is before Retry-After %s", s.LastStatus, wait, retryAfter)
		case wait > max(longest, min(retryAfter, p.RetryAfter)+slack):
			t.Fatalf("%d: %s is too late; every %s, longest %s, Retry-After %s", s.LastStatus, wait, every, p.Longest, retryAfter)
		}
	}
}

func TestB15AwakeTable(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 22, hour, minute, 0, 0, time.UTC) } // a Sunday
	for name, tt := range map[string]struct {
		hints    parse.Hints
		at, want time.Time
	}{
		"nothing":              {parse.Hints{}, at(12, 58), at(12, 58)},
		"another hour":         {parse.Hints{SkipHours: []int{11, 13}}, at(12, 58), at(12, 58)},
		"this hour":            {parse.Hints{SkipHours: []int{12}}, at(12, 58), at(13, 2)},
		"some hours":           {parse.Hints{SkipHours: []int{12, 13, 14, 16}}, at(12, 0), at(15, 2)},
		"over midnight":        {parse.Hints{SkipHours: []int{0, 1, 22, 23}}, at(22, 30), at(26, 2)},
		"today":                {parse.Hints{SkipDays: []time.Weekday{time.Sunday}}, at(9, 15), at(24, 2)},
		"today and an hour":    {parse.Hints{SkipHours: []int{0}, SkipDays: []time.Weekday{time.Sunday}}, at(9, 15), at(25, 2)},
		"beyond the latest":    {parse.Hints{SkipDays: []time.Weekday{time.Sunday, time.Monday}}, at(9, 15), at(35, 0)},
		"all hours":            {parse.Hints{SkipHours: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}}, at(9, 15), at(9, 15)},
		"all days":             {parse.Hints{SkipDays: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}, at(9, 15), at(9, 15)},
		"a zone of half hours": {parse.Hints{SkipHours: []int{12}}, at(12, 10).In(time.FixedZone("", 19800)), at(13, 2)},
	} {
		if got := awake(tt.at, at(35, 0), tt.hints); !got.Equal(tt.want) {
			t.Errorf("%s: %s; want %s", name, got, tt.want)
		}
	}
}
