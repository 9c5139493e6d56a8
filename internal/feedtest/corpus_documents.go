package feedtest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// mutatedSamples are real documents with a few wounds, and some without any.
func mutatedSamples() []odd {
	odds := []odd{
		{"a mutated RSS feed", Either, func(d *dice) Reply { return Feed(mutate(d, RSS("Feed "+d.id, d.items()...))) }},
		{"a mutated Atom feed", Either, func(d *dice) Reply { return Feed(mutate(d, Atom("Feed "+d.id, d.items()...))) }},
		{"a mutated JSON Feed", Either, func(d *dice) Reply { return Feed(mutate(d, JSONFeed("Feed "+d.id, d.items()...))) }},
		{"a feed cut short", Either, func(d *dice) Reply { doc := d.doc(); return Feed(doc[:within(d, len(doc))]) }},
		{"two feeds in one", Either, func(d *dice) Reply { return Feed(slices.Concat(d.doc(), d.doc())) }},
	}
	for _, c := range community {
		if c.file == "" {
			continue
		}
		odds = append(odds,
			odd{"a mutated " + c.file, Either, func(d *dice) Reply { return Feed(mutate(d, demoDoc(d, c.file))) }},
			odd{"a mutated " + c.file + ", packed", Either, func(d *dice) Reply { return Feed(mutate(d, demoDoc(d, c.file))).Gzipped() }},
			odd{c.file, Readable, func(d *dice) Reply { return Feed(demoDoc(d, c.file)) }})
	}
	return odds
}

func demoDoc(d *dice, file string) []byte {
	doc, err := demoFiles.ReadFile("demo/" + file)
	if err != nil {
		panic(err) // the file is in the program
	}
	return bytes.ReplaceAll(doc, []byte("{{base}}"), []byte("https://"+d.id+".example"))
}

// mutate wounds a document in one to eight places.
func mutate(d *dice, doc []byte) []byte {
	doc = slices.Clone(doc)
	for range 1 + d.IntN(8) {
		at := d.IntN(len(doc) - 1)
		to := min(at+1+d.IntN(200), len(doc))
		switch d.IntN(7) {
		case 0: // one bit
			doc[at] ^= 1 << d.IntN(8)
		case 1: // some bytes
			copy(doc[at:], d.bytes(1+d.IntN(8)))
		case 2:
			doc = slices.Insert(doc, at, []byte(one(d, "<", ">", "&", "\"", "]]>", "<![CDATA[", "<!--", "</item>", "<item>", "{", "}", ",", "\\u0000"))...)
		case 3: // a range twice
			doc = slices.Insert(doc, at, slices.Clone(doc[at:to])...)
		case 4: // a range less
			doc = append(slices.Delete(doc, at, to), ' ', ' ')
		case 5: // two ranges in each other's place
			slices.Reverse(doc[at:to])
		case 6: // the end
			doc = doc[:max(at, 2)]
		}
	}
	return doc
}

func text(name string, want Want, doc string) odd {
	return odd{name, want, func(d *dice) Reply { return Bare([]byte(strings.ReplaceAll(doc, "ID", d.id))) }}
}

// garbage is no document at all.
func garbage() []odd {
	return []odd{
		text("nothing", Unreadable, ""), text("a line end", Unreadable, "\n"), text("spaces", Unreadable, strings.Repeat(" \t\r\n", 500)),
		text("a byte order mark alone", Unreadable, "\uFEFF"), text("UTF-16's mark alone", Unreadable, "\xff\xfe"), text("a NUL", Unreadable, "\x00"),
		text("words", Unreadable, "Service temporarily unavailable ID"), text("a PDF", Unreadable, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj ID"),
		text("a ZIP archive", Unreadable, "PK\x03\x04\x14\x00ID"), text("an error of PHP", Unreadable, "PHP Fatal error:  Uncaught Error: Call to undefined function ID()"),
		{"a picture", Unreadable, func(d *dice) Reply { return Bare(avatarPNG(d.id)) }},
		{"noise", Unreadable, func(d *dice) Reply { return Bare(d.bytes(1 + d.IntN(4000))) }},
		{"noise after an XML declaration", Unreadable, func(d *dice) Reply { return Bare(append([]byte(`<?xml version="1.0"?>`), d.bytes(1000)...)) }},
		{"noise within a feed", Either, func(d *dice) Reply {
			return Bare(append([]byte(`<rss version="2.0"><channel><item><title>`), d.bytes(3000)...))
		}},
		{"angle brackets", Unreadable, func(d *dice) Reply { return Bare(bytes.Repeat([]byte("<"), 1+d.IntN(200_000))) }},
		{"zeros", Unreadable, func(d *dice) Reply { return Bare(make([]byte, 1+d.IntN(100_000))) }},
		{"comments that never end", Unreadable, func(*dice) Reply { return Bare(bytes.Repeat([]byte("<!--"), 100_000)) }},
		{"noise before a feed", Either, func(d *dice) Reply { return Bare(append(d.bytes(200), d.xml()...)) }},
		{"words before a feed", Either, func(d *dice) Reply { return Bare(append([]byte("Notice: undefined variable\n"), d.xml()...)) }},
	}
}

// hostileXML exhausts a parser, or tries to (behaviours 55–60).
func hostileXML() []odd {
	inner := func(name string, want Want, text func(d *dice) string) odd {
		return odd{name, want, func(d *dice) Reply { return Bare(hostileRSS("", d.id, text(d))) }}
	}
	return []odd{
		{"depth of 30,000", Unreadable, func(d *dice) Reply { return Bare(Deep(d.id, 30_000)) }},
		{"depth of half a million", Unreadable, func(d *dice) Reply { return Bare(Deep(d.id, 500_000)).Gzipped() }},
		{"depth of 50", Readable, func(d *dice) Reply { return Bare(Deep(d.id, 50)) }},
		{"5,000 namespaces", Unreadable, func(d *dice) Reply { return Bare(Namespaces(d.id, 5000)) }},
		{"100 namespaces", Readable, func(d *dice) Reply { return Bare(Namespaces(d.id, 100)) }},
		{"25,000 entries", Unreadable, func(d *dice) Reply { return Bare(Flood(d.id, 25_000)) }},
		{"2,500 entries", Readable, func(d *dice) Reply { return Bare(Flood(d.id, 2500)) }},
		{"entries of nothing", Either, func(*dice) Reply {
			return Bare([]byte("<rss><channel>" + strings.Repeat("<item/>", 19_000) + "</channel></rss>"))
		}},
		{"a billion laughs", Readable, func(d *dice) Reply { return Bare(Laughs(d.id)) }},
		{"a file as an entity", Readable, func(d *dice) Reply { return Bare(ExternalEntity(d.id, "file:///etc/passwd")) }},
		{"a page as an entity", Readable, func(d *dice) Reply { return Bare(ExternalEntity(d.id, "http://127.0.0.1:1/entity")) }},
		{"a DTD elsewhere", Readable, func(d *dice) Reply {
			return Bare(hostileRSS(`<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">`, d.id, ""))
		}},
		inner("a text of 5 MB", Readable, func(*dice) string { return "<description>" + strings.Repeat("words ", 850_000) + "</description>" }),
		inner("10,000 divs", Readable, func(*dice) string {
			return "<description>" + escape(strings.Repeat("<div>", 10_000)) + "</description>"
		}),
		inner("an attribute of 1 MB", Either, func(*dice) string { return `<enclosure url="https://x.example/` + strings.Repeat("a", 1<<20) + `"/>` }),
		inner("10,000 attributes", Either, func(*dice) string { return "<category " + strings.Repeat("a='b' ", 10_000) + "/>" }),
		inner("50,000 extensions", Readable, func(*dice) string { return strings.Repeat("<x:y/>", 50_000) }),
		inner("10,000 categories", Readable, func(*dice) string { return strings.Repeat("<category>c</category>", 10_000) }),
		inner("10,000 authors", Readable, func(*dice) string { return strings.Repeat("<author>a@ (b</author>", 10_000) }),
		inner("half a million references", Readable, func(*dice) string { return "<description>" + strings.Repeat("&amp;", 500_000) + "</description>" }),
		inner("unclosed tags", Either, func(*dice) string { return strings.Repeat("<br>", 50_000) }),
		inner("unclosed quotes", Either, func(*dice) string { return strings.Repeat(`<a b="`, 50_000) }),
		inner("CDATA that never ends", Either, func(*dice) string { return "<description>" + strings.Repeat("<![CDATA[", 50_000) }),
	}
}

// oddXML is small and strange: huge numbers, scripts, roots of other kinds.
func oddXML() []odd {
	item := func(name string, want Want, inner string) odd {
		return odd{name, want, func(d *dice) Reply { return Bare(hostileRSS("", d.id, inner)) }}
	}
	channel := func(name, inner string) odd {
		return text(name, Readable, `<rss version="2.0"><channel><title>Odd</title>`+inner+`<item><guid>ID</guid><title>One</title></item></channel></rss>`)
	}
	const huge = "99999999999999999999999999"
	return []odd{
		item("an enclosure of a huge size", Readable, `<enclosure url="https://x.example/a.mp3" length="`+huge+`"/><enclosure url="https://x.example/b.mp3" length="-1"/>`),
		item("a date beyond all years", Readable, "<pubDate>Fri, 31 Dec "+huge+" 23:59:59 GMT</pubDate>"),
		item("a date of the year 9999", Readable, "<pubDate>Fri, 31 Dec 9999 23:59:59 +2359</pubDate>"),
		item("a date of the year 1", Readable, "<pubDate>Mon, 01 Jan 0001 00:00:00 -2359</pubDate>"),
		item("a date of words", Readable, "<pubDate>yesterday, about noon</pubDate>"),
		item("a date of digits", Readable, "<pubDate>"+strings.Repeat("9", 10_000)+"</pubDate>"),
		item("an address of script", Readable, "<link>javascript:alert(1)</link><comments>data:x</comments>"),
		item("a text of script", Readable, "<description>"+escape(`<script>alert(1)</script><img src=x onerror=alert(1)><style>*{display:none}</style>`)+"</description>"),
		item("an address of 10 KB", Readable, "<link>https://x.example/"+strings.Repeat("a", 10_000)+"</link>"),
		item("the same entry again", Readable, "</item><item><guid isPermaLink=\"false\">x</guid><title>Again</title></item><item><guid isPermaLink=\"false\">x</guid><title>Again</title>"),
		channel("a huge ttl", "<ttl>"+huge+"</ttl>"), channel("a ttl below zero", "<ttl>-"+huge+"</ttl>"),
		channel("all hours and days skipped", "<skipHours>"+strings.Repeat("<hour>1</hour>", 10_000)+"</skipHours><skipDays><day>Monday</day><day>x</day></skipDays>"),
		channel("a huge frequency", `<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">`+huge+"</sy:updateFrequency>"),
		text("a feed without entries", Either, "<rss version='2.0'><channel><title>ID</title></channel></rss>"), text("an empty root", Either, "<rss/>"),
		text("an entry of nothing", Either, "<rss><channel><item/></channel></rss>"),
		text("an Atom entry alone", Either, `<entry xmlns="http://www.w3.org/2005/Atom"><id>ID</id><title>x</title></entry>`),
		text("OPML", Unreadable, `<opml version="2.0"><body><outline text="ID" xmlUrl="https://x.example/"/></body></opml>`),
		text("a sitemap", Unreadable, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://ID.example/</loc></url></urlset>`),
		text("a picture of SVG", Unreadable, `<svg xmlns="http://www.w3.org/2000/svg"><title>ID</title></svg>`),
		text("a fault of SOAP", Unreadable, `<?xml version="1.0"?><Envelope><Body><Fault>ID</Fault></Body></Envelope>`),
		text("a style sheet's instruction", Readable, `<?xml-stylesheet href="http://127.0.0.1:1/x.xsl"?><rss><channel><item><guid>ID</guid><title>x</title></item></channel></rss>`),
	}
}

// oddPages are for people, with status 200.
func oddPages() []odd {
	page := func(name, title, head string) odd {
		return odd{name, Unreadable, func(d *dice) Reply { return Page(title+" "+d.id, head) }}
	}
	return []odd{
		page("a page", "A blog", ""), page("a page that names a feed", "A blog", `<link rel="alternate" type="application/rss+xml" href="/feed">`),
		page("a login page", "Log in", `<meta name="robots" content="noindex">`), page("a page that redirects", "Moved", `<meta http-equiv="refresh" content="0; url=/feed">`),
		page("a page that redirects by script", "Just a moment...", `<script>location = "/feed?" + Math.random()</script>`),
		page("a page that is no longer there", "404 Not Found", ""), page("a parked domain", "This domain is for sale", "<style>*{color:red}</style>"),
		{"a page labelled as a feed", Unreadable, func(d *dice) Reply { return Page(d.id, "").With("Content-Type", "application/rss+xml") }},
		{"a large page", Unreadable, func(d *dice) Reply { return Page(d.id, strings.Repeat(`<link rel="stylesheet" href="x.css">`, 20_000)) }},
		{"a page of old", Unreadable, func(d *dice) Reply { return Bare([]byte("<HTML><BODY BGCOLOR=white><H1>" + d.id + "</H1>")) }},
		{"a page of XHTML", Unreadable, func(d *dice) Reply {
			return Bare([]byte(`<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>` + d.id + `</p></body></html>`))
		}},
		{"a page in gzip", Unreadable, func(d *dice) Reply { return Page(d.id, "").Gzipped() }},
	}
}

// oddJSON is JSON of other kinds, and JSON Feed with other values than it should have.
func oddJSON() []odd {
	const version = `"version":"https://jsonfeed.org/version/1.1"`
	feed := func(name string, want Want, rest string) odd {
		return text(name, want, "{"+version+`,"title":"ID",`+rest+"}")
	}
	return []odd{
		text("an empty object", Unreadable, "{}"), text("an empty array", Unreadable, "[]"), text("null", Unreadable, "null"), text("a number", Unreadable, "1e999"),
		text("a string", Unreadable, `"ID"`), text("an API's answer", Unreadable, `{"data":[{"id":"ID","title":"x"}],"next":null}`),
		text("an API's error", Unreadable, `{"error":{"code":429,"message":"ID"}}`), text("two objects", Unreadable, `{"a":1}{"b":"ID"}`),
		text("half an object", Unreadable, `{`+version+`,"items":[{"id":"ID","title":`), text("keys without quotes", Unreadable, "{version:1,items:[]}"),
		text("another version", Unreadable, `{"version":"2.0","items":[{"id":"ID"}]}`),
		feed("no items", Either, `"x":1`), feed("items of null", Either, `"items":null`), feed("items of an object", Either, `"items":{"id":"1"}`),
		feed("items of numbers", Either, `"items":[1,2,3]`), feed("ids of numbers", Either, `"items":[{"id":1,"title":"x"},{"id":1e400}]`),
		feed("a huge size", Either, `"items":[{"id":"ID","title":"x","attachments":[{"url":"https://x.example/","mime_type":"a/b","size_in_bytes":1e400}]}]`),
		feed("one good item", Readable, `"items":[{"id":"ID","title":"x"},null,{},[],"x"]`),
		feed("half a surrogate pair", Readable, `"items":[{"id":"ID","title":"\ud83d x \u0000"}]`),
		{"deep arrays", Unreadable, func(*dice) Reply { return Bare([]byte("{" + version + `,"items":` + strings.Repeat("[", 500_000))) }},
		{"25,000 items", Unreadable, func(*dice) Reply {
			return Bare(fmt.Appendf(nil, `{%s,"items":[{}%s]}`, version, strings.Repeat(",{}", 25_000)))
		}},
	}
}
