package parse

import (
	"testing"

	"planet/internal/planet"
)

func TestPersons(t *testing.T) {
	for in, want := range map[string]planet.Person{
		"Jane Doe":                              {Name: "Jane Doe"},
		"  Jane\n Doe ":                         {Name: "Jane Doe"},
		"Jane Doe (she/her)":                    {Name: "Jane Doe (she/her)"},
		"Foo (Bar)":                             {Name: "Foo (Bar)"},
		"(Jane) Doe":                            {Name: "(Jane) Doe"},
		"@handle":                               {Name: "@handle"},
		"@jane@social.example":                  {Name: "@jane@social.example"},
		"Jane (@jane@social.example)":           {Name: "Jane (@jane@social.example)"},
		"Jane @ Work":                           {Name: "Jane @ Work"},
		"jane@work":                             {Name: "jane@work"},
		"jane@example.org":                      {Email: "jane@example.org"},
		"<jane@example.org>":                    {Email: "jane@example.org"},
		"mailto:jane@example.org":               {Email: "jane@example.org"},
		"jane@example.org?subject=feed":         {Email: "jane@example.org"},
		"jane@example.org ()":                   {Email: "jane@example.org"},
		"jane@example.org (Jane Doe)":           {Name: "Jane Doe", Email: "jane@example.org"},
		"jane@example.org (Jane Doe (she/her))": {Name: "Jane Doe (she/her)", Email: "jane@example.org"},
		"jane@example.org (Jane Doe":            {Name: "Jane Doe", Email: "jane@example.org"},
		"jane@localhost (Jane Doe)":             {Name: "Jane Doe", Email: "jane@localhost"},
		"mailto:jane@example.org (Jane Doe)":    {Name: "Jane Doe", Email: "jane@example.org"},
		"jane@example.org Jane Doe":             {Name: "Jane Doe", Email: "jane@example.org"},
		"Jane Doe <jane@example.org>":           {Name: "Jane Doe", Email: "jane@example.org"},
		"Jane Doe <jane@example.org":            {Name: "Jane Doe", Email: "jane@example.org"},
		"Jane Doe <mailto:jane@example.org>":    {Name: "Jane Doe", Email: "jane@example.org"},
		"Jane Doe (jane@example.org)":           {Name: "Jane Doe", Email: "jane@example.org"},
		"Jane Doe [jane@example.org]":           {Name: "Jane Doe", Email: "jane@example.org"},
		"Jane Doe, jane@example.org":            {Name: "Jane Doe", Email: "jane@example.org"},
		"Jane Doe - jane@example.org":           {Name: "Jane Doe", Email: "jane@example.org"},
		`"Doe, Jane" <jane@example.org>`:        {Name: "Doe, Jane", Email: "jane@example.org"},
		"Jane (she/her) <jane@example.org>":     {Name: "Jane (she/her)", Email: "jane@example.org"},
		"Jane <jane@example.org> (she/her)":     {Name: "Jane (she/her)", Email: "jane@example.org"},
		"mailto: (Игорь Антонов)":               {Name: "Игорь Антонов"},
		"mailto: (Игорь Антонов":                {Name: "Игорь Антонов"},
		"":                                      {},
		" <> ":                                  {},
	} {
		if got := person(in); got != want {
			t.Errorf("person(%q) = %+v, want %+v", in, got, want)
		}
	}
}
