package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"planet/internal/config"
	"planet/internal/fetch"
	"planet/internal/parse"
	"planet/internal/planet"
)

type checkOptions struct {
	fetch bool
	only  []string
}

func (p *program) check() *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use: "check", Short: "Is feeds.yaml right? With --fetch: is each feed readable?", Args: cobra.NoArgs,
		Long: `check reads feeds.yaml and the theme and says what is wrong with them. With --fetch it also asks each feed,
reads it, and says what it found. It changes nothing.` + exits(helpFine, helpFailed, helpUsage, " 3  with --fetch: some feed can't be read"),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runCheck(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.fetch, "fetch", false, "ask the feeds, too")
	cmd.Flags().StringArrayVar(&o.only, "only", nil, "with --fetch: this feed alone, by name or id; may be repeated")
	return cmd
}

func (p *program) runCheck(ctx context.Context, o *checkOptions) error {
	cfg, err := config.Load(p.config)
	if err != nil {
		return err
	}
	if _, err := loadTheme(cfg); err != nil {
		return err
	}
	if err := usable(cfg); err != nil {
		return err
	}
	feeds, err := chosen(cfg.Feeds, o.only)
	if err != nil {
		return err
	}
	if later := notYet(cfg); len(later) > 0 {
		p.say("read, but not yet in effect in this version: %s", strings.Join(later, ", "))
	}
	if !o.fetch {
		p.answer("%s is right: %s", cfg.Path, plural(len(cfg.Feeds), "feed"))
		return nil
	}
	return p.checkFeeds(ctx, cfg, feeds)
}

// notYet names the keys that feeds.yaml sets and that no code heeds yet; docs/config.md marks them. Whoever sets one should hear it.
func notYet(cfg *config.Config) (keys []string) {
	def := config.Default()
	for _, k := range []struct {
		key string
		set bool
	}{
		{"show.flood", cfg.Show.Flood != def.Show.Flood},
		{"show.follow_deletions", cfg.Show.FollowDeletions},
		{"pages.entries", cfg.Pages.Entries},
		{"pages.images", cfg.Pages.Images != def.Pages.Images},
		{"pages.compress", len(cfg.Pages.Compress) > 0},
		{"syndicate.hub", cfg.Syndicate.Hub != ""},
		{"lists", len(cfg.Lists) > 0},
		{"posts", len(cfg.Posts) > 0},
	} {
		if k.set {
			keys = append(keys, k.key)
		}
	}
	return keys
}

// checkFeeds asks feeds, many at once, and answers in their order.
func (p *program) checkFeeds(ctx context.Context, cfg *config.Config, feeds []planet.Feed) error {
	if len(feeds) == 0 {
		p.answer("%s is right, but lists no feeds yet", cfg.Path)
		return nil
	}
	client, err := fetcher(cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	lines := make([]string, len(feeds))
	broken := make([]bool, len(feeds))
	var all errgroup.Group
	all.SetLimit(max(64, cfg.Fetch.Concurrency))
	for i, f := range feeds {
		switch {
		case f.URL == "":
			lines[i] = "a folder of posts; not asked"
			continue
		case f.Paused:
			lines[i] = "paused; not asked"
			continue
		}
		all.Go(func() error {
			line, err := checkFeed(ctx, client, f, parseLimits(cfg.Limits))
			if broken[i] = err != nil; broken[i] {
				line = err.Error() + elsewhere(ctx, client, f, parseLimits(cfg.Limits), err)
			}
			lines[i] = line
			return ctx.Err()
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	failed := 0
	for i, f := range feeds {
		mark := "ok    "
		if broken[i] {
			mark = "broken"
			failed++
		}
		fmt.Fprintf(p.stdout, "%s  %s <%s>: %s\n", mark, f.Name, fetch.Redact(f.URL), lines[i])
	}
	if failed > 0 {
		p.say("%s of %d can't be read", plural(failed, "feed"), len(feeds))
		return errFeeds
	}
	return nil
}

// checkFeed says in a line what a feed holds.
func checkFeed(ctx context.Context, client *fetch.Client, f planet.Feed, limits parse.Limits) (string, error) {
	res, err := client.Get(ctx, fetch.Request{URL: f.URL, Insecure: f.Insecure})
	if err != nil {
		return "", err
	}
	defer res.Release()
	if res.Status != http.StatusOK && res.Status != http.StatusIMUsed {
		return "", statusError(res.Status)
	}
	base, err := url.Parse(res.URL)
	if err != nil {
		return "", err
	}
	parsed, err := parseGuarded(res.Body, res.ContentType, base, limits)
	parsed.LeaveOutEmpty()
	if err != nil {
		return "", err
	}
	line := describe(parsed)
	if res.Moved != "" {
		line += "; it has moved for good: use " + res.Moved
	}
	return line, nil
}

// elsewhere says which feed the blog's home page names instead of one that can't be read.
func elsewhere(ctx context.Context, client *fetch.Client, f planet.Feed, limits parse.Limits, why error) string {
	var page *parse.NotFeedError
	var status statusError
	missing := errors.As(why, &status) && (status == http.StatusNotFound || status == http.StatusGone)
	if errors.As(why, &page) && len(page.Links) > 0 || page == nil && !missing {
		return "" // it says so itself, or it is no question of the address
	}
	home := f.Site
	if u, err := url.Parse(f.URL); home == "" && err == nil {
		home = u.ResolveReference(&url.URL{Path: "/"}).String()
	}
	d := &discovery{client: client, limits: limits, tried: map[string]bool{f.URL: true}}
	links, _ := d.try(ctx, home) // what is wrong with the home page doesn't matter here
	for _, link := range links {
		if fetch.Redact(link) != fetch.Redact(f.URL) {
			return "; the feed may have moved: the blog's home page " + fetch.Redact(home) + " advertises " + fetch.Redact(link)
		}
	}
	return ""
}

// A statusError is the status of an answer that is no feed.
type statusError int

func (e statusError) Error() string { return fetch.StatusText(int(e)) }

// describe says in a line what a document holds.
func describe(parsed parse.Result) string {
	line := fmt.Sprintf("%s, %s", parsed.Format, entries(len(parsed.Items)))
	if at := newest(parsed.Items); !at.IsZero() {
		line += ", the newest of " + at.Format(time.DateOnly)
	}
	if n := len(parsed.Warnings); n > 0 {
		line += fmt.Sprintf(", %s (planet inspect tells)", plural(n, "warning"))
	}
	return line
}

func newest(items []planet.Item) time.Time {
	var at time.Time
	for _, it := range items {
		if t := cmp.Or(it.Published, it.Updated); t.After(at) {
			at = t
		}
	}
	return at
}
