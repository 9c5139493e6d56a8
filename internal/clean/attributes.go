package clean

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// attributes keeps what is allowed, with URLs made absolute.
func (w *walker) attributes(n *html.Node, own []string) {
	w.revive(n)
	kept := n.Attr[:0]
	fragment, inner := "", false
	for _, a := range n.Attr {
		if a.Namespace != "" || !slices.Contains(own, a.Key) && !slices.Contains(global, a.Key) || hasKey(kept, a.Key) {
			continue
		}
		a.Val = strings.TrimSpace(w.legal(a.Val))
		switch re := patterns[a.Key]; {
		case a.Key == "href":
			given := a.Val
			a.Val = w.absolute(given, true)
			fragment, inner = w.fragment(given, a.Val)
		case urlAttributes[a.Key]:
			a.Val = w.absolute(a.Val, false)
			if n.DataAtom == atom.Img || a.Key == "poster" {
				a.Val = w.upgrade(a.Val)
			}
		case a.Key == "srcset":
			a.Val = w.srcset(a.Val)
		case a.Key == "class":
			a.Val = w.class(n, a.Val)
		case re == language:
			a.Val = LangTag(a.Val)
		case re == empty:
			a.Val = ""
		case re != nil && !re.MatchString(a.Val), !validValue(n.DataAtom, a.Key, a.Val):
			continue
		}
		if a.Val == "" && !mayBeEmpty[a.Key] {
			continue
		}
		kept = append(kept, a)
	}
	n.Attr = kept
	if n.DataAtom == atom.Code && w.code.block && w.code.language != "" && !has(n, "class") {
		put(n, "class", w.code.language) // as it is known from around it
	}
	if inner {
		w.inner = append(w.inner, innerLink{n, fragment})
	}
	w.noteID(n)
}

// revive gives an image or frame that a script was to load later the address that the script would have given it, and tells
// whether it did.
func (w *walker) revive(n *html.Node) (revived bool) {
	if n.DataAtom != atom.Img && n.DataAtom != atom.Iframe && n.DataAtom != atom.Source {
		return false
	}
	for _, key := range []string{"src", "srcset"} {
		for _, later := range []string{"data-" + key, "data-lazy-" + key, "data-original-" + key, "data-original"} {
			v := attr(n, later)
			if v == "" || later == "data-original" && key != "src" {
				continue
			}
			if given := strings.TrimSpace(attr(n, key)); given == "" || placeholder.MatchString(given) {
				set(n, key, v)
				revived = true
			}
			break
		}
	}
	return revived
}

// placeholder matches what stands for an image or frame until a script loads it.
var placeholder = regexp.MustCompile(`(?i)^(?:data:|about:blank$|#|javascript:)|(?:blank|placeholder|spacer|pixel|transparent|trans|loading|loader|lazy(?:load)?|gr[ae]y|1x1)[^/]*\.(?:gif|png|svg|jpe?g|webp)(?:[?#]|$)`)

// absolute is ref as an absolute URL, or "" when it can't be one or has a scheme that a page must not have.
func (w *walker) absolute(ref string, mail bool) string {
	s, ok := ref, plainURL(ref)
	if !ok {
		s = w.resolve(ref, mail)
	}
	if s != "" && !w.faithful {
		gone := 0
		s, gone = untracked(s)
		w.found.parameters += gone
	}
	if w.urls += len(s); w.urls > maxURLs {
		return ""
	}
	return s
}

// plainURL tells whether s is an absolute web address that package url would give back as it is: most are.
func plainURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(s, "http://"); !ok {
			return false
		}
	}
	host := strings.IndexAny(rest, "/?#")
	if host < 0 {
		host = len(rest)
	}
	if !plainHost(rest[:host]) {
		return false
	}
	fragments := 0
	for i := host; i < len(rest); i++ {
		if rest[i] == '#' {
			fragments++
		} else if !urlBytes[rest[i]] {
			return false
		}
	}
	return fragments == 0 || fragments == 1 && rest[len(rest)-1] != '#'
}

// plainHost tells whether s is a name that needs no second look: no address of four numbers, no port.
func plainHost(s string) bool {
	if s == "" || strings.Trim(s, hostBytes) != "" || len(s) > 63 || s[0] == '.' || strings.Contains(s, "..") || strings.Contains(s, "--") {
		return false
	}
	last := strings.TrimSuffix(s, ".")
	last = last[strings.LastIndexByte(last, '.')+1:]
	return last != "" && (last[0] > '9' || last[0] < '0')
}

const hostBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

// urlBytes are those that need no second look after the host of a URL (RFC 3986 §2; neither "%" nor brackets).
var urlBytes = func() (set [256]bool) {
	for _, c := range []byte(hostBytes + "_~/?=&+,;:!*()$@'") {
		set[c] = true
	}
	return set
}()

func (w *walker) resolve(ref string, mail bool) string {
	ref = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7F {
			return -1 // browsers ignore them, and so java\nscript: would be a scheme
		}
		return r
	}, strings.TrimSpace(ref))
	if ref == "" {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		u, err = url.Parse(strings.ReplaceAll(ref, "%", "%25"))
	}
	if err != nil {
		return ""
	}
	if !u.IsAbs() {
		if w.base == nil {
			return ""
		}
		u = w.base.ResolveReference(u)
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host == "" {
			return ""
		}
		u.User = nil // a password that a blog writes into its own links is not for everybody
	case "mailto":
		if !mail {
			return ""
		}
	default:
		return ""
	}
	s := publishedURL(u.String())
	if s == "" || plainURL(s) {
		return s
	}
	if _, err := url.Parse(s); err != nil { // a host of odd characters
		return ""
	}
	return s
}

// maxURLs bounds what all URLs of one body grow to: a long base makes much of many short references.
const maxURLs = 4_000_000

// srcset keeps the candidates whose URL can be made absolute (HTML, "srcset attributes").
func (w *walker) srcset(s string) string {
	var kept []string
	var sizes imageSizes
	for s != "" {
		s = strings.TrimLeft(s, " \t\r\n\f,")
		end := strings.IndexAny(s, " \t\r\n\f")
		if end < 0 {
			end = len(s)
		}
		ref, rest := s[:end], s[end:]
		descriptor := ""
		if strings.HasSuffix(ref, ",") {
			ref = strings.TrimRight(ref, ",")
		} else {
			descriptor, rest, _ = strings.Cut(rest, ",")
		}
		s = rest
		descriptor = strings.TrimSpace(descriptor)
		u := w.upgrade(w.absolute(ref, false))
		if u == "" || strings.ContainsAny(u, ", ") || !sizes.take(descriptor) {
			continue
		}
		kept = append(kept, strings.TrimSpace(u+" "+descriptor))
	}
	return strings.Join(kept, ", ")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool { return hasKey(n.Attr, key) }

func hasKey(attrs []html.Attribute, key string) bool {
	return slices.ContainsFunc(attrs, func(a html.Attribute) bool { return a.Key == key })
}

// set gives an attribute a value; "" removes it and " " makes it empty.
func set(n *html.Node, key, value string) {
	if value != "" {
		put(n, key, strings.TrimSpace(value))
	} else {
		n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
	}
}

// put gives an attribute a value, where it stands or else in the last place: of formatting elements, where the alphabet
// puts it, since that is how a parser of package html gives them back.
func put(n *html.Node, key, value string) {
	at := len(n.Attr)
	for i, a := range n.Attr {
		if a.Key == key {
			n.Attr[i].Val = value
			return
		}
		if at == len(n.Attr) && a.Key > key && formatting[n.DataAtom] {
			at = i
		}
	}
	n.Attr = slices.Insert(n.Attr, at, html.Attribute{Key: key, Val: value})
}
