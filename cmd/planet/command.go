package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"planet/internal/config"
	"planet/internal/publish"
)

// Messages: answers go to stdout, everything else to stderr with the prefix "planet: ". No capital at the beginning, no
// full stop at the end; what to do about it follows as "hint: …" or in the sentence itself. Nothing at all when all is
// well: cron mails what it reads.

// The exit codes, all of them.
const (
	exitFine   = 0
	exitFailed = 1  // we failed; of why: it is not shown
	exitUsage  = 2  // the command line or feeds.yaml is wrong
	exitFeeds  = 3  // with --strict: some feed failed
	exitLocked = 75 // another run holds the lock (sysexits.h: EX_TEMPFAIL, try again later)
)

// usageError is a mistake of the caller's: on the command line, in the theme, in the choice of a folder.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errFeeds means that all went well but for some feeds, and that the caller asked to hear of it.
var errFeeds = errors.New("some feeds failed")

// exit says what is wrong, if anything is, and gives the exit code for it.
func (p *program) exit(err error) int {
	var usage usageError
	var mistakes config.Mistakes
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &mistakes):
		p.say("%v", err)
		return exitUsage
	case errors.Is(err, errFeeds):
		return exitFeeds
	case errors.Is(err, errUnshown):
		return exitFailed
	case errors.Is(err, publish.ErrLocked):
		p.say("%v", err)
		return exitLocked
	case errors.Is(err, context.Canceled):
		p.say("interrupted; what was fetched is kept, the site is as it was")
		return exitFailed
	case !p.started: // cobra's word on the command line
		p.say("%v", err)
		p.say("hint: planet help")
		return exitUsage
	case errors.As(err, &usage):
		p.say("%v", err)
		return exitUsage
	}
	p.say("%v", err)
	return exitFailed
}

// answer writes what the user asked for to stdout.
func (p *program) answer(format string, args ...any) {
	if !p.quiet {
		fmt.Fprintf(p.stdout, format+"\n", args...)
	}
}

// say writes one message for a person to stderr.
func (p *program) say(format string, args ...any) {
	for _, line := range strings.Split(strings.TrimRight(fmt.Sprintf(format, args...), "\n"), "\n") {
		fmt.Fprintf(p.stderr, "planet: %s\n", line)
	}
}

// exits is the end of a command's help.
func exits(codes ...string) string {
	return "\n\nEXIT STATUS\n  " + strings.Join(codes, "\n  ")
}

const (
	helpFine   = " 0  fine; feeds that fail are data, not our failure"
	helpFailed = " 1  planet failed: the database or the disk is out of order"
	helpUsage  = " 2  the command line or feeds.yaml is wrong"
	helpFeeds  = " 3  with --strict: some feed failed"
	helpLocked = "75  another run holds the lock"
)
