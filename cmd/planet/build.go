package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (p *program) build() *cobra.Command {
	o := &updateOptions{}
	cmd := &cobra.Command{
		Use: "build", Short: "Publish from what is stored, without network", Args: cobra.NoArgs,
		Long: `build is the right half of update: it publishes the site from the database, and asks no feed.
Files that would be the same are not touched.` + exits(helpFine, helpFailed, helpUsage, helpLocked),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runBuild(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "write a report of the run to stdout")
	return cmd
}

func (p *program) runBuild(ctx context.Context, opts *updateOptions) error {
	o, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	published, err := p.publish(ctx, o, false)
	if err != nil {
		return err
	}
	return p.report(opts, o.cfg.Feeds, nil, &published)
}
