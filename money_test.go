package stanna_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		amount   float64
		currency string
		minor    int64
		text     string
	}{
		{12400.5, "USD", 1240050, "12400.50 USD"}, {12400.5, "usd", 1240050, "12400.50 USD"},
		{1234, "JPY", 1234, "1234 JPY"}, {1234.5, "JPY", 1235, "1235 JPY"}, {1.2345, "KWD", 1235, "1.235 KWD"},
		{-0.5, "JPY", -1, "-1 JPY"}, {0.1 + 0.2, "EUR", 30, "0.30 EUR"}, {0, "", 0, "0.00 "}, {7, "XYZ", 700, "7.00 XYZ"},
	} {
		m := stanna.MoneyOf(c.amount, c.currency)
		if m.Minor != c.minor || m.String() != c.text {
			t.Errorf("%g %s is %d minor, %q; want %d, %q", c.amount, c.currency, m.Minor, m, c.minor, c.text)
		}
	}
}

// Whatever fits into the API comes back to the last minor unit.
func TestMoneyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := stanna.Money{Minor: rapid.Int64Range(-1e14, 1e14).Draw(t, "minor"),
			Currency: rapid.SampledFrom([]string{"USD", "EUR", "JPY", "KRW", "KWD", "BHD", "XYZ"}).Draw(t, "currency")}
		if got := stanna.MoneyOf(m.Amount(), m.Currency); got != m {
			t.Fatalf("%v comes back as %v", m, got)
		}
	})
}

func TestValidCurrency(t *testing.T) {
	for code, want := range map[string]bool{"USD": true, "KWD": true, "usd": false, "": false, "US": false, "USDT": false, "€": false, "U D": false, "U$D": false} {
		if got := stanna.ValidCurrency(code); got != want {
			t.Errorf("ValidCurrency(%q) = %v", code, got)
		}
	}
}

func TestMRROf(t *testing.T) {
	for _, c := range []struct {
		amount              float64
		currency, otherwise string
		want                stanna.Money
		err                 string
	}{
		{1492.505, " eur ", "USD", stanna.Money{Minor: 149251, Currency: "EUR"}, ""},
		{1492.5, "", "JPY", stanna.Money{Minor: 1493, Currency: "JPY"}, ""},
		{0, "", "USD", stanna.Money{Currency: "USD"}, ""},
		{-1, "", "USD", stanna.Money{}, "mrr: must be an amount from 0 to 1e+12"},
		{1e13, "", "USD", stanna.Money{}, "mrr: must be an amount from 0 to 1e+12"},
		{math.NaN(), "", "USD", stanna.Money{}, "mrr: must be an amount from 0 to 1e+12"},
		{5, "euro", "USD", stanna.Money{}, "currency: must be an ISO 4217 code such as USD"},
	} {
		got, err := stanna.MRROf(c.amount, c.currency, c.otherwise)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
	}
}
