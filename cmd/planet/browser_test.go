package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser starts a headless Chromium. The test is skipped where there is none, unless PLANET_BROWSER=required.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil && path == "" {
			path = p
		}
	}
	if path == "" {
		if os.Getenv("PLANET_BROWSER") == "required" {
			t.Fatal("PLANET_BROWSER=required, but there is no chromium")
		}
		t.Skip("no chromium here; PLANET_BROWSER=required makes that a failure")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")) // whatever a page asks for, no test leaves this machine
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// demoSite runs "planet demo" until the test ends, and gives the address of the site.
func demoSite(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out, errs lockedBuffer
	done := make(chan int)
	dir := t.TempDir()
	go func() { done <- run(ctx, []string{"demo", "--dir", dir, "--addr", "127.0.0.1:0"}, &out, &errs) }()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != 0 {
			t.Errorf("demo ended with %d: %s", code, errs.String())
		}
	})
	at := regexp.MustCompile(`The site is at (http://\S+)`)
	for range 300 {
		if m := at.FindStringSubmatch(out.String()); m != nil {
			return m[1]
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("demo shows no site:\n%s%s", out.String(), errs.String())
	return ""
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestPageInABrowser opens the demo planet, hostile post and all, on a phone and a desktop, by day and by night: nothing runs that a post
// brought, nothing is asked of a third party, nothing is wider than the screen, everything loads.
func TestPageInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	site := demoSite(t)
	var mu sync.Mutex
	var troubles []string
	trouble := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		troubles = append(troubles, fmt.Sprintf(format, args...))
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *page.EventJavascriptDialogOpening:
			trouble("a dialog opened: %s", e.Message)
		case *runtime.EventExceptionThrown:
			trouble("an exception: %s", e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			trouble("the browser says: %s %s", e.Entry.Text, e.Entry.URL)
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && u.Hostname() != "127.0.0.1" {
				trouble("asked a third party: %s", e.Request.URL)
			}
		}
	}))
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	must(err)
	_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	must(err)
	for _, path := range []string{"", "404.html"} {
		for _, width := range []int64{320, 390, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				name := fmt.Sprintf("/%s at %d px, %s", path, width, scheme)
				_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
				})
				must(err)
				must(chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(site+path)))
				wide, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
				must(err)
				if wide > 0 {
					t.Errorf("%s: %d px wider than the screen", name, wide)
				}
				articles, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.querySelectorAll('article.h-entry').length`))
				must(err)
				if path == "" && articles < 20 {
					t.Errorf("%s: %d articles", name, articles)
				}
				if dir := os.Getenv("PLANET_SCREENSHOTS"); dir != "" {
					png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
					must(err)
					file := fmt.Sprintf("%s-%d-%s.png", strings.TrimSuffix(cmp.Or(path, "index"), ".html"), width, scheme)
					must(os.WriteFile(filepath.Join(dir, file), png, 0o644))
				}
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, s := range troubles {
		t.Error(s)
	}
}
