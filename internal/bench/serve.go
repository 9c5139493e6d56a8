package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Stats is what the server counted since it was last asked.
type Stats struct {
	Requests    int
	NotModified int
	Bytes       int64 // of bodies, as sent
}

// A feedServer serves the corpus, each feed at an address of its own within 127.0.0.0/8, so that politeness towards
// hosts holds nothing up.
type feedServer struct {
	feedOf map[string]int // local address → feed

	mu         sync.Mutex
	docs       [][]byte // gzipped
	versions   []int
	validators bool
	troubled   bool
	stats      Stats
}

// runServe is the role "serve". It prints the feeds' addresses as one line of JSON, then obeys the words that come in
// on stdin, each answered with one line of JSON; it ends when stdin does, so that it never outlives its parent.
func runServe(args []string, stdin io.Reader, stdout io.Writer) error {
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	path := fs.String("corpus", "", "")
	if err := fs.Parse(args); err != nil {
		return err
	}
	s := &feedServer{feedOf: map[string]int{}, validators: true}
	err := readCorpus(*path, func(_ int, gzipped []byte) error {
		s.docs = append(s.docs, gzipped)
		return nil
	})
	if err != nil {
		return err
	}
	s.versions = make([]int, len(s.docs))
	addrs, err := s.listen()
	if err != nil {
		return err
	}
	out := json.NewEncoder(stdout)
	if err := out.Encode(addrs); err != nil {
		return err
	}
	for lines := bufio.NewScanner(stdin); lines.Scan(); {
		if err := out.Encode(s.obey(lines.Text())); err != nil {
			return err
		}
	}
	return nil
}

// listen opens a listener for each feed.
func (s *feedServer) listen() ([]string, error) {
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	var addrs []string
	for i := range s.docs {
		l, err := net.Listen("tcp", fmt.Sprintf("127.1.%d.%d:0", i/250, 1+i%250))
		if err != nil {
			return nil, err
		}
		s.feedOf[l.Addr().String()] = i
		addrs = append(addrs, l.Addr().String())
		defer func() { go srv.Serve(l) }() //nolint:errcheck // it ends with the process; not before feedOf is complete
	}
	return addrs, nil
}

// obey carries out one word of the parent's.
func (s *feedServer) obey(word string) Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	switch word {
	case "stats":
		s.stats = Stats{}
	case "drop-validators":
		s.validators = false
	case "trouble":
		s.troubled = true
	case "heal":
		s.troubled = false
	case "grow": // one feed in twenty gets a new entry
		for i := 0; i < len(s.docs); i += 20 {
			s.versions[i]++
			s.docs[i] = makeDoc(i, s.versions[i]).gzipped
		}
	}
	return stats
}

func (s *feedServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	feed := s.feedOf[local.String()]
	s.mu.Lock()
	doc, tag, validators := s.docs[feed], feedTag(feed, s.versions[feed]), s.validators
	trouble := fine
	if s.troubled {
		trouble = troubleOf(feed)
	}
	s.mu.Unlock()
	switch trouble {
	case hangs:
		s.count(Stats{Requests: 1})
		<-r.Context().Done()
		return
	case broken:
		s.count(Stats{Requests: 1})
		w.WriteHeader(http.StatusInternalServerError)
		return
	}

	h := w.Header()
	h.Set("Content-Type", kindOf(feed).contentType())
	h.Set("Vary", "Accept-Encoding")
	if validators {
		h.Set("ETag", tag)
		h.Set("Last-Modified", firstPost.Format(http.TimeFormat))
		if r.Header.Get("If-None-Match") == tag {
			s.count(Stats{Requests: 1, NotModified: 1})
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
	} else {
		doc = gunzip(doc)
	}
	s.count(Stats{Requests: 1, Bytes: int64(len(doc))})
	w.Write(doc) //nolint:errcheck // the client may leave
}

// What is the matter with a feed in W6.
const (
	fine = iota
	hangs
	broken
)

// troubleOf spreads the troubles: of a hundred feeds one hangs and two answer 500.
func troubleOf(feed int) int {
	switch feed % 100 {
	case 7:
		return hangs
	case 2, 52:
		return broken
	}
	return fine
}

// troubles counts the feeds of n that fail in W6.
func troubles(n int) (failing int) {
	for feed := range n {
		if troubleOf(feed) != fine {
			failing++
		}
	}
	return failing
}

func (s *feedServer) count(one Stats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Requests += one.Requests
	s.stats.NotModified += one.NotModified
	s.stats.Bytes += one.Bytes
}

// feedTag is the ETag of one version of one feed.
func feedTag(feed, version int) string { return fmt.Sprintf(`"%d-%d"`, feed, version) }

func gunzip(gzipped []byte) []byte {
	zr, err := gzip.NewReader(bytes.NewReader(gzipped))
	if err != nil {
		panic(err) // we wrote it
	}
	raw, err := io.ReadAll(zr)
	if err != nil {
		panic(err)
	}
	return raw
}
