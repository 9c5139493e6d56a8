package collect

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"planet/internal/planet"
)

// The functions of this file decide whether a feed still is the blog that was listed: a domain expires and is registered
// again by spammers, a host serves somebody else's feed. They are pure.

// suspicious is how many signs at once hold a feed. One is anybody's new beginning, and two are a blog that moves: to
// another program and another domain, or to another language and with it another name. Who changes three keeps
// something that tells who it is: old posts in the feed, the author's name.
const suspicious = 3

// A fingerprint is by what a feed is recognised as the same blog's. It is kept in the database as JSON, of less than 2 KB.
type fingerprint struct {
	Title     string   `json:",omitempty"` // what the feed calls itself, plain text
	Site      string   `json:",omitempty"` // the registrable domain of the blog's site, or of the feed when it names none
	Lang      string   `json:",omitempty"` // primary language subtag (BCP 47), "" unknown
	Generator string   `json:",omitempty"` // name of the program, "" none
	Hosts     []string `json:",omitempty"` // registrable domains that its entries' links lead to, most frequent first, at most 5
	Authors   []string `json:",omitempty"` // of its entries, most frequent first, at most 10
}

// fingerprintOf is that of a document: title is plain text, site and finalURL are absolute URLs or "", the latter where the
// document came from in the end; lang is a BCP 47 tag or "".
func fingerprintOf(title, site, lang, generator, finalURL string, items []planet.Item) fingerprint {
	hosts, authors := map[string]int{}, map[string]int{}
	for _, it := range items {
		if d := domainOf(it.Link); d != "" {
			hosts[d]++
		}
		for _, p := range it.Authors {
			if name := short(p.Name, 40); name != "" {
				authors[name]++
			}
		}
	}
	lang, _, _ = strings.Cut(strings.ReplaceAll(strings.ToLower(lang), "_", "-"), "-") // feeds say en_US, too
	return fingerprint{
		Title: short(title, 120), Site: cmp.Or(domainOf(site), domainOf(finalURL)), Lang: short(lang, 8), Generator: short(generator, 60),
		Hosts: most(hosts, 5), Authors: most(authors, 10),
	}
}

func (is fingerprint) empty() bool {
	return is.Title+is.Site+is.Lang+is.Generator == "" && len(is.Hosts)+len(is.Authors) == 0
}

// keeping is the fingerprint to be kept of a feed whose fingerprint was another: what a document doesn't say of itself has
// not changed, and a document of which only the new entries were read doesn't show all hosts and authors.
func (is fingerprint) keeping(was fingerprint) fingerprint {
	is.Title, is.Site = cmp.Or(is.Title, was.Title), cmp.Or(is.Site, was.Site)
	is.Lang, is.Generator = cmp.Or(is.Lang, was.Lang), cmp.Or(is.Generator, was.Generator)
	is.Hosts, is.Authors = joined(is.Hosts, was.Hosts, 5), joined(is.Authors, was.Authors, 10)
	return is
}

// joined is the first n of a and b, without those that are there twice.
func joined(a, b []string, n int) []string {
	var out []string
	for _, s := range slices.Concat(a, b) {
		if len(out) < n && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// short is a text as one line of at most n bytes, without what JSON would write as six.
func short(s string, n int) string {
	if len(s) > 10*n { // it is cut before it is worked on
		s = s[:10*n]
	}
	s = strings.Map(func(r rune) rune {
		switch r {
		case '<', '>', '&', '"', '\\', '\u2028', '\u2029':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == '\u007f' || r == '\u00a0' }), " ")
	if len(s) > n {
		s = strings.ToValidUTF8(s[:n], "")
	}
	return strings.TrimSpace(s)
}

// most are the n most frequent of count, those first.
func most(count map[string]int, n int) []string {
	all := slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(count[b]-count[a], cmp.Compare(a, b)) })
	return all[:min(n, len(all))]
}

// domainOf is the domain of a URL that somebody has registered, such as example.co.uk or somebody.github.io; the whole host
// where it can't be told, "" without one.
func domainOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if len(host) > 253 { // no name in the DNS is longer (RFC 1035 §2.3.4)
		return ""
	}
	if _, err := netip.ParseAddr(host); err != nil {
		if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
			host = d
		}
	}
	return short(host, 70)
}

// signs tells by which independent signs a document seems to be somebody else's than the feed's past, each as words that
// follow "the feed seems to be somebody else's:". was is the zero fingerprint when the feed has none; known is how many of
// the document's entries the feed had before; fresh are those that are to be judged. past gives the newest of the feed's
// entries (30 are enough); it is only called where the texts can decide. A first fetch shows no sign: nothing it could differ
// from. A document that brings nothing is judged by what it says of itself alone, and old entries don't speak for it.
func signs(was, is fingerprint, known int, fresh []planet.Entry, past func() []planet.Entry) []string {
	author := sameAuthor(was, is)
	stays := known > 0 && len(fresh) > 0 || author // old posts have moved along, or who wrote them
	var found []string
	add := func(s string) {
		if s != "" {
			found = append(found, s)
		}
	}
	if !author {
		add(titleSign(was, is))
	}
	add(generatorSign(was, is))
	if !stays {
		add(hostSign(was, is))
	}
	texts := 1 // signs that the texts can add: the language
	if !stays {
		texts = 2 // and the topic
	}
	if len(fresh) == 0 || len(found)+texts < suspicious {
		return found
	}
	return append(found, textSigns(was, is, fresh, past(), stays)...)
}

// titleSign compares what the feeds call themselves. A title that shares a word with the one before, or with the names of
// authors, is a new one for the same blog; one such as "Blog » posts" says nothing.
func titleSign(was, is fingerprint) string {
	before, now := distinctive(was.Title), distinctive(is.Title)
	if len(before) == 0 || len(now) == 0 || related(is.Title, was.Title, now, before) {
		return ""
	}
	for _, name := range was.Authors {
		if related(is.Title, name, now, distinctive(name)) {
			return ""
		}
	}
	for _, name := range is.Authors {
		if related(was.Title, name, before, distinctive(name)) {
			return ""
		}
	}
	return fmt.Sprintf("its title was %q and is %q", was.Title, is.Title)
}

// related tells whether two names have a word in common, also where one of them is written as one: "PlanetGluster".
func related(a, b string, inA, inB map[string]bool) bool {
	within := func(words map[string]bool, name string) bool {
		name = compact(name)
		for w := range words {
			if len([]rune(w)) >= 4 && strings.Contains(name, w) {
				return true
			}
		}
		return false
	}
	for w := range inA {
		if inB[w] {
			return true
		}
	}
	return within(inA, b) || within(inB, a)
}

// compact is a name in lower case without anything but its letters.
func compact(name string) string {
	return strings.Map(func(r rune) rune {
		if scriptOf(r) == "" {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// distinctive are the words of a name that not everybody's could have.
func distinctive(name string) map[string]bool {
	v := newVocabulary()
	v.read(name)
	words := map[string]bool{}
	for w := range v.count {
		if len(w) > 1 && !usual[w] {
			words[w] = true
		}
	}
	return words
}

// usual are words of names that tell nobody from others: articles, what a feed is, and names that programs give.
var usual = wordSet(`the an of and for to my our on in at by with from is der die das und von im mein le la les et de du des el los las del il
	blog blogs weblog weblogs post posts feed feeds rss atom xml json entries entry articles article news latest recent all home homepage
	page site website web www http https com org net html tag tags category categories archive archives index main new untitled default
	comments updates journal notes title welcome your just another beiträge aktuelles startseite neuigkeiten actualités accueil noticias inicio
	admin administrator root webmaster editor editors editorial staff team user guest author authors wordpress hugo blogger medium
	noreply reply no unknown anonymous nobody owner support info system test redaktion`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// generatorSign compares programs. Who names none, which is part of every name, has not changed.
func generatorSign(was, is fingerprint) string {
	before, now := compact(was.Generator), compact(is.Generator)
	if strings.Contains(before, now) || strings.Contains(now, before) { // WordPress, WordPress.com
		return ""
	}
	return fmt.Sprintf("it was made by %q and is by %q", was.Generator, is.Generator)
}

// hostSign compares where the feed belongs: by its site and by its entries' links, which are one cause and one sign.
func hostSign(was, is fingerprint) string {
	own := was.Site != "" && slices.Contains(was.Hosts, was.Site)
	home := func(host string) bool { return host == was.Site || own && slices.Contains(was.Hosts, host) }
	left := was.Site != "" && is.Site != "" && !home(is.Site)
	away := len(is.Hosts) > 0 && !slices.ContainsFunc(is.Hosts, home)
	switch {
	case left && (away || !own || len(is.Hosts) == 0): // entries of a link blog lead anywhere
		return fmt.Sprintf("its site was %s and is %s", was.Site, is.Site)
	case away && own && len(was.Hosts) == 1: // all had led to the blog itself
		return fmt.Sprintf("its entries led to %s and lead to %s", was.Hosts[0], is.Hosts[0])
	}
	return ""
}

// sameAuthor tells whether somebody with a real name, and not just the blog's, wrote both.
func sameAuthor(was, is fingerprint) bool {
	title := distinctive(is.Title)
	for _, a := range is.Authors {
		words := distinctive(a)
		if len(words) == 0 || strings.Contains(a, "@") || maps.Equal(words, title) {
			continue
		}
		for _, b := range was.Authors {
			if maps.Equal(words, distinctive(b)) {
				return true
			}
		}
	}
	return false
}

// textSigns compares new entries with those before: their language, and what they are about unless it may change.
func textSigns(was, is fingerprint, fresh, past []planet.Entry, anyTopic bool) (found []string) {
	now := vocabularyOf(fresh)
	sections := make([]*vocabulary, 3)
	for i := range sections {
		sections[i] = vocabularyOf(past[i*len(past)/len(sections) : (i+1)*len(past)/len(sections)])
	}
	t := tongueOf(now, together(sections...))
	switch {
	case t == otherTongue:
		found = append(found, "its new entries are in another language than those before")
	case t == unknownTongue && was.Lang != "" && is.Lang != "" && is.Lang != was.Lang && is.Lang != "en": // which is what templates say
		found = append(found, fmt.Sprintf("its language was %q and is %q", was.Lang, is.Lang))
	}
	if !anyTopic && otherTopic(now, sections, t) {
		found = append(found, "its new entries are about something else than those before")
	}
	return found
}
