package collect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/planet"
)

func TestB04NotModifiedWritesNoEntries(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(5)...)))
	f := feed("a", s.URL)
	if r := b.run(f); r.Fetched != 1 || r.New != 5 || r.Updated != 0 || r.Requests != 1 || r.Bytes == 0 {
		t.Errorf("the first run: %+v", r)
	}
	before, rev := fmt.Sprint(b.entries()), b.revision()
	for range 3 {
		b.later(2 * time.Hour)
		if r := b.run(f); r.NotModified != 1 || r.New+r.Updated != 0 {
			t.Errorf("a later run: %+v", r)
		}
	}
	if fmt.Sprint(b.entries()) != before || b.revision() != rev {
		t.Error("304 changed what is stored")
	}
	if st := b.state("a"); !st.Succeeded.Equal(b.now()) || st.LastStatus != 304 {
		t.Errorf("the state is %+v", st)
	}
	conditional := 0
	for _, r := range s.Requests("") {
		if r.Conditional() {
			conditional++
		}
	}
	if n := len(s.Requests("")); n != 4 || conditional != 3 {
		t.Errorf("%d requests, %d of them conditional; want 4 and 3 (behaviour 3)", n, conditional)
	}
}

func TestB05NotModifiedMayBringNewValidators(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	doc := feedtest.Bare(feedtest.Atom("A", items(1)...)).With("ETag", `"1"`).With("Last-Modified", "long ago")
	s.Handle("/", doc, feedtest.Status(304).With("ETag", `"2"`), feedtest.Status(304).With("Last-Modified", "today"), feedtest.Status(304))
	for range 4 {
		b.run(feed("a", s.URL))
		b.later(2 * time.Hour)
	}
	var got []string
	for _, r := range s.Requests("") {
		got = append(got, r.Header.Get("If-None-Match")+" "+r.Header.Get("If-Modified-Since"))
	}
	if want := `[  "1" long ago "2" long ago "2" today]`; fmt.Sprint(got) != want {
		t.Errorf("validators sent: %s; want %s", got, want)
	}
}

func TestB07SameBytesWithoutValidators(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	doc, newer := feedtest.Atom("A", items(2)...), feedtest.Atom("A", items(3)...)
	s.Handle("/", feedtest.Bare(doc), feedtest.Bare(doc), feedtest.Bare(newer), feedtest.Status(500), feedtest.Bare(newer))
	f := feed("a", s.URL)
	b.run(f)
	before, rev := fmt.Sprint(b.entries()), b.revision()
	b.later(2 * time.Hour)
	if r := b.run(f); r.NotModified != 1 || fmt.Sprint(b.entries()) != before || b.revision() != rev {
		t.Errorf("same bytes: %+v, revision %s, was %s", r, b.revision(), rev)
	}
	b.later(2 * time.Hour)
	if r := b.run(f); r.Fetched != 1 || r.New+r.Updated == 0 || b.revision() == rev {
		t.Errorf("new bytes: %+v", r)
	}
	b.later(2 * time.Hour)
	b.run(f)
	b.later(2 * time.Hour)
	if r := b.run(f); r.NotModified != 1 || b.state("a").LastError != "" || b.state("a").Failures != 0 {
		t.Errorf("same bytes after a failure: %+v, %+v", r, b.state("a"))
	}
}

func TestB09TruncatedDocumentsAreAskedForAgain(t *testing.T) {
	t.Parallel()
	whole := feedtest.Atom("A", items(6)...)
	cut := whole[:len(whole)*2/3]
	for name, reply := range map[string]feedtest.Reply{"with a validator": feedtest.Feed(cut), "without": feedtest.Bare(cut)} {
		t.Run(name, func(t *testing.T) {
			b, s := newBench(t), feedtest.New(t)
			s.Handle("/", reply)
			f := feed("a", s.URL)
			for range 3 { // the same cut bytes are never what is known
				r := b.run(f)
				if st := b.state("a"); st.ETag != "" || r.NotModified != 0 {
					t.Errorf("%s, the validator is %q", kinds(r), st.ETag)
				}
				b.later(2 * time.Hour)
			}
			s.Handle("/", feedtest.Feed(whole))
			b.run(f)
			if got := len(b.entries()); got != 6 || b.state("a").ETag == "" {
				t.Errorf("there are %d entries; the validator is %q", got, b.state("a").ETag)
			}
		})
	}
}

func TestB10ChangedAddressIsAskedAtOnceWithoutValidators(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	s.Handle("/", feedtest.Feed(feedtest.Atom("A", items(2)...)))
	s.Handle("/new", feedtest.Feed(feedtest.Atom("A", items(2)...)))
	b.run(feed("a", s.URL+"/"))
	if r := b.run(feed("a", s.URL+"/new")); r.Fetched != 1 || r.New+r.Updated != 0 {
		t.Errorf("the new address: %+v", r)
	}
	if r := s.Requests("/new"); len(r) != 1 || r[0].Conditional() {
		t.Errorf("the new address was asked %v", r)
	}
}

// Fifty runs with news, failures, restarts and force between them.
func TestB03OneUnconditionalRequestForLife(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	f := feed("a", s.URL)
	for i := range 50 {
		reply := feedtest.Feed(feedtest.Atom("A", items(1+i/10)...)).With("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
		switch i % 7 {
		case 3:
			reply = feedtest.Status(500)
		case 4:
			reply = feedtest.Cut()
		case 5:
			b.restart()
		}
		s.Handle("/", reply)
		b.force(i%9 == 8, f)
		b.later(25 * time.Hour)
	}
	unconditional := 0
	for _, r := range s.Requests("") {
		if !r.Conditional() {
			unconditional++
		}
		if tag, since := r.Header.Get("If-None-Match"), r.Header.Get("If-Modified-Since"); (tag == "") != (since == "") {
			t.Errorf("of both validators one was sent: %q %q", tag, since)
		}
	}
	if n := len(s.Requests("")); n != 50 || unconditional != 1 {
		t.Errorf("%d requests, %d of them unconditional; want 50 and 1", n, unconditional)
	}
	if n := len(b.entries()); n != 5 {
		t.Errorf("%d entries; want 5", n)
	}
}

// A run that can't keep what came is as if nothing had come, but for the request.
func TestB08ValidatorsAreKeptWithTheirEntriesOrNotAtAll(t *testing.T) {
	t.Parallel()
	for name, trigger := range map[string]string{
		"no room for the entries": "before insert on entries",
		"no room for the state":   "before update of etag on feeds when new.etag <> old.etag",
		"no room for the log":     "before insert on fetches",
	} {
		t.Run(name, func(t *testing.T) {
			b, s := newBench(t), feedtest.New(t)
			older, newer := feedtest.Feed(feedtest.Atom("A", items(1)...)), feedtest.Feed(feedtest.Atom("A", items(3)...))
			s.Handle("/", older, newer)
			f := feed("a", s.URL)
			b.run(f)
			b.sql("create trigger full " + trigger + " begin select raise(abort, 'on purpose'); end")
			b.later(2 * time.Hour)
			if _, err := b.Run(t.Context(), []planet.Feed{f}, false); err == nil || !strings.Contains(err.Error(), "on purpose") {
				t.Errorf("the error is %v", err)
			}
			b.restart()
			b.sql("drop trigger full")
			if tag := b.state("a").ETag; tag != older.Header.Get("ETag") || len(b.entries()) != 1 {
				t.Errorf("kept are the validator %s and %d entries", tag, len(b.entries()))
			}
			if r := b.run(f); r.Due != 0 {
				t.Errorf("it is asked again at once (behaviour 28): %s", kinds(r))
			}
			b.later(time.Hour)
			if r := b.run(f); r.Fetched != 1 || r.New != 2 {
				t.Errorf("the next run: %+v", r)
			}
			tag := older.Header.Get("ETag")
			if got, want := validators(s, "/"), "-, "+tag+", "+tag; got != want {
				t.Errorf("validators sent: %s; want %s", got, want)
			}
		})
	}
}

func TestB09ValidatorsOfWhatCantBeReadAreNotKept(t *testing.T) {
	t.Parallel()
	doc := feedtest.Atom("A", items(2)...)
	for name, bad := range map[string]feedtest.Reply{
		"html":     feedtest.Page("Maintenance", "").With("ETag", `"bad"`).With("Last-Modified", "bad"),
		"nonsense": feedtest.Feed([]byte("no feed at all")).With("ETag", `"bad"`),
		"nothing":  feedtest.Feed(nil).With("ETag", `"bad"`),
		"an error": feedtest.Status(500).With("ETag", `"bad"`),
	} {
		t.Run(name, func(t *testing.T) {
			b, s := newBench(t), feedtest.New(t)
			good := feedtest.Feed(doc)
			s.Handle("/", bad, good, bad, good)
			for range 4 {
				b.run(feed("a", s.URL))
				b.later(25 * time.Hour)
			}
			tag := good.Header.Get("ETag")
			if got, want := validators(s, "/"), "-, -, "+tag+", "+tag; got != want {
				t.Errorf("validators sent: %s; want %s", got, want)
			}
			if st := b.state("a"); st.LastError != "" || len(b.entries()) != 2 {
				t.Errorf("the error is %q, there are %d entries", st.LastError, len(b.entries()))
			}
		})
	}
}

func TestB16PartOfADocumentDeletesNothing(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	whole := feedtest.Items("a", 11, noon.Add(-time.Hour))
	s.Handle("/", feedtest.Feed(feedtest.RSS("A", whole[1:]...)),
		feedtest.Partial(feedtest.RSS("A", whole[0])).With("ETag", `"11"`),
		feedtest.Partial(feedtest.RSS("A")).With("ETag", `"11"`), // nothing is new: no failure either
		feedtest.Feed(feedtest.RSS("A", whole...)))
	f := feed("a", s.URL)
	b.run(f)
	was := b.state("a")
	b.later(2 * time.Hour)
	if r := b.run(f); r.Fetched != 1 || r.New != 1 || r.Updated != 0 || len(b.entries()) != 11 {
		t.Errorf("226: %+v, %d entries", r, len(b.entries()))
	}
	st := b.state("a")
	if !st.Newest.Equal(whole[0].Date) || st.Gap != was.Gap || st.Gap != 24*time.Hour || st.LastStatus != 226 || st.ETag != `"11"` {
		t.Errorf("newest %s, gap %s (was %s), status %d, %s", st.Newest, st.Gap, was.Gap, st.LastStatus, st.ETag)
	}
	b.later(2 * time.Hour)
	if r := b.run(f); r.Failed != 0 || !b.state("a").Newest.Equal(whole[0].Date) {
		t.Errorf("226 of nothing: %s, %+v", kinds(r), b.state("a"))
	}
	b.later(2 * time.Hour)
	if r := b.run(f); r.New+r.Updated != 0 || len(b.entries()) != 11 {
		t.Errorf("all again: %+v", r)
	}
	for i, r := range s.Requests("") {
		if r.Header.Get("A-IM") != "feed" {
			t.Errorf("request %d: A-IM is %q", i, r.Header.Get("A-IM"))
		}
	}
}

func TestB54CutAnswersAreFailures(t *testing.T) {
	t.Parallel()
	good := feedtest.Feed(feedtest.RSS("A", items(3)...))
	newer := feedtest.Feed(feedtest.RSS("A", items(9)...))
	for name, cut := range map[string]feedtest.Reply{
		"short of its length": newer.Truncated(len(newer.Body) - 30), "within a chunk": newer.CutAfter(len(newer.Body) / 2),
		"before the last chunk": newer.CutAfter(len(newer.Body)), "a bad chunk": feedtest.BadChunk(newer.Body), "no answer": feedtest.Cut(),
		"reset": feedtest.Reset(), "gzip": newer.Gzipped().Truncated(100),
	} {
		t.Run(name, func(t *testing.T) {
			b, s := newBench(t), feedtest.New(t)
			s.Handle("/", good, cut, newer)
			f := feed("a", s.URL)
			b.run(f)
			before := fmt.Sprint(b.entries())
			b.later(2 * time.Hour)
			if r := b.run(f); r.Failed != 1 || fmt.Sprint(b.entries()) != before || b.state("a").ETag != good.Header.Get("ETag") {
				t.Errorf("%s; %d entries, the validator is %s", kinds(r), len(b.entries()), b.state("a").ETag)
			}
			b.later(2 * time.Hour)
			if r := b.run(f); r.Fetched != 1 || len(b.entries()) != 9 {
				t.Errorf("afterwards: %s, %d entries", kinds(r), len(b.entries()))
			}
		})
	}
}

// A feed that had entries and has none is broken.
func TestSuddenlyEmptyFeedIsAFailure(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	empty := feedtest.Feed(feedtest.RSS("A"))
	s.Handle("/", empty, feedtest.Feed(feedtest.RSS("A", items(2)...)), empty.With("ETag", `"empty"`))
	f := feed("a", s.URL)
	if r := b.run(f); r.Fetched != 1 {
		t.Errorf("a new blog without posts: %s", kinds(r))
	}
	b.later(2 * time.Hour)
	b.run(f)
	b.later(2 * time.Hour)
	r, st := b.run(f), b.state("a")
	if r.Failed != 1 || !strings.Contains(st.LastError, "empty now") || len(b.entries()) != 2 || st.ETag == `"empty"` {
		t.Errorf("%s: %q; %d entries", kinds(r), st.LastError, len(b.entries()))
	}
}
