package main

import (
	"os"
	"path"
	"strconv"
	"strings"
)

// mediaTypes are those of the published files, whatever the machine's own table says: by a file's whole name, or else by
// how it ends.
var mediaTypes = map[string]string{
	"rss20.xml": "application/rss+xml; charset=utf-8", "rss10.xml": "application/rdf+xml; charset=utf-8",
	"atom.xml": atomType, "titles.xml": atomType, "feed.json": "application/feed+json; charset=utf-8",
	"opml.xml": "text/x-opml; charset=utf-8", "foafroll.xml": "application/rdf+xml; charset=utf-8",

	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".txt": "text/plain; charset=utf-8", ".xml": "application/xml; charset=utf-8", ".json": "application/json",
	".webmanifest": "application/manifest+json",
	".svg":         "image/svg+xml; charset=utf-8", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon",
	".woff2": "font/woff2", ".woff": "font/woff", ".ttf": "font/ttf", ".otf": "font/otf",
	".gz": "application/gzip",
}

const atomType = "application/atom+xml; charset=utf-8"

func mediaType(name string) string {
	if path.Dir(name) == "history" && path.Ext(name) == ".xml" { // RFC 5005
		return atomType
	}
	for _, key := range []string{path.Base(name), strings.ToLower(path.Ext(name))} {
		if t := mediaTypes[key]; t != "" {
			return t
		}
	}
	return "application/octet-stream"
}

// codings are the names of packed siblings' codings, the better first.
var codings = []struct{ coding, ext string }{{"br", ".br"}, {"gzip", ".gz"}}

// pick finds the packed sibling of name that a browser takes; any tells that there is one at all, so that the answer
// depends on who asks.
func pick(root *os.Root, name, accepts string) (coding string, packed served, any bool) {
	for _, c := range codings {
		if coding != "" {
			break
		}
		sibling, err := look(root, "/"+name+c.ext)
		if err != nil || sibling.folder {
			continue
		}
		if any = true; accepted(accepts, c.coding) {
			coding, packed = c.coding, sibling
		}
	}
	return coding, packed, any
}

// accepted tells whether a field Accept-Encoding takes the coding (RFC 9110 §12.5.3).
func accepted(field, coding string) bool {
	all := false
	for one := range strings.SplitSeq(field, ",") {
		name, params, _ := strings.Cut(one, ";")
		wanted := true
		if key, q, ok := strings.Cut(params, "="); ok && strings.EqualFold(strings.TrimSpace(key), "q") {
			weight, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
			wanted = err == nil && weight > 0
		}
		switch name = strings.TrimSpace(name); {
		case strings.EqualFold(name, coding):
			return wanted
		case name == "*":
			all = wanted
		}
	}
	return all
}
