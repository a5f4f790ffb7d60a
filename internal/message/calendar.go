package message

import (
	"time"

	"github.com/gostanna/stanna"
)

// date writes a day in full: "14 Jan 2027".
func (l local) date(t time.Time) string { return t.In(l.zone).Format("2 Jan 2006") }

// day writes a day near now: "Wed 25 Nov", with the year when it is another.
func (l local) day(t time.Time) string {
	if t = t.In(l.zone); t.Year() != l.now.Year() {
		return t.Format("Mon 2 Jan 2006")
	}
	return t.Format("Mon 2 Jan")
}

// dayNumber counts days, so that two of them can be subtracted whatever the
// clocks did in between.
func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// daysAgo is how many local days lie between t and today.
func (l local) daysAgo(t time.Time) int { return dayNumber(l.now) - dayNumber(t.In(l.zone)) }

// ago writes how many days ago something was.
func (l local) ago(t time.Time) string {
	switch n := l.daysAgo(t); {
	case n <= 0:
		return "today"
	case n == 1:
		return "yesterday"
	default:
		return l.count(n, "day") + " ago"
	}
}

// lasting writes how long something took: "7 days", "5 hours".
func (l local) lasting(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 90*time.Minute:
		return l.count(int(d.Round(time.Minute)/time.Minute), "minute")
	case d < 36*time.Hour:
		return l.count(int(d.Round(time.Hour)/time.Hour), "hour")
	default:
		return l.count(int(d.Round(day)/day), "day")
	}
}

// renewal writes when a contract renews, for the field and as a sentence.
func (l local) renewal(c stanna.Client) (field, sentence string) {
	t, err := time.ParseInLocation(time.DateOnly, c.RenewalDate, l.zone)
	if err != nil {
		return "", ""
	}
	switch n := -l.daysAgo(t); {
	case n == 0:
		return l.date(t) + " (today)", "renews today"
	case n == 1:
		return l.date(t) + " (tomorrow)", "renews tomorrow"
	case n < 0:
		return l.date(t) + " (" + l.count(-n, "day") + " ago)", "renewal was due " + l.count(-n, "day") + " ago"
	default:
		return l.date(t) + " (" + l.count(n, "day") + ")", "renews in " + l.count(n, "day")
	}
}

// workdaysAfter is the day that many working days (Monday to Friday) after t.
func workdaysAfter(t time.Time, n int) time.Time {
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if t.Weekday() != time.Saturday && t.Weekday() != time.Sunday {
			n--
		}
	}
	return t
}
