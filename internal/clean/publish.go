package clean

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// What is stored is neutral: an embed is a link without words, and a link to a footnote leads to elsewhere in the post. The
// functions in this file give cleaned HTML the form in which it is published. They read no more of HTML than what the
// cleaner writes (attributes in double quotes, a space before each, no "<" in text or in values), and leave alone what
// they don't understand.

const (
	embedMark  = `class="embed"` // of every embed; text can't hold it, since quotes are escaped there
	inPageMark = `href="#`       // of every link to elsewhere in the post
)

// A Form is how cleaned HTML is published. The zero Form makes links in words of embeds, and leaves pictures where they are.
type Form struct {
	Frames bool // on pages, videos and the like are in frames where their player is known (see Players)

	// Picture says where a copy of the picture at an address is published, if there is one: relative to the page, or in
	// full for feeds. Pictures without a copy become links, so that no reader asks another server for them. When nil, all
	// are shown from where they are.
	Picture func(address string) (Picture, bool)
}

// Page is cleaned HTML as a page shows it. Its embeds are links in words, below their pictures; with frames they are
// the players that frame-src must allow, where the site is known. Without a Picture that knows any, a second Page changes nothing.
func (f Form) Page(content string) string {
	content = f.pictures(content)
	if !strings.Contains(content, embedMark) {
		return content
	}
	return eachAnchor(content, func(a anchor) string {
		if f.Frames && a.embed {
			if frame := playerFrame(a.get("href"), a.get("title")); frame != "" {
				return frame
			}
		}
		return a.inWords()
	})
}

// Feed is cleaned HTML as a feed carries it: embeds are links in words, and a link to a footnote leads to it in the post at
// the address link, since in a feed there is nothing that "#fn1" could be resolved against. When link is "", it leads nowhere.
func (f Form) Feed(content, link string) string {
	content = f.pictures(content)
	if !strings.Contains(content, embedMark) && !strings.Contains(content, inPageMark) {
		return content
	}
	link, _, _ = strings.Cut(link, "#")
	return eachAnchor(content, func(a anchor) string {
		if id, inPage := strings.CutPrefix(a.get("href"), "#"); inPage {
			return a.moved(link, id)
		}
		return a.inWords()
	})
}

// An anchor is the start tag of a link; of an embed, it is the whole link.
type anchor struct {
	tag   string // the start tag, as it stands
	attrs []html.Attribute
	embed bool
	image string // an embed's thumbnail, as it stands, or ""
}

// eachAnchor copies content with every anchor replaced. Each step looks no further than the next "<", so that it is linear.
func eachAnchor(content string, replace func(anchor) string) string {
	var b strings.Builder
	b.Grow(len(content) + 200)
	done := 0 // of content, copied
	for at := 0; ; {
		i := strings.Index(content[at:], "<a ")
		if i < 0 {
			break
		}
		at += i
		a, n := readAnchor(content[at:])
		if n == 0 {
			at += len("<a ")
			continue
		}
		b.WriteString(content[done:at])
		b.WriteString(replace(a))
		at += n
		done = at
	}
	b.WriteString(content[done:])
	return b.String()
}

// readAnchor reads the anchor that s begins with, and says how long it is; 0 when it isn't one of ours.
func readAnchor(s string) (a anchor, n int) {
	var ok bool
	if a.attrs, n, ok = readStartTag(s, "a"); !ok {
		return a, 0
	}
	a.tag = s[:n]
	if _, ok := webHost(a.get("href")); !ok || a.get("class") != "embed" {
		return a, n
	}
	_, image, _ := readStartTag(s[n:], "img")
	if strings.HasPrefix(s[n+image:], "</a>") {
		a.embed, a.image = true, s[n:n+image]
		n += image + len("</a>")
	}
	return a, n
}

// readStartTag reads the start tag of an element that s begins with, and says how long it is. Values are unescaped.
func readStartTag(s, element string) (attrs []html.Attribute, n int, ok bool) {
	rest, ok := strings.CutPrefix(s, "<"+element)
	for ok && strings.HasPrefix(rest, " ") {
		name := strings.IndexAny(rest, `="<>`)
		if name < 0 || !strings.HasPrefix(rest[name:], `="`) {
			return nil, 0, false
		}
		value := rest[name+len(`="`):]
		end := strings.IndexAny(value, `"<`)
		if end < 0 || value[end] != '"' {
			return nil, 0, false
		}
		attrs = append(attrs, html.Attribute{Key: rest[1:name], Val: html.UnescapeString(value[:end])})
		rest = value[end+1:]
	}
	if rest = strings.TrimPrefix(rest, "/"); !ok || !strings.HasPrefix(rest, ">") {
		return nil, 0, false
	}
	return attrs, len(s) - len(rest) + 1, true
}

func (a anchor) get(name string) string { return value(a.attrs, name) }

// inWords is the anchor as HTML, an embed with what it is called.
func (a anchor) inWords() string {
	if !a.embed {
		return a.tag
	}
	words := strings.Join(strings.Fields(a.get("title")), " ")
	if words == "" {
		words, _ = webHost(a.get("href"))
		words = strings.TrimPrefix(words, "www.")
	}
	return a.tag + a.image + "▶ " + html.EscapeString(words) + "</a>"
}

// moved is a link to an element of the post as a link to the same element where the post was published: there, its id
// doesn't have the prefix that keeps the ids of two posts on one page apart.
func (a anchor) moved(post, id string) string {
	var b strings.Builder
	b.WriteString("<a")
	for _, attr := range a.attrs {
		if attr.Key == "href" {
			if post == "" {
				continue
			}
			attr.Val = post + "#" + withoutPrefix(id)
		}
		b.WriteString(" " + attr.Key + `="` + html.EscapeString(attr.Val) + `"`)
	}
	return b.String() + ">"
}

// withoutPrefix is an id as the post's author wrote it: e1a2b3c4d-fn1 was fn1.
func withoutPrefix(id string) string {
	prefix, own, found := strings.Cut(id, "-")
	if !found || len(prefix) != len("e1a2b3c4d") || prefix[0] != 'e' || strings.Trim(prefix[1:], "0123456789abcdef") != "" {
		return id
	}
	return own
}

// webHost names the host of a web address, without its port.
func webHost(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return "", false
	}
	return u.Hostname(), true
}

// Players are the origins that the frames of Page are of, for frame-src of a Content-Security-Policy.
func Players() []string {
	return []string{"https://www.youtube-nocookie.com", "https://player.vimeo.com", "https://geo.dailymotion.com", "https://archive.org", "https://media.ccc.de"}
}

// playerFrame is the player of a video as a frame, or "" when the site is none of those known here. A frame runs what it
// wants, so nothing of the address is copied: the recognised parts are put into an address of our own.
//
// allow-same-origin doesn't undo the sandbox, as it would in a frame of this site: the player is of another origin, keeps
// that and no more. Without it, players can't reach their own storage and don't start.
func playerFrame(address, title string) string {
	src := playerAddress(address)
	if src == "" {
		return ""
	}
	if title = strings.Join(strings.Fields(title), " "); title == "" {
		title, _ = webHost(address)
	}
	referrer := "no-referrer"
	if strings.HasPrefix(src, "https://www.youtube") { // it refuses to play to a site that doesn't say who it is (error 153)
		referrer = "strict-origin-when-cross-origin"
	}
	return `<iframe class="embed" src="` + html.EscapeString(src) + `" title="` + html.EscapeString(title) +
		`" width="560" height="315" loading="lazy" referrerpolicy="` + referrer +
		`" sandbox="allow-scripts allow-same-origin allow-popups allow-presentation" allowfullscreen=""></iframe>`
}

// playerAddress is where the player of a video is, by the address of its page or of its player; or "".
func playerAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil {
		return ""
	}
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	first, last, query := path[0], path[len(path)-1], u.Query()
	switch u.Host {
	case "www.youtube.com", "youtube.com", "m.youtube.com", "www.youtube-nocookie.com", "youtu.be":
		return youTube(u.Host, path, query)
	case "vimeo.com", "www.vimeo.com", "player.vimeo.com":
		return vimeo(path, query)
	case "www.dailymotion.com", "dailymotion.com", "geo.dailymotion.com", "dai.ly":
		if first == "player.html" {
			last = query.Get("video")
		}
		if isVideoID(last, 4, 20) {
			return "https://geo.dailymotion.com/player.html?video=" + last
		}
	case "archive.org", "www.archive.org":
		if len(path) == 2 && (first == "details" || first == "embed") && isVideoID(last, 1, 200) {
			return "https://archive.org/embed/" + last
		}
	case "media.ccc.de":
		if len(path) >= 2 && first == "v" && isVideoID(path[1], 1, 200) {
			return "https://media.ccc.de/v/" + path[1] + "/oembed"
		}
	}
	return ""
}

func youTube(host string, path []string, query url.Values) string {
	const player = "https://www.youtube-nocookie.com/embed/"
	id := query.Get("v")
	switch {
	case host == "youtu.be":
		id = path[0]
	case path[0] == "playlist" || path[0] == "embed" && path[len(path)-1] == "videoseries":
		if list := query.Get("list"); isVideoID(list, 2, 60) {
			return player + "videoseries?list=" + list
		}
		return ""
	case len(path) == 2 && (path[0] == "embed" || path[0] == "shorts" || path[0] == "live" || path[0] == "v"):
		id = path[1]
	}
	if !isVideoID(id, 11, 11) {
		return ""
	}
	start := query.Get("t") + query.Get("start") // 90, 90s, 1m30s
	if isNumber(start) {
		start += "s"
	}
	if from, err := time.ParseDuration(start); err == nil && from >= time.Second {
		return player + id + "?start=" + strconv.Itoa(int(from.Seconds()))
	}
	return player + id
}

// vimeo reads vimeo.com/ID, vimeo.com/ID/KEY of an unlisted video, and player.vimeo.com/video/ID?h=KEY.
func vimeo(path []string, query url.Values) string {
	if path[0] == "video" {
		path = path[1:]
	}
	if len(path) == 0 || !isNumber(path[0]) {
		return ""
	}
	key := query.Get("h")
	if len(path) > 1 {
		key = path[1]
	}
	player := "https://player.vimeo.com/video/" + path[0] + "?dnt=1"
	if isVideoID(key, 4, 40) {
		player += "&h=" + key
	}
	return player
}

// isVideoID tells whether s can be the name of a video: letters, digits, and what stands between them.
func isVideoID(s string, least, most int) bool {
	return least <= len(s) && len(s) <= most && s[0] != '.' &&
		strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

func isNumber(s string) bool {
	return 1 <= len(s) && len(s) <= 12 && strings.Trim(s, "0123456789") == ""
}
