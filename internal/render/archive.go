package render

import (
	"fmt"
	"slices"
	"time"

	"planet/internal/planet"
)

// A MonthPage is one page of a month's archive.
type MonthPage struct {
	Year    int
	Month   time.Month
	Page    int // from 1, which holds the oldest
	Entries int // on it
}

// Folder is where the page is published: "2026/11/", "2026/11/2/".
func (m MonthPage) Folder() string {
	if m.Page <= 1 {
		return fmt.Sprintf("%04d/%02d/", m.Year, int(m.Month))
	}
	return fmt.Sprintf("%04d/%02d/%d/", m.Year, int(m.Month), m.Page)
}

func (m MonthPage) first() time.Time { return time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, time.UTC) }

// A Month is a page of the archive with its posts.
type Month struct {
	MonthPage
	List          []planet.Entry // oldest first
	Before, After *MonthPage     // the neighbours in time, nil at the ends
}

// Month makes a page of the archive. It holds nothing that changes while its posts and its neighbours stay.
func (t *Theme) Month(site Site, m Month) (planet.File, error) {
	d := newDesk(t, site, "month", m.Folder())
	d.head(d.monthName(m.MonthPage, m.After))
	d.page.Summary = d.words.must("month.about", d.page.Heading, site.Title)
	d.page.Days = d.days(m.List)
	d.page.Before, d.page.After = d.neighbour(m.Before, m), d.neighbour(m.After, m)
	return t.execute("month.html", d.page)
}

func (d *desk) neighbour(m *MonthPage, of Month) *Place {
	if m == nil {
		return nil
	}
	return &Place{Name: d.monthName(*m, &of.MonthPage), URL: d.page.Root + m.Folder()}
}

// monthName is a page of the archive's heading. A month's first page is a part of it where it stands beside another, its neighbour,
// and the whole month elsewhere: only for these two is it sure to be made anew when the month gets a second page.
func (d *desk) monthName(m MonthPage, neighbour *MonthPage) string {
	name := d.words.heading("date.month", m.first())
	if m.Page > 1 || neighbour != nil && neighbour.first().Equal(m.first()) {
		return d.words.must("month.part", name, max(m.Page, 1))
	}
	return name
}

// Archive makes archive/index.html, a list of all months. Pages come oldest first.
func (t *Theme) Archive(site Site, pages []MonthPage) (planet.File, error) {
	d := newDesk(t, site, "archive", "archive/")
	d.head(d.words.must("archive"))
	d.page.Summary = d.words.must("archive.about")
	for _, m := range slices.Backward(pages) {
		years := d.page.Years
		if len(years) == 0 || years[len(years)-1].Number != m.Year {
			years = append(years, Year{Number: m.Year})
		}
		year := &years[len(years)-1]
		first := MonthPage{Year: m.Year, Month: m.Month}
		url := d.page.Root + first.Folder()
		if n := len(year.Months); n == 0 || year.Months[n-1].URL != url {
			year.Months = append(year.Months, MonthLine{Place: Place{Name: capital(d.words.months[m.Month-1]), URL: url}})
		}
		month := &year.Months[len(year.Months)-1]
		year.Count, month.Count = year.Count+m.Entries, month.Count+m.Entries
		month.Parts = append(month.Parts, Place{Name: d.words.number(max(m.Page, 1)), URL: d.page.Root + m.Folder(), Count: m.Entries})
		d.page.Years = years
	}
	for _, year := range d.page.Years {
		for i := range year.Months {
			if parts := year.Months[i].Parts; len(parts) > 1 {
				slices.Reverse(parts)
			} else {
				year.Months[i].Parts = nil
			}
		}
	}
	return t.execute("archive.html", d.page)
}
