// Package planet holds the words of the program: feeds, entries, rules and published files, as plain data.
package planet

import (
	"regexp"
	"time"
)

// A Feed is one subscription: what feeds.yaml says of it.
type Feed struct {
	ID       string // identity, for ever: the feed's id: key, else the slug of its name
	URL      string // of the RSS, Atom or JSON Feed document
	Name     string
	Site     string // the blog's home page; "" when feeds.yaml doesn't say, then what the feed says is used
	Avatar   string // absolute path of an image file, or ""
	Lang     string // BCP 47, "" unknown
	Groups   []string
	Keep     []Rule        // shown only if any matches; empty keeps all
	Block    []Rule        // hidden if any matches
	Mode     Mode          // how much of a post is shown; "" means the planet's own mode
	PerFeed  int           // at most so many entries on the river; 0 no limit
	Every    time.Duration // least time between two requests; 0 means fetch.every
	Paused   bool          // neither fetched nor shown
	Insecure bool          // TLS certificates are not verified
	Extra    map[string]string
}

// Mode says how much of a post the planet shows.
type Mode string

// The modes that feeds.yaml knows.
const (
	Full    Mode = "full"    // the whole post
	Excerpt Mode = "excerpt" // its beginning
	Link    Mode = "link"    // the title alone
)

// A Person is an author, a contributor or the planet's owner.
type Person struct {
	Name, Email, URI string
}

// TextType says how the Body of a Text is to be read.
type TextType string

// The types of a Text. The xhtml of a feed has become HTML before it is put into a Text.
const (
	PlainText TextType = "text"
	HTML      TextType = "html"
)

// A Text is a text construct as the feed gave it (RFC 4287 §3.1): not safe to publish.
type Text struct {
	Type TextType
	Body string
	Base string // absolute URL that relative references in Body are resolved against
}

// An Enclosure is a file that belongs to an entry, such as an episode of a podcast.
type Enclosure struct {
	URL, Type, Title string
	Length           int64 // bytes; 0 unknown
}

// A Source is the feed an entry first appeared in, when the subscribed feed is itself a planet (RFC 4287 §4.2.11).
type Source struct {
	ID, Title, Link, URL string
}

// An Item is one entry as it was parsed: every field as the feed gave it, none of it safe to publish. Package clean makes an Entry of it.
type Item struct {
	GUID       string // the raw id, never rewritten; "" when the feed gives none
	Link       string // absolute URL of the post, or ""
	Title      Text
	Summary    Text
	Content    Text
	Lang       string
	Authors    []Person
	Tags       []string
	Enclosures []Enclosure
	Source     *Source
	Comments   string // absolute URL of the discussion page, or ""
	// Kept for whoever asks what the feed said; nothing publishes them.
	Contributors []Person
	Rights       string // the licence in words, or its address
	Via          string // absolute URL of where the author found it (RFC 4287, link rel=via), or ""
	InReplyTo    string // absolute URL of what it answers (RFC 4685), or ""
	Published    time.Time
	Updated      time.Time
}

// Empty tells whether an item holds nothing by which anybody could tell or read it.
func (it Item) Empty() bool {
	return it.GUID == "" && it.Link == "" && it.Title.Body == "" && it.Summary.Body == "" && it.Content.Body == "" && len(it.Enclosures) == 0
}

// An Entry is one post as the planet keeps and shows it. Summary and Content are safe, balanced HTML with absolute URLs
// (package clean sees to that); all other fields are plain text.
type Entry struct {
	FeedID      string
	GUID        string // the raw id, or one made for an entry without (see store)
	PublishedID string // the id our feeds publish, unique in the planet and for ever; given by store
	Link        string
	Title       string
	Untitled    bool // the feed gave no title; Title was made from the text, or is ""
	Lang        string
	Dir         string // "rtl", "ltr" or "" unknown
	Authors     []Person
	Summary     string // HTML
	Content     string // HTML
	Text        string // Content, or else Summary, as plain text: for rules and search
	Excerpt     string // the post's beginning as plain text, cut at a word: for descriptions
	Teaser      string // the post's beginning as HTML, as safe as Content: for mode excerpt
	Tags        []string
	Enclosures  []Enclosure
	Source      *Source
	Comments    string
	Published   time.Time // zero when the feed gives none
	Updated     time.Time
	FirstSeen   time.Time // when this planet first had the entry
}

// Earliest is the earliest publishing date that is believed (behaviour 82): blogs are not older, broken clocks are.
var Earliest = time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC)

// ClockSlack is how far in the future a date may lie and still count as now.
const ClockSlack = 2 * time.Minute

// Date is what entries are sorted by: when the entry was published, but never later than it was first seen; and when
// it was first seen if its date is unknown or absurd.
func (e Entry) Date() time.Time {
	if e.Published.Before(Earliest) || e.Published.After(e.FirstSeen) {
		return e.FirstSeen
	}
	return e.Published
}

// A Rule matches entries by one field.
type Rule struct {
	Field   string // category, title, author, text, link or lang
	Pattern *regexp.Regexp
	Line    int // of feeds.yaml, for answers to "which rule?"
}

// A Hide hides one entry on the maintainer's word.
type Hide struct {
	Link string // the entry's link or id
	Why  string
	Line int
}

// A File is one file of the published site.
type File struct {
	Path string // slash-separated, relative to the output folder
	Data []byte
}
