package config

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// An addressKind says which addresses a key takes.
type addressKind int

const (
	webAddress   addressKind = iota // a page
	siteAddress                     // where the planet will be: a folder, written with a final slash
	feedAddress                     // a document; a user name and password may be in it
	proxyAddress                    // may hold a user name and password too
)

func (d *decoder) address(dst *string, kind addressKind) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "an address")
		if !ok {
			return
		}
		u, bad, hint := parseAddress(s, kind)
		if bad != "" {
			d.mistake(n, d.at.name+": "+bad, hint)
			return
		}
		if kind == siteAddress && !strings.HasSuffix(u.Path, "/") {
			s += "/"
		}
		*dst = s
	}
}

// parseAddress checks an address; bad says what is wrong with it. It never repeats the address, which may hold a password.
func parseAddress(s string, kind addressKind) (u *url.URL, bad, hint string) {
	const example = "write it in full: https://kshlm.in/index.xml"
	if s == "" {
		return nil, "the address is empty", example
	}
	if strings.ContainsAny(s, " \t\n\r") {
		return nil, "an address has no spaces", "write a space as %20"
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, "not an address" + urlReason(s, err), example
	}
	schemes, begins := []string{"http", "https"}, "addresses begin with https:// or http://"
	if kind == proxyAddress {
		schemes, begins = append(schemes, "socks5"), "a proxy's address begins with http://, https:// or socks5://"
	}
	switch {
	case u.Scheme == "feed":
		return nil, `"feed:" is no way to fetch a document`, "begin with https:// instead"
	case u.Scheme == "" || u.Host == "" && !slices.Contains(schemes, u.Scheme):
		return nil, "an address begins with https:// or http://", missingScheme(s)
	case !slices.Contains(schemes, u.Scheme):
		return nil, fmt.Sprintf("unknown scheme %q", short(u.Scheme)), begins
	case u.Hostname() == "":
		return nil, "the address names no host", example
	case u.User != nil && kind != feedAddress && kind != proxyAddress:
		return nil, "a user name or password does not belong here", "only the url of a feed and fetch.proxy may have one"
	case kind == siteAddress && (u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(s, "#")):
		return nil, `the address of a site has no "?" and no "#"`, "write where the folder output will be found: https://planet.example/"
	}
	if port := u.Port(); port != "" {
		if p, err := strconv.Atoi(port); err != nil || p < 1 || p > 65535 {
			return nil, "there is no such port", "ports are from 1 to 65535"
		}
	}
	return u, "", ""
}

// missingScheme says how to write an address that was copied without its beginning.
func missingScheme(s string) string {
	host, _, _ := strings.Cut(s, "/")
	switch ext := path.Ext(host); {
	case strings.HasPrefix(s, "//"):
		return didYouMean("https:" + short(s))
	case len(ext) > 1 && !slices.Contains([]string{".xml", ".rss", ".atom", ".json", ".html"}, ext) && !strings.Contains(host, "@"):
		return didYouMean("https://" + short(s))
	}
	return "write it in full: https://kshlm.in/index.xml"
}

// urlReason is what net/url says of an address, if it surely holds no part of a password. The error's own address ends at "#".
func urlReason(s string, err error) string {
	var e *url.Error
	if !errors.As(err, &e) || strings.Contains(s, "@") {
		return ""
	}
	return ": " + e.Err.Error()
}

// sameAddress makes equal what servers don't tell apart, to find a feed that is listed twice.
func sameAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	u.Host = strings.TrimSuffix(u.Host, ":") // an empty port is the default one
	u.Fragment, u.RawFragment = "", ""
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
	return u.String()
}
