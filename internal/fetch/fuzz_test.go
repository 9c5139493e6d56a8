package fetch

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func FuzzHeaders(f *testing.F) {
	for _, seed := range [][5]string{
		{"max-age=600", "100", "", "", "120"},
		{`no-cache="a, b", max-age="60"`, "", "Sun, 22 Nov 2026 08:00:00 GMT", "Sun, 22 Nov 2026 07:00:00 GMT", "Sun, 22 Nov 2026 08:00:00 GMT"},
		{"", "-1", "0", "Sunday, 22-Nov-26 08:30:00 GMT", "-5"},
		{"max-age=99999999999999999999", "99999999999999999999", "Thu, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "9223372036854775807"},
		{`max-age="\`, ",", "Sun Nov 22 08:30:00 2026", "x", `"1"`},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4])
	}
	f.Fuzz(func(t *testing.T, cacheControl, age, expires, date, after string) {
		h := http.Header{}
		for name, value := range map[string]string{"Cache-Control": cacheControl, "Age": age, "Expires": expires, "Date": date, "Retry-After": after} {
			if value != "" {
				h.Set(name, value)
			}
		}
		if d := freshness(h, now); d < 0 && d != Unsaid || d > longest || d == Unsaid && expires != "" {
			t.Errorf("%q is fresh for %d", h, d)
		}
		if d := retryAfter(h, now); d < 0 || d > longest {
			t.Errorf("%q: retry after %d", h, d)
		}
	})
}

func FuzzLinks(f *testing.F) {
	for _, seed := range []string{
		`</feed>; rel=alternate; type="application/atom+xml"`, `<http://me:secret@a/>; type=application/rss+xml; rel="alternate feed"`, `<,>;"\`, ``,
	} {
		f.Add(seed)
	}
	page := &url.URL{Scheme: "https", Host: "blog.example", Path: "/"}
	f.Fuzz(func(t *testing.T, field string) {
		links := feedLinks(page, []string{field, field})
		for _, link := range links {
			if u, err := url.Parse(link); err != nil || !web(u) || u.User != nil {
				t.Errorf("%q names %q (%v)", field, link, err)
			}
		}
		if len(links) > maxLinks {
			t.Errorf("%q names %d", field, len(links))
		}
	})
}

// A password that is written with an @ behind it, as in an address, comes out of nothing.
func FuzzAddress(f *testing.F) {
	for _, seed := range [][3]string{
		{"https://", "me", "@blog.example/feed?a=b#c"},
		{"", "me", "@blog.example"},
		{"http:/", "me", "@blog.example:80/"},
		{"//", "", "@[::1%25x]:80/"},
		{"http://", "a@b:c", "@ho st/%zz"},
		{"file:///", "x/y", "@/../"},
		{"HTTP://", "%zz", "@１２７.1"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	const password = "g3heim"
	from := &url.URL{Scheme: "https", Host: "blog.example", Path: "/a/b"}
	f.Fuzz(func(t *testing.T, scheme, user, rest string) {
		all := scheme + user + rest
		if strings.ContainsAny(scheme+user, "?#") || strings.Contains(all, password) || !strings.HasPrefix(rest, "@") {
			return
		}
		address := scheme + user + ":" + password + rest
		// Behind the first slash of what has a host it is a path, in which a colon and an @ are nothing special.
		if u, err := url.Parse(address); err == nil && u.Host != "" && !strings.Contains(u.User.String(), password) {
			return
		}
		texts := []string{Redact(address)}
		if u, err := parse(address); err != nil {
			texts = append(texts, err.Error())
		} else {
			texts = append(texts, redacted(u))
			endsInNumber(u.Hostname())
		}
		if u, err := target(from, address); err != nil {
			texts = append(texts, err.Error())
		} else if ref, _ := url.Parse(address); ref.Host != "" {
			texts = append(texts, redacted(u))
		}
		for _, text := range texts {
			if strings.Contains(text, password) {
				t.Errorf("%q comes out as %q", address, text)
			}
		}
	})
}
