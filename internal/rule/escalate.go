package rule

import (
	"time"

	"github.com/gostanna/stanna"
)

// escalate takes the next step of a rule's escalation when its working time
// has passed and nobody has taken the alert up.
func (c *Compiled) escalate(sub *Subject, a stanna.Alert) (Decision, bool) {
	at := c.escalatesAt(sub, a)
	if at.IsZero() || sub.Now.Before(at) {
		return Decision{}, false
	}
	step := c.Escalation[a.Escalated]
	a.Escalated++
	if step.Raise.Rank() > a.Severity.Rank() {
		a.Severity = step.Raise
	}
	a.Why, a.UpdatedAt = stanna.ReasonNotTakenUp, sub.Now
	return Decision{Rule: c, Reason: stanna.ReasonNotTakenUp, Event: stanna.Escalated, Alert: a, Keep: true, Step: a.Escalated}, true
}

// escalatesAt is when the next step of an alert is due, or zero: there is
// none, somebody is on it, or somebody has spoken with the client since. Who
// snoozed it has seen it: they are reminded, and others are called only when
// it gets worse after that.
func (c *Compiled) escalatesAt(sub *Subject, a stanna.Alert) time.Time {
	if a.Escalated >= len(c.Escalation) || a.Status != stanna.AlertOpen || a.Why == stanna.ReasonSnoozeOver || sub.State.LastContact.After(a.OpenedAt) {
		return time.Time{}
	}
	since := a.OpenedAt
	if a.AssignedAt.After(since) { // whoever was given it has their own time
		since = a.AssignedAt
	}
	return c.hours.AddOpen(since, time.Duration(c.Escalation[a.Escalated].After)*time.Minute)
}
