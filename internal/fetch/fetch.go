// Package fetch does one polite, safe GET of a feed.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
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
	if len(o.AllowPorts) == 0 { // to the guard an empty list means any port
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
	Bytes        int64         // that came over the wire
	Took         time.Duration // without waiting for the hosts' turns
}

// A Client asks for feeds. It is safe for concurrent use, and makes each host wait for its turn.
type Client struct {
	opts               Options
	hosts              gates
	slots              chan struct{}
	verified, insecure *http.Transport
}

// New makes a client.
func New(o Options) *Client {
	o = o.orDefault()
	return &Client{
		opts: o, slots: make(chan struct{}, o.Concurrency), hosts: gates{gap: o.PerHostGap, of: map[string]*gate{}},
		verified: transport(o, false), insecure: transport(o, true),
	}
}

// Close drops idle connections.
func (c *Client) Close() {
	c.verified.CloseIdleConnections()
	c.insecure.CloseIdleConnections()
}

// Get asks for req.URL and follows redirects, each hop checked anew. An error means that no answer came that could be
// used; it is worded for the feed's owner. Waiting for a host's turn doesn't count towards the time limit: many feeds
// may redirect to one host.
func (c *Client) Get(ctx context.Context, req Request) (Result, error) {
	u, err := parse(req.URL)
	if err != nil {
		return Result{}, &Error{Text: err.Error(), err: err}
	}
	user, origin := u.User, originOf(u)
	permanent, moved := true, ""
	left := c.opts.Timeout
	for hop := 0; ; hop++ {
		u.User = nil
		if originOf(u) == origin {
			u.User = user // never to another origin (behaviour 23)
		}
		res, next, err := c.turn(ctx, u, req, &left)
		res.Moved, res.Took = moved, c.opts.Timeout-left
		if err == nil && next != nil {
			err = c.follow(u, next, user != nil, hop)
		}
		if err != nil {
			return res, c.explain(ctx, u, hop, err)
		}
		if next == nil {
			return res, nil
		}
		permanent = permanent && (res.Status == http.StatusMovedPermanently || res.Status == http.StatusPermanentRedirect)
		if permanent {
			moved = redacted(next)
		}
		u = next
	}
}

// follow tells why the redirect from one address to the next is not followed, if it isn't.
func (c *Client) follow(from, next *url.URL, secret bool, hop int) error {
	switch {
	case hop == c.opts.Redirects:
		return redirectError(fmt.Sprintf("more than %d in a row, the last to %s (limits.redirects)", c.opts.Redirects, brief(redacted(next), 300)))
	case secret && from.Scheme == "https" && next.Scheme == "http":
		return redirectError("from https to http, where the password would be readable")
	}
	return nil
}

// turn makes one request when the host's turn has come and few enough others are under way. It takes the time that
// passes then from left.
func (c *Client) turn(ctx context.Context, u *url.URL, req Request, left *time.Duration) (Result, *url.URL, error) {
	host, err := c.hosts.enter(ctx, u.Hostname())
	if err != nil {
		return Result{}, nil, err
	}
	defer host.leave()
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return Result{}, nil, ctx.Err()
	}
	host.started = time.Now()
	defer func(began time.Time) { *left -= time.Since(began) }(host.started)
	ctx, cancel := context.WithTimeoutCause(ctx, *left, errTimeout)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { host.started = time.Now() }, // the server sees the request from now on
	})
	res, next, err := c.hop(ctx, u, req)
	if err != nil && context.Cause(ctx) == errTimeout { //nolint:errorlint // it is the very value
		err = errTimeout
	}
	return res, next, err
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
	conditional := req.Validated == redacted(u) && (req.ETag != "" || req.LastModified != "")
	if conditional && req.ETag != "" {
		r.Header.Set("If-None-Match", req.ETag)
	}
	if conditional && req.LastModified != "" {
		r.Header.Set("If-Modified-Since", req.LastModified)
	}
	t := c.verified
	if req.Insecure {
		t = c.insecure
	}
	resp, err := t.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return Result{}, nil, err
	}
	defer resp.Body.Close()
	res = Result{
		Status: resp.StatusCode, URL: redacted(u), ContentType: resp.Header.Get("Content-Type"),
		ETag: sendable(resp.Header.Get("ETag")), LastModified: sendable(resp.Header.Get("Last-Modified")),
	}
	switch resp.StatusCode {
	case http.StatusOK:
		res.Body, res.Bytes, err = c.body(resp)
		return res, nil, err
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		next, err = target(u, resp.Header.Get("Location"))
	case http.StatusNotModified:
		if !conditional {
			err = errors.New("the server answered 304 Not Modified, though it was not asked whether anything is new")
		}
	}
	if 0 < resp.ContentLength && resp.ContentLength <= 4<<10 {
		io.Copy(io.Discard, resp.Body) //nolint:errcheck // only so that the connection can serve the next request
	}
	return res, next, err
}

// sendable is a validator as it was given, or "" where it holds what no request may: it would fail for ever.
func sendable(value string) string {
	for i := range len(value) {
		if b := value[i]; b < ' ' && b != '\t' || b == 0x7f {
			return ""
		}
	}
	return value
}

// target resolves a Location. What isn't http or https is refused here, before anything could follow it (behaviour 46).
func target(from *url.URL, location string) (*url.URL, error) {
	if location == "" {
		return nil, redirectError("it is not said where to")
	}
	ref, err := url.Parse(location)
	if err != nil {
		return nil, redirectError(fmt.Sprintf("%q is no address", brief(Redact(location), 300)))
	}
	next := from.ResolveReference(ref)
	next.Fragment, next.RawFragment = "", ""
	next.User = nil
	if !web(next) {
		return nil, redirectError(noWeb(next))
	}
	return next, nil
}

func parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("this is no address that can be asked")
	}
	u.Fragment, u.RawFragment = "", ""
	if !web(u) {
		return nil, errors.New(noWeb(u))
	}
	return u, nil
}

func web(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

func noWeb(u *url.URL) string {
	return brief(redacted(u), 300) + " is no address on the web (http or https)"
}

// originOf is scheme, host and port of u, in the one way they can be compared.
func originOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// redacted is u without user name and password, which never leave this package.
func redacted(u *url.URL) string {
	bare := *u
	bare.User = nil
	if strings.Contains(bare.Opaque, "@") { // user:password@host
		bare.Scheme, bare.Opaque = "", afterAt(bare.Opaque)
	}
	return bare.String()
}

// Redact is address without user name and password, for logs and published files.
func Redact(address string) string {
	if !strings.Contains(address, "@") {
		return address // as written: package url would percent-encode an international host
	}
	u, err := url.Parse(address)
	if err == nil {
		return redacted(u)
	}
	// Nobody can ask for it, but a mistyped password is still one.
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return afterAt(address)
	}
	return scheme + "://" + afterAt(rest)
}

// afterAt is s without everything up to its last @.
func afterAt(s string) string { return s[strings.LastIndexByte(s, '@')+1:] }
