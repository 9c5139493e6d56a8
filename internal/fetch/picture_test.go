package fetch

import (
	"bytes"
	"testing"

	"planet/internal/feedtest"
)

func TestPicturesAreAskedForAsSuch(t *testing.T) {
	s := feedtest.New(t)
	c := client(t, func(o *Options) { o.MaxSize = 1000 })
	data := bytes.Repeat([]byte("x"), 2000)
	s.Handle("/p.png", feedtest.Reply{Body: data})
	if res := get(t, c, Request{URL: s.URL + "/p.png", Picture: 2000}); !bytes.Equal(res.Body, data) {
		t.Errorf("got %d bytes; the limit of feeds isn't that of pictures", len(res.Body))
	}
	h := s.Requests("/p.png")[0].Header
	if got := h.Get("Accept"); got != "image/webp, image/png, image/jpeg, image/gif, */*;q=0.1" {
		t.Errorf("Accept: %q", got)
	}
	if h.Get("A-Im")+h.Get("Referer")+h.Get("Cookie") != "" {
		t.Errorf("it is asked with %v", h)
	}
	s.Handle("/large", feedtest.Reply{Body: data}, feedtest.Reply{Body: data}.Drip(500, 0), feedtest.Reply{Body: data}.Endless())
	for range 3 {
		_, err := c.Get(t.Context(), Request{URL: s.URL + "/large", Picture: 1999})
		if !TooLarge(err) || err.Error() != "the picture is larger than 1999 bytes (limits.image)" {
			t.Errorf("the error is %v", err)
		}
	}
	s.Handle("/feed", feedtest.Bare(data))
	wantText(t, fails(t, c, Request{URL: s.URL + "/feed"}), "the feed is larger than 1000 bytes (fetch.max_size)")
	if _, err := c.Get(t.Context(), Request{URL: "http://127.0.0.1:1/", Picture: 1}); err == nil || TooLarge(err) {
		t.Errorf("of who isn't there: %v", err)
	}
}
