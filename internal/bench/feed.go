package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// A kind is a feed format of the corpus.
type kind int

const (
	rss kind = iota
	atomHTML
	atomXHTML
)

// kindOf spreads the formats: 70 % RSS 2.0, 20 % Atom with html, 10 % Atom with xhtml.
func kindOf(feed int) kind {
	switch feed % 10 {
	case 9:
		return atomXHTML
	case 7, 8:
		return atomHTML
	default:
		return rss
	}
}

func (k kind) contentType() string {
	if k == rss {
		return "application/rss+xml; charset=UTF-8"
	}
	return "application/atom+xml; charset=UTF-8"
}

// An entry is one post of the corpus; it follows from its feed and its number alone.
type entry struct {
	feed, number int
	link, title  string
	excerpt      string
	tags         []string
	body         string
	date         time.Time
}

// firstPost is when the oldest entries were published.
var firstPost = time.Date(2026, 6, 1, 6, 0, 0, 0, time.UTC)

func makeEntry(feed, number int) entry {
	t := newText(feed, number, kindOf(feed) == atomXHTML)
	return entry{
		feed: feed, number: number,
		link:    fmt.Sprintf("https://blog%d.example/2026/post-%d/", feed, number),
		title:   t.title(),
		excerpt: t.plain(30),
		tags:    []string{t.word(), t.word()},
		body:    t.body(),
		date:    firstPost.AddDate(0, 0, number).Add(time.Duration(feed*13) * time.Minute),
	}
}

// feedXML is one version of one feed: version v holds the entries v to v+19, the newest first. bodies is the length of
// the HTML in it.
func feedXML(feed, version int) (raw []byte, bodies int) {
	var b bytes.Buffer
	k := kindOf(feed)
	entries := make([]entry, entriesPerFeed)
	for i := range entries {
		entries[i] = makeEntry(feed, version+entriesPerFeed-1-i)
		bodies += len(entries[i].body)
	}
	if k == rss {
		writeRSS(&b, feed, entries)
	} else {
		writeAtom(&b, feed, k, entries)
	}
	return b.Bytes(), bodies
}

func writeRSS(b *bytes.Buffer, feed int, entries []entry) {
	fmt.Fprintf(b, `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
	<title>Blog %d</title>
	<link>https://blog%[1]d.example/</link>
	<description>What happens at blog %[1]d</description>
	<language>en</language>
	<lastBuildDate>%s</lastBuildDate>
`, feed, entries[0].date.Format(time.RFC1123Z))
	for _, e := range entries {
		fmt.Fprintf(b, "<item>\n\t<title>%s</title>\n\t<link>%s</link>\n\t<guid isPermaLink=\"false\">%s</guid>\n\t<pubDate>%s</pubDate>\n\t<dc:creator>Author %d</dc:creator>\n",
			escape(e.title), e.link, e.id(), e.date.Format(time.RFC1123Z), feed)
		for _, tag := range e.tags {
			fmt.Fprintf(b, "\t<category>%s</category>\n", tag)
		}
		fmt.Fprintf(b, "\t<description>%s</description>\n", escape(e.excerpt))
		if feed%10 < 5 { // most blog programs use CDATA, some escape
			fmt.Fprintf(b, "\t<content:encoded><![CDATA[%s]]></content:encoded>\n</item>\n", e.body)
		} else {
			fmt.Fprintf(b, "\t<content:encoded>%s</content:encoded>\n</item>\n", escape(e.body))
		}
	}
	b.WriteString("</channel>\n</rss>\n")
}

func writeAtom(b *bytes.Buffer, feed int, k kind, entries []entry) {
	fmt.Fprintf(b, `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>Blog %d</title>
<id>tag:blog%[1]d.example,2026:blog</id>
<link rel="alternate" href="https://blog%[1]d.example/"/>
<updated>%s</updated>
<author><name>Author %[1]d</name></author>
`, feed, entries[0].date.Format(time.RFC3339))
	for _, e := range entries {
		date := e.date.Format(time.RFC3339)
		fmt.Fprintf(b, "<entry>\n<title>%s</title>\n<id>%s</id>\n<link rel=\"alternate\" href=\"%s\"/>\n<published>%s</published>\n<updated>%[4]s</updated>\n",
			escape(e.title), e.id(), e.link, date)
		for _, tag := range e.tags {
			fmt.Fprintf(b, "<category term=\"%s\"/>\n", tag)
		}
		fmt.Fprintf(b, "<summary>%s</summary>\n", escape(e.excerpt))
		if k == atomXHTML {
			fmt.Fprintf(b, "<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">%s</div></content>\n</entry>\n", e.body)
		} else {
			fmt.Fprintf(b, "<content type=\"html\">%s</content>\n</entry>\n", escape(e.body))
		}
	}
	b.WriteString("</feed>\n")
}

func (e entry) id() string {
	return fmt.Sprintf("tag:blog%d.example,2026:post-%d", e.feed, e.number)
}

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) //nolint:errcheck // a strings.Builder takes everything
	return strings.ReplaceAll(b.String(), "&#xA;", "\n")
}
