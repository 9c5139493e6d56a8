package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

var (
	red  = color.RGBA{0xCC, 0, 0, 0xFF}
	blue = color.RGBA{0, 0, 0xCC, 0xFF}
)

// halves is a picture whose left half is red and whose right half is blue.
func halves(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := red
			if x >= w/2 {
				c = blue
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asGIF is an animation of two frames, of which the first has the left half alone.
func asGIF(t testing.TB, w, h int) []byte {
	t.Helper()
	colours := color.Palette{color.Transparent, red, blue}
	first, second := image.NewPaletted(image.Rect(0, 0, w/2, h), colours), image.NewPaletted(image.Rect(0, 0, w, h), colours)
	for i := range first.Pix {
		first.Pix[i] = 1
	}
	for i := range second.Pix {
		second.Pix[i] = 2
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{10, 10}, Config: image.Config{Width: w, Height: h, ColorModel: colours}})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The same halves, 40 × 20, as a browser's canvas writes them: VP8L and VP8.
const (
	losslessWebP = "UklGRioAAABXRUJQVlA4TB0AAAAvJ8AEAA8Qw3wa5vkPBwTZNjW4P+0EDhDR/6jxDgA="
	lossyWebP    = "UklGRnIAAABXRUJQVlA4IGYAAABQBQCdASooABQAPm0skkWkIqGYBABABsSgB4qfAPxg/GbkAhgH4AV3/uAAGtsgi+6CowAA/vPfZ//uddmY6///vYI1sue+56ZmeibAyxCXdKSet+8tbSTnd+a+YZygbz387NAAAAA="
)

func asWebP(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// animatedWebP is a WebP that says that it is an animation of 400 × 300.
func animatedWebP() []byte {
	body := "WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x8f\x01\x00\x2b\x01\x00" + "ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// withEXIF is a JPEG with an orientation.
func withEXIF(jpeg []byte, orientation byte) []byte {
	app := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00" + string(orientation) + "\x00\x00\x00\x00\x00\x00\x00"
	head := binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(2+len(app)))
	return append(append(head, app...), jpeg[2:]...)
}

// claimed is a PNG of that many pixels whose data is all the same, so that it is small: 10,000 × 10,000 are some 50 kB.
func claimed(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{red, blue})
	return asPNG(t, m)
}

// resized is a PNG whose header says another size than it has.
func resized(data []byte, w, h uint32) []byte {
	data = bytes.Clone(data)
	binary.BigEndian.PutUint32(data[16:], w)
	binary.BigEndian.PutUint32(data[20:], h)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

const enough = 50_000_000

func TestCheckGoesByTheBytes(t *testing.T) {
	for name, tt := range map[string]struct {
		data []byte
		want Info
	}{
		"png":             {asPNG(t, halves(40, 20)), Info{PNG, 40, 20}},
		"jpeg":            {asJPEG(t, halves(40, 20)), Info{JPEG, 40, 20}},
		"jpeg on a side":  {withEXIF(asJPEG(t, halves(40, 20)), 6), Info{JPEG, 20, 40}},
		"jpeg on its top": {withEXIF(asJPEG(t, halves(40, 20)), 3), Info{JPEG, 40, 20}},
		"animated gif":    {asGIF(t, 40, 20), Info{GIF, 40, 20}},
		"webp":            {asWebP(t, losslessWebP), Info{WebP, 40, 20}},
		"lossy webp":      {asWebP(t, lossyWebP), Info{WebP, 40, 20}},
		"animated webp":   {animatedWebP(), Info{WebP, 400, 300}},
		// What is behind a picture, or in its comments, stays there: as a picture it can't run.
		"with a page behind": {append(asPNG(t, halves(40, 20)), "<script>alert(1)</script>"...), Info{PNG, 40, 20}},
	} {
		got, err := Check(tt.data, enough)
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, tt.want)
		}
		if _, err := Check(tt.data[:len(tt.data)*3/4], enough); name != "with a page behind" && (err == nil || errors.Is(err, ErrUnfit)) {
			t.Errorf("%s, cut: %v; it may be whole the next time", name, err)
		}
		if _, err := Check(tt.data, tt.want.Width*tt.want.Height-1); !errors.Is(err, ErrUnfit) {
			t.Errorf("%s, too large by a pixel: %v", name, err)
		}
		if _, err := Check(tt.data, tt.want.Width*tt.want.Height); err != nil {
			t.Errorf("%s, just not too large: %v", name, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	ftyp := append([]byte("\x00\x00\x00\x1cftypavif"), make([]byte, 400)...)
	for name, tt := range map[string]struct {
		data  string
		unfit bool   // it needn't be asked for again
		words string // of the error
	}{
		"nothing":              {"", false, "empty"},
		"a page":               {"<!doctype html><title>Log in</title><img src=x>", false, "no picture"},
		"svg":                  {`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, true, "SVG"},
		"svg behind a prolog":  {"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->\n<SVG/>", true, "SVG"},
		"avif":                 {string(ftyp), true, "avif"},
		"a script that begins": {"GIF89a/*\x01\x00" + strings.Repeat(" ", 100) + "*/=1;alert(1)", false, "end is missing"},
		"png of nothing":       {string(resized(asPNG(t, halves(2, 2)), 0, 4)), false, "damaged"},
		"png beyond reason":    {string(resized(asPNG(t, halves(2, 2)), 1<<31-1, 1<<31-1)), false, "damaged"},
		"png header alone":     {"\x89PNG\r\n\x1a\n", false, "damaged"},
		"jpeg header alone":    {"\xff\xd8\xff", false, "damaged"},
		"gif header alone":     {"GIF89a", false, "damaged"},
		"webp header alone":    {"RIFF\x04\x00\x00\x00WEBP", false, "damaged"},
		"a bomb":               {string(claimed(t, 10_000, 10_000)), true, "pixels"},
	} {
		_, err := Check([]byte(tt.data), enough)
		if err == nil || errors.Is(err, ErrUnfit) != tt.unfit || !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%s: %v; want %q, unfit: %t", name, err, tt.words, tt.unfit)
		}
	}
}

// shown decodes an avatar and tells the colours of its left, right, top and bottom edges' middles.
func shown(t *testing.T, data []byte, ext string) (left, right, top, bottom color.RGBA) {
	t.Helper()
	if k := sniff(data); string(k) != ext || k != PNG && k != JPEG {
		t.Fatalf("it is a %s, and called %s", k, ext)
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, Side, Side) {
		t.Fatalf("its size is %v", m.Bounds())
	}
	at := func(x, y int) color.RGBA {
		c := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
		for i, v := range []*uint8{&c.R, &c.G, &c.B} { // as near as a lossy picture comes
			want := []uint8{red.R, 0, 0}[i]
			if d := int(*v) - int(want); d > -16 && d < 16 && want > 0 {
				*v = want
			} else if *v < 24 {
				*v = 0
			} else if d := int(*v) - int(blue.B); d > -16 && d < 16 {
				*v = blue.B
			}
		}
		return c
	}
	const edge, mid = 6, Side / 2
	return at(edge, mid), at(Side-edge, mid), at(mid, edge), at(mid, Side-edge)
}

func TestAvatarIsTheMiddleOfEveryKind(t *testing.T) {
	for name, data := range map[string][]byte{
		"png": asPNG(t, halves(400, 200)), "tall png": asPNG(t, halves(100, 300)), "tiny png": asPNG(t, halves(16, 16)),
		"jpeg": asJPEG(t, halves(400, 200)), "webp": asWebP(t, losslessWebP), "lossy webp": asWebP(t, lossyWebP),
	} {
		got, ext, err := Avatar(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if left, right, _, _ := shown(t, got, ext); left != red || right != blue {
			t.Errorf("%s: the left is %v, the right is %v", name, left, right)
		}
		if again, _, _ := Avatar(data); !bytes.Equal(again, got) {
			t.Errorf("%s: the same picture gives another avatar", name)
		}
		if len(got) > 6000 {
			t.Errorf("%s: %d bytes", name, len(got))
		}
	}
}

func TestAvatarOfAnAnimationIsItsFirstFrame(t *testing.T) {
	got, ext, err := Avatar(asGIF(t, 120, 120))
	if err != nil {
		t.Fatal(err)
	}
	if left, right, _, _ := shown(t, got, ext); left != red || right != (color.RGBA{}) || ext != "png" {
		t.Errorf("%s: the left is %v, the right is %v; want red, and nothing", ext, left, right)
	}
	if _, _, err := Avatar(animatedWebP()); !errors.Is(err, ErrUnfit) || !strings.Contains(err.Error(), "animated") {
		t.Errorf("an animated webp: %v", err)
	}
}

// A picture that is red on the left is so on another side when it is turned.
func TestAvatarHeedsTheCamera(t *testing.T) {
	for orientation, want := range map[byte]string{1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom", 9: "left", 0: "left"} {
		got, ext, err := Avatar(withEXIF(asJPEG(t, halves(300, 200)), orientation))
		if err != nil {
			t.Fatal(err)
		}
		left, right, top, bottom := shown(t, got, ext)
		is := map[string]color.RGBA{"left": left, "right": right, "top": top, "bottom": bottom}
		opposite := map[string]string{"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[want]
		if is[want] != red || is[opposite] != blue {
			t.Errorf("orientation %d: red isn't on the %s: %v", orientation, want, is)
		}
	}
	// 5 to 8 differ in what is mirrored: of a picture with a red corner, where is the corner?
	corner := halves(96, 96)
	for i := range corner.Pix {
		corner.Pix[i] = map[int]uint8{0: 0, 1: 0, 2: 0xCC, 3: 0xFF}[i%4]
	}
	for y := range 32 {
		for x := range 32 {
			corner.SetRGBA(x, y, red)
		}
	}
	for orientation, want := range map[int]image.Point{
		1: {8, 8}, 2: {88, 8}, 3: {88, 88}, 4: {8, 88}, 5: {8, 8}, 6: {88, 8}, 7: {88, 88}, 8: {8, 88},
	} {
		if got := turned(corner, orientation).RGBAAt(want.X, want.Y); got != red {
			t.Errorf("orientation %d: %v at %v", orientation, got, want)
		}
	}
}

func TestAvatarKeepsNothingOfTheBytes(t *testing.T) {
	secret := "GPS 52.5200 13.4050 <script>"
	data := asPNG(t, halves(200, 200))
	chunk := append([]byte("tEXt"), "Comment\x00"+secret...)
	text := binary.BigEndian.AppendUint32(nil, uint32(len(chunk)-4))
	text = binary.BigEndian.AppendUint32(append(text, chunk...), crc32.ChecksumIEEE(chunk))
	data = append(append(bytes.Clone(data[:33]), append(text, data[33:]...)...), secret...)
	got, _, err := Avatar(data)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(got, []byte("GPS")) || bytes.Contains(got, []byte("script")) {
		t.Errorf("%q", got)
	}
}

func TestAvatarRefuses(t *testing.T) {
	whole := asPNG(t, halves(200, 200))
	for name, data := range map[string][]byte{
		"a bomb": claimed(t, 10_000, 10_000), "a truncated one": whole[:len(whole)/2], "svg": []byte("<svg/>"), "nothing": nil,
	} {
		if got, _, err := Avatar(data); err == nil || got != nil {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, data := range [][]byte{
		asPNG(f, halves(20, 10)), asJPEG(f, halves(20, 10)), withEXIF(asJPEG(f, halves(20, 10)), 6), asGIF(f, 20, 10), asWebP(f, losslessWebP), asWebP(f, lossyWebP),
		animatedWebP(), []byte("<svg"), []byte("GIF89a/*  */"), []byte("\xff\xd8\xff\xe1\x00\x02\xff\xd9"),
	} {
		f.Add(data)
	}
	const pixels = 1000
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Check(data, pixels)
		if err == nil && (info.Width < 1 || info.Height < 1 || info.Width*info.Height > pixels || sniff(data) != info.Kind) {
			t.Errorf("%+v", info)
		}
		if err != nil {
			return // an avatar of what is large takes time
		}
		if avatar, ext, err := Avatar(data); err == nil && string(sniff(avatar)) != ext {
			t.Errorf("an avatar of %d bytes, %q", len(avatar), ext)
		}
	})
}

func BenchmarkAvatar(b *testing.B) {
	photo := image.NewRGBA(image.Rect(0, 0, 1000, 1000))
	for i := range photo.Pix {
		photo.Pix[i] = uint8(i*i>>9) | 3
	}
	drawing := image.NewPaletted(photo.Rect, color.Palette{red, blue})
	for name, data := range map[string][]byte{"jpeg": asJPEG(b, photo), "png": asPNG(b, photo), "drawing": asPNG(b, drawing), "gif": asGIF(b, 1000, 1000)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Avatar(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
