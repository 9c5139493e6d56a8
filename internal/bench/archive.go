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
	"strings"
	"sync/atomic"
	"text/tabwriter"
	"time"
)

// What a planet of many entries promises: publishing one that is new takes at most so many times as long with the largest
// store as with the smallest, and never more memory than this.
const (
	archiveFactor = 3.0
	archiveMemory = 150e6
)

// archiveFeeds is over how many feeds the entries of a store are spread, whatever their number.
const archiveFeeds = 50

// An archive is what was measured with one number of entries.
type archive struct {
	entries          int
	first, build     cost // of all; after one new entry, the median
	files, rewritten int
}

// runArchive measures planet build with stores of several sizes.
func runArchive(ctx context.Context, o options, stdout, stderr io.Writer) error {
	dir, clear, err := o.prepare(ctx, stderr)
	if err != nil {
		return err
	}
	defer clear()
	var all []archive
	for _, n := range o.archive {
		a, err := o.measureArchive(ctx, dir, n, stderr)
		if err != nil {
			return fmt.Errorf("%d entries: %w", n, err)
		}
		all = append(all, a)
	}
	if over := printArchive(stdout, all); over && o.strict {
		return errors.New("over the limits")
	}
	return nil
}

func (o options) measureArchive(ctx context.Context, dir string, entries int, log io.Writer) (archive, error) {
	a := archive{entries: entries}
	srv, err := startServer(ctx, archiveFeeds, "serve-archive", fmt.Sprintf("-entries=%d", entries))
	if err != nil {
		return a, err
	}
	defer srv.stop()
	site := filepath.Join(dir, fmt.Sprintf("archive-%d", entries))
	if err := os.Mkdir(site, 0o755); err != nil {
		return a, err
	}
	if err := writeConfig(filepath.Join(site, "feeds.yaml"), 5*time.Minute, srv.addrs, "limits: {items: 20000, memory: 200MB}\nshow: {flood: 0}\n"); err != nil {
		return a, err
	}
	planet := func(what string, args ...string) (c cost, published struct{ Written, Unchanged int }, err error) {
		fmt.Fprintf(log, "bench: %d entries, %s\n", entries, what)
		var stdout, stderr bytes.Buffer
		cmd := exec.CommandContext(ctx, o.planet, append(args, "--json", "-c", "feeds.yaml")...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = site, &stdout, &stderr
		if c, err = costOf(cmd); err != nil {
			return c, published, fmt.Errorf("planet %s: %w\n%s", args[0], err, &stderr)
		}
		var report struct {
			Published *struct{ Written, Unchanged int }
		}
		report.Published = &published
		return c, published, json.Unmarshal(stdout.Bytes(), &report)
	}
	if _, _, err := planet("fetching", "fetch"); err != nil {
		return a, err
	}
	first, published, err := planet("first build", "build")
	if err != nil {
		return a, err
	}
	a.first, a.files = first, published.Written
	var builds []cost
	for range o.runs {
		if _, err := srv.tell("next"); err != nil {
			return a, err
		}
		if _, _, err := planet("one new entry", "fetch", "--force", "--only", "Blog 0"); err != nil {
			return a, err
		}
		c, published, err := planet("build", "build")
		if err != nil {
			return a, err
		}
		if published.Written == 0 || published.Unchanged == 0 {
			return a, fmt.Errorf("%d files were written and %d unchanged after one new entry", published.Written, published.Unchanged)
		}
		a.rewritten = published.Written
		builds = append(builds, c)
	}
	a.build = median(builds)
	return a, nil
}

func printArchive(w io.Writer, all []archive) (over bool) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "entries\tfirst build: wall\tCPU\tan entry\tpeak MB\tfiles\tone new: wall\tCPU\tpeak MB\tfiles\t")
	for _, a := range all {
		fmt.Fprintf(tw, "%d\t%s\t%s\t%d µs\t%.1f\t%d\t%s\t%s\t%.1f\t%d\t\n", a.entries, seconds(a.first.wall), seconds(a.first.cpu), a.first.cpu.Microseconds()/int64(a.entries),
			float64(a.first.peak)/1e6, a.files, seconds(a.build.wall), seconds(a.build.cpu), float64(a.build.peak)/1e6, a.rewritten)
	}
	tw.Flush() //nolint:errcheck // what can't be printed can't be complained about
	small, large := all[0], all[len(all)-1]
	factor, peak := large.build.wall.Seconds()/small.build.wall.Seconds(), max(large.build.peak, large.first.peak)
	for _, v := range []struct {
		ok   bool
		text string
	}{
		{factor <= archiveFactor, fmt.Sprintf("one new entry with %d and with %d entries: factor %.2f, limit %.1f", small.entries, large.entries, factor, archiveFactor)},
		{peak <= archiveMemory, fmt.Sprintf("memory with %d entries: %.1f MB, limit %.0f MB", large.entries, float64(peak)/1e6, archiveMemory/1e6)},
	} {
		word := "ok"
		if !v.ok {
			over, word = true, "OVER"
		}
		fmt.Fprintf(w, "%s: %s\n", v.text, word)
	}
	return over
}

// runServeArchive is the role "serve-archive": feeds of short posts from twelve years. "next" gives the first feed one more.
func runServeArchive(args []string, stdin io.Reader, stdout io.Writer) error {
	fs := flag.NewFlagSet("serve-archive", flag.ContinueOnError)
	entries := fs.Int("entries", 0, "")
	if err := fs.Parse(args); err != nil {
		return err
	}
	var more atomic.Int64
	out, urls := json.NewEncoder(stdout), make([]string, archiveFeeds)
	for feed := range urls {
		l, err := net.Listen("tcp", fmt.Sprintf("127.3.0.%d:0", feed+1))
		if err != nil {
			return err
		}
		urls[feed] = fmt.Sprintf("http://%s/", l.Addr())
		srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			n := *entries / archiveFeeds
			if feed == 0 {
				n += int(more.Load())
			}
			w.Header().Set("Content-Type", "application/rss+xml")
			writeArchive(w, feed, n, *entries)
		})}
		go srv.Serve(l) //nolint:errcheck // it ends with the process
	}
	if err := out.Encode(urls); err != nil {
		return err
	}
	for lines := bufio.NewScanner(stdin); lines.Scan(); {
		more.Add(1)
		if err := out.Encode(Stats{}); err != nil {
			return err
		}
	}
	return nil
}

// writeArchive writes a feed of n posts of a kilobyte, of a planet that has so many in all.
func writeArchive(w io.Writer, feed, n, all int) {
	b := bufio.NewWriter(w)
	defer b.Flush() //nolint:errcheck // whoever asks has left
	fmt.Fprintf(b, `<rss version="2.0"><channel><title>Blog %[1]d</title><link>https://blog%[1]d.example/</link><language>en</language>`, feed)
	begin := time.Date(2014, 11, 1, 0, 0, 0, 0, time.UTC)
	step := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Sub(begin) / time.Duration(all)
	text := strings.Repeat("what a blog has to say ", 40)
	for i := n - 1; i >= 0; i-- {
		at := begin.Add(time.Duration(i*archiveFeeds+feed) * step)
		fmt.Fprintf(b, `<item><title>Post %[2]d of %[1]d</title><guid isPermaLink="false">tag:blog%[1]d.example,2026:%[2]d</guid><link>https://blog%[1]d.example/%[2]d</link>`+
			`<category>tag %[3]d</category><category>theme %[4]d</category><pubDate>%[5]s</pubDate><description>&lt;p&gt;This is %[2]d: %[6]s&lt;/p&gt;</description></item>`,
			feed, i, i%200, i%17, at.Format(time.RFC1123Z), text)
	}
	fmt.Fprint(b, `</channel></rss>`)
}
