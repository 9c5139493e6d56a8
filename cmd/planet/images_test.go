package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"planet/internal/feedtest"
)

// TestImagesAreCopied lets a post show a picture that is there and one that isn't, in the three ways that pages.images knows.
func TestImagesAreCopied(t *testing.T) {
	t.Parallel()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"remote", "link", "local"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			w := newWeb(t, "fetch: {per_host_gap: 0s, allow_private: [127.0.0.0/8]}\npages: {images: "+mode+", entries: true}")
			h := w.host()
			h.Handle("/there.png", feedtest.Bare(picture.Bytes()))
			body := fmt.Sprintf(`<p>Look:</p><img src="%[1]s/there.png" alt="a shape"><img src="%[1]s/missing.png" alt="nothing">`, h.URL)
			w.list(h.serve(feedtest.Feed(feedtest.RSS("Ada", feedtest.Item{Title: "One", ID: "1", Link: h.URL + "/1", HTML: body}))))
			measured(t, w.planet("update"))
			public := func(path string) string {
				t.Helper()
				data, err := os.ReadFile(filepath.Join(w.dir, "public", filepath.FromSlash(path)))
				if err != nil {
					t.Fatal(err)
				}
				return string(data)
			}
			page := public("index.html")
			for _, path := range []string{"index.html", "authors/feed-5/index.html", "atom.xml", "feed.json", "rss20.xml", "history/1.xml"} {
				remote := strings.Contains(public(path), `src="`+h.URL) || strings.Contains(public(path), `src=\"`+h.URL) || strings.Contains(public(path), "src=&#34;"+h.URL)
				if remote != (mode == "remote") {
					t.Errorf("%s shows a picture of another server: %v", path, remote)
				}
			}
			copies, _ := filepath.Glob(filepath.Join(w.dir, "public", "images", "*"))
			if mode != "local" {
				if len(copies) > 0 {
					t.Errorf("copies are published: %v", copies)
				}
				return
			}
			if len(copies) != 1 {
				t.Fatalf("published are the copies %v", copies)
			}
			name := filepath.Base(copies[0])
			if data, err := os.ReadFile(copies[0]); err != nil || !bytes.Equal(data, picture.Bytes()) {
				t.Errorf("the copy is another picture (%v)", err)
			}
			if !strings.Contains(page, `src="images/`+name+`"`) || !strings.Contains(page, `width="40" height="30"`) || !strings.Contains(page, h.URL+"/missing.png") {
				t.Errorf("the page:\n%s", page)
			}
			if !strings.Contains(public("authors/feed-5/index.html"), `src="../../images/`+name+`"`) || !strings.Contains(public("atom.xml"), "https://p.example/images/"+name) {
				t.Error("other pages and feeds lead elsewhere")
			}
			if m := regexp.MustCompile(`p/e-[0-9a-f]+/`).FindString(page); m == "" || !strings.Contains(public(m+"index.html"), `src="../../images/`+name+`"`) {
				t.Errorf("the post's own page (%q) has no copy", m)
			}
			// A build of a part leaves the copy; forgetting takes it away.
			measured(t, w.planet("update", "--force"))
			measured(t, w.planet("forget", h.URL+"/1"))
			measured(t, w.planet("build"))
			if left, _ := filepath.Glob(filepath.Join(w.dir, "*", "*", name)); len(left) > 0 {
				t.Errorf("left are %v", left)
			}
			if _, err := os.Stat(copies[0]); err == nil {
				t.Error("the copy is still published")
			}
		})
	}
}
