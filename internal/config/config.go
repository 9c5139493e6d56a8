// Package config reads feeds.yaml: it decodes onto defaults and reports every mistake with its place.
package config

import (
	"time"

	"planet/internal/planet"
)

// A Config is the whole of feeds.yaml, checked and complete: paths are absolute, rules compiled, defaults filled in.
type Config struct {
	Path string // of feeds.yaml itself, as it was given
	Dir  string // absolute folder that holds it
	Hash string // of the bytes that were read, in hex: names this state of the file

	Title       string
	URL         string // the site's address, with a final slash
	Description string
	Owner       planet.Person
	Language    string // BCP 47
	Location    *time.Location
	Output      string // absolute
	Database    string // absolute
	Theme       string // absolute folder, the name of a built-in theme, or "" for the default

	Fetch     Fetch
	Show      Show
	Pages     Pages
	Syndicate Syndicate
	Limits    Limits
	Hide      []planet.Hide
	Aliases   map[string]string // published path → published path whose bytes it repeats
	Feeds     []planet.Feed
	Lines     map[string]Lines  // feed id → where feeds.yaml says it
	Posts     map[string]string // feed id → absolute folder of Markdown posts, for feeds without a url
	Lists     []List
}

// Fetch is the section fetch:, how feeds are asked for.
type Fetch struct {
	Every        time.Duration // least time between two requests for one feed
	Timeout      time.Duration // for one feed: connecting, redirects and body together; not the wait for its host's turn
	Deadline     time.Duration // for a whole run
	Concurrency  int
	PerHostGap   time.Duration
	MaxSize      int64 // bytes, on the wire and decoded
	Adaptive     bool
	Proxy        string // "" none; may hold a user name and password
	AllowPorts   []int
	AllowPrivate []string // CIDRs
}

// Show is the section show:, what is shown.
type Show struct {
	PerPage         int
	FeedEntries     int // entries in a combined feed
	PerFeed         int // 0: no limit
	MaxAge          time.Duration
	Flood           int
	Future          string // clamp or wait
	FollowDeletions bool
	Mode            planet.Mode
	Keep, Block     []planet.Rule
}

// Pages is the section pages:, what is published beside the river.
type Pages struct {
	Entries  bool
	Images   string // remote, link or local
	Embeds   string // link or frame
	Compress []string
}

// Syndicate is the section syndicate:, the combined feeds.
type Syndicate struct {
	Variant string // full or short
	Hub     string
}

// Limits is the section limits:, bounds on what strangers' documents and servers may ask of us. Sizes are bytes.
type Limits struct {
	Items      int // newest entries taken of one document
	MaxItems   int // a document of more is refused
	Depth      int // nested elements
	Namespaces int // namespace declarations in one document
	Elements   int // within one entry, the markup of its texts aside
	Tag        int // one tag with its attributes
	Title      int
	URL        int // links, ids
	Content    int // one entry's text, as HTML
	Markup     int // tags in it
	Shown      int // all posts on the front pages together; what is beyond is shown as excerpts
	Authors    int // of one entry
	Tags       int
	Enclosures int
	Revisions  int   // fetches in a row at each of which an entry may change and still be followed
	Header     int64 // a response's header
	Memory     int64 // large documents that are held at once
	Redirects  int
	Connect    time.Duration
	TLS        time.Duration
	Response   time.Duration // until the response's header has come
	Interval   time.Duration // the longest that headers, ttl, skipHours, the adaptive interval and back-off keep a feed from being asked
	RetryAfter time.Duration // the longest Retry-After that is heeded

	// Of pictures that are copied (pages.images: local).
	Image       int64 // one picture
	ImagePixels int   // of one picture, its width by its height
	ImageTries  int   // so often one that can't be had is asked for
	Images      int   // of one post
	ImagesRun   int   // asked for in one run
	ImagesDisk  int64 // all that are kept
}

// Lines are where something of a feed stands in feeds.yaml, from 1; 0 when it doesn't.
type Lines struct {
	Feed, Avatar int
}

// A List is a remote reading list.
type List struct {
	URL string
}

// Default is the configuration that feeds.yaml is decoded onto.
func Default() Config {
	return Config{
		Language: "en",
		Location: time.UTC,
		Output:   "public",
		Database: "planet.db",
		Fetch: Fetch{
			Every: time.Hour, Timeout: 30 * time.Second, Deadline: 10 * time.Minute,
			Concurrency: 32, PerHostGap: time.Second, MaxSize: 10_000_000, Adaptive: true,
			AllowPorts: []int{80, 443},
		},
		Show:      Show{PerPage: 30, FeedEntries: 60, Flood: 5, Future: "clamp", Mode: planet.Full},
		Pages:     Pages{Images: "remote", Embeds: "link"},
		Syndicate: Syndicate{Variant: "full"},
		Limits: Limits{
			Items: 2000, MaxItems: 20_000, Depth: 200, Namespaces: 2000, Elements: 1000, Tag: 256_000,
			Title: 1000, URL: 4000, Content: 1_000_000, Markup: 20_000, Shown: 8_000_000, Authors: 20, Tags: 50, Enclosures: 50, Revisions: 24,
			Header: 64_000, Memory: 32_000_000, Redirects: 5,
			Connect: 10 * time.Second, TLS: 10 * time.Second, Response: 15 * time.Second,
			Interval: 24 * time.Hour, RetryAfter: 7 * 24 * time.Hour,
			Image: 5_000_000, ImagePixels: 50_000_000, ImageTries: 4, Images: 40, ImagesRun: 200, ImagesDisk: 10_000_000_000,
		},
	}
}
