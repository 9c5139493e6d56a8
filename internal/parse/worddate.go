package parse

import (
	"regexp"
	"strings"
	"time"
)

// The words of a date: a zone with its offset, half a day, a month in Chinese or Japanese, a time of day, an offset or
// a number behind a hyphen, a word, a number.
var dateWords = regexp.MustCompile(`(?i)(?:GMT|UTC)[+-]\d{1,2}(?::?\d{2})?\b|\d{1,2}[月월]|\d+(?::\d+)+(?:[.,]\d+)?|\d{1,2}h\d{2}\b|\d{1,2}\s?[ap]\.?m\b\.?|[ap]\.m\.?|[+-]\d{1,4}(?::\d{2})?\b|[\p{L}]+\.?|\d+`)

// A wordDate is what has been understood of a date so far.
type wordDate struct {
	year, month, day int
	timed            bool
	clock            clock
}

// wordyDate reads dates with the month's name in any order of the parts: "Tue, 5 Mar 2024 14:00:00 +0100",
// "March 5, 2024 2:00 PM", "Tue Mar 5 14:00:00 CET 2024".
func wordyDate(s string) time.Time {
	var d wordDate
	for _, w := range dateWords.FindAllString(s, -1) {
		if !d.take(w) {
			return time.Time{}
		}
	}
	if d.month == 0 || d.day == 0 || d.year == 0 {
		return time.Time{}
	}
	return civil(d.year, d.month, d.day, d.clock)
}

// take understands one word more; false when it makes the date impossible.
func (d *wordDate) take(w string) bool {
	lower := strings.TrimSuffix(strings.ToLower(w), ".")
	switch c := w[0]; {
	case strings.HasPrefix(lower, "gmt") || strings.HasPrefix(lower, "utc"):
		d.clock.zone = w
	case strings.HasSuffix(w, "月") || strings.HasSuffix(w, "월"):
		if months[lower] == 0 {
			d.month = number(strings.TrimRight(w, "月월"))
		} else {
			d.month = months[lower]
		}
	case c == '+' || c == '-':
		if !d.timed { // before the time of day it only separates
			return d.number(w[1:])
		}
		d.clock.zone = w
	case c >= '0' && c <= '9':
		return d.digits(w, lower)
	case lower == "am" || lower == "a.m" || lower == "pm" || lower == "p.m":
		d.clock.half = strings.ToUpper(lower[:1]) + "M"
	case months[lower] > 0: // of two, the first was a weekday: "mar 5 nov" is a Tuesday in Spain
		d.month = months[lower]
	case d.clock.zone == "" && zones[strings.ToUpper(w)] != 0:
		d.clock.zone = w
	}
	return true
}

// digits understands a word that begins with a digit.
func (d *wordDate) digits(w, lower string) bool {
	switch {
	case strings.Contains(w, ":"):
		parts := append(strings.Split(strings.ReplaceAll(w, ",", "."), ":"), "", "")
		d.clock.hour, d.clock.minute, d.timed = parts[0], parts[1], true
		d.clock.second, _, _ = strings.Cut(parts[2], ".")
	case strings.HasSuffix(lower, "m"):
		d.clock.half, d.timed = "AM", true
		if strings.Contains(lower, "p") {
			d.clock.half = "PM"
		}
		d.clock.hour = strings.TrimRight(lower, " apm.")
	case strings.Contains(lower, "h"):
		d.clock.hour, d.clock.minute, _ = strings.Cut(lower, "h")
		d.timed = true
	default:
		return d.number(w)
	}
	return true
}

// number understands a day or a year.
func (d *wordDate) number(w string) bool {
	switch n := number(w); {
	case d.day == 0 && len(w) <= 2 && n >= 1 && n <= 31:
		d.day = n
	case d.year == 0 && (len(w) == 4 || len(w) == 2):
		d.year = fullYear(n, len(w))
	default:
		return false
	}
	return true
}

// fullYear completes a year of two digits as RFC 2822 §4.3 says.
func fullYear(n, digits int) int {
	switch {
	case digits > 2:
		return n
	case n < 50:
		return 2000 + n
	}
	return 1900 + n
}

// zones are the names that feeds use, in hours east of Greenwich (RFC 822 §5.1 and common ones). Where a name has several
// meanings, the one most blogs mean: IST is India's, CST and EST America's. A name that isn't here is taken for UTC, as
// RFC 2822 §4.3 says.
var zones = map[string]float64{
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
	"AKST": -9, "AKDT": -8, "HST": -10, "HDT": -9, "AST": -4, "ADT": -3, "NST": -3.5, "NDT": -2.5,
	"BRT": -3, "BRST": -2, "ART": -3, "CLT": -4, "CLST": -3, "COT": -5, "PET": -5, "UYT": -3, "VET": -4, "BOT": -4, "ECT": -5,
	"BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "MET": 1, "CEST": 2, "MESZ": 2, "MEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "MSD": 4,
	"TRT": 3, "IDT": 3, "IRST": 3.5, "GST": 4, "SAMT": 4, "YEKT": 5, "OMST": 6, "NOVT": 7, "KRAT": 7, "IRKT": 8, "YAKT": 9, "VLAT": 10,
	"WAT": 1, "CAT": 2, "SAST": 2, "EAT": 3,
	"PKT": 5, "UZT": 5, "IST": 5.5, "NPT": 5.75, "ICT": 7, "WIB": 7, "WITA": 8, "WIT": 9, "SGT": 8, "HKT": 8, "PHT": 8, "MYT": 8,
	"JST": 9, "KST": 9, "AWST": 8, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}
