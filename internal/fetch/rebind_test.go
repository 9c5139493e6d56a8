package fetch

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"planet/internal/feedtest"
)

// names is a resolver that gives every name one set of IPv4 addresses (several with commas) at each question, the last
// one for ever; with none no name exists. It asks a name server of its own on loopback.
func names(t *testing.T, answers ...string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	var mu sync.Mutex
	asked := 0
	go func() {
		b := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			mu.Lock()
			var addresses []string
			if q := question(b[:n]); len(answers) > 0 && q[len(q)-3] == 1 { // type A
				addresses = strings.Split(answers[min(asked, len(answers)-1)], ",")
				asked++
			}
			mu.Unlock()
			conn.WriteTo(dnsAnswer(b[:n], len(answers) > 0, addresses), from) //nolint:errcheck // the test is over
		}
	}()
	return &net.Resolver{PreferGo: true, StrictErrors: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// question is the name, type and class that a query asks for (RFC 1035 §4.1.2).
func question(query []byte) []byte {
	end := 12
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	return query[12 : end+5]
}

// dnsAnswer answers a query (RFC 1035 §4.1) with addresses that may not be kept.
func dnsAnswer(query []byte, exists bool, addresses []string) []byte {
	b := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, byte(len(addresses)), 0, 0, 0, 0}, question(query)...)
	if !exists {
		b[3] |= 3 // no such name
	}
	for _, a := range addresses {
		ip := netip.MustParseAddr(a).As4()
		b = append(b, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		b = append(b, ip[:]...)
	}
	return b
}

func port(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }

// outside lets 127.0.0.2 stand for the public Internet: no test may ask that.
func outside(r *net.Resolver) func(*Options) {
	return func(o *Options) {
		o.resolver, o.AllowPrivate = r, []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}
	}
}

// The name is public when it is asked for first, and private when the redirect leads to it again.
func TestB62NameThatChangesItsMindIsRefused(t *testing.T) {
	inner := feedtest.New(t)
	inner.Handle("/", feedtest.Feed([]byte("<secret/>")))
	outer := feedtest.NewOn(t, "127.0.0.2:"+port(inner.Addr))
	address := "http://rebind.test:" + port(inner.Addr) + "/"
	outer.Handle("/", feedtest.Redirect(302, address).With("Connection", "close"))
	c := client(t, outside(names(t, "127.0.0.2", "127.0.0.1")))
	_, err := c.Get(t.Context(), Request{URL: address})
	if !Refused(err) || Unreachable(err) {
		t.Errorf("got %v", err)
	}
	if len(outer.Requests("")) != 1 || len(inner.Requests("")) != 0 {
		t.Errorf("the public server was asked %d times, the private one %d times; want 1 and 0", len(outer.Requests("")), len(inner.Requests("")))
	}
}

// A name of two addresses is tried at the second when nobody answers at the first.
func TestB62SecondAddressOfANameIsRefused(t *testing.T) {
	inner := feedtest.New(t)
	inner.Handle("/", feedtest.Feed([]byte("<secret/>")))
	c := client(t, outside(names(t, "127.0.0.2,127.0.0.1")))
	if res, err := c.Get(t.Context(), Request{URL: "http://rebind.test:" + port(inner.Addr) + "/"}); err == nil {
		t.Errorf("got %d", res.Status)
	}
	if n := len(inner.Requests("")); n != 0 {
		t.Errorf("the private server was asked %d times", n)
	}
}

func TestUnreachable(t *testing.T) {
	s, tlsServer := feedtest.New(t), feedtest.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	s.Handle("/cut", feedtest.Cut())
	s.Handle("/hang", feedtest.Hang())
	s.Handle("/to-closed", feedtest.Redirect(302, "http://"+closed+"/"))
	s.Handle("/to-nowhere", feedtest.Redirect(302, "http://blog.test/"))
	s.Handle("/loop", feedtest.Redirect(302, "/loop"))
	s.Handle("/short", feedtest.Feed([]byte("<feed/>")).Truncated(3))
	silent := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	quick := func(o *Options) { o.resolver, o.Timeout = names(t), 500*time.Millisecond }
	for _, tt := range []struct {
		name, url string
		set       func(*Options)
		want      bool
	}{
		{"no such name", "http://blog.test/", quick, true},
		{"connection refused", "http://" + closed + "/", quick, true},
		{"connection refused, https", "https://" + closed + "/", quick, true},
		{"the name server is silent until the connection's limit", "http://blog.test/", func(o *Options) { o.resolver, o.Connect = silent, 50*time.Millisecond }, true},
		{"the name server is silent until the feed's limit", "http://blog.test/", func(o *Options) { o.resolver, o.Timeout = silent, 50*time.Millisecond }, true},
		{"cut off", s.URL + "/cut", quick, false},
		{"no answer in time", s.URL + "/hang", quick, false},
		{"no TLS", "https://" + tlsServer.Addr + "/", quick, false},
		{"redirect to a closed port", s.URL + "/to-closed", quick, false},
		{"redirect to no name", s.URL + "/to-nowhere", quick, false},
		{"redirects for ever", s.URL + "/loop", quick, false},
		{"truncated", s.URL + "/short", quick, false},
		{"private address", "http://10.255.255.1/", quick, false},
		{"no address", "ftp://blog.test/", quick, false},
		{"no port", "http://blog.test:99999/", quick, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := client(t, tt.set).Get(t.Context(), Request{URL: tt.url})
			if err == nil || Unreachable(err) != tt.want {
				t.Errorf("%v: unreachable: %t; want %t", err, Unreachable(err), tt.want)
			}
			if Refused(err) != (tt.name == "private address") {
				t.Errorf("%v: refused: %t", err, Refused(err))
			}
		})
	}
	if Unreachable(nil) || Refused(nil) || Unreachable(context.Canceled) {
		t.Error("what is no error of ours is taken for one")
	}
}
