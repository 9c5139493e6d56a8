package main

import (
	"os"
	"runtime/debug"
)

// tidy has Go collect garbage seldom where the heap is small, with up to two thousand feeds: a run that brings little ends before it grows. And earlier
// than it would when the heap nears what a run should need: 56 MiB for documents and pages, and 8 KiB for what is known of each
// feed. Otherwise a document of ten megabytes leaves the process with three times the memory that it uses. Both are soft;
// GOGC and GOMEMLIMIT set others.
func tidy(feeds int) {
	if feeds <= 2000 && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(56<<20 + int64(feeds)*8<<10)
	}
}
