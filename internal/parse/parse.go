// Package parse turns one feed document into entries and warnings; it never drops anything silently.
//
// The order of events:
//
//	decode   bytes → UTF-8 without illegal characters, from the root element on    decode.go, root.go
//	scan     one raw-token pass: refuses hostile documents, reads all texts itself  scan.go, capture.go
//	gofeed   reads everything else from what scan leaves: a skeleton without texts
//	translate gofeed's original feed and the scan's notes → planet.Item             rss.go, atom.go, json.go
//
// When scan or gofeed can't read the document, repair.go makes it well-formed and both try once more.
package parse

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"

	"planet/internal/planet"
)

// Version is raised when the same bytes are read differently; a document seen before is then read again.
const Version = 4

// Limits bound what one document may hold; a zero field means its default.
type Limits struct {
	Items      int // newest entries taken; default 2,000
	MaxItems   int // a document of more is refused; default 20,000
	Depth      int // nested elements; default 200
	Namespaces int // namespace declarations; default 2,000
	Elements   int // within one entry, or of the feed beside its entries, texts' markup aside; more are left out; default 1,000
	Tag        int // bytes of one tag with its attributes; default 256,000
	URL        int // bytes of a link or id; default 4,000
	Authors    int // of one entry; default 20
	Tags       int // of one entry; default 50
	Enclosures int // of one entry; default 50
}

func (l Limits) orDefault() Limits {
	or := func(n *int, d int) {
		if *n == 0 {
			*n = d
		}
	}
	or(&l.Items, 2000)
	or(&l.MaxItems, 20_000)
	or(&l.Depth, 200)
	or(&l.Namespaces, 2000)
	or(&l.Elements, 1000)
	or(&l.Tag, 256_000)
	or(&l.URL, 4000)
	or(&l.Authors, 20)
	or(&l.Tags, 50)
	or(&l.Enclosures, 50)
	return l
}

// A Result is what a document holds.
type Result struct {
	Format    string // "RSS 2.0", "Atom 1.0", "JSON Feed 1.1", …
	Feed      Feed
	Hints     Hints
	Items     []planet.Item
	Known     int   `json:"-"` // entries that were left out since they are known
	Keys      []Key `json:"-"` // of all entries, also those, in the document's order; none where it couldn't be taken apart
	Warnings  []Warning
	keys      []Key // of the Items, in their order
	Truncated bool  // the document ends too early: it should be asked for again even if its server says that it didn't change
}

// Key is that of item i; the zero Key where it has none.
func (r Result) Key(i int) Key { return r.keys[i] }

// Feed is what a document says of itself.
type Feed struct {
	ID        string
	Title     planet.Text
	Subtitle  planet.Text
	Link      string // absolute URL of the site, or ""
	Language  string
	Authors   []planet.Person
	Updated   time.Time
	Generator string // name of the program that made the document, without its version, or ""
}

// A Warning is something of the document that could not be kept as it was.
type Warning struct {
	Entry   string // its id, link or title; "" when the whole document is meant
	Problem string
}

func (w Warning) String() string {
	if w.Entry == "" {
		return w.Problem
	}
	return w.Entry + ": " + w.Problem
}

// NotFeedError means that the document is something else than a feed.
type NotFeedError struct {
	Kind  string   // "an HTML page", "an empty document", …
	Links []string // absolute URLs of feeds that the page advertises
}

func (e *NotFeedError) Error() string {
	s := "this is " + e.Kind + ", not a feed"
	for i, l := range e.Links {
		if i == 0 {
			s += "; it advertises " + l
		} else {
			s += " and " + l
		}
	}
	return s
}

// HostileError means that the document exceeds a limit that no honest feed comes near.
type HostileError struct {
	What  string // "nested elements"
	Limit int
	Key   string // the setting's name under limits: in feeds.yaml
}

func (e *HostileError) Error() string {
	return fmt.Sprintf("the document has more than %d %s (limits.%s)", e.Limit, e.What, e.Key)
}

// Parse reads doc as if it had been fetched from base with the header Content-Type: contentType ("" unknown).
// It is pure. Relative references in the document are resolved against base; without one (nil) those that the document
// gives no base for are dropped.
func Parse(doc []byte, contentType string, base *url.URL, limits Limits) (Result, error) {
	return Open(doc, contentType, base, limits).Read(nil)
}

type parser struct {
	limits   Limits
	base     *url.URL // the document's own address
	near     nearBase
	warnings []Warning
	keys     map[int64]Key // of entries, by where in the root element they begin; nil when they turned out to be wrong
}

// result reads a decoded document.
func (p *parser) result(text []byte) (Result, error) {
	res, err := p.document(text)
	if err != nil {
		return Result{}, err
	}
	if isJSON(text) { // its entries come in their order, or else one was left out
		res.keys = p.keysOf(slices.Sorted(maps.Keys(p.keys)))
	}
	if len(res.keys) != len(res.Items) {
		res.keys, p.keys = make([]Key, len(res.Items)), nil
	}
	p.newest(&res)
	res.Warnings = p.warnings
	return res, nil
}

func (p *parser) warn(entry, format string, args ...any) {
	p.warnings = append(p.warnings, Warning{entry, fmt.Sprintf(format, args...)})
}

// isJSON tells JSON from XML, which may hold what you like before its root, but hardly a brace.
func isJSON(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(text, beforeJSON), []byte("{"))
}

const beforeJSON = " \t\r\n\uFEFF"

func (p *parser) document(text []byte) (Result, error) {
	start := bytes.TrimLeft(text, beforeJSON)
	if isJSON(text) {
		return p.json(start)
	}
	root, err := p.root(text)
	if err != nil && bytes.HasPrefix(start, []byte("[")) {
		return p.json(start)
	}
	if err != nil {
		return Result{}, err
	}
	if flat := unnested(root, p.limits); flat != nil {
		p.warn("", "entries within entries were read as entries of their own")
		root, p.keys = flat, nil
	}
	res, err := p.xml(root)
	var hostile *HostileError
	if err == nil || errors.As(err, &hostile) && hostile.Key != "depth" { // unclosed <br>s look deep, too
		return res, err
	}
	p.keys = nil // they are not for what the repair makes
	repaired, what, truncated := repair(root, p.limits.Depth)
	res, again := p.xml(repaired)
	switch {
	case errors.As(again, &hostile):
		return Result{}, again
	case again != nil:
		return Result{}, fmt.Errorf("the document is too damaged to be read (%w)", err)
	}
	p.warn("", "the document is damaged (%v) and was repaired: %s", err, what)
	res.Truncated = truncated
	if truncated {
		p.dropGhost(&res, root)
	}
	return res, nil
}

// dropGhost leaves out the last entry of a document that was cut before its id was whole: nothing would tell it from
// the whole one that comes with the next fetch.
func (p *parser) dropGhost(res *Result, root []byte) {
	last := len(res.Items) - 1
	open := func(names ...string) bool {
		begin, end := -1, -1
		for _, name := range names {
			begin, end = max(begin, bytes.LastIndex(root, []byte("<"+name))), max(end, bytes.LastIndex(root, []byte("</"+name)))
		}
		return begin > end
	}
	if last >= 0 && !res.Items[last].Empty() && open("item", "entry") && (res.Items[last].GUID == "" || open("guid", "id>")) {
		res.Items, res.keys = res.Items[:last], res.keys[:last]
		p.warn("", "the last entry was cut before its id was whole, and is left out")
	}
}

// xml reads a document that begins with its root element.
func (p *parser) xml(root []byte) (Result, error) {
	notes, skeleton, err := scan(root, p.limits, p.base)
	if err != nil {
		return Result{}, err
	}
	if notes.many {
		p.warn("", "entries with very many elements: all but the first %d of each were left out (limits.elements)", p.limits.Elements)
	}
	var res Result
	if notes.root == "feed" {
		f, err := (&atom.Parser{}).Parse(bytes.NewReader(skeleton))
		if err != nil {
			return Result{}, err
		}
		res = p.atom(f, notes)
	} else {
		f, err := (&rss.Parser{}).Parse(bytes.NewReader(skeleton))
		if err != nil {
			return Result{}, err
		}
		res = p.rss(f, notes)
	}
	res.Hints = notes.hints.hints()
	at := make([]int64, len(notes.items))
	for i, it := range notes.items {
		at[i] = it.from
	}
	res.keys = p.keysOf(at)
	return res, nil
}

// keysOf gives the entries that begin at these places their keys. The keys are no good when those who looked for entries
// from afar didn't find just these.
func (p *parser) keysOf(at []int64) []Key {
	keys := make([]Key, len(at))
	if len(at) != len(p.keys) {
		p.keys = nil
	}
	for i, from := range at {
		key, ok := p.keys[from]
		if !ok {
			p.keys = nil
			return make([]Key, len(at))
		}
		keys[i] = key
	}
	return keys
}

// LeaveOutEmpty drops entries that hold nothing by which anybody could tell or read them, with a warning.
func (r *Result) LeaveOutEmpty() {
	var kept []int
	for i, it := range r.Items {
		if !it.Empty() {
			kept = append(kept, i)
		}
	}
	if n := len(r.Items) - len(kept); n > 0 {
		r.Warnings = append(r.Warnings, Warning{"", fmt.Sprintf("%d entries without id, link, title and text were left out", n)})
		r.keep(kept)
	}
}

// keep leaves all items out but those at the indexes.
func (r *Result) keep(indexes []int) {
	items, keys := make([]planet.Item, len(indexes)), make([]Key, len(indexes))
	for i, at := range indexes {
		items[i], keys[i] = r.Items[at], r.keys[at]
	}
	r.Items, r.keys = items, keys
}

// newest keeps the newest Limits.Items of res, in their order. An undated item counts as new as the one before it, and
// the first as new as can be: feeds list the newest first.
func (p *parser) newest(res *Result) {
	if len(res.Items) <= p.limits.Items {
		return
	}
	p.warn("", "the document has %d entries; the newest %d are taken (limits.items)", len(res.Items), p.limits.Items)
	dates := make([]time.Time, len(res.Items))
	order := make([]int, len(res.Items))
	last := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, it := range res.Items {
		if d := date(it); !d.IsZero() {
			last = d
		}
		dates[i], order[i] = last, i
	}
	slices.SortStableFunc(order, func(a, b int) int { return dates[b].Compare(dates[a]) })
	order = order[:p.limits.Items]
	slices.Sort(order)
	res.keep(order)
}

func date(it planet.Item) time.Time {
	if it.Published.IsZero() {
		return it.Updated
	}
	return it.Published
}
