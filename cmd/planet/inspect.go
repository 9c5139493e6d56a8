package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"planet/internal/clean"
	"planet/internal/fetch"
	"planet/internal/parse"
	"planet/internal/planet"
)

type inspectOptions struct {
	json        bool
	manifest    string
	url         string
	contentType string
	private     []string
}

func (p *program) inspect() *cobra.Command {
	o := &inspectOptions{}
	cmd := &cobra.Command{
		Use: "inspect FILE|URL...", Short: "How this program reads a feed document",
		Long: `inspect reads feed documents, from files or from the web, and shows what it finds in them and what it had to
leave out. It needs no feeds.yaml and changes nothing.

With --json it writes a line of JSON for each document, with the entries as they were read: made safe, but with the trackers that
publishing leaves out. --manifest FILE reads many: a file of lines
{"file": …, "url": …, "content_type": …}, the file's path being relative to the manifest.` + exits(helpFine, " 1  a document can't be read", helpUsage),
		RunE: func(cmd *cobra.Command, args []string) error { return p.runInspect(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&o.json, "json", false, "write a line of JSON for each document")
	f.StringVar(&o.manifest, "manifest", "", "read the documents that this file lists")
	f.StringVar(&o.url, "url", "", "read a file as if it had been fetched from this address")
	f.StringVar(&o.contentType, "content-type", "", "read a file as if it had been fetched with this Content-Type")
	f.StringArrayVar(&o.private, "allow-private", nil, "also ask servers in this network, such as 127.0.0.0/8")
	return cmd
}

// sample is one document to inspect.
type sample struct {
	Name        string `json:"file"`
	URL         string `json:"url"`
	ContentType string `json:"content_type"`
	path        string
}

func (p *program) runInspect(ctx context.Context, o *inspectOptions, args []string) error {
	samples, err := o.samples(args)
	if err != nil {
		return err
	}
	if len(samples) == 0 {
		return usagef("name a file or an address to inspect")
	}
	out := bufio.NewWriter(p.stdout)
	defer out.Flush()
	unread := 0
	for _, s := range samples {
		if err := ctx.Err(); err != nil {
			return err
		}
		in := o.read(ctx, s)
		if in.err != nil {
			unread++
		}
		if o.json {
			err = in.json(out)
		} else {
			err = in.text(out)
		}
		if err != nil {
			return err
		}
	}
	// Of many documents some are expected to be broken, and the output says which.
	if unread > 0 && o.manifest == "" {
		out.Flush()
		return fmt.Errorf("%s can't be read", plural(unread, "document"))
	}
	return nil
}

func (o *inspectOptions) samples(args []string) ([]sample, error) {
	var all []sample
	if o.manifest != "" {
		data, err := os.ReadFile(o.manifest)
		if err != nil {
			return nil, err
		}
		for i, line := range bytes.Split(data, []byte("\n")) {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			var s sample
			if err := json.Unmarshal(line, &s); err != nil {
				return nil, usagef("%s:%d: %v", o.manifest, i+1, err)
			}
			s.path = filepath.Join(filepath.Dir(o.manifest), filepath.FromSlash(s.Name))
			all = append(all, s)
		}
	}
	for _, a := range args {
		all = append(all, sample{Name: a, URL: o.url, ContentType: o.contentType, path: a})
	}
	return all, nil
}

// inspection is a document as it was read.
type inspection struct {
	sample
	err    error
	parsed parse.Result
}

// name is what the document is called in answers: an address without the password it may hold.
func (in inspection) name() string {
	if onWeb(in.path) {
		return fetch.Redact(in.Name)
	}
	return in.Name
}

func onWeb(path string) bool {
	return strings.HasPrefix(path, "http://") || strings.HasPrefix(path, "https://")
}

func (o *inspectOptions) read(ctx context.Context, s sample) inspection {
	in := inspection{sample: s}
	doc, err := o.load(ctx, &in.sample)
	if err != nil {
		// There is no feeds.yaml here to allow it in.
		in.err = errors.New(strings.ReplaceAll(err.Error(), "(fetch.allow_private)", "(--allow-private)"))
		return in
	}
	base, err := url.Parse(in.URL)
	if err != nil {
		in.err = err
		return in
	}
	in.parsed, in.err = parseGuarded(doc, in.ContentType, base, parse.Limits{})
	return in
}

// parseGuarded keeps what goes wrong in one document from taking the answers about others with it.
func parseGuarded(doc []byte, contentType string, base *url.URL, limits parse.Limits) (res parse.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error while reading the document: %v", p)
		}
	}()
	return parse.Parse(doc, contentType, base, limits)
}

// load gets the document's bytes; of one from the web also its address and type.
func (o *inspectOptions) load(ctx context.Context, s *sample) ([]byte, error) {
	if !onWeb(s.path) {
		return os.ReadFile(s.path)
	}
	opts := fetch.Options{UserAgent: "planet/" + version}
	for _, cidr := range o.private {
		prefix, err := netip.ParsePrefix(cidr)
		if err != nil {
			return nil, usagef("--allow-private: %v", err)
		}
		opts.AllowPrivate = append(opts.AllowPrivate, prefix)
	}
	client := fetch.New(opts)
	defer client.Close()
	res, err := client.Get(ctx, fetch.Request{URL: s.path})
	if err != nil {
		return nil, err
	}
	if res.Status != http.StatusOK {
		return nil, fmt.Errorf("%s", fetch.StatusText(res.Status))
	}
	s.URL, s.ContentType = res.URL, res.ContentType
	return res.Body, nil
}

// inspected is a line of inspect --json; its field names are a contract.
type inspected struct {
	File     string           `json:"file"`
	OK       bool             `json:"ok"`
	Error    string           `json:"error"`
	Warnings []string         `json:"warnings"`
	Feed     inspectedFeed    `json:"feed"`
	Entries  []inspectedEntry `json:"entries"`
}

type inspectedFeed struct {
	Title    string   `json:"title"`
	Link     string   `json:"link"`
	Subtitle string   `json:"subtitle"`
	Updated  string   `json:"updated"`
	Language string   `json:"language"`
	Authors  []string `json:"authors"`
}

type inspectedEntry struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Link       string   `json:"link"`
	Authors    []string `json:"authors"`
	Published  string   `json:"published"`
	Updated    string   `json:"updated"`
	Content    string   `json:"content"`
	Summary    string   `json:"summary"`
	Tags       []string `json:"tags"`
	Enclosures []string `json:"enclosures"`
	Lang       string   `json:"lang"`
}

// json writes what the document holds: made safe, but before anything is left out that is not for readers, such as
// tracking pixels.
func (in inspection) json(out *bufio.Writer) error {
	line := inspected{File: in.name(), OK: in.err == nil, Warnings: []string{}, Entries: []inspectedEntry{}, Feed: inspectedFeed{Authors: []string{}}}
	if in.err != nil {
		line.Error = in.err.Error()
	} else {
		f := in.parsed.Feed
		line.Feed = inspectedFeed{
			Title: clean.Plain(f.Title), Link: f.Link, Subtitle: clean.Plain(f.Subtitle), Updated: stamp(f.Updated),
			Language: f.Language, Authors: names(f.Authors),
		}
		for _, w := range in.parsed.Warnings {
			line.Warnings = append(line.Warnings, w.String())
		}
		for _, it := range in.parsed.Items {
			line.Entries = append(line.Entries, inspectEntry(clean.AsRead(it, clean.Limits{}), f.Language))
		}
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(line)
}

func inspectEntry(e planet.Entry, feedLang string) inspectedEntry {
	out := inspectedEntry{
		ID: e.GUID, Title: e.Title, Link: e.Link, Authors: names(e.Authors), Published: stamp(e.Published), Updated: stamp(cmp.Or(e.Updated, e.Published)),
		Content: cmp.Or(e.Content, e.Summary), Summary: e.Summary, Tags: e.Tags, Enclosures: []string{}, Lang: cmp.Or(e.Lang, clean.LangTag(feedLang)),
	}
	if e.Untitled {
		out.Title = ""
	}
	if out.Tags == nil {
		out.Tags = []string{}
	}
	for _, enc := range e.Enclosures {
		out.Enclosures = append(out.Enclosures, enc.URL)
	}
	return out
}

func names(people []planet.Person) []string {
	out := []string{}
	for _, p := range people {
		if p.Name != "" {
			out = append(out, p.Name)
		} else if p.Email != "" {
			out = append(out, p.Email)
		}
	}
	return out
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}
