// Package templates holds the built-in themes and the words of their pages. docs/theme.md describes it.
package templates

import "embed"

// FS holds the built-in themes in the folders "default" and "plain", and their words in "words".
//
//go:embed all:default all:plain words
var FS embed.FS
