package parse

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The time of day behind a date of digits: hour, minute, second, and what follows.
const clockPart = `(?:(?:[Tt]|,?\s)\s*(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,:]\d+)?)?)?\s*(.*)$`

var (
	isoDate     = regexp.MustCompile(`^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?|(\d{2})(\d{2})?)` + clockPart)
	weekDate    = regexp.MustCompile(`^(\d{4})-?W(\d{2})(?:-?(\d))?` + clockPart)
	ordinalDate = regexp.MustCompile(`^(\d{4})-(\d{3})` + clockPart)
	dayOrMonth  = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})` + clockPart)
	compactDate = regexp.MustCompile(`^(\d{8})(\d{4}(?:\d{2})?)(Z?)$`)
	hanDate     = regexp.MustCompile(`^(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]?(.*)$`)
	hanClock    = regexp.MustCompile(`(\d{1,2})\s*[:：時时點点시]\s*(?:(\d{1,2})\s*[:：分분]?\s*(?:(\d{1,2})\s*[秒초]?)?)?(.*)$`)
	offset      = regexp.MustCompile(`^(?:GMT|UTC|UT|Z)?\s*([+-])(\d{1,2}?)(?::?(\d{2}))?\b`)
	comment     = regexp.MustCompile(`\([^)]*\)`)
	weekday     = regexp.MustCompile(`^\p{L}+\.?,\s*`) // in some languages a weekday is spelled like a month
)

// parseDate reads a date in RFC 822, RFC 3339, ISO 8601 and the many forms between that feeds have; the zero time when
// it isn't one. It never guesses between day and month: 05/03/2024 is no date, but 25/03/2024 is. A missing or unknown
// zone means UTC, and a weekday that doesn't fit means nothing.
func parseDate(s string) time.Time {
	if len(s) > 200 {
		return time.Time{}
	}
	s = strings.Join(strings.Fields(comment.ReplaceAllString(strings.Map(plainDigit, s), " ")), " ")
	if s == "" || len(s) > 100 {
		return time.Time{}
	}
	if t, ok := unixDate(s); ok {
		return t
	}
	s = weekday.ReplaceAllString(s, "")
	if t, ok := numericDate(s); ok {
		return t
	}
	return wordyDate(s)
}

// plainDigit makes full-width digits those of ASCII, and the minus sign a hyphen.
func plainDigit(r rune) rune {
	switch {
	case r >= '０' && r <= '９':
		return r - '０' + '0'
	case r == '−' || r == '‐' || r == '‑':
		return '-'
	}
	return r
}

// unixDate reads seconds, with or without a fraction, or milliseconds since 1970.
func unixDate(s string) (time.Time, bool) {
	whole, _, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil || whole != s && len(whole) < 9:
		return time.Time{}, false
	case len(whole) == 10 || len(whole) == 9:
		return time.Unix(n, 0).UTC(), true
	case len(s) == 13:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Time{}, false
}

// numericDate reads dates without a month's name; false where s has none of their forms.
func numericDate(s string) (time.Time, bool) {
	if m := compactDate.FindStringSubmatch(s); m != nil {
		s = m[1] + "T" + m[2] + m[3]
	}
	if m := hanDate.FindStringSubmatch(s); m != nil {
		return hanTime(m), true
	}
	if m := weekDate.FindStringSubmatch(s); m != nil {
		day := max(number(m[3]), 1)
		if week := number(m[2]); week < 1 || week > 53 || day > 7 {
			return time.Time{}, true
		}
		// 4 January is always in week 1, which begins on a Monday (ISO 8601).
		fourth := time.Date(number(m[1]), 1, 4, 0, 0, 0, 0, time.UTC)
		return onDay(fourth.AddDate(0, 0, (number(m[2])-1)*7+day-1-(int(fourth.Weekday())+6)%7), m[4:]), true
	}
	if m := ordinalDate.FindStringSubmatch(s); m != nil {
		day := time.Date(number(m[1]), 1, number(m[2]), 0, 0, 0, 0, time.UTC)
		if number(m[2]) == 0 || day.Year() != number(m[1]) || moreDigits(m[6]) {
			return time.Time{}, true
		}
		return onDay(day, m[3:]), true
	}
	if m := isoDate.FindStringSubmatch(s); m != nil {
		day := first(m[3], m[5], "1")
		if m[3]+m[5] == "" && moreDigits(m[9]) {
			return time.Time{}, true
		}
		return civil(number(m[1]), number(m[2]+m[4]), number(day), clockOf(m[6:])), true
	}
	if m := dayOrMonth.FindStringSubmatch(s); m != nil {
		day, month := number(m[1]), number(m[2])
		if day <= 12 && month > 12 {
			day, month = month, day
		} else if day <= 12 && day != month {
			return time.Time{}, true
		}
		return civil(number(m[3]), month, day, clockOf(m[4:])), true
	}
	return time.Time{}, false
}

// hanTime reads the Chinese, Japanese and Korean form of a date: 2024年3月5日 午後2:00.
func hanTime(m []string) time.Time {
	var c clock
	if t := hanClock.FindStringSubmatch(m[4]); t != nil {
		c = clock{hour: t[1], minute: t[2], second: t[3], zone: t[4]}
	}
	for half, words := range map[string][]string{"PM": {"午後", "午后", "下午", "오후", "晚上"}, "AM": {"午前", "上午", "오전", "凌晨"}} {
		for _, w := range words {
			if strings.Contains(m[4], w) {
				c.half = half
			}
		}
	}
	return civil(number(m[1]), number(m[2]), number(m[3]), c)
}

// A clock is a time of day as it was written.
type clock struct{ hour, minute, second, half, zone string }

// clockOf takes the four groups of clockPart.
func clockOf(m []string) clock {
	c := clock{hour: m[0], minute: m[1], second: m[2], zone: m[3]}
	if h := halfDay.FindString(c.zone); h != "" {
		c.half, c.zone = strings.ToUpper(h[:1])+"M", strings.TrimSpace(c.zone[len(h):])
	}
	return c
}

var halfDay = regexp.MustCompile(`^(?i:[ap]\.?m\b\.?)`)

// moreDigits tells that the digits before were taken for the wrong thing.
func moreDigits(rest string) bool { return rest != "" && rest[0] >= '0' && rest[0] <= '9' }

func onDay(day time.Time, m []string) time.Time {
	return civil(day.Year(), int(day.Month()), day.Day(), clockOf(m))
}

// civil makes a time of its parts; the zero time when they are none, or in the last year that JSON can write. 24:00 is
// the next day's beginning (ISO 8601).
func civil(year, month, day int, c clock) time.Time {
	h, m, sec := number(c.hour), number(c.minute), number(c.second)
	if c.half == "PM" && h < 12 {
		h += 12
	} else if c.half == "AM" && h == 12 {
		h = 0
	}
	midnight := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < 1000 || year > 9998 || int(midnight.Month()) != month || midnight.Day() != day { // a database's zero date, 30 February
		return time.Time{}
	}
	if h > 24 || h == 24 && m+sec > 0 || m > 59 || sec > 60 {
		return time.Time{}
	}
	since := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second
	t := midnight.Add(since - zoneOffset(c.zone))
	if t.Year() < 1 {
		return time.Time{}
	}
	return t
}

// zoneOffset is how far east of Greenwich a zone is; 0 for one that is unknown, or farther away than any.
func zoneOffset(zone string) time.Duration {
	zone = strings.ToUpper(strings.TrimSpace(zone))
	if m := offset.FindStringSubmatch(zone); m != nil {
		d := time.Duration(number(m[2]))*time.Hour + time.Duration(number(m[3]))*time.Minute
		if d > 15*time.Hour {
			return 0
		}
		if m[1] == "-" {
			return -d
		}
		return d
	}
	name, _, _ := strings.Cut(zone, " ")
	return time.Duration(zones[name] * float64(time.Hour))
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
