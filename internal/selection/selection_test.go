package selection

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"planet/internal/planet"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// TestPolicy runs testdata/*.txtar: rules, entries (newest first), and what becomes of each.
//
//	-- rules --    now TIME | feed ID [paused] [per_feed N] | keep|block [FEED] FIELD PATTERN | hide ID WHY | max_age D | wait
//	-- entries --  FEED ID DATE [title=…; tags=a,b; author=…; link=…; lang=…; text=…]
//	-- want --     shown ID | hidden ID Reason: detail | until TIME
func TestPolicy(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			part := map[string]*txtar.File{}
			for i := range ar.Files {
				part[ar.Files[i].Name] = &ar.Files[i]
			}
			rules, now := readRules(t, string(part["rules"].Data))
			entries := readEntries(t, string(part["entries"].Data))
			got := describe(Choose(entries, rules, now))
			if *update {
				part["want"].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(part["want"].Data); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func describe(c Choice) string {
	var b strings.Builder
	for _, e := range c.Shown {
		fmt.Fprintf(&b, "shown %s\n", e.PublishedID)
	}
	for _, h := range c.Hidden {
		fmt.Fprintf(&b, "hidden %s %s: %s\n", h.Entry.PublishedID, h.Reason, h.Detail)
	}
	if !c.Until.IsZero() {
		fmt.Fprintf(&b, "until %s\n", c.Until.Format(time.RFC3339))
	}
	return b.String()
}

func readRules(t *testing.T, text string) (Rules, time.Time) {
	t.Helper()
	r := Rules{Feeds: map[string]planet.Feed{}}
	now := moment(t, "2026-11-22")
	for i, line := range strings.Split(text, "\n") {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		switch w[0] {
		case "now":
			now = moment(t, w[1])
		case "feed":
			f := planet.Feed{ID: w[1], Name: w[1], Paused: strings.Contains(line, "paused")}
			if _, n, ok := strings.Cut(line, "per_feed "); ok {
				f.PerFeed, _ = strconv.Atoi(strings.Fields(n)[0])
			}
			r.Feeds[f.ID] = f
		case "keep", "block":
			rest := w[1:]
			f, own := r.Feeds[rest[0]]
			if own {
				rest = rest[1:]
			}
			rule := planet.Rule{Field: rest[0], Pattern: regexp.MustCompile(strings.Join(rest[1:], " ")), Line: i + 1}
			list := map[string]*[]planet.Rule{"keepfalse": &r.Keep, "blockfalse": &r.Block, "keeptrue": &f.Keep, "blocktrue": &f.Block}[w[0]+strconv.FormatBool(own)]
			*list = append(*list, rule)
			if own {
				r.Feeds[f.ID] = f
			}
		case "hide":
			r.Hide = append(r.Hide, planet.Hide{Link: w[1], Why: strings.Join(w[2:], " "), Line: i + 1})
		case "max_age":
			d, err := time.ParseDuration(w[1])
			if err != nil {
				t.Fatal(err)
			}
			r.MaxAge = d
		case "wait":
			r.Wait = true
		default:
			t.Fatalf("rules: %q", line)
		}
	}
	return r, now
}

func readEntries(t *testing.T, text string) (out []planet.Entry) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		w := strings.SplitN(line, " ", 4)
		e := planet.Entry{FeedID: w[0], PublishedID: w[1], GUID: w[1], FirstSeen: moment(t, "2026-11-22")}
		if w[2] != "-" {
			e.Published = moment(t, w[2])
		}
		if len(w) > 3 {
			for _, kv := range strings.Split(w[3], "; ") {
				k, v, _ := strings.Cut(kv, "=")
				switch k {
				case "title":
					e.Title = v
				case "tags":
					e.Tags = strings.Split(v, ",")
				case "author":
					e.Authors = append(e.Authors, planet.Person{Name: v})
				case "link":
					e.Link = v
				case "lang":
					e.Lang = v
				case "text":
					e.Text = v
				default:
					t.Fatalf("entries: %q", kv)
				}
			}
		}
		out = append(out, e)
	}
	return out
}

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if v, err := time.Parse(layout, s); err == nil {
			return v
		}
	}
	t.Fatalf("no time: %q", s)
	return time.Time{}
}

// TestEveryEntryIsAccountedFor holds the law of the package over random entries and rules: whatever goes in comes out
// once, hidden only with a reason that has a sentence and with a detail; and the same again for the same input.
func TestEveryEntryIsAccountedFor(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	fields := []string{"category", "title", "author", "text", "link", "lang"}
	now := moment(t, "2026-11-22")
	for range 300 {
		rules := Rules{Feeds: map[string]planet.Feed{}, Wait: random.IntN(2) == 0, MaxAge: time.Duration(random.IntN(3)) * 24 * time.Hour}
		for f := range random.IntN(4) {
			id := strconv.Itoa(f)
			rules.Feeds[id] = planet.Feed{ID: id, Name: id, Paused: random.IntN(5) == 0, PerFeed: random.IntN(4)}
		}
		for range random.IntN(3) {
			rule := planet.Rule{Field: fields[random.IntN(len(fields))], Pattern: regexp.MustCompile([]string{"a", "b", "^$"}[random.IntN(3)]), Line: 1}
			rules.Block = append(rules.Block, rule)
		}
		var entries []planet.Entry
		for i := range random.IntN(30) {
			letter := string(rune('a' + random.IntN(3)))
			entries = append(entries, planet.Entry{
				FeedID: strconv.Itoa(random.IntN(4)), PublishedID: strconv.Itoa(i), Title: letter, Tags: []string{letter}, Text: letter,
				Published: now.Add(time.Duration(random.IntN(200)-150) * time.Hour), FirstSeen: now,
			})
		}
		c := Choose(entries, rules, now)
		if len(c.Shown)+len(c.Hidden) != len(entries) {
			t.Fatalf("%d entries became %d shown and %d hidden", len(entries), len(c.Shown), len(c.Hidden))
		}
		for _, h := range c.Hidden {
			if h.Reason == "" || h.Detail == "" || h.Reason.Sentence() == string(h.Reason) {
				t.Errorf("%s is hidden without a reason to give: %+v", h.Entry.PublishedID, h)
			}
		}
		if again := Choose(entries, rules, now); describe(again) != describe(c) {
			t.Errorf("not deterministic")
		}
		if !c.Until.IsZero() && describe(Choose(entries, rules, c.Until.Add(-time.Second))) != describe(c) {
			t.Errorf("the choice changed before it said so (%v)", c.Until)
		}
	}
}
