package metrics

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Event is something that the calendar brings to a client.
type Event struct {
	Type  string // renewal or anniversary
	Title string
	Date  string // local
	Days  int    // until then
}

// Upcoming is what the calendar brings to a client next, nearest first: the
// renewal that is on file, and the next anniversary.
func (s Scope) Upcoming(c stanna.Client) (list []Event) {
	zone := s.Settings.Location()
	today := s.Now.In(zone).Format(time.DateOnly)
	if c.RenewalDate >= today {
		list = append(list, Event{"renewal", "The contract renews", c.RenewalDate, daysBetween(today, c.RenewalDate)})
	}
	since := c.CreatedAt.In(zone)
	for years := max(1, s.Now.In(zone).Year()-since.Year()); ; years++ {
		if date := yearsAfter(since, years); date >= today {
			title := fmt.Sprintf("%d years a client", years)
			if years == 1 {
				title = "One year a client"
			}
			list = append(list, Event{"anniversary", title, date, daysBetween(today, date)})
			break
		}
	}
	slices.SortStableFunc(list, func(a, b Event) int { return strings.Compare(a.Date, b.Date) })
	return list
}

// yearsAfter is the same day some years later; 29 February becomes the 28th
// where there is none.
func yearsAfter(t time.Time, years int) string {
	later := t.AddDate(years, 0, 0)
	if later.Day() != t.Day() {
		later = later.AddDate(0, 0, -later.Day())
	}
	return later.Format(time.DateOnly)
}
