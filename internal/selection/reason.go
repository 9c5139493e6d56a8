package selection

import "planet/internal/planet"

// A Reason is why an entry is hidden.
type Reason string

// The reasons, in the order in which they are tried.
const (
	Removed   Reason = "Removed"
	Paused    Reason = "Paused"
	Hide      Reason = "Hide"
	Block     Reason = "Block"
	Keep      Reason = "Keep"
	Suspect   Reason = "Suspect"
	Deleted   Reason = "Deleted"
	Duplicate Reason = "Duplicate"
	Future    Reason = "Future"
	Flood     Reason = "Flood"
	MaxAge    Reason = "MaxAge"
	PerFeed   Reason = "PerFeed"
)

// Listing tells where an entry is shown that is hidden for a reason, or for none. What came in a flood was never in the
// feeds, so it isn't in their history either.
func (r Reason) Listing() planet.Listing {
	switch r {
	case "":
		return planet.InRiver
	case MaxAge, PerFeed:
		return planet.InHistory
	case Flood:
		return planet.InArchive
	}
	return planet.Nowhere
}

// Sentence explains a reason to somebody whose post is hidden.
func (r Reason) Sentence() string {
	switch r {
	case Removed:
		return "The feed it came from is no longer listed in feeds.yaml."
	case Paused:
		return "The feed it came from is paused in feeds.yaml."
	case Hide:
		return "The planet's maintainer hides this entry in feeds.yaml."
	case Block:
		return "A block rule in feeds.yaml matches it."
	case Keep:
		return "feeds.yaml keeps only entries that match certain rules, and it matches none."
	case Suspect:
		return "When it came, its feed looked as if it had become somebody else's; the planet's maintainer has to look at it first."
	case Deleted:
		return "Its feed has taken it out, and the planet follows (show.follow_deletions)."
	case Duplicate:
		return "It is the same post as another one, which stands for both."
	case Future:
		return "Its date lies in the future; it waits for its time."
	case Flood:
		return "Many entries came from its feed at once; only the newest of them are on the front page (show.flood)."
	case MaxAge:
		return "It is older than the planet shows (show.max_age)."
	case PerFeed:
		return "The feed already has as many entries on the planet as are shown at once (show.per_feed)."
	}
	return string(r)
}
