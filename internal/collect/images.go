package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"planet/internal/clean"
	"planet/internal/fetch"
	"planet/internal/picture"
	"planet/internal/planet"
	"planet/internal/store"
)

// Images is how copies of the pictures in posts are kept (pages.images: local). All fields are required.
type Images struct {
	Mode    planet.Mode // how much of a post is shown, of feeds that don't say: what isn't shown isn't copied
	Size    int64       // bytes of one
	Pixels  int         // of one
	Tries   int         // so often one that can't be had is asked for
	PerPost int
	PerRun  int
	Disk    int64 // bytes of all that are kept; when they are more, no more are copied
}

const (
	// lookThrough is how many entries a run looks through for pictures, beside those that are new: some seconds' work at most.
	lookThrough = 2000

	// sweeping is how often is looked whether pictures and files belong together.
	sweeping = day
)

// images brings the copies of pictures up to date: what posts show and isn't here is asked for, that of the newest posts first.
// Where none are wanted it costs one look at the database.
func (r *run) images(ctx context.Context, feeds []planet.Feed) error {
	keep := context.WithoutCancel(ctx) // what was learned is kept, also after the deadline
	if err := r.Store.FollowImages(keep, r.Images != nil); err != nil || r.Images == nil || errors.Is(ctx.Err(), context.Canceled) {
		return err
	}
	if err := r.look(keep); err != nil {
		return err
	}
	if err := r.Store.SweepImages(keep, r.Now(), sweeping); err != nil {
		return err
	}
	full, excerpts := shownOf(feeds, r.Images.Mode)
	due, err := r.Store.ImagesDue(keep, full, excerpts, r.Now(), r.Images.PerRun)
	if err != nil || len(due) == 0 {
		return err
	}
	names, err := r.Store.ImageNames(keep)
	if err != nil {
		return err
	}
	a := &asking{run: r, space: r.Images.Disk, last: time.Now()}
	for _, size := range names {
		a.space -= size
	}
	return a.all(ctx, due)
}

// look notes which pictures posts show.
func (r *run) look(ctx context.Context) error {
	for looked := 0; looked < lookThrough; {
		entries, err := r.Store.Unlooked(ctx, 200)
		if err != nil || len(entries) == 0 {
			return err
		}
		showings := make([]store.Showing, len(entries))
		for i, e := range entries {
			showings[i] = showing(e, r.Images.PerPost)
		}
		if err := r.Store.Looked(ctx, showings, r.Now()); err != nil {
			return err
		}
		looked += len(entries)
	}
	return nil
}

// showing is which pictures an entry shows, at most so many.
func showing(e planet.Entry, most int) store.Showing {
	s := store.Showing{Seq: e.Seq, Teaser: clean.Pictures(e.Teaser)}
	s.Teaser = s.Teaser[:min(len(s.Teaser), most)]
	for _, address := range clean.Pictures(e.Content, e.Summary) {
		if len(s.Teaser)+len(s.Rest) == most {
			break
		}
		if !slices.Contains(s.Teaser, address) {
			s.Rest = append(s.Rest, address)
		}
	}
	return s
}

// shownOf are the ids of the feeds whose posts are shown in full, and of those whose posts' beginnings are. What an author doesn't
// want to be shown isn't copied either.
func shownOf(feeds []planet.Feed, mode planet.Mode) (full, excerpts []string) {
	for _, f := range feeds {
		switch {
		case f.Paused:
		case cmp.Or(f.Mode, mode) == planet.Full:
			full = append(full, f.ID)
		case cmp.Or(f.Mode, mode) == planet.Excerpt:
			excerpts = append(excerpts, f.ID)
		}
	}
	return full, excerpts
}

// asking is the state of asking for pictures in a run.
type asking struct {
	*run

	mu      sync.Mutex
	space   int64         // bytes left
	asked   []store.Image // not yet written
	last    time.Time     // when some were
	nobody  []store.Image // couldn't be reached: it may be our own network
	stopped error         // nothing more can be kept
}

// all asks for pictures, of one host one after the other.
func (a *asking) all(ctx context.Context, due []store.Image) error {
	at := map[string]int{}
	var hosts [][]store.Image
	for _, i := range due {
		host := hostOf(i.URL)
		if _, ok := at[host]; !ok {
			at[host] = len(hosts)
			hosts = append(hosts, nil)
		}
		hosts[at[host]] = append(hosts[at[host]], i)
	}
	workers, running := errgroup.WithContext(ctx)
	workers.SetLimit(cmp.Or(a.Workers, 64))
	for _, images := range hosts {
		workers.Go(func() error {
			for _, i := range images {
				if err := a.one(running, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := workers.Wait()
	if a.reached { // by now somebody has answered, if anybody does
		a.asked = append(a.asked, a.nobody...)
	}
	if a.stopped != nil {
		a.Log.Warn("pictures can't be kept", "error", a.stopped)
	}
	return cmp.Or(err, a.write(ctx))
}

// one asks for a picture. It fails only when the store does.
func (a *asking) one(ctx context.Context, i store.Image) error {
	if ctx.Err() != nil || !a.room(0) {
		return nil
	}
	if _, paused := a.pausedUntil(hostOf(i.URL)); paused {
		return nil
	}
	requests := 0
	res, err := a.Fetch.Get(ctx, fetch.Request{URL: i.URL, Picture: a.Images.Size, Turn: func(address string) error {
		if until, ok := a.pausedUntil(hostOf(address)); ok {
			return &errPaused{hostOf(address), until}
		}
		requests++
		return nil
	}})
	defer res.Release()
	a.Log.Debug("asked for a picture", "url", i.URL, "status", res.Status, "took", res.Took.Round(time.Millisecond), "error", err)
	var paused *errPaused
	switch {
	case errors.As(err, &paused), err != nil && ctx.Err() != nil: // another time
		return a.done(ctx, requests, res, nil)
	case err != nil && fetch.Unreachable(err):
		a.mu.Lock()
		a.nobody = append(a.nobody, a.failed(i, res, err))
		a.mu.Unlock()
		return a.done(ctx, requests, res, nil)
	case err != nil:
		a.heard(requests > 0 && !fetch.Refused(err))
		i = a.failed(i, res, err)
	case res.Status != http.StatusOK:
		a.heard(true)
		if res.Status == http.StatusTooManyRequests {
			a.pause(hostOf(res.URL), cmp.Or(min(res.RetryAfter, a.Pace.RetryAfter), busy))
		}
		i = a.failed(i, res, fmt.Errorf("the server answered %d %s", res.Status, http.StatusText(res.Status)))
	default:
		a.heard(true)
		i = a.kept(i, res)
	}
	return a.done(ctx, requests, res, &i)
}

// kept puts what came into a file, if it is a picture.
func (a *asking) kept(i store.Image, res fetch.Result) (after store.Image) {
	defer func() {
		if p := recover(); p != nil { // what strangers send is decoded
			a.Log.Error("internal error", "picture", i.URL, "panic", p, "stack", string(debug.Stack()))
			after = a.failed(i, res, errors.New("internal error while looking at the picture"))
		}
	}()
	info, err := picture.Check(res.Body, a.Images.Pixels)
	if err != nil {
		return a.failed(i, res, err)
	}
	if !a.room(int64(len(res.Body))) {
		i.NextTry = a.Now()
		return i
	}
	name, err := a.Store.KeepImage(res.Body, string(info.Kind))
	if err != nil { // our own trouble: it may be asked for again at once
		a.mu.Lock()
		a.stopped = err
		a.mu.Unlock()
		i.NextTry = a.Now()
		return i
	}
	return store.Image{URL: i.URL, Name: name, Width: info.Width, Height: info.Height, Bytes: int64(len(res.Body))}
}

// failed is a picture that couldn't be had: it is asked for again after an hour, six hours and a day and a half, then no more.
// What is too large or of another kind will be so the next time.
func (a *asking) failed(i store.Image, res fetch.Result, err error) store.Image {
	i.Failures++
	i.Error, i.NextTry = err.Error(), time.Time{}
	if i.Failures < a.Images.Tries && !errors.Is(err, picture.ErrUnfit) && !fetch.TooLarge(err) && res.Status != http.StatusGone {
		i.NextTry = a.Now().Add(max(again(i.Failures), min(res.RetryAfter, a.Pace.RetryAfter)))
	}
	return i
}

// again is how long a picture isn't asked for after that many failures.
func again(failures int) time.Duration {
	wait := time.Hour
	for ; failures > 1 && wait < 30*day; failures-- {
		wait *= 6
	}
	return min(wait, 30*day)
}

// room takes space for n bytes, if there is some; for none it says whether there is any. A file that can't be written, or a full
// folder, ends the asking.
func (a *asking) room(n int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped != nil || a.space < max(n, 1) {
		a.report.ImagesFull = a.report.ImagesFull || a.stopped == nil
		return false
	}
	a.space -= n
	return true
}

// done counts what a request cost, and writes what became of some pictures, if it is time.
func (a *asking) done(ctx context.Context, requests int, res fetch.Result, i *store.Image) error {
	a.run.mu.Lock()
	a.report.Requests += requests
	a.report.Bytes += res.Bytes
	if i != nil && i.Name != "" {
		a.report.Images++
	} else if i != nil && i.Error != "" {
		a.report.ImagesFailed++
	}
	a.run.mu.Unlock()
	if i == nil {
		return nil
	}
	a.mu.Lock()
	a.asked = append(a.asked, *i)
	due := time.Since(a.last) >= notesWait
	a.mu.Unlock()
	if !due {
		return nil
	}
	return a.write(ctx)
}

// write keeps what became of pictures, several in one transaction.
func (a *asking) write(ctx context.Context) error {
	a.mu.Lock()
	asked := a.asked
	a.asked, a.last = nil, time.Now()
	a.mu.Unlock()
	if len(asked) == 0 {
		return nil
	}
	return a.Store.ImagesAsked(context.WithoutCancel(ctx), asked, a.Now())
}
