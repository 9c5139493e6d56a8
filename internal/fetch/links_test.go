package fetch

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"planet/internal/feedtest"
)

func TestFeedsOfLinkHeader(t *testing.T) {
	page, err := url.Parse("https://me:secret@blog.example/posts/page?a=b")
	if err != nil {
		t.Fatal(err)
	}
	const atom = `rel=alternate; type="application/atom+xml"`
	for _, tt := range []struct {
		fields []string
		want   []string
	}{
		{nil, nil},
		{[]string{`</feed.xml>; ` + atom}, []string{"https://blog.example/feed.xml"}},
		{[]string{`<feed.xml>;` + atom}, []string{"https://blog.example/posts/feed.xml"}},
		{[]string{`<https://a.example/1,2;3>; ` + atom + `, <//b.example/>; rel="Feed ALTERNATE"; type=application/RSS+xml`}, []string{"https://a.example/1,2;3", "https://b.example/"}},
		{[]string{`</a>; ` + atom, `</b>; rel=alternate; type="application/feed+json; charset=utf-8"`, `</c>; rel=alternate; type=application/rdf+xml`}, []string{"https://blog.example/a", "https://blog.example/b", "https://blog.example/c"}},
		{[]string{`</a>; title="a, b; \"c\""; ` + atom}, []string{"https://blog.example/a"}},
		{[]string{`<http://you:pass@a.example/>; ` + atom}, []string{"http://a.example/"}},
		{[]string{`</a>; ` + atom + `, </a>; ` + atom}, []string{"https://blog.example/a"}},
		{[]string{`</a>; rel=stylesheet; ` + atom}, nil}, // the first rel counts
		{[]string{`</a>; anchor="/elsewhere"; ` + atom}, nil},
		{[]string{`</a>; rel=alternate`, `</a>; type="application/atom+xml"`, `</a>; rel=alternate; type=text/html`}, nil},
		{[]string{`<javascript:alert(1)>; ` + atom, `<https://ho st/>; ` + atom, `/a; ` + atom, `<`, `,;,"`, `<>`, ``}, nil},
		{[]string{strings.Repeat(`</a>; `+atom+`, `, 3) + `</1>;` + atom + `,</2>;` + atom + `,</3>;` + atom + `,</4>;` + atom + `,</5>;` + atom}, []string{
			"https://blog.example/a", "https://blog.example/1", "https://blog.example/2", "https://blog.example/3", "https://blog.example/4",
		}},
	} {
		if diff := cmp.Diff(tt.want, feedLinks(page, tt.fields)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.fields, diff)
		}
	}
}

func TestFeedsOfLinkHeaderAreTold(t *testing.T) {
	s := feedtest.New(t)
	link := func(r feedtest.Reply) feedtest.Reply {
		return r.With("Link", `</feed>; rel=alternate; type="application/atom+xml"`)
	}
	s.Handle("/", link(feedtest.Feed([]byte("<html>"))), link(feedtest.Status(404)))
	c := client(t)
	if res := get(t, c, Request{URL: s.URL}); len(res.Links) != 1 || res.Links[0] != s.URL+"/feed" {
		t.Errorf("got %q", res.Links)
	}
	if res := get(t, c, Request{URL: s.URL}); res.Links != nil {
		t.Errorf("a 404 gives %q", res.Links)
	}
}
