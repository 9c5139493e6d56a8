package fetch

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// transport connects only where feeds may be. The guard sees the address of every connection after the name has been
// resolved, on each hop of a redirect, so that neither a name that resolves to a private address nor one that changes
// its mind gets through (behaviours 62–64).
func transport(o Options, insecure bool) *http.Transport {
	dialer := &net.Dialer{Timeout: o.Connect, Control: newGuard(o), Resolver: o.resolver}
	t := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    o.TLS,
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: insecure}, //nolint:gosec // only for the feeds that say so
		ResponseHeaderTimeout:  o.Response,
		MaxResponseHeaderBytes: o.Header,
		MaxIdleConnsPerHost:    1,
		MaxIdleConns:           o.Concurrency,
		IdleConnTimeout:        90 * time.Second,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // the limits must stand on both sides of the decoder
	}
	if o.Proxy != nil {
		throughProxy(t, o)
	}
	return t
}

// A guard tells why no connection may be made to an address, if none may.
type guard = func(network, address string, _ syscall.RawConn) error

func newGuard(o Options) guard {
	ports := make([]uint16, len(o.AllowPorts))
	for i, p := range o.AllowPorts {
		ports[i] = uint16(p)
	}
	public := ssrf.New(ssrf.WithPorts(ports...))
	return func(network, address string, c syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("connect to %s: %w", address, err)
		}
		for _, p := range o.AllowPrivate {
			if p.Contains(at.Addr().Unmap()) {
				return nil
			}
		}
		// The address first: that it is private says more than that its port is odd.
		if err := public.SafeAddr(at.Addr()); err != nil {
			return &refused{at, err}
		}
		if err := public.Safe(network, address, c); err != nil {
			return &refused{at, err}
		}
		return nil
	}
}

// refused means that the guard let no connection through.
type refused struct {
	at  netip.AddrPort
	err error
}

func (r *refused) Error() string { return fmt.Sprintf("connection to %s refused: %v", r.at, r.err) }
func (r *refused) Unwrap() error { return r.err }
