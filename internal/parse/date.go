package parse

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	isoDate   = regexp.MustCompile(`^(\d{4})[-/.]?(\d{2})(?:[-/.]?(\d{2}))?(?:[Tt ]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,:]\d+)?)?)?\s*(.*)$`)
	dateWords = regexp.MustCompile(`(?i:GMT|UTC)[+-]\d{1,2}\b|[\p{L}]+\.?|[+-]\d{1,2}:?\d{2}\b|\d+(?::\d+)+(?:\.\d+)?|\d+`)
	offset    = regexp.MustCompile(`^(?:GMT|UTC|UT|Z)?\s*([+-])(\d{1,2}):?(\d{2})?`)
	comment   = regexp.MustCompile(`\([^)]*\)`)
	weekday   = regexp.MustCompile(`^\p{L}+\.?,\s*`) // in some languages a weekday is spelled like a month
)

// parseDate reads a date in RFC 822, RFC 3339, ISO 8601 and the many forms between that feeds have; the zero time when
// it isn't one. It never guesses between day and month: 05/03/2024 is no date. A missing zone means UTC.
func parseDate(s string) time.Time {
	s = strings.TrimSpace(comment.ReplaceAllString(s, " "))
	if s == "" || len(s) > 100 {
		return time.Time{}
	}
	if t, ok := unixDate(s); ok {
		return t
	}
	if m := isoDate.FindStringSubmatch(s); m != nil {
		return isoTime(m)
	}
	return wordyDate(weekday.ReplaceAllString(s, ""))
}

// unixDate reads seconds or milliseconds since 1970.
func unixDate(s string) (time.Time, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		return time.Time{}, false
	case len(s) == 10 || len(s) == 9:
		return time.Unix(n, 0).UTC(), true
	case len(s) == 13:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Time{}, false
}

func isoTime(m []string) time.Time {
	day := 1
	if m[3] != "" {
		day = number(m[3])
	}
	zone, rest := m[7], ""
	if zone != "" {
		zone, rest, _ = strings.Cut(zone, " ")
		if half := strings.ToUpper(zone); half == "PM" || half == "AM" {
			return civil(number(m[1]), number(m[2]), day, m[4], m[5], m[6], half, rest)
		}
	}
	return civil(number(m[1]), number(m[2]), day, m[4], m[5], m[6], "", m[7])
}

// wordyDate reads dates with the month's name in any order of the parts: "Tue, 5 Mar 2024 14:00:00 +0100",
// "March 5, 2024 2:00 PM", "Tue Mar 5 14:00:00 CET 2024".
func wordyDate(s string) time.Time {
	var year, month, day int
	var clock []string
	half, zone := "", ""
	for _, w := range dateWords.FindAllString(s, -1) {
		lower := strings.TrimSuffix(strings.ToLower(w), ".")
		switch {
		case strings.HasPrefix(lower, "gmt") || strings.HasPrefix(lower, "utc"):
			zone = w
		case strings.Contains(w, ":") && w[0] != '+' && w[0] != '-':
			clock = strings.Split(w, ":")
		case w[0] == '+' || w[0] == '-':
			if clock != nil { // before the clock "-" only separates
				zone = w
			} else if n := number(w[1:]); year == 0 && len(w) == 5 {
				year = n
			}
		case w[0] >= '0' && w[0] <= '9':
			n := number(w)
			switch {
			case day == 0 && len(w) <= 2 && n >= 1 && n <= 31:
				day = n
			case year == 0 && (len(w) == 4 || len(w) == 2):
				year = fullYear(n, len(w))
			default:
				return time.Time{}
			}
		case lower == "am" || lower == "pm":
			half = strings.ToUpper(lower)
		case month == 0 && months[lower] > 0:
			month = months[lower]
		case zone == "" && (zones[strings.ToUpper(w)] != 0 || len(w) == 1 && clock != nil || utc[strings.ToUpper(w)]):
			zone = w
		}
	}
	if month == 0 || day == 0 || year == 0 {
		return time.Time{}
	}
	if clock == nil {
		clock = []string{"", "", ""}
	}
	for len(clock) < 3 {
		clock = append(clock, "")
	}
	return civil(year, month, day, clock[0], clock[1], clock[2], half, zone)
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

// civil makes a time of its parts; the zero time when they are none, or in the last year that JSON can write. 24:00 is the next day's beginning (ISO 8601).
func civil(year, month, day int, hour, minute, second, half, zone string) time.Time {
	h, m, sec := number(hour), number(minute), number(strings.SplitN(second, ".", 2)[0])
	if half == "PM" && h < 12 {
		h += 12
	} else if half == "AM" && h == 12 {
		h = 0
	}
	midnight := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < 1 || year > 9998 || int(midnight.Month()) != month || midnight.Day() != day { // 30 February
		return time.Time{}
	}
	if h > 24 || h == 24 && m+sec > 0 || m > 59 || sec > 60 {
		return time.Time{}
	}
	since := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second
	return midnight.Add(since - zoneOffset(zone))
}

func zoneOffset(zone string) time.Duration {
	zone = strings.ToUpper(strings.TrimSpace(zone))
	if m := offset.FindStringSubmatch(zone); m != nil {
		d := time.Duration(number(m[2]))*time.Hour + time.Duration(number(m[3]))*time.Minute
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

var utc = map[string]bool{"Z": true, "GMT": true, "UTC": true, "UT": true, "WET": true}

// zones are the names that feeds use, in hours east of Greenwich (RFC 822 §5.1 and common ones). Where a name has several
// meanings, the one most blogs mean: IST is India's, CST and EST America's.
var zones = map[string]float64{
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
	"AKST": -9, "AKDT": -8, "HST": -10, "AST": -4, "ADT": -3, "NST": -3.5, "BRT": -3, "ART": -3,
	"BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "MSD": 4,
	"IST": 5.5, "PKT": 5, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9,
	"ACST": 9.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}

// months are the names and abbreviations in the languages whose blogs write them into feeds.
var months = monthTable(
	"january jan januar jänner janvier janv enero ene gennaio gen januari janeiro styczeń stycznia sty leden ledna январь января янв jaan ocak",
	"february feb februar févr février febrero febbraio febr februari fevereiro fev luty lutego lut únor února февраль февраля фев şubat",
	"march mar märz mär mrz mars marzo maart mrt março marzec marca březen března март марта мар mart",
	"april apr avril avr abril abr aprile kwiecień kwietnia kwi duben dubna апрель апреля апр nisan",
	"may mai maj mayo maggio mag mei maio maja květen května май мая mayıs",
	"june jun juni juin junio giugno giu junho czerwiec czerwca cze červen června июнь июня июн haziran",
	"july jul juli juillet juil julio luglio lug julho lipiec lipca lip červenec července июль июля июл temmuz",
	"august aug août agosto ago augustus sierpień sierpnia sie srpen srpna август августа авг ağustos",
	"september sep sept septembre septiembre settembre set setembro wrzesień września wrz září сентябрь сентября сен eylül",
	"october oct oktober okt octobre octubre ottobre ott outubro out październik października paź říjen října октябрь октября окт ekim",
	"november nov novembre noviembre novembro listopad listopada lis ноябрь ноября ноя kasım",
	"december dec dezember dez décembre déc diciembre dic dicembre desember des dezembro grudzień grudnia gru prosinec prosince декабрь декабря дек aralık",
)

func monthTable(rows ...string) map[string]int {
	table := map[string]int{}
	for i, row := range rows {
		for _, name := range strings.Fields(row) {
			table[name] = i + 1
		}
	}
	return table
}
