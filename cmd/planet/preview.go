package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A preview serves a published folder to this machine, as a well set up web server would to the world.
type preview struct {
	live  bool   // pages reload when there is another one at their address
	mount string // path of the site's own address, with slashes around: it is at the root and there, too, as 404.html links to it; "" the root alone

	mu   sync.Mutex
	dir  string
	next chan struct{} // closed when the site has changed; nil while nobody waits
}

// show sets the folder that is served.
func (v *preview) show(dir string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.dir = dir
}

// changed makes open pages look whether they are still the same.
func (v *preview) changed() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.next != nil {
		close(v.next)
		v.next = nil
	}
}

func (v *preview) news() <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.next == nil {
		v.next = make(chan struct{})
	}
	return v.next
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

func (v *preview) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", v.file)
	if v.live {
		mux.HandleFunc("GET "+reloadScript, sendReloadScript)
		mux.HandleFunc("GET "+reloadEvents, v.events)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-cache") // kept, and asked for again each time
		if !thisMachine(r.Host) {
			http.Error(w, "This preview answers to 127.0.0.1 and localhost only.", http.StatusMisdirectedRequest)
			return
		}
		if rest, ok := strings.CutPrefix(r.URL.Path, v.mount); ok && v.mount != "" {
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawPath = "/"+rest, ""
		}
		mux.ServeHTTP(w, r)
	})
}

// thisMachine tells whether host, of a request, is a name of this machine's own. A foreign page whose name resolves to
// 127.0.0.1 (DNS rebinding) could read the preview otherwise.
func thisMachine(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

func (v *preview) file(w http.ResponseWriter, r *http.Request) {
	root, err := v.open()
	if err != nil {
		http.Error(w, "There is no site yet.", http.StatusNotFound)
		return
	}
	defer root.Close()
	f, err := look(root, r.URL.Path)
	switch {
	case err == nil && f.folder:
		http.Redirect(w, r, (&url.URL{Path: "/" + f.name + "/", RawQuery: r.URL.RawQuery}).String(), http.StatusMovedPermanently)
	case err == nil:
		v.send(w, r, root, f)
	case errors.Is(err, fs.ErrNotExist):
		f, _ := look(root, "/404.html") // without one, it is an empty page
		w.Header().Set("Content-Type", mediaTypes[".html"])
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write(v.page(f))
	default:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// send answers with f as it is, packed if the browser takes it so, or not at all where it has it already.
func (v *preview) send(w http.ResponseWriter, r *http.Request, root *os.Root, f served) {
	h := w.Header()
	h.Set("Content-Type", mediaType(f.name))
	if v.live && path.Ext(f.name) == ".html" {
		f.data = v.page(f)
	} else if coding, packed, any := pick(root, f.name, r.Header.Get("Accept-Encoding")); any {
		h.Add("Vary", "Accept-Encoding")
		if coding != "" {
			f = packed
			h.Set("Content-Encoding", coding)
			h.Set("Content-Length", strconv.Itoa(len(f.data))) // which net/http leaves out of what is encoded
		}
	}
	h.Set("ETag", `"`+sum(f.data)+`"`)
	http.ServeContent(w, r, f.name, f.changed, bytes.NewReader(f.data))
}

// page is the HTML of f as it is sent.
func (v *preview) page(f served) []byte {
	if !v.live {
		return f.data
	}
	return reloading(f.data)
}

func (v *preview) open() (*os.Root, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return os.OpenRoot(v.dir) // each time, since the folder may be replaced by another one
}

// A served file is what a path leads to.
type served struct {
	name    string // relative to the site's folder
	folder  bool   // it is a folder asked for without its final slash; nothing was read
	data    []byte
	changed time.Time
}

// look reads the file that the path of a URL names: a folder's is its index.html. Of what lies beside the published files
// nothing is shown whose name begins with a dot, the program's own folder .planet among them. A link may lead to another place in the
// folder; one that leads out of it doesn't exist.
func look(root *os.Root, urlPath string) (served, error) {
	name := strings.TrimPrefix(path.Clean("/"+urlPath), "/")
	if strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return served{}, fs.ErrNotExist
	}
	slash := strings.HasSuffix(urlPath, "/")
	info, err := root.Stat(path.Join(".", name))
	switch {
	case err != nil:
		return served{}, fs.ErrNotExist // also what no file can be called, or leads out
	case info.IsDir() && !slash && name != "":
		return served{name: name, folder: true}, nil
	case info.IsDir():
		name = path.Join(name, "index.html")
		if info, err = root.Stat(name); err != nil {
			return served{}, fs.ErrNotExist
		}
	case slash:
		return served{}, fs.ErrNotExist // relative links in it would lead elsewhere
	}
	if !info.Mode().IsRegular() {
		return served{}, fs.ErrNotExist // a pipe would never end
	}
	f, err := root.Open(name)
	if err != nil {
		return served{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	return served{name: name, data: data, changed: info.ModTime()}, err
}

// sum names the content of a file: the strong validator (RFC 9110 §8.8.3).
func sum(data []byte) string {
	hash := sha256.Sum256(data)
	return hex.EncodeToString(hash[:16])
}
