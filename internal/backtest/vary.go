package backtest

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// Variation asks what other values of one threshold would have done.
type Variation struct {
	RuleID    string
	Threshold string
	Values    []float64 // none: some around the value in force
}

// Variant is what one value would have done.
type Variant struct {
	Value    float64  `json:"value"`
	Current  bool     `json:"current"`
	Alerts   int      `json:"alerts"`   // of the rule
	Clients  int      `json:"clients"`  // that they are about
	Messages int      `json:"messages"` // of the whole policy
	Updates  int      `json:"updates"`
	MaxDay   int      `json:"maxDay"`   // messages at one place
	Outcomes Outcomes `json:"outcomes"` // by the rule's alerts alone
}

// maxVariants bounds what is tried at once: each costs as much as a backtest,
// but for reading the history.
const maxVariants = 12

// Vary plays the history once with every value.
func Vary(ctx context.Context, in Input, v Variation) ([]Variant, error) {
	i := slices.IndexFunc(in.Rules, func(r stanna.Rule) bool { return r.ID == v.RuleID })
	if i < 0 {
		return nil, stanna.Errorf(stanna.NotFound, "rule not found")
	}
	r := in.Rules[i]
	t, current, err := threshold(r, v.Threshold)
	if err != nil {
		return nil, err
	}
	values := v.Values
	if len(values) == 0 {
		values = Around(t, current)
	}
	if len(values) > maxVariants {
		return nil, stanna.InvalidField("values", "may be %d", maxVariants)
	}
	policies := make([]Policy, len(values))
	for k, x := range values {
		if !(x >= t.Min && x <= t.Max) {
			return nil, stanna.InvalidField("values", "must be between %g and %g %s", t.Min, t.Max, t.Unit)
		}
		p := in.Policy
		p.Draft = r.ID
		p.Rules = slices.Clone(in.Rules)
		own := maps.Clone(r.Thresholds)
		if own == nil {
			own = map[string]float64{}
		}
		own[t.Name] = x
		p.Rules[i].Thresholds = own
		policies[k] = p
	}
	reports, err := RunAll(ctx, in, policies...)
	if err != nil {
		return nil, err
	}
	list := make([]Variant, len(values))
	for k, report := range reports {
		list[k] = variant(report, r.ID)
		list[k].Value, list[k].Current = values[k], values[k] == current
	}
	return list, nil
}

func variant(r Report, ruleID string) Variant {
	v := Variant{Messages: r.Messages, Updates: r.Updates}
	if r.Draft != nil {
		v.Outcomes = *r.Draft
	}
	for _, t := range r.Rules {
		if t.RuleID == ruleID {
			v.Alerts, v.Clients = t.Alerts, t.Clients
		}
	}
	for _, t := range r.Traffic {
		v.MaxDay = max(v.MaxDay, t.MaxDay)
	}
	return v
}

// threshold is one of a rule's thresholds and its value in force.
func threshold(r stanna.Rule, name string) (rule.Threshold, float64, error) {
	entry := rule.EntryOf(r.Type)
	if entry == nil {
		return rule.Threshold{}, 0, stanna.InvalidField("type", "%q is not an alert type", r.Type)
	}
	for _, t := range entry.Thresholds {
		if t.Name != name {
			continue
		}
		if own, ok := r.Thresholds[name]; ok {
			return t, own, nil
		}
		return t, t.Default, nil
	}
	return rule.Threshold{}, 0, stanna.InvalidField("threshold", "%q is not a threshold of %s", name, r.Type)
}

// Around lists values to try about the one in force: some below, some above,
// as round as people choose them. Of a switch, both ways.
func Around(t rule.Threshold, current float64) []float64 {
	if t.Unit == "" && t.Min == 0 && t.Max == 1 {
		return []float64{0, 1}
	}
	middle := current
	if middle == 0 {
		middle = t.Default
	}
	if middle == 0 { // it is switched off, and nobody has said how it might be on
		middle = min(t.Max/5, 1_000)
	}
	values := []float64{current}
	for _, factor := range []float64{0.5, 0.75, 1, 1.25, 1.5, 2} {
		if x := min(max(round(middle*factor), t.Min), t.Max); x != 0 { // which often means switched off
			values = append(values, x)
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// round keeps two figures.
func round(x float64) float64 {
	if x == 0 {
		return 0
	}
	size := math.Pow(10, math.Floor(math.Log10(math.Abs(x)))-1)
	if size < 1 && math.Abs(x) >= 2 {
		size = 1 // nobody sets 7.3 days
	}
	return math.Round(math.Round(x/size)*size*1e6) / 1e6
}
