package parse

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"

	"planet/internal/planet"
)

func (p *parser) enclosure(href, typ, title, length, base string) (planet.Enclosure, bool) {
	u := p.absolute(href, base)
	if u == "" {
		return planet.Enclosure{}, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(length), 10, 64)
	if err != nil || n < 0 {
		n = 0
	}
	return planet.Enclosure{URL: u, Type: strings.TrimSpace(typ), Title: strings.TrimSpace(title), Length: n}, true
}

// media are the files of Media RSS's content elements, which stand in the entry itself or in groups (§ "Primary elements").
func (p *parser) media(extensions ext.Extensions, base string) []planet.Enclosure {
	list := slices.Clone(extensions["media"]["content"])
	for _, group := range extensions["media"]["group"] {
		list = append(list, group.Children["content"]...)
	}
	var out []planet.Enclosure
	for _, c := range list {
		typ := strings.ToLower(strings.TrimSpace(c.Attrs["type"]))
		if players[typ] || c.Attrs["medium"] == "document" || c.Attrs["medium"] == "executable" {
			continue
		}
		title := childText(c, "title")
		if title == "" { // an image's alternative text, as Mastodon writes it
			title = childText(c, "description")
		}
		if enc, ok := p.enclosure(c.Attrs["url"], first(typ, mediumType[c.Attrs["medium"]]), title, c.Attrs["fileSize"], base); ok && !portrait(enc.URL) {
			out = append(out, enc)
		}
	}
	return out
}

// players are types of pages and programs that show a file, and are none themselves.
var players = map[string]bool{
	"text/html": true, "application/xhtml+xml": true, "application/x-shockwave-flash": true, "text/javascript": true, "application/javascript": true,
}

// mediumType stands for a missing type: as much of it as the medium says.
var mediumType = map[string]string{"image": "image/*", "audio": "audio/*", "video": "video/*"}

// portrait tells the author's picture, which blogs at WordPress.com add to each entry's files.
func portrait(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Hostname() == "gravatar.com" || strings.HasSuffix(u.Hostname(), ".gravatar.com"))
}

func childText(e ext.Extension, name string) string {
	for _, c := range e.Children[name] {
		if c.Value != "" {
			return c.Value
		}
	}
	return ""
}

// distinctFiles keeps each address once, with all that is said of it.
func distinctFiles(list []planet.Enclosure) []planet.Enclosure {
	at := map[string]int{}
	var out []planet.Enclosure
	for _, e := range list {
		i, seen := at[e.URL]
		if !seen {
			at[e.URL] = len(out)
			out = append(out, e)
			continue
		}
		old := &out[i]
		old.Type, old.Title, old.Length = first(old.Type, e.Type), first(old.Title, e.Title), max(old.Length, e.Length)
	}
	return out
}
