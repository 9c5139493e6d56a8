package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A preview serves a published folder to this machine.
type preview struct {
	live bool // pages reload when the site has changed

	mu      sync.Mutex
	dir     string
	waiting []chan struct{} // open pages
}

// show sets the folder that is served.
func (v *preview) show(dir string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.dir = dir
}

// changed tells open pages to reload.
func (v *preview) changed() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range v.waiting {
		close(c)
	}
	v.waiting = nil
}

func (v *preview) next() <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := make(chan struct{})
	v.waiting = append(v.waiting, c)
	return c
}

// serve answers on l until ctx ends.
func (v *preview) serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: v.handler(), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case <-ctx.Done():
		return server.Close()
	case err := <-done:
		return err
	}
}

const (
	reloadScript = "/.planet/reload.js"
	reloadEvents = "/.planet/reload"
)

func (v *preview) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", v.file)
	mux.HandleFunc("GET /.planet/", http.NotFound)
	if v.live {
		mux.HandleFunc("GET "+reloadScript, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			fmt.Fprintf(w, "new EventSource(%q).onmessage = () => location.reload();\n", reloadEvents)
		})
		mux.HandleFunc("GET "+reloadEvents, v.events)
	}
	return mux
}

// events holds a page's line open until there is something to tell.
func (v *preview) events(w http.ResponseWriter, r *http.Request) {
	news := v.next()
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	select {
	case <-news:
		fmt.Fprint(w, "data: changed\n\n")
	case <-r.Context().Done():
	}
}

// mediaTypes are those of the published files, whatever the machine's own table says.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".jpg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif",
	"atom.xml": "application/atom+xml; charset=utf-8", "rss20.xml": "application/rss+xml; charset=utf-8",
	"opml.xml": "text/x-opml; charset=utf-8", "feed.json": "application/feed+json; charset=utf-8",
	".xml": "application/xml; charset=utf-8", ".json": "application/json",
}

func (v *preview) file(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	dir := v.dir
	v.mu.Unlock()
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
	if v.live && path.Ext(name) == ".html" {
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
