package selection

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"planet/internal/planet"
)

// Version is raised when this package's idea of what is shown changes: it makes cached verdicts void.
const Version = 2

// Hash names the rules and Version: verdicts given under an equal hash hold. What only details show has no say: names, lines,
// and the reasons given for hiding; nor has PerFeed, which no verdict knows. Claimed isn't covered either: one document's word
// must not void all verdicts. Who sees a claim change has to have that feed's entries judged again.
func (r Rules) Hash() string {
	type feed struct {
		URL, Site   string
		Flood       int
		Paused      bool
		Keep, Block [][][2]string
	}
	var said struct {
		Version               int
		Feeds                 map[string]feed // written in the order of their ids
		Hide                  []string
		Keep, Block           [][][2]string
		MaxAge                time.Duration
		Wait, FollowDeletions bool
	}
	said.Version, said.Keep, said.Block = Version, plain(r.Keep), plain(r.Block)
	said.MaxAge, said.Wait, said.FollowDeletions = r.MaxAge, r.Wait, r.FollowDeletions
	for _, h := range r.Hide {
		said.Hide = append(said.Hide, h.Link)
	}
	slices.Sort(said.Hide)
	said.Feeds = make(map[string]feed, len(r.Feeds))
	for id, f := range r.Feeds {
		said.Feeds[id] = feed{f.URL, f.Site, f.Flood, f.Paused, plain(f.Keep), plain(f.Block)}
	}
	data, err := json.Marshal(said)
	if err != nil {
		panic(err) // none of these types can fail
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// plain are rules as field and pattern of each test.
func plain(rules []planet.Rule) (out [][][2]string) {
	for _, r := range rules {
		var tests [][2]string
		for _, t := range r.Tests {
			tests = append(tests, [2]string{t.Field, t.Pattern.String()})
		}
		out = append(out, tests)
	}
	return out
}
