package fetch

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"
)

const agent = "planet/test (+https://planet.example/)"

// client is one that may ask loopback addresses; set changes its options.
func client(t *testing.T, set ...func(*Options)) *Client {
	t.Helper()
	o := Options{UserAgent: agent, Timeout: 5 * time.Second, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	for _, f := range set {
		f(&o)
	}
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

func get(t *testing.T, c *Client, req Request) Result {
	t.Helper()
	res, err := c.Get(t.Context(), req)
	if err != nil {
		t.Fatalf("Get(%s): %v", req.URL, err)
	}
	return res
}

// fails gets what has to fail and returns the words for it.
func fails(t *testing.T, c *Client, req Request) string {
	t.Helper()
	res, err := c.Get(t.Context(), req)
	if err == nil {
		t.Fatalf("Get(%s) = %d with %d bytes; want an error", req.URL, res.Status, len(res.Body))
	}
	if res.Body != nil {
		t.Errorf("Get(%s) gives a body of %d bytes with its error", req.URL, len(res.Body))
	}
	var worded *Error
	if !errors.As(err, &worded) {
		t.Errorf("Get(%s): the error is a %T; want an *Error", req.URL, err)
	}
	return err.Error()
}

func wantText(t *testing.T, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) {
		t.Errorf("the error is %q; want it to hold %q", got, want)
	}
}

func TestStoppedRunIsNotTheFeedsFault(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client(t).Get(ctx, Request{URL: "http://127.0.0.1:1/"})
	if err != context.Canceled { //nolint:errorlint // bare, so that nobody takes it for an answer
		t.Errorf("Get of a cancelled context = %v; want context.Canceled", err)
	}
}

func TestAddressesThatCantBeAsked(t *testing.T) {
	for _, tt := range []struct{ url, want string }{
		{"", "is no address on the web"},
		{"feed.xml", "feed.xml is no address on the web"},
		{"file:///etc/passwd", "file:///etc/passwd is no address on the web"},
		{"gopher://example.org/", "is no address on the web"},
		{"http:///feed", "is no address on the web"},
		{"http://exa mple.org/", "this is no address"},
		{"me:secret@blog.example/feed", "blog.example/feed is no address on the web"},
		{"ftp://me:secret@blog.example/", "ftp://blog.example/ is no address on the web"},
		{"http://me:sec%ret@blog.example/", "this is no address"},
	} {
		got := fails(t, client(t), Request{URL: tt.url})
		wantText(t, got, tt.want)
		if strings.Contains(got, "sec") {
			t.Errorf("%s: the error %q holds the password", tt.url, got)
		}
	}
}

func TestRedactLeavesNoPassword(t *testing.T) {
	for in, want := range map[string]string{
		"https://blog.example/feed":               "https://blog.example/feed",
		"https://blog.example/@me/feed":           "https://blog.example/@me/feed",
		"https://me:secret@blog.example/feed?a=b": "https://blog.example/feed?a=b",
		"https://me@blog.example/":                "https://blog.example/",
		"http://me:sec%ret@blog.example/feed":     "http://blog.example/feed", // no valid URL
		"http://me:secret@blog.example:port/":     "http://blog.example:port/",
		"me:secret@blog.example/feed":             "blog.example/feed",
		"me:s@ec%ret@blog example":                "blog example",
	} {
		if got := Redact(in); got != want {
			t.Errorf("Redact(%q) = %q; want %q", in, got, want)
		}
	}
}
