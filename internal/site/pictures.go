package site

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"planet/internal/clean"
	"planet/internal/picture"
	"planet/internal/planet"
	"planet/internal/store"
)

// The values of pages.images.
const (
	linkImages  = "link"  // pictures become links
	localImages = "local" // copies are shown
)

// imagesFolder is where copies are published.
const imagesFolder = "images/"

// copies are the copies there are of the pictures that some posts show, by address, and which of them were used.
type copies struct {
	mode string
	had  map[string]store.Image
	used map[string]bool // by name
}

func (p *press) copies(ctx context.Context, entries []planet.Entry) (copies, error) {
	c := copies{mode: p.Images, used: map[string]bool{}}
	if c.mode != localImages {
		return c, nil
	}
	rows := make([]int64, len(entries))
	for i, e := range entries {
		rows[i] = e.Seq
	}
	var err error
	c.had, err = p.Store.Images(ctx, rows)
	return c, err
}

// form is how posts are published where root leads to the site's root.
func (c copies) form(root string, frames bool) clean.Form {
	f := clean.Form{Frames: frames}
	switch c.mode {
	case linkImages:
		f.Picture = clean.NoPicture
	case localImages:
		f.Picture = func(address string) (clean.Picture, bool) {
			i := c.had[address]
			if i.Name == "" {
				return clean.Picture{}, false
			}
			c.used[i.Name] = true
			return clean.Picture{Src: root + imagesFolder + i.Name, Width: i.Width, Height: i.Height}, true
		}
	}
	return f
}

// files yields the copies that were used and haven't been published yet in this build.
func (p *press) copied(c copies) files {
	return func(yield func(planet.File, error) bool) {
		for _, name := range slices.Sorted(maps.Keys(c.used)) {
			if p.copiesDone[name] {
				continue
			}
			p.copiesDone[name] = true
			if !yield(planet.File{Path: imagesFolder + name, Source: p.Store.ImageFile(name)}, nil) {
				return
			}
		}
	}
}

// forgottenCopies are to go: those among the published files that no post shows which isn't hidden everywhere.
func (p *press) forgottenCopies(ctx context.Context) files {
	published := p.last.Under(imagesFolder)
	if len(published) == 0 {
		return several(nil)
	}
	kept, err := p.Store.ShownImages(ctx)
	if err != nil {
		return failed(err)
	}
	var paths []string
	for _, path := range published {
		if _, ok := kept[path[len(imagesFolder):]]; !ok || p.Images != localImages {
			paths = append(paths, path)
		}
	}
	return gone(paths...)
}

// An avatar is what was made of a picture that feeds.yaml names, in notes kept from build to build: making it again only to
// know its name would cost more than a whole build.
type avatar struct {
	From string `json:"from"` // names the state of the file
	Ext  string `json:"ext"`  // png or jpg; "" nothing could be made of it
	data []byte
}

// avatarNotes is what the notes are kept as.
const avatarNotes = "avatars"

// portraits makes the avatars that aren't known, and says where all of them are published. Of a picture that nothing can be made
// of, its person has initials.
func (p *press) portraits(ctx context.Context) error {
	kept, err := p.Store.Note(ctx, avatarNotes)
	if err != nil {
		return err
	}
	before := map[string]avatar{}
	_ = json.Unmarshal([]byte(kept), &before) // else they are made anew
	p.avatars = map[string]avatar{}
	for _, f := range p.feeds {
		if f.Avatar == "" {
			continue
		}
		from, err := stateOf(f)
		if err != nil {
			return err
		}
		from += " " + p.Version // which may make it another kind of picture
		a := before[f.ID]
		if a.From != from {
			if a, err = p.portrait(f); err != nil {
				return err
			}
			a.From = from
		}
		if p.avatars[f.ID] = a; a.Ext != "" {
			p.site.Avatars[f.ID] = avatarPath(f.ID, a)
		}
	}
	notes, err := json.Marshal(p.avatars)
	if err != nil || string(notes) == kept || len(p.avatars) == 0 && kept == "" {
		return err
	}
	return p.Store.KeepNote(ctx, avatarNotes, string(notes))
}

func avatarPath(id string, a avatar) string { return "assets/avatars/" + id + "." + a.Ext }

func (p *press) portrait(f planet.Feed) (a avatar, err error) {
	data, err := os.ReadFile(f.Avatar)
	if err != nil {
		return a, fmt.Errorf("avatar of %s: %w", f.Name, err)
	}
	if a.data, a.Ext, err = picture.Avatar(data); err != nil {
		p.Log.Warn("an avatar can't be shown", "feed", f.ID, "file", f.Avatar, "error", err)
		return avatar{}, nil
	}
	return a, nil
}

// avatarFiles yields the avatars, of the feeds of only if it isn't nil.
func (p *press) avatarFiles(only map[string]bool) files {
	return func(yield func(planet.File, error) bool) {
		for _, f := range p.feeds {
			a, ok := p.avatars[f.ID]
			if !ok || a.Ext == "" || only != nil && !only[f.ID] {
				continue
			}
			var err error
			if a.data == nil {
				a, err = p.portrait(f)
			}
			if !yield(planet.File{Path: avatarPath(f.ID, a), Data: a.data}, err) || err != nil {
				return
			}
		}
	}
}

// stateOf names the state of the picture that feeds.yaml names for a feed.
func stateOf(f planet.Feed) (string, error) {
	info, err := os.Stat(f.Avatar)
	if err != nil {
		return "", fmt.Errorf("avatar of %s: %w", f.Name, err)
	}
	return fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano()), nil
}
