package rule

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
)

// Trace takes down the steps that rules went through, for an explanation. A
// nil Trace takes nothing down and costs nothing.
type Trace struct{ Steps []Step }

// Step is one question that a rule asked, and the answer.
type Step struct {
	RuleID string
	Name   string // filter, account_rule, no_risk_open, alert_type, told_before, condition, status, open_alert, opens
	Passed bool
	Reason stanna.Reason     // of a stop, or of what happened
	Event  stanna.AlertEvent // of a change of an open alert
	Values []Value
}

// Value is a figure that a step looked at.
type Value struct{ Name, Value string }

func (t *Trace) pass(c *Compiled, step string, sub *Subject) {
	if t != nil {
		t.Steps = append(t.Steps, Step{RuleID: c.ID, Name: step, Passed: true, Values: c.values(step, sub)})
	}
}

func (t *Trace) stop(c *Compiled, step string, why stanna.Reason, sub *Subject) {
	if t != nil {
		t.Steps = append(t.Steps, Step{RuleID: c.ID, Name: step, Reason: why, Values: c.values(step, sub)})
	}
}

// names adds to a stop which other rule it is because of.
func (t *Trace) names(other *Compiled) {
	if t != nil {
		last := &t.Steps[len(t.Steps)-1]
		last.Values = append(last.Values, Value{"rule", other.Name})
	}
}

func (t *Trace) opens(c *Compiled, why stanna.Reason, sub *Subject) {
	if t != nil {
		t.Steps = append(t.Steps, Step{RuleID: c.ID, Name: "opens", Passed: true, Reason: why, Event: stanna.Opened, Values: c.values("opens", sub)})
	}
}

func (t *Trace) goesOn(c *Compiled, why stanna.Reason, event stanna.AlertEvent, sub *Subject) {
	if t != nil {
		t.Steps = append(t.Steps, Step{RuleID: c.ID, Name: "open_alert", Passed: true, Reason: why, Event: event, Values: c.values("open_alert", sub)})
	}
}

// values are the figures that a step looked at, as a person reads them.
func (c *Compiled) values(step string, sub *Subject) []Value {
	switch step {
	case "filter":
		return filterValues(c.Filter, sub)
	case "condition":
		var list []Value
		for _, v := range c.condition.Values(sub.input(nil)) {
			list = append(list, Value(v))
		}
		return list
	case "alert_type", "open_alert", "opens":
		return c.measured(sub)
	}
	return nil
}

// filterValues are the client's side of what a filter asks for.
func filterValues(f stanna.Filter, sub *Subject) (list []Value) {
	add := func(asked bool, name, value string) {
		if asked {
			list = append(list, Value{name, value})
		}
	}
	or := func(value string) string { return cmp.Or(value, "not known") }
	cl := sub.Client
	mrr := "not known"
	if cl.HasMRR() {
		mrr = cl.MRR.String()
	}
	zone := "not known"
	if score, known := sub.State.HealthScore(); known {
		zone = string(sub.Settings.ZoneOf(score))
	}
	add(f.MinMRR > 0, "mrr", mrr)
	add(f.MinMRR > 0, "minMrr", figure(f.MinMRR))
	add(len(f.Tiers) > 0, "tier", or(cl.Tier))
	add(len(f.Owners) > 0, "csmOwner", or(cl.CSMOwner))
	add(len(f.Tags) > 0, "tags", cmp.Or(strings.Join(cl.Tags, ", "), "none"))
	add(len(f.Only)+len(f.Never) > 0, "id", cl.ID)
	add(len(f.Zones) > 0, "zone", zone)
	for _, name := range slices.Sorted(maps.Keys(f.Custom)) {
		value := "not known"
		if own, known := cl.Custom[name]; known {
			value = fmt.Sprint(own)
		}
		add(true, "custom."+name, value)
	}
	return list
}

// measured are the rule's thresholds and what was measured of the client.
func (c *Compiled) measured(sub *Subject) (list []Value) {
	for i, t := range c.entry.Thresholds {
		list = append(list, Value{t.Name, figure(c.value(i))})
	}
	if c.entry.measured != nil {
		list = append(list, c.entry.measured(c, sub)...)
	}
	return list
}

func figure(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
