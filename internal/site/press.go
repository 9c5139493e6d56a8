package site

import (
	"cmp"
	"context"
	"iter"
	"strings"
	"time"

	"planet/internal/clean"
	"planet/internal/planet"
	"planet/internal/publish"
	"planet/internal/render"
	"planet/internal/store"
)

// A press is what the files of one build are made with and from.
type press struct {
	*Builder
	feeds  []planet.Feed // as feeds.yaml has them, with the sites that their documents name
	listed map[string]planet.Feed
	states map[string]store.State
	langs  map[string]string // of feeds
	site   render.Site
	river  river
	groups []group
	last   publish.State

	avatars    map[string]avatar
	before     faces           // as they were published last
	changed    []string        // feeds of which pages show something else than then, also those that are new or gone
	copiesDone map[string]bool // copies of pictures that are published already

	months, history, authors []store.Shelf        // those on which entries stand
	latest                   map[string]time.Time // by author: of the newest entry
	stale                    []store.Shelf        // those that are to be made or to go
}

func (b *Builder) press(ctx context.Context, states map[string]store.State) (*press, error) {
	feeds := complete(b.Feeds, states)
	p := &press{Builder: b, feeds: feeds, listed: byID(feeds), states: states, langs: map[string]string{}, groups: groups(feeds), copiesDone: map[string]bool{}}
	for _, f := range feeds {
		p.langs[f.ID] = cmp.Or(f.Lang, states[f.ID].Lang)
	}
	p.site = b.site(feeds)
	return p, p.portraits(ctx)
}

// shelved is how many entries are put on their shelves at once.
const shelved = 1000

// shelve brings the shelves up to date with the verdicts.
func (b *Builder) shelve(ctx context.Context, p *press) error {
	for {
		n, err := b.Store.Shelve(ctx, store.Shelving{Langs: p.langs, Posts: b.Posts}, shelved)
		if err != nil || n < shelved {
			return err
		}
	}
}

// survey looks which shelves there are.
func (p *press) survey(ctx context.Context) (err error) {
	for kind, to := range map[string]*[]store.Shelf{store.Month: &p.months, store.History: &p.history, store.Author: &p.authors} {
		if *to, err = p.Store.Shelves(ctx, kind); err != nil {
			return err
		}
	}
	if p.latest, err = p.Store.Latest(ctx); err != nil {
		return err
	}
	return p.sections(ctx)
}

// sections looks which parts the site has.
func (p *press) sections(ctx context.Context) (err error) {
	for kind, to := range map[string]*bool{store.Month: &p.site.Months, store.Tag: &p.site.Tags, store.Lang: &p.site.Languages} {
		if *to, err = p.Store.HasShelves(ctx, kind); err != nil {
			return err
		}
	}
	p.site.Groups = len(p.groups) > 0
	return nil
}

// complete gives entries what their rows don't say: the languages of their feeds, and their copies.
func (p *press) complete(ctx context.Context, entries []planet.Entry) error {
	copies, err := p.Store.Copies(ctx, entries)
	if err != nil {
		return err
	}
	for i, e := range entries {
		entries[i].Lang = cmp.Or(e.Lang, p.langs[e.FeedID])
		entries[i].Copies = copies[e.Seq]
		for j, c := range entries[i].Copies {
			entries[i].Copies[j].Link = clean.Untracked(c.Link)
		}
	}
	return nil
}

// gone tells whether a blog is no more, so that what is here of it is all there is.
func (p *press) gone(feed string) bool {
	const gone = 410 // RFC 9110 §15.5.11
	s := p.states[feed]
	return s.LastStatus == gone && s.LastError != ""
}

// A group is the feeds that feeds.yaml gives the same name of a group.
type group struct {
	slug, name string
	feeds      []string // ids
}

// groups are in the order in which feeds.yaml names them first.
func groups(feeds []planet.Feed) (out []group) {
	at := map[string]int{}
	for _, f := range feeds {
		seen := map[string]bool{}
		for _, name := range f.Groups {
			slug := planet.TagSlug(name)
			if slug == "" || seen[slug] {
				continue
			}
			seen[slug] = true
			i, ok := at[slug]
			if !ok {
				i = len(out)
				at[slug] = i
				out = append(out, group{slug: slug, name: strings.TrimSpace(name)})
			}
			out[i].feeds = append(out[i].feeds, f.ID)
		}
	}
	return out
}

// Each of these is one or more files, or an error in their place.
type files = iter.Seq2[planet.File, error]

func one(f planet.File, err error) files {
	return func(yield func(planet.File, error) bool) { yield(f, err) }
}

func failed(err error) files { return one(planet.File{}, err) }

func several(list []planet.File) files {
	return func(yield func(planet.File, error) bool) {
		for _, f := range list {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func gone(paths ...string) files {
	list := make([]planet.File, len(paths))
	for i, path := range paths {
		list[i] = planet.File{Path: path, Gone: true}
	}
	return several(list)
}

func chain(parts ...files) files {
	return func(yield func(planet.File, error) bool) {
		for _, part := range parts {
			for f, err := range part {
				if !yield(f, err) {
					return
				}
			}
		}
	}
}
