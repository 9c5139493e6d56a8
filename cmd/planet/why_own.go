package main

import (
	"context"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"planet/internal/planet"
	"planet/internal/render"
	"planet/internal/store"
)

var anchor = regexp.MustCompile(`^e-[0-9a-f]{12}$`)

// ownAddress tells which post of the planet itself, by its anchor, and which page of the archive, if any, an address leads to.
func ownAddress(site, address string) (post, folder string, ok bool) {
	rest, within := strings.CutPrefix(address, site)
	u, err := url.Parse(rest)
	if !within || err != nil {
		return "", "", false
	}
	folder = strings.TrimSuffix(u.Path, "index.html")
	if post = u.Fragment; post == "" {
		post = path.Base(folder) // p/e-0123456789ab/
	}
	return post, folder, anchor.MatchString(post)
}

// own are the rows of the post that an address of the planet itself leads to. An anchor is a hash, so it is looked for page
// by page, the newest first.
func (t *tracer) own(ctx context.Context, address string) ([]int64, error) {
	post, folder, ok := ownAddress(t.cfg.URL, address)
	if !ok {
		return nil, nil
	}
	shelves, err := t.db.Shelves(ctx, store.Month)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(shelves, func(s store.Shelf) bool { return s.Folder() == folder }); i >= 0 {
		shelves = append(shelves, shelves[i]) // it is the first to be looked at
	}
	for _, s := range slices.Backward(shelves) {
		entries, err := t.db.Headings(ctx, s, planet.InArchive, store.Cursor{}, store.PerPage)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if render.Anchor(e.PublishedID) == post {
				return []int64{e.Seq}, nil
			}
		}
	}
	return nil, nil
}
