package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

var errTimeout = errors.New("time limit for one feed")

// An Error says in words that a feed's owner understands why no answer came.
type Error struct {
	Text        string
	err         error
	unreachable bool
}

func (e *Error) Error() string { return e.Text }
func (e *Error) Unwrap() error { return e.err }

// A worded error is a sentence already.
type worded string

func (w worded) Error() string { return string(w) }

// A redirectError says why a redirect is not followed.
type redirectError string

func (e redirectError) Error() string { return "redirects: " + string(e) }

// explain words what went wrong when u was asked for, after that many redirects.
func (c *Client) explain(ctx context.Context, u *url.URL, hop int, err error) error {
	if ctx.Err() != nil { // we were stopped; it isn't the feed's doing
		return ctx.Err()
	}
	var redirect redirectError
	text := brief(c.words(u.Hostname(), err), 600)
	if hop > 0 && !errors.As(err, &redirect) {
		text = "redirects to " + brief(redacted(u), 300) + ": " + text
	}
	return &Error{Text: text, err: err, unreachable: hop == 0 && outOfReach(err)}
}

// brief cuts what a server made long on purpose.
func brief(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}

// words is the sentence for err. Where nothing better is known it is the error's own text.
func (c *Client) words(host string, err error) string {
	var (
		dns      *net.DNSError
		stopped  *refused
		notTLS   tls.RecordHeaderError
		unknown  x509.UnknownAuthorityError
		name     x509.HostnameError
		expired  x509.CertificateInvalidError
		netError net.Error
		op       *net.OpError
		proxy    proxyError
		large    tooLarge
		redirect redirectError
		said     worded
	)
	switch {
	case errors.As(err, &said), errors.As(err, &redirect), errors.As(err, &large), errors.Is(err, errEncoding):
		return err.Error()
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return fmt.Sprintf("the proxy can't be reached: %s (fetch.proxy)", c.words(c.opts.Proxy.Hostname(), op.Err))
	case errors.As(err, &op) && op.Op == "socks connect":
		return fmt.Sprintf("the proxy did not connect to %s: %s (fetch.proxy)", host, strip(op.Err))
	case errors.As(err, &proxy):
		return proxy.Error()
	case errors.Is(err, errNumber):
		return fmt.Sprintf("%s is a number in place of a name, which is not asked", host)
	case errors.As(err, &stopped) && errors.Is(err, ssrf.ErrProhibitedPort):
		return fmt.Sprintf("%s is asked for at port %d, which is not allowed (fetch.allow_ports)", host, stopped.at.Port())
	case errors.As(err, &stopped):
		return fmt.Sprintf("%s is at the private address %s, which is not asked (fetch.allow_private)", host, stopped.at.Addr())
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("there is no server named %s: the name may have changed or expired", host)
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %s could not be looked up: %s", host, dns.Err)
	case errors.As(err, &unknown):
		return fmt.Sprintf("the certificate of %s is signed by nobody who is trusted", host)
	case errors.As(err, &name):
		return fmt.Sprintf("the certificate of %s is made out for another name", host)
	case errors.As(err, &expired) && expired.Reason == x509.Expired:
		return fmt.Sprintf("the certificate of %s has expired or is not yet valid", host)
	case errors.As(err, &expired):
		return fmt.Sprintf("the certificate of %s is not valid: %v", host, expired)
	case errors.As(err, &notTLS):
		return fmt.Sprintf("%s does not speak TLS at this address; try http:// instead of https://", host)
	case errors.Is(err, errTimeout):
		return fmt.Sprintf("no whole answer within %s (fetch.timeout)", c.opts.Timeout)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nothing answers at %s: the connection was refused", host)
	case errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE):
		return fmt.Sprintf("%s broke the connection off", host)
	case errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH):
		return fmt.Sprintf("%s can't be reached from here", host)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the answer was cut off before its end"
	case errors.Is(err, io.EOF):
		return fmt.Sprintf("%s closed the connection without an answer", host)
	case strings.Contains(err.Error(), "response headers exceeded"), strings.Contains(err.Error(), "response header list larger"):
		return fmt.Sprintf("the header of the answer is larger than %d bytes (limits.header)", c.opts.Header)
	case strings.Contains(err.Error(), "PROTOCOL_ERROR"): // net/http's own word for a header far too large
		return fmt.Sprintf("%s did not keep to HTTP/2, or the header of the answer is larger than %d bytes (limits.header)", host, c.opts.Header)
	case errors.As(err, &netError) && netError.Timeout():
		return fmt.Sprintf("%s did not answer in time: %s", host, strip(err))
	case strings.Contains(err.Error(), "tls: "): // net/http has no type for what the handshake failed of
		return fmt.Sprintf("%s can't be asked safely (%s)", host, strip(err))
	case errors.As(err, &op) && op.Op == "dial":
		return fmt.Sprintf("%s can't be connected to (%s)", host, strip(op.Err))
	}
	detail := strip(err)
	if strings.HasPrefix(detail, "malformed") { // and then all that was sent
		return host + " does not answer in proper HTTP"
	}
	return fmt.Sprintf("%s does not answer in proper HTTP (%s)", host, detail)
}

// strip takes away the package names that standard errors begin with.
func strip(err error) string {
	s := err.Error()
	for _, prefix := range []string{"net/http: ", "HTTP/1.x transport connection broken: ", "http: "} {
		s = strings.TrimPrefix(s, prefix)
	}
	return s
}

// StatusText says what a status other than 200 and 304 means for the feed.
func StatusText(status int) string {
	text := http.StatusText(status)
	answered := strings.TrimSpace(fmt.Sprintf("the server answered %d %s", status, text)) // there are statuses without a name
	switch {
	case status == http.StatusNotFound:
		return "the server answered 404 Not Found: there is no feed at this address"
	case status == http.StatusGone:
		return "the server answered 410 Gone: the feed has been taken down for good"
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return answered + ": it does not let us read the feed"
	case status == http.StatusTooManyRequests:
		return "the server answered 429 Too Many Requests: it wants to be asked less often"
	case status >= 500:
		return answered + ": it has a problem of its own"
	}
	return answered
}
