package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromium is where the browser is, or "". PLANET_BROWSER=required makes it a failure that there is none.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("PLANET_BROWSER") == "required" {
		t.Fatal("PLANET_BROWSER=required, but there is no chromium")
	}
	return ""
}

// browser starts a headless Chromium. The test is skipped where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := chromium(t)
	if path == "" {
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
	ctx, cancel = context.WithTimeout(ctx, 30*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// demoSite runs "planet demo" until the test ends, and gives the address of the site and the planet's folder.
func demoSite(t *testing.T) (url, dir string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out, errs lockedBuffer
	done := make(chan int)
	dir = t.TempDir()
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
			return m[1], dir
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("demo shows no site:\n%s%s", out.String(), errs.String())
	return "", ""
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
