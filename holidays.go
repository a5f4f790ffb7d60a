package stanna

import (
	"math"
	"slices"
	"time"
)

// holidays are days off, of one year or of every year.
type holidays struct {
	dates     []day      // sorted
	yearly    [13]uint32 // the days of each month, a bit each
	hasYearly bool
}

// add takes a date as it is written, or says that it is none.
func (h *holidays) add(s string) bool {
	if len(s) == len("--12-25") && s[:2] == "--" {
		t, err := time.Parse(time.DateOnly, "2000"+s[1:]) // a leap year, for 29 February
		if err == nil {
			h.yearly[t.Month()] |= 1 << t.Day()
			h.hasYearly = true
		}
		return err == nil
	}
	d, ok := parseDay(s)
	if ok {
		i, found := slices.BinarySearch(h.dates, d)
		if !found {
			h.dates = slices.Insert(h.dates, i, d)
		}
	}
	return ok
}

func (h *holidays) has(d day) bool {
	if h.hasYearly {
		_, month, date := d.utc().Date()
		if h.yearly[month]&(1<<date) != 0 {
			return true
		}
	}
	_, found := slices.BinarySearch(h.dates, d)
	return found
}

// closedLong finds the first day of a run of days without open time that is
// longer than [longestClosed]. Yearly holidays fall on other weekdays each
// year and come round after 28; others matter only near their dates.
func (c Calendar) closedLong() (day, bool) {
	run := 0
	look := func(from, to day) (day, bool) {
		for d := from; d < to; d++ {
			if run++; len(c.days[d.weekday()]) > 0 && !c.off.has(d) {
				run = 0
			}
			if run > longestClosed {
				return d - longestClosed, true
			}
		}
		return 0, false
	}
	if c.off.hasYearly {
		const y2000, cycle = 10957, 28*365 + 7
		if d, found := look(y2000, y2000+cycle+longestClosed+1); found {
			return d, true
		}
	}
	seen := day(math.MinInt64)
	for _, date := range c.off.dates {
		from := max(seen, date-longestClosed)
		if from > seen {
			run = 0
		}
		seen = date + longestClosed + 1
		if d, found := look(from, seen); found {
			return d, true
		}
	}
	return 0, false
}
