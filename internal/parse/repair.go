package parse

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// A mender copies a damaged document and makes it well-formed on the way: it escapes what is no markup, quotes
// attributes, closes what was left open and drops end tags that close nothing. It never drops text.
type mender struct {
	in    []byte
	out   bytes.Buffer
	open  []string       // qualified names as written
	names map[string]int // how many of each are open, in lower case
	stats struct{ closed, dropped, escaped int }
	marks endMarks
	cut   bool // the document ended inside something
}

// repair makes doc, which begins with its root element, well-formed. It says in words what it did, and whether the end
// is missing. It stops where more than depth elements are open: the scan will refuse what it returns then.
func repair(doc []byte, depth int) (mended []byte, what string, truncated bool) {
	m := &mender{in: doc, marks: endMarks{}, names: map[string]int{}}
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
		if len(m.open) == 0 || len(m.open) > depth {
			break // the root is closed, or too much is open
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
		if anyReference.Match(b[:min(len(b), 40)]) {
			m.out.WriteByte('&')
		} else {
			m.out.WriteString("&amp;")
			m.stats.escaped++
		}
		b = b[1:]
	}
}

var anyReference = regexp.MustCompile(`^&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,30});`)

// markup copies what begins with "<".
func (m *mender) markup() {
	switch {
	case bytes.HasPrefix(m.in, []byte("<!--")):
		// Dropped, since comments may hold "--". One that never ends would take everything with it: its mark alone goes.
		m.take(max(m.marks.after(m.in, "-->"), len("<!--")))
	case bytes.HasPrefix(m.in, []byte("<![CDATA[")):
		m.cdata()
	case bytes.HasPrefix(m.in, []byte("<?")) && m.marks.after(m.in, "?>") > 0:
		m.take(m.marks.after(m.in, "?>"))
	case bytes.HasPrefix(m.in, []byte("</")):
		if tag := endTag.FindSubmatch(m.in); tag != nil {
			m.take(len(tag[0]))
			m.end(string(tag[1]))
			return
		}
		m.stray()
	default:
		name, attrs, n := startTag(m.in)
		if n == 0 {
			m.stray()
			return
		}
		m.take(n)
		m.start(name, bytes.TrimSuffix(attrs, []byte("/")), bytes.HasSuffix(attrs, []byte("/")))
	}
}

// stray escapes a "<" that begins no markup. Where the document ends within what looks like a tag, a name with nothing but
// attributes behind it, that is no text; in "if a <b && c" it is.
func (m *mender) stray() {
	if len(m.in) < 1000 && cutTag.Match(m.in) {
		m.cut = true
		m.take(len(m.in))
		return
	}
	m.out.WriteString("&lt;")
	m.stats.escaped++
	m.take(1)
}

// startTag takes the start tag that b begins with apart; its length n is 0 when b begins with none. A tag holds no "<",
// not even in quotes: that is where the next tag begins and a quote or a ">" was forgotten.
func startTag(b []byte) (name string, attrs []byte, n int) {
	m := tagName.FindSubmatch(b)
	if m == nil {
		return "", nil, 0
	}
	quote := byte(0)
	for i := len(m[0]) - 1; i < len(b) && b[i] != '<'; i++ {
		switch c := b[i]; {
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && c == '>':
			return string(m[1]), b[len(m[0])-1 : i], i + 1
		}
	}
	return "", nil, 0
}

var (
	cutTag    = regexp.MustCompile(`^<(?:!(?:-|\[[A-Z]{0,5})?\s*|\?[^<>]*|/\s*|[A-Za-z_][\w.:-]*\s*(?:/|\s[\w.:-]+\s*=\s*(?:["'][^<>]*)?)?)$`)
	tagName   = regexp.MustCompile(`^<([A-Za-z_][\w.-]*(?::[\w.-]+)?)[\s/>]`)
	endTag    = regexp.MustCompile(`^</([A-Za-z_][\w.:-]*)\s*>?`)
	attribute = regexp.MustCompile(`([A-Za-z_][\w.-]*(?::[\w.-]+)?)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?`)
)

func (m *mender) take(n int) { m.in = m.in[min(n, len(m.in)):] }

// cdata copies a section; one that never ends is the whole rest.
func (m *mender) cdata() {
	n := m.marks.after(m.in, "]]>")
	if n < 0 {
		n = len(m.in)
		m.cut = true
		from := max(n-1000, 0)
		m.out.Write(m.in[:from])
		m.out.Write(closeElementTags.ReplaceAll(m.in[from:], nil))
		m.out.WriteString("]]>")
	} else {
		m.out.Write(m.in[:n])
	}
	m.take(n)
}

// closeElementTags matches the feed's own end tags at the end of a CDATA section that was never closed: they are markup, not text.
var closeElementTags = regexp.MustCompile(`(?is)(?:\s*(?:\]\]?|</(?:description|content:encoded|title|item|entry|content|summary|channel|rss|feed)>))+\s*$`)

func (m *mender) start(name string, attrs []byte, empty bool) {
	lower := strings.ToLower(name)
	if n := len(m.open); n > 0 && itemParts[strings.ToLower(m.open[n-1])] {
		if _, part := itemParts[lower]; part {
			m.closeDownTo(n - 1)
		}
	}
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
		m.out.WriteString(" " + key + `="`)
		value := string(a[2]) + string(a[3]) + string(a[4])
		m.text([]byte(attributeEscaper.Replace(value)))
		m.out.WriteByte('"')
	}
	if empty {
		m.out.WriteString("/>")
		return
	}
	m.out.WriteByte('>')
	m.open = append(m.open, name)
	m.names[lower]++
}

var attributeEscaper = strings.NewReplacer("<", "&lt;", ">", "&gt;", `"`, "&#34;") // references stay

// itemParts are the parts of an item. In those that are true stands text alone, so that the next part ends them.
var itemParts = map[string]bool{
	"title": true, "link": true, "guid": true, "id": true, "pubdate": true, "published": true, "updated": true,
	"description": false, "content:encoded": false, "summary": false, "content": false, "author": false, "category": false,
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
	m.closeDownTo(i)
	m.stats.closed-- // this one was closed by its author
}

// innermost is where among the open elements the last of that name is, or -1.
func (m *mender) innermost(lower string) int {
	for i := len(m.open) - 1; i >= 0 && m.names[lower] > 0; i-- { // what is looked at is closed then, so all end tags together look once
		if strings.ToLower(m.open[i]) == lower {
			return i
		}
	}
	return -1
}

func (m *mender) closeDownTo(i int) {
	for n := len(m.open) - 1; n >= i; n-- {
		m.out.WriteString("</" + m.open[n] + ">")
		m.names[strings.ToLower(m.open[n])]--
		m.stats.closed++
	}
	m.open = m.open[:i]
}
