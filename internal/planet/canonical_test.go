package planet

import (
	"strings"
	"testing"
)

func TestCanonicalIsOneForAllAddressesOfAPage(t *testing.T) {
	for want, all := range map[string][]string{
		"a.example/2024/05/post": {
			"https://a.example/2024/05/post", "http://a.example/2024/05/post/", "HTTPS://WWW.A.Example:443/2024/05/post", "http://a.example:80/2024/05/post",
			"https://a.example./2024/05/post", "https://a.example:/2024/05/post//", "https://jane:secret@a.example/2024/05/post", "https://a.example//2024/05//post",
			"https://a.example/2024/./04/../05/post/.", "https://a.example/../2024/05/post", "https://a.example/2024/05/post#comments", "https://a.example/2024/05/post#",
			"https://a.example/2024/05/post?", "https://a.example/2024/05/post/index.html", "https://a.example/2024/05/post/INDEX.PHP", "https://a.example/2024/05/post/default.aspx",
			"https://a.example/2024/05/post/?utm_source=rss&amp;utm_medium=feed", "https://a.example/2024/05/post?fbclid=x&&UTM_campaign=y#atom-everything",
			"https://a.example/%32024/05/p%6Fst", "https://a.example/2024/05/post?source=rss----1a2b---4", "https://a.example/2024/05/post?ref=rss", "https://a.example/2024/05/post?xtor=RSS-3208",
			"https://a.example/2024/05/post/?ref=feedburner", " https://a.example/2024/05/post\n", "https://www.www.a.example/2024/%2E%2e/2024/05/post", "https://a.example/2024/05/post#:~:text=word",
		},
		"a.example?p=123":                 {"https://a.example/?p=123", "http://www.a.example?p=123", "https://a.example/index.php?p=123&utm_source=x"},
		"a.example/x?a=1&b=2":             {"https://a.example/x?b=2&a=1", "https://a.example/x/?&a=1&amp;b=2", "https://a.example/x?a=%31&amp;amp;b=2"},
		"a.example/x?q=a+b":               {"https://a.example/x?q=a%20b", "https://a.example/x?q=a+b"},
		"a.example/x?u=http://b/c":        {"https://a.example/x?u=http%3A%2F%2Fb%2Fc", "https://a.example/x?u=http://b/c"},
		"a.example/größe":                 {"https://a.example/größe", "https://a.example/gr%C3%B6%c3%9Fe", "https://a.example/gr%C3%B6ße/"},
		"a.example/@jane/c++":             {"https://a.example/%40jane/c%2b%2B", "https://a.example/@jane/c++"},
		"a.example/a%20b":                 {"https://a.example/a%20b"},
		"a.example/a%2Fb":                 {"https://a.example/a%2fb"},
		"a.example/%FF%3F":                {"https://a.example/%ff%3f"},
		"a.example#!/post/1":              {"https://a.example/#!/post/1", "https://a.example#!/post/1/"},
		"a.example/app#/post/1?x":         {"https://a.example/app/#/post/1?x", "https://a.example/app#/post/%31?x"},
		"a.example:8080/x":                {"http://a.example:8080/x"},
		"[2001:db8::1]/x":                 {"https://[2001:DB8::1]:443/x"},
		"grün.example/x":                  {"https://GRÜN.example/x", "https://www.grün.example/x"},
		"www.com/x":                       {"https://www.com/x"},
		"a.example/index.html/post":       {"https://a.example/index.html/post"},
		"a.example/x?ref=heise&source=me": {"https://a.example/x?source=me&ref=heise"},
		"a.example/x?source=rsse":         {"https://a.example/x?source=rsse"},
	} {
		for _, address := range all {
			if got := Canonical(address); got != want {
				t.Errorf("Canonical(%q) = %q, want %q", address, got, want)
			}
		}
	}
}

func TestCanonicalTellsPagesApart(t *testing.T) {
	for _, c := range [][2]string{
		{"https://a.example/x", "https://b.example/x"},
		{"https://a.example/x", "https://blog.a.example/x"},
		{"https://a.example/x", "https://m.a.example/x"},
		{"https://a.example/x", "https://amp.a.example/x"},
		{"https://a.example/x", "https://a.example:8443/x"},
		{"https://a.example/x", "https://a.example/X"},
		{"https://a.example/x", "https://a.example/x/y"},
		{"https://a.example/x", "https://a.example/x.html"},
		{"https://a.example/?p=1", "https://a.example/?p=2"},
		{"https://a.example/?p=1", "https://a.example/p=1"},
		{"https://a.example/x?a=1", "https://a.example/x?a=2"},
		{"https://a.example/x?a=1", "https://a.example/x"},
		{"https://a.example/x?a=1%262", "https://a.example/x?a=1&2"},
		{"https://a.example/x?a=c%2B", "https://a.example/x?a=c+"},
		{"https://a.example/x%2Fy", "https://a.example/x/y"},
		{"https://a.example/x%3Fa", "https://a.example/x?a"},
		{"https://a.example/x%2541", "https://a.example/x%41"},
		{"https://a.example/#!/1", "https://a.example/#!/2"},
		{"https://a.example/#/1", "https://a.example/#!/1"},
		{"https://a.example/x?ref=rss", "https://a.example/x?ref=2"},
		{"https://a.example/x?tag=rss", "https://a.example/x"},
		{"https://a.example/author/index", "https://a.example/author"},
	} {
		one, other := Canonical(c[0]), Canonical(c[1])
		if one == other || one == "" || other == "" {
			t.Errorf("%s and %s are %q and %q", c[0], c[1], one, other)
		}
	}
}

func TestCanonicalOfNoPageIsEmpty(t *testing.T) {
	for _, address := range []string{
		"", "x", "/x", "//a.example/x", "a.example/x", "mailto:a@a.example", "ftp://a.example/x", "javascript://a.example/x", "tag:a.example,2024:x", "urn:uuid:1", "https:/a.example/x",
		"https://", "https:///x", "https://a.example", "http://www.a.example/", "https://a.example:443//", "https://a.example/index.html", "https://a.example/./", "https://a.example/?utm_source=x",
		"https://a.example/#top", "https://a.example/#!", "https://a.example/#/", "https://a.example/?", "https://a.example/x y", "https://a.example/\x00", "https://a.example/100%", "https://a.example/?%zz",
		"https://a b/x", "https://a:b/x", "https://[::1/x", "https://a:1:2/x", "https://a%41/x", "https://a\\b/x", "https://a.example/\xff", "https://:80/x", "https://./x",
	} {
		if got := Canonical(address); got != "" {
			t.Errorf("Canonical(%q) = %q, want nothing", address, got)
		}
	}
}

func TestTracks(t *testing.T) {
	for name := range tracking {
		if !Tracks(name) || !Tracks(strings.ToUpper(name)) || !Tracks("amp;"+name) || Canonical("https://a.example/x?"+name+"=1") != "a.example/x" {
			t.Errorf("%s doesn't track", name)
		}
	}
	for name, want := range map[string]bool{"utm_anything": true, "%75tm_x": true, "utm": false, "ref": false, "gclid_": false, "p": false, "": false, "%zz": false} {
		if got := Tracks(name); got != want {
			t.Errorf("Tracks(%q) = %v", name, got)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{
		"https://www.a.example/a/../b//index.html?b=1&utm_x&a#!/x/", "http://u:p@A.example:443/%41%c3%bc%C3%FF%2e%2E/%2f?x=%20+%26&amp;y", "https://www.www.x.", "https://[::1]:80/x#/a#b",
		"https://İ.example/x", "https://a/%25%32%35", "https://a?amp;amp;a&&b", "https://a/index.php/index.html?source=rss&ref=%72ss", "https://a/\u3000/%E3%80%80",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		got := Canonical(address)
		if got == "" {
			return
		}
		if again := Canonical("https://" + got); again != got {
			t.Errorf("Canonical(%q) = %q, and again %q", address, got, again)
		}
		if len(got) > len(address)+len(address)/2 {
			t.Errorf("%d bytes became %d", len(address), len(got))
		}
		if strings.ContainsAny(got, " \t\r\n\x00") {
			t.Errorf("Canonical(%q) = %q", address, got)
		}
	})
}

// It would take minutes if it were not.
func TestCanonicalIsLinear(t *testing.T) {
	for _, part := range []string{"../", "x/", "%c3", "&amp;", "amp;", "www.", "#!", "index.php/", "?a&", "%41", "@", ":", "utm_a=b&"} {
		Canonical("https://a.example/" + strings.Repeat(part, 300_000))
		Canonical("https://a.example/?" + strings.Repeat(part, 300_000))
		Canonical("https://" + strings.Repeat(part, 300_000) + ".example/x")
	}
}
