package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"planet/internal/planet"
)

func (p *program) forget() *cobra.Command {
	return &cobra.Command{
		Use: "forget NAME|URL", Short: "Erase an author's or one entry's content; leaves a tombstone", Args: cobra.ExactArgs(1),
		Long: `forget erases posts from the database on their author's request: all of a feed, by its name, id or address, or one, by
its address or id, together with copies of it that other feeds brought. What stays is a tombstone: hashes of what the posts were known by,
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
	who, found, err := o.toForget(ctx, what)
	if err != nil {
		return err
	}
	n, err := o.db.Forget(ctx, found, p.now())
	if err != nil {
		return err
	}
	p.answer("forgot %s of %s; a tombstone keeps each from coming back%s", entries(n), who, publishHint)
	return nil
}

// toForget are the entries that what means, with copies of them.
func (o *opened) toForget(ctx context.Context, what string) (who string, found []planet.Entry, err error) {
	states, err := o.db.Feeds(ctx)
	if err != nil {
		return "", nil, err
	}
	id, who := what, what
	if f, ok := feedNamed(o.cfg.Feeds, what); ok {
		id, who = f.ID, f.Name
	}
	var rows []int64
	if _, ok := states[id]; ok { // also one that is no longer listed
		rows, err = o.db.OfFeed(ctx, id, all)
	} else {
		rows, err = o.db.Find(ctx, what)
	}
	switch {
	case err != nil:
		return "", nil, err
	case len(rows) == 0 && id != what:
		return "", nil, fmt.Errorf("%s has no posts here", who)
	case len(rows) == 0:
		return "", nil, errNothing(what)
	}
	if found, err = o.db.Window(ctx, rows, false); err != nil {
		return "", nil, err
	}
	return who, withCopies(found, rows), nil
}

// all is no limit.
const all = -1

// withCopies are the entries of rows and others that are the same posts.
func withCopies(window []planet.Entry, rows []int64) []planet.Entry {
	meant, pages, texts := map[int64]bool{}, map[string]bool{}, map[int64]bool{}
	for _, row := range rows {
		meant[row] = true
	}
	for _, e := range window {
		if meant[e.Seq] {
			pages[e.Canonical], texts[e.TextSum] = true, true
		}
	}
	pages[""], texts[0] = false, false
	return slices.DeleteFunc(window, func(e planet.Entry) bool { return !meant[e.Seq] && !pages[e.Canonical] && !texts[e.TextSum] })
}
