package parse

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestGenerator(t *testing.T) {
	for _, c := range []struct{ text, uri, want string }{
		{"", "", ""},
		{" \n", "", ""},
		{"https://wordpress.org/?v=6.4.2", "", "WordPress"},
		{"http://wordpress.org/?v=2.7", "", "WordPress"},
		{"WordPress", "https://wordpress.org/", "WordPress"},
		{"http://wordpress.com/", "", "WordPress.com"},
		{"", "https://wordpress.org/", "WordPress"},
		{"Hugo -- gohugo.io", "", "Hugo"},
		{"Hugo -- 0.123.4", "", "Hugo"},
		{"Hugo 0.123.4", "https://gohugo.io/", "Hugo"},
		{"https://gohugo.io/", "", "Hugo"},
		{"Jekyll v3.3.1", "", "Jekyll"},
		{"Jekyll", "https://jekyllrb.com/", "Jekyll"},
		{"JEKYLL", "", "Jekyll"},
		{"Blogger", "http://www.blogger.com", "Blogger"},
		{"Ghost 5.82", "", "Ghost"},
		{"Ghost 3.26", "https://ghost.org", "Ghost"},
		{"Movable Type Pro 5.2.13", "http://www.sixapart.com/movabletype/", "Movable Type Pro"},
		{"Site-Server v6.0.0-8715-8715 (http://www.squarespace.com)", "", "Site-Server"},
		{"Zend_Feed_Writer 1.12.20 (http://framework.zend.com)", "", "Zend_Feed_Writer"},
		{"SPIP - www.spip.net", "", "SPIP"},
		{"gopod - http://github.com/jbckmn/gopod", "", "gopod"},
		{"PRX Feeder v1.0.0", "", "PRX Feeder"},
		{"Joomla! - Open Source Content Management", "", "Joomla! - Open Source Content Management"},
		{"Mastodon v4.2.7", "", "Mastodon"},
		{"Pelican/4.9", "", "Pelican"},
		{"Eleventy version 2", "", "Eleventy"},
		{"Drupal 10 (https://www.drupal.org)", "", "Drupal"},
		{"Feedgen, Ver 3", "", "Feedgen"},
		{"11ty", "", "11ty"},
		{"Web 2", "", "Web"},
		{"RSS for Node", "", "RSS for Node"},
		{"Kirby & co", "", "Kirby & co"},
		{"https://www.my-own.example:8080/engine?x", "", "my-own.example"},
		{"1.0", "https://cms.example/", "1.0"},
		{"(none)", "https://cms.example/", "cms.example"},
		{"星球", "", "星球"},
		{"C++", "", "C++"},
	} {
		if got := generator(c.text, c.uri); got != c.want {
			t.Errorf("generator(%q, %q) = %q, want %q", c.text, c.uri, got, c.want)
		}
	}
	for _, long := range []string{strings.Repeat("ü", 1_000_000), strings.Repeat("a (", 300_000), strings.Repeat("- 1", 300_000), strings.Repeat("http://x", 100_000)} {
		if got := generator(long, long); utf8.RuneCountInString(got) > longestGenerator || !utf8.ValidString(got) {
			t.Errorf("of %.9s… it is %q", long, got)
		}
	}
}

func TestGeneratorOfFeeds(t *testing.T) {
	for doc, want := range map[string]string{
		`<rss version="2.0"><channel><generator>https://wordpress.org/?v=6.4</generator><item><guid>1</guid></item></channel></rss>`:                                                   "WordPress",
		`<rss version="2.0"><channel><item><guid>1</guid></item><generator>Hugo -- gohugo.io</generator></channel></rss>`:                                                              "Hugo",
		`<feed xmlns="http://www.w3.org/2005/Atom"><generator uri="https://jekyllrb.com/" version="4.3">Jekyll</generator><entry><id>1</id></entry></feed>`:                            "Jekyll",
		`<feed xmlns="http://www.w3.org/2005/Atom"><generator uri="https://jekyllrb.com/" version="4.3"/><entry><id>1</id></entry></feed>`:                                             "Jekyll",
		`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id></entry></feed>`:                                                                                                   "",
		`{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[{"id":"1"}]}`:                                                                                              "",
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>x</title></channel><item><title>y</title></item></rdf:RDF>`: "",
	} {
		res, err := Parse([]byte(doc), "", feedURL, Limits{})
		if err != nil || res.Feed.Generator != want {
			t.Errorf("%s: %q, %v", doc, res.Feed.Generator, err)
		}
	}
}
