package fetch

import (
	"net/http"
	"testing"
	"time"

	"planet/internal/feedtest"
)

var now = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func at(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }

type told struct {
	header http.Header
	want   time.Duration
}

func wantFresh(t *testing.T, all []told) {
	t.Helper()
	for _, tt := range all {
		if got := freshness(tt.header, now); got != tt.want {
			t.Errorf("%v: fresh for %s; want %s", tt.header, got, tt.want)
		}
	}
}

func cc(values ...string) http.Header { return http.Header{"Cache-Control": values} }

func TestB12MaxAgeLessAge(t *testing.T) {
	aged := func(age string, values ...string) http.Header {
		return http.Header{"Age": {age}, "Cache-Control": values}
	}
	wantFresh(t, []told{
		{cc("max-age=600"), 10 * time.Minute},
		{cc("public, MAX-AGE=600 , must-revalidate"), 10 * time.Minute},
		{cc(`max-age="600"`), 10 * time.Minute},
		{cc(`private="set-cookie, max-age=5", max-age=600`), 10 * time.Minute},
		{cc("public", "max-age=600"), 10 * time.Minute},
		{cc("s-maxage=60, max-age=600"), 10 * time.Minute},
		{cc("s-maxage=60"), 0},
		{cc("max-age=600, max-age=60"), 10 * time.Minute}, // the first (RFC 9111 §4.2.1)
		{cc("max-age=x, max-age=60"), 0},
		{cc("max-age=0"), 0},
		{cc("max-age"), 0},
		{cc("max-age="), 0},
		{cc("max-age=-600"), 0},
		{cc("max-age=600.5"), 0},
		{cc("max-age=10m"), 0},
		{cc("x-max-age=600"), 0},
		{cc("max-age=99999999999999999999"), longest},
		{cc("max-age=9223372036854775807"), longest},
		{aged("100", "max-age=600"), 500 * time.Second},
		{aged("100, 200", "max-age=600"), 500 * time.Second},
		{aged("900", "max-age=600"), 0},
		{aged("-100", "max-age=600"), 10 * time.Minute},
		{aged("soon", "max-age=600"), 10 * time.Minute},
		{aged("99999999999999999999", "max-age=600"), 0},
		{http.Header{}, Unsaid},
		{http.Header{"Age": {"100"}}, Unsaid},
		{cc(""), Unsaid},
	})
}

func TestB12FreshnessIsTold(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/", feedtest.Feed([]byte("<feed/>")).With("Cache-Control", "max-age=7200").With("Age", "200"),
		feedtest.Status(http.StatusNotModified).With("Cache-Control", "max-age=60"), feedtest.Status(http.StatusNotModified))
	c := client(t)
	for _, want := range []time.Duration{7000 * time.Second, time.Minute, Unsaid} {
		if res := get(t, c, Request{URL: s.URL, ETag: `"x"`, Validated: s.URL}); res.Fresh != want {
			t.Errorf("%d: fresh for %s; want %s", res.Status, res.Fresh, want)
		}
	}
}

func TestB13NoCacheCancelsMaxAge(t *testing.T) {
	wantFresh(t, []told{
		{cc("no-cache, max-age=6000"), 0},
		{cc("max-age=6000, no-cache"), 0},
		{cc("max-age=6000", "No-Store"), 0},
		{cc("no-cache"), 0},
		{cc("max-age=6000, must-revalidate"), 100 * time.Minute},
		{cc(`no-cache="Set-Cookie", max-age=6000`), 100 * time.Minute}, // only about that field
	})
}

func TestB14ExpiresCountsFromDateAndWithoutCacheControl(t *testing.T) {
	expires := func(date, expires string) http.Header { return http.Header{"Date": {date}, "Expires": {expires}} }
	both := expires(at(0), at(time.Hour))
	both.Set("Cache-Control", "max-age=60")
	silent := expires(at(0), at(time.Hour))
	silent.Set("Cache-Control", "public")
	old := expires(at(0), at(time.Hour))
	old.Set("Age", "600")
	wantFresh(t, []told{
		{expires(at(0), at(time.Hour)), time.Hour},
		{expires(at(-5*time.Hour), at(-4*time.Hour)), time.Hour}, // their clock is wrong
		{expires(at(5*time.Hour), at(4*time.Hour)), 0},
		{expires("", at(time.Hour)), time.Hour},
		{expires("yesterday", at(time.Hour)), time.Hour},
		{expires(at(0), at(-time.Hour)), 0},
		{expires(at(0), "0"), 0},
		{expires(at(0), "-1"), 0},
		{expires(at(0), ""), 0},
		{expires(at(0), "Thu, 31 Dec 9999 23:59:59 GMT"), longest},
		{expires("Mon, 01 Jan 0001 00:00:00 GMT", "Thu, 31 Dec 9999 23:59:59 GMT"), longest},
		{expires("Sun, 22 Nov 2026 08:00:00 GMT", "Sunday, 22-Nov-26 08:30:00 GMT"), 30 * time.Minute},
		{expires("Sun, 22 Nov 2026 08:00:00 GMT", "Sun Nov 22 08:30:00 2026"), 30 * time.Minute},
		{both, time.Minute},
		{silent, 0},
		{old, 50 * time.Minute},
	})
}

func TestB31RetryAfter(t *testing.T) {
	for _, tt := range []struct {
		date, value string
		want        time.Duration
	}{
		{"", "120", 2 * time.Minute},
		{"", " 120 ", 2 * time.Minute},
		{"", "0", 0},
		{"", "-120", 0},
		{"", "1.5", 0},
		{"", "soon", 0},
		{"", "", 0},
		{"", "99999999999999999999", longest},
		{"", "172800", 48 * time.Hour}, // no cap
		{at(0), at(time.Hour), time.Hour},
		{"", at(time.Hour), time.Hour},
		{at(-5 * time.Hour), at(-4 * time.Hour), time.Hour},
		{at(time.Hour), at(0), 0},
		{at(0), "Sunday, 22-Nov-26 08:30:00 GMT", 30 * time.Minute},
		{at(0), "Sun Nov 22 08:30:00 2026", 30 * time.Minute},
		{at(0), "Thu, 31 Dec 9999 23:59:59 GMT", longest},
	} {
		h := http.Header{"Retry-After": {tt.value}}
		if tt.date != "" {
			h.Set("Date", tt.date)
		}
		if got := retryAfter(h, now); got != tt.want {
			t.Errorf("Retry-After: %q at %q: %s; want %s", tt.value, tt.date, got, tt.want)
		}
	}
}

func TestB31RetryAfterIsTold(t *testing.T) {
	s := feedtest.New(t)
	for status, want := range map[int]time.Duration{429: time.Hour, 503: time.Hour, 500: 0, 403: 0, 200: 0} {
		s.Handle("/", feedtest.Status(status).With("Retry-After", "3600"))
		if res := get(t, client(t), Request{URL: s.URL}); res.RetryAfter != want {
			t.Errorf("%d: retry after %s; want %s", status, res.RetryAfter, want)
		}
	}
}
