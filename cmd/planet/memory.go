package main

import (
	"os"
	"runtime/debug"
)

// tidy sets when Go collects garbage. With up to two thousand feeds the heap is small, and most runs end before much of it is
// garbage: it may grow threefold, not twofold. And it is collected earlier when it nears what a run should need: 56 MiB for
// documents and pages, and 8 KiB for what is known of each feed. Otherwise a document of ten megabytes leaves the process with
// three times the memory that it uses. GOGC and GOMEMLIMIT set others.
func tidy(feeds int) {
	if feeds <= 2000 && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(56<<20 + int64(feeds)*8<<10)
	}
}
