package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"planet/internal/collect"
	"planet/internal/site"
)

type updateOptions struct {
	force  bool
	only   []string
	json   bool
	strict bool
}

func (o *updateOptions) flags(cmd *cobra.Command) *cobra.Command {
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&o.force, "force", false, "ask all feeds, whether due or not")
	f.StringArrayVar(&o.only, "only", nil, "this feed alone, by name or id; may be repeated")
	f.BoolVar(&o.json, "json", false, "write a report of the run to stdout")
	f.BoolVar(&o.strict, "strict", false, "exit with 3 when a feed failed")
	return cmd
}

func (p *program) update() *cobra.Command {
	o := &updateOptions{}
	return o.flags(&cobra.Command{
		Use: "update", Short: "Fetch what is due and publish: what cron runs", Args: cobra.NoArgs,
		Long: `update asks the feeds that are due, keeps what is new, and publishes the site if anything changed.
It says nothing unless there is something that a person should do.` + exits(helpFine, helpFailed, helpUsage, helpFeeds, helpLocked),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runUpdate(cmd.Context(), o) },
	})
}

func (p *program) runUpdate(ctx context.Context, opts *updateOptions) error {
	o, err := p.open(ctx, opts.only...)
	if err != nil {
		return err
	}
	defer o.close()
	collected, err := p.collect(ctx, o, opts)
	if err != nil { // also what a person should know, since it is said once
		return p.reportBeside(err, opts, o.cfg.Feeds, &collected)
	}
	if collected.Fetched > 0 {
		debug.FreeOSMemory() // documents need as much as pages do; not both at once
	}
	published, err := p.publish(ctx, o, collected.Due == 0)
	if err != nil {
		// What a person should know of the feeds is said once, and this is when.
		return p.reportBeside(err, opts, o.cfg.Feeds, &collected)
	}
	return p.report(opts, o.cfg.Feeds, &collected, &published, p.ping(ctx, o.cfg))
}

func (p *program) collect(ctx context.Context, o *opened, opts *updateOptions) (collect.Report, error) {
	c, err := p.collector(o)
	if err != nil {
		return collect.Report{}, err
	}
	defer c.Fetch.Close()
	show, clear := p.progress()
	defer clear()
	c.Progress = show
	if len(opts.only) > 0 {
		c.Only = map[string]bool{}
		for _, f := range o.feeds {
			c.Only[f.ID] = true
		}
	}
	return c.Run(ctx, o.cfg.Feeds, opts.force)
}

// publish brings the site up to date, and health.json, unless nobody was asked and it is there.
func (p *program) publish(ctx context.Context, o *opened, idle bool) (site.Report, error) {
	b := p.builder(o)
	// The page of the feeds' health leads to their pages, and these to it.
	b.Placed = func() error { return p.publishHealth(ctx, o) }
	report, err := b.Run(ctx, p.now())
	if err := errors.Join(err, owe(o.cfg, report.Paths)); err != nil {
		return report, err
	}
	if _, err := os.Stat(filepath.Join(o.cfg.Output, healthFile)); idle && report.Current && err == nil || report.Written+report.Removed > 0 {
		return report, nil // nobody was asked; or it is done
	}
	return report, p.publishHealth(ctx, o)
}
