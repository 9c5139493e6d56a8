package parse

import (
	"bytes"
	stdjson "encoding/json"
	"strconv"
	"strings"
)

const (
	maxElements = 1000   // of one member's array; limits.tags and the others keep fewer
	maxValues   = 10_000 // in one member, at whatever depth
)

// slim is an object of valid JSON without the members that nobody reads, except for those of the name kept, and without
// what is too much in the others, before any of it is built: two bytes of an array can become an author of a hundred.
// The problems say what is missing. What is no object is returned as it is.
func slim(doc []byte, kept string) (out []byte, problems []string) {
	if doc = bytes.TrimSpace(doc); len(doc) == 0 || doc[0] != '{' {
		return doc, nil
	}
	out = append(make([]byte, 0, min(len(doc), 1<<16)), '{')
	for i := 1; i < len(doc); {
		quote := bytes.IndexByte(doc[i:], '"')
		if quote < 0 {
			break
		}
		i += quote
		end := min(stringEnd(doc, i)+1, len(doc))
		raw := doc[i:end]
		i = end + max(bytes.IndexByte(doc[end:], ':'), 0) + 1
		size, cut, values := measure(doc[min(i, len(doc)):])
		value := doc[min(i, len(doc)):][:size]
		i += size
		name := memberName(raw)
		switch {
		case name == kept && kept != "":
		case !jsonNames[strings.ToLower(name)]:
			continue
		case cut > 0:
			value = append(bytes.Clone(value[:cut]), ']')
			problems = append(problems, "its "+name+" are more than "+strconv.Itoa(maxElements)+": the others were left out")
			_, _, values = measure(value)
		}
		if name != kept && values > maxValues {
			problems = append(problems, "its "+name+" holds very many values: it was left out")
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, raw...), ':'), value...)
	}
	return append(out, '}'), problems
}

// memberName is the name that a JSON string gives a member; "" for one that is too long to be known.
func memberName(raw []byte) (name string) {
	switch {
	case len(raw) > 200:
	case bytes.IndexByte(raw, '\\') >= 0:
		_ = stdjson.Unmarshal(raw, &name) // what can't be read is no known name
	default:
		name = string(bytes.Trim(raw, `"`))
	}
	return name
}

// measure tells of the value that b begins with how long it is, up to the comma or bracket behind it, how many values it
// holds, and where its array's elements become too many; 0 if they don't.
func measure(b []byte) (size, cut, values int) {
	depth, elements, list := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = stringEnd(b, i)
		case '{', '[':
			if depth == 0 {
				list = b[i] == '['
			}
			depth++
		case '}', ']':
			if depth == 0 {
				return i, cut, values
			}
			depth--
		case ',':
			if depth == 0 {
				return i, cut, values
			}
			values++
			if depth == 1 && list {
				if elements++; elements == maxElements {
					cut = i
				}
			}
		}
	}
	return len(b), cut, values
}
