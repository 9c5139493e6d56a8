package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"planet/internal/clean"
	"planet/internal/collect"
	"planet/internal/config"
	"planet/internal/fetch"
	"planet/internal/parse"
	"planet/internal/planet"
	"planet/internal/publish"
	"planet/internal/render"
	"planet/internal/selection"
	"planet/internal/site"
	"planet/internal/store"
)

// opened is what the commands that change something work with.
type opened struct {
	cfg   *config.Config
	feeds []planet.Feed // of cfg, those to fetch
	theme *render.Theme
	db    *store.DB
	close func()
}

// open reads feeds.yaml and the theme, takes the lock and opens the database. Whatever is wrong with the first two is
// said before anything is touched. only names the feeds to fetch; none means all.
func (p *program) open(ctx context.Context, only ...string) (*opened, error) {
	cfg, err := config.Load(p.config)
	if err != nil {
		return nil, err
	}
	feeds, err := chosen(cfg.Feeds, only)
	if err != nil {
		return nil, err
	}
	tidy(len(cfg.Feeds))
	theme, err := loadTheme(cfg)
	if err != nil {
		return nil, err
	}
	if err := usable(cfg); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(cfg.Database), 0o755); err != nil {
		return nil, fmt.Errorf("database %s: its folder can't be made: %w", cfg.Database, err)
	}
	unlock, err := publish.Lock(cfg.Database + ".lock")
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("database %s can't be written (%w); check the folder's rights, or change database: in feeds.yaml", cfg.Database, err)
	}
	if err != nil {
		return nil, err
	}
	if err := notLost(cfg); err != nil {
		unlock()
		return nil, err
	}
	db, err := store.Open(ctx, cfg.Database)
	if err != nil {
		unlock()
		return nil, err
	}
	return &opened{cfg, feeds, theme, db, func() { db.Close(); unlock() }}, nil
}

// notLost looks whether there is a site but no database that it was made from: a volume that isn't mounted, or a wrong
// database: in feeds.yaml, would replace a full site by an empty one.
func notLost(cfg *config.Config) error {
	if _, err := os.Stat(cfg.Database); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if !publish.Was(cfg.Output) {
		return nil
	}
	return fmt.Errorf("database %s is missing, but %s holds a site that was made from one; put the database back (its volume may not be mounted), or remove %s to begin anew",
		cfg.Database, cfg.Output, filepath.Join(cfg.Output, ".planet"))
}

func loadTheme(cfg *config.Config) (*render.Theme, error) {
	theme, err := render.Load(cfg.Theme)
	if err != nil {
		return nil, usageError{fmt.Errorf("theme: %w", err)}
	}
	return theme, nil
}

// usable refuses what is well-formed in feeds.yaml and can't be done.
func usable(cfg *config.Config) error {
	if path, err := filepath.Abs(cfg.Path); err == nil && path == cfg.Database {
		return usagef("%s: database names this very file; name another one", cfg.Path)
	}
	if err := site.CheckAliases(cfg.Aliases); err != nil {
		return usageError{fmt.Errorf("%s: %w", cfg.Path, err)}
	}
	return nil
}

// collector is the left half of the program, as feeds.yaml wants it.
func (p *program) collector(o *opened) (*collect.Collector, error) {
	client, err := fetcher(o.cfg)
	if err != nil {
		return nil, err
	}
	var images *collect.Images
	if l := o.cfg.Limits; o.cfg.Pages.Images == "local" {
		images = &collect.Images{
			Mode: o.cfg.Show.Mode, Size: l.Image, Pixels: l.ImagePixels, Tries: l.ImageTries,
			PerPost: l.Images, PerRun: l.ImagesRun, Disk: l.ImagesDisk,
		}
	}
	return &collect.Collector{
		Images: images,
		Fetch:  client, Store: o.db, Pace: pace(o.cfg), Deadline: o.cfg.Fetch.Deadline, Workers: max(64, o.cfg.Fetch.Concurrency),
		Parse: parseLimits(o.cfg.Limits), Clean: cleanLimits(o.cfg.Limits), Now: p.now, Log: p.log,
		Revisions: o.cfg.Limits.Revisions,
	}, nil
}

func pace(cfg *config.Config) collect.Pace {
	return collect.Pace{Every: cfg.Fetch.Every, Adaptive: cfg.Fetch.Adaptive, Longest: cfg.Limits.Interval, RetryAfter: cfg.Limits.RetryAfter}
}

func fetcher(cfg *config.Config) (*fetch.Client, error) {
	f, l := cfg.Fetch, cfg.Limits
	var private []netip.Prefix
	for _, s := range f.AllowPrivate {
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("fetch.allow_private: %w", err)
		}
		private = append(private, prefix)
	}
	var proxy *url.URL
	if f.Proxy != "" {
		var err error
		if proxy, err = url.Parse(f.Proxy); err != nil {
			return nil, fmt.Errorf("fetch.proxy: %q is no address", fetch.Redact(f.Proxy))
		}
	}
	return fetch.New(fetch.Options{
		UserAgent: userAgent(cfg.URL),
		Timeout:   f.Timeout, Connect: l.Connect, TLS: l.TLS, Response: l.Response,
		MaxSize: f.MaxSize, Header: l.Header, Redirects: l.Redirects, Memory: l.Memory, Proxy: proxy,
		Concurrency: f.Concurrency, PerHostGap: f.PerHostGap, AllowPorts: f.AllowPorts, AllowPrivate: private,
	}), nil
}

// userAgent names the program, its version and who runs it (RFC 9110 §10.1.5), so that a server's owner knows whom to ask.
func userAgent(site string) string {
	return "planet/" + version + " (+" + site + ")"
}

func parseLimits(l config.Limits) parse.Limits {
	return parse.Limits{
		Items: l.Items, MaxItems: l.MaxItems, Depth: l.Depth, Namespaces: l.Namespaces, Elements: l.Elements, Tag: l.Tag, URL: l.URL,
		Authors: l.Authors, Tags: l.Tags, Enclosures: l.Enclosures,
	}
}

func cleanLimits(l config.Limits) clean.Limits {
	return clean.Limits{Title: l.Title, Content: l.Content, Markup: l.Markup}
}

// builder is the right half of the program, as feeds.yaml wants it.
func (p *program) builder(o *opened) *site.Builder {
	cfg := o.cfg
	feeds := make([]planet.Feed, len(cfg.Feeds))
	for i, f := range cfg.Feeds {
		f.URL = fetch.Redact(f.URL) // what is published never holds a password
		feeds[i] = f
	}
	return &site.Builder{
		Store: o.db, Theme: o.theme, Out: cfg.Output, Log: p.log,
		Plan: site.Plan{
			Config: cfg.Hash, Title: cfg.Title, URL: cfg.URL, Description: cfg.Description, Lang: cfg.Language,
			Owner: cfg.Owner, Location: cfg.Location, Version: version, Feeds: feeds, Mode: cfg.Show.Mode, MaxText: cfg.Limits.Shown,
			PerPage: cfg.Show.PerPage, FeedEntries: cfg.Show.FeedEntries, Short: cfg.Syndicate.Variant == "short", Aliases: cfg.Aliases,
			Frames: cfg.Pages.Embeds == "frame", Posts: cfg.Pages.Entries, Images: cfg.Pages.Images, Hub: cfg.Syndicate.Hub, Compress: cfg.Pages.Compress,
			Rules: selection.Rules{
				Hide: cfg.Hide, Keep: cfg.Show.Keep, Block: cfg.Show.Block, MaxAge: cfg.Show.MaxAge,
				Wait: cfg.Show.Future == "wait", FollowDeletions: cfg.Show.FollowDeletions, File: filepath.Base(cfg.Path),
			},
		},
	}
}

// chosen are the feeds that names (ids or names, in any case) mean; all of them when there are none.
func chosen(feeds []planet.Feed, names []string) ([]planet.Feed, error) {
	if len(names) == 0 {
		return feeds, nil
	}
	var out []planet.Feed
	for _, name := range names {
		found := false
		for _, f := range feeds {
			if strings.EqualFold(f.ID, name) || strings.EqualFold(f.Name, name) {
				found = true
				if !slices.ContainsFunc(out, func(g planet.Feed) bool { return g.ID == f.ID }) {
					out = append(out, f)
				}
			}
		}
		if !found {
			return nil, usagef("no feed named %q in feeds.yaml", name)
		}
	}
	return out, nil
}
