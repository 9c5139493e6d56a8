package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"planet/internal/feedtest"
)

// TestKillAtAnyMoment kills updates with SIGKILL at random moments while all feeds have news. After each kill the
// database is sound, what is known of a feed is all of one document, no entry that was ever seen is lost, every
// published file is whole, and no page leads to one that isn't there. An update right after the kill asks those feeds that weren't asked yet, and no feed again;
// one whose answer was lost waits for the next round, an hour later. PLANET_KILLS sets how often, PLANET_SEED repeats a
// run.
func TestKillAtAnyMoment(t *testing.T) {
	t.Parallel()
	kills := number(t, "PLANET_KILLS", sized(50, 4, 2))
	seed := number(t, "PLANET_SEED", int(time.Now().UnixNano()%1e6))
	t.Logf("PLANET_SEED=%d", seed)
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	k := newKilled(t)
	k.publishRound()
	k.complete(k.now)
	seen := k.look()
	for range kills {
		k.round++
		k.now = k.now.Add(61 * time.Minute)
		k.publishRound()
		k.kill(random)
		seen = k.keeps(seen)
		k.complete(k.now.Add(time.Minute))
		seen = k.keeps(seen)
		k.askedOnce()
	}
	t.Logf("killed: %v", k.moments)
	k.round++
	k.now = k.now.Add(61 * time.Minute)
	k.publishRound()
	k.complete(k.now)
	k.keeps(seen)
	k.upToDate()
}

const (
	killFeeds = 24
	killHosts = 4
	killPosts = 5 // in a document
)

// A killed is a planet whose updates get killed. In each round every feed has a new document, in which every post has
// another text; one feed in twelve has a new post, and leaves its oldest out.
type killed struct {
	*testing.T
	dir     string
	servers []*feedtest.Server
	round   int
	now     time.Time // of the round
	moments map[string]int
}

func newKilled(t *testing.T) *killed {
	k := &killed{T: t, dir: t.TempDir(), moments: map[string]int{}, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	for h := range killHosts {
		k.servers = append(k.servers, feedtest.NewOn(t, fmt.Sprintf("127.0.0.%d:0", 1+h)))
	}
	var yaml strings.Builder
	yaml.WriteString("title: P\nurl: https://p.example/\n" +
		"fetch: {every: 1h, adaptive: false, allow_private: [127.0.0.0/8], per_host_gap: 0s}\n" +
		"limits: {revisions: 1000000}\nfeeds:\n") // each round edits all posts
	for f := range killFeeds {
		fmt.Fprintf(&yaml, "  - {name: f%d, url: %s/%d}\n", f, k.server(f).URL, f)
	}
	if err := os.WriteFile(filepath.Join(k.dir, "feeds.yaml"), []byte(yaml.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *killed) server(f int) *feedtest.Server { return k.servers[f%killHosts] }

// newestPost is the number of a feed's newest post in a round.
func newestPost(f, round int) int { return killPosts + (round+f)/12 - f/12 }

func (k *killed) publishRound() {
	for f := range killFeeds {
		n := newestPost(f, k.round)
		items := feedtest.Items(fmt.Sprintf("f%d", f), n, time.Date(2026, 7, n, 0, 0, 0, 0, time.UTC))[:killPosts]
		for i := range items {
			items[i].Tags = []string{fmt.Sprint("post ", n-i), fmt.Sprint("round ", k.round/2)} // pages come and go
			items[i].HTML = fmt.Sprintf("<p>round-%d</p>%s", k.round, strings.Repeat("<p>words and words</p>", 200))
		}
		// The answers take some time, so that a kill finds some under way.
		doc := feedtest.Feed(feedtest.RSS("feed", items...)).With("ETag", fmt.Sprintf(`"%d"`, k.round)).After(15 * time.Millisecond)
		k.server(f).Handle(fmt.Sprintf("/%d", f), doc)
	}
	for _, s := range k.servers {
		s.Forget()
	}
}

func (k *killed) update(now time.Time) *exec.Cmd {
	return subprocess(k.T, "update", "-q", "--now", now.Format(time.RFC3339), "-c", filepath.Join(k.dir, "feeds.yaml"))
}

// complete lets an update run to its end.
func (k *killed) complete(now time.Time) {
	k.Helper()
	if out, err := k.update(now).CombinedOutput(); err != nil || len(out) > 0 {
		k.Fatalf("round %d: %v\n%s", k.round, err, out)
	}
}

// kill starts an update and kills it at a random moment: some time after a random number of requests, however busy the
// machine is.
func (k *killed) kill(random *rand.Rand) {
	k.Helper()
	requests, pause := random.IntN(killFeeds+8), 25*time.Millisecond
	if requests >= killFeeds { // when it publishes
		requests, pause = killFeeds, 100*time.Millisecond
	}
	cmd := k.update(k.now)
	if err := cmd.Start(); err != nil {
		k.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	for k.asked() < requests && !closed(ended) {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(time.Duration(random.Int64N(int64(pause))))
	moment := ""
	switch asked := k.asked(); {
	case closed(ended):
		moment = "too late"
	case asked == 0:
		moment = "before the first request"
	case asked < killFeeds:
		moment = "between requests"
	default:
		moment = "after the last request"
	}
	k.moments[moment]++
	_ = cmd.Process.Kill()
	<-ended
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// asked is how many requests there were in the round.
func (k *killed) asked() (n int) {
	for _, s := range k.servers {
		n += len(s.Requests(""))
	}
	return n
}

func (k *killed) open() *sql.DB {
	k.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(k.dir, "planet.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		k.Fatal(err)
	}
	return db
}

// askedOnce looks at a round's requests, after an update that was killed and one that was not: no feed was asked twice.
// One that wasn't asked at all was about to be when the update was killed, which is kept.
func (k *killed) askedOnce() {
	k.Helper()
	missed := map[int]bool{}
	for f := range killFeeds {
		switch n := len(k.server(f).Requests(fmt.Sprintf("/%d", f))); {
		case n > 1:
			k.Fatalf("round %d: feed f%d was asked %d times", k.round, f, n)
		case n == 0:
			missed[f] = true
		}
	}
	if len(missed) > killHosts { // each host has one request under way at most
		k.Fatalf("round %d: %d feeds were not asked", k.round, len(missed))
	}
	if len(missed) == 0 {
		return
	}
	db := k.open()
	defer db.Close()
	for f := range missed {
		var started int64
		if err := db.QueryRow("select started_at from feeds where slug = ?", fmt.Sprintf("f%d", f)).Scan(&started); err != nil || started != k.now.Unix() {
			k.Fatalf("round %d: feed f%d was not asked, and it is kept that this happened at %d, want %d (%v)", k.round, f, started, k.now.Unix(), err)
		}
	}
}

// keeps looks, and fails when something that was seen before is there no more.
func (k *killed) keeps(before map[string]int) map[string]int {
	k.Helper()
	now := k.look()
	for what, round := range before {
		if got, ok := now[what]; !ok || got < round {
			k.Fatalf("round %d: %s was of round %d, and now %d (%v)", k.round, what, round, got, ok)
		}
	}
	return now
}

// look checks what an update left, killed or not. It returns the feeds and the entries, with the round that each is of.
func (k *killed) look() map[string]int {
	k.Helper()
	db := k.open()
	defer db.Close()
	var verdict string
	if err := db.QueryRow("pragma integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		k.Fatalf("round %d: integrity_check: %s %v", k.round, verdict, err)
	}
	seen := map[string]int{}
	k.read(db, `select f.slug || ' ' || e.guid, cast(substr(e.text, 7) as integer) from entries e join feeds f on f.id = e.feed_id`, seen)
	k.read(db, `select slug, cast(trim(etag, '"') as integer) from feeds where etag <> ''`, seen)
	for f := range killFeeds {
		slug := fmt.Sprintf("f%d", f)
		of, ok := seen[slug]
		if !ok {
			continue
		}
		// What the validators promise is all there: else a 304 would hide it for ever.
		for n := newestPost(f, of); n > newestPost(f, of)-killPosts; n-- {
			post := fmt.Sprintf("%s tag:example.com,2026:%s-%d", slug, slug, n)
			if got, ok := seen[post]; !ok || got != of {
				k.Fatalf("round %d: the feed %s is of round %d, its post %d of %d (%v)", k.round, slug, of, n, got, ok)
			}
		}
		if _, ok := seen[fmt.Sprintf("%s tag:example.com,2026:%s-%d", slug, slug, newestPost(f, of)+1)]; ok {
			k.Fatalf("round %d: the feed %s has a post that is newer than its validators", k.round, slug)
		}
	}
	for name, whole := range map[string]func([]byte) bool{
		"index.html": func(b []byte) bool { return bytes.HasSuffix(bytes.TrimSpace(b), []byte("</html>")) },
		"atom.xml":   func(b []byte) bool { return bytes.HasSuffix(bytes.TrimSpace(b), []byte("</feed>")) },
		"rss20.xml":  func(b []byte) bool { return bytes.HasSuffix(bytes.TrimSpace(b), []byte("</rss>")) },
		"feed.json":  json.Valid,
	} {
		data, err := os.ReadFile(filepath.Join(k.dir, "public", name))
		if err != nil || !whole(data) {
			k.Fatalf("round %d: %s is not whole (%v)", k.round, name, err)
		}
	}
	k.followLinks()
	return seen
}

var localLink = regexp.MustCompile(`<(?:a|link|img|script)\b[^>]*? (?:href|src)="([^"#?:]+)["#?]`)

// followLinks looks whether all that pages lead to within the site is there.
func (k *killed) followLinks() {
	k.Helper()
	public := filepath.Join(k.dir, "public")
	err := filepath.WalkDir(public, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".html" || d.Name() == "404.html" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range localLink.FindAllSubmatch(data, -1) {
			to, err := url.PathUnescape(html.UnescapeString(string(m[1])))
			if err != nil {
				return err
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), filepath.FromSlash(to))); err != nil {
				k.Errorf("round %d: %s leads to %s, which isn't there", k.round, path, to)
			}
		}
		return nil
	})
	if err != nil || k.Failed() {
		k.Fatal(err)
	}
}

func (k *killed) read(db *sql.DB, query string, into map[string]int) {
	k.Helper()
	rows, err := db.Query(query)
	if err != nil {
		k.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var what string
		var round int
		if err := rows.Scan(&what, &round); err != nil {
			k.Fatal(err)
		}
		into[what] = round
	}
	if err := rows.Err(); err != nil {
		k.Fatal(err)
	}
}

// upToDate looks whether the last round is known of every feed, and published.
func (k *killed) upToDate() {
	k.Helper()
	seen := k.look()
	for f := range killFeeds {
		if got := seen[fmt.Sprintf("f%d", f)]; got != k.round {
			k.Errorf("the feed f%d is of round %d in the end, want %d", f, got, k.round)
		}
	}
	page, err := os.ReadFile(filepath.Join(k.dir, "public", "atom.xml"))
	if err != nil {
		k.Fatal(err)
	}
	texts := regexp.MustCompile(`round-\d+`).FindAllString(string(page), -1)
	if last := fmt.Sprintf("round-%d", k.round); len(texts) < 60 || slices.ContainsFunc(texts, func(s string) bool { return s != last }) {
		k.Errorf("the last update did not publish the last round everywhere: %d, %v", k.round, texts)
	}
}

// subprocess is the program as a process of its own.
func subprocess(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), "PLANET_RUN_MAIN=1")
	return cmd
}

// sized is how much of something a test tries: all with PLANET_FULL=1, less by default, and least under the race detector, which
// makes all ten times slower.
func sized(all, less, raced int) int {
	switch {
	case raceDetector:
		return raced
	case full():
		return all
	}
	return less
}

// full is whether the long run is wanted, as CI does it beside the short one.
func full() bool { return os.Getenv("PLANET_FULL") != "" }

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
