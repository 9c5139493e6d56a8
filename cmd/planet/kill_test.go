package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"planet/internal/feedtest"
)

// TestKillAtAnyMoment kills updates with SIGKILL at random moments while all feeds have news. After each, the database
// is sound, each feed's entries are all of one document, and every published file is whole; after the last, a run
// brings everything up to date. PLANET_KILLS sets how often, PLANET_SEED repeats a run.
func TestKillAtAnyMoment(t *testing.T) {
	const feeds, posts = 24, 5
	kills := number(t, "PLANET_KILLS", 12)
	seed := number(t, "PLANET_SEED", int(time.Now().UnixNano()%1e6))
	t.Logf("PLANET_SEED=%d", seed)
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	server := feedtest.New(t)
	publishRound := func(round int) {
		for f := range feeds {
			items := feedtest.Items(fmt.Sprintf("f%d", f), posts, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
			for i := range items {
				items[i].HTML = fmt.Sprintf("<p>round-%d</p>%s", round, strings.Repeat("<p>words and words</p>", 200))
			}
			server.Handle(fmt.Sprintf("/%d", f), feedtest.Feed(feedtest.RSS("feed", items...)))
		}
	}
	dir := t.TempDir()
	var yaml strings.Builder
	yaml.WriteString("title: P\nurl: https://p.example/\nfetch: {allow_private: [127.0.0.0/8], per_host_gap: 0s}\nfeeds:\n")
	for f := range feeds {
		fmt.Fprintf(&yaml, "  - {name: f%d, url: %s/%d}\n", f, server.URL, f)
	}
	if err := os.WriteFile(filepath.Join(dir, "feeds.yaml"), []byte(yaml.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	command := func() *exec.Cmd {
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(exe, "update", "--force", "-q", "-c", filepath.Join(dir, "feeds.yaml"))
		cmd.Env = append(os.Environ(), "PLANET_RUN_MAIN=1")
		return cmd
	}
	publishRound(0)
	began := time.Now()
	if out, err := command().CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(began)
	entries := checkWhole(t, dir)
	if entries != feeds*posts {
		t.Fatalf("%d entries, want %d", entries, feeds*posts)
	}
	for round := 1; round <= kills; round++ {
		publishRound(round)
		cmd := command()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(whole))))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if n := checkWhole(t, dir); n != entries {
			t.Fatalf("after kill %d: %d entries, want %d", round, n, entries)
		}
	}
	if out, err := command().CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	checkWhole(t, dir)
	page, err := os.ReadFile(filepath.Join(dir, "public", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("round-%d<", kills); bytes.Count(page, []byte(want)) == 0 || bytes.Count(page, []byte(want)) != bytes.Count(page, []byte(">round-")) {
		t.Errorf("the last run did not publish the last round everywhere")
	}
}

// checkWhole looks at what a killed run left, and counts the entries.
func checkWhole(t *testing.T, dir string) (entries int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "planet.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	var torn int
	if err := db.QueryRow("pragma integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity_check: %s %v", verdict, err)
	}
	err = db.QueryRow(`select (select count(*) from entries),
		(select count(*) from (select feed_id from entries group by feed_id having count(distinct substr(text, 1, instr(text, char(10)))) > 1))`).Scan(&entries, &torn)
	if err != nil || torn > 0 {
		t.Fatalf("%d feeds are torn (%v)", torn, err)
	}
	for name, whole := range map[string]func([]byte) bool{
		"index.html": func(b []byte) bool { return bytes.HasSuffix(bytes.TrimSpace(b), []byte("</html>")) },
		"atom.xml":   func(b []byte) bool { return bytes.HasSuffix(bytes.TrimSpace(b), []byte("</feed>")) },
		"rss20.xml":  func(b []byte) bool { return bytes.HasSuffix(bytes.TrimSpace(b), []byte("</rss>")) },
		"feed.json":  json.Valid,
	} {
		data, err := os.ReadFile(filepath.Join(dir, "public", name))
		if err != nil || !whole(data) {
			t.Fatalf("%s is not whole (%v)", name, err)
		}
	}
	return entries
}

func number(t *testing.T, env string, or int) int {
	t.Helper()
	s := os.Getenv(env)
	if s == "" {
		return or
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", env, err)
	}
	return n
}
