package fetch

import (
	"net/http"
	"slices"
	"testing"

	"planet/internal/feedtest"
)

// asked gets a redirected feed twice and returns what the server was asked.
func asked(t *testing.T) []feedtest.Request {
	t.Helper()
	s := feedtest.New(t)
	s.Handle("/a", feedtest.Redirect(302, "/b").With("Set-Cookie", "a=1; Path=/"))
	s.Handle("/b", feedtest.Feed([]byte("<feed/>")).With("Set-Cookie", "b=2; Path=/"))
	c := client(t)
	get(t, c, Request{URL: s.URL + "/a"})
	get(t, c, Request{URL: s.URL + "/a"})
	return s.Requests("")
}

// sent checks that every request has that value of a field; "" is none.
func sent(t *testing.T, name, want string) {
	t.Helper()
	for _, r := range asked(t) {
		if got := r.Header.Values(name); len(got) > 1 || r.Header.Get(name) != want {
			t.Errorf("%s was sent %s: %q; want %q", r.Path, name, got, want)
		}
	}
}

func TestB16PartialListsAreAskedFor(t *testing.T) { sent(t, "A-IM", "feed") }

func TestB16PartialListsAreTold(t *testing.T) {
	s := feedtest.New(t)
	reply := feedtest.Reply{Status: http.StatusIMUsed, Body: []byte("<feed/>")}.With("IM", "feed").With("ETag", `"b"`)
	s.Handle("/", reply, reply.Gzipped(), feedtest.Feed([]byte("<feed/>")))
	c := client(t)
	for range 2 {
		res := get(t, c, Request{URL: s.URL + "/", ETag: `"a"`, Validated: s.URL + "/"})
		if res.Status != http.StatusIMUsed || !res.Partial || string(res.Body) != "<feed/>" || res.ETag != `"b"` {
			t.Errorf("got %d, partial %t, %q, ETag %s", res.Status, res.Partial, res.Body, res.ETag)
		}
	}
	if res := get(t, c, Request{URL: s.URL + "/"}); res.Partial {
		t.Error("a 200 is said to be partial")
	}
}

func TestB17UserAgentIsTheGivenOne(t *testing.T) { sent(t, "User-Agent", agent) }

func TestB18CookiesAreNeitherKeptNorSent(t *testing.T) { sent(t, "Cookie", "") }

func TestB19NoReferer(t *testing.T) { sent(t, "Referer", "") }

func TestB20CachesAreNotCircumvented(t *testing.T) {
	for _, name := range []string{"Cache-Control", "Pragma"} {
		sent(t, name, "")
	}
	for _, r := range asked(t) {
		if r.Path != "/a" && r.Path != "/b" {
			t.Errorf("asked for %s", r.Path)
		}
	}
}

func TestB21AcceptListsFeedTypes(t *testing.T) {
	sent(t, "Accept", "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1")
	sent(t, "Accept-Encoding", "gzip, br, zstd")
}

func TestB22OneGetAndNothingElse(t *testing.T) {
	all := asked(t)
	if len(all) != 4 {
		t.Errorf("%d requests; want 4: the hops and nothing else", len(all))
	}
	for _, r := range all {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s", r.Method, r.Path)
		}
		for name := range r.Header {
			if !slices.Contains([]string{"User-Agent", "Accept", "Accept-Encoding", "A-Im"}, name) {
				t.Errorf("%s was sent %s: %s", r.Path, name, r.Header.Get(name))
			}
		}
	}
}
