package feedtest

import (
	"bytes"
	"embed"
	"fmt"
	"time"
)

// A Blog is one blog of the sample community: what feeds.yaml says of it, and what its server holds.
type Blog struct {
	ID     string
	Name   string // of the person or group who writes it
	Title  string // of the blog itself
	URL    string // of its feed
	Site   string // its home page
	Lang   string // BCP 47
	Groups []string
	Avatar []byte // PNG, 192 by 192

	ContentType string // of Doc
	Doc         []byte // the feed; nil when the server has lost it and answers 404
	Posts       []Post // as Doc has them
}

// A Post is one entry of a sample feed, read back to make its own page of it.
type Post struct {
	ID      string
	Link    string
	Title   string // plain text, "" for a post without
	Lang    string
	Date    time.Time
	Summary string // HTML
	Content string // HTML, "" when the feed has only a summary
}

//go:embed demo
var demoFiles embed.FS

// community lists the sample blogs of project Windvole, which like everyone in it does not exist.
var community = []struct {
	id, name, title, file, contentType, lang string
	groups                                   []string
}{
	{"windvole-community", "Windvole Community", "Windvole Community Blog", "community.rss", "application/rss+xml; charset=utf-8", "en", []string{"project"}},
	{"sunniva-rathore", "Sunniva Rathore", "Degrees of Freedom", "sunniva.atom", "application/atom+xml; charset=utf-8", "en", []string{"developers"}},
	{"odalys-ferreira-munk", "Odalys Ferreira-Munk", "Solder & Rain", "odalys.atom", "application/atom+xml; charset=utf-8", "en", []string{"hardware"}},
	{"wiebke-tanimoto", "Wiebke Tanimoto", "Wetterseite", "wiebke.rdf", "application/rdf+xml; charset=utf-8", "de", []string{"stations"}},
	{"rahaf-lindqvist", "Rahaf Lindqvist", "سطح البيت", "rahaf.atom", "application/atom+xml; charset=utf-8", "ar", []string{"stations"}},
	{"nandini-quist", "Nandini Quist", "Quist, briefly", "nandini.json", "application/feed+json; charset=utf-8", "en", []string{"developers", "podcast"}},
	{"leocadia-prum", "Leocadia Prum", "Prum’s Barn", "leocadia.rss", "text/xml; charset=utf-8", "en", []string{"stations"}},
	{"thabo-ellingboe", "Thabo Ellingboe", "Low Pressure", "", "", "en", []string{"developers"}},
}

// Blogs returns the sample community as served at base, an address such as http://127.0.0.1:8080. The ids of its posts
// do not depend on base.
func Blogs(base string) ([]Blog, error) {
	var blogs []Blog
	for _, c := range community {
		home := base + "/" + c.id
		b := Blog{
			ID: c.id, Name: c.name, Title: c.title, Lang: c.lang, Groups: c.groups, Avatar: avatarPNG(c.id),
			URL: home + "/feed.xml", Site: home + "/", ContentType: c.contentType,
		}
		if c.file != "" {
			doc, err := demoFiles.ReadFile("demo/" + c.file)
			if err != nil {
				return nil, err
			}
			b.Doc = bytes.ReplaceAll(doc, []byte("{{base}}"), []byte(home))
			if b.Posts, err = readPosts(b.Doc); err != nil {
				return nil, fmt.Errorf("demo/%s: %w", c.file, err)
			}
		}
		blogs = append(blogs, b)
	}
	return blogs, nil
}

// updated is the date of the blog's newest post.
func (b *Blog) updated() time.Time {
	var t time.Time
	for _, p := range b.Posts {
		if p.Date.After(t) {
			t = p.Date
		}
	}
	return t
}
