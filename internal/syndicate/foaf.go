package syndicate

import (
	"encoding/xml"
	"fmt"
)

type foafRoot struct {
	XMLName xml.Name  `xml:"rdf:RDF"`
	RDF     string    `xml:"xmlns:rdf,attr"`
	RDFS    string    `xml:"xmlns:rdfs,attr"`
	FOAF    string    `xml:"xmlns:foaf,attr"`
	RSS     string    `xml:"xmlns:rss,attr"`
	DC      string    `xml:"xmlns:dc,attr"`
	Group   foafGroup `xml:"foaf:Group"`
}

func (f *foafRoot) FeedXml() any { return f }

type foafGroup struct {
	Name    string       `xml:"foaf:name"`
	Home    rdfResource  `xml:"foaf:homepage"`
	SeeAlso rdfResource  `xml:"rdfs:seeAlso"`
	Members []foafMember `xml:"foaf:member"`
}

type foafMember struct { // one each: the encoder would put all agents into one element
	Agent foafAgent `xml:"foaf:Agent"`
}

type foafAgent struct {
	Name   string       `xml:"foaf:name"`
	Weblog foafDocument `xml:"foaf:weblog>foaf:Document"`
}

// foafDocument is a blog. Without an address of its own it is a nameless node.
type foafDocument struct {
	About string      `xml:"rdf:about,attr,omitempty"`
	Title string      `xml:"dc:title"`
	Feed  foafChannel `xml:"rdfs:seeAlso>rss:channel"`
}

type foafChannel struct {
	About string `xml:"rdf:about,attr"`
}

// FOAF writes who is on the planet as a group of agents with blogs (xmlns.com/foaf/spec), in the order of the feeds: the
// foafroll.xml that planets have had since Planet 1.0.
func FOAF(r Roll) ([]byte, error) {
	doc := &foafRoot{
		RDF: nsRDF, RDFS: "http://www.w3.org/2000/01/rdf-schema#", FOAF: "http://xmlns.com/foaf/0.1/", RSS: nsRSS10, DC: nsDC,
		Group: foafGroup{Name: line(r.Title), Home: rdfResource{r.URL}, SeeAlso: rdfResource{r.URL + "foafroll.xml"}},
	}
	for _, f := range r.Feeds {
		if address := href(f.URL); address != "" {
			name := nameOf(f)
			doc.Group.Members = append(doc.Group.Members, foafMember{foafAgent{name, foafDocument{href(f.Site), name, foafChannel{address}}}})
		}
	}
	data, err := document(doc, 4096+512*len(r.Feeds), "", foafShape.of(len(doc.Group.Members)))
	if err != nil {
		return nil, fmt.Errorf("foafroll.xml: %w", err)
	}
	return data, nil
}
