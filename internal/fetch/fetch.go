// Package fetch does one polite, safe GET of a feed.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Options are a client's manners and bounds; a zero field means its default.
type Options struct {
	UserAgent    string        // names the program, its version and the planet's address; required
	Timeout      time.Duration // for one feed: connecting, redirects and body together; default 30 s
	Connect      time.Duration // for one connection; default 10 s
	TLS          time.Duration // for one handshake; default 10 s
	Response     time.Duration // from the request to the end of the response's header; default 15 s
	MaxSize      int64         // bytes of a body, on the wire and decoded; default 10,000,000
	Header       int64         // bytes of a response's header; default 64,000
	Redirects    int           // hops followed; default 5
	Concurrency  int           // requests under way at once; default 32
	PerHostGap   time.Duration // between the starts of two requests to one host; 0 is none
	AllowPorts   []int         // default 80 and 443
	AllowPrivate []netip.Prefix
}

func (o Options) orDefault() Options {
	duration := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	duration(&o.Timeout, 30*time.Second)
	duration(&o.Connect, 10*time.Second)
	duration(&o.TLS, 10*time.Second)
	duration(&o.Response, 15*time.Second)
	if o.MaxSize == 0 {
		o.MaxSize = 10_000_000
	}
	if o.Header == 0 {
		o.Header = 64_000
	}
	if o.Redirects == 0 {
		o.Redirects = 5
	}
	if o.Concurrency == 0 {
		o.Concurrency = 32
	}
	if o.AllowPorts == nil {
		o.AllowPorts = []int{80, 443}
	}
	return o
}

// A Request asks for one feed.
type Request struct {
	URL          string
	ETag         string // validators as they were given, byte for byte (RFC 9110 §13.1)
	LastModified string
	Validated    string // the address that gave the validators: no other is sent them (behaviour 47)
	Insecure     bool   // TLS certificates are not verified
}

// A Result is a server's answer, whatever its status: 304 or 410 is a value, not an error.
type Result struct {
	Status       int
	URL          string // that answered, after redirects; without user name and password
	Moved        string // where permanent redirects alone lead (behaviour 44); "" when there are none
	Body         []byte // decoded; only of status 200
	ContentType  string
	ETag         string
	LastModified string
	Bytes        int64 // that came over the wire
	Took         time.Duration
}

// A Client asks for feeds. It is safe for concurrent use, and makes each host wait for its turn.
type Client struct {
	opts     Options
	hosts    gates
	slots    chan struct{}
	verified *http.Transport
	insecure func() *http.Transport
}

// New makes a client.
func New(o Options) *Client {
	o = o.orDefault()
	c := &Client{opts: o, slots: make(chan struct{}, o.Concurrency), hosts: gates{gap: o.PerHostGap, of: map[string]*gate{}}}
	c.verified = transport(o, false)
	c.insecure = sync.OnceValue(func() *http.Transport { return transport(o, true) })
	return c
}

// Close drops idle connections.
func (c *Client) Close() { c.verified.CloseIdleConnections() }

// Get asks for req.URL and follows redirects, each hop checked anew. An error means that no answer came that could be
// used; it is worded for the feed's owner. Waiting for the host's turn doesn't count towards the time limit.
func (c *Client) Get(ctx context.Context, req Request) (Result, error) {
	began := time.Now()
	res, err := c.get(ctx, req)
	res.Took = time.Since(began)
	if err != nil {
		return res, c.explain(ctx, req.URL, err)
	}
	return res, nil
}

func (c *Client) get(ctx context.Context, req Request) (Result, error) {
	u, err := parse(req.URL)
	if err != nil {
		return Result{}, err
	}
	user := u.User
	origin := u.Scheme + "://" + u.Host
	permanent, moved := true, ""
	var cancel context.CancelFunc
	for hop := 0; ; hop++ {
		leave, err := c.hosts.enter(ctx, u.Hostname())
		if err != nil {
			return Result{}, err
		}
		if err := c.slot(ctx); err != nil {
			leave()
			return Result{}, err
		}
		if cancel == nil { // the clock starts with the first turn
			ctx, cancel = context.WithTimeoutCause(ctx, c.opts.Timeout, errTimeout)
			defer cancel()
		}
		if u.Scheme+"://"+u.Host == origin {
			u.User = user // never to another origin (behaviour 23)
		}
		res, next, err := c.hop(ctx, u, req)
		<-c.slots
		leave()
		res.Moved = moved
		if err != nil || next == nil {
			return res, err
		}
		if hop == c.opts.Redirects {
			return res, fmt.Errorf("redirects: more than %d in a row, the last to %s (limits.redirects)", c.opts.Redirects, redacted(next))
		}
		if user != nil && u.Scheme == "https" && next.Scheme == "http" {
			return res, errors.New("redirects from https to http, where its password would be readable")
		}
		permanent = permanent && (res.Status == http.StatusMovedPermanently || res.Status == http.StatusPermanentRedirect)
		if permanent {
			moved = redacted(next)
		}
		u = next
	}
}

func (c *Client) slot(ctx context.Context) error {
	select {
	case c.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hop makes one request; next is where it redirects to.
func (c *Client) hop(ctx context.Context, u *url.URL, req Request) (res Result, next *url.URL, err error) {
	r := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{
		"User-Agent":      {c.opts.UserAgent},
		"Accept":          {"application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"},
		"Accept-Encoding": {"gzip, br, zstd"},
	}}
	if u.User != nil {
		password, _ := u.User.Password()
		r.SetBasicAuth(u.User.Username(), password)
	}
	if req.Validated == redacted(u) {
		if req.ETag != "" {
			r.Header.Set("If-None-Match", req.ETag)
		}
		if req.LastModified != "" {
			r.Header.Set("If-Modified-Since", req.LastModified)
		}
	}
	t := c.verified
	if req.Insecure {
		t = c.insecure()
	}
	resp, err := t.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return Result{}, nil, err
	}
	defer resp.Body.Close()
	res = Result{
		Status: resp.StatusCode, URL: redacted(u), ContentType: resp.Header.Get("Content-Type"),
		ETag: resp.Header.Get("ETag"), LastModified: resp.Header.Get("Last-Modified"),
	}
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		next, err = target(u, resp.Header.Get("Location"))
		return res, next, err
	case http.StatusOK:
		res.Body, res.Bytes, err = c.body(resp)
	}
	return res, nil, err
}

// target resolves a Location. What isn't http or https is refused here, before anything could follow it (behaviour 46).
func target(from *url.URL, location string) (*url.URL, error) {
	if location == "" {
		return nil, errors.New("redirects without saying where to")
	}
	ref, err := url.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("redirects to %q, which is no address", location)
	}
	next := from.ResolveReference(ref)
	next.Fragment = ""
	next.User = nil
	return next, web(next)
}

func parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("this is no address that can be asked")
	}
	u.Fragment = ""
	return u, web(u)
}

func web(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return fmt.Errorf("%s is no address on the web (http or https)", redacted(u))
	}
	return nil
}

// redacted is u without user name and password, which never leave this package.
func redacted(u *url.URL) string {
	if u.User == nil {
		return u.String()
	}
	bare := *u
	bare.User = nil
	return bare.String()
}

// Redact is address without user name and password, for logs and published files.
func Redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return strings.Split(address, "@")[0]
	}
	return redacted(u)
}
