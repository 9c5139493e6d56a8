package parse

import (
	"bytes"
	"html"
	"regexp"
	"strconv"
	"strings"
)

// A mender copies a damaged document and makes it well-formed on the way: it escapes what is no markup, quotes
// attributes, closes what was left open and drops end tags that close nothing. It never drops text.
type mender struct {
	in    []byte
	out   bytes.Buffer
	open  []string // qualified names as written
	stats struct{ closed, dropped, escaped int }
	cut   bool // the document ended inside something
}

// repair makes doc, which begins with its root element, well-formed. It says in words what it did, and whether the end is missing.
func repair(doc []byte) (mended []byte, what string, truncated bool) {
	m := &mender{in: doc}
	m.out.Grow(len(doc) + len(doc)/16)
	for len(m.in) > 0 {
		lt := bytes.IndexByte(m.in, '<')
		if lt < 0 {
			lt = len(m.in)
		}
		m.text(m.in[:lt])
		m.in = m.in[lt:]
		if len(m.in) > 0 {
			m.markup()
		}
		if len(m.open) == 0 {
			break // the root is closed
		}
	}
	if len(m.open) > 0 {
		m.cut = true
	}
	m.closeDownTo(0)
	return m.out.Bytes(), m.words(), m.cut
}

func (m *mender) words() string {
	var parts []string
	say := func(n int, what string) {
		if n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+what)
		}
	}
	if m.cut {
		parts = append(parts, "it ends too early")
	}
	say(m.stats.closed, "tags closed")
	say(m.stats.dropped, "stray end tags dropped")
	say(m.stats.escaped, "stray < or & escaped")
	if len(parts) == 0 {
		return "markup tidied"
	}
	return strings.Join(parts, ", ")
}

// text copies character data; an ampersand that begins no reference is escaped.
func (m *mender) text(b []byte) {
	for {
		amp := bytes.IndexByte(b, '&')
		if amp < 0 {
			m.out.Write(b)
			return
		}
		m.out.Write(b[:amp])
		b = b[amp:]
		if reference.Match(b) {
			m.out.WriteByte('&')
		} else {
			m.out.WriteString("&amp;")
			m.stats.escaped++
		}
		b = b[1:]
	}
}

var reference = regexp.MustCompile(`^&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,30});`)

// markup copies what begins with "<".
func (m *mender) markup() {
	switch {
	case bytes.HasPrefix(m.in, []byte("<!--")):
		// Dropped, since comments may hold "--". One that never ends would take everything with it: its mark alone goes.
		if end := bytes.Index(m.in, []byte("-->")); end >= 0 {
			m.take(end + 3)
		} else {
			m.take(4)
		}
	case bytes.HasPrefix(m.in, []byte("<![CDATA[")):
		m.cdata()
	case bytes.HasPrefix(m.in, []byte("<?")):
		m.take(m.within("?>"))
	case bytes.HasPrefix(m.in, []byte("</")) && endTag.Match(m.in):
		tag := endTag.FindSubmatch(m.in)
		m.take(len(tag[0]))
		m.end(string(tag[1]))
	default:
		if tag := startTag.FindSubmatch(m.in); tag != nil {
			m.take(len(tag[0]))
			m.start(string(tag[1]), tag[2], len(tag[3]) > 0)
			return
		}
		m.out.WriteString("&lt;")
		m.stats.escaped++
		m.take(1)
	}
}

var (
	startTag  = regexp.MustCompile(`^<([A-Za-z_][\w.-]*(?::[\w.-]+)?)((?:\s+|"[^"<]*"|'[^'<]*'|[^\s"'<>/]|/+[^>])*?)\s*(/?)>`)
	endTag    = regexp.MustCompile(`^</([A-Za-z_][\w.:-]*)\s*>?`)
	attribute = regexp.MustCompile(`([A-Za-z_][\w.-]*(?::[\w.-]+)?)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?`)
)

func (m *mender) take(n int) { m.in = m.in[min(n, len(m.in)):] }

// within is the length of the construct at hand up to and with its end mark; the whole rest when the mark is missing.
func (m *mender) within(mark string) int {
	if i := bytes.Index(m.in, []byte(mark)); i >= 0 {
		return i + len(mark)
	}
	m.cut = true
	return len(m.in)
}

func (m *mender) cdata() {
	n := m.within("]]>")
	section := m.in[:n]
	m.take(n)
	section = bytes.TrimPrefix(section, []byte("<![CDATA["))
	if m.cut && !bytes.HasSuffix(section, []byte("]]>")) {
		section = closeElementTags.ReplaceAll(section, nil)
	}
	m.out.WriteString("<![CDATA[")
	m.out.Write(bytes.TrimSuffix(section, []byte("]]>")))
	m.out.WriteString("]]>")
}

// closeElementTags matches the feed's own end tags at the end of a CDATA section that was never closed: they are markup, not text.
var closeElementTags = regexp.MustCompile(`(?is)(?:\s*(?:\]\]?|</(?:description|content:encoded|title|item|entry|content|summary|channel|rss|feed)>))+\s*$`)

func (m *mender) start(name string, attrs []byte, empty bool) {
	lower := strings.ToLower(name)
	switch local := lower[strings.IndexByte(lower, ':')+1:]; {
	case lower == "item" || lower == "entry":
		m.toContainer()
	case lower == "p" || lower == "li" || lower == "td" || lower == "tr":
		if n := len(m.open); n > 0 && m.open[n-1] == lower {
			m.closeDownTo(n - 1)
		}
	case voidElements[local] && local != "link" && local != "source" && local == lower:
		empty = true
	}
	m.out.WriteString("<" + name)
	seen := map[string]bool{}
	for _, a := range attribute.FindAllSubmatch(attrs, -1) {
		key := string(a[1])
		if seen[key] {
			continue
		}
		seen[key] = true
		value := html.UnescapeString(string(a[2]) + string(a[3]) + string(a[4]))
		m.out.WriteString(" " + key + `="` + strings.ReplaceAll(escapeText(value), `"`, "&#34;") + `"`)
	}
	if empty {
		m.out.WriteString("/>")
		return
	}
	m.out.WriteByte('>')
	m.open = append(m.open, name)
}

// toContainer closes what stands open between an item that begins and the element that holds items, the item before among it.
func (m *mender) toContainer() {
	for i := len(m.open) - 1; i >= 0 && i > len(m.open)-300; i-- {
		lower := strings.ToLower(m.open[i])
		switch lower[strings.IndexByte(lower, ':')+1:] {
		case "item", "entry":
			m.closeDownTo(i)
			return
		case "channel", "feed", "rss", "rdf":
			m.closeDownTo(i + 1)
			return
		}
	}
}

func (m *mender) end(name string) {
	i := m.innermost(strings.ToLower(name))
	if i < 0 {
		m.stats.dropped++
		return
	}
	// HTML inside an entry never closes the entry's own elements.
	m.closeDownTo(i)
	m.stats.closed-- // this one was closed by its author
}

func (m *mender) innermost(lower string) int {
	for i := len(m.open) - 1; i >= 0 && i > len(m.open)-300; i-- { // the bound keeps hostile depth linear
		if strings.ToLower(m.open[i]) == lower {
			return i
		}
	}
	return -1
}

func (m *mender) closeDownTo(i int) {
	for n := len(m.open) - 1; n >= i; n-- {
		m.out.WriteString("</" + m.open[n] + ">")
		m.stats.closed++
	}
	m.open = m.open[:i]
}
