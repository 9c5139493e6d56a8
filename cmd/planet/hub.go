package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"planet/internal/config"
	"planet/internal/fetch"
	"planet/internal/planet"
	"planet/internal/publish"
)

// A hub is what is known of the WebSub hub (syndicate.hub), kept beside the manifest: whatever publishes a feed notes there that the hub is to be told, and
// the next update that gets through tells it.
type hub struct {
	Address  string    `json:"hub"`  // without user name and password
	Owed     []string  `json:"owed"` // paths of the feeds that it is to be told of
	Worked   bool      `json:"worked"`
	Failures int       `json:"failures,omitempty"` // in a row
	Since    time.Time `json:"since,omitzero"`     // of the first of these
	Next     time.Time `json:"next,omitzero"`      // it is left alone until then
	Told     bool      `json:"told,omitempty"`     // a person knows
}

const hubFile = ".planet/hub.json"

// A person is told of a hub that was all right when it failed so often in a row, for so long; of one that never was, at once.
const (
	hubTellAfter = 3
	hubTellFor   = 24 * time.Hour
	hubRest      = 12 * time.Hour  // the longest that a failing hub is left alone
	hubSlack     = 2 * time.Minute // cron isn't punctual
)

// feedsAmong are those of the published paths that are feeds one can subscribe to. What is in history/ is none: it is
// read from a feed on.
func feedsAmong(paths []string) (feeds []string) {
	for _, p := range paths {
		switch {
		case slices.Contains([]string{"atom.xml", "rss20.xml", "rss10.xml", "feed.json", "titles.xml"}, p),
			path.Base(p) == "atom.xml" && !strings.HasPrefix(p, "assets/") && !strings.HasPrefix(p, "history/"):
			feeds = append(feeds, p)
		}
	}
	return feeds
}

// owing is h with more feeds to tell of. Another hub begins anew, but for what the former one wasn't told.
func (h hub) owing(address string, feeds []string) hub {
	if h.Address != address {
		h = hub{Address: address, Owed: h.Owed}
	}
	h.Owed = slices.Concat(h.Owed, feeds)
	slices.Sort(h.Owed)
	h.Owed = slices.Compact(h.Owed)
	return h
}

// due tells whether there is something to say, and the hub isn't left alone.
func (h hub) due(now time.Time) bool {
	return len(h.Owed) > 0 && !now.Before(h.Next.Add(-hubSlack))
}

// taken is h after it took the news.
func (h hub) taken() hub { return hub{Address: h.Address, Worked: true} }

// failed is h after a ping that failed: it is left alone for as long again as it has been failing.
func (h hub) failed(now time.Time) hub {
	if h.Failures++; h.Failures == 1 {
		h.Since = now
	}
	h.Next = now.Add(min(now.Sub(h.Since), hubRest))
	return h
}

// alarming tells whether a person should know that it fails, and doesn't yet.
func (h hub) alarming(now time.Time) bool {
	return !h.Told && h.Failures > 0 && (!h.Worked || h.Failures >= hubTellAfter && now.Sub(h.Since) >= hubTellFor-hubSlack)
}

// owe notes which feeds the hub is to be told of, of the paths that were written. Without a hub there is nothing to note.
func owe(cfg *config.Config, written []string) error {
	if cfg.Syndicate.Hub == "" {
		if err := os.Remove(hubPath(cfg)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	was := readHub(cfg)
	return keepHub(cfg, was, was.owing(fetch.Redact(cfg.Syndicate.Hub), feedsAmong(written)))
}

// ping tells the hub what it is owed. It gives what a person should do about it, or ""; news that the hub doesn't take stay
// owed, and are no reason for a run to fail.
func (p *program) ping(ctx context.Context, cfg *config.Config) (attention string) {
	h, now := readHub(cfg), p.now()
	if cfg.Syndicate.Hub == "" || !h.due(now) {
		return ""
	}
	client, err := fetcher(cfg)
	if err == nil {
		defer client.Close()
		err = client.Ping(ctx, cfg.Syndicate.Hub, topics(cfg.URL, h.Owed))
	}
	next := h.taken()
	if err != nil {
		if ctx.Err() != nil {
			return "" // we were stopped; it isn't the hub's doing
		}
		p.log.Debug("the hub was not told", "hub", h.Address, "error", err)
		if next = h.failed(now); next.alarming(now) {
			next.Told = true
			attention = fmt.Sprintf("the hub %s can't be told of news: %v; it is tried again, and readers still find the news by themselves; if this stays, change syndicate.hub in feeds.yaml",
				h.Address, err)
		}
	}
	if err := keepHub(cfg, h, next); err != nil {
		return fmt.Sprintf("what the hub knows can't be kept, so it will be told again: %v", err)
	}
	return attention
}

// topics are the addresses of feeds, as the feeds give them themselves (rel="self"). The planet's own feed is the first: a hub
// that reads only one topic reads that.
func topics(base string, paths []string) []string {
	var out []string
	for _, p := range paths {
		out = append(out, base+(&url.URL{Path: p}).EscapedPath())
	}
	if i := slices.Index(paths, "atom.xml"); i > 0 {
		out = slices.Concat(out[i:i+1], out[:i], out[i+1:])
	}
	return out
}

func hubPath(cfg *config.Config) string {
	return filepath.Join(cfg.Output, filepath.FromSlash(hubFile))
}

// readHub gives nothing where nothing is kept, or nothing that can be read: then the hub is told with the next news.
func readHub(cfg *config.Config) (h hub) {
	data, err := os.ReadFile(hubPath(cfg))
	if err != nil || json.Unmarshal(data, &h) != nil {
		return hub{}
	}
	return h
}

func keepHub(cfg *config.Config, was, is hub) error {
	if reflect.DeepEqual(was, is) {
		return nil
	}
	data, err := json.MarshalIndent(is, "", " ")
	if err != nil {
		return err
	}
	return publish.File(cfg.Output, planet.File{Path: hubFile, Data: append(data, '\n')})
}
