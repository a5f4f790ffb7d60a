package expr

import (
	"math"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Writing is how the reader of a template writes. Times come in the
// workspace's time zone, and numbers are numbers. What is left out is written
// in plain American English.
type Writing struct {
	Number  func(float64) string
	Percent func(share float64) string // 0.42 is 42 percent
	Money   func(stanna.Money) string
	Date    func(time.Time) string // a day in full
	Day     func(time.Time) string // a day near now
	Clock   func(time.Time) string // the time of a day
	Ago     func(time.Time) string
	Lasting func(time.Duration) string

	// Plural is the one of the forms that goes with n; they come in the order
	// of the reader's language, for English one and many.
	Plural func(n float64, forms []string) string

	// Trend draws the course of a health score; "" when it has none yet.
	Trend func(stanna.History) string

	Unknown string // what is not known; "not known" by default
	Yes, No string
}

func (w *writer) unknown() string { return orText(w.Unknown, notKnown) }

func (w *writer) yesNo(yes bool) string {
	if yes {
		return orText(w.Yes, "yes")
	}
	return orText(w.No, "no")
}

func (w *writer) number(x float64) string {
	switch {
	case !isNumber(x):
		return w.unknown()
	case w.Number != nil:
		return w.Number(x)
	}
	return plainNumber(x)
}

func (w *writer) percent(share float64) string {
	if w.Percent != nil {
		return w.Percent(share)
	}
	return w.number(share*100) + "%"
}

// money writes an amount. One whose currency is not known is a number.
func (w *writer) money(amount float64, currency string) string {
	written := ""
	if w.Money != nil && math.Abs(amount) <= stanna.MaxAmount {
		written = w.Money(stanna.MoneyOf(amount, currency))
	}
	return orText(written, strings.TrimSpace(w.number(amount)+" "+currency))
}

func (w *writer) date(t time.Time) string { return when(w.Date, t, "Jan 2, 2006") }

func (w *writer) day(t time.Time) string { return when(w.Day, t, "Mon, Jan 2") }

func (w *writer) clock(t time.Time) string { return when(w.Clock, t, "3:04 PM") }

func when(write func(time.Time) string, t time.Time, plain string) string {
	if write != nil {
		return write(t)
	}
	return t.Format(plain)
}

func (w *writer) ago(t time.Time) string {
	if w.Ago != nil {
		return w.Ago(t)
	}
	return w.count(max(w.daysSince(t), 0), "day") + " ago"
}

func (w *writer) lasting(d time.Duration) string {
	switch {
	case w.Lasting != nil:
		return w.Lasting(d)
	case d < 48*time.Hour:
		return w.count(math.Round(d.Hours()), "hour")
	}
	return w.count(math.Round(d.Hours()/24), "day")
}

func (w *writer) count(n float64, one string) string {
	return w.number(n) + " " + w.plural(n, []string{one, one + "s"})
}

func (w *writer) plural(n float64, forms []string) string {
	switch {
	case w.Plural != nil:
		return w.Plural(n, forms)
	case math.Abs(n) == 1:
		return forms[0]
	}
	return forms[len(forms)-1]
}

// trend has a few of the latest values where nobody draws them.
func (w *writer) trend() string {
	h := w.state().Health
	if w.Trend != nil {
		return w.Trend(h)
	}
	points := h.Since(w.Now.AddDate(0, 0, -14))
	var values []string
	for _, p := range points[max(0, len(points)-5):] {
		values = append(values, w.number(p.Value))
	}
	return strings.Join(values, " → ")
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// plainNumber is 12,400.5: one decimal at the most.
func plainNumber(x float64) string {
	if math.Abs(x) >= 1e15 {
		return figureText(x)
	}
	sign := ""
	if x = math.Round(x*10) / 10; x < 0 {
		sign, x = "-", -x
	}
	s := figureText(math.Abs(x)) // of -0 too
	point := strings.IndexByte(s+".", '.')
	for i := point - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
