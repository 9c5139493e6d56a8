package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A reader is a subscriber of the merged feed, who remembers all that was ever in it.
type reader struct {
	ids    map[string]string    // of the posts, by token
	tokens map[string]string    // of the posts, by id
	dates  map[string]time.Time // under which a post is, by token
	last   []merged             // what was in the feed the last time
	owed   map[string]bool      // tokens of all posts that had to be in it
}

func newReader() reader {
	return reader{ids: map[string]string{}, tokens: map[string]string{}, dates: map[string]time.Time{}, owed: map[string]bool{}}
}

// A merged is a post as the planet publishes it.
type merged struct {
	token, id, edition string
	date               time.Time
}

var (
	monthToken   = regexp.MustCompile(`\btk[0-9]+x\b`)
	monthEdition = regexp.MustCompile(`\bedition-[0-9]+\b`)
	monthDate    = regexp.MustCompile(`<time class="dt-published" datetime="([^"]+)"`)
)

func (m *month) public(name string) string {
	m.Helper()
	data, err := os.ReadFile(filepath.Join(m.dir, "public", filepath.FromSlash(name)))
	if err != nil {
		m.Fatal(err)
	}
	return string(data)
}

// feed is what atom.xml holds.
func (m *month) feed() (out []merged) {
	m.Helper()
	var doc struct {
		Entries []struct {
			ID        string    `xml:"id"`
			Published time.Time `xml:"published"`
			Updated   time.Time `xml:"updated"`
			Content   string    `xml:"content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(m.public("atom.xml")), &doc); err != nil {
		m.Fatal(err)
	}
	for _, e := range doc.Entries {
		if e.Updated.After(m.now().Add(2 * time.Minute)) {
			m.Errorf("%s was updated in the future: %s", e.ID, e.Updated)
		}
		out = append(out, merged{monthToken.FindString(e.Content), e.ID, monthEdition.FindString(e.Content), e.Published})
	}
	return out
}

// pages are the posts of the river's pages.
func (m *month) pages() (out []merged) {
	m.Helper()
	for n := range monthPages {
		name := "index.html"
		if n > 0 {
			name = fmt.Sprintf("page/%d/index.html", n+1)
		}
		for _, article := range strings.Split(m.public(name), "<article ")[1:] {
			date, err := time.Parse(time.RFC3339, monthDate.FindStringSubmatch(article)[1])
			if err != nil {
				m.Fatal(err)
			}
			out = append(out, merged{token: monthToken.FindString(article), date: date})
		}
	}
	return out
}

// checkPublished looks at pages and feed as readers see them.
func (m *month) checkPublished() {
	feed := m.feed()
	for i, p := range m.pages() {
		if i >= len(feed) || p.token != feed[i].token || !p.date.Equal(feed[i].date) {
			m.Fatalf("the post %d of the pages is %s of %s, not that of atom.xml", i, p.token, p.date)
		}
	}
	met := map[string]bool{}
	for i, p := range feed {
		if p.token == "" || met[p.token] {
			m.Errorf("%s is in atom.xml twice, or nobody's: %s", p.id, m.tell(p.token))
		}
		met[p.token] = true
		if p.date.After(m.now().Add(2 * time.Minute)) {
			m.Errorf("a date in the future: %s, %s", p.date, m.tell(p.token))
		}
		if i > 0 && p.date.After(feed[i-1].date) {
			m.Errorf("%s comes after %s", p.date, feed[i-1].date)
		}
	}
	m.checkReader(feed)
	m.checkRiver(feed)
	m.reader.last = feed
}

// checkReader holds the feed against what its reader knows: each post keeps its id and its place.
func (m *month) checkReader(feed []merged) {
	r := &m.reader
	kept := map[string]int{} // place
	for i, p := range feed {
		if id, ok := r.ids[p.token]; ok && id != p.id {
			m.Errorf("a post comes again as %s, it was %s: %s", p.id, id, m.tell(p.token))
		}
		if token, ok := r.tokens[p.id]; ok && token != p.token {
			m.Errorf("the id %s was that of another post: %s and %s", p.id, m.tell(p.token), m.tell(token))
		}
		if before, ok := r.dates[p.token]; ok && p.date.After(before) {
			m.Errorf("a post goes up from %s to %s: %s", before, p.date, m.tell(p.token))
		} else if ok && p.date.Equal(before) {
			kept[p.token] = i + 1
		}
		r.ids[p.token], r.tokens[p.id], r.dates[p.token] = p.id, p.token, p.date
	}
	at := 0
	for _, p := range r.last {
		if i := kept[p.token]; i > 0 && i < at {
			m.Errorf("the order of posts changes at %s", m.tell(p.token))
		} else if i > 0 {
			at = i
		}
	}
}

// checkRiver holds the feed against the model: it has what it has to have, and nothing else.
func (m *month) checkRiver(feed []merged) {
	wanted := map[string][]*hold{}
	dates, met := map[string]time.Time{}, map[string]bool{}
	for _, p := range feed {
		dates[p.token], met[p.token] = p.date, true
	}
	tail := time.Time{}
	if len(feed) >= monthEntries {
		tail = feed[len(feed)-1].date
	}
	for _, shown := range m.river() {
		token, at := shown[0].post.token, shown[0].at(m)
		wanted[token] = shown
		if at.After(tail) {
			m.reader.owed[token] = true
			if !met[token] {
				m.Errorf("missing since %s: %s", at, m.tell(token))
			}
		}
		if met[token] && len(m.expected[token]) == 1 && !dates[token].Equal(at) {
			m.Errorf("it is dated %s, and should be %s: %s", dates[token], at, m.tell(token))
		}
	}
	for i, p := range feed {
		shown := wanted[p.token]
		if shown == nil {
			m.Errorf("it should not be there: %s", m.tell(p.token))
			continue
		}
		// Of what came at once with one date, what its feed has first comes first.
		if i > 0 && p.date.Equal(feed[i-1].date) {
			if before := wanted[feed[i-1].token]; before != nil && before[0].blog == shown[0].blog && before[0].seen.Equal(shown[0].seen) && before[0].rank > shown[0].rank {
				m.Errorf("it comes before what its feed has before it: %s", m.tell(feed[i-1].token))
			}
		}
		if s := shown[0]; len(m.expected[p.token]) == 1 && s.blog.still() && p.edition != fmt.Sprintf("edition-%d", s.post.edition) {
			m.Errorf("%s is shown, and there is edition-%d: %s", p.edition, s.post.edition, m.tell(p.token))
		}
	}
}

// still tells whether what a feed last said must be what is shown: no post is another one at each fetch.
func (b *monthBlog) still() bool {
	return b.readable && b.listed() && b.m.hour >= b.restless.to+2 && !strings.HasPrefix(b.temper, "counts") && b.temper != "is cut off"
}

// tell says what is known of a post.
func (m *month) tell(token string) string {
	var parts []string
	for _, s := range m.expected[token] {
		parts = append(parts, fmt.Sprintf("%s (%s, %s) %q claimed %s, seen %s, hidden: %q", s.blog.id, s.blog.temper, s.blog.format, s.post.title,
			s.claimed.Format(time.RFC3339), s.seen.Format(time.RFC3339), m.hidden(s)))
	}
	return token + ": " + strings.Join(parts, "; ")
}

// checkHealth looks whether all entries are shown or hidden.
func (m *month) checkHealth() {
	var h health
	if err := json.Unmarshal([]byte(m.public("health.json")), &h); err != nil {
		m.Fatal(err)
	}
	for _, f := range h.Feeds {
		n := f.Shown
		for _, hidden := range f.Hidden {
			n += hidden
		}
		if n != f.Entries {
			m.Errorf("%s has %d entries, %d shown and hidden %v", f.Name, f.Entries, f.Shown, f.Hidden)
		}
		i := slices.IndexFunc(m.blogs, func(b *monthBlog) bool { return b.id == f.ID })
		if b := m.blogs[i]; b.stolen != (f.State == "held") || f.State != "ok" && !b.stolen && b.readable && b.asked() && !b.paused.has(m.hour) {
			m.Errorf("%s (%s) is %s: %s", f.Name, b.temper, f.State, f.Error)
		}
	}
}
