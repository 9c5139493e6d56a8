package collect

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"planet/internal/feedtest"
	"planet/internal/fetch"
	"planet/internal/planet"
	"planet/internal/store"
)

// drawn is a png of that size; n tells it from others.
func drawn(t *testing.T, w, h, n int) []byte {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.RGBA{uint8(n), uint8(n >> 8), 200, 255}})
	m.Pix[0] = 1
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asFile is what a server sends for it, under whatever name and type.
func asFile(data []byte) feedtest.Reply {
	return feedtest.Reply{Body: data}.With("Content-Type", "application/octet-stream")
}

// illustrated is a bench that copies pictures, and a feed of posts with those that are named, the first post the newest.
func illustrated(t *testing.T, posts ...string) (*bench, *feedtest.Server, planet.Feed) {
	t.Helper()
	b, s := newBench(t), feedtest.New(t)
	b.Images = &Images{Mode: planet.Full, Size: 100_000, Pixels: 1_000_000, Tries: 4, PerPost: 40, PerRun: 200, Disk: 1_000_000}
	s.Handle("/feed", feedtest.Feed(feedtest.RSS("A", withPictures(s, posts...)...)))
	return b, s, feed("a", s.URL+"/feed")
}

// withPictures are posts that show the pictures named, at s unless they are addresses.
func withPictures(s *feedtest.Server, posts ...string) []feedtest.Item {
	items := items(len(posts))
	for i, names := range posts {
		for name := range strings.FieldsSeq(names) {
			if !strings.Contains(name, "://") {
				name = s.URL + "/" + name
			}
			items[i].HTML += `<p><img src="` + name + `" alt="a picture"></p>`
		}
	}
	return items
}

// copied are the pictures that there are copies of, by the last part of their addresses.
func (b *bench) copied() string {
	b.t.Helper()
	var names []string
	for _, i := range b.pictures() {
		if i.Name != "" {
			if data, err := os.ReadFile(b.Store.ImageFile(i.Name)); err != nil || int64(len(data)) != i.Bytes {
				b.t.Errorf("%s: %d bytes in its file, %v; want %d", i.URL, len(data), err, i.Bytes)
			}
			names = append(names, i.URL[strings.LastIndex(i.URL, "/")+1:])
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func (b *bench) pictures() map[string]store.Image {
	b.t.Helper()
	var rows []int64
	for _, e := range b.entries() {
		rows = append(rows, e.Seq)
	}
	images, err := b.Store.Images(b.t.Context(), rows)
	if err != nil {
		b.t.Fatal(err)
	}
	return images
}

func (b *bench) picture(url string) store.Image {
	b.t.Helper()
	i, ok := b.pictures()[url]
	if !ok {
		b.t.Fatalf("nobody shows %s", url)
	}
	return i
}

func TestPicturesAreCopiedOnce(t *testing.T) {
	t.Parallel()
	b, s, f := illustrated(t, "1.png same.png", "same.png 2.png", "1.png twin.png")
	one := drawn(t, 40, 30, 1)
	s.Handle("/1.png", asFile(one))
	s.Handle("/2.png", asFile(drawn(t, 20, 10, 2)))
	s.Handle("/same.png", asFile(drawn(t, 20, 10, 3)))
	s.Handle("/twin.png", asFile(one))
	r := b.run(f)
	if got := b.copied(); got != "1.png 2.png same.png twin.png" || r.Images != 4 || r.ImagesFailed != 0 || r.Requests != 5 {
		t.Errorf("copied are %s: %+v", got, r)
	}
	if i := b.picture(s.URL + "/1.png"); i.Width != 40 || i.Height != 30 || !strings.HasSuffix(i.Name, ".png") || i.Name != b.picture(s.URL+"/twin.png").Name {
		t.Errorf("%+v", i)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(b.path), "planet.images", "*", "*"))
	if err != nil || len(files) != 3 {
		t.Errorf("the files are %q, %v", files, err)
	}
	s.Forget()
	before := b.revision()
	b.restart()
	b.later(2 * time.Hour)
	if r := b.run(f); r.Images != 0 || len(s.Requests("/1.png")) != 0 || b.revision() != before {
		t.Errorf("again: %+v, and %d requests", r, len(s.Requests("")))
	}
	// A new post with a known picture asks for what is new alone.
	s.Handle("/feed", feedtest.Feed(feedtest.RSS("A", append(feedtest.Items("b", 1, noon), withPictures(s, "1.png 3.png")...)...)))
	s.Handle("/3.png", asFile(drawn(t, 5, 5, 4)))
	b.later(2 * time.Hour)
	if r := b.run(f); r.Images != 1 || len(s.Requests("/1.png")) != 0 {
		t.Errorf("a new post: %+v", r)
	}
}

func TestWithoutCopiesNothingIsAskedFor(t *testing.T) {
	t.Parallel()
	b, s, f := illustrated(t, "1.png")
	images := b.Images
	b.Images = nil
	b.run(f)
	if len(s.Requests("/1.png")) != 0 || len(b.pictures()) != 0 {
		t.Error("a picture was asked for")
	}
	s.Handle("/1.png", asFile(drawn(t, 5, 5, 1)))
	b.Images = images
	if r := b.run(f); r.Due != 0 || r.Images != 1 {
		t.Errorf("once it is wanted: %+v", r)
	}
	b.Images = nil
	b.later(2 * time.Hour)
	b.run(f)
	if b.copied() != "1.png" {
		t.Error("the copy is gone")
	}
}

func TestWhatIsNoPictureIsNotCopied(t *testing.T) {
	t.Parallel()
	b, s, f := illustrated(t)
	bomb, good := drawn(t, 3000, 3000, 1), drawn(t, 50, 50, 2)
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
	private := feedtest.NewOn(t, "127.0.0.9:0")
	b.Fetch = fetch.New(fetch.Options{
		UserAgent: "planet/test", Timeout: time.Second, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("127.0.1.0/24")},
	})
	for name, tt := range map[string]struct {
		reply feedtest.Reply
		words string
		again bool
	}{
		"missing.png":   {feedtest.Status(404), "404 Not Found", true},
		"gone.png":      {feedtest.Status(410), "410 Gone", false},
		"broken.png":    {feedtest.Status(500), "500", true},
		"huge.png":      {asFile(make([]byte, 100_001)), "larger than 100000 bytes", false},
		"endless.png":   {asFile(good).Endless(), "larger than 100000 bytes", false},
		"bomb.png":      {asFile(bomb), "it has 3000 × 3000 pixels", false},
		"cut.png":       {asFile(good[:len(good)-8]), "end is missing", true},
		"torn.png":      {asFile(good).Truncated(40), "", true},
		"page.png":      {feedtest.Page("Log in", "").With("Content-Type", "image/png"), "no picture", true},
		"svg.png":       {asFile(svg).With("Content-Type", "image/png"), "SVG", false},
		"hang.png":      {feedtest.Hang(), "", true},
		"nowhere.png":   {feedtest.Redirect(302, "http://10.0.0.1/x.png"), "private address 10.0.0.1", true},
		"elsewhere.png": {feedtest.Redirect(302, private.URL+"/x.png"), "private address 127.0.0.9", true},
	} {
		h := feedtest.NewOn(t, fmt.Sprintf("127.0.1.%d:0", 100+len(name)*7%100))
		h.Handle("/"+name, tt.reply)
		s.Handle("/feed", feedtest.Feed(feedtest.RSS("A", withPictures(h, name)...)))
		b.sql("delete from slices; delete from listings; delete from standings; delete from entries; delete from shows; delete from images")
		b.later(24 * time.Hour)
		r := b.run(f)
		i := b.picture(h.URL + "/" + name)
		if r.Images != 0 || r.ImagesFailed != 1 || i.Name != "" || i.Failures != 1 || !strings.Contains(i.Error, tt.words) || i.Error == "" {
			t.Errorf("%s: %+v, %+v", name, r, i)
		}
		if again := !i.NextTry.IsZero(); again != tt.again || again && !i.NextTry.Equal(b.now().Add(time.Hour)) {
			t.Errorf("%s: asked for again at %s; want again: %t", name, i.NextTry, tt.again)
		}
	}
	if len(private.Requests("")) > 0 {
		t.Error("a private address was asked")
	}
}

func TestAPictureThatCantBeHadIsGivenUp(t *testing.T) {
	t.Parallel()
	b, s, f := illustrated(t, "1.png 2.png")
	s.Handle("/2.png", feedtest.Status(500), feedtest.Status(404), asFile(drawn(t, 5, 5, 1)))
	var at []string
	for began := b.now(); b.now().Sub(began) < 20*day; b.later(30 * time.Minute) {
		if n := len(s.Requests("/1.png")); b.run(f).Requests > 0 && len(s.Requests("/1.png")) > n {
			at = append(at, b.now().Sub(began).String())
		}
		b.Fetch.Close()
		if b.now().Sub(began) > 3*day {
			b.later(day)
		}
	}
	if got, want := strings.Join(at, " "), "0s 1h0m0s 7h0m0s 43h0m0s"; got != want {
		t.Errorf("it is asked for after %s; want %s", got, want)
	}
	if i := b.picture(s.URL + "/1.png"); i.Failures != 4 || !i.NextTry.IsZero() || !strings.Contains(i.Error, "404") {
		t.Errorf("in the end %+v", i)
	}
	if i := b.picture(s.URL + "/2.png"); i.Name == "" || i.Failures != 0 || i.Error != "" {
		t.Errorf("the other is %+v", i)
	}
}

func TestLimitsOfPictures(t *testing.T) {
	t.Parallel()
	b, s, f := illustrated(t, "1.png 2.png 3.png", "4.png 5.png", "6.png")
	for i := range 6 {
		s.Handle(fmt.Sprintf("/%d.png", i+1), asFile(drawn(t, 5, 5, i)))
	}
	b.Images.PerPost, b.Images.PerRun = 2, 3
	if b.run(f); b.copied() != "1.png 2.png 4.png" {
		t.Errorf("in the first run %s", b.copied())
	}
	size := b.picture(s.URL + "/1.png").Bytes
	b.Images.Disk = 4 * size
	if r := b.run(f); !strings.HasPrefix(b.copied(), "1.png 2.png 4.png") || r.Images != 1 || !r.ImagesFull {
		t.Errorf("with room for one more %s: %+v", b.copied(), r)
	}
	if r := b.run(f); r.Images != 0 || !r.ImagesFull || r.Requests != 0 {
		t.Errorf("when the folder is full: %+v", r)
	}
	b.Images.Disk = 1_000_000
	if r := b.run(f); b.copied() != "1.png 2.png 4.png 5.png 6.png" || r.ImagesFull {
		t.Errorf("in the end %s", b.copied())
	}
	if len(s.Requests("/3.png")) != 0 {
		t.Error("the third of a post was asked for")
	}
}

// What an author doesn't want to be shown isn't copied.
func TestCopiesHeedHowMuchIsShown(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Words of a long post. ", 60)
	for mode, want := range map[planet.Mode]string{planet.Full: "1.png 2.png", planet.Excerpt: "1.png", planet.Link: "", "": "1.png"} {
		b, s, f := illustrated(t)
		b.Images.Mode = planet.Excerpt
		post := items(1)
		post[0].HTML = `<p><img src="` + s.URL + `/1.png">` + long + `</p><p>` + long + `</p><p><img src="` + s.URL + `/2.png"></p>`
		s.Handle("/feed", feedtest.Feed(feedtest.RSS("A", post...)))
		s.Handle("/1.png", asFile(drawn(t, 5, 5, 1)))
		s.Handle("/2.png", asFile(drawn(t, 5, 5, 2)))
		f.Mode = mode
		if b.run(f); b.copied() != want {
			t.Errorf("mode %q: %q; want %q", mode, b.copied(), want)
		}
	}
}

func TestPicturesOfHostsThatWantToBeLeftAlone(t *testing.T) {
	t.Parallel()
	b, s, f := illustrated(t)
	busy := host(t, 201)
	s.Handle("/feed", feedtest.Feed(feedtest.RSS("A", withPictures(busy, "1.png 2.png 3.png "+s.URL+"/4.png")...)))
	busy.Handle("/1.png", feedtest.Later(429, "7200"), asFile(drawn(t, 5, 5, 1)))
	for i := range 3 {
		for _, h := range []*feedtest.Server{s, busy} {
			h.Handle(fmt.Sprintf("/%d.png", i+2), asFile(drawn(t, 5, 5, i+2)))
		}
	}
	if b.run(f); b.copied() != "4.png" || len(busy.Requests("")) != 1 {
		t.Errorf("copied are %s, after %d requests", b.copied(), len(busy.Requests("")))
	}
	b.restart()
	b.later(time.Hour)
	if b.run(f); len(busy.Requests("")) != 1 {
		t.Error("it isn't left alone")
	}
	b.later(2 * time.Hour)
	if b.run(f); b.copied() != "1.png 2.png 3.png 4.png" {
		t.Errorf("later %s", b.copied())
	}
}

func TestPicturesOfOneHostTakeTurns(t *testing.T) {
	t.Parallel()
	b, s, f := illustrated(t, "1.png 2.png 3.png")
	b.Fetch = fetch.New(fetch.Options{UserAgent: "planet/test", PerHostGap: 100 * time.Millisecond, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	for i := range 3 {
		s.Handle(fmt.Sprintf("/%d.png", i+1), asFile(drawn(t, 5, 5, i)).After(20*time.Millisecond))
	}
	began := time.Now()
	if b.run(f); b.copied() != "1.png 2.png 3.png" || s.Overlap() > 1 || time.Since(began) < 300*time.Millisecond {
		t.Errorf("copied are %s in %s, %d at once", b.copied(), time.Since(began), s.Overlap())
	}
	if ua := s.Requests("/1.png")[0].Header.Get("User-Agent"); ua != "planet/test" {
		t.Errorf("User-Agent: %s", ua)
	}
}

func TestDeadlineEndsPicturesToo(t *testing.T) {
	t.Parallel()
	b, s, f := illustrated(t)
	slow := host(t, 202)
	s.Handle("/feed", feedtest.Feed(feedtest.RSS("A", withPictures(slow, "1.png 2.png "+s.URL+"/3.png")...)))
	slow.Handle("/1.png", feedtest.Hang())
	s.Handle("/3.png", asFile(drawn(t, 5, 5, 3)))
	b.Deadline = 700 * time.Millisecond
	began := time.Now()
	r := b.run(f)
	if took := time.Since(began); took > 4*time.Second || b.copied() != "3.png" || r.Images != 1 {
		t.Errorf("copied are %q in %s: %+v", b.copied(), took, r)
	}
	if i := b.picture(slow.URL + "/2.png"); i.Failures != 0 || i.NextTry.IsZero() {
		t.Errorf("what wasn't asked for is %+v", i)
	}
}

func TestOurOwnNetworkIsNoPicturesFault(t *testing.T) {
	t.Parallel()
	b, s, f := illustrated(t)
	away := host(t, 203)
	s.Handle("/feed", feedtest.Feed(feedtest.RSS("A", withPictures(away, "1.png")...)))
	away.Close()
	b.run(f) // the feed's host has answered, so it is the picture's
	if i := b.picture(away.URL + "/1.png"); i.Failures != 1 {
		t.Errorf("%+v", i)
	}
	b.later(50 * time.Minute)
	b.sql("update images set next_try_at = 1, failures = 0")
	if r := b.run(f); r.Due != 0 || r.ImagesFailed != 0 {
		t.Errorf("nobody else was asked, and %+v", r)
	}
	if i := b.picture(away.URL + "/1.png"); i.Failures != 0 {
		t.Errorf("nobody answered, and %+v is blamed", i)
	}
}

func TestForgottenPostsLeaveNoPictures(t *testing.T) {
	t.Parallel()
	b, s, f := illustrated(t, "1.png", "2.png")
	s.Handle("/1.png", asFile(drawn(t, 5, 5, 1)))
	s.Handle("/2.png", asFile(drawn(t, 5, 5, 2)))
	b.run(f)
	file := b.Store.ImageFile(b.picture(s.URL + "/1.png").Name)
	if err := b.Store.Forget(t.Context(), b.entries()[:1], "", b.now()); err != nil {
		t.Fatal(err)
	}
	if err := b.Store.SweepImages(t.Context(), b.now(), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err == nil || b.copied() != "2.png" {
		t.Errorf("left are %s", b.copied())
	}
}
