package collect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/planet"
)

// document is a feed with the items written so.
func document(items ...string) feedtest.Reply {
	return feedtest.Feed([]byte(`<rss version="2.0"><channel><title>A</title><link>https://a.example/</link>` + strings.Join(items, "\n") + `</channel></rss>`))
}

func item(n int) string {
	return fmt.Sprintf("<item><guid>g%d</guid><title>Post %d</title><description>text %d</description></item>", n, n, n)
}

func titles(entries []planet.Entry) string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Title)
	}
	return strings.Join(out, ", ")
}

// What the store knows by its bytes is neither parsed nor cleaned nor written again: had it been, it would have been seen
// that its hash isn't right.
func TestKnownEntriesAreLeftAlone(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	f := feed("a", s.URL)
	s.Handle("/", document(item(2), item(1)))
	b.run(f)
	b.sql("update entries set raw_hash = zeroblob(32), title = 'untouched ' || key")
	s.Handle("/", document(item(3), item(2), item(1)))
	b.later(2 * time.Hour)
	if r := b.run(f); r.New != 1 || r.Updated != 0 {
		t.Errorf("%d new, %d updated", r.New, r.Updated)
	}
	if got := titles(b.entries()); got != "Post 3, untouched g2, untouched g1" {
		t.Errorf("there are %s", got)
	}
	s.Handle("/", document(item(3), strings.Replace(item(2), "text 2", "text 2, put right", 1), item(1)))
	b.later(2 * time.Hour)
	if r := b.run(f); r.New != 0 || r.Updated != 1 {
		t.Errorf("an edited entry: %d new, %d updated", r.New, r.Updated)
	}
	if got := titles(b.entries()); got != "Post 3, Post 2, untouched g1" {
		t.Errorf("there are %s", got)
	}
}

// Entries without a guid are told apart by what the others of the document say: then all are read.
func TestEntriesWithoutGuidReadTheirWholeDocument(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	f := feed("a", s.URL)
	bare := func(title string) string {
		return "<item><link>https://a.example/same</link><title>" + title + "</title></item>"
	}
	s.Handle("/", document(bare("one"), bare("two")))
	b.run(f)
	s.Handle("/", document(bare("three"), bare("one"), bare("two")))
	b.later(2 * time.Hour)
	if r := b.run(f); r.New != 1 || r.Updated != 0 || len(b.entries()) != 3 {
		t.Errorf("%d new, %d updated, %s", r.New, r.Updated, titles(b.entries()))
	}
}

// The schedule goes by all entries of a document, read or not.
func TestScheduleKnowsWhatWasNotRead(t *testing.T) {
	t.Parallel()
	b, s := newBench(t), feedtest.New(t)
	f := feed("a", s.URL)
	s.Handle("/", feedtest.Feed(feedtest.RSS("A", items(5)...)))
	b.run(f)
	was := b.state("a")
	s.Handle("/", feedtest.Feed([]byte(strings.Replace(string(feedtest.RSS("A", items(5)...)), "<channel>", "<channel><ttl>61</ttl>", 1))))
	b.later(2 * time.Hour)
	r := b.run(f)
	if is := b.state("a"); r.Fetched != 1 || !is.Newest.Equal(was.Newest) || is.Gap != was.Gap || is.Hints == was.Hints || was.Gap == 0 {
		t.Errorf("%s: newest %s, gap %s; before %s, %s; hints %q", kinds(r), is.Newest, is.Gap, was.Newest, was.Gap, is.Hints)
	}
}

// A guid may be another entry's link, which is that one's id.
func TestGuidThatIsAnotherEntrysLink(t *testing.T) {
	t.Parallel()
	const bare, other = "<item><link>https://a.example/l</link><title>A</title></item>",
		"<item><guid>https://a.example/l</guid><link>https://a.example/l</link><title>B</title></item>"
	for name, second := range map[string]feedtest.Reply{"before": document(other, bare), "behind": document(bare, other)} {
		b, s := newBench(t), feedtest.New(t)
		s.Handle("/", document(bare))
		b.run(feed("a", s.URL))
		s.Handle("/", second)
		b.later(2 * time.Hour)
		if r := b.run(feed("a", s.URL)); r.New != 1 || r.Updated != 0 || len(b.entries()) != 2 {
			t.Errorf("%s: %d new, %d updated: %s", name, r.New, r.Updated, titles(b.entries()))
		}
	}
}
