package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// version of the program; a release sets it when linking.
var version = "0.1.0"

// program is one invocation: its streams, and the flags that all commands share.
type program struct {
	stdout, stderr io.Writer
	started        bool // the command line was right, and a command is running

	config    string
	quiet     bool
	verbose   int // 1: a summary, 2: everything
	logFormat string
	nowFlag   string

	frozen time.Time // the clock as --now sets it
	log    *slog.Logger
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "planet",
		Short: "One page and one feed of a community's blogs",
		Long: `planet reads the blogs that feeds.yaml lists, keeps every entry in a database, and publishes
a merged site and combined feeds into a folder. Cron runs "planet update"; a web server serves the folder.

New here? "planet demo" shows a whole small planet; "planet init" begins your own.`,
		SilenceErrors: true, SilenceUsage: true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			err := fmt.Errorf("there is no command %q", args[0])
			if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
				err = fmt.Errorf("%w; did you mean %s?", err, strings.Join(like, " or "))
			}
			return err
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.setUp(); err != nil {
				return usageError{err}
			}
			p.started = true
			return nil
		},
	}
	flags := root.PersistentFlags()
	flags.SortFlags = false
	flags.StringVarP(&p.config, "config", "c", "feeds.yaml", "the planet's feeds.yaml")
	flags.BoolVarP(&p.quiet, "quiet", "q", false, "say nothing but errors")
	flags.CountVarP(&p.verbose, "verbose", "v", "say in a line what was done; -vv says everything that happens")
	flags.StringVar(&p.logFormat, "log-format", "text", "of what -vv says: text or json")
	flags.StringVar(&p.nowFlag, "now", "", "the clock, as RFC 3339 time: for previews and tests")
	cobra.EnableCommandSorting = false
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(p.init(), p.add(), p.check(), p.update(), p.fetch(), p.build(), p.serve(), p.status(), p.why(), p.release(), p.forget(), p.inspect(), p.theme(), p.demo(), p.versionCommand())
	root.SetHelpCommand(helpCommand(root))
	return root
}

// helpCommand is cobra's, with an error for what doesn't exist.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Help about a command",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usagef("there is no command %q", args[0])
			}
			return cmd.Help()
		},
	}
}

func (p *program) setUp() error {
	if p.nowFlag != "" {
		t, err := time.Parse(time.RFC3339, p.nowFlag)
		if err != nil {
			return usagef("--now %q is no RFC 3339 time such as 2026-11-22T12:00:00Z", p.nowFlag)
		}
		p.frozen = t.UTC()
	}
	level := slog.LevelError
	if p.verbose > 1 {
		level = slog.LevelDebug
	}
	opts := &slog.HandlerOptions{Level: level}
	switch p.logFormat {
	case "text":
		p.log = slog.New(slog.NewTextHandler(p.stderr, opts))
	case "json":
		p.log = slog.New(slog.NewJSONHandler(p.stderr, opts))
	default:
		return usagef("--log-format is text or json, not %q", p.logFormat)
	}
	return nil
}

// now is the clock that decides: what is due, and when an entry was first seen.
func (p *program) now() time.Time {
	if !p.frozen.IsZero() {
		return p.frozen
	}
	return time.Now().UTC()
}

// terminal tells whether a person looks at stderr.
func (p *program) terminal() bool {
	f, ok := p.stderr.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
