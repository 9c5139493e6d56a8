package site

import (
	"html"
	"net/url"
	"path"
	"regexp"
	"strings"
)

var hrefs = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// inSite resolves a link of a page to a published file and an element of it; ok is false when it leads elsewhere.
func inSite(page, href string) (file, anchor string, ok bool) {
	u, err := url.Parse(html.UnescapeString(href))
	if err != nil || u.Scheme != "" || u.Host != "" {
		return "", "", false
	}
	file = page
	if u.Path != "" {
		file = path.Join(path.Dir(page), u.Path)
		if strings.HasSuffix(u.Path, "/") || file == "." || u.Path == ".." || strings.HasSuffix(u.Path, "/..") {
			file = path.Join(file, "index.html")
		}
	}
	return file, u.Fragment, true
}
