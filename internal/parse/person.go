package parse

import (
	"regexp"
	"strings"

	"planet/internal/planet"
)

// A personCapture reads an author: in Atom elements of their own, in RSS one string, and each in the other, too.
type personCapture struct {
	path                     []string // open elements
	name, email, uri, beside strings.Builder
}

func (c *personCapture) start(name string) { c.path = append(c.path, name) }
func (c *personCapture) end()              { c.path = c.path[:len(c.path)-1] }

func (c *personCapture) text(b []byte) {
	within := ""
	if len(c.path) > 0 {
		within = c.path[0]
	}
	switch {
	case within == "name":
		c.name.Write(b)
	case within == "email":
		c.email.Write(b)
	case within == "uri" || within == "url" || within == "homepage":
		c.uri.Write(b)
	case within == "" || htmlNames[within]: // RSS, also with markup that somebody forgot to escape
		c.beside.Write(b)
	}
}

// person is who was captured, the URI as it was written. The name element of Atom is a name even where it looks like an
// address.
func (c *personCapture) person(atom bool) planet.Person {
	name := first(c.name.String(), c.beside.String())
	who := person(name)
	if atom && who.Name == "" {
		who = planet.Person{Name: strings.Join(strings.Fields(name), " ")}
	}
	who.Email = first(person(c.email.String()).Email, c.email.String(), who.Email)
	who.URI = strings.TrimSpace(c.uri.String())
	return who
}

var anyTag = regexp.MustCompile(`</?[A-Za-z][^<>]*>`)

var mailAddress = regexp.MustCompile(`(?:^|[\s(<\[:;,"])([^\s@()<>\[\]:;,"?]+@[^\s@()<>\[\]:;,"?]+)(\?[^\s)>]*)?`)

// person reads what RSS puts into one string: "jane@example.org (Jane Doe)", "Jane Doe <jane@example.org>", an address
// or a name alone, and what comes of these when somebody forgets a half. Names may hold parentheses and "@".
func person(s string) planet.Person {
	if len(s) > 10_000 {
		s = strings.ToValidUTF8(s[:10_000], "")
	}
	s = strings.Join(strings.Fields(anyTag.ReplaceAllStringFunc(s, func(t string) string {
		if name, _ := tagAt(t); htmlNames[name] {
			return " "
		}
		return t
	})), " ")
	if len(s) >= 7 && strings.EqualFold(s[:7], "mailto:") {
		s = strings.TrimSpace(s[7:])
	}
	m := mailAddress.FindStringSubmatchIndex(s)
	if m == nil {
		return planet.Person{Name: bare(s)}
	}
	before, after := s[:m[2]], s[m[1]:]
	if i := strings.LastIndexAny(before, "(<["); i >= 0 && strings.Trim(before[i+1:], "malitoMALITO: ") == "" { // the address stands in brackets
		before, after = before[:i], strings.TrimLeft(after, ")>] ")
	} else {
		after = strings.TrimLeft(after, ">] ")
	}
	name := bare(before)
	if name == "" || bare(after) == "" {
		name += bare(after)
	} else {
		name += " " + strings.TrimSpace(after)
	}
	address := s[m[2]:m[3]]
	if name == "" && !strings.Contains(address, ".") { // a name with an "@" in it
		return planet.Person{Name: bare(s)}
	}
	return planet.Person{Name: name, Email: address}
}

// bare is a name without what only separated it from an address: brackets around it all, quotes, a comma or dash.
func bare(s string) string {
	s = strings.Trim(s, ` "',;:<>-–|`)
	if open := strings.HasPrefix(s, "("); open && balanced(s[1:]) {
		s = strings.TrimSuffix(s[1:], ")")
	} else if !open && balanced(s) && strings.HasSuffix(s, "(") {
		s = s[:len(s)-1]
	}
	return strings.TrimSpace(s)
}

// balanced tells whether the round brackets in s come in pairs, a closing one at its end aside.
func balanced(s string) bool {
	return strings.Count(strings.TrimSuffix(s, ")"), "(") == strings.Count(strings.TrimSuffix(s, ")"), ")")
}

// people reads one person a string, without repetitions.
func people(names ...string) []planet.Person {
	var out []planet.Person
	for _, n := range names {
		out = append(out, person(n))
	}
	return distinct(out)
}

// distinct leaves out nobodies and repetitions.
func distinct(list []planet.Person) []planet.Person {
	seen := map[planet.Person]bool{}
	var out []planet.Person
	for _, who := range list {
		key := planet.Person{Name: who.Name, Email: who.Email}
		if key.Name == "" && key.Email == "" {
			key = who
		}
		if key != (planet.Person{}) && !seen[key] {
			seen[key] = true
			out = append(out, who)
		}
	}
	return out
}

// absolutePeople makes the people's addresses links, or drops them.
func (p *parser) absolutePeople(list []planet.Person, base string) []planet.Person {
	out := make([]planet.Person, len(list))
	for i, who := range list {
		who.URI = p.absolute(who.URI, base)
		out[i] = who
	}
	return distinct(out)
}
