package selection

// A Reason is why an entry is hidden.
type Reason string

// The reasons, in the order in which they are tried.
const (
	Removed Reason = "Removed"
	Paused  Reason = "Paused"
	Hide    Reason = "Hide"
	Block   Reason = "Block"
	Keep    Reason = "Keep"
	Future  Reason = "Future"
	MaxAge  Reason = "MaxAge"
	PerFeed Reason = "PerFeed"
)

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
	case Future:
		return "Its date lies in the future; it waits for its time."
	case MaxAge:
		return "It is older than the planet shows (show.max_age)."
	case PerFeed:
		return "The feed already has as many entries on the planet as are shown at once (show.per_feed)."
	}
	return string(r)
}
