package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"planet/internal/planet"
)

// largeTitle is how many letters a title may have to be set in large ones.
const largeTitle = 120

// post shows an entry on the page.
func (d *desk) post(e planet.Entry) Post {
	date := e.Date().In(d.zone)
	feed := d.author(e)
	p := Post{
		speech: d.page.speech, Anchor: Anchor(e.PublishedID), Alone: d.page.Kind == "post", Face: d.face(feed), Authors: authors(e, feed), Via: via(e),
		Title: e.Title, Untitled: e.Untitled || e.Title == "", LongTitle: utf8.RuneCountInString(e.Title) > largeTitle,
		Link: web(e.Link), Host: host(e.Link), Comments: web(e.Comments), Media: d.media(e.Enclosures),
		Date: date, Datetime: date.UTC().Format(time.RFC3339), Clock: date.Format("15:04"), FullDate: d.words.moment(date),
	}
	p.Permalink = "#" + p.Anchor
	if e.Folder != "" && e.Folder != d.page.Path {
		p.Permalink = d.page.Root + e.Folder + p.Permalink
	}
	if d.site.Entries && !p.Alone {
		p.Page = d.page.Root + postFolder(e)
	}
	for _, tag := range e.Tags {
		p.Tags = append(p.Tags, d.place(tag, "tags/", d.site.Tags && everywhere(e)))
	}
	p.Elsewhere = d.elsewhere(e)
	d.setLanguage(&p, e, feed)
	setBody(&p, e, d.mode(feed))
	return p
}

// everywhere tells whether an entry is on the pages of its tags and its language: what is in the archive alone isn't, and
// these may not exist.
func everywhere(e planet.Entry) bool {
	return e.Listing != planet.InArchive && e.Listing != planet.InHistory
}

// mode is how much of a feed's posts is shown.
func (d *desk) mode(feed planet.Feed) planet.Mode {
	return cmp.Or(feed.Mode, d.site.Mode, planet.Full)
}

// line tells of an entry in one line.
func (d *desk) line(e planet.Entry) Line {
	date := e.Date().In(d.zone)
	l := Line{
		URL: web(e.Link), Name: d.author(e).Name, Datetime: date.UTC().Format(time.RFC3339), Date: d.words.date("date", date), Year: date.Year(),
		Dir: cmp.Or(textDir(e.Title), "ltr"),
	}
	l.Title = cmp.Or(e.Title, l.Date)
	if lang := d.written(e, d.author(e)); !strings.EqualFold(lang, d.lang) {
		l.Lang = lang
	}
	if e.Folder != "" {
		l.URL = d.page.Root + e.Folder + "#" + Anchor(e.PublishedID)
	}
	return l
}

// author is the feed that an entry came from, or what stands for it.
func (d *desk) author(e planet.Entry) planet.Feed {
	if feed, known := d.feeds[e.FeedID]; known {
		return feed
	}
	return stranger(e)
}

// Anchor is a post's id in pages: short, and the same for ever because the published id is.
func Anchor(publishedID string) string {
	sum := sha256.Sum256([]byte(publishedID))
	return "e-" + hex.EncodeToString(sum[:6])
}

// stranger stands for the feed of an entry whose feed isn't in feeds.yaml: better a name from the entry than none.
func stranger(e planet.Entry) planet.Feed {
	feed := planet.Feed{ID: e.FeedID, Name: e.FeedID}
	if name := host(e.Link); name != "" {
		feed.Name = name
	}
	if len(e.Authors) > 0 && e.Authors[0].Name != "" {
		feed.Name = e.Authors[0].Name
	}
	return feed
}

// authors are the names to show beside the feed's: none when there is nothing new in them. Mail addresses stay private.
func authors(e planet.Entry, feed planet.Feed) []Author {
	var list []Author
	for _, person := range e.Authors {
		if name := strings.TrimSpace(person.Name); name != "" {
			list = append(list, Author{Name: name, URL: web(person.URI)})
		}
	}
	if len(list) == 1 && strings.EqualFold(list[0].Name, strings.TrimSpace(feed.Name)) {
		return nil
	}
	return list
}

// via names the planet that a post came through.
func via(e planet.Entry) *Author {
	if e.Source == nil {
		return nil
	}
	link := cmp.Or(web(e.Source.Link), web(e.Source.URL))
	title := cmp.Or(e.Source.Title, host(link))
	if title == "" {
		return nil
	}
	return &Author{Name: title, URL: link}
}

// elsewhere are the other feeds that have the same post, each once.
func (d *desk) elsewhere(e planet.Entry) (list []Author) {
	named := map[string]bool{e.FeedID: true}
	for _, c := range e.Copies {
		if feed, ok := d.feeds[c.FeedID]; ok && !named[c.FeedID] {
			named[c.FeedID] = true
			list = append(list, Author{Name: feed.Name, URL: web(c.Link)})
		}
	}
	return list
}

// written is the language of an entry, the planet's when nobody says; as a tag for pages.
func (d *desk) written(e planet.Entry, feed planet.Feed) string {
	return cmp.Or(planet.LanguageTag(e.Lang), planet.LanguageTag(feed.Lang), d.home)
}

func (d *desk) setLanguage(p *Post, e planet.Entry, feed planet.Feed) {
	lang := d.written(e, feed)
	if !strings.EqualFold(lang, d.lang) {
		p.Lang, p.LangHere = lang, d.lang
	}
	if p.Lang != "" && !strings.EqualFold(primary(lang), primary(d.home)) {
		p.LangName = languageName(lang)
		if d.site.Languages && everywhere(e) {
			p.LangPage = d.page.Root + "lang/" + planet.LanguageSlug(lang) + "/"
		}
	}
	p.Dir = e.Dir
	if p.Dir != "rtl" && p.Dir != "ltr" {
		p.Dir = cmp.Or(textDir(e.Text), textDir(e.Title), languageDir(lang), "ltr")
	}
}

// media lists the enclosures that can be linked to.
func (d *desk) media(enclosures []planet.Enclosure) []Media {
	var list []Media
	for _, e := range enclosures {
		link := web(e.URL)
		if link == "" {
			continue
		}
		m := Media{URL: link, Title: e.Title, Type: e.Type, Kind: "enclosure", Size: d.words.size(e.Length)}
		switch kind, _, _ := strings.Cut(e.Type, "/"); kind {
		case "audio", "video":
			m.Kind = kind
		case "image":
			m.Kind = "photo"
		}
		if m.Title == "" {
			m.Title = fileName(link)
		}
		list = append(list, m)
	}
	return list
}

// fileName is the last part of an address, without the query that often follows it.
func fileName(link string) string {
	link, _, _ = strings.Cut(link, "?")
	if name := path.Base(link); name != "/" && name != "." {
		return name
	}
	return link
}

// size tells bytes in round decimal units, as download pages do.
func (c *catalogue) size(bytes int64) string {
	switch {
	case bytes <= 0:
		return ""
	case bytes < 1000:
		return c.must("size.bytes", int(bytes))
	case bytes < 1_000_000:
		return c.must("size.kb", int((bytes+500)/1000))
	case bytes < 1_000_000_000:
		return c.must("size.mb", int((bytes+500_000)/1_000_000))
	}
	return c.must("size.gb", strings.Replace(fmt.Sprintf("%.1f", float64(bytes)/1e9), ".", c.must("decimal"), 1))
}
