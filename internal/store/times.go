package store

import "time"

// Times are whole seconds since 1970 in the database, 0 is the zero time; durations are whole seconds. moment and seconds
// scan them.
type (
	momentScan struct{ to *time.Time }
	secondScan struct{ to *time.Duration }
)

func moment(to *time.Time) momentScan      { return momentScan{to} }
func seconds(to *time.Duration) secondScan { return secondScan{to} }

func (m momentScan) Scan(v any) error {
	n, _ := v.(int64) // the tables are strict
	*m.to = fromUnix(n)
	return nil
}

func (s secondScan) Scan(v any) error {
	n, _ := v.(int64)
	*s.to = time.Duration(n) * time.Second
	return nil
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func fromUnix(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
