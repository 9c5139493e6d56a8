package render

import (
	"html/template"
	"time"
)

// The types in this file are what templates are given: an API for authors of themes. docs/theme.md describes each field, and
// a test holds the two together.

// A Page is what every template is given that isn't a part of a post or a list.
type Page struct {
	Title         string         // of the window: the planet's, and what page this is
	Planet        string         // the planet's title
	Description   string         // one line about the planet, or ""
	Lang          string         // language of the site, BCP 47
	Dir           string         // "ltr" or "rtl", by Lang
	Owner         *Author        // who looks after the planet; nil when feeds.yaml doesn't say
	Generator     string         // name and version of the program
	Path          string         // folder of this page under the site's root: "", "page/2/"
	Root          string         // what leads from this page to the site's root: "", "../../"
	Home          string         // link to the first page
	Canonical     string         // absolute URL of this page, or ""
	Subscriptions []Subscription // the combined feeds
	Frames        []string       // origins that posts may show in frames, for the Content-Security-Policy
	People        []Face         // whose posts these are, in feeds.yaml's order
	Days          []Day          // the posts, newest day first; none on 404.html
	Empty         string         // why there are no posts: "no-feeds", "failing", "filtered", "waiting" or ""
	Number        int            // of this page, from 1
	Pages         int            // how many there are
	Newer         string         // link to the page before this, or ""
	Older         string         // link to the page after this, or ""

	theme *Theme
}

// Asset is the address of a file of the theme, as in {{.Asset "assets/style.css"}}. It changes when the file does.
func (p *Page) Asset(name string) (string, error) {
	address, err := p.theme.address(name)
	return p.Root + address, err
}

// Styles are the style sheets: assets/style.css, and assets/custom.css if the theme has one, so that a theme can change a
// colour without repeating the rest.
func (p *Page) Styles() ([]string, error) {
	style, err := p.Asset("assets/style.css")
	if err != nil {
		return nil, err
	}
	if custom, err := p.Asset("assets/custom.css"); err == nil {
		return []string{style, custom}, nil
	}
	return []string{style}, nil
}

// A Subscription is a combined feed, or another way to subscribe to the planet.
type Subscription struct {
	Title  string
	URL    string
	Type   string // media type
	IsFeed bool   // for feed readers to discover; false for a subscription list
}

// A Day is the posts of one day in the planet's time zone.
type Day struct {
	Date  time.Time // its midnight
	Title string    // "Saturday, 21 November 2026"
	Posts []Post
}

// A Face is a person or group with a feed.
type Face struct {
	Name   string
	Site   string // the blog, or ""
	Feed   string // its feed, or ""
	Avatar Avatar
	Groups []string
	Extra  map[string]string // extra: of feeds.yaml
}

// An Avatar is a picture, or else initials.
type Avatar struct {
	Src      string // "" when there is no picture
	Initials string
	Hue      int // 0 to 11, always the same for a name
}

// An Author is a person with a link.
type Author struct {
	Name string
	URL  string // or ""
}

// A Post is one entry as its mode lets it be shown.
type Post struct {
	Anchor    string // id of its element
	Permalink string // link to it on this planet
	Face      Face   // whose feed it came from
	Authors   []Author
	Via       *Author  // the planet it came through, or nil
	Title     string   // plain text; "" when there is none
	Untitled  bool     // the author gave no title: Title was made from the text, or is ""
	Repeats   bool     // Title was made from the text, and the text that is shown begins with it
	LongTitle bool     // too long for large letters
	Link      string   // the original, or ""
	Host      string   // of Link: "blog.example"
	Comments  string   // the discussion, or ""
	Elsewhere []Author // feeds of this planet that have the same post, with its address there

	Lang     string // language of the post, "" when it is the page's or unknown
	LangName string // its name in that language, when it isn't the page's
	LangHere string // the page's language, when Lang isn't ""; for the theme's own words inside a post
	Dir      string // "ltr" or "rtl"

	Date     time.Time // in the planet's time zone
	Datetime string    // for <time datetime>
	Clock    string    // "14:05"
	FullDate string    // "Saturday, 21 November 2026, 14:05 CET"

	Shown       string        // "full", "excerpt", "link", or "empty": it should be full, but has no text
	Content     template.HTML // if full: the post, or the beginning of a very long one
	Rest        template.HTML // the rest of a very long one
	RestMinutes int           // to read Rest
	Excerpt     string        // if excerpt: the post's beginning as plain text
	Teaser      template.HTML // if excerpt: the same with its markup, or ""
	Media       []Media
	Tags        []string
}

// Media is a file that belongs to a post, such as an episode of a podcast.
type Media struct {
	URL   string
	Title string // what the feed calls it, or its file name
	Type  string // media type, or ""
	Kind  string // "audio", "video", "photo" or "enclosure"
	Size  string // "24 MB", or ""
}
