package locale

import (
	"strconv"
	"time"
)

// Everything here says a word: the name of a month, a plural, an "ago".

// Date writes a day in full: "14 Jan 2027".
func (l Local) Date(t time.Time) string {
	t = t.In(l.Zone)
	return l.Text("{day} {month} {year}", With{"day": strconv.Itoa(t.Day()), "month": l.Language.Months[t.Month()-1], "year": strconv.Itoa(t.Year())})
}

// Day writes a day near now: "Wed 25 Nov", with the year when it is another.
func (l Local) Day(t time.Time) string {
	t = t.In(l.Zone)
	with := With{"weekday": l.Language.Weekdays[t.Weekday()], "day": strconv.Itoa(t.Day()), "month": l.Language.Months[t.Month()-1],
		"year": strconv.Itoa(t.Year())}
	if t.Year() != l.Now.Year() {
		return l.Text("{weekday} {day} {month} {year}", with)
	}
	return l.Text("{weekday} {day} {month}", with)
}

// Clock writes a time of today: "09:20".
func (l Local) Clock(t time.Time) string { return t.In(l.Zone).Format("15:04") }

// Moment writes a day near now and the time: "Fri 20 Nov 18:00".
func (l Local) Moment(t time.Time) string { return l.Day(t) + " " + l.Clock(t) }

// When writes a moment as one would say it: the time alone when it is today.
func (l Local) When(t time.Time) string {
	if l.DaysAgo(t) == 0 {
		return l.Clock(t)
	}
	return l.Moment(t)
}

// Ordinal writes a place in a row: "second", "6th".
func (l Local) Ordinal(n int) string {
	switch n {
	case 1:
		return l.Text("first")
	case 2:
		return l.Text("second")
	case 3:
		return l.Text("third")
	case 4:
		return l.Text("fourth")
	case 5:
		return l.Text("fifth")
	}
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			return l.Text("{n}st", With{"n": n})
		case 2:
			return l.Text("{n}nd", With{"n": n})
		case 3:
			return l.Text("{n}rd", With{"n": n})
		}
	}
	return l.Text("{n}th", With{"n": n})
}

// Ago writes how many days ago something was. What seems to lie ahead was
// today: the clocks of those who tell us are not ours.
func (l Local) Ago(t time.Time) string {
	switch n := l.DaysAgo(t); {
	case n <= 0:
		return l.Text("today")
	case n == 1:
		return l.Text("yesterday")
	default:
		return l.Text("{n} {n|day|days} ago", With{"n": n})
	}
}

// Lasting writes how long something took: "7 days", "5 hours". The unit
// changes late, because "90 minutes" says more than "2 hours".
func (l Local) Lasting(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return l.Text("less than a minute")
	case d < 90*time.Minute:
		return l.Text("{n} {n|minute|minutes}", With{"n": int(d.Round(time.Minute) / time.Minute)})
	case d < 36*time.Hour:
		return l.Text("{n} {n|hour|hours}", With{"n": int(d.Round(time.Hour) / time.Hour)})
	default:
		return l.Days(int(d.Round(day) / day))
	}
}

// Days writes how many days: "1 day".
func (l Local) Days(n int) string { return l.Text("{n} {n|day|days}", With{"n": n}) }

// Count writes how many of something there are, in English: "1 day", "12,400
// clients". It is for pages; messages have sentences of their own.
func (l Local) Count(n int, one string) string {
	if n != 1 {
		one += "s"
	}
	return l.Number(float64(n)) + " " + one
}
