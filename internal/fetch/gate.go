package fetch

import (
	"context"
	"strings"
	"sync"
	"time"
)

// gates lets one request at a time through to each host, and the next one not before gap has passed since its start (behaviour 39).
type gates struct {
	gap time.Duration
	mu  sync.Mutex
	of  map[string]*gate
}

type gate struct {
	turn    chan struct{} // holds one token while nobody is in
	started time.Time
}

// enter waits for the host's turn. The caller leaves when its answer has been read.
func (g *gates) enter(ctx context.Context, host string) (leave func(), err error) {
	host = strings.ToLower(host)
	g.mu.Lock()
	at := g.of[host]
	if at == nil {
		at = &gate{turn: make(chan struct{}, 1)}
		at.turn <- struct{}{}
		g.of[host] = at
	}
	g.mu.Unlock()
	select {
	case <-at.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if wait := g.gap - time.Since(at.started); !at.started.IsZero() && wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			at.turn <- struct{}{}
			return nil, ctx.Err()
		}
	}
	at.started = time.Now()
	return func() { at.turn <- struct{}{} }, nil
}
