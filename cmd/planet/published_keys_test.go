package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// focused is the post that has the focus, by its place on the page from 0, or -1.
const focused = `[...document.querySelectorAll('.h-entry')].indexOf(document.activeElement.closest('.h-entry'))`

// testKeys reads the river by keyboard: j and k go from post to post, o opens the one that has the focus, / goes to the search. The
// first Tab shows the way past the head of the page.
func testKeys(t *testing.T, ctx context.Context, s published) {
	b := newTab(t, ctx, s)
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.url))
	at := func(want int, how string) {
		t.Helper()
		if got := evaluate[int](b, focused); got != want {
			t.Errorf("after %s post %d has the focus, not %d", how, got, want)
		}
		if top := evaluate[float64](b, fmt.Sprintf(`document.querySelectorAll('.h-entry')[%d].getBoundingClientRect().top`, want)); top < -1 || top > 300 {
			t.Errorf("after %s post %d stands at %.0f px of the window", how, want, top)
		}
	}
	first := 0 // of the posts, j goes to the first that is not yet at the top
	b.do(chromedp.KeyEvent("j"))
	at(first, "j")
	b.do(chromedp.KeyEvent("j"), chromedp.KeyEvent("j"))
	at(first+2, "jjj")
	b.do(chromedp.KeyEvent("k"))
	at(first+1, "jjjk")
	evaluate[any](b, `addEventListener('click', (event) => { event.preventDefault(); window.opened = event.target.closest('a').href; }); 0`)
	b.do(chromedp.KeyEvent("o"))
	want := evaluate[string](b, fmt.Sprintf(`document.querySelectorAll('.h-entry')[%d].querySelector(':is(.title, .p-name) a').href`, first+1))
	if opened := evaluate[string](b, `window.opened || ''`); opened != want {
		t.Errorf("o opened %q, not %q", opened, want)
	}
	for key := range strings.SplitSeq("jko/", "") { // with Ctrl, they are the browser's
		before := evaluate[int](b, focused)
		b.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
		if after := evaluate[int](b, focused); after != before {
			t.Errorf("Ctrl and %s moves the focus", key)
		}
	}

	b.do(chromedp.Navigate(s.url), chromedp.KeyEvent("\t"))
	skip := evaluate[string](b, `document.activeElement.getAttribute('href') || ''`)
	box := evaluate[[]float64](b, `(({ top, left, width, height }) => [top, left, width, height])(document.activeElement.getBoundingClientRect())`)
	if !strings.HasPrefix(skip, "#") || box[0] < 0 || box[1] < 0 || box[2] < 24 || box[3] < 20 {
		t.Errorf("the first Tab leads to a link to %q, seen at %v", skip, box)
	}
	b.do(chromedp.KeyEvent("\r"))
	if in := evaluate[string](b, `document.querySelector(':target')?.closest('main, [role=main]')?.localName || ''`); in != "main" {
		t.Errorf("the link past the head leads into %q", in)
	}

	if _, err := os.Stat(filepath.Join(s.dir, "search", "index.html")); err == nil {
		b.do(chromedp.Navigate(s.url), chromedp.KeyEvent("/"))
		waitFor(b, `/ to reach the search`, `document.readyState === 'complete' && document.activeElement.matches('input')`)
		if value := evaluate[string](b, `document.activeElement.value || ''`); value != "" {
			t.Errorf("/ itself is typed into the search: %q", value)
		}
	}
	for _, wrong := range b.told() {
		t.Error(wrong)
	}
}

// testScheme chooses colours, and sees that they stay chosen and that no page is drawn in the others first.
func testScheme(t *testing.T, ctx context.Context, s published) {
	b := newTab(t, ctx, s)
	_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
		window.grounds = [];
		const look = () => {
			if (document.body) grounds.push([document.documentElement, document.body].map((element) => getComputedStyle(element).backgroundColor).join());
			if (document.readyState !== 'complete' || grounds.length < 5) requestAnimationFrame(look);
		};
		requestAnimationFrame(look);`})
	if err != nil {
		t.Fatal(err)
	}
	_, err = chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}})
	if err != nil {
		t.Fatal(err)
	}
	const ground = `getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor`
	b.do(chromedp.EmulateViewport(390, 900), chromedp.Navigate(s.url))
	seen := map[string]bool{evaluate[string](b, ground): true}
	for range 3 { // system, which is light here, then light, then dark, or in another order
		b.do(chromedp.Click(chromedp.CSS("#scheme")))
		chosen := evaluate[string](b, ground)
		seen[chosen] = true
		b.do(chromedp.Navigate(s.url))
		waitFor(b, "the page to be drawn", `window.grounds.length >= 5`)
		if now := evaluate[string](b, ground); now != chosen {
			t.Errorf("%s was chosen, but the next page has %s", chosen, now)
		}
		if drawn := evaluate[[]string](b, `[...new Set(window.grounds)]`); len(drawn) != 1 {
			t.Errorf("a page flashes: %v", drawn)
		}
	}
	if len(seen) != 2 {
		t.Errorf("the switch knows the grounds %v", seen)
	}
	for _, wrong := range b.told() {
		t.Error(wrong)
	}
}

// testSearch looks for a post on the page of the search.
func testSearch(t *testing.T, ctx context.Context, s published) {
	if _, err := os.Stat(filepath.Join(s.dir, "search", "index.html")); err != nil {
		t.Fatal("there is no search:", err)
	}
	b := newTab(t, ctx, s)
	b.do(chromedp.EmulateViewport(390, 900), chromedp.Navigate(s.url))
	title := evaluate[string](b, `[...document.querySelectorAll('.h-entry :is(.title, .p-name) a')].at(-1).textContent.trim()`)
	b.do(chromedp.Navigate(s.url+"search/"), chromedp.SendKeys(chromedp.CSS("main input"), strings.ToUpper(title)))
	hit := fmt.Sprintf(`[...document.querySelectorAll('main a')].find((link) => link.textContent.trim() === %q)`, title)
	waitFor(b, "the search to find "+title, hit+` !== undefined`)
	evaluate[any](b, hit+`.click(); 0`)
	waitFor(b, "what was found to open", `document.querySelector(':target') !== null || location.pathname.startsWith('/p/')`)
	b.do(chromedp.Navigate(s.url+"search/"), chromedp.SendKeys(chromedp.CSS("main input"), `zzzzz"><img src=x onerror=alert(1)>`))
	waitFor(b, "the search to say that there is nothing", `document.querySelector('main [role=status], main [aria-live]')?.textContent.trim()`)
	for _, wrong := range append(b.told(), evaluate[[]string](b, `window.noted`)...) {
		t.Error(wrong)
	}
}

// testWithoutScript opens each kind of page with JavaScript switched off: all of it is there, and nothing that does nothing.
func testWithoutScript(t *testing.T, ctx context.Context, s published) {
	b := newTab(t, ctx, s)
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(390, 900))
	for _, name := range s.files(t, 1, ".html") {
		b.do(chromedp.Navigate(s.address(name)))
		unseen := evaluate[[]string](b, `[...document.querySelectorAll('main, nav, article, article .title, article .e-content')]
			.filter((element) => !element.closest('details:not([open])') && !element.checkVisibility()).map((element) => element.localName + '.' + element.className)`)
		idle := evaluate[[]string](b, `[...document.querySelectorAll('button, input')].filter((button) => button.checkVisibility()).map((button) => button.outerHTML)`)
		if len(unseen)+len(idle) > 0 {
			t.Errorf("%s: not shown: %v; of no use: %v", name, unseen, idle)
		}
		if said := evaluate[string](b, `document.querySelector('main').innerText.trim()`); said == "" {
			t.Errorf("%s says nothing", name)
		}
		if name == "index.html" && s.name == "river" {
			if n := evaluate[int](b, `document.querySelectorAll('article .e-content p').length`); n < 300 {
				t.Errorf("the river has %d paragraphs", n)
			}
		}
	}
	for _, wrong := range b.told() {
		t.Error(wrong)
	}
}

// waitFor waits until an expression is true.
func waitFor(b *tab, what, js string) {
	b.t.Helper()
	for range 100 {
		if evaluate[bool](b, `!!(`+js+`)`) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("waited in vain for %s", what)
}
