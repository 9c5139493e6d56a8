package clean

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// shares are the addresses that offer a post to somebody else: many of them and nothing else make a bar of share buttons.
var shares = []address{
	{"facebook.com", "/sharer.php"},
	{"facebook.com", "/sharer/"},
	{"facebook.com", "/share.php"},
	{"facebook.com", "/dialog/share"},
	{"facebook.com", "/dialog/feed"},
	{"twitter.com", "/intent/tweet"},
	{"twitter.com", "/share?"},
	{"twitter.com", "/home?status="},
	{"x.com", "/intent/tweet"},
	{"x.com", "/intent/post"},
	{"x.com", "/share?"},
	{"linkedin.com", "/shareArticle"},
	{"linkedin.com", "/sharing/"},
	{"linkedin.com", "/cws/share"},
	{"reddit.com", "/submit?"},
	{"news.ycombinator.com", "/submitlink"},
	{"pinterest.com", "/pin/create"},
	{"tumblr.com", "/share/"},
	{"tumblr.com", "/share?"},
	{"tumblr.com", "/widgets/share"},
	{"t.me", "/share/"},
	{"telegram.me", "/share/"},
	{"wa.me", "/?text="},
	{"api.whatsapp.com", "/send"},
	{"web.whatsapp.com", "/send"},
	{"vk.com", "/share.php"},
	{"connect.ok.ru", "/offer"},
	{"plus.google.com", "/share"},
	{"getpocket.com", "/save"},
	{"getpocket.com", "/edit"},
	{"digg.com", "/submit?"},
	{"stumbleupon.com", "/submit?"},
	{"delicious.com", "/save"},
	{"del.icio.us", "/post"},
	{"addtoany.com", "/share"},
	{"addtoany.com", "/add_to"},
	{"addthis.com", "/bookmark"},
	{"sharethis.com", "/share?"},
	{"share.flipboard.com", "/"},
	{"xing.com", "/spi/shares"},
	{"xing.com", "/app/user?op=share"},
	{"bsky.app", "/intent/compose"},
	{"threads.net", "/intent/post"},
	{"mastodonshare.com", "/"},
	{"toot.kytta.dev", "/"},
	{"instapaper.com", "/hello2"},
	{"blogger.com", "/share-post.g"},
	{"google.com", "/bookmarks/mark"},
	{"b.hatena.ne.jp", "/add"},
	{"social-plugins.line.me", "/lineit/share"},
	{"feedburner.com", "/~ff/"},
	{"feeds.feedblitz.com", "/_/"},
}

// A tally is what has been seen of a body so far.
type tally struct {
	links, shares, media int
	text                 int // bytes outside of links
	labels               int // and within
}

func (t tally) since(before tally) tally {
	return tally{t.links - before.links, t.shares - before.shares, t.media - before.media, t.text - before.text, t.labels - before.labels}
}

// onlyShares tells whether what was seen is a bar of share buttons, with a few words such as "Share this:".
func (t tally) onlyShares() bool {
	const words, label = 40, 30
	return t.shares >= 2 && t.links == t.shares && t.media == 0 && t.text <= words && t.labels <= label*t.shares
}

// saysShare tells whether the words beside a bar's buttons belong to it: none but signs, or such as lead to the buttons.
func saysShare(n *html.Node) bool {
	var words strings.Builder
	beside(n, &words)
	text := strings.ToLower(strings.Trim(words.String(), " \t\r\n|,;·•–—-/"))
	return strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) == "" ||
		strings.HasSuffix(text, ":") || shareWords.MatchString(text)
}

var shareWords = regexp.MustCompile(`share|tweet|bookmark|like this|teilen|partager|partagez|compart|condivid|delen|udostępnij|поделиться|sdílet|dela |paylaş|分享|共有`)

// beside collects the text of n outside of links.
func beside(n *html.Node, to *strings.Builder) {
	for c := n.FirstChild; c != nil && to.Len() < 200; c = c.NextSibling {
		if c.Type == html.TextNode {
			to.WriteString(c.Data)
		} else if c.DataAtom != atom.A {
			beside(c, to)
		}
	}
}

// sharesIt tells whether a link offers the post to somebody else: it carries the post's address.
func sharesIt(href string) bool {
	if oneOf(flares, href) {
		return true
	}
	query := strings.IndexAny(href, "?#")
	return query >= 0 && strings.Contains(href[query:], "http") && oneOf(shares, href)
}

// shareRows are the elements that may be such a bar.
var shareRows = map[atom.Atom]bool{
	atom.Div: true, atom.P: true, atom.Ul: true, atom.Ol: true, atom.Section: true, atom.Aside: true, atom.Dl: true, atom.Table: true,
}
