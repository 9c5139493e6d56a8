package planet

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSlug(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"Kaushal M", "kaushal-m"},
		{"Niels de Vos", "niels-de-vos"},
		{"  'atinmu''s Blog' ", "atinmu-s-blog"},
		{"GlusterFS » storage!", "glusterfs-storage"},
		{"--a--b--", "a-b"},
		{"100%", "100"},
		{"Žluťoučký Kůň", "žluťoučký-kůň"},
		{"ÅSA ÄRLIG", "åsa-ärlig"},
		{"İstanbul", "istanbul"},
		{"Планета Линукс", "планета-линукс"},
		{"星球 グラスター", "星球-グラスター"},
		{"हिन्दी ब्लॉग", "हिन्दी-ब्लॉग"},
		{"مدونة ١٢٣", "مدونة-١٢٣"},
		{"x²", "x"},
		{"a_b.c/d", "a-b-c-d"},
		{"\u0301x", "x"},
		{"!\u0301x", "x"},
		{"x !\u0301y", "x-y"},
		{"🚀", ""},
		{"", ""},
		{"\xff\xfe", ""},
		{"C++", "c"},
	} {
		got := Slug(tt.name)
		if got != tt.want {
			t.Errorf("Slug(%q) = %q, want %q", tt.name, got, tt.want)
		}
		if again := Slug(got); again != got {
			t.Errorf("Slug(%q) = %q: not stable", got, again)
		}
	}
}

func TestTagSlug(t *testing.T) {
	for _, tt := range []struct{ tag, want string }{
		{"C++", "cplusplus"},
		{"C#", "csharp"},
		{"C", "c"},
		{"Modern C++ 20", "modern-cplusplus-20"},
		{"gluster-block", "gluster-block"},
		{"R & D", "r-d"},
	} {
		if got := TagSlug(tt.tag); got != tt.want {
			t.Errorf("TagSlug(%q) = %q, want %q", tt.tag, got, tt.want)
		}
	}
}

func TestLongTagsAreCutAndStayApart(t *testing.T) {
	long := strings.Repeat("é", 200)
	a, b := TagSlug(long+"a"), TagSlug(long+"b")
	if len(a) > maxTagSlug || !utf8.ValidString(a) || a == b || TagSlug(a) != a || !strings.HasPrefix(a, "éé") {
		t.Errorf("%q, %q", a, b)
	}
}

// A slug is part of a path and of an address, whatever people call themselves.
func FuzzSlug(f *testing.F) {
	for _, s := range []string{"Kaushal M", "../../etc", "a\u0345b", "ΑΣ", "ǅ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := Slug(name)
		if Slug(got) != got {
			t.Errorf("Slug(Slug(%q)) = %q, not %q", name, Slug(got), got)
		}
		for _, r := range got {
			if r == '/' || r == '.' || r < ' ' || r == '\\' {
				t.Errorf("Slug(%q) = %q holds %q", name, got, r)
			}
		}
	})
}
