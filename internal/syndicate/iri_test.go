package syndicate

import "testing"

func TestWhatIsAnID(t *testing.T) {
	for id, want := range map[string]bool{
		"https://a.example/1": true, "http://a.example/größe?a=1#b": true, "tag:a.example,2026:1": true, "urn:uuid:69ad777d-3cee-5e59-a7df-05cf4d983bed": true,
		"https://a.example/1#x#0a1b2c3d": true, "https://a.example/100%": true, "https://[2001:db8::1]/x": true, "X-y.z+1:a": true, "mailto:a@a.example": true,
		"": false, "17": false, "a b": false, "https://a.example/a b": false, "/1": false, "https:": false, "https:///x": false, "1a:b": false, "größe:x": false, ":x": false,
		"https://a.example/[x]": false, "https://a.example/{x}": false, "https://a.example/<x>": false, "https://a.example/\x01": false, "https://a.example/\u0085": false,
		"https://a.example/\u00a0": false, "https://a.example/\ufffd": false, "https://a.example/\ue000": false, "https://a.example/\xff": false, "urn:x:\u200b\ufdd0": false,
	} {
		if got := isIRI(id); got != want {
			t.Errorf("isIRI(%q) = %v", id, got)
		}
	}
}

func TestHref(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.example/1?x=1&y=%20#z":      "https://a.example/1?x=1&y=%20#z",
		" HTTPS://A.Example:8080 ":             "https://A.Example:8080",
		"https://u:p@a.example/@x":             "https://a.example/@x",
		"https://größe.example/ä?ö#ü":          "https://xn--gre-6ka8i.example/%C3%A4?%C3%B6#%C3%BC",
		"https://a.example/a b|c%zz%2f[1]#a#b": "https://a.example/a%20b%7Cc%25zz%2f%5B1%5D#a%23b",
		"http://[2001:db8::1]:80/x":            "http://[2001:db8::1]:80/x",
		"https://a_b.example/x":                "https://a_b.example/x",
		"https://a.example/%":                  "https://a.example/%25",
		"https://a.example/\x01\xff":           "https://a.example/%01%FF",
		"javascript:alert(1)":                  "", "//a.example/x": "", "/x": "", "": "", "mailto:a@a.example": "", "ftp://a.example/": "", "data:text/html,x": "",
		"https://": "", "https:///x": "", "https://a b/": "", "https://a.example:x/": "", "https://[::1/": "", "https://a%20b/": "", "https://<b>/": "", "https://:80/": "",
	} {
		got := href(address)
		if got != want {
			t.Errorf("href(%q) = %q, want %q", address, got, want)
		}
		if got != "" && (href(got) != got || !isIRI(got)) {
			t.Errorf("%q isn't %q again", got, href(got))
		}
	}
}

func TestLanguage(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "en", "EN-us": "en-US", "en_US": "en-US", "de_DE.UTF-8": "de-DE", "de@euro": "de", " fr ": "fr", "zh-hans-cn": "zh-Hans-CN", "pt-br": "pt-BR", "no": "no", "ast": "ast",
		"": "", "english": "", "xx": "", "und": "", "e": "", "deutsch (Deutschland)": "", "x-klingon": "", "<b>": "", "en-\x00": "",
	} {
		if got := language(tag); got != want {
			t.Errorf("language(%q) = %q, want %q", tag, got, want)
		}
	}
}
