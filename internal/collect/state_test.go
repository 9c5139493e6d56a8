package collect

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"planet/internal/fetch"
	"planet/internal/parse"
	"planet/internal/planet"
	"planet/internal/store"
)

func TestB42MovedTable(t *testing.T) {
	const a, c = "http://a.example/", "http://c.example/"
	type sight struct {
		at time.Duration
		to string
	}
	const h = time.Hour
	for name, tt := range map[string]struct {
		sights []sight
		want   string // the address it is asked at from then on
	}{
		"once":                            {[]sight{{0, a}}, ""},
		"thrice in a day":                 {[]sight{{0, a}, {h, a}, {24 * h, a}}, ""},
		"twice in three days":             {[]sight{{0, a}, {72 * h, a}}, ""},
		"thrice in three days":            {[]sight{{0, a}, {36 * h, a}, {72 * h, a}}, a},
		"less two minutes":                {[]sight{{0, a}, {36 * h, a}, {72*h - slack, a}}, a},
		"and a second":                    {[]sight{{0, a}, {36 * h, a}, {72*h - slack - time.Second, a}}, ""},
		"many times, then three days":     {[]sight{{0, a}, {1 * h, a}, {2 * h, a}, {3 * h, a}, {72 * h, a}}, a},
		"elsewhere between":               {[]sight{{0, a}, {36 * h, c}, {72 * h, a}, {108 * h, a}}, ""},
		"nowhere between":                 {[]sight{{0, a}, {36 * h, ""}, {72 * h, a}, {108 * h, a}}, ""},
		"begun anew":                      {[]sight{{0, a}, {36 * h, ""}, {72 * h, a}, {108 * h, a}, {144 * h, a}}, a},
		"adopted, and then no more":       {[]sight{{0, a}, {36 * h, a}, {72 * h, a}, {73 * h, ""}, {74 * h, ""}}, a},
		"adopted, and from there onwards": {[]sight{{0, a}, {36 * h, a}, {72 * h, a}, {73 * h, c}, {110 * h, c}, {145 * h, c}}, c},
	} {
		var s store.State
		for _, sight := range tt.sights {
			s = moved(s, sight.to, noon.Add(sight.at))
		}
		if s.FetchURL != tt.want {
			t.Errorf("%s: asked at %q; want %q", name, s.FetchURL, tt.want)
		}
		if last := tt.sights[len(tt.sights)-1]; tt.want == last.to && (s.MovedTo != "" || s.MovedSeen != 0 || !s.MovedSince.IsZero()) {
			t.Errorf("%s: adopted, but still counting: %+v", name, s)
		}
	}
}

func TestNewsTable(t *testing.T) {
	worked := store.State{Succeeded: noon.Add(-9 * day)}
	failing := func(s store.State, status, failures int, since time.Duration, told string) store.State {
		s.LastError, s.LastStatus, s.Failures, s.FailingSince, s.Fetched, s.Told = "x", status, failures, noon.Add(-since), noon, told
		return s
	}
	fine := func(fetchURL, told string) store.State {
		return store.State{Succeeded: noon, Fetched: noon, FetchURL: fetchURL, Told: told}
	}
	for name, tt := range map[string]struct {
		was, is store.State
		want    string
	}{
		"fine":                            {worked, fine("", ""), ""},
		"never worked":                    {store.State{}, failing(store.State{}, 500, 1, 0, ""), Broken},
		"never worked, told":              {store.State{}, failing(store.State{}, 500, 2, 9*day, Broken), ""},
		"once":                            {worked, failing(worked, 500, 1, 0, ""), ""},
		"once, long ago":                  {worked, failing(worked, 500, 2, 9*day, ""), ""},
		"thrice in an hour":               {worked, failing(worked, 500, 3, time.Hour, ""), ""},
		"thrice in a day less two min":    {worked, failing(worked, 500, 3, day-slack, ""), Broken},
		"thrice in a day less three min":  {worked, failing(worked, 500, 3, day-slack-time.Minute, ""), ""},
		"told":                            {worked, failing(worked, 500, 9, 9*day, Broken), ""},
		"it had moved":                    {worked, failing(worked, 500, 9, 9*day, Moved), Broken},
		"gone, at once":                   {worked, failing(worked, 410, 1, 0, ""), Gone},
		"gone, after it was broken":       {worked, failing(worked, 410, 9, 9*day, Broken), Gone},
		"gone, told":                      {worked, failing(worked, 410, 9, 9*day, Gone), ""},
		"gone, then missing":              {worked, failing(worked, 404, 9, 9*day, Gone), ""},
		"moved":                           {worked, fine("http://a.example/", ""), Moved},
		"moved again":                     {fine("http://a.example/", Moved), fine("http://c.example/", Moved), Moved},
		"moved long ago":                  {fine("http://a.example/", Moved), fine("http://a.example/", Moved), ""},
		"no longer moved":                 {fine("http://a.example/", Moved), fine("", Moved), ""},
		"fallen back, with failing three": {fine("http://a.example/", Moved), failing(worked, 500, 3, time.Hour, Moved), ""},
	} {
		if got := news(tt.was, tt.is); got != tt.want {
			t.Errorf("%s: %q; want %q", name, got, tt.want)
		}
	}
}

func TestPostingTable(t *testing.T) {
	on := func(days ...float64) (all []planet.Item) { // before noon
		for _, d := range days {
			all = append(all, planet.Item{Published: noon.Add(-time.Duration(d * float64(day)))})
		}
		return all
	}
	for name, tt := range map[string]struct {
		items  []planet.Item
		newest time.Time
		gap    time.Duration
	}{
		"none":                      {nil, time.Time{}, 0},
		"one":                       {on(3), noon.Add(-3 * day), 0},
		"two":                       {on(3, 10), noon.Add(-3 * day), 7 * day},
		"any order":                 {on(10, 1, 4), noon.Add(-day), 4*day + 12*time.Hour},
		"the newest ten":            {on(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1000, 2000), noon, day},
		"all at once":               {on(5, 5, 5), noon.Add(-5 * day), 0},
		"in the future":             {on(-900, 2), noon, 2 * day},
		"without dates":             {[]planet.Item{{}, {}}, noon, 0},
		"of a broken clock":         {[]planet.Item{{Published: time.Unix(1, 0)}}, noon, 0},
		"a broken clock among good": {append(on(3, 5), planet.Item{Published: time.Unix(1, 0)}), noon.Add(-3 * day), 2 * day},
		"updated alone":             {[]planet.Item{{Updated: noon.Add(-day)}, {Published: noon.Add(-2 * day), Updated: noon}}, noon.Add(-day), day},
	} {
		if newest, gap := posting(datesOf(tt.items, nil), noon); !newest.Equal(tt.newest) || gap != tt.gap {
			t.Errorf("%s: newest %s, gap %s; want %s, %s", name, newest, gap, tt.newest, tt.gap)
		}
	}
}

func TestB05B06ValidatedTable(t *testing.T) {
	was := store.State{ETag: "old", LastModified: "then", Validated: "http://a.example/", Fresh: time.Hour}
	for name, tt := range map[string]struct {
		res  fetch.Result
		want store.State
	}{
		"304 that says nothing":    {fetch.Result{Status: 304, Fresh: fetch.Unsaid, URL: "http://c.example/"}, was},
		"304 with an ETag":         {fetch.Result{Status: 304, Fresh: fetch.Unsaid, ETag: "new"}, store.State{ETag: "new", LastModified: "then", Validated: was.Validated, Fresh: time.Hour}},
		"304 with a Last-Modified": {fetch.Result{Status: 304, Fresh: 0, LastModified: "now"}, store.State{ETag: "old", LastModified: "now", Validated: was.Validated}},
		"304 with freshness":       {fetch.Result{Status: 304, Fresh: 9 * time.Hour}, store.State{ETag: "old", LastModified: "then", Validated: was.Validated, Fresh: 9 * time.Hour}},
		"200":                      {fetch.Result{Status: 200, Fresh: 2 * time.Hour, ETag: "new", URL: "http://c.example/"}, store.State{ETag: "new", Validated: "http://c.example/", Fresh: 2 * time.Hour}},
		"200 that says nothing":    {fetch.Result{Status: 200, Fresh: fetch.Unsaid, URL: "http://a.example/"}, store.State{Validated: was.Validated}},
		"226":                      {fetch.Result{Status: 226, Fresh: fetch.Unsaid, LastModified: "now", URL: "http://a.example/"}, store.State{LastModified: "now", Validated: was.Validated}},
	} {
		if got := validated(was, tt.res); fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %+v; want %+v", name, got, tt.want)
		}
	}
}

func TestReadTakesHintsAndDates(t *testing.T) {
	s := store.State{Newest: noon.Add(-day), Gap: 7 * day, Hints: `{"interval":1}`}
	doc := parse.Result{Items: []planet.Item{{Published: noon.Add(-3 * day)}, {Published: noon.Add(-5 * day)}}}
	if got := described(s, doc, nil, false, noon); !got.Newest.Equal(noon.Add(-3*day)) || got.Gap != 2*day || got.Hints != "" {
		t.Errorf("a whole document: %+v", got)
	}
	doc.Hints = parse.Hints{Interval: time.Hour, SkipHours: []int{3}}
	if got := described(s, doc, nil, true, noon); !got.Newest.Equal(s.Newest) || got.Gap != s.Gap || fmt.Sprint(hintsOf(got)) != fmt.Sprint(doc.Hints) {
		t.Errorf("a part: %+v", got)
	}
}

func TestB35SuccessAndFailureOfAState(t *testing.T) {
	p := Pace{Every: time.Hour, Longest: day, RetryAfter: 7 * day}
	f := planet.Feed{ID: "a"}
	s := store.State{Slug: "a", FetchURL: "http://new.example/", Succeeded: noon, MovedTo: "http://x.example/", MovedSeen: 2}
	for i := 1; i <= 4; i++ {
		at := noon.Add(time.Duration(i) * time.Hour)
		s = p.failed(f, s, fetch.Result{Status: 503, RetryAfter: 9 * day}, errors.New("no").Error(), at)
		if s.Failures != i || !s.FailingSince.Equal(noon.Add(time.Hour)) || !s.Fetched.Equal(at) || !s.Started.Equal(at) || s.LastError != "no" || s.LastStatus != 503 ||
			!s.Succeeded.Equal(noon) || !s.WaitingUntil.Equal(at.Add(7*day)) {
			t.Errorf("failure %d: %+v", i, s)
		}
		if (s.FetchURL == "") != (i >= 3) {
			t.Errorf("failure %d: it is asked at %q", i, s.FetchURL)
		}
	}
	if s.MovedTo != "http://x.example/" || s.MovedSeen != 2 {
		t.Errorf("failures say nothing of where it moves: %+v", s)
	}
	if s = p.failed(f, s, fetch.Result{Status: 500}, "no", noon.Add(5*time.Hour)); !s.WaitingUntil.IsZero() {
		t.Errorf("it waits until %s, though nobody asked for it", s.WaitingUntil)
	}
	for _, told := range []string{Broken, Gone, Moved, ""} {
		s.Told, s.Advice, s.WaitingUntil = told, "go away", noon
		got := p.succeeded(f, s, fetch.Result{Status: 200}, noon.Add(9*time.Hour))
		if got.Failures != 0 || got.LastError != "" || got.Advice != "" || !got.FailingSince.IsZero() || !got.WaitingUntil.IsZero() ||
			!got.Succeeded.Equal(noon.Add(9*time.Hour)) || got.LastStatus != 200 || (got.Told != "") != (told == Moved) {
			t.Errorf("success after %q: %+v", told, got)
		}
	}
}

func TestProblemIsASentenceForAPerson(t *testing.T) {
	for want, s := range map[string]store.State{
		"":                                  {FailingSince: noon, Advice: "none"},
		"it hangs":                          {LastError: "it hangs"},
		"it hung":                           {LastError: "it hung", FailingSince: noon.Add(-time.Hour), Fetched: noon},
		"it hangs (since 21 November 2026)": {LastError: "it hangs", FailingSince: noon.Add(-13 * time.Hour), Fetched: noon},
		"it hangs (since 2 October 2026); ask Jo": {LastError: "it hangs", FailingSince: time.Date(2026, 10, 2, 23, 0, 0, 0, time.UTC), Fetched: noon, Advice: "ask Jo"},
	} {
		if got := Problem(s); got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
	if got := (&noNetwork{1, errors.New("no such host")}).Error(); !strings.Contains(got, "not one of 1 feed that") || !strings.Contains(got, "no such host") {
		t.Error(got)
	}
}
