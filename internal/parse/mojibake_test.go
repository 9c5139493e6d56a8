package parse

import "testing"

// Only a document whose characters beyond ASCII are all wrong, and in several entries, is repaired; one that quotes some is not.
func TestWhatIsTwiceEncoded(t *testing.T) {
	rss := func(s string) string { return `<rss version="2.0"><channel><title>T</title>` + s + "</channel></rss>" }
	json := func(s string) string {
		return `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[` + s + "]}"
	}
	for name, c := range map[string]struct {
		doc      string
		repaired int
	}{
		"titles of two entries":         {rss("<item><title>Ã©</title></item><item><title>Ã¼</title></item>"), 2},
		"the feed's title and an entry": {`<rss><channel><title>Ã©</title><item><description>Ã¼</description></item></channel></rss>`, 2},
		"a title in CDATA":              {rss("<item><title><![CDATA[Ã©]]></title></item><item><link>x</link><description>Ã¼</description></item>"), 2},
		"four runs without a title":     {rss("<item><description>Ã© Ã¼</description></item><item><description>Ã¶ Ã¤</description></item>"), 2},
		"ASCII references":              {rss("<item><title>Ã© &amp; &#65; &amp;eacute;</title></item><item><title>Ã¼</title></item>"), 2},
		"JSON":                          {json(`{"title":"Ã©"},{"content_text":"Ã¼"}`), 2},

		"one post that quotes":          {rss(`<item><title>Broken</title><description>My rows said "cafÃ©" and "ZÃ¼rich"</description></item>`), 0},
		"one post that quotes a lot":    {rss("<item><title>Ã©</title><description>Ã¼ Ã¶ Ã¤</description><category>ÃŸ</category></item><item><title>x</title></item>"), 0},
		"an only post":                  {rss("<item><title>CafÃ©</title><description>dÃ©jÃ  vu</description></item>"), 2},
		"an only post that quotes":      {rss("<item><title>Cafe</title><description>Ã¼ Ã¶</description><category>Ã¤</category></item>"), 0},
		"dashes of software":            {rss("<item><title>Ã©</title></item><item><title>Ã¼</title></item><item><title>It&#8217;s&nbsp;a</title></item>"), 2},
		"two posts that quote":          {rss("<item><description>Ã©</description></item><item><description>Ã¼</description></item>"), 0},
		"xhtml of one post":             {rss("<item><description><p>Ã©</p><p>Ã¼</p><p>Ã¶</p><p>Ã¤</p></description></item>"), 0},
		"one run, twice":                {rss("<item><title>Ã©</title></item><item><title>Ã©</title></item>"), 0},
		"a numeric reference elsewhere": {rss("<item><title>Ã©</title></item><item><title>Ã¼</title></item><item><title>caf&#233;</title></item>"), 0},
		"a named reference elsewhere":   {rss("<item><title>Ã©</title></item><item><title>Ã¼</title></item><item><title>caf&eacute;</title></item>"), 0},
		"JSON, one post":                {json(`{"title":"Ã©","content_text":"Ã¼ Ã¶ Ã¤"},{"title":"x"}`), 0},
		"JSON, two texts":               {json(`{"summary":"Ã©"},{"content_text":"Ã¼"}`), 0},
	} {
		if _, n := undouble([]byte(c.doc)); n != c.repaired {
			t.Errorf("%s: %d texts were repaired, want %d", name, n, c.repaired)
		}
	}
}
