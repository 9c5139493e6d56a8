//go:build !race

package syndicate

const raceDetector = false
