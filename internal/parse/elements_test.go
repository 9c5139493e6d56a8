package parse

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// Elements beyond all sense are left out; what comes before them and in other entries stays.
func TestB57ElementsWithinAnEntry(t *testing.T) {
	many := strings.Repeat("<x:y/><category/><x:z>a<b>c</b></x:z>", 1000)
	for name, doc := range map[string]string{
		"rss": `<rss version="2.0" xmlns:x="urn:x"><channel><title>T</title>` + many +
			`<item><guid>one</guid><title>One</title>` + many + `<description>text</description></item>` + many + `<item><guid>two</guid><title>Two</title><category>c</category></item></channel></rss>`,
		"atom": `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="urn:x"><title>T</title>` + many +
			`<entry><id>one</id><title>One</title>` + many + `</entry><entry><id>two</id><title>Two</title><category term="c"/></entry></feed>`,
	} {
		t.Run(name, func(t *testing.T) {
			res, err := Parse([]byte(doc), "", nil, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Items) != 2 || res.Items[0].GUID != "one" || res.Items[1].GUID != "two" || res.Items[1].Title.Body != "Two" || fmt.Sprint(res.Items[1].Tags) != "[c]" {
				t.Errorf("the items are %+v", res.Items)
			}
			if !strings.Contains(fmt.Sprint(res.Warnings), "(limits.elements)") {
				t.Errorf("the warnings are %v", res.Warnings)
			}
		})
	}
}

// One tag of megabytes is refused before the decoder keeps its attributes; long ones that are honest are read.
func TestB56TagsOfMegabytes(t *testing.T) {
	doc := func(attributes string) string {
		return `<rss version="2.0"><channel><item><guid>1</guid><title>One &lt;2></title><!-- <a ` + strings.Repeat("x", 300_000) + ` --><description><![CDATA[<a ` +
			strings.Repeat("y", 300_000) + `]]></description><link ` + attributes + `/></item></channel></rss>`
	}
	if res, err := Parse([]byte(doc(strings.Repeat("a='>' ", 20_000))), "", nil, Limits{}); err != nil || len(res.Items) != 1 {
		t.Errorf("120 KB: %v", err)
	}
	if n := refuses(t, doc(strings.Repeat("a='>' ", 1_000_000)), "tag"); n > 10<<20 {
		t.Errorf("it took %d MB", n>>20)
	}
}

// Extensions that nobody reads are not gofeed's business.
func TestForeignExtensionsAreLeftOut(t *testing.T) {
	doc := `<rss version="2.0" xmlns:x="urn:x" xmlns:Dublin="http://purl.org/dc/elements/1.1/"><channel><item><guid>1</guid>` +
		`<x:a><x:b>no</x:b><guid>2</guid></x:a><Dublin:creator>Ada</Dublin:creator><x:c/><title>One</title></item></channel></rss>`
	_, skeleton, err := scan([]byte(doc), Limits{}.orDefault(), &url.URL{})
	if err != nil || strings.Contains(string(skeleton), "x:") || !strings.Contains(string(skeleton), "Ada") {
		t.Errorf("%v; gofeed gets %s", err, skeleton)
	}
	res, err := Parse([]byte(doc), "", nil, Limits{})
	if err != nil || len(res.Items) != 1 || res.Items[0].GUID != "1" || res.Items[0].Title.Body != "One" || fmt.Sprint(res.Items[0].Authors) != "[{Ada  }]" {
		t.Errorf("%v: %+v", err, res.Items)
	}
}

func BenchmarkTinyElements(b *testing.B) {
	doc := []byte(`<rss version="2.0" xmlns:x="urn:x"><channel><item><guid>one</guid>` + strings.Repeat("<x:y/>", 1_500_000) + `</item></channel></rss>`)
	b.ReportAllocs()
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := Parse(doc, "", nil, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
