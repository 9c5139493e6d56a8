package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
	"planet/internal/selection"
	"planet/internal/store"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// adasFeed is a feed that is read well; each change makes another of it.
func adasFeed(changes ...func(*tracedFeed)) tracedFeed {
	f := tracedFeed{
		Feed: planet.Feed{ID: "ada", Name: "Ada", URL: "https://ada.example/feed"}, listed: true, line: 7,
		health: feedHealth{State: "ok", URL: "https://ada.example/feed", lastSuccess: noon.Add(-time.Hour), nextFetch: noon.Add(time.Hour)},
	}
	for _, change := range changes {
		change(&f)
	}
	return f
}

func inState(state, text string) func(*tracedFeed) {
	return func(f *tracedFeed) { f.health.State, f.health.Error = state, text }
}

// adasPost is a post of hers that is shown.
func adasPost(changes ...func(*tracedPost)) tracedPost {
	p := tracedPost{
		entry: planet.Entry{
			Seq: 1, FeedID: "ada", GUID: "g", PublishedID: "g", Title: "Bricks", Link: "https://ada.example/bricks",
			Published: noon.Add(-2 * time.Hour), FirstSeen: noon.Add(-time.Hour),
		},
		feed: adasFeed(), built: true, places: []place{{"index.html", "e-1", 1, 3}, {path: "atom.xml"}},
	}
	p.verdict.Seq, p.verdict.At = 1, p.entry.Published
	for _, change := range changes {
		change(&p)
	}
	return p
}

func hiddenFor(r selection.Reason) func(*tracedPost) {
	return func(p *tracedPost) {
		p.verdict.Reason, p.verdict.Detail, p.verdict.Until, p.places = string(r), "DETAIL", noon.Add(24*time.Hour), nil
	}
}

func about(p ...tracedPost) whyFacts {
	return whyFacts{asked: "https://ada.example/bricks", file: "feeds.yaml", now: noon, started: true, followed: 24, posts: p}
}

func aboutFeed(named bool, feeds ...tracedFeed) whyFacts {
	return whyFacts{asked: "https://ada.example/bricks", file: "feeds.yaml", now: noon, started: true, named: named, feeds: feeds}
}

func TestWhyAnswers(t *testing.T) {
	own := func(change func(*tracedPost)) whyFacts { return about(adasPost(change)) }
	posts := func(shown int, hidden map[selection.Reason]int) func(*tracedFeed) {
		return func(f *tracedFeed) {
			f.health.Shown, f.health.Hidden = shown, hidden
			f.health.Entries = shown
			for _, n := range hidden {
				f.health.Entries += n
			}
		}
	}
	for name, c := range map[string]struct {
		facts   whyFacts
		verdict verdict
		reason  selection.Reason
		text    []string // each on a line of the answer for a person
		not     string
	}{
		"shown": {about(adasPost()), shown, "", []string{"Shown: “Bricks” of Ada is number 3 on page 1 (index.html#e-1) and in atom.xml.", "✓ publish    number 3 on", "What to do: nothing"}, "✗"},
		"not yet published": {
			own(func(p *tracedPost) { p.places = nil }), shown, "",
			[]string{"Shown: “Bricks” of Ada, but it isn't published yet.", "✗ publish    the published site is older", `What to do: wait for the next "planet update"`},
			"further back",
		},
		"never published": {own(func(p *tracedPost) { p.places, p.built = nil, false }), shown, "", []string{"✗ publish    no site is published yet"}, "older"},
		"further back":    {own(func(p *tracedPost) { p.places, p.beyond = nil, true }), shown, "", []string{"further back than the front pages go.", "What to do: nothing"}, "wait for"},
		"untitled":        {own(func(p *tracedPost) { p.entry.Title = " " }), shown, "", []string{"Shown: “https://ada.example/bricks” of Ada"}, "“”"},
		"escapes":         {own(func(p *tracedPost) { p.entry.Title = "Re\x1b[2Jd\u202e\nline" }), shown, "", []string{"“Re[2Jd line” of Ada"}, "\x1b"},
		"undated":         {own(func(p *tracedPost) { p.entry.Published = time.Time{} }), shown, "", []string{"gives it no date that can be read: it counts as written when it was first seen"}, "dated 1 "},
		"ancient":         {own(func(p *tracedPost) { p.entry.Published = planet.Earliest.Add(-1) }), shown, "", []string{"is older than blogs"}, ""},
		"ahead of its time": {
			own(func(p *tracedPost) { p.entry.Published, p.verdict.At = noon, p.entry.FirstSeen }), shown, "",
			[]string{"its date, 22 November 2026 12:00 UTC, was in the future when it came: it counts as written when it was first seen"},
			"",
		},
		"within a clock's error": {
			own(func(p *tracedPost) {
				p.entry.Published = p.entry.FirstSeen.Add(planet.ClockSlack)
				p.verdict.At = p.entry.FirstSeen
			}), shown, "",
			[]string{"dated 22 November 2026 11:02 UTC"},
			"in the future",
		},
		"old when it came": {
			own(func(p *tracedPost) { p.entry.Published = noon.AddDate(-1, 0, 0); p.verdict.At = p.entry.Published }), shown, "",
			[]string{"dated 22 November 2025 12:00 UTC: it stands at its date, not on top"},
			"",
		},
		"where the post was before": {
			own(func(p *tracedPost) { p.verdict.At = noon.AddDate(0, 0, -3) }), shown, "",
			[]string{"its place is that of 19 November 2026 12:00 UTC, where the same post was before"},
			"",
		},
		"edited":            {own(func(p *tracedPost) { p.entry.Revision = 100 }), shown, "", []string{"changed 100 times since"}, "readings"},
		"restless":          {own(func(p *tracedPost) { p.churn = 3 }), shown, "", []string{"at each of the last 3 readings, because"}, "holds still"},
		"too restless":      {own(func(p *tracedPost) { p.churn = 24 }), shown, "", []string{"changes are followed again when it holds still"}, ""},
		"had another name":  {own(func(p *tracedPost) { p.entry.Former = []string{"http://ada.example/bricks", p.entry.Link} }), shown, "", []string{"known before, or as well, as http://ada.example/bricks"}, "bricks, https://ada.example/bricks"},
		"dated anew":        {own(func(p *tracedPost) { p.feed.state.Restamps = store.Restamping }), shown, "", []string{"dates its posts anew at every reading; their first dates are kept"}, ""},
		"dated anew once":   {own(func(p *tracedPost) { p.feed.state.Restamps = store.Restamping - 1 }), shown, "", nil, "anew"},
		"left out":          {own(func(p *tracedPost) { p.entry.Gone = noon }), shown, "", []string{"left it out since 22 November 2026 12:00 UTC"}, ""},
		"stands for others": {own(func(p *tracedPost) { p.copies = []otherPost{{feed: "Bob", name: "https://bob.example/b"}} }), shown, "", []string{"it stands for the same post of Bob, too: https://bob.example/b"}, ""},

		"removed": {
			about(adasPost(hiddenFor(selection.Removed), func(p *tracedPost) { p.feed.listed = false })), hidden, selection.Removed,
			[]string{`✗ config     no feed with the id "ada" is listed in feeds.yaml`, "✗ fetch      a feed that isn't listed", "(planet add)"},
			"publish",
		},
		"paused":   {about(adasPost(hiddenFor(selection.Paused))), hidden, selection.Paused, []string{"Hidden: “Bricks” of Ada. The feed it came from is paused", "✗ selection  Paused: DETAIL"}, "all is well"},
		"hide":     {about(adasPost(hiddenFor(selection.Hide))), hidden, selection.Hide, []string{"hidden on purpose"}, ""},
		"block":    {about(adasPost(hiddenFor(selection.Block))), hidden, selection.Block, []string{"the rule may be too wide"}, ""},
		"keep":     {about(adasPost(hiddenFor(selection.Keep))), hidden, selection.Keep, []string{"give it a category"}, ""},
		"suspect":  {about(adasPost(hiddenFor(selection.Suspect))), hidden, selection.Suspect, []string{"planet release ada shows its posts"}, ""},
		"deleted":  {about(adasPost(hiddenFor(selection.Deleted))), hidden, selection.Deleted, []string{"put the post into the blog's feed again"}, ""},
		"future":   {about(adasPost(hiddenFor(selection.Future))), hidden, selection.Future, []string{"it is shown from 23 November 2026 12:00 UTC on"}, ""},
		"flood":    {about(adasPost(hiddenFor(selection.Flood))), hidden, selection.Flood, []string{"planet release ada shows them all"}, ""},
		"max age":  {about(adasPost(hiddenFor(selection.MaxAge))), hidden, selection.MaxAge, []string{"make room for newer ones"}, "not on top"},
		"per feed": {about(adasPost(hiddenFor(selection.PerFeed))), hidden, selection.PerFeed, []string{"the newer posts of this blog are here"}, ""},
		"duplicate": {about(adasPost(hiddenFor(selection.Duplicate), func(p *tracedPost) {
			p.original = &otherPost{"Bob", "https://bob.example/b", []place{{"page/2/index.html", "e-2", 2, 1}}}
		})), hidden, selection.Duplicate, []string{"✓ publish    what stands for it, https://bob.example/b of “Bob”, is number 1 on page 2 (page/2/index.html#e-2)", "the post is here once"}, ""},
		"hidden since the site was made": {
			about(adasPost(hiddenFor(selection.Block), func(p *tracedPost) { p.places = []place{{path: "atom.xml"}} })), hidden, selection.Block,
			[]string{`✗ publish    it is still in atom.xml; the next "planet update" or "planet build" takes it away`},
			"",
		},
		"another has the address": {
			about(adasPost(), adasPost(hiddenFor(selection.Keep), func(p *tracedPost) { p.feed.Name, p.verdict.Seq = "Bob", 2 })), shown, "",
			[]string{"✗            “Bricks” of Bob has this address too, and is hidden: Keep: DETAIL"},
			"",
		},

		"and its copy": {about(adasPost(), adasPost(hiddenFor(selection.Duplicate), func(p *tracedPost) { p.verdict.Seq, p.verdict.Original = 2, 1 })), shown, "", nil, "this address too"},
		"hidden with its copy": {
			about(adasPost(hiddenFor(selection.MaxAge)), adasPost(hiddenFor(selection.Duplicate), func(p *tracedPost) { p.feed.Name, p.verdict.Seq, p.verdict.Original = "Bob", 2, 1 })), hidden, selection.MaxAge,
			[]string{"the same post of Bob is hidden with it"},
			"this address too",
		},

		"never fetched": {
			aboutFeed(false, adasFeed(inState("new", ""), func(f *tracedFeed) { f.health.lastSuccess, f.health.nextFetch = time.Time{}, noon })), unknown, "",
			[]string{"Unknown: the planet has never seen https://ada.example/bricks.", "has not been asked yet; it is asked at the next run", "✗ store      nothing was fetched yet", "What to do: wait: the feed is read for the first time at the next run"},
			"parse",
		},
		"not among them": {aboutFeed(false, adasFeed(func(f *tracedFeed) {
			f.total, f.newest = 9, []planet.Entry{{Title: "Clay", Link: "https://ada.example/clay", FirstSeen: noon}, {GUID: "x", FirstSeen: noon}}
		})), unknown, "", []string{"it has 9 posts now, the newest:", "✓            2026-11-22  Clay  https://ada.example/clay", "2026-11-22  (no title)  x", "The feed is read again in 60 minutes"}, "did you mean"},
		"failing since": {aboutFeed(false, adasFeed(inState("failing", "it is broken (since 1 May)"))), unknown, "", []string{"✗ fetch      the feed can't be read: it is broken (since 1 May); last read 60 minutes ago", "What to do: the feed can't be read, and until it can"}, ""},
		"gone":          {aboutFeed(true, adasFeed(inState("gone", "taken down"))), unknown, "", []string{"the feed is gone: taken down", "change its url"}, ""},
		"waiting":       {aboutFeed(false, adasFeed(inState("waiting", "leave me"))), unknown, "", []string{"wants to be left alone: leave me", "What to do: wait; the feed is asked again in 60 minutes"}, ""},
		"held": {aboutFeed(true, adasFeed(inState("held", "it seems to be somebody else's"), posts(0, map[selection.Reason]int{selection.Suspect: 2}), func(f *tracedFeed) {
			p := adasPost(hiddenFor(selection.Suspect))
			f.example = &p
		})), hidden, selection.Suspect, []string{"✗ fetch      the feed is held: it seems", "✗ selection  2 hidden, Suspect", "planet release ada shows its posts"}, ""},
		"gone from feeds.yaml": {aboutFeed(false, adasFeed(func(f *tracedFeed) { f.listed = false })), unknown, "", []string{"listed in feeds.yaml again"}, ""},
		"several feeds":        {aboutFeed(false, adasFeed(), adasFeed(), adasFeed(func(f *tracedFeed) { f.total = 3; f.newest = make([]planet.Entry, 3) })), unknown, "", []string{"which of these feeds", "it has 3 posts now"}, "newest"},

		"a feed": {
			aboutFeed(true, adasFeed(posts(2, map[selection.Reason]int{selection.Flood: 1, selection.MaxAge: 7}))), shown, "",
			[]string{"Shown: “Ada”, 2 of 10 posts.", "✗            7 hidden, MaxAge: It is older", "✗            1 hidden, Flood", "What to do: nothing; for all that came at once"},
			"",
		},
		"a paused feed without posts": {aboutFeed(true, adasFeed(inState("paused", ""), func(f *tracedFeed) { f.Paused = true })), hidden, selection.Paused, []string{"Hidden: “Ada”, which has no posts of its own here."}, ""},
		"a feed with nothing":         {aboutFeed(true, adasFeed()), unknown, "", []string{"Unknown: nothing of “Ada” is here so far.", "see that the blog's feed has posts"}, ""},
		"a blog of two feeds":         {aboutFeed(true, adasFeed(), adasFeed(posts(1, nil), func(f *tracedFeed) { f.Name = "Ada 2" })), shown, "", []string{"Shown: “Ada 2”, 1 of 1 posts."}, ""},

		"forgotten": {whyFacts{asked: "x", started: true, forgotten: true}, unknown, "", []string{"Unknown: x was erased on request."}, "never seen"},
		"unlisted":  {whyFacts{asked: "https://nobody.example/1", file: "f.yaml", started: true}, unknown, "", []string{"✗ config     no feed in f.yaml is of nobody.example", "planet add https://nobody.example/"}, ""},
		"perhaps of a feed that was never read": {
			whyFacts{asked: "https://nobody.example/1", file: "f.yaml", started: true, unread: []string{"Ada", "Bob"}},
			unknown, "",
			[]string{"✗ fetch      2 feeds never read so far, of whatever blog: Ada and Bob", "planet status"},
			"",
		},
		"no name": {whyFacts{asked: "nobody", file: "f.yaml", started: true}, unknown, "", []string{"no feed in f.yaml has this name, and no post this id"}, "planet add"},
		"unlisted, but alike": {
			whyFacts{asked: "https://nobody.example/1", started: true, alike: &store.Linked{Title: "One", Link: "https://n.example/one"}},
			unknown, "",
			[]string{"did you mean “One”, https://n.example/one? Else: ask"},
			"",
		},
		"nothing is there": {whyFacts{asked: "https://nobody.example/1"}, unknown, "", []string{"✗ fetch      nothing was fetched yet", "run planet update first"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := c.facts.answer()
			if a.Verdict != c.verdict || a.Reason != string(c.reason) {
				t.Errorf("%s %s; want %s %s", a.Verdict, a.Reason, c.verdict, c.reason)
			}
			text := string(a.text(false))
			for _, want := range c.text {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			if c.not != "" && strings.Contains(text, c.not) {
				t.Errorf("%q in\n%s", c.not, text)
			}
			if a.Advice == "" || a.headline == "" || a.Steps == nil || a.Where == nil {
				t.Errorf("something is missing: %+v", a)
			}
			if (a.Verdict == hidden) != (a.Reason != "" && a.Detail != "") {
				t.Errorf("%s because of %q: %q", a.Verdict, a.Reason, a.Detail)
			}
			if len(a.Where) > 0 && a.Verdict != shown {
				t.Errorf("%s, and yet at %s", a.Verdict, a.Where)
			}
		})
	}
}

// TestWhyHasWordsForEachReason finds reasons that were added and forgotten here.
func TestWhyHasWordsForEachReason(t *testing.T) {
	for _, r := range []selection.Reason{
		selection.Removed, selection.Paused, selection.Hide, selection.Block, selection.Keep, selection.Suspect, selection.Deleted,
		selection.Duplicate, selection.Future, selection.Flood, selection.MaxAge, selection.PerFeed,
	} {
		a := about(adasPost(hiddenFor(r))).answer()
		if a.Verdict != hidden || strings.Contains(a.Advice, "DETAIL") || !strings.Contains(a.headline, r.Sentence()) {
			t.Errorf("%s: %s; %s", r, a.headline, a.Advice)
		}
	}
}

func TestWhyJSONIsAContract(t *testing.T) {
	data, err := json.Marshal(about(adasPost(func(p *tracedPost) { p.entry.Published = time.Time{} })).answer())
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"url":"https://ada.example/bricks","verdict":"shown","reason":"","detail":"","feed":"Ada",` +
		`"entry":{"id":"g","title":"Bricks","link":"https://ada.example/bricks","published":"","first_seen":"2026-11-22T11:00:00Z"},` +
		`"where":["index.html#e-1","atom.xml"],"steps":[{"stage":"config","ok":true,"text":`
	if !strings.HasPrefix(string(data), want) || !strings.HasSuffix(string(data), `"advice":"nothing; all is well"}`) {
		t.Errorf("got  %s\nwant %s…", data, want)
	}
	data, _ = json.Marshal(whyFacts{asked: "x"}.answer())
	if !strings.Contains(string(data), `"entry":null,"where":[],"steps":[{`) {
		t.Errorf("of nothing: %s", data)
	}
}

func TestWhyIsColouredOnATerminal(t *testing.T) {
	for _, c := range []struct {
		facts whyFacts
		want  string
	}{
		{about(adasPost()), "\x1b[32mShown\x1b[0m: “Bricks”"},
		{about(adasPost(hiddenFor(selection.Keep))), "\x1b[31mHidden\x1b[0m: “Bricks”"},
		{whyFacts{asked: "x"}, "\x1b[33mUnknown\x1b[0m: the planet"},
	} {
		if text := string(c.facts.answer().text(true)); !strings.HasPrefix(text, c.want) {
			t.Errorf("%q doesn't begin with %q", text, c.want)
		}
	}
}
