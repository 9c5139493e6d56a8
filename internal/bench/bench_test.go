package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary play the parts that the bench starts: its own roles, and the planet.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "fake-planet" {
		if err := fakeUpdate(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.") {
		main()
		return
	}
	os.Exit(m.Run())
}

// fakeUpdate does what the bench expects of `planet update`: it asks for each feed, with the validators of last time,
// and reports. It remembers ETags and entry ids in a file.
func fakeUpdate() error {
	type memory struct {
		Tags map[string]string
		IDs  map[string]bool
	}
	seen := memory{map[string]string{}, map[string]bool{}}
	if data, err := os.ReadFile("memory.json"); err == nil {
		if err := json.Unmarshal(data, &seen); err != nil {
			return err
		}
	}
	config, err := os.ReadFile("feeds.yaml")
	if err != nil {
		return err
	}
	client := &http.Client{}
	if m := regexp.MustCompile(`timeout: (\w+)`).FindSubmatch(config); m != nil {
		if client.Timeout, err = time.ParseDuration(string(m[1])); err != nil {
			return err
		}
	}
	var r report
	for _, m := range regexp.MustCompile(`url: "(.*?)"`).FindAllSubmatch(config, -1) {
		url := string(m[1])
		req, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		req.Header.Set("If-None-Match", seen.Tags[url])
		r.Feeds.Due++
		resp, err := client.Do(req)
		if err != nil {
			r.Feeds.Failed++
			continue
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return err
		}
		switch resp.StatusCode {
		case http.StatusNotModified:
			r.Feeds.NotModified++
			continue
		case http.StatusInternalServerError:
			r.Feeds.Failed++
			continue
		}
		r.Feeds.Fetched++
		seen.Tags[url] = resp.Header.Get("ETag")
		for _, id := range regexp.MustCompile(`<(?:guid[^>]*|id)>(tag:[^<]*post[^<]*)<`).FindAllSubmatch(body, -1) {
			if !seen.IDs[string(id[1])] {
				seen.IDs[string(id[1])] = true
				r.Entries.New++
			}
		}
	}
	r.Published.Unchanged = 1
	data, err := json.Marshal(seen)
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile("memory.json", data, 0o644), json.NewEncoder(os.Stdout).Encode(r))
}

// fakePlanet writes a script that runs this test binary in the part of the planet.
func fakePlanet(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "planet")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec '"+exe+"' fake-planet \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return script
}

func TestWholeBenchWithAFakePlanet(t *testing.T) {
	var stdout, stderr bytes.Buffer
	args := []string{"-feeds=10", "-n=2", "-cold=2", "-timeout=300ms", "-planet=" + fakePlanet(t)}
	if err := run(t.Context(), args, nil, &stdout, &stderr); err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	if !strings.Contains(stdout.String(), " wall ") {
		t.Errorf("W6 has no bound:\n%s", &stdout)
	}
	for _, w := range workloads {
		if !strings.Contains(stdout.String(), "\n"+w+" ") {
			t.Errorf("no row for %s:\n%s", w, &stdout)
		}
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "planet-bench-*")); err != nil || len(left) > 0 {
		t.Logf("temporary folders (perhaps of a bench that runs just now): %v, %v", left, err)
	}
}

func TestUnexpectedOutcomeIsAnError(t *testing.T) {
	lazy := filepath.Join(t.TempDir(), "planet")
	if err := os.WriteFile(lazy, []byte("#!/bin/sh\necho '{\"feeds\":{\"due\":3}}'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := run(t.Context(), []string{"-feeds=3", "-planet=" + lazy}, nil, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "entries.new: 0, want 60") {
		t.Errorf("got %v", err)
	}
}

func TestHangingFeedsMayTakeOneTimeoutTogether(t *testing.T) {
	r := row{workload: "W6", bound: patience(3*time.Second, cost{wall: 200 * time.Millisecond})}
	for wall, want := range map[time.Duration]bool{4 * time.Second: false, 6 * time.Second: true} {
		r.cost.wall = wall
		if over := printTable(io.Discard, corpus{Entries: 1}, []row{r}); over != want {
			t.Errorf("%s of %s: over is %v", wall, r.bound, over)
		}
	}
}

func TestScaleWithAFakePlanet(t *testing.T) {
	var stdout, stderr bytes.Buffer
	// The fake asks everybody each time, also when nothing is due.
	err := run(t.Context(), []string{"-scale=3,5", "-n=1", "-planet=" + fakePlanet(t)}, nil, &stdout, &stderr)
	if err == nil || !strings.Contains(err.Error(), "none due: the server was asked {Requests:3 NotModified:3") {
		t.Errorf("%v\n%s%s", err, &stdout, &stderr)
	}
}

func TestScaleVerdicts(t *testing.T) {
	sizes := []size{
		{1000, cost{}, cost{cpu: 300 * time.Millisecond, peak: 30 << 20}, cost{cpu: 50 * time.Millisecond}},
		{2000, cost{}, cost{cpu: 550 * time.Millisecond, peak: 35 << 20}, cost{cpu: 50 * time.Millisecond}},
		{10_000, cost{}, cost{cpu: 3 * time.Second, peak: 90 << 20}, cost{cpu: 200 * time.Millisecond}},
	}
	var out bytes.Buffer
	if over := printScale(&out, sizes); over || strings.Count(out.String(), ": ok\n") != 3 {
		t.Errorf("over: %v\n%s", over, &out)
	}
	sizes[2].unchanged, sizes[2].idle = cost{cpu: 5 * time.Second, peak: 120 << 20}, cost{cpu: time.Second}
	out.Reset()
	if over := printScale(&out, sizes); !over || strings.Count(out.String(), ": OVER\n") != 3 {
		t.Errorf("over: %v\n%s", over, &out)
	}
}

func TestCorpusIsWellFormedAndAlwaysTheSame(t *testing.T) {
	var bodies, entries int
	for feed := range 10 { // one of each kind at least
		raw, n := feedXML(feed, 0)
		bodies += n
		entries += entriesPerFeed
		for d := xml.NewDecoder(bytes.NewReader(raw)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("feed %d: %v", feed, err)
			}
		}
		if again, _ := feedXML(feed, 0); !bytes.Equal(raw, again) {
			t.Errorf("feed %d differs from itself", feed)
		}
		got, err := bodiesOf(makeDoc(feed, 0).gzipped)
		if err != nil || len(got) != entriesPerFeed {
			t.Fatalf("feed %d: %d bodies, %v", feed, len(got), err)
		}
		newest := makeEntry(feed, entriesPerFeed-1).body
		if !strings.Contains(string(got[0]), newest) {
			t.Errorf("feed %d: the floor sees another body than was written", feed)
		}
		for _, b := range got {
			if len(b) < 4000 || len(b) > 24_000 {
				t.Errorf("feed %d: a body of %d bytes", feed, len(b))
			}
		}
	}
	if mean := bodies / entries; mean < 9000 || mean > 11_500 {
		t.Errorf("bodies of %d bytes on average", mean)
	}
}

func TestANewVersionHasOneNewEntry(t *testing.T) {
	id := regexp.MustCompile(`tag:[^<]*post-\d+`)
	old, _ := feedXML(7, 0)
	grown, _ := feedXML(7, 1)
	before, after := id.FindAllString(string(old), -1), id.FindAllString(string(grown), -1)
	if len(after) != entriesPerFeed || after[1] != before[0] || after[0] == before[0] {
		t.Errorf("%q then %q", before, after)
	}
}

func TestMedian(t *testing.T) {
	got := median([]cost{{3, 1, 9}, {1, 2, 8}, {2, 3, 7}})
	if want := (cost{2, 2, 8}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
