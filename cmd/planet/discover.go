package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"planet/internal/clean"
	"planet/internal/fetch"
	"planet/internal/parse"
)

// A found feed is one that could be read.
type found struct {
	url    string // that is to be listed
	parsed parse.Result
}

// usual are the paths at which the common programs put their feeds, relative to a blog's home page.
var usual = []string{"feed/", "atom.xml", "index.xml", "rss.xml", "feed.xml", "feed.json"}

// discover finds the feeds behind an address: of a feed itself, of a page that names some, or of a site that has one at a
// usual place. Feeds of comments come last.
func (p *program) discover(ctx context.Context, client *fetch.Client, limits parse.Limits, address string) ([]found, error) {
	d := &discovery{client: client, limits: limits, tried: map[string]bool{}}
	links, err := d.try(ctx, address)
	if err == nil || errors.Is(err, context.Canceled) {
		return d.found, err
	}
	first := err
	for i, link := range links {
		links[i] = withUser(link, address)
	}
	for _, link := range links {
		if _, err := d.try(ctx, link); errors.Is(err, context.Canceled) {
			return nil, err
		}
	}
	if len(d.found) > 0 {
		return d.found, nil
	}
	if len(links) > 0 {
		return nil, fmt.Errorf("the page names %s, but none of them can be read: %w", strings.Join(links, " and "), d.last)
	}
	base, err := url.Parse(address)
	if err != nil || fetch.Unreachable(first) || fetch.Refused(first) {
		return nil, first
	}
	home := base.ResolveReference(&url.URL{Path: "/"})
	home.User = base.User
	more, err := d.try(ctx, home.String())
	for _, link := range append(more, paths(base, home)...) {
		if len(d.found) > 0 || errors.Is(err, context.Canceled) {
			break
		}
		_, err = d.try(ctx, link)
	}
	if errors.Is(err, context.Canceled) {
		return nil, err
	}
	if len(d.found) == 0 {
		return nil, fmt.Errorf("%w; nor is there a feed at the usual places of %s", first, fetch.Redact(home.String()))
	}
	return d.found, nil
}

// withUser gives a link of the same origin the user name and password with which the page was asked for.
func withUser(link, page string) string {
	to, err := url.Parse(link)
	from, err2 := url.Parse(page)
	if err != nil || err2 != nil || from.User == nil || to.Scheme != from.Scheme || to.Host != from.Host {
		return link
	}
	to.User = from.User
	return to.String()
}

// paths are the usual places of a site, below the page that was named and below its home page.
func paths(page, home *url.URL) (out []string) {
	for _, base := range []*url.URL{page, home} {
		if base != home && !strings.HasSuffix(base.Path, "/") {
			continue
		}
		for _, path := range usual {
			u := base.ResolveReference(&url.URL{Path: path})
			u.User = page.User
			if !slices.Contains(out, u.String()) {
				out = append(out, u.String())
			}
		}
	}
	return out
}

// A discovery remembers what it tried: many pages name the same feeds.
type discovery struct {
	client *fetch.Client
	limits parse.Limits
	tried  map[string]bool
	found  []found
	last   error
}

// try asks for an address. What is a feed is found; of what isn't, links are the feeds that it names.
func (d *discovery) try(ctx context.Context, address string) (links []string, err error) {
	if d.tried[address] {
		return nil, nil
	}
	d.tried[address] = true
	defer func() { d.last = err }()
	res, err := d.client.Get(ctx, fetch.Request{URL: address})
	defer res.Release()
	if err != nil {
		return nil, err
	}
	if res.Status != http.StatusOK && res.Status != http.StatusIMUsed {
		return nil, errors.New(fetch.StatusText(res.Status))
	}
	base, err := url.Parse(res.URL)
	if err != nil {
		return nil, err
	}
	parsed, err := parseGuarded(res.Body, res.ContentType, base, d.limits)
	var page *parse.NotFeedError
	if errors.As(err, &page) {
		return append(res.Links, page.Links...), err
	}
	if err != nil {
		return nil, err
	}
	listed := address
	if u, err := url.Parse(address); err == nil && u.User == nil && res.Moved != "" {
		listed = res.Moved
	}
	if !slices.ContainsFunc(d.found, func(f found) bool { return f.url == listed }) {
		d.found = append(d.found, found{listed, parsed})
	}
	return nil, nil
}

// name is what the feed's author is called, or else the feed, or its host: a person can change it.
func (f found) name() string {
	if a := f.parsed.Feed.Authors; len(a) == 1 && strings.TrimSpace(a[0].Name) != "" && len(a[0].Name) < 60 {
		return oneLine(a[0].Name)
	}
	if title := oneLine(clean.Plain(f.parsed.Feed.Title)); title != "" {
		return title
	}
	u, err := url.Parse(f.url)
	if err != nil {
		return f.url
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}
