//go:build linux || darwin || freebsd || netbsd || openbsd

package publish

import "syscall"

// writable tells whether files may be put into a folder, and taken out.
func writable(dir string) error {
	const write, search = 2, 1 // access(2)
	return syscall.Access(dir, write|search)
}
