// Package templates holds the built-in theme. docs/theme.md describes it.
package templates

import "embed"

// FS holds the built-in theme in the folder "default".
//
//go:embed all:default
var FS embed.FS
