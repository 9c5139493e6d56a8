package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"planet/internal/config"
	"planet/internal/feedtest"
	"planet/internal/planet"
)

type demoOptions struct {
	dir  string
	once bool
	addr string
}

func (p *program) demo() *cobra.Command {
	o := &demoOptions{}
	cmd := &cobra.Command{
		Use: "demo", Short: "A whole small planet from built-in sample blogs", Args: cobra.NoArgs,
		Long: `demo serves a small invented community's blogs on this machine, lists them in a feeds.yaml, updates twice
as cron would, and shows the published site until it is interrupted. It needs no network.` + exits(helpFine, helpFailed, helpUsage, helpLocked),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runDemo(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.dir, "dir", "", "the folder for feeds.yaml, planet.db and public/ (default: a new temporary one)")
	f.BoolVar(&o.once, "once", false, "exit when the site is published")
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "where to show the site; the next free port if it is taken")
	return cmd
}

func (p *program) runDemo(ctx context.Context, o *demoOptions) error {
	dir, err := demoDir(o.dir)
	if err != nil {
		return err
	}
	blogs, err := feedtest.NewDemo("")
	if err != nil {
		return fmt.Errorf("the sample blogs can't be served: %w", err)
	}
	defer blogs.Close()
	p.config = filepath.Join(dir, "feeds.yaml")
	if err := writeDemo(dir, blogs.Feeds()); err != nil {
		return err
	}
	p.answer("%s are being served on this machine only, at %s/", plural(len(blogs.Feeds()), "sample blog"), blogs.URL())
	for _, round := range []string{"first update", "second update"} {
		before := len(blogs.Requests())
		if err := p.demoUpdate(ctx, round, blogs, before); err != nil {
			return err
		}
	}
	p.answer("\nYour planet is in %s:\n  feeds.yaml  who is on it\n  planet.db   every entry, for good\n  public/     the site: open public/index.html", dir)
	if o.once {
		return nil
	}
	return p.showDemo(ctx, o.addr)
}

// demoUpdate is an update like any other. It asks whether due or not, since nobody wants to wait an hour for the second.
func (p *program) demoUpdate(ctx context.Context, round string, blogs *feedtest.Demo, before int) error {
	began := time.Now()
	o, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	c, err := p.collect(ctx, o, &updateOptions{force: true})
	if err != nil {
		return err
	}
	s, err := p.publish(ctx, o, false)
	if err != nil {
		return err
	}
	statuses := map[int]int{}
	for _, r := range blogs.Requests()[before:] {
		if slices.ContainsFunc(o.feeds, func(f planet.Feed) bool { return f.URL == blogs.URL()+r.Path }) { // not the home page that may know where a feed has gone
			statuses[r.Status]++
		}
	}
	var answers []string
	for _, status := range []int{http.StatusOK, http.StatusNotModified, http.StatusNotFound} {
		if n := statuses[status]; n > 0 {
			answers = append(answers, fmt.Sprintf("%d × %d %s", n, status, http.StatusText(status)))
		}
	}
	p.answer("\n%s: %s asked (%s)", round, plural(c.Due, "feed"), strings.Join(answers, ", "))
	p.answer("  %s new; %s written, %d unchanged; %s", entries(c.New), plural(s.Written, "file"), s.Unchanged, time.Since(began).Round(time.Millisecond))
	for _, text := range attention(o.cfg.Feeds, &c) {
		p.answer("  to look at: %s", text)
	}
	return nil
}

// demoMark is the first line of a demo's feeds.yaml: only a file that begins with it is ever overwritten.
const demoMark = "# The demo's feeds.yaml: \"planet demo\" writes it anew each time."

func demoDir(dir string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", "planet-demo-")
	}
	if data, err := os.ReadFile(filepath.Join(dir, "feeds.yaml")); err == nil && !strings.HasPrefix(string(data), demoMark) {
		return "", usagef("%s holds a feeds.yaml that is not the demo's; name another folder with --dir", dir)
	}
	return filepath.Abs(dir)
}

// writeDemo writes feeds.yaml and the avatars it names.
func writeDemo(dir string, blogs []feedtest.Blog) error {
	if err := os.MkdirAll(filepath.Join(dir, "avatars"), 0o755); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString(demoMark + `
title: Planet Windvole
url: https://planet.windvole.example/
description: What the people of Windvole, weather stations for everyone, write on their own blogs
owner: {name: The Windvole project}
fetch:
  allow_private: [127.0.0.0/8]  # the sample blogs live on this machine; a real planet needs no such line
  per_host_gap: 0s              # and they share one host
feeds:
`)
	for _, blog := range blogs {
		fmt.Fprintf(&b, "  - name: %s\n    url: %s\n    site: %s\n", strconv.Quote(blog.Name), blog.URL, blog.Site)
		if blog.Lang != "" {
			fmt.Fprintf(&b, "    lang: %s\n", blog.Lang)
		}
		if len(blog.Groups) > 0 {
			fmt.Fprintf(&b, "    groups: [%s]\n", strings.Join(blog.Groups, ", "))
		}
		if blog.Avatar != nil {
			avatar := filepath.Join("avatars", blog.ID+".png")
			if err := os.WriteFile(filepath.Join(dir, avatar), blog.Avatar, 0o644); err != nil {
				return err
			}
			fmt.Fprintf(&b, "    avatar: %s\n", filepath.ToSlash(avatar))
		}
	}
	return os.WriteFile(filepath.Join(dir, "feeds.yaml"), []byte(b.String()), 0o644)
}

// showDemo shows the published site until ctx ends.
func (p *program) showDemo(ctx context.Context, addr string) error {
	cfg, err := config.Load(p.config)
	if err != nil {
		return err
	}
	l, err := listenNear(addr)
	if err != nil {
		return err
	}
	p.answer("\nThe site is at http://%s/  (Ctrl-C ends)", l.Addr())
	site := &preview{dir: cfg.Output}
	return site.serve(ctx, l)
}

// listenNear listens at addr, or at the next free port above: a demo should not fail since something else runs.
func listenNear(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, usagef("%q is no address to listen at, such as 127.0.0.1:8080", addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, usagef("%s: a preview is served to this machine only; use 127.0.0.1", addr)
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 0 || n > 65535 {
		return nil, usagef("%q is no port", port)
	}
	for last := min(n+20, 65535); ; n++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(n)))
		if err == nil || n >= last || n == 0 {
			return l, err
		}
	}
}
