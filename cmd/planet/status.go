package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"planet/internal/collect"
	"planet/internal/config"
	"planet/internal/fetch"
	"planet/internal/planet"
	"planet/internal/selection"
	"planet/internal/site"
	"planet/internal/store"
)

// health is what status --json writes; its field names are a contract.
type health struct {
	Updated string       `json:"updated"`
	Feeds   []feedHealth `json:"feeds"`
}

type feedHealth struct {
	Name        string                   `json:"name"`
	ID          string                   `json:"id"`
	URL         string                   `json:"url"`
	State       string                   `json:"state"` // ok, failing, waiting, gone, paused, duplicate or new
	Error       string                   `json:"error"` // a sentence for a person; "" when all is well
	MovedTo     string                   `json:"moved_to,omitempty"`
	LastStatus  int                      `json:"last_status"`
	LastFetch   string                   `json:"last_fetch"` // RFC 3339, UTC; "" never
	LastSuccess string                   `json:"last_success"`
	NextFetch   string                   `json:"next_fetch"` // "" when it is not asked, or due at once
	Failures    int                      `json:"failures"`
	Entries     int                      `json:"entries"`
	Shown       int                      `json:"shown"`
	Hidden      map[selection.Reason]int `json:"hidden"`

	lastSuccess, nextFetch time.Time
}

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
  waiting    its server asked to be left alone for a while` + exits(helpFine, helpFailed, helpUsage),
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

// health looks into the database. A planet that has none yet has new feeds.
func (p *program) health(ctx context.Context, cfg *config.Config, feeds []planet.Feed) (health, error) {
	h := health{Updated: p.now().Format(time.RFC3339), Feeds: []feedHealth{}}
	states, tallies, paused := map[string]store.State{}, map[string]site.Tally{}, map[string]time.Time{}
	if _, err := os.Stat(cfg.Database); !errors.Is(err, fs.ErrNotExist) {
		db, err := store.Open(ctx, cfg.Database)
		if err != nil {
			return h, err
		}
		defer db.Close()
		if states, err = db.Feeds(ctx); err != nil {
			return h, err
		}
		if paused, err = db.Paused(ctx, p.now()); err != nil {
			return h, err
		}
		if tallies, err = p.builder(&opened{cfg: cfg, db: db}).Tally(ctx, p.now()); err != nil {
			return h, err
		}
	}
	for _, f := range feeds {
		s := states[f.ID]
		s.NextFetch = pace(cfg).Promised(f, s, p.now())
		h.Feeds = append(h.Feeds, healthOf(f, s, tallies[f.ID], paused, p.now()))
	}
	return h, nil
}

// healthOf is pure. paused are the hosts that want to be left alone, and until when.
func healthOf(f planet.Feed, s store.State, t site.Tally, paused map[string]time.Time, now time.Time) feedHealth {
	if s.URL != f.URL { // another address: what is known is about the former
		s = store.State{Succeeded: s.Succeeded}
	}
	h := feedHealth{
		Name: f.Name, ID: f.ID, URL: fetch.Redact(f.URL), State: "ok", Error: collect.Problem(s), MovedTo: fetch.Redact(s.FetchURL),
		LastStatus: s.LastStatus, LastFetch: stamp(s.Fetched), LastSuccess: stamp(s.Succeeded), Failures: s.Failures,
		Entries: t.Entries, Shown: t.Shown, Hidden: t.Hidden, lastSuccess: s.Succeeded, nextFetch: s.NextFetch,
	}
	if h.Hidden == nil {
		h.Hidden = map[selection.Reason]int{}
	}
	host := hostname(cmp.Or(s.FetchURL, f.URL))
	until := paused[host]
	switch {
	case f.Paused:
		h.State, h.nextFetch = "paused", time.Time{}
	case s.LastError != "" && s.LastStatus == http.StatusGone:
		h.State = "gone"
	case s.WaitingUntil.After(now):
		h.State = "waiting"
	case until.After(now):
		h.State = "waiting"
		if until.After(s.NextFetch) {
			h.nextFetch = until
		}
		if h.Error == "" {
			h.Error = fmt.Sprintf("the host %s asked to be left alone until %s", host, until.UTC().Format("2 January 15:04 UTC"))
		}
	case s.Fetched.IsZero():
		h.State = "new"
	case s.LastError != "":
		h.State = "failing"
	case s.DuplicateOf != "":
		h.State = "duplicate"
	}
	h.NextFetch = stamp(h.nextFetch)
	return h
}

func hostname(address string) string {
	if u, err := url.Parse(address); err == nil {
		return strings.ToLower(u.Hostname())
	}
	return ""
}

// table writes health for a person: a line a feed, below it what is wrong, and at the end how many there are of each.
func (p *program) table(h health) {
	if len(h.Feeds) == 0 {
		fmt.Fprintln(p.stdout, "no feeds are listed yet; planet add finds the one of a blog")
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
