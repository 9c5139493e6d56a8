package feedtest

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func gzipReader(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
func zlibReader(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }

func TestCorpusFollowsFromItsSeed(t *testing.T) {
	names := func(odds []Odd) (list []string) {
		for _, o := range odds {
			list = append(list, o.Name)
		}
		return list
	}
	a, b, other := Corpus(7, 200), Corpus(7, 300), Corpus(8, 200)
	if !slices.Equal(names(a), names(b)[:200]) || slices.Equal(names(a), names(other)) {
		t.Error("the names don't follow from the seed")
	}
	play := func(o Odd) []byte { // what can be played without a connection
		w := httptest.NewRecorder()
		o.Reply.serve(w, httptest.NewRequest(http.MethodGet, "/feed", nil))
		return fmt.Appendf(w.Body.Bytes(), "%d %v", w.Code, w.Header())
	}
	differ := 0
	for i, o := range a {
		if strings.Contains(o.Name, " mutated ") {
			if !bytes.Equal(play(o), play(b[i])) || !bytes.Equal(play(o), play(o)) {
				t.Errorf("%s: the same seed, other bytes", o.Name)
			}
			differ++
			for _, o2 := range a[:i] {
				if strings.Contains(o2.Name, " mutated ") && bytes.Equal(play(o), play(o2)) {
					t.Errorf("%s is %s", o.Name, o2.Name)
				}
			}
		}
	}
	if differ < 10 {
		t.Errorf("%d mutations", differ)
	}
}

func TestCorpusIsVariedAndLight(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	odds := Corpus(1, 500)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 3_000_000 {
		t.Errorf("500 answers hold %d bytes before they are asked for", grown)
	}
	wants, seen := map[Want]int{}, map[string]bool{}
	for _, o := range odds {
		wants[o.Want]++
		if seen[o.Name] || strings.ContainsFunc(o.Name, func(r rune) bool { return r < ' ' }) {
			t.Errorf("name %q", o.Name)
		}
		seen[o.Name] = true
	}
	slowOnes := len(odds) / len(oddKinds())
	if slowOnes > len(odds)*4/100 || wants[Readable] < 100 || wants[Unreadable] < 150 || wants[Either] < 30 {
		t.Errorf("%d slow, %v", slowOnes, wants)
	}
}

// Each answer of each kind is played to a client, which must see something: an answer or an error.
func TestCorpusIsServed(t *testing.T) {
	s := New(t)
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
	}
	kinds := oddKinds()
	for _, kind := range kinds[:len(kinds)-1] { // but for the slow
		for i, o := range kind {
			if testing.Short() && i > 3 || strings.Contains(o.name, "bomb") || strings.Contains(o.name, "endless") {
				continue
			}
			s.Handle("/", o.numbered(3, i).Reply)
			resp, err := client.Get(s.URL)
			if err != nil {
				if o.want == Readable {
					t.Errorf("%s: %v", o.name, err)
				}
				continue
			}
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if ok := resp.StatusCode < 400; o.want == Readable && (err != nil || !ok) {
				t.Errorf("%s: %s, %v", o.name, resp.Status, err)
			}
			if to, err := url.Parse(resp.Header.Get("Location")); err == nil && !here(to) {
				t.Errorf("%s leads to %s", o.name, to)
			}
		}
	}
	if r := s.Requests(""); len(r) < 400 {
		t.Errorf("%d requests", len(r))
	}
}

// here tells whether an address stays on this machine: even a reader without a guard then does no harm.
func here(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || ip.IsLoopback() || ip.IsUnspecified()
}
