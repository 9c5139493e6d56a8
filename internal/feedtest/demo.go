package feedtest

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"time"
)

// A Demo serves the sample community on a loopback address: feeds, posts, home pages, images and sounds.
type Demo struct {
	blogs []Blog
	log   requestLog
	http  http.Server
	base  string
}

// NewDemo starts serving at addr, host and port; "" means a free port of 127.0.0.1. The host must be a loopback address:
// what the blogs hold is for the neighbours' eyes only, some of it hostile.
func NewDemo(addr string) (*Demo, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, fmt.Errorf("demo address: %w", err)
	}
	if !ap.Addr().IsLoopback() {
		return nil, fmt.Errorf("demo address %s: not a loopback address", addr)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	d := &Demo{base: "http://" + l.Addr().String()}
	if d.blogs, err = Blogs(d.base); err != nil {
		l.Close()
		return nil, err
	}
	d.http = http.Server{Handler: d.log.wrap(http.HandlerFunc(d.serve)), ReadHeaderTimeout: 10 * time.Second}
	go d.http.Serve(l) //nolint:errcheck // it always ends with an error: that of Close
	return d, nil
}

// Feeds lists the blogs; the last one's server has lost its feed.
func (d *Demo) Feeds() []Blog { return d.blogs }

// URL is the address of the server, without a final slash.
func (d *Demo) URL() string { return d.base }

// Requests returns what was asked so far (of the last ten thousand), oldest first.
func (d *Demo) Requests() []Request { return d.log.all() }

// Close stops the server and cuts its connections.
func (d *Demo) Close() error { return d.http.Close() }

// serve answers /BLOG/… : everything of a blog lives below its own folder, as if each had its own host.
func (d *Demo) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	id, rest, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	for i := range d.blogs {
		if found && d.blogs[i].ID == id {
			d.serveBlog(w, r, &d.blogs[i], rest)
			return
		}
	}
	if id == "" {
		servePage(w, r, "index", page{Title: "The blogs of this demo", Blogs: d.blogs})
		return
	}
	serveNotFound(w)
}

func (d *Demo) serveBlog(w http.ResponseWriter, r *http.Request, b *Blog, rest string) {
	dir, name := path.Split(rest)
	switch {
	case rest == "":
		servePage(w, r, "home", page{Title: b.Title, Blog: b})
	case rest == "feed.xml" && b.Doc != nil:
		serveContent(w, r, b.ContentType, b.updated(), b.Doc)
	case rest == "avatar.png":
		serveContent(w, r, "image/png", b.updated(), b.Avatar)
	case rest == "widget/":
		servePage(w, r, "widget", page{Title: "A visitor counter"})
	// Pictures answer under any folder, so that it doesn't matter what relative addresses are resolved against.
	case strings.HasSuffix("/"+dir, "/images/"):
		serveImage(w, r, name)
	case dir == "audio/" && path.Ext(name) == ".wav":
		serveContent(w, r, "audio/wav", b.updated(), chimeWAV())
	default:
		for i := range b.Posts {
			if b.Posts[i].Link == d.base+r.URL.Path {
				servePage(w, r, "post", page{Title: b.Posts[i].Title, Blog: b, Post: &b.Posts[i]})
				return
			}
		}
		serveNotFound(w)
	}
}
