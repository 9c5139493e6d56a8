package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/sync/errgroup"
	_ "modernc.org/sqlite" // the driver that planet uses
)

// runFloorW2 is the role "floor-w2", the least that W2 costs: one conditional request a feed, each on a fresh
// connection, 32 at a time, with net/http and nothing else. The addresses come in a file, one a line.
func runFloorW2(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("floor-w2", flag.ContinueOnError)
	path := fs.String("addrs", "", "")
	if err := fs.Parse(args); err != nil {
		return err
	}
	list, err := os.ReadFile(*path)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(32)
	for feed, addr := range strings.Fields(string(list)) {
		group.Go(func() error { return askAgain(ctx, client, addr, feed) })
	}
	return group.Wait()
}

func askAgain(ctx context.Context, client *http.Client, addr string, feed int) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+feedPath, nil)
	if err != nil {
		return err
	}
	req.Header.Set("If-None-Match", feedTag(feed, 0))
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNotModified {
		return fmt.Errorf("%s: %s, want 304", addr, resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// runFloorW1 is the role "floor-w1", the least that the standard parts make W1 cost: for each feed gunzip, one pass of
// encoding/xml's raw tokens over the document, one pass of x/net/html's tokenizer over each body, and a plain insert of
// the bodies, one transaction a feed. WAL with synchronous=NORMAL: no fsync a transaction, as a floor should have it;
// planet itself uses FULL.
func runFloorW1(args []string) error {
	fs := flag.NewFlagSet("floor-w1", flag.ContinueOnError)
	path := fs.String("corpus", "", "")
	dir := fs.String("dir", "", "")
	if err := fs.Parse(args); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(*dir, "floor.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE entries (id INTEGER PRIMARY KEY, feed INTEGER NOT NULL, body TEXT NOT NULL) STRICT"); err != nil {
		return err
	}
	insert, err := db.Prepare("INSERT INTO entries (feed, body) VALUES (?, ?)")
	if err != nil {
		return err
	}
	return readCorpus(*path, func(feed int, gzipped []byte) error {
		bodies, err := bodiesOf(gzipped)
		if err != nil {
			return fmt.Errorf("feed %d: %w", feed, err)
		}
		if len(bodies) != entriesPerFeed {
			return fmt.Errorf("feed %d: %d bodies", feed, len(bodies))
		}
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		for _, body := range bodies {
			tokenize(body)
			if _, err := tx.Stmt(insert).Exec(feed, string(body)); err != nil {
				return errors.Join(err, tx.Rollback())
			}
		}
		return tx.Commit()
	})
}

// bodiesOf unpacks a feed and takes the posts' HTML out of it.
func bodiesOf(gzipped []byte) ([][]byte, error) {
	zr, err := gzip.NewReader(bytes.NewReader(gzipped))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(zr)
	if err != nil {
		return nil, err
	}
	return bodiesIn(raw)
}

// bodiesIn takes the posts' HTML out of a feed in one pass over its tokens.
func bodiesIn(raw []byte) ([][]byte, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.Strict = false
	var (
		bodies [][]byte
		text   []byte
		inside bool  // the element that holds a body
		xhtml  int64 // where its markup begins, when the body is XHTML; else 0
	)
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return bodies, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "encoded" || t.Name.Local == "content" {
				inside, text, xhtml = true, nil, 0
				if len(t.Attr) > 0 && t.Attr[0].Value == "xhtml" {
					xhtml = d.InputOffset()
				}
			}
		case xml.CharData:
			if inside && xhtml == 0 {
				text = append(text, t...)
			}
		case xml.EndElement:
			if inside && (t.Name.Local == "encoded" || t.Name.Local == "content") {
				if xhtml > 0 {
					text = raw[xhtml : d.InputOffset()-int64(len("</content>"))]
				}
				bodies, inside = append(bodies, text), false
			}
		}
	}
}

func tokenize(body []byte) {
	z := html.NewTokenizer(bytes.NewReader(body))
	for z.Next() != html.ErrorToken {
	}
}
