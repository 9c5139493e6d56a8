package parse

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestTooMuchInAMemberOfJSON(t *testing.T) {
	many := func(s string, n int) string { return "[" + strings.Repeat(s+",", n-1) + s + "]" }
	doc := `{"version":"https:\/\/jsonfeed.org\/version\/1.1","title":"T","authors":` + many(`"A"`, 5000) + `,"_x":[1,{"items":2}],"items":[` +
		`{"id":1,"t\u0061gs":` + many(`"a , ] b"`, 5000) + `,"title":"One, \"two\" ]","attachments":` + many(`{"url":"https://x.example/1","size_in_bytes":3}`, 1500) + `},` +
		`{"id":"2","authors":[{"name":"B","x":{"y":` + many("0", 20_000) + `}}],"content_text":"text"} , {"id":"3","tags":["a","b"] , "authors":[{"name":"C"}]}]}`
	res, err := Parse([]byte(doc), "", nil, Limits{})
	if err != nil || len(res.Items) != 3 {
		t.Fatalf("%v: %+v", err, res.Items)
	}
	one, two, three := res.Items[0], res.Items[1], res.Items[2]
	if one.GUID != "1" || fmt.Sprint(one.Tags) != "[a , ] b]" || one.Title.Body != `One, "two" ]` || len(one.Enclosures) != 1 || one.Enclosures[0].Length != 3 {
		t.Errorf("the first is %+v", one)
	}
	if two.GUID != "2" || two.Content.Body != "text" || len(two.Authors) != 20 || two.Authors[0].Name != "A" {
		t.Errorf("the second is %+v", two)
	}
	if fmt.Sprint(three.Tags, three.Authors) != "[a b] [{C  }]" {
		t.Errorf("the third is %+v", three)
	}
	all := fmt.Sprint(res.Warnings)
	for _, want := range []string{
		"of the feed its authors are more than 1000: the others were left out", "1: its tags are more than 1000: the others were left out",
		"1: its attachments are more than 1000", "2: its authors holds very many values: it was left out",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning says %q: %s", want, all)
		}
	}
}

// What is small and clean is handed on as it is.
func TestSlimLeavesWhatIsRead(t *testing.T) {
	for doc, want := range map[string]string{
		`{"id":"a","tags":["x"]}`:                              `{"id":"a","tags":["x"]}`,
		` { "id" : "a\"}" , "_b" : {"id":1} , "title":null } `: `{"id": "a\"}" ,"title":null }`,
		`{"items":[{"a":[1,2]}],"x":1}`:                        `{"items":[{"a":[1,2]}]}`,
		`{}`:                                                   `{}`, `[1]`: `[1]`, `7`: `7`, `"{"`: `"{"`,
	} {
		if got, problems := slim([]byte(doc), "items"); string(got) != want || problems != nil {
			t.Errorf("%s: %s, %v", doc, got, problems)
		}
	}
}

// A few bytes of JSON can't become many of memory.
func TestHostileJSON(t *testing.T) {
	repeat := strings.Repeat
	numbered := func() string {
		var b strings.Builder
		for i := range 50_000 {
			fmt.Fprintf(&b, `,"a%d":1`, i)
		}
		return b.String()
	}()
	item := func(s string) string {
		return `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1` + s + "}]}"
	}
	for name, doc := range map[string]string{
		"authors that are names":   item(`,"authors":[""` + repeat(`,""`, 300_000) + "]"),
		"authors without a member": item(`,"authors":[{}` + repeat(`,{}`, 300_000) + "]"),
		"tags that are numbers":    item(`,"tags":[1` + repeat(`,1`, 400_000) + "]"),
		"a title of numbers":       item(`,"title":[1` + repeat(`,1`, 400_000) + "]"),
		"attachments":              item(`,"attachments":[{"url":1}` + repeat(`,{"url":1}`, 90_000) + "]"),
		"an author of members":     item(`,"authors":[{"a":1` + repeat(`,"a":1`, 200_000) + "}]"),
		"members":                  item(numbered),
		"members of the feed":      `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1}],"title":1` + numbered + "}",
		"a version of numbers":     `{"version":[1` + repeat(",1", 400_000) + `],"items":[]}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		res, err := Parse([]byte(doc), "", nil, Limits{})
		runtime.ReadMemStats(&after)
		if (err != nil || len(res.Items) != 1 || res.Items[0].GUID != "1") && !strings.HasPrefix(name, "a version") {
			t.Errorf("%s: %v, %+v", name, err, res.Items)
		}
		times := int(after.TotalAlloc-before.TotalAlloc) / len(doc)
		if times > 25 {
			t.Errorf("%s: %d KB took %d times as much memory", name, len(doc)>>10, times)
		}
	}
}
