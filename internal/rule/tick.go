package rule

import (
	"slices"

	"github.com/gostanna/stanna"
)

// Tick adds the decisions that come without a signal: what the calendar
// brings, alerts that were not recovered in thirty days, snoozes that are
// over, escalations, and alerts whose rule is not in force any more. With
// Relook it finds what stands already.
func (p *Policy) Tick(sub *Subject, list []Decision) []Decision {
	sub.Settings = p.Settings
	if reason := over(sub); reason != "" {
		return endAll(sub, reason, list)
	}
	given, before := sub.Alerts, len(list)
	defer func() { sub.Alerts = given }()
	sub.Alerts = slices.Clone(given)
	for i, a := range given {
		if !a.Open() {
			continue
		}
		if d, ok := p.age(sub, a); ok {
			list = append(list, d)
			sub.Alerts[i] = d.Alert // the rules see it as it is now
		}
	}
	sub.troubled = troubleOpen(sub.Alerts)
	ask := p.timed
	if sub.Relook != "" {
		ask = p.all
	}
	for _, c := range ask {
		if d := p.decide(c, sub); d.Keep || d.Shadow {
			list = addTo(list, before, d)
		}
	}
	return p.chances(sub, list)
}

// addTo adds a decision of a rule to those that time alone has brought. An
// alert whose snooze is over is told once: as it is now, or that it is over.
func addTo(list []Decision, from int, d Decision) []Decision {
	for i := from; i < len(list); i++ {
		aged := &list[i]
		switch {
		case aged.Alert.ID != d.Alert.ID:
		case d.Event == "":
			aged.Alert = d.Alert
			return list
		case aged.Event == stanna.Reminded && (d.Event == stanna.Worsened || d.Event == stanna.Eased):
			aged.Alert = d.Alert
			aged.Alert.Why = aged.Reason
			return list
		case aged.Event == stanna.Reminded:
			*aged = d
			return list
		}
	}
	return append(list, d)
}

// age says what time alone does to an open alert.
func (p *Policy) age(sub *Subject, a stanna.Alert) (Decision, bool) {
	c := p.byID[a.RuleID]
	switch {
	case c == nil || c.Status != stanna.RuleActive:
		return end(nil, a, stanna.ReasonRuleOff, sub.Now), true
	case c.entry.Nature == Event && sub.Now.Sub(a.OpenedAt) >= EventLasts:
		d := end(c, a, stanna.ReasonEventOver, sub.Now)
		d.Quiet = true
		return d, true
	case c.entry.risk() && sub.Now.Sub(a.OpenedAt) >= NotRecoveredAfter:
		return p.notRecovered(c, sub, a), true
	}
	if sub.Relook != "" && c.filtered {
		// The rule or the client was changed, and the one is not about the
		// other any more. A zone is the health's affair, not the filter's.
		f := c.Filter
		f.Zones = nil
		if why := f.Stops(sub.Settings, sub.Client, sub.State); why != "" {
			return end(c, a, why, sub.Now), true
		}
	}
	if a.Status == stanna.AlertSnoozed && !sub.Now.Before(a.SnoozedUntil) {
		a.Wake(sub.Now)
		a.Evidence.Told = a.Evidence.Value // the reminder says it
		return Decision{Rule: c, Reason: stanna.ReasonSnoozeOver, Event: stanna.Reminded, Alert: a, Keep: true}, true
	}
	return c.escalate(sub, a)
}

func (p *Policy) notRecovered(c *Compiled, sub *Subject, a stanna.Alert) Decision {
	p.remember(sub, a)
	return end(c, a, stanna.ReasonNotRecovered, sub.Now)
}
