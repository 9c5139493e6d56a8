package render

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"planet/templates"
)

// asked finds the texts that a template asks for by name.
var asked = regexp.MustCompile(`(?:\.T|\.Around|\.Forms) "([^"]+)"`)

// said finds the texts that the program asks for by name.
var said = regexp.MustCompile(`(?:must|date|heading|place)\("([^"]+)"`)

// TestNoTextIsMissing looks up every text that templates and program ask for, in every language, and finds those nobody asks for.
func TestNoTextIsMissing(t *testing.T) {
	needed := map[string]bool{"date.first": true, "thousands": true}
	for _, pattern := range []string{"default/*.html", "plain/*.html"} {
		files, _ := filepath.Glob(filepath.Join("..", "..", "templates", pattern))
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range asked.FindAllStringSubmatch(string(data), -1) {
				needed[m[1]] = true
			}
		}
	}
	sources, _ := filepath.Glob("*.go")
	for _, source := range sources {
		data, _ := os.ReadFile(source)
		for _, m := range said.FindAllStringSubmatch(string(data), -1) {
			if !strings.HasSuffix(source, "_test.go") {
				needed[m[1]] = true
			}
		}
	}
	delete(needed, "months")
	for _, dot := range []string{"shelf.", "link.", "state.", "hidden."} { // made of a prefix and a word
		delete(needed, dot)
	}
	for _, kind := range []string{"author", "tag", "group", "lang"} {
		needed["shelf."+kind], needed[kind+"s"], needed[kind+"s.about"] = true, true, true
	}
	for _, state := range []string{"ok", "failing", "waiting", "gone", "held", "paused", "duplicate", "new"} {
		needed["state."+state], needed["state."+state+".text"] = true, true
		if state != "ok" {
			needed["state."+state+".do"] = true
		}
	}
	for _, reason := range []string{"Removed", "Paused", "Hide", "Block", "Keep", "Suspect", "Deleted", "Duplicate", "Future", "Flood", "MaxAge", "PerFeed"} {
		needed["hidden."+reason], needed["hidden."+reason+".do"] = true, true
	}
	for _, path := range []string{"atom.xml", "rss20.xml", "rss10.xml", "feed.json", "titles.xml", "opml.xml", "foafroll.xml"} {
		needed["link."+path] = true
	}
	files, err := Files("")
	if err != nil {
		t.Fatal(err)
	}
	languages, err := readAll(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(languages)); !slices.Equal(got, []string{"ar", "de", "en", "es", "fr"}) {
		t.Errorf("languages: %v", got)
	}
	for lang, c := range languages { // not completed from English
		if len(c.months) != 12 || len(c.weekdays) != 7 {
			t.Errorf("%s: %d months, %d weekdays", lang, len(c.months), len(c.weekdays))
		}
		for key := range needed {
			if c.texts[key] == nil && key != "date.first" {
				t.Errorf("%s has no text %q", lang, key)
			}
		}
		for key := range c.texts {
			if !needed[key] {
				t.Errorf("%s: nobody asks for %q", lang, key)
			}
		}
	}
}

// TestTranslationsKeepPlacesAndForms holds every language to the places of the English texts, and to the plurals that it has.
func TestTranslationsKeepPlacesAndForms(t *testing.T) {
	theme := load(t, "")
	files, _ := Files("")
	for lang, c := range theme.words {
		if err := c.fits(theme.words[source], files["words/"+lang+".json"]); err != nil {
			t.Errorf("%s%v", lang, err)
		}
		for key, text := range c.texts {
			if _, counts := theme.words[source].texts[key]["one"]; !counts {
				if len(text) > 1 {
					t.Errorf("%s: %q has forms, and no number", lang, key)
				}
				continue
			}
			for n := range 200 {
				if form := c.form(n); text[form] == "" && !(lang != "ar" && form == "many") { // French and Spanish: millions
					t.Errorf("%s: %q lacks the form %q, for %d", lang, key, form, n)
					break
				}
			}
		}
	}
}

// words that a template may hold as they are: names of things that are the same everywhere.
var proper = set("xml health json")

// TestTemplatesHoldNoWords finds words in templates that no catalogue has.
func TestTemplatesHoldNoWords(t *testing.T) {
	script := regexp.MustCompile(`(?s)<script.*?</script>`)
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	attribute := regexp.MustCompile(`(?s)\s(?:title|alt|aria-label|placeholder|value|data-[a-z-]+)="([^"]*)"`)
	letters := regexp.MustCompile(`\p{L}+`)
	for _, folder := range []string{"default", "plain"} {
		files, _ := filepath.Glob(filepath.Join("..", "..", "templates", folder, "*.html"))
		for _, file := range files {
			data, err := templates.FS.ReadFile(folder + "/" + filepath.Base(file))
			if err != nil {
				t.Fatal(err)
			}
			text := action.ReplaceAllString(script.ReplaceAllString(string(data), ""), "")
			text = strings.ReplaceAll(text, "&nbsp;", " ")
			seen := anyTag.ReplaceAllString(text, " ")
			for _, m := range attribute.FindAllStringSubmatch(text, -1) {
				seen += " " + m[1]
			}
			for _, word := range letters.FindAllString(seen, -1) {
				if !proper[word] && word != "DOCTYPE" && word != "html" {
					t.Errorf("%s/%s holds the word %q", folder, filepath.Base(file), word)
				}
			}
		}
	}
}

func TestDatesInEveryLanguage(t *testing.T) {
	theme := load(t, "")
	first := time.Date(2026, 11, 1, 14, 5, 0, 0, time.UTC)
	for lang, want := range map[string][3]string{
		"en":    {"Sunday, 1 November 2026, 14:05 UTC", "November 2026", "1 November 2026"},
		"de-AT": {"Sonntag, 1. November 2026, 14:05 UTC", "November 2026", "1. November 2026"},
		"fr":    {"Dimanche 1er novembre 2026, 14:05 UTC", "Novembre 2026", "1er novembre 2026"},
		"es":    {"Domingo, 1 de noviembre de 2026, 14:05 UTC", "Noviembre de 2026", "1 de noviembre de 2026"},
		"ar":    {"الأحد، 1 نوفمبر 2026، \u206814:05 UTC\u2069", "نوفمبر 2026", "1 نوفمبر 2026"},
	} {
		c := theme.spoken(lang)
		if got := [3]string{c.moment(first), c.heading("date.month", first), c.date("date", first)}; got != want {
			t.Errorf("%s: got %q, want %q", lang, got, want)
		}
	}
}

// TestTimesOfZonesWithoutLetters wants a time to read from left to right, also in Arabic: "14:05 +0530" alone has no direction.
func TestTimesOfZonesWithoutLetters(t *testing.T) {
	theme := load(t, "")
	for zone, offset := range map[string]int{"+0530": 5*3600 + 1800, "-03": -3 * 3600, "": 3600, "IST": 5*3600 + 1800} {
		at := time.Date(2026, 11, 1, 14, 5, 0, 0, time.FixedZone(zone, offset))
		clock := map[string]string{"+0530": "14:05 UTC+05:30", "-03": "14:05 UTC-03:00", "": "14:05 UTC+01:00", "IST": "14:05 IST"}[zone]
		for lang, want := range map[string]string{"en": "Sunday, 1 November 2026, " + clock, "ar": "الأحد، 1 نوفمبر 2026، \u2068" + clock + "\u2069"} {
			if got := theme.spoken(lang).moment(at); got != want {
				t.Errorf("%s: got %q, want %q", lang, got, want)
			}
			d := newDesk(theme, Site{Lang: lang, Location: at.Location()}, "status", "status/")
			if got := strings.Trim(d.stamp(at).Clock, "\u2068\u2069"); got != clock || (d.stamp(at).Clock != clock) != (lang == "ar") {
				t.Errorf("%s: the clock %q", lang, d.stamp(at).Clock)
			}
		}
	}
}

func TestPluralsAndNumbers(t *testing.T) {
	theme := load(t, "")
	for lang, want := range map[string]map[int]string{
		"en": {0: "0 posts", 1: "1 post", 9999: "9999 posts", 1234567: "1,234,567 posts"},
		"fr": {0: "0 billet", 1: "1 billet", 2: "2 billets", 12345: "12\u202f345 billets"},
		"ar": {0: "لا تدوينات", 1: "تدوينة واحدة", 2: "تدوينتان", 3: "3 تدوينات", 11: "11 تدوينة", 100: "100 تدوينة", 103: "103 تدوينات"},
	} {
		for n, text := range want {
			if got := theme.spoken(lang).must("posts", n); got != text {
				t.Errorf("%s, %d: got %q, want %q", lang, n, got, text)
			}
		}
	}
}

// TestAPlanetWithoutWords speaks English where the theme does, and says what is in the planet's own language.
func TestAPlanetWithoutWords(t *testing.T) {
	site, entries := small()
	site.Lang = "pl"
	page := river(t, site, River{Entries: entries})["index.html"]
	want(t, page, `<html lang="en" dir="ltr">`, `<header class="masthead" lang="pl">`, `lang="pl" dir="ltr">`, `<p class="meta" lang="en">`, `lang="de"`, "Who is here")
	refuse(t, page, `lang="pl">polski`, `lang="pl">Polski`)
	site.Lang = "fa"
	want(t, river(t, site, River{Entries: entries})["index.html"], `<html lang="en" dir="ltr">`)
	site.Lang = "ar-EG"
	want(t, river(t, site, River{Entries: entries})["index.html"], `<html lang="ar-EG" dir="rtl">`, "من يكتب هنا")
	site.Lang = "de"
	page = river(t, site, River{Entries: entries})["index.html"]
	want(t, page, `<html lang="de" dir="ltr">`, "Samstag, 21. November 2026", "Anhören: e1.mp3")
	refuse(t, page, `lang="de">Deutsch`)
}

func TestThemesBringWords(t *testing.T) {
	site, entries := small()
	site.Lang = "pl"
	theme := load(t, overlay(t, "words/pl.json", `{"people": "Kto tu pisze", "posts": {"one": "{1} wpis", "few": "{1} wpisy", "many": "{1} wpisów", "other": "{1} wpisu"}}`))
	for file, err := range theme.River(site, River{Entries: entries}) {
		if err != nil {
			t.Fatal(err)
		}
		want(t, string(file.Data), `<html lang="pl" dir="ltr">`, "Kto tu pisze", "Subscribe")
	}
	if got := theme.spoken("pl").must("posts", 22); got != "22 wpisy" {
		t.Error(got)
	}
	for text, message := range map[string]string{
		"{\n\"people\": 3}":                 `words/pl.json:2: "people" is neither a text`,
		"{\n\n\"months\": [\"a\"]}":         `words/pl.json:3: "months" is neither`,
		"{\n\"people\": \"a\",\n}":          "words/pl.json:3: invalid character",
		"{\n\"post.by\": \"przez\"}":        `words/pl.json:2: "post.by" has the places [], the English text [{1}]`,
		"{\n\"nav.people\": \"{\"}":         `words/pl.json:2: "nav.people" has a brace`,
		"{\n\"posts\": {\"one\": \"{1}\"}}": `words/pl.json:2: "posts" is neither`,
	} {
		_, err := Load(overlay(t, "words/pl.json", text))
		if err == nil || !strings.Contains(filepath.ToSlash(err.Error()), message) {
			t.Errorf("%s: got %v, want %s", text, err, message)
		}
	}
	if _, err := Load(overlay(t, "words/polski (PL).json", `{"people": "x"}`)); err == nil || !strings.Contains(err.Error(), "no language") {
		t.Errorf("a file of no language: %v", err)
	}
}

// TestNamesDontTurnTheWordsAround keeps names of the other direction apart.
func TestNamesDontTurnTheWordsAround(t *testing.T) {
	theme := load(t, "")
	for _, c := range []struct{ lang, name, want string }{
		{"en", "Ada", "by Ada"}, {"en", "ليلى", "by \u2068ليلى\u2069"}, {"ar", "Ada", "بقلم \u2068Ada\u2069"}, {"ar", "ليلى", "بقلم ليلى"}, {"en", "12", "by 12"},
	} {
		if got := theme.spoken(c.lang).must("post.by", c.name); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
