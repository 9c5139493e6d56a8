package render

import (
	"testing"
	"time"

	"planet/internal/planet"
)

// BenchmarkLoad reads the built-in theme.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(""); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMonth makes a page of the archive of 100 posts of about 1 KB each, on a planet of 100 blogs.
func BenchmarkMonth(b *testing.B) {
	theme, err := Load("")
	if err != nil {
		b.Fatal(err)
	}
	site, _ := small()
	site.Months, site.Tags, site.Feeds = true, true, append(site.Feeds, crowd(100)...)
	m := Month{MonthPage: MonthPage{Year: 2026, Month: 11, Page: 1, Entries: 100}}
	for range 100 {
		m.List = append(m.List, entry("ines", "x", "A title", "<p>"+lorem(200)+"</p>", 20, func(e *planet.Entry) { e.Tags = []string{"a", "b"} }))
	}
	for b.Loop() {
		if _, err := theme.Month(site, m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStatus makes the page of a thousand feeds' health, as each run does.
func BenchmarkStatus(b *testing.B) {
	theme, err := Load("")
	if err != nil {
		b.Fatal(err)
	}
	site, _ := small()
	site.Feeds = crowd(1000)
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	lines := make([]Health, len(site.Feeds))
	for i, f := range site.Feeds {
		next := at.Add(time.Hour + time.Duration(i*i%3600)*time.Second)
		lines[i] = Health{FeedID: f.ID, URL: f.URL, State: "ok", LastFetch: at, LastSuccess: at, NextFetch: next, Entries: 20, Shown: 20}
	}
	for b.Loop() {
		if _, err := theme.Status(site, at, lines); err != nil {
			b.Fatal(err)
		}
	}
}
