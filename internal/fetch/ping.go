package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// topicsAtOnce is how many topics one request names: a hub takes a form of some kilobytes, and not of any size.
const topicsAtOnce = 100

// Ping tells a WebSub hub that the feeds at the addresses topics have changed. WebSub leaves to hub and publisher how; this is
// how all hubs understand it: hub.mode=publish with hub.url (PubSubHubbub 0.3 §7.1), and hub.topic for those that were
// written after WebSub's own words. It is as safe as Get, and follows no redirect: a hub that has moved is another hub. An
// error means that the hub doesn't know of all topics; it is worded for the planet's maintainer.
func (c *Client) Ping(ctx context.Context, hub string, topics []string) error {
	u, err := parse(hub)
	if err != nil {
		return &Error{Text: err.Error(), err: err}
	}
	for some := range slices.Chunk(topics, topicsAtOnce) {
		if err := c.ping(ctx, u, url.Values{"hub.mode": {"publish"}, "hub.url": some, "hub.topic": some}); err != nil {
			return c.explain(ctx, u, 0, err)
		}
	}
	return nil
}

// ping makes one request when the hub's turn has come.
func (c *Client) ping(ctx context.Context, u *url.URL, form url.Values) error {
	if c.opts.Proxy != nil {
		if err := c.allowed(u); err != nil {
			return err
		}
	}
	host, err := c.hosts.enter(ctx, u.Hostname())
	if err != nil {
		return err
	}
	defer host.leave()
	run, cancel := context.WithTimeoutCause(ctx, c.opts.Timeout, errTimeout)
	defer cancel()
	bare := *u
	bare.User = nil
	r, err := http.NewRequestWithContext(run, http.MethodPost, bare.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("User-Agent", c.opts.UserAgent)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if u.User != nil {
		password, _ := u.User.Password()
		r.SetBasicAuth(u.User.Username(), password)
	}
	err = c.post(r)
	if err != nil && ctx.Err() == nil && errors.Is(context.Cause(run), errTimeout) {
		return errTimeout
	}
	return err
}

// post sends r and judges the answer. Of its body nothing is needed but the reason for a refusal.
func (c *Client) post(r *http.Request) error {
	resp, err := c.verified.RoundTrip(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	status := strings.TrimSpace(fmt.Sprintf("the hub answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
	switch {
	case resp.StatusCode/100 == 2:
		return nil // it has taken it, whatever becomes of its words
	case err != nil:
		return err
	case resp.StatusCode == http.StatusProxyAuthRequired && c.opts.Proxy != nil:
		return proxyError(resp.StatusCode)
	case resp.StatusCode/100 == 3:
		if to, err := target(r.URL, resp.Header.Get("Location")); err == nil {
			status += " and sends us to " + brief(redacted(to), 300)
		}
	default:
		if why := reason(resp.Header.Get("Content-Type"), body); why != "" && why != http.StatusText(resp.StatusCode) {
			status += ": " + why
		}
	}
	return worded(status)
}

// reason is the first line of what a server says in plain text, fit for a terminal; "" when it says it otherwise.
func reason(contentType string, body []byte) string {
	if typ, _, err := mime.ParseMediaType(contentType); err != nil || typ != "text/plain" {
		return ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(strings.ToValidUTF8(string(body), "")), "\n")
	line = strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return -1
	}, line)
	return brief(strings.TrimSpace(line), 200)
}
