package store

import (
	"context"
	"strings"
)

// Count tells how many entries the store holds.
func (db *DB) Count(ctx context.Context) (n int, err error) {
	err = db.read.QueryRowContext(ctx, "select count(*) from entries").Scan(&n)
	return n, err
}

// Schema is the database's schema as SQL, for the golden file.
func (db *DB) Schema(ctx context.Context) (string, error) {
	rows, err := db.read.QueryContext(ctx, "select sql from sqlite_schema where sql is not null order by type desc, name")
	if err != nil {
		return "", db.explain(err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return "", db.explain(err)
		}
		b.WriteString(s + ";\n\n")
	}
	return b.String(), db.explain(rows.Err())
}
