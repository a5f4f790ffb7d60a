package digest

import (
	"cmp"
	"math"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// add puts a client into a sum. Only what is in the sum's currency is money
// of it.
func add(s *stanna.ClientSum, mrr stanna.Money) {
	s.Clients++
	switch mrr.Currency {
	case s.MRR.Currency:
		s.MRR.Minor += mrr.Minor
	case "":
		s.Unknown++
	default:
		s.Unlike++
	}
}

func sumOf(currency string) stanna.ClientSum {
	return stanna.ClientSum{MRR: stanna.Money{Currency: currency}}
}

// red says whether a client counts as at risk.
func red(c store.Standing, threshold float64) bool {
	return c.TakesPart() && c.Scored && c.Health <= threshold
}

// riskOf adds up how much is at risk now, and what is in other currencies.
func riskOf(clients []store.Standing, s stanna.Settings) (r stanna.Risk, others []stanna.OtherCurrency) {
	r.Total, r.AtRisk = sumOf(s.Currency), sumOf(s.Currency)
	loss, apart := 0.0, map[string]*stanna.OtherCurrency{}
	for _, c := range clients {
		if !c.TakesPart() {
			continue
		}
		risky := red(c, s.RiskThreshold)
		add(&r.Total, c.MRR)
		if risky {
			add(&r.AtRisk, c.MRR)
		}
		if c.Predicted {
			r.Predicted++
			if c.MRR.Currency == s.Currency {
				loss += c.Churn * float64(c.MRR.Minor)
			}
		}
		if c.MRR.Currency == s.Currency || c.MRR.Currency == "" {
			continue
		}
		o := apart[c.MRR.Currency]
		if o == nil {
			o = &stanna.OtherCurrency{MRR: stanna.Money{Currency: c.MRR.Currency}, AtRisk: stanna.Money{Currency: c.MRR.Currency}}
			apart[c.MRR.Currency] = o
		}
		o.Clients++
		o.MRR.Minor += c.MRR.Minor
		if risky {
			o.AtRiskCount++
			o.AtRisk.Minor += c.MRR.Minor
		}
	}
	r.Loss = stanna.Money{Minor: int64(math.Round(loss)), Currency: s.Currency}
	for _, o := range apart {
		others = append(others, *o)
	}
	slices.SortFunc(others, func(a, b stanna.OtherCurrency) int {
		return cmp.Or(cmp.Compare(b.Clients, a.Clients), cmp.Compare(a.MRR.Currency, b.MRR.Currency))
	})
	return r, others
}

// zonesOf adds the clients up by their zone: red, yellow, green, not scored.
func zonesOf(clients []store.Standing, s stanna.Settings) []stanna.ZoneShare {
	zones := []stanna.ZoneShare{{Zone: stanna.Red}, {Zone: stanna.Yellow}, {Zone: stanna.Green}, {}}
	for i := range zones {
		zones[i].ClientSum = sumOf(s.Currency)
	}
	for _, c := range clients {
		if !c.TakesPart() {
			continue
		}
		at := len(zones) - 1
		if c.Scored {
			at = slices.IndexFunc(zones, func(z stanna.ZoneShare) bool { return z.Zone == s.ZoneOf(c.Health) })
		}
		add(&zones[at].ClientSum, c.MRR)
	}
	return zones
}

// listOf sums clients up and names the largest.
func listOf(clients []store.Standing, currency string) stanna.ClientList {
	l := stanna.ClientList{ClientSum: sumOf(currency)}
	for _, c := range clients {
		add(&l.ClientSum, c.MRR)
	}
	l.Named = largest(clients, currency, stanna.MaxNamed)
	return l
}

// largest are those that pay most in the currency; only their ids are known
// yet.
func largest(clients []store.Standing, currency string, most int) (named []stanna.NamedClient) {
	clients = slices.Clone(clients)
	slices.SortFunc(clients, func(a, b store.Standing) int {
		return cmp.Or(cmp.Compare(minorIn(b.MRR, currency), minorIn(a.MRR, currency)), cmp.Compare(a.ID, b.ID))
	})
	for _, c := range clients[:min(len(clients), most)] {
		named = append(named, stanna.NamedClient{ID: c.ID})
	}
	return named
}

// minorIn is an amount if it is in the currency, else nothing.
func minorIn(m stanna.Money, currency string) int64 {
	if m.Currency != currency {
		return 0
	}
	return m.Minor
}
