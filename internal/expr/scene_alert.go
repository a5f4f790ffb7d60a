package expr

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// contact is the person to call; a blank one where there is none.
func (s *scene) contact() stanna.Contact {
	p, _ := s.client().PrimaryContact()
	return p
}

// moment3339 is a time that a source has written down; zero where it has not,
// or as something else.
func moment3339(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// paymentTotal is what all that is owed comes to.
func paymentTotal(s *scene) float64 {
	total, ok := stanna.TotalOwed(s.state().Owes())
	if !ok {
		return math.NaN()
	}
	return total.Amount()
}

// movedMRR is a figure of the last movement; one of nothing is known, too.
func movedMRR(s *scene, m stanna.Money) float64 {
	if !s.state().Subscription.Known() {
		return math.NaN()
	}
	return m.Amount()
}

// alertCurrency is the currency of the alert's values: a payment has its own,
// and the sum of a portfolio the workspace's.
func alertCurrency(s *scene) string {
	switch a := s.alert(); {
	case a.Evidence.Payment != nil:
		return a.Evidence.Payment.Amount.Currency
	case a.Evidence.Subscription != nil:
		return a.Evidence.Subscription.MRR.Currency
	case a.Type == stanna.RevenueAtRisk:
		return s.Settings.WithDefaults().Currency
	}
	return ""
}

// usualCurrency is what an amount is in that does not say so.
func usualCurrency(s *scene) string {
	if c := s.client(); c.HasMRR() {
		return c.MRR.Currency
	}
	return s.Settings.WithDefaults().Currency
}

// reasons are the factors as one reads them: "Usage: 118 a day, usually 200".
// Those without an impact stand behind the others, in the source's order.
func reasons(s *scene) []string {
	weight := func(f stanna.Factor) float64 {
		if f.Impact == nil {
			return -1
		}
		return math.Abs(*f.Impact)
	}
	factors := slices.Clone(s.alert().Evidence.Factors)
	slices.SortStableFunc(factors, func(a, b stanna.Factor) int { return cmp.Compare(weight(b), weight(a)) })
	var out []string
	for _, f := range factors {
		line := strings.TrimSpace(f.Name)
		if detail := strings.TrimSpace(f.Detail); detail != "" && line != "" {
			line += ": " + detail
		} else {
			line += detail
		}
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}
