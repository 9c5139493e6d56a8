//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package publish

// writable can't be asked here: it shows when a file is put into its place.
func writable(string) error { return nil }
