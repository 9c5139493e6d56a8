package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"planet/internal/feedtest"
	"planet/internal/publish"
)

func TestMain(m *testing.M) {
	if os.Getenv("PLANET_RUN_MAIN") != "" { // a test starts the program as a process of its own
		os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	testscript.Main(m, map[string]func(){
		"planet": func() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestScript runs testdata/script/*.txtar: the real program, each script in a folder and with a feed server of its own.
//
//	exits CODE planet ARGS…  the command ends with this exit code
//	serve                    starts a server for the script's feeds/ folder; $SERVER is its address, $ADDR that without http://
//	serve2                   starts a second server with the same feeds, on another host: $SERVER2
//	play PATH WHAT           from now on PATH answers with that status, with 301 to /new.xml, or with its feed again
//	stop                     all servers are gone
//	subst FILE…              replaces $SERVER, $SERVER2, $ADDR and $ADDR2 in files
//	lock FILE                holds a lock file until the script ends
//	same DIR                 the first time: notes the bytes of all files under DIR; then: fails when one has changed
//	forget                   the server forgets what it was asked
//	asked N PATH             the server was asked for PATH so many times
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, "NO_COLOR=1", "TZ=UTC")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": cmdExits, "serve": cmdServe, "serve2": cmdServe2, "play": cmdPlay, "stop": cmdStop, "subst": cmdSubst, "lock": cmdLock, "same": cmdSame, "forget": cmdForget, "asked": cmdAsked, "picture": cmdPicture,
		},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// scriptTB lets feedtest fail and clean up within a script.
type scriptTB struct{ ts *testscript.TestScript }

func (tb scriptTB) Helper()                           {}
func (tb scriptTB) Cleanup(f func())                  { tb.ts.Defer(f) }
func (tb scriptTB) Fatalf(format string, args ...any) { tb.ts.Fatalf(format, args...) }

func cmdServe(ts *testscript.TestScript, neg bool, args []string) {
	s := serveFeeds(ts, "127.0.0.1:0")
	ts.Setenv("SERVER", s.URL)
	ts.Setenv("ADDR", s.Addr)
	servers.Store(ts, s)
	rss := feedtest.RSS("Tempers", feedtest.Items("tempers", 3, time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))...)
	s.Handle("/500", feedtest.Status(500))
	s.Handle("/410", feedtest.Status(410))
	s.Handle("/loop", feedtest.Redirect(http.StatusFound, s.URL+"/loop"))
	s.Handle("/file", feedtest.Redirect(http.StatusFound, "file:///etc/passwd"))
	s.Handle("/endless", feedtest.Feed(rss).Endless())
	s.Handle("/bomb", feedtest.Bomb(5_000_000))
	s.Handle("/truncated", feedtest.Feed(rss).Truncated(len(rss)/2))
	s.Handle("/hang", feedtest.Hang())
	s.Handle("/drip", feedtest.Feed(rss).Drip(1, 200*time.Millisecond))
	s.Handle("/cut", feedtest.Cut())
	s.Handle("/headers", feedtest.HeaderFlood(1_000_000))
	s.Handle("/moved", feedtest.Redirect(http.StatusMovedPermanently, s.URL+"/good.xml"))
	s.Handle("/nesting", feedtest.Feed([]byte("<rss><channel><item>"+strings.Repeat("<x:a>", 30_000))))
}

func cmdServe2(ts *testscript.TestScript, neg bool, args []string) {
	s := serveFeeds(ts, "127.0.0.2:0")
	ts.Setenv("SERVER2", s.URL)
	ts.Setenv("ADDR2", s.Addr)
	second.Store(ts, s)
}

// serveFeeds serves the script's feeds/ folder.
func serveFeeds(ts *testscript.TestScript, addr string) *feedtest.Server {
	s := feedtest.NewOn(scriptTB{ts}, addr)
	entries, err := os.ReadDir(ts.MkAbs("feeds"))
	ts.Check(err)
	for _, e := range entries {
		s.Handle("/"+e.Name(), feedtest.Feed(document(ts, s, e.Name())))
	}
	s.Handle("/429", feedtest.Status(429).With("Retry-After", "172800"))
	return s
}

func document(ts *testscript.TestScript, s *feedtest.Server, name string) []byte {
	doc, err := os.ReadFile(filepath.Join(ts.MkAbs("feeds"), name))
	ts.Check(err)
	return []byte(strings.ReplaceAll(string(doc), "$SERVER", s.URL))
}

func cmdPlay(ts *testscript.TestScript, neg bool, args []string) {
	s, path := server(ts), args[0]
	switch args[1] {
	case "feed": // the feed of that name, or of another
		name := strings.TrimPrefix(path, "/")
		if len(args) > 2 {
			name = args[2]
		}
		s.Handle(path, feedtest.Feed(document(ts, s, name)))
	case "301":
		s.Handle(path, feedtest.Redirect(http.StatusMovedPermanently, s.URL+"/new.xml"))
	default:
		status, err := strconv.Atoi(args[1])
		ts.Check(err)
		s.Handle(path, feedtest.Status(status))
	}
}

func cmdStop(ts *testscript.TestScript, neg bool, args []string) {
	server(ts).Close()
	if s, ok := second.Load(ts); ok {
		s.(*feedtest.Server).Close()
	}
}

// servers are the feed servers, by script: scripts run beside each other.
var servers, second sync.Map

func server(ts *testscript.TestScript) *feedtest.Server {
	s, ok := servers.Load(ts)
	if !ok {
		ts.Fatalf("no server: begin with serve")
	}
	return s.(*feedtest.Server)
}

func cmdForget(ts *testscript.TestScript, neg bool, args []string) { server(ts).Forget() }

func cmdAsked(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := len(server(ts).Requests(args[1])); got != want {
		ts.Fatalf("%s was asked for %d times, want %d", args[1], got, want)
	}
}

func cmdSubst(ts *testscript.TestScript, neg bool, args []string) {
	other := &feedtest.Server{}
	if s, ok := second.Load(ts); ok {
		other = s.(*feedtest.Server)
	}
	for _, name := range args {
		text := strings.NewReplacer("$SERVER2", other.URL, "$ADDR2", other.Addr, "$SERVER", server(ts).URL, "$ADDR", server(ts).Addr).Replace(ts.ReadFile(name))
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}

func cmdLock(ts *testscript.TestScript, neg bool, args []string) {
	unlock, err := publish.Lock(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Defer(unlock)
}

func cmdSame(ts *testscript.TestScript, neg bool, args []string) {
	now := treeHash(ts, args[0])
	note := ts.MkAbs(".same-" + filepath.Base(args[0]))
	before, err := os.ReadFile(note)
	ts.Check(os.WriteFile(note, []byte(now), 0o644))
	if err != nil {
		return
	}
	if (string(before) == now) == neg {
		ts.Fatalf("%s: before:\n%s\nnow:\n%s", args[0], before, now)
	}
}

// cmdPicture writes a small picture: picture FILE.
func cmdPicture(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	ts.Check(png.Encode(&b, image.NewGray(image.Rect(0, 0, 10, 10))))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
}

// treeHash lists all files under dir with size, time of change and bytes, hashed; but for health.json and status/, which tell the time.
func treeHash(ts *testscript.TestScript, dir string) string {
	text, err := treeState(ts.MkAbs(dir))
	ts.Check(err)
	return text
}

func treeState(dir string) (string, error) {
	var b strings.Builder
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || info.Name() == "health.json" || filepath.Base(filepath.Dir(path)) == "status" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		fmt.Fprintf(&b, "%s %d %d %x\n", rel, len(data), info.ModTime().UnixNano(), sha256.Sum256(data))
		return nil
	})
	return b.String(), err
}
