package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// text writes the HTML of one post. It is well-formed XML at the same time, so that one generator serves all formats.
type text struct {
	*rand.Rand
	dash, space string // XHTML knows no named entities but XML's own
	feed        int
	b           strings.Builder
}

func newText(feed, number int, xhtml bool) *text {
	t := &text{Rand: rand.New(rand.NewPCG(uint64(feed)+1, uint64(number)+1)), dash: "&mdash;", space: "&nbsp;", feed: feed}
	if xhtml {
		t.dash, t.space = "&#8212;", "&#160;"
	}
	return t
}

// vocabulary is six hundred invented words, short ones first; word prefers the first.
var vocabulary = func() []string {
	r := rand.New(rand.NewPCG(1, 2))
	onsets := strings.Fields("b br c ch d dr f fl g gr h j k l m n p pl qu r s sh st t th tr v w wh y z")
	vowels := strings.Fields("a e i o u ai ea ee oo ou a e i o")
	codas := strings.Fields("n r s t l m nd st ng ck rt d y x")
	words := make([]string, 600)
	for i := range words {
		var w strings.Builder
		for range 1 + i*4/len(words) + r.IntN(2) {
			w.WriteString(onsets[r.IntN(len(onsets))] + vowels[r.IntN(len(vowels))])
		}
		words[i] = w.String() + codas[r.IntN(len(codas))]
	}
	return words
}()

func (t *text) word() string {
	return vocabulary[int(math.Pow(t.Float64(), 3)*float64(len(vocabulary)))]
}

// plain is a run of n words without markup.
func (t *text) plain(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = t.word()
	}
	return strings.Join(words, " ")
}

func (t *text) title() string {
	s := t.plain(3 + t.IntN(6))
	if t.IntN(8) == 0 {
		s += " & " + t.word()
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// body is a post of 4 to 20 KB, about 10 on average.
func (t *text) body() string {
	size := 4000 + int(16_000*math.Pow(t.Float64(), 1.67))
	t.b.Reset()
	t.paragraph()
	for t.b.Len() < size {
		switch n := t.IntN(100); {
		case n < 62:
			t.paragraph()
		case n < 70:
			fmt.Fprintf(&t.b, "<h2>%s</h2>\n", t.plain(4))
		case n < 78:
			t.code()
		case n < 86:
			t.list()
		case n < 90:
			t.table()
		case n < 96:
			t.image()
		default:
			fmt.Fprintf(&t.b, "<blockquote>\n<p>%s</p>\n</blockquote>\n", t.plain(40))
		}
	}
	return t.b.String()
}

func (t *text) paragraph() {
	t.b.WriteString("<p>")
	for sentence := range 2 + t.IntN(6) {
		if sentence > 0 {
			t.b.WriteString(" ")
		}
		s := t.word()
		t.b.WriteString(strings.ToUpper(s[:1]) + s[1:])
		for range 6 + t.IntN(14) {
			t.b.WriteString(" ")
			t.inline()
		}
		t.b.WriteString(".")
	}
	t.b.WriteString("</p>\n")
}

// inline is mostly a word, at times with markup.
func (t *text) inline() {
	w := t.word()
	switch t.IntN(70) {
	case 0:
		fmt.Fprintf(&t.b, `<a href="https://%s.example/%s/%d">%s</a>`, t.word(), t.word(), t.IntN(1000), t.plain(3))
	case 1:
		fmt.Fprintf(&t.b, `<a href="/%s/" title="%s">%s</a>`, t.word(), t.plain(2), w)
	case 2:
		fmt.Fprintf(&t.b, "<em>%s</em>", w)
	case 3:
		fmt.Fprintf(&t.b, "<strong>%s</strong>", t.plain(2))
	case 4:
		fmt.Fprintf(&t.b, "<code>%s()</code>", w)
	case 5:
		t.b.WriteString(w + " " + t.dash + " " + t.word())
	case 6:
		t.b.WriteString(w + t.space + "&amp;" + t.space + t.word())
	case 7:
		t.b.WriteString("“" + w + "”, ")
	case 8:
		t.b.WriteString(w + "&#8217;s")
	default:
		t.b.WriteString(w)
	}
}

func (t *text) code() {
	t.b.WriteString(`<pre><code class="language-go">`)
	for range 3 + t.IntN(12) {
		fmt.Fprintf(&t.b, "%sif %s &lt; %d &amp;&amp; %s != nil { %s(%s, &quot;%s&quot;) }\n",
			strings.Repeat("\t", t.IntN(3)), t.word(), t.IntN(100), t.word(), t.word(), t.word(), t.word())
	}
	t.b.WriteString("</code></pre>\n")
}

func (t *text) list() {
	t.b.WriteString("<ul>\n")
	for range 3 + t.IntN(5) {
		t.b.WriteString("<li>")
		for range 4 + t.IntN(10) {
			t.inline()
			t.b.WriteString(" ")
		}
		t.b.WriteString("</li>\n")
	}
	t.b.WriteString("</ul>\n")
}

func (t *text) table() {
	t.b.WriteString("<table>\n<thead><tr><th>Name</th><th>Size</th><th>Note</th></tr></thead>\n<tbody>\n")
	for range 3 + t.IntN(6) {
		fmt.Fprintf(&t.b, "<tr><td>%s</td><td>%d</td><td>%s</td></tr>\n", t.word(), t.IntN(10_000), t.plain(5))
	}
	t.b.WriteString("</tbody>\n</table>\n")
}

func (t *text) image() {
	fmt.Fprintf(&t.b, `<figure><img src="https://blog%d.example/images/%s-%d.jpg" alt="%s" width="1200" height="800" class="aligncenter size-large" /><figcaption>%s<br />%s</figcaption></figure>`+"\n",
		t.feed, t.word(), t.IntN(1000), t.plain(6), t.plain(5), t.plain(3))
}
