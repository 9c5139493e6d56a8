package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"code.dny.dev/ssrf"
)

// throughProxy makes t connect to the proxy alone. The maintainer named it, so the guard doesn't stand before it; what
// the proxy is asked to connect to is checked by allowed (behaviour 65).
func throughProxy(t *http.Transport, o Options) {
	dialer := &net.Dialer{Timeout: o.Connect, Resolver: o.resolver}
	t.Proxy = http.ProxyURL(o.Proxy)
	t.DialContext = dialer.DialContext
	// With a proxy, net/http takes this for the connection to an https proxy alone. That proxy is sent its password, so
	// one feed's word on certificates doesn't count here. HTTP/1.1 is all that CONNECT is spoken in.
	t.DialTLSContext = (&tls.Dialer{NetDialer: dialer, Config: &tls.Config{NextProtos: []string{"http/1.1"}}}).DialContext
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
		if resp.StatusCode != http.StatusOK {
			return proxyError(resp.StatusCode)
		}
		return nil
	}
}

// A proxyError is the status with which a proxy, not the feed's server, turned a request down.
type proxyError int

func (e proxyError) Error() string {
	if e == http.StatusProxyAuthRequired {
		return "the proxy wants another user name or password (fetch.proxy)"
	}
	return strings.TrimSpace(fmt.Sprintf("the proxy did not connect: it answered %d %s", int(e), http.StatusText(int(e)))) + " (fetch.proxy)"
}

// errNumber is of hosts like 127.1 and 0x7f000001, which a resolver may take for an address: no name on the web ends in
// a number (URL standard, "ends in a number").
var errNumber = errors.New("a number in place of a name")

// allowed checks what only the proxy is going to see: the port, and the address where u has one. A name is resolved by
// the proxy, and whether it leads to a private address is the proxy's to know.
func (c *Client) allowed(u *url.URL) error {
	port, _ := strconv.ParseUint(portOf(u), 10, 16) // web has seen it
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		network := "tcp6"
		if ip.Is4() {
			network = "tcp4"
		}
		return c.guard(network, netip.AddrPortFrom(ip, uint16(port)).String(), nil)
	}
	at := netip.AddrPortFrom(netip.Addr{}, uint16(port))
	if endsInNumber(u.Hostname()) {
		return &refused{at, errNumber}
	}
	if !slices.Contains(c.opts.AllowPorts, int(port)) {
		return &refused{at, ssrf.ErrProhibitedPort}
	}
	return nil
}

// endsInNumber counts digits and dots of any script: net/http makes ASCII of them later.
func endsInNumber(host string) bool {
	labels := strings.FieldsFunc(host, func(r rune) bool { return strings.ContainsRune(".。．｡", r) })
	if len(labels) == 0 {
		return true
	}
	last := strings.ToLower(labels[len(labels)-1])
	if rest, hex := strings.CutPrefix(last, "0x"); hex {
		return strings.Trim(rest, "0123456789abcdef") == ""
	}
	return strings.IndexFunc(last, func(r rune) bool { return !unicode.IsNumber(r) }) < 0
}
