//go:build race

package syndicate

// raceDetector allocates, too.
const raceDetector = true
