package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// Load reads and checks a feeds.yaml. Its error is Mistakes: all that is wrong with the file.
func Load(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err == nil {
		return Parse(path, data)
	}
	m := Mistake{File: path, Text: "cannot be read: " + reason(err), cause: err}
	info, statErr := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		m.Text, m.Hint = "no such file", `"planet init" writes one to start from, --config names another`
	case statErr == nil && info.IsDir():
		m.Text, m.Hint = "is a folder, not a file", "name the file in it: "+filepath.Join(path, "feeds.yaml")
	}
	return nil, Mistakes{m}
}

// Parse checks what a feeds.yaml says. The path is needed for messages, and because other paths are relative to its folder.
func Parse(path string, data []byte) (*Config, error) {
	d, _, err := read(path, data)
	if err != nil {
		return nil, err
	}
	return d.c, nil
}

// read decodes and checks a feeds.yaml. It also gives the root of its YAML, for those who want to change the file.
func read(path string, data []byte) (*decoder, *yaml.Node, error) {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, nil, Mistakes{{File: path, Text: "its folder is unknown: " + reason(err), cause: err}}
	}
	c := Default()
	sum := sha256.Sum256(data)
	c.Path, c.Dir, c.Hash = path, dir, hex.EncodeToString(sum[:])
	d := newDecoder(&c, data)
	root := d.document()
	if root != nil {
		d.mapping(root, d.places[0])
		d.finish()
	}
	if len(d.mistakes) > 0 {
		return nil, nil, inOrder(d.mistakes)
	}
	return d, root, nil
}

// document parses the YAML and gives the root of its one document, or nil after a mistake.
func (d *decoder) document() *yaml.Node {
	if !d.readable() {
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(d.data))
	if err != nil {
		d.syntax(err)
		return nil
	}
	var doc, second yaml.Node
	if err := loader.Load(&doc); err != nil && !errors.Is(err, io.EOF) {
		d.syntax(err)
		return nil
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		d.report(1, 1, "the file is empty", `"planet init" writes one to start from`)
		return nil
	}
	switch err := loader.Load(&second); {
	case err == nil:
		d.mistake(&second, "a second document begins here", `feeds.yaml is one document: remove the line "---"`)
	case !errors.Is(err, io.EOF):
		d.syntax(err)
		return nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		d.mistake(root, "feeds.yaml must be keys and values, got "+got(root), "begin with a line such as: title: Planet Example")
		return nil
	}
	return root
}

// readable says whether the file is text that YAML allows. The YAML reader checks too, but can't say where.
func (d *decoder) readable() bool {
	line, col := 1, 1
	for rest := d.data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			d.report(line, col, "not UTF-8", "save the file in the encoding UTF-8")
			return false
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == '\uFFFE', r == '\uFFFF':
			d.report(line, col, "a control character", "remove it; in a text in double quotes it can be written as an escape")
			return false
		}
		rest = rest[size:]
		if isBreak(r) && (r != '\r' || len(rest) == 0 || rest[0] != '\n') {
			line, col = line+1, 1
		} else if r != '\uFEFF' || line > 1 || col > 1 {
			col++
		}
	}
	return true
}

// syntaxHints say what to do about the errors of the YAML parser, which tells what confused it rather than what is wrong.
var syntaxHints = []struct{ says, hint string }{
	{"mapping values are not allowed", `a text with ": " in it needs quotes; else look at the indentation here and the colon in the line above`},
	{"tab character", "indent with spaces"},
	{"cannot start any token", "indent with spaces, not tabs; a text that begins with @, ` or % needs quotes"},
	{"could not find expected ':'", "a key is followed by a colon and a space, as in: title: Planet Example"},
	{"did not find expected '-'", `in a list every line of the same indentation begins with "- "`},
	{"did not find expected ',' or", `a "[" or "{" is not closed, or a comma is missing`},
	{"did not find expected node content", `a "[" or "{" is not closed, or a value is missing`},
	{"did not find expected key", "look at the indentation here, and at the quotes in the line above"},
	{"unexpected end of stream", "a quote that is opened here is never closed"},
	{"unexpected document indicator", "a quote that is opened here is never closed"},
	{"unknown anchor", "a text that begins with * needs quotes"},
	{"unknown escape", "in double quotes a backslash is written twice; single quotes leave it alone"},
	{"hexadecimal", "in double quotes a backslash is written twice; single quotes leave it alone"},
}

// syntax reports where the file isn't YAML. The parser stops there, so this is one mistake at most.
func (d *decoder) syntax(err error) {
	var at *yaml.LoadError
	if !errors.As(err, &at) {
		d.report(1, 1, "not valid YAML: "+reason(err), "")
		return
	}
	mark, hint := at.Mark, ""
	for _, h := range syntaxHints {
		if strings.Contains(at.Message, h.says) {
			hint = h.hint
			break
		}
	}
	if strings.Contains(hint, "opened here") && at.ContextMark.Line > 0 {
		mark = at.ContextMark
	}
	d.report(mark.Line, mark.Column, "not valid YAML: "+at.Message, hint)
}

// reason is an error's innermost text: what the operating system says, without a path in it.
func reason(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}
