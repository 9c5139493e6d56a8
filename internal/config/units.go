package config

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A unitError says why a duration or size can't be read, and what to write instead.
type unitError struct{ text, hint string }

const forever = time.Duration(math.MaxInt64)

// parseDuration reads a Go duration such as 1h30m, with the units d (24 hours) and w (7 days) added.
func parseDuration(s string) (time.Duration, *unitError) {
	if s == "0" {
		return 0, nil
	}
	if strings.HasPrefix(s, "-") {
		return 0, &unitError{"is negative", "a duration is 0 or more"}
	}
	if s != "" && strings.Trim(s, "0123456789.") == "" {
		return 0, &unitError{"has no unit", "say " + s + "s or " + s + "m"}
	}
	bad := &unitError{"is not a duration", "write it as 90s, 1h30m, 12h, 7d or 2w"}
	var total time.Duration
	for rest := s; rest != ""; {
		number, unit, after := cutUnit(rest)
		rest = after
		var times time.Duration = 1
		switch unit {
		case "d":
			times, unit = 24, "h"
		case "w":
			times, unit = 7*24, "h"
		}
		part, err := time.ParseDuration(number + unit)
		if err != nil {
			return 0, bad
		}
		if part > (forever-total)/times {
			return 0, &unitError{"is too long", "the longest is 292 years"}
		}
		total += part * times
	}
	if s == "" {
		return 0, bad
	}
	return total, nil
}

// sizes are the units of a size, in powers of ten and of two.
var sizes = []struct {
	unit  string
	bytes int64
}{
	{"", 1},
	{"B", 1},
	{"kB", 1e3},
	{"KB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
}

// parseSize reads a number of bytes such as 500kB, 10MB or 2.5MiB; 10MB is 10,000,000 bytes.
func parseSize(s string) (int64, *unitError) {
	if strings.HasPrefix(s, "-") {
		return 0, &unitError{"is negative", "a size is a number of bytes, as 10MB"}
	}
	number, unit, after := cutUnit(s)
	unit = strings.TrimSpace(unit)
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || after != "" {
		return 0, &unitError{"is not a size", "write it as 500kB, 10MB or 2MiB"}
	}
	for _, known := range sizes {
		if unit != known.unit {
			continue
		}
		bytes := n * float64(known.bytes)
		if bytes >= math.MaxInt64 {
			return 0, &unitError{"is too large", "the largest is 9223372036GB"}
		}
		return int64(bytes), nil
	}
	for _, known := range sizes[2:] {
		if strings.EqualFold(unit, known.unit) || strings.EqualFold(unit+"B", known.unit) {
			return 0, &unitError{"has an unknown unit", "did you mean " + number + known.unit + "?"}
		}
	}
	return 0, &unitError{"has an unknown unit", "units are kB, MB, GB, KiB, MiB and GiB"}
}

// cutUnit cuts a number and the unit that follows it off the front of a text.
func cutUnit(s string) (number, unit, rest string) {
	isNumber := func(r rune) bool { return r >= '0' && r <= '9' || r == '.' }
	i := strings.IndexFunc(s, func(r rune) bool { return !isNumber(r) })
	if i < 0 {
		return s, "", ""
	}
	number, s = s[:i], s[i:]
	if i = strings.IndexFunc(s, isNumber); i < 0 {
		return number, s, ""
	}
	return number, s[:i], s[i:]
}
