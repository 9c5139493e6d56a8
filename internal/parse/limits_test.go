package parse

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// refuses parses what has to be refused for a limit of that key, and gives the bytes that were allocated for it.
func refuses(t *testing.T, doc, key string) (allocated uint64) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Parse([]byte(doc), "", nil, Limits{})
	runtime.ReadMemStats(&after)
	var hostile *HostileError
	if !errors.As(err, &hostile) || hostile.Key != key || !strings.Contains(err.Error(), "(limits."+key+")") {
		t.Errorf("error %.200q; want the limit %s", fmt.Sprint(err), key)
	}
	return after.TotalAlloc - before.TotalAlloc
}

func TestB55NestedElements(t *testing.T) {
	nested := func(n int) string {
		return `<rss version="2.0"><channel><item><guid>1</guid>` + strings.Repeat("<x:a>", n) + strings.Repeat("</x:a>", n) + `</item></channel></rss>`
	}
	if res, err := Parse([]byte(nested(150)), "", nil, Limits{}); err != nil || len(res.Items) != 1 {
		t.Errorf("150 levels: %v, %d items", err, len(res.Items))
	}
	refuses(t, nested(250), "depth")
	if n := refuses(t, nested(500_000), "depth"); n > 100<<20 {
		t.Errorf("it took %d MB", n>>20)
	}
}

func TestB56Namespaces(t *testing.T) {
	declared := func(n int) string {
		var b strings.Builder
		b.WriteString(`<rss version="2.0"><channel><item><guid>1</guid></item>`)
		for i := range n {
			fmt.Fprintf(&b, `<x xmlns:n%d="u:%d">`, i, i)
			if i%100 == 99 {
				b.WriteString(strings.Repeat("</x>", 100))
			}
		}
		b.WriteString(strings.Repeat("</x>", n%100) + `</channel></rss>`)
		return b.String()
	}
	if res, err := Parse([]byte(declared(1000)), "", nil, Limits{}); err != nil || len(res.Items) != 1 {
		t.Errorf("1,000 namespaces: %v, %d items", err, len(res.Items))
	}
	same := `<feed xmlns="http://www.w3.org/2005/Atom">` + strings.Repeat(`<entry><id>1</id><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x</div></content></entry>`, 3000) + "</feed>"
	if _, err := Parse([]byte(same), "", nil, Limits{}); err != nil {
		t.Errorf("the same namespace in 3,000 entries: %v", err)
	}
	if n := refuses(t, declared(10_000), "namespaces"); n > 100<<20 {
		t.Errorf("it took %d MB", n>>20)
	}
}

func TestB57Items(t *testing.T) {
	doc := func(n int) string {
		var b strings.Builder
		b.WriteString(`<rss version="2.0"><channel>`)
		for i := range n {
			fmt.Fprintf(&b, `<item><guid>%d</guid></item>`, i)
		}
		return b.String() + `</channel></rss>`
	}
	res, err := Parse([]byte(doc(2500)), "", nil, Limits{})
	if err != nil || len(res.Items) != 2000 || res.Items[0].GUID != "0" || !strings.Contains(fmt.Sprint(res.Warnings), "(limits.items)") {
		t.Errorf("of 2,500 items %d are taken, with the warnings %v: %v", len(res.Items), res.Warnings, err)
	}
	refuses(t, doc(20_001), "max_items")
}

func TestB58NoEntityIsExpanded(t *testing.T) {
	item := `<rss version="2.0"><channel><item><guid>1</guid><title>a &x; b</title></item></channel></rss>`
	for name, doctype := range map[string]string{
		"external": `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>`,
		"laughs":   `<!DOCTYPE rss [<!ENTITY y "` + strings.Repeat("lol", 1000) + `"><!ENTITY x "` + strings.Repeat("&y;", 1000) + `">]>`,
		"web":      `<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]>`,
	} {
		res, err := Parse([]byte(doctype+item), "", nil, Limits{})
		if err != nil || len(res.Items) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if title := res.Items[0].Title.Body; !strings.HasPrefix(title, "a ") || !strings.HasSuffix(title, " b") || len(title) > 20 {
			t.Errorf("%s: the title is %.100q", name, title)
		}
	}
}

func TestB59LinksAuthorsTagsAndEnclosures(t *testing.T) {
	long := strings.Repeat("é", 5000)
	many := func(s string) string { return strings.Repeat(s, 100) }
	doc := `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><guid>` + long + `</guid><link>https://a.example/` + long + `</link>`
	for i := range 100 {
		doc += fmt.Sprintf(`<dc:creator>Author %d</dc:creator><category>tag %d</category>`, i, i)
	}
	doc += many(`<enclosure url="https://a.example/x.mp3" type="audio/mpeg" length="1"/>`) + `</item></channel></rss>`
	res, err := Parse([]byte(doc), "", nil, Limits{})
	if err != nil || len(res.Items) != 1 {
		t.Fatalf("%v, %d items", err, len(res.Items))
	}
	it := res.Items[0]
	if it.GUID != "" || it.Link != "" { // cut, ids would be those of others, and links lead nowhere
		t.Errorf("the guid has %d bytes, the link %d", len(it.GUID), len(it.Link))
	}
	if len(it.Authors) > 20 || len(it.Tags) > 50 || len(it.Enclosures) > 50 || len(it.Authors) == 0 || len(it.Tags) == 0 {
		t.Errorf("%d authors, %d tags, %d enclosures", len(it.Authors), len(it.Tags), len(it.Enclosures))
	}
	if said := fmt.Sprint(res.Warnings); strings.Count(said, "(limits.url)") != 2 || !strings.Contains(said, "authors") || !strings.Contains(said, "tags") {
		t.Errorf("the warnings are %s", said)
	}
}
