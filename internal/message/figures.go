package message

import (
	"math"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// local is how a workspace writes numbers, money and dates, and what time it
// is there. Its words are English for now.
type local struct {
	settings stanna.Settings
	tag      language.Tag
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
	return local{settings: s, tag: tag, print: message.NewPrinter(tag), zone: zone, now: now.In(zone)}
}

const minus = "−"

// tenth rounds to what is shown, so that sums of shown figures are right.
func tenth(x float64) float64 { return math.Round(x*10) / 10 }

// isNumber says whether x can be shown and compared.
func isNumber(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// number writes a figure with at most one decimal.
func (l local) number(x float64) string {
	if !isNumber(x) {
		return "?"
	}
	sign := ""
	if x = tenth(x); x < 0 {
		sign, x = minus, -x
	}
	if x >= 1e12 {
		return sign + strconv.FormatFloat(x, 'g', 3, 64)
	}
	return sign + l.print.Sprint(number.Decimal(x, number.MaxFractionDigits(1)))
}

// signed writes a change: +3 or −11.
func (l local) signed(x float64) string {
	if tenth(x) > 0 {
		return "+" + l.number(x)
	}
	return l.number(x)
}

// count writes how many of something there are: "1 day", "12,400 days".
func (l local) count(n int, one string) string {
	return l.number(float64(n)) + " " + plural(n, one)
}

func plural(n int, one string) string {
	if n == 1 {
		return one
	}
	return one + "s"
}

// money writes an amount, without decimals when it is whole. It is "" for a
// currency that is none.
func (l local) money(m stanna.Money) string {
	unit, err := currency.ParseISO(m.Currency)
	if err != nil {
		return ""
	}
	digits := stanna.MinorDigits(m.Currency)
	amount := math.Abs(m.Amount())
	if amount == math.Trunc(amount) {
		digits = 0
	}
	symbol := l.print.Sprint(currency.Symbol(unit))
	figure := l.print.Sprint(number.Decimal(amount, number.MinFractionDigits(digits), number.MaxFractionDigits(digits)))
	sign := ""
	if m.Minor < 0 {
		sign = minus
	}
	// A symbol stands close to its amount, a code ("CHF") apart. x/text knows
	// the symbols but not yet on which side a locale puts them.
	if last := symbol[len(symbol)-1]; last >= 'A' && last <= 'Z' {
		symbol += "\u00a0"
	}
	return sign + symbol + figure
}
