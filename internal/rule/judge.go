package rule

import (
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// Subject is what is judged: a client with the state that its newest signal
// left, and the alerts it has open.
type Subject struct {
	Settings stanna.Settings // of the policy that judges
	Client   stanna.Client
	State    *stanna.State // Judge writes the rules' memory into it
	Alerts   []stanna.Alert
	Signal   stanna.Signal
	Now      time.Time
}

// Decision is what one rule says to one signal.
type Decision struct {
	Rule   *Compiled
	Reason stanna.Reason
	Event  stanna.AlertEvent // "" when nothing is to be told
	Alert  stanna.Alert      // as it is from now on; without an ID when it has just opened
	Keep   bool              // the alert changed and must be stored
	Shadow bool              // judged on trial: nothing is opened or told
}

// verdict is what an alert type says; the life of the alert around it is the
// same for all.
type verdict struct {
	event    stanna.AlertEvent
	reason   stanna.Reason
	severity stanna.Severity
	evidence stanna.Evidence
	keep     bool
}

// How long an alert may stay open, and what makes one unstable.
const (
	NotRecoveredAfter = 30 * 24 * time.Hour
	unstableWithin    = 14 * 24 * time.Hour
	unstableOpenings  = 3
)

// Judge adds to list the decision of every rule about the subject's signal,
// and of every alert that ends for a reason of its own.
func (p *Policy) Judge(sub *Subject, list []Decision) []Decision {
	sub.Settings = p.Settings
	if reason := over(sub); reason != "" {
		return endAll(sub, reason, list)
	}
	for _, c := range p.Rules {
		open := openAlert(sub.Alerts, c.ID)
		if !slices.Contains(c.entry.Signals, sub.Signal.Type) {
			list = append(list, Decision{Rule: c, Reason: stanna.ReasonOtherSignal})
			continue
		}
		list = append(list, c.decide(sub, open))
	}
	return list
}

// Tick adds the decisions that come without a signal: alerts that were not
// recovered in thirty days, those whose rule is not in force any more, and
// those of a client that was excluded.
func (p *Policy) Tick(sub *Subject, list []Decision) []Decision {
	if reason := over(sub); reason != "" {
		return endAll(sub, reason, list)
	}
	for _, a := range sub.Alerts {
		switch {
		case !a.Open():
		case !p.inForce(a.RuleID):
			list = append(list, end(a, stanna.ReasonRuleOff, sub.Now))
		case sub.Now.Sub(a.OpenedAt) >= NotRecoveredAfter:
			list = append(list, end(a, stanna.ReasonNotRecovered, sub.Now))
		}
	}
	return list
}

func (p *Policy) inForce(rule string) bool {
	return slices.ContainsFunc(p.Rules, func(c *Compiled) bool { return c.ID == rule && c.Status == stanna.RuleActive })
}

// over says why no alert of the client may be open, or "".
func over(sub *Subject) stanna.Reason {
	switch {
	case sub.Client.IsExcluded:
		return stanna.ReasonExcluded
	case !sub.State.ChurnedAt.IsZero():
		return stanna.ReasonChurned
	}
	return ""
}

func endAll(sub *Subject, reason stanna.Reason, list []Decision) []Decision {
	before := len(list)
	for _, a := range sub.Alerts {
		if a.Open() {
			list = append(list, end(a, reason, sub.Now))
		}
	}
	if len(list) == before {
		list = append(list, Decision{Reason: reason})
	}
	return list
}

func end(a stanna.Alert, reason stanna.Reason, now time.Time) Decision {
	a.Status, a.Why, a.ClosedAt, a.UpdatedAt = stanna.AlertResolved, reason, now, now
	return Decision{Reason: reason, Event: stanna.Resolved, Alert: a, Keep: true}
}

// decide asks the alert type and gives its verdict the shape of an alert.
func (c *Compiled) decide(sub *Subject, open *stanna.Alert) Decision {
	if open != nil && sub.Now.Sub(open.OpenedAt) >= NotRecoveredAfter {
		d := end(*open, stanna.ReasonNotRecovered, sub.Now)
		d.Rule = c
		return d
	}
	v := c.entry.evaluate(c, sub, open)
	d := Decision{Rule: c, Reason: v.reason, Event: v.event, Keep: v.keep || v.event != ""}
	if !d.Keep {
		return d
	}
	if c.Status == stanna.RuleShadow {
		return Decision{Rule: c, Reason: stanna.ReasonShadow, Shadow: true}
	}
	if open == nil {
		d.Alert = c.open(sub)
	} else {
		d.Alert = *open
	}
	d.Alert.Severity, d.Alert.Evidence, d.Alert.UpdatedAt = v.severity, v.evidence, sub.Now
	if d.Event != "" {
		d.Alert.Why = v.reason
	}
	if v.event == stanna.Resolved {
		d.Alert.Status, d.Alert.ClosedAt = stanna.AlertResolved, sub.Now
	}
	return d
}

// open begins an alert and remembers the opening, which tells an unstable
// client from one in trouble.
func (c *Compiled) open(sub *Subject) stanna.Alert {
	memory := sub.State.Memory[c.ID]
	recent := slices.DeleteFunc(slices.Clone(memory.Openings), func(t time.Time) bool { return sub.Now.Sub(t) > unstableWithin })
	recent = append(recent, sub.Now.UTC())
	if extra := len(recent) - unstableOpenings; extra > 0 {
		recent = recent[extra:]
	}
	if sub.State.Memory == nil {
		sub.State.Memory = map[string]stanna.RuleMemory{}
	}
	sub.State.Memory[c.ID] = stanna.RuleMemory{Openings: recent}
	return stanna.Alert{
		Workspace: c.Workspace, RuleID: c.ID, RuleVersion: c.Version, RuleName: c.Name, Type: c.Type,
		ClientID: sub.Client.ID, Status: stanna.AlertOpen, Unstable: len(recent) >= unstableOpenings, OpenedAt: sub.Now,
	}
}

func openAlert(alerts []stanna.Alert, rule string) *stanna.Alert {
	for i := range alerts {
		if alerts[i].RuleID == rule && alerts[i].Open() {
			return &alerts[i]
		}
	}
	return nil
}
