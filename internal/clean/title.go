package clean

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"planet/internal/planet"
)

// Plain is a text construct as one line of plain text: markup and entities resolved, also where they were escaped twice.
// What looks like a tag but is none of HTML's is text ("List<T> in Go", "#include <stdio.h>"), and so is one that stands
// alone: titles speak of tags ("why <table> layouts").
func Plain(t planet.Text) string {
	s := t.Body
	if t.Type == planet.HTML && strings.ContainsAny(s, "<&") {
		s = plainText(textOfUnknown(s))
		if twice.MatchString(s) { // "Q&amp;A" that had been escaped once too often
			s = plainText(textOfUnknown(s))
		}
	}
	return strings.Join(strings.Fields(legal(s)), " ")
}

// twice finds references and tags in text that has been unescaped already.
var twice = regexp.MustCompile(`&(?:amp|lt|gt|quot|nbsp|#\d{2,5}|[a-z]{2,8});|</?(?:b|i|em|strong|code|br|p|a|span|sup|sub)(?:\s[^<>]*)?/?>`)

// textOfUnknown escapes the tags of elements that HTML doesn't know, and of those that have but one of their two tags.
func textOfUnknown(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	foreign := "" // an svg or a math that is open: its elements are its own
	pairs := pairsOf(s)
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		switch z.Next() {
		case html.ErrorToken:
			b.Write(z.Raw())
			return b.String()
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			raw := string(z.Raw())
			name, _ := z.TagName()
			switch tag := string(name); {
			case tag == "svg" || tag == "math":
				foreign = tag
				if strings.HasPrefix(raw, "</") {
					foreign = ""
				}
			case foreign == "" && (!known(tag) || !pairs[tag] && !endless[atom.Lookup(name)] && b.Len() > 0):
				raw = "&lt;" + raw[1:] // the rest may hold references
			}
			b.WriteString(raw)
		default:
			b.Write(z.Raw())
		}
	}
}

// pairsOf are the elements of which s has both tags.
func pairsOf(s string) map[string]bool {
	starts, both := map[string]bool{}, map[string]bool{}
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return both
		}
		name, _ := z.TagName()
		switch kind {
		case html.StartTagToken:
			starts[string(name)] = true
		case html.EndTagToken:
			both[string(name)] = starts[string(name)]
		case html.SelfClosingTagToken:
			both[string(name)] = true
		}
	}
}

// endless elements need no end tag.
var endless = map[atom.Atom]bool{
	atom.Br: true, atom.Wbr: true, atom.Hr: true, atom.Img: true, atom.Input: true, atom.Embed: true, atom.Link: true, atom.Meta: true, atom.Source: true,
}

// known tells whether a tag is markup: an element of HTML, or of a vocabulary with a prefix, such as word processors write.
func known(name string) bool {
	if strings.Contains(name, ":") {
		return true
	}
	a := atom.Lookup([]byte(name))
	_, kept := allowed[a]
	return a != 0 && (kept || dropped[a] || embeds[a] || renamed[a] != 0 || formatting[a] || unwrapped[a])
}

// unwrapped are the elements that cleaning doesn't name, since it takes them away and leaves what is in them.
var unwrapped = map[atom.Atom]bool{
	atom.Html: true, atom.Body: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.Header: true, atom.Footer: true, atom.Main: true,
	atom.Nav: true, atom.Hgroup: true, atom.Form: true, atom.Fieldset: true, atom.Legend: true, atom.Label: true, atom.Button: true, atom.Option: true,
	atom.Optgroup: true, atom.Output: true, atom.Progress: true, atom.Meter: true, atom.Canvas: true, atom.Map: true, atom.Area: true, atom.Param: true,
	atom.Marquee: true, atom.Basefont: true, atom.Font: true, atom.Frame: true, atom.Svg: true, atom.Math: true, atom.Dialog: true, atom.Data: true,
	atom.Slot: true, atom.Image: true, atom.Rb: true, atom.Rtc: true,
}
