package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"planet/internal/config"
	"planet/internal/picture"
	"planet/internal/planet"
)

// pictures are the endings of files that may be avatars.
var pictures = []string{".png", ".jpg", ".jpeg", ".gif", ".webp"}

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

// badAvatar says why an image file can't be shown, or "".
func badAvatar(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return "can't be read: " + cause(err)
	}
	if len(data) == 0 {
		return "is empty; initials take its place"
	}
	if _, _, err := picture.Avatar(data); err != nil {
		return fmt.Sprintf("can't be shown: %v; initials take its place", err)
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
			if strings.HasPrefix(file.Name(), ".") || !slices.Contains(pictures, strings.ToLower(filepath.Ext(path))) {
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
