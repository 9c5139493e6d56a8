//go:build race

package clean

// raceDetector makes this package ten times slower, and there are no goroutines in it to detect races of.
const raceDetector = true
