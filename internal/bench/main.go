// Command bench measures the planet program as a whole process against a thousand sample feeds on loopback, and beside
// it the least that such work costs.
//
//	go run ./internal/bench            # builds ./cmd/planet and runs every workload
//	go run ./internal/bench -feeds 50  # a quick look
//	go run ./internal/bench -scale     # how memory and CPU grow up to ten thousand feeds
//	go run ./internal/bench -archive   # what publishing costs with half a million entries
//
// Who runs what, so that each one's CPU and memory are counted apart:
//
//	bench ──┬─ bench corpus    writes the gzipped feeds into a file
//	        ├─ bench serve     serves them, each from an address of its own
//	        ├─ bench serve-many, serve-archive  with -scale and -archive in their place: feeds made when they are asked for
//	        ├─ planet update   measured
//	        ├─ bench floor-w2  measured: the bare requests
//	        └─ bench floor-w1  measured: gunzip, tokens, inserts
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	if err != nil && ctx.Err() != nil {
		err = errors.New("interrupted") // not what the interrupt broke
	}
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run is a role when the first argument names one, as only a bench that starts itself does; else the benchmark.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) > 0 {
		switch role := args[0]; role {
		case "corpus":
			return runCorpus(args[1:], stdout)
		case "serve":
			return runServe(args[1:], stdin, stdout)
		case "serve-many":
			return runServeMany(args[1:], stdin, stdout)
		case "serve-archive":
			return runServeArchive(args[1:], stdin, stdout)
		case "floor-w1":
			return runFloorW1(args[1:])
		case "floor-w2":
			return runFloorW2(ctx, args[1:])
		}
	}
	o, err := parseOptions(args, stderr)
	if err != nil {
		return err
	}
	if len(o.scale) > 0 {
		return runScale(ctx, o, stdout, stderr)
	}
	if len(o.archive) > 0 {
		return runArchive(ctx, o, stdout, stderr)
	}
	return runBench(ctx, o, stdout, stderr)
}

type options struct {
	feeds   int
	runs    int
	cold    int
	only    string
	timeout time.Duration // of one feed in W6
	planet  string
	keep    bool
	strict  bool
	scale   []int // numbers of feeds to compare
	archive []int // numbers of entries to compare
}

var workloads = []string{"W1", "W2", "W3", "W4", "W6"}

func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.IntVar(&o.feeds, "feeds", 1000, "how many feeds, of 20 entries each")
	fs.IntVar(&o.runs, "n", 3, "runs of each workload, of which the median counts")
	fs.IntVar(&o.cold, "cold", 1, "runs of W1")
	fs.StringVar(&o.only, "only", "", "measure only this workload: W1, W2, W3, W4 or W6")
	fs.DurationVar(&o.timeout, "timeout", 3*time.Second, "of one feed, in W6")
	fs.StringVar(&o.planet, "planet", "", "the planet binary; built from ./cmd/planet if empty")
	fs.BoolVar(&o.keep, "keep", false, "keep the temporary folder")
	fs.BoolVar(&o.strict, "strict", false, "exit 1 when a limit is exceeded")
	fs.BoolFunc("scale", "measure in place of the workloads how memory and CPU grow with the feeds; or -scale=N,N,N: with so many", func(s string) (err error) {
		o.scale, err = parseScale(s, maxFeeds, 1000, 2000, 10_000)
		return err
	})
	fs.BoolFunc("archive", "measure in place of the workloads what one new entry costs to publish in a small and in a large store; or -archive=N,N: of so many entries", func(s string) (err error) {
		o.archive, err = parseScale(s, 20_000*archiveFeeds, 5000, 500_000)
		return err
	})
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	if o.feeds < 1 || o.feeds > maxFeeds || o.runs < 1 || o.cold < 1 {
		return o, fmt.Errorf("-feeds must be 1 to %d, -n and -cold at least 1", maxFeeds)
	}
	if o.only != "" && !slices.Contains(workloads, o.only) {
		return o, fmt.Errorf("-only %s: no such workload", o.only)
	}
	return o, nil
}

// wants says whether a workload is to be measured.
func (o options) wants(workload string) bool { return o.only == "" || o.only == workload }

// prepare makes a temporary folder, with the planet binary if none is named.
func (o *options) prepare(ctx context.Context, stderr io.Writer) (dir string, clear func(), err error) {
	dir, err = os.MkdirTemp("", "planet-bench-")
	if err != nil {
		return "", nil, err
	}
	clear = func() { os.RemoveAll(dir) }
	if o.keep {
		fmt.Fprintln(stderr, "bench: keeping", dir)
		clear = func() {}
	}
	if o.planet, err = planetBinary(ctx, o.planet, dir, stderr); err != nil {
		clear()
	}
	return dir, clear, err
}

// runBench prepares a temporary folder, the planet binary, the feeds and their server, measures, and clears up.
func runBench(ctx context.Context, o options, stdout, stderr io.Writer) error {
	dir, clear, err := o.prepare(ctx, stderr)
	if err != nil {
		return err
	}
	defer clear()
	fmt.Fprintf(stderr, "bench: making %d feeds\n", o.feeds)
	corpus := filepath.Join(dir, "corpus")
	made, err := makeCorpus(ctx, o.feeds, corpus)
	if err != nil {
		return err
	}
	srv, err := startServer(ctx, o.feeds, "serve", "-corpus="+corpus)
	if err != nil {
		return err
	}
	defer srv.stop()

	b := &bench{options: o, dir: dir, corpus: corpus, server: srv, log: stderr}
	rows, err := b.measure(ctx)
	if err != nil {
		return err
	}
	over := printTable(stdout, made, rows)
	if over && o.strict {
		return errors.New("over the limits")
	}
	return nil
}

// planetBinary returns the absolute path of the binary to measure.
func planetBinary(ctx context.Context, path, dir string, stderr io.Writer) (string, error) {
	if path != "" {
		return filepath.Abs(path)
	}
	out := filepath.Join(dir, "planet")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", out, "./cmd/planet")
	cmd.Stderr = stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go build ./cmd/planet: %w", err)
	}
	return out, nil
}
