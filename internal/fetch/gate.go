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
	started time.Time     // when the last request went out; belongs to whoever is in
}

// enter waits for the host's turn. The caller sets started when its request goes out, and leaves when its answer has been read.
func (g *gates) enter(ctx context.Context, host string) (*gate, error) {
	host = strings.ToLower(host)
	g.mu.Lock()
	at := g.of[host]
	if at == nil {
		at = &gate{turn: make(chan struct{}, 1)}
		at.leave()
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
			at.leave()
			return nil, ctx.Err()
		}
	}
	return at, nil
}

func (at *gate) leave() { at.turn <- struct{}{} }
