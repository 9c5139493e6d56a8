package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// secure is a TLS server whose certificate nobody trusts; http2 says how many requests used HTTP/2.
func secure(t *testing.T) (s *httptest.Server, http2 *atomic.Int32) {
	t.Helper()
	http2 = &atomic.Int32{}
	s = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 {
			http2.Add(1)
		}
		w.Write([]byte("<feed/>")) //nolint:errcheck // the client may have left
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of clients that trust nobody
	s.StartTLS()
	t.Cleanup(s.Close)
	return s, http2
}

func TestB24CertificatesAreVerified(t *testing.T) {
	s, _ := secure(t)
	c := client(t)
	const want = "the certificate of 127.0.0.1 is signed by nobody who is trusted"
	wantText(t, fails(t, c, Request{URL: s.URL}), want)
	if res := get(t, c, Request{URL: s.URL, Insecure: true}); string(res.Body) != "<feed/>" {
		t.Errorf("the insecure feed is %q", res.Body)
	}
	wantText(t, fails(t, c, Request{URL: s.URL}), want) // one feed's word doesn't count for others, not over a kept connection either
}

func TestB25HTTP2IsUsed(t *testing.T) {
	s, http2 := secure(t)
	c := client(t)
	get(t, c, Request{URL: s.URL + "/1", Insecure: true})
	get(t, c, Request{URL: s.URL + "/2", Insecure: true})
	if http2.Load() != 2 {
		t.Errorf("%d of 2 requests used HTTP/2", http2.Load())
	}
}

func TestB53HeaderLimitOfHTTP2(t *testing.T) {
	n := 0
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := range n {
			w.Header().Set("X-Flood-"+strconv.Itoa(i), strings.Repeat("f", 1000))
		}
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	for _, n = range []int{65, 100, 300} {
		wantText(t, fails(t, client(t), Request{URL: s.URL, Insecure: true}), "the header of the answer is larger than 64000 bytes (limits.header)")
	}
}

func TestServerOfOldTLSIsExplained(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11} //nolint:gosec // what is to be refused
	s.StartTLS()
	defer s.Close()
	wantText(t, fails(t, client(t), Request{URL: s.URL}), "127.0.0.1 can't be asked safely (")
}

// What only a real network brings about is worded without one.
func TestErrorsAreWordedForOwners(t *testing.T) {
	c := client(t)
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&net.DNSError{Err: "no such host", Name: "blog.example", IsNotFound: true}, "there is no server named blog.example: the name may have changed or expired"},
		{&net.DNSError{Err: "server misbehaving", Name: "blog.example"}, "the name blog.example could not be looked up: server misbehaving"},
		{x509.HostnameError{Certificate: &x509.Certificate{}, Host: "blog.example"}, "the certificate of blog.example is made out for another name"},
		{&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}, "the certificate of blog.example has expired or is not yet valid"},
		{x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}, "the certificate of blog.example is not valid: "},
		{tls.RecordHeaderError{Msg: "x"}, "blog.example does not speak TLS at this address; try http:// instead of https://"},
		{&net.OpError{Op: "dial", Err: context.DeadlineExceeded}, "blog.example did not answer in time"},
	} {
		wantText(t, c.words("blog.example", tt.err), tt.want)
	}
}
