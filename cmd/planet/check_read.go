package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"planet/internal/clean"
	"planet/internal/config"
	"planet/internal/fetch"
	"planet/internal/parse"
	"planet/internal/planet"
)

// A checker asks feeds and looks at what they hold as the planet would.
type checker struct {
	cfg     *config.Config
	client  *fetch.Client
	limits  parse.Limits
	hiding  func(*planet.Entry) (*planet.Hide, bool)
	preview bool
}

// ask asks a feed and notes what it holds.
func (c *checker) ask(ctx context.Context, a *asking) error {
	res, err := c.client.Get(ctx, fetch.Request{URL: a.URL, Insecure: a.Insecure})
	if err != nil {
		return err
	}
	defer res.Release()
	if res.Status != http.StatusOK && res.Status != http.StatusIMUsed {
		return statusError(res.Status)
	}
	base, err := url.Parse(res.URL)
	if err != nil {
		return err
	}
	parsed, err := parseGuarded(res.Body, res.ContentType, base, c.limits)
	if err != nil {
		return err
	}
	parsed.LeaveOutEmpty()
	a.line, a.moved = describe(parsed), res.Moved
	if err := c.look(a, parsed); err != nil {
		return err
	}
	if a.moved != "" {
		a.line += "; it has moved for good: use " + a.moved
	}
	return nil
}

// look cleans a feed's entries, newest first, counts which of them the rules match, and shows how the newest would look: the
// newest that would be shown, if any is. Without rules only that one is cleaned.
func (c *checker) look(a *asking, parsed parse.Result) (err error) {
	defer func() { // one document must not take the answers about others with it
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error while reading the document: %v", p)
		}
	}()
	a.entries, a.own, a.common = len(parsed.Items), uses(a.Keep, a.Block), uses(c.cfg.Show.Keep, c.cfg.Show.Block)
	ruled := len(a.own)+len(a.common)+len(c.cfg.Hide) > 0
	items := slices.Clone(parsed.Items)
	slices.SortStableFunc(items, func(a, b planet.Item) int { return dateOf(b).Compare(dateOf(a)) })
	through := 0
	var newest planet.Entry
	for i, it := range items {
		if i > 0 && !ruled {
			break
		}
		e := clean.Entry(it, cleanLimits(c.cfg.Limits))
		e.FeedID, e.Lang = a.ID, cmp.Or(e.Lang, a.Lang, clean.LangTag(parsed.Feed.Language))
		shown := c.lets(a, &e)
		if i == 0 || shown && through == 0 {
			newest = e
		}
		if shown {
			through++
		}
	}
	var more strings.Builder
	for _, r := range a.own {
		fmt.Fprintf(&more, "        %s\n", ruleLine(c.cfg, r, a.entries))
	}
	if ruled && a.entries > 0 {
		a.line += fmt.Sprintf("; the rules let %d of them through", through)
	}
	if c.preview && a.entries > 0 {
		glimpse(&more, a.Feed, newest, cmp.Or(a.Mode, c.cfg.Show.Mode))
	}
	a.more = more.String()
	return nil
}

// lets tells whether the rules let an entry through, and counts it for each that matches it.
func (c *checker) lets(a *asking, e *planet.Entry) bool {
	own, common := count(a.own, e), count(a.common, e)
	_, hidden := c.hiding(e)
	return own && common && !hidden
}

func ruleLine(cfg *config.Config, r *ruleUse, of int) string {
	return printable(fmt.Sprintf("%s %s (%s:%d) matches %d of %s", r.list, r.Rule, cfg.Path, r.Line, r.n, entries(of)))
}

const (
	previewedText = 200          // characters of a post's text
	previewIndent = "          " // a title's is two less
)

// glimpse shows how a post would look: what is said of it, and how its text begins.
func glimpse(out *strings.Builder, f planet.Feed, e planet.Entry, mode planet.Mode) {
	fmt.Fprintf(out, "%s%s\n", previewIndent[2:], printable(cmp.Or(e.Title, "(no title and no text)")))
	date := "undated"
	if at := cmp.Or(e.Published, e.Updated); !at.IsZero() {
		date = at.UTC().Format("2 January 2006 15:04 UTC")
	}
	by := strings.Join(names(e.Authors), ", ")
	for _, line := range []string{e.Link, cmp.Or(by, f.Name) + ", " + date} {
		if line != "" {
			fmt.Fprintf(out, "%s%s\n", previewIndent, printable(line))
		}
	}
	text := e.Text
	switch mode {
	case planet.Link:
		return
	case planet.Excerpt:
		text = e.Excerpt
	}
	for _, line := range wrap(beginningOf(text, previewedText), shownWidth-len(previewIndent)) {
		fmt.Fprintf(out, "%s%s\n", previewIndent, line)
	}
}

// beginningOf is a text's first characters, cut between words where there are any.
func beginningOf(text string, most int) string {
	runes := []rune(text[:min(len(text), utf8.UTFMax*(most+1))])
	if len(runes) <= most {
		return text
	}
	begin := string(runes[:most])
	if cut := strings.LastIndexAny(begin, " \n"); cut > most/2 {
		begin = begin[:cut]
	}
	return begin + "…"
}
