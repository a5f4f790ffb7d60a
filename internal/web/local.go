package web

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/gostanna/stanna"
)

// local is how a workspace writes figures, money and times, and what time it
// is there. Its words are English for now.
type local struct {
	settings stanna.Settings
	print    *message.Printer
	zone     *time.Location
	now      time.Time
}

func localTo(s stanna.Settings, now time.Time) local {
	s = s.WithDefaults()
	tag, err := language.Parse(s.Locale)
	if err != nil {
		tag = language.English
	}
	zone := s.Location()
	return local{settings: s, print: message.NewPrinter(tag), zone: zone, now: now.In(zone)}
}

// number writes a figure with at most one decimal.
func (l local) number(x float64) string {
	x = math.Round(x*10) / 10
	sign := ""
	if x < 0 {
		sign, x = "−", -x
	}
	return sign + l.print.Sprint(number.Decimal(x, number.MaxFractionDigits(1)))
}

// signed writes a change: +3 or −11.
func (l local) signed(x float64) string {
	if x >= 0.05 {
		return "+" + l.number(x)
	}
	return l.number(x)
}

// count writes how many of something there are: "1 client", "12 clients".
func (l local) count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return l.number(float64(n)) + " " + one + "s"
}

func (l local) percent(share float64) string { return l.number(share*100) + " %" }

// money writes an amount, without decimals when it is whole, or "" when it is
// not known.
func (l local) money(m stanna.Money) string {
	unit, err := currency.ParseISO(m.Currency)
	if err != nil {
		return ""
	}
	digits := stanna.MinorDigits(m.Currency)
	if m.Amount() == math.Trunc(m.Amount()) {
		digits = 0
	}
	symbol := l.print.Sprint(currency.Symbol(unit))
	if last := symbol[len(symbol)-1]; last >= 'A' && last <= 'Z' {
		symbol += "\u00a0" // a code stands apart from its amount
	}
	return symbol + l.print.Sprint(number.Decimal(m.Amount(), number.MinFractionDigits(digits), number.MaxFractionDigits(digits)))
}

// stamp is a moment as a page shows it.
type stamp struct {
	ISO   string // for machines
	Full  string // to the second, with the zone
	Short string // as people say it
}

// Known says whether there is a moment at all.
func (s stamp) Known() bool { return s.ISO != "" }

func (l local) stamp(t time.Time) stamp {
	if t.IsZero() {
		return stamp{}
	}
	t = t.In(l.zone)
	return stamp{ISO: t.UTC().Format(time.RFC3339), Full: t.Format("Mon 2 Jan 2006, 15:04:05 MST"), Short: l.short(t)}
}

func (l local) short(t time.Time) string {
	switch days := l.daysAgo(t); {
	case t.After(l.now.Add(time.Minute)):
		return t.Format("2 Jan 2006, 15:04")
	case l.now.Sub(t) < time.Minute:
		return "just now"
	case l.now.Sub(t) < time.Hour:
		return strconv.Itoa(int(l.now.Sub(t).Minutes())) + " min ago"
	case days == 0:
		return "today, " + t.Format("15:04")
	case days == 1:
		return "yesterday, " + t.Format("15:04")
	case t.Year() == l.now.Year():
		return t.Format("2 Jan, 15:04")
	default:
		return t.Format("2 Jan 2006, 15:04")
	}
}

// dayNumber counts days, so that two of them can be subtracted whatever the
// clocks did in between.
func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (l local) daysAgo(t time.Time) int { return dayNumber(l.now) - dayNumber(t.In(l.zone)) }

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

// renewal writes when a contract renews and how far that is, or "".
func (l local) renewal(date string) (day, distance string) {
	t, err := time.ParseInLocation(time.DateOnly, date, l.zone)
	if err != nil {
		return "", ""
	}
	day = t.Format("2 Jan 2006")
	switch n := -l.daysAgo(t); {
	case n == 0:
		return day, "today"
	case n < 0:
		return day, l.count(-n, "day") + " ago"
	default:
		return day, "in " + l.count(n, "day")
	}
}

// plainTitle is text from outside as the title of a window, where no markup
// can keep it in its place: without what reorders a line, and short.
func plainTitle(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf) {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 60 {
		s = string(runes[:60]) + "…"
	}
	return strings.TrimSpace(s)
}
