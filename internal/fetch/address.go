package fetch

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// target resolves a Location. What isn't http or https is refused here, before anything could follow it (behaviour 46).
func target(from *url.URL, location string) (*url.URL, error) {
	if location == "" {
		return nil, redirectError("it is not said where to")
	}
	ref, err := url.Parse(location)
	if err != nil {
		return nil, redirectError(fmt.Sprintf("%q is no address", brief(Redact(location), 300)))
	}
	next := from.ResolveReference(ref)
	next.Fragment, next.RawFragment = "", ""
	next.User = nil
	if !web(next) {
		return nil, redirectError(noWeb(next))
	}
	return next, nil
}

func parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("this is no address that can be asked")
	}
	u.Fragment, u.RawFragment = "", ""
	if !web(u) {
		return nil, errors.New(noWeb(u))
	}
	return u, nil
}

func web(u *url.URL) bool {
	port, err := strconv.ParseUint(portOf(u), 10, 16)
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && err == nil && port != 0
}

func noWeb(u *url.URL) string {
	return brief(redacted(u), 300) + " is no address on the web (http or https)"
}

// originOf is scheme, host and port of u, in the one way they can be compared.
func originOf(u *url.URL) string {
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + portOf(u)
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// redacted is u without user name and password, which never leave this package.
func redacted(u *url.URL) string {
	bare := *u
	bare.User = nil
	if s := bare.String(); bare.Host != "" || !strings.Contains(s, "@") {
		return s
	}
	return mistyped(u.String()) // user:password@host, or http:/user:password@host
}

// Redact is address without user name and password, for logs and published files.
func Redact(address string) string {
	if !strings.Contains(address, "@") {
		return address // as written: package url would percent-encode an international host
	}
	u, err := url.Parse(address)
	if err == nil {
		return redacted(u)
	}
	return mistyped(address)
}

// mistyped is an address that nobody can ask for without all that may be a password, which it still is.
func mistyped(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if at := strings.LastIndexByte(rest, '@'); ok && at >= 0 {
		return scheme + "://" + rest[at+1:]
	}
	return address[strings.LastIndexByte(address, '@')+1:]
}
