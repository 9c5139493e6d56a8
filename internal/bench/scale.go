package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// What a planet of many feeds promises, when all feeds answer 304: from the smallest number of feeds to the largest the
// memory grows by so many bytes a feed, from the second smallest the CPU of one feed by this factor; and a run in which
// nothing is due asks nobody and takes hardly any CPU.
const (
	feedMemory = 8 << 10
	feedFactor = 1.5
	idleCPU    = 300 * time.Millisecond
)

// parseScale reads numbers up to most, in ascending order. The flag alone means the usual ones.
func parseScale(s string, most int, usual ...int) (numbers []int, err error) {
	if s == "true" {
		return usual, nil
	}
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > most {
			return nil, fmt.Errorf("%q is no number from 1 to %d", part, most)
		}
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	return numbers, nil
}

// A size is what was measured with one number of feeds.
type size struct {
	feeds     int
	cold      cost // all feeds are new, with one entry each
	unchanged cost // all answer 304; medians
	idle      cost // none is due
}

// perFeed is the CPU that one feed takes when it answers 304.
func (s size) perFeed() time.Duration { return (s.unchanged.cpu - s.idle.cpu) / time.Duration(s.feeds) }

// runScale measures planet with several numbers of feeds.
func runScale(ctx context.Context, o options, stdout, stderr io.Writer) error {
	dir, clear, err := o.prepare(ctx, stderr)
	if err != nil {
		return err
	}
	defer clear()
	var sizes []size
	for _, n := range o.scale {
		s, err := o.measureSize(ctx, dir, n, stderr)
		if err != nil {
			return fmt.Errorf("%d feeds: %w", n, err)
		}
		sizes = append(sizes, s)
	}
	if over := printScale(stdout, sizes); over && o.strict {
		return errors.New("over the limits")
	}
	return nil
}

func (o options) measureSize(ctx context.Context, dir string, feeds int, log io.Writer) (size, error) {
	s := size{feeds: feeds}
	srv, err := startServer(ctx, feeds, "serve-many", fmt.Sprintf("-feeds=%d", feeds))
	if err != nil {
		return s, err
	}
	defer srv.stop()
	site := filepath.Join(dir, fmt.Sprintf("scale-%d", feeds))
	if err := os.Mkdir(site, 0o755); err != nil {
		return s, err
	}
	if err := writeConfig(filepath.Join(site, "feeds.yaml"), 30*time.Second, srv.addrs); err != nil {
		return s, err
	}
	update := func(what string, want Stats, args ...string) (cost, error) {
		fmt.Fprintf(log, "bench: %d feeds, %s\n", feeds, what)
		if _, err := srv.tell("stats"); err != nil { // counts from here
			return cost{}, err
		}
		var stderr bytes.Buffer
		cmd := exec.CommandContext(ctx, o.planet, append([]string{"update", "--json", "-c", "feeds.yaml"}, args...)...)
		cmd.Dir, cmd.Stderr = site, &stderr
		c, err := costOf(cmd)
		if err != nil {
			return c, fmt.Errorf("planet update: %w\n%s", err, &stderr)
		}
		got, err := srv.tell("stats")
		if got.Bytes = 0; err == nil && got != want {
			err = fmt.Errorf("%s: the server was asked %+v, want %+v\n%s", what, got, want, &stderr)
		}
		return c, err
	}
	if s.cold, err = update("cold", Stats{Requests: feeds}); err != nil {
		return s, err
	}
	var unchanged, idle []cost
	for range o.runs {
		c, err := update("all 304", Stats{Requests: feeds, NotModified: feeds}, "--force")
		if err != nil {
			return s, err
		}
		unchanged = append(unchanged, c)
		if c, err = update("none due", Stats{}); err != nil {
			return s, err
		}
		idle = append(idle, c)
	}
	s.unchanged, s.idle = median(unchanged), median(idle)
	return s, nil
}

// printScale writes what was measured, ascending, and says whether any of it is over its limit.
func printScale(w io.Writer, sizes []size) (over bool) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "feeds\tcold CPU\tpeak MB\tall 304: wall\tCPU\ta feed\tpeak MB\tnone due: CPU\tpeak MB\t")
	for _, s := range sizes {
		fmt.Fprintf(tw, "%d\t%s\t%.1f\t%s\t%s\t%d µs\t%.1f\t%s\t%.1f\t\n", s.feeds, seconds(s.cold.cpu), float64(s.cold.peak)/1e6, seconds(s.unchanged.wall),
			seconds(s.unchanged.cpu), s.perFeed().Microseconds(), float64(s.unchanged.peak)/1e6, seconds(s.idle.cpu), float64(s.idle.peak)/1e6)
	}
	tw.Flush() //nolint:errcheck // what can't be printed can't be complained about
	verdict := func(format string, ok bool, args ...any) {
		word := "ok"
		if !ok {
			over, word = true, "OVER"
		}
		fmt.Fprintf(w, format+": "+word+"\n", args...)
	}
	last := sizes[len(sizes)-1]
	fmt.Fprintln(w)
	if first := sizes[0]; first.feeds < last.feeds {
		grown := (last.unchanged.peak - first.unchanged.peak) / int64(last.feeds-first.feeds)
		verdict("memory from %d to %d feeds grows by %.1f KB a feed, limit %d KB", grown <= feedMemory, first.feeds, last.feeds, float64(grown)/1024, feedMemory>>10)
	}
	if second := sizes[min(1, len(sizes)-1)]; second.feeds < last.feeds {
		factor := last.perFeed().Seconds() / second.perFeed().Seconds()
		verdict("CPU of one feed at %d and at %d feeds: factor %.2f, limit %.1f", factor <= feedFactor, second.feeds, last.feeds, factor, feedFactor)
	}
	verdict("none of %d feeds is due: %s of CPU, limit %s", last.idle.cpu <= idleCPU, last.feeds, seconds(last.idle.cpu), seconds(idleCPU))
	return over
}

// manyHosts is over how many addresses serve-many spreads its feeds at most.
const manyHosts = 400

// A manyServer serves small feeds of one entry, made when they are asked for.
type manyServer struct {
	mu    sync.Mutex
	stats Stats
}

// runServeMany is the role "serve-many". It prints the feeds' URLs and obeys as serve does, but knows "stats" alone.
func runServeMany(args []string, stdin io.Reader, stdout io.Writer) error {
	fs := flag.NewFlagSet("serve-many", flag.ContinueOnError)
	feeds := fs.Int("feeds", 0, "")
	if err := fs.Parse(args); err != nil {
		return err
	}
	s := &manyServer{}
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	hosts := make([]string, min(*feeds, manyHosts))
	for i := range hosts {
		l, err := net.Listen("tcp", fmt.Sprintf("127.2.%d.%d:0", i/250, 1+i%250))
		if err != nil {
			return err
		}
		hosts[i] = l.Addr().String()
		go srv.Serve(l) //nolint:errcheck // it ends with the process
	}
	urls := make([]string, *feeds)
	for i := range urls {
		urls[i] = fmt.Sprintf("http://%s/%d.xml", hosts[i%len(hosts)], i)
	}
	out := json.NewEncoder(stdout)
	if err := out.Encode(urls); err != nil {
		return err
	}
	for lines := bufio.NewScanner(stdin); lines.Scan(); {
		s.mu.Lock()
		stats := s.stats
		s.stats = Stats{}
		s.mu.Unlock()
		if err := out.Encode(stats); err != nil {
			return err
		}
	}
	return nil
}

func (s *manyServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	feed := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".xml")
	tag := `"` + feed + `"`
	w.Header().Set("ETag", tag)
	fresh := r.Header.Get("If-None-Match") == tag
	s.mu.Lock()
	s.stats.Requests++
	if fresh {
		s.stats.NotModified++
	}
	s.mu.Unlock()
	if fresh {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprintf(w, `<rss version="2.0"><channel><title>Blog %[1]s</title><link>https://blog%[1]s.example/</link><item><title>Post of %[1]s</title>`+
		`<guid isPermaLink="false">tag:blog%[1]s.example,2026:1</guid><link>https://blog%[1]s.example/1</link><pubDate>Sun, 01 Nov 2026 12:00:00 GMT</pubDate>`+
		`<description>&lt;p&gt;This is what blog %[1]s has to say.&lt;/p&gt;</description></item></channel></rss>`, feed)
}
