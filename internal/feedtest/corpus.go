package feedtest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// An Odd is one hostile or odd answer, and what a good reader makes of it.
type Odd struct {
	Name  string // its number and what is odd
	Reply Reply  // for one path alone: a redirect may lead to the same path with another query
	Want  Want
}

// Want is what must come out of an answer. It is strict only where that is certain.
type Want int

// The three outcomes.
const (
	Either     Want = iota // entries, none, or an error: all are right, as long as the reader lives
	Readable               // at least one entry
	Unreadable             // no entry, and an error that says why
)

func (w Want) String() string { return [...]string{"either", "readable", "unreadable"}[w] }

// Corpus makes n odd answers that follow from the seed and their number alone. One in 25 is slow: it lasts longer than
// any time limit. Answers are made when they are asked for, so that the corpus itself holds next to nothing, and no
// two documents are alike. Nothing in them leads away from this machine, even a reader without any guard.
//
// Readable counts on a reader of the default limits (a body of 10 MB, 5 redirects, 20,000 items) that takes gzip, br
// and zstd.
func Corpus(seed uint64, n int) []Odd {
	kinds := oddKinds()
	odds := make([]Odd, n)
	for i := range odds {
		turn, place := i/len(kinds), i%len(kinds)
		kind := kinds[place]
		odds[i] = kind[(turn+place+int(seed%1000))%len(kind)].numbered(seed, i)
	}
	return odds
}

// oddKinds are the kinds of answers, which a corpus takes by turns, as it takes those of one kind.
func oddKinds() [][]odd {
	return [][]odd{
		oddSuccesses(), oddRefusals(), oddFailures(), oddProtocols(), oddLengths(),
		oddTypes(), oddCharsets(), oddFreshness(), oddHeaders(), oddTruncations(),
		oddEncodings(), wrongEncodings(), cutEncodings(), oddBombs(), goodRedirects(),
		badRedirects(), mutatedSamples(), mutatedSamples(), mutatedSamples(), garbage(),
		hostileXML(), oddXML(), oddPages(), oddJSON(), slow(),
	}
}

// An odd is one kind of answer, made with dice that fall the same way each time.
type odd struct {
	name  string
	want  Want
	reply func(d *dice) Reply
}

func (o odd) numbered(seed uint64, i int) Odd {
	return Odd{Name: fmt.Sprintf("%03d %s", i, o.name), Want: o.want, Reply: Pick(func(*http.Request) Reply {
		return o.reply(&dice{rand.New(rand.NewPCG(seed, uint64(i))), fmt.Sprintf("odd-%d", i)})
	})}
}

// dice choose what an answer leaves open; id is in its documents, so that none is like another's.
type dice struct {
	*rand.Rand
	id string
}

func (d *dice) items() []Item {
	items := Items(d.id, 1+d.IntN(5), time.Date(2026, 1, 1+d.IntN(28), d.IntN(24), d.IntN(60), 0, 0, time.UTC))
	for i := range items {
		items[i].Author, items[i].Tags = "Jo Odd", []string{"odd", d.id}
	}
	return items
}

// xml is an RSS or Atom document.
func (d *dice) xml() []byte {
	if d.IntN(2) == 0 {
		return RSS("Feed "+d.id, d.items()...)
	}
	return Atom("Feed "+d.id, d.items()...)
}

// doc is a document of any format, without anything odd, in ASCII.
func (d *dice) doc() []byte {
	if d.IntN(3) == 0 {
		return JSONFeed("Feed "+d.id, d.items()...)
	}
	return d.xml()
}

// bytes are n bytes of noise.
func (d *dice) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(d.Uint32())
	}
	return b
}

// one chooses among values.
func one[T any](d *dice, values ...T) T { return values[d.IntN(len(values))] }
