package publish

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func refuses(t *testing.T, dir string, s site, want string) {
	t.Helper()
	before := read(t, dir)
	_, err := Dir(t.Context(), dir, s.files(), Made{Inputs: "x"})
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v; want %q", err, want)
	}
	wantTidy(t, dir)
	wantSite(t, dir, before)
}

func TestSomethingElseInTheWayHarmsNothing(t *testing.T) {
	next := site{"atom.xml": "two", "tags": "a file", "index.html": "two", "assets/style.css": "two"}
	t.Run("a folder where a file comes", func(t *testing.T) {
		dir := t.TempDir()
		publish(t, dir, site{"atom.xml": "one", "assets/style.css": "one"})
		write(t, filepath.Join(dir, "tags", "mine.txt"), "mine")
		refuses(t, dir, next, filepath.Join(dir, "tags")+" is a folder, but a file is to be published there; move it away")
	})
	t.Run("an empty folder where a file comes", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "tags"), 0o755); err != nil {
			t.Fatal(err)
		}
		refuses(t, dir, next, "is a folder")
	})
	t.Run("a file where a folder comes", func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "assets"), "mine")
		refuses(t, dir, next, filepath.Join(dir, "assets")+" is no folder, but assets/style.css is to be published in one of that name; move it away")
	})
	t.Run("a link to nowhere where a folder comes", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Symlink("nowhere", filepath.Join(dir, "assets")); err != nil {
			t.Fatal(err)
		}
		if _, err := Dir(t.Context(), dir, next.files(), Made{Inputs: "x"}); err == nil || !strings.Contains(err.Error(), "is no folder") {
			t.Errorf("the error is %v", err)
		}
		if _, err := os.Stat(filepath.Join(dir, "index.html")); err == nil {
			t.Error("index.html has been written")
		}
	})
	t.Run("a file where the output should be", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "public")
		write(t, dir, "mine")
		if _, err := Dir(t.Context(), dir, next.files(), Made{Inputs: "x"}); err == nil || !strings.Contains(err.Error(), "output "+dir) {
			t.Errorf("the error is %v", err)
		}
	})
}

// A new version may publish a folder where an older one published a file.
func TestOurOwnFilesMakeRoom(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, site{"a": "file", "b/c/d": "deep", "b/e": "e", "keep": "k"})
	swapped := site{"a/x/y": "deep now", "b": "file now", "keep": "k"}
	publish(t, dir, swapped)
	wantSite(t, dir, swapped)
	publish(t, dir, first)
	wantSite(t, dir, first)
	// Not when somebody else's file lies there too.
	publish(t, dir, site{"b/e": "e", "keep": "k"})
	write(t, filepath.Join(dir, "b", "mine"), "mine")
	refuses(t, dir, swapped, "is a folder")
}

func TestWhatIsNoLongerOursStays(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	publish(t, dir, site{"about": "ours", "tags/go/index.html": "ours", "x/y": "ours"})
	// Somebody puts a folder, a link and a file where ours were.
	for _, name := range []string{"about", "tags/go/index.html", "tags/go", "tags", "x/y", "x"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "about", "mine"), "mine")
	write(t, filepath.Join(outside, "go", "index.html"), "mine")
	if err := os.Symlink(outside, filepath.Join(dir, "tags")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "x"), "mine")
	publish(t, dir, site{"index.html": "new"})
	for _, name := range []string{filepath.Join(dir, "about", "mine"), filepath.Join(outside, "go", "index.html"), filepath.Join(dir, "x")} {
		if data, err := os.ReadFile(name); string(data) != "mine" {
			t.Errorf("%s is %q (%v)", name, data, err)
		}
	}
}

func TestLeftoversOfAKilledRun(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, first)
	write(t, filepath.Join(dir, own, "stage", "0"), "half a fi")
	write(t, filepath.Join(dir, own, "stage", "deep", "1"), "")
	next := site{"index.html": "two"}
	if c := publish(t, dir, next); !same(c, Changes{Written: 1, Removed: 4}) {
		t.Errorf("%+v", c)
	}
	wantSite(t, dir, next)
}

// Killed after it began to move files: the next run knows them all.
func TestRunKilledWhileMoving(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, first)
	last, err := readManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := writeManifest(dir, ptr(manifest{Files: map[string]entry{"half/new": {1}, "never/came": {1}}}.union(last))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "half", "new"), "n")
	if _, ok := current(t, dir, "inputs", time.Now()); ok {
		t.Error("the folder counts as finished")
	}
	publish(t, dir, first)
	wantSite(t, dir, first)
}

func TestUnreadableManifestRemovesNothing(t *testing.T) {
	for _, manifest := range []string{"", "{", "null", "[]", `{"files":[1]}`, `{"files":{"../victim":{},".planet/manifest.json":{},"/etc/passwd":{},".":{}}}`} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "public")
		write(t, filepath.Join(parent, "victim"), "mine")
		publish(t, dir, first)
		write(t, manifestPath(dir), manifest)
		if _, ok := current(t, dir, "inputs", time.Now()); ok {
			t.Errorf("%s: the folder counts as finished", manifest)
		}
		publish(t, dir, site{"index.html": "one"})
		wantSite(t, dir, first)
		if _, err := os.Stat(filepath.Join(parent, "victim")); err != nil {
			t.Errorf("%s: %v", manifest, err)
		}
		if _, ok := current(t, dir, "inputs", time.Now()); !ok {
			t.Errorf("%s: the folder isn't finished afterwards", manifest)
		}
	}
}

// TestAPreviewOfTomorrowIsNotTodaysSite: what was built for a later time isn't right for an earlier one.
func TestAPreviewOfTomorrowIsNotTodaysSite(t *testing.T) {
	dir := t.TempDir()
	today := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	build := func(at time.Time, text string) {
		t.Helper()
		if _, err := Dir(t.Context(), dir, site{"index.html": text}.files(), Made{Inputs: "a", At: at}); err != nil {
			t.Fatal(err)
		}
	}
	build(today.Add(24*time.Hour), "tomorrow")
	if _, ok := current(t, dir, "a", today); ok {
		t.Error("tomorrow's site counts as today's")
	}
	build(today, "tomorrow") // that it is the same must be noted, too
	for _, at := range []time.Time{today, today.Add(48 * time.Hour)} {
		if _, ok := current(t, dir, "a", at); !ok {
			t.Errorf("at %s the site is not current", at)
		}
	}
}

func TestCurrent(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	if _, ok := current(t, dir, "a", now); ok {
		t.Error("an empty folder is current")
	}
	publishUntil := func(inputs string, until time.Time) {
		if _, err := Dir(t.Context(), dir, first.files(), Made{Inputs: inputs, Until: until}); err != nil {
			t.Fatal(err)
		}
	}
	publishUntil("a", time.Time{})
	if c, ok := current(t, dir, "a", now); !ok || c != 5 {
		t.Errorf("as published: %+v, %t", c, ok)
	}
	if _, ok := current(t, dir, "b", now); ok {
		t.Error("other inputs are current")
	}
	publishUntil("b", now.Add(time.Hour)) // the same files of other inputs
	for after, want := range map[time.Duration]bool{0: true, 59 * time.Minute: true, time.Hour: false, 2 * time.Hour: false} {
		if _, ok := current(t, dir, "b", now.Add(after)); ok != want {
			t.Errorf("after %s current: %t", after, ok)
		}
	}
	publishUntil("", time.Time{})
	if _, ok := current(t, dir, "", now); ok {
		t.Error("what was made from nothing known is current")
	}
	publishUntil("b", time.Time{})
	name := filepath.Join(dir, "index.html")
	for what, spoil := range map[string]func() error{
		"removed":   func() error { return os.Remove(name) },
		"longer":    func() error { return os.WriteFile(name, []byte("longer"), 0o644) },
		"a link":    func() error { return errors.Join(os.Remove(name), os.Symlink("atom.xml", name)) },
		"a folder":  func() error { return errors.Join(os.Remove(name), os.Mkdir(name, 0o755)) },
		"cut short": func() error { return os.Truncate(name, 1) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if _, ok := current(t, dir, "b", now); ok {
			t.Errorf("a file that is %s is current", what)
		}
		os.Remove(name) //nolint:errcheck // Dir will tell
		publishUntil("b", time.Time{})
	}
}

// asNobody runs the test once more, in a process without root's rights.
func asNobody(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "nobody-") // go test's own folders are closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "test"), program, 0o755)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "test"), "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestFolderThatCantBeWritten(t *testing.T) {
	if os.Getuid() == 0 {
		asNobody(t) // root may write everywhere
		return
	}
	dir := t.TempDir()
	publish(t, dir, first)
	for _, name := range []string{dir, filepath.Join(dir, own)} {
		if err := os.Chmod(name, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(name, 0o755) }) //nolint:errcheck // the folder goes anyway
	}
	_, err := Dir(t.Context(), dir, site{"index.html": "two"}.files(), Made{Inputs: "x"})
	if err == nil || !strings.Contains(err.Error(), "output "+dir+" can't be written") {
		t.Errorf("the error is %v", err)
	}
	wantSite(t, dir, first)
}

// A single folder that is closed leaves the whole site as it was, and not half of it.
func TestOneFolderThatCantBeWritten(t *testing.T) {
	if os.Getuid() == 0 {
		asNobody(t)
		return
	}
	dir := t.TempDir()
	publish(t, dir, first)
	closed := filepath.Join(dir, "tags", "go")
	if err := os.Chmod(closed, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(closed, 0o755) }) //nolint:errcheck // the folder goes anyway
	for what, next := range map[string]site{
		"changed": {"index.html": "two", "authors/ann/index.html": "two", "tags/go/index.html": "two"},
		"gone":    {"index.html": "two", "authors/ann/index.html": "two"},
		"new":     {"index.html": "two", "tags/go/deep/index.html": "two", "tags/go/index.html": "go"},
	} {
		_, err := Dir(t.Context(), dir, next.files(), Made{Inputs: "x"})
		if err == nil || !strings.Contains(err.Error(), closed) {
			t.Errorf("%s: the error is %v", what, err)
		}
		wantSite(t, dir, first)
	}
}

func TestB91FullDiskLeavesTheOldSite(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		if os.Getenv("PLANET_DISKFULL") == "required" {
			t.Fatal("PLANET_DISKFULL=required, but no small disk can be mounted:", err)
		}
		t.Skip("no small disk can be mounted; PLANET_DISKFULL=required makes that a failure:", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) }) //nolint:errcheck // the test is over
	publish(t, dir, first)
	big := site{"index.html": "two", "a/big": strings.Repeat("x", 700_000), "b/big": strings.Repeat("y", 700_000)}
	for range 2 {
		_, err := Dir(t.Context(), dir, big.files(), Made{Inputs: "x"})
		if err == nil || !strings.Contains(err.Error(), "the disk is full") || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("the error is %v", err)
		}
		wantTidy(t, dir)
		wantSite(t, dir, first)
	}
	delete(big, "b/big") // there is room again
	publish(t, dir, big)
	wantSite(t, dir, big)
}
