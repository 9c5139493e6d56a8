package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"planet/internal/collect"
	"planet/internal/parse"
	"planet/internal/planet"
	"planet/internal/selection"
	"planet/internal/store"
)

// answer is the whole of why: from facts to words. It is pure.
func (f whyFacts) answer() whyAnswer {
	a := whyAnswer{URL: f.asked, Verdict: unknown, Where: []string{}, Steps: []whyStep{}}
	switch {
	case len(f.posts) > 0:
		f.aboutPost(&a)
	case f.named:
		f.aboutFeeds(&a)
	default:
		f.aboutNothing(&a)
	}
	a.headline, a.Advice = printable(a.headline), printable(a.Advice)
	return a
}

// aboutPost is about the first of the posts that were found, and names the others.
func (f whyFacts) aboutPost(a *whyAnswer) {
	p := f.posts[0]
	a.Feed, a.Reason, a.Detail, a.Verdict = p.feed.Name, p.verdict.Reason, p.verdict.Detail, hidden
	a.Entry = &whyEntry{p.id(), p.entry.Title, p.entry.Link, stamp(p.entry.Published), stamp(p.entry.FirstSeen)}
	f.configStep(a, p.feed)
	f.fetchStep(a, p.feed)
	f.storeSteps(a, p)
	switch {
	case p.verdict.Reason == "":
		a.Verdict, a.Where = shown, where(append(slices.Clone(p.places), p.archived...))
	case p.verdict.Listing >= planet.InArchive:
		a.Where = where(p.archived)
	}
	f.selectionSteps(a, p)
	f.publishStep(a, p)
	who := quote(p.name()) + " of " + p.feed.Name
	switch reason := selection.Reason(p.verdict.Reason); {
	case reason != "":
		a.headline = fmt.Sprintf("Hidden: %s. %s", who, reason.Sentence())
		a.Advice = f.remedy(reason, p)
	case len(p.places) > 0:
		a.headline = fmt.Sprintf("Shown: %s is %s.", who, at(append(slices.Clone(p.places), p.archived...)))
		a.Advice = "nothing; all is well"
	case p.beyond:
		a.headline = fmt.Sprintf("Shown: %s is %s; it is further back than the front pages go.", who, at(p.archived))
		a.Advice = "nothing; newer posts have taken its place on the front pages and in the combined feeds"
	case len(p.archived) > 0:
		a.headline = fmt.Sprintf("Shown: %s is %s, and not yet on the front pages.", who, at(p.archived))
		a.Advice = `wait for the next "planet update"; "planet build" publishes it now`
	default:
		a.headline = fmt.Sprintf("Shown: %s, but it isn't published yet.", who)
		a.Advice = `wait for the next "planet update"; "planet build" publishes it now`
	}
}

// name is what a person calls a post.
func (p *tracedPost) name() string {
	return cmp.Or(strings.TrimSpace(p.entry.Title), p.entry.Link, p.id())
}

// configStep says whether a feed is listed.
func (f whyFacts) configStep(a *whyAnswer, feed tracedFeed) {
	if !feed.listed {
		a.step("config", false, "no feed with the id %q is listed in %s; it was, when its posts came", feed.ID, f.file)
		return
	}
	moved := ""
	if feed.health.MovedTo != "" {
		moved = "; it has moved for good to " + feed.health.MovedTo + ": the maintainer should change its url"
	}
	a.step("config", true, "listed as %s (%s:%d), %s%s", quote(feed.Name), f.file, feed.line, feed.health.URL, moved)
}

// fetchStep says how the feed is read. What happens to it now need not have to do with an old post.
func (f whyFacts) fetchStep(a *whyAnswer, feed tracedFeed) {
	if !feed.listed {
		a.step("fetch", false, "a feed that isn't listed is not read")
		return
	}
	h := feed.health
	read, next := "last read "+ago(h.lastSuccess, f.now), "asked again "+whenNext(h, f.now)
	if h.lastSuccess.IsZero() {
		read = "never read so far"
	}
	switch h.State {
	case "ok":
		a.step("fetch", true, "the feed was %s; %s", read, next)
		f.parseSteps(a, feed)
	case "new":
		a.step("fetch", false, "the feed at this address has not been asked yet; it is asked %s", whenNext(h, f.now))
	case "paused":
		a.step("fetch", false, "the feed is paused in %s: it is not asked and not shown", f.file)
	case "gone":
		a.step("fetch", false, "the feed is gone: %s; %s; %s", h.Error, read, next)
	case "waiting":
		a.step("fetch", false, "the feed's server wants to be left alone: %s; %s; %s", h.Error, read, next)
	case "held":
		a.step("fetch", false, "the feed is held: %s", h.Error)
	case "duplicate":
		a.step("fetch", true, "the feed has the same document as %s, which has the posts; %s; %s", quote(feed.owner), read, next)
	default:
		a.step("fetch", false, "the feed can't be read: %s; %s; %s", h.Error, read, next)
	}
}

// remarks is how many of a feed's oddities are told.
const remarks = 3

// parseSteps say what of the feed couldn't be kept as it was: of the post that is asked about, and of the document.
func (f whyFacts) parseSteps(a *whyAnswer, feed tracedFeed) {
	var about []parse.Warning
	for _, w := range collect.Warnings(feed.state) {
		if len(f.posts) == 0 || w.Entry == "" || f.posts[0].feed.ID == feed.ID && f.posts[0].isCalled(w.Entry) {
			about = append(about, w)
		}
	}
	if len(about) == 0 {
		a.step("parse", true, `it was read without a remark; "planet inspect %s" shows how`, feed.health.URL)
		return
	}
	for _, w := range about[:min(len(about), remarks)] {
		a.step("parse", true, "with a remark: %s", w)
	}
	if len(about) > remarks {
		a.step("parse", true, `and %d more; "planet inspect %s" tells all`, len(about)-remarks, feed.health.URL)
	}
}

// isCalled says whether a warning's entry is the post.
func (p *tracedPost) isCalled(name string) bool {
	return slices.Contains([]string{p.entry.GUID, p.entry.Link, p.entry.Title}, name) || slices.Contains(p.entry.Former, name)
}

// whenNext is soon, as part of a sentence.
func whenNext(h feedHealth, now time.Time) string {
	if s := soon(h, now); s != "next run" {
		return s
	}
	return "at the next run of planet update"
}

// storeSteps say since when the post is known, and what is odd about its dates and names. None of that stops it.
func (f whyFacts) storeSteps(a *whyAnswer, p tracedPost) {
	e := p.entry
	text := "stored " + moment(e.FirstSeen)
	if e.Revision > 0 {
		text += ", changed " + times(e.Revision) + " since"
	}
	a.step("store", true, "%s", text)
	a.step("store", true, "%s", dateText(e, p.verdict))
	if former := slices.DeleteFunc(slices.Clone(e.Former), func(s string) bool { return s == e.Link }); len(former) > 0 {
		a.step("store", true, "known before, or as well, as %s", strings.Join(former, ", "))
	}
	if p.feed.state.Restamps >= store.Restamping {
		a.step("store", true, "the feed dates its posts anew at every reading; their first dates are kept, so that old ones don't come up again")
	}
	switch {
	case p.churn >= f.followed && f.followed > 0:
		a.step("store", true, "it was another one at each of the last %d readings, because of a counter or a banner perhaps: changes are followed again when it holds still", p.churn)
	case p.churn >= restless:
		a.step("store", true, "it was another one at each of the last %d readings, because of a counter or a banner perhaps", p.churn)
	}
	if !e.Gone.IsZero() {
		a.step("store", true, "the feed has left it out since %s, though it still has older ones", moment(e.Gone))
	}
}

// dateText says which date a post has on the planet, and why.
func dateText(e planet.Entry, v selection.Judgement) string {
	switch {
	case e.Published.IsZero():
		return "the feed gives it no date that can be read: it counts as written when it was first seen"
	case e.Published.Before(planet.Earliest):
		return fmt.Sprintf("its date, %s, is older than blogs: it counts as written when it was first seen", moment(e.Published))
	case e.Published.After(e.FirstSeen.Add(planet.ClockSlack)) && v.At.Equal(e.Published):
		return fmt.Sprintf("its date, %s, was in the future when it came", moment(e.Published))
	case e.Published.After(e.FirstSeen.Add(planet.ClockSlack)):
		return fmt.Sprintf("its date, %s, was in the future when it came: it counts as written when it was first seen", moment(e.Published))
	case !v.At.Equal(e.Published) && !v.At.Equal(e.FirstSeen):
		return fmt.Sprintf("dated %s; its place is that of %s, where the same post was before", moment(e.Published), moment(v.At))
	case v.Reason == "" && e.FirstSeen.Sub(e.Published) > oldNews:
		return fmt.Sprintf("dated %s: it stands at its date, not on top", moment(e.Published))
	}
	return "dated " + moment(e.Published)
}

// restless is how often in a row a post must have changed until that is odd.
const restless = 3

// oldNews is how old a post is when it comes that nobody will find it on top.
const oldNews = 48 * time.Hour

// namedCopies is how many of a post's copies are named.
const namedCopies = 5

// selectionSteps say what hides the post, and how the same post fares elsewhere.
func (f whyFacts) selectionSteps(a *whyAnswer, p tracedPost) {
	reason := selection.Reason(p.verdict.Reason)
	if reason == "" {
		a.step("selection", true, "nothing hides it")
	} else {
		a.step("selection", false, "%s: %s", reason, p.verdict.Detail)
	}
	for _, c := range p.copies[:min(len(p.copies), namedCopies)] {
		a.step("selection", true, "it stands for the same post of %s, too: %s", c.feed, c.name)
	}
	if more := len(p.copies) - namedCopies; more > 0 {
		a.step("selection", true, "and for %d more", more)
	}
	for _, o := range f.posts[1:] {
		switch {
		case o.verdict.Reason == "":
			a.step("selection", true, "%s of %s has this address too, and is shown: %s", quote(o.name()), o.feed.Name, at(o.places))
		case o.verdict.Original != p.verdict.Seq:
			a.step("selection", false, "%s of %s has this address too, and is hidden: %s: %s", quote(o.name()), o.feed.Name, o.verdict.Reason, o.verdict.Detail)
		case reason != "":
			a.step("selection", true, "the same post of %s is hidden with it", o.feed.Name)
		}
	}
}

// publishStep says where the post is, in the files as they are.
func (f whyFacts) publishStep(a *whyAnswer, p tracedPost) {
	switch reason := p.verdict.Reason; {
	case p.original != nil:
		a.step("publish", len(p.original.places) > 0, "what stands for it, %s of %s, is %s", p.original.name, quote(p.original.feed), at(p.original.places))
	case reason != "" && len(p.places) == 0 && len(p.archived) > 0 && p.verdict.Listing >= planet.InArchive:
		a.step("publish", true, "not on the front pages, but %s and on its author's page", at(p.archived))
	case reason != "" && len(p.places) > 0:
		a.step("publish", false, `it is still %s; the next "planet update" or "planet build" takes it away`, at(p.places))
	case reason != "":
	case len(p.places) > 0:
		a.step("publish", true, "%s", at(append(slices.Clone(p.places), p.archived...)))
	case p.beyond:
		a.step("publish", len(p.archived) > 0, "%s; further back than the front pages and the combined feeds go", at(p.archived))
	case len(p.archived) > 0:
		a.step("publish", false, "%s; the front pages are older than this post's last change, or than the last change of %s", at(p.archived), f.file)
	case !p.built:
		a.step("publish", false, "no site is published yet")
	default:
		a.step("publish", false, "the published site is older than this post's last change, or than the last change of %s", f.file)
	}
}

// remedy is what a person can do about a hidden post. Those who ask are authors as often as maintainers.
func (f whyFacts) remedy(r selection.Reason, p tracedPost) string {
	ask := "ask the planet's maintainer: "
	switch r {
	case selection.Removed:
		return ask + "its feed would have to be listed in " + f.file + " again (planet add)"
	case selection.Paused:
		return ask + "the feed is paused in " + f.file + ", and shown again when it isn't"
	case selection.Hide:
		return ask + "this post is hidden on purpose"
	case selection.Block:
		return "if the post should be here, change what the rule finds in it, or " + ask + "the rule may be too wide"
	case selection.Keep:
		return "if the post should be here, give it a category or a title that the rules of the feed ask for; or " + ask + "the rules may be too narrow"
	case selection.Suspect:
		return ask + "when the feed is still yours, planet release " + p.feed.ID + " shows its posts"
	case selection.Deleted:
		return "put the post into the blog's feed again if it should be here"
	case selection.Duplicate:
		return "nothing; the post is here once, and this one is named beside it"
	case selection.Future:
		return "wait: it is shown from " + moment(p.verdict.Until) + " on; if the date is a mistake, correct it in the blog"
	case selection.Flood:
		return "nothing, if these are old posts; else " + ask + "planet release " + p.feed.ID + " shows them all"
	case selection.MaxAge:
		return "nothing; older posts make room for newer ones on this planet"
	case selection.PerFeed:
		return "nothing; the newer posts of this blog are here"
	}
	return ask + p.verdict.Detail
}

// where are places as paths; never nil.
func where(places []place) []string {
	out := []string{}
	for _, p := range places {
		out = append(out, p.String())
	}
	return out
}

// at says in words where a post is published.
func at(places []place) string {
	var pages, feeds []string
	for _, p := range places {
		switch {
		case p.page == 0 && p.anchor != "":
			pages = append(pages, fmt.Sprintf("in the archive (%s)", p))
		case p.page == 0:
			feeds = append(feeds, p.path)
		case p.number == 0:
			pages = append(pages, fmt.Sprintf("on page %d (%s)", p.page, p))
		default:
			pages = append(pages, fmt.Sprintf("number %d on page %d (%s)", p.number, p.page, p))
		}
	}
	if len(feeds) > 0 {
		pages = append(pages, "in "+list(feeds))
	}
	if len(pages) == 0 {
		return "not published"
	}
	return list(pages)
}

// list joins things as a sentence does.
func list(things []string) string {
	if n := len(things); n > 1 {
		return strings.Join(things[:n-1], ", ") + " and " + things[n-1]
	}
	return strings.Join(things, "")
}

func quote(s string) string { return "“" + oneLine(s) + "”" }

func moment(t time.Time) string { return t.UTC().Format("2 January 2006 15:04 UTC") }

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// reasons are those of hidden posts with their numbers, the most frequent first.
func reasons(hidden map[selection.Reason]int) []selection.Reason {
	out := make([]selection.Reason, 0, len(hidden))
	for r := range hidden {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b selection.Reason) int {
		return cmp.Or(hidden[b]-hidden[a], strings.Compare(string(a), string(b)))
	})
	return out
}
