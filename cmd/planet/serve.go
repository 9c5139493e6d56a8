package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"planet/internal/config"
	"planet/internal/publish"
)

type serveOptions struct{ addr string }

func (p *program) serve() *cobra.Command {
	o := &serveOptions{}
	cmd := &cobra.Command{
		Use: "serve", Short: "Preview the site on this machine", Args: cobra.NoArgs,
		Long: `serve shows the site at 127.0.0.1:8080, for you to look at. When feeds.yaml, the theme or the database changes
it publishes anew, and open pages that are others now reload. It asks no feed, and answers to this machine alone.
Visitors need a real web server.` + exits(helpFine, helpFailed, helpUsage),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runServe(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.addr, "addr", "127.0.0.1:8080", "where to listen; the next free port if it is taken")
	return cmd
}

func (p *program) runServe(ctx context.Context, o *serveOptions) error {
	cfg, err := config.Load(p.config)
	if err != nil {
		return err
	}
	if err := p.rebuild(ctx); err != nil && !errors.Is(err, publish.ErrLocked) {
		return err
	}
	l, err := listenNear(o.addr)
	if err != nil {
		return err
	}
	site := &preview{live: true}
	if u, err := url.Parse(cfg.URL); err == nil && u.Path != "/" {
		site.mount = u.Path
	}
	site.show(cfg.Output)
	go p.watch(ctx, cfg, site)
	p.answer("The site is at http://%s/  (Ctrl-C ends)", l.Addr())
	return site.serve(ctx, l)
}

// rebuild publishes from what is stored, and lets go of the database again: cron may want it.
func (p *program) rebuild(ctx context.Context) error {
	o, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	_, err = p.publish(ctx, o, false)
	return err
}

// watch publishes anew whenever something changed that the site is made of. Polling is coarse, but works on every file
// system, and once a second costs nothing.
func (p *program) watch(ctx context.Context, cfg *config.Config, site *preview) {
	made, published := sources(cfg), manifestOf(cfg.Output)
	for tick := time.NewTicker(time.Second); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		if now := sources(cfg); now != made {
			err := p.rebuild(ctx)
			if errors.Is(err, publish.ErrLocked) {
				continue // an update is under way; it publishes, and afterwards we look again
			}
			if err != nil {
				p.exit(err) // said once; the old site is shown until it is mended
			}
			made = now // as of before the rebuild: what was changed during it is looked at again
			if next, err := config.Load(p.config); err == nil {
				cfg = next // to watch what it names, also when its theme is the one that is broken
				site.show(cfg.Output)
			}
		}
		if now := manifestOf(cfg.Output); now != published {
			published = now
			site.changed()
		}
	}
}

// sources names the state of the files that a site is made of.
func sources(cfg *config.Config) string {
	h := sha256.New()
	note := func(name string) { fmt.Fprintln(h, stateOf(name)) }
	note(cfg.Path)
	note(cfg.Database)
	note(cfg.Database + "-wal")
	for _, f := range cfg.Feeds {
		if f.Avatar != "" {
			note(f.Avatar)
		}
	}
	if filepath.IsAbs(cfg.Theme) {
		_ = filepath.WalkDir(cfg.Theme, func(name string, _ fs.DirEntry, _ error) error { note(name); return nil })
	}
	return string(h.Sum(nil))
}

// manifestOf names the state of a published site.
func manifestOf(output string) string {
	return stateOf(filepath.Join(output, ".planet", "manifest.json"))
}

func stateOf(name string) string {
	info, err := os.Stat(name)
	if err != nil {
		return name
	}
	return fmt.Sprintln(name, info.Size(), info.ModTime().UnixNano())
}
