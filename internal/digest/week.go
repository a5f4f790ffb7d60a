package digest

import (
	"math"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

const (
	shownWeeks  = 8  // of both figures, the last of them now
	rangedWeeks = 26 // from whose changes a range is made
	minChanges  = 6  // fewer are too little history
)

// week is how much was at risk at the end of a week that is a number of weeks
// ago.
type week struct {
	date   string
	known  bool
	mark   store.MarkFigures
	atRisk int64
	loss   int64
}

// weeks are the last of them, oldest first; the last one is now. A week is
// told by its last mark; where there is none it is not known.
func weeks(marks []store.Mark, now store.MarkFigures, today time.Time, n int) []week {
	list := make([]week, n)
	for i := range list[:n-1] {
		until := today.AddDate(0, 0, -7*(n-1-i))
		after, last := until.AddDate(0, 0, -7).Format(time.DateOnly), until.Format(time.DateOnly)
		list[i].date = last
		for _, m := range marks {
			if m.Date > after && m.Date <= last && m.Figures.Currency == now.Currency {
				list[i] = week{last, true, m.Figures, m.Figures.AtRisk, m.Figures.Loss}
			}
		}
	}
	list[n-1] = week{today.Format(time.DateOnly), true, now, now.AtRisk, now.Loss}
	return list
}

// shown are the weeks as a digest shows them.
func shown(list []week) (out []stanna.RiskWeek) {
	for _, w := range list {
		out = append(out, stanna.RiskWeek{Date: w.date, Known: w.known, AtRisk: w.atRisk, Loss: w.loss})
	}
	return out
}

// ahead is the range in which a sum will be in four weeks, eight times out of
// ten: as far from what it is now as the changes of so many weeks add up to
// when one does not follow from another. Weeks between which the threshold
// was changed say nothing.
func ahead(list []week, of func(week) int64, most int64, currency string) *stanna.RiskRange {
	const eightOfTen = 1.2816 // standard deviations, of a normal distribution
	squares, changes := 0.0, 0
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		if !a.known || !b.known || a.mark.Threshold != b.mark.Threshold {
			continue
		}
		d := float64(of(b) - of(a))
		squares += d * d
		changes++
	}
	r := &stanna.RiskRange{Weeks: changes, Needed: minChanges, Low: stanna.Money{Currency: currency}, High: stanna.Money{Currency: currency}}
	if !r.Known() {
		return r
	}
	now := float64(of(list[len(list)-1]))
	far := eightOfTen * math.Sqrt(squares/float64(changes)) * math.Sqrt(4)
	r.Low.Minor = int64(math.Round(max(0, now-far)))
	r.High.Minor = int64(math.Round(min(max(float64(most), now), now+far)))
	return r
}
