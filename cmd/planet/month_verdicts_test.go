package main

import (
	"path/filepath"

	"planet/internal/config"
	"planet/internal/store"
)

// A row is an entry with its verdict as the database has it.
type row struct {
	id               int64
	slug, token      string
	reason, as       string
	original, sorted int64
	revisions        int
}

func (m *month) rows() (rows []row) {
	m.Helper()
	k := killed{T: m.T, dir: m.dir}
	db := k.open()
	defer db.Close()
	found, err := db.Query(`select e.id, f.slug, substr(e.text, 1, 20), s.reason, s.published_as, s.original, s.sort_at, e.revisions
		from entries e join standings s on s.entry_id = e.id join feeds f on f.id = e.feed_id order by e.id`)
	if err != nil {
		m.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var r row
		if err := found.Scan(&r.id, &r.slug, &r.token, &r.reason, &r.as, &r.original, &r.sorted, &r.revisions); err != nil {
			m.Fatal(err)
		}
		r.token = monthToken.FindString(r.token)
		rows = append(rows, r)
	}
	if err := found.Err(); err != nil {
		m.Fatal(err)
	}
	return rows
}

// checkVerdicts holds what the database knows of all entries against a fresh judgement of them all, and against the model.
func (m *month) checkVerdicts() {
	m.Helper()
	rows := m.rows()
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.id
	}
	cfg, err := config.Load(m.config())
	if err != nil {
		m.Fatal(err)
	}
	db, err := store.Open(m.Context(), filepath.Join(m.dir, "planet.db"))
	if err != nil {
		m.Fatal(err)
	}
	defer db.Close()
	_, fresh, err := (&program{frozen: m.now()}).builder(&opened{cfg: cfg, db: db}).Verdicts(m.Context(), ids, m.now())
	if err != nil || len(fresh) != len(rows) {
		m.Fatalf("%d verdicts for %d entries (%v)", len(fresh), len(rows), err)
	}
	for i, v := range fresh {
		r := rows[i]
		if v.Seq != r.id || v.Reason != r.reason || v.Original != r.original || v.At.Unix() != r.sorted || v.Reason == "" && v.As != r.as {
			m.Errorf("the verdict of %d is kept as %q as %s of %d at %d, and is %+v: %s", r.id, r.reason, r.as, r.original, r.sorted, v, m.tell(r.token))
		}
	}
	m.checkReasons(rows)
}

// checkReasons holds verdicts against the model: of all entries of a post exactly one is shown, or none, and the others are
// copies; what hides an entry is what has to.
func (m *month) checkReasons(rows []row) {
	m.Helper()
	shown := map[string]int{}
	for _, r := range rows {
		if r.reason == "" {
			shown[r.token]++
		}
	}
	for _, r := range rows {
		b := m.blog(r.slug)
		s := m.standing(b, r.token)
		if s == nil {
			m.Errorf("nobody wrote what %s has: %+v", r.slug, r)
			continue
		}
		want := m.hidden(s)
		switch {
		case r.reason == want && (want != "" || shown[r.token] == 1):
		case r.reason == "Duplicate" && (want == "" || want == "Future") && shown[r.token] == 1 && (len(m.expected[r.token]) > 1 || b.temper == "posts again"):
		case r.reason == "Deleted" && m.follow && b.temper == "posts again" && shown[r.token] == 1: // the copy that was taken out
		case b.restless.has(m.hour) || b.settling():
		default:
			m.Errorf("the verdict of %d is %q, %d of it are shown, and it should be %q: %s", r.id, r.reason, shown[r.token], want, m.tell(r.token))
		}
		if r.revisions > 25*(1+m.hour/12) { // each time it holds still it is followed anew
			m.Errorf("%d has %d revisions: %s", r.id, r.revisions, m.tell(r.token))
		}
	}
}

func (m *month) blog(id string) *monthBlog {
	for _, b := range m.blogs {
		if b.id == id {
			return b
		}
	}
	m.Fatalf("there is no feed %q", id)
	return nil
}

// end looks at the whole month.
func (m *month) end() {
	m.checkVerdicts()
	m.checkWhy()
	for token := range m.reader.owed {
		if m.reader.ids[token] == "" {
			m.Errorf("no reader ever got it: %s", m.tell(token))
		}
	}
	if m.quiet < m.hours/18 {
		m.Errorf("only %d runs brought nothing", m.quiet)
	}
	m.Logf("%d posts written, %d in the merged feed, %d runs that brought nothing", m.written, len(m.reader.ids), m.quiet)
}
