package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Pictures lie in files beside the database, named after what is in them:
//
//	planet.db
//	planet.images/0f/0f5a….jpg
//
// A file is written before the database names it, and the database forgets it before it is deleted. So what a crash leaves
// is a file too many, or one that the disk lost: SweepImages puts both right.

// imageName is that of a file that holds a picture: 128 bits of the SHA-256 of its bytes, and what kind it is.
var imageName = regexp.MustCompile(`^[0-9a-f]{32}\.(?:png|jpg|gif|webp)$`)

// halfWritten is how files begin that aren't whole yet.
const halfWritten = ".new-"

func (db *DB) imageDir() string {
	dir := strings.TrimSuffix(db.path, filepath.Ext(db.path)) + ".images"
	if dir == db.path {
		return db.path + ".images"
	}
	return dir
}

// ImageFile is the path of the file that holds a picture, by its name.
func (db *DB) ImageFile(name string) string {
	return filepath.Join(db.imageDir(), name[:min(len(name), 2)], name)
}

func (db *DB) hasFile(i Image) bool {
	info, err := os.Stat(db.ImageFile(i.Name))
	return err == nil && info.Size() == i.Bytes
}

// KeepImage puts a picture's bytes into a file, unless it is there already, and gives its name. ext is png, jpg, gif or webp.
func (db *DB) KeepImage(data []byte, ext string) (name string, err error) {
	sum := sha256.Sum256(data)
	name = hex.EncodeToString(sum[:16]) + "." + ext
	path := db.ImageFile(name)
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(data)) {
		return name, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", fmt.Errorf("pictures: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), halfWritten)
	if err != nil {
		return "", fmt.Errorf("pictures: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return "", fmt.Errorf("pictures: %w", err)
	}
	return name, nil
}

// SweepImages deletes the files and all that is known of pictures that no entry shows any more, and notices files that are
// gone: they are asked for again. It does nothing if it was done less than every ago. Whoever calls it holds the planet's lock.
func (db *DB) SweepImages(ctx context.Context, now time.Time, every time.Duration) error {
	var last time.Time
	if err := db.read.QueryRowContext(ctx, "select coalesce((select cast(value as integer) from meta where key = 'images_swept'), 0)").Scan(moment(&last)); err != nil {
		return db.explain(err)
	}
	if ago := now.Sub(last); 0 <= ago && ago < every {
		return nil
	}
	there, strays, err := db.imageFiles()
	if err != nil {
		return err
	}
	if err := db.explain(db.tx(ctx, func(tx *sql.Tx) error { return db.sweep(ctx, tx, there, now) })); err != nil {
		return err
	}
	known, err := db.ImageNames(ctx)
	if err != nil {
		return err
	}
	for name := range there {
		if _, ok := known[name]; !ok {
			strays = append(strays, db.ImageFile(name))
		}
	}
	for _, path := range strays {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("pictures: %w", err)
		}
		os.Remove(filepath.Dir(path)) //nolint:errcheck // it is only to go when it is empty
	}
	return nil
}

func (db *DB) sweep(ctx context.Context, tx *sql.Tx, there map[string]bool, now time.Time) error {
	if _, err := tx.ExecContext(ctx, "delete from images where not exists (select 1 from shows where image_id = images.id)"); err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, "select url, name from images where name <> ''")
	if err != nil {
		return err
	}
	defer rows.Close()
	var lost []string
	for rows.Next() {
		var url, name string
		if err := rows.Scan(&url, &name); err != nil {
			return err
		}
		if !there[name] {
			lost = append(lost, url)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, url := range lost {
		if _, err := tx.ExecContext(ctx, markShowing, url); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, updateImage, url, "", 0, 0, 0, 0, unix(now), "", 0); err != nil {
			return err
		}
	}
	if len(lost) > 0 {
		if err := db.changed(ctx, tx); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "insert into meta values ('images_swept', ?) on conflict (key) do update set value = excluded.value", number(unix(now)))
	return err
}

// imageFiles are the files that hold pictures, by name, and the paths of those that were never finished. Others aren't ours.
func (db *DB) imageFiles() (there map[string]bool, unfinished []string, err error) {
	there = map[string]bool{}
	folders, err := os.ReadDir(db.imageDir())
	if errors.Is(err, fs.ErrNotExist) {
		return there, nil, nil
	}
	for _, folder := range folders {
		if len(folder.Name()) != 2 || !folder.IsDir() {
			continue
		}
		files, err := os.ReadDir(filepath.Join(db.imageDir(), folder.Name()))
		if err != nil {
			return nil, nil, fmt.Errorf("pictures: %w", err)
		}
		for _, f := range files {
			switch name := f.Name(); {
			case imageName.MatchString(name) && strings.HasPrefix(name, folder.Name()):
				there[name] = true
			case strings.HasPrefix(name, halfWritten):
				unfinished = append(unfinished, filepath.Join(db.imageDir(), folder.Name(), name))
			}
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("pictures: %w", err)
	}
	return there, unfinished, nil
}
