package parse

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"planet/internal/planet"
)

// matched gives the notes of the n entries that gofeed sees. If it sees more or less than the scan did, they can't be
// told apart any more: the texts of one entry might land in another.
func (p *parser) matched(notes []*note, n int) []*note {
	if len(notes) == n {
		return notes
	}
	p.warn("", "gofeed sees %d entries where the document has %d; texts are missing", n, len(notes))
	none := make([]*note, n)
	for i := range none {
		none[i] = &note{}
	}
	return none
}

// finish fills in what all formats have in common: the bases of texts, inherited authors, and the limits on fields.
func (p *parser) finish(it planet.Item, f Feed) planet.Item {
	if len(it.Authors) == 0 {
		it.Authors = f.Authors
	}
	base := first(it.Link, f.Link, p.base.String())
	for _, t := range []*planet.Text{&it.Title, &it.Summary, &it.Content} {
		t.Body = strings.TrimSpace(t.Body)
		if t.Type == "" {
			t.Type = planet.HTML
		}
		if t.Base == "" {
			t.Base = base
		}
	}
	if u, err := url.Parse(it.GUID); err == nil && u.User != nil && u.Host != "" {
		u.User = nil
		it.GUID = u.String()
	}
	name, pageless := nameOf(it), it.Link == ""
	for _, address := range []struct {
		value *string
		what  string
	}{{&it.Link, "link"}, {&it.GUID, "id"}, {&it.Via, "source"}, {&it.InReplyTo, "reference to what it answers"}} {
		if len(*address.value) > p.limits.URL {
			p.warn(name, "its %s is longer than %d bytes and was dropped (limits.url)", address.what, p.limits.URL)
			*address.value = ""
		}
	}
	it.Rights = strings.Join(strings.Fields(it.Rights), " ")
	it.Authors = capped(p, name, it.Authors, p.limits.Authors, "authors")
	it.Contributors = capped(p, name, it.Contributors, p.limits.Authors, "contributors")
	it.Tags = capped(p, name, unique(it.Tags), p.limits.Tags, "tags")
	it.Enclosures = capped(p, name, distinctFiles(it.Enclosures), p.limits.Enclosures, "enclosures")
	if pageless && len(it.Enclosures) > 0 { // behaviour 74; what stands in the text isn't relative to it
		it.Link = it.Enclosures[0].URL
	}
	return it
}

// nameOf is what warnings call an entry.
func nameOf(it planet.Item) string { return short(first(it.GUID, it.Link, it.Title.Body)) }

// date reads the first of an entry's dates that can be read, or of the feed's where entry is "". One that can't is named
// in a warning.
func (p *parser) date(entry string, dates ...string) time.Time {
	for _, d := range dates {
		if strings.TrimSpace(d) == "" {
			continue
		}
		if t := parseDate(d); !t.IsZero() {
			return t
		}
		who := "it"
		if entry == "" {
			who = "the feed"
		}
		p.warn(entry, "%s has a date that can't be read: %s", who, short(strconv.Quote(strings.TrimSpace(d))))
	}
	return time.Time{}
}

// firstDate is the first of the dates that can be read.
func firstDate(dates ...string) time.Time {
	for _, d := range dates {
		if t := parseDate(d); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

func capped[T any](p *parser, entry string, list []T, limit int, what string) []T {
	if len(list) <= limit {
		return list
	}
	p.warn(entry, "it has %d %s; the first %d are kept (limits.%s)", len(list), what, limit, what)
	return list[:limit]
}

// short keeps a warning readable.
func short(s string) string {
	if len(s) <= 120 {
		return s
	}
	if r := []rune(s[:min(len(s), 1000)]); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}

// first is the first of its arguments that isn't blank.
func first(s ...string) string {
	for _, v := range s {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

func unique(tags []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, t := range tags {
		t = strings.Join(strings.Fields(t), " ")
		if key := strings.ToLower(t); t != "" && !seen[key] {
			seen[key] = true
			out = append(out, t)
		}
	}
	return out
}
