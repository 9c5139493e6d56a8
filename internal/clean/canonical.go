package clean

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"planet/internal/planet"
)

// canonical is what all copies of a post share: the address that its feed or its text says is its own, else its link.
// A statement that names another page of the link's host adds nothing, but may be wrong.
func canonical(it planet.Item, stated []string) string {
	if named := planet.Canonical(it.Canonical); named != "" {
		return named
	}
	link := planet.Canonical(it.Link)
	if id := planet.Canonical(it.GUID); id != "" && oneOf(redirectors, it.Link) && !oneOf(redirectors, it.GUID) {
		link = id // a permalink; the link leads to it, but is another in each feed
	}
	for _, address := range stated {
		if hostOf(address) != hostOf(link) && (slug(address) == slug(link) || ofPost(address, Plain(it.Title))) {
			return address
		}
	}
	return link
}

// redirectors are where the links lead through that a feed's host wrote into it to count readers.
var redirectors = []address{
	{"feedproxy.google.com", "/~r/"},
	{"feeds.feedburner.com", "/~r/"},
	{"feeds.feedblitz.com", "/~/"},
	{"rss.feedsportal.com", "/c/"},
	{"feedpress.me", "/link/"},
}

// hostOf and slug are the first and the last part of an address as planet.Canonical writes it.
func hostOf(address string) string {
	if end := strings.IndexAny(address, "/?#"); end >= 0 {
		return address[:end]
	}
	return address
}

func slug(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address[strings.LastIndexByte(address, '/')+1:]
}

// ofPost tells whether an address looks like that of a post of this title rather than that of a blog or a profile, which
// many posts share: its last part is a number or a file, has words of the title, or has many words.
func ofPost(address, title string) bool {
	last := slug(address)
	if strings.ContainsAny(address, "?#") || fileName.MatchString(last) || strings.Trim(last, "0123456789") == "" {
		return true
	}
	words, titled := foldedWords(last), foldedWords(title)
	if slices.Equal(words, titled) || len(words) >= 3 && strings.Count(address, "/") >= 2 {
		return true
	}
	shared := 0
	for _, word := range words {
		if slices.Contains(titled, word) {
			shared++
		}
	}
	return shared >= 2
}

var fileName = regexp.MustCompile(`(?i)\.(?:html?|php|aspx?|md)$`)

// statements are the addresses that a body says its post appeared at first, as planet.Canonical writes them, and its text
// without the lines that say so: they aren't part of the post that has copies. The tree changes. Of a body that has none
// nothing is known.
func (b piece) statements() (addresses []string, text string) {
	if b.tree == nil {
		return nil, b.text
	}
	if addresses = statements(b.tree); len(addresses) == 0 {
		return nil, b.text
	}
	return addresses, treeText(b.tree)
}

// statements takes the lines that say nothing but where the post appeared first from the end and the beginning of a cleaned
// body, and returns the addresses they name.
func statements(root *html.Node) (addresses []string) {
	var footers []string // of software, which knows where it stands, but not where the text comes from
	for _, last := range []bool{true, false} {
		for range 3 { // Medium puts its own behind the author's
			line := edge(root, last)
			address, footer := statement(line)
			if address == "" {
				break
			}
			if footer {
				footers = append(footers, address)
			} else {
				addresses = append(addresses, address)
			}
			for _, n := range line {
				n.Parent.RemoveChild(n)
			}
		}
	}
	return append(addresses, footers...)
}

// edge is the first or last line of text under n: nodes that follow each other within one block.
func edge(n *html.Node, last bool) (line []*html.Node) {
	for c := child(n, last); c != nil; {
		switch {
		case !hasText(c):
			c = after(c, last)
		case breaksLines(c.DataAtom):
			c = child(c, last)
		default:
			for ; c != nil && !breaksLines(c.DataAtom) && c.DataAtom != atom.Br; c = after(c, last) {
				line = append(line, c)
			}
			if last {
				slices.Reverse(line)
			}
			return line
		}
	}
	return nil
}

// child and after go forth, or back from the last.
func child(n *html.Node, last bool) *html.Node {
	if last {
		return n.LastChild
	}
	return n.FirstChild
}

func after(n *html.Node, last bool) *html.Node {
	if last {
		return n.PrevSibling
	}
	return n.NextSibling
}

func hasText(n *html.Node) bool {
	if n.Type == html.TextNode {
		return strings.TrimSpace(n.Data) != ""
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if hasText(c) {
			return true
		}
	}
	return false
}

// statement is the one page that a line of text names as where the post appeared first; "" when it says something else,
// or more. A footer has a link to the post and one to its site ("The post TITLE appeared first on SITE.").
func statement(line []*html.Node) (address string, footer bool) {
	links := linksIn(line)
	if len(links) == 0 || len(links) > 3 {
		return "", false
	}
	var whole, outside folded
	for _, n := range line {
		textAndBeside(n, &whole, &outside)
		if whole.Len() > 4*longestStatement {
			return "", false
		}
	}
	text := strings.ToLower(whole.String())
	if len(links) == 2 && utf8.RuneCountInString(outside.String()) <= longestFooter && footerWords.MatchString(strings.ToLower(outside.String())) {
		return planet.Canonical(links[0]), true
	}
	if utf8.RuneCountInString(text) > longestStatement || !statementWords.MatchString(text) {
		return "", false
	}
	for _, link := range links {
		switch page := planet.Canonical(link); {
		case page == "" || page == address:
		case address != "":
			return "", false // which of them?
		default:
			address = page
		}
	}
	return address, false
}

const (
	longestStatement = 250 // characters
	longestFooter    = 150 // beside its links
)

func linksIn(line []*html.Node) (hrefs []string) {
	note := func(n *html.Node) {
		if n.DataAtom == atom.A && attr(n, "href") != "" {
			hrefs = append(hrefs, attr(n, "href"))
		}
	}
	for _, n := range line {
		note(n)
		each(n, note)
	}
	return hrefs
}

// textAndBeside adds the text of n, and of it what isn't within links.
func textAndBeside(n *html.Node, whole, outside *folded) {
	if n.Type == html.TextNode {
		whole.add(n.Data)
		outside.add(n.Data)
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if n.DataAtom == atom.A {
			textAndBeside(c, whole, &folded{})
		} else {
			textAndBeside(c, whole, outside)
		}
	}
}
