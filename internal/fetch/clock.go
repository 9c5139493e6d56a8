package fetch

import (
	"context"
	"time"
)

// A clock counts the time that a feed's server takes against the limit for one feed. It stands still while the feed
// waits for something of ours: its host's turn, or memory. A context's own deadline couldn't.
type clock struct {
	left   time.Duration
	cancel context.CancelCauseFunc
	began  time.Time
	timer  *time.Timer
}

// start lets the clock run for one request; it cancels with errTimeout when the time is over.
func (c *clock) start(cancel context.CancelCauseFunc) {
	c.cancel = cancel
	c.resume()
}

// resume lets it run on after a stop.
func (c *clock) resume() {
	cancel := c.cancel // that of this request: the clock may be on the next one when the timer fires
	c.began = time.Now()
	c.timer = time.AfterFunc(c.left, func() { cancel(errTimeout) })
}

func (c *clock) stop() {
	c.timer.Stop()
	c.left -= time.Since(c.began)
}
