package rule

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// Portfolio is what is known of all clients together at one moment: the sums
// of those that take part, in the workspace's currency.
type Portfolio struct {
	At           time.Time
	Clients      int     // that take part: neither excluded nor churned
	MRR          float64 // of all of them, major units
	AtRisk       float64 // of those whose health is at or below the risk threshold
	AtRiskCount  int
	ExpectedLoss float64       // Σ churn probability × MRR of those whose probability is known
	Moves        []stanna.Move // all that changed AtRisk since the last look, largest first; see [Moves]
	Moved        int           // how many clients did
	Unlike       int           // clients whose MRR is in another currency, and left out
}

// Share is how many percent of all MRR are at risk.
func (p Portfolio) Share() float64 {
	if p.MRR <= 0 {
		return 0
	}
	return p.AtRisk / p.MRR * 100
}

// Before is AtRisk as it was at the last look.
func (p Portfolio) Before() float64 {
	sum := p.AtRisk
	for _, m := range p.Moves {
		sum -= m.Amount
	}
	return cents(sum)
}

// JudgePortfolio says what the rules that watch all clients together decide.
// Open gives the open alert of a rule, or nil. Memory is what the rules
// remember between looks; it is brought up to date in place.
func (p *Policy) JudgePortfolio(t Portfolio, memory map[string]stanna.RuleMemory, open func(rule string) *stanna.Alert, list []Decision) []Decision {
	sub := portfolioSubject(memory, t.At)
	sub.Settings, sub.Portfolio = p.Settings, &t
	for _, id := range slices.Sorted(maps.Keys(memory)) { // of rules that are not in force any more
		if c := p.byID[id]; c == nil || c.Status != stanna.RuleActive {
			if a := open(id); a != nil {
				list = append(list, end(nil, *a, stanna.ReasonRuleOff, t.At))
			}
		}
	}
	for _, c := range p.Rules {
		if !c.entry.total {
			continue
		}
		before := len(list)
		sub.Alerts = nil
		if a := open(c.ID); a != nil && c.Status == stanna.RuleActive {
			sub.Alerts = []stanna.Alert{*a}
			if d, ok := p.age(sub, *a); ok {
				list = append(list, d)
				sub.Alerts[0] = d.Alert
			}
		}
		d := p.decide(c, sub)
		if !d.Keep && len(list) > before {
			continue // time alone has said something
		}
		list = addTo(list, before, d)
	}
	return list
}

// KnowPortfolio remembers that people know of the sum at which one of them
// closed an alert: it is told again only when it has cleared or grown by a
// step.
func (p *Policy) KnowPortfolio(memory map[string]stanna.RuleMemory, a stanna.Alert, now time.Time) {
	p.remember(portfolioSubject(memory, now), a)
}

func portfolioSubject(memory map[string]stanna.RuleMemory, now time.Time) *Subject {
	return &Subject{State: &stanna.State{StateFacts: stanna.StateFacts{Memory: memory}}, Now: now}
}

// WatchesPortfolio says whether any rule looks at all clients together.
func (p *Policy) WatchesPortfolio() bool {
	return slices.ContainsFunc(p.Rules, func(c *Compiled) bool { return c.entry.total })
}

// Member is a client at risk, with what it brings to the sum.
type Member struct {
	ClientID string  `json:"clientId"`
	Name     string  `json:"name"`
	MRR      float64 `json:"mrr"` // major units
}

// Moves says what each client did to the sum between two looks, largest
// first; together they are the difference of the sums. Gone says why a client
// that is not at risk any more does not take part at all: it churned or is
// excluded. "", or nil, is a client that left the red zone.
func Moves(before, now []Member, gone func(clientID string) stanna.Reason) []stanna.Move {
	was := make(map[string]Member, len(before))
	for _, m := range before {
		was[m.ClientID] = m
	}
	var list []stanna.Move
	add := func(m Member, amount float64, why stanna.Reason) {
		if amount = cents(amount); amount != 0 {
			list = append(list, stanna.Move{ClientID: m.ClientID, Name: m.Name, Amount: amount, Why: why})
		}
	}
	for _, m := range now {
		if old, already := was[m.ClientID]; already {
			add(m, m.MRR-old.MRR, stanna.ReasonMRRChanged)
			delete(was, m.ClientID)
		} else {
			add(m, m.MRR, stanna.ReasonEnteredRed)
		}
	}
	for _, m := range was {
		why := stanna.ReasonRecovered
		if gone != nil {
			why = cmp.Or(gone(m.ClientID), why)
		}
		add(m, -m.MRR, why)
	}
	slices.SortFunc(list, largest)
	return list
}

// largest orders moves by what they did to the sum.
func largest(a, b stanna.Move) int {
	return cmp.Or(cmp.Compare(math.Abs(b.Amount), math.Abs(a.Amount)), cmp.Compare(a.ClientID, b.ClientID))
}

// cents rounds an amount to the thousandth, below which no currency has a
// unit: in floats, 0.1 + 0.2 is more than 0.3.
func cents(x float64) float64 { return math.Round(x*1000) / 1000 }
