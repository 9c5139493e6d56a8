package main

import (
	"encoding/json"
	"slices"
	"strings"
)

// A whyCase is a post of which "planet why" has to say the right thing.
type whyCase struct {
	link   string
	reason string // that hides it; "" it is shown
	of     *hold
}

// whyCases are a post of each temper for each way in which its posts stand now. Copies are left out: their addresses may be
// those of others.
func (m *month) whyCases() (cases []whyCase) {
	had := map[[2]string]bool{}
	for _, b := range m.blogs {
		for _, it := range b.items {
			all := m.expected[it.post.token]
			if it.link == "" || len(all) != 1 || b.temper == "posts again" {
				continue
			}
			reason := m.hidden(all[0])
			if kind := [2]string{b.temper, reason}; !had[kind] {
				had[kind] = true
				cases = append(cases, whyCase{it.link, reason, all[0]})
			}
		}
	}
	return cases
}

// checkWhy asks the program why posts are shown or not.
func (m *month) checkWhy() {
	m.Helper()
	cases := m.whyCases()
	if reasons := slices.ContainsFunc(cases, func(c whyCase) bool { return c.reason == "Flood" }); len(cases) < 30 || !reasons {
		m.Errorf("there is little to ask for: %d posts", len(cases))
	}
	for _, c := range cases {
		code, stdout, stderr := m.planet("why", "--json", c.link)
		var said whyAnswer
		if err := json.Unmarshal([]byte(stdout), &said); err != nil {
			m.Errorf("why %s: %v %s", c.link, err, stderr)
			continue
		}
		want := 0
		if c.reason != "" {
			want = 1
		}
		if code != want || said.Reason != c.reason || said.Feed != c.of.blog.id || said.Entry == nil || said.Entry.Link != c.link ||
			c.reason != "" && (said.Detail == "" || !strings.Contains(said.Detail+said.Advice, "planet release") && (c.reason == "Flood" || c.reason == "Suspect")) {
			m.Errorf("why %s ends with %d, want %d for %q, and says:\n%s\n%s", c.link, code, want, c.reason, stdout, m.tell(c.of.post.token))
		}
	}
	m.Logf("why was asked of %d posts", len(cases))
}
