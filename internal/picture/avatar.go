package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// Side is the width and height of avatars in pixels: twice what pages show, for fine screens.
const Side = 96

// avatarPixels bounds what is decoded: photographs of phones have 12 million pixels, which take some 50 MB.
const avatarPixels = 16_000_000

// Avatar makes a square picture of Side × Side pixels from the middle of a png, jpeg, gif (its first frame) or still webp. Nothing of
// the original's bytes is in it, neither data about it nor what somebody hid behind it. It is a png, or a jpeg where that is
// smaller and nothing is transparent; ext is "png" or "jpg". The same bytes give the same avatar.
func Avatar(data []byte) (avatar []byte, ext string, err error) {
	kind, _, err := config(data, avatarPixels)
	if err != nil {
		return nil, "", err
	}
	src, err := decode(kind, data)
	if errors.Is(err, ErrUnfit) {
		return nil, "", err
	}
	if err != nil {
		return nil, "", fmt.Errorf("it is damaged: %w", err)
	}
	small := image.NewRGBA(image.Rect(0, 0, Side, Side))
	draw.CatmullRom.Scale(small, small.Bounds(), src, middle(src.Bounds()), draw.Src, nil)
	if kind == JPEG { // only now, that it is small
		small = turned(small, orientation(data))
	}
	return encode(small)
}

func decode(kind Kind, data []byte) (image.Image, error) {
	r := bytes.NewReader(data)
	switch kind {
	case PNG:
		return png.Decode(r)
	case JPEG:
		return jpeg.Decode(r)
	case WebP:
		if animated(data) { // the library reads single pictures alone
			return nil, unfit("it is an animated WebP; a still one is needed")
		}
		return webp.Decode(r)
	}
	cfg, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	frame, err := gif.Decode(r)
	if err != nil {
		return nil, err
	}
	whole := image.Rect(0, 0, cfg.Width, cfg.Height)
	if frame.Bounds() == whole {
		return frame, nil
	}
	canvas := image.NewRGBA(whole) // the first frame needn't fill it
	draw.Draw(canvas, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return canvas, nil
}

// animated tells whether a WebP says that it is (its container, "Extended File Format").
func animated(data []byte) bool {
	return len(data) > 20 && string(data[12:16]) == "VP8X" && data[20]&2 != 0
}

// middle is the largest square in the middle of r.
func middle(r image.Rectangle) image.Rectangle {
	side := min(r.Dx(), r.Dy())
	at := r.Min.Add(image.Pt((r.Dx()-side)/2, (r.Dy()-side)/2))
	return image.Rectangle{at, at.Add(image.Pt(side, side))}
}

// turned is a square as its EXIF orientation wants it shown.
func turned(src *image.RGBA, orientation int) *image.RGBA {
	if orientation == 1 {
		return src
	}
	out := image.NewRGBA(src.Bounds())
	const last = Side - 1
	for y := range Side {
		for x := range Side {
			fx, fy := x, y // where the pixel at x, y comes from
			switch orientation {
			case 2:
				fx = last - x
			case 3:
				fx, fy = last-x, last-y
			case 4:
				fy = last - y
			case 5:
				fx, fy = y, x
			case 6:
				fx, fy = y, last-x
			case 7:
				fx, fy = last-y, last-x
			case 8:
				fx, fy = last-y, x
			}
			out.SetRGBA(x, y, src.RGBAAt(fx, fy))
		}
	}
	return out
}

// encode chooses the smaller of both kinds: drawings are smaller as png and stay sharp, photographs as jpeg.
func encode(m *image.RGBA) (data []byte, ext string, err error) {
	var asPNG, asJPEG bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&asPNG, m); err != nil {
		return nil, "", err
	}
	if !m.Opaque() {
		return asPNG.Bytes(), string(PNG), nil
	}
	if err := jpeg.Encode(&asJPEG, m, &jpeg.Options{Quality: 88}); err != nil {
		return nil, "", err
	}
	if asJPEG.Len() < asPNG.Len() {
		return asJPEG.Bytes(), string(JPEG), nil
	}
	return asPNG.Bytes(), string(PNG), nil
}
