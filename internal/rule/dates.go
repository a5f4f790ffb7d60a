package rule

import "time"

// date is a day of the calendar: the days since 1970-01-01.
type date int

// dateOf is the local date at t.
func dateOf(t time.Time, zone *time.Location) date {
	t = t.In(zone)
	_, ahead := t.Zone()
	seconds := t.Unix() + int64(ahead)
	d := date(seconds / 86_400)
	if seconds%86_400 < 0 {
		d--
	}
	return d
}

// parseDate reads "2026-12-31".
func parseDate(s string) (date, bool) {
	if s == "" {
		return 0, false
	}
	t, err := time.Parse(time.DateOnly, s)
	return date(t.Unix() / 86_400), err == nil
}

func (d date) utc() time.Time { return time.Unix(int64(d)*86_400, 0).UTC() }

func (d date) String() string { return d.utc().Format(time.DateOnly) }

// begins is the first instant of the date in a zone. That is not always
// midnight: where clocks jump over it the day begins with the jump, and where
// they show it twice, with the first.
func (d date) begins(zone *time.Location) time.Time {
	y, m, day := d.utc().Date()
	t := time.Date(y, m, day, 0, 0, 0, 0, zone)
	if dateOf(t, zone) == d && dateOf(t.Add(-time.Second), zone) < d {
		return t.UTC()
	}
	before, from := t.Unix()-26*3600, t.Unix()+26*3600
	for from-before > 1 {
		if middle := (before + from) / 2; dateOf(time.Unix(middle, 0), zone) >= d {
			from = middle
		} else {
			before = middle
		}
	}
	return time.Unix(from, 0).UTC()
}

// sameDay is the date in another year; 29 February becomes the 28th where
// there is none.
func (d date) sameDay(year int) date {
	_, month, day := d.utc().Date()
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if t.Month() != month {
		t = t.AddDate(0, 0, -t.Day())
	}
	return date(t.Unix() / 86_400)
}
