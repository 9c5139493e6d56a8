package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"planet/internal/config"
)

// A verdict is where what was asked about stands.
type verdict string

const (
	shown   verdict = "shown"
	hidden  verdict = "hidden"
	unknown verdict = "unknown" // the planet has no such post, or nothing of the feed
)

// whyAnswer is what why --json says; its field names are a contract.
type whyAnswer struct {
	URL     string    `json:"url"` // as it was asked
	Verdict verdict   `json:"verdict"`
	Reason  string    `json:"reason"` // selection.Reason of what is hidden
	Detail  string    `json:"detail"` // what exactly hides it, and what to change
	Feed    string    `json:"feed"`   // name in feeds.yaml
	Entry   *whyEntry `json:"entry"`  // null: it is about a feed, or not known
	Where   []string  `json:"where"`  // paths under output, with an anchor
	Steps   []whyStep `json:"steps"`
	Advice  string    `json:"advice"`

	headline string
}

type whyEntry struct {
	ID        string `json:"id"` // as published
	Title     string `json:"title"`
	Link      string `json:"link"`
	Published string `json:"published"` // RFC 3339, UTC; "" the feed gives none
	FirstSeen string `json:"first_seen"`
}

// A whyStep says how far something has come. One stage may have several.
type whyStep struct {
	Stage string `json:"stage"` // config, fetch, parse, store, selection or publish
	OK    bool   `json:"ok"`
	Text  string `json:"text"`
}

// step adds what a person is told of a stage.
func (a *whyAnswer) step(stage string, ok bool, format string, args ...any) {
	a.Steps = append(a.Steps, whyStep{stage, ok, printable(fmt.Sprintf(format, args...))})
}

// errUnshown means that the question was answered, and that the answer is not "shown".
var errUnshown = errors.New("it is not shown")

func (p *program) why() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "why URL", Short: "Why is a post shown, or not? Where it stands, and what to do", Args: cobra.ExactArgs(1),
		Long: `why traces a post from feeds.yaml to the published pages and says where it stands: whether its feed is listed and
can be read, when the post came, which rule of feeds.yaml or which reason hides it, or on which page it is; and what to do.
A post is named by its address or id, also one that it had before, or by its permalink on the planet; a feed by its name, id or address; a blog by its address.

It asks nobody, needs no lock and changes nothing; "planet inspect URL" shows what a feed has right now.` +
			exits(" 0  it is shown; of a feed or blog: some post of it is", " 1  it is hidden or not known; or planet failed", helpUsage),
		RunE: func(cmd *cobra.Command, args []string) error { return p.runWhy(cmd.Context(), args[0], asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "for programs")
	return cmd
}

func (p *program) runWhy(ctx context.Context, what string, asJSON bool) error {
	what = strings.TrimSpace(what)
	if what == "" {
		return usagef("why of what? name a post by its address, or a feed as in feeds.yaml")
	}
	cfg, err := config.Load(p.config)
	if err != nil {
		return err
	}
	facts, err := p.whyFacts(ctx, cfg, what)
	if err != nil {
		return err
	}
	a := facts.answer()
	if asJSON {
		enc := json.NewEncoder(p.stdout)
		enc.SetEscapeHTML(false)
		err = enc.Encode(a)
	} else {
		_, err = p.stdout.Write(a.text(p.colours()))
	}
	if err == nil && a.Verdict != shown {
		err = errUnshown
	}
	return err
}

// colours tells whether stdout is a terminal that shows them.
func (p *program) colours() bool {
	f, ok := p.stdout.(*os.File)
	return ok && isatty.IsTerminal(f.Fd()) && os.Getenv("NO_COLOR") == ""
}

// text is an answer for a person: the verdict in a sentence, the way there, and what to do.
func (a whyAnswer) text(colours bool) []byte {
	paint := func(code, s string) string {
		if !colours {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}
	var b bytes.Buffer
	word, rest, _ := strings.Cut(a.headline, ":")
	fmt.Fprintf(&b, "%s:%s\n\n", paint(map[verdict]string{shown: "32", hidden: "31", unknown: "33"}[a.Verdict], word), rest)
	last := ""
	for _, s := range a.Steps {
		mark, stage := paint("32", "✓"), s.Stage
		if !s.OK {
			mark = paint("31", "✗")
		}
		if stage == last {
			stage = ""
		}
		last = s.Stage
		fmt.Fprintf(&b, "  %s %-9s  %s\n", mark, stage, s.Text)
	}
	fmt.Fprintf(&b, "\nWhat to do: %s\n", a.Advice)
	return b.Bytes()
}
