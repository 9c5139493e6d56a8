package parse

import (
	"fmt"
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
