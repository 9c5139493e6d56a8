package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"planet/internal/config"
	"planet/internal/planet"
)

// Changes are what feeds.yaml says now and didn't say at a git revision.
type changes struct {
	feeds   []planet.Feed   // new or changed, in the order of feeds.yaml
	fresh   map[string]bool // by id: which of them are new
	removed int             // feeds that are no longer there
	files   map[string]bool // images that are not what they were, by absolute path
	note    string          // what a person should know of the comparison, or ""
}

// changedSince compares feeds.yaml, as it lies there, with that of a git revision. What others changed beyond the point where
// this branch left the revision's is not this branch's doing, so it is that point that counts.
func changedSince(ctx context.Context, cfg *config.Config, rev string) (changes, error) {
	if rev == "" || strings.HasPrefix(rev, "-") {
		return changes{}, usagef("--since %q is no git revision; say for example --since origin/main", rev)
	}
	g := git{cfg.Dir}
	base, apart, err := g.base(ctx, rev)
	if err != nil {
		return changes{}, err
	}
	before, note, err := g.feeds(ctx, base, rev, filepath.Base(cfg.Path))
	if err != nil {
		return changes{}, err
	}
	data, err := os.ReadFile(cfg.Path)
	if err != nil {
		return changes{}, err
	}
	now, err := config.Written(cfg.Path, data)
	if err != nil {
		return changes{}, err
	}
	c := changes{fresh: map[string]bool{}, note: cmp.Or(note, apart)}
	if c.files, err = g.images(ctx, cfg, base); err != nil {
		return changes{}, err
	}
	for _, f := range cfg.Feeds {
		was, known := before[f.ID]
		if !known || was != now[f.ID] || c.files[f.Avatar] {
			c.feeds = append(c.feeds, f)
			c.fresh[f.ID] = !known
		}
	}
	for id := range before {
		if _, still := now[id]; !still {
			c.removed++
		}
	}
	return c, nil
}

// String names the changes.
func (c changes) String() string {
	var parts []string
	for _, f := range c.feeds {
		name := printable(f.Name)
		if c.fresh[f.ID] {
			name += " (new)"
		}
		parts = append(parts, name)
	}
	if c.removed > 0 {
		parts = append(parts, plural(c.removed, "feed")+" less")
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// git asks the repository that a folder lies in.
type git struct{ dir string }

// run runs one git command, without a shell. None that is run here writes.
func (g git) run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = g.dir
	for _, v := range os.Environ() { // within a hook of git these are set, and speak of its folder
		if name, _, _ := strings.Cut(v, "="); !slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}, name) {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C", "GIT_LITERAL_PATHSPECS=1")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out.String(), nil
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return "", usagef("--since needs git, which is not installed here")
	case !errors.As(err, &exit):
		return "", fmt.Errorf("--since: git can't be run: %w", err)
	case strings.Contains(said.String(), "not a git repository"):
		return "", usagef("--since: %s is in no git repository; leave --since out to check all feeds", g.dir)
	case strings.Contains(said.String(), "dubious ownership"):
		return "", usagef("--since: git refuses, because the repository of %s belongs to another user; allow it with git config --global --add safe.directory and its folder", g.dir)
	}
	return "", &gitError{args[0], oneLine(printable(said.String()))}
}

// A gitError is git's own word on a command that it refused.
type gitError struct{ command, said string }

func (e *gitError) Error() string { return "--since: git " + e.command + " failed: " + e.said }

// base is the commit that a revision and what is checked out have in common; the revision's own where git doesn't know, with
// a note that says so.
func (g git) base(ctx context.Context, rev string) (commit, note string, err error) {
	if _, err := g.run(ctx, "rev-parse", "--git-dir"); err != nil {
		return "", "", err
	}
	if commit, err = g.commit(ctx, rev); err != nil {
		return "", "", g.unknown(ctx, rev, err)
	}
	common, err := g.run(ctx, "merge-base", commit, "HEAD")
	var refused *gitError
	if errors.As(err, &refused) {
		return commit, fmt.Sprintf("git finds no common history with %s (is this clone shallow?), so what has changed there counts, too", printable(rev)), nil
	}
	return strings.TrimSpace(common), "", err
}

func (g git) commit(ctx context.Context, rev string) (string, error) {
	out, err := g.run(ctx, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	return strings.TrimSpace(out), err
}

// unknown says what to do about a revision that isn't there.
func (g git) unknown(ctx context.Context, rev string, err error) error {
	var refused *gitError
	if !errors.As(err, &refused) {
		return err
	}
	if shallow, err := g.run(ctx, "rev-parse", "--is-shallow-repository"); err == nil && strings.TrimSpace(shallow) == "true" {
		return usagef("--since %s: this clone is shallow and doesn't have it; get it with git fetch, or in a GitHub workflow with fetch-depth: 0 at actions/checkout", printable(rev))
	}
	if _, err := g.commit(ctx, "origin/"+rev); err == nil {
		return usagef("--since %s: there is no such revision here; did you mean origin/%s?", printable(rev), printable(rev))
	}
	return usagef("--since %s: there is no such revision here; name a commit, a branch or a tag, for example origin/main or HEAD~1", printable(rev))
}

// feeds are what feeds.yaml said at a commit of each feed, by id; with a note when it said nothing that can be compared.
func (g git) feeds(ctx context.Context, commit, rev, file string) (map[string]string, string, error) {
	entry, err := g.run(ctx, "ls-tree", "-z", commit, "--", file)
	if err != nil {
		return nil, "", err
	}
	what, _, found := strings.Cut(entry, "\t") // mode, type and name of the object; then the path
	fields := strings.Fields(what)
	if !found || len(fields) != 3 || fields[1] != "blob" {
		return nil, fmt.Sprintf("there was no %s at %s: all feeds are new", file, printable(rev)), nil
	}
	data, err := g.run(ctx, "cat-file", "blob", fields[2])
	if err != nil {
		return nil, "", err
	}
	feeds, err := config.Written(file, []byte(data))
	if err != nil {
		return nil, fmt.Sprintf("%s at %s can't be compared, all feeds count as new: %v", file, printable(rev), err), nil
	}
	return feeds, "", nil
}

// images are the files that are not what they were at a commit, among avatars and what lies beside them. Git's own diff would
// do, but writes to the index, and takes a new file for none until it is added.
func (g git) images(ctx context.Context, cfg *config.Config, commit string) (map[string]bool, error) {
	where, err := g.run(ctx, "rev-parse", "--show-toplevel", "--show-prefix") // the top, and our folder from there
	if err != nil {
		return nil, err
	}
	top, prefix, _ := strings.Cut(strings.TrimSuffix(where, "\n"), "\n")
	var files, names []string // absolute, and from the top
	used, unused := avatarFiles(cfg)
	for _, file := range append(used, unused...) {
		name := path.Join(prefix, beside(cfg, file))
		info, err := os.Lstat(file)
		if err == nil && info.Mode().IsRegular() && filepath.IsLocal(name) { // of links git keeps where they lead, and nothing of what is elsewhere
			files, names = append(files, file), append(names, name)
		}
	}
	changed := map[string]bool{}
	if len(names) == 0 {
		return changed, nil
	}
	was, err := g.run(ctx, append([]string{"ls-tree", "-z", "--full-tree", commit, "--"}, names...)...)
	if err != nil {
		return nil, err
	}
	before := map[string]string{}
	for entry := range strings.SplitSeq(was, "\x00") {
		what, name, _ := strings.Cut(entry, "\t")
		if fields := strings.Fields(what); len(fields) == 3 {
			before[name] = fields[2]
		}
	}
	// It applies the filters of .gitattributes, as git add does: what git stores may be another than what lies there.
	now, err := git{top}.run(ctx, append([]string{"hash-object", "--"}, names...)...)
	for i, hash := range strings.Fields(now) {
		changed[files[i]] = before[names[i]] != hash
	}
	return changed, err
}
