package site

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"planet/internal/planet"
)

// locations reads a sitemap or an index of them.
func locations(t *testing.T, f planet.File) (root string, locs []string) {
	t.Helper()
	var doc struct {
		XMLName xml.Name
		URLs    []string `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 url>loc"`
		Parts   []string `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemap>loc"`
	}
	if err := xml.Unmarshal(f.Data, &doc); err != nil {
		t.Fatalf("%s: %v\n%s", f.Path, err, f.Data)
	}
	return doc.XMLName.Local, append(doc.URLs, doc.Parts...)
}

func TestSitemapNamesThePages(t *testing.T) {
	files := sitemap("https://planet.example/", []string{
		"tags/c&d/index.html", "index.html", "2026/11/index.html", "2026/11/2/index.html", "tags/größe/index.html", "about/index.html", "status/index.html",
		"404.html", "page/2/index.html", "p/0a1b2c/index.html", "search/index.html", "search/index.json", "atom.xml", "assets/style.css", "authors/ann/atom.xml", "robots.txt",
	})
	if len(files) != 1 || files[0].Path != "sitemap.xml" {
		t.Fatalf("%d files", len(files))
	}
	root, got := locations(t, files[0])
	want := []string{
		"https://planet.example/", "https://planet.example/2026/11/", "https://planet.example/2026/11/2/", "https://planet.example/about/",
		"https://planet.example/status/", "https://planet.example/tags/c&d/", "https://planet.example/tags/gr%C3%B6%C3%9Fe/",
	}
	if diff := cmp.Diff(want, got); diff != "" || root != "urlset" {
		t.Errorf("%s: %s", root, diff)
	}
	if !strings.HasPrefix(string(files[0].Data), `<?xml version="1.0" encoding="UTF-8"?>`) {
		t.Errorf("%.60s", files[0].Data)
	}
	if _, got := locations(t, sitemap("https://planet.example/", nil)[0]); len(got) != 0 {
		t.Errorf("of nothing: %q", got)
	}
}

func TestLargeSitemapsAreSplit(t *testing.T) {
	var paths []string
	for i := range 7 {
		paths = append(paths, fmt.Sprintf("tags/t%d/index.html", i))
	}
	for _, tt := range []struct{ urls, bytes, parts int }{
		{3, 1 << 20, 3}, {7, 1 << 20, 1}, {6, 1 << 20, 2}, {100, 300, 3},
	} {
		files := sitemaps("https://p.example/", paths, tt.urls, tt.bytes)
		last := files[len(files)-1]
		if tt.parts == 1 {
			if len(files) != 1 || last.Path != "sitemap.xml" {
				t.Errorf("%+v: %d files", tt, len(files))
			}
			continue
		}
		root, parts := locations(t, last)
		if last.Path != "sitemap.xml" || root != "sitemapindex" || len(parts) != tt.parts || len(files) != tt.parts+1 {
			t.Errorf("%+v: %s %s %q", tt, last.Path, root, parts)
		}
		var all []string
		for i, f := range files[:len(files)-1] {
			if parts[i] != "https://p.example/"+f.Path {
				t.Errorf("%+v: %s in place of %s", tt, parts[i], f.Path)
			}
			if len(f.Data) > tt.bytes {
				t.Errorf("%+v: %s is %d bytes long", tt, f.Path, len(f.Data))
			}
			_, locs := locations(t, f)
			if len(locs) > tt.urls {
				t.Errorf("%+v: %d pages in %s", tt, len(locs), f.Path)
			}
			all = append(all, locs...)
		}
		if len(all) != 7 || all[0] != "https://p.example/tags/t0/" || all[6] != "https://p.example/tags/t6/" {
			t.Errorf("%+v: %q", tt, all)
		}
	}
}

func TestRobotsAreWelcome(t *testing.T) {
	for base, want := range map[string]string{
		"https://planet.example/":     "User-agent: *\nDisallow: /search/\n\nSitemap: https://planet.example/sitemap.xml\n",
		"https://example.org/planet/": "User-agent: *\nDisallow: /planet/search/\n\nSitemap: https://example.org/planet/sitemap.xml\n",
	} {
		if f := robots(base); f.Path != "robots.txt" || string(f.Data) != want {
			t.Errorf("%s: %s\n%s", base, f.Path, f.Data)
		}
	}
}
