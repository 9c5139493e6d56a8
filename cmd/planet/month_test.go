package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
)

// TestMonth simulates a planet of sixty feeds with tempers, updated every hour. What authors write and what their feeds
// make of it is random, and known to the test: so it knows what has to be on the planet, where, under which id and why
// not. That is written down in month_model_test.go in the words of the project's promises, without the program's help.
// By default it takes eight hours, with PLANET_FULL=1 a month: PLANET_MONTH is the number of runs. PLANET_SEED repeats one.
func TestMonth(t *testing.T) {
	hours := number(t, "PLANET_MONTH", sized(720, 8, 8))
	seed := number(t, "PLANET_SEED", 504153)
	t.Logf("PLANET_SEED=%d", seed)
	t.Setenv("GOMEMLIMIT", "off") // the program's limits for itself are not meant for a process full of tests
	t.Setenv("GOGC", "400")
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	m := newMonth(t, uint64(seed), hours)
	for m.hour = range hours {
		m.step()
		if t.Failed() {
			t.Fatalf("PLANET_SEED=%d PLANET_MONTH=%d: in the run of hour %d (%s)", seed, hours, m.hour, m.now().Format(time.RFC3339))
		}
	}
	m.hour = hours - 1
	m.end()
	if t.Failed() {
		t.Fatalf("PLANET_SEED=%d PLANET_MONTH=%d: at the end", seed, hours)
	}
}

const (
	monthFlood   = 5   // show.flood, as it is by default
	monthEntries = 120 // in atom.xml: those of more than a day, so that nothing new scrolls by unseen
	monthPages   = 5
)

// A month is the simulation: the blogs, the planet, and what is known of both.
type month struct {
	*testing.T
	dir          string
	server       *feedtest.Server
	random       *rand.Rand
	hours, hour  int
	late         time.Duration // after the hour's run
	last         time.Time     // of the last update
	wait, follow bool          // show.future and show.follow_deletions
	blogs        []*monthBlog
	yaml         string
	expected     map[string][]*hold // by the post's token, one for each feed that had it
	reader       reader
	written      int // posts
	quiet        int // runs that brought nothing
}

// newMonth makes a planet of the tempers' feeds. All are on one host, so that they are asked one after the other and a seed
// is always the same story.
func newMonth(t *testing.T, seed uint64, hours int) *month {
	m := &month{
		T: t, dir: t.TempDir(), server: feedtest.New(t), hours: hours, random: rand.New(rand.NewPCG(seed, 0)),
		expected: map[string][]*hold{}, reader: newReader(),
	}
	m.wait, m.follow = m.random.IntN(2) == 0, m.random.IntN(2) == 0
	for _, temper := range monthTempers {
		for range temper.many {
			b := newMonthBlog(m, temper.name, rand.New(rand.NewPCG(seed, uint64(len(m.blogs)+1))))
			m.blogs = append(m.blogs, b)
			temper.make(b)
		}
	}
	if len(m.blogs) != 60 {
		t.Fatalf("there are %d feeds", len(m.blogs))
	}
	for _, b := range m.blogs {
		b.past()
	}
	return m
}

// now is when the run of this hour takes place.
func (m *month) now() time.Time { return m.at(m.hour).Add(m.late) }

func (m *month) at(hour int) time.Time {
	return time.Date(2026, 10, 1, 12, 7, 0, 0, time.UTC).Add(time.Duration(hour) * time.Hour)
}

// night is when all but machines sleep.
func (m *month) night() bool { return m.now().Hour() < 6 }

// step lets authors write for an hour, updates the planet and looks at it; and some hours again half an hour later, when
// all feeds are what they were.
func (m *month) step() {
	m.late = 0
	for _, b := range m.blogs {
		b.live()
	}
	for _, b := range m.blogs {
		b.publish()
	}
	m.cycle(m.configure())
	m.checkPublished()
	m.checkHealth()
	if m.hours <= 100 || m.hour%24 == 0 {
		m.checkVerdicts()
	}
	if m.hour%12 == 6 {
		m.late = 31 * time.Minute
		m.cycle(false)
		m.checkPublished()
	}
}

// cycle updates the planet, once. What is published is other bytes only when the update brought something.
func (m *month) cycle(news bool) {
	before := m.published()
	report := m.update()
	for _, b := range m.blogs {
		if b.asked() && b.readable {
			m.receive(b)
		}
		news = news || b.settling()
	}
	m.flood()
	due := m.due()
	m.last = m.now()
	m.server.Forget()
	if m.late > 0 && report.Entries != (entriesReport{}) {
		m.Errorf("no feed has changed, and %+v came", report.Entries)
	}
	if !news && report.Entries == (entriesReport{}) && !due {
		m.quiet++
		if after := m.published(); after != before {
			m.Errorf("the run brought nothing, and changed what is published:\n%s", changedLines(before, after))
		}
	}
}

// configure writes feeds.yaml, and tells whether it is another one than before.
func (m *month) configure() bool {
	var y strings.Builder
	fmt.Fprintf(&y, "title: Month\nurl: https://month.example/\nfetch: {every: 30m, adaptive: false, per_host_gap: 0s, allow_private: [127.0.0.0/8]}\n"+
		"show: {per_page: %d, feed_entries: %d, future: %s, follow_deletions: %v}\nfeeds:\n", monthEntries/monthPages, monthEntries,
		map[bool]string{true: "wait", false: "clamp"}[m.wait], m.follow)
	for _, b := range m.blogs {
		if b.listed() {
			fmt.Fprintf(&y, "  - {name: %s, url: %s, paused: %v}\n", b.id, m.server.URL+"/"+b.id, b.paused.has(m.hour))
		}
	}
	if y.String() == m.yaml {
		return false
	}
	m.yaml = y.String()
	if err := os.WriteFile(m.config(), []byte(m.yaml), 0o644); err != nil {
		m.Fatal(err)
	}
	return true
}

func (m *month) config() string { return filepath.Join(m.dir, "feeds.yaml") }

// planet is the program, with the clock of this hour.
func (m *month) planet(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(m.Context(), append(args, "--now", m.now().Format(time.RFC3339), "-c", m.config()), &out, &err)
	return code, out.String(), err.String()
}

func (m *month) update() (r runReport) {
	m.Helper()
	code, stdout, stderr := m.planet("update", "--json")
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != 0 {
		m.Fatalf("hour %d: update ends with %d, %v\n%s", m.hour, code, err, stderr)
	}
	return r
}

// published is what the site consists of, but for what is another one after each run.
func (m *month) published() string {
	m.Helper()
	state, err := treeState(filepath.Join(m.dir, "public"))
	if err != nil && !os.IsNotExist(err) {
		m.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(state) {
		if !strings.HasPrefix(line, "health.json ") && !strings.HasPrefix(line, "status/") && !strings.HasPrefix(line, ".planet") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func changedLines(before, after string) string {
	var b strings.Builder
	for line := range strings.Lines(after) {
		if !strings.Contains(before, line) {
			b.WriteString(line)
		}
	}
	return b.String()
}
