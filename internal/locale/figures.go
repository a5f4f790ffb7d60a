package locale

import (
	"math"
	"strconv"

	"golang.org/x/text/number"
)

const (
	// minus is the sign of its own: a hyphen is shorter than a plus, and lines
	// break after it.
	minus = "−"

	// unreadable is from where on figures are written as powers of ten. Below
	// it every whole number is exact, as somebody's account number must be.
	unreadable = 1e15
)

// Tenth rounds to what is shown, so that sums of shown figures are right.
func Tenth(x float64) float64 { return math.Round(x*10) / 10 }

// IsNumber says whether x can be shown and compared.
func IsNumber(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Number writes a figure with at most one decimal.
func (l Local) Number(x float64) string {
	if !IsNumber(x) {
		return "?"
	}
	sign := ""
	if x = Tenth(x); x < 0 {
		sign, x = minus, -x
	}
	if x >= unreadable {
		return sign + strconv.FormatFloat(x, 'g', 3, 64)
	}
	return sign + l.print.Sprint(number.Decimal(x, number.MaxFractionDigits(1)))
}

// Signed writes a change: +3 or −11.
func (l Local) Signed(x float64) string {
	if Tenth(x) > 0 {
		return "+" + l.Number(x)
	}
	return l.Number(x)
}

// Percent writes a share: 0.42 is "42 %".
func (l Local) Percent(share float64) string { return l.Number(share*100) + " %" }

// Percentage writes what is counted in percent already: "12.4%", and "12,4 %"
// where the sign stands apart.
func (l Local) Percentage(x float64) string {
	if x = Tenth(x); !IsNumber(x) || math.Abs(x) >= unreadable {
		return l.Number(x) + "%"
	}
	sign := ""
	if x < 0 {
		sign, x = minus, -x
	}
	return sign + l.print.Sprint(number.Percent(x/100, number.MaxFractionDigits(1)))
}
