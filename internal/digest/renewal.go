package digest

import (
	"cmp"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// renewalDays is how far ahead renewals are told, and how long one whose date
// has passed without a new one counts as overdue rather than as not known.
const renewalDays = 90

// renewals sums up the contracts that renew within a span of local dates,
// both ends in it; before today they are overdue.
func renewals(clients []store.Standing, s stanna.Settings, from, today, until string) stanna.Renewals {
	r := stanna.Renewals{Due: sumOf(s.Currency), Overdue: sumOf(s.Currency)}
	var near []store.Standing
	for _, c := range clients {
		if !c.TakesPart() || c.RenewalDate == "" || c.RenewalDate < from || c.RenewalDate > until {
			continue
		}
		if c.RenewalDate < today {
			add(&r.Overdue, c.MRR)
		} else {
			add(&r.Due, c.MRR)
		}
		near = append(near, c)
	}
	slices.SortFunc(near, func(a, b store.Standing) int {
		return cmp.Or(cmp.Compare(a.RenewalDate, b.RenewalDate), cmp.Compare(minorIn(b.MRR, s.Currency), minorIn(a.MRR, s.Currency)), cmp.Compare(a.ID, b.ID))
	})
	for _, c := range near[:min(len(near), stanna.MaxNamed)] {
		d := stanna.RenewalDate{NamedClient: stanna.NamedClient{ID: c.ID}, Date: c.RenewalDate}
		if c.Scored {
			d.Zone = s.ZoneOf(c.Health)
		}
		r.Nearest = append(r.Nearest, d)
	}
	return r
}
