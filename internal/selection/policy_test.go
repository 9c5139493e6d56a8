package selection

import (
	"flag"
	"fmt"
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

// TestPolicy runs testdata/*.txtar: rules, entries, and what becomes of each.
//
//	-- rules --    now TIME | file NAME | max_age D | wait | follow_deletions | hide ID [WHY]
//	               feed ID [paused] [per_feed N] [flood N] [url URL] [site URL] [claims HOST]
//	               keep|block [FEED] FIELD PATTERN [& FIELD PATTERN]...
//	               arrival ID [first] [founding] [released] [days N] [at TIME] [suspect SIGN]
//	-- entries --  FEED ID DATE|- [KEY=VALUE; ...], where # and times=N make N entries; the first have the highest Seq
//	-- want --     shown ID DATE [as ID] | hidden ID Reason: detail | hidden ID to ID (N) Reason: detail | until TIME
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
			p := policy{t: t, rules: Rules{Feeds: map[string]planet.Feed{}, Claimed: map[string]string{}}, now: moment(t, "2026-11-22"), arrivals: map[string]planet.Arrival{}, seen: map[string]time.Time{}}
			p.readRules(string(part["rules"].Data))
			p.readEntries(string(part["entries"].Data))
			got := p.describe(Choose(p.entries, p.rules, p.now))
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

// A policy is one golden as it is read.
type policy struct {
	t        *testing.T
	rules    Rules
	now      time.Time
	arrivals map[string]planet.Arrival
	seen     map[string]time.Time // of arrivals
	entries  []planet.Entry
}

func (p *policy) describe(c Choice) string {
	var b strings.Builder
	ids := map[int64]string{}
	for _, e := range p.entries {
		ids[e.Seq] = e.PublishedID
	}
	for _, e := range c.Shown {
		fmt.Fprintf(&b, "shown %s %s", ids[e.Seq], brief(e.At))
		if e.PublishedID != ids[e.Seq] {
			fmt.Fprintf(&b, " as %s", e.PublishedID)
		}
		b.WriteString("\n")
	}
	for i, n := 0, 0; i < len(c.Hidden); i += n {
		h := c.Hidden[i]
		for n = 1; i+n < len(c.Hidden) && c.Hidden[i+n].Reason == h.Reason && c.Hidden[i+n].Detail == h.Detail; n++ {
		}
		if n < 4 {
			n = 1
			fmt.Fprintf(&b, "hidden %s %s: %s\n", ids[h.Entry.Seq], h.Reason, h.Detail)
			continue
		}
		fmt.Fprintf(&b, "hidden %s to %s (%d) %s: %s\n", ids[h.Entry.Seq], ids[c.Hidden[i+n-1].Entry.Seq], n, h.Reason, h.Detail)
	}
	if !c.Until.IsZero() {
		fmt.Fprintf(&b, "until %s\n", brief(c.Until))
	}
	return b.String()
}

// brief writes a time, and midnight as the day alone.
func brief(t time.Time) string {
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.UTC().Format(time.DateOnly)
	}
	return t.UTC().Format(time.RFC3339)
}

func (p *policy) readRules(text string) {
	for i, line := range strings.Split(text, "\n") {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		switch w[0] {
		case "now":
			p.now = moment(p.t, w[1])
		case "file":
			p.rules.File = w[1]
		case "feed":
			f, claims := planet.Feed{ID: w[1], Name: w[1]}, ""
			p.words(w[2:], map[string]any{"claims": &claims, "paused": &f.Paused, "per_feed": &f.PerFeed, "flood": &f.Flood, "url": &f.URL, "site": &f.Site})
			p.rules.Feeds[f.ID], p.rules.Claimed[f.ID] = f, claims
		case "arrival":
			id, err := strconv.ParseInt(w[1], 10, 64)
			if err != nil {
				p.t.Fatal(err)
			}
			a, at := planet.Arrival{ID: id, Days: 1}, ""
			p.words(w[2:], map[string]any{"first": &a.First, "founding": &a.Founding, "released": &a.Released, "days": &a.Days, "at": &at, "suspect": &a.Suspect})
			p.arrivals[w[1]], p.seen[w[1]] = a, p.now
			if at != "" {
				p.seen[w[1]] = moment(p.t, at)
			}
		case "keep", "block":
			p.readRule(w, i+1)
		case "hide":
			p.rules.Hide = append(p.rules.Hide, planet.Hide{Link: w[1], Why: strings.Join(w[2:], " "), Line: i + 1})
		case "max_age":
			d, err := time.ParseDuration(w[1])
			if err != nil {
				p.t.Fatal(err)
			}
			p.rules.MaxAge = d
		case "wait":
			p.rules.Wait = true
		case "follow_deletions":
			p.rules.FollowDeletions = true
		default:
			p.t.Fatalf("rules: %q", line)
		}
	}
}

// words sets what a list of words names: flags, and keys with a value.
func (p *policy) words(w []string, fields map[string]any) {
	for ; len(w) > 0; w = w[1:] {
		switch field := fields[w[0]].(type) {
		case *bool:
			*field = true
			continue
		case *int:
			*field, _ = strconv.Atoi(w[1])
		case *string:
			*field = w[1]
		default:
			p.t.Fatalf("unknown word %q", w[0])
		}
		w = w[1:]
	}
}

func (p *policy) readRule(w []string, line int) {
	list, rest := map[string]*[]planet.Rule{"keep": &p.rules.Keep, "block": &p.rules.Block}[w[0]], w[1:]
	f, own := p.rules.Feeds[rest[0]]
	if own {
		list, rest = map[string]*[]planet.Rule{"keep": &f.Keep, "block": &f.Block}[w[0]], rest[1:]
	}
	rule := planet.Rule{Line: line}
	for _, test := range strings.Split(strings.Join(rest, " "), " & ") {
		field, pattern, _ := strings.Cut(test, " ")
		rule.Tests = append(rule.Tests, planet.Test{Field: field, Pattern: regexp.MustCompile(pattern)})
	}
	*list = append(*list, rule)
	if own {
		p.rules.Feeds[f.ID] = f
	}
}

func (p *policy) readEntries(text string) {
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		times := 1
		if _, n, ok := strings.Cut(line, "times="); ok {
			times, _ = strconv.Atoi(n)
		}
		for n := range times {
			p.entries = append(p.entries, p.readEntry(strings.ReplaceAll(line, "#", strconv.Itoa(n+1))))
		}
	}
	for i := range p.entries {
		p.entries[i].Seq = int64(len(p.entries) - i)
	}
}

func (p *policy) readEntry(line string) planet.Entry {
	w := strings.SplitN(line, " ", 4)
	e := planet.Entry{FeedID: w[0], PublishedID: w[1], GUID: w[1], FirstSeen: p.now}
	if w[2] != "-" {
		e.Published = moment(p.t, w[2])
	}
	if len(w) < 4 {
		return e
	}
	for _, kv := range strings.Split(w[3], "; ") {
		switch k, v, _ := strings.Cut(kv, "="); k {
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
		case "guid":
			e.GUID = v
		case "canonical":
			e.Canonical = v
		case "textsum":
			e.TextSum, _ = strconv.ParseInt(v, 10, 64)
		case "source":
			e.Source = &planet.Source{URL: v}
		case "source-id":
			e.Source = &planet.Source{ID: v}
		case "source-link":
			e.Source = &planet.Source{Link: v}
		case "in":
			e.Arrival, e.FirstSeen = p.arrivals[v], p.seen[v]
		case "shown":
			e.Shown, e.As = moment(p.t, v), e.PublishedID
		case "as":
			e.As = v
		case "gone":
			e.Gone = moment(p.t, v)
		case "released":
			e.Released = true
		case "former":
			e.Former = append(e.Former, v)
		case "times":
		default:
			p.t.Fatalf("entries: %q", kv)
		}
	}
	return e
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if v, err := time.Parse(layout, s); err == nil {
			return v
		}
	}
	t.Fatalf("no time: %q", s)
	return time.Time{}
}
