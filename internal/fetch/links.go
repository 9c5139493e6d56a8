package fetch

import (
	"net/url"
	"slices"
	"strings"
)

// maxLinks is how many feeds of a Link header are told: they are hints for a person.
const maxLinks = 5

// feedLinks are the absolute addresses of feeds that the Link fields of u's answer name (RFC 8288).
func feedLinks(u *url.URL, fields []string) (addresses []string) {
	for _, field := range fields {
		for _, link := range split(field, ',') {
			ref, ok := feedLink(link)
			if !ok {
				continue
			}
			to, err := u.Parse(ref)
			if err != nil || !web(to) {
				continue
			}
			if address := redacted(to); !slices.Contains(addresses, address) {
				addresses = append(addresses, address)
			}
			if len(addresses) == maxLinks {
				return addresses
			}
		}
	}
	return addresses
}

// feedLink takes the reference of one link, if it is an alternate of a feed's type.
func feedLink(link string) (ref string, ok bool) {
	parts := split(link, ';')
	ref, opened := strings.CutPrefix(strings.TrimSpace(parts[0]), "<")
	ref, closed := strings.CutSuffix(ref, ">")
	if !opened || !closed {
		return "", false
	}
	params := map[string]string{}
	for _, part := range parts[1:] {
		name, value, _ := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, again := params[name]; !again { // the first one counts (§3.3)
			params[name] = strings.ToLower(unquote(value))
		}
	}
	if _, other := params["anchor"]; other { // it is about something else than this page (§3.2)
		return "", false
	}
	return ref, slices.Contains(strings.Fields(params["rel"]), "alternate") && feedType(params["type"])
}

func feedType(mediaType string) bool {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	switch strings.TrimSpace(mediaType) {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml":
		return true
	}
	return false
}
