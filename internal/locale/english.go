package locale

import "time"

// Everything here says a word: the name of a month, a plural, an "ago".

// Count writes how many of something there are: "1 day", "12,400 days".
func (l Local) Count(n int, one string) string {
	if n != 1 {
		one += "s"
	}
	return l.Number(float64(n)) + " " + one
}

// Date writes a day in full: "14 Jan 2027".
func (l Local) Date(t time.Time) string { return t.In(l.Zone).Format("2 Jan 2006") }

// Day writes a day near now: "Wed 25 Nov", with the year when it is another.
func (l Local) Day(t time.Time) string {
	if t = t.In(l.Zone); t.Year() != l.Now.Year() {
		return t.Format("Mon 2 Jan 2006")
	}
	return t.Format("Mon 2 Jan")
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
	if n >= 1 && n <= 5 {
		return [...]string{"first", "second", "third", "fourth", "fifth"}[n-1]
	}
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return l.Number(float64(n)) + end
}

// Ago writes how many days ago something was. What seems to lie ahead was
// today: the clocks of those who tell us are not ours.
func (l Local) Ago(t time.Time) string {
	switch n := l.DaysAgo(t); {
	case n <= 0:
		return "today"
	case n == 1:
		return "yesterday"
	default:
		return l.Count(n, "day") + " ago"
	}
}

// Lasting writes how long something took: "7 days", "5 hours". The unit
// changes late, because "90 minutes" says more than "2 hours".
func (l Local) Lasting(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 90*time.Minute:
		return l.Count(int(d.Round(time.Minute)/time.Minute), "minute")
	case d < 36*time.Hour:
		return l.Count(int(d.Round(time.Hour)/time.Hour), "hour")
	default:
		return l.Count(int(d.Round(day)/day), "day")
	}
}
