package fetch

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"planet/internal/feedtest"
)

// A hub notes the forms that it is sent.
type hub struct {
	mu    sync.Mutex
	forms []url.Values
}

func (h *hub) answers(reply feedtest.Reply) feedtest.Reply {
	return feedtest.Pick(func(r *http.Request) feedtest.Reply {
		body, err := io.ReadAll(r.Body)
		form, wrong := url.ParseQuery(string(body))
		if err != nil || wrong != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			return feedtest.Status(http.StatusUnsupportedMediaType)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.forms = append(h.forms, form)
		return reply
	})
}

func TestPingNamesTheTopics(t *testing.T) {
	s, h := feedtest.New(t), &hub{}
	s.Handle("/hub?key=1", h.answers(feedtest.Status(http.StatusNoContent)))
	topics := []string{"https://planet.example/atom.xml", "https://planet.example/tags/c%2B/atom.xml?a=b&c"}
	if err := client(t).Ping(t.Context(), strings.Replace(s.URL, "http://", "http://me:s%40cret@", 1)+"/hub?key=1", topics); err != nil {
		t.Fatal(err)
	}
	if len(h.forms) != 1 || h.forms[0].Get("hub.mode") != "publish" || !slices.Equal(h.forms[0]["hub.url"], topics) || !slices.Equal(h.forms[0]["hub.topic"], topics) {
		t.Errorf("the hub was sent %v", h.forms)
	}
	r := s.Requests("")[0]
	if r.Header.Get("User-Agent") != agent || r.Header.Get("Authorization") != "Basic bWU6c0BjcmV0" {
		t.Errorf("with the header %v", r.Header)
	}
}

func TestPingSplitsWhatIsLong(t *testing.T) {
	s, h := feedtest.New(t), &hub{}
	s.Handle("/", h.answers(feedtest.Status(http.StatusAccepted)))
	var topics, got []string
	for i := range 2*topicsAtOnce + 1 {
		topics = append(topics, fmt.Sprintf("https://planet.example/tags/t%d/atom.xml", i))
	}
	if err := client(t).Ping(t.Context(), s.URL, topics); err != nil {
		t.Fatal(err)
	}
	for _, f := range h.forms {
		got = append(got, f["hub.url"]...)
	}
	if len(h.forms) != 3 || !slices.Equal(got, topics) {
		t.Errorf("%d topics in %d requests", len(got), len(h.forms))
	}
	if err := client(t).Ping(t.Context(), s.URL, nil); err != nil || len(h.forms) != 3 {
		t.Errorf("nothing to tell: %v, %d requests", err, len(h.forms))
	}
}

func TestPingSaysWhyItFailed(t *testing.T) {
	plain := func(status int, text string) feedtest.Reply {
		r := feedtest.Status(status)
		r.Body = []byte(text)
		return r
	}
	for _, tt := range []struct {
		reply feedtest.Reply
		want  string
	}{
		{plain(400, "hub.url isn't known here\nmore"), "the hub answered 400 Bad Request: hub.url isn't known here"},
		{plain(400, "\x1b[31mred\x07\xff"), "the hub answered 400 Bad Request: [31mred"},
		{plain(400, strings.Repeat("x", 1000)), strings.Repeat("x", 200) + "…"},
		{feedtest.Page("Oops", "").With("Content-Type", "text/html"), ""},
		{feedtest.Reply{Status: 503, Body: []byte("<h1>down")}.With("Content-Type", "text/html"), "the hub answered 503 Service Unavailable"},
		{feedtest.Status(404), "the hub answered 404 Not Found"},
		{feedtest.Redirect(307, "/elsewhere"), "the hub answered 307 Temporary Redirect and sends us to http://"},
		{feedtest.Redirect(301, "http://me:secret@127.0.0.1/"), "sends us to http://127.0.0.1/"},
		{feedtest.Redirect(302, "file:///etc/passwd"), "the hub answered 302 Found"},
		{feedtest.Cut(), "closed the connection without an answer"},
		{feedtest.Status(400).Endless(), "the hub answered 400 Bad Request"},
		{feedtest.HeaderFlood(100_000), "the header of the answer is larger"},
		{feedtest.Hang(), "no whole answer within 300ms (fetch.timeout)"},
		{plain(200, "ok").Endless(), ""},
	} {
		s := feedtest.New(t)
		s.Handle("/hub", tt.reply)
		err := client(t, func(o *Options) { o.Timeout = 300 * time.Millisecond }).Ping(t.Context(), s.URL+"/hub", []string{"https://planet.example/atom.xml"})
		if tt.want == "" {
			if err != nil {
				t.Errorf("%v; want none", err)
			}
			continue
		}
		if err == nil {
			t.Errorf("no error; want %q", tt.want)
			continue
		}
		wantText(t, err.Error(), tt.want)
		if _, worded := err.(*Error); !worded || strings.ContainsAny(err.Error(), "\n\x1b") || strings.Contains(err.Error(), "Found: Not") || strings.Contains(err.Error(), "secret") { //nolint:errorlint // it is the very value
			t.Errorf("%T %q", err, err)
		}
		if n := len(s.Requests("")); n != 1 {
			t.Errorf("%q: %d requests", tt.want, n)
		}
	}
}

func TestPingGoesNowhereThatGetDoesnt(t *testing.T) {
	s := feedtest.New(t)
	s.Handle("/", feedtest.Status(204))
	topics := []string{"https://planet.example/atom.xml"}
	guarded := client(t, func(o *Options) { o.AllowPrivate = nil })
	for hub, want := range map[string]string{
		s.URL:                            "is at the private address 127.0.0.1",
		"http://127.0.0.1/":              "is at the private address 127.0.0.1",
		"http://169.254.169.254/":        "is at the private address",
		"http://[::1]/":                  "is at the private address ::1",
		"file:///etc/passwd":             "is no address on the web",
		"http://me:sec%ret@hub.example/": "this is no address",
		"":                               "is no address on the web",
	} {
		err := guarded.Ping(t.Context(), hub, topics)
		if err == nil {
			t.Errorf("%s was pinged", hub)
			continue
		}
		wantText(t, err.Error(), want)
		if strings.Contains(err.Error(), "sec%") {
			t.Errorf("%q holds the password", err)
		}
	}
	if n := len(s.Requests("")); n != 0 {
		t.Errorf("the private hub was asked %d times", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client(t).Ping(ctx, s.URL, topics); err != context.Canceled { //nolint:errorlint // bare, as Get's
		t.Errorf("a stopped run: %v", err)
	}
}
