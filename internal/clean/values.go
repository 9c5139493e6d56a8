package clean

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	lang "golang.org/x/text/language"
)

// LangTag is a language as BCP 47 writes it, or "" when it is none or nobody speaks it: feeds say en_US and ger, and worse. Of a tag that says
// more than language, script and region the rest goes, but for the few variants that make a difference to readers.
func LangTag(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if !language.MatchString(s) {
		return ""
	}
	tag, err := lang.Raw.Parse(s)
	if err != nil {
		return ""
	}
	base, script, region := tag.Raw()
	out := base.String()
	if out == "und" {
		return ""
	}
	out = cmp.Or(bibliographic[out], out)
	if script.String() != "Zzzz" {
		out += "-" + script.String()
	}
	if region = region.Canonicalize(); !unused[region.String()] && region.IsCountry() || region.IsGroup() && region.String() != "ZZ" {
		out += "-" + region.String()
	}
	if last := strings.ToLower(s[strings.LastIndexByte(s, '-')+1:]); variants[last] {
		out += "-" + last
	}
	if strings.EqualFold(out, s) {
		return s
	}
	return out
}

// bibliographic are the codes of libraries (ISO 639-2/B), which BCP 47 hasn't taken over.
var bibliographic = map[string]string{
	"alb": "sq", "arm": "hy", "baq": "eu", "bur": "my", "chi": "zh", "cze": "cs", "dut": "nl", "fre": "fr", "geo": "ka", "ger": "de",
	"gre": "el", "ice": "is", "mac": "mk", "mao": "mi", "may": "ms", "per": "fa", "rum": "ro", "slo": "sk", "tib": "bo", "wel": "cy",
}

// unused are regions that package language knows and the registry of BCP 47 doesn't.
var unused = map[string]bool{"FQ": true, "PC": true}

// variants are the spellings of German and the Valencian of Catalan.
var variants = map[string]bool{"1901": true, "1996": true, "valencia": true}

// validTime tells whether s is a machine-readable time (HTML, "time" element); of ins and del, it must be a day or a moment.
func validTime(s string, moment bool) bool {
	m := timeParts.FindStringSubmatch(s)
	if m == nil {
		return !moment && (duration.MatchString(s) || yearOnly.MatchString(s) && strings.Trim(s, "0") != "" || week.MatchString(s) || validTimes(s))
	}
	day, clock, zone := m[1], m[2], m[3]
	if _, err := time.Parse(time.DateOnly, day); err != nil || day[:4] == "0000" {
		return false
	}
	switch {
	case clock == "":
		return zone == ""
	case !validTimes(clock) || zone == "" && moment:
		return false
	}
	if zone == "" || zone == "Z" {
		return true
	}
	offset := strings.ReplaceAll(zone[1:], ":", "")
	return validTimes(offset[:2]+":"+offset[2:]) && (zone[0] == '+' || offset != "0000")
}

// validTimes is for a month, a yearless day, or a time of day.
func validTimes(s string) bool {
	for _, layout := range []string{"2006-01", "15:04", "15:04:05", "15:04:05.0", "15:04:05.00", "15:04:05.000", "01-02"} {
		if t, err := time.Parse(layout, s); err == nil && len(s) == len(layout) {
			return t.Year() > 0 || !strings.HasPrefix(layout, "2006")
		}
	}
	return false
}

var (
	timeParts = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9:.]+)(Z|[+-][0-9]{2}:?[0-9]{2})?)?$`)
	duration  = regexp.MustCompile(`^P(?:[0-9]{1,9}D)?(?:T(?:[0-9]{1,9}H)?(?:[0-9]{1,9}M)?(?:[0-9]{1,9}S)?)?$`)
	yearOnly  = regexp.MustCompile(`^[0-9]{4}$`)
	week      = regexp.MustCompile(`^[1-9][0-9]{3}-W(?:0[1-9]|[1-4][0-9]|5[0-2])$`)
)

// imageSizes are those of srcset that can be read: either all with a width or all with a density, and none of them twice (HTML, "srcset
// attributes").
type imageSizes struct {
	kind byte // 'w', 'x'; 0 before the first
	seen map[float64]bool
}

// take tells whether a candidate of this descriptor fits in with those before.
func (s *imageSizes) take(descriptor string) bool {
	if descriptor == "" {
		descriptor = "1x"
	}
	m := sourceSize.FindStringSubmatch(descriptor)
	if m == nil {
		return false
	}
	n, err := strconv.ParseFloat(m[1], 64)
	kind := m[2][0]
	if err != nil || n <= 0 || kind == 'w' && strings.Contains(m[1], ".") || s.kind != 0 && s.kind != kind || s.seen[n] {
		return false
	}
	if s.seen == nil {
		s.seen = map[float64]bool{}
	}
	s.kind = kind
	s.seen[n] = true
	return true
}

// sourceSize is the descriptor of an image candidate: its width or density.
var sourceSize = regexp.MustCompile(`^([0-9]{1,8}|[0-9]{0,4}\.[0-9]{1,6})([wx])$`)

// sized gives sizes to a source that has candidates of different widths, and takes them from what hasn't. An image is loaded late, and so
// needs none.
func sized(n *html.Node) {
	_, last, found := strings.Cut(attr(n, "srcset"), " ")
	switch wide := found && strings.HasSuffix(last, "w"); {
	case !wide:
		set(n, "sizes", "")
	case n.DataAtom == atom.Source && !has(n, "sizes"):
		put(n, "sizes", "100vw")
	}
}

// validValue tells whether a value that has the right letters says something, too.
func validValue(element atom.Atom, key, value string) bool {
	return key != "datetime" || validTime(value, element == atom.Ins || element == atom.Del)
}

// pointless elements lack the attribute without which they say nothing.
func pointless(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Bdo:
		return !has(n, "dir") || strings.EqualFold(attr(n, "dir"), "auto")
	case atom.Time:
		return !has(n, "datetime")
	}
	return false
}
