package main

import (
	"bytes"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"planet/internal/clean"
	"planet/internal/parse"
)

// BenchmarkReading reads twenty feeds of the corpus, two million bytes, and cleans their entries. The metric "×floor" is
// that in relation to the least: one pass of encoding/xml's raw tokens over the same documents and one of x/net/html's
// parser over the bodies in them, measured in turn.
func BenchmarkReading(b *testing.B) {
	docs := corpusDocs(b, 0)
	benchAgainstFloor(b, docs, func(doc []byte, feed int) {
		res, err := parse.Parse(doc, kindOf(feed).contentType(), nil, parse.Limits{})
		if err != nil || len(res.Items) != entriesPerFeed {
			b.Fatal(len(res.Items), err)
		}
		for _, it := range res.Items {
			clean.Entry(it, clean.Limits{})
		}
	})
}

// BenchmarkReadingOneNew reads the same feeds in their next version, in which one of twenty entries is new, knowing the
// others. The floor is that of the whole documents.
func BenchmarkReadingOneNew(b *testing.B) {
	known := map[parse.Key]bool{}
	for _, doc := range corpusDocs(b, 0) {
		for _, k := range parse.Open(doc, "", nil, parse.Limits{}).Keys() {
			known[k] = true
		}
	}
	benchAgainstFloor(b, corpusDocs(b, 1), func(doc []byte, feed int) {
		res, err := parse.Open(doc, kindOf(feed).contentType(), nil, parse.Limits{}).Read(func(k parse.Key) bool { return known[k] })
		if err != nil || len(res.Items) != 1 || res.Known != entriesPerFeed-1 {
			b.Fatal(len(res.Items), res.Known, err)
		}
		clean.Entry(res.Items[0], clean.Limits{})
	})
}

func corpusDocs(b *testing.B, version int) [][]byte {
	b.Helper()
	docs := make([][]byte, 20)
	for feed := range docs {
		docs[feed], _ = feedXML(feed, version)
	}
	return docs
}

func benchAgainstFloor(b *testing.B, docs [][]byte, read func(doc []byte, feed int)) {
	b.Helper()
	var floor, took time.Duration
	size := 0
	for _, doc := range docs {
		size += len(doc)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		began := time.Now()
		for feed, doc := range docs {
			read(doc, feed)
		}
		took += time.Since(began)
		b.StopTimer()
		began = time.Now()
		for _, doc := range docs {
			readFloor(b, doc)
		}
		floor += time.Since(began)
		b.StartTimer()
	}
	b.ReportMetric(float64(took)/float64(floor), "×floor")
}

func readFloor(b *testing.B, doc []byte) {
	b.Helper()
	bodies, err := bodiesIn(doc)
	if err != nil {
		b.Fatal(err)
	}
	context := &html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"}
	for _, body := range bodies {
		if _, err := html.ParseFragment(bytes.NewReader(body), context); err != nil {
			b.Fatal(err)
		}
	}
}
