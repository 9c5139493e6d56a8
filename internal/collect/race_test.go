//go:build race

package collect

// raceDetector makes reading hostile documents ten times slower.
const raceDetector = true
