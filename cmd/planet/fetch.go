package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (p *program) fetch() *cobra.Command {
	o := &updateOptions{}
	return o.flags(&cobra.Command{
		Use: "fetch", Short: "Fetch what is due, publish nothing", Args: cobra.NoArgs,
		Long: `fetch is the left half of update: it asks the feeds that are due and keeps what is new.
"planet build" publishes it.` + exits(helpFine, helpFailed, helpUsage, helpFeeds, helpLocked),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runFetch(cmd.Context(), o) },
	})
}

func (p *program) runFetch(ctx context.Context, opts *updateOptions) error {
	o, err := p.open(ctx, opts.only...)
	if err != nil {
		return err
	}
	defer o.close()
	collected, err := p.collect(ctx, o, opts)
	if err != nil {
		return p.reportBeside(err, opts, o.cfg.Feeds, &collected)
	}
	return p.report(opts, o.cfg.Feeds, &collected, nil)
}
