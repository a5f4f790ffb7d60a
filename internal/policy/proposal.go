package policy

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/rule"
)

// Proposal is another value of a threshold, under which a rule would have
// spared people what was not useful, and told them nearly all that was right.
type Proposal struct {
	Threshold string
	Unit      string
	Current   float64
	Value     float64

	AlertsBefore, AlertsAfter int // of the rule, in the backtest
	Right, RightLost          int // of the alerts that were judged and that the backtest finds again
	Noise, NoiseSpared        int
}

// mainThreshold is the threshold of a type that says how much it takes. A type
// without one opens by a date, a condition or a single fact.
var mainThreshold = map[stanna.AlertType]string{
	stanna.HealthDrop:           "dropPoints",
	stanna.ChurnRisk:            "percent",
	stanna.PaymentIssue:         "attempts",
	stanna.EngagementDrop:       "percent",
	stanna.SentimentNegative:    "trendMessages",
	stanna.ExpansionOpportunity: "limitPercent",
	stanna.KeyAccountUpdate:     "marginPoints",
}

// keepRight is the share of the right alerts that a proposal must keep.
const keepRight = 0.9

// Propose plays the same days with other values of the rule's main threshold.
// Nil: none of them is better, or the type has no such threshold. It needs
// every processor for as long as a backtest does.
func (k *Keeper) Propose(ctx context.Context, q Quality) (*Proposal, error) {
	entry := rule.EntryOf(q.Rule.Type)
	i := -1
	if entry != nil {
		i = slices.IndexFunc(entry.Thresholds, func(t rule.Threshold) bool { return t.Name == mainThreshold[q.Rule.Type] })
	}
	if i < 0 {
		return nil, nil
	}
	t := entry.Thresholds[i]
	current, own := q.Rule.Thresholds[t.Name]
	if !own {
		current = t.Default
	}
	until := k.Clock.Now(q.Rule.Workspace).Truncate(time.Second).Add(time.Second)
	in, err := backtest.Load(ctx, k.Store, q.Rule.Workspace, q.Since.UTC(), until.UTC())
	if err != nil {
		return nil, err
	}
	values := []float64{current}
	for _, x := range backtest.Around(t, current) {
		if x != current {
			values = append(values, x)
		}
	}
	policies := make([]backtest.Policy, len(values))
	for n, x := range values {
		policies[n] = with(in.Policy, q.Rule, t.Name, x)
	}
	reports, err := backtest.RunAll(ctx, in, policies...)
	if err != nil {
		return nil, err
	}
	p := q.best(values, reports)
	if p != nil {
		p.Threshold, p.Unit = t.Name, t.Unit
	}
	return p, nil
}

// with is the policy with another value of one threshold of the rule, judged
// as if it were active.
func with(p backtest.Policy, r stanna.Rule, threshold string, value float64) backtest.Policy {
	p.Rules, p.Draft = slices.Clone(p.Rules), r.ID
	i := slices.IndexFunc(p.Rules, func(x stanna.Rule) bool { return x.ID == r.ID })
	if i < 0 {
		p.Rules, i = append(p.Rules, r), len(p.Rules)
	}
	own := maps.Clone(r.Thresholds)
	if own == nil {
		own = map[string]float64{}
	}
	own[threshold] = value
	p.Rules[i].Thresholds = own
	return p
}

// best chooses among the values, of which the first is the one in force, by
// what each would have done: it keeps the right ones and spares the most that
// were not useful. Of two that spare as many, the one that loses fewer right
// ones, and then the one nearer to what is in force.
func (q Quality) best(values []float64, reports []backtest.Report) *Proposal {
	var right, noise []judged // what the backtest finds again: the rest cannot be compared
	before := episodes(reports[0], q.Rule.ID)
	for _, a := range q.told {
		j := judged{a.ClientID, a.OpenedAt, a.ClosedAt}
		switch {
		case a.Verdict == "" || !j.among(before):
		case a.Verdict.Right():
			right = append(right, j)
		default:
			noise = append(noise, j)
		}
	}
	var found *Proposal
	for n, x := range values[1:] {
		after := episodes(reports[n+1], q.Rule.ID)
		p := &Proposal{Current: values[0], Value: x, AlertsBefore: count(before), AlertsAfter: count(after), Right: len(right), Noise: len(noise)}
		for _, j := range right {
			if !j.among(after) {
				p.RightLost++
			}
		}
		for _, j := range noise {
			if !j.among(after) {
				p.NoiseSpared++
			}
		}
		if p.NoiseSpared > 0 && float64(p.Right-p.RightLost) >= keepRight*float64(p.Right) && p.better(found) {
			found = p
		}
	}
	return found
}

func (p *Proposal) better(than *Proposal) bool {
	switch {
	case than == nil || p.NoiseSpared != than.NoiseSpared:
		return than == nil || p.NoiseSpared > than.NoiseSpared
	case p.RightLost != than.RightLost:
		return p.RightLost < than.RightLost
	}
	return math.Abs(p.Value-p.Current) < math.Abs(than.Value-than.Current)
}

// judged is an alert that somebody said something about.
type judged struct {
	client         string
	opened, closed time.Time
}

// among says whether a backtest has an alert about the same trouble: one that
// was open when this one was.
func (j judged) among(list map[string][]backtest.Episode) bool {
	return slices.ContainsFunc(list[j.client], func(e backtest.Episode) bool {
		return (e.ClosedAt.IsZero() || !e.ClosedAt.Before(j.opened)) && (j.closed.IsZero() || !e.OpenedAt.After(j.closed))
	})
}

// episodes are those of a rule, by client.
func episodes(r backtest.Report, rule string) map[string][]backtest.Episode {
	list := map[string][]backtest.Episode{}
	for _, e := range r.Episodes {
		if e.RuleID == rule {
			list[e.ClientID] = append(list[e.ClientID], e)
		}
	}
	return list
}

func count(list map[string][]backtest.Episode) (n int) {
	for _, l := range list {
		n += len(l)
	}
	return n
}
