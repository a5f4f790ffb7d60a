package stripe

import (
	"math/big"
	"strings"

	"github.com/gostanna/stanna"
)

// Worth is what a subscription brings in a month.
type Worth struct {
	Micros   int64  // millionths of the minor unit that stanna.Money has of Currency
	Currency string // ISO 4217; "" when no price has one
	Why      string // why it is nothing, in a word or two; "" when it is something
}

// The reasons why a subscription is worth nothing, beside its status.
const (
	WhyNoStatus   = "no status that is known"
	WhyNoPrice    = "no price"
	WhyFree       = "free"
	WhyMetered    = "metered"     // by usage, which nobody knows before
	WhyTiered     = "tiered"      // and the tiers did not come
	WhyOnce       = "paid once"   // no period
	WhyDiscounted = "discounted"  // in full, for good
	WhyNone       = "no quantity" // zero units, or too few for a package
	WhyCurrencies = "several currencies"
	WhyTooLarge   = "too large" // for an amount of money
)

// counted says of each status whether it counts, as Stripe's own analytics
// do: "MRR is the sum of the monthly-normalized value of all your active and
// past_due subscriptions"
// (https://docs.stripe.com/billing/subscriptions/analytics/glossary). A
// subscription whose collection alone is paused stays active, and counts.
var counted = map[string]bool{
	"active": true, "past_due": true,
	"trialing": false, "unpaid": false, "canceled": false, "incomplete": false, "incomplete_expired": false, "paused": false,
}

// daysAYear is the length of a year in which a day is a day: a month is a
// twelfth of it, 30.4375 days or 4.348 weeks. Four weeks a month would be 8 %
// too little.
var daysAYear = big.NewRat(36525, 100)

// aMonth is how many periods of so many intervals a month has; nil when the
// interval is none.
func aMonth(interval string, count int64) *big.Rat {
	var months *big.Rat // of one interval
	switch interval {
	case "day":
		months = new(big.Rat).Quo(big.NewRat(12, 1), daysAYear)
	case "week":
		months = new(big.Rat).Quo(big.NewRat(7*12, 1), daysAYear)
	case "month":
		months = big.NewRat(1, 1)
	case "year":
		months = big.NewRat(12, 1)
	default:
		return nil
	}
	return new(big.Rat).Inv(times(months, count))
}

// Worth is what the subscription brings in a month. All that recurs counts,
// but what is metered, and tax; coupons that never end lower it, first those
// of an item, then those of the whole.
func (s Subscription) Worth() Worth {
	w := Worth{Currency: s.Currency}
	counts, known := counted[s.Status]
	switch {
	case !known:
		w.Why = WhyNoStatus
	case !counts:
		w.Why = strings.ReplaceAll(s.Status, "_", " ")
	default:
		w.Micros, w.Why = s.micros()
	}
	return w
}

func (s Subscription) micros() (micros int64, why string) {
	var amounts []*big.Rat
	var products []string
	var invoices *big.Rat
	why = WhyNoPrice
	full := new(big.Rat)
	for _, i := range s.items {
		amount, reason := i.monthly()
		if amount == nil {
			why = graver(why, reason)
			continue
		}
		if i.price.currency != s.Currency {
			return 0, WhyCurrencies
		}
		full.Add(full, amount)
		rhythm := aMonth(i.price.interval, i.price.count)
		one, product := []*big.Rat{amount}, []string{i.price.product}
		for _, c := range i.coupons {
			c.take(one, product, s.Currency, rhythm)
		}
		amounts, products = append(amounts, one[0]), append(products, i.price.product)
		if invoices == nil || rhythm.Cmp(invoices) > 0 {
			invoices = rhythm
		}
	}
	for _, c := range s.coupons {
		if len(amounts) == 0 {
			break
		}
		c.take(amounts, products, s.Currency, invoices)
	}
	sum := new(big.Rat)
	for _, a := range amounts {
		sum.Add(sum, a)
	}
	micros, ok := rounded(new(big.Rat).Mul(ourMinor(sum, s.Currency), million))
	switch {
	case !ok:
		return 0, WhyTooLarge
	case micros > 0:
		return micros, ""
	case sum.Sign() > 0:
		return 0, WhyFree // below half a millionth
	case full.Sign() > 0:
		return 0, WhyDiscounted
	}
	return 0, why
}

var million = big.NewRat(1_000_000, 1)

// monthly is what the item costs a month before discounts, in Stripe's minor
// unit; nil with the reason when it does not count.
func (i item) monthly() (amount *big.Rat, why string) {
	p := i.price
	rhythm := aMonth(p.interval, p.count)
	switch {
	case p.currency == "" && p.unit == nil && len(p.tiers) == 0:
		return nil, WhyNoPrice
	case rhythm == nil:
		return nil, WhyOnce
	case p.metered:
		return nil, WhyMetered
	case p.tiered && len(p.tiers) == 0:
		return nil, WhyTiered
	case !p.tiered && p.unit == nil, p.currency == "":
		return nil, WhyNoPrice
	}
	amount = p.of(i.quantity)
	switch {
	case amount.Sign() > 0:
		return amount.Mul(amount, rhythm), ""
	case p.tiered || p.unit.Sign() <= 0:
		return nil, WhyFree
	}
	return nil, WhyNone
}

// graver is the reason of two that tells more of a subscription worth
// nothing.
func graver(a, b string) string {
	for _, why := range []string{WhyTiered, WhyMetered, WhyNone, WhyFree, WhyOnce} {
		if a == why || b == why {
			return why
		}
	}
	return a
}

// Sum adds up what is worth something in the currency: exactly, and rounded
// once.
func Sum(list []Worth, currency string) stanna.Money {
	sum := new(big.Int)
	for _, w := range list {
		if w.Currency == currency {
			sum.Add(sum, big.NewInt(w.Micros))
		}
	}
	minor, _ := rounded(new(big.Rat).Quo(new(big.Rat).SetInt(sum), million))
	return stanna.Money{Minor: minor, Currency: currency}
}
