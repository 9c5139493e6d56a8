package clean

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"planet/internal/planet"
)

// An address is where something is known to be: at a host or one below it, and where the path and query begin with or,
// after a *, hold something.
type address struct{ host, path string }

func (a address) is(host, path string) bool {
	if !within(host, a.host) {
		return false
	}
	if in, anywhere := strings.CutPrefix(a.path, "*"); anywhere {
		return strings.Contains(path, in)
	}
	return strings.HasPrefix(path, a.path)
}

// within tells whether host is domain or below it: www.youtube.com.evil.example is not below youtube.com.
func within(host, domain string) bool {
	return strings.HasSuffix(host, domain) && (len(host) == len(domain) || host[len(host)-len(domain)-1] == '.')
}

// hostAndPath parts a web address that has been made absolute; the path holds the query and begins with a slash.
func hostAndPath(s string) (host, path string) {
	_, rest, _ := strings.Cut(s, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest, path = rest[:end], rest[end:]
	}
	host, _, _ = strings.Cut(strings.ToLower(rest), ":")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return host, path
}

func oneOf(list []address, s string) bool {
	if s == "" {
		return false
	}
	host, path := hostAndPath(s)
	for _, a := range list {
		if a.is(host, path) {
			return true
		}
	}
	return false
}

// tracker tells whether an image is one that counts readers, by its address.
func tracker(src string) bool { return oneOf(trackers, src) }

var trackers = []address{
	{"feeds.feedburner.com", "*/~4/"},
	{"feedburner.com", "/~r/"},
	{"feedproxy.google.com", "*/~4/"},
	{"mf.feeds.reuters.com", "/"},
	{"feedpress.me", "*.gif"},
	{"feedpress.it", "*.gif"},
	{"feeds.feedblitz.com", "/~/i/"},
	{"feedsportal.com", "*/mf.gif"},
	{"medium.com", "/_/stat"},
	{"pixel.wp.com", "/"},
	{"stats.wordpress.com", "/"},
	{"stats.wp.com", "/"},
	{"feeds.wordpress.com", "/1.0/"},
	{"google-analytics.com", "*collect"},
	{"google-analytics.com", "*__utm.gif"},
	{"doubleclick.net", "/"},
	{"assoc-amazon.com", "/e/ir"},
	{"ir-na.amazon-adsystem.com", "/e/ir"},
	{"amazon-adsystem.com", "*/e/ir?"},
	{"amazon.com", "/e/ir"},
	{"pixel.quantserve.com", "/"},
	{"scorecardresearch.com", "/"},
	{"b.scorecardresearch.com", "/"},
	{"sb.scorecardresearch.com", "/"},
	{"statcounter.com", "/"},
	{"pi.feedsportal.com", "/"},
	{"facebook.com", "/tr?"},
	{"bat.bing.com", "/"},
	{"mailchimp.com", "*track/open"},
	{"list-manage.com", "/track/open"},
	{"buttondown.email", "*/open/"},
	{"counter.yadro.ru", "/"},
	{"vg08.met.vgwort.de", "/"},
	{"met.vgwort.de", "/na/"},
	{"hits.theguardian.com", "/"},
	{"linkwithin.com", "*pixel.png"},
	{"tinylytics.app", "/pixel/"},
	{"blogger.googleusercontent.com", "/tracker/"},
	{"blogger.com", "/tracker/"},
	{"googletagmanager.com", "/"},
}

// hidden tells whether an image is not to be seen: of a pixel, or by style.
func hidden(n *html.Node) bool {
	width, height := attr(n, "width"), attr(n, "height")
	pixel := func(s string) bool { s = strings.TrimSuffix(s, "px"); return s == "0" || s == "1" }
	if pixel(width) && (pixel(height) || height == "") || pixel(height) && width == "" {
		return true
	}
	style := attr(n, "style")
	if style == "" {
		return false
	}
	for _, declaration := range strings.Split(strings.ToLower(style), ";") {
		name, value, _ := strings.Cut(declaration, ":")
		value, _, _ = strings.Cut(value, "!")
		switch name, value = strings.TrimSpace(name), strings.TrimSpace(value); {
		case name == "display" && value == "none", name == "visibility" && value == "hidden":
			return true
		case (name == "width" || name == "height") && pixel(value):
			return true
		}
	}
	return false
}

// leftOut tells whether an element goes with all that is in it, though it is harmless: share buttons and what relates
// them to a reader. By their class these are known of the software that adds them to posts.
func (w *walker) leftOut(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "style" && gutterElements[n.DataAtom] && w.code.inside() && unselectable.MatchString(a.Val) {
			return true // line numbers again
		}
		if a.Key != "class" {
			continue
		}
		for class := range strings.FieldsSeq(a.Val) {
			switch {
			case shareClasses[class]:
				w.found.bars++
				return true
			case twin(n, class):
				return true
			case gutters[class] && gutterElements[n.DataAtom] && w.code.inside():
				return true
			}
		}
	}
	return false
}

var unselectable = regexp.MustCompile(`(?i)user-select\s*:\s*none`)

var shareClasses = map[string]bool{
	"feedflare": true, "sharedaddy": true, "jp-relatedposts": true, "addtoany_share_save_container": true, "addtoany_content_bottom": true,
	"addtoany_content_top": true, "addtoany_content": true, "a2a_kit": true, "sociable": true, "share-this": true, "sharethis": true,
	"sharethis-inline-share-buttons": true, "addthis_toolbox": true, "addthis_button": true, "ssba": true, "ssbp-wrap": true,
	"dd_post_share": true, "social-share": true, "share-buttons": true, "sharing-buttons": true, "social-sharing": true,
	"sd-sharing": true, "heateor_sss_sharing_container": true, "swp_social_panel": true, "shareaholic-canvas": true, "essb_links": true,
	"mashsb-container": true, "fb-like": true, "fb-share-button": true, "g-plusone": true, "twitter-share-button": true,
	"twitter-follow-button": true, "linkwithin_div": true, "wpa_post_share": true, "apss-social-share": true, "Zemanta-pixie": true,
	"zemanta-pixie": true, "tweetmeme_button": true, "simplesocialbuttons": true, "sfsi_Sicons": true, "blogger-post-share": true,
}

// flares are the addresses behind single buttons that a feed's host adds to each post.
var flares = []address{
	{"feeds.feedburner.com", "/~ff/"},
	{"feedproxy.google.com", "/~ff/"},
	{"feeds.wordpress.com", "/1.0/go"},
	{"feedads.g.doubleclick.net", "/"},
	{"feeds.feedburner.com", "/~f/"},
	{"res.feedsportal.com", "/"},
	{"share.feedsportal.com", "/"},
	{"da.feedsportal.com", "/"},
}

// Untracked is an absolute URL as it is published: without the parameters that tell a site where its readers come from, and with what no
// URL may hold escaped. All else of it stays as it is, byte for byte. It is "" when no browser could follow it: a port that there can't be.
func Untracked(s string) string {
	s, _ = untracked(s)
	return publishedURL(s)
}

// untracked also says how many parameters went.
func untracked(s string) (string, int) {
	start := strings.IndexByte(s, '?')
	if start < 0 {
		return s, 0
	}
	end := len(s)
	if hash := strings.IndexByte(s, '#'); hash >= 0 {
		if end = hash; hash < start {
			return s, 0
		}
	}
	var kept []string
	gone := 0
	for pair := range strings.SplitSeq(s[start+1:end], "&") {
		name, _, _ := strings.Cut(pair, "=")
		if planet.Tracks(name) {
			gone++
		} else {
			kept = append(kept, pair)
		}
	}
	if gone == 0 {
		return s, 0
	}
	if len(kept) == 0 {
		return s[:start] + s[end:], gone
	}
	return s[:start+1] + strings.Join(kept, "&") + s[end:], gone
}

// upgrade is the https form of an image's http address where the host is known to answer there.
func (w *walker) upgrade(s string) string {
	rest, ok := strings.CutPrefix(s, "http://")
	if !ok || w.faithful {
		return s
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host := strings.ToLower(rest[:end])
	for host != "" { // and not with a port: that is another server's
		if secure[host] {
			return "https://" + rest
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return s
}

// secure are hosts that serve their images over https, with all below them.
var secure = map[string]bool{
	"wordpress.com": true, "wp.com": true, "blogspot.com": true, "blogger.com": true, "googleusercontent.com": true, "ggpht.com": true,
	"gstatic.com": true, "imgur.com": true, "flickr.com": true, "staticflickr.com": true, "githubusercontent.com": true, "github.com": true,
	"github.io": true, "gravatar.com": true, "youtube.com": true, "ytimg.com": true, "vimeocdn.com": true, "dailymotion.com": true,
	"medium.com": true, "wikimedia.org": true, "wikipedia.org": true, "tumblr.com": true, "cloudfront.net": true, "s3.amazonaws.com": true,
	"cloudinary.com": true, "squarespace.com": true, "squarespace-cdn.com": true, "typepad.com": true, "livejournal.com": true, "substackcdn.com": true,
	"twimg.com": true, "fbcdn.net": true, "instagram.com": true, "pinimg.com": true, "gitlab.com": true, "gitlab.io": true, "netlify.app": true,
	"archive.org": true, "imgix.net": true, "ghost.io": true, "wixstatic.com": true, "redd.it": true, "soundcloud.com": true, "sndcdn.com": true,
	"unsplash.com": true, "jsdelivr.net": true, "cloudflare.com": true, "debian.org": true, "gnome.org": true, "kde.org": true, "mozilla.org": true,
}
