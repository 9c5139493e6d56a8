package clean

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html/atom"
)

// allowed are the elements that survive, each with the attributes that it keeps beside lang, dir and title. What isn't
// listed is unwrapped: its children stay. What is in dropped goes with everything in it.
var allowed = map[atom.Atom][]string{
	atom.A: {"href", "rel", "class", "name"}, atom.Abbr: nil, atom.Address: nil, atom.Article: nil, atom.Aside: nil, atom.B: nil,
	atom.Bdi: nil, atom.Bdo: nil, atom.Blockquote: {"cite"}, atom.Br: nil, atom.Caption: nil, atom.Cite: nil,
	atom.Code: {"class"}, atom.Dd: nil, atom.Del: {"cite", "datetime"},
	atom.Details: {"open"}, atom.Dfn: nil, atom.Div: nil, atom.Dl: nil, atom.Dt: nil, atom.Em: nil, atom.Figcaption: nil,
	atom.Figure: nil, atom.H4: nil, atom.H5: nil, atom.H6: nil, atom.Hr: nil, atom.I: nil,
	atom.Img: {"src", "srcset", "sizes", "alt", "width", "height", "loading", "referrerpolicy"},
	atom.Ins: {"cite", "datetime"}, atom.Kbd: nil, atom.Li: {"value"}, atom.Mark: nil, atom.Ol: {"start", "reversed"},
	atom.P: nil, atom.Pre: nil, atom.Q: {"cite"}, atom.Rp: nil, atom.Rt: nil, atom.Ruby: nil, atom.S: nil, atom.Samp: nil,
	atom.Section: nil, atom.Small: nil, atom.Source: {"src", "srcset", "sizes", "type", "media"}, atom.Span: {"class"},
	atom.Strong: nil, atom.Sub: nil, atom.Summary: nil, atom.Sup: nil, atom.Table: nil, atom.Tbody: nil,
	atom.Td: {"colspan", "rowspan"}, atom.Tfoot: nil, atom.Th: {"colspan", "rowspan", "scope"}, atom.Thead: nil,
	atom.Time: {"datetime"}, atom.Tr: nil, atom.Track: {"src", "kind", "srclang", "label", "default"},
	atom.U: nil, atom.Ul: nil, atom.Var: nil, atom.Wbr: nil, atom.Picture: nil,
	atom.Audio: {"src", "controls", "preload"}, atom.Video: {"src", "controls", "preload", "poster", "width", "height"},
}

var dropped = map[atom.Atom]bool{
	atom.Style: true, atom.Template: true, atom.Noscript: true,
	atom.Head: true, atom.Title: true, atom.Frameset: true,
	atom.Select: true, atom.Textarea: true, atom.Input: true, atom.Noembed: true, atom.Noframes: true, atom.Xmp: true,
	atom.Plaintext: true, atom.Link: true, atom.Meta: true, atom.Base: true, atom.Datalist: true,
}

// renamed are elements that HTML has given up, and what stands for them now.
var renamed = map[atom.Atom]atom.Atom{
	atom.Center: atom.Div, atom.Tt: atom.Code, atom.Strike: atom.S, atom.Acronym: atom.Abbr, atom.Dir: atom.Ul, atom.Menu: atom.Ul,
	atom.Listing: atom.Pre,
}

// global are the attributes that every element may keep.
var global = []string{"lang", "dir", "title", "id"}

// mayBeEmpty are the attributes that say something without a value.
var mayBeEmpty = map[string]bool{"alt": true, "open": true, "controls": true, "reversed": true, "default": true}

// urlAttributes hold one URL.
var urlAttributes = map[string]bool{"href": true, "src": true, "cite": true, "poster": true}

const (
	length    = `[0-9]{1,5}(?:\.[0-9]{1,4})?(?:px|em|rem|vw|vh)`
	condition = `\((?:(?:min|max)-width:\s?` + length + `|prefers-color-scheme:\s?(?:dark|light)|orientation:\s?(?:portrait|landscape))\)(?: and \((?:min|max)-width:\s?` + length + `\))?`
)

var (
	digits     = regexp.MustCompile(`^[0-9]{1,5}$`)
	directions = regexp.MustCompile(`^(?i:ltr|rtl|auto)$`)
	language   = regexp.MustCompile(`^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4}$`)
	datetime   = regexp.MustCompile(`^[0-9TZ:+. -]{4,35}$`)
	mediaType  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*(?:\s*;\s*codecs=(?:"[A-Za-z0-9., -]+"|[A-Za-z0-9.-]+))?$`)
	sizes      = regexp.MustCompile(`^(?:` + condition + ` ` + length + `,\s*){0,8}(?:` + condition + ` )?` + length + `$`)
	media      = regexp.MustCompile(`^(?:(?:screen|print)(?: and ` + condition + `)?|(?:all and )?` + condition + `)$`)
	scope      = regexp.MustCompile(`^(?:row|col|rowgroup|colgroup)$`)
	empty      = regexp.MustCompile(`^$`)
	web        = regexp.MustCompile(`^https?://`)
	webList    = regexp.MustCompile(`^(?:https?://[^\s,]+(?: [0-9.]+[wx])?(?:, |$))+$`)
)

// patterns bound the values of attributes that hold no URL and no free text.
var patterns = map[string]*regexp.Regexp{
	"width": digits, "height": digits, "colspan": digits, "rowspan": digits, "span": digits, "value": digits, "start": digits,
	"dir": directions, "lang": language, "datetime": datetime, "type": mediaType, "sizes": sizes, "media": media, "scope": scope,
	"open": empty, "controls": empty, "reversed": empty, "default": empty, "srclang": language,
	"kind":    regexp.MustCompile(`^(?:subtitles|captions|descriptions|chapters|metadata)$`),
	"loading": regexp.MustCompile(`^lazy$`), "preload": regexp.MustCompile(`^none$`), "referrerpolicy": regexp.MustCompile(`^no-referrer$`), "rel": regexp.MustCompile(`^nofollow noopener noreferrer ugc$`),
}

// lastPatterns bound what the walk makes itself of attributes, and are for bluemonday alone.
var lastPatterns = map[string]*regexp.Regexp{
	"src": web, "srcset": webList, "poster": web, "cite": web,
	"href":  regexp.MustCompile(`^(?:https?://|mailto:|#e[0-9a-f]{8}-[A-Za-z0-9_:.%-]+$)`),
	"id":    regexp.MustCompile(`^e[0-9a-f]{8}-[\p{L}\p{M}\p{N}_:.-]+$`),
	"class": regexp.MustCompile(`^(?:embed|hl-[a-z]{4,8}|language-[a-z0-9+#-]{1,20})$`),
	"name":  regexp.MustCompile(`^$`), // it has become an id
}

// policy is the library's allow-list, made once and only when the first entry is cleaned: a run without news needs none.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true) // only to elements of the same body: the pattern of href
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(false)
	allow := func(element string, attributes []string, pattern func(string) *regexp.Regexp) {
		p.AllowElements(element)
		p.AllowNoAttrs().OnElements(element)
		for _, attr := range attributes {
			if re := pattern(attr); re != nil {
				p.AllowAttrs(attr).Matching(re).OnElements(element)
			} else {
				p.AllowAttrs(attr).OnElements(element)
			}
		}
	}
	for el, attrs := range allowed {
		allow(el.String(), append(slices.Clone(global), attrs...), func(attr string) *regexp.Regexp {
			if re := lastPatterns[attr]; re != nil {
				return re
			}
			return patterns[attr]
		})
	}
	for namespace, elements := range map[string]map[string][]string{"math": mathElements, "svg": svgElements} {
		for el, attrs := range elements {
			allow(el, append(slices.Clone(foreignGlobal[namespace]), attrs...), func(attr string) *regexp.Regexp { return foreignPattern(namespace, attr) })
		}
	}
	return p
})

// lastWord is bluemonday's verdict. What the walk rendered passes unchanged.
func lastWord(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	if err := policy().SanitizeReaderToWriter(strings.NewReader(s), &b); err != nil {
		return "" // a builder takes everything, so that this is for what bluemonday can't read
	}
	return b.String()
}
