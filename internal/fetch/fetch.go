// Package fetch does one polite, safe GET of a feed, or of a picture in a post.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
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
	Memory       int64         // bytes of large bodies held at once; default 32,000,000
	Header       int64         // bytes of a response's header; default 64,000
	Redirects    int           // hops followed; default 5
	Concurrency  int           // requests under way at once; default 32
	PerHostGap   time.Duration // between the starts of two requests to one host; 0 is none
	AllowPorts   []int         // default 80 and 443
	AllowPrivate []netip.Prefix
	Proxy        *url.URL // asked in place of the feeds' hosts: http, https or socks5, user:password allowed; nil is none, whatever the environment says (behaviour 65)

	resolver *net.Resolver // of the tests that need names of their own
}

func (o Options) orDefault() Options {
	duration := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	number := func(n *int64, def int64) {
		if *n == 0 {
			*n = def
		}
	}
	duration(&o.Timeout, 30*time.Second)
	duration(&o.Connect, 10*time.Second)
	duration(&o.TLS, 10*time.Second)
	duration(&o.Response, 15*time.Second)
	number(&o.MaxSize, 10_000_000)
	number(&o.Memory, 32_000_000)
	number(&o.Header, 64_000)
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

// A Request asks for one feed or picture.
type Request struct {
	URL          string
	ETag         string // validators as they were given, byte for byte (RFC 9110 §13.1)
	LastModified string
	Validated    string // the address that gave the validators: no other is sent them (behaviour 47)
	Insecure     bool   // TLS certificates are not verified
	Picture      int64  // a picture is asked for instead of a feed, of at most so many bytes; 0: a feed

	// Turn, when not nil, is called each time a request is about to go out, those of redirects included, when its
	// host's turn has come. The address is without user name and password. Its error ends the Get and is returned as it
	// is; the time it takes doesn't count.
	Turn func(address string) error
}

// A Result is a server's answer, whatever its status: 304 or 410 is a value, not an error.
type Result struct {
	Status       int
	URL          string // that answered, after redirects; without user name and password
	Moved        string // where permanent redirects alone lead (behaviour 44); "" when there are none
	Body         []byte // decoded; only of status 200 and 226
	Partial      bool   // the status is 226: Body holds only what is new (RFC 3229)
	ContentType  string
	ETag         string
	LastModified string
	Fresh        time.Duration // for how long from now on the answer may be taken as current, or Unsaid
	RetryAfter   time.Duration // of 429 and 503: how long the server wants to be left alone; 0 when it doesn't say
	Links        []string      // feeds that the header of a 200 names, at most 5
	Bytes        int64         // that came over the wire
	Took         time.Duration // without waiting for the hosts' turns and for memory

	share *share
}

// Release gives back the memory that Body was granted. Whoever calls it drops Body soon after; until then no other
// large body may be read. It may be called again, and on a Result without a body.
func (r *Result) Release() { r.share.give() }

// A Client asks for feeds. It is safe for concurrent use, and makes each host wait for its turn.
type Client struct {
	opts               Options
	hosts              gates
	slots              chan struct{}
	memory             *budget
	guard              guard
	verified, insecure *http.Transport
}

// New makes a client.
func New(o Options) *Client {
	o = o.orDefault()
	return &Client{
		opts: o, slots: make(chan struct{}, o.Concurrency), hosts: gates{gap: o.PerHostGap, of: map[string]*gate{}},
		memory: newBudget(o.Memory), guard: newGuard(o),
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
// may redirect to one host. A large body waits for those of other Results: whoever gets several Releases each first.
func (c *Client) Get(ctx context.Context, req Request) (Result, error) {
	u, err := parse(req.URL)
	if err != nil {
		return Result{}, &Error{Text: err.Error(), err: err}
	}
	user, origin := u.User, originOf(u)
	permanent := true
	var before Result // of the redirect that led to u
	left := clock{left: c.opts.Timeout}
	for hop := 0; ; hop++ {
		u.User = nil
		if originOf(u) == origin {
			u.User = user // never to another origin (behaviour 23)
		}
		res, next, err := c.turn(ctx, u, req, &left)
		res.Moved, res.Took = before.Moved, c.opts.Timeout-left.left
		if err == nil && next != nil {
			err = c.follow(u, next, user != nil, hop)
		}
		if called := (turnError{}); errors.As(err, &called) {
			return before, called.error
		}
		if err != nil {
			return res, c.explain(ctx, u, hop, err)
		}
		if next == nil {
			return res, nil
		}
		permanent = permanent && (res.Status == http.StatusMovedPermanently || res.Status == http.StatusPermanentRedirect)
		if permanent {
			res.Moved = redacted(next)
		}
		u, before = next, res
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
