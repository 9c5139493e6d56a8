package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"planet/internal/config"
	"planet/internal/fetch"
	"planet/internal/parse"
	"planet/internal/planet"
	"planet/internal/selection"
)

// previewed is of how many feeds the newest post is shown when nobody has named them.
const previewed = 3

// An asking is one feed that check asks, and what came of it.
type asking struct {
	planet.Feed
	line    string // what a person is told of it
	more    string // and in lines below that
	moved   string // the address to use instead, or ""
	broken  bool
	own     []*ruleUse // the feed's rules
	common  []*ruleUse // the planet's; each asking counts for itself
	entries int
}

// checkFeeds asks feeds, many at once, and answers in their order.
func (p *program) checkFeeds(ctx context.Context, cfg *config.Config, sub subject, o *checkOptions) error {
	client, err := fetcher(cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	c := &checker{
		cfg: cfg, client: client, limits: parseLimits(cfg.Limits), hiding: selection.Hiding(cfg.Hide),
		preview: !sub.all || len(sub.feeds) <= previewed,
	}
	asked := make([]asking, len(sub.feeds))
	var all errgroup.Group
	all.SetLimit(max(64, cfg.Fetch.Concurrency))
	for i, f := range sub.feeds {
		a := &asked[i]
		a.Feed = f
		switch {
		case f.URL == "":
			a.line = "a folder of posts; not asked"
			continue
		case f.Paused:
			a.line = "paused; not asked"
			continue
		}
		all.Go(func() error {
			if err := c.ask(ctx, a); err != nil {
				a.broken = true
				a.line = err.Error() + elsewhere(ctx, client, f, c.limits, err)
			}
			return ctx.Err()
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	return p.answerFeeds(cfg, asked, o)
}

// answerFeeds says what came of asking.
func (p *program) answerFeeds(cfg *config.Config, asked []asking, o *checkOptions) error {
	failed, total := 0, 0
	common := uses(cfg.Show.Keep, cfg.Show.Block)
	var remarks []remark
	for _, a := range asked {
		mark := "ok    "
		if a.broken {
			mark = "broken"
			failed++
		}
		if a.broken || !p.quiet {
			fmt.Fprintf(p.stdout, "%s  %s <%s>: %s\n%s", mark, printable(a.Name), fetch.Redact(a.URL), printable(a.line), a.more)
		}
		if text := a.trouble(); text != "" {
			remarks = append(remarks, remark{wrong: a.broken, file: cfg.Path, line: cfg.Lines[a.ID].Feed, text: text})
		}
		total += a.entries
		for i, r := range a.common {
			common[i].n += r.n
		}
	}
	for _, r := range common {
		if total > 0 {
			p.answer("%s", ruleLine(cfg, r, total))
		}
	}
	p.annotate(o, remarks...)
	if failed > 0 {
		p.say("%s of %d can't be read", plural(failed, "feed"), len(asked))
		return errFeeds
	}
	return nil
}

// trouble is what somebody should do something about, or "".
func (a asking) trouble() string {
	who := a.Name + " <" + fetch.Redact(a.URL) + ">"
	switch {
	case a.broken:
		return printable(who + " can't be read: " + a.line)
	case a.moved != "":
		return printable(who + " has moved for good: use " + a.moved)
	}
	return ""
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
