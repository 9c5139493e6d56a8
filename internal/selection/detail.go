package selection

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"planet/internal/planet"
)

// The details say what hides an entry and what to change for it to be shown.

// file is what feeds.yaml is called.
func (r Rules) file() string {
	return cmp.Or(r.File, "feeds.yaml")
}

// at names a line of feeds.yaml as compilers do.
func (r Rules) at(line int) string {
	return r.file() + ":" + strconv.Itoa(line)
}

func (r Rules) removedDetail(id string) string {
	return fmt.Sprintf("no feed with the id %q is listed in %s; its entries are shown again when one is", id, r.file())
}

func (r Rules) pausedDetail(feed planet.Feed) string {
	return fmt.Sprintf("the feed %q is paused; take paused: away from it in %s", feed.Name, r.file())
}

func (r Rules) hideDetail(h *planet.Hide) string {
	why := ""
	if h.Why != "" {
		why = " (" + h.Why + ")"
	}
	return fmt.Sprintf("%s hides %s%s; take that away to show it", r.at(h.Line), h.Link, why)
}

func (r Rules) blockDetail(rule planet.Rule) string {
	return fmt.Sprintf("%s blocks what matches %s; change that rule to show it", r.at(rule.Line), rule)
}

func (r Rules) keepDetail(list []planet.Rule) string {
	if len(list) == 1 {
		return fmt.Sprintf("%s keeps only what matches %s; add a keep rule that it matches", r.at(list[0].Line), list[0])
	}
	return fmt.Sprintf("it matches none of the %d keep rules from %s on; add one that it matches", len(list), r.at(list[0].Line))
}

func suspectDetail(feed planet.Feed, signs string) string {
	return fmt.Sprintf("when it came, the feed %q looked like somebody else's: %s; if all is well, run: %s", feed.Name, signs, release(feed))
}

// release is the command that lets through what a feed has waiting.
func release(feed planet.Feed) string {
	return "planet release " + strconv.Quote(feed.Name)
}

func (r Rules) deletedDetail(feed planet.Feed, gone time.Time) string {
	return fmt.Sprintf("the feed %q has left it out since %s though it still has older ones; follow_deletions: false under show: in %s shows it",
		feed.Name, day(gone), r.file())
}

func (c *court) duplicateDetail(copied, original int32) string {
	e := &c.entries[original]
	name := cmp.Or(e.Link, e.PublishedID)
	if e.FeedID == c.entries[copied].FeedID {
		return fmt.Sprintf("the same post as %s of the same feed, which stands for it; nothing needs to change", name)
	}
	return fmt.Sprintf("the same post as %s of the feed %q, which stands for it; nothing needs to change; without that feed in %s another copy would be shown",
		name, c.Feeds[e.FeedID].Name, c.file())
}

func (r Rules) futureDetail(at time.Time) string {
	return fmt.Sprintf("its date is %s; future: clamp under show: in %s shows it at once", at.UTC().Format(time.RFC3339), r.file())
}

func (c *court) floodDetail(i int32) string {
	e := &c.entries[i]
	feed := c.Feeds[e.FeedID]
	return fmt.Sprintf("%d came at once in the fetch of %s, and the newest %d are shown; for all of them run: %s, or set flood: of the feed %q in %s",
		c.came[arrival{e.Arrival.ID, e.FeedID}], e.FirstSeen.UTC().Format("2006-01-02 15:04"), c.slots(i), release(feed), feed.Name, c.file())
}

func (r Rules) maxAgeDetail(at time.Time) string {
	return fmt.Sprintf("it is from %s; max_age: under show: in %s is %s", day(at), r.file(), age(r.MaxAge))
}

// PerFeedDetail is the detail of an entry that is hidden because of its feed's per_feed.
func PerFeedDetail(feed planet.Feed) string {
	n := strconv.Itoa(feed.PerFeed) + " newer entries"
	if feed.PerFeed == 1 {
		n = "1 newer entry"
	}
	return fmt.Sprintf("the feed %q has %s, as many as are shown at once; raise its per_feed: for more", feed.Name, n)
}

func day(t time.Time) string {
	return t.UTC().Format(time.DateOnly)
}

// age writes a limit as feeds.yaml does, in days if it can.
func age(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	return d.String()
}
