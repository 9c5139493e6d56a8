package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
)

// TestB61HostileWeb lets one update meet hundreds of hostile and odd answers, each from a host of its own: it lives, keeps
// its memory, reads what is readable and says in plain words what is wrong with the others. PLANET_SEED repeats a run.
func TestB61HostileWeb(t *testing.T) {
	t.Parallel()
	const secret = "s3cret-word"
	n := sized(500, 150, 150)
	seed := number(t, "PLANET_SEED", int(time.Now().UnixNano()%1e6))
	t.Logf("PLANET_SEED=%d", seed)
	odds := feedtest.Corpus(uint64(seed), n)
	w := newWeb(t, "fetch: {timeout: 2s, per_host_gap: 0s, allow_private: [127.0.0.0/8]}")
	for i, o := range odds {
		url := w.host().serve(o.Reply)
		if i%7 == 3 {
			url = strings.Replace(url, "http://", "http://user:"+secret+"@", 1)
		}
		w.list(url)
	}
	run := measured(t, w.planet("update", "-q", "--json"))
	t.Logf("%.1f MB, %s of CPU", float64(run.peak)/1e6, run.cpu)
	if run.peak > 150e6 && !raceDetector {
		t.Errorf("it took %.1f MB of memory", float64(run.peak)/1e6)
	}

	for i, f := range w.status().Feeds {
		checkOdd(t, odds[i], f)
	}
	var published struct{ Items []struct{ ID string } }
	feed, err := os.ReadFile(filepath.Join(w.dir, "public", "feed.json"))
	if err == nil {
		err = json.Unmarshal(feed, &published)
	}
	if err != nil || len(published.Items) != 60 {
		t.Errorf("%d entries were published, %v", len(published.Items), err)
	}
	for _, said := range [][]byte{run.stdout, measured(t, w.planet("status", "--json")).stdout, measured(t, w.planet("status")).stdout} {
		if bytes.Contains(said, []byte(secret)) {
			t.Error("a password was said")
		}
	}
	err = fs.WalkDir(os.DirFS(filepath.Join(w.dir, "public")), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(w.dir, "public", path))
		if strings.Contains(string(data), secret) {
			t.Errorf("a password is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}

	w.forget()
	measured(t, w.planet("update", "-q"))
	if asked := w.requests(); len(asked) > 0 {
		t.Errorf("an update right after it asked %d feeds, one of them %s", len(asked), asked[0])
	}
}

// checkOdd holds what status says of a feed against what its answer was.
func checkOdd(t *testing.T, o feedtest.Odd, f feedHealth) {
	t.Helper()
	switch {
	case o.Want == feedtest.Readable && (f.Entries == 0 || f.State != "ok" || f.Error != ""):
		t.Errorf("%s: it is readable, but %d entries, %s: %s", o.Name, f.Entries, f.State, f.Error)
	case o.Want == feedtest.Unreadable && (f.Entries > 0 || f.Error == ""):
		t.Errorf("%s: it is unreadable, but %d entries, %s: %q", o.Name, f.Entries, f.State, f.Error)
	case f.LastFetch == "":
		t.Errorf("%s: it was not asked", o.Name)
	case (f.Error == "") != (f.State == "ok" || f.State == "duplicate"):
		t.Errorf("%s: %s: %q", o.Name, f.State, f.Error)
	}
	if m := jargon.FindString(inParentheses.ReplaceAllString(f.Error, "()")); m != "" {
		t.Errorf("%s: the error speaks of %q: %s", o.Name, m, f.Error)
	}
	if strings.ContainsFunc(f.Error, func(r rune) bool { return r < ' ' || r == 0x7f }) || len(f.Error) > 1000 {
		t.Errorf("%s: the error is %q", o.Name, f.Error)
	}
}

// jargon is what only a programmer understands, and only one who knows Go. In parentheses after a sentence it may stand.
var jargon = regexp.MustCompile(`(?i)\b0x[0-9a-f]|net/http|context (deadline|canceled)|\bEOF\b|malformed|goroutine|panic|internal error|nil pointer|runtime error|` +
	`strconv|\b(json|xml|gzip|zstd|brotli|flate|bufio|io|tls|url): |\bparse "|\b(dial|read|write) tcp|i/o timeout|use of closed|` +
	`http: message|HTTP/1\.x|transport connection|http chunk|invalid (byte|syntax)|%!|  | : `)

var inParentheses = regexp.MustCompile(`\(.*\)`)

// A web is a planet and the hosts of its feeds.
type web struct {
	t     *testing.T
	dir   string
	yaml  string
	hosts []*webHost
}

type webHost struct{ *feedtest.Server }

// newWeb makes a planet without feeds, with these lines in its feeds.yaml.
func newWeb(t *testing.T, lines string) *web {
	t.Helper()
	return &web{t: t, dir: t.TempDir(), yaml: "title: P\nurl: https://p.example/\n" + lines + "\nfeeds:\n"}
}

// host adds a host with an address of its own.
func (w *web) host() *webHost {
	w.t.Helper()
	n := len(w.hosts)
	w.hosts = append(w.hosts, &webHost{feedtest.NewOn(w.t, fmt.Sprintf("127.0.%d.%d:0", 1+n/250, 1+n%250))})
	return w.hosts[n]
}

// serve gives the host a feed and returns its address.
func (h *webHost) serve(r feedtest.Reply) string {
	h.Handle("/feed", r)
	return h.URL + "/feed"
}

func (w *web) list(url string) {
	w.yaml += fmt.Sprintf("  - {name: feed %d, url: %q}\n", strings.Count(w.yaml, "\n"), url)
}

func (w *web) planet(args ...string) *exec.Cmd {
	w.t.Helper()
	config := filepath.Join(w.dir, "feeds.yaml")
	if err := os.WriteFile(config, []byte(w.yaml), 0o644); err != nil {
		w.t.Fatal(err)
	}
	return subprocess(w.t, append(args, "-c", config)...)
}

// status is what planet status says of all feeds.
func (w *web) status() (h health) {
	w.t.Helper()
	out := measured(w.t, w.planet("status", "--json")).stdout
	if err := json.Unmarshal(out, &h); err != nil || len(h.Feeds) != strings.Count(w.yaml, "{name: ") {
		w.t.Fatalf("status: %d feeds, %v", len(h.Feeds), err)
	}
	return h
}

func (w *web) forget() {
	for _, h := range w.hosts {
		h.Forget()
	}
}

// requests are the addresses that were asked for since forget.
func (w *web) requests() (urls []string) {
	for _, h := range w.hosts {
		for _, r := range h.Requests("") {
			urls = append(urls, h.URL+r.Path)
		}
	}
	return urls
}
