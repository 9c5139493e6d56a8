package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"planet/internal/fetch"
	"planet/internal/planet"
	"planet/internal/selection"
	"planet/internal/store"
)

func (p *program) release() *cobra.Command {
	return &cobra.Command{
		Use: "release NAME|URL", Short: "Let a held or flooded feed or entry through", Args: cobra.ExactArgs(1),
		Long: `release is your word that all is well. For a feed, by name, id or address: all that it has brought so far is shown,
also what came as a flood or while the feed was held as perhaps somebody else's; what comes later is looked at
anew. For a single post, by its address or id: that post alone. Posts are shown at their dates, so old ones don't come up.
The next "planet update" or "planet build" publishes them.` + exits(helpFine, helpFailed, " 1  no such feed or post", helpUsage, helpLocked),
		RunE: func(cmd *cobra.Command, args []string) error { return p.runRelease(cmd.Context(), args[0]) },
	}
}

func (p *program) runRelease(ctx context.Context, what string) error {
	o, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	if f, ok := feedNamed(o.cfg.Feeds, what); ok {
		counts, err := o.db.Counts(ctx)
		if err != nil {
			return err
		}
		states, err := o.db.Feeds(ctx)
		if err != nil {
			return err
		}
		if err := o.db.Release(ctx, f.ID); err != nil {
			return err
		}
		if text := released(counts[f.ID], states[f.ID]); text != "" {
			p.answer("released %s: %s%s", f.Name, text, publishHint)
		} else {
			p.answer("nothing of %s is kept back", f.Name)
		}
		return nil
	}
	what = fetch.Redact(what)
	rows, err := o.db.Find(ctx, what)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return errNothing(what)
	}
	found, verdicts, err := p.builder(o).Verdicts(ctx, rows, p.now())
	if err != nil {
		return err
	}
	kept := ""
	for i, e := range found {
		if r := selection.Reason(verdicts[i].Reason); r != selection.Flood && r != selection.Suspect {
			kept = whyNotKept(verdicts[i])
			continue
		}
		if err := o.db.ReleaseEntry(ctx, e.Seq); err != nil {
			return err
		}
		p.answer("released %s of %s%s", oneLine(cmp.Or(e.Title, e.Link)), e.FeedID, publishHint)
		kept = ""
	}
	if kept != "" {
		return errors.New(kept)
	}
	return nil
}

// whyNotKept says why there is nothing to release.
func whyNotKept(v selection.Judgement) string {
	if v.Reason == "" {
		return "it is not kept back; planet why tells where it is"
	}
	return "it is not kept back by a flood or an alarm, which release ends: " + v.Detail
}

const publishHint = `; "planet build" publishes that now, the next "planet update" in any case`

// released says what a feed's release lets through; "" nothing.
func released(counts map[string]int, s store.State) string {
	n := counts["Flood"] + counts["Suspect"]
	switch {
	case s.Held != "":
		return entries(n) + " let through; the feed is no longer held, and read anew at its next fetch"
	case n == 0:
		return ""
	}
	return entries(n) + " let through"
}

// feedNamed is the feed of that name, id or address.
func feedNamed(feeds []planet.Feed, what string) (planet.Feed, bool) {
	for _, f := range feeds {
		if strings.EqualFold(f.ID, what) || strings.EqualFold(f.Name, what) || f.URL == what || fetch.Redact(f.URL) == what {
			return f, true
		}
	}
	return planet.Feed{}, false
}

type errNothing string

func (e errNothing) Error() string {
	return fmt.Sprintf("there is no feed and no post %q; name a feed as in feeds.yaml, or a post by its address (planet why tells more)", fetch.Redact(string(e)))
}
