package collect

import (
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/planet"
)

// One feed's impossible date ends nobody's run.
func TestB61DateBeyondAllYears(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/evil", feedtest.Feed([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><title>E</title><entry><id>e</id><title>x</title><published>9999-12-31T23:59:59-12:00</published></entry></feed>`)))
	s.Handle("/good", feedtest.Feed(feedtest.Atom("G", items(1)...)))
	if got := kinds(b.run(feed("evil", s.URL+"/evil"), feed("good", s.URL+"/good"))); got != "evil fetched, good fetched" {
		t.Error(got)
	}
}

// Asking one feed alone splits no twins.
func TestB41OnlyOneOfTwins(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	doc := feedtest.Feed(feedtest.Atom("A", items(2)...))
	s.Handle("/a", doc)
	s.Handle("/b", doc)
	list := []planet.Feed{feed("a", s.URL+"/a"), feed("b", s.URL+"/b")}
	b.run(list...)
	b.later(2 * time.Hour)
	b.Only = map[string]bool{"b": true}
	if got := kinds(b.run(list...)); got != "b not_modified" {
		t.Error(got)
	}
	if n := len(b.entries()); b.state("b").DuplicateOf != "a" || n != 2 {
		t.Errorf("b is the twin of %q; %d entries", b.state("b").DuplicateOf, n)
	}
}

// News of a twin whose other is gone are its own.
func TestB41TwinOfTheGone(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	old := feedtest.Items("a", 10, noon.Add(-3*day))
	s.Handle("/a", feedtest.Feed(feedtest.Atom("A", old...)))
	s.Handle("/b", feedtest.Feed(feedtest.Atom("A", old...)))
	list := []planet.Feed{feed("a", s.URL+"/a"), feed("b", s.URL+"/b")}
	b.run(list...)
	s.Handle("/a", feedtest.Status(410))
	b.later(2 * time.Hour)
	b.run(list...)
	b.later(day)
	s.Handle("/b", feedtest.Feed(feedtest.Atom("A", append(feedtest.Items("fresh", 1, b.now().Add(-time.Hour)), old...)...)))
	b.run(list...)
	for _, e := range b.entries() {
		if strings.Contains(e.GUID, "fresh") && e.FeedID == "b" {
			return
		}
	}
	t.Errorf("the new post of b isn't kept; it is the twin of %q", b.state("b").DuplicateOf)
}

// A redirect is an answer: the network is up, though it leads to where nobody answers.
func TestB36RedirectToATwinIsAnAnswer(t *testing.T) {
	b := newBench(t)
	one, two, up := feedtest.NewOn(t, "127.0.0.31:0"), feedtest.NewOn(t, "127.0.0.32:0"), feedtest.NewOn(t, "127.0.0.33:0")
	one.Handle("/", feedtest.Feed(feedtest.Atom("1", feedtest.Items("x", 1, noon)...)))
	two.Handle("/", feedtest.Feed(feedtest.Atom("2", feedtest.Items("y", 1, noon)...)))
	up.Handle("/", feedtest.Redirect(302, one.URL+"/"))
	list := []planet.Feed{feed("one", one.URL+"/"), feed("two", two.URL+"/"), feed("up", up.URL+"/")}
	b.run(list...)
	one.Close()
	two.Close()
	b.later(2 * time.Hour)
	b.run(list...) // fails the test when it says that there is no network
	if b.state("one").Failures != 1 || b.state("two").Failures != 1 {
		t.Errorf("the failures are %d and %d", b.state("one").Failures, b.state("two").Failures)
	}
}

// A clock that was wrong once keeps nobody from hearing of a broken feed.
func TestToldAfterAClockThatWasWrong(t *testing.T) {
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(1)...)))
	f := feed("a", s.URL)
	b.run(f)
	s.Handle("/", feedtest.Status(500))
	b.set(noon.Add(4 * 365 * day))
	b.run(f)
	told := 0
	for n := range 6 {
		b.set(noon.Add(time.Duration(n+1) * 2 * day))
		if r := b.run(f); len(r.Outcomes) > 0 && r.Outcomes[0].Tell == Broken {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}
