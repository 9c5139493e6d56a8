package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"planet/internal/planet"
)

// A catalogue holds the theme's words in one language. A text may hold places for values, {1}, {2} and on.
type catalogue struct {
	lang     string // BCP 47
	tag      language.Tag
	texts    map[string]forms
	months   []string // January first
	weekdays []string // Sunday first
}

// forms are the shapes of a text by the number it tells of, under CLDR's names ("one", "few", "other"); a text without
// numbers has "other" alone.
type forms map[string]string

// source is the language of the words when there is no catalogue for a planet's own.
const source = "en"

// readWords reads a catalogue, a JSON file such as words/de.json.
func readWords(name string, data []byte) (*catalogue, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, fmt.Errorf(":%d: %w", 1+strings.Count(string(data[:bad.Offset]), "\n"), err)
		}
		return nil, fmt.Errorf(": %w", err)
	}
	c := &catalogue{lang: strings.TrimSuffix(path.Base(name), ".json"), texts: map[string]forms{}}
	if planet.LanguageTag(c.lang) != c.lang || strings.ToLower(c.lang) != c.lang {
		return nil, fmt.Errorf(": the file's name is no language in lower case, such as de or pt-br")
	}
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		var text string
		var many forms
		var list []string
		switch value := raw[key]; {
		case key == "months" && json.Unmarshal(value, &list) == nil && len(list) == 12:
			c.months = list
		case key == "weekdays" && json.Unmarshal(value, &list) == nil && len(list) == 7:
			c.weekdays = list
		case json.Unmarshal(value, &text) == nil:
			c.texts[key] = forms{"other": text}
		case json.Unmarshal(value, &many) == nil && many["other"] != "":
			c.texts[key] = many
		default:
			return nil, fmt.Errorf(":%d: %q is neither a text nor an object of its forms with \"other\" among them; months are a list of 12, weekdays of 7", lineOf(data, key), key)
		}
	}
	return c, nil
}

// complete takes from other what c hasn't got.
func (c *catalogue) complete(other *catalogue) {
	if c.months == nil {
		c.months = other.months
	}
	if c.weekdays == nil {
		c.weekdays = other.weekdays
	}
	for key, text := range other.texts {
		if c.texts[key] == nil {
			c.texts[key] = text
		}
	}
}

// gather makes the catalogues of a theme from the built-in ones, with the theme's own laid over them text by text. What a
// language lacks is English.
func gather(builtIn, own map[string][]byte, origin map[string]string) (map[string]*catalogue, error) {
	all, err := readAll(builtIn, origin)
	if err != nil {
		return nil, err
	}
	theirs, err := readAll(own, origin)
	if err != nil {
		return nil, err
	}
	for lang, c := range theirs {
		name := "words/" + lang + ".json"
		if err := c.fits(all[source], own[name]); err != nil {
			return nil, fmt.Errorf("%s%w", origin[name], err)
		}
		if all[lang] != nil {
			c.complete(all[lang])
		}
		all[lang] = c
	}
	for _, c := range all {
		c.tag = language.Make(c.lang)
		c.complete(all[source])
	}
	return all, nil
}

// readAll reads the catalogues among a theme's files, by language.
func readAll(files map[string][]byte, origin map[string]string) (map[string]*catalogue, error) {
	all := map[string]*catalogue{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !isWords(name) {
			continue
		}
		c, err := readWords(name, files[name])
		if err != nil {
			return nil, fmt.Errorf("%s%w", origin[name], err)
		}
		all[c.lang] = c
	}
	return all, nil
}

// fits tells what is wrong with a theme's words: a text has other places for values than the English one.
func (c *catalogue) fits(english *catalogue, data []byte) error {
	for _, key := range slices.Sorted(maps.Keys(c.texts)) {
		for name, form := range c.texts[key] {
			if english.texts[key] == nil {
				continue // perhaps of a template that the theme brings
			}
			has, needs := places(form), places(english.texts[key]["other"])
			if name != "other" { // "one post" may do without the number
				needs = slices.DeleteFunc(needs, func(place string) bool { return place == "{1}" && !slices.Contains(has, place) })
			}
			if strings.ContainsAny(placeOf.ReplaceAllString(form, ""), "{}") {
				return fmt.Errorf(":%d: %q has a brace without its other half", lineOf(data, key), key)
			}
			if !slices.Equal(has, needs) {
				return fmt.Errorf(":%d: %q has the places %v, the English text %v", lineOf(data, key), key, has, needs)
			}
		}
	}
	return nil
}

var placeOf = regexp.MustCompile(`\{[^{}]*\}`)

// places are a text's places for values, each once, sorted.
func places(text string) []string {
	found := placeOf.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// lineOf is the line of a key in a catalogue's file.
func lineOf(data []byte, key string) int {
	before, _, _ := bytes.Cut(data, []byte(strconv.Quote(key)))
	return 1 + bytes.Count(before, []byte("\n"))
}

// spoken is the catalogue for a language: its own, that of the language without script and country, or English.
func (t *Theme) spoken(lang string) *catalogue {
	lang = strings.ToLower(lang)
	return cmp.Or(t.words[lang], t.words[primary(lang)], t.words[source])
}

// speech gives templates the words of the page's language. Every view type has it that has words of its own around it.
type speech struct{ catalogue *catalogue }

// T is a text of the catalogue with its places filled in order: {{.T "page.of" .Number .Pages}}. The first number
// among the values chooses the form.
func (s speech) T(key string, values ...any) (string, error) {
	return s.catalogue.text(key, values...)
}

// Around is a text with one place left open, the one after those that are filled: what stands before and after it, for a link
// or the like in the middle of a sentence.
func (s speech) Around(key string, values ...any) (Sentence, error) {
	const gap = "\x00"
	text, err := s.catalogue.text(key, append(slices.Clip(values), gap)...)
	before, after, found := strings.Cut(text, gap)
	if err == nil && !found {
		err = fmt.Errorf("the text %q has no place {%d}", key, len(values)+1)
	}
	return Sentence{Before: before, After: after}, err
}

// Forms is a text in all its forms as JSON, for scripts; or the names of the "months".
func (s speech) Forms(key string) (string, error) {
	var value any = s.catalogue.months
	if text, ok := s.catalogue.texts[key]; ok {
		value = text
	} else if key != "months" {
		return "", fmt.Errorf("there is no text %q", key)
	}
	data, err := json.Marshal(value)
	return string(data), err
}

func (c *catalogue) text(key string, values ...any) (string, error) {
	text, ok := c.texts[key]
	if !ok {
		return "", fmt.Errorf("there is no text %q", key)
	}
	shape, filled := text["other"], make([]string, len(values))
	counted := false
	for i, value := range values {
		switch v := value.(type) {
		case int:
			filled[i] = c.number(v)
			if !counted {
				shape, counted = cmp.Or(text[c.form(v)], shape), true
			}
		case string:
			filled[i] = c.isolate(v)
		default:
			return "", fmt.Errorf("the text %q takes texts and whole numbers, not %T", key, value)
		}
	}
	if !strings.Contains(shape, "{") {
		return shape, nil
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(shape, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		number, after, _ := strings.Cut(rest, "}")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > len(filled) {
			return "", fmt.Errorf("the text %q has the place {%s}, and was given %d values", key, number, len(filled))
		}
		b.WriteString(filled[n-1])
		shape = after
	}
}

// must is text for the program's own use, where key and values are right: a test asks for every key.
func (c *catalogue) must(key string, values ...any) string {
	text, err := c.text(key, values...)
	if err != nil {
		panic("render: " + err.Error())
	}
	return text
}

// pluralNames are CLDR's names, which browsers use as well.
var pluralNames = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// form names the form of a text that tells of n things.
func (c *catalogue) form(n int) string {
	return pluralNames[plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0)]
}

// number writes n in groups of three digits from ten thousand on: below, some languages have none.
func (c *catalogue) number(n int) string {
	digits := strconv.Itoa(n)
	if n < 10_000 {
		return digits
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + c.texts["thousands"]["other"] + digits[at:]
	}
	return digits
}

// isolate keeps a value that runs in the other direction from turning the words around it (Unicode, UAX 9: FSI and PDI).
func (c *catalogue) isolate(value string) string {
	dir := textDir(value)
	if dir == "" || dir == cmp.Or(languageDir(c.lang), "ltr") {
		return value
	}
	return "\u2068" + value + "\u2069"
}
