package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"

	"planet/internal/feedtest"
)

// A monthTemper is what is odd about some of the blogs.
type monthTemper struct {
	name string
	many int
	make func(b *monthBlog)
}

// monthTempers make sixty feeds. Later ones may have posts of those before.
var monthTempers = []monthTemper{
	{"plain", 4, func(b *monthBlog) {}},
	{"the oldest first", 1, func(b *monthBlog) { b.backwards = true }},
	{"short posts", 2, func(b *monthBlog) { b.length = 12 }},
	{"removed and listed again", 1, func(b *monthBlog) { b.away = between{b.event, b.event + 6 + b.random.IntN(54)} }},
	{"paused", 1, func(b *monthBlog) { b.paused = between{b.event, b.event + 6 + b.random.IntN(54)} }},
	{"dates back", 1, func(b *monthBlog) {
		b.habit(4, func() { b.post().date = b.m.now().Add(-time.Duration(1+b.random.IntN(400*24)) * time.Hour) })
	}},
	{"edits texts", 2, func(b *monthBlog) { b.habit(4, func() { b.recent().edition++ }) }},
	{"edits titles and says so", 1, func(b *monthBlog) {
		b.habit(4, func() {
			p := b.recent()
			p.edition++
			p.title, p.updated = b.some(4), b.m.now()
		})
	}},
	{"Atom without published", 2, func(b *monthBlog) {
		b.format = "atom"
		b.show = func(it *monthItem) {
			if it.published = (time.Time{}); it.updated.IsZero() {
				it.updated = it.post.date
			}
		}
		b.habit(4, func() { p := b.recent(); p.edition++; p.updated = b.m.now() })
	}},
	{"edits one post a hundred times", 1, func(b *monthBlog) {
		b.restless = between{4, 4 + min(100, b.m.hours/2)}
		p := (*monthPost)(nil)
		b.show = func(it *monthItem) {
			if p == nil {
				p = it.post
			}
			if it.post == p && b.restless.has(b.m.hour) {
				p.edition++
				it.html = strings.Replace(it.html, fmt.Sprintf("edition-%d.", p.edition-1), fmt.Sprintf("edition-%d.", p.edition), 1)
			}
		}
		b.window = 1000 // it never leaves the feed
	}},
	{"counts its readers", 1, func(b *monthBlog) {
		b.show = func(it *monthItem) { it.html += fmt.Sprintf("<p>Read %d times.</p>", 1000+b.m.hour) }
	}},
	{"counts its readers, with ids that are new each time", 1, func(b *monthBlog) {
		b.show = func(it *monthItem) {
			it.html += fmt.Sprintf("<p>Read %d times.</p>", 1000+b.m.hour)
			it.guid = fmt.Sprintf("%s#%d", it.guid, b.m.hour)
		}
	}},
	{"writes its ids otherwise", 3, func(b *monthBlog) {
		kind := b.random.IntN(3)
		b.show = func(it *monthItem) {
			it.guid = it.link
			switch {
			case kind == 0 && !b.happened():
				it.link = strings.Replace(it.link, "https:", "http:", 1)
				it.guid = it.link
			case kind == 1 && b.happened():
				it.guid, it.link = it.link+"/", it.link+"/"
			case kind == 2 && b.happened():
				it.guid, it.link = it.link+"?utm_source=rss&utm_medium=feed", it.link+"?utm_source=rss"
			}
		}
	}},
	{"moves to another host and program", 2, func(b *monthBlog) {
		old, redates := b.host, b.random.IntN(2) == 0
		b.show = func(it *monthItem) {
			it.guid = "https://" + old + "/?p=" + it.post.token[2:]
			if b.host != old {
				it.guid = "urn:new:" + it.post.slug
			}
		}
		b.once(func() {
			b.host, b.generator = "new-"+old, "Other 2.0"
			for _, p := range b.posts {
				if redates {
					p.date = b.m.now()
				}
			}
		})
	}},
	{"alternates between two schemes of ids", 2, func(b *monthBlog) {
		links := b.random.IntN(2) == 0
		b.show = func(it *monthItem) {
			if b.m.hour%2 == 0 {
				return
			}
			it.guid = it.post.slug
			if links {
				it.link = strings.Replace(it.link, "/2026/", "/archive/", 1)
			}
		}
	}},
	{"one id for all", 1, func(b *monthBlog) { b.show = func(it *monthItem) { it.guid = "https://" + b.host + "/" } }},
	{"no ids", 1, func(b *monthBlog) { b.show = func(it *monthItem) { it.guid = "" } }},
	{"neither ids nor links", 1, func(b *monthBlog) { b.show = func(it *monthItem) { it.guid, it.link = "", "" } }},
	{"no dates", 1, func(b *monthBlog) { b.show = func(it *monthItem) { it.published = time.Time{} } }},
	{"dates all anew at each fetch", 1, func(b *monthBlog) { b.show = func(it *monthItem) { it.published = b.m.now() } }},
	{"dates all anew each day", 1, func(b *monthBlog) {
		b.show = func(it *monthItem) { it.published = b.m.now().Truncate(24 * time.Hour) }
	}},
	{"dates ahead", 2, func(b *monthBlog) {
		b.habit(6, func() { b.post().date = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC) })
		b.habit(6, func() { b.post().date = b.m.now().Add(time.Duration(1+b.random.IntN(40*60)) * time.Minute) })
		b.habit(12, func() {
			if p := b.recent(); p.date.After(b.m.now()) {
				p.date = b.m.now().Add(-time.Minute)
			}
		})
	}},
	{"dates of broken clocks", 1, func(b *monthBlog) {
		b.habit(5, func() {
			b.post().date = time.Date([...]int{1, 1901, 1970, 1980}[b.random.IntN(4)], 1, 1, 0, 0, b.random.IntN(60), 0, time.UTC)
		})
	}},
	{"a backlog", 1, func(b *monthBlog) { b.from, b.early, b.age, b.window = b.event, 300, 300*24*time.Hour, 400 }},
	{"a backlog of days", 1, func(b *monthBlog) { b.from, b.early, b.age, b.window = b.event, 40, 6*24*time.Hour, 60 }},
	{"a backlog without dates", 1, func(b *monthBlog) {
		b.from, b.early, b.window = b.event, 845, 1000
		b.show = func(it *monthItem) { it.published = time.Time{} }
	}},
	{"a flood", 2, func(b *monthBlog) {
		b.window = 80
		b.once(func() {
			for range 40 {
				b.post()
			}
		})
	}},
	{"a dozen a day", 1, func(b *monthBlog) {
		b.window, b.every = 40, 0
		b.habits = append(b.habits, func() {
			before := len(b.posts)
			for b.m.now().Hour() == 18 && len(b.posts)-before < 12 {
				b.post()
			}
		})
	}},
	{"takes posts out", 2, func(b *monthBlog) {
		b.crowded()
		b.habit(8, func() {
			if list := b.list(); len(list) > 8 {
				list[b.random.IntN(len(list)-7)].gone = true
			}
		})
		b.habit(30, func() {
			for _, p := range b.posts {
				p.gone = false
			}
		})
	}},
	{"posts again", 2, func(b *monthBlog) {
		b.crowded()
		b.habit(6, func() {
			old := b.recent()
			again := *old
			again.slug, again.date = old.slug+"-again", b.m.now()
			old.gone = b.random.IntN(2) == 0
			b.posts = append(b.posts, &again)
		})
	}},
	{"the same title each time", 1, func(b *monthBlog) { b.show = func(it *monthItem) { it.title = "Links of the week" } }},
	{"looks otherwise", 1, func(b *monthBlog) {
		b.once(func() { b.title, b.generator = "New name "+b.words[3], "Other 2.0" })
		b.show = func(it *monthItem) {
			if b.happened() {
				it.html = `<div class="new">` + it.html + "</div>"
			}
		}
	}},
	{"is somebody else's", 1, func(b *monthBlog) {
		b.once(func() {
			b.host, b.title, b.lang, b.generator, b.every = "shoes-"+b.host, "Cheap shoes", "vi", "Spammer 9", 6
			for i := range b.words {
				b.words[i] = syllables(b.random)
			}
			b.posts, b.stolen = nil, true
			for range 4 {
				b.post()
			}
		})
	}},
	{"author", 2, func(b *monthBlog) { b.every = 8 }},
	{"paused author", 1, func(b *monthBlog) { b.every, b.paused = 8, between{b.event, b.event + 8} }},
	{"company", 3, copies("author", "paused author")},
	{"through another planet", 2, func(b *monthBlog) {
		b.format = [...]string{"rss", "atom"}[b.random.IntN(2)] // JSON Feed has no sources
		b.window = 60
		b.elsewhere = b.m.stranger()
		b.elsewhere.followers = append(b.elsewhere.followers, carries(b, b.elsewhere))
		b.habit(5, func() { b.elsewhere.post() })
		for _, other := range b.m.blogs {
			if other.temper == "plain" || other.temper == "author" {
				other.followers = append(other.followers, carries(b, other))
			}
		}
	}},
	{"fails", 3, func(b *monthBlog) {
		b.window, b.every = 60, 3
		outage := between{b.event, b.event + 3 + b.random.IntN(80)}
		kind := b.random.IntN(len(monthOutages))
		b.answer = func(doc []byte) feedtest.Reply {
			if outage.has(b.m.hour) && b.m.hour > 0 {
				return b.unreadable(monthOutages[kind](doc))
			}
			return feedtest.Feed(doc)
		}
	}},
	{"is cut off", 1, func(b *monthBlog) {
		b.format = [...]string{"rss", "atom"}[b.random.IntN(2)]
		b.answer = func(doc []byte) feedtest.Reply {
			if b.random.IntN(4) > 0 {
				return feedtest.Bare(doc)
			}
			n := 1 + b.random.IntN(len(b.items))
			b.items = b.items[:n]
			lines := bytes.SplitAfter(doc, []byte("\n"))
			return feedtest.Bare(bytes.Join(lines[:1+n], nil))
		}
	}},
	{"moves to another address", 1, func(b *monthBlog) {
		b.answer = func(doc []byte) feedtest.Reply {
			b.m.server.Handle("/new/"+b.id, feedtest.Feed(doc))
			if b.happened() {
				return feedtest.Redirect(http.StatusMovedPermanently, b.m.server.URL+"/new/"+b.id)
			}
			return feedtest.Feed(doc)
		}
	}},
}

// monthCrowds lets posts be crowded out of the documents of feeds that put old posts on top again, or take posts out so that
// old ones come in at the end. What was crowded out is taken for deleted there as long as the planet doesn't keep what stood
// where in a feed's last document.
const monthCrowds = false

func (b *monthBlog) crowded() {
	if !monthCrowds {
		b.window = 1000
	}
}

// monthOutages are the ways in which a feed can't be read.
var monthOutages = []func(doc []byte) feedtest.Reply{
	func([]byte) feedtest.Reply { return feedtest.Status(http.StatusInternalServerError) },
	func([]byte) feedtest.Reply { return feedtest.Status(http.StatusNotFound) },
	func([]byte) feedtest.Reply { return feedtest.Cut() },
	func([]byte) feedtest.Reply { return feedtest.Bare(nil) },
	func(doc []byte) feedtest.Reply { return feedtest.Bare(doc).Truncated(len(doc) / 2) },
	func([]byte) feedtest.Reply {
		return feedtest.Bare([]byte("<!DOCTYPE html><html><head><title>Down</title></head><body><p>We are back soon.</p></body></html>"))
	},
	func([]byte) feedtest.Reply {
		return feedtest.Bare([]byte(`<rss version="2.0"><channel><title>Nothing</title></channel></rss>`))
	},
}

// copies gives a blog the posts of an author that isn't somebody's already, and some of its own to the author: hours or days
// later, under another date, and either with the address of the original or as an article of its own.
func copies(authors ...string) func(*monthBlog) {
	return func(b *monthBlog) {
		b.every = 12
		for _, author := range b.m.blogs {
			if author.temper != authors[0] && author.temper != authors[1] || len(author.followers) > 2 {
				continue
			}
			own := b.random.IntN(2) == 0
			author.followers = append(author.followers, func(p *monthPost) {
				again := *p
				again.slug = "reprint-" + p.slug
				if !own {
					again.link = "https://" + author.host + "/2026/" + p.slug
				}
				switch delay := b.random.IntN(48); {
				case delay < 4:
					b.appears(&again, 0)
				default:
					again.date = p.date.Add(time.Duration(b.random.IntN(2*delay)-delay/2) * time.Hour)
					b.appears(&again, delay)
				}
			})
			b.habit(24, func() { // and the other way round
				p := b.post()
				again := *p
				again.slug += "-here-too"
				again.date = p.date.Add(time.Duration(b.random.IntN(24)-12) * time.Hour)
				author.appears(&again, 1+b.random.IntN(24))
			})
			return
		}
	}
}

// carries lets a planet have the posts of another blog, under their ids, as they are or as the planet's own articles that
// have their beginning.
func carries(b, from *monthBlog) func(*monthPost) {
	whole := b.random.IntN(2) == 0
	return func(p *monthPost) {
		again := *p
		again.source = from
		again.guid, again.link = "tag:"+from.host+",2020:"+p.slug, "https://"+from.host+"/2026/"+p.slug
		if !whole {
			again.link = ""
			again.text = strings.Join(strings.Fields(p.text)[:30], " ")
		}
		b.appears(&again, b.random.IntN(5))
	}
}

// appears puts a post into the feed in some hours, or now.
func (b *monthBlog) appears(p *monthPost, hours int) {
	if hours == 0 {
		b.posts = append(b.posts, p)
		return
	}
	b.later[b.m.hour+hours] = append(b.later[b.m.hour+hours], p)
}

const stranger = "stranger"

// stranger is a blog that isn't on the planet.
func (m *month) stranger() *monthBlog {
	for _, b := range m.blogs {
		if b.elsewhere != nil {
			return b.elsewhere
		}
	}
	s := newMonthBlog(m, stranger, m.random)
	s.host = "stranger.example"
	return s
}
