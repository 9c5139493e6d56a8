package syndicate

import (
	"strings"
	"testing"
)

func TestBrokenOutputIsNeverPublished(t *testing.T) {
	any := shape{root: "a"}
	for _, doc := range []string{"<a><b></a>", "<a x='1' x='2'/>", "<a>\x0b</a>", "<a>&nbsp;</a>", "<a>", "<a/><a/>", "<b/>", "", "x<a/>", "<a><b:c/></a>", "<a b:c='1'/>", "</a>", "<a></a></a>"} {
		if any.check([]byte(doc)) == nil {
			t.Errorf("%q passes", doc)
		}
	}
	long := strings.Repeat("a long text, &amp; more; ", 20)
	for _, bad := range []string{"\x0b", "\xff", "\ufffe", "\uffff", "&", "&nbsp;", "&#0;", "]]>", "<b>"} {
		if any.check([]byte("<a>"+long+bad+long+"</a>")) == nil {
			t.Errorf("%q passes in a long text", bad)
		}
	}
	for _, bad := range []string{"\x00", "\xff", "\ufffe", "]]>&"} {
		if any.check([]byte("<a><![CDATA["+long+bad+long+"]]></a>")) == nil {
			t.Errorf("%q passes in a long CDATA section", bad)
		}
	}
	if any.check([]byte("<a><![CDATA["+long+"</a>")) == nil {
		t.Error("a CDATA section without end passes")
	}
	if err := any.check([]byte("<a>" + long + "größe<![CDATA[" + long + "<b>&x;]]>" + long + "</a>")); err != nil {
		t.Error(err)
	}
	if err := any.check([]byte("<?xml version='1.0'?><a xmlns:b='urn:b' b:c='1'><!-- x --><b:d>&amp;<![CDATA[<]]></b:d></a>\n")); err != nil {
		t.Error(err)
	}
}

// TestWhatIsMissingIsFound takes from each document of the sample, or spoils, something that makes it a feed.
func TestWhatIsMissingIsFound(t *testing.T) {
	shapes := map[string]shape{
		"atom.xml": atomShape.of(5), "titles.xml": atomShape.of(5), "history/2.xml": atomShape.of(2), "tags/größe/atom.xml": atomShape.of(1),
		"rss20.xml": rssShape.of(5), "rss10.xml": rdfShape.of(5), "opml.xml": opmlShape.of(2), "foafroll.xml": foafShape.of(2),
	}
	spoil := map[string][][2]string{
		"atom.xml": {
			{"<id>tag:ada.example,2026:1</id>", ""},
			{"<id>tag:ada.example,2026:1</id>", "<id></id>"},
			{"<id>tag:ada.example,2026:1</id>", "<id>x</id>"},
			{"2005/Atom", "2005/atom"},
			{"<published>2026-11-03T10:00:00Z", "<published>2026-11-33T10:00:00Z"},
			{"<title>Excerpt only</title>", "<title> </title>"},
			{"<name>Ada L</name>", ""},
			{"<entry>", "<entry2>"},
			{"</entry>\n  <entry>", ""},
			{"<feed ", "<rss "},
		},
		"rss20.xml": {{`version="2.0"`, ""}, {`<guid isPermaLink="false">urn:x:5</guid>`, ""}, {"<pubDate>Tue, 03 Nov 2026", "<pubDate>Tue, 03 Nov 26"}, {"<title>Excerpt only</title>", ""}},
		"rss10.xml": {{`rdf:about="urn:x:5"`, ""}, {`rdf:about="urn:x:5"`, `rdf:about=""`}, {"<dc:date>2026-11-03T10:00:00Z", "<dc:date>yesterday"}, {"purl.org/rss/1.0/\"", "x\""}},
		"opml.xml":  {{"<title>", "<tit>"}, {"xmlUrl=", "url="}},
	}
	for _, f := range files(t) {
		s, ok := shapes[f.Path]
		if !ok {
			if err := checkJSON(f.Data, 5); err != nil {
				t.Errorf("%s: %v", f.Path, err)
			}
			for _, c := range [][2]string{{`"id": "urn:x:5",`, ""}, {`"date_published": "2026`, `"date_published": "x`}, {"version/1.1", "version/1"}, {"]\n}", "]\n"}} {
				bad := strings.Replace(string(f.Data), c[0], c[1], 1)
				if bad == string(f.Data) || checkJSON([]byte(bad), 5) == nil {
					t.Errorf("%s passes with %q instead of %q", f.Path, c[1], c[0])
				}
			}
			continue
		}
		if err := s.check(f.Data); err != nil {
			t.Errorf("%s: %v", f.Path, err)
		}
		if s.of(s.n+1).check(f.Data) == nil {
			t.Errorf("%s: an entry too few isn't noticed", f.Path)
		}
		for _, c := range spoil[f.Path] {
			bad := strings.Replace(string(f.Data), c[0], c[1], 1)
			if bad == string(f.Data) || s.check([]byte(bad)) == nil {
				t.Errorf("%s passes with %q instead of %q", f.Path, c[1], c[0])
			}
		}
	}
}
