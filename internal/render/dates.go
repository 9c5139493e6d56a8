package render

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// date writes a day by one of the catalogue's patterns: "date", "date.weekday" or "date.month".
func (c *catalogue) date(pattern string, t time.Time) string {
	day := strconv.Itoa(t.Day())
	if first, ok := c.texts["date.first"]; ok && t.Day() == 1 { // 1er décembre
		day = first["other"]
	}
	var b strings.Builder
	for rest := c.texts[pattern]["other"]; ; {
		before, after, found := strings.Cut(rest, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		var name string
		switch name, rest, _ = strings.Cut(after, "}"); name {
		case "weekday":
			b.WriteString(c.weekdays[t.Weekday()])
		case "day":
			b.WriteString(day)
		case "month":
			b.WriteString(c.months[t.Month()-1])
		case "year":
			b.WriteString(strconv.Itoa(t.Year()))
		default:
			b.WriteString("{" + name + "}")
		}
	}
}

// heading is a date that stands by itself: some languages write days and months small, and headings large.
func (c *catalogue) heading(pattern string, t time.Time) string {
	return capital(c.date(pattern, t))
}

func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// moment is a day with weekday, time and zone.
func (c *catalogue) moment(t time.Time) string {
	return c.must("date.time", c.heading("date.weekday", t), clock(t))
}

// clock is a time with its zone. Where a zone has no abbreviation, tzdata gives "+0530"; with "UTC" before it everybody knows what
// that is, and the direction in which it is written.
func clock(t time.Time) string {
	zone := t.Format("MST")
	if !strings.ContainsFunc(zone, unicode.IsLetter) {
		zone = "UTC" + t.Format("-07:00")
	}
	return t.Format("15:04 ") + zone
}

// stamp is a moment for <time>, in the zone; nil when it is unknown.
func (d *desk) stamp(t time.Time) *Stamp {
	if t.IsZero() {
		return nil
	}
	if s, ok := d.stamps[t.Unix()]; ok { // many feeds were asked in the same moment
		return s
	}
	at := t.Unix()
	t = t.In(d.zone)
	s := &Stamp{Datetime: t.UTC().Format(time.RFC3339), Date: d.words.date("date", t), Clock: d.words.isolate(clock(t)), Full: d.words.moment(t)}
	d.stamps[at] = s
	return s
}
