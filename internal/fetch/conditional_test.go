package fetch

import (
	"net/http"
	"testing"

	"planet/internal/feedtest"
)

func TestB01ValidatorsAreEchoedByteForByte(t *testing.T) {
	for _, tt := range []struct{ name, etag, modified string }{
		{"ordinary", `"abc"`, "Sun, 22 Nov 2026 08:00:00 GMT"},
		{"weak, with a space, no date", `W/"a b"`, "not a date"},
		{"no quotes", `abc`, "1700000000"},
		{"quotes inside", `"a"b"`, "yesterday, 'about' noon"},
		{"bytes that are no UTF-8", "\"caf\xe9\"", "d\xe9cembre"},
		{"a list", `"a", "b"`, "x, y"},
		{"a tab", "\"a\tb\"", "a\tb"},
		{"the tag alone", `"a"`, ""},
		{"the date alone", "", "Sun, 22 Nov 2026 08:00:00 GMT"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := feedtest.New(t)
			reply := feedtest.Reply{Body: []byte("x")}
			if tt.etag != "" {
				reply = reply.With("ETag", tt.etag)
			}
			if tt.modified != "" {
				reply = reply.With("Last-Modified", tt.modified)
			}
			s.Handle("/", reply, feedtest.Status(http.StatusNotModified))
			c := client(t)
			first := get(t, c, Request{URL: s.URL})
			if first.ETag != tt.etag || first.LastModified != tt.modified {
				t.Errorf("got the validators %q and %q; want %q and %q", first.ETag, first.LastModified, tt.etag, tt.modified)
			}
			second := get(t, c, Request{URL: s.URL, ETag: first.ETag, LastModified: first.LastModified, Validated: first.URL})
			if second.Status != http.StatusNotModified || second.Body != nil {
				t.Errorf("the second answer is %d with %d bytes; want 304 and none", second.Status, len(second.Body))
			}
			asked := s.Requests("")[1].Header
			if got := asked["If-None-Match"]; len(got) > 1 || asked.Get("If-None-Match") != tt.etag {
				t.Errorf("If-None-Match: %q; want %q", got, tt.etag)
			}
			if got := asked.Get("If-Modified-Since"); got != tt.modified {
				t.Errorf("If-Modified-Since: %q; want %q", got, tt.modified)
			}
		})
	}
}

// What no request may hold would make each later one fail.
func TestValidatorsThatCantBeSentAreNotKept(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/", feedtest.Reply{Body: []byte("x")}.With("ETag", "\"a\x01b\"").With("Last-Modified", "a\x7fb"))
	if res, err := client(t).Get(t.Context(), Request{URL: s.URL}); err == nil && res.ETag+res.LastModified != "" {
		t.Errorf("kept the validators %q and %q", res.ETag, res.LastModified)
	}
}

func TestB02BothValidatorsAreSent(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/", feedtest.Status(http.StatusNotModified))
	get(t, client(t), Request{URL: s.URL + "/", ETag: `"a"`, LastModified: "Sun, 22 Nov 2026 08:00:00 GMT", Validated: s.URL + "/"})
	h := s.Requests("")[0].Header
	if h.Get("If-None-Match") != `"a"` || h.Get("If-Modified-Since") != "Sun, 22 Nov 2026 08:00:00 GMT" {
		t.Errorf("sent %q and %q; want both validators", h.Get("If-None-Match"), h.Get("If-Modified-Since"))
	}
}

func TestB47ValidatorsGoOnlyToTheAddressThatGaveThem(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/a", feedtest.Redirect(302, "/b"), feedtest.Redirect(302, "/b"), feedtest.Redirect(302, "/c"))
	s.Handle("/b", feedtest.Feed([]byte("<b/>")))
	s.Handle("/c", feedtest.Feed([]byte("<c/>")))
	c := client(t)
	first := get(t, c, Request{URL: s.URL + "/a"})
	if first.URL != s.URL+"/b" {
		t.Fatalf("the first answer came from %s; want /b", first.URL)
	}
	again := Request{URL: s.URL + "/a", ETag: first.ETag, Validated: first.URL}
	if res := get(t, c, again); res.Status != http.StatusNotModified || res.URL != first.URL {
		t.Errorf("the same target answered %d from %s; want 304 from /b", res.Status, res.URL)
	}
	if res := get(t, c, again); res.Status != http.StatusOK {
		t.Errorf("another target answered %d; want 200", res.Status)
	}
	for _, r := range append(s.Requests("/a"), s.Requests("/c")...) {
		if r.Conditional() {
			t.Errorf("%s was sent the validators of /b", r.Path)
		}
	}
}

func TestUnaskedNotModifiedIsAFailure(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/", feedtest.Status(http.StatusNotModified))
	wantText(t, fails(t, client(t), Request{URL: s.URL, ETag: `"a"`, Validated: "http://elsewhere.example/"}), "304 Not Modified, though it was not asked")
}

func TestStatusesAreValues(t *testing.T) {
	s := feedtest.New(t)
	for _, status := range []int{204, 300, 400, 401, 403, 404, 410, 418, 429, 500, 503} {
		s.Handle("/", feedtest.Status(status).With("Content-Type", "text/plain"))
		res := get(t, client(t), Request{URL: s.URL + "/"})
		if res.Status != status || res.Body != nil || res.URL != s.URL+"/" {
			t.Errorf("status %d: got %d, %d bytes, from %s", status, res.Status, len(res.Body), res.URL)
		}
		if StatusText(status) == "" {
			t.Errorf("there are no words for %d", status)
		}
	}
}
