package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"planet/internal/config"
	"planet/internal/fetch"
	"planet/internal/publish"
)

type addOptions struct {
	name   string
	dryRun bool
}

func (p *program) add() *cobra.Command {
	o := &addOptions{}
	cmd := &cobra.Command{
		Use: "add URL...", Short: "Find the feed behind a site's address and append it to feeds.yaml", Args: cobra.MinimumNArgs(1),
		Long: `add looks for the feed of each blog whose address it is given (that of the blog or of the feed), reads it, says what
it holds, and appends it to feeds.yaml. Comments and order there stay as they are.` + exits(
			helpFine, " 1  for some address no feed was found", " 2  the command line or feeds.yaml is wrong, or a feed is listed already"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.runAdd(cmd.Context(), args, o) },
	}
	cmd.Flags().StringVar(&o.name, "name", "", "the author's name; by default what the feed says")
	cmd.Flags().BoolVarP(&o.dryRun, "dry-run", "n", false, "say what would be added, and change nothing")
	return cmd
}

func (p *program) runAdd(ctx context.Context, addresses []string, o *addOptions) error {
	if o.name != "" && len(addresses) > 1 {
		return usagef("--name is for one feed, not for %d", len(addresses))
	}
	cfg, err := config.Load(p.config)
	if err != nil {
		return err
	}
	client, err := fetcher(cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	var failed error
	for _, address := range addresses {
		if !strings.Contains(address, "://") {
			address = "https://" + address
		}
		feeds, err := p.discover(ctx, client, parseLimits(cfg.Limits), address)
		if err == nil {
			err = p.addFeed(address, feeds, o)
		}
		switch {
		case errors.Is(err, context.Canceled):
			return err
		case err != nil && len(addresses) == 1:
			return fmt.Errorf("%s: %w", fetch.Redact(address), err)
		case err != nil:
			p.say("%s: %v", fetch.Redact(address), err)
			failed = errors.Join(failed, err)
		}
	}
	var usage usageError
	switch {
	case failed == nil:
		return nil
	case errors.As(failed, &usage):
		return usagef("not all of them were added")
	}
	return errors.New("not all of them were added")
}

// addFeed lists the first of feeds, and names the others.
func (p *program) addFeed(address string, feeds []found, o *addOptions) error {
	f := feeds[0]
	name := o.name
	if name == "" {
		name = f.name()
	}
	data, err := os.ReadFile(p.config) // again: looking for feeds takes a while, and somebody may have edited it
	if err != nil {
		return err
	}
	longer, err := config.Append(p.config, data, []config.NewFeed{{Name: name, URL: f.url}})
	var listed *config.Listed
	var mistakes config.Mistakes
	switch {
	case errors.As(err, &listed), err != nil && !errors.As(err, &mistakes):
		return usageError{fmt.Errorf("the feed %s %w", fetch.Redact(f.url), err)}
	case err != nil:
		return usageError{err}
	}
	verb := "added"
	if o.dryRun {
		verb = "would be added"
	} else if err := publish.Replace(p.config, longer); err != nil {
		return fmt.Errorf("%s can't be written: %w", p.config, err)
	}
	p.answer("%s: %s <%s>: %s", verb, name, fetch.Redact(f.url), describe(f.parsed))
	for _, other := range feeds[1:] {
		p.answer("  there is also <%s>: %s", fetch.Redact(other.url), describe(other.parsed))
	}
	return nil
}
