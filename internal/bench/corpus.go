package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
)

const (
	maxFeeds       = 60_000
	entriesPerFeed = 20
)

// A corpus is what was written into the corpus file.
type corpus struct {
	Feeds   int
	Entries int
	Raw     int64 // bytes of XML
	Gzipped int64
	Bodies  int64 // bytes of HTML in it
}

// makeCorpus has a child write the corpus. It must not be done in this process: see peakOf.
func makeCorpus(ctx context.Context, feeds int, path string) (corpus, error) {
	var c corpus
	out, err := self(ctx, "corpus", fmt.Sprintf("-feeds=%d", feeds), "-o="+path).Output()
	if err != nil {
		return c, fmt.Errorf("bench corpus: %w", err)
	}
	return c, json.Unmarshal(out, &c)
}

// runCorpus is the role "corpus": all feeds in their first version, gzipped, each preceded by its length.
func runCorpus(args []string, stdout io.Writer) error {
	fs := flag.NewFlagSet("corpus", flag.ContinueOnError)
	feeds := fs.Int("feeds", 0, "")
	path := fs.String("o", "", "")
	if err := fs.Parse(args); err != nil {
		return err
	}
	f, err := os.Create(*path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	c := corpus{Feeds: *feeds, Entries: *feeds * entriesPerFeed}
	for d := range docsInOrder(*feeds) {
		c.Raw += int64(d.raw)
		c.Bodies += int64(d.bodies)
		c.Gzipped += int64(len(d.gzipped))
		binary.Write(w, binary.LittleEndian, uint32(len(d.gzipped))) //nolint:errcheck // Flush tells
		w.Write(d.gzipped)                                           //nolint:errcheck
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(c)
}

// A doc is one version of one feed.
type doc struct {
	gzipped     []byte
	raw, bodies int
}

func makeDoc(feed, version int) doc {
	raw, bodies := feedXML(feed, version)
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	zw.Write(raw) //nolint:errcheck // a bytes.Buffer takes everything
	zw.Close()    //nolint:errcheck
	return doc{buf.Bytes(), len(raw), bodies}
}

// docsInOrder makes the feeds on all processors and yields them in order.
func docsInOrder(feeds int) func(yield func(doc) bool) {
	return func(yield func(doc) bool) {
		pending := make(chan chan doc, runtime.GOMAXPROCS(0))
		go func() {
			defer close(pending)
			for i := range feeds {
				one := make(chan doc, 1)
				pending <- one
				go func() { one <- makeDoc(i, 0) }()
			}
		}()
		for one := range pending {
			if !yield(<-one) {
				return // the process ends soon, and with it the goroutine above
			}
		}
	}
}

// readCorpus calls fn with each gzipped feed. The slice is fn's to keep.
func readCorpus(path string, fn func(feed int, gzipped []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	for i := 0; ; i++ {
		var size uint32
		if err := binary.Read(r, binary.LittleEndian, &size); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		gzipped := make([]byte, size)
		if _, err := io.ReadFull(r, gzipped); err != nil {
			return err
		}
		if err := fn(i, gzipped); err != nil {
			return err
		}
	}
}
