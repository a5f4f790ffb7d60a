package stripe

import (
	"math/big"
	"strings"

	"github.com/gostanna/stanna"
)

// stripeDigits lists the currencies of which Stripe's amounts are not in
// hundredths (https://docs.stripe.com/currencies, read 2026-11). Two more have
// no minor unit, but are in hundredths at Stripe "to maintain backwards
// compatibility": ISK and UGX. MGA, in fifths, has none at Stripe.
var stripeDigits = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "JPY": 0, "KMF": 0, "KRW": 0, "MGA": 0, "PYG": 0, "RWF": 0,
	"VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3,
}

// currency is the code as ISO 4217 writes it, or "" when it is none.
func (o object) currency(path ...string) string {
	if code := strings.ToUpper(o.text(path...)); stanna.ValidCurrency(code) {
		return code
	}
	return ""
}

// ourMinor is an amount of Stripe's in the minor unit that [stanna.Money] has
// of the currency.
func ourMinor(amount *big.Rat, currency string) *big.Rat {
	digits, ok := stripeDigits[currency]
	if !ok {
		digits = 2
	}
	factor := big.NewRat(1, 1)
	for d := stanna.MinorDigits(currency); d != digits; {
		if d > digits {
			factor.Mul(factor, big.NewRat(10, 1))
			d--
		} else {
			factor.Quo(factor, big.NewRat(10, 1))
			d++
		}
	}
	return factor.Mul(factor, amount)
}

// rounded is the nearest whole number, half away from zero as
// [stanna.MoneyOf] does; ok is false for one that is too large.
func rounded(r *big.Rat) (n int64, ok bool) {
	double := new(big.Int).Lsh(r.Num(), 1)
	double.Add(double, new(big.Int).Mul(big.NewInt(int64(r.Sign())), r.Denom()))
	double.Quo(double, new(big.Int).Lsh(r.Denom(), 1)) // towards zero
	return double.Int64(), double.IsInt64()
}

// money is an amount of Stripe's as money of ours.
func money(amount *big.Rat, currency string) (stanna.Money, error) {
	if currency == "" || amount == nil {
		return stanna.Money{}, stanna.Errorf(stanna.Invalid, "Stripe's object has no amount in a currency")
	}
	minor, ok := rounded(ourMinor(amount, currency))
	m := stanna.Money{Minor: minor, Currency: currency}
	if !ok || m.Minor < 0 || m.Amount() > stanna.MaxAmount {
		return stanna.Money{}, stanna.Errorf(stanna.Invalid, "Stripe's object has an amount below 0 or above %g", float64(stanna.MaxAmount))
	}
	return m, nil
}
