package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// self is a command that runs this program in another role.
func self(ctx context.Context, args ...string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		exe = os.Args[0]
	}
	cmd := exec.CommandContext(ctx, exe, args...)
	cmd.Stderr = os.Stderr
	return cmd
}

// A cost is what one process took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes
}

// costOf runs a command to its end and reads what it took.
func costOf(cmd *exec.Cmd) (cost, error) {
	start := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(start)}
	if cmd.ProcessState != nil {
		c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		c.peak = peakOf(cmd.ProcessState)
	}
	return c, err
}

// peakOf is the largest resident size of a process. Linux counts in it what the parent had resident when it started the
// child (exec hands the old image's high-water mark on), which is why this program does its own large work in children,
// and why measure checks that it stayed small.
func peakOf(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss * 1024 // kilobytes on Linux
}

// ownPeak is this process's largest resident size.
func ownPeak() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return usage.Maxrss * 1024
}

// A server is the child that serves the feeds.
type server struct {
	addrs []string
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
}

// startServer starts a role that serves so many feeds.
func startServer(ctx context.Context, feeds int, role ...string) (*server, error) {
	cmd := self(ctx, role...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, in: in, out: bufio.NewReader(out)}
	if err := s.read(&s.addrs); err != nil {
		s.stop()
		return nil, fmt.Errorf("bench %s: %w", role[0], err)
	}
	if len(s.addrs) != feeds {
		s.stop()
		return nil, fmt.Errorf("bench %s: %d addresses for %d feeds", role[0], len(s.addrs), feeds)
	}
	return s, nil
}

// tell sends the server a word and returns its answer.
func (s *server) tell(word string) (Stats, error) {
	var stats Stats
	if _, err := io.WriteString(s.in, word+"\n"); err != nil {
		return stats, fmt.Errorf("bench serve: %w", err)
	}
	err := s.read(&stats)
	return stats, err
}

func (s *server) read(v any) error {
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, v)
}

// stop ends the server: it leaves when its stdin closes.
func (s *server) stop() {
	s.in.Close()
	s.cmd.Wait() //nolint:errcheck // an interrupt has killed it already
}
