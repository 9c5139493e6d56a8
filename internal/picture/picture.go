// Package picture makes strangers' pictures safe and small: decoded within limits, scaled, encoded again.
//
// What a picture is, its bytes say; names and labels lie. Check looks at the pictures of posts, which are kept as they are;
// Avatar makes a new, small one. Both are pure.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"

	"golang.org/x/image/webp"
)

// A Kind is a type of pictures that every browser shows and that can hold nothing that runs. Its text is the file's ending.
type Kind string

// The kinds there are.
const (
	PNG  Kind = "png"
	JPEG Kind = "jpg"
	GIF  Kind = "gif"
	WebP Kind = "webp"
)

// An Info is what Check learns of a picture.
type Info struct {
	Kind          Kind
	Width, Height int // in pixels, as it is shown: turned as its EXIF data wants
}

// ErrUnfit is what errors are of pictures that aren't taken however often they are asked for: they are of another kind, or too
// large. Other errors say that the bytes are no whole picture, which may be better the next time.
var ErrUnfit = errors.New("the picture isn't taken")

// unfit is such an error, in words.
type unfit string

func (u unfit) Error() string        { return string(u) }
func (u unfit) Is(target error) bool { return target == ErrUnfit }

// Check tells what data is, if it is a whole picture of at most that many pixels. It doesn't decode it: a picture is as
// cheap to check as its bytes are to read.
func Check(data []byte, pixels int) (Info, error) {
	kind, cfg, err := config(data, pixels)
	if err != nil {
		return Info{}, err
	}
	if !complete(kind, data) {
		return Info{}, fmt.Errorf("its end is missing: only %d bytes of a %s are there", len(data), kind)
	}
	info := Info{kind, cfg.Width, cfg.Height}
	if kind == JPEG && orientation(data) >= 5 { // on its side
		info.Width, info.Height = cfg.Height, cfg.Width
	}
	return info, nil
}

// config reads no more than what data says of itself. It is asked before anything is decoded: a hundred kilobytes can
// unpack to gigabytes.
func config(data []byte, pixels int) (kind Kind, cfg image.Config, err error) {
	r := bytes.NewReader(data)
	switch kind = sniff(data); kind {
	case PNG:
		cfg, err = png.DecodeConfig(r)
	case JPEG:
		cfg, err = jpeg.DecodeConfig(r)
	case GIF:
		cfg, err = gif.DecodeConfig(r)
	case WebP:
		cfg, err = webp.DecodeConfig(r)
	default:
		return "", cfg, other(data)
	}
	switch {
	case err != nil:
		return kind, cfg, fmt.Errorf("it is damaged: %w", err)
	case cfg.Width <= 0 || cfg.Height <= 0:
		return kind, cfg, errors.New("it is damaged: it has no pixels")
	case cfg.Width > pixels/cfg.Height: // the product might overflow
		return kind, cfg, unfit(fmt.Sprintf("it has %d × %d pixels, and more than %d are too many", cfg.Width, cfg.Height, pixels))
	}
	return kind, cfg, nil
}

// sniff tells a picture's kind by its first bytes; "" when it is none of those taken.
func sniff(data []byte) Kind {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return GIF
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return WebP
	}
	return ""
}

// other says what data is that is none of the kinds. An SVG is a document that may hold scripts: copied, they would be our
// own site's. AVIF and HEIC can't be looked into.
func other(data []byte) error {
	head := strings.ToLower(string(data[:min(len(data), 1000)]))
	switch {
	case strings.Contains(head, "<svg"):
		return unfit("it is an SVG drawing, which may hold scripts")
	case len(data) >= 12 && head[4:8] == "ftyp":
		return unfit(fmt.Sprintf("it is a picture of the kind %q, which can't be checked", strings.TrimSpace(head[8:12])))
	case len(data) == 0:
		return errors.New("it is empty")
	}
	return errors.New("it is no picture: neither png, jpeg, gif nor webp")
}
