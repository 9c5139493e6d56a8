package config

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

func written(t *testing.T, data string) map[string]string {
	t.Helper()
	feeds, err := Written("feeds.yaml", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return feeds
}

// The same feed in another form is the same; any other value makes another.
func TestWritten(t *testing.T) {
	const one = "feeds:\n- {name: Jo B, url: https://jo.example/, keep: [{text: [a, b]}], extra: {x: y}}\n"
	for _, same := range []string{
		"feeds:\n  - url: https://jo.example/\n    name: \"Jo B\" # she\n    extra:\n      x: y\n    keep:\n      - text:\n        - a\n        - b\n    avatar:\n",
		"title: &t Jo B\nfeeds:\n- <<: {url: https://jo.example/, extra: {x: y}, name: Kim}\n  name: *t\n  keep: [{text: [a, b]}]\n",
		"no_such_key: [\"\\e\", {}]\n" + one + "hide: wrong\n",
	} {
		if got := written(t, same); !maps.Equal(got, written(t, one)) || len(got) != 1 {
			t.Errorf("%s\n%q, want %q", same, got, written(t, one))
		}
	}
	for _, edit := range [][2]string{
		{"[a, b]", "[b, a]"},
		{"[a, b]", "[\"a, b\"]"},
		{"[a, b]", "a"},
		{"[a, b]", "[a=b]"},
		{"[a, b]", "[a, [b]]"},
		{"x: y", "x: z"},
		{"x: y", "xy: \"\""},
		{"jo.example", "jo2.example"},
		{"}\n", ", paused: true}\n"},
		{"}\n", ", \"\": \"\"}\n"},
	} {
		other := written(t, strings.Replace(one, edit[0], edit[1], 1))
		if ids := slices.Collect(maps.Keys(other)); !slices.Equal(ids, []string{"jo-b"}) {
			t.Errorf("%v: %q", edit, ids)
		} else if other["jo-b"] == written(t, one)["jo-b"] {
			t.Errorf("%v: not seen", edit)
		}
	}
}

// Feeds are told apart as everywhere: by their id, else by their name.
func TestWrittenIdentity(t *testing.T) {
	c, err := Load("testdata/good/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	feeds, err := Written(c.Path, mustRead(t, c.Path))
	if err != nil || len(feeds) != len(c.Feeds) {
		t.Fatalf("%d feeds of %d, %v", len(feeds), len(c.Feeds), err)
	}
	for _, f := range c.Feeds {
		if feeds[f.ID] == "" {
			t.Errorf("no %q in %q", f.ID, feeds)
		}
	}
}

func TestWrittenRefusesWhatIsNoFile(t *testing.T) {
	bomb := string(mustRead(t, "testdata/bad/alias-bomb.yaml"))
	long := "a: &a " + strings.Repeat("x", 100_000) + "\nfeeds:\n- {name: Jo, keep: [" + strings.Repeat("*a, ", 20_000) + "]}\n"
	for _, data := range []string{"", "feeds: [", "- a\n", "\xff", bomb, long} {
		var mistakes Mistakes
		if feeds, err := Written("feeds.yaml", []byte(data)); !errors.As(err, &mistakes) || len(mistakes) == 0 {
			t.Errorf("%.60q: %d feeds, %v", data, len(feeds), err)
		}
	}
	if feeds, err := Written("feeds.yaml", []byte("title: x\n")); err != nil || len(feeds) != 0 {
		t.Errorf("%q, %v", feeds, err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
