package syndicate

import (
	"bytes"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestValidators holds documents made of the shared feeds, and the goldens, against other people's programs.
func TestValidators(t *testing.T) {
	schema := filepath.Join(sharedFeeds, "../schema/atom.rnc") // RFC 4287, appendix B
	for _, tool := range []string{"xmllint", "jing", "rapper"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("PLANET_VALIDATORS") == "required" {
				t.Fatalf("PLANET_VALIDATORS=required, but: %v", err)
			}
			t.Skipf("no %s here; PLANET_VALIDATORS=required makes that a failure", tool)
		}
	}
	dir := t.TempDir()
	all, atom, rdf := []string{"--noout"}, []string{"-c", schema}, []string{}
	add := func(name string, data []byte) {
		path := filepath.Join(dir, strings.ReplaceAll(name, "/", "-"))
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.HasSuffix(name, ".json"):
			return
		case bytes.Contains(data, []byte("\n<feed ")):
			atom = append(atom, path)
		case strings.HasSuffix(name, "rss10.xml") || strings.HasSuffix(name, "foafroll.xml"):
			rdf = append(rdf, path)
		}
		all = append(all, path)
	}
	for _, f := range files(t) {
		add(f.Path, f.Data)
	}
	for name, feed := range realFeeds(t) {
		for f, err := range All(feed) {
			if err != nil {
				t.Fatal(err)
			}
			add(name+"-"+f.Path, f.Data)
		}
	}
	run := func(tool string, args ...string) {
		if out, err := exec.Command(tool, args...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%.4000s", tool, err, out)
		}
	}
	run("xmllint", all...)
	run("jing", atom...)
	for _, path := range rdf { // it takes one at a time; some are enough
		if name := filepath.Base(path); !strings.Contains(name, "-") || strings.HasPrefix(name, "own") || strings.HasPrefix(name, "netnewswire") {
			run("rapper", "-q", "-c", "-i", "rdfxml", path, "https://planet.example/")
		}
	}
}

// TestRulesOfTheFeedValidator holds what the W3C's feed validator warns of, beyond what schemas say, in documents made of the
// shared feeds: its rules are in feed.py, entry.py, item.py, link.py and validators.py of its source.
func TestRulesOfTheFeedValidator(t *testing.T) {
	for name, feed := range realFeeds(t) {
		for f, err := range All(feed) {
			if err != nil {
				t.Fatal(err)
			}
			doc := string(f.Data)
			for _, r := range doc {
				if r >= 0x7F && r < 0xA0 || r == 0xFFFD {
					t.Errorf("%s, %s: it has the character %U", name, f.Path, r)
				}
			}
			var problems []string
			switch f.Path {
			case "atom.xml", "titles.xml":
				problems = atomProblems(t, f.Data)
			case "rss20.xml":
				problems = rssProblems(t, f.Data)
			}
			for _, p := range problems {
				t.Errorf("%s, %s: %s", name, f.Path, p)
			}
		}
	}
}

var (
	uri     = regexp.MustCompile(`^https?://[0-9a-zA-Z._~%\[\]:-]+([/?#][0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]*)?$`)
	langTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

type xmlLink struct {
	Rel    string `xml:"rel,attr"`
	Href   string `xml:"href,attr"`
	Title  string `xml:"title,attr"`
	Length string `xml:"length,attr"`
}

func atomProblems(t *testing.T, doc []byte) (problems []string) {
	t.Helper()
	var feed struct {
		Lang    string    `xml:"lang,attr"`
		Links   []xmlLink `xml:"link"`
		Entries []struct {
			Lang       string `xml:"lang,attr"`
			ID         string `xml:"id"`
			Title      xmlText
			Updated    string    `xml:"updated"`
			Published  string    `xml:"published"`
			Summary    string    `xml:"summary"`
			Content    string    `xml:"content"`
			Links      []xmlLink `xml:"link"`
			Categories []struct {
				Term string `xml:"term,attr"`
			} `xml:"category"`
			Authors []struct {
				Name string `xml:"name"`
				URI  string `xml:"uri"`
			} `xml:"author"`
			Source struct {
				ID      string `xml:"id"`
				Title   string `xml:"title"`
				Updated string `xml:"updated"`
			} `xml:"source"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(doc, &feed); err != nil {
		t.Fatal(err)
	}
	problem := func(is bool, id, what string) {
		if is {
			problems = append(problems, id+": "+what)
		}
	}
	ids, times := map[string]bool{}, map[string]bool{}
	problem(feed.Lang != "" && !langTag.MatchString(feed.Lang), "feed", "language "+feed.Lang)
	for _, e := range feed.Entries {
		problem(ids[e.ID], e.ID, "the same id twice")
		problem(times[e.Updated], e.ID, "the same updated twice")
		ids[e.ID], times[e.Updated] = true, true
		problem(e.Lang != "" && !langTag.MatchString(e.Lang), e.ID, "language "+e.Lang)
		problem(e.Summary == "" && e.Content == "", e.ID, "no text")
		problem(e.Source.ID == "" || e.Source.Title == "" || e.Source.Updated == "", e.ID, "source incomplete")
		problem(e.Title.Type == "" && looksHTML(e.Title.Body), e.ID, "HTML in a title")
		published, _ := time.Parse(time.RFC3339, e.Published)
		changed, _ := time.Parse(time.RFC3339, e.Updated)
		problem(changed.Before(published), e.ID, "updated before it was published")
		for _, l := range e.Links {
			problem(!uri.MatchString(l.Href), e.ID, "link "+l.Href)
			problem(looksHTML(l.Title), e.ID, "HTML in a link's title")
		}
		for _, c := range e.Categories {
			problem(strings.TrimSpace(c.Term) == "", e.ID, "category without term")
		}
		for _, a := range e.Authors {
			problem(a.URI != "" && !uri.MatchString(a.URI), e.ID, "author's address "+a.URI)
		}
	}
	return problems
}

type xmlText struct {
	XMLName xml.Name `xml:"title"`
	Type    string   `xml:"type,attr"`
	Body    string   `xml:",chardata"`
}

func rssProblems(t *testing.T, doc []byte) (problems []string) {
	t.Helper()
	var rss struct {
		Items []struct {
			GUID struct {
				ID        string `xml:",chardata"`
				Permalink string `xml:"isPermaLink,attr"`
			} `xml:"guid"`
			Link      string `xml:"link"`
			PubDate   string `xml:"pubDate"`
			Enclosure []struct {
				URL    string `xml:"url,attr"`
				Length string `xml:"length,attr"`
				Type   string `xml:"type,attr"`
			} `xml:"enclosure"`
			Raw string `xml:",innerxml"`
		} `xml:"channel>item"`
	}
	if err := xml.Unmarshal(doc, &rss); err != nil {
		t.Fatal(err)
	}
	problem := func(is bool, id, what string) {
		if is {
			problems = append(problems, id+": "+what)
		}
	}
	ids := map[string]bool{}
	for _, it := range rss.Items {
		id := it.GUID.ID
		problem(ids[id], id, "the same guid twice")
		ids[id] = true
		problem(it.GUID.Permalink == "true" && !uri.MatchString(id), id, "a permalink that is none")
		problem(it.Link != "" && !uri.MatchString(it.Link), id, "link "+it.Link)
		_, err := time.Parse(time.RFC1123Z, it.PubDate)
		problem(err != nil, id, "date "+it.PubDate)
		problem(len(it.Enclosure) > 1, id, "several enclosures")
		for _, enc := range it.Enclosure {
			problem(!uri.MatchString(enc.URL) || enc.Length == "" || !media.MatchString(enc.Type), id, "enclosure "+enc.URL)
		}
		content := strings.Index(it.Raw, "<content:encoded>")
		description := strings.Index(it.Raw, "<description>")
		problem(content >= 0 && (description < 0 || description > content), id, "no description before the content")
		for _, element := range []string{"title", "category", "source"} {
			text := regexp.MustCompile(`<` + element + `[^>]*>([^<]*)`).FindStringSubmatch(it.Raw)
			problem(text != nil && strings.Contains(text[1], "&amp;"), id, "a "+element+" that might be HTML")
		}
	}
	return problems
}
