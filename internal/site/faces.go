package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"planet/internal/store"
)

// faces are what pages show of those who are here, as it was published last: when it is another for one of them, what shows
// that one is made anew, and not the whole site.
type faces struct {
	Feeds  map[string]face `json:"feeds"` // by id
	Groups []string        `json:"groups"`
}

type face struct {
	Sum    string `json:"sum"`              // names all that pages show of a feed
	Avatar string `json:"avatar,omitempty"` // where its picture is published
}

// faceNotes is what they are kept as.
const faceNotes = "faces"

// faces are those of the feeds as they are now.
func (p *press) faces() faces {
	out := faces{Feeds: map[string]face{}}
	for _, f := range p.feeds {
		h := sha256.New()
		fmt.Fprintf(h, "%q %q %q %q %q %q %q %q %t %t", f.URL, f.Name, f.Site, p.langs[f.ID], f.Groups, f.Mode, f.Extra, p.site.Avatars[f.ID], f.Paused, p.gone(f.ID))
		fmt.Fprint(h, p.avatars[f.ID].From)
		out.Feeds[f.ID] = face{hex.EncodeToString(h.Sum(nil)[:16]), p.site.Avatars[f.ID]}
	}
	for _, g := range p.groups {
		out.Groups = append(out.Groups, g.slug)
	}
	return out
}

// meet compares the faces with those that were published last: it fills p.before and p.changed.
func (p *press) meet(ctx context.Context) error {
	kept, err := p.Store.Note(ctx, faceNotes)
	if err != nil {
		return err
	}
	_ = json.Unmarshal([]byte(kept), &p.before) // else all are new
	now := p.faces()
	ids := maps.Clone(now.Feeds)
	maps.Copy(ids, p.before.Feeds)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if p.before.Feeds[id] != now.Feeds[id] {
			p.changed = append(p.changed, id)
		}
	}
	if len(p.changed) == 0 {
		return nil
	}
	return p.Store.Unshelve(ctx, p.changed)
}

// met keeps the faces, which are published now.
func (p *press) met(ctx context.Context) error {
	if len(p.changed) == 0 {
		return nil
	}
	notes, err := json.Marshal(p.faces())
	if err != nil {
		return err
	}
	return p.Store.KeepNote(ctx, faceNotes, string(notes))
}

// changedFaces yields what a change of who is here changes, beside the shelves of those.
func (p *press) changedFaces(ctx context.Context) files {
	if len(p.changed) == 0 {
		return several(nil)
	}
	changed, now := map[string]bool{}, p.faces()
	var out []string
	for _, id := range p.changed {
		changed[id] = true
		if path := p.before.Feeds[id].Avatar; path != "" && path != now.Feeds[id].Avatar {
			out = append(out, path)
		}
	}
	for _, slug := range p.before.Groups {
		if !slices.Contains(now.Groups, slug) {
			out = append(out, folders["group"]+slug+"/index.html", folders["group"]+slug+"/atom.xml")
		}
	}
	parts := []files{gone(out...), p.avatarFiles(changed)}
	has := map[string]bool{}
	for _, s := range slices.Concat(p.authors, p.stale) {
		has[s.Name] = has[s.Name] || s.Kind == store.Author
	}
	for _, id := range p.changed {
		if !has[id] { // nothing of it is listed, so that it has no shelf
			parts = append(parts, p.shelf(ctx, store.Shelf{Kind: store.Author, Name: id}))
		}
	}
	return chain(parts...)
}
