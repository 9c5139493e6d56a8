package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// testLighthouse has Lighthouse judge the river as a phone on a slow line sees it. It takes a while and its marks depend on how
// busy the machine is, so it runs only when asked: PLANET_LIGHTHOUSE=1.
func testLighthouse(t *testing.T, s published) {
	if os.Getenv("PLANET_LIGHTHOUSE") == "" {
		t.Skip("PLANET_LIGHTHOUSE=1 runs it")
	}
	node, cli := tool(t, "node"), nodePackage(t, "lighthouse/cli/index.js")
	server := httptest.NewServer(packing(s.dir))
	defer server.Close()
	cmd := exec.Command(node, cli, server.URL+"/", "--quiet", "--output=json", "--output-path=stdout", "--only-categories=performance,accessibility,best-practices,seo",
		"--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --user-data-dir="+t.TempDir())
	if path := chromium(t); path != "" {
		cmd.Env = append(os.Environ(), "CHROME_PATH="+path)
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("lighthouse: %v\n%.2000s", err, out)
	}
	var report struct {
		Categories map[string]struct {
			Score     float64
			AuditRefs []struct {
				ID     string
				Weight float64
			}
		}
		Audits map[string]struct {
			Title, DisplayValue string
			Score               *float64
		}
		Environment struct{ BenchmarkIndex float64 }
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	var marks []string
	for name, c := range report.Categories {
		marks = append(marks, fmt.Sprintf("%s %.0f", name, 100*c.Score))
		if c.Score == 1 {
			continue
		}
		t.Errorf("%s: %.0f of 100", name, 100*c.Score)
		for _, ref := range c.AuditRefs {
			if a := report.Audits[ref.ID]; a.Score != nil && *a.Score < 1 && ref.Weight > 0 {
				t.Errorf("  %s: %s %s", ref.ID, a.Title, a.DisplayValue)
			}
		}
	}
	slices.Sort(marks)
	for _, id := range []string{"first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"} {
		marks = append(marks, id+" "+report.Audits[id].DisplayValue)
	}
	t.Logf("%s; the machine's benchmark index is %.0f", strings.Join(marks, ", "), report.Environment.BenchmarkIndex)
}

// packing serves a folder as web servers do: with gzip.
func packing(dir string) http.Handler {
	v := &preview{}
	v.show(dir)
	files := v.handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		files.ServeHTTP(packedWriter{w, packed}, r)
		packed.Close() //nolint:errcheck // a browser that goes away is none of ours
	})
}

type packedWriter struct {
	http.ResponseWriter
	w io.Writer
}

func (p packedWriter) Write(b []byte) (int, error) { return p.w.Write(b) }

func (p packedWriter) WriteHeader(status int) {
	p.Header().Del("Content-Length")
	p.ResponseWriter.WriteHeader(status)
}
