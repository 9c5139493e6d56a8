package site

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"planet/internal/planet"
	"planet/internal/selection"
	"planet/internal/store"
)

// quiet is a life in which nothing happens by itself.
func quiet(t *testing.T) *life {
	l := newLife(t, 0)
	l.Rules, l.Compress = selection.Rules{}, nil
	return l
}

// add puts a post at the top of a feed's document.
func (l *life) add(feed, guid string, at time.Time, change func(*planet.Entry)) {
	e := planet.Entry{GUID: guid, Title: "T " + guid, Link: "https://" + feed + ".example/" + guid, Published: at, Content: "<p>Text " + guid + "</p>", Text: "Text " + guid, Excerpt: "Text " + guid}
	e.Canonical = planet.Canonical(e.Link)
	if change != nil {
		change(&e)
	}
	l.posts[feed] = slices.Insert(l.posts[feed], 0, e)
}

func (l *life) build() Report {
	l.t.Helper()
	return run(l.t, l.Builder, l.now)
}

// wantWhole compares what is published with a build of all.
func (l *life) wantWhole(what string) {
	l.t.Helper()
	part, out := tree(l.t, l.Out), l.Out
	l.Out = filepath.Join(l.t.TempDir(), "whole")
	l.build()
	whole := tree(l.t, l.Out)
	l.Out = out
	for name, data := range whole {
		if part[name] != data {
			l.t.Errorf("%s: %s is missing or another", what, name)
		}
	}
	for name := range part {
		if _, ok := whole[name]; !ok {
			l.t.Errorf("%s: %s is left over", what, name)
		}
	}
}

func TestAnOutputFolderFromABackupIsBroughtUpToDate(t *testing.T) {
	l := quiet(t)
	l.Rules = selection.Rules{MaxAge: 60 * 24 * time.Hour}
	l.add("ada", "old", l.now.Add(-50*24*time.Hour), func(e *planet.Entry) { e.Tags = []string{"x"} })
	l.add("ada", "new", l.now.Add(-time.Hour), func(e *planet.Entry) { e.Tags = []string{"y"} })
	l.record("ada")
	l.build()
	backup := filepath.Join(t.TempDir(), "backup")
	if err := os.CopyFS(backup, os.DirFS(l.Out)); err != nil {
		t.Fatal(err)
	}
	l.now = l.now.Add(20 * 24 * time.Hour) // the old post has had its time
	l.build()
	if err := os.RemoveAll(l.Out); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(l.Out, os.DirFS(backup)); err != nil {
		t.Fatal(err)
	}
	l.build()
	l.wantWhole("after the folder was put back")
}

func TestADatabaseFromABackupIsPublished(t *testing.T) {
	l := quiet(t)
	path := filepath.Join(t.TempDir(), "planet.db")
	open := func() {
		t.Helper()
		var err error
		if l.Store, err = store.Open(t.Context(), path); err != nil {
			t.Fatal(err)
		}
	}
	open()
	l.add("ada", "1", l.now.Add(-time.Hour), nil)
	l.record("ada")
	l.build()
	l.Store.Close()
	backup, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	open()
	l.now = l.now.Add(time.Minute)
	l.add("ada", "lost", l.now, nil)
	l.record("ada")
	l.build()
	l.Store.Close()
	if err := os.WriteFile(path, backup, 0o644); err != nil {
		t.Fatal(err)
	}
	open()
	defer l.Store.Close()
	l.posts["ada"] = l.posts["ada"][1:]
	l.now = l.now.Add(time.Hour)
	l.add("ada", "other", l.now, nil)
	l.record("ada")
	if r := l.build(); r.Current || !strings.Contains(read(t, l.Builder, "index.html"), "T other") {
		t.Error("the news is not published")
	}
}

func TestTheOrderOfFeedsIsThatOfLists(t *testing.T) {
	l := quiet(t)
	l.add("ada", "1", l.now.Add(-time.Hour), nil)
	l.record("ada")
	l.build()
	slices.Reverse(l.Feeds)
	l.Config += "r"
	l.build()
	l.wantWhole("after feeds.yaml was put in another order")
}

func TestPostsPagesHoldWhatTheyCan(t *testing.T) {
	l := quiet(t)
	l.Posts, l.MaxText = true, 1000
	for i := range 5 {
		l.add("ada", fmt.Sprint(i), l.now.Add(-time.Duration(i)*time.Hour), func(e *planet.Entry) { e.Content = "<p>" + strings.Repeat("long ", 100) + "</p>" })
	}
	l.record("ada")
	l.build()
	for _, i := range []int{0, 3, 4} {
		l.posts["ada"][i].Title += "!"
	}
	l.record("ada")
	l.build()
	l.wantWhole("after edits")
}

// The copies of pictures that nobody is shown any more are nobody's to fetch.
func TestPicturesOfHiddenPostsGo(t *testing.T) {
	l := quiet(t)
	l.Images = localImages
	if err := l.Store.FollowImages(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	const address = "https://x.example/a.png"
	l.add("ada", "1", l.now.Add(-time.Hour), func(e *planet.Entry) { e.Content = `<p><img src="` + address + `" alt="x"></p>` })
	l.record("ada")
	entries, err := l.Store.Unlooked(t.Context(), 100)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	if err := l.Store.Looked(t.Context(), []store.Showing{{Seq: entries[0].Seq, Teaser: []string{address}}}, l.now); err != nil {
		t.Fatal(err)
	}
	name, err := l.Store.KeepImage([]byte("picture"), "png")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Store.ImagesAsked(t.Context(), []store.Image{{URL: address, Name: name, Width: 1, Height: 1, Bytes: 7}}, l.now); err != nil {
		t.Fatal(err)
	}
	l.build()
	read(t, l.Builder, "images/"+name)
	l.Rules.Hide = append(l.Rules.Hide, planet.Hide{Link: "https://ada.example/1"})
	l.Config += "h"
	l.build()
	l.wantWhole("after the post was hidden")
}

func TestCopiesAreLinkedWithoutWhatTracks(t *testing.T) {
	l := quiet(t)
	l.add("ada", "1", l.now.Add(-time.Hour), nil)
	l.record("ada")
	l.now = l.now.Add(time.Minute)
	l.add("bob", "x", l.now.Add(-time.Hour), func(e *planet.Entry) {
		e.Link = "https://ada.example/1?utm_source=bob&utm_medium=feed"
		e.Canonical = planet.Canonical(e.Link)
	})
	l.record("bob")
	l.build()
	if !strings.Contains(read(t, l.Builder, "index.html"), "Also on") {
		t.Error("the copy isn't named")
	}
	for name, data := range tree(t, l.Out) {
		if strings.Contains(data, "utm_") {
			t.Errorf("%s tracks", name)
		}
	}
}

// A new feed is no reason to make anew what others wrote.
func TestANewFeedLeavesTheArchiveAsItIs(t *testing.T) {
	l := quiet(t)
	for i := range 100 {
		l.add("ada", fmt.Sprint(i), l.now.Add(-time.Duration(i)*24*time.Hour), nil)
	}
	l.record("ada")
	l.build()
	l.Feeds = append(l.Feeds, planet.Feed{ID: "new", Name: "new", URL: "https://new.example/feed"})
	l.Config += "n"
	r := l.build()
	for _, path := range r.Paths {
		if strings.HasPrefix(path, "2026/") || strings.HasPrefix(path, "history/") || strings.HasPrefix(path, "authors/ada/") {
			t.Errorf("%s is written again", path)
		}
	}
	if !slices.Contains(r.Paths, "authors/new/index.html") {
		t.Errorf("written are %q", r.Paths)
	}
	l.wantWhole("with the new feed")
}
