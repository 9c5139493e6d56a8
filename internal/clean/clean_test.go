package clean

import (
	"testing"

	"planet/internal/planet"
)

func FuzzHTMLIdempotent(f *testing.F) {
	for _, s := range []string{
		"<p>a<div>b</div>c</p>", "<b><table><tr><td>x", "<a href=/x><a href=y>", "</div></div>text", "<p><object><p>x</p></object>",
		"<li>a<li>b", "<table>text<tr><td>x</table>", "<pre>\n\nx</pre>", "<h1>a<h2>b", "<svg><p>x</svg>", "<math><mi>x</math>",
		"<img src=x onerror=alert(1)>", "<iframe src=//a.b/c></iframe>", "<ruby>a<rt>b<rp>c</ruby>", "<dl><dt>a<dd>b</dl>",
		"<form><button><p>x</button></form>", "<select><option>x</select>", "<details><summary>x</summary>y</details>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := HTML(planet.Text{Type: planet.HTML, Body: s, Base: "https://blog.example/p/1"}, 0)
		again := HTML(planet.Text{Type: planet.HTML, Body: once, Base: "https://blog.example/p/1"}, 0)
		if once != again {
			t.Errorf("not idempotent\nin:    %q\nonce:  %q\nagain: %q", s, once, again)
		}
	})
}
