package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

// limits are what the program promises, for a thousand feeds: CPU as a multiple of the floor, and memory.
var limits = map[string]struct {
	ratio float64
	peak  int64
}{
	"W1": {6, 150_000_000},
	"W2": {3, 60_000_000},
}

var meanings = map[string]string{
	"W1": "cold", "W2": "all 304", "W3": "same bytes, no validators", "W4": "5 % of feeds with a new entry",
	"W6": "all 304, but 1 % hang and 2 % fail",
}

// printTable writes the results and says whether any is over its limit.
func printTable(w io.Writer, c corpus, rows []row) (over bool) {
	fmt.Fprintf(w, "%d feeds, %d entries of %.1f KB, %.1f MB of XML, %.1f MB gzipped; %s, %d processors\n\n",
		c.Feeds, c.Entries, float64(c.Bodies)/float64(c.Entries)/1e3, float64(c.Raw)/1e6, float64(c.Gzipped)/1e6, runtime.Version(), runtime.GOMAXPROCS(0))
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "workload\t\truns\twall\tCPU\tpeak MB\trequests\t304\tMB sent\tnew\twritten\tfloor CPU\tratio\tlimits\t")
	for _, r := range rows {
		ratio, verdict := "-", "-"
		if r.floor.cpu > 0 {
			ratio = fmt.Sprintf("%.2f", r.ratio())
		}
		if r.bound > 0 {
			verdict = "wall " + seconds(r.bound) + ": ok"
			if r.cost.wall > r.bound {
				over, verdict = true, "wall "+seconds(r.bound)+": OVER"
			}
		}
		if l, ok := limits[r.workload]; ok {
			var exceeded []string
			if r.ratio() > l.ratio {
				exceeded = append(exceeded, "ratio")
			}
			if r.cost.peak > l.peak {
				exceeded = append(exceeded, "memory")
			}
			verdict = fmt.Sprintf("%gx, %d MB: ok", l.ratio, l.peak/1e6)
			if len(exceeded) > 0 {
				over = true
				verdict = fmt.Sprintf("%gx, %d MB: OVER (%s)", l.ratio, l.peak/1e6, strings.Join(exceeded, ", "))
			}
		}
		fmt.Fprintf(tw, "%s\t%s\t%d\t%s\t%s\t%.1f\t%d\t%d\t%.1f\t%d\t%d\t%s\t%s\t%s\t\n",
			r.workload, meanings[r.workload], r.runs, seconds(r.cost.wall), seconds(r.cost.cpu), float64(r.cost.peak)/1e6,
			r.stats.Requests, r.stats.NotModified, float64(r.stats.Bytes)/1e6, r.report.Entries.New, r.report.Published.Written,
			seconds(r.floor.cpu), ratio, verdict)
	}
	tw.Flush() //nolint:errcheck // what can't be printed can't be complained about
	return over
}

// ratio is how many times the floor's CPU the workload took; 0 without a floor.
func (r row) ratio() float64 {
	if r.floor.cpu == 0 {
		return 0
	}
	return r.cost.cpu.Seconds() / r.floor.cpu.Seconds()
}

func seconds(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}
