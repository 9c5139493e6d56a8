package parse

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestB15HintsOfAFeed(t *testing.T) {
	const (
		sy  = ` xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"`
		day = 24 * time.Hour
	)
	rss := func(inner string) string {
		return `<rss version="2.0"` + sy + `><channel>` + inner + `<item><guid>1</guid></item></channel></rss>`
	}
	every := func(d time.Duration) Hints { return Hints{Interval: d} }
	for _, c := range []struct {
		name, doc string
		want      Hints
	}{
		{"nothing", rss(""), Hints{}},
		{"ttl", rss("<ttl> 180\n</ttl>"), every(3 * time.Hour)},
		{"ttl in CDATA", rss("<ttl><![CDATA[60]]></ttl>"), every(time.Hour)},
		{"ttl zero", rss("<ttl>0</ttl>"), Hints{}},
		{"ttl negative", rss("<ttl>-60</ttl>"), Hints{}},
		{"ttl with a fraction", rss("<ttl>1.5</ttl>"), Hints{}},
		{"ttl with a unit", rss("<ttl>60 minutes</ttl>"), Hints{}},
		{"ttl of a year", rss("<ttl>525600</ttl>"), every(365 * day)},
		{"ttl beyond a duration", rss("<ttl>9223372036854775807</ttl>"), every(365 * day)},
		{"ttl beyond 64 bits", rss("<ttl>99999999999999999999999999</ttl>"), every(365 * day)},
		{"the first ttl that is one", rss("<ttl>?</ttl><ttl>30</ttl><ttl>90</ttl>"), every(30 * time.Minute)},
		{"mixed case", rss("<TTL>30</TTL><SKIPHOURS><Hour>7</Hour></SKIPHOURS>"), Hints{Interval: 30 * time.Minute, SkipHours: []int{7}}},
		{"ttl in an item", rss("<item><ttl>60</ttl><sy:updatePeriod>weekly</sy:updatePeriod></item>"), Hints{}},
		{"ttl in an image", rss("<image><ttl>60</ttl></image>"), Hints{}},
		{"ttl after the items", `<rss><channel><item><guid>1</guid></item><ttl>60</ttl></channel></rss>`, every(time.Hour)},
		{"ttl of another vocabulary", `<rss xmlns:x="u:x"><channel><x:ttl>60</x:ttl></channel></rss>`, Hints{}},

		{"hours", rss("<skipHours><hour>5</hour><hour> 3 </hour><hour>24</hour><hour>3</hour></skipHours>"), Hints{SkipHours: []int{0, 3, 5}}},
		{"bad hours", rss("<skipHours><hour>25</hour><hour>-1</hour><hour>x</hour><hour/><hour>1.5</hour><hour>300</hour></skipHours>"), Hints{}},
		{"hours in two lists", rss("<skipHours><hour>1</hour></skipHours><skipHours><hour>2</hour></skipHours>"), Hints{SkipHours: []int{1, 2}}},
		{
			"days", rss("<skipDays><day>Sunday</day><day> saturday</day><day>MONDAY</day><day>Monday</day><day>Mon</day><day>Sonntag</day></skipDays>"),
			Hints{SkipDays: []time.Weekday{time.Sunday, time.Monday, time.Saturday}},
		},
		{"RSS 0.91", `<rss version="0.91"><channel><skipHours><hour>24</hour></skipHours></channel></rss>`, Hints{SkipHours: []int{0}}},

		{"hourly", rss("<sy:updatePeriod>\n\thourly\t</sy:updatePeriod><sy:updateFrequency>\n\t1\t</sy:updateFrequency>"), every(time.Hour)},
		{"daily, twice", rss("<sy:updatePeriod>Daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"), every(12 * time.Hour)},
		{"weekly", rss("<sy:updatePeriod>weekly</sy:updatePeriod>"), every(7 * day)},
		{"monthly", rss("<sy:updatePeriod>monthly</sy:updatePeriod>"), every(30 * day)},
		{"yearly", rss("<sy:updatePeriod>yearly</sy:updatePeriod>"), every(365 * day)},
		{"a frequency alone is a day's", rss("<sy:updateFrequency>4</sy:updateFrequency>"), every(6 * time.Hour)},
		{"an unknown period", rss("<sy:updatePeriod>always</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"), Hints{}},
		{"frequency zero", rss("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>"), every(day)},
		{"frequency of garbage", rss("<sy:updateFrequency>often</sy:updateFrequency>"), Hints{}},
		{"a huge frequency", rss("<sy:updateFrequency>9223372036854775807</sy:updateFrequency>"), Hints{}},
		{"the longer of two", rss("<ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod>"), every(day)},
		{"the longer of two, the other", rss("<ttl>2880</ttl><sy:updatePeriod>daily</sy:updatePeriod>"), every(2 * day)},
		{"another prefix", `<rss xmlns:s="http://purl.org/rss/1.0/modules/syndication/"><channel><s:updatePeriod>daily</s:updatePeriod></channel></rss>`, every(day)},
		{"no slash", `<rss xmlns:s="http://purl.org/rss/1.0/modules/syndication"><channel><s:updatePeriod>daily</s:updatePeriod></channel></rss>`, every(day)},
		{"an undeclared prefix", `<rss><channel><sy:updatePeriod>daily</sy:updatePeriod></channel></rss>`, every(day)},
		{"another's prefix", `<rss xmlns:sy="u:x"><channel><sy:updatePeriod>daily</sy:updatePeriod></channel></rss>`, Hints{}},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom"` + sy + `><sy:updatePeriod>daily</sy:updatePeriod><entry><id>1</id><sy:updatePeriod>yearly</sy:updatePeriod></entry></feed>`, every(day)},
		{"ttl is no word of Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><ttl>60</ttl></feed>`, Hints{}},
		{"RDF", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"` + sy + `><channel><sy:updatePeriod>daily</sy:updatePeriod></channel><item><sy:updatePeriod>yearly</sy:updatePeriod></item></rdf:RDF>`, every(day)},
		{"repaired", `<rss><channel><title>a & b</title><ttl>60</ttl><skipHours><hour>1<hour>2</skipHours><item><guid>1`, Hints{Interval: time.Hour, SkipHours: []int{1, 2}}},
		{"JSON Feed has none", `{"version":"https://jsonfeed.org/version/1.1","ttl":60,"items":[]}`, Hints{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, err := Parse([]byte(c.doc), "", feedURL, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, res.Hints); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// gofeed would keep a string of each hour: it must not see them.
func TestB15MillionHintsCostNoMemory(t *testing.T) {
	doc := `<rss version="2.0"><channel><skipHours>` + strings.Repeat("<hour>1</hour>", 1_000_000) + `</skipHours>` +
		strings.Repeat("<ttl>60</ttl>", 10) + `<item><guid>1</guid></item></channel></rss>`
	notes, skeleton, err := scan([]byte(doc), Limits{}.orDefault(), feedURL)
	if err != nil || len(notes.items) != 1 {
		t.Fatalf("%v, %+v", err, notes)
	}
	if len(skeleton) > 500 {
		t.Errorf("gofeed is given %d bytes", len(skeleton))
	}
	if diff := cmp.Diff(Hints{Interval: time.Hour, SkipHours: []int{1}}, notes.hints.hints()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
