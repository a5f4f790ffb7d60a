package metrics

import (
	"slices"
	"strings"
	"time"
)

// Interval is the length of a trend's periods.
type Interval string

// The intervals.
const (
	Daily   Interval = "daily"
	Weekly  Interval = "weekly" // from Monday
	Monthly Interval = "monthly"
)

// period is one of a trend.
type period struct {
	Date string    // its first day, local
	end  time.Time // its last moment; of the one that is not over, now
}

// periods are those that the last so many days touch, today among them,
// oldest first. Days are those of the workspace's time zone.
func (s Scope) periods(days int, every Interval) (list []period) {
	zone := s.Settings.Location()
	first := s.Now.In(zone).AddDate(0, 0, 1-days)
	year, month, day := first.Date()
	switch every {
	case Weekly:
		day -= (int(first.Weekday()) + 6) % 7
	case Monthly:
		day = 1
	}
	for {
		begins := time.Date(year, month, day, 0, 0, 0, 0, zone)
		if begins.After(s.Now) {
			return list
		}
		switch every {
		case Weekly:
			day += 7
		case Monthly:
			month++
		default:
			day++
		}
		end := time.Date(year, month, day, 0, 0, 0, 0, zone).Add(-time.Nanosecond)
		if end.After(s.Now) {
			end = s.Now
		}
		list = append(list, period{begins.Format(time.DateOnly), end})
	}
}

// since is when the window of a trend begins: at midnight of its first day.
func (s Scope) since(days int) time.Time {
	zone := s.Settings.Location()
	year, month, day := s.Now.In(zone).AddDate(0, 0, 1-days).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, zone).Add(-time.Nanosecond)
}

// within is the period that a time belongs to: by its local date.
func within(list []period, at time.Time, zone *time.Location) int {
	date := at.In(zone).Format(time.DateOnly)
	i, found := slices.BinarySearchFunc(list, date, func(p period, date string) int { return strings.Compare(p.Date, date) })
	if !found {
		i--
	}
	return i
}
