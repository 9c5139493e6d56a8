package parse

import (
	"fmt"
	"testing"
)

// What an element declares holds within it alone.
func TestPrefixesEndWithTheirElements(t *testing.T) {
	const dc = "http://purl.org/dc/elements/1.1/"
	for _, c := range []struct{ first, second, want string }{
		{`<item xmlns:content="urn:x"><guid>1</guid></item>`, `<item><content:encoded>b</content:encoded></item>`, "b"},
		{`<item><x:y xmlns:x="urn:x" xmlns:content="urn:x"><x:z xmlns:content="urn:y"/></x:y></item>`, `<item><content:encoded>b</content:encoded></item>`, "b"},
		{`<item xmlns:c="http://purl.org/rss/1.0/modules/content/"><guid>1</guid></item>`, `<item><guid>2</guid><c:encoded>b</c:encoded></item>`, ""},
		{`<item xmlns:c="urn:x"><guid>1</guid></item>`, `<item xmlns:c="http://purl.org/rss/1.0/modules/content/"><c:encoded>b</c:encoded></item>`, "b"},
		{``, `<item xmlns:c="http://purl.org/rss/1.0/modules/content/"><x:y xmlns:c="urn:x"/><c:encoded>b</c:encoded></item>`, "b"},
	} {
		res, err := Parse([]byte(`<rss version="2.0" xmlns:x="`+dc+`"><channel>`+c.first+c.second+`</channel></rss>`), "", nil, Limits{})
		if err != nil || len(res.Items) == 0 || res.Items[len(res.Items)-1].Content.Body != c.want {
			t.Errorf("%s %s: %v, %s", c.first, c.second, err, fmt.Sprint(res.Items))
		}
	}
}
