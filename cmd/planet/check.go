package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"planet/internal/config"
	"planet/internal/planet"
)

type checkOptions struct {
	fetch  bool
	only   []string
	since  *string // nil: not given
	format string
	fence  string // with format github: a word that no blog can guess
}

func (p *program) check() *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use: "check", Short: "Is feeds.yaml right? With --fetch: is each feed readable?", Args: cobra.NoArgs,
		Long: `check reads feeds.yaml and the theme and says what is wrong with them. It warns of avatars that browsers will not show,
of images that no feed names, and, where there is a database, of rules that match no post in it. It changes nothing.

With --fetch it also asks each feed, reads it, and says what it holds, what the rules let through of it, and which address to
use instead if it has moved. Of up to three feeds, and of those named with --only or found with --since, it shows how the newest
post would look.

--since REV is for pull requests: only feeds that are new in feeds.yaml since that git revision, or whose keys or avatar have
changed, are asked and warned of, so that nobody has to answer for the feeds of others. Mistakes in feeds.yaml are
mistakes all the same. --format github also writes what is wrong as annotations for GitHub's pages:

  planet check --fetch --since origin/main --format github` +
			exits(helpFine+"; warnings, too", helpFailed, helpUsage, " 3  with --fetch: a feed that was asked can't be read"),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&o.fetch, "fetch", false, "ask the feeds, too")
	f.StringArrayVar(&o.only, "only", nil, "check this feed alone, by name or id; may be repeated")
	since := f.String("since", "", "check only feeds that have changed since this git revision")
	f.StringVar(&o.format, "format", "text", "text, or github: with annotations for pull requests")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if f.Changed("since") { // an empty one is a script's mistake, not a wish to check all
			o.since = since
		}
		return p.runCheck(cmd.Context(), o)
	}
	return cmd
}

func (p *program) runCheck(ctx context.Context, o *checkOptions) error {
	if o.format != "text" && o.format != "github" {
		return usagef("--format is text or github, not %q", o.format)
	}
	if len(o.only) > 0 && o.since != nil {
		return usagef("--only and --since both say which feeds to check: leave one out")
	}
	if o.format == "github" {
		o.fence = rand.Text()
	}
	p.disregard(o)
	defer p.heed(o)
	cfg, err := p.right()
	if err != nil {
		return p.annotateError(o, err)
	}
	sub, err := p.checked(ctx, cfg, o)
	if err != nil {
		return err
	}
	if later := notYet(cfg); len(later) > 0 && !p.quiet {
		p.say("read, but not yet in effect in this version: %s", strings.Join(later, ", "))
	}
	remarks, err := p.warnings(ctx, cfg, sub)
	if err != nil {
		return err
	}
	p.warn(o, remarks)
	if !o.fetch {
		p.answer("%s is right: %s%s", cfg.Path, plural(len(cfg.Feeds), "feed"), sub.said)
		return nil
	}
	if len(sub.feeds) == 0 {
		if len(cfg.Feeds) == 0 {
			sub.said = ", but lists no feeds yet"
		}
		p.answer("%s is right%s", cfg.Path, sub.said)
		return nil
	}
	if sub.said != "" {
		p.answer("%s: %s%s", cfg.Path, plural(len(cfg.Feeds), "feed"), sub.said)
	}
	return p.checkFeeds(ctx, cfg, sub, o)
}

// right reads feeds.yaml and what it names. Its errors are mistakes in them.
func (p *program) right() (*config.Config, error) {
	cfg, err := config.Load(p.config)
	if err != nil {
		return nil, err
	}
	if _, err := loadTheme(cfg); err != nil {
		return nil, err
	}
	return cfg, usable(cfg)
}

// A subject is what a check is about: all feeds, or some.
type subject struct {
	feeds []planet.Feed
	all   bool
	files map[string]bool // without all: images that are not what they were
	said  string          // which feeds were chosen, to follow their number
}

// checked chooses what to check, and says what a person should know of the choice.
func (p *program) checked(ctx context.Context, cfg *config.Config, o *checkOptions) (subject, error) {
	if o.since == nil {
		feeds, err := chosen(cfg.Feeds, o.only)
		return subject{feeds: feeds, all: len(o.only) == 0}, err
	}
	c, err := changedSince(ctx, cfg, *o.since)
	if err != nil {
		return subject{}, err
	}
	if c.note != "" {
		p.say("%s", c.note)
	}
	return subject{feeds: c.feeds, files: c.files, said: fmt.Sprintf(", changed since %s: %s", printable(*o.since), c)}, nil
}

// warnings are what isn't wrong with feeds.yaml, but hardly meant.
func (p *program) warnings(ctx context.Context, cfg *config.Config, sub subject) ([]remark, error) {
	remarks := badAvatars(cfg, sub.feeds)
	_, unused := avatarFiles(cfg)
	if !sub.all {
		unused = slices.DeleteFunc(unused, func(path string) bool { return !sub.files[path] })
	}
	remarks = append(remarks, unusedAvatars(cfg, unused)...)
	rules, err := unusedRules(ctx, cfg, sub)
	if err != nil && ctx.Err() == nil { // it is feeds.yaml that is checked; the other commands answer for the database
		p.say("rules were not compared with the stored posts: %v", err)
		err = nil
	}
	return append(remarks, rules...), err
}

// notYet names the keys that feeds.yaml sets and that no code heeds yet; docs/config.md marks them. Whoever sets one should hear it.
func notYet(cfg *config.Config) (keys []string) {
	for _, k := range []struct {
		key string
		set bool
	}{
		{"lists", len(cfg.Lists) > 0},
		{"posts", len(cfg.Posts) > 0},
	} {
		if k.set {
			keys = append(keys, k.key)
		}
	}
	return keys
}
