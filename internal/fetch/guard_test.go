package fetch

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"planet/internal/feedtest"
)

func TestB63SpecialAddressesAreRefused(t *testing.T) {
	check := newGuard(Options{UserAgent: agent}.orDefault())
	for _, address := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:192.168.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
		"2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1",
	} {
		network, at := "tcp4", net.JoinHostPort(address, "443")
		if strings.Contains(address, ":") {
			network = "tcp6"
		}
		var stopped *refused
		if err := check(network, at, nil); !errors.As(err, &stopped) {
			t.Errorf("%s is let through (%v)", at, err)
		}
	}
	for _, at := range []string{"93.184.215.14:80", "8.8.8.8:443", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443", "[2a00:1450::1]:80"} {
		network := "tcp4"
		if at[0] == '[' {
			network = "tcp6"
		}
		if err := check(network, at, nil); err != nil {
			t.Errorf("%s is refused: %v", at, err)
		}
	}
	if check("udp4", "8.8.8.8:443", nil) == nil || check("tcp4", "nonsense", nil) == nil {
		t.Error("something else than TCP to an address is let through")
	}
}

func TestB64Ports(t *testing.T) {
	for _, tt := range []struct {
		ports []int
		at    string
		ok    bool
	}{
		{nil, "8.8.8.8:80", true},
		{nil, "8.8.8.8:443", true},
		{nil, "8.8.8.8:22", false},
		{nil, "8.8.8.8:8080", false},
		{[]int{}, "8.8.8.8:8080", false}, // no ports named is not any port
		{[]int{8080}, "8.8.8.8:8080", true},
		{[]int{8080}, "8.8.8.8:443", false},
		{[]int{8080}, "10.0.0.1:8080", false},
		{nil, "10.9.0.1:22", true}, // an allowed private address is free of the port rule
	} {
		o := Options{AllowPorts: tt.ports, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")}}
		err := newGuard(o.orDefault())("tcp4", tt.at, nil)
		if (err == nil) != tt.ok {
			t.Errorf("ports %v: %s: %v; want it let through: %t", tt.ports, tt.at, err, tt.ok)
		}
	}
	err := newGuard(Options{}.orDefault())("tcp4", "8.8.8.8:22", nil)
	wantText(t, client(t).words("blog.example", err), "blog.example is asked for at port 22, which is not allowed (fetch.allow_ports)")
}

func TestB66PrivateAddressesAreAllowedByPrefix(t *testing.T) {
	s, other := feedtest.New(t), feedtest.NewOn(t, "127.0.0.9:0")
	s.Handle("/", feedtest.Feed([]byte("<feed/>")))
	other.Handle("/", feedtest.Feed([]byte("<feed/>")))
	allow := func(prefix string) func(*Options) {
		return func(o *Options) { o.AllowPrivate = []netip.Prefix{netip.MustParsePrefix(prefix)} }
	}
	get(t, client(t, allow("127.0.0.1/32")), Request{URL: s.URL})
	wantText(t, fails(t, client(t, allow("127.0.0.1/32")), Request{URL: other.URL}), "127.0.0.9 is at the private address 127.0.0.9, which is not asked (fetch.allow_private)")
	wantText(t, fails(t, client(t, allow("10.0.0.0/8")), Request{URL: s.URL}), "private address 127.0.0.1")
	if n := len(other.Requests("")); n != 0 {
		t.Errorf("the forbidden server saw %d requests", n)
	}
}

// The check is of the address that is connected to, so that no name leads around it.
func TestB62NamesOfPrivateAddressesAreRefused(t *testing.T) {
	if _, err := net.DefaultResolver.LookupHost(t.Context(), "localhost"); err != nil {
		t.Skip("localhost has no address here:", err)
	}
	s := feedtest.New(t)
	s.Handle("/", feedtest.Feed([]byte("<feed/>")))
	address := "http://localhost:" + s.Addr[strings.LastIndex(s.Addr, ":")+1:]
	get(t, client(t), Request{URL: address})
	s.Forget()
	none := func(o *Options) { o.AllowPrivate = nil }
	for _, u := range []string{address, strings.Replace(address, "localhost", "LOCALHOST", 1), strings.Replace(address, "localhost", "[::ffff:127.0.0.1]", 1)} {
		wantText(t, fails(t, client(t, none), Request{URL: u}), "private address")
	}
	if n := len(s.Requests("")); n != 0 {
		t.Errorf("the server saw %d requests", n)
	}
}
