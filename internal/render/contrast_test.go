package render

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// property is how the style sheet defines a colour for both schemes.
var property = regexp.MustCompile(`(--[a-z-]+): light-dark\(oklch\(([0-9.]+)% ([0-9.]+) ([0-9.]+)\), oklch\(([0-9.]+)% ([0-9.]+) ([0-9.]+)\)\)`)

// luminance is the relative luminance (WCAG 2.2) of a colour in oklch: lightness in percent, chroma, hue in degrees. The
// numbers are those of Oklab's definition (https://bottosson.github.io/posts/oklab/), which gives linear sRGB.
func luminance(lightness, chroma, hue float64) float64 {
	a, b := chroma*math.Cos(hue*math.Pi/180), chroma*math.Sin(hue*math.Pi/180)
	l := math.Pow(lightness/100+0.3963377774*a+0.2158037573*b, 3)
	m := math.Pow(lightness/100-0.1055613458*a-0.0638541728*b, 3)
	s := math.Pow(lightness/100-0.0894841775*a-1.2914855480*b, 3)
	inGamut := func(v float64) float64 { return min(max(v, 0), 1) }
	red := inGamut(+4.0767416621*l - 3.3077115913*m + 0.2309699292*s)
	green := inGamut(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s)
	blue := inGamut(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s)
	return 0.2126*red + 0.7152*green + 0.0722*blue
}

// TestColoursHaveContrast computes what each colour of text has on what it stands on, by day and by night: 4.5:1 in
// code (WCAG 2.2, AA), 7:1 elsewhere (AAA), as docs/theme.md says.
func TestColoursHaveContrast(t *testing.T) {
	var style string
	for file, err := range load(t, "").Assets() {
		if err != nil {
			t.Fatal(err)
		}
		if file.Path == "assets/style.css" {
			style = string(file.Data)
		}
	}
	colours := map[string][2]float64{}
	for _, m := range property.FindAllStringSubmatch(style, -1) {
		var v [6]float64
		for i := range v {
			v[i], _ = strconv.ParseFloat(m[2+i], 64)
		}
		colours[m[1]] = [2]float64{luminance(v[0], v[1], v[2]), luminance(v[3], v[4], v[5])}
	}
	check := func(text, ground string, least float64) {
		t.Helper()
		for scheme, name := range []string{"light", "dark"} {
			one, two := colours[text][scheme], colours[ground][scheme]
			if contrast := (max(one, two) + .05) / (min(one, two) + .05); colours[text] == [2]float64{} || contrast < least {
				t.Errorf("%s on %s, %s: %.2f, want %.1f", text, ground, name, contrast, least)
			}
		}
	}
	used := regexp.MustCompile(`\.hl-[a-z]+[^{]*\{ color: var\((--[a-z-]+)\)`).FindAllStringSubmatch(style, -1)
	if len(used) < 8 {
		t.Errorf("%d rules for code in colours", len(used))
	}
	for _, m := range used {
		check(m[1], "--raised", 4.5)
	}
	check("--hl-deleted", "--ground", 4.5) // a feed in trouble
	for _, ground := range []string{"--ground", "--raised", "--mark"} {
		check("--text", ground, 7)
	}
	for _, quiet := range []string{"--quiet", "--accent"} {
		check(quiet, "--ground", 7)
		check(quiet, "--raised", 4.5)
	}
	if white, black := luminance(100, 0, 0), luminance(0, 0, 0); math.Abs(white-1) > .001 || black != 0 {
		t.Errorf("white has the luminance %f, black %f", white, black)
	}
}
