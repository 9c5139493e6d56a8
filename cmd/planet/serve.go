package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"planet/internal/config"
	"planet/internal/publish"
)

type serveOptions struct{ addr string }

func (p *program) serve() *cobra.Command {
	o := &serveOptions{}
	cmd := &cobra.Command{
		Use: "serve", Short: "Preview the site on this machine", Args: cobra.NoArgs,
		Long: `serve shows the site at 127.0.0.1:8080, for you to look at. When feeds.yaml, the theme or the database changes
it publishes anew, and open pages reload. It asks no feed. Visitors need a real web server.` + exits(helpFine, helpFailed, helpUsage),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runServe(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.addr, "addr", "127.0.0.1:8080", "where to listen; the next free port if it is taken")
	return cmd
}

func (p *program) runServe(ctx context.Context, o *serveOptions) error {
	cfg, err := config.Load(p.config)
	if err != nil {
		return err
	}
	if err := p.rebuild(ctx); err != nil && !errors.Is(err, publish.ErrLocked) {
		return err
	}
	l, err := listenNear(o.addr)
	if err != nil {
		return err
	}
	changes := &reloads{}
	go p.watch(ctx, cfg, changes)
	p.answer("The site is at http://%s/  (Ctrl-C ends)", l.Addr())
	return p.serveSite(ctx, l, cfg.Output, changes)
}

// rebuild publishes from what is stored, and lets go of the database again: cron may want it.
func (p *program) rebuild(ctx context.Context) error {
	o, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	_, err = p.publish(ctx, o)
	return err
}

// watch publishes anew whenever something changed that the site is made of. Polling is coarse, but works on every file
// system, and once a second costs nothing.
func (p *program) watch(ctx context.Context, cfg *config.Config, changes *reloads) {
	last := stateOf(cfg)
	published := stateOf(&config.Config{Output: cfg.Output})
	for tick := time.NewTicker(time.Second); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		if now := stateOf(cfg); now != last {
			if err := p.rebuild(ctx); errors.Is(err, publish.ErrLocked) {
				continue // an update is under way; it publishes, and afterwards we look again
			} else if err != nil {
				p.exit(err) // said, and shown until it is mended
			}
			last = stateOf(cfg)
		}
		if now := stateOf(&config.Config{Output: cfg.Output}); now != published {
			published = now
			changes.tell()
		}
	}
}

// stateOf names the state of the files that a site is made of, or with Output alone, of the site.
func stateOf(cfg *config.Config) string {
	h := sha256.New()
	stat := func(name string) {
		if info, err := os.Stat(name); err == nil {
			fmt.Fprintln(h, name, info.Size(), info.ModTime().UnixNano())
		}
	}
	if cfg.Path == "" {
		stat(filepath.Join(cfg.Output, ".planet", "manifest.json"))
		return string(h.Sum(nil))
	}
	stat(cfg.Path)
	stat(cfg.Database)
	stat(cfg.Database + "-wal")
	for _, f := range cfg.Feeds {
		if f.Avatar != "" {
			stat(f.Avatar)
		}
	}
	if cfg.Theme != "" {
		_ = filepath.WalkDir(cfg.Theme, func(name string, _ fs.DirEntry, _ error) error { stat(name); return nil })
	}
	return string(h.Sum(nil))
}

// reloads tells open pages that the site has changed.
type reloads struct {
	mu      sync.Mutex
	waiting []chan struct{}
}

func (r *reloads) tell() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.waiting {
		close(c)
	}
	r.waiting = nil
}

func (r *reloads) next() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := make(chan struct{})
	r.waiting = append(r.waiting, c)
	return c
}

const (
	reloadScript = "/.planet/reload.js"
	reloadEvents = "/.planet/reload"
)

// serveSite serves a published folder until ctx ends; with changes, its pages reload when they should.
func (p *program) serveSite(ctx context.Context, l net.Listener, dir string, changes *reloads) error {
	server := &http.Server{Handler: siteHandler(dir, changes), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case <-ctx.Done():
		return server.Close()
	case err := <-done:
		return err
	}
}

func siteHandler(dir string, changes *reloads) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) { servePath(w, r, dir, changes != nil) })
	mux.HandleFunc("GET /.planet/", http.NotFound)
	if changes == nil {
		return mux
	}
	mux.HandleFunc("GET "+reloadScript, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		fmt.Fprintf(w, "new EventSource(%q).onmessage = () => location.reload();\n", reloadEvents)
	})
	mux.HandleFunc("GET "+reloadEvents, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-changes.next():
			fmt.Fprint(w, "data: changed\n\n")
		case <-r.Context().Done():
		}
	})
	return mux
}

// mediaTypes are those of the published files, whatever the machine's own table says.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".jpg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif",
	"atom.xml": "application/atom+xml; charset=utf-8", "rss20.xml": "application/rss+xml; charset=utf-8",
	"opml.xml": "text/x-opml; charset=utf-8", "feed.json": "application/feed+json; charset=utf-8",
	".xml": "application/xml; charset=utf-8", ".json": "application/json",
}

func servePath(w http.ResponseWriter, r *http.Request, dir string, live bool) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err == nil && info.IsDir() {
		if name != "" && !strings.HasSuffix(r.URL.Path, "/") {
			http.Redirect(w, r, path.Base(r.URL.Path)+"/", http.StatusMovedPermanently)
			return
		}
		name = path.Join(name, "index.html")
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		data, _ = os.ReadFile(filepath.Join(dir, "404.html"))
		w.Header().Set("Content-Type", mediaTypes[".html"])
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write(data)
		return
	}
	typ := mediaTypes[path.Base(name)]
	if typ == "" {
		typ = mediaTypes[path.Ext(name)]
	}
	if typ == "" {
		typ = "application/octet-stream"
	}
	if live && path.Ext(name) == ".html" {
		data = bytes.Replace(data, []byte("default-src 'none'"), []byte("default-src 'none'; connect-src 'self'"), 1)
		data = bytes.Replace(data, []byte("</head>"), []byte(`<script src="`+reloadScript+`"></script></head>`), 1)
	}
	hash := sha256.Sum256(data)
	w.Header().Set("Content-Type", typ)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("ETag", `"`+hex.EncodeToString(hash[:16])+`"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
}
