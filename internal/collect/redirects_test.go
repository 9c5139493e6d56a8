package collect

import (
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/store"
)

// times counts the requests for a path since the last Forget.
func times(s *feedtest.Server, path string) int { return len(s.Requests(path)) }

func TestB42PermanentRedirectIsAdoptedWhenItHasLasted(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 308} {
		b, s, other := newBench(t), host(t, 60), host(t, 61)
		doc := feedtest.Feed(feedtest.Atom("A", items(3)...))
		s.Handle("/old", feedtest.Redirect(status, other.URL+"/new"))
		other.Handle("/new", doc)
		f := feed("a", s.URL+"/old")
		for i, tell := range []string{"", "", Moved, "", ""} {
			r := b.run(f)
			o := r.Outcomes[0]
			if o.Tell != tell || (o.Words == other.URL+"/new") != (tell == Moved) {
				t.Errorf("%d, run %d: told %q, %q", status, i, o.Tell, o.Words)
			}
			b.restart()
			b.later(36 * time.Hour)
		}
		if n, m := times(s, "/old"), times(other, "/new"); n != 3 || m != 5 {
			t.Errorf("%d: the old address was asked %d times, the new one %d times; want 3 and 5", status, n, m)
		}
		tag := doc.Header.Get("ETag")
		if got, want := validators(other, "/new"), "-, "+tag+", "+tag+", "+tag+", "+tag; got != want {
			t.Errorf("%d: validators sent: %s", status, got)
		}
		if got := validators(s, "/old"); got != "-, -, -" {
			t.Errorf("%d: validators sent where they don't come from: %s", status, got)
		}
		if st := b.state("a"); st.FetchURL != other.URL+"/new" || st.URL != f.URL || len(b.entries()) != 3 {
			t.Errorf("%d: %+v, %d entries", status, st, len(b.entries()))
		}

		// What feeds.yaml says is asked again when the new address fails thrice.
		other.Handle("/new", feedtest.Status(500))
		s.Handle("/old", feedtest.Feed(feedtest.Atom("A", items(4)...)))
		for range 3 {
			b.run(f)
			b.later(day)
		}
		if n := times(s, "/old"); n != 3 {
			t.Errorf("%d: the old address was asked %d times before the third failure", status, n)
		}
		if r := b.run(f); r.Fetched != 1 || times(s, "/old") != 4 || s.Requests("/old")[3].Conditional() || b.state("a").FetchURL != "" {
			t.Errorf("%d: fallen back: %s, %d requests, %+v", status, kinds(r), times(s, "/old"), b.state("a"))
		}
	}
}

func TestB42RedirectThatDidNotLastIsForgotten(t *testing.T) {
	t.Parallel()
	good, moved := feedtest.Feed(feedtest.Atom("A", items(1)...)), feedtest.Redirect(301, "/new")
	for name, script := range map[string][]feedtest.Reply{
		"once":            {moved, good},
		"once, then gone": {moved, feedtest.Status(500), good},
		"on and off":      {moved, good, moved, good, moved, good},
		"twice":           {moved, moved, good},
	} {
		b, s := newBench(t), feedtest.New(t)
		s.Handle("/old", script...)
		s.Handle("/new", good)
		for range 6 {
			b.run(feed("a", s.URL+"/old"))
			b.later(2 * day)
		}
		if n := times(s, "/old"); n != 6 || b.state("a").FetchURL != "" {
			t.Errorf("%s: the old address was asked %d times of 6; adopted is %q", name, n, b.state("a").FetchURL)
		}
	}
}

// Thrice in an hour is a mistake of that hour.
func TestB42RedirectMustLastForDays(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/old", feedtest.Redirect(301, "/new"))
	s.Handle("/new", feedtest.Feed(feedtest.Atom("A", items(1)...)))
	for range 30 {
		b.force(true, feed("a", s.URL+"/old"))
		b.later(2 * time.Hour)
	}
	if n := times(s, "/old"); n != 30 {
		t.Errorf("adopted after %d runs in 60 hours", n)
	}
}

func TestB43TemporaryRedirectsAreNotRemembered(t *testing.T) {
	t.Parallel()
	for _, status := range []int{302, 303, 307} {
		b, s := newBench(t), feedtest.New(t)
		s.Handle("/old", feedtest.Redirect(status, "/new"), feedtest.Redirect(status, "/new"), feedtest.Redirect(status, "/new"),
			feedtest.Redirect(status, "/new"), feedtest.Feed(feedtest.Atom("A", items(2)...)))
		s.Handle("/new", feedtest.Feed(feedtest.Atom("A", items(2)...)))
		for range 6 {
			b.run(feed("a", s.URL+"/old"))
			b.later(2 * day)
		}
		if n, m := times(s, "/old"), times(s, "/new"); n != 6 || m != 4 || b.state("a").FetchURL+b.state("a").MovedTo != "" {
			t.Errorf("%d: %d and %d requests; %+v", status, n, m, b.state("a"))
		}
	}
}

func TestB44OfAMixedChainThePermanentPrefixIsAdopted(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first, second int
		want          string
	}{
		"permanent, temporary": {301, 302, "/b"}, "both permanent": {308, 301, "/c"}, "temporary, permanent": {307, 301, ""}, "neither": {302, 303, ""},
	} {
		b, s := newBench(t), feedtest.New(t)
		s.Handle("/a", feedtest.Redirect(tt.first, "/b"))
		s.Handle("/b", feedtest.Redirect(tt.second, "c"))
		s.Handle("/c", feedtest.Feed(feedtest.Atom("A", items(1)...)))
		for range 4 {
			b.run(feed("a", s.URL+"/a"))
			b.later(2 * day)
		}
		s.Forget()
		b.run(feed("a", s.URL+"/a"))
		want := "/a"
		if tt.want != "" {
			want = tt.want
		}
		if got := strings.TrimPrefix(b.state("a").FetchURL, s.URL); got != tt.want || s.Requests("")[0].Path != want {
			t.Errorf("%s: adopted is %q, asked was %s; want %q", name, got, s.Requests("")[0].Path, tt.want)
		}
	}
}

func TestB47ValidatorsGoOnlyWhereTheyComeFrom(t *testing.T) {
	t.Parallel()
	b, s, other := newBench(t), host(t, 62), host(t, 63)
	doc := feedtest.Feed(feedtest.Atom("A", items(1)...))
	tag := doc.Header.Get("ETag")
	s.Handle("/a", feedtest.Redirect(302, "/b"), feedtest.Redirect(302, "/b"), feedtest.Redirect(302, "/c"), feedtest.Redirect(302, other.URL+"/b"), doc)
	s.Handle("/b", doc)
	s.Handle("/c", doc)
	other.Handle("/b", doc)
	for range 6 {
		if r := b.run(feed("a", s.URL+"/a")); r.Failed != 0 {
			t.Error(kinds(r))
		}
		b.later(2 * time.Hour)
	}
	got := validators(s, "/a") + " | " + validators(s, "/b") + " | " + validators(s, "/c") + " | " + validators(other, "/b")
	if want := "-, -, -, -, -, " + tag + " | -, " + tag + " | - | -"; got != want {
		t.Errorf("validators sent: %s\nwant %s", got, want)
	}
}

func TestB48LoginPageElsewhereIsNoMove(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 308} {
		b, s, portal := newBench(t), host(t, 64), host(t, 65)
		doc := feedtest.Feed(feedtest.Atom("A", items(2)...))
		portal.Handle("/", feedtest.Page("Please log in", ""))
		s.Handle("/", doc)
		f := feed("a", s.URL+"/")
		b.run(f)
		s.Handle("/", feedtest.Redirect(status, portal.URL+"/"))
		for range 6 {
			b.later(2 * day)
			if r := b.run(f); r.Failed != 1 || !strings.Contains(r.Outcomes[0].Error, "not a feed") {
				t.Errorf("%d: %s: %s", status, kinds(r), r.Outcomes[0].Error)
			}
			if st := b.state("a"); st.FetchURL+st.MovedTo != "" {
				t.Errorf("%d: it is taken for a move: %+v", status, st)
			}
		}
		if st := b.state("a"); st.ETag != doc.Header.Get("ETag") || len(b.entries()) != 2 || times(s, "/") != 7 {
			t.Errorf("%d: %+v; %d entries, %d requests", status, st, len(b.entries()), times(s, "/"))
		}
		s.Handle("/", doc)
		b.later(2 * day)
		if r := b.run(f); r.NotModified != 1 {
			t.Errorf("%d: at home again: %s", status, kinds(r))
		}
	}
}

// The password of feeds.yaml goes along to an adopted address of the same place, and to no other.
func TestAddressTable(t *testing.T) {
	for _, tt := range [][3]string{
		{"http://a.example/x", "", "http://a.example/x"},
		{"http://me:pw@a.example/x", "", "http://me:pw@a.example/x"},
		{"http://a.example/x", "http://c.example/y", "http://c.example/y"},
		{"http://me:pw@a.example/x", "http://a.example/y", "http://me:pw@a.example/y"},
		{"http://me:pw@a.example/x", "https://a.example/y", "https://a.example/y"},
		{"http://me:pw@a.example/x", "http://a.example:8080/y", "http://a.example:8080/y"},
		{"http://me:pw@a.example/x", "http://c.example/x", "http://c.example/x"},
		{"http://a.example/x", "http://a.example/%zz", "http://a.example/x"},
	} {
		if got := address(feed("a", tt[0]), store.State{FetchURL: tt[1]}); got != tt[2] {
			t.Errorf("%s, adopted %s: asked at %s; want %s", tt[0], tt[1], got, tt[2])
		}
	}
}
