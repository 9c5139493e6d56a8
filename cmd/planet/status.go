package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"planet/internal/config"
)

// noFeeds is said where there is nothing else to say.
const noFeeds = "no feeds are listed yet; planet add finds the one of a blog"

type statusOptions struct {
	json bool
	only []string
}

func (p *program) status() *cobra.Command {
	o := &statusOptions{}
	cmd := &cobra.Command{
		Use: "status", Short: "The feeds' health: last success, last error, next fetch", Args: cobra.NoArgs,
		Long: `status tells of each feed whether it can be read, what is wrong if it can't, when it is asked next, and how many of
its posts are shown. It asks nobody; "planet check --fetch" does.

  ok         all is well                        gone       the server said that there will be no feed any more
  new        not asked yet                      paused     feeds.yaml says so
  failing    the last fetch failed              duplicate  another feed has the same document, and the posts
  waiting    its server asked to be left alone for a while
  held       it seems to be somebody else's now: what is new is kept and not shown, until planet release` + exits(helpFine, helpFailed, helpUsage),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runStatus(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "for programs")
	cmd.Flags().StringArrayVar(&o.only, "only", nil, "this feed alone, by name or id; may be repeated")
	return cmd
}

func (p *program) runStatus(ctx context.Context, o *statusOptions) error {
	cfg, err := config.Load(p.config)
	if err != nil {
		return err
	}
	feeds, err := chosen(cfg.Feeds, o.only)
	if err != nil {
		return err
	}
	h, err := p.health(ctx, cfg, feeds)
	if err != nil {
		return err
	}
	if o.json {
		enc := json.NewEncoder(p.stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(h)
	}
	p.table(h)
	return nil
}

// table writes health for a person: a line a feed, below it what is wrong, and at the end how many there are of each.
func (p *program) table(h health) {
	if len(h.Feeds) == 0 {
		fmt.Fprintln(p.stdout, noFeeds)
		return
	}
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FEED\tSTATE\tLAST SUCCESS\tNEXT\tPOSTS\tSHOWN")
	counts := map[string]int{}
	for _, f := range h.Feeds {
		counts[f.State]++
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\n", oneLine(f.Name), f.State, ago(f.lastSuccess, p.now()), soon(f, p.now()), f.Entries, f.Shown)
	}
	w.Flush()
	lines := strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
	column := strings.Index(lines[0], "STATE")
	fmt.Fprintln(p.stdout, lines[0])
	for i, f := range h.Feeds {
		fmt.Fprintln(p.stdout, p.coloured(lines[i+1], column, f.State))
		if f.Error != "" {
			fmt.Fprintln(p.stdout, "  "+f.Error)
		}
		if f.MovedTo != "" {
			fmt.Fprintln(p.stdout, "  it has moved for good to "+f.MovedTo+": change its url in feeds.yaml")
		}
	}
	var parts []string
	for _, state := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[state], state))
	}
	fmt.Fprintf(p.stdout, "%s: %s\n", plural(len(h.Feeds), "feed"), strings.Join(parts, ", "))
}

// coloured shows a line's state in colour on a terminal. The state begins at a column, counted in characters.
func (p *program) coloured(line string, column int, state string) string {
	f, ok := p.stdout.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) || os.Getenv("NO_COLOR") != "" {
		return line
	}
	colour := map[string]string{"ok": "32", "failing": "31", "gone": "31"}[state]
	if colour == "" {
		colour = "33"
	}
	r := []rune(line)
	return string(r[:column]) + "\x1b[" + colour + "m" + state + "\x1b[0m" + string(r[column+len(state):])
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// ago and soon are times as a person says them.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	if d := now.Sub(t); d >= time.Minute {
		return span(d) + " ago"
	}
	return "just now"
}

func soon(f feedHealth, now time.Time) string {
	switch d := f.nextFetch.Sub(now); {
	case f.State == "paused":
		return "-"
	case d < time.Minute:
		return "next run"
	default:
		return "in " + span(d)
	}
}

func span(d time.Duration) string {
	switch {
	case d < 90*time.Minute:
		return plural(int(d.Round(time.Minute)/time.Minute), "minute")
	case d < 36*time.Hour:
		return plural(int(d.Round(time.Hour)/time.Hour), "hour")
	}
	return plural(int(d.Round(24*time.Hour)/(24*time.Hour)), "day")
}
