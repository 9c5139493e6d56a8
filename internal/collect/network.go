package collect

import (
	"context"

	"planet/internal/fetch"
)

// An unreachable is a turn in which no connection came about: the feed's fault, or our own network's.
type unreachable struct {
	*turn
	res fetch.Result
	err error
}

func (t *turn) wasUnreachable(res fetch.Result, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unreachable = append(t.unreachable, unreachable{t, res, err})
}

// heard notes that somebody answered, so that the network is up.
func (r *run) heard(up bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reached = r.reached || up
}

// settleUnreachable decides whose fault it was (behaviour 36): when nobody answered at all, and feeds of two hosts that
// were fine the last time couldn't be reached, it was the network's, and no feed's failure is counted.
func (r *run) settleUnreachable(ctx context.Context) error {
	fine := map[string]bool{}
	for _, u := range r.unreachable {
		if s := u.was; !s.Succeeded.IsZero() && s.LastError == "" {
			fine[hostOf(address(u.feed, s))] = true
		}
	}
	down := !r.reached && len(fine) >= 2
	for _, u := range r.unreachable {
		if down {
			u.outcome(Outcome{Kind: Failed, Error: u.err.Error()})
		} else {
			u.failed(ctx, u.res, u.err)
		}
	}
	if down {
		return &noNetwork{len(r.unreachable), r.unreachable[0].err}
	}
	return nil
}

type noNetwork struct {
	feeds int
	first error
}

func (e *noNetwork) Error() string {
	return "the network is down: no feed could be reached, not one of " + plural(e.feeds) + " that were tried (the first: " + e.first.Error() + "); no feed is blamed, and the site stays as it is"
}

func (e *noNetwork) Unwrap() error { return ErrNoNetwork }
