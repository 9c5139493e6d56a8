package publish

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gofrs/flock"
)

// ErrLocked means that another run holds the lock.
var ErrLocked = errors.New("another run is under way")

// Lock takes the lock file at path, without waiting, so that two runs never overlap. The kernel drops it when the
// process ends, however it ends. The file stays; it holds the process id, for whoever asks who it was.
func Lock(path string) (unlock func(), err error) {
	l := flock.New(path, flock.SetPermissions(0o644))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if !ok {
		holder := ""
		if data, err := os.ReadFile(path); err == nil && len(data) > 0 {
			holder = " (process " + strings.TrimSpace(string(data)) + ")"
		}
		return nil, fmt.Errorf("%w%s: it holds %s", ErrLocked, holder, path)
	}
	// Only a courtesy: that it can't be written doesn't matter.
	_ = os.WriteFile(path, fmt.Appendln(nil, os.Getpid()), 0o644)
	return func() { l.Unlock() }, nil
}
