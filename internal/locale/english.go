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
