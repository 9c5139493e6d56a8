package main

import (
	"cmp"
	"fmt"
	"strings"

	"planet/internal/planet"
	"planet/internal/selection"
)

// aboutFeeds is about feeds that were asked about by name or address: shown if any of their posts is.
func (f whyFacts) aboutFeeds(a *whyAnswer) {
	first := f.feeds[0]
	for _, feed := range f.feeds { // the most telling of them
		if standing(feed) > standing(first) {
			first = feed
		}
	}
	a.Feed = first.Name
	for _, feed := range f.feeds {
		f.configStep(a, feed)
		f.fetchStep(a, feed)
		f.storedSteps(a, feed)
	}
	f.moreStep(a)
	h, who := first.health, quote(first.Name)
	switch standing(first) {
	case 2:
		a.Verdict, a.headline = shown, fmt.Sprintf("Shown: %s, %d of %d posts.", who, h.Shown, h.Entries)
		if first.example != nil {
			a.Where = where(first.example.places)
		}
	case 1:
		reason, detail := selection.Paused, fmt.Sprintf("the feed %s is paused; take paused: away from it in %s", who, f.file)
		switch {
		case first.state.DuplicateOf != "" && h.Entries == 0:
			reason, detail = selection.Duplicate, fmt.Sprintf("it has the same document as the feed %s, which has the posts", quote(first.owner))
		case first.example != nil:
			reason, detail = selection.Reason(first.example.verdict.Reason), first.example.verdict.Detail
		}
		a.Verdict, a.Reason, a.Detail = hidden, string(reason), detail
		a.headline = fmt.Sprintf("Hidden: %s, %s", who, hiddenPosts(h))
	default:
		a.headline = fmt.Sprintf("Unknown: nothing of %s is here so far.", who)
	}
	a.Advice = f.feedAdvice(first, selection.Reason(a.Reason))
}

// moreStep counts the feeds that aren't told of.
func (f whyFacts) moreStep(a *whyAnswer) {
	if f.more > 0 {
		a.step("config", true, "and %s more of this host", plural(f.more, "feed"))
	}
}

// hiddenPosts ends a sentence about a feed of which nothing is shown.
func hiddenPosts(h feedHealth) string {
	switch {
	case h.Entries == 0:
		return "which has no posts of its own here."
	case h.Entries == 1:
		return "its only post."
	}
	return fmt.Sprintf("all %d posts.", h.Entries)
}

// standing is how much of a feed there is to see: 2 something, 1 only what is hidden, 0 nothing.
func standing(f tracedFeed) int {
	switch {
	case f.health.Shown > 0:
		return 2
	case f.health.Entries > 0 || f.Paused || f.listed && f.health.State == "duplicate":
		return 1
	}
	return 0
}

// storedSteps say what the planet has of a feed, and what is hidden of it.
func (f whyFacts) storedSteps(a *whyAnswer, feed tracedFeed) {
	h := feed.health
	if h.Entries == 0 {
		a.step("store", false, "no post of it is stored")
		return
	}
	a.step("store", true, "%s stored; the feed has %d of them now", plural(h.Entries, "post"), feed.total)
	if h.Shown > 0 {
		a.step("selection", true, "%d shown", h.Shown)
	}
	for _, r := range reasons(h.Hidden) {
		a.step("selection", false, "%d hidden, %s: %s", h.Hidden[r], r, r.Sentence())
	}
	switch p := feed.example; {
	case p == nil || p.verdict.Reason != "":
	case len(p.places) > 0:
		a.step("publish", true, "the newest, %s, is %s", quote(p.name()), at(p.places))
	case p.beyond:
		a.step("publish", false, "the newest, %s, is further back than the front pages go", quote(p.name()))
	default:
		a.step("publish", false, `the newest, %s, isn't published yet; the next "planet update" or "planet build" does it`, quote(p.name()))
	}
}

// feedAdvice is what to do about a feed: first about what keeps new posts from coming, then about what hides those there are.
func (f whyFacts) feedAdvice(feed tracedFeed, reason selection.Reason) string {
	h := feed.health
	switch {
	case !feed.listed:
		return f.remedy(selection.Removed, tracedPost{feed: feed})
	case h.State == "new":
		return "wait for the first reading: " + whenNext(h, f.now)
	case h.State == "failing" || h.State == "gone":
		return cmp.Or(feed.state.Advice, "see that the feed can be read: "+h.URL+"; if the blog has another feed now, ask the planet's maintainer to change its url")
	case h.State == "waiting":
		return "wait; it is asked again " + whenNext(h, f.now)
	case h.State == "held":
		return f.remedy(selection.Suspect, tracedPost{feed: feed})
	case reason != "":
		p := tracedPost{feed: feed}
		if feed.example != nil {
			p.verdict = feed.example.verdict
		}
		return f.remedy(reason, p)
	case h.Hidden[selection.Flood] > 0:
		return "nothing; for all that came at once, ask the planet's maintainer: planet release " + feed.ID
	case h.Entries == 0:
		return "see that the blog's feed has posts: " + h.URL
	}
	return `nothing; of a single post tells "planet why" with its address`
}

// aboutNothing is about what isn't in the database.
func (f whyFacts) aboutNothing(a *whyAnswer) {
	if f.forgotten {
		a.headline = "Unknown: " + f.asked + " was erased on request."
		a.step("store", false, "it was erased on its author's request (planet forget), and is kept from coming back")
		a.Advice = "nothing; under another address and with another text it would be a new post"
		return
	}
	a.headline = "Unknown: the planet has never seen " + f.asked + "."
	if len(f.feeds) == 0 {
		f.unlisted(a)
		return
	}
	for _, feed := range f.feeds {
		f.configStep(a, feed)
		f.fetchStep(a, feed)
		f.hasNow(a, feed)
	}
	f.moreStep(a)
	if len(f.feeds) == 1 {
		a.Feed, a.Advice = f.feeds[0].Name, f.missing(f.feeds[0])
	} else {
		a.Advice = "see which of these feeds should have it: planet why with its name tells more; if none of them, ask the planet's maintainer to list the blog (planet add)"
	}
	if f.alike != nil {
		a.Advice = fmt.Sprintf("did you mean %s, %s? Else: %s", quote(f.alike.Title), f.alike.Link, a.Advice)
	}
}

// unlisted is about an address that no feed has to do with.
func (f whyFacts) unlisted(a *whyAnswer) {
	host := hostOf(address(f.asked))
	switch {
	case !f.started:
		a.step("config", false, "no feed in %s is of that name or host", f.file)
		a.step("fetch", false, "nothing was fetched yet")
		a.Advice = "run planet update first; whatever is unknown then isn't of a blog that is listed"
		return
	case host == "":
		a.step("config", false, "no feed in %s has this name, and no post this id", f.file)
		a.Advice = "name a post by its address, or a feed as in " + f.file
	default:
		a.step("config", false, "no feed in %s is of %s", f.file, host)
		a.Advice = fmt.Sprintf("ask the planet's maintainer to list the blog (planet add https://%s/); if it is here under another address, name that", host)
		if n := len(f.unread); n > 0 {
			a.step("fetch", false, "%s never read so far, of whatever blog: %s", plural(n, "feed"), list(f.unread[:min(n, feedsNamed)]))
			a.Advice = "see why these feeds can't be read (planet status): the post may be of one of them; else " + a.Advice
		}
	}
	if f.alike != nil {
		a.Advice = fmt.Sprintf("did you mean %s, %s? Else: %s", quote(f.alike.Title), f.alike.Link, a.Advice)
	}
}

// fewFeeds is of how many feeds posts are listed.
const fewFeeds = 2

// hasNow lists what a feed had when it was last read.
func (f whyFacts) hasNow(a *whyAnswer, feed tracedFeed) {
	switch {
	case !f.started || feed.health.lastSuccess.IsZero() && feed.total == 0:
		a.step("store", false, "nothing was fetched yet")
	case feed.total == 0:
		a.step("store", false, "the feed has brought no post that is still in it")
	case len(f.feeds) > fewFeeds:
		a.step("store", false, "the feed hasn't brought it; it has %s now", plural(feed.total, "post"))
	default:
		a.step("store", false, "the feed hasn't brought it; it has %s now, the newest:", plural(feed.total, "post"))
		for _, e := range feed.newest {
			a.step("store", true, "%s", entryLine(e))
		}
	}
}

// entryLine is an entry in a list.
func entryLine(e planet.Entry) string {
	return strings.TrimSpace(fmt.Sprintf("%s  %s  %s", e.Date().Format("2006-01-02"), cmp.Or(oneLine(e.Title), "(no title)"), cmp.Or(e.Link, e.GUID)))
}

// missing is what to do when a feed hasn't brought a post: first what keeps the feed from being read.
func (f whyFacts) missing(feed tracedFeed) string {
	h := feed.health
	switch {
	case !feed.listed, h.State == "paused":
		return f.remedy(map[bool]selection.Reason{false: selection.Removed, true: selection.Paused}[feed.listed], tracedPost{feed: feed})
	case h.State == "new":
		return "wait: the feed is read for the first time " + whenNext(h, f.now)
	case h.State == "failing", h.State == "gone":
		return "the feed can't be read, and until it can nothing new comes from it: " + f.feedAdvice(feed, "")
	case h.State == "waiting":
		return "wait; the feed is asked again " + whenNext(h, f.now)
	}
	return fmt.Sprintf("if it isn't among them, the blog's feed doesn't have it: is it published, and in a category that the feed has? The feed is read again %s", whenNext(h, f.now))
}
