package collect

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"planet/internal/fetch"
	"planet/internal/parse"
	"planet/internal/store"
)

// advice looks for where a feed may have gone: the feeds that its blog's home page advertises. It costs a request, so it
// is asked for only when a person is about to be told.
func (t *turn) advice(ctx context.Context, is store.State, why error) string {
	var page *parse.NotFeedError
	missing := is.LastStatus == http.StatusNotFound || is.LastStatus == http.StatusGone
	switch {
	case errors.As(why, &page) && len(page.Links) > 0, !missing && page == nil: // it says so itself; or who knows
		return ""
	}
	site := cmp.Or(t.feed.Site, t.was.Site)
	if site == "" || site == t.feed.URL {
		return ""
	}
	for _, link := range t.advertised(ctx, site) {
		if fetch.Redact(link) != fetch.Redact(t.feed.URL) && link != t.was.FetchURL {
			return "the feed may have moved: the blog's home page " + fetch.Redact(site) + " advertises " + fetch.Redact(link)
		}
	}
	return ""
}

// advertised are the feeds that a page names.
func (t *turn) advertised(ctx context.Context, page string) []string {
	res, err := t.Fetch.Get(ctx, fetch.Request{URL: page, Insecure: t.feed.Insecure, Turn: func(address string) error {
		if until, ok := t.pausedUntil(hostOf(address)); ok {
			return &errPaused{hostOf(address), until}
		}
		if t.claims.taken(address) {
			return errors.New("it is a feed's address, or was asked already")
		}
		t.requests++
		return nil
	}})
	defer res.Release()
	if err != nil || res.Status != http.StatusOK {
		return nil
	}
	base, err := url.Parse(res.URL)
	if err != nil {
		return nil
	}
	var html *parse.NotFeedError
	if _, err := parse.Parse(res.Body, res.ContentType, base, t.Parse); errors.As(err, &html) {
		return append(res.Links, html.Links...)
	}
	return res.Links
}
