package selection

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
)

// TestHashCoversWhatCounts changes one thing after the other: what can change a verdict changes the hash, the rest doesn't.
func TestHashCoversWhatCounts(t *testing.T) {
	rule := func(field, pattern string) []planet.Rule {
		return []planet.Rule{{Tests: []planet.Test{{Field: field, Pattern: regexp.MustCompile(pattern)}}, Line: 1}}
	}
	sample := func() Rules {
		return Rules{
			Feeds: map[string]planet.Feed{"a": {ID: "a", URL: "https://a.example/", Name: "A"}, "b": {ID: "b"}, "c": {ID: "c"}},
			Hide:  []planet.Hide{{Link: "x", Why: "spam", Line: 3}, {Link: "y"}}, Keep: rule("title", "a"), Block: rule("text", "b"),
		}
	}
	feed := func(change func(*planet.Feed)) func(*Rules) {
		return func(r *Rules) {
			f := r.Feeds["a"]
			change(&f)
			r.Feeds["a"] = f
		}
	}
	counts := map[string]func(*Rules){
		"a feed less":    func(r *Rules) { delete(r.Feeds, "b") },
		"another id":     func(r *Rules) { delete(r.Feeds, "b"); r.Feeds["d"] = planet.Feed{ID: "d"} },
		"URL":            feed(func(f *planet.Feed) { f.URL += "feed" }),
		"site":           feed(func(f *planet.Feed) { f.Site = "https://a.example/" }),
		"flood":          feed(func(f *planet.Feed) { f.Flood = 5 }),
		"paused":         feed(func(f *planet.Feed) { f.Paused = true }),
		"feed's keep":    feed(func(f *planet.Feed) { f.Keep = rule("title", "a") }),
		"feed's block":   feed(func(f *planet.Feed) { f.Block = rule("title", "a") }),
		"hide":           func(r *Rules) { r.Hide[0].Link = "z" },
		"hide less":      func(r *Rules) { r.Hide = r.Hide[:1] },
		"keep":           func(r *Rules) { r.Keep = nil },
		"field":          func(r *Rules) { r.Block = rule("title", "b") },
		"pattern":        func(r *Rules) { r.Block = rule("text", "c") },
		"one more test":  func(r *Rules) { r.Block[0].Tests = append(r.Block[0].Tests, r.Keep[0].Tests...) },
		"one more rule":  func(r *Rules) { r.Block = append(r.Block, r.Keep...) },
		"keep for block": func(r *Rules) { r.Keep, r.Block = r.Block, r.Keep },
		"max age":        func(r *Rules) { r.MaxAge = time.Hour },
		"wait":           func(r *Rules) { r.Wait = true },
		"deletions":      func(r *Rules) { r.FollowDeletions = true },
	}
	seen := map[string]string{sample().Hash(): "nothing"}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		r := sample()
		counts[what](&r)
		if before, ok := seen[r.Hash()]; ok {
			t.Errorf("the hash is the same with %s and with %s changed", what, before)
		}
		seen[r.Hash()] = what
	}
	for what, change := range map[string]func(*Rules){
		"nothing":       func(*Rules) {},
		"name":          feed(func(f *planet.Feed) { f.Name = "B" }),
		"per_feed":      feed(func(f *planet.Feed) { f.PerFeed = 3 }),
		"lines":         func(r *Rules) { r.Hide[0].Line, r.Keep[0].Line, r.Block[0].Line = 7, 8, 9 },
		"why":           func(r *Rules) { r.Hide[0].Why = "" },
		"order of hide": func(r *Rules) { slices.Reverse(r.Hide) },
		"claimed":       func(r *Rules) { r.Claimed = map[string]string{"a": "a.example"} },
		"file":          func(r *Rules) { r.File = "planet.yaml" },
	} {
		r := sample()
		change(&r)
		if r.Hash() != sample().Hash() {
			t.Errorf("the hash is another with %s changed", what)
		}
	}
}

func TestListing(t *testing.T) {
	for r, want := range map[Reason]planet.Listing{
		"": planet.InRiver, MaxAge: planet.InHistory, PerFeed: planet.InHistory, Flood: planet.InArchive,
		Future: planet.Nowhere, Duplicate: planet.Nowhere, Suspect: planet.Nowhere, Removed: planet.Nowhere,
	} {
		if got := r.Listing(); got != want {
			t.Errorf("%q is listed %d, want %d", r, got, want)
		}
	}
}

func TestHostOf(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.Ada.example/a//b": "ada.example", "http://u:p@ada.example:8080?x=@y": "ada.example", "//ada.example#f": "ada.example",
		"https://[2001:db8::1]:80/": "[2001:db8::1]", "https://[2001:db8::1]/": "[2001:db8::1]", "tag:ada.example,2026:1": "", "": "", "/a/b": "",
	} {
		if got := hostOf(address); got != want {
			t.Errorf("hostOf(%q) is %q, want %q", address, got, want)
		}
	}
}

// TestHome asks whether a post is on its feed's site: subdomains are, hosts that only end alike are not.
func TestHome(t *testing.T) {
	feeds := map[string]planet.Feed{"a": {Site: "https://ada.example/blog", URL: "https://feeds.example/ada"}, "b": {URL: "https://bob.example/feed"}, "c": {}}
	a := newAtlas(feeds, map[string]string{"a": "www.adas.example", "b": "ada.example", "c": "adas.example", "gone": "gone.example"})
	for link, want := range map[string]int{
		"https://ada.example/1": 2, "http://www.ada.example/1": 2, "https://blog.ada.example/1": 2, "https://feeds.example/1": 2,
		"https://nada.example/1": 0, "https://example/1": 2, "https://ada.example.com/1": 0, "": 0, "tag:x": 0,
		"https://adas.example/1": 1, "https://new.adas.example/1": 1, "https://bob.example/": 0,
	} {
		if got := a.home(&planet.Entry{FeedID: "a", Link: link}); got != want {
			t.Errorf("home of %q is %v", link, got)
		}
	}
	if a.home(&planet.Entry{FeedID: "a", Link: "https://ada.example/1", Canonical: "bob.example/1"}) > 0 {
		t.Error("what says that its place is elsewhere is at home")
	}
	for feed, want := range map[string]int{"b": 0, "c": 0, "gone": 0} {
		if got := a.home(&planet.Entry{FeedID: feed, Link: "https://ada.example/1"}); got != want {
			t.Errorf("home of feed %s on Ada's site is %v", feed, got)
		}
	}
	if got := a.home(&planet.Entry{FeedID: "c", Link: "https://adas.example/1"}); got != 1 {
		t.Errorf("of two that claim a site, the second is at home there: %v", got)
	}
	if a.home(&planet.Entry{FeedID: "gone", Link: "https://gone.example/1"}) > 0 {
		t.Error("a feed that isn't listed is at home")
	}
}

// TestOutside asks whether an address is on no listed feed's host. What a document claims lists nothing.
func TestOutside(t *testing.T) {
	long := strings.Repeat("a.", 1<<18) + "ada.example/1" // takes no longer than others
	feeds := map[string]planet.Feed{"a": {URL: "https://blog.ada.example/feed", Site: "https://b.example:8080"}}
	for i := range 20 {
		feeds[strconv.Itoa(i)] = planet.Feed{URL: "https://feeds" + strconv.Itoa(i) + ".test/"}
	}
	a, start := newAtlas(feeds, map[string]string{"a": "c.example"}), time.Now()
	for address, want := range map[string]bool{
		"blog.ada.example/1": false, "x.blog.ada.example/1": false, "ada.example/1": false, "b.example:8080/1": false, "x.b.example": false,
		"bob.ada.example/1": true, "c.example/1": true, "log.ada.example/1": true, "": true, long: true,
	} {
		if got := a.outside(address); got != want {
			t.Errorf("outside of %.40q is %v", address, got)
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("that takes %v", took)
	}
}

// TestForeign asks whether an entry's source is another feed: a feed may name itself, and a planet may be on its blogs' host.
func TestForeign(t *testing.T) {
	a := newAtlas(map[string]planet.Feed{
		"planet": {URL: "https://host.example/planet/feed", Site: "https://host.example/planet"},
		"ada":    {URL: "https://host.example/ada/feed", Site: "https://host.example/ada"},
	}, map[string]string{"planet": "claimed.example", "ada": "planets.example"})
	for _, c := range []struct {
		source planet.Source
		want   bool
	}{
		{planet.Source{}, false},
		{planet.Source{Title: "a title alone"}, false},
		{planet.Source{URL: "https://host.example/planet/feed"}, false},
		{planet.Source{URL: "https://host.example/planet/feed", Link: "https://host.example/ada"}, false},
		{planet.Source{URL: "https://host.example/ada/feed", Link: "https://host.example/planet"}, true},
		{planet.Source{URL: "https://host.example/atom.xml"}, false},
		{planet.Source{URL: "https://bob.example/atom.xml"}, true},
		{planet.Source{ID: "tag:bob"}, true},
		{planet.Source{Link: "https://claimed.example/"}, false},
		{planet.Source{Link: "https://planets.example/"}, true},
	} {
		for range 2 { // the second time from memory
			if got := a.foreign(&planet.Entry{FeedID: "planet", Source: &c.source}); got != c.want {
				t.Errorf("%+v is foreign: %v", c.source, got)
			}
		}
	}
}
