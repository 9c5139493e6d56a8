package parse

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"planet/internal/planet"
)

// feedOf is a small RSS feed with the entries of these numbers, the newest first, and its build date.
func feedOf(built string, numbers ...int) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title><link>https://a.example/</link>` +
		`<lastBuildDate>` + built + `</lastBuildDate>`)
	for _, n := range numbers {
		fmt.Fprintf(&b, "\n<item><guid>g%d</guid><title>Post %d</title><link>/p/%d</link><!-- <item> --><description><![CDATA[text %d </item>]]></description></item>", n, n, n, n)
	}
	b.WriteString("\n</channel></rss>")
	return b.String()
}

func open(t *testing.T, doc string) *Document {
	t.Helper()
	base, err := url.Parse("https://a.example/feed.xml")
	if err != nil {
		t.Fatal(err)
	}
	return Open([]byte(doc), "", base, Limits{})
}

// knows reads a document, and gives a predicate for the keys of its entries.
func knows(t *testing.T, doc string) func(Key) bool {
	t.Helper()
	res, err := open(t, doc).Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[Key]bool{}
	for i := range res.Items {
		if res.Key(i) != (Key{}) {
			keys[res.Key(i)] = true
		}
	}
	return func(k Key) bool { return keys[k] }
}

func guids(items []planet.Item) string {
	var out []string
	for _, it := range items {
		out = append(out, it.GUID)
	}
	return strings.Join(out, " ")
}

func TestKnownEntriesAreNotReadAgain(t *testing.T) {
	known := knows(t, feedOf("Mon", 3, 2, 1))
	res, err := open(t, feedOf("Tue", 5, 4, 3, 2, 1)).Read(known)
	if err != nil {
		t.Fatal(err)
	}
	if guids(res.Items) != "g5 g4" || res.Known != 3 {
		t.Errorf("it read %s and knew %d", guids(res.Items), res.Known)
	}
	if it := res.Items[0]; it.Link != "https://a.example/p/5" || it.Content.Body+it.Summary.Body != "text 5 </item>" || res.Feed.Title.Body != "T" {
		t.Errorf("it read %+v of %+v", it, res.Feed)
	}
	if known(res.Key(0)) || res.Key(0) == res.Key(1) || res.Key(0) == (Key{}) {
		t.Error("the new entries have no keys of their own")
	}
}

// What an entry inherits from its feed changes how it is read, so it changes its key.
func TestWhatEntriesInheritIsPartOfTheirKeys(t *testing.T) {
	doc := feedOf("Mon", 1)
	known := knows(t, doc)
	for name, changed := range map[string]string{
		"the site":     strings.Replace(doc, "https://a.example/<", "https://b.example/<", 1),
		"the author":   strings.Replace(doc, "<title>T<", "<managingEditor>a@b.example (A)</managingEditor><title>T<", 1),
		"the language": strings.Replace(doc, "<title>T<", "<language>fr</language><title>T<", 1),
		"a base":       strings.Replace(doc, "<channel>", `<channel xml:base="https://c.example/">`, 1),
		"a prefix":     strings.Replace(doc, "elements/1.1/", "elements/9.9/", 1),
		"the entry":    strings.Replace(doc, "Post 1", "Post 2", 1),
	} {
		d := open(t, changed)
		if keys := d.Keys(); len(keys) != 1 || known(keys[0]) {
			t.Errorf("%s changed, and the key didn't: %v", name, keys)
		}
	}
	if d := open(t, strings.Replace(doc, "<title>T<", "<ttl>60</ttl><title>Another<", 1)); !known(d.Keys()[0]) {
		t.Error("the feed's title changed, and the entry's key did")
	}
	other := Open([]byte(doc), "", &url.URL{Scheme: "https", Host: "z.example", Path: "/feed"}, Limits{})
	if known(other.Keys()[0]) {
		t.Error("the document's address changed, and the key didn't")
	}
	if d := Open([]byte(doc), "", other.base, Limits{URL: 10}); d.Keys()[0] == other.Keys()[0] {
		t.Error("a limit changed, and the key didn't")
	}
}

// An entry that moves out of its channel loses the base that it had there, so its key can't stay.
func TestWhereAnEntryStandsIsPartOfItsKey(t *testing.T) {
	const inside = `<rss><channel xml:base="https://c.example/"><title>T</title><item><guid>1</guid><link>x</link></item></channel></rss>`
	behind := strings.Replace(strings.Replace(inside, "</channel>", "", 1), "<item>", "</channel><item>", 1)
	known := knows(t, inside)
	d := open(t, behind)
	if len(d.Keys()) != 1 || known(d.Keys()[0]) {
		t.Errorf("the entry stands behind the channel now, and has the keys %v", d.Keys())
	}
	if res, err := d.Read(known); err != nil || len(res.Items) != 1 || res.Items[0].Link != "https://a.example/x" {
		t.Errorf("%v, %+v", err, res.Items)
	}
}

// The list of its items that an RDF channel begins with changes with each new one, and says nothing of the others.
func TestAddressesAreNoDeclarations(t *testing.T) {
	doc := func(list string) string {
		return `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><items><rdf:Seq>` +
			list + `</rdf:Seq></items></channel><item rdf:about="1"><title>a</title></item></rdf:RDF>`
	}
	known := knows(t, doc(""))
	for list, want := range map[string]bool{
		`<rdf:li resource="https://a.example/why-xmlns-and-xml:base"/>`: true,
		`<rdf:li resource="xmlns"/>`:                                    true,
		`<rdf:li xmlns:q="x"/>`:                                         false,
		`<rdf:li resource="x"xml:lang = "x"/>`:                          false,
		"<rdf:li\nxml:base='x'/>":                                       false,
	} {
		if keys := open(t, doc(list)).Keys(); len(keys) != 1 || known(keys[0]) != want {
			t.Errorf("%s: the keys are %v", list, keys)
		}
	}
}

// Documents that can't be taken apart by their tags are read whole.
func TestWhatIsNotAsItLooksIsReadWhole(t *testing.T) {
	for name, c := range map[string]struct {
		doc  string
		want string
	}{
		"an end is missing": {strings.TrimSuffix(feedOf("x", 2, 1), "</item>\n</channel></rss>"), "g2 g1"},
		"an end too many":   {strings.Replace(feedOf("x", 2, 1), "</item>\n<item>", "</item></item>\n<item>", 1), "g2 g1"},
		"entries elsewhere": {strings.Replace(feedOf("x", 1), "<channel>", "<channel><items><item><guid>no</guid></item></items>", 1), "g1"},
		"in an attribute":   {strings.Replace(feedOf("x", 1), "<title>T", `<image title="<item></item>"/><title>T`, 1), "g1"},
		"an unknown prefix": {strings.NewReplacer("<item>", "<x:item>", "</item>", "</x:item>").Replace(feedOf("x", 1)), ""},
		"JSON, items twice": {`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"a"}],"items":[{"id":"b"}]}`, "b"},
		"JSON, cut":         {`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"a"},{"id":"b`, ""},
	} {
		d := open(t, c.doc)
		res, err := d.Read(func(Key) bool { return true })
		if err != nil && c.want != "" {
			t.Errorf("%s: %v", name, err)
			continue
		}
		full, err := d.Read(nil)
		if err != nil && c.want != "" {
			t.Errorf("%s: %v", name, err)
		}
		full.LeaveOutEmpty()
		if c.want == "" {
			continue
		}
		if guids(full.Items) != c.want {
			t.Errorf("%s: it read %s", name, guids(full.Items))
		}
		for i := range full.Items {
			if full.Key(i) != (Key{}) {
				t.Errorf("%s: entry %d has a key, though the document wasn't taken apart rightly", name, i)
			}
		}
		if res.Known > 0 && guids(res.Items) != "" {
			t.Errorf("%s: it knew %d and read %s", name, res.Known, guids(res.Items))
		}
	}
}

func TestKnownEntriesOfAllFormats(t *testing.T) {
	for name, doc := range map[string]string{
		"Atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id><title>a</title></entry><author><name>N</name></author>` +
			`<entry><id>2</id><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x<br/></div></content></entry></feed>`,
		"prefixed Atom": `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:id>1</a:id></a:entry><a:entry><a:id>2</a:id></a:entry></a:feed>`,
		"RDF": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><items><rdf:Seq/></items></channel>` +
			`<item rdf:about="1"><title>a</title></item><item rdf:about="2"><title>b</title></item></rdf:RDF>`,
		"JSON": `{"version":"https://jsonfeed.org/version/1.1", "title":"say \"items\": [", "items" : [ {"id":"1","tags":["a","b"],"attachments":[{"url":"https://a.example/x"}]} , {"id":"2","content_text":"a ]}"} ], "home_page_url":"https://a.example/"}`,
	} {
		d := open(t, doc)
		keys := d.Keys()
		if len(keys) != 2 {
			t.Errorf("%s: %d entries", name, len(keys))
			continue
		}
		for at, want := range []string{"2", "1"} {
			res, err := d.Read(func(k Key) bool { return k == keys[at] })
			if err != nil || guids(res.Items) != want || res.Known != 1 || res.Key(0) != keys[1-at] {
				t.Errorf("%s without entry %d: %s, %d known, %v", name, at+1, guids(res.Items), res.Known, err)
			}
		}
		if res, err := d.Read(func(Key) bool { return true }); err != nil || len(res.Items) != 0 || res.Known != 2 {
			t.Errorf("%s: all known: %+v, %v", name, res, err)
		}
	}
}

// Of real feeds, what is read without the known entries is what is read of them all.
func TestReadingApartChangesNothing(t *testing.T) {
	names, _ := filepath.Glob("../../../shared/feeds/feeds/*")
	if len(names) == 0 {
		if os.Getenv("PLANET_SHARED") == "required" {
			t.Fatal("PLANET_SHARED=required, but there are no feeds")
		}
		t.Skip("no real feeds here; PLANET_SHARED=required makes that a failure")
	}
	apart := 0
	for _, name := range names {
		doc, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d := open(t, string(doc))
		whole, err := d.Read(nil)
		if err != nil || len(d.Keys()) == 0 {
			continue
		}
		keys := map[Key]int{}
		for i := range whole.Items {
			keys[whole.Key(i)] = i
		}
		even := func(k Key) bool { i, ok := keys[k]; return ok && k != Key{} && i%2 == 0 }
		half, err := d.Read(even)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if half.Known > 0 {
			apart++
		}
		for i, it := range half.Items {
			if at, ok := keys[half.Key(i)]; ok && half.Known > 0 && !reflect.DeepEqual(it, whole.Items[at]) {
				a, _ := json.Marshal(it)
				b, _ := json.Marshal(whole.Items[at])
				t.Errorf("%s: entry %d is read differently:\n%s\n%s", filepath.Base(name), at, a, b)
			}
		}
	}
	if apart < 100 {
		t.Errorf("only %d documents were read apart", apart)
	}
	t.Logf("%d of %d documents were read apart", apart, len(names))
}

// FuzzApart reads arbitrary documents whole, and again without every other entry that could be known.
func FuzzApart(f *testing.F) {
	f.Add([]byte(feedOf("Mon", 3, 2, 1)), uint8(1))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id></entry><entry xml:base="x"><id>2</id></entry></feed>`), uint8(2))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"a"},{"id":"b","tags":["x"]}]}`), uint8(1))
	f.Add([]byte(`<rss><channel><item xmlns:q="http://purl.org/dc/elements/1.1/"><q:creator>a</q:creator></item><item><q:creator>b</q:creator></item></channel><item xmlns:q="x"/></rss>`), uint8(1))
	f.Add([]byte(`<rss><channel><item><item/></item><item a="<item>"/></channel><item><guid>1</guid></item></rss>`), uint8(3))
	f.Fuzz(func(t *testing.T, doc []byte, mask uint8) {
		if len(doc) > 20_000 {
			t.Skip()
		}
		d := Open(doc, "", nil, Limits{})
		whole, err := d.Read(nil)
		if err != nil || len(whole.Keys) == 0 {
			return
		}
		place := map[Key]int{}
		for i := range whole.Items {
			place[whole.Key(i)] = i
		}
		apart, err := d.Read(func(k Key) bool { i, ok := place[k]; return ok && mask>>(i%8)&1 == 1 })
		if err != nil {
			t.Fatalf("without known entries it can't be read: %v", err)
		}
		if len(apart.Items)+apart.Known != len(whole.Items) {
			t.Fatalf("%d entries, and %d read and %d known", len(whole.Items), len(apart.Items), apart.Known)
		}
		for i, it := range apart.Items {
			if at, ok := place[apart.Key(i)]; apart.Key(i) != (Key{}) && ok && !reflect.DeepEqual(it, whole.Items[at]) {
				t.Fatalf("entry %d is read differently: %+v and %+v", at, whole.Items[at], it)
			}
		}
	})
}

func TestEntriesWithinEntriesAreEntries(t *testing.T) {
	for _, c := range []struct{ doc, want string }{
		{"<rss><channel><item><guid>a</guid><item><guid>b</guid></item><title>A</title></item><item><guid>c</guid></item></channel></rss>", "a b c"},
		{"<rss><channel><item><guid>a</guid><item/><title>A</title></item></channel></rss>", "a "},
		{"<rss><channel><item><item><guid>b</guid><x><item><guid>c</guid></item></x></item><guid>a</guid></item></channel></rss>", "a b"},
		{"<rss><channel><item><guid>a</guid><item><guid>b</guid><item><guid>c</guid></item><item><guid>d</guid></item></item><title>A</title></item></channel></rss>", "a b c d"},
		{"<rss><channel><item><guid>a</guid><description>x<br>y<img src='z'></description><link>x</link><title>A</title><item><guid>b</guid></item></item></channel></rss>", "a b"},
		{`<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:id>a</a:id><a:entry><a:id>b</a:id></a:entry></a:entry></a:feed>`, "a b"},
		{`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><entry xmlns="urn:x"><id>no</id></entry></entry></feed>`, "a"},
		{`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><entry xmlns="http://www.w3.org/2005/Atom"><id>no</id></entry></entry></feed>`, "a"},
		{`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="urn:o"><entry><id>a</id><o:entry><id>no</id></o:entry></entry></feed>`, "a"},
		{`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><content type="application/xml"><list xmlns="urn:x"><entry><id>no</id></entry></list></content></entry></feed>`, "a"},
		{`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><entry/></div></content></entry></feed>`, "a"},
		{`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><entry><id>b</id></entry></entry></feed>`, "a b"},
	} {
		res, err := open(t, c.doc).Read(nil)
		if err != nil || guids(res.Items) != c.want {
			t.Errorf("%s: %q, %v", c.doc, guids(res.Items), err)
		}
		if len(res.Items) > 0 && strings.Contains(c.doc, "<title>A") && res.Items[0].Title.Body != "A" {
			t.Errorf("%s: what follows the inner entry isn't the outer one's: %+v", c.doc, res.Items[0])
		}
	}
}

// Where tags don't match it is for the repair to say what stands in what.
func TestNothingIsTakenOutOfDamagedEntries(t *testing.T) {
	for inner, want := range map[string]bool{
		"<b>x</b>": true, "<br>": true, "<br/>": true, "</br>": true, "<b>x": false, "x</b>": false, "<b><i>x</b></i>": false, "<B>x</b>": false,
		"<!-- <b> -->": true, "<![CDATA[</b>]]>": true, "<b a='>'>x</b>": true, "<b a='": false,
	} {
		doc := "<rss><channel><item>" + inner + "<item/></item></channel></rss>"
		if got := unnested([]byte(doc), Limits{}.orDefault()); (got != nil) != want || want && string(got) != "<rss><channel><item>"+inner+"</item><item/></channel></rss>" {
			t.Errorf("%s: %s", doc, got)
		}
	}
}

func TestEntriesWithinTextsAreText(t *testing.T) {
	res, err := open(t, "<rss><channel><item><guid>a</guid><description>An <b>example</b>: <item>one</item> and more</description></item></channel></rss>").Read(nil)
	if err != nil || guids(res.Items) != "a" || !strings.Contains(res.Items[0].Summary.Body, "<item>one</item> and more") {
		t.Errorf("%v: %+v", err, res.Items)
	}
}
