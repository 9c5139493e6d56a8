package collect

import (
	"context"
	"sync"
	"time"

	"planet/internal/store"
)

// notesWait is how long an outcome that brought nothing waits for others to share its transaction.
const notesWait = time.Second

// A writer keeps what may share a transaction (store.Batch): while one is being written, the next gathers. So a thousand
// answers of 304 cost some dozen transactions, and yet no request goes out before its start is kept.
type writer struct {
	db  *store.DB
	now func() time.Time

	mu      sync.Mutex
	batch   store.Batch
	waiting []chan error // of those who wait for their start
	writing bool
	last    time.Time // of the last transaction
	err     error     // the first: from then on nothing is written
}

// start returns when it is kept that the feed is being asked.
func (w *writer) start(ctx context.Context, s store.State) error {
	done := make(chan error, 1)
	w.mu.Lock()
	w.batch.Starts = append(w.batch.Starts, s)
	w.waiting = append(w.waiting, done)
	w.wake(ctx)
	w.mu.Unlock()
	return <-done
}

// note keeps an outcome soon.
func (w *writer) note(ctx context.Context, notes ...store.Note) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.batch.Notes = append(w.batch.Notes, notes...)
	if time.Since(w.last) >= notesWait {
		w.wake(ctx)
	}
}

// give keeps that one feed's entries are another's, together with the other's outcome.
func (w *writer) give(g store.Gift, n store.Note) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.batch.Gifts, w.batch.Notes = append(w.batch.Gifts, g), append(w.batch.Notes, n)
}

// pause keeps that a host wants to be left alone.
func (w *writer) pause(host string, until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.batch.Pauses == nil {
		w.batch.Pauses = map[string]time.Time{}
	}
	w.batch.Pauses[host] = later(w.batch.Pauses[host], until)
}

// wake sees to it that somebody writes. What was learned is kept, also when the run is being stopped.
func (w *writer) wake(ctx context.Context) {
	if !w.writing {
		w.writing = true
		go w.write(context.WithoutCancel(ctx))
	}
}

// write writes until nobody waits.
func (w *writer) write(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for first := true; first || len(w.waiting) > 0; first = false {
		batch, waiting := w.batch, w.waiting
		w.batch, w.waiting = store.Batch{}, nil
		batch.At = w.now()
		err := w.err
		w.mu.Unlock()
		if err == nil {
			err = w.db.Write(ctx, batch)
		}
		for _, done := range waiting {
			done <- err
		}
		w.mu.Lock()
		w.last = time.Now()
		if w.err == nil {
			w.err = err
		}
	}
	w.writing = false
}

// finish writes what is left. settled says that no start is without its outcome.
func (w *writer) finish(ctx context.Context, settled bool) error {
	w.mu.Lock()
	for w.writing {
		w.mu.Unlock()
		time.Sleep(time.Millisecond)
		w.mu.Lock()
	}
	w.batch.Settle = settled
	w.writing = true
	w.mu.Unlock()
	w.write(context.WithoutCancel(ctx))
	return w.err
}
