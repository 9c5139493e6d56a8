package fetch

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"planet/internal/feedtest"
)

// A proxy connects on behalf of others: to its target, whatever name it is asked for. It notes what that was.
type proxy struct {
	target string // host and port

	mu    sync.Mutex
	asked []string // "GET url", "CONNECT host:port" or "SOCKS host:port"; then the password
}

func (p *proxy) note(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, what)
}

func (p *proxy) notes() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.asked, "; ")
}

// ServeHTTP is that of a proxy of user me and password secret.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.note(r.Method + " " + r.RequestURI)
	if r.Header.Get("Proxy-Authorization") != "Basic bWU6c2VjcmV0" {
		http.Error(w, "", http.StatusProxyAuthRequired)
		return
	}
	far, err := net.Dial("tcp", p.target)
	if err != nil {
		http.Error(w, "", http.StatusBadGateway)
		return
	}
	defer far.Close()
	near, rest, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	if r.Method == http.MethodConnect {
		near.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
	} else {
		r.Write(far)
	}
	join(near, rest, far)
}

// join carries bytes both ways until either side is done.
func join(near io.WriteCloser, from io.Reader, far net.Conn) {
	go func() {
		io.Copy(far, from)
		far.Close()
	}()
	io.Copy(near, far)
}

// socks serves SOCKS 5 with user name and password (RFC 1928, RFC 1929) for names and IPv4 addresses.
func (p *proxy) socks(l net.Listener) {
	for {
		near, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer near.Close()
			b := make([]byte, 512)
			read := func(n byte) string { io.ReadFull(near, b[:n]); return string(b[:n]) }
			read(read(2)[1])         // version and methods
			near.Write([]byte{5, 2}) // user name and password
			user := read(read(2)[1])
			if password := read(read(1)[0]); user != "me" || password != "secret" {
				p.note("SOCKS with the password " + password)
				near.Write([]byte{1, 1})
				return
			}
			near.Write([]byte{1, 0})
			var host string
			if read(4)[3] == 1 {
				host = netip.AddrFrom4([4]byte([]byte(read(4)))).String()
			} else {
				host = read(read(1)[0])
			}
			port := read(2)
			p.note("SOCKS " + net.JoinHostPort(host, strconv.Itoa(int(port[0])<<8|int(port[1]))))
			far, err := net.Dial("tcp", p.target)
			if err != nil {
				near.Write([]byte{5, 4, 0, 1, 0, 0, 0, 0, 0, 0}) // host unreachable
				return
			}
			defer far.Close()
			near.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
			join(near, near, far)
		}()
	}
}

// proxies starts one of each kind before target; their addresses hold the password.
func proxies(t *testing.T, target string) map[string]*url.URL {
	t.Helper()
	plain := httptest.NewServer(&proxy{target: target})
	t.Cleanup(plain.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go (&proxy{target: target}).socks(l)
	return map[string]*url.URL{
		"http":   withPassword(plain.Listener.Addr(), "http", "secret"),
		"socks5": withPassword(l.Addr(), "socks5", "secret"),
	}
}

func withPassword(at net.Addr, scheme, password string) *url.URL {
	return &url.URL{Scheme: scheme, Host: at.String(), User: url.UserPassword("me", password)}
}

func through(u *url.URL) func(*Options) {
	return func(o *Options) { o.Proxy, o.AllowPrivate = u, nil }
}

func TestB65EnvironmentProxyIsNotAsked(t *testing.T) {
	proxy, s := feedtest.NewOn(t, "127.0.0.3:0"), feedtest.New(t)
	s.Handle("/", feedtest.Feed([]byte("<feed/>")))
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	t.Setenv("REQUEST_METHOD", "") // net/http trusts no HTTP_PROXY in what looks like CGI
	// Package net/http never asks a proxy for loopback addresses, so that only a name shows whether it would.
	c := client(t, func(o *Options) { o.resolver = names(t, "127.0.0.1") })
	get(t, c, Request{URL: "http://blog.test:" + port(s.Addr) + "/"})
	if len(proxy.Requests("")) != 0 || len(s.Requests("")) != 1 {
		t.Errorf("the proxy was asked %d times, the server %d times", len(proxy.Requests("")), len(s.Requests("")))
	}
}

func TestB65ConfiguredProxyIsAsked(t *testing.T) {
	s, _ := secure(t)
	plain := feedtest.New(t)
	plain.Handle("/", feedtest.Feed([]byte("<feed/>")))
	for scheme, target := range map[string]string{"http": plain.Addr, "https": s.Listener.Addr().String()} {
		for kind, u := range proxies(t, target) {
			c := client(t, through(u))
			res := get(t, c, Request{URL: scheme + "://blog.example/", Insecure: true}) // a name that only the proxy can resolve
			if string(res.Body) != "<feed/>" || res.URL != scheme+"://blog.example/" {
				t.Errorf("%s through %s: got %q from %s", scheme, kind, res.Body, res.URL)
			}
		}
	}
	for _, r := range plain.Requests("") {
		if r.Host != "blog.example" || r.Header.Get("User-Agent") != agent {
			t.Errorf("the server was asked for host %s by %s", r.Host, r.Header.Get("User-Agent"))
		}
	}
}

// An https proxy is sent the password, so that its certificate counts whatever a feed allows.
func TestB65CertificateOfTheProxyIsVerified(t *testing.T) {
	plain := feedtest.New(t)
	plain.Handle("/", feedtest.Feed([]byte("<feed/>")))
	p := &proxy{target: plain.Addr}
	s := httptest.NewUnstartedServer(p)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	c := client(t, through(withPassword(s.Listener.Addr(), "https", "secret")))
	for _, insecure := range []bool{false, true} {
		got := fails(t, c, Request{URL: "http://blog.example/", Insecure: insecure})
		wantText(t, got, "the proxy can't be reached: the certificate of 127.0.0.1 is signed by nobody who is trusted (fetch.proxy)")
	}
	if p.notes() != "" {
		t.Errorf("it was asked: %s", p.notes())
	}
	roots := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	c = client(t, through(withPassword(s.Listener.Addr(), "https", "secret")))
	dial := &tls.Dialer{Config: &tls.Config{RootCAs: roots, NextProtos: []string{"http/1.1"}}}
	c.verified.DialTLSContext = dial.DialContext
	get(t, c, Request{URL: "http://blog.example/"})
}

func TestB65GuardStandsBeforeTheProxy(t *testing.T) {
	inner := feedtest.New(t)
	inner.Handle("/", feedtest.Redirect(302, "http://192.168.0.1/"))
	p := &proxy{target: inner.Addr}
	s := httptest.NewServer(p)
	defer s.Close()
	c := client(t, through(withPassword(s.Listener.Addr(), "http", "secret")))
	for address, want := range map[string]string{
		"http://127.0.0.1/":                "is at the private address 127.0.0.1",
		"http://127.0.0.1:8080/":           "is at the private address 127.0.0.1",
		"https://10.0.0.1/":                "is at the private address 10.0.0.1",
		"http://[::1]/":                    "is at the private address ::1",
		"http://[::ffff:169.254.169.254]/": "private address",
		"http://[fe80::1%25eth0]/":         "private address",
		"http://blog.example:22/":          "blog.example is asked for at port 22, which is not allowed (fetch.allow_ports)",
		"https://8.8.8.8:8080/":            "8.8.8.8 is asked for at port 8080",
		"http://127.1/":                    "127.1 is a number in place of a name",
		"http://2130706433/":               "is a number",
		"http://0x7f.0x1/":                 "is a number",
		"http://0x7F000001./":              "is a number",
		"http://１２７.０.０.１/":                "is a number",
		"http://127。0。0。1/":                "is a number",
		"http://127.0.0.1./":               "is a number",
		"http://./":                        "is a number",
	} {
		_, err := c.Get(t.Context(), Request{URL: address})
		if !Refused(err) || Unreachable(err) || p.notes() != "" {
			t.Errorf("%s: %v; the proxy was asked: %s", address, err, p.notes())
			continue
		}
		wantText(t, err.Error(), want)
	}
	wantText(t, fails(t, c, Request{URL: "http://blog.example/"}), "redirects to http://192.168.0.1/: 192.168.0.1 is at the private address")
	if p.notes() != "GET http://blog.example/" {
		t.Errorf("the proxy was asked: %s", p.notes())
	}
	allowed := client(t, through(withPassword(s.Listener.Addr(), "http", "secret")), func(o *Options) {
		o.AllowPrivate, o.Redirects = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, 1
	})
	wantText(t, fails(t, allowed, Request{URL: "http://10.0.0.1:8080/"}), "redirects to http://192.168.0.1/")
	if !strings.HasSuffix(p.notes(), "GET http://10.0.0.1:8080/") {
		t.Errorf("the proxy was asked: %s", p.notes())
	}
}

func TestB65FailuresOfTheProxyAreExplained(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	nowhere := proxies(t, closed.Addr().String())
	wrong := proxies(t, closed.Addr().String())
	for _, u := range wrong {
		u.User = url.UserPassword("me", "geheim")
	}
	unknown := &url.URL{Scheme: "http", Host: "proxy.test:3128", User: url.UserPassword("me", "secret")}
	for _, tt := range []struct {
		proxy       *url.URL
		feed, want  string
		unreachable bool
	}{
		{withPassword(closed.Addr(), "http", "secret"), "http://blog.example/", "the proxy can't be reached: nothing answers at 127.0.0.1: the connection was refused (fetch.proxy)", true},
		{withPassword(closed.Addr(), "http", "secret"), "https://blog.example/", "the proxy can't be reached: nothing answers at 127.0.0.1: the connection was refused (fetch.proxy)", true},
		{withPassword(closed.Addr(), "https", "secret"), "https://blog.example/", "the proxy can't be reached: nothing answers at 127.0.0.1: the connection was refused (fetch.proxy)", true},
		{withPassword(closed.Addr(), "socks5", "secret"), "http://blog.example/", "the proxy can't be reached: nothing answers at 127.0.0.1: the connection was refused (fetch.proxy)", true},
		{unknown, "http://blog.example/", "the proxy can't be reached: there is no server named proxy.test", true},
		{wrong["http"], "http://blog.example/", "the proxy wants another user name or password (fetch.proxy)", false},
		{wrong["http"], "https://blog.example/", "the proxy wants another user name or password (fetch.proxy)", false},
		{wrong["socks5"], "http://blog.example/", "the proxy did not connect to blog.example: username/password authentication failed (fetch.proxy)", false},
		{nowhere["http"], "https://blog.example/", "the proxy did not connect: it answered 502 Bad Gateway (fetch.proxy)", false},
		{nowhere["socks5"], "http://blog.example/", "the proxy did not connect to blog.example: unknown error host unreachable (fetch.proxy)", false},
	} {
		c := client(t, through(tt.proxy), func(o *Options) { o.resolver = names(t) })
		_, err := c.Get(t.Context(), Request{URL: tt.feed})
		if err == nil {
			t.Errorf("%s of %s: no error", tt.proxy.Scheme, tt.feed)
			continue
		}
		wantText(t, err.Error(), tt.want)
		if Unreachable(err) != tt.unreachable || Refused(err) {
			t.Errorf("%s of %s: unreachable %t, refused %t", tt.proxy.Scheme, tt.feed, Unreachable(err), Refused(err))
		}
		if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("the error holds the password: %q", err)
		}
	}
}
