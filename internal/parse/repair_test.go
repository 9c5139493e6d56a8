package parse

import (
	"strings"
	"testing"
)

// Where a document ends within a tag the tag is no text, but where it only looks like one it is.
func TestWhereTheDocumentEnds(t *testing.T) {
	const rss = "<rss><channel><item><guid>1</guid><description>words "
	for end, text := range map[string]string{
		"<b": "", "<b ": "", "<br/": "", "</": "", "</descr": "", "<": "&lt;", "<![CD": "", "<![CDATA": "", "<!-": "", "<?x y": "",
		`<a href="https://x.exam`: "", `<a href="x" title`: "", "<a href=": "", "<a href='x": "",
		"<b && c then the rest":      "&lt;b &amp;&amp; c then the rest",
		"<b and the rest":            "&lt;b and the rest",
		"<!important words":          "&lt;!important words",
		"< b":                        "&lt; b",
		"<3 you":                     "&lt;3 you",
		"</ b and the rest":          "&lt;/ b and the rest",
		"<b = c then the rest of it": "&lt;b = c then the rest of it",
	} {
		mended, _, cut := repair([]byte(rss+end), 200)
		want := rss + text + "</description></item></channel></rss>"
		if string(mended) != want || !cut {
			t.Errorf("%s: %s, %v", end, strings.TrimPrefix(string(mended), rss), cut)
		}
	}
}
