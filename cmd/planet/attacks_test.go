package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"planet/internal/feedtest"
)

// testAttackBodies publishes everything that package clean is tested with, and more in the places around the text, and
// opens the page in a browser: nothing runs, nothing leaves its post, nothing but pictures, sounds and subtitles is asked for, and the page
// around the posts is the same as around harmless ones. So it is on the page as it is published, and on one without its
// Content-Security-Policy: cleaning alone is enough.
func testAttackBodies(t *testing.T, browser context.Context) {
	items := attacks(t)
	public := publishPosts(t, "", items)
	index, err := os.ReadFile(filepath.Join(public, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	policy := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>\n`)
	script := `<img src="nothing" onerror="alert(1)">`
	unclean := bytes.Replace(index, []byte(`<div class="e-content">`), []byte(`<div class="e-content">`+script), 1)
	harmless := feedtest.Items("blog", len(items), time.Now().Add(-time.Hour))
	for i := range harmless {
		harmless[i].Date, harmless[i].Author, harmless[i].Tags = items[i].Date, "Somebody", []string{"one", "two"}
	}
	model, err := os.ReadFile(filepath.Join(publishPosts(t, "", harmless), "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string][]byte{
		"/": index, "/without-policy": policy.ReplaceAll(index, nil), "/model": model,
		"/unclean": unclean, "/unclean-without-policy": policy.ReplaceAll(unclean, nil),
	}
	if n := len(index); len(pages["/without-policy"]) == n || len(unclean) == n {
		t.Fatal("there is no policy, or no post, in the page")
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "known", Value: "1", Path: "/"})
		if data, ok := pages[r.URL.Path]; ok {
			w.Write(data) //nolint:errcheck // a browser that goes away is none of ours
			return
		}
		http.ServeFileFS(w, r, os.DirFS(public), strings.TrimPrefix(r.URL.Path, "/"))
	}))
	t.Cleanup(site.Close)

	b := newTab(t, browser, published{url: site.URL + "/"})
	outline := attackScript(t, "outline.js")
	want := map[int64]string{}
	for _, width := range []int64{390, 1280} {
		b.do(chromedp.EmulateViewport(width, 900), chromedp.Navigate(site.URL+"/model"))
		lines := evaluate[[]string](b, outline)
		if len(lines) < 20 {
			t.Fatalf("the outline of a page is %q", lines)
		}
		data, err := json.Marshal(lines)
		if err != nil {
			t.Fatal(err)
		}
		want[width] = string(data)
	}
	poke, inspect := attackScript(t, "poke.js"), attackScript(t, "inspect.js")
	for path := range pages {
		for _, width := range []int64{390, 1280} {
			if strings.HasPrefix(path, "/unclean") && width > 390 || path == "/model" {
				continue // that the alarm works is seen at one
			}
			b.do(chromedp.EmulateViewport(width, 900), chromedp.Navigate(site.URL+path))
			got := evaluate[[]string](b, outline)
			evaluate[any](b, poke)
			time.Sleep(200 * time.Millisecond) // for what an attack may have put off
			wrong := append(evaluate[[]string](b, fmt.Sprintf("%s(%d, %s)", inspect, len(items), want[width])), b.told()...)
			wrong = append(wrong, strange(got, want[width])...)
			if strings.HasPrefix(path, "/unclean") {
				if said := strings.Join(wrong, "\n"); !strings.Contains(said, "has onerror") || !strings.Contains(said, "alert(1) was called") && !strings.Contains(said, "the policy stopped") {
					t.Errorf("%s at %d px: an attack that wasn't cleaned goes unnoticed: %s", path, width, said)
				}
				continue
			}
			for _, w := range wrong[:min(len(wrong), 20)] {
				t.Errorf("%s at %d px: %s", path, width, w)
			}
		}
	}
}

// attacks are posts, one for each body that package clean is tested with, and some that attack elsewhere.
func attacks(t *testing.T) []feedtest.Item {
	t.Helper()
	names, err := filepath.Glob("../../internal/clean/testdata/*.html")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-time.Hour).Truncate(time.Second)
	var items []feedtest.Item
	add := func(name, title, body string) {
		items = append(items, feedtest.Item{ID: name, Link: "https://blog.example/" + name, Title: title, HTML: body, Date: at.Add(-time.Duration(len(items)) * time.Second)})
	}
	for _, file := range names {
		name := strings.TrimSuffix(filepath.Base(file), ".html")
		if strings.HasSuffix(name, ".want") {
			continue
		}
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		add(name, name, string(body))
	}
	if len(items) < 30 {
		t.Fatalf("only %d bodies", len(items))
	}
	const script = `"><img src=x onerror=alert(1)><script>alert(1)</script></article></main></body>`
	add("title", script, "<p>in the title</p>")
	add("escaped-title", "&lt;script&gt;alert(1)&lt;/script&gt; in the title", "<p>in the title, escaped</p>")
	add("tags", "in tags and names", "<p>in tags and names</p>")
	last := &items[len(items)-1]
	last.Author, last.Tags = script, []string{script, "&lt;/ul&gt;&lt;script&gt;alert(1)&lt;/script&gt;"}
	add("link", "in the link", "<p>in the link</p>")
	items[len(items)-1].Link = "javascript:alert(1)//"
	add("id"+script, "in the id", "<p>in the id</p>")
	return items
}

// testFrames opens a page that may hold frames: the player that is known is asked for, by the address that the
// program made for it, and nothing else is; the page's policy stops nothing.
func testFrames(t *testing.T, browser context.Context) {
	public := publishPosts(t, "pages: {embeds: frame}", []feedtest.Item{{
		ID: "1", Link: "https://blog.example/1", Title: "Films", Date: time.Now().Add(-time.Hour),
		HTML: `<p>Two</p><iframe src="https://www.youtube.com/embed/abcdefghijk?autoplay=1"></iframe><iframe src="https://www.youtube.com.evil.example/embed/abcdefghijk"></iframe>`,
	}})
	b := newTab(t, browser, published{url: serveSite(t, public)})
	b.do(chromedp.EmulateViewport(390, 900), chromedp.Navigate(b.site+"/"))
	noted := evaluate[[]string](b, `[...noted, ...[...document.querySelectorAll('article a.embed')].map((a) => 'a link to ' + a.hostname)]`)
	const player = "https://www.youtube-nocookie.com/embed/abcdefghijk"
	want := []string{"a frame came", "a link to www.youtube.com.evil.example", "it asked for " + player + " (Document)", "it wants to go to " + player}
	for range 50 { // a frame comes in its own time
		if noted = append(noted, b.told()...); len(noted) >= len(want) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if slices.Sort(noted); !slices.Equal(noted, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(noted, "\n"), strings.Join(want, "\n"))
	}
}

// publishPosts runs the program on a feed of these posts, with these lines in feeds.yaml, and returns the folder that it
// published.
func publishPosts(t *testing.T, lines string, items []feedtest.Item) string {
	t.Helper()
	w := newWeb(t, "fetch: {per_host_gap: 0s, allow_private: [127.0.0.0/8]}\nshow: {per_page: 0}\n"+lines)
	doc := bytes.ReplaceAll(feedtest.RSS("Attacks", items...), []byte("<link>https://blog.example/</link>"), []byte("<link>javascript:alert(1)</link>"))
	w.list(w.host().serve(feedtest.Feed(doc)))
	measured(t, w.planet("update", "-q"))
	return filepath.Join(w.dir, "public")
}

func attackScript(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "attacks", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// watched is what the browser was seen to do that a page of posts has no business with.
type watched struct {
	site   string // where the pages are
	strict bool   // not even a picture comes from elsewhere but this machine, and everything loads
	mu     sync.Mutex
	list   []string
}

func (b *watched) event(ev any) {
	said := ""
	switch e := ev.(type) {
	case *page.EventJavascriptDialogOpening:
		said = "a dialog opened: " + e.Message
	case *page.EventFrameAttached:
		said = "a frame came"
	case *page.EventFrameRequestedNavigation:
		if !strings.HasPrefix(e.URL, b.site+"/") {
			said = "it wants to go to " + e.URL
		}
	case *page.EventWindowOpen:
		said = "a window opened: " + e.URL
	case *runtime.EventExceptionThrown:
		said = "an exception: " + e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		// Of posts, pictures may be missing and subtitles may be another host's, which browsers refuse.
		if b.strict || e.Entry.Source != log.EntrySourceNetwork && !strings.HasPrefix(e.Entry.Text, "Unsafe attempt to load URL") {
			said = "the browser says: " + e.Entry.Text + " " + e.Entry.URL
		}
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		picture := e.Type == network.ResourceTypeImage || e.Type == network.ResourceTypeMedia || e.Type == network.ResourceTypeTextTrack
		picture = picture && !b.strict || u != nil && u.Hostname() == "127.0.0.1" && b.strict || u != nil && u.Scheme == "data"
		if err != nil || !picture && u.Scheme+"://"+u.Host != b.site {
			said = fmt.Sprintf("it asked for %s (%s)", e.Request.URL, e.Type)
		} else if u.Scheme+"://"+u.Host != b.site && u.Scheme != "data" && e.Request.ReferrerPolicy != network.RequestReferrerPolicyNoReferrer {
			said = fmt.Sprintf("it told %s where the reader is (%s)", e.Request.URL, e.Request.ReferrerPolicy)
		}
	}
	if said != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.list = append(b.list, said)
	}
}

// told is what was seen since it was last asked.
func (b *watched) told() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.list
	b.list = nil
	return list
}

// strange are the lines of a hostile page's outline that a harmless page hasn't. Posts may lack a text or have a fold; what is in
// every post is in both.
func strange(got []string, want string) (wrong []string) {
	var known []string
	if err := json.Unmarshal([]byte(want), &known); err != nil {
		return []string{err.Error()}
	}
	for _, line := range got {
		if !slices.Contains(known, line) && !strings.Contains(line, " > article > ") {
			wrong = append(wrong, "the page has "+line)
		}
	}
	for _, line := range known {
		if !slices.Contains(got, line) {
			wrong = append(wrong, "the page lacks "+line)
		}
	}
	return wrong
}
