package rule

import (
	"cmp"

	"github.com/gostanna/stanna"
)

// goOn says what becomes of an open alert.
func (p *Policy) goOn(c *Compiled, sub *Subject, a stanna.Alert) Decision {
	if c.Status == stanna.RuleShadow {
		return Decision{Rule: c, Reason: stanna.ReasonShadow, Shadow: true}
	}
	if c.entry.risk() && sub.Now.Sub(a.OpenedAt) >= NotRecoveredAfter {
		return p.notRecovered(c, sub, a)
	}
	v := c.followed(sub, a)
	d := Decision{Rule: c, Reason: v.reason, Event: v.event, Keep: v.keep || v.event != "", Alert: a}
	if !d.Keep {
		sub.Trace.stop(c, "open_alert", v.reason, sub)
		return d
	}
	d.Alert.Evidence, d.Alert.UpdatedAt = v.evidence, sub.Now
	if v.event != stanna.Resolved {
		d.Alert.Severity = v.severity
		if d.Alert.Severity.Rank() < a.Severity.Rank() && v.event == "" {
			d.Alert.Severity = a.Severity
		}
	}
	if v.mark != "" {
		m := sub.State.Memory[c.ID]
		c.note(&m, v.mark, sub.Now)
		memorise(sub.State, c.ID, m)
	}
	switch {
	case v.event == stanna.Resolved:
		d.Alert.Status, d.Alert.Why, d.Alert.ClosedAt = stanna.AlertResolved, v.reason, sub.Now
	case v.event == stanna.Worsened && a.Status == stanna.AlertSnoozed:
		d.Event, d.Reason = "", stanna.ReasonWhileSnoozed
		d.Alert.Evidence.Told = a.Evidence.Told // it was not told
	case v.event != "":
		d.Alert.Why = v.reason
	}
	sub.Trace.goesOn(c, d.Reason, d.Event, sub)
	return d
}

// followed is what the type says of an open alert. Where the rule has words
// of its own for the severity, they stand in for the type's, which would find
// it risen with every value.
func (c *Compiled) followed(sub *Subject, a stanna.Alert) verdict {
	if c.entry.follow == nil {
		return c.next(sub, a)
	}
	if c.severity == nil {
		return c.entry.follow(c, sub, a)
	}
	most := a
	most.Severity = stanna.Critical
	v := c.entry.follow(c, sub, most)
	v.severity = a.Severity
	if v.event == stanna.Resolved {
		return v
	}
	if v.event != "" || v.keep {
		most.Evidence = v.evidence
	}
	most.Severity = a.Severity
	s := c.severityOf(sub, &most)
	if s.Rank() <= a.Severity.Rank() {
		if v.event == stanna.Eased && a.Escalated == 0 {
			v.severity = s
		}
		return v
	}
	v.severity = s
	if v.event == "" {
		v.event, v.reason, v.evidence = stanna.Worsened, stanna.ReasonSeverityRose, most.Evidence
		v.evidence.Told = v.evidence.Value
	}
	return v
}

// next is what an event that has been told says to the next one: it is told
// in its place.
func (c *Compiled) next(sub *Subject, a stanna.Alert) verdict {
	if c.filtered {
		if why := c.Filter.Stops(sub.Settings, sub.Client, sub.State); why != "" {
			return verdict{reason: why}
		}
	}
	f, why := c.entry.look(c, sub)
	if why == "" {
		why = c.toldBefore(sub, nil, f)
	}
	if why != "" {
		return verdict{reason: why}
	}
	told := c.alert(sub, f)
	told.ID, told.OpenedAt = a.ID, a.OpenedAt
	if c.condition != nil {
		if why := holds(c.condition, sub, &told); why != "" {
			return verdict{reason: why}
		}
	}
	return verdict{event: stanna.Worsened, reason: f.trigger, severity: c.severityOf(sub, &told), evidence: f.evidence, mark: cmp.Or(f.mark, f.about)}
}

func openAlert(alerts []stanna.Alert, rule string) *stanna.Alert {
	for i := range alerts {
		if alerts[i].RuleID == rule && alerts[i].Open() {
			return &alerts[i]
		}
	}
	return nil
}
