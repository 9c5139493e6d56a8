package clean

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// A Picture is where a copy of a picture is published.
type Picture struct {
	Src           string
	Width, Height int // pixels; 0 unknown
}

// NoPicture, as the Picture of a Form, makes all pictures links.
func NoPicture(string) (Picture, bool) { return Picture{}, false }

// Pictures are the addresses of the pictures that pieces of cleaned HTML show, each once, in their order: those that
// Form.Picture is asked for. Of a picture that there is in several sizes it is one.
func Pictures(pieces ...string) []string {
	var list []string
	seen := map[string]bool{}
	f := Form{Picture: func(address string) (Picture, bool) {
		if !seen[address] {
			seen[address] = true
			list = append(list, address)
		}
		return Picture{}, false
	}}
	for _, s := range pieces {
		f.pictures(s)
	}
	return list
}

// pictures is content with its pictures as the form wants them: copies, or links where there is none. Nothing of it asks
// another server for a picture then.
func (f Form) pictures(content string) string {
	if f.Picture == nil || !strings.Contains(content, "<img ") && !strings.Contains(content, "<source ") && !strings.Contains(content, "<video ") {
		return content
	}
	p := picturing{form: f}
	p.out.Grow(len(content) + 200)
	done := 0 // of content, copied
	for at := 0; ; {
		i := strings.IndexByte(content[at:], '<')
		if i < 0 {
			break
		}
		at += i
		n, in := p.tag(content[at:])
		if n == 0 {
			at++
			continue
		}
		p.out.WriteString(content[done:at])
		p.out.WriteString(in)
		at += n
		done = at
	}
	p.out.WriteString(content[done:])
	return p.out.String()
}

// picturing is what is known on the way through a post.
type picturing struct {
	form    Form
	out     strings.Builder
	links   int // open
	picture int // elements of that name, open
}

// tag says how long the tag is that s begins with, and what stands for it; 0 when it stays.
func (p *picturing) tag(s string) (n int, in string) {
	switch {
	case strings.HasPrefix(s, "<img "):
		if attrs, n, ok := readStartTag(s, "img"); ok {
			return n, p.image(attrs)
		}
	case strings.HasPrefix(s, "<a ") || strings.HasPrefix(s, "<a>"):
		a, n := readAnchor(s)
		if !a.embed {
			p.links++
			break
		}
		if attrs, _, ok := readStartTag(a.image, "img"); ok { // without its picture it has words all the same
			return n, a.tag + p.copied(attrs) + "</a>"
		}
		return n, s[:n]
	case strings.HasPrefix(s, "</a>"):
		p.links--
	case strings.HasPrefix(s, "<picture"): // a link in one would be none
		if _, n, ok := readStartTag(s, "picture"); ok {
			p.picture++
			return n, "<span" + s[len("<picture"):n]
		}
	case strings.HasPrefix(s, "</picture>") && p.picture > 0:
		p.picture--
		return len("</picture>"), "</span>"
	case strings.HasPrefix(s, "<source "):
		if attrs, n, ok := readStartTag(s, "source"); ok {
			if p.picture > 0 || value(attrs, "src") == "" {
				return n, ""
			}
			return n, "<source" + written(without(attrs, "srcset", "sizes")) + "/>"
		}
	case strings.HasPrefix(s, "<video "):
		if attrs, n, ok := readStartTag(s, "video"); ok && value(attrs, "poster") != "" {
			copied, had := p.form.Picture(value(attrs, "poster"))
			if !had {
				return n, "<video" + written(without(attrs, "poster")) + ">"
			}
			return n, "<video" + written(with(attrs, "poster", copied.Src)) + ">"
		}
	}
	return 0, ""
}

// image is the copy of a picture, or else a link to it. A smiley needs neither: its description is what it shows.
func (p *picturing) image(attrs []html.Attribute) string {
	words := strings.Join(strings.Fields(value(attrs, "alt")), " ")
	sign := isSign(words)
	if !sign {
		if copied := p.copied(attrs); copied != "" {
			return copied
		}
	}
	address := chosen(attrs)
	if !sign {
		words = "▣ " + cmp.Or(words, nameOf(address))
	}
	words = html.EscapeString(words)
	keep := slices.DeleteFunc(slices.Clone(attrs), func(a html.Attribute) bool { return !slices.Contains(global, a.Key) })
	switch {
	case p.links == 0 && !sign:
		link := []html.Attribute{{Key: "class", Val: "picture"}, {Key: "href", Val: address}, {Key: "rel", Val: linkRel}}
		return "<a" + written(append(link, keep...)) + ">" + words + "</a>"
	case len(keep) > 0:
		return "<span" + written(keep) + ">" + words + "</span>"
	}
	return words
}

// copied is a picture's own copy as an element, or "" when there is none.
func (p *picturing) copied(attrs []html.Attribute) string {
	c, had := p.form.Picture(chosen(attrs))
	if !had {
		return ""
	}
	attrs = with(without(attrs, "srcset", "sizes"), "src", c.Src)
	if c.Width > 0 && c.Height > 0 { // so that the page doesn't jump when it comes
		width, height := value(attrs, "width"), value(attrs, "height")
		switch {
		case width == "" && height == "":
			attrs = append(attrs, html.Attribute{Key: "width", Val: strconv.Itoa(c.Width)}, html.Attribute{Key: "height", Val: strconv.Itoa(c.Height)})
		case height == "":
			attrs = append(attrs, html.Attribute{Key: "height", Val: scaled(width, c.Height, c.Width)})
		case width == "":
			attrs = append(attrs, html.Attribute{Key: "width", Val: scaled(height, c.Width, c.Height)})
		}
	}
	return "<img" + written(attrs) + "/>"
}

// scaled is a side in proportion to the other.
func scaled(other string, side, of int) string {
	n, err := strconv.Atoi(other)
	if err != nil {
		return strconv.Itoa(side)
	}
	return strconv.Itoa(max(1, n*side/of))
}

// enoughWidth is how many pixels a picture needs across to be sharp: a page's column on a fine screen, nearly.
const enoughWidth = 1200

// chosen is the address of a picture in the size that pages need, of those that srcset offers (HTML, "srcset attributes"):
// the narrowest that is wide enough, or else the widest; of densities, the highest up to two.
func chosen(attrs []html.Attribute) string {
	best, size := value(attrs, "src"), 1.0
	wide, width := "", 0.0
	for candidate := range strings.SplitSeq(value(attrs, "srcset"), ", ") {
		address, descriptor, _ := strings.Cut(candidate, " ")
		if address == "" {
			continue
		}
		n := 1.0
		if descriptor != "" {
			var err error
			if n, err = strconv.ParseFloat(descriptor[:len(descriptor)-1], 64); err != nil {
				continue
			}
		}
		switch {
		case strings.HasSuffix(descriptor, "w"):
			if wide == "" || width < enoughWidth && n > width || n >= enoughWidth && n < width {
				wide, width = address, n
			}
		case best == "" || n <= 2 && n > size:
			best, size = address, n
		}
	}
	return cmp.Or(wide, best)
}

// nameOf is what a picture without a description is called.
func nameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	name := path.Base(u.Path)
	if name == "." || name == "/" || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return u.Hostname()
	}
	if utf8.RuneCountInString(name) > 60 {
		return string([]rune(name)[:60]) + "…"
	}
	return name
}

// isSign tells whether a description is nothing but emoji, which many blogs show as pictures.
func isSign(s string) bool {
	signs := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.So, r):
			signs++
		case r < utf8.RuneSelf || !unicode.In(r, unicode.Sk, unicode.Mn, unicode.Cf): // skin tones, variants, joiners
			return false
		}
	}
	return 0 < signs && signs <= 8
}

// value is that of an attribute, "" when it isn't there.
func value(attrs []html.Attribute, key string) string {
	for _, a := range attrs {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func without(attrs []html.Attribute, keys ...string) []html.Attribute {
	return slices.DeleteFunc(slices.Clone(attrs), func(a html.Attribute) bool { return slices.Contains(keys, a.Key) })
}

// with gives an attribute another value.
func with(attrs []html.Attribute, key, val string) []html.Attribute {
	attrs = slices.Clone(attrs)
	for i := range attrs {
		if attrs[i].Key == key {
			attrs[i].Val = val
			return attrs
		}
	}
	return append(attrs, html.Attribute{Key: key, Val: val})
}

// written are attributes as they stand in a tag, a space before each.
func written(attrs []html.Attribute) string {
	var b strings.Builder
	for _, a := range attrs {
		b.WriteString(" " + a.Key + `="` + html.EscapeString(a.Val) + `"`)
	}
	return b.String()
}
