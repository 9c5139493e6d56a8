package render

import (
	"net/url"
	"strings"
)

// web returns an address if it is one that a page may link to, and otherwise "". A user name or password in it is left out.
func web(address string) string {
	address = strings.TrimSpace(address)
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" {
			return ""
		}
	case "mailto":
		if u.Opaque == "" {
			return ""
		}
	default:
		return ""
	}
	if u.User != nil {
		u.User = nil
		return u.String()
	}
	return address
}

// host names the site behind an address, as people say it; "" when there is no link to it.
func host(address string) string {
	u, err := url.Parse(web(address))
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}
