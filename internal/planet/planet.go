// Package planet holds the words of the program: feeds, entries, rules and published files, as plain data.
package planet

import (
	"regexp"
	"strings"
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
	Flood    int           // of many entries that come at once, so many are on the river for each day since the fetch before; 0 no limit
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
	Canonical  string // absolute URL that the feed says is the post's own, wherever this copy stands (RFC 6596), or ""
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
	Rights      string    // the licence in words, or its address
	Canonical   string    // the address that all copies of the post share, as Canonical writes it; "" unknown
	TextSum     int64     // tells whether two entries have the same title and text; 0 when the text has less than SumWords words
	Published   time.Time // zero when the feed gives none
	Updated     time.Time
	FirstSeen   time.Time // when this planet first had the entry

	// What the store adds.
	Seq      int64 // order of arrival; of the entries of one document the first has the highest
	Arrival  Arrival
	Former   []string  // guids and links that it had before
	Revision int       // how often something that can be seen changed
	Gone     time.Time // since when its feed has left it out while it still has older ones; zero: it hasn't
	Released bool      // a person let it through
	Shown    time.Time // when it was first on the river; zero: never
	As       string    // the id under which it was published then; "" never
	AsFeed   string    // the feed that had that id first

	// What selection adds.
	At     time.Time // what it is sorted by
	Copies []Copy    // the same post elsewhere

	// Where it is published.
	Listing Listing
	Folder  string // of the page of the archive that it stands on, for ever: "2026/11/", "2026/11/2/"; "" on none
}

// A Copy is an entry that is hidden since another stands for it.
type Copy struct{ FeedID, Link string }

// An Arrival is the fetch that brought entries. Its time is their FirstSeen.
type Arrival struct {
	ID       int64  // no two fetches have the same; 0 unknown: an entry of before arrivals were kept
	Days     int    // whole days since the feed's last successful fetch, at least 1
	First    bool   // it was the feed's first
	Founding bool   // it was in the planet's first run
	Suspect  string // by which signs the feed seemed to be somebody else's, in words; "" it didn't
	Released bool   // a person let through all that it brought
}

// SumWords is how many words a text needs to tell posts apart by it: less is a greeting.
const SumWords = 50

// Earliest is the earliest publishing date that is believed (behaviour 82): blogs are not older, broken clocks are.
var Earliest = time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC)

// ClockSlack is how far in the future a date may lie and still count as now.
const ClockSlack = 2 * time.Minute

// Date is what entries are sorted by: At where selection has decided; else when the entry was published, but never later
// than it was first seen; and when it was first seen if its date is unknown or absurd.
func (e Entry) Date() time.Time {
	if !e.At.IsZero() {
		return e.At
	}
	if e.Published.Before(Earliest) || e.Published.After(e.FirstSeen) {
		return e.FirstSeen
	}
	return e.Published
}

// A Verdict is what selection decides of an entry.
type Verdict struct {
	Seq      int64     // of the entry
	Reason   string    // why it is hidden (selection.Reason); "" it is shown
	Listing  Listing   // where it is shown
	At       time.Time // what it is sorted by
	As       string    // the id under which it is published
	Original int64     // when it is hidden as a duplicate: Seq of the entry that stands for it
	Until    time.Time // when time alone will change the verdict; zero: never
}

// A Listing is where an entry is shown; each value includes those before it.
type Listing int

// The listings.
const (
	Nowhere   Listing = iota // it is hidden
	InArchive                // in the archive and on its author's page
	InHistory                // also in the archive of the combined feeds: it has been in them, or would have been
	InRiver                  // everywhere
)

// A Rule matches entries that pass all its tests.
type Rule struct {
	Tests []Test // at least one
	Line  int    // of feeds.yaml, for answers to "which rule?"
}

// A Test matches entries by one field.
type Test struct {
	Field   string // category, title, author, text, link, lang, or any: all that can be read of it
	Pattern *regexp.Regexp
}

// String is a rule as feeds.yaml has it.
func (r Rule) String() string {
	parts := make([]string, len(r.Tests))
	for i, t := range r.Tests {
		parts[i] = t.Field + ": " + t.Pattern.String()
	}
	return "{" + strings.Join(parts, ", ") + "}"
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
	// Source is another file that holds the data, in place of Data. It never changes: its name stands for its bytes.
	Source string
	Gone   bool // it is to be removed; Data is nothing
}
