package main

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"planet/internal/render"
)

func (p *program) theme() *cobra.Command {
	from := "default"
	cmd := &cobra.Command{
		Use: "theme DIR", Short: "Write the built-in theme out, to start one's own", Args: cobra.ExactArgs(1),
		Long: `theme writes the built-in theme's templates, assets and words into DIR (it is made if it isn't there), to be changed. It
overwrites nothing: when one of its files is there already, it writes none. With "theme: DIR" in feeds.yaml the files lie over the built-in
theme; delete those you don't change, and they follow the program. docs/theme.md describes what templates are given.` + exits(helpFine, helpFailed, helpUsage),
		RunE: func(_ *cobra.Command, args []string) error { return p.runTheme(args[0], from) },
	}
	cmd.Flags().StringVar(&from, "from", from, "which built-in theme: default, or plain (headlines that open in place)")
	return cmd
}

func (p *program) runTheme(dir, from string) error {
	files, err := render.Files(from)
	if err != nil {
		return usageError{err}
	}
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Lstat(path); err == nil {
			return usagef("%s is there already; nothing was written", path)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := writeNew(path, files[name]); err != nil {
			return err
		}
	}
	p.answer("wrote %d files to %s: write \"theme: %s\" into feeds.yaml if the folder lies beside it, and delete the files that you don't change", len(names), dir, filepath.Base(dir))
	return nil
}

// writeNew writes a file that must not be there yet.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
