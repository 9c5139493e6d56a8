package parse

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"planet/internal/planet"
)

// matched gives the notes of the n entries that gofeed sees. If it sees more or less than the scan did, they can't be
// told apart any more: the texts of one entry might land in another.
func (p *parser) matched(notes []*note, n int) []*note {
	if len(notes) == n {
		return notes
	}
	p.warn("", "gofeed sees %d entries where the document has %d; texts are missing", n, len(notes))
	none := make([]*note, n)
	for i := range none {
		none[i] = &note{}
	}
	return none
}

// finish fills in what all formats have in common: the bases of texts, inherited authors, and the limits on fields.
func (p *parser) finish(it planet.Item, f Feed) planet.Item {
	if len(it.Authors) == 0 {
		it.Authors = f.Authors
	}
	base := first(it.Link, f.Link, p.base.String())
	for _, t := range []*planet.Text{&it.Title, &it.Summary, &it.Content} {
		t.Body = strings.TrimSpace(t.Body)
		if t.Type == "" {
			t.Type = planet.HTML
		}
		if t.Base == "" {
			t.Base = base
		}
	}
	if u, err := url.Parse(it.GUID); err == nil && u.User != nil && u.Host != "" {
		u.User = nil
		it.GUID = u.String()
	}
	name := first(it.GUID, it.Link, it.Title.Body)
	if len(it.Link) > p.limits.URL {
		p.warn(short(name), "its link is longer than %d bytes and was dropped (limits.url)", p.limits.URL)
		it.Link = ""
	}
	if len(it.GUID) > p.limits.URL {
		p.warn(short(name), "its id is longer than %d bytes and was dropped (limits.url)", p.limits.URL)
		it.GUID = ""
	}
	it.Authors = capped(p, name, it.Authors, p.limits.Authors, "authors")
	it.Tags = capped(p, name, unique(it.Tags), p.limits.Tags, "tags")
	it.Enclosures = capped(p, name, it.Enclosures, p.limits.Enclosures, "enclosures")
	return it
}

func capped[T any](p *parser, entry string, list []T, limit int, what string) []T {
	if len(list) <= limit {
		return list
	}
	p.warn(short(entry), "it has %d %s; the first %d are kept (limits.%s)", len(list), what, limit, what)
	return list[:limit]
}

// short keeps a warning's name of an entry readable.
func short(s string) string {
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}

// first is the first of its arguments that isn't blank.
func first(s ...string) string {
	for _, v := range s {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

func unique(tags []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, t := range tags {
		t = strings.Join(strings.Fields(t), " ")
		if key := strings.ToLower(t); t != "" && !seen[key] {
			seen[key] = true
			out = append(out, t)
		}
	}
	return out
}

// absolute resolves ref against the first of the bases that is an absolute URL, and last against the document's own
// address. Only http and https make a link; anything else, such as javascript:, is no address of a page.
func (p *parser) absolute(ref string, bases ...string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return ""
	}
	ref = strings.ReplaceAll(ref, " ", "%20")
	u, err := url.Parse(ref)
	if err != nil { // often a bare "%"
		u, err = url.Parse(strings.ReplaceAll(ref, "%", "%25"))
	}
	if err != nil {
		return ""
	}
	for _, b := range append(bases, p.base.String()) {
		if u.IsAbs() {
			break
		}
		if base, err := url.Parse(b); err == nil && base.IsAbs() {
			u = base.ResolveReference(u)
		}
	}
	if s := strings.ToLower(u.Scheme); s != "http" && s != "https" || u.Host == "" {
		return ""
	}
	u.User = nil // a password that a blog writes into its own links is not for everybody
	out := u.String()
	if _, err := url.Parse(out); err != nil { // a host of characters that can't be escaped
		return ""
	}
	return out
}

// unescapeURL resolves the reference that URLs need. Others it leaves, since &copy=2 in a URL is a parameter.
func unescapeURL(s string) string { return strings.ReplaceAll(s, "&amp;", "&") }

// permalink tells whether a guid is the address of a page, as one without isPermaLink="false" claims to be (RSS 2.0).
func permalink(guid string) bool {
	return strings.HasPrefix(guid, "http://") || strings.HasPrefix(guid, "https://")
}

func (p *parser) enclosure(href, typ, title, length, base string) (planet.Enclosure, bool) {
	u := p.absolute(href, base)
	if u == "" {
		return planet.Enclosure{}, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(length), 10, 64)
	if err != nil || n < 0 {
		n = 0
	}
	return planet.Enclosure{URL: u, Type: strings.TrimSpace(typ), Title: strings.TrimSpace(title), Length: n}, true
}

var (
	mailAndName = regexp.MustCompile(`^(?:mailto:)?([^\s@()<>]+@[^\s@()<>]+)\s*\((.+)\)$`)
	nameAndMail = regexp.MustCompile(`^(.*\S)\s*[(<](?:mailto:)?([^\s@()<>]+@[^\s@()<>]+)[)>]$`)
	mailAlone   = regexp.MustCompile(`^<?(?:mailto:)?([^\s@()<>]+@[^\s@()<>]+\.[^\s@()<>]+)>?$`)
)

// person reads what RSS puts into one string: "jane@example.org (Jane Doe)", "Jane Doe <jane@example.org>", an address
// or a name alone. Names may hold parentheses and "@".
func person(s string) planet.Person {
	s = strings.Join(strings.Fields(s), " ")
	if m := mailAndName.FindStringSubmatch(s); m != nil {
		return planet.Person{Name: m[2], Email: m[1]}
	}
	if m := nameAndMail.FindStringSubmatch(s); m != nil {
		return planet.Person{Name: strings.Trim(m[1], `"`), Email: m[2]}
	}
	if m := mailAlone.FindStringSubmatch(s); m != nil {
		return planet.Person{Email: m[1]}
	}
	return planet.Person{Name: s}
}

// people reads one person a string, without repetitions.
func people(names ...string) []planet.Person {
	seen := map[string]bool{}
	var out []planet.Person
	for _, n := range names {
		who := person(n)
		if key := who.Name + "\x00" + who.Email; n != "" && !seen[key] {
			seen[key] = true
			out = append(out, who)
		}
	}
	return out
}
