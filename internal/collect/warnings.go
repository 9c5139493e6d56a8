package collect

import (
	"encoding/json"

	"planet/internal/parse"
	"planet/internal/store"
)

// maxWarnings is how many warnings are kept of a feed, the latest.
const maxWarnings = 20

// warned is what is kept of a feed's warnings after a document: its own, and of those before what was said of entries,
// where the document was read in part and doesn't say it again.
func warned(before string, doc parse.Result) string {
	warnings := doc.Warnings
	if doc.Known > 0 {
		for _, w := range Warnings(store.State{Warnings: before}) {
			if w.Entry != "" {
				warnings = append(warnings, w)
			}
		}
	}
	if len(warnings) == 0 {
		return ""
	}
	data, err := json.Marshal(warnings[:min(len(warnings), maxWarnings)])
	if err != nil {
		return ""
	}
	return string(data)
}

// Warnings are what couldn't be kept as it was of a feed's documents, the latest first.
func Warnings(s store.State) []parse.Warning {
	var warnings []parse.Warning
	if s.Warnings == "" || json.Unmarshal([]byte(s.Warnings), &warnings) != nil {
		return nil
	}
	return warnings
}
