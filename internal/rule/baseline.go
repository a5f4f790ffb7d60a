package rule

import (
	"math"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// usual is a client's engagement beside the client's own: the last complete
// seven days, and the median of the weeks before them. Both figures are the
// sum of a week, so that weekdays are aligned; a source that measures by the
// week or a longer period is compared period by period, and its figures are
// brought to a week.
//
// A day counts when its value is there. One that is missing counts as that
// weekday usually does in the weeks before, and in the last week by the share
// of the week that the other days make up; a week with fewer than five days
// is not compared. A new client without two complete weeks before the last
// one has no usual yet.
type usual struct {
	base   float64   // the median of the weeks before, if based
	value  float64   // the last complete week, if valued
	baseAt time.Time // when the weeks that the base is of were over
	at     time.Time // the newest value
	based  bool
	valued bool
}

// missing says why the figures cannot be compared, or "".
func (u usual) missing(smallest float64) stanna.Reason {
	switch {
	case u.at.IsZero():
		return stanna.ReasonNotMeasured
	case !u.based || !u.valued:
		return stanna.ReasonTooLittleData
	case u.base <= 0 || u.base < smallest:
		return stanna.ReasonTooSmall
	}
	return ""
}

// below is by how many percent the last week is less than usual; where it is
// more, that is below zero.
func (u usual) below() float64 { return percentBelow(u.base, u.value) }

func percentBelow(base, value float64) float64 {
	if base <= 0 {
		return 0
	}
	return points((base - value) / base * 100)
}

const (
	leastDays  = 5 // of a week, that must have been measured
	leastWeeks = 2 // of the base

	// middle is taken from the end of a day's period to find its date: the
	// middle of the day. So a day of the source's zone and one of the
	// workspace's are the same day, and a nightly job may run a little before
	// or after midnight.
	middle = 12 * time.Hour
)

// usualOf compares the newest complete week with the weeks before it.
func usualOf(h stanna.History, weeks int, zone *time.Location) usual {
	return compared(h, weeks, zone, time.Time{})
}

// usualUntil is what was usual until a client was heard last; its value is
// that nothing has come since.
func usualUntil(h stanna.History, heard time.Time, weeks int, zone *time.Location) usual {
	return compared(h, weeks, zone, heard)
}

func compared(h stanna.History, weeks int, zone *time.Location, heard time.Time) (u usual) {
	last, ok := h.Last()
	if !ok {
		return u
	}
	silent := !heard.IsZero()
	if silent {
		last.At = heard
	}
	values := oneEach(h.Since(last.At.Add(-lookBack(weeks))))
	for silent && values[len(values)-1].At.After(heard) {
		values = values[:len(values)-1]
	}
	switch every := cadence(values); {
	case every == 0 || every > longestPeriod:
		u.at = last.At
	case every >= shortestPeriod:
		u = byPeriod(values, weeks, every, silent)
	default:
		u = byDay(values, weeks, every, zone, silent)
	}
	return u
}

const (
	shortestPeriod = 5 * day  // of a source that measures by periods rather than days
	longestPeriod  = 45 * day // a source that measures less often says nothing about now
)

// lookBack is how far back values matter: the weeks, or so many periods.
func lookBack(weeks int) time.Duration { return time.Duration(weeks+2) * longestPeriod }

// oneEach leaves one value at a time: of two at the same moment the second
// corrects the first.
func oneEach(values []stanna.Point) []stanna.Point {
	for i := 1; i < len(values); i++ {
		if values[i].At.Equal(values[i-1].At) {
			out := slices.Clone(values[:i-1])
			for _, p := range values[i-1:] {
				if n := len(out); n > 0 && out[n-1].At.Equal(p.At) {
					out = out[:n-1]
				}
				out = append(out, p)
			}
			return out
		}
	}
	return values
}

// cadence is the usual time between two values, by the newest of them; 0
// when there are too few.
func cadence(values []stanna.Point) time.Duration {
	const enough = 28
	if extra := len(values) - enough - 1; extra > 0 {
		values = values[extra:]
	}
	if len(values) < leastWeeks+1 {
		return 0
	}
	var room [enough]float64
	gaps := room[:0]
	for i := 1; i < len(values); i++ {
		gaps = append(gaps, float64(values[i].At.Sub(values[i-1].At)))
	}
	return time.Duration(median(gaps))
}

// byPeriod compares the newest period with those before it. A period that is
// missing is passed over, as long as the rest are not too old.
func byPeriod(values []stanna.Point, weeks int, every time.Duration, silent bool) usual {
	newest := values[len(values)-1]
	before := values
	if !silent {
		before = values[:len(values)-1]
	}
	week := 7 / math.Round(every.Hours()/24)
	u := usual{at: newest.At, baseAt: before[len(before)-1].At, value: points(newest.Value * week), valued: true}
	if silent {
		u.value = 0
	}
	oldest := u.at.Add(-time.Duration(weeks+1) * every)
	var room [maxWeeks]float64
	figures := room[:0]
	for i := len(before) - 1; i >= 0 && len(figures) < weeks && !before[i].At.Before(oldest); i-- {
		figures = append(figures, before[i].Value)
	}
	if u.based = len(figures) >= leastWeeks; u.based {
		u.base = points(median(figures) * week)
	}
	return u
}

func median(xs []float64) float64 {
	slices.Sort(xs)
	n := len(xs)
	return (xs[(n-1)/2] + xs[n/2]) / 2
}
