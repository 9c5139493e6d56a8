package clean

import (
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html/atom"
)

// allowed are the elements that survive, each with the attributes that it keeps beside lang, dir and title. What isn't
// listed is unwrapped: its children stay. What is in dropped goes with everything in it.
var allowed = map[atom.Atom][]string{
	atom.A: {"href", "rel"}, atom.Abbr: nil, atom.Address: nil, atom.Article: nil, atom.Aside: nil, atom.B: nil,
	atom.Bdi: nil, atom.Bdo: nil, atom.Blockquote: {"cite"}, atom.Br: nil, atom.Caption: nil, atom.Cite: nil,
	atom.Code: nil, atom.Col: {"span"}, atom.Colgroup: {"span"}, atom.Dd: nil, atom.Del: {"cite", "datetime"},
	atom.Details: {"open"}, atom.Dfn: nil, atom.Div: nil, atom.Dl: nil, atom.Dt: nil, atom.Em: nil, atom.Figcaption: nil,
	atom.Figure: nil, atom.H4: nil, atom.H5: nil, atom.H6: nil, atom.Hr: nil, atom.I: nil,
	atom.Img: {"src", "srcset", "sizes", "alt", "width", "height", "loading", "referrerpolicy"},
	atom.Ins: {"cite", "datetime"}, atom.Kbd: nil, atom.Li: {"value"}, atom.Mark: nil, atom.Ol: {"start", "reversed"},
	atom.P: nil, atom.Pre: nil, atom.Q: {"cite"}, atom.Rp: nil, atom.Rt: nil, atom.Ruby: nil, atom.S: nil, atom.Samp: nil,
	atom.Section: nil, atom.Small: nil, atom.Source: {"src", "srcset", "sizes", "type", "media"}, atom.Span: nil,
	atom.Strong: nil, atom.Sub: nil, atom.Summary: nil, atom.Sup: nil, atom.Table: nil, atom.Tbody: nil,
	atom.Td: {"colspan", "rowspan"}, atom.Tfoot: nil, atom.Th: {"colspan", "rowspan", "scope"}, atom.Thead: nil,
	atom.Time: {"datetime"}, atom.Tr: nil, atom.U: nil, atom.Ul: nil, atom.Var: nil, atom.Wbr: nil, atom.Picture: nil,
	atom.Audio: {"src", "controls", "preload"}, atom.Video: {"src", "controls", "preload", "poster", "width", "height"},
}

var dropped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true, atom.Svg: true, atom.Math: true,
	atom.Head: true, atom.Title: true, atom.Object: true, atom.Embed: true, atom.Applet: true, atom.Frameset: true,
	atom.Select: true, atom.Textarea: true, atom.Input: true, atom.Noembed: true, atom.Noframes: true, atom.Xmp: true,
	atom.Plaintext: true, atom.Link: true, atom.Meta: true, atom.Base: true, atom.Datalist: true,
}

// renamed are elements that HTML has given up, and what stands for them now.
var renamed = map[atom.Atom]atom.Atom{
	atom.Center: atom.Div, atom.Tt: atom.Code, atom.Strike: atom.S, atom.Acronym: atom.Abbr, atom.Dir: atom.Ul, atom.Menu: atom.Ul,
	atom.Listing: atom.Pre,
}

// global are the attributes that every element may keep.
var global = []string{"lang", "dir", "title"}

// urlAttributes hold one URL.
var urlAttributes = map[string]bool{"href": true, "src": true, "cite": true, "poster": true}

var (
	digits     = regexp.MustCompile(`^[0-9]{1,5}$`)
	directions = regexp.MustCompile(`^(?i:ltr|rtl|auto)$`)
	language   = regexp.MustCompile(`^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4}$`)
	datetime   = regexp.MustCompile(`^[0-9TZ:+. -]{4,35}$`)
	mediaType  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*(?:\s*;\s*codecs="?[A-Za-z0-9., -]+"?)?$`)
	sizes      = regexp.MustCompile(`^[A-Za-z0-9%(),.:\s-]{1,300}$`)
	scope      = regexp.MustCompile(`^(?:row|col|rowgroup|colgroup)$`)
	empty      = regexp.MustCompile(`^$`)
)

// patterns bound the values of attributes that hold no URL and no free text.
var patterns = map[string]*regexp.Regexp{
	"width": digits, "height": digits, "colspan": digits, "rowspan": digits, "span": digits, "value": digits, "start": digits,
	"dir": directions, "lang": language, "datetime": datetime, "type": mediaType, "sizes": sizes, "media": sizes, "scope": scope,
	"open": empty, "controls": empty, "reversed": empty,
	"loading": regexp.MustCompile(`^lazy$`), "preload": regexp.MustCompile(`^none$`), "referrerpolicy": regexp.MustCompile(`^no-referrer$`), "rel": regexp.MustCompile(`^nofollow noopener noreferrer ugc$`),
}

// policy is the library's allow-list, made once and only when the first entry is cleaned: a run without news needs none.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(false)
	for el, attrs := range allowed {
		name := el.String()
		p.AllowElements(name)
		p.AllowNoAttrs().OnElements(name)
		for _, attr := range append(append([]string{}, global...), attrs...) {
			if re := patterns[attr]; re != nil {
				p.AllowAttrs(attr).Matching(re).OnElements(name)
			} else {
				p.AllowAttrs(attr).OnElements(name)
			}
		}
	}
	return p
})

// lastWord is bluemonday's verdict. What the walk rendered passes unchanged.
func lastWord(s string) string { return policy().Sanitize(s) }
