package web

import (
	"strconv"
	"time"

	"github.com/gostanna/stanna/internal/locale"
)

// stamp is a moment as a page shows it: a page stays open while the moment
// ages, so what people say stands beside what does not change.
type stamp struct {
	ISO   string // for machines
	Full  string // to the second, with the zone
	Short string // as people say it
}

// Known says whether there is a moment at all.
func (s stamp) Known() bool { return s.ISO != "" }

func stampOf(l locale.Local, t time.Time) stamp {
	if t.IsZero() {
		return stamp{}
	}
	t = t.In(l.Zone)
	return stamp{ISO: t.UTC().Format(time.RFC3339), Full: t.Format("Mon 2 Jan 2006, 15:04:05 MST"), Short: short(l, t)}
}

// short says a moment the shorter, the nearer it is.
func short(l locale.Local, t time.Time) string {
	switch days := l.DaysAgo(t); {
	case t.After(l.Now.Add(time.Minute)) && days == 0:
		return "today, " + t.Format("15:04")
	case t.After(l.Now) && days == -1:
		return "tomorrow, " + t.Format("15:04")
	case t.After(l.Now.Add(time.Minute)):
		return t.Format("2 Jan 2006, 15:04")
	case l.Now.Sub(t) < time.Minute:
		return "just now"
	case l.Now.Sub(t) < time.Hour:
		return strconv.Itoa(int(l.Now.Sub(t).Minutes())) + " min ago"
	case days == 0:
		return "today, " + t.Format("15:04")
	case days == 1:
		return "yesterday, " + t.Format("15:04")
	case t.Year() == l.Now.Year():
		return t.Format("2 Jan, 15:04")
	default:
		return t.Format("2 Jan 2006, 15:04")
	}
}

// renewalOf writes when a contract renews and how far that is, or "".
func renewalOf(l locale.Local, date string) (day, distance string) {
	t, ok := l.DayOf(date)
	if !ok {
		return "", ""
	}
	switch n := -l.DaysAgo(t); {
	case n == 0:
		return l.Date(t), "today"
	case n < 0:
		return l.Date(t), l.Count(-n, "day") + " ago"
	default:
		return l.Date(t), "in " + l.Count(n, "day")
	}
}
