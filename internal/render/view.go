package render

import (
	"cmp"
	"html/template"
	"time"
)

// The types in this file are what templates are given: an API for authors of themes. docs/theme.md describes each field, and
// a test holds the two together.

// A Page is what every template is given that isn't a part of a post or a list.
type Page struct {
	speech
	Kind          string         // "river", "month", "author", "tag", "group", "lang", "post", "archive", "authors", "tags", "groups", "langs", "status", "about", "search" or "404"
	Title         string         // of the window: what page this is, and the planet's title
	Heading       string         // what page this is; "" on the river
	Planet        string         // the planet's title
	Description   string         // one line about the planet, or ""
	Summary       string         // one line about this page, for search engines and previews; or ""
	Lang          string         // language of the theme's words, BCP 47: the planet's, or "en" when there are no words in that
	Dir           string         // "ltr" or "rtl", by Lang
	PlanetLang    string         // the planet's language when it isn't Lang; or ""
	Owner         *Author        // who looks after the planet; nil when feeds.yaml doesn't say
	Generator     string         // name and version of the program
	Path          string         // folder of this page under the site's root: "", "page/2/"
	Root          string         // what leads from this page to the site's root: "", "../../"
	Home          string         // link to the first page
	Canonical     string         // absolute URL of this page, or of what it is a copy of; or ""
	Nav           []Place        // the site's main pages
	Archive       string         // link to the list of all months, or ""
	Search        string         // link to the search, or ""
	Sections      []Place        // every list that leads to posts: by month, people, tags, groups, languages
	Subscriptions []Subscription // the combined feeds
	Feed          *Subscription  // this page's own feed; nil: none
	Frames        []string       // origins that posts may show in frames, for the Content-Security-Policy
	OwnPictures   bool           // posts show no pictures but copies on this site, for the same
	People        []Face         // whose posts these are, in feeds.yaml's order; on the river and 404.html alone
	Face          *Face          // of an author's page, whose it is
	Days          []Day          // the posts
	Earlier       []Line         // older posts of an author, tag, group or language, newest first
	More          int            // how many are older still
	Empty         string         // why the river has no posts: "no-feeds", "failing", "filtered", "waiting" or ""
	Number        int            // of this page of the river, from 1
	Pages         int            // how many there are
	Newer         string         // link to the page before this, or ""
	Older         string         // link to the page after this, or ""
	Before        *Place         // the page of the archive before this in time, or nil
	After         *Place         // the one after it, or nil
	Gone          bool           // of a post's page: its blog is no more
	Years         []Year         // of the archive, newest first
	Places        []Place        // of the lists of tags, groups and languages
	Members       []MemberLine   // of the list of people
	Feeds         []FeedStatus   // of the feeds' state, in feeds.yaml's order
	Troubled      []Place        // those of them that need a look
	At            *Stamp         // when that was looked at

	theme *Theme
}

// Link leads to a folder or file of the site: {{.Link "tags/"}}.
func (p *Page) Link(path string) string { return cmp.Or(p.Root+path, "./") }

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

// Has tells whether the theme has a file.
func (p *Page) Has(name string) bool {
	_, ok := p.theme.assets[name]
	return ok
}

// A Sentence is a text with one place left open, as Around gives it.
type Sentence struct {
	Before, After string
}

// A Place is a page of the site.
type Place struct {
	Name    string
	URL     string // or ""
	Count   int    // of posts there; 0 when it isn't told
	Lang    string // language of Name, when it isn't the page's
	Current bool   // it is this page
	Within  bool   // this page is one of those it leads to: a month of the archive, a tag of the tags
}

// A Subscription is a combined feed, or another way to subscribe to the planet.
type Subscription struct {
	Title  string
	URL    string
	Type   string // media type
	IsFeed bool   // for feed readers to discover; false for a subscription list
	Minor  bool   // for few: about/ names it, other pages needn't
}

// A Day is the posts of one day in the planet's time zone.
type Day struct {
	Date  time.Time // its midnight
	Title string    // "Saturday, 21 November 2026"
	Posts []Post
}

// A Face is a person or group with a feed.
type Face struct {
	speech
	ID     string // of the feed
	Name   string
	Site   string // the blog, or ""
	Host   string // of Site: "blog.example"
	Feed   string // its feed, or ""
	Page   string // link to its page on this planet, or ""
	Status string // link to its line on status/, or ""
	Avatar Avatar
	Groups []Place
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
	speech
	Anchor    string // id of its element
	Permalink string // link to it on this planet: in the archive, for ever, or else on this page
	Page      string // link to its own page on this planet, or "" when there is none or this is it
	Alone     bool   // this is its own page, and its title the page's heading
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
	LangName string // its name in that language, when it isn't the planet's
	LangPage string // link to the page of all posts in that language, or ""
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
	Tags        []Place
}

// Media is a file that belongs to a post, such as an episode of a podcast.
type Media struct {
	URL   string
	Title string // what the feed calls it, or its file name
	Type  string // media type, or ""
	Kind  string // "audio", "video", "photo" or "enclosure"
	Size  string // "24 MB", or ""
}

// A Line is a post of which only date and title are told.
type Line struct {
	Title    string // never ""
	URL      string // the post on this planet, or else the original; or ""
	Name     string // whose feed it came from
	Lang     string // language of the post, "" when it is the page's or unknown
	Dir      string // "ltr" or "rtl"
	Datetime string // for <time datetime>
	Date     string // "21 November 2026"
	Year     int    // of it
}

// A Stamp is a moment.
type Stamp struct {
	Datetime string // for <time datetime>
	Date     string // "21 November 2026"
	Clock    string // "14:05 CET"
	Full     string // "Saturday, 21 November 2026, 14:05 CET"
}

// A Year is a year of the archive.
type Year struct {
	Number int
	Count  int // of posts
	Months []MonthLine
}

// A MonthLine is a month of the archive.
type MonthLine struct {
	Place
	Parts []Place // its pages, when there is more than one
}

// A MemberLine is a person or group with what they have written.
type MemberLine struct {
	Face
	Count  int    // of posts
	Latest *Stamp // or nil
}

// A FeedStatus is the state of one feed.
type FeedStatus struct {
	speech
	Anchor      string // id of its element
	Name        string
	Page        string // link to its page on this planet, or ""
	Site        string // the blog, or ""
	Feed        string // the feed's address
	State       string // "ok", "failing", "waiting", "gone", "held", "paused", "duplicate" or "new"
	StateName   string // in a word or two of the page's language
	StateText   string // in a sentence
	Brief       string // all there is to say of a feed that is well, in words; or ""
	Advice      string // what its author can do, or ""
	Trouble     bool   // it needs a look
	Error       string // what went wrong, in English; or ""
	LastFetch   *Stamp // when it was asked, or nil
	LastSuccess *Stamp // when it was read, or nil
	NextFetch   *Stamp // when it is asked again, or nil
	Entries     int    // posts that are kept
	Shown       int
	Hidden      []HiddenLine
	Unseen      int // how many posts those are
}

// A HiddenLine is one reason why posts of a feed aren't shown.
type HiddenLine struct {
	Reason string // as planet why tells it: "Keep"
	Text   string // in a sentence
	Advice string // what the author can do, or ""
	Count  int
}
