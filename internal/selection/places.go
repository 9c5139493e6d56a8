package selection

import (
	"iter"
	"slices"
	"strings"

	"planet/internal/planet"
)

// A place is by what a feed can be known.
type place struct {
	names []string // addresses and ids, as they stand and canonical; the most telling first
	feed  []string // of a source: those of names that are of the feed itself, not of its site
	given []string // of a feed: the hosts that feeds.yaml names
	hosts []string // of a feed: those, and the one that its document claims, unless it is another feed's
}

// An atlas knows the places of feeds and sources.
type atlas struct {
	feeds   map[string]place // by id
	known   map[string]bool  // names of feeds
	given   map[string]bool  // hosts that feeds.yaml names
	above   map[string]bool  // the domains above these
	sources map[planet.Source]place
	strange map[claim]bool // whether a feed's source is another feed; computed once
}

// A claim is that an entry of a feed comes from a source.
type claim struct {
	feed   string
	source planet.Source
}

func newAtlas(feeds map[string]planet.Feed, claimed map[string]string) *atlas {
	a := &atlas{map[string]place{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[planet.Source]place{}, map[claim]bool{}}
	for id, f := range feeds {
		given := hosts(f.URL, f.Site)
		p := place{names: names(f.URL, f.Site), given: given, hosts: given}
		a.feeds[id] = p
		for _, name := range p.names {
			a.known[name] = true
		}
		for _, host := range given {
			a.given[host] = true
			for domain := range domains(host) {
				a.above[domain] = true
			}
		}
	}
	for id, host := range claimed {
		p, listed := a.feeds[id]
		if host = hostOf("//" + host); listed && host != "" && !a.given[host] {
			p.hosts = append(slices.Clip(p.hosts), host)
			a.feeds[id] = p
		}
	}
	return a
}

// domains are the domains above a host. No host has more than 253 bytes (RFC 1035 §2.3.4); of what is longer there are none.
func domains(host string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for more := len(host) <= 253; more; {
			if _, host, more = strings.Cut(host, "."); more && !yield(host) {
				return
			}
		}
	}
}

// outside tells whether a canonical address is on no host, above or below none, that feeds.yaml names.
func (a *atlas) outside(address string) bool {
	host := hostOf("//" + address)
	if a.given[host] || a.above[host] {
		return false
	}
	for domain := range domains(host) {
		if a.given[domain] {
			return false
		}
	}
	return true
}

// of is the place of an entry's feed. Of a feed that is no longer listed the only thing known is where its posts are.
func (a *atlas) of(e *planet.Entry) place {
	if p, ok := a.feeds[e.FeedID]; ok {
		return p
	}
	return place{hosts: hosts(e.Link)}
}

// source is the place that a source names.
func (a *atlas) source(s *planet.Source) place {
	p, ok := a.sources[*s]
	if !ok {
		p = place{names: names(s.ID, s.URL, s.Link), feed: names(s.ID, s.URL), hosts: hosts(s.URL, s.Link)}
		a.sources[*s] = p
	}
	return p
}

// listed tells whether a source is a feed of the planet.
func (a *atlas) listed(from place) bool {
	return slices.ContainsFunc(from.names, func(name string) bool { return a.known[name] })
}

// foreign tells whether an entry says that it comes from another feed. Many feeds name themselves as the source of all
// their entries; and a planet may be on the host of the blogs that it collects, so that names go before hosts.
func (a *atlas) foreign(e *planet.Entry) bool {
	if e.Source == nil {
		return false
	}
	key := claim{e.FeedID, *e.Source}
	foreign, ok := a.strange[key]
	if !ok {
		foreign = a.isForeign(e)
		a.strange[key] = foreign
	}
	return foreign
}

func (a *atlas) isForeign(e *planet.Entry) bool {
	from, here := a.source(e.Source), a.of(e)
	for _, name := range from.names {
		if a.known[name] {
			return !slices.Contains(here.names, name)
		}
	}
	own := func(host string) bool { return slices.Contains(here.hosts, host) }
	return len(from.names) > 0 && !slices.ContainsFunc(from.hosts, own)
}

// home tells whether an entry's post is on the site of its feed: 2 as feeds.yaml has it, 1 as only the feed's document says.
// Where a feed that is no longer listed was at home nobody knows.
func (a *atlas) home(e *planet.Entry) int {
	p, host := a.feeds[e.FeedID], hostOf(e.Link)
	if e.Canonical != "" {
		host = hostOf("//" + e.Canonical)
	}
	on := func(site string) bool {
		return host == site || strings.HasSuffix(host, "."+site) || strings.HasSuffix(site, "."+host)
	}
	switch {
	case host == "":
		return 0
	case slices.ContainsFunc(p.given, on):
		return 2
	case slices.ContainsFunc(p.hosts, on):
		return 1
	}
	return 0
}

// names are addresses as they stand and canonical, without those that are empty.
func names(addresses ...string) (out []string) {
	for _, s := range addresses {
		for _, name := range [...]string{s, planet.Canonical(s)} {
			if name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

func hosts(addresses ...string) (out []string) {
	for _, s := range addresses {
		if host := hostOf(s); host != "" && !slices.Contains(out, host) {
			out = append(out, host)
		}
	}
	return out
}

// hostOf is the host of an absolute address in lower case, without www. and port; "" if there is none.
func hostOf(address string) string {
	_, rest, ok := strings.Cut(address, "//")
	if !ok {
		return ""
	}
	if n := strings.IndexAny(rest, "/?#"); n >= 0 {
		rest = rest[:n]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if n := strings.LastIndexByte(rest, ':'); n > strings.LastIndexByte(rest, ']') {
		rest = rest[:n]
	}
	return strings.TrimPrefix(strings.ToLower(rest), "www.")
}
