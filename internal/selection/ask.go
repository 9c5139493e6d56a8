package selection

import "planet/internal/planet"

// Matches tells whether an entry passes all tests of a rule, for those who ask about one rule and not for a verdict.
func Matches(rule planet.Rule, e *planet.Entry) bool {
	r := reader{entry: e}
	return r.matches(rule)
}

// Hiding gives what finds the item of hide: that names an entry, by any name that the entry has or had.
func Hiding(list []planet.Hide) func(*planet.Entry) (*planet.Hide, bool) {
	return indexHides(list).find
}
