// Package site brings the published folder up to date: it conducts store, selection, render, syndicate and publish.
package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strings"
	"time"

	"planet/internal/planet"
	"planet/internal/publish"
	"planet/internal/render"
	"planet/internal/selection"
	"planet/internal/store"
)

// A Builder publishes the site.
type Builder struct {
	Store  *store.DB
	Theme  *render.Theme
	Out    string       // the output folder
	Placed func() error // see publish.Made; nil: nobody is called
	Log    *slog.Logger

	Plan
}

// Plan is what feeds.yaml says of the site.
type Plan struct {
	Config      string // names the state of feeds.yaml: when it changes, the site is made anew
	Title       string
	URL         string // with a final slash
	Description string
	Lang        string
	Owner       planet.Person
	Location    *time.Location
	Version     string // of the program
	Feeds       []planet.Feed
	Mode        planet.Mode
	MaxText     int  // bytes of the posts shown, all together; what is beyond is shown as excerpts; 0 no limit
	PerPage     int  // 0: no limit
	FeedEntries int  // 0: no limit
	Posts       bool // every post has a page of its own
	Short       bool
	Hub         string   // WebSub, "" none
	Compress    []string // gz, br: siblings of files, for web servers that send them
	Images      string   // what becomes of posts' pictures: remote, link or local
	Frames      bool     // videos and the like are shown in frames, where their player is known
	Rules       selection.Rules
	Aliases     map[string]string // path → the path whose bytes it repeats
}

// MaxPages is how far back the river's own pages go.
const MaxPages = 5

// A Report is what a Run did.
type Report struct {
	publish.Changes
	Current bool // there was nothing to do
	Shown   int  // of the entries that were looked at
	Hidden  map[selection.Reason]int
}

// Run publishes the site as it should be at now. When nothing that a page shows has changed since the last Run, and
// nothing is missing, it does nothing.
func (b *Builder) Run(ctx context.Context, now time.Time) (Report, error) {
	inputs, err := b.inputs(ctx)
	if err != nil {
		return Report{}, err
	}
	last, err := publish.Look(b.Out)
	if err != nil {
		return Report{}, err
	}
	if last.Current(inputs, now) {
		return Report{Changes: publish.Changes{Unchanged: last.Files}, Current: true}, nil
	}
	states, err := b.Store.Feeds(ctx)
	if err != nil {
		return Report{}, err
	}
	p, err := b.press(ctx, states)
	if err != nil {
		return Report{}, err
	}
	if err := b.judge(ctx, p.states, now); err != nil {
		return Report{}, err
	}
	if err := p.meet(ctx); err != nil {
		return Report{}, err
	}
	if err := b.shelve(ctx, p); err != nil {
		return Report{}, err
	}
	return b.publish(ctx, p, last, inputs, now)
}

// publish makes what has changed since what was published last; and all, when it isn't known to be whole, or when what
// all pages have in common has changed.
func (b *Builder) publish(ctx context.Context, p *press, last publish.State, inputs string, now time.Time) (Report, error) {
	if err := p.survey(ctx); err != nil {
		return Report{}, err
	}
	shared := b.shared(p)
	published, err := b.Store.LastPublished(ctx)
	if err != nil {
		return Report{}, err
	}
	until, err := b.Store.NextChange(ctx)
	if err != nil {
		return Report{}, err
	}
	made := publish.Made{Inputs: inputs, Shared: shared, At: now, Until: until, Placed: b.Placed}
	p.last = last
	made.Part = last.Whole && last.Shared == shared && last.Sum == published && published != ""
	if made.Part {
		if p.stale, err = b.Store.StaleShelves(ctx); err != nil {
			return Report{}, err
		}
	}
	b.Log.Debug("publishing", "all", !made.Part)
	changes, err := publish.Dir(ctx, b.Out, p.files(ctx, made.Part), made)
	report := Report{Changes: changes, Shown: len(p.river.shown), Hidden: p.river.hidden}
	if err == nil {
		err = p.met(ctx)
	}
	if err != nil {
		return report, err
	}
	return report, b.Store.Published(ctx, changes.Sum)
}

// Status is the page of the feeds' health at a time. It changes with each run, so that Run doesn't make it. states are those
// of the store.
func (b *Builder) Status(ctx context.Context, states map[string]store.State, at time.Time, feeds []render.Health) (planet.File, error) {
	p, err := b.press(ctx, states)
	if err != nil {
		return planet.File{}, err
	}
	if err := p.sections(ctx); err != nil {
		return planet.File{}, err
	}
	return b.Theme.Status(p.site, at, feeds)
}

// inputs names everything the published files depend on but the passing of time.
func (b *Builder) inputs(ctx context.Context) (string, error) {
	revision, err := b.Store.Revision(ctx)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintln(h, b.Version, b.Config, b.Theme.Hash(), revision)
	err = b.avatarStates(h)
	return hex.EncodeToString(h.Sum(nil)), err
}

// avatarStates names the state of the pictures of people.
func (b *Builder) avatarStates(w io.Writer) error {
	for _, f := range b.Feeds {
		if f.Avatar == "" {
			continue
		}
		state, err := stateOf(f)
		if err != nil {
			return err
		}
		fmt.Fprintln(w, f.ID, state)
	}
	return nil
}

// shared names what all pages have in common: the settings that shape them, the theme, which parts the site has. Neither
// rules nor people are among it: whatever they change is made anew by itself.
func (b *Builder) shared(p *press) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q %q %q %q %q\n", b.Version, b.Theme.Hash(), b.Title, b.URL, b.Description, b.Lang, b.Owner, b.Location)
	fmt.Fprintf(h, "%q %d %d %d %t %t %q %q %t %q %q\n", b.Mode, b.MaxText, b.PerPage, b.FeedEntries, b.Posts, b.Short, b.Hub, b.Images, b.Frames, b.Compress, b.Aliases)
	fmt.Fprintln(h, p.site.Months, p.site.Tags, p.site.Groups, p.site.Languages)
	return hex.EncodeToString(h.Sum(nil))
}

// complete gives each feed the site that its document names, where feeds.yaml doesn't say.
func complete(feeds []planet.Feed, states map[string]store.State) []planet.Feed {
	out := make([]planet.Feed, len(feeds))
	for i, f := range feeds {
		if f.Site == "" {
			f.Site = states[f.ID].Site
		}
		out[i] = f
	}
	return out
}

// river is what was chosen: the newest entries that are shown, and how many of those between are not.
type river struct {
	shown  []planet.Entry
	hidden map[selection.Reason]int
}

// batch is how many entries are read from the store at once.
const batch = 200

// choose reads the river from its beginning until enough of it is there. Of what is hidden only the number is kept, so
// that memory follows what is published.
func (b *Builder) choose(ctx context.Context, p *press) (river, error) {
	enough := max(b.PerPage*MaxPages, b.FeedEntries)
	if b.PerPage == 0 || b.FeedEntries == 0 {
		enough = math.MaxInt
	}
	var r river
	size := 0
	each := map[string]int{} // shown of each feed so far
	for at := (store.Cursor{}); len(r.shown) < enough; {
		entries, next, err := b.Store.River(ctx, at, batch)
		if err != nil {
			return r, err
		}
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			if each[e.FeedID]++; p.listed[e.FeedID].PerFeed > 0 && each[e.FeedID] > p.listed[e.FeedID].PerFeed {
				continue
			}
			r.shown = append(r.shown, b.bounded(e, &size))
		}
		at = next
	}
	r.shown = r.shown[:min(len(r.shown), enough)]
	if err := p.complete(ctx, r.shown); err != nil {
		return r, err
	}
	tallies, err := b.counts(ctx)
	r.hidden = map[selection.Reason]int{}
	for _, t := range tallies {
		for reason, n := range t.Hidden {
			r.hidden[reason] += n
		}
	}
	return r, err
}

// bounded is an entry without what no page needs, and with its excerpt alone when the entries before it, of that size, and
// its own text are more than pages and feeds are to hold.
func (b *Builder) bounded(e planet.Entry, size *int) planet.Entry {
	e.Text = strings.Clone(e.Text[:min(len(e.Text), 4000)]) // only whether the title repeats its beginning is asked of it
	teaser := 0
	if e.Teaser != e.Content { // else it is the same string
		teaser = len(e.Teaser)
	}
	if n := len(e.Content) + len(e.Summary) + teaser; b.MaxText > 0 && *size+n > b.MaxText {
		e.Content, e.Summary, e.Teaser = "", "", ""
	} else {
		*size += n
	}
	return e
}

func byID(feeds []planet.Feed) map[string]planet.Feed {
	m := make(map[string]planet.Feed, len(feeds))
	for _, f := range feeds {
		m[f.ID] = f
	}
	return m
}

// empty says why there is nothing to show.
func empty(feeds []planet.Feed, states map[string]store.State, r river) render.Empty {
	if len(feeds) == 0 {
		return render.NoFeeds
	}
	if len(r.shown) > 0 {
		return ""
	}
	for reason, n := range r.hidden {
		if n > 0 && reason != selection.Removed && reason != selection.Paused { // those are nobody's who is here
			return render.Filtered
		}
	}
	asked, well := 0, 0
	for _, f := range feeds {
		if s := states[f.ID]; !s.Fetched.IsZero() {
			asked++
			if s.LastError == "" {
				well++
			}
		}
	}
	if asked > 0 && well == 0 {
		return render.Failing
	}
	return render.Waiting
}
