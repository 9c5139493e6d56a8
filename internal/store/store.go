// Package store keeps feeds, entries and the log of fetches in SQLite. It holds the only SQL.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// applicationID marks a database as ours (SQLite's PRAGMA application_id): "PLNT".
const applicationID = 0x504C4E54

// busyTimeout is how long one waits for another process to finish writing.
const busyTimeout = 10 * time.Second

//go:embed migrations
var migrations embed.FS

// A DB is an open database. One goroutine writes at a time; reading goes on beside it.
type DB struct {
	path  string
	write *sql.DB
	read  *sql.DB
	stmts map[string]*sql.Stmt // the writer's, by query; all are there before anybody writes

	readingMu sync.Mutex
	readStmts map[string]*sql.Stmt // by query
}

// Open opens the database file at path, creates it when it's missing, and brings its schema up to date.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", dsn(path, "_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	db := &DB{path: path, write: write, readStmts: map[string]*sql.Stmt{}}
	// SQLite doesn't wait for another process that is turning a new file into a database.
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if err = db.migrate(ctx); code(err) != sqlite3.SQLITE_BUSY || time.Since(began) > busyTimeout {
			break
		}
	}
	if err == nil {
		err = db.prepare(ctx)
	}
	if err != nil {
		write.Close()
		return nil, db.explain(err)
	}
	if db.read, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		write.Close()
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	db.read.SetMaxOpenConns(2)
	return db, nil
}

// dsn is the driver's name for path. The busy timeout comes first: it is a connection's own, and the driver's is 0.
func dsn(path, more string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	return u.String() + "?_pragma=busy_timeout(" + strconv.FormatInt(busyTimeout.Milliseconds(), 10) + ")&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=secure_delete(1)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-4000)&_pragma=trusted_schema(0)&_pragma=journal_size_limit(67108864)&_dqs=0&" + more
}

// checkFile refuses what can't be a database before SQLite touches it.
func checkFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return fmt.Errorf("database %s: its folder doesn't exist; make it, or change database: in feeds.yaml", path)
		}
		return nil
	case err != nil:
		return fmt.Errorf("database: %w", err)
	case info.IsDir():
		return fmt.Errorf("database %s is a folder; name a file with database: in feeds.yaml", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	defer f.Close()
	head := make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if n > 0 && (err != nil || string(head) != "SQLite format 3\x00") {
		return fmt.Errorf("database %s is no SQLite database; move it away, or name another file with database: in feeds.yaml", path)
	}
	return nil
}

// Close closes the database.
func (db *DB) Close() error {
	for _, stmts := range []map[string]*sql.Stmt{db.stmts, db.readStmts} {
		for _, s := range stmts {
			s.Close()
		}
	}
	return errors.Join(db.read.Close(), db.write.Close())
}

// ErrNewer means that a newer version of this program wrote the database.
var ErrNewer = errors.New("it was written by a newer version of planet; install that version, or restore the database from a backup")

// migrate brings the schema from its user_version to the newest, each step in a transaction of its own.
func (db *DB) migrate(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version, app, tables int
	row := db.write.QueryRowContext(ctx, "select (select user_version from pragma_user_version), (select application_id from pragma_application_id), (select count(*) from sqlite_schema)")
	if err := row.Scan(&version, &app, &tables); err != nil {
		return err
	}
	switch {
	case app != applicationID && (tables > 0 || version > 0):
		return errors.New("it belongs to another program; name another file with database: in feeds.yaml")
	case version > len(names):
		return fmt.Errorf("%w (its schema is %d, this version knows %d)", ErrNewer, version, len(names))
	}
	for i := version; i < len(names); i++ {
		step, err := migrations.ReadFile(names[i])
		if err != nil {
			return err
		}
		err = db.tx(ctx, func(tx *sql.Tx) error {
			var now int
			if err := tx.QueryRowContext(ctx, "pragma user_version").Scan(&now); err != nil || now > i {
				return err // another process was faster
			}
			if i == 0 {
				if _, err := tx.ExecContext(ctx, "pragma application_id = "+strconv.Itoa(applicationID)); err != nil {
					return err
				}
			}
			if _, err := tx.ExecContext(ctx, string(step)); err != nil {
				return fmt.Errorf("%s: %w", names[i], err)
			}
			if i == 0 { // a new database is another one, also under the same path
				if _, err := tx.ExecContext(ctx, "insert into meta values ('id', ?), ('revision', '0')", uuid.NewString()); err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(ctx, "pragma user_version = "+strconv.Itoa(i+1))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tx runs f in a transaction of the one writer.
func (db *DB) tx(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so, otherwise f's error counts
	if err = f(tx); err == nil {
		err = tx.Commit()
	}
	if err != nil && ctx.Err() != nil { // database/sql would complain of what it closed itself
		return ctx.Err()
	}
	return err
}

// prepare makes the writer's statements. None is made later: the writer has a single connection, and making one while a
// transaction holds it would wait for ever.
func (db *DB) prepare(ctx context.Context) error {
	db.stmts = map[string]*sql.Stmt{}
	for _, q := range []string{
		upsertFeed, updateFeed, insertFetch, followAdvice, insertStart, foldStarts, deleteStarts, insertPause, raiseRevision,
		selectKnown, selectTaken, insertEntry, updateSeen, updateUnseen, countKey, countID,
		selectPresent, deleteSlices, insertSlices,
		insertStanding, updateSigns, selectAny, selectFormer, insertAlias, markStale, insertArrival, anyGraves, inGraves, insertGraves,
		selectChurn, raiseChurn, settlePending, settleChurn, selectDoubted, believeEntries, selectSigns, noteSigned, markTies, markFeedStale,
		selectListing, replaceListing, takeOut, putBack, updateVerdict,
		selectUnshelved, selectStands, selectShelf, insertShelf, insertStand, deleteStand, markShelf, lastSlot, lastNth, selectPlace, noteShelved, markPost,
	} {
		s, err := db.write.PrepareContext(ctx, q)
		if err != nil {
			return err
		}
		db.stmts[q] = s
	}
	return nil
}

// reading is a statement for reading that is used many times: making one takes longer than a short answer.
func (db *DB) reading(ctx context.Context, query string) (*sql.Stmt, error) {
	db.readingMu.Lock()
	defer db.readingMu.Unlock()
	if s, ok := db.readStmts[query]; ok {
		return s, nil
	}
	s, err := db.read.PrepareContext(ctx, query)
	if err == nil {
		db.readStmts[query] = s
	}
	return s, err
}

// in is a prepared statement within tx.
func (db *DB) in(ctx context.Context, tx *sql.Tx, query string) *sql.Stmt {
	return tx.StmtContext(ctx, db.stmts[query])
}

// explain says which file an error is about, and what to do where that is known.
func (db *DB) explain(err error) error {
	if err == nil {
		return nil
	}
	switch code(err) {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("database %s: the disk is full (%w); nothing was lost, run again when there is room", db.path, err)
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("database %s is damaged (%w); restore it from a backup, or move it away to begin anew", db.path, err)
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("database %s can't be read or written (%w): is the disk full? nothing was lost, run again when there is room", db.path, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return fmt.Errorf("database %s can't be written (%w); check the rights of the file and its folder", db.path, err)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("database %s is held by another program (%w)", db.path, err)
	}
	return fmt.Errorf("database %s: %w", db.path, err)
}

// code is SQLite's primary code of an error; 0 when it isn't SQLite's.
func code(err error) int {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() & 0xff
	}
	return 0
}

// Revision names the state of everything a page could show: it changes with every change, and with the database itself.
func (db *DB) Revision(ctx context.Context) (string, error) {
	var id, n string
	err := db.read.QueryRowContext(ctx, "select (select value from meta where key = 'id'), (select value from meta where key = 'revision')").Scan(&id, &n)
	return id + "/" + n, db.explain(err)
}

const raiseRevision = "update meta set value = hex(randomblob(8)) where key = 'revision'"

// changed raises the revision.
func (db *DB) changed(ctx context.Context, tx *sql.Tx) error {
	_, err := db.in(ctx, tx, raiseRevision).ExecContext(ctx)
	return err
}
