package clean

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// embeds are the elements that load somebody else's page into this one.
var embeds = map[atom.Atom]bool{atom.Iframe: true, atom.Embed: true, atom.Object: true, atom.Applet: true, atom.Script: true}

// embed puts a link in the place of a frame, an object or a script that writes something: what is in it is not ours to
// load (behaviour 86). The link has no words, since they would be ours and not the author's.
func (w *walker) embed(n *html.Node) *html.Node {
	src := w.absolute(embedded(n), false)
	if n.DataAtom == atom.Script {
		if src = scripted(src); src == "" {
			w.found.dropped(n.DataAtom)
		}
	}
	if n.DataAtom == atom.Object && src != "" && findElement(n, atom.Img) != nil && page(src) == "" {
		src = ""
	}
	switch {
	case src == "" && (n.DataAtom == atom.Object || n.DataAtom == atom.Applet), w.faithful && n.DataAtom == atom.Object:
		// What stands in an object is for those who can't show it.
		first := n.FirstChild
		if src != "" && findElement(n, atom.Embed) == nil {
			first = w.embedLink(n, src, "")
			n.Parent.InsertBefore(first, n)
		}
		if in := unwrap(n); first == nil {
			first = in
		}
		return first
	case src == "":
		n.Parent.RemoveChild(n)
		return nil
	case !w.faithful && oneOf(widgets, src):
		w.found.bars++
		n.Parent.RemoveChild(n)
		return nil
	}
	w.found.frames++
	if w.faithful {
		return replace(n, w.embedLink(n, src, ""))
	}
	to := page(src)
	if to == "" {
		return replace(n, w.embedLink(n, src, ""))
	}
	return replace(n, w.embedLink(n, to, filmPicture(to)))
}

// embedded is the address that an element loads.
func embedded(n *html.Node) string {
	switch n.DataAtom {
	case atom.Object:
		ref := attr(n, "data")
		for c := n.FirstChild; c != nil && ref == ""; c = c.NextSibling {
			if name := strings.ToLower(attr(c, "name")); c.DataAtom == atom.Param && (name == "movie" || name == "src") {
				ref = attr(c, "value")
			}
		}
		if in := findElement(n, atom.Embed); in != nil && ref == "" {
			ref = attr(in, "src")
		}
		return ref
	case atom.Applet:
		return ""
	}
	return attr(n, "src")
}

// findElement is the first element of a kind under n, not deeper than objects are nested in life.
func findElement(n *html.Node, kind atom.Atom) *html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == kind {
			return c
		}
		for in := c.FirstChild; in != nil && c.DataAtom != atom.Object; in = in.NextSibling {
			if in.DataAtom == kind {
				return in
			}
		}
	}
	return nil
}

func (w *walker) embedLink(n *html.Node, to, picture string) *html.Node {
	title := strings.TrimSpace(attr(n, "title"))
	link := &html.Node{Type: html.ElementNode, DataAtom: atom.A, Data: "a", Attr: []html.Attribute{
		{Key: "class", Val: "embed"}, {Key: "href", Val: to}, {Key: "title", Val: title},
	}}
	if picture != "" {
		link.AppendChild(&html.Node{Type: html.ElementNode, DataAtom: atom.Img, Data: "img", Attr: []html.Attribute{
			{Key: "src", Val: picture}, {Key: "alt", Val: title},
		}})
	}
	return link
}

// afterLink looks at a link again when what is in it has been cleaned: the class of an embed is for links that look like one.
func (w *walker) afterLink(n *html.Node, before tally) {
	in := n.FirstChild
	bare := in == nil || in.DataAtom == atom.Img && in.NextSibling == nil
	embed := attr(n, "class") == "embed"
	href := attr(n, "href")
	if embed && (!bare || !strings.HasPrefix(href, "http")) {
		set(n, "class", "")
		embed = false
	}
	if href == "" {
		return
	}
	if !w.faithful && oneOf(flares, href) {
		w.found.flares++
		w.seen = before
		n.Parent.RemoveChild(n)
		return
	}
	blank := !w.faithful && !embed && !showsAnything(n, false)
	w.blank = w.blank || blank
	if blank && attr(n, "id") == "" && !showsAnything(n, true) { // a screen reader would read out its address
		w.seen = before
		if last := len(w.inner) - 1; last >= 0 && w.inner[last].node == n {
			w.inner = w.inner[:last]
		}
		n.Parent.RemoveChild(n)
		return
	}
	media := w.seen.media
	w.seen.labels += w.seen.text - before.text
	w.seen.text, w.seen.media = before.text, before.media
	w.seen.links++
	if sharesIt(href) {
		w.seen.shares++
	} else if embed {
		w.seen.media = media + 1
	}
}

// dropBlank takes away the links that show nothing and whose ids nobody wanted.
func (w *walker) dropBlank(root *html.Node) {
	var gone []*html.Node
	each(root, func(n *html.Node) {
		if n.DataAtom == atom.A && attr(n, "href") != "" && attr(n, "class") != "embed" && attr(n, "id") == "" && !showsAnything(n, true) {
			gone = append(gone, n)
		}
	})
	for _, n := range gone {
		n.Parent.RemoveChild(n)
		w.doubtful = true // an id that it led to may have lost its reason
	}
}

// showsAnything tells whether a reader sees anything of what is in an element; with ids, also whether something may lead there.
func showsAnything(n *html.Node, ids bool) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" || pictures[c.DataAtom] || c.Namespace != "" || ids && attr(c, "id") != "" || showsAnything(c, ids) {
			return true
		}
	}
	return false
}

var pictures = map[atom.Atom]bool{atom.Img: true, atom.Audio: true, atom.Video: true}

// widgets are frames that hold nothing but buttons, or advertisements.
var widgets = []address{
	{"facebook.com", "*/plugins/like"},
	{"facebook.com", "*/plugins/share"},
	{"facebook.com", "*/plugins/follow"},
	{"facebook.com", "*/plugins/fan"},
	{"facebook.com", "*/widgets/like"},
	{"platform.twitter.com", "/widgets/"},
	{"addtoany.com", "/"},
	{"addthis.com", "/"},
	{"sharethis.com", "/"},
	{"apis.google.com", "*plusone"},
	{"plusone.google.com", "/"},
	{"platform.linkedin.com", "/"},
	{"reddit.com", "/static/button"},
	{"redditstatic.com", "/button"},
	{"widgets.digg.com", "/"},
	{"tweetmeme.com", "/"},
	{"api.flattr.com", "/button"},
	{"assets.pinterest.com", "/"},
	{"doubleclick.net", "/"},
	{"googlesyndication.com", "/"},
	{"amazon-adsystem.com", "/"},
	{"googletagmanager.com", "/"},
	{"ghbtns.com", "/"},
	{"buttons.github.io", "/"},
	{"feedads.g.doubleclick.net", "/"},
	{"dashboard.shareaholic.com", "/"},
}

// scripted is the address of what a script would write into the page, or "".
func scripted(src string) string {
	host, path := hostAndPath(src)
	path, _, _ = strings.Cut(path, "?")
	if to, ok := strings.CutSuffix(path, ".js"); ok && len(to) > 1 && (host == "gist.github.com" || host == "asciinema.org" && strings.HasPrefix(to, "/a/")) {
		return "https://" + host + to
	}
	return ""
}

// A player is a site's page for being embedded, and how the page is called that a person would open.
type player struct {
	host string // or one below it; "" any
	from *regexp.Regexp
	to   string
}

// page is where a person would watch or hear what a frame plays; "" when the player isn't known.
func page(src string) string {
	host, path := hostAndPath(src)
	for _, p := range players {
		if p.host != "" && !within(host, p.host) {
			continue
		}
		m := p.from.FindStringSubmatchIndex(path)
		if m == nil {
			continue
		}
		if p.host == "" { // anywhere: the same server has the page, too
			to, err := url.Parse(src)
			if err != nil {
				return ""
			}
			return to.ResolveReference(&url.URL{Path: string(p.from.ExpandString(nil, p.to, path, m))}).String()
		}
		to := string(p.from.ExpandString(nil, p.to, path, m))
		if p.host == "soundcloud.com" || p.host == "embed.spotify.com" {
			return carried(to)
		}
		if strings.HasPrefix(to, "https://www.youtube.com/watch") {
			to += startTime(path)
		}
		return to
	}
	return ""
}

var players = []player{
	{"youtube.com", regexp.MustCompile(`^/embed/videoseries\?(?:.*&)?list=([\w-]+)`), "https://www.youtube.com/playlist?list=$1"},
	{"youtube.com", tubePath, "https://www.youtube.com/watch?v=$1"},
	{"youtube.com", regexp.MustCompile(`^/watch\?(?:.*&)?v=([\w-]{11})`), "https://www.youtube.com/watch?v=$1"},
	{"youtube-nocookie.com", regexp.MustCompile(`^/embed/videoseries\?(?:.*&)?list=([\w-]+)`), "https://www.youtube.com/playlist?list=$1"},
	{"youtube-nocookie.com", tubePath, "https://www.youtube.com/watch?v=$1"},
	{"youtu.be", regexp.MustCompile(`^/([\w-]{11})(?:[?#]|$)`), "https://www.youtube.com/watch?v=$1"},
	{"player.vimeo.com", regexp.MustCompile(`^/video/([0-9]+)\?(?:.*&)?h=([0-9a-f]+)`), "https://vimeo.com/$1/$2"},
	{"player.vimeo.com", regexp.MustCompile(`^/video/([0-9]+)`), "https://vimeo.com/$1"},
	{"vimeo.com", regexp.MustCompile(`^/moogaloop\.swf\?(?:.*&)?clip_id=([0-9]+)`), "https://vimeo.com/$1"},
	{"dailymotion.com", regexp.MustCompile(`^/(?:embed/|swf/)?(?:video/)?([A-Za-z0-9]{5,})(?:[?#]|$)`), "https://www.dailymotion.com/video/$1"},
	{"geo.dailymotion.com", regexp.MustCompile(`^/player[^?]*\?(?:.*&)?video=([A-Za-z0-9]+)`), "https://www.dailymotion.com/video/$1"},
	{"archive.org", regexp.MustCompile(`^/embed/([\w.-]+)`), "https://archive.org/details/$1"},
	{"soundcloud.com", regexp.MustCompile(`^/player/?\?(?:.*&)?url=([^&#]+)`), "$1"},
	{"embed.spotify.com", regexp.MustCompile(`^/\?(?:.*&)?uri=([^&#]+)`), "$1"},
	{"open.spotify.com", regexp.MustCompile(`^/embed(?:-podcast)?/([a-z]+)/([A-Za-z0-9]+)`), "https://open.spotify.com/$1/$2"},
	{"media.ccc.de", regexp.MustCompile(`^/v/([\w.-]+)/oembed`), "https://media.ccc.de/v/$1"},
	{"asciinema.org", regexp.MustCompile(`^/a/([A-Za-z0-9]+)(?:/|$)`), "https://asciinema.org/a/$1"},
	{"embed.ted.com", regexp.MustCompile(`^/talks/([\w/-]+)`), "https://www.ted.com/talks/$1"},
	{"player.twitch.tv", regexp.MustCompile(`^/\?(?:.*&)?video=v?([0-9]+)`), "https://www.twitch.tv/videos/$1"},
	{"codepen.io", regexp.MustCompile(`^/([\w-]+)/embed/(?:preview/)?([A-Za-z0-9]+)`), "https://codepen.io/$1/pen/$2"},
	{"", regexp.MustCompile(`^/videos/embed/([0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9]{22})(?:[?#]|$)`), "/videos/watch/$1"}, // PeerTube, anywhere
}

var tubePath = regexp.MustCompile(`^/(?:embed|v|e|shorts|live)/([\w-]{11})(?:[/?&#]|$)`)

// carried is the page that a player is told of in its own address.
func carried(escaped string) string {
	s, err := url.QueryUnescape(escaped)
	if err != nil {
		return ""
	}
	if kind, id, ok := strings.Cut(strings.TrimPrefix(s, "spotify:"), ":"); ok && strings.HasPrefix(s, "spotify:") && strings.Trim(kind+id, hostBytes) == "" {
		return "https://open.spotify.com/" + kind + "/" + id
	}
	if host, _ := hostAndPath(s); plainURL(s) && (host == "soundcloud.com" || host == "open.spotify.com") {
		return s
	}
	return ""
}

var startsAt = regexp.MustCompile(`[?&#](?:start|t)=([0-9hms]{1,12})`)

// startTime is where in a film to begin, as YouTube's own pages say it.
func startTime(path string) string {
	if m := startsAt.FindStringSubmatch(path); m != nil && m[1] != "0" {
		return "&t=" + m[1]
	}
	return ""
}

// filmPicture is a film's picture, where its address tells it.
func filmPicture(page string) string {
	if id, ok := strings.CutPrefix(page, "https://www.youtube.com/watch?v="); ok {
		id, _, _ = strings.Cut(id, "&")
		return "https://i.ytimg.com/vi/" + id + "/hqdefault.jpg"
	}
	if id, ok := strings.CutPrefix(page, "https://www.dailymotion.com/video/"); ok {
		return "https://www.dailymotion.com/thumbnail/video/" + id
	}
	return ""
}
