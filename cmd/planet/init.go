package main

import (
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

//go:embed starter.yaml
var starter []byte

func (p *program) init() *cobra.Command {
	return &cobra.Command{
		Use: "init [DIR]", Short: "Write a commented feeds.yaml to begin with", Args: cobra.MaximumNArgs(1),
		Long: `init writes a commented feeds.yaml into DIR (by default this folder; it is made if it isn't there), and nothing
else. A feeds.yaml that is there already is not touched.` + exits(helpFine, helpFailed, helpUsage),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 && args[0] != "" {
				dir = args[0]
			}
			return p.runInit(dir)
		},
	}
}

func (p *program) runInit(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(dir, "feeds.yaml")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s is there already, and was not touched", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(starter)
	if err := errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
		return err
	}
	p.answer("wrote %s: give your planet a title there, then list the first blogs and publish:\n  planet add -c %s ADDRESS\n  planet update -c %s", path, path, path)
	return nil
}
