package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// testInBrowser opens every kind of page in one Chromium, each planet in a tab of its own: of the demo and of what is hostile, and with
// PLANET_FULL=1 of all planets.
func testInBrowser(t *testing.T, sites []published) {
	ctx := browser(t)
	if err := chromedp.Do(ctx); err != nil { // starts it
		t.Fatal(err)
	}
	t.Run("group", func(t *testing.T) { // ends when all in it have, and with them the need for the browser
		for _, s := range sites {
			if !full() && s.name != "demo" && s.name != "hostile" && !s.given {
				continue // the others have the same theme
			}
			t.Run(s.name, func(t *testing.T) { t.Parallel(); testPages(t, ctx, s) })
		}
		for _, s := range sites {
			index, err := os.ReadFile(filepath.Join(s.dir, "index.html"))
			if err != nil {
				t.Fatal(err)
			}
			if s.name != "river" && !s.given || bytes.Count(index, []byte("<article ")) < 4 {
				continue
			}
			t.Run("scripts of "+s.name, func(t *testing.T) {
				t.Parallel()
				t.Run("keys", func(t *testing.T) { testKeys(t, ctx, s) })
				t.Run("scheme", func(t *testing.T) { testScheme(t, ctx, s) })
				t.Run("search", func(t *testing.T) { testSearch(t, ctx, s) })
				t.Run("none", func(t *testing.T) { testWithoutScript(t, ctx, s) })
			})
		}
		t.Run("attacks", func(t *testing.T) { t.Parallel(); testAttacked(t, ctx, named(sites, "hostile")) })
		if full() { // the bodies are on the hostile planet, too
			t.Run("bodies", func(t *testing.T) { t.Parallel(); testAttackBodies(t, ctx) })
		}
		t.Run("frames", func(t *testing.T) { t.Parallel(); testFrames(t, ctx) })
	})
}

// A screen is how a page is looked at.
type screen struct {
	width  int64
	zoom   float64
	scheme string
	axe    bool
}

func (s screen) String() string {
	return fmt.Sprintf("at %d px, zoom %.0f %%, %s", s.width, 100*s.zoom, s.scheme)
}

// screens are those that a planet's pages are looked at on: phones and desktops, by day and by night, narrow ones and enlarged ones.
func (s published) screens() []screen {
	narrow, enlarged := screen{320, 1, "light", false}, screen{640, 2, "dark", false} // 640 px at twice the size are 1280 at 200 %
	phone, desktop := screen{390, 1, "dark", true}, screen{1280, 1, "light", true}
	all, demo := full(), s.name == "demo" || s.given
	switch {
	case all && demo:
		return []screen{narrow, enlarged, phone, desktop, {320, 1, "dark", false}, {2560, 1, "light", false}, {390, 1, "light", true}, {1280, 1, "dark", true}}
	case all:
		return []screen{narrow, enlarged, phone, desktop}
	case demo:
		return []screen{narrow, phone, desktop}
	}
	return []screen{narrow}
}

// testPages looks at a planet's pages: nothing that a post brought runs, nothing is asked of a third party but the posts' own pictures, nothing
// is wider than the screen or cut off at its edge, everything of ours loads, and axe-core finds nobody shut out.
func testPages(t *testing.T, ctx context.Context, s published) {
	b := newTab(t, ctx, s)
	n := 1
	if full() {
		n = 2
	}
	axe := axeSource(t)
	wrong, first := map[string]int{}, map[string]string{}
	for turn, sc := range s.screens() {
		b.do(chromedp.EmulateViewport(sc.width, 900, chromedp.EmulateScale(sc.zoom)))
		_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: sc.scheme}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range s.files(t, n, ".html") {
			if inTurn := full() || (i+turn)%2 == 0; sc.axe && !inTurn {
				continue // axe-core takes its time
			}
			at := fmt.Sprintf("%s %s", name, sc)
			b.do(chromedp.Navigate(s.address(name)))
			for _, what := range append(evaluate[[]string](b, pageScript(t, "look.js")), b.told()...) {
				say(wrong, first, what, at)
			}
			if sc.axe && axe != "" {
				for _, what := range b.axe(axe, s.ours) {
					say(wrong, first, what, at)
				}
			}
			if dir := os.Getenv("PLANET_SCREENSHOTS"); dir != "" {
				b.picture(filepath.Join(dir, fmt.Sprintf("%s-%s-%d-%s.png", s.name, strings.ReplaceAll(strings.TrimSuffix(name, ".html"), "/", "-"), sc.width, sc.scheme)))
			}
		}
	}
	for _, what := range slices.Sorted(maps.Keys(wrong)) {
		t.Errorf("%d times, such as at %s: %s", wrong[what], first[what], what)
	}
}

// axe runs axe-core and says what it finds. How others mark up the text of their posts is up to them.
func (b *tab) axe(source string, ours bool) []string {
	b.t.Helper()
	exclude := ""
	if !ours {
		exclude = ".e-content, .p-summary"
	}
	evaluate[bool](b, source+"; true")
	return evaluate[[]string](b, fmt.Sprintf("%s(%q)", pageScript(b.t, "axe.js"), exclude), chromedp.EvalAwaitPromise)
}

func (b *tab) picture(file string) {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(file, png, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// axeSource is axe-core, or nothing where it isn't and needn't be.
func axeSource(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "e2e", "node_modules", "axe-core", "axe.min.js"))
	if err != nil && os.Getenv("PLANET_VALIDATORS") == "required" {
		t.Fatalf("PLANET_VALIDATORS=required, but: %v", err)
	}
	return string(data)
}

// testAttacked opens every kind of page and every feed of the hostile planet, as published and without its Content-Security-Policy, does to
// it what readers do and clicks what can be clicked: nothing runs, nothing leaves the site.
func testAttacked(t *testing.T, ctx context.Context, s published) {
	const unclean = `<meta charset="utf-8"><p onclick="alert(1)">p</p><a href="javascript:alert(2)">a</a><img src="nothing" onerror="alert(3)"><script src="https://evil.example/x.js"></script>`
	policy := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)
	v := &preview{}
	v.show(s.dir)
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/unclean" {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, unclean) //nolint:errcheck // a browser that goes away is none of ours
			return
		}
		rec := httptest.NewRecorder()
		r.Header.Del("Accept-Encoding")
		v.handler().ServeHTTP(rec, r)
		w.Header().Set("Content-Type", rec.Header().Get("Content-Type"))
		if path.Ext(r.URL.Path) == ".xml" {
			w.Header().Set("Content-Type", "text/xml") // what many servers say, and what browsers show
		}
		w.WriteHeader(rec.Code)
		w.Write(policy.ReplaceAll(rec.Body.Bytes(), nil)) //nolint:errcheck // as above
	}))
	t.Cleanup(bare.Close)
	without := s
	without.url = bare.URL + "/"
	if full() { // what is safe without a policy is safe with one
		t.Run("as published", func(t *testing.T) { t.Parallel(); attackPages(newTab(t, ctx, s), s) })
	}
	t.Run("without policy", func(t *testing.T) {
		t.Parallel()
		b := newTab(t, ctx, without)
		attackPages(b, without)
		said := strings.Join(b.attacked(without.url+"unclean"), "\n")
		for _, alarm := range []string{"alert(1) was called", "a link leads to javascript:alert(2)", "alert(2) was called", "alert(3) was called", "it asked for https://evil.example/x.js"} {
			if !strings.Contains(said, alarm) {
				t.Errorf("an attack goes unnoticed: not %q, only\n%s", alarm, said)
			}
		}
	})
}

func attackPages(b *tab, s published) {
	n := 1
	if full() {
		n = 5
	}
	b.do(chromedp.EmulateViewport(1000, 900))
	for _, name := range s.files(b.t, n, ".html", ".xml", ".json") {
		for _, w := range b.attacked(s.address(name)) {
			b.t.Errorf("%s: %s", s.address(name), w)
		}
	}
}

// attacked opens an address, does to the page what readers do, and says what an attack was seen to do.
func (b *tab) attacked(address string) (wrong []string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(address)); err != nil {
		if !strings.Contains(err.Error(), "ERR_ABORTED") { // a download
			b.t.Fatalf("%s: %v", address, err)
		}
		return b.told()
	}
	for _, does := range []string{"poke.js", "click.js"} {
		wrong = append(wrong, evaluate[[]string](b, attackScript(b.t, does), chromedp.EvalAwaitPromise)...)
	}
	return append(wrong, b.told()...)
}

// A tab is one page after another, watched.
type tab struct {
	*watched
	t   *testing.T
	ctx context.Context
}

func newTab(t *testing.T, browser context.Context, s published) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	b := &tab{&watched{site: strings.TrimSuffix(s.url, "/"), strict: s.name == "demo"}, t, ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.event); err != nil {
		t.Fatal(err)
	}
	for _, enable := range []func() error{
		func() error { _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); return err },
		func() error { _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); return err },
		func() error {
			_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: attackScript(t, "hook.js")})
			return err
		},
	} {
		if err := enable(); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func evaluate[T any](b *tab, js string, opts ...chromedp.EvaluateOption) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js, opts...))
	if err != nil {
		b.t.Fatalf("%v: %.200s", err, js)
	}
	return v
}

// pageScript is a file of testdata/pages.
func pageScript(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "pages", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(data))
}
