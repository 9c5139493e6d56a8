package fetch

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// A turnError is what Request.Turn said: it isn't the server's doing and needs no words of ours.
type turnError struct{ error }

// turn makes one request when the host's turn has come and few enough others are under way.
func (c *Client) turn(ctx context.Context, u *url.URL, req Request, left *clock) (res Result, next *url.URL, err error) {
	if c.opts.Proxy != nil {
		if err := c.allowed(u); err != nil {
			return Result{}, nil, err
		}
	}
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
	if req.Turn != nil {
		if err := req.Turn(redacted(u)); err != nil {
			return Result{}, nil, turnError{err}
		}
	}
	host.started = time.Now()
	run, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	left.start(cancel)
	defer left.stop()
	var connected atomic.Bool // dialling goes on beside us, even after we have left
	reused := false
	traced := httptrace.WithClientTrace(run, &httptrace.ClientTrace{
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				connected.Store(true)
			}
		},
		GotConn: func(conn httptrace.GotConnInfo) {
			reused = conn.Reused
			connected.Store(true)
			host.started = time.Now() // the server sees the request from now on
		},
	})
	res, next, err = c.hop(traced, u, req, left)
	if err != nil && reused && strings.Contains(err.Error(), "malformed HTTP") {
		// What the server sent too much of its answer before, such as a body with a 304, is taken for this one.
		res, next, err = c.hop(traced, u, req, left)
	}
	if err != nil && context.Cause(run) == errTimeout { //nolint:errorlint // it is the very value
		err = errTimeout
	}
	if err != nil && !connected.Load() {
		err = &unconnected{err}
	}
	return res, next, err
}

// hop makes one request; next is where it redirects to.
func (c *Client) hop(ctx context.Context, u *url.URL, req Request, left *clock) (res Result, next *url.URL, err error) {
	t := c.verified
	if req.Insecure {
		t = c.insecure
	}
	r := c.request(u, req)
	resp, err := t.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return Result{}, nil, err
	}
	defer resp.Body.Close()
	res = c.result(u, resp)
	switch resp.StatusCode {
	case http.StatusOK, http.StatusIMUsed:
		err = c.body(ctx, resp, req, &res, left)
		return res, nil, err
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		next, err = target(u, resp.Header.Get("Location"))
	case http.StatusNotModified:
		if r.Header.Get("If-None-Match") == "" && r.Header.Get("If-Modified-Since") == "" {
			err = worded("the server answered 304 Not Modified, though it was not asked whether anything is new")
		}
	case http.StatusProxyAuthRequired: // for http:// the proxy answers in the server's place
		if c.opts.Proxy != nil {
			err = proxyError(resp.StatusCode)
		}
	}
	if 0 < resp.ContentLength && resp.ContentLength <= 4<<10 {
		io.Copy(io.Discard, resp.Body) //nolint:errcheck // only so that the connection can serve the next request
	}
	return res, next, err
}

// request asks for u, and for what is new since the answer that req tells of if it was u that gave it (behaviour 47).
func (c *Client) request(u *url.URL, req Request) *http.Request {
	r := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{
		"User-Agent":      {c.opts.UserAgent},
		"Accept-Encoding": {"gzip, br, zstd"},
	}}
	if req.Picture > 0 { // servers that choose among kinds give one that can be checked
		r.Header.Set("Accept", "image/webp, image/png, image/jpeg, image/gif, */*;q=0.1")
	} else {
		r.Header.Set("Accept", "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1")
		r.Header.Set("A-IM", "feed") // a list of only what is new is welcome, as status 226 (RFC 3229)
	}
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
	return r
}

// result is what the header of u's answer says.
func (c *Client) result(u *url.URL, resp *http.Response) Result {
	now := time.Now()
	res := Result{
		Status: resp.StatusCode, URL: redacted(u), Partial: resp.StatusCode == http.StatusIMUsed,
		ContentType: resp.Header.Get("Content-Type"),
		ETag:        sendable(resp.Header.Get("ETag")), LastModified: sendable(resp.Header.Get("Last-Modified")),
		Fresh: freshness(resp.Header, now),
	}
	switch resp.StatusCode {
	case http.StatusOK:
		res.Links = feedLinks(u, resp.Header.Values("Link"))
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		res.RetryAfter = retryAfter(resp.Header, now)
	}
	return res
}

// sendable is a validator as it was given, or "" where it holds what no request may: it would fail for ever.
func sendable(value string) string {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return ""
	}
	return value
}
