package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"planet/internal/fetch"
	"planet/internal/planet"
	"planet/internal/store"
)

func (p *program) forget() *cobra.Command {
	return &cobra.Command{
		Use: "forget NAME|URL", Short: "Erase an author's or one entry's content; leaves a tombstone", Args: cobra.ExactArgs(1),
		Long: `forget erases posts from the database on their author's request: all of a feed, by its name, id or address, or one, by
its address or id, together with the copies of it in other feeds that it stands for. What stays is a tombstone: hashes of what the posts were known by,
so that they don't come back when a feed still has them. A feed that is listed goes on bringing new posts: take it out
of feeds.yaml too, or pause it. The next "planet update" or "planet build" publishes the planet without them.` + exits(helpFine, helpFailed, " 1  no such feed or post", helpUsage, helpLocked),
		RunE: func(cmd *cobra.Command, args []string) error { return p.runForget(cmd.Context(), args[0]) },
	}
}

func (p *program) runForget(ctx context.Context, what string) error {
	o, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	f, err := o.toForget(ctx, what)
	if err != nil {
		return err
	}
	err = o.db.Forget(ctx, f.entries, f.feed, p.now())
	if err != nil && !errors.Is(err, store.ErrStillRead) {
		return err
	}
	if err := o.db.SweepImages(ctx, p.now(), 0); err != nil { // the pictures that only these posts showed
		return err
	}
	p.answer("forgot %s of %s; a tombstone keeps each from coming back%s", entries(len(f.entries)), f.who, publishHint)
	if err != nil {
		p.say("%v", err)
	}
	for _, e := range f.others {
		p.say("the same post is still here, of %s: %s; if that has to go too: planet forget %s", e.FeedID, cmp.Or(e.Title, e.Link), cmp.Or(e.Link, e.GUID))
	}
	return nil
}

// toForget is what is to be forgotten.
type toForget struct {
	who     string // in words
	feed    string // its id, if it is all of a feed
	entries []planet.Entry
	others  []planet.Entry // the same posts in other feeds, which stand for themselves
}

// toForget looks for what is meant, with the copies that it stands for.
func (o *opened) toForget(ctx context.Context, what string) (f toForget, err error) {
	states, err := o.db.Feeds(ctx)
	if err != nil {
		return f, err
	}
	id := what
	f.who = fetch.Redact(what)
	listed, ok := feedNamed(o.cfg.Feeds, what)
	if ok {
		id, f.who = listed.ID, listed.Name
	}
	var rows []int64
	if _, ok := states[id]; ok { // also one that is no longer listed
		f.feed = id
		rows, err = o.db.OfFeed(ctx, id, all)
	} else {
		rows, err = o.db.Find(ctx, what)
	}
	switch {
	case err != nil:
		return f, err
	case len(rows) == 0 && f.feed != "":
		return f, fmt.Errorf("%s has no posts here", f.who)
	case len(rows) == 0:
		return f, errNothing(what)
	}
	copies, others, err := o.db.CopiesOf(ctx, rows)
	if err != nil {
		return f, err
	}
	if f.entries, err = o.db.Traced(ctx, append(rows, copies...)); err != nil {
		return f, err
	}
	f.others, err = o.db.Entries(ctx, others)
	return f, err
}

// all is no limit.
const all = -1
