package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"planet/internal/feedtest"
)

// A monthPost is something that somebody has written, as one feed has it.
type monthPost struct {
	token   string // in the text of this post, all its copies, and nothing else
	slug    string // of its address
	title   string
	text    string
	date    time.Time // that it claims; zero none
	updated time.Time
	edition int
	gone    bool       // taken out of the feed
	spam    bool       // not the author's
	link    string     // when it isn't on the blog's own site
	guid    string     // when it has that of another blog
	source  *monthBlog // that it says it is from
}

// A between is hours from one up to another, which doesn't belong to it.
type between struct{ from, to int }

func (s between) has(hour int) bool { return s.from <= hour && hour < s.to }

// A monthBlog is a blog with its feed.
type monthBlog struct {
	m      *month
	id     string
	temper string
	random *rand.Rand
	words  []string // that its author knows

	host, title, lang, generator string
	elsewhere                    *monthBlog // that isn't on the planet, for one that has its posts
	format                       string     // rss, atom or json
	window                       int        // posts in the document
	backwards                    bool       // the oldest first
	every                        int        // it has a new post each so many hours, on average
	length                       int        // words in a post
	early                        int        // posts from before the planet
	age                          time.Duration
	from                         int // the hour in which it is added to feeds.yaml
	away, paused                 between
	event                        int                             // the hour in which whatever it is happens
	habits                       []func()                        // what its author does in an hour, beside writing
	show                         func(*monthItem)                // what its program makes of a post
	answer                       func(doc []byte) feedtest.Reply // what its server makes of the document
	followers                    []func(p *monthPost)            // who have its posts too
	later                        map[int][]*monthPost            // posts that are to appear
	posts                        []*monthPost                    // in the order in which they appeared
	items                        []monthItem                     // of this hour's document, the first at its top
	readable                     bool                            // what the server answers in this hour
	stolen                       bool                            // somebody else has it now
	restless                     between                         // the hours in which a post is another one at each fetch
	succeeded                    time.Time                       // when it was last read
	met                          bool                            // it was read before
}

// A monthItem is a post as it is in a document.
type monthItem struct {
	post               *monthPost
	guid, link, html   string
	title              string
	published, updated time.Time
}

// claimed is the date of an item; zero none.
func (it *monthItem) claimed() time.Time {
	if it.published.IsZero() {
		return it.updated
	}
	return it.published
}

func newMonthBlog(m *month, temper string, random *rand.Rand) *monthBlog {
	n := len(m.blogs)
	b := &monthBlog{
		m: m, id: fmt.Sprintf("b%02d", n), temper: temper, random: random, host: fmt.Sprintf("b%02d.example", n), lang: "en", generator: "Bloggy 1.0",
		format: [...]string{"rss", "atom", "json"}[random.IntN(3)], window: 8 + random.IntN(12), every: 12 + random.IntN(24),
		length: 55 + random.IntN(20), early: 5 + random.IntN(10), age: 20 * 24 * time.Hour, event: m.hours/8 + random.IntN(m.hours*6/8),
		later: map[int][]*monthPost{}, show: func(*monthItem) {},
	}
	for range 150 {
		b.words = append(b.words, syllables(random))
	}
	b.title = "Blog of " + b.words[0]
	b.answer = feedtest.Feed
	if random.IntN(3) == 0 {
		b.answer = feedtest.Bare
	}
	return b
}

func syllables(random *rand.Rand) string {
	var w strings.Builder
	for range 2 + random.IntN(3) {
		w.WriteByte("bdfgklmnprstvw"[random.IntN(14)])
		w.WriteByte("aeiou"[random.IntN(5)])
	}
	return w.String()
}

func (b *monthBlog) some(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = b.words[b.random.IntN(len(b.words))]
	}
	return strings.Join(words, " ")
}

// write makes a post.
func (b *monthBlog) write(date time.Time) *monthPost {
	b.m.written++
	p := &monthPost{
		token: fmt.Sprintf("tk%dx", b.m.written), title: b.some(4), text: b.some(b.length), date: date.Truncate(time.Second), spam: b.stolen,
	}
	p.slug = fmt.Sprintf("post-%d-%s", b.m.written, strings.ReplaceAll(p.title, " ", "-"))
	return p
}

// post puts what the author writes now into the feed.
func (b *monthBlog) post() *monthPost {
	p := b.write(b.m.now().Add(-time.Duration(b.random.IntN(3600)) * time.Second))
	b.add(p)
	return p
}

func (b *monthBlog) add(p *monthPost) {
	b.posts = append(b.posts, p)
	for _, f := range b.followers {
		f(p)
	}
}

// past writes what the blog had when it was added to the planet.
func (b *monthBlog) past() {
	start := b.m.at(b.from)
	dates := make([]time.Time, b.early)
	for i := range dates {
		dates[i] = start.Add(-time.Duration(b.random.Int64N(int64(b.age))))
	}
	slices.SortFunc(dates, time.Time.Compare)
	for _, d := range dates {
		b.posts = append(b.posts, b.write(d))
	}
}

// live is an hour of the author.
func (b *monthBlog) live() {
	hour := b.m.hour
	b.posts = append(b.posts, b.later[hour]...)
	if b.m.night() || hour <= b.from {
		return
	}
	if b.every > 0 && b.random.IntN(b.every) == 0 {
		b.post()
	}
	for _, do := range b.habits {
		do()
	}
}

// habit is something that the author does each so many hours, on average.
func (b *monthBlog) habit(hours int, do func()) {
	b.habits = append(b.habits, func() {
		if b.random.IntN(hours) == 0 {
			do()
		}
	})
}

// once is something that happens in the hour of the event, or in the morning after it.
func (b *monthBlog) once(do func()) {
	done := false
	b.habits = append(b.habits, func() {
		if !done && b.m.hour >= b.event {
			done = true
			do()
		}
	})
}

func (b *monthBlog) happened() bool { return b.m.hour >= b.event }

// listed are the posts that the feed has now, the newest first.
func (b *monthBlog) list() (list []*monthPost) {
	for _, p := range slices.Backward(b.posts) {
		if !p.gone && len(list) < b.window {
			list = append(list, p)
		}
	}
	return list
}

// recent is one of the newest posts.
func (b *monthBlog) recent() *monthPost {
	list := b.list()
	return list[b.random.IntN(min(5, len(list)))]
}

// publish makes this hour's document and lets the server answer with it.
func (b *monthBlog) publish() {
	b.items, b.readable = nil, true
	for _, p := range b.list() {
		it := monthItem{
			post: p, guid: "tag:" + b.host + ",2020:" + p.slug, link: "https://" + b.host + "/2026/" + p.slug, title: p.title, published: p.date, updated: p.updated,
			html: fmt.Sprintf("<p>%s %s</p><p>edition-%d.</p>", p.token, p.text, p.edition),
		}
		if p.link != "" {
			it.link = p.link
		}
		if p.guid != "" {
			it.guid = p.guid
		}
		b.show(&it)
		b.items = append(b.items, it)
	}
	if b.backwards {
		slices.Reverse(b.items)
	}
	b.m.server.Handle("/"+b.id, b.answer(b.document()))
}

// asked tells whether the update has asked for the feed.
func (b *monthBlog) asked() bool {
	return len(b.m.server.Requests("/"+b.id))+len(b.m.server.Requests("/new/"+b.id)) > 0
}

func (b *monthBlog) listed() bool { return b.m.hour >= b.from && !b.away.has(b.m.hour) }

// settling tells whether the last edition of a post that was another one at every fetch may only be shown now.
func (b *monthBlog) settling() bool {
	return b.restless.to > 0 && b.restless.to <= b.m.hour && b.m.hour < b.restless.to+3
}

// unreadable is an answer that isn't a feed.
func (b *monthBlog) unreadable(r feedtest.Reply) feedtest.Reply {
	b.readable = false
	return r
}
