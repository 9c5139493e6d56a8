package parse

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

// tolerant reads an object whose members may have wrong types: each that can't be read is made what was meant, or left
// out, and named among the problems. The error tells what is no object at all.
func tolerant[T any](doc stdjson.RawMessage) (value *T, problems []string, err error) {
	value = new(T)
	if err = stdjson.Unmarshal(doc, value); err == nil {
		return value, nil, nil
	}
	var members map[string]stdjson.RawMessage
	if stdjson.Unmarshal(doc, &members) != nil || members == nil {
		return nil, nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		err := unreadable[T](name, members[name])
		if err == nil {
			continue
		}
		problem := jsonProblem(err)
		if meant := meantBy(name, members[name]); meant != nil && unreadable[T](name, meant) == nil {
			members[name] = meant
			problems = append(problems, problem+": it was read as it was meant")
			continue
		}
		delete(members, name)
		problems = append(problems, problem+": it was left out")
	}
	if doc, err = stdjson.Marshal(members); err == nil {
		value = new(T)
		err = stdjson.Unmarshal(doc, value)
	}
	return value, problems, err
}

// jsonNames are the members that JSON Feed defines for a feed or an item, and that are read.
var jsonNames = set(`version title home_page_url feed_url description user_comment next_url icon favicon author authors language
	expired items id url external_url content_html content_text summary image banner_image date_published date_modified tags
	attachments`)

// unreadable is what keeps one member from being read as T's.
func unreadable[T any](name string, value stdjson.RawMessage) error {
	doc, err := stdjson.Marshal(map[string]stdjson.RawMessage{name: value})
	if err != nil {
		return err
	}
	return stdjson.Unmarshal(doc, new(T))
}

// meantBy guesses what somebody meant who wrote one thing for a list of it, a name for an author, or a number for a text.
// It is nil where there is no guess.
func meantBy(name string, value stdjson.RawMessage) stdjson.RawMessage {
	var list []stdjson.RawMessage
	if stdjson.Unmarshal(value, &list) != nil {
		list = []stdjson.RawMessage{value}
	}
	var meant any
	switch name {
	case "tags":
		meant = jsonTexts(list)
	case "authors":
		meant = jsonAuthors(list)
	case "attachments":
		meant = objects(list)
	case "author":
		if authors := jsonAuthors(list); len(authors) > 0 {
			meant = authors[0]
		}
	default:
		if texts := jsonTexts([]stdjson.RawMessage{value}); len(texts) > 0 {
			meant = texts[0]
		}
	}
	if meant == nil {
		return nil
	}
	out, err := stdjson.Marshal(meant)
	if err != nil {
		return nil
	}
	return out
}

// jsonTexts are the texts in a list, and its numbers and truth values as texts.
func jsonTexts(list []stdjson.RawMessage) []string {
	out := []string{}
	for _, raw := range list {
		var text string
		raw = bytes.TrimSpace(raw)
		switch {
		case stdjson.Unmarshal(raw, &text) == nil:
			out = append(out, text)
		case len(raw) > 0 && raw[0] != '{' && raw[0] != '[':
			out = append(out, string(raw))
		}
	}
	return out
}

func jsonAuthors(list []stdjson.RawMessage) []map[string]any {
	out := []map[string]any{}
	for _, raw := range list {
		var name string
		var members map[string]any
		switch {
		case stdjson.Unmarshal(raw, &name) == nil:
			out = append(out, map[string]any{"name": name})
		case stdjson.Unmarshal(raw, &members) == nil:
			maps.DeleteFunc(members, func(_ string, v any) bool { _, ok := v.(string); return !ok })
			out = append(out, members)
		}
	}
	return out
}

// objects are the objects in a list, without members of other types than an attachment's.
func objects(list []stdjson.RawMessage) []map[string]any {
	out := []map[string]any{}
	for _, raw := range list {
		var members map[string]any
		if stdjson.Unmarshal(raw, &members) != nil || members == nil {
			continue
		}
		maps.DeleteFunc(members, func(name string, v any) bool {
			_, text := v.(string)
			_, number := v.(float64)
			return !text && (!number || name != "size_in_bytes" && name != "duration_in_seconds")
		})
		out = append(out, members)
	}
	return out
}

// jsonProblem says in words what package json found of a wrong type.
func jsonProblem(err error) string {
	wrong := (*stdjson.UnmarshalTypeError)(nil)
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	name := wrong.Field[strings.LastIndexByte(wrong.Field, '.')+1:]
	if name == "" {
		return "it can't be " + article(wrong.Value)
	}
	return "its " + name + " can't be " + article(wrong.Value)
}

// article puts one before a JSON type's name.
func article(what string) string {
	if strings.HasPrefix(what, "o") || strings.HasPrefix(what, "a") {
		return "an " + what
	}
	return "a " + what
}
