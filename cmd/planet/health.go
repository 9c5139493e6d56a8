package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"planet/internal/collect"
	"planet/internal/config"
	"planet/internal/fetch"
	"planet/internal/planet"
	"planet/internal/publish"
	"planet/internal/render"
	"planet/internal/selection"
	"planet/internal/site"
	"planet/internal/store"
)

// health is what status --json and health.json say; its field names are a contract.
type health struct {
	Updated string       `json:"updated"`
	Feeds   []feedHealth `json:"feeds"`
}

type feedHealth struct {
	Name        string                   `json:"name"`
	ID          string                   `json:"id"`
	URL         string                   `json:"url"`
	State       string                   `json:"state"` // ok, failing, waiting, gone, held, paused, duplicate or new
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

	lastFetch, lastSuccess, nextFetch time.Time
	public                            string // instead of Error, in what is published; "" that
}

// health looks into the database. A planet that has none yet has new feeds.
func (p *program) health(ctx context.Context, cfg *config.Config, feeds []planet.Feed) (health, error) {
	if _, err := os.Stat(cfg.Database); errors.Is(err, fs.ErrNotExist) {
		return p.healthOf(cfg, feeds, nil, nil, nil), nil
	}
	db, err := store.Open(ctx, cfg.Database)
	if err != nil {
		return health{}, err
	}
	defer db.Close()
	states, err := db.Feeds(ctx)
	if err != nil {
		return health{}, err
	}
	return p.healthIn(ctx, cfg, db, states, feeds)
}

func (p *program) healthIn(ctx context.Context, cfg *config.Config, db *store.DB, states map[string]store.State, feeds []planet.Feed) (health, error) {
	paused, err := db.Paused(ctx, p.now())
	if err != nil {
		return health{}, err
	}
	tallies, err := p.builder(&opened{cfg: cfg, db: db}).Tally(ctx, states, p.now())
	if err != nil {
		return health{}, err
	}
	return p.healthOf(cfg, feeds, states, tallies, paused), nil
}

func (p *program) healthOf(cfg *config.Config, feeds []planet.Feed, states map[string]store.State, tallies map[string]site.Tally, paused map[string]time.Time) health {
	h := health{Updated: p.now().Format(time.RFC3339), Feeds: []feedHealth{}}
	for _, f := range feeds {
		s := states[f.ID]
		s.NextFetch = pace(cfg).Promised(f, s, p.now())
		h.Feeds = append(h.Feeds, healthOf(f, s, tallies[f.ID], paused, p.now()))
	}
	return h
}

// healthOf is pure. paused are the hosts that want to be left alone, and until when.
func healthOf(f planet.Feed, s store.State, t site.Tally, paused map[string]time.Time, now time.Time) feedHealth {
	if s.URL != f.URL { // another address: what is known is about the former
		s = store.State{Succeeded: s.Succeeded}
	}
	h := feedHealth{
		Name: f.Name, ID: f.ID, URL: fetch.Redact(f.URL), State: "ok", Error: collect.Problem(s), MovedTo: fetch.Redact(s.FetchURL),
		LastStatus: s.LastStatus, LastFetch: stamp(s.Fetched), LastSuccess: stamp(s.Succeeded), Failures: s.Failures,
		Entries: t.Entries, Shown: t.Shown, Hidden: t.Hidden, lastFetch: s.Fetched, lastSuccess: s.Succeeded, nextFetch: s.NextFetch,
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
	case s.Held != "" && s.LastError == "":
		h.State = "held"
		h.public = fmt.Sprintf("it seems to be somebody else's since %s; what is new is kept and not shown, until the maintainer says that all is well",
			s.HeldSince.Format("2 January 2006"))
		h.Error = heldText(f, s)
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

// heldText says in a sentence to the maintainer why a feed is held, and what to do. It quotes whoever has the feed now.
func heldText(f planet.Feed, s store.State) string {
	return fmt.Sprintf("it seems to be somebody else's since %s: %s; what is new is kept and not shown; when all is well: planet release %s",
		s.HeldSince.Format("2 January 2006"), s.Held, f.ID)
}

const (
	healthFile = "health.json"
	statusPage = "status/index.html"
)

// publishHealth writes health.json and status/, the feeds' health for everybody. They say when they were written, so they
// are others after each run, unlike all else that is published. What a held feed says of itself is advertising, and isn't quoted.
func (p *program) publishHealth(ctx context.Context, o *opened) error {
	states, err := o.db.Feeds(ctx)
	if err != nil {
		return err
	}
	h, err := p.healthIn(ctx, o.cfg, o.db, states, o.cfg.Feeds)
	if err != nil {
		return err
	}
	for i, f := range h.Feeds {
		h.Feeds[i].Error = cmp.Or(f.public, f.Error)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(h); err != nil {
		return err
	}
	status, err := p.builder(o).Status(ctx, states, p.now(), h.lines())
	if err != nil {
		return err
	}
	if err := publish.File(o.cfg.Output, status); err != nil {
		return err
	}
	return publish.File(o.cfg.Output, planet.File{Path: healthFile, Data: b.Bytes()})
}

// lines are the feeds' health as the status page wants it.
func (h health) lines() []render.Health {
	out := make([]render.Health, len(h.Feeds))
	for i, f := range h.Feeds {
		hidden := map[string]int{}
		for reason, n := range f.Hidden {
			hidden[string(reason)] = n
		}
		out[i] = render.Health{
			FeedID: f.ID, URL: f.URL, State: f.State, Error: f.Error, LastFetch: f.lastFetch, LastSuccess: f.lastSuccess, NextFetch: f.nextFetch,
			Failures: f.Failures, Entries: f.Entries, Shown: f.Shown, Hidden: hidden,
		}
	}
	return out
}
