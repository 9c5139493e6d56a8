package parse

import (
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
)

// texts are what the elements of one name say, blank ones left out.
func texts(extensions ext.Extensions, space, name string) []string {
	var out []string
	for _, e := range extensions[space][name] {
		if v := strings.TrimSpace(e.Value); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func extText(extensions ext.Extensions, space, name string) string {
	return first(texts(extensions, space, name)...)
}

// atomPrefixes are the names by which gofeed knows Atom's elements in other feeds.
var atomPrefixes = []string{"atom", "atom10", "a10"}

// atomLink is the address of the first Atom link with that relation in an RSS feed, or "".
func atomLink(extensions ext.Extensions, rel string) string {
	for _, space := range atomPrefixes {
		for _, l := range extensions[space]["link"] {
			if relation(l.Attrs["rel"]) == rel && strings.TrimSpace(l.Attrs["href"]) != "" {
				return l.Attrs["href"]
			}
		}
	}
	return ""
}

// subjects are the tags that extensions give: Dublin Core's subjects, also those that RDF wraps, the categories of Atom and
// of Media RSS, and the keywords of iTunes.
func subjects(extensions ext.Extensions) []string {
	var out []string
	for _, s := range extensions["dc"]["subject"] {
		out = append(out, s.Value)
		for _, d := range s.Children["Description"] {
			out = append(out, childText(d, "value"))
		}
	}
	for _, space := range atomPrefixes {
		for _, c := range extensions[space]["category"] {
			out = append(out, tag(c.Attrs["term"], c.Attrs["label"]))
		}
	}
	for _, c := range extensions["media"]["category"] {
		out = append(out, first(c.Attrs["label"], c.Value))
	}
	for _, group := range extensions["media"]["group"] {
		for _, c := range group.Children["category"] {
			out = append(out, first(c.Attrs["label"], c.Value))
		}
	}
	for _, k := range texts(extensions, "itunes", "keywords") {
		if strings.ContainsAny(k, ",;") {
			out = append(out, strings.FieldsFunc(k, func(r rune) bool { return r == ',' || r == ';' })...)
		} else {
			out = append(out, strings.Fields(k)...)
		}
	}
	return out
}

// licence is what extensions say of an entry's rights: words, or the licence's address.
func licence(extensions ext.Extensions) string {
	if words := extText(extensions, "dc", "rights"); words != "" {
		return words
	}
	for _, space := range []string{"creativeCommons", "cc"} {
		for _, l := range extensions[space]["license"] {
			if address := first(l.Value, l.Attrs["resource"]); address != "" {
				return address
			}
		}
	}
	return ""
}

// answered is the address of what an entry answers (RFC 4685 §3).
func answered(extensions ext.Extensions) string {
	for _, space := range []string{"thr", nsThread} {
		for _, r := range extensions[space]["in-reply-to"] {
			if address := first(r.Attrs["href"], r.Attrs["ref"]); permalink(address) {
				return address
			}
		}
	}
	return ""
}
