package collect

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/planet"
)

// whose tells of each entry which feed owns it: "a a a".
func (b *bench) whose() string {
	b.t.Helper()
	var all []string
	for _, e := range b.entries() {
		all = append(all, e.FeedID)
	}
	return strings.Join(all, " ")
}

// twinOf tells of which feed each is a duplicate: "a, b of a".
func (b *bench) twinOf(feeds ...planet.Feed) string {
	b.t.Helper()
	var all []string
	for _, f := range feeds {
		all = append(all, strings.TrimSuffix(f.ID+" of "+b.state(f.ID).DuplicateOf, " of "))
	}
	return strings.Join(all, ", ")
}

func wantTwins(t *testing.T, b *bench, list []planet.Feed, twins, whose string) {
	t.Helper()
	if got := b.twinOf(list...); got != twins {
		t.Errorf("twins: %s; want %s", got, twins)
	}
	if got := b.whose(); got != whose {
		t.Errorf("the entries are of %s; want %s", got, whose)
	}
}

// afterOthers makes replies that wait until some other feed of the run has been read.
func (b *bench) afterOthers() func(feedtest.Reply) feedtest.Reply {
	read := make(chan struct{})
	b.Progress = func(int, int) { close(read); b.Progress = nil }
	return func(reply feedtest.Reply) feedtest.Reply {
		return feedtest.Pick(func(r *http.Request) feedtest.Reply {
			select {
			case <-read:
			case <-r.Context().Done():
			}
			return reply
		})
	}
}

// afterAsked is a reply that waits until a server has been asked.
func afterAsked(s *feedtest.Server, reply feedtest.Reply) feedtest.Reply {
	return feedtest.Pick(func(r *http.Request) feedtest.Reply {
		for len(s.Requests("")) == 0 && r.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		return reply
	})
}

func TestB41FeedsThatRedirectToTheSameAddress(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/a", feedtest.Redirect(301, "/target"))
	s.Handle("/b", feedtest.Redirect(302, "/target"))
	s.Handle("/target", feedtest.Feed(feedtest.Atom("A", items(3)...)))
	list := []planet.Feed{feed("a", s.URL+"/a"), feed("b", s.URL+"/b"), feed("c", s.URL+"/target")}
	r := b.run(list...)
	if got := kinds(r); got != "a fetched, b not_modified, c not_modified" || r.New != 3 || r.Requests != 3 {
		t.Errorf("%s, %d new, %d requests", got, r.New, r.Requests)
	}
	if n := len(s.Requests("/target")); n != 1 {
		t.Errorf("the target was asked %d times", n)
	}
	wantTwins(t, b, list, "a, b of a, c of a", "a a a")
	for _, id := range []string{"b", "c"} {
		if st := b.state(id); st.Title != "A" || st.Failures != 0 || st.LastError != "" || !st.Succeeded.Equal(noon) || st.LastStatus != 200 || st.NextFetch.Before(noon.Add(58*time.Minute)) {
			t.Errorf("%s: %+v", id, st)
		}
	}
	for i := range 3 { // later runs: still one request there each, and 304
		b.restart()
		b.later(2 * time.Hour)
		if got := kinds(b.run(list...)); got != "a not_modified, b not_modified, c not_modified" {
			t.Errorf("run %d: %s", i+2, got)
		}
		if n := len(s.Requests("/target")); n != i+2 {
			t.Errorf("run %d: the target was asked %d times", i+2, n)
		}
	}
	wantTwins(t, b, list, "a, b of a, c of a", "a a a")
	s.Handle("/target", feedtest.Status(500))
	b.later(2 * time.Hour)
	if got := kinds(b.run(list...)); got != "a failed, b failed, c failed" || b.state("b").LastError != b.state("a").LastError || b.state("b").Failures != 1 || b.state("b").LastStatus != 500 {
		t.Errorf("a failure is everybody's: %s, %+v", got, b.state("b"))
	}
}

func TestB41TheSameDocumentAtTwoAddresses(t *testing.T) {
	t.Parallel()
	for _, reply := range []func([]byte) feedtest.Reply{feedtest.Feed, feedtest.Bare} {
		b, one, two := newBench(t), host(t, 10), host(t, 11)
		doc := func(n int) []byte {
			posts := items(5)[5-n:]
			for i := range posts {
				posts[i].Link = ""
				posts[i].HTML += `<a href="relative">to where the document is</a>`
			}
			return bytes.Replace(feedtest.Atom("A", posts...), []byte(`<link href="https://blog.example/"/>`), nil, 1)
		}
		one.Handle("/", reply(doc(3)))
		two.Handle("/", b.afterOthers()(reply(doc(3))), reply(doc(3)))
		list := []planet.Feed{feed("a", one.URL), feed("b", two.URL)}
		r := b.run(list...)
		if got := kinds(r); got != "a fetched, b not_modified" || r.New != 3 {
			t.Errorf("%s, %d new", got, r.New)
		}
		wantTwins(t, b, list, "a, b of a", "a a a")
		one.Handle("/", reply(doc(4)))
		two.Handle("/", reply(doc(4)))
		b.later(2 * time.Hour)
		if r := b.run(list...); r.Fetched != 1 || r.New != 1 {
			t.Errorf("news: %s, %d new", kinds(r), r.New)
		}
		wantTwins(t, b, list, "a, b of a", "a a a a")

		// Asked at another time, b has news earlier than a: these stay a's.
		two.Handle("/", reply(doc(5)))
		b.later(2 * time.Hour)
		if r := b.run(list...); r.Fetched != 0 {
			t.Errorf("b is ahead: %s", kinds(r))
		}
		one.Handle("/", reply(doc(5)))
		b.later(2 * time.Hour)
		b.run(list...)
		wantTwins(t, b, list, "a, b of a", "a a a a a")

		// Their documents begin to differ.
		two.Handle("/", reply(feedtest.Atom("B", feedtest.Items("b", 2, noon.Add(-time.Minute))...)))
		b.later(2 * time.Hour)
		if got := kinds(b.run(list...)); got != "a not_modified, b fetched" {
			t.Errorf("b differs: %s", got)
		}
		wantTwins(t, b, list, "a, b", "b a b a a a a")
	}
}

// The twin of a feed that is no longer listed, or paused, has the entries itself.
func TestB41TwinIsFreedWhenTheOtherLeaves(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func([]planet.Feed) []planet.Feed{
		"removed": func(list []planet.Feed) []planet.Feed { return list[1:] },
		"paused":  func(list []planet.Feed) []planet.Feed { list[0].Paused = true; return list },
		"elsewhere": func(list []planet.Feed) []planet.Feed {
			list[0].URL = "" // it is a folder now
			return list
		},
	} {
		b, s := newBench(t), feedtest.New(t)
		s.Handle("/a", feedtest.Feed(feedtest.Atom("A", items(2)...)))
		s.Handle("/b", feedtest.Feed(feedtest.Atom("A", items(2)...)))
		list := []planet.Feed{feed("a", s.URL+"/a"), feed("b", s.URL+"/b")}
		b.run(list...)
		wantTwins(t, b, list, "a, b of a", "a a")
		b.later(2 * time.Hour)
		if r := b.run(leave(list)...); r.Fetched != 1 || r.New != 2 {
			t.Errorf("%s: %s, %d new", name, kinds(r), r.New)
		}
		if got := b.twinOf(list[1]); got != "b" || s.Requests("/b")[1].Conditional() {
			t.Errorf("%s: %s; conditional %t", name, got, s.Requests("/b")[1].Conditional())
		}
	}
}

// Three new feeds of three hosts with one document: whoever answers first, the first in feeds.yaml owns it.
func TestB41TheFirstListedOwnsTheEntries(t *testing.T) {
	t.Parallel()
	for _, first := range []int{0, 1, 2} {
		t.Run(fmt.Sprint("number ", first, " answers first"), func(t *testing.T) {
			b := newBench(t)
			var hosts []*feedtest.Server
			var list []planet.Feed
			for i := range 3 {
				hosts = append(hosts, host(t, 20+i))
				list = append(list, feed(string(rune('a'+i)), hosts[i].URL))
			}
			good := func(n int) feedtest.Reply { return feedtest.Feed(feedtest.Atom("A", items(n)...)) }
			afterFirst := b.afterOthers()
			for i, h := range hosts {
				h.Handle("/", afterFirst(good(2)), good(2))
				if i == first {
					h.Handle("/", good(2))
				}
			}
			if r := b.run(list...); r.Fetched != 1 || r.New != 2 || r.Failed+r.Skips != 0 {
				t.Errorf("%s, %d new", kinds(r), r.New)
			}
			wantTwins(t, b, list, "a, b of a, c of a", "a a")
			for _, n := range []int{2, 3, 4} {
				for _, h := range hosts {
					h.Handle("/", good(n))
				}
				b.later(2 * time.Hour)
				if r := b.run(list...); r.New > 1 || r.Updated+r.Failed+r.Skips != 0 {
					t.Errorf("later: %s, %d new", kinds(r), r.New)
				}
			}
			wantTwins(t, b, list, "a, b of a, c of a", "a a a a")
		})
	}
}

func TestB41OldFeedKeepsItsEntriesWhateverComesLater(t *testing.T) {
	t.Parallel()
	b, one, two := newBench(t), host(t, 30), host(t, 31)
	for _, s := range []*feedtest.Server{one, two} {
		s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(2)...)))
	}
	list := []planet.Feed{feed("new", one.URL), feed("old", two.URL)}
	b.run(list[1])
	b.later(2 * time.Hour)
	b.run(list...)
	wantTwins(t, b, list, "new of old, old", "old old")
}

// A feed that has another's known document has no share in the other's trouble of today.
func TestB41TwinAnswersThoughTheOtherDoesNot(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]feedtest.Reply{"fails": feedtest.Status(500), "is paused": feedtest.Status(429), "is cut": feedtest.Cut()} {
		b, one, two := newBench(t), host(t, 32), host(t, 33)
		good := feedtest.Bare(feedtest.Atom("A", items(2)...))
		one.Handle("/", good, trouble)
		two.Handle("/", feedtest.Status(500), good)
		list := []planet.Feed{feed("a", one.URL), feed("b", two.URL)}
		b.run(list...)
		b.later(2 * time.Hour)
		if got := kinds(b.run(list...)); got != "a failed, b not_modified" {
			t.Errorf("a %s: %s", name, got)
		}
		if st := b.state("b"); st.LastError != "" || st.Failures != 0 || st.DuplicateOf != "a" {
			t.Errorf("a %s: %+v", name, st)
		}
	}
}

func TestB41WhatIsBehindAPasswordIsEverybodysOwn(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", feedtest.Pick(func(r *http.Request) feedtest.Reply {
		user, _, _ := r.BasicAuth()
		return feedtest.Feed(feedtest.Atom(user, feedtest.Items("for-"+user, 2, noon)...))
	}))
	var list []planet.Feed
	for _, user := range []string{"jo", "mo", ""} {
		f := feed("of-"+user, s.URL)
		if user != "" {
			f.URL = strings.Replace(s.URL, "//", "//"+user+":secret@", 1)
		}
		list = append(list, f)
	}
	if r := b.run(list...); r.Fetched != 3 || r.New != 6 || len(s.Requests("")) != 3 {
		t.Errorf("%s, %d new, %d requests", kinds(r), r.New, len(s.Requests("")))
	}
	wantTwins(t, b, list, "of-jo, of-mo, of-", b.whose())
}

func TestB41TwinsInACircleAreAFailure(t *testing.T) {
	t.Parallel()
	b, one, two := newBench(t), host(t, 34), host(t, 35)
	one.Handle("/", afterAsked(two, feedtest.Redirect(301, two.URL+"/")))
	two.Handle("/", afterAsked(one, feedtest.Redirect(301, one.URL+"/")))
	list := []planet.Feed{feed("a", one.URL+"/"), feed("b", two.URL+"/")}
	if got := kinds(b.run(list...)); got != "a failed, b failed" {
		t.Error(got)
	}
	if e := b.state("a").LastError; !strings.Contains(e, "redirects: in a circle") {
		t.Errorf("the error is %q", e)
	}
}

// The address that a new feed leads to is that of a known one, whose document it has.
func TestB41NewFeedThatLeadsToAKnownOne(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/old", feedtest.Feed(feedtest.Atom("A", items(2)...)))
	s.Handle("/new", feedtest.Redirect(301, "/old"))
	list := []planet.Feed{feed("old", s.URL+"/old"), feed("new", s.URL+"/new")}
	b.run(list[0])
	b.later(2 * time.Hour)
	if r := b.run(list...); kinds(r) != "old not_modified, new not_modified" || r.New != 0 {
		t.Errorf("%s, %d new", kinds(r), r.New)
	}
	if n := len(s.Requests("/old")); n != 2 {
		t.Errorf("%d requests; want one in each run", n)
	}
	wantTwins(t, b, list, "old, new of old", "old old")
}

func TestB41NewFeedThatLeadsToAnOldOne(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/old", feedtest.Feed(feedtest.Atom("A", items(2)...)))
	s.Handle("/new", feedtest.Redirect(301, s.URL+"/old"))
	old, added := feed("old", s.URL+"/old"), feed("added", s.URL+"/new")
	b.run(old)
	for _, after := range []time.Duration{10 * time.Minute, 2 * time.Hour} { // once when the old one isn't due, once when it is
		b.later(after)
		s.Handle("/old", feedtest.Feed(feedtest.Atom("A", items(3)...)))
		b.run(added, old)
		if got := b.state("added").DuplicateOf; got != "old" || b.state("old").DuplicateOf != "" {
			t.Errorf("after %s added is the twin of %q, old of %q", after, got, b.state("old").DuplicateOf)
		}
	}
	for _, e := range b.entries() {
		if e.FeedID != "old" {
			t.Errorf("%s is of %s", e.GUID, e.FeedID)
		}
	}
	if n := len(b.entries()); n != 3 {
		t.Errorf("%d entries; want 3", n)
	}
}

func TestB41WhatATwinHasForItselfIsNotLost(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	both := feedtest.Items("a", 4, noon.Add(-3*day))
	s.Handle("/a", feedtest.Bare(feedtest.Atom("A", both...)))
	s.Handle("/b", feedtest.Bare(feedtest.Atom("A", both...)))
	list := []planet.Feed{feed("a", s.URL+"/a"), feed("b", s.URL+"/b")}
	b.run(list...)
	if b.state("b").DuplicateOf != "a" {
		t.Fatalf("b is no twin: %+v", b.state("b"))
	}
	own := feedtest.Items("own", 1, noon.Add(-2*time.Hour))
	s.Handle("/b", feedtest.Bare(feedtest.Atom("A", append(own, both...)...)))
	b.later(2 * time.Hour)
	b.run(list...)
	if n := len(b.entries()); b.state("b").DuplicateOf != "a" || n != 4 {
		t.Errorf("a post of hours ago may still come to a: %d entries", n)
	}
	b.later(25 * time.Hour)
	b.run(list...)
	found := false
	for _, e := range b.entries() {
		found = found || strings.Contains(e.GUID, "own") && e.FeedID == "b"
	}
	if !found || b.state("b").DuplicateOf != "" {
		t.Errorf("after a day its own post is kept: %t; it is the twin of %q", found, b.state("b").DuplicateOf)
	}
}
