package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"planet/internal/config"
	"planet/internal/planet"
)

// largeAvatar is what an avatar may weigh, in bytes: every reader's browser fetches it, to show it as large as a thumb.
const largeAvatar = 200_000

// pictures are what the content of an avatar may be, by the file's ending. Browsers go by the type that a server makes of it.
var pictures = map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp"}

// badAvatars looks into the avatars of feeds, each once.
func badAvatars(cfg *config.Config, feeds []planet.Feed) (out []remark) {
	seen := map[string]bool{}
	for _, f := range feeds {
		if f.Avatar == "" || seen[f.Avatar] {
			continue
		}
		seen[f.Avatar] = true
		if text := badAvatar(f.Avatar); text != "" {
			out = append(out, remark{file: cfg.Path, line: cfg.Lines[f.ID].Avatar, text: "avatar: " + beside(cfg, f.Avatar) + " " + text})
		}
	}
	return out
}

// badAvatar says what is wrong with an image file, or "".
func badAvatar(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return "can't be read: " + cause(err)
	}
	defer f.Close()
	head := make([]byte, 512) // what http.DetectContentType looks at
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "can't be read: " + cause(err)
	}
	kind, _, _ := strings.Cut(http.DetectContentType(head[:n]), ";")
	named := pictures[strings.ToLower(filepath.Ext(path))]
	switch info, err := f.Stat(); {
	case n == 0:
		return "is empty"
	case !strings.HasPrefix(kind, "image/"):
		return "is no image; browsers will not show it"
	case kind != named:
		return fmt.Sprintf("is an image of the type %s, not %s as its name says; some browsers will not show it: rename it", kind, named)
	case err == nil && info.Size() > largeAvatar:
		return fmt.Sprintf("has %d kB, which every reader's browser fetches; make it smaller: 256 × 256 pixels are plenty", info.Size()/1000)
	}
	return ""
}

// avatarFiles are the images that feeds name, and those beside them that none names, both by absolute path. Beside them is in
// the same folders, and in avatars/; the theme's folder and the published one hold other images as well.
func avatarFiles(cfg *config.Config) (used, unused []string) {
	folders := []string{filepath.Join(cfg.Dir, "avatars")}
	var infos []os.FileInfo // one file may have several paths: through links, and where capitals make no difference
	for _, f := range cfg.Feeds {
		if f.Avatar == "" || slices.Contains(used, f.Avatar) {
			continue
		}
		used = append(used, f.Avatar)
		if folder := filepath.Dir(f.Avatar); !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
		if info, err := os.Stat(f.Avatar); err == nil {
			infos = append(infos, info)
		}
	}
	for _, folder := range folders {
		files, err := os.ReadDir(folder)
		if err != nil || folder == cfg.Theme || folder == cfg.Output {
			continue // there need not be an avatars/
		}
		for _, file := range files {
			path := filepath.Join(folder, file.Name())
			if strings.HasPrefix(file.Name(), ".") || pictures[strings.ToLower(filepath.Ext(path))] == "" {
				continue
			}
			info, err := os.Stat(path)
			if err == nil && info.Mode().IsRegular() && !slices.ContainsFunc(infos, func(i os.FileInfo) bool { return os.SameFile(i, info) }) {
				unused = append(unused, path)
			}
		}
	}
	return used, unused
}

// unusedAvatars are images that no feed names.
func unusedAvatars(cfg *config.Config, paths []string) (out []remark) {
	for _, path := range paths {
		out = append(out, remark{file: filepath.Join(filepath.Dir(cfg.Path), filepath.FromSlash(beside(cfg, path))), text: "no feed has this avatar"})
	}
	return out
}

// beside is a path as feeds.yaml would have it: relative to its folder.
func beside(cfg *config.Config, path string) string {
	rel, err := filepath.Rel(cfg.Dir, path)
	if err != nil {
		return path
	}
	return filepath.ToSlash(rel)
}

// cause is what the operating system says, without the path.
func cause(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}
