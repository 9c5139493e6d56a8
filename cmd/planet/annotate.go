package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"planet/internal/config"
)

// A remark is something that check has to say of feeds.yaml, or of a file beside it.
type remark struct {
	wrong bool   // what must be changed; else a warning
	file  string // as given on the command line, or below the folder of that
	line  int    // from 1, as col; 0 when the file as a whole is meant
	col   int
	text  string
}

// String is a remark as stderr has it: where, and what.
func (r remark) String() string {
	at := r.file
	if r.line > 0 {
		at += fmt.Sprintf(":%d", r.line)
	}
	if !r.wrong {
		at += ": warning"
	}
	return printable(at + ": " + r.text)
}

// command is a remark as a workflow command, by which it appears in the pull request beside its line. GitHub wants paths
// from the top of the repository, which is root. See "Workflow commands for GitHub Actions" in its documentation.
func (r remark) command(root string) string {
	kind := "warning"
	if r.wrong {
		kind = "error"
	}
	props := []string{"file=" + escapeProperty(fromTop(root, r.file))}
	if r.line > 0 {
		props = append(props, fmt.Sprintf("line=%d", r.line))
	}
	if r.col > 0 {
		props = append(props, fmt.Sprintf("col=%d", r.col))
	}
	return "::" + kind + " " + strings.Join(props, ",") + "::" + escapeData(r.text)
}

// The escapes that the runner undoes (actions/toolkit, packages/core/src/command.ts). A message must not end its line:
// the next one could be a command of whoever wrote it.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace
)

// fromTop is a file's path from the top of the repository; as it is when root is "" or the file lies elsewhere.
func fromTop(root, file string) string {
	abs, err := filepath.Abs(file)
	if root == "" || err != nil {
		return filepath.ToSlash(file)
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// annotate writes remarks for GitHub, when that was asked for.
func (p *program) annotate(o *checkOptions, remarks ...remark) {
	if o.fence == "" || len(remarks) == 0 {
		return
	}
	p.heed(o)
	for _, r := range remarks {
		fmt.Fprintln(p.stdout, r.command(os.Getenv("GITHUB_WORKSPACE")))
	}
	p.disregard(o)
}

// disregard has GitHub take what follows for plain text, until heed: what blogs say must not become commands.
func (p *program) disregard(o *checkOptions) {
	if o.fence != "" {
		fmt.Fprintf(p.stdout, "::stop-commands::%s\n", o.fence)
	}
}

func (p *program) heed(o *checkOptions) {
	if o.fence != "" {
		fmt.Fprintf(p.stdout, "::%s::\n", o.fence)
	}
}

// annotateError annotates what keeps feeds.yaml from being read: each mistake at its place, anything else at the file.
func (p *program) annotateError(o *checkOptions, err error) error {
	var mistakes config.Mistakes
	var usage usageError
	var remarks []remark
	switch {
	case errors.As(err, &mistakes):
		for _, m := range mistakes {
			text := m.Text
			if m.Hint != "" {
				text += "\n" + m.Hint
			}
			remarks = append(remarks, remark{true, m.File, m.Line, m.Col, text})
		}
	case errors.As(err, &usage):
		remarks = append(remarks, remark{wrong: true, file: p.config, text: err.Error()})
	}
	p.annotate(o, remarks...)
	return err
}

// warn says warnings, not more of them than a person reads.
func (p *program) warn(o *checkOptions, remarks []remark) {
	const most = 30
	p.annotate(o, remarks...)
	if p.quiet {
		return
	}
	for i, r := range remarks {
		if i == most {
			p.say("… and %d more warnings", len(remarks)-i)
			break
		}
		p.say("%s", r)
	}
}
