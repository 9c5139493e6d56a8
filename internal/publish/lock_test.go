package publish

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestMain lets the test binary be the other process: it takes the lock, says so, and waits until it is killed or its
// input ends.
func TestMain(m *testing.M) {
	path := os.Getenv("PLANET_TEST_LOCK")
	if path == "" {
		os.Exit(m.Run())
	}
	if _, err := Lock(path); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("locked")
	os.Stdin.Read(make([]byte, 1)) //nolint:errcheck // its end is what is waited for
}

// another starts a process that holds the lock.
func another(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PLANET_TEST_LOCK="+path)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait() //nolint:errcheck // it may have been killed
	})
	if line, _ := bufio.NewReader(stdout).ReadString('\n'); line != "locked\n" {
		t.Fatalf("the other process says %q", line)
	}
	return cmd
}

func TestB90SecondProcessIsToldWhoHoldsTheLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "planet.lock")
	cmd := another(t, path)
	_, err := Lock(path)
	if !errors.Is(err, ErrLocked) {
		t.Fatalf("the error is %v; want ErrLocked", err)
	}
	if want := fmt.Sprintf("another run is under way (process %d): it holds %s", cmd.Process.Pid, path); err.Error() != want {
		t.Errorf("the error is %q; want %q", err, want)
	}
	if err := cmd.Process.Kill(); err != nil { // however it ends
		t.Fatal(err)
	}
	cmd.Wait() //nolint:errcheck // killed
	unlock, err := Lock(path)
	if err != nil {
		t.Fatal("after the other was killed:", err)
	}
	unlock()
}

func TestB90OnlyOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "planet.lock")
	var inside, got atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				unlock, err := Lock(path)
				if errors.Is(err, ErrLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if inside.Add(1) != 1 {
					t.Error("two hold the lock")
				}
				got.Add(1)
				inside.Add(-1)
				unlock()
			}
		})
	}
	all.Wait()
	if got.Load() == 0 {
		t.Error("nobody ever held the lock")
	}
	if unlock, err := Lock(path); err != nil {
		t.Error(err)
	} else {
		unlock()
	}
}

func TestLockThatCantBeMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "planet.lock")
	if _, err := Lock(path); err == nil || errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Errorf("the error is %v", err)
	}
}
