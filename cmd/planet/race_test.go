//go:build race

package main

// raceDetector takes several times the memory and the processor, so that what a test measures says nothing.
const raceDetector = true
