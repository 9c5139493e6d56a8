package feedtest

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Sample pictures are drawn when asked for; their names say what and how large: harbour-1200x600.png is a landscape,
// chart-august-800x400.png a curve, map-coast-800x600.png a map with contour lines. The same name gives the same bytes.
var imageName = regexp.MustCompile(`^([a-z0-9-]+)-(\d{1,4})x(\d{1,4})\.png$`)

const maxSide = 2000

var drawn sync.Map // image name → []byte

func serveImage(w http.ResponseWriter, r *http.Request, name string) {
	m := imageName.FindStringSubmatch(name)
	if m == nil {
		serveNotFound(w)
		return
	}
	width, _ := strconv.Atoi(m[2])
	height, _ := strconv.Atoi(m[3])
	if width < 1 || height < 1 || width > maxSide || height > maxSide {
		serveNotFound(w)
		return
	}
	data, ok := drawn.Load(name)
	if !ok {
		data, _ = drawn.LoadOrStore(name, encodePNG(draw(m[1], width, height)))
	}
	serveContent(w, r, "image/png", time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), data.([]byte))
}

// draw makes the picture of that name.
func draw(name string, width, height int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	rnd := seeded(name)
	switch kind, _, _ := strings.Cut(name, "-"); kind {
	case "chart":
		drawChart(img, rnd)
	case "map":
		drawMap(img, rnd)
	default:
		drawLandscape(img, rnd)
	}
	return img
}

// seeded makes everything about a picture follow from its name.
func seeded(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name)) //nolint:errcheck // never fails
	return rand.New(rand.NewPCG(h.Sum64(), 7))
}

func encodePNG(img image.Image) []byte {
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		panic(err) // only for an image without pixels
	}
	return buf.Bytes()
}

// skies are pairs of hues for the top and the bottom of a sky, each with one for the land below it.
var skies = [][3]float64{{215, 35, 222}, {258, 18, 262}, {338, 30, 345}, {194, 48, 186}, {12, 44, 12}, {224, 196, 214}, {28, 52, 158}}

// drawLandscape paints a sky, a low sun and five ridges, paler the farther away.
func drawLandscape(img *image.RGBA, rnd *rand.Rand) {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	hues := skies[rnd.IntN(len(skies))]
	high, low, sun := hsl(hues[0], .45, .64), hsl(hues[1], .75, .88), hsl(hues[1]+15, .9, .95)
	sunX, sunY, sunR := w*(.2+.6*rnd.Float64()), h*(.3+.15*rnd.Float64()), math.Min(w, h)*.09
	const ridges = 5
	var (
		top [ridges]func(x float64) float64
		ink [ridges]color.RGBA
	)
	for i := range ridges {
		near := float64(i+1) / ridges
		top[i] = wave(rnd, h*(.5+.11*float64(i)), h*(.09-.008*float64(i)), w)
		ink[i] = hsl(hues[2]+15*near, .25+.12*near, .74-.52*near)
	}
	sky := make([]color.RGBA, img.Rect.Dy())
	for y := range sky {
		sky[y] = mix(high, low, float64(y)/(h*.75))
	}
	for x := range img.Rect.Dx() {
		for y, c := range sky {
			img.SetRGBA(x, y, mix(c, sun, sunR-math.Hypot(float64(x)-sunX, float64(y)-sunY))) // one pixel of soft edge
		}
		for i := range ridges {
			edge := top[i](float64(x))
			for y := max(int(edge), 0); y < img.Rect.Dy() && y < int(h*(.75+.15*float64(i))); y++ { // the next ridge hides the rest
				img.SetRGBA(x, y, mix(img.RGBAAt(x, y), ink[i], float64(y)-edge))
			}
		}
	}
}

// drawChart paints a curve over a grid, as the stations' own pages would.
func drawChart(img *image.RGBA, rnd *rand.Rand) {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	hue := rnd.Float64() * 360
	ground, grid := hsl(hue, .2, .97), hsl(hue, .15, .88)
	line, fill := hsl(hue, .6, .42), hsl(hue, .55, .84)
	curve := wave(rnd, h*.5, h*.17, w)
	for x := range img.Rect.Dx() {
		y0 := curve(float64(x))
		steep := math.Hypot(1, curve(float64(x)+1)-y0) // keeps the line as thick on slopes
		for y := range img.Rect.Dy() {
			fy := float64(y)
			c := mix(ground, fill, fy-y0)
			if y%max(img.Rect.Dy()/8, 1) == 0 || x%max(img.Rect.Dx()/12, 1) == 0 {
				c = mix(c, grid, .8)
			}
			img.SetRGBA(x, y, mix(c, line, h/130*steep-math.Abs(fy-y0)+.5))
		}
	}
}

// drawMap paints land and water in bands of height, with contour lines between them.
func drawMap(img *image.RGBA, rnd *rand.Rand) {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	rise := wave(rnd, 0, 1.2, w*1.3) // the coast, wavy, runs from top to bottom
	hills := make([]struct{ x, y, size, height float64 }, 8)
	for i := range hills {
		p := &hills[i]
		p.x, p.y, p.size, p.height = w*rnd.Float64(), h*rnd.Float64(), w*(.05+.09*rnd.Float64()), 2+3*rnd.Float64()
	}
	const bands, sea = 12, 4
	var fill, line [bands]color.RGBA
	for i := range fill {
		fill[i], line[i] = hsl(125-9*float64(i-sea), .32, .76+.02*float64(i-sea)), hsl(125-9*float64(i-sea), .22, .58)
		if i < sea {
			fill[i], line[i] = hsl(205, .5, .74+.035*float64(i)), hsl(205, .4, .62)
		}
	}
	for x := range img.Rect.Dx() {
		for y := range img.Rect.Dy() {
			fx, fy := float64(x), float64(y)
			z := 7*(fx/w-.3) + rise(fy) + sea // negative is under water
			for _, p := range hills {
				d := ((fx-p.x)*(fx-p.x) + (fy-p.y)*(fy-p.y)) / (2 * p.size * p.size)
				if d < 9 {
					z += p.height * math.Exp(-d) * math.Min(1, fx/w*1.5)
				}
			}
			band := min(max(int(math.Floor(z)), 0), bands-1)
			img.SetRGBA(x, y, mix(fill[band], line[band], 1-14*(z-math.Floor(z))))
		}
	}
}

// wave returns a gentle curve around mid.
func wave(rnd *rand.Rand, mid, height, width float64) func(x float64) float64 {
	var freq, phase [4]float64
	for i := range freq {
		freq[i] = 2 * math.Pi / width * (.7 + rnd.Float64()) * math.Pow(2.1, float64(i))
		phase[i] = rnd.Float64() * 2 * math.Pi
	}
	return func(x float64) float64 {
		y := mid
		for i := range freq {
			y += height / math.Pow(2.2, float64(i)) * math.Sin(freq[i]*x+phase[i])
		}
		return y
	}
}

// mix goes from a to b as t goes from 0 to 1.
func mix(a, b color.RGBA, t float64) color.RGBA {
	if t <= 0 {
		return a
	}
	if t >= 1 {
		return b
	}
	f := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*t) }
	return color.RGBA{f(a.R, b.R), f(a.G, b.G), f(a.B, b.B), 255}
}

// hsl is the colour of that hue (degrees), saturation and lightness (0 to 1).
func hsl(hue, s, l float64) color.RGBA {
	f := func(n float64) uint8 {
		k := math.Mod(n+hue/30+24, 12)
		return uint8(255 * (l - s*math.Min(l, 1-l)*math.Max(-1, math.Min(math.Min(k-3, 9-k), 1))))
	}
	return color.RGBA{f(0), f(8), f(4), 255}
}
