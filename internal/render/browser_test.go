package render

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"planet/internal/planet"
)

// browser starts a headless Chromium. The test is skipped where there is none, unless PLANET_BROWSER=required.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("PLANET_BROWSER") == "required" {
			t.Fatal("PLANET_BROWSER=required, but there is no chromium")
		}
		t.Skip("no chromium here; PLANET_BROWSER=required makes that a failure")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// TestSearchInABrowser looks for words in an archive of nine months, whose posts hold markup that must stay text.
func TestSearchInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	site, _ := sections()
	files := map[string][]byte{}
	keep := func(file planet.File, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		files["/"+file.Path] = file.Data
	}
	theme := load(t, "")
	for file, err := range theme.Assets() {
		keep(file, err)
	}
	keep(theme.Search(site))
	keep(theme.About(site))
	var pages []MonthPage
	for month := time.January; month <= time.September; month++ {
		page := MonthPage{Year: 2026, Month: month, Page: 1, Entries: 7}
		var entries []planet.Entry
		for n := range page.Entries {
			e := entry("ines", fmt.Sprint(month, n), fmt.Sprintf("Élan <b>%d</b>", n), "", 1, func(e *planet.Entry) { e.Text = "<img src=x onerror=alert(1)> Straße " + lorem(80) })
			e.Published = time.Date(2026, month, n+1, 0, 0, 0, 0, time.UTC)
			entries = append(entries, e)
		}
		keep(SearchShard(site, page, entries))
		pages = append(pages, page)
	}
	keep(SearchIndex(pages))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if strings.HasSuffix(path, "/") {
			path += "index.html"
		}
		data, ok := files[path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if strings.HasSuffix(path, ".js") { // a browser runs nothing that isn't said to be a script
			w.Header().Set("Content-Type", "text/javascript")
		} else if strings.HasSuffix(path, ".css") {
			w.Header().Set("Content-Type", "text/css")
		}
		_, _ = w.Write(data)
	}))
	t.Cleanup(server.Close)
	if err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("an exception: %s", e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			t.Errorf("the browser says: %s %s", e.Entry.Text, e.Entry.URL)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	do := func(script string) string {
		t.Helper()
		out, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
		if err != nil {
			t.Fatalf("%s: %v", script, err)
		}
		return out
	}
	// until waits for what the page says of the search, and gives it with the number of posts and the address's query.
	until := func(said string) string {
		t.Helper()
		var got string
		for range 100 {
			got = do(`[document.getElementById('found').textContent, document.querySelectorAll('#results > li').length, location.search].join(' | ')`)
			if strings.HasPrefix(got, said) {
				return got
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("the page says %q, want %q", got, said)
		return ""
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/search/?q=elan")); err != nil {
		t.Fatal(err)
	}
	if got := until("21 posts found, back to July 2026."); !strings.Contains(got, "| 21 |") {
		t.Error(got)
	}
	if got := do(`document.querySelector('#results li').innerHTML`); !strings.Contains(got, `<mark>Élan</mark> &lt;b&gt;6&lt;/b&gt;</a></h3>`) || !strings.Contains(got, "Ines Okafor\u2069 · \u20687 September 2026") ||
		!strings.Contains(got, "&lt;img src=x") || !strings.Contains(got, `href="../2026/09/#`) {
		t.Error(got)
	}
	do(`document.getElementById('more').click(), ''`)
	until("42 posts found, back to April 2026.")
	do(`document.getElementById('more').click(), ''`)
	until("63 posts found in the whole archive.")
	if got := do(`String(document.getElementById('more').hidden)`); got != "true" {
		t.Error("there is nothing further back, and one could look there")
	}
	do(`{ const q = document.getElementById('q'); q.value = 'samovar'; q.form.requestSubmit(); '' }`)
	if got := until("Nothing found in the whole archive."); !strings.HasSuffix(got, "| 0 | ?q=samovar") {
		t.Error(got)
	}
	do(`{ const q = document.getElementById('q'); q.value = 'STRASSE okafor'; q.dispatchEvent(new Event('input')); '' }`)
	until("21 posts found, back to July 2026.")

	// From any other page the slash leads there.
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/about/")); err != nil {
		t.Fatal(err)
	}
	do(`document.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true })), ''`)
	got := ""
	for range 100 { // while the browser is between two pages, nothing answers
		if out, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + ' ' + (document.activeElement || {}).id`)); err == nil {
			got = out
		}
		if got == "/search/ q" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("the slash leads to %q", got)
}

// TestDataForSearchEnginesIsJSON reads what stands in the pages for search engines, whatever the titles.
func TestDataForSearchEnginesIsJSON(t *testing.T) {
	site, entries := sections()
	site.Title, entries[0].Title = `</script><b>"`, `</script><script>alert("1")`
	for _, page := range []string{river(t, site, River{Entries: entries})["index.html"], made(t)(load(t, "").Post(site, entries[0], false))} {
		_, data, _ := strings.Cut(page, `<script type="application/ld+json">`)
		data, _, found := strings.Cut(data, "</script>")
		var value map[string]any
		if err := json.Unmarshal([]byte(data), &value); err != nil || !found {
			t.Errorf("%v: %s", err, data)
		}
	}
}
