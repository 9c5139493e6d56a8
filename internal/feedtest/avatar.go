package feedtest

import (
	"image"
	"image/color"
	"math"
)

const avatarSide = 192

// avatarPNG draws a member's picture: a mirrored pattern of quarter discs in two colours, a different one for each name.
func avatarPNG(name string) []byte {
	rnd := seeded(name)
	hue := rnd.Float64() * 360
	ground := hsl(hue, .45, .9)
	inks := []color.RGBA{hsl(hue, .5, .45), hsl(hue+150, .55, .6), hsl(hue+30, .6, .7)}
	const cells, cell = 4, avatarSide / 4
	type tile struct {
		ink    int
		corner int // which corner the quarter disc is centred on; 4: a full square
	}
	var tiles [cells / 2][cells]tile
	for i := range tiles {
		for j := range tiles[i] {
			tiles[i][j] = tile{rnd.IntN(len(inks) + 1), rnd.IntN(5)}
		}
	}
	img := image.NewRGBA(image.Rect(0, 0, avatarSide, avatarSide))
	for y := range avatarSide {
		for x := range avatarSide {
			mx := min(x, avatarSide-1-x) // the right half mirrors the left
			t := tiles[mx/cell][y/cell]
			c := ground
			if t.ink < len(inks) {
				cx, cy := float64(cell*(t.corner&1)), float64(cell*(t.corner>>1&1))
				inside := float64(cell) - math.Hypot(float64(mx%cell)+.5-cx, float64(y%cell)+.5-cy)
				if t.corner == 4 {
					inside = 1
				}
				c = mix(ground, inks[t.ink], inside+.5)
			}
			img.SetRGBA(x, y, c)
		}
	}
	return encodePNG(img)
}
