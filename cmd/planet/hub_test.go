package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"planet/internal/config"
	"planet/internal/feedtest"
)

func TestHubsAreToldOfFeeds(t *testing.T) {
	got := feedsAmong([]string{
		"index.html", "atom.xml", "rss20.xml", "rss10.xml", "feed.json", "titles.xml", "opml.xml", "foafroll.xml", "health.json", "sitemap.xml",
		"tags/go/index.html", "tags/go/atom.xml", "authors/ann/atom.xml", "lang/de/atom.xml", "history/1.xml", "history/atom.xml", "assets/atom.xml",
		"atom.xml.gz", "tags/go/atom.xml.br", "tags/rss20.xml", "search/index.json", "myatom.xml",
	})
	want := []string{"atom.xml", "rss20.xml", "rss10.xml", "feed.json", "titles.xml", "tags/go/atom.xml", "authors/ann/atom.xml", "lang/de/atom.xml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTopicsAreTheFeedsAddresses(t *testing.T) {
	got := topics("https://planet.example/p/", []string{"atom", "atom.xml", "tags/größe/atom.xml", "titles.xml"})
	want := []string{"https://planet.example/p/atom.xml", "https://planet.example/p/atom", "https://planet.example/p/tags/gr%C3%B6%C3%9Fe/atom.xml", "https://planet.example/p/titles.xml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A hub that fails is left alone for as long again each time, and told of once.
func TestAFailingHubIsLeftAloneAndToldOfOnce(t *testing.T) {
	begin := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for _, worked := range []bool{true, false} {
		h := hub{Address: "https://hub.example/", Worked: worked}.owing("https://hub.example/", []string{"atom.xml"})
		var tries, told []time.Duration
		for now := begin; now.Before(begin.Add(72 * time.Hour)); now = now.Add(15 * time.Minute) { // cron
			if h.due(now) {
				tries = append(tries, now.Sub(begin))
				if h = h.failed(now); h.alarming(now) {
					told, h.Told = append(told, now.Sub(begin)), true
				}
			}
		}
		const q = 15 * time.Minute
		wantTries := []time.Duration{0, q, 2 * q, 4 * q, 8 * q, 16 * q, 32 * q, 64 * q, 28 * time.Hour, 40 * time.Hour, 52 * time.Hour, 64 * time.Hour}
		if diff := cmp.Diff(wantTries, tries); diff != "" {
			t.Errorf("worked %v: tried at %s", worked, diff)
		}
		wantTold := []time.Duration{28 * time.Hour}
		if !worked {
			wantTold = []time.Duration{0}
		}
		if diff := cmp.Diff(wantTold, told); diff != "" {
			t.Errorf("worked %v: told at %s", worked, diff)
		}
		if h = h.taken(); h.due(begin) || h.alarming(begin) || !h.Worked || len(h.Owed) != 0 {
			t.Errorf("after all: %+v", h)
		}
	}
}

func TestAnotherHubBeginsAnew(t *testing.T) {
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	h := hub{}.owing("https://a.example/", []string{"rss20.xml", "atom.xml"}).failed(now)
	h.Told, h.Next = true, now.Add(time.Hour)
	h = h.owing("https://b.example/", []string{"atom.xml", "titles.xml"})
	if diff := cmp.Diff(hub{Address: "https://b.example/", Owed: []string{"atom.xml", "rss20.xml", "titles.xml"}}, h); diff != "" || !h.due(now) {
		t.Error(diff)
	}
}

// From one publish to the next, through the files: what a build changed is told by the next update, what a hub didn't take by a later one.
func TestHubIsToldOnceAndAgainWhenItFailed(t *testing.T) {
	var forms []url.Values
	note := func(status int) feedtest.Reply {
		return feedtest.Pick(func(r *http.Request) feedtest.Reply {
			body, _ := io.ReadAll(r.Body)
			form, _ := url.ParseQuery(string(body))
			forms = append(forms, form)
			return feedtest.Status(status)
		})
	}
	s := feedtest.New(t)
	s.Handle("/", note(202), note(500), note(204))
	d := config.Default()
	cfg := &d
	cfg.URL, cfg.Output = "https://planet.example/", t.TempDir()
	cfg.Fetch.AllowPrivate, cfg.Fetch.PerHostGap = []string{"127.0.0.0/8"}, 0
	p := &program{log: slog.New(slog.NewTextHandler(io.Discard, nil)), frozen: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	cfg.Syndicate.Hub = strings.Replace(s.URL, "http://", "http://me:secret@", 1) + "/"
	run := func(written ...string) {
		t.Helper()
		if err := owe(cfg, written); err != nil {
			t.Fatal(err)
		}
		if text := p.ping(t.Context(), cfg); text != "" {
			t.Errorf("a person is told: %s", text)
		}
		p.frozen = p.frozen.Add(15 * time.Minute)
	}
	if err := owe(cfg, []string{"index.html", "rss20.xml"}); err != nil { // planet build: no network
		t.Fatal(err)
	}
	run("atom.xml", "index.html") // 202
	run()
	run("index.html", "health.json")
	if len(forms) != 1 || !slices.Equal(forms[0]["hub.url"], []string{"https://planet.example/atom.xml", "https://planet.example/rss20.xml"}) {
		t.Fatalf("the hub was sent %v", forms)
	}
	run("atom.xml")         // 500
	run("tags/go/atom.xml") // 204
	run()
	if len(forms) != 3 || !slices.Equal(forms[2]["hub.url"], []string{"https://planet.example/atom.xml", "https://planet.example/tags/go/atom.xml"}) {
		t.Errorf("the hub was sent %v", forms)
	}
	if data, err := os.ReadFile(hubPath(cfg)); err != nil || strings.Contains(string(data), "secret") {
		t.Errorf("%v: %s", err, data)
	}

	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := owe(cfg, []string{"atom.xml"}); err != nil {
		t.Fatal(err)
	}
	if text := p.ping(stopped, cfg); text != "" || readHub(cfg).Failures != 0 || len(readHub(cfg).Owed) != 1 {
		t.Errorf("a stopped run: %q %+v", text, readHub(cfg))
	}

	s.Close()
	cfg.Syndicate.Hub = "http://me:secret@127.0.0.1:1/" // another one, which nobody has ever reached
	if err := owe(cfg, nil); err != nil {
		t.Fatal(err)
	}
	text := p.ping(t.Context(), cfg)
	if !strings.Contains(text, "the hub http://127.0.0.1:1/ can't be told of news: nothing answers at 127.0.0.1") || strings.Contains(text, "secret") {
		t.Errorf("a person is told: %q", text)
	}
	run() // and not again
	cfg.Syndicate.Hub = ""
	run("atom.xml")
	if _, err := os.Stat(hubPath(cfg)); err == nil {
		t.Error("without a hub, something is kept for it")
	}
}
