package fetch

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"planet/internal/feedtest"
)

func TestB45RedirectsAreFollowedAndRelativeOnesResolved(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/feed.xml", feedtest.Feed([]byte("<feed/>")))
	s.Handle("/k%C3%A4se?q=a%20b", feedtest.Feed([]byte("<feed/>")))
	for _, tt := range []struct{ from, location, want string }{
		{"/a", s.URL + "/feed.xml", "/feed.xml"},
		{"/a", "/feed.xml", "/feed.xml"},
		{"/blog/a", "../feed.xml", "/feed.xml"},
		{"/a", "feed.xml", "/feed.xml"},
		{"/a", "//" + s.Addr + "/feed.xml", "/feed.xml"},
		{"/a", "/feed.xml#top", "/feed.xml"},
		{"/a", "http://me:secret@" + s.Addr + "/feed.xml", "/feed.xml"},
		{"/a", "/käse?q=a%20b", "/k%C3%A4se?q=a%20b"},
	} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			s.Handle(tt.from, feedtest.Redirect(status, tt.location))
			res := get(t, client(t), Request{URL: s.URL + tt.from})
			if res.Status != 200 || res.URL != s.URL+tt.want {
				t.Errorf("%d from %s to %q: %d from %s; want 200 from %s", status, tt.from, tt.location, res.Status, res.URL, tt.want)
			}
		}
	}
	for _, r := range s.Requests("") {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Referer") != "" || r.Method != http.MethodGet {
			t.Errorf("%s %s was asked with Authorization %q and Referer %q", r.Method, r.Path, r.Header.Get("Authorization"), r.Header.Get("Referer"))
		}
	}
}

func TestB44PermanentPrefixIsWhatMoved(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/end", feedtest.Feed([]byte("<feed/>")))
	for _, tt := range []struct {
		chain []int
		want  string
	}{
		{nil, ""},
		{[]int{301}, "/1"},
		{[]int{308}, "/1"},
		{[]int{302}, ""},
		{[]int{307, 301}, ""},
		{[]int{301, 302}, "/1"},
		{[]int{301, 308, 303, 301}, "/2"},
		{[]int{301, 301, 301}, "/3"},
	} {
		for i, status := range tt.chain {
			s.Handle("/"+string(rune('0'+i)), feedtest.Redirect(status, "/"+string(rune('1'+i))))
		}
		s.Handle("/"+string(rune('0'+len(tt.chain))), feedtest.Feed([]byte("<feed/>")))
		want := ""
		if tt.want != "" {
			want = s.URL + tt.want
		}
		if res := get(t, client(t), Request{URL: s.URL + "/0"}); res.Moved != want {
			t.Errorf("%v: moved to %q; want %q", tt.chain, res.Moved, want)
		}
	}
}

func TestB43TemporaryRedirectsAreNotTold(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/new", feedtest.Feed([]byte("<feed/>")))
	for _, status := range []int{302, 303, 307} {
		s.Handle("/", feedtest.Redirect(status, "/new"))
		if res := get(t, client(t), Request{URL: s.URL + "/"}); res.URL != s.URL+"/new" || res.Moved != "" {
			t.Errorf("%d: answered by %q, moved to %q; want by /new, moved nowhere", status, res.URL, res.Moved)
		}
	}
}

func TestB45TooManyRedirectsAndLoops(t *testing.T) {
	s := feedtest.New(t)
	for i := range 7 {
		s.Handle("/"+string(rune('0'+i)), feedtest.Redirect(302, "/"+string(rune('1'+i))))
	}
	s.Handle("/5", feedtest.Feed([]byte("<feed/>")))
	s.Handle("/loop", feedtest.Redirect(301, "/loop"))
	s.Handle("/nowhere", feedtest.Status(302))
	s.Handle("/bad", feedtest.Redirect(302, "http://me:secret@ho st/%zz"))
	s.Handle("/long", feedtest.Redirect(302, "ftp://x/"+strings.Repeat("a", 20_000)))
	get(t, client(t), Request{URL: s.URL + "/0"}) // five are allowed
	s.Handle("/5", feedtest.Redirect(302, "/6"))
	s.Forget()
	for path, want := range map[string]string{
		"/0":       "redirects: more than 5 in a row, the last to " + s.URL + "/6 (limits.redirects)",
		"/loop":    "redirects: more than 5 in a row",
		"/nowhere": "redirects: it is not said where to",
		"/bad":     "is no address",
		"/long":    "is no address on the web",
	} {
		got := fails(t, client(t), Request{URL: s.URL + path})
		wantText(t, got, want)
		if strings.Contains(got, "secret") || len(got) > 1000 {
			t.Errorf("%s: %q", path, got)
		}
	}
	if n := len(s.Requests("/loop")); n != 6 { // the first and five hops
		t.Errorf("the loop was asked %d times; want 6", n)
	}
}

func TestB46RedirectsOutOfTheWebAreRefused(t *testing.T) {
	s := feedtest.New(t)
	for location, want := range map[string]string{
		"file:///etc/passwd":              "redirects: file:///etc/passwd is no address on the web",
		"gopher://example.org/1":          "redirects: gopher://example.org/1 is no address on the web",
		"javascript:alert(1)":             "is no address on the web",
		"data:text/xml,<rss/>":            "is no address on the web",
		"http:///feed":                    "is no address on the web",
		"http://10.255.255.1/feed":        "redirects to http://10.255.255.1/feed: 10.255.255.1 is at the private address 10.255.255.1",
		"http://[::1]:80/feed":            "is at the private address ::1",
		"http://[::ffff:10.0.0.1]/feed":   "private address",
		"http://169.254.169.254/latest":   "is at the private address 169.254.169.254",
		"http://me:secret@192.168.0.1/":   "redirects to http://192.168.0.1/: ",
		"http://0x7f.1/":                  "", // whatever becomes of it, it is a failure
		"https://" + s.Addr + "/not-tls/": "does not speak TLS",
	} {
		s.Handle("/", feedtest.Redirect(302, location))
		got := fails(t, client(t), Request{URL: s.URL + "/"})
		wantText(t, got, want)
		if strings.Contains(got, "secret") {
			t.Errorf("to %s: the error holds the password: %q", location, got)
		}
	}
}

func TestB23CredentialsGoOnlyToTheirOrigin(t *testing.T) {
	s, other, host := feedtest.New(t), feedtest.New(t), feedtest.NewOn(t, "127.0.0.2:0")
	s.Handle("/a", feedtest.Redirect(301, "/b"))
	s.Handle("/b", feedtest.Redirect(302, other.URL+"/c"))
	other.Handle("/c", feedtest.Redirect(302, host.URL+"/d"))
	host.Handle("/d", feedtest.Redirect(302, s.URL+"/e"))
	s.Handle("/e", feedtest.Feed([]byte("<feed/>")))
	res := get(t, client(t), Request{URL: "http://me:s%40cret@" + s.Addr + "/a"})
	if res.URL != s.URL+"/e" || res.Moved != s.URL+"/b" {
		t.Errorf("answered by %q, moved to %q", res.URL, res.Moved)
	}
	for path, r := range map[string]feedtest.Request{
		"/a": s.Requests("/a")[0], "/b": s.Requests("/b")[0], "/e": s.Requests("/e")[0], "/c": other.Requests("/c")[0], "/d": host.Requests("/d")[0],
	} {
		want := ""
		if path != "/c" && path != "/d" {
			want = "Basic bWU6c0BjcmV0" // me:s@cret
		}
		if got := r.Header.Get("Authorization"); got != want {
			t.Errorf("%s was sent Authorization %q; want %q", path, got, want)
		}
	}
}

func TestB46NoCredentialsFromHTTPSToHTTP(t *testing.T) {
	plain := feedtest.New(t)
	plain.Handle("/", feedtest.Feed([]byte("<feed/>")))
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL+"/", http.StatusFound))
	defer secure.Close()
	c := client(t)
	got := fails(t, c, Request{URL: strings.Replace(secure.URL, "https://", "https://me:secret@", 1), Insecure: true})
	wantText(t, got, "redirects: from https to http")
	if len(plain.Requests("")) != 0 || strings.Contains(got, "secret") {
		t.Errorf("the plain server was asked %d times; %q", len(plain.Requests("")), got)
	}
	if res := get(t, c, Request{URL: secure.URL, Insecure: true}); res.URL != plain.URL+"/" {
		t.Errorf("without a password, the answer came from %s", res.URL)
	}
}
