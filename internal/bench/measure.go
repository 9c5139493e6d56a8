package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// feedPath is where each host has its feed.
const feedPath = "/feed.xml"

// A bench is a running benchmark.
type bench struct {
	options
	dir    string
	corpus string
	server *server
	log    io.Writer
}

// A row is one workload's result.
type row struct {
	workload string
	cost     cost // medians, each by itself
	report   report
	stats    Stats
	runs     int
	floor    cost          // zero when there is none
	bound    time.Duration // of the wall time; zero when there is none
}

// report is what we read of the run report that `planet update --json` prints.
type report struct {
	Feeds struct {
		Due         int `json:"due"`
		Fetched     int `json:"fetched"`
		NotModified int `json:"not_modified"`
		Failed      int `json:"failed"`
	} `json:"feeds"`
	Entries struct {
		New     int `json:"new"`
		Updated int `json:"updated"`
	} `json:"entries"`
	Published struct {
		Written   int `json:"written"`
		Unchanged int `json:"unchanged"`
	} `json:"published"`
	Attention []string `json:"attention"`
}

// measure runs the workloads. W3 comes last, since planet forgets its validators in it; W1 always comes, since the
// others start from what it leaves behind.
func (b *bench) measure(ctx context.Context) ([]row, error) {
	var rows []row
	var unchanged cost // of W2
	add := func(workload string, runs int, before func() error) error {
		if workload != "W1" && !b.wants(workload) && !(workload == "W2" && b.wants("W6")) {
			return nil
		}
		r, err := b.repeat(ctx, workload, runs, before)
		switch workload {
		case "W2":
			unchanged = r.cost
		case "W6":
			r.bound = patience(b.timeout, unchanged)
		}
		if err == nil && b.wants(workload) {
			rows = append(rows, r)
		}
		return err
	}
	tell := func(word string) func() error {
		return func() error { _, err := b.server.tell(word); return err }
	}
	for _, step := range []func() error{
		func() error { return add("W1", b.cold, b.startAfresh) },
		func() error { return add("W2", b.runs, tell("stats")) },
		func() error { return add("W4", b.runs, tell("grow")) },
		func() error { return add("W6", b.runs, b.trouble) },
		func() error { return b.heal(ctx) },
		func() error { return add("W3", b.runs, tell("drop-validators")) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if own := ownPeak(); own > 48<<20 {
		fmt.Fprintf(b.log, "bench: peaks below %d MB are this program's own\n", own>>20)
	}
	slices.SortFunc(rows, func(x, y row) int { return cmp.Compare(x.workload, y.workload) })
	return rows, nil
}

// repeat runs planet several times, and as many times the floor of that workload, in turns.
func (b *bench) repeat(ctx context.Context, workload string, runs int, before func() error) (row, error) {
	r := row{workload: workload, runs: runs}
	var costs, floors []cost
	for i := range runs {
		fmt.Fprintf(b.log, "bench: %s, run %d of %d\n", workload, i+1, runs)
		if err := before(); err != nil {
			return r, err
		}
		c, err := b.update(ctx, &r)
		if err != nil {
			return r, fmt.Errorf("%s: %w", workload, err)
		}
		costs = append(costs, c)
		if b.wants(workload) {
			if floors, err = b.appendFloor(ctx, workload, floors); err != nil {
				return r, fmt.Errorf("floor of %s: %w", workload, err)
			}
		}
	}
	r.cost, r.floor = median(costs), median(floors)
	return r, nil
}

// startAfresh empties the site's folder and writes feeds.yaml.
func (b *bench) startAfresh() error {
	site := filepath.Join(b.dir, "site")
	if err := os.RemoveAll(site); err != nil {
		return err
	}
	if err := os.Mkdir(site, 0o755); err != nil {
		return err
	}
	return b.configure(30 * time.Second)
}

// configure writes feeds.yaml.
func (b *bench) configure(timeout time.Duration) error {
	urls := make([]string, len(b.server.addrs))
	for i, addr := range b.server.addrs {
		urls[i] = "http://" + addr + feedPath
	}
	return writeConfig(filepath.Join(b.dir, "site", "feeds.yaml"), timeout, urls)
}

// writeConfig writes a feeds.yaml; more are further keys of it.
func writeConfig(path string, timeout time.Duration, urls []string, more ...string) error {
	var y strings.Builder
	fmt.Fprintf(&y, "title: Bench\nurl: https://bench.example/\noutput: public\ndatabase: planet.db\n"+
		"fetch: {allow_private: [127.0.0.0/8], per_host_gap: 0s, timeout: %s, max_size: 50MB}\n%sfeeds:\n", timeout, strings.Join(more, ""))
	for i, url := range urls {
		fmt.Fprintf(&y, "  - {name: Blog %d, url: %q}\n", i, url)
	}
	return os.WriteFile(path, []byte(y.String()), 0o644)
}

// trouble begins W6: some feeds hang or are broken from now on.
func (b *bench) trouble() error {
	if err := b.configure(b.timeout); err != nil {
		return err
	}
	_, err := b.server.tell("trouble")
	return err
}

// heal ends what trouble began, and has planet see it.
func (b *bench) heal(ctx context.Context) error {
	if !b.wants("W6") {
		return nil
	}
	if _, err := b.server.tell("heal"); err != nil {
		return err
	}
	_, err := b.update(ctx, &row{workload: "W2"})
	return err
}

// patience is how long W6 may take: one time limit, for all that hang do so together, beside what W2 takes. The site is
// published anew, since it tells which feeds can't be read.
func patience(timeout time.Duration, unchanged cost) time.Duration {
	return timeout + 3*unchanged.wall + time.Second
}

// update runs `planet update` once, and checks that it did what the workload is about.
func (b *bench) update(ctx context.Context, r *row) (cost, error) {
	if _, err := b.server.tell("stats"); err != nil { // counts from here
		return cost{}, err
	}
	cmd := exec.CommandContext(ctx, b.planet, "update", "--force", "--json", "-c", "feeds.yaml")
	cmd.Dir = filepath.Join(b.dir, "site")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	c, err := costOf(cmd)
	if err != nil {
		return c, fmt.Errorf("planet update: %w\n%s", err, &stderr)
	}
	r.report = report{}
	if err := json.Unmarshal(stdout.Bytes(), &r.report); err != nil {
		return c, fmt.Errorf("planet update --json: %w\n%s%s", err, &stdout, &stderr)
	}
	if r.stats, err = b.server.tell("stats"); err != nil {
		return c, err
	}
	if problems := b.check(*r); len(problems) > 0 {
		return c, fmt.Errorf("not the expected outcome:\n  %s\n%s%s", strings.Join(problems, "\n  "), &stdout, &stderr)
	}
	return c, nil
}

// check compares a run's report, and what the server saw, with what the workload must bring about.
func (b *bench) check(r row) []string {
	var problems []string
	want := func(what string, got, want int) {
		if got != want {
			problems = append(problems, fmt.Sprintf("%s: %d, want %d", what, got, want))
		}
	}
	n, f, e := b.feeds, r.report.Feeds, r.report.Entries
	grown := (n + 19) / 20
	want("feeds.due", f.Due, n)
	failing := 0
	if r.workload == "W6" {
		failing = troubles(n)
	}
	want("feeds.failed", f.Failed, failing)
	want("requests at the server", r.stats.Requests, n)
	switch r.workload {
	case "W1":
		want("feeds.fetched", f.Fetched, n)
		want("entries.new", e.New, n*entriesPerFeed)
	case "W2":
		want("feeds.not_modified", f.NotModified, n)
		want("entries.new", e.New, 0)
		want("answers 304", r.stats.NotModified, n)
	case "W6":
		want("feeds.not_modified", f.NotModified, n-failing)
		want("entries.new", e.New, 0)
		if p := r.report.Published; p.Written+p.Unchanged == 0 {
			problems = append(problems, "nothing is published")
		}
	case "W3": // whether equal bytes count as fetched or as not modified is planet's own affair
		want("feeds.fetched + feeds.not_modified", f.Fetched+f.NotModified, n)
		want("entries.new", e.New, 0)
		want("entries.updated", e.Updated, 0)
		want("answers 304", r.stats.NotModified, 0)
	case "W4":
		want("feeds.fetched", f.Fetched, grown)
		want("feeds.not_modified", f.NotModified, n-grown)
		want("entries.new", e.New, grown)
	}
	return problems
}

// appendFloor measures the floor of a workload that has one.
func (b *bench) appendFloor(ctx context.Context, workload string, floors []cost) ([]cost, error) {
	dir, err := os.MkdirTemp(b.dir, "floor-")
	if err != nil {
		return floors, err
	}
	defer os.RemoveAll(dir)
	var cmd *exec.Cmd
	switch workload {
	case "W1":
		cmd = self(ctx, "floor-w1", "-corpus="+b.corpus, "-dir="+dir)
	case "W2":
		addrs := filepath.Join(dir, "addrs")
		if err := os.WriteFile(addrs, []byte(strings.Join(b.server.addrs, "\n")), 0o644); err != nil {
			return floors, err
		}
		cmd = self(ctx, "floor-w2", "-addrs="+addrs)
	default:
		return floors, nil
	}
	c, err := costOf(cmd)
	return append(floors, c), err
}

// median takes the middle of each figure by itself; of an even number the upper one.
func median(costs []cost) cost {
	if len(costs) == 0 {
		return cost{}
	}
	middle := func(less func(x, y cost) int) cost {
		return slices.SortedFunc(slices.Values(costs), less)[len(costs)/2]
	}
	return cost{
		wall: middle(func(x, y cost) int { return cmp.Compare(x.wall, y.wall) }).wall,
		cpu:  middle(func(x, y cost) int { return cmp.Compare(x.cpu, y.cpu) }).cpu,
		peak: middle(func(x, y cost) int { return cmp.Compare(x.peak, y.peak) }).peak,
	}
}
