package parse

import (
	"net/url"
	"strings"
	"testing"

	"planet/internal/planet"
)

func atomContent(t *testing.T, content string) planet.Text {
	t.Helper()
	res, err := Parse([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>`+content+`</entry></feed>`), "", feedURL, Limits{})
	if err != nil || len(res.Items) != 1 {
		t.Fatalf("%s: %v, %+v", content, err, res.Items)
	}
	return res.Items[0].Content
}

func TestMediaTypesOfTexts(t *testing.T) {
	for typ, want := range map[string]planet.TextType{
		"text/html; charset=utf-8": planet.HTML, "text/html;charset=utf-8": planet.HTML, "TEXT/HTML ;x": planet.HTML, "text/x-html": planet.HTML,
		"html": planet.HTML, "text": planet.PlainText, "text; x": planet.PlainText, "text/plain; charset=utf-8": planet.PlainText,
	} {
		text := atomContent(t, `<content type="`+typ+`">words &amp;lt; words</content>`)
		if text.Type != want || text.Body != "words &lt; words" {
			t.Errorf("%s: %+v", typ, text)
		}
	}
}

// A base that each reference below would repeat is bounded, and so is what it can make of very many references.
func TestLongBases(t *testing.T) {
	link := func(base string) string {
		return `<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p xml:base="` + base + `"><a href="a">x</a></p></div></content>`
	}
	long := func(n int) string { return "https://x.example/" + strings.Repeat("a", n) + "/" }
	if got := atomContent(t, link(long(200))).Body; !strings.Contains(got, long(200)+"a\"") {
		t.Errorf("a base of 200 bytes isn't used: %s", got)
	}
	if got := atomContent(t, link(long(2000))).Body; !strings.Contains(got, `href="a"`) {
		t.Errorf("a base of 2,000 bytes is used: %s", got)
	}
	nested := `<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">` + strings.Repeat(`<p xml:base="`+strings.Repeat("a", 300)+`/">`, 20) +
		`<a href="a">x</a>` + strings.Repeat("</p>", 20) + "</div></content>"
	if got := atomContent(t, nested).Body; len(got) > 2000 {
		t.Errorf("bases within bases made %d bytes", len(got))
	}
	many := strings.Replace(link(long(500)), `<a href="a">x</a>`, strings.Repeat(`<a href="a"/>`, 10_000)+`<a href="https://y.example/">y</a>`, 1)
	if got := atomContent(t, many).Body; len(got) > 15*len(many) || !strings.Contains(got, long(500)+"a\"") || !strings.Contains(got, `href="https://y.example/"`) {
		t.Errorf("%d bytes became %d", len(many), len(got))
	}
}

func TestLongAddressesAreDropped(t *testing.T) {
	doc := `<rss version="2.0"><channel><item><guid>1</guid><comments>https://x.example/` + strings.Repeat("c", 5000) + `</comments><enclosure url="https://x.example/` + strings.Repeat("a", 5000) +
		`"/><enclosure url="https://x.example/b"/></item></channel></rss>`
	res, err := Parse([]byte(doc), "", &url.URL{}, Limits{})
	if err != nil || len(res.Items[0].Enclosures) != 1 || res.Items[0].Comments != "" || len(res.Warnings) == 0 {
		t.Errorf("%v, %+v, %v", err, res.Items, res.Warnings)
	}
}
