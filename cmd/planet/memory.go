package main

import (
	"os"
	"runtime/debug"
)

// tidy asks Go to collect garbage earlier when the heap nears what a run should need: 56 MiB for documents and pages, and
// 8 KiB for what is known of each feed. Otherwise a document of ten megabytes leaves the process with three times the
// memory that it uses. The limit is a soft one; GOMEMLIMIT sets another.
func tidy(feeds int) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(56<<20 + int64(feeds)*8<<10)
	}
}
