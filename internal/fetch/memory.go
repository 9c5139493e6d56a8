package fetch

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// freeBody is how large a body may grow without a share of the memory for large ones: most feeds are smaller, and 32 at
// once, which is the default, are 8 MB at most.
const freeBody = 256 << 10

// A budget is the memory that large bodies may take at once. Each Get asks it for at most one share, once, so that no
// two can wait for each other.
type budget struct {
	total int64
	free  *semaphore.Weighted // first come, first served: a large share is not overtaken for ever
}

func newBudget(total int64) *budget {
	return &budget{total: total, free: semaphore.NewWeighted(total)}
}

// take waits for n bytes, or for all there are if n is more.
func (b *budget) take(ctx context.Context, n int64) (*share, error) {
	n = min(n, b.total)
	if err := b.free.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return &share{release: sync.OnceFunc(func() { b.free.Release(n) })}, nil
}

// A share is a part of a budget that somebody holds.
type share struct{ release func() }

// give gives the share back; a nil one is none.
func (s *share) give() {
	if s != nil {
		s.release()
	}
}
