package fetch

import "io"

// A growing buffer reads a body and asks for memory when it turns out to be large.
type growing struct {
	size  int64               // if it is known, else -1
	limit int64               // which the reader keeps to
	grant func(n int64) error // asked once, before more than freeBody bytes are taken
	asked bool
	err   error // of grant
}

// readAll reads r to its end. The buffer doubles up to a quarter of the limit and then becomes as large as the limit at
// once, so that it and the one before it are 1.25 times the limit at most. Measured with bodies of 9 MB and a limit of
// 10 MB, the heap's peak was 1.4 times the body; 3.3 times with bytes.Buffer, 2.8 to 3.4 when growing by a quarter,
// 2.0 with pieces joined at the end. What isn't written to is heap, but not yet memory.
func (g *growing) readAll(r io.Reader) ([]byte, error) {
	first := int64(4096)
	if g.size >= 0 {
		first = g.size + 1 // one more, to meet the end without growing
	}
	b := make([]byte, 0, min(first, freeBody+1))
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF { //nolint:errorlint // readers give it bare
			return b, nil
		}
		if err != nil {
			return nil, err
		}
		if len(b) == cap(b) {
			next := g.next(int64(cap(b)))
			if cap(b) == freeBody+1 {
				if err := g.ask(); err != nil {
					return nil, err
				}
			}
			b = append(make([]byte, 0, next), b...)
		}
	}
}

// ask asks for memory the first time: for the size if it is known, else for the limit.
func (g *growing) ask() error {
	if g.asked {
		return g.err
	}
	n := g.limit
	if g.size >= 0 {
		n = g.size
	}
	g.asked, g.err = true, g.grant(n)
	return g.err
}

// next is the capacity that follows.
func (g *growing) next(now int64) int64 {
	switch {
	case now < freeBody+1:
		return min(2*now, freeBody+1)
	case g.size >= 0:
		return g.size + 1
	case now <= g.limit/8:
		return 2 * now
	}
	return g.limit + 1
}
