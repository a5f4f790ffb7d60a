package stanna

import (
	"math"
	"strconv"
	"strings"
)

// Money is an amount in the minor unit of its currency: cents for USD, yen
// for JPY. It is never a float once it is inside.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"` // ISO 4217, upper case
}

// minorDigits lists the currencies of ISO 4217 whose minor unit is not a
// hundredth.
var minorDigits = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
	"UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

// MaxAmount is the largest amount that is taken in, in major units; a float64
// carries it exactly to the minor unit.
const MaxAmount = 1e12

// ValidCurrency says whether the text has the form of an ISO 4217 code.
func ValidCurrency(code string) bool {
	return len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// MinorDigits is how many decimal places amounts in the currency have; 2
// for a currency we do not know.
func MinorDigits(currency string) int {
	if d, ok := minorDigits[currency]; ok {
		return d
	}
	return 2
}

// MoneyOf takes an amount in major units, as the API carries it (12400.50),
// rounded to the minor unit, half away from zero.
func MoneyOf(amount float64, currency string) Money {
	currency = strings.ToUpper(currency)
	return Money{Minor: int64(math.Round(amount * math.Pow10(MinorDigits(currency)))), Currency: currency}
}

// MRROf is monthly recurring revenue as people and programs give it: in major
// units, and in the currency otherwise where they give none.
func MRROf(amount float64, currency, otherwise string) (Money, error) {
	if math.IsNaN(amount) || amount < 0 || amount > MaxAmount {
		return Money{}, InvalidField("mrr", "must be an amount from 0 to %g", float64(MaxAmount))
	}
	currency = strings.ToUpper(strings.TrimSpace(currency))
	if currency == "" {
		currency = otherwise
	}
	if !ValidCurrency(currency) {
		return Money{}, InvalidField("currency", "must be an ISO 4217 code such as USD")
	}
	return MoneyOf(amount, currency), nil
}

// Amount is the money in major units, for the API and for thresholds.
func (m Money) Amount() float64 {
	return float64(m.Minor) / math.Pow10(MinorDigits(m.Currency))
}

// String is the amount in figures with its currency: "12400.50 USD". People
// are shown the formatted form that the message room makes.
func (m Money) String() string {
	return strconv.FormatFloat(m.Amount(), 'f', MinorDigits(m.Currency), 64) + " " + m.Currency
}
